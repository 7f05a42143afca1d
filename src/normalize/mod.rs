//! Stage 4: the statement as printed → the common record, with its arithmetic checked.

mod arithmetic;
mod confidence;
mod doubts;
mod line_forms;
mod repair;
mod wording;

pub use wording::is_odd_name;

use std::collections::BTreeMap;

use billproof_parsers::page_text::{BBox, DocumentText, PageText, TextSource};
use billproof_parsers::statement::{Cell, Row, Statement, Value};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::record::{
    ArithmeticCheck, CheckKind, Claim, ClaimStatus, Document, Fact, Field, LineKind, Money, Network, PrintedFigure, ServiceLine,
    Status, TextOrigin, UnparsedRow,
};

/// Makes the record of a document. Path, hash and case are left for the caller to fill in.
pub fn normalize(statement: &Statement, text: &DocumentText) -> Document {
    let mut statement = statement.clone();
    let mut d = read_record(&statement, text);
    if repair::settle_columns(&d, &mut statement, text) {
        d = read_record(&statement, text);
    }
    let outcome = repair::repair(&d, &mut statement, text);
    if !outcome.repairs.is_empty() {
        d = read_record(&statement, text);
    }
    arithmetic::check(&mut d, &statement);
    confidence::settle(&mut d, &statement, text);
    status(&mut d);
    d.repaired = outcome.repairs;
    d.open_cells = outcome.open;
    for l in d.lines.iter_mut().filter(|l| repair::rests_on_one(&d.repaired, l.line_no)) {
        l.confidence = l.confidence.min(repair::SUPPORTED);
        l.figures_confidence = l.figures_confidence.min(repair::SUPPORTED);
    }
    abstained(&mut d, &outcome.doubtful);
    contradicted(&mut d, &outcome.contradicting);
    if !statement.tie.is_empty() {
        let tie = format!("layouts {} claim it alike; read by {}", statement.tie.join(" and "), statement.layout);
        d.message = if d.message.is_empty() { tie } else { format!("{}; {tie}", d.message) };
    }
    d
}

/// The record of a statement that stands on pages, before its arithmetic is looked at.
fn read_record(statement: &Statement, text: &DocumentText) -> Document {
    let mut d = record_of(statement, text);
    d.pages = u32::try_from(text.pages.len()).unwrap_or(u32::MAX);
    d.text_source = origin(text);
    d
}

/// Makes the record of a document that was stated, not read from a page, with the checks that its format demands.
pub fn normalize_stated(statement: &Statement, checks: Vec<ArithmeticCheck>) -> Document {
    let mut d = record_of(statement, &DocumentText::default());
    d.pages = 1;
    d.text_source = Some(TextOrigin::Structured);
    d.checks = checks;
    confidence::of_cells(&mut d, statement);
    status(&mut d);
    if d.lines.is_empty() {
        d.status = Status::Failed;
        d.confidence = 0.0;
        if d.message.is_empty() {
            "no service in it".clone_into(&mut d.message);
        }
    }
    d
}

/// The record of a statement as it stands, before its arithmetic is looked at.
fn record_of(statement: &Statement, text: &DocumentText) -> Document {
    let mut d = Document::empty("");
    d.kind = statement.kind;
    d.layout.clone_from(&statement.layout);
    header(&mut d, &statement.header);
    d.claims = statement.claims.iter().map(|c| claim(&c.cells)).collect();
    summarise_claims(&mut d);
    d.columns.clone_from(&statement.columns);
    d.notes = statement.notes.iter().map(|n| (n.code.clone(), n.text.clone())).collect();
    let place = |page: u32, b: BBox| text.pages.iter().find(|p| p.number == page).map_or(b, |p: &PageText| p.on_page(b));
    d.facts = statement
        .facts
        .iter()
        .map(|f| Fact { kind: f.kind, text: f.text.clone(), page: f.page, bbox: place(f.page, f.bbox) })
        .collect();
    d.figures = figures(statement).map(|f| PrintedFigure { bbox: place(f.page, f.bbox), ..f }).collect();
    d.unparsed = statement
        .unparsed
        .iter()
        .map(|u| UnparsedRow { page: u.page, bbox: place(u.page, u.bbox), text: u.text.clone(), reason: u.reason.clone() })
        .collect();
    for (i, row) in statement.rows.iter().enumerate() {
        let mut l = line(row, u32::try_from(i + 1).unwrap_or(u32::MAX));
        l.bbox = place(row.page, row.bbox);
        inherit(&mut l, &d);
        d.lines.push(l);
    }
    d
}

/// The amounts of the headers and of the sums, with their places in the reading frame.
fn figures(statement: &Statement) -> impl Iterator<Item = PrintedFigure> {
    let header = statement.header.iter().flat_map(|(field, cells)| cells.iter().map(move |c| (field, c)));
    let claims = statement.claims.iter().flat_map(|c| &c.cells);
    let sums = statement.totals.iter().flat_map(|t| &t.cells);
    header.chain(claims).chain(sums).filter_map(|(field, cell)| match cell.value {
        Value::Money(amount) => Some(PrintedFigure { field: *field, amount, page: cell.page, bbox: cell.bbox }),
        _ => None,
    })
}

fn origin(text: &DocumentText) -> Option<TextOrigin> {
    let digital = text.pages.iter().any(|p| p.source == TextSource::Digital);
    let ocr = text.pages.iter().any(|p| p.source == TextSource::Ocr);
    match (digital, ocr) {
        (true, true) => Some(TextOrigin::Mixed),
        (false, true) => Some(TextOrigin::Ocr),
        (true, false) => Some(TextOrigin::Digital),
        (false, false) => None,
    }
}

fn header(d: &mut Document, h: &BTreeMap<Field, Vec<Cell>>) {
    d.patient = texts(h, Field::Patient);
    d.provider = texts(h, Field::Provider);
    d.provider_npi = texts(h, Field::ProviderNpi);
    d.account_no = texts(h, Field::AccountNo);
    d.claim_no = texts(h, Field::ClaimNo);
    d.member_id = texts(h, Field::MemberId).into_iter().next();
    d.payer = texts(h, Field::Payer).into_iter().next();
    d.network = texts(h, Field::Network).first().and_then(|t| network(t));
    d.claim_status = texts(h, Field::ClaimStatus).first().and_then(|t| claim_status(t));
    d.type_of_bill = texts(h, Field::TypeOfBill).into_iter().next();
    d.statement_date = date(h, Field::StatementDate);
    d.service_from = date(h, Field::ServiceFrom);
    d.service_to = date(h, Field::ServiceTo);
    d.admitted = date(h, Field::Admitted);
    d.discharged = date(h, Field::Discharged);
    d.total_charges = money(h, Field::TotalCharges);
    d.total_discount = money(h, Field::TotalDiscount).map(Money::abs);
    d.total_plan_paid = money(h, Field::TotalPlanPaid).map(Money::abs);
    d.total_patient_paid = money(h, Field::TotalPatientPaid).map(Money::abs);
    d.balance_due = money(h, Field::BalanceDue);
    d.patient_responsibility = money(h, Field::TotalPatientResponsibility);
    d.deductible_limit = money(h, Field::DeductibleLimit);
    d.out_of_pocket_limit = money(h, Field::OutOfPocketLimit);
}

fn first(h: &BTreeMap<Field, Vec<Cell>>, f: Field) -> Option<&Value> {
    h.get(&f).and_then(|c| c.first()).map(|c| &c.value)
}

fn date(h: &BTreeMap<Field, Vec<Cell>>, f: Field) -> Option<Date> {
    match first(h, f) {
        Some(Value::Date(d)) => Some(*d),
        _ => None,
    }
}

/// The amount of a field; of several claims that each state their own, the sum.
fn money(h: &BTreeMap<Field, Vec<Cell>>, f: Field) -> Option<Money> {
    let mut sum = None;
    for c in h.get(&f).into_iter().flatten() {
        if let Value::Money(m) = c.value {
            sum = Some(sum.unwrap_or_default() + m);
        }
    }
    sum
}

/// The distinct texts of a field in order of appearance. Of one text in two readings (a space lost, the end cut off) the
/// fuller one stays.
fn texts(h: &BTreeMap<Field, Vec<Cell>>, f: Field) -> Vec<String> {
    let key = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let mut out: Vec<String> = Vec::new();
    // of two readings of one number the surer one comes first and stays
    let mut cells: Vec<&Cell> = h.get(&f).into_iter().flatten().collect();
    let recognised = cells.iter().any(|c| c.confidence < 1.0);
    if recognised && matches!(f, Field::AccountNo | Field::ClaimNo) {
        let surest = |c: &&Cell| {
            let mine = text(&c.value).map(|t| shape(&key(&t)));
            cells.iter().all(|o| o.confidence <= c.confidence || text(&o.value).map(|t| shape(&key(&t))) != mine)
        };
        cells = cells.iter().copied().filter(surest).collect();
    }
    for t in cells.into_iter().filter_map(|c| text(&c.value)) {
        let k = key(&t);
        let names = matches!(f, Field::Patient | Field::Provider);
        let numbers = matches!(f, Field::AccountNo | Field::ClaimNo) && recognised;
        let same = |o: &String| {
            let ok = key(o);
            ok == k
                || numbers && shape(&ok) == shape(&k)
                || names && k.len().min(ok.len()) >= 8 && (ok.starts_with(&k) || k.starts_with(&ok))
        };
        match out.iter().position(same) {
            Some(i) if t.len() > out[i].len() => out[i] = t,
            Some(_) => {}
            None => out.push(t),
        }
    }
    out
}

/// A number with one sign for all that recognition takes for each other.
fn shape(number: &str) -> String {
    let one = |c: char| match c.to_ascii_lowercase() {
        'o' | 'q' => '0',
        'i' | 'l' => '1',
        'z' => '2',
        's' => '5',
        'g' => '6',
        'b' => '8',
        c => c,
    };
    number.chars().map(one).collect()
}

fn text(v: &Value) -> Option<String> {
    match v {
        Value::Text(t) | Value::Code(t) => Some(t.trim().to_owned()).filter(|t| !t.is_empty()),
        _ => None,
    }
}

/// `in` or `out` from the parser, or the words of the paper.
fn network(t: &str) -> Option<Network> {
    match t.to_lowercase().as_str() {
        "in" => Some(Network::In),
        "out" => Some(Network::Out),
        _ => None,
    }
}

fn claim_status(t: &str) -> Option<ClaimStatus> {
    match t.to_lowercase().as_str() {
        "processed" => Some(ClaimStatus::Processed),
        "pending" => Some(ClaimStatus::Pending),
        "denied" => Some(ClaimStatus::Denied),
        _ => None,
    }
}

fn claim(cells: &BTreeMap<Field, Cell>) -> Claim {
    let get = |f: Field| cells.get(&f).and_then(|c| text(&c.value));
    Claim {
        claim_no: get(Field::ClaimNo),
        account_no: get(Field::AccountNo),
        patient: get(Field::Patient),
        provider: get(Field::Provider),
        network: get(Field::Network).and_then(|t| network(&t)),
        status: get(Field::ClaimStatus).and_then(|t| claim_status(&t)),
    }
}

/// What all claims say alike holds for the document; what they say differently does not.
fn summarise_claims(d: &mut Document) {
    let (networks, statuses): (Vec<_>, Vec<_>) =
        (d.claims.iter().filter_map(|c| c.network).collect(), d.claims.iter().filter_map(|c| c.status).collect());
    if let Some(n) = networks.first() {
        d.network = networks.iter().all(|x| x == n).then_some(*n);
    }
    if let Some(s) = statuses.first() {
        d.claim_status = statuses.iter().all(|x| x == s).then_some(*s);
    }
}

fn line(row: &Row, line_no: u32) -> ServiceLine {
    let mut l = ServiceLine::empty(row.kind, row.page, line_no);
    l.claim = row.claim;
    for (field, cell) in &row.cells {
        match (field, &cell.value) {
            (Field::ServiceDate, Value::Date(d)) => l.service_date = Some(*d),
            (Field::ServiceDateTo, Value::Date(d)) => l.service_date_to = Some(*d),
            (Field::RevenueCode, v) => l.revenue_code = text(v),
            (Field::Code, v) => l.code = text(v),
            (Field::Modifiers, Value::List(m)) => l.modifiers.clone_from(m),
            (Field::Description, v) => l.description = text(v),
            (Field::Units, Value::Number(n)) => l.units = Some(Decimal::normalize(n)),
            (Field::Adjustments, Value::Adjustments(a)) => l.adjustments.clone_from(a),
            (Field::RemarkCodes, Value::List(r)) => l.remark_codes.clone_from(r),
            (Field::ClaimNo, v) => l.claim_no = text(v),
            (Field::AccountNo, v) => l.account_no = text(v),
            (Field::Patient, v) => l.patient = text(v),
            (Field::Provider, v) => l.provider = text(v),
            (f, Value::Money(m)) => {
                if let Some(slot) = money_slot(&mut l, *f) {
                    *slot = Some(*m);
                }
            }
            _ => {}
        }
    }
    l
}

/// The amount of a line that a field names.
pub(crate) fn money_slot(l: &mut ServiceLine, f: Field) -> Option<&mut Option<Money>> {
    Some(match f {
        Field::Charge => &mut l.charge,
        Field::Allowed => &mut l.allowed,
        Field::PlanDiscount => &mut l.plan_discount,
        Field::NotCovered => &mut l.not_covered,
        Field::Deductible => &mut l.deductible,
        Field::Copay => &mut l.copay,
        Field::Coinsurance => &mut l.coinsurance,
        Field::PlanPaid => &mut l.plan_paid,
        Field::OtherPaid => &mut l.other_paid,
        Field::PatientPaid => &mut l.patient_paid,
        Field::PatientResponsibility => &mut l.patient_responsibility,
        _ => return None,
    })
}

/// What is printed once above the lines counts as printed for each of them.
fn inherit(l: &mut ServiceLine, d: &Document) {
    let one = |v: &[String]| if let [only] = v { Some(only.clone()) } else { None };
    let c = l.claim.and_then(|i| d.claims.get(i));
    // The heading of this claim was not read: what other claims state for themselves is not its own.
    let unread = c.is_some_and(|c| c.claim_no.is_none()) && d.claims.iter().any(|o| o.claim_no.is_some());
    let from = |own: Option<String>, of: fn(&Claim) -> Option<&String>, of_doc: &[String]| {
        let others = unread && d.claims.iter().any(|o| of(o).is_some());
        own.or_else(|| c.and_then(of).cloned()).or_else(|| if others { None } else { one(of_doc) })
    };
    l.patient = from(l.patient.take(), |c| c.patient.as_ref(), &d.patient);
    l.provider = from(l.provider.take(), |c| c.provider.as_ref(), &d.provider);
    l.account_no = from(l.account_no.take(), |c| c.account_no.as_ref(), &d.account_no);
    // The only number that was read on a paper with several claims is no other claim's.
    let headed =
        c.is_some_and(|c| c.claim_no.is_none() && (c.patient.is_some() || c.provider.is_some() || c.account_no.is_some()));
    let others = headed && d.claims.iter().any(|o| o.claim_no.is_some());
    let of_paper = if others { &[][..] } else { &d.claim_no };
    l.claim_no = from(l.claim_no.take(), |c| c.claim_no.as_ref(), of_paper);
}

/// A document with an unreadable row is partial, and says where.
fn status(d: &mut Document) {
    if let Some(u) = d.unparsed.first() {
        let more = d.unparsed.len() - 1;
        let tail = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        d.status = Status::Partial;
        d.message = format!("page {}: {}: \"{}\"{tail}", u.page, u.reason, shorten(&u.text));
    }
}

/// A document whose doubtful figures do not agree, and in no single way would, is partial, and says where.
fn abstained(d: &mut Document, doubtful: &[(usize, CheckKind)]) {
    let Some((first, kind)) = doubtful.first() else { return };
    let of = match kind {
        CheckKind::Allowed => "charge, discount and allowed amount",
        CheckKind::PatientShare => "the parts of the patient's share",
        _ => "allowed amount, payment and patient's share",
    };
    left_open(d, *first, doubtful.len(), &format!("{of} do not agree; a figure may be misread"));
}

/// The same of a doubtful date that lies outside what the paper's other dates leave for it.
fn contradicted(d: &mut Document, rows: &[usize]) {
    let Some(first) = rows.first() else { return };
    for i in rows {
        let Some(l) = d.lines.get_mut(*i) else { continue };
        l.confidence = l.confidence.min(repair::CONTRADICTED);
        l.figures_confidence = l.figures_confidence.min(repair::CONTRADICTED);
    }
    left_open(d, *first, rows.len(), "its date does not agree with the others of the paper, and may be misread");
}

fn left_open(d: &mut Document, first: usize, rows: usize, what: &str) {
    let more = rows - 1;
    let tail = if more > 0 { format!(" (and {more} more)") } else { String::new() };
    let page = d.lines.get(first).map_or(1, |l| l.page);
    let why = format!("page {page}: row {}: {what}{tail}", first + 1);
    d.message = if d.message.is_empty() { why } else { format!("{}; {why}", d.message) };
    d.status = Status::Partial;
}

fn shorten(t: &str) -> String {
    let short: String = t.chars().take(60).collect();
    if short.len() < t.len() { format!("{short}…") } else { short }
}

/// Whether a line counts among the charges of its statement.
pub(crate) fn is_charged(l: &ServiceLine) -> bool {
    matches!(l.line_kind, LineKind::Service | LineKind::Reversal)
}
