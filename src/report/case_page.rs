//! What the page of a case shows.

use std::collections::BTreeMap;

use serde::Serialize;

use super::file_names;
use super::place::Place;
use super::timeline::{Event, events};
use super::words::{self, day, usd};
use crate::finished::CasePapers;
use crate::ledger::{Account, RoadStep};
use crate::record::{Document, Money, Status};
use crate::rules::{self, Severity};

mod finding;

use finding::finding;
pub use finding::{FindingView, PlaceView};

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
