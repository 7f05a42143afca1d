//! The heads of the slip to tear off:
//!
//! ```text
//! Send payment to     Account     Statement date     Balance due     Enter amount paid
//! Lakeside Clinic     329-80200       03/30/2025          238.96     $ ____________
//! ```
//! Under them stands what the paper has said already, and a line to write on: they head no table of services.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use crate::text_lines::Line;

/// The head of the amount that the payer is to fill in.
static TO_FILL_IN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:amount|amt|payment|check|sum)\s+(?:enclosed|remitted|paid\s+here)\b|^(?:please\s+)?(?:enter|show|write|indicate|fill\s+in)\s+(?:the\s+)?(?:amount|amt|payment)\b")
        .expect("a constant pattern")
});

/// Whether a band has that head.
pub(super) fn is_head(band: &[Cow<'_, Line>]) -> bool {
    band.iter().any(|l| l.phrases().iter().any(|p| TO_FILL_IN.is_match(&p.text)))
}

#[cfg(test)]
mod tests {
    use crate::test_pages::read;

    fn rows(last: &'static str) -> usize {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-520.0, "Charge")]),
            (74.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-520.0, "210.00")]),
            (88.0, &[(200.0, "Total charges"), (-520.0, "210.00")]),
            (
                130.0,
                &[
                    (30.0, "Send payment to"),
                    (200.0, "Visit number"),
                    (300.0, "Closing date"),
                    (400.0, "Your balance"),
                    (500.0, last),
                ],
            ),
            (142.0, &[(30.0, "Lakeside Hospital"), (200.0, "70437645"), (300.0, "03/30/2025"), (400.0, "210.00")]),
        ]);
        s.rows.len()
    }

    #[test]
    fn an_amount_that_was_paid_heads_a_column() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
            (60.0, &[(30.0, "Date"), (110.0, "Code"), (200.0, "Description"), (-440.0, "Charge"), (-540.0, "Amount paid")]),
            (74.0, &[(30.0, "03/09/2025"), (110.0, "99214"), (200.0, "OFFICE VISIT"), (-440.0, "210.00"), (-540.0, "90.00")]),
        ]);
        assert_eq!(s.rows.len(), 1);
    }

    #[test]
    fn the_slip_to_tear_off_is_no_table() {
        assert_eq!(rows("Enter amount paid"), 1);
        assert_eq!(rows("Payment enclosed"), 1);
    }
}
