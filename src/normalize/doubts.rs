//! Why a row that was recognised with confidence may be wrong all the same.
//!
//! Text recognition judges characters, not tables. Of five thousand printed amounts of scans at 200 dpi, faxes and photos
//! one in a hundred and twenty was recognised with less than 0.95, and 33 of those 40 were right; above, the share of
//! amounts that the truth knows does not rise with the confidence any more. So a figure's own confidence is kept as it is,
//! and what is wrong with such rows is of another kind: a cell in a neighbour's place, a name misread once and inherited
//! by every line, a row that took words from the next. Each of these has its sign, named here with what a row that bears
//! it is worth at most.

use std::collections::{BTreeMap, BTreeSet};

use billproof_parsers::page_text::{DocumentText, TextSource};
use billproof_parsers::statement::{Cell, Statement};
use jiff::civil::Date;
use strsim::damerau_levenshtein;

use super::money_slot;
use super::wording::{is_near_miss, looks_cut_or_joined, names_an_insurer};
use crate::record::{CheckKind, Document, Field, LineKind, Money, ServiceLine, TextOrigin};

/// A sign that a row is not what the paper prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The row's own equation does not hold, be it the form that most rows keep to or, of a scan, any that some do.
    BrokenEquation,
    /// The parts of the patient's share do not make the share, and no line of the paper shows how it counts: a column may
    /// have been taken for another.
    UnexplainedShare,
    /// A service on a bill without a charge, though its neighbours or the total have one.
    NoCharge,
    /// An amount is blank that nearly all other services state.
    BlankInFullColumn,
    /// An amount stands where no other service has one.
    LonelyAmount,
    /// More modifiers than claims usually have: words taken for them.
    ManyModifiers,
    /// A note code that the paper's own legend does not explain.
    UnknownNote,
    /// A date more than a year from all others.
    FarDate,
    /// The description reads like a sum.
    LooksLikeTotal,
    /// The description has pieces of other cells, lost spaces or stray characters.
    OddWords,
    /// A word that the paper spells otherwise elsewhere.
    SpeltOtherwise,
    /// The row beside it lacks its description, which may be part of this one's.
    NeighbourLacksWords,
    /// A row that could not be read stands next to it, and it is taller than most: it may have words of the other.
    NeighbourUnread,
    /// A name it inherits is misspelt or not a name.
    OddName,
}

impl Doubt {
    /// What a row with this doubt is worth at most: a band of the reliability table, not a finer scale. Of the rows that
    /// a doubt brought to 0.49 none in 21 was right in every cell given, of those at 0.7 one in 4, at 0.8 12 in 18, at 0.85
    /// 26 in 55, at 0.9 144 in 155 (scans at 200 and 300 dpi, faxes, photos; `cargo bench --bench reliability`).
    pub fn worth(self) -> f32 {
        match self {
            Self::LooksLikeTotal => 0.4,
            Self::NoCharge => 0.49,
            Self::BrokenEquation | Self::ManyModifiers => 0.7,
            Self::UnexplainedShare | Self::LonelyAmount | Self::FarDate | Self::UnknownNote | Self::BlankInFullColumn => 0.8,
            Self::OddWords | Self::OddName => 0.85,
            Self::SpeltOtherwise | Self::NeighbourLacksWords | Self::NeighbourUnread => 0.9,
        }
    }

    /// Whether it puts dates, codes, units or amounts in doubt, and not only words and names.
    pub fn is_about_figures(self) -> bool {
        !matches!(self, Self::OddWords | Self::SpeltOtherwise | Self::NeighbourLacksWords | Self::OddName | Self::NeighbourUnread)
    }
}

/// What a recogniser's confidence in words and names is worth. Read off the share of rows all of whose given cells were
/// right by their least confidence, over 2500 rows of scans at 200 and 300 dpi, faxes and photos: 0.81 at 0.7 to 0.8, 0.92
/// at 0.8 to 0.9, 0.96 at 0.9 to 0.95, 0.98 and more above. The confidence of a word is the product of its characters',
/// which is too little for long words.
const WORDS: [(f32, f32); 8] =
    [(0.0, 0.0), (0.5, 0.3), (0.7, 0.7), (0.8, 0.86), (0.87, 0.95), (0.95, 0.975), (0.99, 0.99), (1.0, 1.0)];

/// The chance that words are right that were recognised with this confidence.
pub fn calibrated(confidence: f32) -> f32 {
    WORDS.windows(2).find(|pair| confidence <= pair[1].0).map_or(1.0, |pair| {
        let [(x0, y0), (x1, y1)] = [pair[0], pair[1]];
        y0 + (y1 - y0) * (confidence.max(0.0) - x0) / (x1 - x0)
    })
}

/// Columns of amounts.
pub(super) const AMOUNTS: [Field; 11] = [
    Field::Charge,
    Field::Allowed,
    Field::PlanDiscount,
    Field::NotCovered,
    Field::Deductible,
    Field::Copay,
    Field::Coinsurance,
    Field::PlanPaid,
    Field::OtherPaid,
    Field::PatientPaid,
    Field::PatientResponsibility,
];

/// The doubts of each row, by its place.
pub fn of_rows(d: &Document, statement: &Statement, text: &DocumentText) -> Vec<BTreeSet<Doubt>> {
    let mut out: Vec<BTreeSet<Doubt>> = vec![BTreeSet::new(); d.lines.len()];
    for c in d.checks.iter().filter(|c| !c.holds()) {
        if let Some(row) = c.line_no.and_then(|n| out.get_mut((n as usize).wrapping_sub(1))) {
            row.insert(Doubt::BrokenEquation);
        }
    }
    unexplained_shares(d, &mut out);
    if d.text_source == Some(TextOrigin::Digital) {
        return out;
    }
    for i in super::line_forms::off_the_others(d) {
        out[i].insert(Doubt::BrokenEquation);
    }
    columns(d, &mut out);
    let vocabulary = Vocabulary::of(text);
    let odd_names = d.provider.iter().chain(&d.patient).any(|name| vocabulary.is_odd_name(name, d.payer.as_deref()))
        || d.is_bill() && d.provider.iter().any(|name| names_an_insurer(name));
    let median = median_date(d);
    let mut heights: Vec<f32> = statement.rows.iter().map(|r| r.bbox.height()).collect();
    heights.sort_by(f32::total_cmp);
    let usual_height = heights.get(heights.len() / 2).copied().unwrap_or_default();
    let explained = |code: &str| d.notes.keys().any(|k| k.eq_ignore_ascii_case(code));
    let codes: Vec<&String> = d.lines.iter().flat_map(|l| &l.remark_codes).collect();
    let legend = codes.len() >= 3 && codes.iter().filter(|c| explained(c)).count() * 3 >= codes.len() * 2;
    for (i, (l, row)) in d.lines.iter().zip(&statement.rows).enumerate() {
        let doubts = &mut out[i];
        if l.modifiers.len() > 2 {
            doubts.insert(Doubt::ManyModifiers);
        }
        if legend && l.remark_codes.iter().any(|c| !explained(c)) {
            doubts.insert(Doubt::UnknownNote);
        }
        let far = |date: Date| median.is_some_and(|m| (date - m).get_days().abs() > 400);
        if l.service_date.into_iter().chain(l.service_date_to).any(far) {
            doubts.insert(Doubt::FarDate);
        }
        if odd_names {
            doubts.insert(Doubt::OddName);
        }
        let Some(words) = &l.description else { continue };
        let first = words.split(' ').next().unwrap_or_default().to_lowercase();
        if l.line_kind == LineKind::Service && damerau_levenshtein(&first, "subtotal") <= 1 {
            doubts.insert(Doubt::LooksLikeTotal);
        }
        if looks_cut_or_joined(words) {
            doubts.insert(Doubt::OddWords);
        }
        if vocabulary.spells_otherwise(words) {
            doubts.insert(Doubt::SpeltOtherwise);
        }
        let touches = |u: &&crate::record::UnparsedRow| {
            u.page == l.page && u.bbox.y0 - l.bbox.y1 < row.bbox.height() && l.bbox.y0 - u.bbox.y1 < row.bbox.height()
        };
        if row.bbox.height() > 1.4 * usual_height && d.unparsed.iter().any(|u| touches(&u)) {
            doubts.insert(Doubt::NeighbourUnread);
        }
    }
    out
}

/// EOB rows whose deductible, copay and coinsurance are not the patient's share, where none of the rows shows how they
/// would be.
fn unexplained_shares(d: &Document, out: &mut [BTreeSet<Doubt>]) {
    if !d.is_eob() || d.checks.iter().any(|c| c.kind == CheckKind::PatientShare) {
        return;
    }
    for (l, doubts) in d.lines.iter().zip(out).filter(|(l, _)| l.line_kind == LineKind::Service) {
        let parts = [l.deductible, l.copay, l.coinsurance];
        let (Some(share), true) = (l.patient_responsibility, parts.iter().any(Option::is_some)) else { continue };
        let sum: Money = parts.into_iter().flatten().sum();
        let beyond = l.not_covered.unwrap_or_default();
        if share != Money::ZERO && sum != share && sum + beyond != share {
            doubts.insert(Doubt::UnexplainedShare);
        }
    }
}

/// Blanks in full columns, amounts in empty ones.
fn columns(d: &Document, out: &mut [BTreeSet<Doubt>]) {
    let services: Vec<usize> = (0..d.lines.len()).filter(|i| d.lines[*i].line_kind == LineKind::Service).collect();
    let proven = |f: Field| {
        // A column that adds up has no blank that was lost. The charges' own sum is a check of its own kind.
        f == Field::Charge && d.checks.iter().any(|c| c.kind == CheckKind::TotalCharges && c.holds())
    };
    let charges_expected = d.is_bill();
    // An amount in any other column of a bill's service is most likely its charge.
    let stands_elsewhere = |l: &ServiceLine| AMOUNTS.iter().any(|f| has(l, *f));
    for f in AMOUNTS {
        let stated = |i: usize| has(&d.lines[i], f);
        let filled = services.iter().filter(|i| stated(**i)).count();
        let full = services.len() >= 4 && filled * 5 >= services.len() * 4;
        let empty = services.len() >= 5 && filled == 1;
        for &i in &services {
            if full && !stated(i) && !proven(f) {
                out[i].insert(Doubt::BlankInFullColumn);
            }
            if empty && stated(i) {
                out[i].insert(Doubt::LonelyAmount);
            }
            if f == Field::Charge && charges_expected && !stated(i) && (filled > 0 || stands_elsewhere(&d.lines[i])) {
                out[i].insert(Doubt::NoCharge);
            }
        }
    }
    let described = services.iter().filter(|i| d.lines[**i].description.is_some()).count();
    if services.len() >= 4 && described * 5 >= services.len() * 4 {
        for i in services.iter().copied().filter(|i| d.lines[*i].description.is_none()) {
            out[i].insert(Doubt::BlankInFullColumn);
            for beside in [i.checked_sub(1), Some(i + 1)].into_iter().flatten() {
                if let Some(row) = out.get_mut(beside) {
                    row.insert(Doubt::NeighbourLacksWords);
                }
            }
        }
    }
}

fn has(l: &ServiceLine, f: Field) -> bool {
    money_slot(&mut l.clone(), f).is_some_and(|m| m.is_some())
}

fn median_date(d: &Document) -> Option<Date> {
    let mut dates: Vec<Date> = d.lines.iter().filter_map(|l| l.service_date).collect();
    dates.sort();
    dates.get(dates.len() / 2).copied().filter(|_| dates.len() >= 3)
}

/// How sure the names and numbers are that a line has from the paper's header or its claim's.
pub fn inherited(statement: &Statement, l: &ServiceLine) -> f32 {
    let own = |f: Field, value: Option<&String>| {
        let of_claim = l.claim.and_then(|i| statement.claims.get(i)).and_then(|c| c.cells.get(&f));
        let of_header = || statement.header.get(&f).and_then(|cells| cells.first());
        value.and_then(|_| of_claim.or_else(of_header)).map_or(1.0, |c: &Cell| c.confidence)
    };
    [
        own(Field::Patient, l.patient.as_ref()),
        own(Field::Provider, l.provider.as_ref()),
        own(Field::AccountNo, l.account_no.as_ref()),
        own(Field::ClaimNo, l.claim_no.as_ref()),
    ]
    .into_iter()
    .fold(1.0, f32::min)
}

/// The words of a paper, by how often each is printed.
struct Vocabulary(BTreeMap<String, usize>);

impl Vocabulary {
    fn of(text: &DocumentText) -> Self {
        let mut counts = BTreeMap::new();
        for word in text.pages.iter().filter(|p| p.source == TextSource::Ocr).flat_map(|p| &p.words) {
            for part in plain_words(&word.text) {
                *counts.entry(part).or_insert(0) += 1;
            }
        }
        Self(counts)
    }

    /// Whether a word of a text is spelt otherwise, and more often, elsewhere on the paper.
    fn spells_otherwise(&self, text: &str) -> bool {
        plain_words(text).any(|word| {
            let own = self.0.get(&word).copied().unwrap_or(0);
            self.0.iter().any(|(other, count)| {
                let at_least = if other.ends_with(word.as_str()) { own.max(1) } else { own + 1 };
                *count >= at_least && is_near_miss(&word, other)
            })
        })
    }

    fn is_odd_name(&self, name: &str, payer: Option<&str>) -> bool {
        let key = |t: &str| t.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
        let insurers = payer.is_some_and(|p| key(p) == key(name));
        insurers || super::wording::is_odd_name(name) || self.spells_otherwise(name)
    }
}

/// Words of five letters and more, in lower case.
fn plain_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphabetic()).filter(|w| w.chars().count() >= 5).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{DocKind, Money};
    use billproof_parsers::page_text::{BBox, PageText, Word};
    use billproof_parsers::statement::Row;

    fn paper(charges: &[Option<i64>]) -> (Document, Statement) {
        let mut d = Document::empty("a");
        d.kind = DocKind::ItemizedBill;
        d.text_source = Some(TextOrigin::Ocr);
        let mut statement = Statement {
            layout: String::new(),
            kind: DocKind::ItemizedBill,
            header: BTreeMap::new(),
            claims: Vec::new(),
            rows: Vec::new(),
            totals: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            unparsed: Vec::new(),
            columns: BTreeSet::new(),
            tie: Vec::new(),
        };
        for (i, charge) in charges.iter().enumerate() {
            let mut l = ServiceLine::empty(LineKind::Service, 1, i as u32 + 1);
            l.charge = charge.map(Money::from_cents);
            l.description = Some("OFFICE VISIT".to_owned());
            d.lines.push(l);
            let row = Row { kind: LineKind::Service, cells: BTreeMap::new(), claim: None, page: 1, bbox: BBox::default() };
            statement.rows.push(row);
        }
        (d, statement)
    }

    fn doubts(d: &Document, statement: &Statement) -> Vec<Vec<Doubt>> {
        let all = of_rows(d, statement, &DocumentText::default());
        all.into_iter().map(|row| row.into_iter().collect()).collect()
    }

    #[test]
    fn a_service_without_a_charge_is_doubted_and_its_neighbours_are_not() {
        let (d, statement) = paper(&[Some(1), Some(2), None, Some(4), Some(5)]);
        assert_eq!(doubts(&d, &statement)[2], [Doubt::NoCharge, Doubt::BlankInFullColumn]);
        assert!(doubts(&d, &statement)[1].is_empty());
        let (mut d, statement) = paper(&[None, None]);
        assert!(doubts(&d, &statement)[0].is_empty(), "a bill may print one sum for all");
        d.lines[0].not_covered = Some(Money::from_cents(100));
        assert_eq!(doubts(&d, &statement)[0], [Doubt::NoCharge]);
    }

    #[test]
    fn an_amount_alone_in_its_column_is_doubted() {
        let (mut d, statement) = paper(&[Some(1); 6]);
        d.lines[3].patient_paid = Some(Money::from_cents(100));
        assert_eq!(doubts(&d, &statement)[3], [Doubt::LonelyAmount]);
        d.text_source = Some(TextOrigin::Digital);
        assert!(doubts(&d, &statement)[3].is_empty());
    }

    #[test]
    fn a_row_may_have_taken_its_neighbours_words() {
        let (mut d, statement) = paper(&[Some(1); 6]);
        d.lines[3].description = None;
        let doubts = doubts(&d, &statement);
        assert_eq!(doubts[2], [Doubt::NeighbourLacksWords]);
        assert_eq!(doubts[4], [Doubt::NeighbourLacksWords]);
        assert!(doubts[1].is_empty());
    }

    #[test]
    fn a_code_outside_the_papers_own_legend_is_doubted() {
        let (mut d, statement) = paper(&[Some(1); 4]);
        d.notes.insert("A1".to_owned(), "Contract".to_owned());
        for (l, code) in d.lines.iter_mut().zip(["A1", "A1", "A1", "AI"]) {
            l.remark_codes.push(code.to_owned());
        }
        assert_eq!(doubts(&d, &statement)[3], [Doubt::UnknownNote]);
        d.notes.clear();
        assert!(doubts(&d, &statement)[3].is_empty(), "without a legend no code is unknown");
    }

    #[test]
    fn a_word_that_the_paper_spells_otherwise_is_doubted() {
        let (mut d, statement) = paper(&[Some(1), Some(2)]);
        d.lines[0].description = Some("METABOIIC PANEL".to_owned());
        let word = |text: &str| Word { source: TextSource::Ocr, ..Word::digital(text, BBox::default()) };
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words: ["METABOIIC", "METABOLIC", "METABOLIC", "PANEL"].map(word).to_vec(),
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        let all = of_rows(&d, &statement, &DocumentText { pages: vec![page] });
        assert_eq!(all[0], BTreeSet::from([Doubt::SpeltOtherwise]));
        assert!(all[1].is_empty());
    }

    #[test]
    fn the_map_of_confidence_rises() {
        let points: Vec<f32> = (0..=100).map(|i| calibrated(i as f32 / 100.0)).collect();
        assert!(points.windows(2).all(|p| p[0] <= p[1]), "{points:?}");
        assert!((calibrated(1.0) - 1.0).abs() < 1e-6 && calibrated(0.0) == 0.0);
    }
}
