//! How often at which price, and what that comes to: `2 @ 114.83   229.66`, `3 x $35.00 = $105.00`.
//!
//! The amount is proved by the paper's own arithmetic: no columns or headings are needed to know which figure is which.

use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::grammar::{money, units};
use crate::statement::Money;

/// A count, a price and an amount.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct CountAtRate {
    pub(crate) count: Decimal,
    pub(crate) rate: Money,
    pub(crate) amount: Money,
}

impl CountAtRate {
    /// Whether the count times the price is the amount, but for what rounding the price to cents does.
    pub(crate) fn is_proved(&self) -> bool {
        let off = (self.count * self.rate.0 - self.amount.0).abs();
        off <= (self.count.abs() * Decimal::new(5, 3)).max(Decimal::new(5, 3))
    }
}

/// Reads the whole of a text as a count, a price and an amount.
pub(crate) fn count_at_rate(text: &str) -> Option<CountAtRate> {
    static FORM: LazyLock<Regex> = LazyLock::new(|| {
        let amount = r"\(?-?\$?\s?[\d,]+\.\d\d\)?-?";
        Regex::new(&format!(
            r"(?i)^(-?\d{{1,5}}(?:\.\d{{1,3}})?)\s*(?:units?\s*|ea\.?\s*)?(?:@|at|x|\u{{D7}})\s*({amount})\s*(?:ea\.?|each|per unit)?\s*=?\s+({amount})$"
        ))
        .expect("a constant pattern")
    });
    let m = FORM.captures(text.trim())?;
    let amount = |i: usize| money::money(&m[i].replace(' ', ""));
    Some(CountAtRate { count: units::units(&m[1])?, rate: amount(2)?, amount: amount(3)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_amount_is_what_the_count_comes_to() {
        let proved = |text: &str| count_at_rate(text).map(|c| c.is_proved());
        assert_eq!(proved("2 @ 114.83 229.66"), Some(true));
        assert_eq!(proved("-1 @ 483.00 483.00-"), Some(true), "a service taken back");
        assert_eq!(proved("3 x $35.00 = $105.00"), Some(true));
        assert_eq!(proved("3 @ 33.33 100.00"), Some(true), "the price is rounded");
        assert_eq!(proved("12.4 @ 11.20 138.88"), Some(true));
        assert_eq!(proved("2 @ 114.83 219.66"), Some(false));
        assert_eq!(proved("LEVEL 4 210.00"), None);
        assert_eq!(proved("5 MG TAB 4.00"), None);
    }
}
