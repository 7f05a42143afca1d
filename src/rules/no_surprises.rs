//! A protected out-of-network patient is asked for more than the in-network share.
//!
//! # What it does
//! Looks for balance bills after emergency care, after ancillary care at an in-network facility, and from air ambulances.
//!
//! # Why
//! Where the patient had no choice of provider, the federal No Surprises Act limits the bill to the share that the EOB states.
//!
//! # When it fires
//! The plan is a commercial one, the EOB says out of network, the bill asks for more than the EOB's patient responsibility by
//! over 1.00, and the service is emergency care (revenue code 045x, 99281–99285), ancillary care (anaesthesia, radiology,
//! pathology and laboratory, newborn, assistance at surgery, hospitalist, intensive care) on a day for which an in-network
//! facility's claim is in the case, or an air ambulance: `error`. Any other out-of-network professional at an in-network
//! facility: `review`, since a valid written consent would make it lawful. Not for ground ambulances, Medicare, Medicaid,
//! TRICARE, VA, CHIP, short-term and excepted plans.
//!
//! # Could be right if
//! the patient signed the standard notice-and-consent form in time (not possible for emergency and ancillary care), or the
//! facility was not in network.
//!
//! # Source
//! 45 CFR 149.110–149.130 (plans), 149.410–149.440 (providers). No Surprises Help Desk: 1-800-985-3059.

use super::context::{Context, TOLERANCE};
use super::coverage::facility_name;
use super::finding::{Finding, Severity};
use super::reading::asked;
use crate::case_file::PlanKind;
use crate::matching::{BillMatch, LineRef};
use crate::record::Network;
use crate::reference::code_lists::{ancillary, is_air_ambulance, is_emergency};

/// Why the act protects the patient of a bill.
pub(super) struct Protection {
    /// The kind of care in words.
    pub(super) kind: String,
    /// Whether no consent could make the bill lawful.
    pub(super) certain: bool,
}

pub(super) fn find(cx: &Context<'_>) -> Vec<Finding> {
    let mut out = Vec::new();
    for (bill, m) in cx.bills() {
        let Some(balance) = asked(bill).filter(|_| !cx.waits(m)) else {
            continue;
        };
        let Some(p) = protection(cx, m) else { continue };
        let Some(share) = cx.summed(m, |e| cx.share(e), |d| d.patient_responsibility).map(|r| r.high) else {
            continue;
        };
        if balance - share <= TOLERANCE {
            continue;
        }
        let severity = if p.certain { Severity::Error } else { Severity::Review };
        let text = format!(
            "{} asks for {balance} for {} out of network; the EOB puts the patient's share at {share}.{}",
            bill.path,
            p.kind,
            if p.certain { "" } else { " Without a valid written consent the difference may not be billed." }
        );
        let step = if p.certain {
            "Tell the provider that the No Surprises Act forbids the difference; pay no more than the share. Help: 1-800-985-3059."
        } else {
            "Ask the provider for the signed notice-and-consent form; without one the No Surprises Act forbids the difference."
        };
        let f = cx.on_document("no-surprises", severity, m.doc).billed(balance).expected(share).amount(balance - share);
        out.push(cx.with_match(f.says(text, step), m, |d| cx.adds_up(d, |e| cx.share(e), |x| x.patient_responsibility)));
    }
    out
}

/// The protection of a bill whose EOB says out of network; `None` where the act does not reach it.
pub(super) fn protection(cx: &Context<'_>, m: &BillMatch) -> Option<Protection> {
    if cx.plan_kind() != PlanKind::Commercial
        || !cx.insured()
        || cx.payers().any(outside_the_act)
        || !cx.all_network(m, Network::Out)
    {
        return None;
    }
    let lines: Vec<LineRef> = cx.services(m.doc).into_iter().chain(m.eob_lines()).collect();
    let any = |test: &dyn Fn(LineRef) -> bool| lines.iter().any(|l| test(*l));
    if any(&|l| is_air_ambulance(cx.line(l))) {
        return Some(Protection { kind: "an air ambulance".into(), certain: true });
    }
    if any(&|l| is_emergency(cx.line(l))) {
        return Some(Protection { kind: "emergency care".into(), certain: true });
    }
    let names = &cx.docs[m.doc].provider;
    let ground = any(&|l| cx.line(l).code.as_deref().is_some_and(|c| c.starts_with("A04")));
    let facility = names.iter().any(|n| facility_name(n)) || cx.docs[m.doc].type_of_bill.is_some();
    if ground || facility || !at_in_network_facility(cx, &lines) {
        return None;
    }
    let by_name = names.iter().find_map(|n| ancillary_name(n));
    let coded: Vec<LineRef> = lines.iter().copied().filter(|l| cx.line(*l).code.is_some()).collect();
    let by_code = coded.iter().map(|l| ancillary(cx.line(*l))).collect::<Option<Vec<_>>>().and_then(|v| v.first().copied());
    Some(match by_name.or(by_code) {
        Some(kind) => Protection { kind: format!("{kind} at an in-network facility"), certain: true },
        None => Protection { kind: "a professional's care at an in-network facility".into(), certain: false },
    })
}

/// Whether an in-network facility's claim covers a day of the bill.
fn at_in_network_facility(cx: &Context<'_>, lines: &[LineRef]) -> bool {
    lines.iter().any(|l| {
        let (Some(from), Some(to)) = (cx.line(*l).service_date, cx.line(*l).last_date()) else {
            return false;
        };
        cx.facility_dates().iter().any(|(a, b)| *a <= to && from <= *b)
    })
}

fn ancillary_name(provider: &str) -> Option<&'static str> {
    let lower = provider.to_lowercase();
    let kinds = [
        ("radiolog", "radiology"),
        ("imaging", "radiology"),
        ("anesth", "anaesthesia"),
        ("anaesth", "anaesthesia"),
        ("patholog", "pathology"),
        ("hospitalist", "hospitalist care"),
        ("neonat", "neonatology"),
        ("intensivist", "intensive care"),
        ("critical care", "intensive care"),
    ];
    kinds.iter().find(|(w, _)| lower.contains(w)).map(|(_, k)| *k)
}

/// Coverage that the act does not reach.
fn outside_the_act(payer: &str) -> bool {
    let words: Vec<String> = payer.split(|c: char| !c.is_alphanumeric()).map(str::to_uppercase).collect();
    let has = |w: &str| words.iter().any(|x| x == w);
    has("TRICARE")
        || has("CHAMPVA")
        || has("VA")
        || has("VETERANS")
        || has("CHIP")
        || (has("SHORT") && has("TERM"))
        || has("INDEMNITY")
}
