//! The signs of trade marks behind names: `CPT® 99285-25`, `Lakeside HealthPlan™`, `MyHealth ®`. They are no part of what they
//! stand behind, and who names it elsewhere leaves them out.

use std::borrow::Cow;

use crate::page_text::{BBox, Word};

fn is_mark(c: char) -> bool {
    matches!(c, '\u{ae}' | '\u{2122}' | '\u{2120}')
}

/// The words without such signs.
pub(crate) fn without(words: Cow<'_, [Word]>) -> Cow<'_, [Word]> {
    if !words.iter().any(|w| w.text.contains(is_mark)) {
        return words;
    }
    let freed = |w: Word| {
        let text: String = w.text.chars().filter(|c| !is_mark(*c)).collect();
        let share = text.chars().count() as f32 / w.text.chars().count() as f32;
        let bbox = BBox { x1: w.bbox.x0 + share * w.bbox.width(), ..w.bbox };
        (!text.is_empty()).then_some(Word { text, bbox, ..w })
    };
    Cow::Owned(words.into_owned().into_iter().filter_map(freed).collect())
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_label_is_known_with_the_sign_of_a_trade_mark() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, &[(30.0, "Date"), (120.0, "Activity"), (-420.0, "Units"), (-520.0, "Charges")]),
            (74.0, &[(30.0, "9/25/2024"), (120.0, "ED VISIT LEVEL 5"), (-420.0, "1"), (-520.0, "2,518.01")]),
            (83.0, &[(120.0, "CPT\u{ae} 99285-25")]),
            (97.0, &[(30.0, "9/25/2024"), (120.0, "ROUTINE BLOOD DRAW"), (-420.0, "1"), (-520.0, "25.92")]),
            (106.0, &[(120.0, "CPT\u{ae} 36415")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Modifiers, Field::Description])).collect();
        assert_eq!(rows, ["99285 25 ED VISIT LEVEL 5", "36415 - ROUTINE BLOOD DRAW"]);
    }
}
