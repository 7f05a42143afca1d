//! What the page of a case shows.

use std::collections::BTreeMap;

use serde::Serialize;

use super::file_names;
use super::place::{Place, Shows};
use super::timeline::{Event, events};
use super::words::{self, day, usd};
use crate::export::cells::number;
use crate::finished::CasePapers;
use crate::ledger::{Account, RoadStep};
use crate::record::{Document, Money, ServiceLine, Status};
use crate::rules::{self, Finding, Severity};

/// A picture in the report's folder, or why there is none.
pub type Picture = Result<Drawn, String>;

/// A picture in the report's folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drawn {
    /// Its path from the report.
    pub file: String,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// All pictures of a report by name without extension.
pub type Pictures = BTreeMap<String, Picture>;

/// The page of a case.
#[derive(Debug, Clone, Serialize)]
pub struct CasePage {
    /// Title of the page.
    pub title: String,
    /// Id of the case.
    pub case_id: String,
    /// Its patient; empty where no paper says.
    pub patient: String,
    /// Who and what, as label and values.
    pub facts: Vec<(&'static str, Vec<String>)>,
    /// What the bills ask for.
    pub asked: String,
    /// What is in dispute of it.
    pub disputed: String,
    /// What the papers support.
    pub supported: String,
    /// What the EOBs say the patient owes.
    pub eob_share: Option<String>,
    /// The next deadline.
    pub deadline: Option<String>,
    /// What to do first, and why.
    pub step: (&'static str, &'static str),
    /// The way from there on, the first step included.
    pub road: Vec<RoadView>,
    /// One account for each bill that counts.
    pub accounts: Vec<AccountTable>,
    /// The timeline.
    pub events: Vec<Event>,
    /// What was found, decided findings too.
    pub findings: Vec<FindingView>,
    /// The papers.
    pub papers: Vec<Paper>,
    /// Rows that could not be read: paper and page, what stands there, why.
    pub unread: Vec<(String, String, String)>,
    /// Words and their meaning.
    pub glossary: &'static [(&'static str, &'static str)],
}

/// A step of the road.
#[derive(Debug, Clone, Serialize)]
pub struct RoadView {
    /// What to do.
    pub step: &'static str,
    /// When.
    pub state: &'static str,
    /// Why.
    pub reason: String,
    /// By when.
    pub by: Option<String>,
}

/// The account of one bill.
#[derive(Debug, Clone, Serialize)]
pub struct AccountTable {
    /// Heading.
    pub title: String,
    /// The papers on the side of the plan.
    pub eobs: Vec<String>,
    /// What, on the bill, on the EOB.
    pub sides: Vec<(&'static str, Option<String>, Option<String>)>,
    /// What the bill asks for.
    pub asked: Option<String>,
    /// Findings that dispute it: id, headline, severity, amount.
    pub disputes: Vec<(String, String, &'static str, String)>,
    /// What is left.
    pub supported: String,
}

/// One finding.
#[derive(Debug, Clone, Serialize)]
pub struct FindingView {
    /// Its id.
    pub flag_id: String,
    /// Its rule.
    pub rule: &'static str,
    /// The rule in words.
    pub headline: String,
    /// `error`, `likely`, `review`, `info`.
    pub severity: &'static str,
    /// The severity in words, and what it means.
    pub severity_words: (&'static str, &'static str),
    /// The service that it is about, in words.
    pub service: Option<String>,
    /// Label and amount.
    pub figures: Vec<(&'static str, String)>,
    /// Where the benchmark comes from.
    pub benchmark: Option<String>,
    /// What is wrong.
    pub explanation: String,
    /// When it could be right.
    pub could_be_right: Option<String>,
    /// What to do.
    pub next_step: String,
    /// By when.
    pub deadline: Option<String>,
    /// Percent of certainty of the reading, where it is not certain.
    pub confidence: Option<String>,
    /// What it rests on.
    pub source: Option<String>,
    /// Both places.
    pub places: Vec<PlaceView>,
    /// What a person has decided: the verdict, who and when, why.
    pub decision: Option<(&'static str, String, String)>,
}

/// One place, with its picture.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceView {
    /// `bill.pdf, page 1, line 7`.
    pub caption: String,
    /// What stands there, as label and value.
    pub read: Vec<(String, String)>,
    /// What the picture shows, for those who do not see it.
    pub alt: String,
    /// The picture.
    pub picture: Option<Drawn>,
    /// Why there is none.
    pub missing: Option<String>,
    /// The picture of the whole page.
    pub page: Option<String>,
}

/// One paper.
#[derive(Debug, Clone, Serialize)]
pub struct Paper {
    /// Its path without the case's folder.
    pub name: String,
    /// Its kind.
    pub kind: &'static str,
    /// Who sent it.
    pub from: String,
    /// Its date.
    pub date: Option<String>,
    /// Its pages.
    pub pages: u32,
    /// How it was read.
    pub status: String,
    /// What was wrong.
    pub message: String,
    /// Pictures of its pages: number and file.
    pub pictures: Vec<(u32, String)>,
}

/// What the page of a case shows. `places` has those of each finding, in their order.
pub fn of(case: &CasePapers, places: &[Vec<Place>], pictures: &Pictures) -> CasePage {
    let s = &case.judged.summary;
    let findings = case.judged.findings.iter().zip(places);
    CasePage {
        title: if s.patient.is_empty() { s.case_id.clone() } else { format!("{}: {}", s.patient, s.case_id) },
        case_id: s.case_id.clone(),
        patient: s.patient.clone(),
        facts: facts(case),
        asked: usd(s.billed_balance),
        disputed: usd(s.amount_disputed),
        supported: usd(s.balance_supported),
        eob_share: s.eob_patient_responsibility.map(usd),
        deadline: s.next_deadline.map(day),
        step: (words::step(s.next_step), words::step_reason(s.next_step)),
        road: case.judged.road.iter().map(road).collect(),
        accounts: case.judged.accounts.iter().map(|a| account(case, a)).collect(),
        events: events(case),
        findings: findings.map(|(f, places)| finding(case, f, places, pictures)).collect(),
        papers: case.documents.iter().map(|d| paper(case, d, pictures)).collect(),
        unread: unread(case),
        glossary: words::GLOSSARY,
    }
}

fn road(r: &RoadStep) -> RoadView {
    RoadView { step: words::step(r.step), state: words::road_state(r.state), reason: r.reason.clone(), by: r.by.map(day) }
}

/// A path without the folder of its case.
pub fn short<'p>(case: &CasePapers, path: &'p str) -> &'p str {
    path.strip_prefix(case.judged.summary.case_id.as_str()).and_then(|p| p.strip_prefix('/')).unwrap_or(path)
}

fn facts(case: &CasePapers) -> Vec<(&'static str, Vec<String>)> {
    let read = || case.documents.iter().filter(|d| matches!(d.status, Status::Ok | Status::Partial));
    let distinct = |values: &mut dyn Iterator<Item = &String>| {
        let mut out: Vec<String> = Vec::new();
        for v in values.filter(|v| !v.is_empty()) {
            if !out.contains(v) {
                out.push(v.clone());
            }
        }
        out
    };
    let papers = &case.judged.summary;
    let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let all = [
        ("Provider", distinct(&mut read().filter(|d| d.is_bill()).flat_map(|d| &d.provider))),
        ("Insurer", distinct(&mut read().filter(|d| d.is_eob()).filter_map(|d| d.payer.as_ref()))),
        ("Account number", distinct(&mut read().filter(|d| d.is_bill()).flat_map(|d| &d.account_no))),
        ("Claim number", distinct(&mut read().filter(|d| d.is_eob()).flat_map(|d| &d.claim_no))),
        ("Member number", distinct(&mut read().filter_map(|d| d.member_id.as_ref()))),
        (
            "Papers",
            vec![
                counted(papers.documents, "paper"),
                counted(papers.bills, "bill"),
                counted(papers.eobs, "explanation") + " of benefits",
            ],
        ),
    ];
    all.into_iter().filter(|(_, values)| !values.is_empty()).collect()
}

fn account(case: &CasePapers, a: &Account) -> AccountTable {
    let sides = [
        ("Charged", a.bill.charged, a.eob.charged),
        ("Plan discount", a.bill.discount, a.eob.discount),
        ("Plan paid", a.bill.plan_paid, a.eob.plan_paid),
        ("Patient paid", a.bill.patient_paid, a.eob.patient_paid),
        ("Patient's share", a.bill.patient_share, a.eob.patient_share),
        ("On no EOB", (a.unmatched > Money::ZERO && !a.eobs.is_empty()).then_some(a.unmatched), None),
    ];
    let dispute = |flag_id: &str, rule: &str, severity: Severity, amount: Money| {
        let headline = rules::rule(rule).map_or_else(|| rule.to_owned(), words::headline);
        (flag_id.to_owned(), headline, words::severity(severity).0, usd(-amount))
    };
    let number = if a.account_no.is_empty() { String::new() } else { format!(", account {}", a.account_no.join(", ")) };
    let provider = if a.provider.is_empty() { short(case, &a.path) } else { &a.provider };
    AccountTable {
        title: format!("{provider}{number}"),
        eobs: a.eobs.iter().map(|e| short(case, e).to_owned()).collect(),
        sides: sides
            .into_iter()
            .filter(|(_, bill, eob)| bill.is_some() || eob.is_some())
            .map(|(what, bill, eob)| (what, bill.map(usd), eob.map(usd)))
            .collect(),
        asked: a.asked.map(usd),
        disputes: a.disputed.iter().map(|d| dispute(&d.flag_id, &d.rule, d.severity, d.amount)).collect(),
        supported: usd(a.supported),
    }
}

fn finding(case: &CasePapers, f: &Finding, places: &[Place], pictures: &Pictures) -> FindingView {
    let rule = rules::rule(f.rule);
    let figures = [
        ("Billed", f.amount_billed),
        (if f.benchmark_source.is_some() { "Benchmark" } else { "Should be" }, f.amount_expected),
        ("At issue", f.amount_at_issue),
    ];
    let service = [f.service_date.map(|d| d.to_string()), f.code.clone().map(|c| format!("code {c}")), f.description.clone()];
    let service: Vec<String> = service.into_iter().flatten().collect();
    FindingView {
        flag_id: f.flag_id.clone(),
        rule: f.rule,
        headline: rule.map_or_else(|| f.rule.to_owned(), words::headline),
        severity: f.severity.as_str(),
        severity_words: words::severity(f.severity),
        service: (!service.is_empty()).then(|| service.join(", ")),
        figures: figures.into_iter().filter_map(|(what, m)| Some((what, usd(m?)))).collect(),
        benchmark: f.benchmark_source.clone(),
        explanation: f.explanation.clone(),
        could_be_right: rule.and_then(|r| words::section(r, "Could be right if")),
        next_step: f.next_step.clone(),
        deadline: f.deadline.map(day),
        confidence: (f.confidence < 0.9995).then(|| format!("{:.1} %", f.confidence * 100.0)),
        source: rule.and_then(|r| words::section(r, "Source")),
        places: places.iter().map(|p| place(case, p, pictures)).collect(),
        decision: f.decision.as_ref().map(|d| {
            let who = [d.by.clone(), d.date.map(day).unwrap_or_default()];
            let who: Vec<String> = who.into_iter().filter(|w| !w.is_empty()).collect();
            (words::verdict(d.verdict), who.join(", "), d.note.clone())
        }),
    }
}

fn place(case: &CasePapers, p: &Place, pictures: &Pictures) -> PlaceView {
    let (file, _) = crate::finished::file_of(&p.path);
    let lines: Vec<&ServiceLine> = match &p.shows {
        Shows::Lines(numbers) => numbers.iter().filter_map(|n| case.line(&p.path, *n)).collect(),
        _ => Vec::new(),
    };
    let numbers = match (lines.first(), lines.last()) {
        (Some(one), Some(last)) if one.line_no == last.line_no => format!(", line {}", one.line_no),
        (Some(first), Some(last)) => format!(", lines {} to {}", first.line_no, last.line_no),
        _ => String::new(),
    };
    let caption = format!("{}, page {}{numbers}", short(case, file), p.page);
    let read = match &p.shows {
        Shows::Lines(_) if lines.len() == 1 => lines.first().map(|l| of_line(l)).unwrap_or_default(),
        Shows::Lines(_) => lines.iter().map(|l| (format!("Line {}", l.line_no), in_words(l))).collect(),
        Shows::Figures(figures) => figures.iter().map(|(f, m)| (words::field(*f).to_owned(), usd(*m))).collect(),
        Shows::Sentence(text) => vec![("It says".to_owned(), text.clone())],
        Shows::Page => Vec::new(),
    };
    let marked = match &p.shows {
        Shows::Page => "the page".to_owned(),
        _ => read.iter().map(|(what, value)| format!("{what}: {value}")).collect::<Vec<_>>().join("; "),
    };
    let picture = pictures.get(&p.picture);
    let page = pictures.get(&file_names::page_picture(file, p.page)).and_then(|x| x.as_ref().ok()).map(|x| x.file.clone());
    PlaceView {
        alt: format!("{caption}. Marked: {marked}"),
        caption,
        read,
        picture: picture.and_then(|x| x.as_ref().ok()).cloned(),
        missing: match picture {
            Some(Ok(_)) => None,
            Some(Err(why)) => Some(why.clone()),
            None => Some("no picture was made of this page".to_owned()),
        },
        page,
    }
}

/// A line as label and value.
fn of_line(l: &ServiceLine) -> Vec<(String, String)> {
    let code = l.code.as_ref().map(|c| [std::slice::from_ref(c), &l.modifiers[..]].concat().join("-"));
    let words = [
        ("Kind of line", words::line_kind(l.line_kind).map(str::to_owned)),
        ("Date", l.service_date.map(|d| d.to_string())),
        ("Until", l.service_date_to.filter(|d| Some(*d) != l.service_date).map(|d| d.to_string())),
        ("Revenue code", l.revenue_code.clone()),
        ("Code", code),
        ("Service", l.description.clone()),
        ("Units", l.units.map(|u| number(Some(u)))),
    ];
    let amounts = amounts(l).map(|(what, m)| (what, m.map(usd)));
    words.into_iter().chain(amounts).filter_map(|(what, value)| Some((what.to_owned(), value?))).collect()
}

fn amounts(l: &ServiceLine) -> impl Iterator<Item = (&'static str, Option<Money>)> {
    [
        ("Charge", l.charge),
        ("Allowed amount", l.allowed),
        ("Plan discount", l.plan_discount),
        ("Not covered", l.not_covered),
        ("Deductible", l.deductible),
        ("Copay", l.copay),
        ("Coinsurance", l.coinsurance),
        ("Plan paid", l.plan_paid),
        ("Other insurance paid", l.other_paid),
        ("Patient paid", l.patient_paid),
        ("Patient's share", l.patient_share()),
    ]
    .into_iter()
}

/// A line among others, in short.
fn in_words(l: &ServiceLine) -> String {
    let date = l.service_date.map(|d| d.to_string());
    let share = l.patient_share().map(|m| format!("patient's share {}", usd(m)));
    let charge = l.charge.map(|m| format!("charge {}", usd(m)));
    let parts = [date, l.code.clone(), l.description.clone(), charge, share];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn paper(case: &CasePapers, d: &Document, pictures: &Pictures) -> Paper {
    let (file, first) = crate::finished::file_of(&d.path);
    let pages = first..first.saturating_add(d.pages);
    let page = |n: u32| Some((n, pictures.get(&file_names::page_picture(file, n))?.as_ref().ok()?.file.clone()));
    let origin = d.text_source.map(|o| format!(" ({})", words::origin(o))).unwrap_or_default();
    Paper {
        name: short(case, &d.path).to_owned(),
        kind: words::kind(d.kind),
        from: if d.is_eob() { d.payer.clone() } else { d.provider.first().cloned() }.unwrap_or_default(),
        date: d.statement_date.map(day),
        pages: d.pages,
        status: format!("{}{origin}", words::status(d.status)),
        message: d.message.clone(),
        pictures: pages.filter_map(page).collect(),
    }
}

fn unread(case: &CasePapers) -> Vec<(String, String, String)> {
    let rows = case.documents.iter().filter(|d| d.status != Status::Duplicate);
    rows.flat_map(|d| {
        let place = move |page: u32| format!("{}, page {page}", short(case, &d.path));
        d.unparsed.iter().map(move |u| (place(u.page), u.text.clone(), u.reason.clone()))
    })
    .collect()
}
