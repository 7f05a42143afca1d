//! The four CSV files: UTF-8, RFC 4180 with LF, a header row, columns in the order of the contract.
//!
//! Later columns may be added at the end; none is ever renamed or moved.

use std::io::{self, Write};

use super::cells::{adjustments, bbox, confidence, guarded, joined, money, named, number, optional};
use crate::ledger::CaseRow;
use crate::record::{Document, ServiceLine};
use crate::rules::Finding;

/// One row of a CSV file.
pub trait CsvRow {
    /// The header row.
    const COLUMNS: &'static [&'static str];

    /// Its cells, as many as there are columns.
    fn cells(&self) -> Vec<String>;
}

/// Writes the header row and one row for each item.
pub fn write<R: CsvRow>(to: &mut dyn Write, rows: impl IntoIterator<Item = R>) -> io::Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(to);
    csv.write_record(R::COLUMNS)?;
    for row in rows {
        csv.write_record(row.cells().into_iter().map(guarded))?;
    }
    csv.flush()
}

/// A row of documents.csv.
#[derive(Debug, Clone, Copy)]
pub struct DocumentRow<'a>(pub &'a Document);

impl CsvRow for DocumentRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "path",
        "sha256",
        "case_id",
        "kind",
        "layout",
        "pages",
        "text_source",
        "confidence",
        "status",
        "message",
        "patient",
        "member_id",
        "provider",
        "provider_npi",
        "payer",
        "network",
        "account_no",
        "claim_no",
        "claim_status",
        "statement_date",
        "service_from",
        "service_to",
        "admitted",
        "discharged",
        "total_charges",
        "total_discount",
        "total_plan_paid",
        "total_patient_paid",
        "balance_due",
        "patient_responsibility",
        "figures_confidence",
    ];

    fn cells(&self) -> Vec<String> {
        let d = self.0;
        vec![
            d.path.clone(),
            d.sha256.clone(),
            d.case_id.clone(),
            d.kind.as_str().to_owned(),
            d.layout.clone(),
            if d.pages == 0 { String::new() } else { d.pages.to_string() },
            d.text_source.as_ref().map(named).unwrap_or_default(),
            confidence(d.confidence),
            named(&d.status),
            d.message.clone(),
            joined(&d.patient),
            optional(d.member_id.as_ref()),
            joined(&d.provider),
            joined(&d.provider_npi),
            optional(d.payer.as_ref()),
            d.network.as_ref().map(named).unwrap_or_default(),
            joined(&d.account_no),
            joined(&d.claim_no),
            d.claim_status.as_ref().map(named).unwrap_or_default(),
            optional(d.statement_date.as_ref()),
            optional(d.service_from.as_ref()),
            optional(d.service_to.as_ref()),
            optional(d.admitted.as_ref()),
            optional(d.discharged.as_ref()),
            money(d.total_charges),
            money(d.total_discount),
            money(d.total_plan_paid),
            money(d.total_patient_paid),
            money(d.balance_due),
            money(d.patient_responsibility),
            confidence(d.figures_confidence),
        ]
    }
}

/// A row of lines.csv: a line and the document that it stands on.
#[derive(Debug, Clone, Copy)]
pub struct LineRow<'a>(pub &'a Document, pub &'a ServiceLine);

impl CsvRow for LineRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "case_id",
        "path",
        "page",
        "line_no",
        "doc_kind",
        "line_kind",
        "claim_no",
        "account_no",
        "patient",
        "provider",
        "service_date",
        "service_date_to",
        "revenue_code",
        "code",
        "modifiers",
        "description",
        "units",
        "charge",
        "allowed",
        "plan_discount",
        "not_covered",
        "deductible",
        "copay",
        "coinsurance",
        "plan_paid",
        "other_paid",
        "patient_paid",
        "patient_responsibility",
        "adjustments",
        "remark_codes",
        "confidence",
        "bbox",
        "figures_confidence",
    ];

    fn cells(&self) -> Vec<String> {
        let Self(d, l) = self;
        vec![
            d.case_id.clone(),
            d.path.clone(),
            l.page.to_string(),
            l.line_no.to_string(),
            d.kind.as_str().to_owned(),
            l.line_kind.as_str().to_owned(),
            optional(l.claim_no.as_ref()),
            optional(l.account_no.as_ref()),
            optional(l.patient.as_ref()),
            optional(l.provider.as_ref()),
            optional(l.service_date.as_ref()),
            optional(l.service_date_to.as_ref()),
            optional(l.revenue_code.as_ref()),
            optional(l.code.as_ref()),
            joined(&l.modifiers),
            optional(l.description.as_ref()),
            number(l.units),
            money(l.charge),
            money(l.allowed),
            money(l.plan_discount),
            money(l.not_covered),
            money(l.deductible),
            money(l.copay),
            money(l.coinsurance),
            money(l.plan_paid),
            money(l.other_paid),
            money(l.patient_paid),
            money(l.patient_responsibility),
            adjustments(&l.adjustments),
            joined(&l.remark_codes),
            confidence(l.confidence),
            bbox(l.bbox),
            confidence(l.figures_confidence),
        ]
    }
}

/// A row of flags.csv.
#[derive(Debug, Clone, Copy)]
pub struct FlagRow<'a>(pub &'a Finding);

impl CsvRow for FlagRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "case_id",
        "flag_id",
        "rule",
        "severity",
        "path",
        "page",
        "line_no",
        "service_date",
        "code",
        "description",
        "amount_billed",
        "amount_expected",
        "amount_at_issue",
        "benchmark_source",
        "evidence_path",
        "evidence_page",
        "evidence_line_no",
        "explanation",
        "next_step",
        "deadline",
        "confidence",
        "verdict",
        "note",
    ];

    fn cells(&self) -> Vec<String> {
        let f = self.0;
        vec![
            f.case_id.clone(),
            f.flag_id.clone(),
            f.rule.to_owned(),
            f.severity.as_str().to_owned(),
            f.path.clone(),
            optional(f.page.as_ref()),
            optional(f.line_no.as_ref()),
            optional(f.service_date.as_ref()),
            optional(f.code.as_ref()),
            optional(f.description.as_ref()),
            money(f.amount_billed),
            money(f.amount_expected),
            money(f.amount_at_issue),
            optional(f.benchmark_source.as_ref()),
            optional(f.evidence_path.as_ref()),
            optional(f.evidence_page.as_ref()),
            optional(f.evidence_line_no.as_ref()),
            f.explanation.clone(),
            f.next_step.clone(),
            optional(f.deadline.as_ref()),
            confidence(f.confidence),
            f.decision.as_ref().map(|d| d.verdict.as_str().to_owned()).unwrap_or_default(),
            f.decision.as_ref().map(|d| d.note.clone()).unwrap_or_default(),
        ]
    }
}

/// A row of cases.csv.
#[derive(Debug, Clone, Copy)]
pub struct CaseSumRow<'a>(pub &'a CaseRow);

impl CsvRow for CaseSumRow<'_> {
    const COLUMNS: &'static [&'static str] = &[
        "case_id",
        "patient",
        "documents",
        "bills",
        "eobs",
        "total_charges",
        "billed_balance",
        "eob_patient_responsibility",
        "amount_disputed",
        "balance_supported",
        "flags",
        "next_step",
        "next_deadline",
    ];

    fn cells(&self) -> Vec<String> {
        let c = self.0;
        vec![
            c.case_id.clone(),
            c.patient.clone(),
            c.documents.to_string(),
            c.bills.to_string(),
            c.eobs.to_string(),
            money(c.total_charges),
            money(Some(c.billed_balance)),
            money(c.eob_patient_responsibility),
            money(Some(c.amount_disputed)),
            money(Some(c.balance_supported)),
            c.flags.to_string(),
            c.next_step.as_str().to_owned(),
            optional(c.next_deadline.as_ref()),
        ]
    }
}

/// Every line of every document, in the documents' order.
pub fn line_rows(documents: &[Document]) -> impl Iterator<Item = LineRow<'_>> {
    documents.iter().flat_map(|d| d.lines.iter().map(move |l| LineRow(d, l)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{BBox, LineKind, Money};
    use proptest::prelude::*;

    fn text<R: CsvRow>(rows: Vec<R>) -> String {
        let mut bytes = Vec::new();
        write(&mut bytes, rows).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_is_not_stated_is_empty() {
        let failed = Document::failed("a/b.pdf", "the file is empty (0 bytes)");
        let csv = text(vec![DocumentRow(&failed)]);
        let row = csv.lines().nth(1).unwrap();
        assert_eq!(row, "a/b.pdf,,,other,,,,0,failed,the file is empty (0 bytes),,,,,,,,,,,,,,,,,,,,,0");
    }

    #[test]
    fn a_line_stands_in_the_order_of_the_contract() {
        let mut document = Document::empty("x.pdf");
        document.case_id = "doe".into();
        let mut line = ServiceLine::empty(LineKind::Service, 2, 7);
        line.service_date = Some(jiff::civil::date(2025, 3, 9));
        line.code = Some("99214".into());
        line.modifiers = vec!["25".into(), "59".into()];
        line.description = Some("-see note, \"visit\"".into());
        line.charge = Some(Money::from_cents(123_450));
        line.bbox = BBox::new(36.0, 100.25, 500.0, 110.0);
        document.lines.push(line);
        let csv = text(line_rows(&[document]).collect());
        assert_eq!(
            csv.lines().nth(1).unwrap(),
            "doe,x.pdf,2,7,other,service,,,,,2025-03-09,,,99214,25;59,\"'-see note, \"\"visit\"\"\",,1234.50,,,,,,,,,,,,,1,\
             36.0 100.2 500.0 110.0,1"
        );
    }

    #[test]
    fn every_row_has_a_cell_for_each_column() {
        fn fits<R: CsvRow>(row: &R) {
            assert_eq!(row.cells().len(), R::COLUMNS.len());
        }
        let document = Document::empty("x.pdf");
        fits(&DocumentRow(&document));
        fits(&LineRow(&document, &ServiceLine::empty(LineKind::Service, 1, 1)));
        let reconciled = crate::ledger::reconcile_case(
            &crate::cases::Case::new("doe", vec![document]),
            &crate::reference::ReferenceTables::default(),
            &crate::decisions::Decisions::default(),
        );
        fits(&CaseSumRow(&reconciled.row));
        reconciled.findings.iter().for_each(|f| fits(&FlagRow(f)));
    }

    proptest! {
        #[test]
        fn any_text_reads_back(path in any::<String>(), message in "[^=+@\t'-]\\PC*", patient in "[a-z,\"\n\r ]*") {
            let mut document = Document::failed(path.clone(), message.clone());
            document.patient = vec![patient.clone()];
            let csv = text(vec![DocumentRow(&document)]);
            let mut reader = csv::Reader::from_reader(csv.as_bytes());
            let rows: Vec<_> = reader.records().collect::<Result<_, _>>().unwrap();
            prop_assert_eq!(rows.len(), 1);
            prop_assert_eq!(rows[0].get(0).unwrap(), guarded(path));
            prop_assert_eq!(rows[0].get(9).unwrap(), message);
            prop_assert_eq!(rows[0].get(10).unwrap(), patient);
        }
    }
}
