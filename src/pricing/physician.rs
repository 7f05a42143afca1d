//! The Physician Fee Schedule's amount.

use rust_decimal::Decimal;

use super::place::Spot;
use super::{Query, Quote, plain};
use crate::record::Money;
use crate::reference::ReferenceTables;
use crate::reference::fee_schedule::{Locality, Rvu};

pub(super) const NAME: &str = "Physician Fee Schedule";

/// Modifiers for which the schedule has values of its own.
const COMPONENTS: [&str; 3] = ["26", "TC", "53"];

pub(super) fn quote(refs: &ReferenceTables, query: &Query, spot: &Spot) -> Option<Quote> {
    let found = refs.fees.edition(query.day, query.qualifying).or_else(|| refs.fees.edition(query.day, false));
    let Some(found) = found else {
        let note = format!("no Physician Fee Schedule of {} is loaded", query.day.year());
        return (!refs.fees.is_empty()).then(|| Quote::none(NAME, note));
    };
    let mut quote = Quote::of(NAME, &found, query.day);
    if query.qualifying && found.edition.fact("qualifying") != "true" && query.day.year() >= 2026 {
        quote
            .notes
            .push("the file of the qualifying participants' conversion factor is not loaded: this is the others'".to_owned());
    }
    quote.notes.extend(spot.notes.iter().cloned());
    let component = query.modifiers.iter().find(|m| COMPONENTS.contains(&m.as_str())).map_or("", String::as_str);
    let whole = refs.fees.rvu(found.edition, &query.code, "");
    let Some(rvu) = refs.fees.rvu(found.edition, &query.code, component) else {
        let whole = whole?;
        quote.notes.push(match component {
            "53" => "a discontinued procedure is priced by the contractor".to_owned(),
            _ => format!("the code has no separate component {component} (PC/TC indicator {})", whole.pctc),
        });
        return Some(quote);
    };
    let national = Locality::national();
    if spot.locality.is_none() {
        quote.notes.push(format!("no GPCI file of {} is loaded: the national amount, every index 1", query.day.year()));
    }
    let place = spot.locality.as_ref().unwrap_or(&national);
    quote.place = match place.number.as_str() {
        "" => place.name.clone(),
        number => format!("{} ({}-{number})", place.name, place.contractor),
    };
    quote.part("status", format!("{} ({})", rvu.status, status(&rvu.status)));
    let valued = rvu.work + rvu.nonfacility + rvu.facility + rvu.malpractice > Decimal::ZERO;
    if !valued {
        quote.notes.push(without_values(&rvu.status, &query.code).to_owned());
        return Some(quote);
    }
    let amount = reckon(&mut quote, &rvu, place, query);
    let paid = matches!(rvu.status.as_str(), "A" | "R" | "T" | "");
    if paid {
        quote.amount = Some(Money(amount).round_cents());
        if rvu.status == "T" {
            quote.notes.push("paid only if nothing else of the schedule is billed that day by the same provider".to_owned());
        }
        quote.notes.push(format!(
            "limiting charge of a practitioner who takes no assignment: {}",
            Money(amount * Decimal::new(10_925, 4)).round_cents()
        ));
    } else {
        let worth = Money(amount).round_cents();
        quote.notes.push(format!("{}; its values would come to {worth}", without_values(&rvu.status, &query.code)));
    }
    Some(quote)
}

/// (work × GPCI + practice expense × GPCI + malpractice × GPCI) × conversion factor, capped for imaging, times what the
/// modifiers leave of it.
fn reckon(quote: &mut Quote, rvu: &Rvu, place: &Locality, query: &Query) -> Decimal {
    let (expense, not_there, cap) = if query.facility {
        (rvu.facility, rvu.facility_na, rvu.opps[1])
    } else {
        (rvu.nonfacility, rvu.nonfacility_na, rvu.opps[0])
    };
    let factor = rvu.conversion_factor;
    let pay = |expense: Decimal, malpractice: Decimal| {
        (rvu.work * place.work + expense * place.expense + malpractice * place.malpractice) * factor
    };
    let setting = if query.facility { "facility" } else { "non-facility" };
    quote.part("work RVU × GPCI", format!("{} × {}", plain(rvu.work), plain(place.work)));
    quote.part(format!("{setting} practice expense RVU × GPCI"), format!("{} × {}", plain(expense), plain(place.expense)));
    quote.part("malpractice RVU × GPCI", format!("{} × {}", plain(rvu.malpractice), plain(place.malpractice)));
    quote.part("conversion factor", plain(factor));
    quote.formula = format!(
        "({} × {} + {} × {} + {} × {}) × {}",
        plain(rvu.work),
        plain(place.work),
        plain(expense),
        plain(place.expense),
        plain(rvu.malpractice),
        plain(place.malpractice),
        plain(factor)
    );
    if not_there && query.facility {
        quote
            .notes
            .push("NA in a facility: the technical service is the facility's there, and not paid to a practitioner".to_owned());
    } else if not_there {
        quote.notes.push("NA outside a facility: rarely or never performed there".to_owned());
    }
    let mut amount = pay(expense, rvu.malpractice);
    if rvu.opps.iter().any(|v| !v.is_zero()) {
        // Deficit Reduction Act of 2005, section 5102(b).
        let capped = pay(cap, rvu.opps[2]);
        quote.part("cap on imaging (outpatient hospital payment)", Money(capped).round_cents());
        if capped < amount {
            amount = capped;
            quote.formula = format!("{}, capped at the outpatient hospital payment", quote.formula);
        }
    }
    for modifier in &query.modifiers {
        if let Some((share, why)) = share(rvu, modifier) {
            amount *= share;
            quote.part(format!("modifier {modifier}"), format!("× {} ({why})", plain(share.normalize())));
            quote.formula = format!("{} × {}", quote.formula, plain(share.normalize()));
        } else if let Some(note) = caution(rvu, modifier) {
            quote.notes.push(note);
        }
    }
    amount
}

/// What a modifier leaves of the amount. Medicare Claims Processing Manual, chapter 12, sections 20 and 40.
fn share(rvu: &Rvu, modifier: &str) -> Option<(Decimal, &'static str)> {
    let [before, during, after] = rvu.portions;
    let percent = |hundredths: i64| Decimal::new(hundredths, 2);
    match modifier {
        "50" if rvu.bilateral == "1" => Some((percent(150), "both sides")),
        "50" if rvu.bilateral == "3" => Some((percent(200), "each side in full")),
        "51" if matches!(rvu.multiple.as_str(), "2" | "3") => Some((percent(50), "second procedure of a session")),
        "62" if matches!(rvu.two_surgeons.as_str(), "1" | "2") => Some((Decimal::new(625, 3), "two surgeons")),
        "80" | "81" | "82" if matches!(rvu.assistant.as_str(), "0" | "2") => Some((percent(16), "assistant surgeon")),
        "AS" if matches!(rvu.assistant.as_str(), "0" | "2") => Some((Decimal::new(136, 3), "assistant other than a physician")),
        "54" if !during.is_zero() => Some((before + during, "surgical care only")),
        "55" if !after.is_zero() => Some((after, "care after surgery only")),
        "56" if !before.is_zero() => Some((before, "care before surgery only")),
        _ => None,
    }
}

fn caution(rvu: &Rvu, modifier: &str) -> Option<String> {
    match modifier {
        "22" | "52" => Some(format!("modifier {modifier}: the contractor sets the payment by the report")),
        "50" => Some(format!("modifier 50 does not change the payment (bilateral indicator {})", rvu.bilateral)),
        "80" | "81" | "82" | "AS" => Some("an assistant at surgery is not paid for this code".to_owned()),
        "62" => Some("two surgeons are not paid for this code".to_owned()),
        _ => None,
    }
}

/// What a status indicator means.
fn status(indicator: &str) -> &'static str {
    match indicator {
        "A" => "active",
        "B" => "bundled",
        "C" => "carrier-priced",
        "E" => "excluded by regulation",
        "I" => "not valid for Medicare",
        "J" => "anaesthesia",
        "M" => "measurement",
        "N" => "not covered",
        "P" => "bundled or excluded",
        "Q" => "therapy measurement",
        "R" => "restricted coverage",
        "T" => "paid if nothing else is",
        "X" => "no physicians' service by law",
        _ => "see CMS's file",
    }
}

/// Why there is no amount.
fn without_values(status: &str, code: &str) -> &'static str {
    match status {
        "A" | "C" | "R" | "T" => "priced by the Medicare contractor: the schedule states no amount",
        "B" => "always bundled into other services: no separate payment",
        "E" => "excluded from this schedule by regulation: paid by other provisions, if at all",
        "I" => "not valid for Medicare, which uses another code",
        "J" => "anaesthesia is paid by base and time units",
        "M" => "used for reporting only: nothing is paid",
        "N" => "not covered by Medicare",
        "P" => "bundled into another service or excluded: no separate payment",
        "X" if code.starts_with('8') || code == "36415" => "paid by the clinical laboratory fee schedule",
        "X" => "not a physicians' service by law: paid by other schedules, if at all",
        _ => "the schedule states no amount",
    }
}
