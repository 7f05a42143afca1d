//! Who pays and who bills: the plan's kind, whether there is insurance, what kind of provider sent a bill.

use jiff::civil::Date;

use crate::case_file::PlanKind;
use crate::matching::eob_line_provider;
use crate::names::{Likeness, number_key, same_number, same_person, same_provider};
use crate::record::{Document, FactKind, Field, Network};
use crate::reference::code_lists;
use crate::reference::code_texts::Hospital;

use super::context::Context;

impl<'a> Context<'a> {
    /// Payer names printed in the case, EOBs first.
    pub fn payers(&self) -> impl Iterator<Item = &'a str> {
        let eobs = self.papers().filter(|(_, d)| d.is_eob());
        let rest = self.papers().filter(|(_, d)| !d.is_eob());
        eobs.chain(rest).filter_map(|(_, d)| d.payer.as_deref()).filter(|p| !says_no_payer(p))
    }

    /// The plan's kind: case.toml's, else by the payer's name.
    pub fn plan_kind(&self) -> PlanKind {
        let stated = self.case.file.plan.as_ref().and_then(|p| p.kind);
        stated.unwrap_or_else(|| match self.payers().next() {
            Some(p) => kind_by_name(p),
            None if self.insured() => PlanKind::Commercial,
            None => PlanKind::SelfPay,
        })
    }

    /// The kind of the plan that sent an EOB.
    pub fn plan_kind_of(&self, doc: usize) -> PlanKind {
        let stated = self.case.file.plan.as_ref().and_then(|p| p.kind);
        stated.unwrap_or_else(|| self.docs[doc].payer.as_deref().map_or_else(|| self.plan_kind(), kind_by_name))
    }

    /// Whether there is insurance: an EOB, a payer on any paper, a pending notice or `[plan]`, and not self-pay.
    pub fn insured(&self) -> bool {
        let plan = self.case.file.plan.as_ref();
        if plan.is_some_and(|p| p.kind == Some(PlanKind::SelfPay)) {
            return false;
        }
        plan.is_some()
            || self.payers().next().is_some()
            || self.papers().any(|(_, d)| d.is_eob() || d.facts.iter().any(|f| f.kind == FactKind::ClaimPending))
    }

    /// Whether a bill comes from a facility: it prints revenue codes or its name says so.
    pub fn is_facility(&self, doc: usize) -> bool {
        is_facility(&self.docs[doc])
    }

    /// Whether a bill is a facility's for an inpatient stay.
    pub fn is_inpatient(&self, doc: usize) -> bool {
        let d = &self.docs[doc];
        let rooms = d.services().any(|l| l.revenue_code.as_deref().is_some_and(|r| code_lists::room(r).is_some()));
        let type_of_bill = d.type_of_bill.as_deref().map(|t| t.trim_start_matches('0'));
        rooms || type_of_bill.is_some_and(|t| t.starts_with("11") || t.starts_with("21") || t.starts_with("18"))
    }

    /// First and last day of each stay or visit that an in-network facility's claim covers.
    pub fn facility_dates(&self) -> &[(Date, Date)] {
        self.facility_dates.get_or_init(|| {
            let here = self.matching.eob_lines.iter().filter(|e| self.network(**e) == Some(Network::In));
            let facility = here.filter(|e| {
                let named = eob_line_provider(self.docs, **e).is_some_and(facility_name);
                named || self.line(**e).revenue_code.is_some()
            });
            facility.filter_map(|e| Some((self.line(*e).service_date?, self.line(*e).last_date()?))).collect()
        })
    }

    /// Whether two documents name the same provider.
    pub fn same_provider(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.docs[a], &self.docs[b]);
        a.provider.iter().any(|p| b.provider.iter().any(|q| same_provider(p, q)))
            || a.provider_npi.iter().any(|p| b.provider_npi.contains(p))
    }

    /// Whether two documents may be about the same patient: no names that differ.
    pub(super) fn same_patient(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.docs[a].patient, &self.docs[b].patient);
        a.is_empty() || b.is_empty() || a.iter().any(|p| b.iter().any(|q| same_person(p, q) != Likeness::Different))
    }

    /// Whether two documents share an account number.
    pub(super) fn same_account(&self, a: usize, b: usize) -> bool {
        let (a, b) = (&self.docs[a].account_no, &self.docs[b].account_no);
        a.iter().any(|x| b.iter().any(|y| same_number(x, y)))
    }

    /// Whether a document has a column of modifiers, or prints one anywhere: a line without any then has none.
    pub(super) fn prints_modifiers(&self, doc: usize) -> bool {
        let d = &self.docs[doc];
        d.columns.contains(&Field::Modifiers) || d.lines.iter().any(|l| !l.modifiers.is_empty())
    }

    /// The nonprofit hospital of a document's provider in the patient's state, as CMS lists it.
    pub(super) fn listed_nonprofit(&self, d: &Document) -> Option<Hospital> {
        let state = self.case.file.patient.state.as_deref()?;
        let found = d.provider.iter().find_map(|name| self.refs.texts.hospital(name, state));
        found.filter(Hospital::is_nonprofit)
    }

    /// The date of the first bill: case.toml's, else the earliest statement of the account (of the provider, of the case).
    pub fn first_bill(&self, doc: usize) -> Option<Date> {
        if let Some(d) = self.case.file.assistance.first_bill {
            return Some(d);
        }
        let d = &self.docs[doc];
        let of_account = |b: &Document| d.account_no.iter().any(|x| b.account_no.iter().any(|y| number_key(x) == number_key(y)));
        let earliest = |wanted: &dyn Fn(usize, &Document) -> bool| {
            self.papers().filter(|(i, b)| b.is_bill() && wanted(*i, b)).filter_map(|(_, b)| b.statement_date).min()
        };
        earliest(&|_, b| of_account(b))
            .or_else(|| earliest(&|i, _| self.same_provider(doc, i)))
            .or_else(|| earliest(&|_, _| true))
    }
}

/// Whether a bill comes from a facility: it prints revenue codes or its name says so.
pub fn is_facility(d: &Document) -> bool {
    d.type_of_bill.is_some() || d.lines.iter().any(|l| l.revenue_code.is_some()) || d.provider.iter().any(|p| facility_name(p))
}

fn has_word(name: &str, words: &[&str]) -> bool {
    let lower = name.to_lowercase();
    words.iter().any(|w| lower.contains(w))
}

fn says_no_payer(payer: &str) -> bool {
    let lower = payer.trim().to_lowercase();
    lower.is_empty()
        || has_word(&lower, &["self pay", "self-pay", "selfpay", "uninsured", "no insurance"])
        || matches!(lower.as_str(), "none" | "n/a")
}

/// The kind of plan that a payer's name tells.
pub fn kind_by_name(payer: &str) -> PlanKind {
    if has_word(payer, &["medicaid", "medi-cal", "masshealth", "badgercare", "tenncare", "healthy kids"]) {
        PlanKind::Medicaid
    } else if has_word(payer, &["advantage", "medicare complete", "medicare plus", "medicare hmo", "medicare ppo"]) {
        PlanKind::MedicareAdvantage
    } else if has_word(payer, &["medicare"]) && !has_word(payer, &["supplement", "medigap"]) {
        PlanKind::Medicare
    } else {
        PlanKind::Commercial
    }
}

/// Whether a provider's name is a facility's.
pub fn facility_name(name: &str) -> bool {
    let hospital = has_word(
        name,
        &[
            "hospital",
            "medical center",
            "medical ctr",
            "med ctr",
            "health system",
            "healthcare system",
            "surgery center",
            "surgical center",
            "surgicenter",
            "infirmary",
        ],
    );
    hospital
        && !has_word(
            name,
            &["radiolog", "anesth", "anaesth", "patholog", "hospitalist", "physicians", "associates", "emergency phys"],
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_by_name() {
        assert_eq!(kind_by_name("Medicare"), PlanKind::Medicare);
        assert_eq!(kind_by_name("Red Cliff Medicare Advantage"), PlanKind::MedicareAdvantage);
        assert_eq!(kind_by_name("State MEDICAID"), PlanKind::Medicaid);
        assert_eq!(kind_by_name("Tall Pine Health Insurance"), PlanKind::Commercial);
        assert_eq!(kind_by_name("AARP Medicare Supplement"), PlanKind::Commercial);
    }

    #[test]
    fn facilities_by_name() {
        assert!(facility_name("Harbor Memorial Hospital") && facility_name("NORTHGATE MEDICAL CENTER"));
        assert!(!facility_name("Riverbend Hospitalist Partners") && !facility_name("Hospital Radiology Associates"));
    }
}
