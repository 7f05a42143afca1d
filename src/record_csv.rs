//! documents.csv and lines.csv back into the common record.
//!
//! A person who corrects a misread cell in the exported record wants the rules run again over the corrected one, and
//! other programs may hand over a record of their own. Columns are found by name, so their order and extra columns do
//! not matter. An optional `notes.csv` (`path,code,text`) carries the texts of note codes, an optional `facts.csv`
//! (`path,kind,text`) what a paper says in words.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::record::{
    Adjustment, ArithmeticCheck, BBox, CheckKind, Claim, ClaimStatus, DocKind, Document, Fact, FactKind, LineKind, Money,
    Network, ServiceLine, Status, TextOrigin,
};

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// A file is missing or cannot be opened.
    #[error("failed to open {}", .0.display())]
    Open(PathBuf, #[source] std::io::Error),
    /// A file is no CSV.
    #[error("failed to read {}", .0.display())]
    Csv(PathBuf, #[source] csv::Error),
    /// A cell cannot be what its column says.
    #[error("{}, line {line}, column {column}: {value:?} is not {expected}", file.display())]
    Cell {
        /// File.
        file: PathBuf,
        /// Line of the file, from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// What stands there.
        value: String,
        /// What should.
        expected: &'static str,
    },
    /// A line of a document that documents.csv does not list.
    #[error("{}, line {line}: the document {path:?} is not in documents.csv", file.display())]
    UnknownDocument {
        /// File.
        file: PathBuf,
        /// Line of the file, from 1.
        line: u64,
        /// The path that stands there.
        path: String,
    },
}

/// A CSV file with its cells by column name.
struct Table {
    file: PathBuf,
    columns: HashMap<String, usize>,
    rows: Vec<csv::StringRecord>,
}

impl Table {
    fn open(file: PathBuf) -> Result<Self, RecordError> {
        let handle = File::open(&file).map_err(|e| RecordError::Open(file.clone(), e))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(handle);
        let header = reader.headers().map_err(|e| RecordError::Csv(file.clone(), e))?.clone();
        let columns = header.iter().enumerate().map(|(i, c)| (c.trim_start_matches('\u{feff}').trim().to_owned(), i)).collect();
        let rows = reader.records().collect::<Result<_, _>>().map_err(|e| RecordError::Csv(file.clone(), e))?;
        Ok(Self { file, columns, rows })
    }

    fn optional(file: PathBuf) -> Result<Option<Self>, RecordError> {
        if file.exists() { Self::open(file).map(Some) } else { Ok(None) }
    }

    fn rows(&self) -> impl Iterator<Item = RowCells<'_>> {
        self.rows.iter().map(|record| RowCells { table: self, record })
    }
}

struct RowCells<'a> {
    table: &'a Table,
    record: &'a csv::StringRecord,
}

impl RowCells<'_> {
    /// The cell without the quote that keeps a spreadsheet from running it.
    fn raw(&self, column: &str) -> &str {
        let v = self.table.columns.get(column).and_then(|i| self.record.get(*i)).unwrap_or_default().trim();
        match v.strip_prefix('\'') {
            Some(rest) if rest.starts_with(['=', '+', '@', '-', '\t']) => rest,
            _ => v,
        }
    }

    fn text(&self, column: &str) -> Option<String> {
        let v = self.raw(column);
        (!v.is_empty()).then(|| v.to_owned())
    }

    fn list(&self, column: &str) -> Vec<String> {
        self.raw(column).split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect()
    }

    fn wrong(&self, column: &str, expected: &'static str) -> RecordError {
        RecordError::Cell {
            file: self.table.file.clone(),
            line: self.line(),
            column: column.to_owned(),
            value: self.raw(column).to_owned(),
            expected,
        }
    }

    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }

    fn parsed<T: std::str::FromStr>(&self, column: &str, expected: &'static str) -> Result<Option<T>, RecordError> {
        match self.raw(column) {
            "" => Ok(None),
            v => v.parse().map(Some).map_err(|_| self.wrong(column, expected)),
        }
    }

    fn money(&self, column: &str) -> Result<Option<Money>, RecordError> {
        Ok(self.parsed::<Decimal>(column, "an amount such as 1234.50")?.map(Money))
    }

    fn date(&self, column: &str) -> Result<Option<Date>, RecordError> {
        self.parsed(column, "a date such as 2025-03-09")
    }

    /// A word of a closed list, in the serde spelling of the type.
    fn word<T: serde::de::DeserializeOwned>(&self, column: &str, expected: &'static str) -> Result<Option<T>, RecordError> {
        match self.raw(column) {
            "" => Ok(None),
            v => serde_json::from_value(serde_json::Value::String(v.to_owned()))
                .map(Some)
                .map_err(|_| self.wrong(column, expected)),
        }
    }
}

/// Reads documents.csv and lines.csv (and notes.csv, facts.csv where they exist) of a folder.
///
/// Documents come in the order of documents.csv with their lines in order of `line_no`. What the CSV does not carry
/// (columns, stated limits) stays empty; the sums that it does carry are checked against the lines.
pub fn read_record(dir: &Path) -> Result<Vec<Document>, RecordError> {
    let mut docs = Vec::new();
    let mut index = HashMap::new();
    for r in Table::open(dir.join("documents.csv"))?.rows() {
        let d = document(&r)?;
        index.insert(d.path.clone(), docs.len());
        docs.push(d);
    }
    let known = |r: &RowCells<'_>| {
        let path = r.raw("path");
        index.get(path).copied().ok_or_else(|| RecordError::UnknownDocument {
            file: r.table.file.clone(),
            line: r.line(),
            path: path.to_owned(),
        })
    };
    for r in Table::open(dir.join("lines.csv"))?.rows() {
        let at = known(&r)?;
        let l = service_line(&r)?;
        docs[at].lines.push(l);
    }
    if let Some(table) = Table::optional(dir.join("notes.csv"))? {
        for r in table.rows() {
            let at = known(&r)?;
            docs[at].notes.insert(r.raw("code").to_owned(), r.raw("text").to_owned());
        }
    }
    if let Some(table) = Table::optional(dir.join("facts.csv"))? {
        for r in table.rows() {
            let at = known(&r)?;
            let kind: Option<FactKind> = r.word("kind", "a kind of fact such as claim_pending")?;
            if let Some(kind) = kind {
                docs[at].facts.push(Fact { kind, text: r.raw("text").to_owned(), page: 1, bbox: BBox::default() });
            }
        }
    }
    for d in &mut docs {
        d.lines.sort_by_key(|l| l.line_no);
        claims(d);
        d.checks = checks(d);
    }
    Ok(docs)
}

fn document(r: &RowCells<'_>) -> Result<Document, RecordError> {
    let mut d = Document::empty(r.raw("path"));
    d.sha256 = r.text("sha256").unwrap_or_default();
    d.case_id = r.text("case_id").unwrap_or_default();
    d.kind = r.word("kind", "a kind of document")?.unwrap_or(DocKind::Other);
    d.layout = r.text("layout").unwrap_or_default();
    d.pages = r.parsed("pages", "a number of pages")?.unwrap_or(0);
    d.text_source = r.word::<TextOrigin>("text_source", "digital, ocr, mixed or structured")?;
    d.confidence = r.parsed("confidence", "a number from 0 to 1")?.unwrap_or(1.0);
    d.figures_confidence = r.parsed("figures_confidence", "a number from 0 to 1")?.unwrap_or(d.confidence);
    d.status = r.word("status", "ok, partial, failed or duplicate")?.unwrap_or(Status::Ok);
    d.message = r.text("message").unwrap_or_default();
    d.patient = r.list("patient");
    d.member_id = r.text("member_id");
    d.provider = r.list("provider");
    d.provider_npi = r.list("provider_npi");
    d.payer = r.text("payer");
    d.network = r.word::<Network>("network", "in or out")?;
    d.account_no = r.list("account_no");
    d.claim_no = r.list("claim_no");
    d.claim_status = r.word::<ClaimStatus>("claim_status", "processed, pending or denied")?;
    d.statement_date = r.date("statement_date")?;
    d.service_from = r.date("service_from")?;
    d.service_to = r.date("service_to")?;
    d.admitted = r.date("admitted")?;
    d.discharged = r.date("discharged")?;
    d.total_charges = r.money("total_charges")?;
    d.total_discount = r.money("total_discount")?;
    d.total_plan_paid = r.money("total_plan_paid")?;
    d.total_patient_paid = r.money("total_patient_paid")?;
    d.balance_due = r.money("balance_due")?;
    d.patient_responsibility = r.money("patient_responsibility")?;
    Ok(d)
}

fn service_line(r: &RowCells<'_>) -> Result<ServiceLine, RecordError> {
    let kind = r.word("line_kind", "a kind of line")?.unwrap_or(LineKind::Service);
    let page = r.parsed("page", "a page number")?.unwrap_or(1);
    let line_no = r.parsed("line_no", "a line number")?.unwrap_or(0);
    let mut l = ServiceLine::empty(kind, page, line_no);
    l.claim_no = r.text("claim_no");
    l.account_no = r.text("account_no");
    l.patient = r.text("patient");
    l.provider = r.text("provider");
    l.service_date = r.date("service_date")?;
    l.service_date_to = r.date("service_date_to")?;
    l.revenue_code = r.text("revenue_code");
    l.code = r.text("code");
    l.modifiers = r.list("modifiers");
    l.description = r.text("description");
    l.units = r.parsed("units", "a number of units")?;
    l.charge = r.money("charge")?;
    l.allowed = r.money("allowed")?;
    l.plan_discount = r.money("plan_discount")?;
    l.not_covered = r.money("not_covered")?;
    l.deductible = r.money("deductible")?;
    l.copay = r.money("copay")?;
    l.coinsurance = r.money("coinsurance")?;
    l.plan_paid = r.money("plan_paid")?;
    l.other_paid = r.money("other_paid")?;
    l.patient_paid = r.money("patient_paid")?;
    l.patient_responsibility = r.money("patient_responsibility")?;
    for a in r.list("adjustments") {
        let wrong = || r.wrong("adjustments", "a list such as CO-45:120.00;PR-2:30.00");
        let (reason, amount) = a.split_once(':').ok_or_else(wrong)?;
        let (group, carc) = reason.split_once('-').ok_or_else(wrong)?;
        let amount = amount.trim().parse::<Decimal>().map_err(|_| wrong())?;
        l.adjustments.push(Adjustment { group: group.trim().to_owned(), carc: carc.trim().to_owned(), amount: Money(amount) });
    }
    l.remark_codes = r.list("remark_codes");
    l.confidence = r.parsed("confidence", "a number from 0 to 1")?.unwrap_or(1.0);
    l.figures_confidence = r.parsed("figures_confidence", "a number from 0 to 1")?.unwrap_or(l.confidence);
    let corners: Vec<f32> = r.raw("bbox").split_whitespace().filter_map(|v| v.parse().ok()).collect();
    if let [x0, y0, x1, y1] = corners[..] {
        l.bbox = BBox { x0, y0, x1, y1 };
    }
    Ok(l)
}

/// The claims of a document from what its lines print.
fn claims(d: &mut Document) {
    for i in 0..d.lines.len() {
        let l = &d.lines[i];
        if l.claim_no.is_none() && l.account_no.is_none() {
            continue;
        }
        let at = d.claims.iter().position(|c| c.claim_no == l.claim_no && c.account_no == l.account_no);
        let at = at.unwrap_or_else(|| {
            d.claims.push(Claim {
                claim_no: l.claim_no.clone(),
                account_no: l.account_no.clone(),
                patient: l.patient.clone(),
                provider: l.provider.clone(),
                network: d.network,
                status: d.claim_status,
            });
            d.claims.len() - 1
        });
        d.lines[i].claim = Some(at);
    }
}

/// Figures of rows from this confidence on count as read with certainty.
const SURE: f32 = 0.95;

/// The sums that the columns of the record allow to check.
pub(crate) fn checks(d: &Document) -> Vec<ArithmeticCheck> {
    let mut out = Vec::new();
    let sure = |c: f32| c >= SURE;
    let charged: Vec<&ServiceLine> =
        d.lines.iter().filter(|l| matches!(l.line_kind, LineKind::Service | LineKind::Reversal)).collect();
    if let Some(printed) = d.total_charges
        && !charged.is_empty()
        && charged.iter().all(|l| l.charge.is_some())
    {
        let certain = sure(d.figures_confidence) && charged.iter().all(|l| sure(l.figures_confidence));
        let computed = charged.iter().filter_map(|l| l.charge).sum();
        out.push(ArithmeticCheck {
            kind: CheckKind::TotalCharges,
            line_no: None,
            page: d.pages.max(1),
            printed,
            computed,
            certain,
        });
    }
    let allowed: Vec<ArithmeticCheck> = d.services().filter(|_| d.is_eob()).filter_map(allowed_check).collect();
    // Where the paper has no column for what was refused, the equation holds only if it does on most lines.
    let stated = d.services().any(|l| l.not_covered.is_some());
    if stated || allowed.iter().filter(|c| c.holds()).count() * 3 >= allowed.len() * 2 {
        out.extend(allowed);
    }
    out
}

/// Charge − discount − not covered = allowed.
fn allowed_check(l: &ServiceLine) -> Option<ArithmeticCheck> {
    let computed = l.charge? - l.plan_discount? - l.not_covered.unwrap_or_default();
    Some(ArithmeticCheck {
        kind: CheckKind::Allowed,
        line_no: Some(l.line_no),
        page: l.page,
        printed: l.allowed?,
        computed,
        certain: l.figures_confidence >= SURE,
    })
}

#[cfg(test)]
mod tests;
