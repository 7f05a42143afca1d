//! What must not be told, and what stands in its place.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;
use sha2::{Digest, Sha256};

use super::LEFT_OUT;
use crate::cases::Case;
use crate::export::run_json::RunReport;
use crate::finished::file_of;
use crate::ledger::Reconciled;
use crate::names::{Likeness, PersonName, number_key};
use crate::record::Document;

/// Shorter parts of a name stand in too many other words, shorter numbers in too many amounts.
const SHORTEST: usize = 3;

/// Letters and digits run together, with at least six digits: a number that somebody gave to somebody. Dates and amounts are
/// no such numbers.
static LONG_NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[A-Za-z]*\d(?:[A-Za-z-]?\d){5,}[A-Za-z]*").expect("a fixed pattern"));
static DATE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(?:\d{4}-\d{2}-\d{2}|\d{1,2}-\d{1,2}-\d{2,4})$").expect("a fixed pattern"));
static CENTS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^\.\d{2}(?:\D|$)").expect("a fixed pattern"));
static MAIL: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+").expect("a fixed pattern"));

/// Stand-ins by what they stand for, numbered in the order in which they are met.
#[derive(Debug, Default)]
struct Numbered(HashMap<String, usize>);

impl Numbered {
    fn add(&mut self, key: String) {
        let next = self.0.len() + 1;
        self.0.entry(key).or_insert(next);
    }

    fn get(&self, key: &str, name: &str) -> String {
        self.0.get(key).map_or_else(|| LEFT_OUT.to_owned(), |n| format!("{name}{n}"))
    }
}

/// Everything that a run knows about people, with its stand-ins; and for texts, what of it the case at hand holds.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    people: HashMap<String, usize>,
    members: Numbered,
    accounts: Numbered,
    claims: Numbered,
    papers: HashMap<String, String>,
    cases: HashMap<String, String>,
    flags: HashMap<String, String>,
    here: Option<Finder>,
}

/// Finds known names and numbers in texts.
#[derive(Debug)]
struct Finder {
    automaton: AhoCorasick,
    stand_ins: Vec<String>,
    /// Whether the pattern is a single word such as a part of a name, which may mean something else as well.
    words: Vec<bool>,
}

impl Secrets {
    /// Collects what a run knows.
    pub(super) fn of(cases: &[Case], reconciled: &[Reconciled], report: &RunReport) -> Self {
        let mut secrets = Self::default();
        let width = cases.len().to_string().len().max(3);
        for (n, case) in cases.iter().enumerate() {
            secrets.cases.insert(case.case_id.clone(), format!("case-{:0width$}", n + 1));
        }
        let documents = || cases.iter().flat_map(|c| &c.documents);
        let read = documents().map(|d| file_of(&d.path).0);
        let stated = report.case_file_errors.iter().map(|p| p.path.as_str());
        let width = report.files.len().to_string().len().max(4);
        for path in read.chain(report.files.iter().map(|f| f.path.as_str())).chain(stated) {
            let next = secrets.papers.len() + 1;
            let kind = path.rsplit_once('.').map_or("", |(_, e)| e).to_lowercase();
            let kind = if kind.len() <= 5 && kind.bytes().all(|b| b.is_ascii_alphanumeric()) { kind } else { String::new() };
            let name = format!("paper-{next:0width$}{}{kind}", if kind.is_empty() { "" } else { "." });
            secrets.papers.entry(path.to_owned()).or_insert(name);
        }
        let mut known: Vec<PersonName> = Vec::new();
        for name in cases.iter().flat_map(people_of) {
            secrets.add_person(name, &mut known);
        }
        for d in documents() {
            numbers(&d.member_id, |n| secrets.members.add(n));
            numbers(account_numbers(d), |n| secrets.accounts.add(n));
            numbers(claim_numbers(d), |n| secrets.claims.add(n));
        }
        for finding in reconciled.iter().flat_map(|r| &r.findings) {
            let line = finding.line_no.map(|n| n.to_string()).unwrap_or_default();
            let told = format!("{}|{}|{}|{line}", secrets.case(&finding.case_id), finding.rule, secrets.paper(&finding.path));
            let hash = Sha256::digest(told.as_bytes()).iter().take(6).fold(String::new(), |mut s, b| {
                let _ = write!(s, "{b:02x}");
                s
            });
            secrets.flags.insert(finding.flag_id.clone(), hash);
        }
        secrets
    }

    /// Numbers a person; one who is called alike has the same number.
    fn add_person(&mut self, name: &str, known: &mut Vec<PersonName>) {
        if self.people.contains_key(name) {
            return;
        }
        let Some(parsed) = PersonName::parse(name) else { return };
        let alike = known.iter().position(|k| k.compare(&parsed) != Likeness::Different);
        let number = alike.unwrap_or_else(|| {
            known.push(parsed);
            known.len() - 1
        });
        self.people.insert(name.to_owned(), number + 1);
    }

    /// What each paper is called now, by its path.
    pub(super) fn into_papers(self) -> HashMap<String, String> {
        self.papers
    }

    /// Texts that come now belong to this case; `None`: to the run as a whole.
    pub(super) fn look_at(&mut self, case: Option<&Case>) {
        let mut patterns: Vec<(String, String, bool)> = Vec::new();
        let mut add = |text: &str, stand_in: String| {
            if text.chars().count() >= SHORTEST {
                patterns.push((text.to_owned(), stand_in, text.chars().all(|c| c.is_alphabetic() || c == '-')));
            }
        };
        let Some(case) = case else {
            self.papers.iter().for_each(|(path, name)| add(path, name.clone()));
            self.cases.iter().for_each(|(id, name)| add(id, name.clone()));
            self.here = Finder::new(patterns);
            return;
        };
        for d in &case.documents {
            let file = file_of(&d.path).0;
            add(file, self.paper(file));
            if let Some((_, name)) = file.rsplit_once('/') {
                add(name, self.paper(file));
            }
            d.member_id.iter().for_each(|n| add(n, self.member(n)));
            account_numbers(d).for_each(|n| add(n, self.account(n)));
            claim_numbers(d).for_each(|n| add(n, self.claim(n)));
        }
        add(&case.case_id, self.case(&case.case_id));
        for name in people_of(case) {
            add(name, self.person(name));
            let parts: BTreeSet<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
            for part in parts {
                add(part, LEFT_OUT.to_owned());
            }
        }
        self.here = Finder::new(patterns);
    }

    pub(super) fn person(&self, name: &str) -> String {
        self.people.get(name).map_or_else(|| LEFT_OUT.to_owned(), |n| format!("Patient {n}"))
    }

    pub(super) fn member(&self, number: &str) -> String {
        self.members.get(&number_key(number), "member-")
    }

    pub(super) fn account(&self, number: &str) -> String {
        self.accounts.get(&number_key(number), "account-")
    }

    pub(super) fn claim(&self, number: &str) -> String {
        self.claims.get(&number_key(number), "claim-")
    }

    pub(super) fn case(&self, id: &str) -> String {
        self.cases.get(id).cloned().unwrap_or_else(|| LEFT_OUT.to_owned())
    }

    pub(super) fn flag(&self, id: &str) -> String {
        self.flags.get(id).cloned().unwrap_or_else(|| LEFT_OUT.to_owned())
    }

    /// The stand-in of a paper, with the pages of a part.
    pub(super) fn paper(&self, path: &str) -> String {
        let (file, _) = file_of(path);
        self.papers.get(file).map_or_else(|| LEFT_OUT.to_owned(), |name| format!("{name}{}", &path[file.len()..]))
    }

    /// The text without the names and numbers of the case at hand; a single word, which may mean something else, stays.
    pub(super) fn known_taken_out(&self, text: &str) -> String {
        self.here.as_ref().map_or_else(|| text.to_owned(), |finder| finder.replace(text, false))
    }

    /// The text without names, parts of names, mail addresses and long numbers, known or not.
    pub(super) fn scrubbed(&self, text: &str) -> String {
        let known = self.here.as_ref().map_or_else(|| text.to_owned(), |finder| finder.replace(text, true));
        let known = MAIL.replace_all(&known, LEFT_OUT);
        let mut out = String::with_capacity(known.len());
        let mut done = 0;
        for number in LONG_NUMBER.find_iter(&known) {
            if DATE.is_match(number.as_str()) || CENTS.is_match(&known[number.end()..]) || self.is_stand_in(number.as_str()) {
                continue;
            }
            out.push_str(&known[done..number.start()]);
            out.push_str(LEFT_OUT);
            done = number.end();
        }
        out.push_str(&known[done..]);
        out
    }

    /// Whether it is one of our own numbers.
    fn is_stand_in(&self, text: &str) -> bool {
        let made = |start: &str, most: usize| {
            text.strip_prefix(start).and_then(|n| n.parse::<usize>().ok()).is_some_and(|n| (1..=most).contains(&n))
        };
        made("case-", self.cases.len())
            || made("paper-", self.papers.len())
            || made("member-", self.members.0.len())
            || made("account-", self.accounts.0.len())
            || made("claim-", self.claims.0.len())
    }
}

impl Finder {
    fn new(mut patterns: Vec<(String, String, bool)>) -> Option<Self> {
        patterns.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.2.cmp(&b.2)).then_with(|| a.cmp(b)));
        patterns.dedup_by(|b, a| a.0.eq_ignore_ascii_case(&b.0));
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns.iter().map(|(text, _, _)| text))
            .ok()?;
        let (stand_ins, words) = patterns.into_iter().map(|(_, stand_in, word)| (stand_in, word)).unzip();
        Some(Self { automaton, stand_ins, words })
    }

    /// Puts the stand-ins in, where what they stand for is a whole word.
    fn replace(&self, text: &str, words_too: bool) -> String {
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for found in self.automaton.find_iter(text) {
            let n = found.pattern().as_usize();
            let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            if inside(text[..found.start()].chars().next_back())
                || inside(text[found.end()..].chars().next())
                || (self.words[n] && !words_too)
            {
                continue;
            }
            out.push_str(&text[done..found.start()]);
            out.push_str(&self.stand_ins[n]);
            done = found.end();
        }
        out.push_str(&text[done..]);
        out
    }
}

pub(super) fn people_of(case: &Case) -> impl Iterator<Item = &str> {
    let printed = case.documents.iter().flat_map(|d| {
        let lines = d.lines.iter().filter_map(|l| l.patient.as_ref());
        d.patient.iter().chain(lines).chain(d.claims.iter().filter_map(|c| c.patient.as_ref()))
    });
    printed.chain(case.file.patient.name.as_ref()).map(String::as_str)
}

pub(super) fn account_numbers(d: &Document) -> impl Iterator<Item = &String> {
    let lines = d.lines.iter().filter_map(|l| l.account_no.as_ref());
    d.account_no.iter().chain(lines).chain(d.claims.iter().filter_map(|c| c.account_no.as_ref()))
}

pub(super) fn claim_numbers(d: &Document) -> impl Iterator<Item = &String> {
    let lines = d.lines.iter().filter_map(|l| l.claim_no.as_ref());
    d.claim_no.iter().chain(lines).chain(d.claims.iter().filter_map(|c| c.claim_no.as_ref()))
}

fn numbers<'n>(printed: impl IntoIterator<Item = &'n String>, mut add: impl FnMut(String)) {
    printed.into_iter().for_each(|n| add(number_key(n)));
}
