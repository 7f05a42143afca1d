//! Categories of adjudication → the columns of an EOB.
//!
//! Sources: HL7 code system `adjudication`; CARIN Blue Button `C4BBAdjudication` and `C4BBAdjudicationDiscriminator`; the
//! variables of CMS's claims files that Blue Button 2.0 puts beside them. Where both stand, CMS's own name counts: it says
//! what the figure is, while the category is now and then a near one (a payment under `submitted`).

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{Coding, codings, list, money};
use crate::record::{Field, Money};

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Amount {
    /// A column of the record.
    Of(Field),
    /// Part of the plan's payment that went to the provider.
    ToProvider,
    /// Part of the plan's payment that went to the patient.
    ToPatient,
    /// Coinsurance where the provider elected to reduce it; else it is zero.
    ReducedCoinsurance,
    /// Nothing that the record has.
    Other,
}

/// The variables of CMS's claims files.
const CMS: &[(&str, Amount)] = &[
    ("line_sbmtd_chrg_amt", Amount::Of(Field::Charge)),
    ("rev_cntr_tot_chrg_amt", Amount::Of(Field::Charge)),
    ("line_alowd_chrg_amt", Amount::Of(Field::Allowed)),
    ("line_nch_pmt_amt", Amount::Of(Field::PlanPaid)),
    ("rev_cntr_pmt_amt_amt", Amount::Of(Field::PlanPaid)),
    ("line_prvdr_pmt_amt", Amount::ToProvider),
    ("rev_cntr_prvdr_pmt_amt", Amount::ToProvider),
    ("line_bene_pmt_amt", Amount::ToPatient),
    ("rev_cntr_bene_pmt_amt", Amount::ToPatient),
    ("line_bene_ptb_ddctbl_amt", Amount::Of(Field::Deductible)),
    ("rev_cntr_cash_ddctbl_amt", Amount::Of(Field::Deductible)),
    ("rev_cntr_blood_ddctbl_amt", Amount::Of(Field::Deductible)),
    ("line_coinsrnc_amt", Amount::Of(Field::Coinsurance)),
    ("rev_cntr_coinsrnc_wge_adjstd_c", Amount::Of(Field::Coinsurance)),
    ("rev_cntr_rdcd_coinsrnc_amt", Amount::ReducedCoinsurance),
    ("line_bene_prmry_pyr_pd_amt", Amount::Of(Field::OtherPaid)),
    ("rev_cntr_1st_msp_pd_amt", Amount::Of(Field::OtherPaid)),
    ("rev_cntr_2nd_msp_pd_amt", Amount::Of(Field::OtherPaid)),
    ("rev_cntr_ncvrd_chrg_amt", Amount::Of(Field::NotCovered)),
    ("rev_cntr_ptnt_rspnsblty_pmt", Amount::Of(Field::PatientResponsibility)),
    ("clm_tot_chrg_amt", Amount::Of(Field::Charge)),
    // prices and rates, and what another payer would have allowed
    ("rev_cntr_rate_amt", Amount::Other),
    ("line_dme_prchs_price_amt", Amount::Other),
    ("line_prmry_alowd_chrg_amt", Amount::Other),
];

/// HL7's and CARIN's categories.
const CATEGORIES: &[(&str, Amount)] = &[
    ("submitted", Amount::Of(Field::Charge)),
    ("drugcost", Amount::Of(Field::Charge)),
    ("eligible", Amount::Of(Field::Allowed)),
    ("allowed", Amount::Of(Field::Allowed)),
    ("discount", Amount::Of(Field::PlanDiscount)),
    ("noncovered", Amount::Of(Field::NotCovered)),
    ("deductible", Amount::Of(Field::Deductible)),
    ("copay", Amount::Of(Field::Copay)),
    ("coinsurance", Amount::Of(Field::Coinsurance)),
    ("benefit", Amount::Of(Field::PlanPaid)),
    ("paidtoprovider", Amount::ToProvider),
    ("paidtopatient", Amount::ToPatient),
    ("priorpayerpaid", Amount::Of(Field::OtherPaid)),
    ("paidbypatient", Amount::Of(Field::PatientPaid)),
    ("paidbypatientcash", Amount::Of(Field::PatientPaid)),
    ("paidbypatientother", Amount::Of(Field::PatientPaid)),
    ("memberliability", Amount::Of(Field::PatientResponsibility)),
];

fn named(codings: &[Coding<'_>]) -> Amount {
    let cms = codings.iter().find_map(|c| CMS.iter().find(|(name, _)| *name == c.short()).map(|(_, a)| *a));
    let category = || codings.iter().find_map(|c| CATEGORIES.iter().find(|(name, _)| *name == c.code).map(|(_, a)| *a));
    cms.or_else(category).unwrap_or(Amount::Other)
}

/// The amounts of a list of adjudications or totals by column. What stands there twice over is one figure in two words,
/// unless CMS or the category splits it: deductibles for cash and blood, other payers, parts of a payment add up.
pub fn amounts(adjudications: &[Value]) -> BTreeMap<Field, Money> {
    let mut read: BTreeMap<Amount, Vec<(String, Money)>> = BTreeMap::new();
    for a in adjudications {
        let names = codings(a.get("category"));
        let Some(amount) = money(a.get("amount")) else { continue };
        let name = names.iter().map(|c| c.short()).collect::<Vec<_>>().join("+");
        let seen = read.entry(named(&names)).or_default();
        // the same figure under the same name, as some servers repeat it
        if !seen.iter().any(|(n, _)| *n == name) {
            seen.push((name, amount));
        }
    }
    let sum = |a: Amount| read.get(&a).map(|v| v.iter().map(|(_, m)| *m).sum::<Money>());
    let mut out = BTreeMap::new();
    for (amount, stated) in &read {
        if let Amount::Of(field) = amount {
            let parts = matches!(field, Field::Deductible | Field::OtherPaid | Field::PatientPaid);
            let total = stated.iter().map(|(_, m)| *m).sum();
            out.insert(*field, if parts { total } else { stated[0].1 });
        }
    }
    if let Some(reduced) = sum(Amount::ReducedCoinsurance).filter(|m| *m > Money::ZERO) {
        out.insert(Field::Coinsurance, reduced);
    }
    let (provider, patient) = (sum(Amount::ToProvider), sum(Amount::ToPatient));
    if let Some(paid) = provider.or(patient) {
        let both = if provider.is_some() { paid + patient.unwrap_or_default() } else { paid };
        out.entry(Field::PlanPaid).or_insert(both);
    }
    out
}

/// The reasons that adjudications give: code and text.
pub fn reasons(adjudications: &[Value]) -> Vec<(String, String)> {
    let concepts = adjudications.iter().filter(|a| !codings(a.get("category")).iter().any(|c| c.code == "benefitpaymentstatus"));
    let all = concepts.flat_map(|a| codings(a.get("reason")));
    all.filter(|c| c.code != "0").map(|c| (c.short().to_uppercase(), c.display.to_owned())).collect()
}

/// Whether the provider is in or out of network (C4BB `benefitpaymentstatus`), as `in` or `out`.
pub fn network(resource: &Value) -> Option<&'static str> {
    let stated = list(resource, "adjudication")
        .iter()
        .filter(|a| codings(a.get("category")).iter().any(|c| c.code == "benefitpaymentstatus"));
    let mut codes = stated.flat_map(|a| codings(a.get("reason"))).map(|c| c.code);
    codes.find_map(|c| match c {
        "innetwork" => Some("in"),
        "outofnetwork" => Some("out"),
        _ => None,
    })
}
