//! Stage 8: the rules. One file per rule, named for the fault; the head of each file is the rule's page.
//!
//! A rule is a pure function from a [`Context`] to [`Finding`]s. It states both figures and where each was read. After the
//! rules have run, a finding that rests on a figure of doubtful reading becomes `review`.

mod amounts;
mod context;
mod coverage;
mod finding;
mod reading;
mod wording;

mod appealable_denial;
mod balance_exceeds_eob;
mod cancelled_service;
mod charge_mismatch;
mod claim_pending;
mod code_mismatch;
mod collections_too_early;
mod date_mismatch;
mod date_outside_stay;
mod deductible_overrun;
mod denied_billed_to_patient;
mod discount_not_applied;
mod duplicate_charge;
mod estimate_exceeded;
mod financial_assistance;
mod math_error;
mod no_eob;
mod no_surprises;
mod not_received;
mod out_of_pocket_overrun;
mod payment_not_posted;
mod preventive_cost_share;
mod price_outlier;
mod room_charge;
mod unbundling;
mod units_exceed_mue;
mod units_mismatch;
mod upcoding;

mod add_on_without_primary;
mod billed_by_two_providers;
mod coinsurance_exceeds_rate;
mod collection_exceeds_balance;
mod component_and_global;
mod interest_or_fee;
mod limiting_charge;
mod payment_not_credited;
mod qmb_billed;
mod reprocessed_claim;
mod secondary_not_billed;

pub use amounts::Expectation;
pub use appealable_denial::class_of as denial_class_of;
pub use context::{Context, SURE, TOLERANCE};
pub use coverage::{is_facility, kind_by_name};
pub(crate) use finding::flag_id;
pub use finding::{Finding, RuleId, Severity};

use crate::record::TextOrigin;

/// The sections of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// Bill against EOB.
    BillAgainstEob,
    /// Errors on the bill.
    ErrorsOnTheBill,
    /// Rights.
    Rights,
    /// What is looked for beyond the usual errors, where the papers prove it.
    Further,
}

impl Table {
    /// Its heading.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BillAgainstEob => "Bill against EOB",
            Self::ErrorsOnTheBill => "Errors on the bill",
            Self::Rights => "Rights",
            Self::Further => "Further checks",
        }
    }
}

/// One rule.
pub struct Rule {
    /// Its id in flags.csv.
    pub id: &'static str,
    /// The section it belongs to.
    pub table: Table,
    source: &'static str,
    find: fn(&Context<'_>) -> Vec<Finding>,
}

impl Rule {
    /// Its page: what it does, why, when it fires, what could be right, on what it rests. Markdown.
    pub fn manual(&self) -> String {
        let lines = self.source.lines().take_while(|l| l.starts_with("//!"));
        lines.map(|l| l.trim_start_matches("//!").strip_prefix(' ').unwrap_or_default()).collect::<Vec<_>>().join("\n")
    }

    /// The first sentence of its page.
    pub fn summary(&self) -> String {
        let manual = self.manual();
        let first = manual.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        first.trim_start_matches("# ").to_owned()
    }

    /// Its findings on a case, before doubtful readings are weighed.
    pub fn find(&self, cx: &Context<'_>) -> Vec<Finding> {
        (self.find)(cx)
    }
}

macro_rules! rule {
    ($table:ident, $id:literal, $module:ident) => {
        Rule { id: $id, table: Table::$table, source: include_str!(concat!(stringify!($module), ".rs")), find: $module::find }
    };
}

/// All rules, in the order of their sections.
pub static RULES: &[Rule] = &[
    rule!(BillAgainstEob, "balance-exceeds-eob", balance_exceeds_eob),
    rule!(BillAgainstEob, "no-eob", no_eob),
    rule!(BillAgainstEob, "claim-pending", claim_pending),
    rule!(BillAgainstEob, "discount-not-applied", discount_not_applied),
    rule!(BillAgainstEob, "payment-not-posted", payment_not_posted),
    rule!(BillAgainstEob, "code-mismatch", code_mismatch),
    rule!(BillAgainstEob, "date-mismatch", date_mismatch),
    rule!(BillAgainstEob, "units-mismatch", units_mismatch),
    rule!(BillAgainstEob, "charge-mismatch", charge_mismatch),
    rule!(ErrorsOnTheBill, "duplicate-charge", duplicate_charge),
    rule!(ErrorsOnTheBill, "room-charge", room_charge),
    rule!(ErrorsOnTheBill, "date-outside-stay", date_outside_stay),
    rule!(ErrorsOnTheBill, "cancelled-service", cancelled_service),
    rule!(ErrorsOnTheBill, "not-received", not_received),
    rule!(ErrorsOnTheBill, "upcoding", upcoding),
    rule!(ErrorsOnTheBill, "unbundling", unbundling),
    rule!(ErrorsOnTheBill, "units-exceed-mue", units_exceed_mue),
    rule!(ErrorsOnTheBill, "price-outlier", price_outlier),
    rule!(ErrorsOnTheBill, "math-error", math_error),
    rule!(Rights, "no-surprises", no_surprises),
    rule!(Rights, "denied-billed-to-patient", denied_billed_to_patient),
    rule!(Rights, "appealable-denial", appealable_denial),
    rule!(Rights, "preventive-cost-share", preventive_cost_share),
    rule!(Rights, "deductible-overrun", deductible_overrun),
    rule!(Rights, "out-of-pocket-overrun", out_of_pocket_overrun),
    rule!(Rights, "collections-too-early", collections_too_early),
    rule!(Rights, "financial-assistance", financial_assistance),
    rule!(Rights, "estimate-exceeded", estimate_exceeded),
    rule!(Further, "component-and-global", component_and_global),
    rule!(Further, "add-on-without-primary", add_on_without_primary),
    rule!(Further, "billed-by-two-providers", billed_by_two_providers),
    rule!(Further, "reprocessed-claim", reprocessed_claim),
    rule!(Further, "payment-not-credited", payment_not_credited),
    rule!(Further, "collection-exceeds-balance", collection_exceeds_balance),
    rule!(Further, "interest-or-fee", interest_or_fee),
    rule!(Further, "coinsurance-exceeds-rate", coinsurance_exceeds_rate),
    rule!(Further, "secondary-not-billed", secondary_not_billed),
    rule!(Further, "limiting-charge", limiting_charge),
    rule!(Further, "qmb-billed", qmb_billed),
];

/// The rule with the given id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|r| r.id == id)
}

/// Runs all rules over a case; findings sorted by document, line and rule.
pub fn run(cx: &Context<'_>) -> Vec<Finding> {
    let mut out: Vec<Finding> = RULES.iter().flat_map(|r| r.find(cx)).collect();
    for f in &mut out {
        f.flag_id = finding::flag_id(&f.case_id, f.rule, &f.path, f.line_no);
        weigh_reading(cx, f);
    }
    out.sort_by(|a, b| (&a.path, a.line_no.unwrap_or(0), a.rule).cmp(&(&b.path, b.line_no.unwrap_or(0), b.rule)));
    // One fault, one flag, whichever way a rule came to it.
    out.dedup_by(|b, a| (&a.path, a.line_no, a.rule) == (&b.path, b.line_no, b.rule));
    out
}

/// No `error` or `likely` finding may rest on a figure of doubtful reading.
fn weigh_reading(cx: &Context<'_>, f: &mut Finding) {
    if f.confidence >= SURE || !f.severity.is_hard() {
        return;
    }
    f.weighed_from = Some(f.severity);
    f.severity = Severity::Review;
    let typed = cx.docs[f.doc].text_source == Some(TextOrigin::Digital);
    let reading = if typed { "is not certain" } else { "is not certain; compare it with the paper first" };
    f.explanation = format!("{} The reading of {} {reading}.", f.explanation, f.weakest);
}

#[cfg(test)]
mod tests;
