//! One line of a paper in the record.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Adjustment, BBox, LineKind, Money};

/// One service, payment or adjustment line: a row of lines.csv.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ServiceLine {
    /// Page in the file, from 1.
    pub page: u32,
    /// Number in reading order within the document, from 1.
    pub line_no: u32,
    /// What kind of line.
    pub line_kind: LineKind,
    /// The plan's claim number.
    pub claim_no: Option<String>,
    /// The provider's account number.
    pub account_no: Option<String>,
    /// Patient.
    pub patient: Option<String>,
    /// Provider.
    pub provider: Option<String>,
    /// First date of service.
    pub service_date: Option<Date>,
    /// Last date of service, where one is printed.
    pub service_date_to: Option<Date>,
    /// Revenue code, four digits.
    pub revenue_code: Option<String>,
    /// CPT, HCPCS or CDT code.
    pub code: Option<String>,
    /// Modifiers in printed order.
    pub modifiers: Vec<String>,
    /// What was done, in words.
    pub description: Option<String>,
    /// Units of service.
    pub units: Option<Decimal>,
    /// What the provider charged.
    pub charge: Option<Money>,
    /// Allowed amount.
    pub allowed: Option<Money>,
    /// What the provider writes off by contract.
    pub plan_discount: Option<Money>,
    /// What the plan refused.
    pub not_covered: Option<Money>,
    /// Deductible.
    pub deductible: Option<Money>,
    /// Copay.
    pub copay: Option<Money>,
    /// Coinsurance.
    pub coinsurance: Option<Money>,
    /// What the plan paid.
    pub plan_paid: Option<Money>,
    /// What another payer paid.
    pub other_paid: Option<Money>,
    /// What the patient paid.
    pub patient_paid: Option<Money>,
    /// What the patient owes; on a bill the balance printed on the line.
    pub patient_responsibility: Option<Money>,
    /// X12 adjustments.
    pub adjustments: Vec<Adjustment>,
    /// RARC or plan note codes.
    pub remark_codes: Vec<String>,
    /// How sure the whole row is, 0..1.
    pub confidence: f32,
    /// How sure its dates, codes, units and amounts are, whatever its names and words are worth, 0..1: what the rules
    /// rest on. Never less than `confidence`.
    #[serde(default = "super::certain")]
    pub figures_confidence: f32,
    /// Where it stands: points from the top-left corner of the page in the file.
    pub bbox: BBox,
    /// Index into [`Document::claims`](super::Document::claims).
    #[serde(default)]
    pub claim: Option<usize>,
}

impl ServiceLine {
    /// A line on which nothing is stated, to be filled in.
    pub fn empty(line_kind: LineKind, page: u32, line_no: u32) -> Self {
        Self {
            page,
            line_no,
            line_kind,
            claim_no: None,
            account_no: None,
            patient: None,
            provider: None,
            service_date: None,
            service_date_to: None,
            revenue_code: None,
            code: None,
            modifiers: Vec::new(),
            description: None,
            units: None,
            charge: None,
            allowed: None,
            plan_discount: None,
            not_covered: None,
            deductible: None,
            copay: None,
            coinsurance: None,
            plan_paid: None,
            other_paid: None,
            patient_paid: None,
            patient_responsibility: None,
            adjustments: Vec::new(),
            remark_codes: Vec::new(),
            confidence: 1.0,
            figures_confidence: 1.0,
            bbox: BBox::default(),
            claim: None,
        }
    }

    /// The last day of the service: the printed end, else its only date.
    pub fn last_date(&self) -> Option<Date> {
        self.service_date_to.or(self.service_date)
    }

    /// The patient's share: the printed one, else the sum of the PR adjustments, where any adjustments are printed.
    pub fn patient_share(&self) -> Option<Money> {
        self.patient_responsibility.or_else(|| {
            (!self.adjustments.is_empty()).then(|| self.adjustments.iter().filter(|a| a.group == "PR").map(|a| a.amount).sum())
        })
    }
}
