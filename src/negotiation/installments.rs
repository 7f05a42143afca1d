//! A payment plan to the cent: equal payments and a last one that is the rest.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::record::Money;

/// A plan that takes longer ends in no sensible time.
pub const MOST_MONTHS: u32 = 60;

/// Beyond this many payments a plan is said not to end.
const ENDLESS: u32 = 1200;

/// A payment plan. `monthly` × (`payments` − 1) + `last_payment` = `total` = `amount` + `interest`, to the cent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaymentPlan {
    /// What is owed, US dollars.
    pub amount: Money,
    /// Yearly interest, percent; 0 is what to ask for.
    pub apr: Decimal,
    /// Each payment but the last.
    pub monthly: Money,
    /// How many, the last one too.
    pub payments: u32,
    /// The last one, never more than `monthly`.
    pub last_payment: Money,
    /// All of them.
    pub total: Money,
    /// What of the total is interest.
    pub interest: Money,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Nothing could be paid each month.
    #[error("Nothing could be paid each month: a plan would not end. Ask for assistance and for an account hold instead.")]
    NoMonthly,
    /// The interest is more than the payment.
    #[error(
        "At {apr} % a year the interest of the first month alone is {interest}, and {monthly} a month would never pay it off."
    )]
    NeverEnds {
        /// Percent a year.
        apr: Decimal,
        /// Interest of the first month.
        interest: Money,
        /// The payment.
        monthly: Money,
    },
    /// So many payments that nobody can plan with them.
    #[error("{0} a month would take more than a hundred years.")]
    Endless(Money),
    /// A rate that no law allows.
    #[error("{0} % is no yearly rate of interest.")]
    Rate(Decimal),
}

/// The plan for an amount by what can be paid each month; `apr` is yearly interest in percent, charged monthly to the cent.
pub fn payment_plan(amount: Money, monthly: Money, apr: Option<Decimal>) -> Result<PaymentPlan, PlanError> {
    let apr = apr.unwrap_or_default();
    let (amount, monthly) = (amount.round_cents(), monthly.round_cents());
    if apr < Decimal::ZERO || apr > Decimal::ONE_THOUSAND {
        return Err(PlanError::Rate(apr.normalize()));
    }
    if monthly <= Money::ZERO {
        return Err(PlanError::NoMonthly);
    }
    let rate = apr / Decimal::from(1200);
    let interest_on = |left: Money| Money(left.0 * rate).round_cents();
    let first = interest_on(amount);
    if first >= monthly {
        return Err(PlanError::NeverEnds { apr: apr.normalize(), interest: first, monthly });
    }
    let mut left = amount;
    let (mut payments, mut interest, mut last_payment) = (0, Money::ZERO, Money::ZERO);
    while left > Money::ZERO {
        if payments == ENDLESS {
            return Err(PlanError::Endless(monthly));
        }
        let charged = interest_on(left);
        interest += charged;
        last_payment = monthly.min(left + charged);
        left = left + charged - last_payment;
        payments += 1;
    }
    Ok(PaymentPlan { amount, apr, monthly, payments, last_payment, total: amount + interest, interest })
}

impl PaymentPlan {
    /// What to be warned of: a plan of many years.
    pub fn warning(&self) -> Option<String> {
        (self.payments > MOST_MONTHS).then(|| {
            format!(
                "{} a month takes {} months: over {} years. Ask for assistance or a lower sum first; a plan this long is rarely kept.",
                self.monthly,
                self.payments,
                (self.payments - 1) / 12
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cents(c: i64) -> Money {
        Money::from_cents(c)
    }

    #[test]
    fn the_last_payment_is_the_rest() {
        let p = payment_plan(cents(100_000), cents(7_500), None).unwrap();
        assert_eq!((p.payments, p.last_payment, p.total, p.interest), (14, cents(2_500), cents(100_000), cents(0)));
        let even = payment_plan(cents(30_000), cents(7_500), None).unwrap();
        assert_eq!((even.payments, even.last_payment), (4, cents(7_500)));
        let once = payment_plan(cents(5_000), cents(7_500), None).unwrap();
        assert_eq!((once.payments, once.last_payment, once.total), (1, cents(5_000), cents(5_000)));
    }

    #[test]
    fn interest_is_charged_by_the_month_to_the_cent() {
        // 1000.00 at 12 %: 10.00 on 1000.00, 5.10 on 510.00, 0.15 on 15.10.
        let p = payment_plan(cents(100_000), cents(50_000), Some(Decimal::from(12))).unwrap();
        assert_eq!((p.payments, p.interest, p.last_payment, p.total), (3, cents(1_525), cents(1_525), cents(101_525)));
        let never = payment_plan(cents(100_000), cents(1_000), Some(Decimal::from(12)));
        assert!(matches!(never, Err(PlanError::NeverEnds { interest, .. }) if interest == cents(1_000)));
        assert!(payment_plan(cents(100_000), cents(1_001), Some(Decimal::from(12))).is_ok());
        assert!(payment_plan(cents(100), cents(10), Some(Decimal::from(-1))).is_err());
    }

    #[test]
    fn a_plan_that_does_not_end_is_no_plan() {
        assert_eq!(payment_plan(cents(100), cents(0), None), Err(PlanError::NoMonthly));
        assert_eq!(payment_plan(cents(120_100), cents(100), None), Err(PlanError::Endless(cents(100))));
        assert_eq!(payment_plan(cents(120_000), cents(100), None).unwrap().payments, 1200);
        assert_eq!(payment_plan(cents(6_000), cents(100), None).unwrap().warning(), None);
        assert!(payment_plan(cents(6_001), cents(100), None).unwrap().warning().unwrap().contains("61 months: over 5 years"));
    }

    proptest! {
        #[test]
        fn a_plan_sums_up_to_the_cent(amount in 1i64..100_000_000, monthly in 1i64..5_000_000, apr in 0u32..4_000) {
            let apr = Decimal::new(apr.into(), 2);
            if let Ok(p) = payment_plan(cents(amount), cents(monthly), Some(apr)) {
                let sum = Money(p.monthly.0 * Decimal::from(p.payments - 1)) + p.last_payment;
                prop_assert_eq!(sum, p.total);
                prop_assert_eq!(p.total, p.amount + p.interest);
                prop_assert!(p.last_payment > Money::ZERO && p.last_payment <= p.monthly);
                prop_assert!(p.interest >= Money::ZERO && (!apr.is_zero() || p.interest == Money::ZERO));
                prop_assert_eq!(p.total.round_cents(), p.total);
            }
        }
    }
}
