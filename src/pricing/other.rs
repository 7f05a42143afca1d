//! The laboratory, ambulance, equipment and outpatient hospital schedules.

use rust_decimal::Decimal;

use super::place::Spot;
use super::{Query, Quote};
use crate::record::Money;
use crate::reference::ReferenceTables;

fn dollars(amount: Option<Decimal>) -> Option<Money> {
    amount.map(|a| Money(a).round_cents())
}

pub(super) fn laboratory(refs: &ReferenceTables, query: &Query) -> Option<Quote> {
    let (found, fee) = refs.other_fees.laboratory(&query.code, &query.modifiers, query.day)?;
    let mut quote = Quote::of("clinical laboratory fee schedule", &found, query.day);
    quote.place = if fee.indicator == "L" { "set by the contractor".to_owned() } else { "national".to_owned() };
    if fee.rate.is_zero() {
        quote.notes.push("priced by the Medicare contractor: the schedule states no amount".to_owned());
    } else {
        quote.amount = dollars(Some(fee.rate));
        quote.formula = String::from("national rate");
    }
    if let Some(from) = fee.from.filter(|f| *f > query.day) {
        quote.notes.push(format!("this rate holds from {from}"));
    }
    quote.notes.push("the patient owes no share of it (42 CFR 410.152)".to_owned());
    Some(quote)
}

pub(super) fn ambulance(refs: &ReferenceTables, query: &Query, spot: &Spot) -> Option<Quote> {
    let place = spot.zip.as_ref()?;
    let (found, fee) = refs.other_fees.ambulance(&query.code, place, query.day)?;
    let mut quote = Quote::of("ambulance fee schedule", &found, query.day);
    let (area, amount) = match place.rural.as_str() {
        "B" => ("super rural", fee.super_rural.or(fee.rural)),
        "R" => ("rural", fee.rural),
        _ => ("urban", fee.urban),
    };
    quote.amount = dollars(amount.or(fee.urban));
    quote.formula = format!("{area} rate of the place of pick-up");
    quote.place = format!("{}-{}, {area}", place.contractor, place.number);
    if !spot.by_zip {
        quote.notes.push("the ZIP code of the pick-up decides between urban and rural: give --zip".to_owned());
    }
    for (name, value) in [("urban", fee.urban), ("rural", fee.rural), ("super rural", fee.super_rural)] {
        if let Some(value) = dollars(value) {
            quote.part(name, value);
        }
    }
    if let Some(miles) = dollars(fee.first_miles).filter(|_| area != "urban") {
        quote.part("rural ground mile, 1st to 17th", miles);
    }
    Some(quote)
}

pub(super) fn equipment(refs: &ReferenceTables, query: &Query, spot: &Spot) -> Option<Quote> {
    let state = &spot.zip.as_ref()?.state;
    let Some((found, fee)) = refs.other_fees.equipment(&query.code, &query.modifiers, state, query.day) else {
        let listed = refs.other_fees.equipment_modifiers(&query.code, state, query.day);
        let note = || format!("listed with modifiers {} only: give --modifier", listed.join(", "));
        return (!listed.is_empty()).then(|| Quote { place: state.clone(), ..Quote::none("DMEPOS fee schedule", note()) });
    };
    let mut quote = Quote::of("DMEPOS fee schedule", &found, query.day);
    quote.amount = dollars(fee.urban.or(fee.rural));
    quote.place.clone_from(state);
    quote.formula = String::from(if fee.urban.is_some() { "state rate, not rural" } else { "state rate, rural" });
    if let Some(rural) = dollars(fee.rural).filter(|_| fee.urban.is_some() && fee.rural != fee.urban) {
        quote.part("in a rural ZIP code of CMS's DMEPOS list", rural);
    }
    Some(quote)
}

pub(super) fn outpatient(refs: &ReferenceTables, query: &Query) -> Option<Quote> {
    let (found, fee) = refs.other_fees.outpatient(&query.code, query.day)?;
    let mut quote = Quote::of("OPPS Addendum B", &found, query.day);
    quote.place = String::from("national");
    quote.part("status indicator", &fee.status);
    if !fee.apc.is_empty() {
        quote.part("APC", &fee.apc);
    }
    quote.amount = dollars(fee.rate.filter(|r| !r.is_zero()));
    if quote.amount.is_some() {
        quote.formula = String::from("payment to the hospital before its wage index");
    } else if fee.status.starts_with('N') {
        quote.notes.push("packaged into other services: the hospital is paid nothing for it alone".to_owned());
    } else {
        quote.notes.push("no payment rate in Addendum B".to_owned());
    }
    if let Some(copayment) = dollars(fee.copayment.or(fee.least_copayment)) {
        quote.part("patient's copayment before the cap", copayment);
    }
    Some(quote)
}
