//! The line over the boxes of a service that names it, with its amount:
//!
//! ```text
//! TISSUE EXAM LEVEL IV                                        Fee    $336.10
//! Performed        Code       Modifier      Quantity
//! Sep 11, 2025     88305      none          2                    item 1 of 1
//! ```
//! The amount has its own label before it. What stands far behind the value of the last box is none of its.

use std::collections::BTreeMap;

use crate::grammar::money;
use crate::page_text::{BBox, Word};
use crate::service_forms::Caption;
use crate::statement::{Cell, Field, Value};
use crate::text_lines::{Line, join};
use crate::vocabulary::Vocabulary;

/// Words of one value stand no farther apart, in sizes of type.
const APART: f32 = 3.0;

/// What such a line says.
pub(crate) struct Head {
    pub cells: BTreeMap<Field, Cell>,
    pub place: (u32, BBox),
}

/// Reads the line over boxes that have a day or a code among them, but neither words nor amount of the service.
pub(crate) fn of(line: &Line, captions: &[Caption], vocabulary: &Vocabulary) -> Option<Head> {
    let has = |f: Field| captions.iter().any(|c| c.field == f);
    if has(Field::Charge) || has(Field::Description) || !(has(Field::ServiceDate) || has(Field::Code)) {
        return None;
    }
    let at = line.phrases().into_iter().skip(1).find(|p| p.first > 0 && charges(&p.text, vocabulary))?.first;
    let (words, behind) = line.words.split_at(at);
    let amount = line.words.iter().rposition(|w| money::money(&w.text).is_some()).filter(|i| *i > at)?;
    let sign = usize::from(line.words[amount - 1].text == "$");
    let label = join(&line.words[at..amount - sign]);
    let known = vocabulary.lookup(label.trim_end_matches([':', '.', ' '])).is_some_and(|m| m.fields == [Field::Charge]);
    let named = words.iter().any(|w| w.text.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    if !known || !named || amount + 1 != line.words.len() || behind.is_empty() {
        return None;
    }
    let cell = |value: Value, words: &[Word]| {
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Some(Cell { value, raw: join(words), page: line.page, bbox, confidence })
    };
    let charge = money::money(&line.words[amount].text)?;
    let cells = BTreeMap::from([
        (Field::Description, cell(Value::Text(join(words)), words)?),
        (Field::Charge, cell(Value::Money(charge), &line.words[amount..])?),
    ]);
    Some(Head { cells, place: (line.page, line.bbox) })
}

/// Whether a phrase, which may have the amount in it, begins with the name of a charge.
fn charges(text: &str, vocabulary: &Vocabulary) -> bool {
    let label = text.split(|c: char| c == '$' || c.is_ascii_digit()).next().unwrap_or(text);
    vocabulary.lookup(label.trim_end_matches([':', '.', ' '])).is_some_and(|m| m.fields == [Field::Charge])
}

/// The words up to the first wide gap.
pub(crate) fn near(words: &[Word], size: f32) -> &[Word] {
    let gap = words.windows(2).position(|w| w[1].bbox.x0 - w[0].bbox.x1 > APART * size);
    gap.map_or(words, |i| &words[..=i])
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_words_and_the_amount_stand_over_the_boxes() {
        let captions: &[(f32, &str)] = &[(56.0, "Performed"), (194.0, "Code"), (306.0, "Modifier"), (422.0, "Quantity")];
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Radiology"), (300.0, "PROFESSIONAL SERVICES STATEMENT")]),
            (60.0, &[(60.0, "Total billed"), (170.0, "Plan write-off"), (280.0, "Plan payments"), (500.0, "Your balance")]),
            (
                74.0,
                &[
                    (60.0, "$360.00"),
                    (140.0, "-"),
                    (170.0, "$100.00"),
                    (250.0, "-"),
                    (280.0, "$60.00"),
                    (460.0, "="),
                    (500.0, "$200.00"),
                ],
            ),
            (110.0, &[(56.0, "XR CHEST 2V"), (420.0, "Fee"), (-560.0, "$160.00")]),
            (122.0, captions),
            (131.0, &[(56.0, "Aug 31, 2024"), (194.0, "71046"), (306.0, "26"), (422.0, "1"), (520.0, "item 1 of 2")]),
            (150.0, &[(56.0, "CT HEAD W/O"), (420.0, "Fee"), (-560.0, "$200.00")]),
            (162.0, captions),
            (171.0, &[(56.0, "Aug 31, 2024"), (194.0, "70450"), (306.0, "none"), (422.0, "2"), (520.0, "item 2 of 2")]),
            (200.0, &[(56.0, "Subtract"), (100.0, "$60.00"), (194.0, "INSURANCE PAYMENT"), (420.0, "entered Oct 4, 2024")]),
            (212.0, &[(56.0, "Subtract"), (100.0, "$100.00"), (194.0, "PLAN DISCOUNT"), (420.0, "entered Oct 4, 2024")]),
        ]);
        let fields = [Field::ServiceDate, Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().take(2).map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2024-08-31 71046 26 XR CHEST 2V 1 160.00", "2024-08-31 70450 - CT HEAD W/O 2 200.00"]);
        assert_eq!(s.rows.len(), 4);
    }
}
