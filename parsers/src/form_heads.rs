//! The line over the boxes of a service that names it, with its amount:
//!
//! ```text
//! TISSUE EXAM LEVEL IV                                        Fee    $336.10
//! Performed        Code       Modifier      Quantity
//! Sep 11, 2025     88305      none          2                    item 1 of 1
//! ```
//! The amount has its own label before it. What stands far behind the value of the last box is none of its.

use std::collections::BTreeMap;

use crate::columns::is_money_field;
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
    let NamedAmount { field, label, amount } = named_amount(line, vocabulary).filter(|n| n.field == Field::Charge)?;
    let words = &line.words[..label];
    let cell = |value: Value, words: &[Word]| {
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
        Some(Cell { value, raw: join(words), page: line.page, bbox, confidence })
    };
    let charge = money::money(&line.words[amount].text)?;
    let cells = BTreeMap::from([
        (Field::Description, cell(Value::Text(join(words)), words)?),
        (field, cell(Value::Money(charge), &line.words[amount..])?),
    ]);
    Some(Head { cells, place: (line.page, line.bbox) })
}

/// An amount that closes a line of words, with its own label before it.
pub(crate) struct NamedAmount {
    pub field: Field,
    /// The first word of the label.
    pub label: usize,
    /// The word that is the amount, the last of the line.
    pub amount: usize,
}

/// The amount at the end of a line that names a service, where its label can be nothing else.
pub(crate) fn named_amount(line: &Line, vocabulary: &Vocabulary) -> Option<NamedAmount> {
    let amount = line.words.len().checked_sub(1).filter(|last| money::money(&line.words[*last].text).is_some())?;
    let end = amount - usize::from(amount > 0 && line.words[amount - 1].text == "$");
    let starts = line.phrases().into_iter().map(|p| p.first).filter(|first| *first > 0 && *first < end);
    let (label, field) =
        starts.into_iter().find_map(|first| Some((first, amount_called(&line.words[first..end], vocabulary)?)))?;
    let words = &line.words[..label];
    let named = words.iter().any(|w| w.text.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    let alone = words.iter().all(|w| money::money(&w.text).is_none() || !w.text.contains('.'));
    (named && alone).then_some(NamedAmount { field, label, amount })
}

/// The amount that words are the name of, and nothing else.
pub(crate) fn amount_called(words: &[Word], vocabulary: &Vocabulary) -> Option<Field> {
    match vocabulary.lookup(join(words).trim_end_matches([':', '.', ' ']))?.fields.as_slice() {
        [field] if is_money_field(*field) => Some(*field),
        _ => None,
    }
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
