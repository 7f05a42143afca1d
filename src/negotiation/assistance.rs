//! How a household stands to the poverty guideline, and what that means at a nonprofit hospital.
//!
//! Source: HHS poverty guidelines; 26 CFR 1.501(r)-4 to -6.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::finished::CasePapers;
use crate::record::Money;
use crate::reference::ReferenceTables;

/// Up to this many percent of the guideline most policies that give anything give free care.
const USUALLY_FREE: u32 = 200;

/// Up to this many percent many policies give a discount.
const USUALLY_REDUCED: u32 = 400;

/// A household against the guideline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Screen {
    /// People in the household.
    pub household: u32,
    /// Its income of a year, US dollars.
    pub income: Money,
    /// The guideline of that household in the state, US dollars a year.
    pub guideline: Money,
    /// The year of the guideline: that of the service, else the latest before it that is loaded.
    pub year: i16,
    /// Income in percent of the guideline, one place.
    pub percent: Decimal,
    /// The limit of the hospital's own policy, percent, where case.toml states it.
    pub limit_percent: Option<Decimal>,
    /// Whether the income is within the policy's limit, or within what many policies give where that is not known.
    pub may_qualify: bool,
    /// What it means.
    pub says: String,
}

/// The screen of a case, or what is missing for it.
pub(super) fn screen(papers: &CasePapers, refs: &ReferenceTables) -> Result<Screen, String> {
    let facts = &papers.judged.facts;
    let (Some(income), Some(household)) = (facts.patient.annual_income, facts.patient.household_size) else {
        return Err("No assistance screen: case.toml does not state household_size and annual_income in [patient].".to_owned());
    };
    let bills = || papers.documents.iter().filter(|d| papers.judged.accounts.iter().any(|a| a.path == d.path));
    let day = bills()
        .flat_map(|d| d.services().filter_map(|l| l.service_date).chain(d.service_from))
        .min()
        .or_else(|| bills().filter_map(|d| d.statement_date).min());
    let Some(day) = day else {
        return Err("No assistance screen: no bill states a date of service, which decides the year of the guideline.".to_owned());
    };
    let Some((guideline, year)) = refs.poverty.guideline(day.year(), facts.patient.state.as_deref(), household) else {
        return Err(format!(
            "No assistance screen: no poverty guideline of {} is loaded (billproof refs add, or --refs).",
            day.year()
        ));
    };
    let percent = (income.0 * Decimal::ONE_HUNDRED).checked_div(guideline.0).unwrap_or_default().round_dp(1);
    let limit_percent = facts.assistance.limit_percent;
    let within = |limit: Decimal| income.0 * Decimal::ONE_HUNDRED <= guideline.0 * limit;
    let may_qualify = within(limit_percent.unwrap_or(Decimal::from(USUALLY_REDUCED)));
    let ask = "Ask for the policy, its plain-language summary and the form (26 CFR 1.501(r)-4).";
    let nonprofit = match facts.provider.nonprofit {
        Some(true) => "The hospital is nonprofit and must have a policy.",
        Some(false) => {
            "The provider is not nonprofit: federal law asks no policy of it, but many have one, and some states require it."
        }
        None => "A nonprofit hospital must have a policy.",
    };
    let says = match limit_percent {
        Some(limit) if may_qualify => {
            format!("Within the {} % of the hospital's policy: apply before paying anything.", limit.normalize())
        }
        Some(limit) => format!(
            "Above the {} % of the hospital's policy; ask whether it knows hardship or a sliding scale.",
            limit.normalize()
        ),
        None if within(Decimal::from(USUALLY_FREE)) => {
            format!("Many policies give free care up to {USUALLY_FREE} % of the guideline. {nonprofit} {ask}")
        }
        None if may_qualify => {
            format!("Many policies give a discount up to {USUALLY_REDUCED} % of the guideline. {nonprofit} {ask}")
        }
        None => format!("Above {USUALLY_REDUCED} % few policies give anything but for hardship. {nonprofit}"),
    };
    Ok(Screen { household, income, guideline, year, percent, limit_percent, may_qualify, says })
}
