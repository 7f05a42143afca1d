//! Stage 4: the common record, in the words of the CSV contract.
//!
//! Every bill, EOB and letter becomes a [`Document`], whatever it looked like. A field that the paper does not state
//! is `None` or empty, never zero. The serde names are the column names of the CSV files.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use billproof_parsers::page_text::BBox;
pub use billproof_parsers::statement::{Adjustment, DocKind, FactKind, Field, LineKind, Money};
pub use proofs::{Agreement, ArithmeticCheck, CheckKind, OpenCell, PrintedFigure, Repair, UnparsedRow};
pub use service_line::ServiceLine;

mod proofs;
mod service_line;

/// `text_source` of documents.csv.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextOrigin {
    /// The file's own text layer.
    Digital,
    /// Recognised from images.
    Ocr,
    /// Some pages of either.
    Mixed,
    /// X12, FHIR or CSV input.
    Structured,
}

/// `status` of documents.csv.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read.
    Ok,
    /// Something on it could not be read.
    Partial,
    /// Nothing usable.
    Failed,
    /// The same bytes, or the same statement, as another file.
    Duplicate,
}

/// Whether the provider has a contract with the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// In network.
    In,
    /// Out of network.
    Out,
}

/// What the plan did with a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClaimStatus {
    /// Settled.
    Processed,
    /// Not settled yet.
    Pending,
    /// Refused as a whole.
    Denied,
}

/// One claim of an EOB, or one account of a bill.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Claim {
    /// The plan's claim number.
    pub claim_no: Option<String>,
    /// The provider's account number.
    pub account_no: Option<String>,
    /// Patient.
    pub patient: Option<String>,
    /// Provider.
    pub provider: Option<String>,
    /// In or out of network.
    pub network: Option<Network>,
    /// What the plan did with it.
    pub status: Option<ClaimStatus>,
}

/// The confidence of records that were written before it was kept.
fn certain() -> f32 {
    1.0
}

/// Something the paper says in words that a rule rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What is said.
    pub kind: FactKind,
    /// The sentence that says it.
    pub text: String,
    /// Page in the file, from 1.
    pub page: u32,
    /// Where on the page of the file.
    pub bbox: BBox,
}

/// One document: a row of documents.csv, its lines and what else the paper says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Path relative to the input folder with `/` separators, `#p3-5` appended for a part of a file.
    pub path: String,
    /// SHA-256 of the file's bytes, lower-case hex.
    pub sha256: String,
    /// The case it belongs to; empty until the cases are made.
    pub case_id: String,
    /// What kind of paper it is.
    pub kind: DocKind,
    /// Layout that read it.
    pub layout: String,
    /// Number of pages.
    pub pages: u32,
    /// Where its text comes from; `None` for a file that could not be opened.
    pub text_source: Option<TextOrigin>,
    /// How sure the reading is as a whole, 0..1.
    pub confidence: f32,
    /// How sure the amounts and dates of its header are, 0..1: what the rules about the whole document rest on.
    #[serde(default = "certain")]
    pub figures_confidence: f32,
    /// How the reading went.
    pub status: Status,
    /// What went wrong, and where.
    pub message: String,
    /// Patients named, in order of appearance.
    pub patient: Vec<String>,
    /// Member number.
    pub member_id: Option<String>,
    /// Providers named.
    pub provider: Vec<String>,
    /// NPIs of the providers.
    pub provider_npi: Vec<String>,
    /// Plan or insurer.
    pub payer: Option<String>,
    /// In or out of network, where the document says the same for all of its claims.
    pub network: Option<Network>,
    /// Account numbers.
    pub account_no: Vec<String>,
    /// Claim numbers.
    pub claim_no: Vec<String>,
    /// What the plan did, where the same is true of all claims.
    pub claim_status: Option<ClaimStatus>,
    /// Date of the statement or notice.
    pub statement_date: Option<Date>,
    /// First day of service as the header states it.
    pub service_from: Option<Date>,
    /// Last day of service as the header states it.
    pub service_to: Option<Date>,
    /// Day of admission.
    pub admitted: Option<Date>,
    /// Day of discharge.
    pub discharged: Option<Date>,
    /// Sum of the charges as printed.
    pub total_charges: Option<Money>,
    /// Sum of the contractual write-offs as printed, positive.
    pub total_discount: Option<Money>,
    /// Sum of the plan's payments as printed, positive.
    pub total_plan_paid: Option<Money>,
    /// Sum of the patient's payments as printed, positive.
    pub total_patient_paid: Option<Money>,
    /// What the document asks for.
    pub balance_due: Option<Money>,
    /// What the EOB says the patient owes in all.
    pub patient_responsibility: Option<Money>,
    /// Its lines in reading order.
    pub lines: Vec<ServiceLine>,
    /// Its claims or accounts.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// Texts of the note codes.
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
    /// What it says in words.
    #[serde(default)]
    pub facts: Vec<Fact>,
    /// The amounts that stand on no line, in the order header, claims, sums.
    #[serde(default)]
    pub figures: Vec<PrintedFigure>,
    /// Its own arithmetic.
    #[serde(default)]
    pub checks: Vec<ArithmeticCheck>,
    /// Columns that its tables have, also where every cell is blank.
    #[serde(default)]
    pub columns: BTreeSet<Field>,
    /// The plan year's deductible limit, where an EOB states it.
    #[serde(default)]
    pub deductible_limit: Option<Money>,
    /// The plan year's out-of-pocket limit, where an EOB states it.
    #[serde(default)]
    pub out_of_pocket_limit: Option<Money>,
    /// UB-04 type of bill (form locator 4), four digits.
    #[serde(default)]
    pub type_of_bill: Option<String>,
    /// Rows that could not be read.
    #[serde(default)]
    pub unparsed: Vec<UnparsedRow>,
    /// Misread cells that were set right.
    #[serde(default)]
    pub repaired: Vec<Repair>,
    /// Doubtful dates and codes that nothing has settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open_cells: Vec<OpenCell>,
}

impl Document {
    /// A document of which nothing is known yet.
    pub fn empty(path: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            sha256: String::new(),
            case_id: String::new(),
            kind: DocKind::Other,
            layout: String::new(),
            pages: 0,
            text_source: None,
            confidence: 1.0,
            figures_confidence: 1.0,
            status: Status::Ok,
            message: String::new(),
            patient: Vec::new(),
            member_id: None,
            provider: Vec::new(),
            provider_npi: Vec::new(),
            payer: None,
            network: None,
            account_no: Vec::new(),
            claim_no: Vec::new(),
            claim_status: None,
            statement_date: None,
            service_from: None,
            service_to: None,
            admitted: None,
            discharged: None,
            total_charges: None,
            total_discount: None,
            total_plan_paid: None,
            total_patient_paid: None,
            balance_due: None,
            patient_responsibility: None,
            lines: Vec::new(),
            claims: Vec::new(),
            notes: BTreeMap::new(),
            facts: Vec::new(),
            figures: Vec::new(),
            checks: Vec::new(),
            columns: BTreeSet::new(),
            deductible_limit: None,
            out_of_pocket_limit: None,
            type_of_bill: None,
            unparsed: Vec::new(),
            repaired: Vec::new(),
            open_cells: Vec::new(),
        }
    }

    /// A file of which nothing could be read, and why.
    pub fn failed(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: Status::Failed, confidence: 0.0, figures_confidence: 0.0, message: message.into(), ..Self::empty(path) }
    }

    /// Whether it asks a patient for money as a provider's bill.
    pub fn is_bill(&self) -> bool {
        matches!(self.kind, DocKind::ItemizedBill | DocKind::SummaryBill)
    }

    /// Whether it is an insurer's settlement.
    pub fn is_eob(&self) -> bool {
        self.kind == DocKind::Eob
    }

    /// Its service lines, without payments, adjustments and balances.
    pub fn services(&self) -> impl Iterator<Item = &ServiceLine> {
        self.lines.iter().filter(|l| l.line_kind == LineKind::Service)
    }

    /// The claim that a line belongs to.
    pub fn claim_of(&self, line: &ServiceLine) -> Option<&Claim> {
        line.claim.and_then(|i| self.claims.get(i))
    }
}
