//! Stage 7a: dates, codes and names that a scan left open, settled by the other papers of the case, and by the code tables.
//!
//! A cell is settled only if it was read with doubt and the recogniser itself had the other value in mind. Where bill and EOB
//! differ in what both print clearly, nothing is changed: a dearer code on the bill than the plan was told is what the audit
//! is to find.

mod borne_out;
mod cut_names;
mod names;
mod words;

use jiff::civil::Date;

use crate::cases::Case;
use crate::matching::{LineRef, People, dates_agree, match_case};
use crate::names::text_key;
use crate::record::{Agreement, Document, Field, OpenCell, Repair, ServiceLine};
use crate::reference::ReferenceTables;

/// A row of the other paper that was read with less proves nothing.
const SURE: f32 = 0.95;
/// What was settled is no surer than this.
const SETTLED: f32 = 0.9;
/// A person has compared such a row with the paper.
const COMPARED: f32 = 1.0;

/// Settles the open cells of a case's papers; each repair stands in its document.
pub fn settle(case: &mut Case, refs: &ReferenceTables) {
    names::settle(case);
    cut_names::settle(case);
    words::settle(case);
    borne_out::settle(case);
    let people = People::of(&case.documents, case.file.patient.name.as_deref());
    let matching = match_case(&case.documents, &people);
    let mut found: Vec<(usize, OpenCell, String, Agreement, Option<String>)> = Vec::new();
    for pair in matching.bills.iter().flat_map(|b| &b.pairs) {
        for (own, other) in [(pair.bill, pair.eob), (pair.eob, pair.bill)] {
            for cell in open_cells(&case.documents, own) {
                if let Some(to) = by_other_paper(&case.documents, own, other, cell) {
                    let paper = case.documents[other.doc].path.clone();
                    found.push((own.doc, cell.clone(), to, Agreement::OtherPaper, Some(paper)));
                }
            }
        }
    }
    for (i, d) in case.documents.iter().enumerate() {
        for cell in d.open_cells.iter().filter(|c| c.field == Field::Code) {
            let settled = found.iter().any(|(doc, known, ..)| *doc == i && known == cell);
            let Some(line) = line_of(d, cell).filter(|l| !settled && says(l, cell)) else { continue };
            if let Some(to) = day_of(d, line).and_then(|day| by_tables(cell, |code| refs.knows_code(code, day))) {
                found.push((i, cell.clone(), to, Agreement::CodeTable, None));
            }
        }
    }
    for (doc, cell, to, agreement, paper) in found {
        write(&mut case.documents[doc], &cell, to, agreement, paper);
    }
}

fn line_of<'a>(d: &'a Document, cell: &OpenCell) -> Option<&'a ServiceLine> {
    d.lines.iter().find(|l| l.line_no == cell.line_no)
}

/// The open cells of a line that still says what was read, and that no person has compared.
fn open_cells(docs: &[Document], at: LineRef) -> impl Iterator<Item = &OpenCell> {
    let line = &docs[at.doc].lines[at.line];
    docs[at.doc].open_cells.iter().filter(|c| c.line_no == line.line_no && says(line, c))
}

fn says(line: &ServiceLine, cell: &OpenCell) -> bool {
    line.figures_confidence < COMPARED && shown(line, cell.field) == cell.read
}

/// A cell as lines.csv writes it.
fn shown(l: &ServiceLine, field: Field) -> String {
    match field {
        Field::Code => l.code.clone().unwrap_or_default(),
        Field::RevenueCode => l.revenue_code.clone().unwrap_or_default(),
        Field::Modifiers => l.modifiers.join(";"),
        Field::ServiceDate => l.service_date.map(|d| d.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

/// What the line of the other paper says, where that line was read with certainty, is the same service by all else, and its
/// value is one of those that this cell may say.
fn by_other_paper(docs: &[Document], own: LineRef, other: LineRef, cell: &OpenCell) -> Option<String> {
    let (mine, theirs) = (&docs[own.doc].lines[own.line], &docs[other.doc].lines[other.line]);
    let wanted = shown(theirs, cell.field);
    let proven = theirs.figures_confidence >= SURE
        && !docs[other.doc].open_cells.iter().any(|c| c.line_no == theirs.line_no && c.field == cell.field);
    let charge = mine.charge.is_some() && mine.charge == theirs.charge;
    let code = mine.code.is_some() && mine.code == theirs.code;
    let words = |l: &ServiceLine| l.description.as_deref().map(text_key).filter(|k| k.len() >= 4);
    let named = words(mine).is_some() && words(mine) == words(theirs);
    let same = match cell.field {
        Field::ServiceDate => code || named,
        Field::Code => dates_agree(mine, theirs) == Some(true),
        _ => dates_agree(mine, theirs) == Some(true) && (code || named),
    };
    (proven && charge && same && wanted != cell.read && cell.readings.contains(&wanted)).then_some(wanted)
}

fn day_of(d: &Document, line: &ServiceLine) -> Option<Date> {
    line.service_date.or(d.service_from).or(d.statement_date)
}

/// The only reading that the tables know, where they do not know what was read.
fn by_tables(cell: &OpenCell, knows: impl Fn(&str) -> bool) -> Option<String> {
    if knows(&cell.read) {
        return None;
    }
    let mut known = cell.readings.iter().filter(|c| knows(c));
    let (first, None) = (known.next()?, known.next()) else { return None };
    Some(first.clone())
}

fn write(d: &mut Document, cell: &OpenCell, to: String, agreement: Agreement, paper: Option<String>) {
    let Some(line) = d.lines.iter_mut().find(|l| l.line_no == cell.line_no) else { return };
    match cell.field {
        Field::Code => line.code = Some(to.clone()),
        Field::RevenueCode => line.revenue_code = Some(to.clone()),
        Field::Modifiers => line.modifiers = to.split(';').map(str::to_owned).collect(),
        Field::ServiceDate => match to.parse() {
            Ok(day) => line.service_date = Some(day),
            Err(_) => return,
        },
        _ => return,
    }
    line.confidence = line.confidence.min(SETTLED);
    line.figures_confidence = line.figures_confidence.min(SETTLED);
    let page = line.page;
    let from = cell.read.clone();
    d.repaired.push(Repair {
        field: cell.field,
        line_no: Some(cell.line_no),
        page,
        from,
        to,
        by: Vec::new(),
        agreement: Some(agreement),
        paper,
    });
    d.repaired.sort_by_key(|r| (r.page, r.line_no, r.field));
    d.open_cells.retain(|c| c != cell);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{DocKind, LineKind, Money};

    fn paper(path: &str, kind: DocKind, code: &str, confidence: f32) -> Document {
        let line = |n: u32, code: &str, cents| ServiceLine {
            service_date: Some("2025-03-04".parse().unwrap()),
            code: Some(code.to_owned()),
            description: Some("Office visit".to_owned()),
            charge: Some(Money::from_cents(cents)),
            figures_confidence: if n == 1 { confidence } else { 0.999 },
            confidence: if n == 1 { confidence } else { 0.999 },
            ..ServiceLine::empty(LineKind::Service, 1, n)
        };
        Document {
            kind,
            pages: 1,
            patient: vec!["Ann Doe".to_owned()],
            provider: vec!["Elm Clinic".to_owned()],
            lines: vec![line(1, code, 14_000), line(2, "36415", 2_500)],
            ..Document::empty(path)
        }
    }

    fn open(read: &str, readings: &[&str]) -> OpenCell {
        OpenCell {
            line_no: 1,
            field: Field::Code,
            read: read.to_owned(),
            readings: readings.iter().map(|r| (*r).to_owned()).collect(),
        }
    }

    fn settled(bill: Document, eob: Document) -> Vec<Document> {
        let mut case = Case::new("a", vec![bill, eob]);
        settle(&mut case, &ReferenceTables::default());
        case.documents
    }

    #[test]
    fn the_eob_settles_what_the_bill_leaves_open() {
        let mut bill = paper("bill.pdf", DocKind::ItemizedBill, "99218", 0.6);
        bill.open_cells = vec![open("99218", &["99213", "99216"])];
        let docs = settled(bill, paper("eob.pdf", DocKind::Eob, "99213", 0.99));
        assert_eq!(docs[0].lines[0].code.as_deref(), Some("99213"));
        assert!(docs[0].open_cells.is_empty() && docs[0].lines[0].figures_confidence < SURE);
        let r = &docs[0].repaired[0];
        assert_eq!((r.from.as_str(), r.to.as_str(), r.agreement), ("99218", "99213", Some(Agreement::OtherPaper)));
        assert_eq!(r.paper.as_deref(), Some("eob.pdf"));
    }

    #[test]
    fn a_dearer_code_that_is_printed_clearly_stays() {
        let docs =
            settled(paper("bill.pdf", DocKind::ItemizedBill, "99215", 0.99), paper("eob.pdf", DocKind::Eob, "99213", 0.99));
        assert_eq!(docs[0].lines[0].code.as_deref(), Some("99215"));
    }

    #[test]
    fn what_the_recogniser_did_not_see_is_not_put_there() {
        let mut bill = paper("bill.pdf", DocKind::ItemizedBill, "99215", 0.6);
        bill.open_cells = vec![open("99215", &["99216"])];
        let docs = settled(bill, paper("eob.pdf", DocKind::Eob, "99213", 0.99));
        assert_eq!(docs[0].lines[0].code.as_deref(), Some("99215"));
        assert!(docs[0].repaired.is_empty());
    }

    #[test]
    fn two_doubtful_papers_settle_nothing() {
        let mut bill = paper("bill.pdf", DocKind::ItemizedBill, "99218", 0.6);
        bill.open_cells = vec![open("99218", &["99213"])];
        let docs = settled(bill, paper("eob.pdf", DocKind::Eob, "99213", 0.6));
        assert_eq!(docs[0].lines[0].code.as_deref(), Some("99218"));
    }

    #[test]
    fn the_tables_decide_only_between_known_and_unknown() {
        let knows = |code: &str| matches!(code, "99213" | "99214" | "99215");
        assert_eq!(by_tables(&open("99218", &["99213", "99216"]), knows).as_deref(), Some("99213"));
        assert_eq!(by_tables(&open("99218", &["99213", "99215"]), knows), None, "two are known");
        assert_eq!(by_tables(&open("99214", &["99213"]), knows), None, "what was read is a code");
    }

    #[test]
    fn what_a_person_has_compared_stays() {
        let mut bill = paper("bill.pdf", DocKind::ItemizedBill, "99218", COMPARED);
        bill.open_cells = vec![open("99218", &["99213"])];
        let docs = settled(bill, paper("eob.pdf", DocKind::Eob, "99213", 0.99));
        assert_eq!(docs[0].lines[0].code.as_deref(), Some("99218"));
    }
}
