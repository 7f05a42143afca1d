//! What a template may print: values of the record, in the letter's language. What the record does not state is `none`, and
//! the template puts a blank there.

use serde::Serialize;

/// A paper of the case.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Paper {
    /// `itemized_bill`, `summary_bill`, `eob`, …; empty where there is no such paper.
    pub kind: &'static str,
    /// What it is called in a sentence.
    pub name: &'static str,
    /// Its date.
    pub date: Option<String>,
    /// Its account number.
    pub account_no: Option<String>,
    /// Its claim number.
    pub claim_no: Option<String>,
    /// Who sent it.
    pub sender: Option<String>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its rule.
    pub rule: &'static str,
    /// Whether the papers prove it.
    pub certain: bool,
    /// Date of service.
    pub date: Option<String>,
    /// Code of the service.
    pub code: Option<String>,
    /// Description as printed.
    pub description: Option<String>,
    /// Units as printed.
    pub units: Option<String>,
    /// What was billed.
    pub billed: Option<String>,
    /// What it should have been.
    pub expected: Option<String>,
    /// What is in question.
    pub at_issue: Option<String>,
    /// The paper on which it stands.
    pub paper: Paper,
    /// Page and line there; empty for a finding about the whole paper.
    pub place: String,
    /// The paper on the other side.
    pub other: Paper,
    /// Page and line there.
    pub other_place: String,
    /// Date of service on the other side.
    pub other_date: Option<String>,
    /// Code on the other side.
    pub other_code: Option<String>,
    /// Units on the other side.
    pub other_units: Option<String>,
    /// Charge on the other side.
    pub other_charge: Option<String>,
    /// Whether both sides stand on the same paper.
    pub same_paper: bool,
    /// The class of a denial: `medical-necessity`, …; empty for other findings.
    pub class: String,
    /// The reason as the paper words it.
    pub reason: Option<String>,
}

/// The figures of the account. Each is one of accounts in cases.json.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Balance {
    /// What the bill asks for.
    pub asked: Option<String>,
    /// What was charged in all.
    pub charged: Option<String>,
    /// The patient's share by the EOB.
    pub share: Option<String>,
    /// What the papers support.
    pub supported: Option<String>,
    /// What is in question; `none` where nothing is.
    pub in_dispute: Option<String>,
}

/// What `case.toml` states of the household.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Household {
    /// People.
    pub size: Option<String>,
    /// Income of a year.
    pub income: Option<String>,
    /// The first bill's date.
    pub first_bill: Option<String>,
    /// The application's date.
    pub applied_on: Option<String>,
}

/// Terms that are offered or agreed on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Terms {
    /// A lump sum.
    pub lump_sum: Option<String>,
    /// When it is paid.
    pub due: Option<String>,
    /// A month's payment.
    pub monthly: Option<String>,
    /// The day of the first.
    pub first_due: Option<String>,
    /// How many.
    pub payments: Option<String>,
    /// The last one.
    pub last_payment: Option<String>,
    /// All of them.
    pub total: Option<String>,
    /// Interest, in words of the agreement.
    pub interest: Option<String>,
    /// With whom it was agreed on.
    pub with: Option<String>,
    /// When.
    pub agreed_on: Option<String>,
}

/// Everything that a template may print.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The letter's date.
    pub date: String,
    /// The case's next step.
    pub next_step: &'static str,
    /// The patient's name.
    pub patient: Option<String>,
    /// Member number of the plan.
    pub member_id: Option<String>,
    /// Who sent the bill.
    pub provider: Option<String>,
    /// The plan.
    pub payer: Option<String>,
    /// `commercial`, `medicare`, `medicare-advantage`, `medicaid` or `self-pay`.
    pub plan: &'static str,
    /// The collector.
    pub collector: Option<String>,
    /// The provider's account number.
    pub account_no: Option<String>,
    /// The plan's claim number.
    pub claim_no: Option<String>,
    /// First day of service.
    pub service_from: Option<String>,
    /// Last day of service, where it is another one.
    pub service_to: Option<String>,
    /// The bill.
    pub bill: Paper,
    /// The EOB or denial letter.
    pub eob: Paper,
    /// The collector's notice.
    pub notice: Paper,
    /// What the collector asks for.
    pub notice_amount: Option<String>,
    /// Whether the notice is at most thirty days old.
    pub notice_fresh: bool,
    /// What the notice says was done to the patient's credit or property.
    pub notice_action: Option<String>,
    /// The account's figures.
    pub balance: Balance,
    /// The findings.
    pub items: Vec<Item>,
    /// The classes of its denials, each once.
    pub classes: Vec<String>,
    /// The last day to act.
    pub deadline: Option<String>,
    /// Whether that day has passed.
    pub late: bool,
    /// The papers to enclose.
    pub enclosures: Vec<Paper>,
    /// The household.
    pub household: Household,
    /// The good-faith estimate's amount.
    pub estimate: Option<String>,
    /// Terms.
    pub terms: Terms,
}
