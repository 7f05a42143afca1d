//! The three figures of a single payment that settles a balance: what to open with, what to aim at, where to stop.
//!
//! The shares of the balance are practice, not law: patients' advocates open at 20 % and settle around 40 %, and many providers
//! give a fifth off for prompt payment. A public benchmark below them takes their place.

use rust_decimal::Decimal;
use serde::Serialize;

use super::benchmarks::{Benchmark, BenchmarkKind};
use crate::record::Money;

/// Under this balance a provider rarely settles, and the figures are not rounded to whole dollars.
const SMALL: Money = Money(Decimal::ONE_HUNDRED);

/// A figure to name, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// US dollars.
    pub amount: Money,
    /// What it rests on.
    pub basis: String,
}

/// What to offer as a single payment: `opening` ≤ `target` ≤ `walk_away` ≤ the balance, and never more than the person has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// What to open with.
    pub opening: Figure,
    /// What to aim at.
    pub target: Figure,
    /// Above this a payment plan is the better way.
    pub walk_away: Figure,
    /// Everything that was looked at, lowest first.
    pub benchmarks: Vec<Benchmark>,
}

/// Works out the three figures for a balance above nothing. `lump_sum`: what could be paid at once, above nothing.
pub(super) fn offer(balance: Money, lump_sum: Option<Money>, found: Vec<Benchmark>) -> Offer {
    let share = |percent: i64| round(Money(balance.0 * Decimal::new(percent, 2)));
    let mut benchmarks = vec![
        Benchmark::new(
            BenchmarkKind::LumpSumLow,
            share(20),
            "20 % of the balance, where talks about a single payment usually begin",
        ),
        Benchmark::new(BenchmarkKind::LumpSumHigh, share(40), "40 % of the balance, where many of them end"),
        Benchmark::new(
            BenchmarkKind::PromptPay,
            share(80),
            "80 % of the balance: a fifth off for prompt payment, as many providers give; ask for its own discount",
        ),
    ];
    benchmarks.extend(found.into_iter().map(|b| Benchmark { amount: round(b.amount), ..b }));
    let least = |kinds: &[BenchmarkKind], bound: Option<&Figure>| {
        let fitting = benchmarks.iter().filter(|b| kinds.contains(&b.kind) && b.amount > Money::ZERO);
        let lowest = fitting.min_by_key(|b| b.amount).map(|b| Figure { amount: b.amount, basis: b.basis.clone() });
        let figure = lowest.unwrap_or_else(|| Figure { amount: balance, basis: "the balance itself".to_owned() });
        let figure = bound.filter(|b| b.amount < figure.amount).cloned().unwrap_or(figure);
        // A share of a few cents may round to nothing.
        if figure.amount > balance { Figure { amount: balance, basis: "the balance itself".to_owned() } } else { figure }
    };
    let has = lump_sum.map(|amount| Figure { amount, basis: format!("{amount} is what could be paid at once") });
    let walk_away = least(&[BenchmarkKind::PromptPay, BenchmarkKind::CashPrice, BenchmarkKind::MedicareTwice], has.as_ref());
    let target = least(&[BenchmarkKind::LumpSumHigh, BenchmarkKind::MedicareHalfMore], Some(&walk_away));
    let opening = least(&[BenchmarkKind::LumpSumLow, BenchmarkKind::Medicare], Some(&target));
    benchmarks.sort_by_key(|b| b.amount);
    Offer { opening, target, walk_away, benchmarks }
}

/// Down to whole dollars, as offers are made; a small amount to the cent, and never to nothing.
fn round(amount: Money) -> Money {
    if amount < SMALL { Money(amount.0.round_dp(2)).max(Money::from_cents(1)) } else { Money(amount.0.trunc()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cents(c: i64) -> Money {
        Money::from_cents(c)
    }

    fn medicare(amount: i64) -> Vec<Benchmark> {
        [(BenchmarkKind::Medicare, 2), (BenchmarkKind::MedicareHalfMore, 3), (BenchmarkKind::MedicareTwice, 4)]
            .map(|(kind, halves)| Benchmark::new(kind, cents(amount * halves / 2), "Medicare"))
            .to_vec()
    }

    fn figures(o: &Offer) -> [Money; 3] {
        [o.opening.amount, o.target.amount, o.walk_away.amount]
    }

    #[test]
    fn shares_of_the_balance_are_the_start() {
        let o = offer(cents(100_055), None, vec![]);
        assert_eq!(figures(&o), [cents(20_000), cents(40_000), cents(80_000)]);
        assert!(o.opening.basis.starts_with("20 %") && o.walk_away.basis.contains("prompt payment"));
    }

    #[test]
    fn a_lower_benchmark_takes_their_place() {
        let o = offer(cents(100_000), None, medicare(10_000));
        assert_eq!(figures(&o), [cents(10_000), cents(15_000), cents(20_000)]);
        assert_eq!(o.target.basis, "Medicare");
        // A higher one does not.
        assert_eq!(figures(&offer(cents(100_000), None, medicare(60_000))), [cents(20_000), cents(40_000), cents(80_000)]);
        let cash = vec![Benchmark::new(BenchmarkKind::CashPrice, cents(30_000), "cash")];
        assert_eq!(figures(&offer(cents(100_000), None, cash)), [cents(20_000), cents(30_000), cents(30_000)]);
    }

    #[test]
    fn nobody_offers_more_than_there_is() {
        let o = offer(cents(100_000), Some(cents(30_000)), vec![]);
        assert_eq!(figures(&o), [cents(20_000), cents(30_000), cents(30_000)]);
        assert_eq!(o.walk_away.basis, "300.00 is what could be paid at once");
        assert_eq!(figures(&offer(cents(100_000), Some(cents(5_000)), vec![])), [cents(5_000); 3]);
        assert_eq!(figures(&offer(cents(1), None, vec![])), [cents(1); 3]);
    }

    proptest! {
        #[test]
        fn the_figures_are_in_order_and_within_bounds(
            balance in 1i64..50_000_000, lump in proptest::option::of(1i64..60_000_000), pays in proptest::option::of(1i64..80_000_000)
        ) {
            let o = offer(cents(balance), lump.map(cents), pays.map(medicare).unwrap_or_default());
            let [opening, target, walk_away] = figures(&o);
            prop_assert!(Money::ZERO < opening && opening <= target && target <= walk_away && walk_away <= cents(balance));
            prop_assert!(lump.is_none_or(|l| walk_away <= cents(l)));
            prop_assert!([&o.opening, &o.target, &o.walk_away].iter().all(|f| !f.basis.is_empty() && f.amount.round_cents() == f.amount));
            prop_assert!(o.benchmarks.is_sorted_by_key(|b| b.amount));
        }
    }
}
