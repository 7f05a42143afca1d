//! The days of a service that a label names: one, or a first and a last.
//!
//! ```text
//! Date of service: March 9, 2025 to March 11, 2025      Amount billed: $210.00
//! Service dates    03/09/2025 - 03/11/2025              Allowed amount  $150.00
//! ```

use super::{Block, Pair};
use crate::grammar::date;
use crate::reading::Setting;
use crate::statement::{Cell, Field, Value};
use crate::tokens::{Token, TokenKind};

fn behind_first(pairs: &[Pair]) -> bool {
    pairs.last().is_some_and(|p| p.field == Field::ServiceDate)
}

fn is_joint(text: &str) -> bool {
    matches!(text.to_lowercase().as_str(), "to" | "through" | "thru" | "-" | "–" | "—" | "--")
}

/// A stroke or word behind the first day, before which no label is open.
pub(super) fn joins(pairs: &[Pair], label: Option<&Token>, t: &Token) -> bool {
    behind_first(pairs) && label.is_none() && t.kind == TokenKind::Dash && is_joint(&t.text)
}

/// The last day, where the word before it joins it to the first, or a stroke does that clings to the first: `03/09/25- 03/11/25`.
pub(super) fn last_day(pairs: &[Pair], label: Option<&Token>, t: &Token) -> Option<Pair> {
    let clings = || pairs.last().is_some_and(|p| p.value.text.ends_with(['-', '–']));
    let last = behind_first(pairs) && t.kind == TokenKind::Date && label.map_or_else(clings, |l| is_joint(&l.text));
    last.then(|| Pair { field: Field::ServiceDateTo, value: t.clone() })
}

impl Block {
    /// `03/09-03/11/2025` in one word, or the first day with the stroke behind it: `03/09/2025-`.
    pub(super) fn take_range(&mut self, p: &Pair, page: u32, setting: &Setting) {
        let t = &p.value;
        let Some((from, to)) = date::date_range(&t.text) else { return };
        let Some(first) = from.resolve(setting.anchor) else { return };
        for (field, day) in [(Field::ServiceDate, Some(first)), (Field::ServiceDateTo, to.and_then(|d| d.resolve(Some(first))))] {
            if let Some(d) = day {
                let cell = Cell { value: Value::Date(d), raw: t.text.clone(), page, bbox: t.bbox, confidence: t.confidence };
                self.cells.insert(field, cell);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_first_and_a_last_day_stand_behind_one_label() {
        for days in [
            "March 9, 2025 to March 11, 2025",
            "03/09/2025 - 03/11/2025",
            "03/09-03/11/2025",
            "03/09/2025 through 03/11/2025",
            "03/09/2025- 03/11/2025",
        ] {
            let date = format!("Date of service: {days}");
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
                (44.0, &[(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
                (70.0, &[(40.0, "Claim 14139210"), (440.0, "Status: Processed")]),
                (83.0, &[(40.0, "Provider: Lakeside Hospital")]),
                (110.0, &[(40.0, "VENIPUNCTURE")]),
                (124.0, &[(40.0, date.as_str()), (320.0, "Amount billed: $36.45")]),
                (136.0, &[(40.0, "Procedure code: 36415"), (320.0, "Plan discount: $20.14")]),
                (148.0, &[(320.0, "Plan paid: $16.31")]),
            ]);
            let fields = [Field::ServiceDate, Field::ServiceDateTo, Field::Code, Field::Charge, Field::PlanPaid];
            let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
            assert_eq!(rows, ["2025-03-09 2025-03-11 36415 36.45 16.31"], "{days}");
        }
    }
}
