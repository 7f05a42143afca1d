//! How one value stands in a CSV cell.

use std::fmt::Display;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::record::{Adjustment, BBox, Money};

/// Text as a spreadsheet may open it: what it would run as a formula gets a leading `'`.
///
/// That is a cell that starts with `=`, `+`, `@` or a tab, or with `-` when it is not a number.
pub fn guarded(text: String) -> String {
    let formula = match text.as_bytes().first() {
        Some(b'=' | b'+' | b'@' | b'\t') => true,
        Some(b'-') => !is_number(&text),
        _ => false,
    };
    if formula { format!("'{text}") } else { text }
}

/// Digits with at most one point between them, behind at most one minus.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole) && all_digits(places)
}

/// A value, or the empty cell that says that the document does not state it.
pub fn optional<T: Display>(value: Option<&T>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

/// `1234.50`; empty where it is not stated.
pub fn money(amount: Option<Money>) -> String {
    amount.map(|m| if m.round_cents() == Money::ZERO { "0.00".to_owned() } else { m.to_string() }).unwrap_or_default()
}

/// Units as short as they can be written: `1`, `0.5`.
pub fn number(value: Option<Decimal>) -> String {
    value.map(|d| d.normalize().to_string()).unwrap_or_default()
}

/// Several values joined by `;`; one that holds a semicolon itself gets a comma in its place.
pub fn joined<T: AsRef<str>>(values: &[T]) -> String {
    values.iter().map(|v| v.as_ref().replace(';', ",")).collect::<Vec<_>>().join(";")
}

/// `CO-45:120.00;PR-2:30.00`.
pub fn adjustments(values: &[Adjustment]) -> String {
    joined(&values.iter().map(|a| format!("{}-{}:{}", a.group, a.carc, money(Some(a.amount)))).collect::<Vec<_>>())
}

/// `x0 y0 x1 y1` in points, one place; a box that hangs over the edge of the page ends there.
pub fn bbox(b: BBox) -> String {
    let edge = |v: f32| format!("{:.1}", if v > 0.0 { v } else { 0.0 });
    [b.x0, b.y0, b.x1, b.y1].map(edge).join(" ")
}

/// Up to four places; what is not certain is never written as 1.
pub fn confidence(value: f32) -> String {
    let sure = f64::from(if value.is_nan() { 0.0 } else { value.clamp(0.0, 1.0) });
    let shown = if value < 1.0 { sure.min(0.9999) } else { sure };
    format!("{shown:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A value of a closed set under its serde name.
pub fn named<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Network, Status};
    use proptest::prelude::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for formula in ["=1+1", "+49 30", "@SUM(A1)", "\tx", "-2+3", "-", "-x", "-1.", "-.5", "-1.2.3", "-1,200.00"] {
            assert_eq!(guarded(formula.to_owned()), format!("'{formula}"));
        }
        for harmless in ["", "-20.00", "-3", "1-2", "99214", "'quoted", "a=b"] {
            assert_eq!(guarded(harmless.to_owned()), harmless);
        }
    }

    #[test]
    fn money_has_two_places_and_zero_no_sign() {
        assert_eq!(money(Some(Money::from_cents(-2000))), "-20.00");
        assert_eq!(money(Some(-Money::ZERO)), "0.00");
        assert_eq!(money(Some(Money(Decimal::new(12345, 1)))), "1234.50");
        assert_eq!(money(None), "");
    }

    #[test]
    fn confidence_is_one_only_when_certain() {
        assert_eq!(confidence(1.0), "1");
        assert_eq!(confidence(0.999_99), "0.9999");
        assert_eq!(confidence(0.95), "0.95");
        assert_eq!(confidence(0.0), "0");
        assert_eq!(confidence(f32::NAN), "0");
    }

    #[test]
    fn boxes_and_names() {
        assert_eq!(bbox(BBox::new(-0.2, 1.0, 30.04, 40.06)), "0.0 1.0 30.0 40.1");
        assert_eq!(named(&Status::Partial), "partial");
        assert_eq!(named(&Network::Out), "out");
        assert_eq!(joined(&["a;b", "c"]), "a,b;c");
    }

    proptest! {
        #[test]
        fn money_reads_back_to_the_cent(cents in any::<i32>()) {
            let text = money(Some(Money::from_cents(cents.into())));
            prop_assert_eq!(text.parse::<Decimal>().unwrap(), Decimal::new(cents.into(), 2));
            prop_assert_eq!(guarded(text.clone()), text);
        }

        #[test]
        fn a_guarded_cell_never_starts_a_formula(text in any::<String>()) {
            let cell = guarded(text.clone());
            prop_assert!(!cell.starts_with(['=', '+', '@', '\t']));
            prop_assert!(!cell.starts_with('-') || cell.parse::<Decimal>().is_ok());
            prop_assert_eq!(cell.strip_prefix('\'').filter(|t| *t == text).unwrap_or(&cell), text);
        }
    }
}
