//! A remittance → the statement that a patient would see as one explanation of benefits with several claims.

use billproof_parsers::statement::{ClaimHeader, Statement, Value};

use super::super::Part;
use super::super::cells::{Cells, add, blank, cell, unparsed};
use super::adjustments::{columns, discount, patient_share, sum};
use super::remittance::{Claim, Line, Remittance};
use crate::record::{Adjustment, ArithmeticCheck, CheckKind, DocKind, Field, LineKind, Money};

/// Name under which documents.csv lists what was read here.
const LAYOUT: &str = "x12-835";

/// The statement of a remittance and the balancing that the implementation guide demands (835, section 1.10.2.1):
/// charge − adjustments = payment, for each service, each claim, and the whole.
pub fn statement(r: &Remittance, page: u32) -> Part {
    let mut out = Balance { statement: blank(LAYOUT, DocKind::Eob), checks: Vec::new(), page };
    header(&mut out.statement, r, page);
    for claim in &r.claims {
        out.claim(claim, r);
    }
    let paid: Money = r.claims.iter().filter_map(|c| c.paid).sum();
    if let Some(printed) = r.paid {
        // A remittance cut down to one patient's claims keeps the payment of all of them: nothing rests on this.
        let computed = paid - r.provider_adjustments;
        out.checks.push(ArithmeticCheck { kind: CheckKind::ColumnTotal, line_no: None, page, printed, computed, certain: false });
    }
    out.statement.columns = out.statement.rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
    out.statement.unparsed.extend(r.problems.iter().map(|p| unparsed(page, p.text.clone(), p.reason.clone())));
    Part { statement: out.statement, checks: out.checks }
}

fn header(statement: &mut Statement, r: &Remittance, page: u32) {
    let mut cells = Cells::new(page);
    cells.text(Field::Payer, &r.payer);
    cells.text(Field::ProviderNpi, &r.payee_npi);
    cells.date(Field::StatementDate, r.date);
    add(statement, cells);
    for claim in &r.claims {
        let mut cells = Cells::new(page);
        cells.text(Field::Patient, &claim.patient);
        cells.text(Field::Provider, provider(claim, r));
        cells.text(Field::MemberId, &claim.member_id);
        cells.text(Field::AccountNo, &claim.account);
        cells.text(Field::ClaimNo, &claim.number);
        cells.money(Field::TotalCharges, claim.charge);
        cells.money(Field::TotalPlanPaid, claim.paid);
        cells.money(Field::TotalDiscount, discount(&claim.all_adjustments()));
        // PR adjustments are all that the patient is left with, so that without any the share is nothing.
        let share = claim.patient_share.or_else(|| patient_share(&claim.all_adjustments())).unwrap_or_default();
        cells.money(Field::TotalPatientResponsibility, Some(share));
        add(statement, cells);
    }
    let days = |pick: fn(&Claim) -> [Option<jiff::civil::Date>; 2]| r.claims.iter().flat_map(pick).flatten().collect::<Vec<_>>();
    let stated = days(|c| [c.from, c.to]);
    let mut cells = Cells::new(page);
    cells.date(Field::ServiceFrom, stated.iter().min().copied());
    cells.date(Field::ServiceTo, stated.iter().max().copied());
    add(statement, cells);
}

/// The bill comes from the payee; who rendered the service is named where the payee is not.
fn provider<'a>(claim: &'a Claim, r: &'a Remittance) -> &'a str {
    if r.payee.is_empty() { &claim.rendering } else { &r.payee }
}

impl Claim {
    fn all_adjustments(&self) -> Vec<Adjustment> {
        self.adjustments.iter().chain(self.lines.iter().flat_map(|l| &l.adjustments)).cloned().collect()
    }

    /// X12 code list 1029.
    fn outcome(&self) -> Option<&'static str> {
        match self.status.as_str() {
            "1" | "2" | "3" | "19" | "20" | "21" | "22" => Some("processed"),
            "4" => Some("denied"),
            // forwarded to the payer that is responsible; a predetermination settles nothing
            "23" | "25" | "5" | "10" | "13" | "15" | "16" | "17" | "27" => Some("pending"),
            _ => None,
        }
    }

    fn heading(&self, r: &Remittance, page: u32) -> ClaimHeader {
        let mut cells = Cells::new(page);
        cells.text(Field::ClaimNo, &self.number);
        cells.text(Field::AccountNo, &self.account);
        cells.text(Field::Patient, &self.patient);
        cells.text(Field::Provider, provider(self, r));
        if let Some(outcome) = self.outcome() {
            cells.text(Field::ClaimStatus, outcome);
        }
        cells.into_header()
    }

    /// The claim as a line, for claims that are settled as a whole.
    fn as_line(&self) -> Line {
        Line {
            charge: self.charge,
            paid: self.paid,
            from: self.from,
            to: self.to,
            allowed: self.allowed,
            adjustments: self.adjustments.clone(),
            place: self.place.clone(),
            ..Line::default()
        }
    }
}

struct Balance {
    statement: Statement,
    checks: Vec<ArithmeticCheck>,
    page: u32,
}

impl Balance {
    fn claim(&mut self, claim: &Claim, r: &Remittance) {
        self.statement.claims.push(claim.heading(r, self.page));
        let index = Some(self.statement.claims.len() - 1);
        let kind = if claim.is_reversal() { LineKind::Reversal } else { LineKind::Service };
        match claim.lines.as_slice() {
            [] => self.line(claim, &claim.as_line(), kind, index),
            // What is said of a claim of one service is said of the service.
            [only] => {
                let of_claim: Money = claim.adjustments.iter().map(|a| a.amount).sum();
                let adjustments = only.adjustments.iter().chain(&claim.adjustments).cloned().collect();
                let line = Line { adjustments, paid: only.paid.map(|p| p - of_claim), ..only.clone() };
                self.line(claim, &line, kind, index);
            }
            lines => {
                for line in lines {
                    self.line(claim, line, kind, index);
                }
                if !claim.adjustments.is_empty() {
                    let mut cells = Cells::new(self.page);
                    columns(&mut cells, &claim.adjustments);
                    cells.text(Field::Description, "Adjustments of the claim as a whole");
                    self.statement.rows.push(cells.into_row(LineKind::Adjustment, index));
                }
            }
        }
        self.balance_of(claim);
    }

    fn line(&mut self, claim: &Claim, line: &Line, kind: LineKind, index: Option<usize>) {
        let mut cells = Cells::new(self.page);
        let from = line.from.or(claim.from);
        let to = if line.from.is_some() { line.to } else { line.to.or(claim.to) };
        cells.period(from, to);
        cells.text(Field::RevenueCode, &revenue_code(&line.revenue_code));
        cells.code(Field::Code, &line.code);
        cells.list(Field::Modifiers, &line.modifiers);
        cells.text(Field::Description, &line.description);
        cells.number(Field::Units, line.units);
        cells.money(Field::Charge, line.charge);
        cells.money(Field::Allowed, line.allowed);
        cells.money(Field::PlanPaid, line.paid);
        columns(&mut cells, &line.adjustments);
        let remarks: Vec<String> = line.remarks.iter().chain(&claim.remarks).cloned().collect();
        cells.list(Field::RemarkCodes, &remarks);
        let mut row = cells.into_row(kind, index);
        let number = u32::try_from(self.statement.rows.len() + 1).unwrap_or(u32::MAX);
        if let (Some(charge), Some(printed)) = (line.charge, line.paid) {
            let computed = charge - line.adjustments.iter().map(|a| a.amount).sum();
            self.check(CheckKind::Paid, Some(number), printed, computed);
            if printed != computed {
                self.broken(&line.place, &format!("charge less adjustments is {computed}, paid {printed}"));
                for c in row.cells.values_mut() {
                    c.confidence = DOUBTFUL;
                }
            }
        }
        if claim.lines.is_empty() && !claim.is_reversal() && row.cells.len() < 2 {
            row.cells.insert(Field::Description, cell(Value::Text("Claim".to_owned()), String::new(), self.page));
        }
        self.statement.rows.push(row);
    }

    fn balance_of(&mut self, claim: &Claim) {
        if claim.lines.is_empty() {
            return;
        }
        if let Some(printed) = claim.charge {
            let computed: Money = claim.lines.iter().filter_map(|l| l.charge).sum();
            self.check(CheckKind::TotalCharges, None, printed, computed);
            if printed != computed {
                self.broken(&claim.place, &format!("the services of the claim charge {computed}, the claim {printed}"));
            }
        }
        if let Some(printed) = claim.paid {
            let of_lines: Money = claim.lines.iter().filter_map(|l| l.paid).sum();
            let computed = of_lines - sum(&claim.adjustments, |_| true).unwrap_or_default();
            self.check(CheckKind::Paid, None, printed, computed);
            if printed != computed {
                self.broken(&claim.place, &format!("the services of the claim are paid {computed}, the claim {printed}"));
            }
        }
    }

    /// Remittances that do not balance are rejected by those who post them: what breaks is a fault of the file, and no
    /// finding may rest on it.
    fn check(&mut self, kind: CheckKind, line_no: Option<u32>, printed: Money, computed: Money) {
        self.checks.push(ArithmeticCheck { kind, line_no, page: self.page, printed, computed, certain: false });
    }

    fn broken(&mut self, place: &str, what: &str) {
        self.statement.unparsed.push(unparsed(self.page, what.to_owned(), format!("{place}: does not balance")));
    }
}

/// What stands on a line that does not balance is worth no more than this.
const DOUBTFUL: f32 = 0.9;

/// Four digits with the leading zero.
pub(super) fn revenue_code(code: &str) -> String {
    match code.trim() {
        c if c.len() == 3 && c.bytes().all(|b| b.is_ascii_digit()) => format!("0{c}"),
        c => c.to_owned(),
    }
}
