//! What the page of a case shows of one finding, and of the places on the papers where it stands.

use serde::Serialize;

use super::super::file_names;
use super::super::place::{Place, Shows};
use super::super::words::{self, day, usd};
use super::{Drawn, Pictures, short};
use crate::export::cells::number;
use crate::finished::CasePapers;
use crate::record::{Money, ServiceLine};
use crate::rules::{self, Finding};

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

pub(super) fn finding(case: &CasePapers, f: &Finding, places: &[Place], pictures: &Pictures) -> FindingView {
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
