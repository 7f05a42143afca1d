//! The amounts of a statement and the equations between them.

use billproof_parsers::page_text::{BBox, DocumentText};
use billproof_parsers::statement::{Cell, Statement, TotalScope, Value};

use super::super::{arithmetic, is_charged, line_forms};
use super::evidence::Print;
use crate::record::{CheckKind, Document, Field, LineKind, Money};

/// Where an amount is kept in the statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Row and column.
    Row(usize, Field),
    /// Printed sum and column.
    Total(usize, Field),
    /// Header value, the how-manieth of its field.
    Header(Field, usize),
}

/// One printed amount.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Where it is kept; a sum may stand in the header as well.
    pub homes: Vec<Home>,
    /// Page, from 1.
    pub page: u32,
    /// Box in the reading frame.
    pub bbox: BBox,
    /// What it counts for in the equations: printed sums without their sign.
    pub value: Money,
    /// What speaks for other values.
    pub print: Print,
}

/// Σ sign · amount = 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Equation {
    /// Which one it is.
    pub kind: CheckKind,
    /// Indices of the figures, each with its sign.
    pub terms: Vec<(usize, i8)>,
}

/// All amounts and equations.
#[derive(Debug, Default)]
pub struct System {
    /// The amounts.
    pub figures: Vec<Figure>,
    /// The equations.
    pub equations: Vec<Equation>,
}

impl System {
    /// The equations of a statement, of which `d` holds the lines and header.
    pub fn of(d: &Document, statement: &Statement, text: &DocumentText) -> Self {
        let mut s = Self::default();
        s.lines(d, statement, text);
        s.sums(d, statement, text);
        s.header(d, statement, text);
        s
    }

    /// By how much an equation is off.
    pub fn residual(&self, e: &Equation) -> Money {
        e.terms.iter().map(|(f, sign)| if *sign < 0 { -self.figures[*f].value } else { self.figures[*f].value }).sum()
    }

    /// Whether an equation holds.
    pub fn holds(&self, e: &Equation) -> bool {
        self.residual(e) == Money::ZERO
    }

    /// The figure of a cell, made when it is first asked for.
    fn figure(&mut self, home: Home, cell: &Cell, text: &DocumentText) -> Option<usize> {
        let Value::Money(m) = cell.value else { return None };
        if let Some(known) = self.figures.iter().position(|f| f.homes.contains(&home)) {
            return Some(known);
        }
        let summed = !matches!(home, Home::Row(..));
        let same = |f: &Figure| f.page == cell.page && f.bbox == cell.bbox && !matches!(f.homes[0], Home::Row(..));
        if summed && let Some(known) = self.figures.iter().position(same) {
            self.figures[known].homes.push(home);
            return Some(known);
        }
        let value = if summed { m.abs() } else { m };
        let print = Print::new(value, &cell.raw, cell.page, cell.bbox, cell.confidence, text);
        self.figures.push(Figure { homes: vec![home], page: cell.page, bbox: cell.bbox, value, print });
        Some(self.figures.len() - 1)
    }

    fn push(&mut self, kind: CheckKind, mut terms: Vec<(usize, i8)>) {
        terms.sort_unstable();
        let known = |e: &Equation| e.terms == terms;
        if terms.len() >= 2 && !self.equations.iter().any(known) {
            self.equations.push(Equation { kind, terms });
        }
    }

    fn lines(&mut self, d: &Document, statement: &Statement, text: &DocumentText) {
        for (kind, form) in line_forms::habits(d) {
            for (i, row) in statement.rows.iter().enumerate().filter(|(_, r)| r.kind == LineKind::Service) {
                if form.on(&d.lines[i]).is_none() {
                    continue;
                }
                let terms = form
                    .terms()
                    .filter_map(|(f, sign)| Some((self.figure(Home::Row(i, f), row.cells.get(&f)?, text)?, sign)))
                    .collect();
                self.push(kind, terms);
            }
        }
    }

    /// The cells of a column between two rows.
    fn column(
        &mut self,
        d: &Document,
        statement: &Statement,
        text: &DocumentText,
        field: Field,
        rows: (usize, usize),
    ) -> Vec<(usize, i8)> {
        let mut out = Vec::new();
        for i in rows.0..rows.1.min(statement.rows.len()) {
            if field == Field::Charge && !is_charged(&d.lines[i]) {
                continue;
            }
            if let Some(cell) = statement.rows[i].cells.get(&field) {
                out.extend(self.figure(Home::Row(i, field), cell, text).map(|f| (f, 1)));
            }
        }
        out
    }

    fn sums(&mut self, d: &Document, statement: &Statement, text: &DocumentText) {
        let (mut group_start, mut claim_start) = (0, 0);
        for (i, t) in statement.totals.iter().enumerate() {
            let end = t.rows.1.min(d.lines.len());
            if !arithmetic::plain_sum(t) {
                continue;
            }
            let mut columns = Vec::new();
            for (field, cell) in &t.cells {
                let Some(sum) = self.figure(Home::Total(i, *field), cell, text) else { continue };
                let spans: Vec<(usize, Vec<(usize, i8)>)> = [group_start, claim_start, 0]
                    .into_iter()
                    .filter(|s| *s < end)
                    .map(|s| (s, self.column(d, statement, text, *field, (s, end))))
                    .collect();
                columns.push((*field, sum, spans));
            }
            let fits = |s: &Self, sum: usize, terms: &[(usize, i8)]| {
                !terms.is_empty() && terms.iter().map(|(f, _)| s.figures[*f].value).sum::<Money>() == s.figures[sum].value
            };
            // The rows that one column adds up are those that all columns of the line add up.
            let fitted = columns
                .iter()
                .find_map(|(_, sum, spans)| spans.iter().find(|(_, t)| fits(self, *sum, t)).map(|(start, _)| *start));
            let start = fitted.unwrap_or(match t.scope {
                TotalScope::Group => group_start,
                TotalScope::Claim => claim_start,
                TotalScope::Document => 0,
            });
            for (field, sum, spans) in columns {
                let own = spans.iter().find(|(_, t)| fits(self, sum, t)).or_else(|| spans.iter().find(|(s, _)| *s == start));
                let Some((_, terms)) = own else { continue };
                let kind = match (field, t.scope) {
                    (Field::Charge, TotalScope::Group) => CheckKind::Subtotal,
                    (Field::Charge, _) => CheckKind::TotalCharges,
                    _ => CheckKind::ColumnTotal,
                };
                let mut terms = terms.clone();
                if !terms.is_empty() {
                    terms.push((sum, -1));
                    self.push(kind, terms);
                }
            }
            if fitted == Some(claim_start) || t.scope == TotalScope::Claim {
                claim_start = end;
            }
            group_start = end;
        }
    }

    fn header(&mut self, d: &Document, statement: &Statement, text: &DocumentText) {
        let eob = [
            (Field::TotalCharges, Field::Charge),
            (Field::TotalDiscount, Field::PlanDiscount),
            (Field::TotalPlanPaid, Field::PlanPaid),
            (Field::TotalPatientResponsibility, Field::PatientResponsibility),
        ];
        // A bill's other totals may count what its lines do not show.
        let of_kind = if d.is_eob() { &eob[..] } else { &eob[..1] };
        for (total, column) in of_kind {
            let mut terms = self.column(d, statement, text, *column, (0, d.lines.len()));
            let sums = self.header_terms(statement, text, *total, -1);
            if !terms.is_empty() && !sums.is_empty() {
                terms.extend(sums);
                let kind = if *column == Field::Charge { CheckKind::TotalCharges } else { CheckKind::ColumnTotal };
                self.push(kind, terms);
            }
        }
        if d.is_bill() {
            let parts = [
                (Field::TotalCharges, 1),
                (Field::TotalDiscount, -1),
                (Field::TotalPlanPaid, -1),
                (Field::TotalPatientPaid, -1),
                (Field::BalanceDue, -1),
            ];
            let terms: Vec<Vec<(usize, i8)>> = parts.iter().map(|(f, s)| self.header_terms(statement, text, *f, *s)).collect();
            let forward = d.lines.iter().any(|l| l.line_kind == LineKind::Balance);
            if terms.iter().all(|t| t.len() == 1) && !forward {
                self.push(CheckKind::BalanceDue, terms.concat());
            }
        }
    }

    fn header_terms(&mut self, statement: &Statement, text: &DocumentText, field: Field, sign: i8) -> Vec<(usize, i8)> {
        let cells = statement.header.get(&field).map_or(&[][..], Vec::as_slice);
        cells.iter().enumerate().filter_map(|(i, c)| Some((self.figure(Home::Header(field, i), c, text)?, sign))).collect()
    }
}
