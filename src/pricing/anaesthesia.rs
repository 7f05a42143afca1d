//! Anaesthesia: base units and time units at the locality's conversion factor (42 CFR 414.46).

use rust_decimal::{Decimal, RoundingStrategy};

use super::place::Spot;
use super::{Query, Quote, plain};
use crate::record::Money;
use crate::reference::ReferenceTables;

const NAME: &str = "anaesthesia conversion factors";

pub(super) fn quote(refs: &ReferenceTables, query: &Query, spot: &Spot) -> Option<Quote> {
    let place = spot.locality.as_ref()?;
    let found = refs.fees.anaesthesia_factor(place, query.day, query.qualifying);
    let (found, factor) = found.or_else(|| refs.fees.anaesthesia_factor(place, query.day, false))?;
    let mut quote = Quote::of(NAME, &found, query.day);
    quote.place = format!("{} ({}-{})", place.name, place.contractor, place.number);
    quote.part("conversion factor", plain(factor));
    let base = query.base_units.or_else(|| refs.fees.anaesthesia_units(&query.code, query.day));
    let supervised = query.modifiers.iter().any(|m| m == "AD");
    let base = if supervised { Some(Decimal::from(3)) } else { base };
    if let Some(base) = base {
        quote.part("base units", plain(base.normalize()));
    }
    // A time unit is fifteen minutes, reckoned to one decimal.
    let time = query.minutes.map(|m| (m / Decimal::from(15)).round_dp_with_strategy(1, RoundingStrategy::MidpointAwayFromZero));
    let time = if supervised { Some(Decimal::ZERO) } else { time };
    if let Some(time) = time {
        quote.part("time units", plain(time.normalize()));
    }
    let (Some(base), Some(time)) = (base, time) else {
        let missing = [(base.is_none(), "the base units (--base-units)"), (time.is_none(), "the minutes (--minutes)")];
        let missing: Vec<&str> = missing.iter().filter(|(m, _)| *m).map(|(_, what)| *what).collect();
        quote
            .notes
            .push(format!("the payment is (base units + minutes / 15) × conversion factor: give {}", missing.join(" and ")));
        return Some(quote);
    };
    let half = query.modifiers.iter().find(|m| matches!(m.as_str(), "QK" | "QX" | "QY"));
    let share = if half.is_some() { Decimal::new(5, 1) } else { Decimal::ONE };
    quote.formula = format!("({} + {}) × {}", plain(base.normalize()), plain(time.normalize()), plain(factor));
    if let Some(modifier) = half {
        quote.part(format!("modifier {modifier}"), "× 0.5 (medical direction)");
        quote.formula += " × 0.5";
    }
    quote.amount = Some(Money((base + time) * factor * share).round_cents());
    Some(quote)
}
