//! What the parsers give back: the document as it is printed.
//!
//! Nothing here is judged or completed: a cell holds what stands on the paper, what it was read as, and where. The
//! record that the rules work on is made from this by the `normalize` stage of the main crate.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use crate::money::Money;
use crate::page_text::BBox;

/// What kind of paper it is (`kind` of documents.csv).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocKind {
    /// A provider's bill with its service lines.
    ItemizedBill,
    /// A provider's bill without codes.
    SummaryBill,
    /// An insurer's explanation of benefits, remittance advice, or Medicare Summary Notice.
    Eob,
    /// A plan's letter that refuses a service.
    DenialLetter,
    /// A collection agency's (or department's) notice.
    CollectionNotice,
    /// Proof of a payment.
    Receipt,
    /// A good-faith estimate (45 CFR 149.610).
    Estimate,
    /// Anything else.
    Other,
}

impl DocKind {
    /// Its name in the CSV files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ItemizedBill => "itemized_bill",
            Self::SummaryBill => "summary_bill",
            Self::Eob => "eob",
            Self::DenialLetter => "denial_letter",
            Self::CollectionNotice => "collection_notice",
            Self::Receipt => "receipt",
            Self::Estimate => "estimate",
            Self::Other => "other",
        }
    }
}

/// A column of a table or a value of the header: the fields of record.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    // what a service line prints
    /// First (or only) date of service.
    ServiceDate,
    /// Last date of service.
    ServiceDateTo,
    /// NUBC revenue code.
    RevenueCode,
    /// CPT, HCPCS or CDT code.
    Code,
    /// Procedure modifiers.
    Modifiers,
    /// What was done, in words.
    Description,
    /// Service units.
    Units,
    /// What the provider charged.
    Charge,
    /// Charge of one unit; checked against charge and units, never exported.
    UnitPrice,
    /// The plan's allowed amount.
    Allowed,
    /// What the provider writes off by contract; on a bill an insurance adjustment.
    PlanDiscount,
    /// What the plan refused.
    NotCovered,
    /// Deductible.
    Deductible,
    /// Copay.
    Copay,
    /// Coinsurance.
    Coinsurance,
    /// What the plan paid.
    PlanPaid,
    /// What another payer paid.
    OtherPaid,
    /// What the patient has paid.
    PatientPaid,
    /// What the patient owes for it.
    PatientResponsibility,
    /// X12 adjustments: group code, CARC, amount.
    Adjustments,
    /// RARC or the plan's own note codes.
    RemarkCodes,
    /// A column of payments and adjustments of either kind; the row's words tell which.
    Credits,
    /// A running or line balance, where a layout prints one beside the charges.
    Balance,
    /// A column that is read and left out (diagnosis, NDC, physician, line number, status …).
    Ignored,
    // what a header prints
    /// Patient's name.
    Patient,
    /// Member or subscriber number.
    MemberId,
    /// Provider's name.
    Provider,
    /// National Provider Identifier.
    ProviderNpi,
    /// Name of the plan or insurer.
    Payer,
    /// In or out of network.
    Network,
    /// The provider's account, invoice or control number.
    AccountNo,
    /// The plan's claim number.
    ClaimNo,
    /// Processed, pending or denied.
    ClaimStatus,
    /// Date of the statement or notice.
    StatementDate,
    /// First day of service as the header states it.
    ServiceFrom,
    /// Last day of service as the header states it.
    ServiceTo,
    /// Day of admission.
    Admitted,
    /// Day of discharge.
    Discharged,
    /// Sum of the charges.
    TotalCharges,
    /// Sum of contractual write-offs.
    TotalDiscount,
    /// Sum of the plan's payments.
    TotalPlanPaid,
    /// Sum of the patient's payments.
    TotalPatientPaid,
    /// What the bill asks for.
    BalanceDue,
    /// What the EOB says the patient owes in all.
    TotalPatientResponsibility,
    /// The plan year's deductible limit, where an EOB states it.
    DeductibleLimit,
    /// The plan year's out-of-pocket limit, where an EOB states it.
    OutOfPocketLimit,
    /// UB-04 type of bill (form locator 4).
    TypeOfBill,
}

/// What a cell was read as.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", content = "value", rename_all = "snake_case")]
pub enum Value {
    /// Words.
    Text(String),
    /// An amount, with the sign that is printed.
    Money(Money),
    /// A day; the year of a two-digit or missing year is already resolved against the document.
    Date(Date),
    /// A count.
    Number(Decimal),
    /// A procedure code.
    Code(String),
    /// Several codes: modifiers or remark codes, in printed order.
    List(Vec<String>),
    /// X12 adjustments.
    Adjustments(Vec<Adjustment>),
}

/// One claim adjustment as the remittance prints it: X12 835 CAS segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Group code: CO, PR, OA, PI, CR.
    pub group: String,
    /// Claim adjustment reason code.
    pub carc: String,
    /// The amount, with its sign.
    pub amount: Money,
}

/// A value with its place on the paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// What it was read as.
    pub value: Value,
    /// The characters as they stand on the page (before repair).
    pub raw: String,
    /// Page, from 1.
    pub page: u32,
    /// Box in the reading frame of that page.
    pub bbox: BBox,
    /// How sure the reading is, 0..1.
    pub confidence: f32,
}

impl Cell {
    /// The amount, where it holds one.
    pub(crate) fn money(&self) -> Option<Money> {
        if let Value::Money(m) = self.value { Some(m) } else { None }
    }

    /// The same with an amount as large as it is, whichever way it goes: bills print what was paid with a minus and without.
    pub(crate) fn unsigned(&self) -> Self {
        match self.value {
            Value::Money(m) => Self { value: Value::Money(m.abs()), ..self.clone() },
            _ => self.clone(),
        }
    }
}

/// The kind of a row (`line_kind` of lines.csv).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// A service.
    Service,
    /// Money from the plan or the patient.
    Payment,
    /// A contractual or other credit.
    Adjustment,
    /// A service taken back: negative charge.
    Reversal,
    /// A balance brought forward.
    Balance,
}

impl LineKind {
    /// Its name in the CSV files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Payment => "payment",
            Self::Adjustment => "adjustment",
            Self::Reversal => "reversal",
            Self::Balance => "balance",
        }
    }
}

/// One service, payment or adjustment row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What kind of row.
    pub kind: LineKind,
    /// Its cells, also those printed once for a group of rows above it.
    pub cells: BTreeMap<Field, Cell>,
    /// Index into [`Statement::claims`], where the document is divided into claims or accounts.
    pub claim: Option<usize>,
    /// Page of its first print row.
    pub page: u32,
    /// Box of what is printed on that page for this row.
    pub bbox: BBox,
}

/// What stands above the rows of one claim or account.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClaimHeader {
    /// Patient, provider, claim and account number, network, status, dates.
    pub cells: BTreeMap<Field, Cell>,
}

/// A printed sum and the rows that it adds up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Total {
    /// The words beside it.
    pub label: String,
    /// What it sums: a group of rows, one claim, or the document.
    pub scope: TotalScope,
    /// The sums by column.
    pub cells: BTreeMap<Field, Cell>,
    /// The rows it adds up: indices into [`Statement::rows`], first and one past last.
    pub rows: (usize, usize),
    /// Claim it belongs to.
    pub claim: Option<usize>,
}

/// What a total adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalScope {
    /// The rows since the last subtotal or heading.
    Group,
    /// The rows of a claim or account.
    Claim,
    /// All rows of the document.
    Document,
}

/// The text behind a note or remark code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The code as the rows print it.
    pub code: String,
    /// What it says.
    pub text: String,
    /// Page, from 1.
    pub page: u32,
}

/// Something the paper says in words that a rule rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fact {
    /// What is said.
    pub kind: FactKind,
    /// The sentence that says it.
    pub text: String,
    /// Page, from 1.
    pub page: u32,
    /// Where on the page (reading frame).
    pub bbox: BBox,
}

/// The kinds of facts that rules rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// The claim is pending, in process, or has just been sent to the insurer.
    ClaimPending,
    /// An extraordinary collection action has been taken: credit bureau, sale of the debt, suit, lien, garnishment.
    ExtraordinaryCollection,
    /// The account was placed with an agency.
    CollectionPlacement,
    /// Why a plan refused the service (denial letters).
    DenialReason,
    /// An amount that the letter says was charged or is at stake.
    DeniedAmount,
    /// The statement itself says that a service was cancelled or not performed.
    Cancelled,
    /// Another insurer than the one that settled or was billed is named (secondary, supplemental).
    OtherCoverage,
    /// The provider did not accept Medicare's assignment.
    AssignmentNotAccepted,
    /// The patient is a Qualified Medicare Beneficiary.
    QualifiedMedicareBeneficiary,
    /// The percentage of the allowed amount that the patient, or the plan, pays.
    CoinsuranceRate,
    /// Interest or a fee for late payment or collection, with its amount.
    FeeOrInterest,
}

/// A row that no grammar could read; kept, never dropped in silence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unparsed {
    /// Page, from 1.
    pub page: u32,
    /// Where (reading frame).
    pub bbox: BBox,
    /// What stands there.
    pub text: String,
    /// Why it could not be read.
    pub reason: String,
}

/// A document as printed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Name of the layout that read it.
    pub layout: String,
    /// What kind of paper it is.
    pub kind: DocKind,
    /// Header values, several where the document names several (patients, providers, claims).
    pub header: BTreeMap<Field, Vec<Cell>>,
    /// Claims or accounts into which the rows are divided; empty where they are not.
    pub claims: Vec<ClaimHeader>,
    /// Rows in reading order.
    pub rows: Vec<Row>,
    /// Printed sums.
    pub totals: Vec<Total>,
    /// Texts of note codes.
    pub notes: Vec<Note>,
    /// What the document says in words.
    pub facts: Vec<Fact>,
    /// Rows that could not be read.
    pub unparsed: Vec<Unparsed>,
    /// The columns that the tables have, also where every cell is blank.
    pub columns: BTreeSet<Field>,
    /// The layouts that claimed the document with equal right, so that none of them read it; mostly empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tie: Vec<String>,
}
