//! Segments of an 837 (005010X222, X223, X224 and their 4010 forms) → the claims that a provider sent to a payer.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::dates::{day, period};
use super::remittance::is_segment_id;
use super::segments::Segment;
use super::{Problem, adjustments, cut_off};
use crate::record::{Adjustment, Money};
use crate::structured::cells::person;

/// A party of the claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// Name of the organisation, or of the person with the given name first.
    pub name: String,
    /// NPI, where NM108 is XX; member number, where it is MI.
    pub id: String,
}

/// One CLM loop and the loops above it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Claim {
    /// NM1*85.
    pub billing: Party,
    /// NM1*IL above the claim.
    pub subscriber: Party,
    /// NM1*QC.
    pub patient: Option<Party>,
    /// NM1*PR above the claim.
    pub payer: String,
    /// BHT04.
    pub date: Option<Date>,
    /// CLM01.
    pub account: String,
    /// CLM02.
    pub charge: Option<Money>,
    /// CLM05 of an institutional claim: facility type and frequency.
    pub type_of_bill: String,
    /// REF*F8: the payer's own number of the claim that this one replaces.
    pub number: String,
    /// DTP*434.
    pub covers: Option<(Date, Date)>,
    /// DTP*435.
    pub admitted: Option<Date>,
    /// DTP*096.
    pub discharged: Option<Date>,
    /// AMT*F5.
    pub patient_paid: Option<Money>,
    /// AMT*D of the first other payer.
    pub other_payer_paid: Option<Money>,
    /// CAS of other payers on the claim.
    pub adjustments: Vec<Adjustment>,
    /// LX loops.
    pub lines: Vec<Line>,
    /// What broke the form.
    pub problems: Vec<Problem>,
    /// The CLM segment, for messages.
    pub place: String,
}

/// One LX loop.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Line {
    /// SV201.
    pub revenue_code: String,
    /// Procedure code.
    pub code: String,
    /// Modifiers in order.
    pub modifiers: Vec<String>,
    /// SV101-7, SV202-7, SV301-7.
    pub description: String,
    /// SV102, SV203, SV302.
    pub charge: Option<Money>,
    /// SV104, SV205, SV306; minutes of anaesthesia are no units.
    pub units: Option<Decimal>,
    /// SV207.
    pub not_covered: Option<Money>,
    /// DTP*472.
    pub dates: Option<(Date, Date)>,
    /// SVD02 of the first other payer.
    pub paid: Option<Money>,
    /// CAS of other payers.
    pub adjustments: Vec<Adjustment>,
}

/// Reads a transaction set: one claim for each CLM.
pub fn read(set: &[Segment]) -> Vec<Claim> {
    let mut reader = Reader::default();
    for segment in set {
        reader.segment(segment);
    }
    let loose = std::mem::take(&mut reader.above.problems).into_iter().chain(cut_off(set));
    if reader.claims.is_empty() {
        let mut empty = Claim { problems: loose.collect(), ..reader.above };
        if let Some(st) = set.first() {
            empty.problems.push(Problem::at(st, "the transaction holds no claim (no CLM)"));
        }
        return vec![empty];
    }
    if let Some(last) = reader.claims.last_mut() {
        last.problems.extend(loose);
    }
    reader.claims
}

#[derive(Default)]
struct Reader {
    /// What the loops above a claim say.
    above: Claim,
    /// Whether the segments belong to the last claim: from its CLM to the next HL.
    within: bool,
    claims: Vec<Claim>,
}

impl Reader {
    fn claim(&mut self) -> &mut Claim {
        if self.within
            && let Some(claim) = self.claims.last_mut()
        {
            return claim;
        }
        &mut self.above
    }

    fn line(&mut self) -> Option<&mut Line> {
        self.claim().lines.last_mut()
    }

    fn problem(&mut self, s: &Segment, what: &str) {
        let problem = Problem::at(s, what);
        self.claim().problems.push(problem);
    }

    fn money(&mut self, s: &Segment, n: usize) -> Option<Money> {
        s.money(n).unwrap_or_else(|what| {
            self.problem(s, &what);
            None
        })
    }

    fn segment(&mut self, s: &Segment) {
        match s.id() {
            "BHT" => self.above.date = day(s.element(4)),
            "HL" => self.level(s),
            "NM1" if !self.within => self.name(s),
            "CLM" => self.open(s),
            "REF" if s.element(1) == "F8" && self.line().is_none() => s.element(2).clone_into(&mut self.claim().number),
            "DTP" => self.dates(s),
            "AMT" => self.amount(s),
            "LX" if self.within => self.claim().lines.push(Line::default()),
            "SV1" => self.service(s, 1, 2, 4, s.element(3) != "MJ"),
            "SV2" => self.service(s, 2, 3, 5, true),
            "SV3" => self.service(s, 1, 2, 6, true),
            "SVD" => {
                let paid = self.money(s, 2);
                if let Some(line) = self.line() {
                    line.paid = line.paid.or(paid);
                }
            }
            "CAS" => {
                let (read, wrong) = adjustments::of(s);
                for what in wrong {
                    self.problem(s, &what);
                }
                let claim = self.claim();
                claim.lines.last_mut().map_or(&mut claim.adjustments, |l| &mut l.adjustments).extend(read);
            }
            id if !is_segment_id(id) => self.problem(s, "it does not begin with the name of a segment"),
            _ => {}
        }
    }

    fn level(&mut self, s: &Segment) {
        self.within = false;
        match s.element(3) {
            "20" => self.above = Claim { date: self.above.date, ..Claim::default() },
            "22" => {
                self.above.subscriber = Party::default();
                self.above.payer.clear();
                self.above.patient = None;
            }
            "23" => self.above.patient = None,
            _ => {}
        }
    }

    fn name(&mut self, s: &Segment) {
        let id = if matches!(s.element(8), "XX" | "MI") { s.element(9) } else { "" };
        let party = Party { name: person(s.element(4), s.element(5), s.element(3), s.element(7)), id: id.to_owned() };
        match s.element(1) {
            "85" => self.above.billing = party,
            "IL" => self.above.subscriber = party,
            "QC" => self.above.patient = Some(party),
            "PR" => self.above.payer = party.name,
            _ => {}
        }
    }

    fn open(&mut self, s: &Segment) {
        let place = s.components(5);
        let at = |i: usize| place.get(i).copied().unwrap_or_default();
        let of_bill = (at(1) == "A").then(|| format!("{:0>3}{}", at(0), at(2)));
        self.within = false;
        let claim = Claim {
            account: s.element(1).to_owned(),
            charge: self.money(s, 2),
            type_of_bill: of_bill.filter(|t| t.len() == 4).unwrap_or_default(),
            place: format!("segment {} (byte {})", s.number, s.offset),
            problems: std::mem::take(&mut self.above.problems),
            ..self.above.clone()
        };
        self.claims.push(claim);
        self.within = true;
        if self.claim().charge.is_none() {
            self.problem(s, "CLM states no charge");
        }
    }

    fn dates(&mut self, s: &Segment) {
        if !matches!(s.element(1), "472" | "434" | "435" | "096") {
            return;
        }
        let read = period(s);
        // a discharge hour has no day
        if read.is_none() && s.element(2) != "TM" {
            self.problem(s, "DTP03 is no date");
        }
        match s.element(1) {
            "472" => match self.line() {
                Some(line) => line.dates = read,
                None => self.claim().covers = read,
            },
            "434" => self.claim().covers = read,
            "435" => self.claim().admitted = read.map(|p| p.0),
            _ => self.claim().discharged = read.map(|p| p.0),
        }
    }

    fn amount(&mut self, s: &Segment) {
        if self.line().is_some() || !matches!(s.element(1), "F5" | "D") {
            return;
        }
        let amount = self.money(s, 2);
        let claim = self.claim();
        if s.element(1) == "F5" {
            claim.patient_paid = amount;
        } else {
            claim.other_payer_paid = claim.other_payer_paid.or(amount);
        }
    }

    fn service(&mut self, s: &Segment, procedure: usize, charge: usize, units: usize, counted: bool) {
        let parts = s.components(procedure);
        let at = |i: usize| parts.get(i).copied().unwrap_or_default();
        let amount = self.money(s, charge);
        let count = s.number_at(units).unwrap_or_else(|what| {
            self.problem(s, &what);
            None
        });
        let not_covered = if s.id() == "SV2" { self.money(s, 7) } else { None };
        if parts.len() < 2 && s.id() != "SV2" {
            self.problem(s, "no procedure is named");
        }
        if amount.is_none() {
            self.problem(s, "the service states no charge");
        }
        let Some(line) = self.line() else {
            self.problem(s, "a service before its line number (LX)");
            return;
        };
        if s.id() == "SV2" {
            s.element(1).clone_into(&mut line.revenue_code);
        }
        at(1).clone_into(&mut line.code);
        line.modifiers = parts.iter().skip(2).take(4).filter(|m| !m.is_empty()).map(|m| m.to_uppercase()).collect();
        at(6).clone_into(&mut line.description);
        line.charge = amount;
        line.units = count.filter(|_| counted);
        line.not_covered = not_covered;
    }
}
