//! Segments of an 835 (005010X221A1) → what it says of each claim.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::dates::day;
use super::segments::Segment;
use super::{Problem, adjustments, cut_off};
use crate::record::{Adjustment, Money};
use crate::structured::cells::person;

/// A transaction set: one payment with the claims that it settles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Remittance {
    /// N1*PR.
    pub payer: String,
    /// N1*PE.
    pub payee: String,
    /// N1*PE with qualifier XX.
    pub payee_npi: String,
    /// DTM*405, else the day of the payment.
    pub date: Option<Date>,
    /// BPR02.
    pub paid: Option<Money>,
    /// PLB: what the payer took from or added to the payment for other reasons.
    pub provider_adjustments: Money,
    /// CLP loops.
    pub claims: Vec<Claim>,
    /// What broke the form.
    pub problems: Vec<Problem>,
}

/// One CLP loop.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claim {
    /// CLP01: the provider's account number.
    pub account: String,
    /// CLP02.
    pub status: String,
    /// CLP03.
    pub charge: Option<Money>,
    /// CLP04.
    pub paid: Option<Money>,
    /// CLP05.
    pub patient_share: Option<Money>,
    /// CLP07: the payer's claim number.
    pub number: String,
    /// NM1*QC.
    pub patient: String,
    /// NM109 of the insured, else of the patient.
    pub member_id: String,
    /// NM1*82.
    pub rendering: String,
    /// DTM*232.
    pub from: Option<Date>,
    /// DTM*233.
    pub to: Option<Date>,
    /// AMT*AU.
    pub allowed: Option<Money>,
    /// CAS before the first SVC.
    pub adjustments: Vec<Adjustment>,
    /// MIA and MOA.
    pub remarks: Vec<String>,
    /// SVC loops.
    pub lines: Vec<Line>,
    /// The CLP segment, for messages.
    pub place: String,
}

/// One SVC loop.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// SVC04, or SVC01 of qualifier NU.
    pub revenue_code: String,
    /// SVC01-2.
    pub code: String,
    /// SVC01-3 to -6.
    pub modifiers: Vec<String>,
    /// SVC01-7.
    pub description: String,
    /// SVC02.
    pub charge: Option<Money>,
    /// SVC03.
    pub paid: Option<Money>,
    /// Units charged (SVC07), else paid (SVC05).
    pub units: Option<Decimal>,
    /// DTM*472 or 150.
    pub from: Option<Date>,
    /// DTM*151.
    pub to: Option<Date>,
    /// AMT*B6.
    pub allowed: Option<Money>,
    /// CAS.
    pub adjustments: Vec<Adjustment>,
    /// LQ*HE.
    pub remarks: Vec<String>,
    /// The SVC segment, for messages.
    pub place: String,
}

impl Claim {
    /// CLP02 of a reversal of an earlier payment.
    pub fn is_reversal(&self) -> bool {
        self.status == "22"
    }
}

/// Reads a transaction set; nothing stops it, what is wrong is listed.
pub fn read(set: &[Segment]) -> Remittance {
    let mut reader = Reader::default();
    for segment in set {
        reader.segment(segment);
    }
    reader.out.problems.extend(cut_off(set));
    if reader.out.claims.is_empty()
        && let Some(st) = set.first()
    {
        reader.out.problems.push(Problem::at(st, "the remittance settles no claim (no CLP)"));
    }
    reader.out
}

#[derive(Default)]
struct Reader {
    out: Remittance,
}

impl Reader {
    fn segment(&mut self, s: &Segment) {
        match s.id() {
            "BPR" => {
                self.out.paid = self.money(s, 2);
                self.out.date = self.out.date.or_else(|| day(s.element(16)));
            }
            "N1" if self.out.claims.is_empty() => self.party(s),
            "CLP" => self.claim(s),
            "SVC" => self.line(s),
            "PLB" => {
                for n in (4..=s.last()).step_by(2) {
                    let amount = self.money(s, n).unwrap_or_default();
                    self.out.provider_adjustments += amount;
                }
            }
            "DTM" => self.date(s),
            "CAS" => self.adjustment(s),
            "NM1" => self.name(s),
            "AMT" => self.amount(s),
            "LQ" => self.remark(s),
            // the remark codes of inpatient and outpatient adjudication
            "MIA" => self.remarks(s, &[5, 20, 21, 22, 23]),
            "MOA" => self.remarks(s, &[3, 4, 5, 6, 7]),
            id if !is_segment_id(id) => self.problem(s, "it does not begin with the name of a segment"),
            _ => {}
        }
    }

    fn problem(&mut self, s: &Segment, what: &str) {
        self.out.problems.push(Problem::at(s, what));
    }

    fn money(&mut self, s: &Segment, n: usize) -> Option<Money> {
        s.money(n).unwrap_or_else(|what| {
            self.problem(s, &what);
            None
        })
    }

    fn number(&mut self, s: &Segment, n: usize) -> Option<Decimal> {
        s.number_at(n).unwrap_or_else(|what| {
            self.problem(s, &what);
            None
        })
    }

    fn party(&mut self, s: &Segment) {
        match s.element(1) {
            "PR" => s.element(2).clone_into(&mut self.out.payer),
            "PE" => {
                s.element(2).clone_into(&mut self.out.payee);
                if s.element(3) == "XX" {
                    s.element(4).clone_into(&mut self.out.payee_npi);
                }
            }
            _ => {}
        }
    }

    fn claim(&mut self, s: &Segment) {
        let claim = Claim {
            account: s.element(1).to_owned(),
            status: s.element(2).to_owned(),
            charge: self.money(s, 3),
            paid: self.money(s, 4),
            patient_share: self.money(s, 5),
            number: s.element(7).to_owned(),
            place: format!("segment {} (byte {})", s.number, s.offset),
            ..Claim::default()
        };
        if claim.charge.is_none() || claim.paid.is_none() {
            self.problem(s, "CLP states no charge or no payment");
        }
        self.out.claims.push(claim);
    }

    fn line(&mut self, s: &Segment) {
        let procedure = s.components(1);
        let at = |i: usize| procedure.get(i).copied().unwrap_or_default();
        let mut line = Line { place: format!("segment {} (byte {})", s.number, s.offset), ..Line::default() };
        match at(0) {
            "NU" => at(1).clone_into(&mut line.revenue_code),
            // national drug codes are no procedure codes
            "N4" => at(1).clone_into(&mut line.description),
            _ => {
                at(1).clone_into(&mut line.code);
                line.modifiers = procedure.iter().skip(2).take(4).filter(|m| !m.is_empty()).map(|m| m.to_uppercase()).collect();
                at(6).clone_into(&mut line.description);
            }
        }
        if procedure.len() < 2 {
            self.problem(s, "SVC01 names no procedure");
        }
        if !s.element(4).is_empty() {
            s.element(4).clone_into(&mut line.revenue_code);
        }
        line.charge = self.money(s, 2);
        line.paid = self.money(s, 3);
        let paid_units = self.number(s, 5);
        line.units = self.number(s, 7).or(paid_units);
        match self.out.claims.last_mut() {
            Some(claim) => claim.lines.push(line),
            None => self.problem(s, "SVC before any claim (CLP)"),
        }
    }

    fn date(&mut self, s: &Segment) {
        let which = s.element(1);
        let wanted =
            if self.out.claims.is_empty() { which == "405" } else { matches!(which, "232" | "233" | "472" | "150" | "151") };
        if !wanted {
            return;
        }
        let Some(d) = day(s.element(2)) else {
            self.problem(s, "DTM02 is no date");
            return;
        };
        match self.out.claims.last_mut() {
            None => self.out.date = Some(d),
            Some(claim) => match (which, claim.lines.last_mut()) {
                ("232", _) => claim.from = Some(d),
                ("233", _) => claim.to = Some(d),
                ("472" | "150", Some(line)) => line.from = Some(d),
                ("151", Some(line)) => line.to = Some(d),
                _ => {}
            },
        }
    }

    fn adjustment(&mut self, s: &Segment) {
        let (read, wrong) = adjustments::of(s);
        for what in wrong {
            self.problem(s, &what);
        }
        match self.out.claims.last_mut() {
            Some(claim) => claim.lines.last_mut().map_or(&mut claim.adjustments, |l| &mut l.adjustments).extend(read),
            None => self.problem(s, "CAS before any claim (CLP)"),
        }
    }

    fn name(&mut self, s: &Segment) {
        let Some(claim) = self.out.claims.last_mut() else { return };
        let name = person(s.element(4), s.element(5), s.element(3), s.element(7));
        match s.element(1) {
            "QC" => {
                claim.patient = name;
                if claim.member_id.is_empty() {
                    s.element(9).clone_into(&mut claim.member_id);
                }
            }
            "IL" if !s.element(9).is_empty() => s.element(9).clone_into(&mut claim.member_id),
            "82" => claim.rendering = name,
            _ => {}
        }
    }

    fn amount(&mut self, s: &Segment) {
        if !matches!(s.element(1), "AU" | "B6") {
            return;
        }
        let amount = self.money(s, 2);
        let Some(claim) = self.out.claims.last_mut() else { return };
        match (s.element(1), claim.lines.last_mut()) {
            ("B6", Some(line)) => line.allowed = amount,
            ("AU", None) => claim.allowed = amount,
            _ => {}
        }
    }

    fn remark(&mut self, s: &Segment) {
        if s.element(1) == "HE"
            && let Some(claim) = self.out.claims.last_mut()
        {
            claim.lines.last_mut().map_or(&mut claim.remarks, |l| &mut l.remarks).push(s.element(2).to_uppercase());
        }
    }

    fn remarks(&mut self, s: &Segment, elements: &[usize]) {
        if let Some(claim) = self.out.claims.last_mut() {
            claim.remarks.extend(elements.iter().map(|n| s.element(*n).to_uppercase()).filter(|r| !r.is_empty()));
        }
    }
}

/// Two or three capitals and digits, a capital first.
pub(super) fn is_segment_id(id: &str) -> bool {
    let sign = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (2..=3).contains(&id.len()) && id.bytes().all(sign) && id.as_bytes()[0].is_ascii_uppercase()
}
