//! Every kind of letter in both languages: on a case that states everything, on one that states next to nothing, and on one
//! whose names want to be more than names.

mod fixture;

use std::fs;

use jiff::civil::{Date, date};
use regex::Regex;

use super::blocks::{Block, blanks, plain_text};
use super::{Bargain, Kind, Lang, Letter, Occasion, Templates, docx, draft, occasions, pdf};
use crate::decisions::{Decision, Verdict};
use crate::finished::CasePapers;
use crate::ledger::NextStep;
use crate::record::Money;
use crate::rules::Severity;

const TODAY: Date = date(2025, 6, 2);
const LANGS: [Lang; 2] = [Lang::En, Lang::Es];

fn letters(papers: &CasePapers) -> Vec<(Occasion, Letter)> {
    let templates = Templates::load(None).unwrap();
    let drafted =
        |o: Occasion| LANGS.map(|lang| (o.clone(), draft(papers, &templates, &o, &Bargain::default(), lang, TODAY).unwrap()));
    occasions(papers, TODAY).into_iter().flat_map(drafted).collect()
}

fn text_of(papers: &CasePapers, kind: Kind, lang: Lang) -> String {
    let found = letters(papers).into_iter().find(|(o, l)| o.kind == kind && l.lang == lang);
    plain_text(&found.unwrap().1.blocks)
}

/// Fails on what a letter with a fault in its template, or in the way values come into it, shows.
fn assert_clean(name: &str, text: &str) {
    // The words "none" that templates mean.
    let text = text.replace("none (0 %)", "").replace("none, or the rate", "");
    let faults = Regex::new(concat!(
        r"(?im)\{\{|\}\}|\{%|%\}|\bnone\b|\bundefined\b|\bnull\b|\bNaN\b|[ \t]{2,}|[ \t][,;.:?!](\s|$)|\([ \t]|[ \t]\)|\(\)|,,",
        r"|\.\.|^[,;.]|[\u{E000}-\u{F8FF}]|\\|[ \t]$"
    ));
    if let Some(m) = faults.unwrap().find(&text) {
        let from = text[..m.start()].char_indices().rev().nth(40).map_or(0, |(i, _)| i);
        panic!("{name}: {:?} after …{}", m.as_str(), &text[from..m.end()]);
    }
}

#[test]
fn every_letter_reads_clean_on_a_full_and_on_an_empty_case() {
    for (case, papers) in [("full", fixture::full()), ("sparse", fixture::sparse()), ("empty", fixture::empty())] {
        let all = letters(&papers);
        for kind in Kind::ALL {
            for lang in LANGS {
                assert!(all.iter().any(|(o, l)| o.kind == kind && l.lang == lang), "{case}: no {kind}");
            }
        }
        for (occasion, letter) in &all {
            let name = format!("{case} {} {}", occasion.kind, letter.lang.as_str());
            assert_clean(&name, &plain_text(&letter.blocks));
            assert!(letter.blocks.iter().any(|b| matches!(b, Block::Heading(1, _))), "{name}: no subject");
            let signs = letter.blocks.iter().any(|b| matches!(b, Block::Signature(_)));
            assert_eq!(signs, !occasion.kind.is_sheet(), "{name}");
            let labels = blanks(&letter.blocks);
            assert!(!labels.is_empty() && labels.iter().all(|l| !l.trim().is_empty()), "{name}: {labels:?}");
        }
    }
}

#[test]
fn what_is_missing_is_a_blank_and_what_is_known_is_none() {
    let full = text_of(&fixture::full(), Kind::ErrorDispute, Lang::En);
    for known in
        ["Ana María Ñúñez", "ACC-1001", "Lake Valley Hospital", "Tall Oak Health", "CLM-77", "$2,150.00", "March 3, 2025"]
    {
        assert!(full.contains(known), "{known} in {full}");
    }
    for label in ["[____ your name]", "[____ account number]", "[____ hospital or clinic]"] {
        assert!(!full.contains(label), "{label} in {full}");
    }
    assert!(full.contains("[____ your street address]") && full.contains("[____ your telephone number]"));
    let empty = text_of(&fixture::empty(), Kind::ErrorDispute, Lang::En);
    for label in ["[____ your name]", "[____ account number]", "[____ hospital or clinic]", "[____ date of the statement]"] {
        assert!(empty.contains(label), "{label} in {empty}");
    }
    assert!(!Regex::new(r"\$\d").unwrap().is_match(&empty), "{empty}");
}

#[test]
fn a_case_calls_for_its_letters() {
    let now = |papers: &CasePapers| -> Vec<Kind> {
        let mut kinds: Vec<Kind> = occasions(papers, TODAY).into_iter().filter(|o| o.now).map(|o| o.kind).collect();
        kinds.dedup();
        kinds
    };
    assert_eq!(
        now(&fixture::full()),
        [
            Kind::ItemizedBillRequest,
            Kind::ErrorDispute,
            Kind::ReprocessingRequest,
            Kind::InternalAppeal,
            Kind::NoSurprisesNotice,
            Kind::NoSurprisesComplaint,
            Kind::EstimateDispute,
            Kind::AssistanceApplicationRequest,
            Kind::CollectorValidationRequest,
            Kind::CallScript,
        ]
    );
    assert_eq!(now(&fixture::empty()), []);
    let mut right = fixture::sparse();
    right.judged.findings.clear();
    right.judged.accounts[0].disputed.clear();
    right.judged.summary.next_step = NextStep::Negotiate;
    assert_eq!(now(&right), [Kind::SettlementOffer, Kind::CallScript]);
    right.judged.facts.finance = Some(crate::case_file::Finance { lump_sum: None, monthly: Some(Money::from_cents(7_500)) });
    assert_eq!(now(&right), [Kind::PaymentPlanProposal, Kind::CallScript]);
}

#[test]
fn a_disputed_balance_is_not_offered_on() {
    let papers = fixture::full();
    let offers: Vec<Occasion> = occasions(&papers, TODAY).into_iter().filter(|o| o.kind == Kind::SettlementOffer).collect();
    assert!(offers.iter().all(|o| !o.now));
    assert!(offers.iter().any(|o| o.why.contains("in dispute")), "{offers:?}");
    let text = text_of(&papers, Kind::SettlementOffer, Lang::En);
    assert!(text.contains("I dispute $350.00") && text.contains("[____ amount offered]"), "{text}");
}

#[test]
fn only_what_is_firm_is_held_against_anybody() {
    let mut papers = fixture::full();
    let dispute = |papers: &CasePapers| text_of(papers, Kind::ErrorDispute, Lang::En);
    assert!(dispute(&papers).contains("charged more than once"));
    let duplicate = papers.judged.findings.iter().position(|f| f.rule == "duplicate-charge").unwrap();
    papers.judged.findings[duplicate].severity = Severity::Review;
    assert!(!dispute(&papers).contains("charged more than once"));
    let decided =
        |verdict| Some(Decision { flag_id: String::new(), verdict, note: String::new(), by: String::new(), date: None });
    papers.judged.findings[duplicate].decision = decided(Verdict::Confirmed);
    assert!(dispute(&papers).contains("charged more than once"));
    papers.judged.findings[duplicate].severity = Severity::Error;
    papers.judged.findings[duplicate].decision = decided(Verdict::Dismissed);
    assert!(!dispute(&papers).contains("charged more than once"));
}

#[test]
fn a_fault_is_told_once() {
    let text = text_of(&fixture::full(), Kind::ErrorDispute, Lang::En);
    // The line that is charged twice has no EOB line either; the balance's excess is the missing discount.
    assert!(!text.contains("appears on no explanation"), "{text}");
    assert!(!text.contains("The balance asks for"), "{text}");
    assert!(text.contains("page 2, line 4"), "{text}");
}

#[test]
fn appeals_follow_the_plan_and_the_class() {
    let mut papers = fixture::full();
    let appeal = |papers: &CasePapers, lang| text_of(papers, Kind::InternalAppeal, lang);
    let text = appeal(&papers, Lang::En);
    for part in ["29 CFR 2560.503-1", "letter of medical necessity", "“Not shown to be necessary.”", "November 5, 2025"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(appeal(&papers, Lang::Es).contains("5 de noviembre de 2025"));
    let plan = |papers: &mut CasePapers, kind| {
        papers.judged.facts.plan = Some(crate::case_file::PlanFacts { kind: Some(kind), ..Default::default() });
    };
    plan(&mut papers, crate::case_file::PlanKind::Medicare);
    assert!(appeal(&papers, Lang::En).contains("redetermination") && !appeal(&papers, Lang::En).contains("2560"));
    plan(&mut papers, crate::case_file::PlanKind::MedicareAdvantage);
    assert!(appeal(&papers, Lang::En).contains("reconsideration"));
    plan(&mut papers, crate::case_file::PlanKind::Medicaid);
    assert!(appeal(&papers, Lang::En).contains("state fair hearing"));
    let denial = papers.judged.findings.iter().position(|f| f.rule == "appealable-denial").unwrap();
    for (class, says) in [
        ("missing information", "Missing information."),
        ("coding", "Coding."),
        ("prior authorisation", "Prior authorization."),
        ("network", "Network."),
        ("coordination of benefits", "Other coverage."),
        ("timely filing", "Timely filing."),
        ("not covered", "Not covered."),
        ("eligibility", "Coverage on that day."),
    ] {
        papers.judged.findings[denial].explanation = format!("x. Class of the reason: {class}. An appeal needs y.");
        assert!(appeal(&papers, Lang::En).contains(says), "{class}");
        assert_clean(class, &appeal(&papers, Lang::Es));
    }
    papers.judged.findings[denial].deadline = Some(date(2025, 5, 1));
    assert!(appeal(&papers, Lang::En).contains("for good cause: [____"), "a late appeal asks for leave");
}

/// Rules that `_faults.md` words in a sentence of their own; a later one is told in general words until it is given some.
const WORDED: &[&str] = &[
    "no-eob",
    "code-mismatch",
    "date-mismatch",
    "units-mismatch",
    "charge-mismatch",
    "payment-not-posted",
    "room-charge",
    "date-outside-stay",
    "cancelled-service",
    "not-received",
    "upcoding",
    "unbundling",
    "units-exceed-mue",
    "math-error",
    "denied-billed-to-patient",
];

#[test]
fn every_rule_can_be_told() {
    for rule in crate::rules::RULES {
        let mut papers = fixture::full();
        let f = papers.judged.findings.iter_mut().find(|f| f.rule == "duplicate-charge").unwrap();
        (f.rule, f.evidence_path) = (rule.id, Some("eob.pdf".to_owned()));
        for lang in LANGS {
            assert_clean(rule.id, &text_of(&papers, Kind::ErrorDispute, lang));
        }
        let text = text_of(&papers, Kind::ErrorDispute, Lang::En);
        let general = text.contains("Please review this item");
        assert!(!(general && WORDED.contains(&rule.id)), "{}: {text}", rule.id);
    }
}

#[test]
fn names_stay_names() {
    let mut papers = fixture::full();
    let name = "<b>Zoë | *Ann*\n\n# Lee</b> \u{202E}evil\u{E000} {{ x }} \\ `q` 1. -- 病院 ".to_owned() + &"Long".repeat(300);
    papers.judged.facts.patient.name = Some(name.clone());
    for a in &mut papers.judged.accounts {
        a.provider.clone_from(&name);
    }
    for d in &mut papers.documents {
        d.payer = Some(name.clone());
        for line in &mut d.lines {
            line.description = Some(name.clone());
        }
    }
    for f in &mut papers.judged.findings {
        f.description = Some(name.clone());
    }
    let shown = "<b>Zoë | *Ann* # Lee</b> evil {{ x }} \\ `q` 1. -- 病院 LongLong";
    for (occasion, letter) in letters(&papers) {
        let text = plain_text(&letter.blocks);
        assert!(text.contains(shown), "{}: {text}", occasion.kind);
        assert_eq!(pdf::missing(&letter.blocks), ['病', '院']);
        assert!(pdf::write(&letter).unwrap().starts_with(b"%PDF"));
        docx_rs::read_docx(&docx::write(&letter).unwrap()).unwrap();
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let papers = fixture::full();
    for (_, letter) in letters(&papers).iter().take(6) {
        assert_eq!(pdf::write(letter).unwrap(), pdf::write(letter).unwrap());
        assert_eq!(docx::write(letter).unwrap(), docx::write(letter).unwrap());
    }
}

#[test]
fn a_template_of_ones_own_replaces_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("en")).unwrap();
    let put = |text: &str| fs::write(dir.path().join("en/error-dispute.md"), text).unwrap();
    put("# Ours\r\n\r\n{{ patient | blank(\"who\") }} and {{ account_no }}\r\n");
    let papers = fixture::full();
    let fill = |papers: &CasePapers| -> Result<String, String> {
        let templates = Templates::load(Some(dir.path())).map_err(|e| e.to_string())?;
        let occasion = occasions(papers, TODAY).into_iter().find(|o| o.kind == Kind::ErrorDispute).unwrap();
        let letter = draft(papers, &templates, &occasion, &Bargain::default(), Lang::En, TODAY).map_err(|e| e.to_string())?;
        Ok(plain_text(&letter.blocks))
    };
    assert_eq!(fill(&papers).unwrap(), "Ours\nAna María Ñúñez and ACC-1001");
    // A value that a case may lack needs a blank; a name that there is not is told with its line.
    let error = fill(&fixture::empty()).unwrap_err();
    assert!(error.contains("error-dispute.md, line 3") && error.contains("blank("), "{error}");
    put("# Ours\n\n{{ patient_name }}\n");
    let error = fill(&papers).unwrap_err();
    assert!(error.contains("error-dispute.md, line 3") && error.contains("--manual"), "{error}");
    put("# Ours\n{% if %}\n");
    let error = fill(&papers).unwrap_err();
    assert!(error.contains("error-dispute.md, line 2"), "{error}");
    put("{% for i in range(100000) %}{% for j in range(100000) %}x{% endfor %}{% endfor %}");
    assert!(fill(&papers).unwrap_err().contains("error-dispute.md"));
    put("# Ours\n\n![x](y.png)\n");
    assert!(fill(&papers).unwrap_err().contains("a picture has no place"));
    fs::write(dir.path().join("en/eror-dispute.md"), "x").unwrap();
    assert!(fill(&papers).unwrap_err().contains("eror-dispute.md replaces no template"));
    let empty = tempfile::tempdir().unwrap();
    assert!(Templates::load(Some(empty.path())).unwrap_err().to_string().contains("holds no template"));
}

#[test]
fn a_form_or_a_long_table_keeps_its_rows_whole() {
    let mut papers = fixture::full();
    let first = papers.judged.findings.iter().find(|f| f.rule == "duplicate-charge").unwrap().clone();
    for n in 0..120 {
        let mut f = first.clone();
        (f.flag_id, f.line_no) = (format!("many{n}"), Some(100 + n));
        papers.judged.findings.push(f);
    }
    let letters = letters(&papers);
    let (_, letter) = letters.iter().find(|(o, _)| o.kind == Kind::ErrorDispute).unwrap();
    let bytes = pdf::write(letter).unwrap();
    let text = pdf_extract::extract_text_from_mem(&bytes).unwrap();
    let pages = text.matches("Page ").count();
    assert!(pages > 3 && text.contains(&format!("Page 1 of {pages}")), "{text}");
    // The header row stands on each page that the table reaches.
    assert!(text.matches("In question").count() > 2, "{text}");
}
