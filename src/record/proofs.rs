//! What bears a record out, and what is left in doubt: figures with their places, equations, repairs, open cells.

use billproof_parsers::page_text::BBox;
use billproof_parsers::statement::{Field, Money};
use serde::{Deserialize, Serialize};

/// An amount of a header, of a claim's heading or of a row of sums, with its place: the proof of a figure that stands on no
/// line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrintedFigure {
    /// What it is.
    pub field: Field,
    /// US dollars, with the sign that is printed.
    pub amount: Money,
    /// Page in the file, from 1.
    pub page: u32,
    /// Where on the page of the file, in points.
    pub bbox: BBox,
}

/// One equation that the document's own figures must satisfy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArithmeticCheck {
    /// Which equation.
    pub kind: CheckKind,
    /// The line it stands on; `None` for the document.
    pub line_no: Option<u32>,
    /// Page of the printed result.
    pub page: u32,
    /// What is printed.
    pub printed: Money,
    /// What the other figures give.
    pub computed: Money,
    /// Whether every figure in it was read with certainty.
    pub certain: bool,
}

impl ArithmeticCheck {
    /// Whether both sides agree to the cent.
    pub fn holds(&self) -> bool {
        self.printed == self.computed
    }
}

/// The equations of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// The lines of a group add up to its subtotal.
    Subtotal,
    /// The lines add up to the claim's or document's total of charges.
    TotalCharges,
    /// Any other column of a claim or document adds up to its total.
    ColumnTotal,
    /// Charge − discount (− not covered) = allowed.
    Allowed,
    /// Deductible + copay + coinsurance (+ not covered) = the patient's responsibility.
    PatientShare,
    /// Allowed − paid = the patient's share.
    Paid,
    /// Charges − discounts − payments = balance due.
    BalanceDue,
    /// Units × unit price = charge.
    UnitPrice,
}

/// What a date or code that was set right agrees with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// A date lies in the stay, not after the statement, in the order of the rows.
    Dates,
    /// A code is the one that the same paper prints for the same service.
    SameService,
    /// It is the only reading that has the form of such a code.
    Form,
    /// It is the only reading that stands in the reference tables.
    CodeTable,
    /// It is that of the line for the same service on the other paper, of bill and EOB.
    OtherPaper,
}

/// A cell that was misread, and set right by the document itself, by another paper of the case or by the code tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// Its column, or the header value that it is.
    pub field: Field,
    /// The line it stands on; `None` for a sum or header value.
    pub line_no: Option<u32>,
    /// Page in the file, from 1.
    pub page: u32,
    /// As it was read.
    pub from: String,
    /// As it is taken.
    pub to: String,
    /// The equations that hold with it, of an amount.
    pub by: Vec<CheckKind>,
    /// What it agrees with, of a date, code or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// Path of the paper that says so, where it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<String>,
}

/// A date or code of a scan that was read with doubt, with what else it may say: another paper of the case or a code table
/// may settle it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenCell {
    /// The line it stands on.
    pub line_no: u32,
    /// Its column.
    pub field: Field,
    /// As it was read, in the form of lines.csv; empty where no date or code could be read.
    pub read: String,
    /// What it may say as well, in the form of lines.csv, the likeliest first; never empty.
    pub readings: Vec<String>,
}

/// A row that could not be read, as it stands on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnparsedRow {
    /// Page in the file, from 1.
    pub page: u32,
    /// Where on the page of the file.
    pub bbox: BBox,
    /// What stands there.
    pub text: String,
    /// Why it could not be read.
    pub reason: String,
}
