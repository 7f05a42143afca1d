//! Where on the papers a finding stands: its line or figure, and the one on the other side.

use std::collections::BTreeSet;

use crate::finished::{CasePapers, file_of};
use crate::record::{BBox, DocKind, Document, Fact, FactKind, Field, Money, PrintedFigure, ServiceLine};
use crate::rules::Finding;

use super::file_names;

/// Points above and below a marked row that stay in the picture.
const AROUND_ROW: f32 = 26.0;
/// Points above and below a figure of a header.
const AROUND_FIGURE: f32 = 40.0;
/// Points above the first row of a table in which its header stands.
const HEAD: f32 = 42.0;
/// Points to the left and right of a table.
const MARGIN: f32 = 16.0;
/// Two places nearer than this are shown in one picture.
const NEAR: f32 = 150.0;
/// The tallest cut of a page, in points.
const TALLEST: f32 = 340.0;
/// Pictures of one side.
const MOST_PICTURES: usize = 2;

/// One place on a paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The document.
    pub path: String,
    /// Page in its file, from 1.
    pub page: u32,
    /// What is marked, in points of the page; empty where only the page is known.
    pub marks: Vec<BBox>,
    /// What of the page is shown; `None` for the whole page.
    pub frame: Option<Frame>,
    /// What stands there.
    pub shows: Shows,
    /// Name of its picture without the extension.
    pub picture: String,
}

/// A cut of a page, in points from its top-left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Frame {
    /// From left to right; `None` for the whole width.
    pub x: Option<(f32, f32)>,
    /// From top to bottom.
    pub y: (f32, f32),
    /// The table's header from top to bottom, where it stands further up.
    pub head: Option<(f32, f32)>,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq)]
pub enum Shows {
    /// Lines of a document, by their numbers.
    Lines(Vec<u32>),
    /// Amounts of a header or a sum.
    Figures(Vec<(Field, Money)>),
    /// A sentence.
    Sentence(String),
    /// The page, because the place on it is not known.
    Page,
}

/// The places of a finding: its own first, then those of the other side.
pub fn of_finding(case: &CasePapers, f: &Finding) -> Vec<Place> {
    let mut out: Vec<Place> = Vec::new();
    if let Some(d) = case.document(&f.path) {
        out.extend(side(case, f, d, f.page, f.line_no));
    }
    if let Some(d) = f.evidence_path.as_ref().and_then(|p| case.document(p)) {
        for place in side(case, f, d, f.evidence_page, f.evidence_line_no) {
            match out.iter_mut().find(|o| is_near(o, &place)) {
                Some(near) => join(near, place),
                None => out.push(place),
            }
        }
    }
    for place in &mut out {
        place.picture = file_names::cut_picture(file_of(&place.path).0, place.page, &(&place.marks, place.frame));
    }
    out
}

/// Whether one picture can show both.
fn is_near(a: &Place, b: &Place) -> bool {
    let together = || match (a.frame, b.frame) {
        (Some(x), Some(y)) => x.y.0.max(y.y.0) - x.y.1.min(y.y.1) < NEAR && x.y.1.max(y.y.1) - x.y.0.min(y.y.0) < TALLEST,
        (None, None) => true,
        _ => false,
    };
    let alike = matches!(
        (&a.shows, &b.shows),
        (Shows::Lines(_), Shows::Lines(_)) | (Shows::Figures(_), Shows::Figures(_)) | (Shows::Page, Shows::Page)
    );
    a.path == b.path && a.page == b.page && alike && together()
}

fn join(to: &mut Place, other: Place) {
    match (&mut to.shows, other.shows) {
        (Shows::Lines(a), Shows::Lines(b)) => {
            a.extend(b);
            a.sort_unstable();
            a.dedup();
        }
        (Shows::Figures(a), Shows::Figures(b)) => {
            for figure in b {
                if !a.contains(&figure) {
                    a.push(figure);
                }
            }
        }
        _ => {}
    }
    for mark in other.marks {
        if !to.marks.contains(&mark) {
            to.marks.push(mark);
        }
    }
    if let (Some(a), Some(b)) = (&mut to.frame, other.frame) {
        a.y = (a.y.0.min(b.y.0), a.y.1.max(b.y.1));
        a.x = a.x.zip(b.x).map(|(a, b)| (a.0.min(b.0), a.1.max(b.1)));
        a.head = a.head.or(b.head).filter(|h| h.1 < a.y.0);
    }
}

/// The places of one side.
fn side(case: &CasePapers, f: &Finding, d: &Document, page: Option<u32>, line_no: Option<u32>) -> Vec<Place> {
    if let Some(line) = line_no.and_then(|n| d.lines.iter().find(|l| l.line_no == n)) {
        return vec![lines_place(d, &[line])];
    }
    let figures = figures_place(d, f);
    if !figures.is_empty() {
        return figures;
    }
    if let Some(fact) = fact_of(f.rule, d) {
        return vec![fact_place(d, fact)];
    }
    let matched = matched_lines(case, f, d);
    if !matched.is_empty() {
        return lines_by_page(d, &matched);
    }
    let asks: Vec<&PrintedFigure> = d.figures.iter().filter(|x| is_outcome(d, x.field)).collect();
    if !asks.is_empty() {
        return figure_groups(d, asks);
    }
    let page = page.unwrap_or(file_of(&d.path).1);
    vec![Place { path: d.path.clone(), page, marks: Vec::new(), frame: None, shows: Shows::Page, picture: String::new() }]
}

/// The amounts that a finding compares: those of its row, and those that its explanation names.
fn stated(f: &Finding) -> BTreeSet<Money> {
    let named = f.explanation.split(|c: char| !(c.is_ascii_digit() || c == '.')).map(|t| t.trim_end_matches('.'));
    let named = named.filter(|t| t.len() > 3 && t.as_bytes()[t.len() - 3] == b'.').filter_map(|t| t.parse().ok().map(Money));
    let all = named.chain([f.amount_billed, f.amount_expected].into_iter().flatten());
    all.map(Money::abs).filter(|m| *m != Money::ZERO && Some(*m) != f.amount_at_issue).collect()
}

/// Whether a field is what the whole paper comes down to.
fn is_outcome(d: &Document, field: Field) -> bool {
    match field {
        Field::BalanceDue => !d.is_eob(),
        Field::TotalPatientResponsibility => d.is_eob(),
        _ => false,
    }
}

/// The figures of the header and the sums that a finding compares; where none of them is printed, what is at issue.
fn figures_place(d: &Document, f: &Finding) -> Vec<Place> {
    let of = |amounts: &BTreeSet<Money>| d.figures.iter().filter(|x| amounts.contains(&x.amount.abs())).collect::<Vec<_>>();
    let mut compared = of(&stated(f));
    if d.path == f.path && f.amount_billed == Some(Money::ZERO) {
        let none = |x: &&PrintedFigure| x.amount == Money::ZERO && credits(f.rule).contains(&x.field);
        compared.extend(d.figures.iter().filter(none));
    }
    let at_issue = || of(&f.amount_at_issue.map(Money::abs).filter(|m| *m != Money::ZERO).into_iter().collect());
    figure_groups(d, if compared.is_empty() { at_issue() } else { compared })
}

/// Where a bill prints the credit that a rule misses.
fn credits(rule: &str) -> &'static [Field] {
    match rule {
        "payment-not-posted" => &[Field::TotalPlanPaid, Field::PlanPaid],
        "discount-not-applied" => &[Field::TotalDiscount, Field::PlanDiscount],
        _ => &[],
    }
}

fn figure_groups(d: &Document, mut figures: Vec<&PrintedFigure>) -> Vec<Place> {
    figures.sort_by(|a, b| a.page.cmp(&b.page).then(a.bbox.y0.total_cmp(&b.bbox.y0)));
    let near = |a: &&PrintedFigure, b: &&PrintedFigure| a.page == b.page && b.bbox.y0 - a.bbox.y1 < NEAR;
    let place = |group: &[&PrintedFigure]| {
        let mut marks: Vec<BBox> = group.iter().map(|f| f.bbox).collect();
        marks.dedup();
        let mut shows: Vec<(Field, Money)> = group.iter().map(|f| (f.field, f.amount)).collect();
        shows.sort_unstable();
        shows.dedup();
        Place {
            path: d.path.clone(),
            page: group[0].page,
            frame: around(&marks, AROUND_FIGURE, None),
            marks,
            shows: Shows::Figures(shows),
            picture: String::new(),
        }
    };
    figures.chunk_by(near).take(MOST_PICTURES).map(place).collect()
}

/// What the paper says in words that the rule rests on.
fn fact_of<'d>(rule: &str, d: &'d Document) -> Option<&'d Fact> {
    let kinds: &[FactKind] = match rule {
        "claim-pending" => &[FactKind::ClaimPending],
        "collections-too-early" => &[FactKind::ExtraordinaryCollection, FactKind::CollectionPlacement],
        "cancelled-service" => &[FactKind::Cancelled],
        "appealable-denial" => &[FactKind::DenialReason, FactKind::DeniedAmount],
        _ => &[],
    };
    kinds.iter().find_map(|k| d.facts.iter().find(|f| f.kind == *k))
}

fn fact_place(d: &Document, fact: &Fact) -> Place {
    let marks = vec![fact.bbox];
    Place {
        path: d.path.clone(),
        page: fact.page,
        frame: around(&marks, AROUND_FIGURE, None),
        marks,
        shows: Shows::Sentence(fact.text.clone()),
        picture: String::new(),
    }
}

/// The lines of an EOB that settle the bill on which the finding stands.
fn matched_lines<'d>(case: &CasePapers, f: &Finding, d: &'d Document) -> Vec<&'d ServiceLine> {
    if d.kind != DocKind::Eob {
        return Vec::new();
    }
    let Some(account) = case.judged.accounts.iter().find(|a| a.path == f.path && a.eobs.contains(&d.path)) else {
        return Vec::new();
    };
    let settles =
        |l: &&ServiceLine| account.claim_no.is_empty() || l.claim_no.as_ref().is_some_and(|n| account.claim_no.contains(n));
    d.services().filter(settles).collect()
}

fn lines_by_page(d: &Document, lines: &[&ServiceLine]) -> Vec<Place> {
    let pages: BTreeSet<u32> = lines.iter().map(|l| l.page).collect();
    let on = |page: u32| lines.iter().copied().filter(|l| l.page == page).collect::<Vec<_>>();
    pages.into_iter().take(MOST_PICTURES).map(|page| lines_place(d, &on(page))).collect()
}

/// Lines of one page, with the header of their table.
fn lines_place(d: &Document, lines: &[&ServiceLine]) -> Place {
    let page = lines.first().map_or(1, |l| l.page);
    let marks: Vec<BBox> = lines.iter().map(|l| l.bbox).collect();
    let on_page = || d.lines.iter().filter(|l| l.page == page);
    let claim = lines.first().and_then(|l| l.claim);
    let table = BBox::around(on_page().map(|l| l.bbox));
    let top = on_page().filter(|l| l.claim == claim).map(|l| l.bbox.y0).reduce(f32::min);
    let x = table.map(|t| (t.x0 - MARGIN, t.x1 + MARGIN));
    let mut frame = around(&marks, AROUND_ROW, x);
    if let (Some(frame), Some(top)) = (&mut frame, top) {
        let head = (top - HEAD, top - 1.0);
        if head.1 < frame.y.0 {
            frame.head = Some(head);
        } else {
            frame.y.0 = frame.y.0.min(head.0);
        }
    }
    Place {
        path: d.path.clone(),
        page,
        frame,
        marks,
        shows: Shows::Lines(lines.iter().map(|l| l.line_no).collect()),
        picture: String::new(),
    }
}

/// The cut around boxes; none for boxes that lie nowhere.
fn around(marks: &[BBox], space: f32, x: Option<(f32, f32)>) -> Option<Frame> {
    let all = BBox::around(marks.iter().copied())?;
    let sound = [all.x0, all.y0, all.x1, all.y1].iter().all(|v| v.is_finite()) && all.width() > 0.0 && all.height() > 0.0;
    let (y0, y1) = (all.y0 - space, all.y1 + space);
    sound.then_some(Frame { x, y: (y0, y1.min(y0 + TALLEST)), head: None })
}

#[cfg(test)]
mod tests;
