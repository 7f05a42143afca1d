//! Facts that stand in sentences: `Claim 8023 has been processed. Care for Jane Roe by Lakeside Clinic, a participating
//! provider`, `This bill of October 20, 2024 is for services to Jane Roe`.
//!
//! A sentence is read by the nouns of the fields and the little words around their values. What is taken must look like
//! a value of its field, and is believed less than one beside a label.

use jiff::civil::Date;

use super::labels;
use super::pairs::Found;
use super::prose::{Sentence, sentences};
use super::segments::{Paper, text_of};
use super::spoken;
use super::values;
use super::wording::{self, is_organisation, is_person, organisation_words, payer_words};
use crate::page_text::BBox;
use crate::statement::{Cell, DocKind, Field, Value};

/// Little words between a noun and its value.
const LINKS: &[&str] =
    &["is", "was", "number", "no", "of", "for", "you", "your", "with", "us", "on", "dated", "as", "to", "the", "there"];

/// Words that make a sentence one about the care that the paper is for.
const CONTEXT: &[&str] = &[
    "claim",
    "claims",
    "service",
    "services",
    "care",
    "bill",
    "summary",
    "statement",
    "treatment",
    "visit",
    "charges",
    "benefits",
    "provider",
    "explanation",
    "account",
    "notice",
];

/// Papers, as sentences name the one they stand on.
pub(super) const PAPERS: &[&str] =
    &["bill", "statement", "summary", "notice", "letter", "explanation", "invoice", "estimate", "document", "form", "report"];

/// Adds what the sentences of the document say.
pub(crate) fn find(paper: &Paper, kind: DocKind, anchor: Option<Date>, out: &mut Vec<Found>) {
    for sentence in sentences(paper) {
        let from = out.len();
        Reader { sentence: &sentence, kind, anchor }.read(out);
        out[from..].iter_mut().for_each(|f| without_stop(paper, f));
    }
}

/// `by Lakeside Labs Inc. This provider`: the stop may be the sentence's, and is where the name stands elsewhere without it.
fn without_stop(paper: &Paper, found: &mut Found) {
    let Value::Text(name) = &mut found.cell.value else { return };
    if let Some(bare) = name.strip_suffix('.').filter(|_| matches!(found.field, Field::Provider | Field::Payer))
        && paper.pieces.iter().any(|p| p.text().ends_with(bare))
    {
        *name = bare.to_owned();
    }
}

pub(super) struct Reader<'a> {
    pub(super) sentence: &'a Sentence,
    pub(super) kind: DocKind,
    pub(super) anchor: Option<Date>,
}

impl Reader<'_> {
    fn read(&self, out: &mut Vec<Found>) {
        let claim = self.numbers(out);
        self.date(out);
        self.people(out);
        let provider = self.providers(out);
        self.payer(out);
        // Only of the claim itself, not of claims or providers at large.
        self.network(claim || provider, out);
        if claim {
            self.status(out);
        } else if let Some((at, s)) = spoken::of_it(&self.sentence.words).filter(|_| self.kind == DocKind::Eob) {
            self.push(Field::ClaimStatus, 2, self.cell(s, at, at + 1), at, out);
        }
        self.sums(out);
        self.stays(out);
    }

    pub(super) fn word(&self, at: usize) -> &str {
        self.sentence.words.get(at).map_or("", String::as_str)
    }

    pub(super) fn has(&self, any: &[&str]) -> bool {
        self.sentence.words.iter().any(|w| any.contains(&w.as_str()))
    }

    pub(super) fn push(&self, field: Field, weight: u8, cell: Cell, token: usize, out: &mut Vec<Found>) {
        let (piece, row) = self.sentence.from[token.min(self.sentence.from.len() - 1)];
        // The label beside a value has been read already.
        if !out.iter().any(|f| f.field == field && f.row == row && f.cell.value == cell.value) {
            out.push(Found { field, weight, cell, row, piece, coupon: false, dated: false });
        }
    }

    /// `claim 7796-00`, `the provider's account for you is H81678`, `give reference number 440752`. Whether the sentence names a claim.
    fn numbers(&self, out: &mut Vec<Found>) -> bool {
        let mut claim = false;
        let tokens = &self.sentence.piece.tokens;
        let mut at = 0;
        while at < tokens.len() {
            let Some(head) = self.noun(at) else {
                at += 1;
                continue;
            };
            let mut value = head.1;
            while value < tokens.len() && value - head.1 < 5 && LINKS.contains(&self.word(value)) {
                value += 1;
            }
            at = head.1.max(at + 1);
            let strict = |t: &str| {
                let t = t.trim_matches(|c: char| !c.is_ascii_alphanumeric());
                t.len() >= 5 && t.bytes().filter(u8::is_ascii_digit).count() >= 4
            };
            if !tokens.get(value).is_some_and(|t| strict(&t.text)) {
                continue;
            }
            // Five digits may be a ZIP code, and a number to be called is none of these.
            if let Some(r) = values::read(head.0, &tokens[value..=value], self.sentence.piece.page, false, self.anchor) {
                claim |= head.0 == Field::ClaimNo;
                self.push(head.0, 2, r.cell, value, out);
                at = value + 1;
            }
        }
        claim
    }

    /// The field of a number that is named at this word, and where its name ends.
    fn noun(&self, at: usize) -> Option<(Field, usize)> {
        let numbered = |f: Field| matches!(f, Field::AccountNo | Field::ClaimNo | Field::MemberId);
        if let Some(h) = labels::head_at(&self.sentence.piece, at, self.kind).filter(|h| h.start == at) {
            if numbered(h.meaning.field) {
                return Some((h.meaning.field, h.end));
            }
            // `Our reference number` is the sender's own.
            if h.meaning.field == Field::Ignored {
                return None;
            }
        }
        match self.word(at) {
            "member" | "subscriber" => Some((Field::MemberId, at + 1)),
            _ => None,
        }
    }

    /// `This bill of April 24, 2024`, `We made this summary on April 15, 2024`, `prepared on 4/15/24`, `Statement as of 4/15/24`.
    fn date(&self, out: &mut Vec<Found>) {
        let tokens = &self.sentence.piece.tokens;
        // `This letter of May 8, 2024 tells what is left for the care received`: what follows the day is of something else
        let opens = self.word(0) == "this" && PAPERS.contains(&self.word(1)) && self.word(2) == "of";
        if !opens && self.has(&["last", "previous", "prior", "next", "payment", "check", "received", "appeal"]) {
            return;
        }
        for at in 1..tokens.len() {
            let own = PAPERS.contains(&self.word(at - 1))
                && (at.saturating_sub(4)..at - 1).any(|i| matches!(self.word(i), "this" | "our" | "the" | "your"));
            let made = matches!(
                self.word(at - 1),
                "printed" | "prepared" | "issued" | "mailed" | "written" | "generated" | "created" | "dated"
            );
            let mut value = at;
            while value < tokens.len() && value - at < 2 && matches!(self.word(value), "of" | "on" | "dated" | "as") {
                value += 1;
            }
            let as_of = value == at + 2 && self.word(at) == "as" && self.word(at + 1) == "of" && PAPERS.contains(&self.word(0));
            if !(own && value > at || made || as_of) {
                continue;
            }
            if let Some(r) = values::read(Field::StatementDate, &tokens[value..], self.sentence.piece.page, false, self.anchor) {
                self.push(Field::StatementDate, 3, r.cell, value, out);
                return;
            }
        }
    }

    /// Capitalised words from `at` on, no further than a comma or full stop.
    pub(super) fn name(&self, at: usize) -> usize {
        let tokens = &self.sentence.piece.tokens;
        let mut end = at;
        while let Some(t) = tokens.get(end) {
            let bare = t.text.trim_matches(|c: char| !c.is_alphanumeric());
            let capital = bare.starts_with(char::is_uppercase) && !t.text.starts_with('(');
            // `Hospital of Texas`, `Smith & Jones`.
            let inner = end > at
                && (matches!(bare, "of" | "and" | "the" | "for" | "de" | "la") || t.text == "&")
                && tokens.get(end + 1).is_some_and(|n| n.text.starts_with(char::is_uppercase))
                && !t.text.ends_with([',', '.']);
            // `Fire District 4`
            let figure = end > at && bare.len() <= 2 && !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_digit());
            if !capital && !inner && !figure || bare == "-" {
                break;
            }
            end += 1;
            let initial = bare.chars().count() == 1;
            // `Oak Valley Medicine, P.A., which`
            let legal = t.text.ends_with(',')
                && tokens.get(end).is_some_and(|n| {
                    let n = n.text.to_lowercase().replace(['.', ','], "");
                    matches!(n.as_str(), "pa" | "pc" | "llc" | "pllc" | "inc" | "llp" | "md" | "do")
                });
            if legal {
                end += 1;
                break;
            }
            if t.text.ends_with([',', ';', ':', ')']) || t.text.ends_with('.') && !initial {
                break;
            }
        }
        end
    }

    pub(super) fn text(&self, from: usize, to: usize) -> String {
        let text = text_of(&self.sentence.piece.tokens[from..to]);
        let text = text.trim_end_matches([',', ';', ':', ')', ' ']);
        // The full stop of `P.A.` and `Inc.` belongs to the name.
        let kept = ["P.A.", "P.C.", "Inc.", "M.D.", "D.O.", "L.L.C."].iter().any(|e| text.ends_with(e));
        if kept { text.to_owned() } else { text.trim_end_matches(['.', ' ']).to_owned() }
    }

    /// `for Wayne Roe`, `services to Wayne Roe`.
    fn people(&self, out: &mut Vec<Found>) {
        if !self.has(CONTEXT) {
            return;
        }
        for at in 1..self.sentence.words.len() {
            if !matches!(self.word(at - 1), "for" | "to") {
                continue;
            }
            let mut end = self.name(at);
            // `for Jane Roe by Lakeside`: an inner `for` may join two names.
            if let Some(k) = (at..end).find(|k| matches!(self.word(*k), "for" | "and" | "of")) {
                end = k;
            }
            if end < at + 2 || end > at + 5 {
                continue;
            }
            let text = self.text(at, end);
            let place = self
                .sentence
                .piece
                .tokens
                .get(end)
                .is_some_and(|t| t.text.bytes().any(|b| b.is_ascii_digit()) && t.text.len() == 5);
            if is_person(&text) && organisation_words(&text) == 0 && !place {
                self.push(Field::Patient, 2, self.cell(&text, at, end), at, out);
                return;
            }
        }
    }

    /// `by Lakeside Clinic`, `came from Lakeside Clinic for Wayne Roe`. Whether one is named.
    fn providers(&self, out: &mut Vec<Found>) -> bool {
        // `Jane Roe was seen by Lakeside Clinic`
        const SEEN: [&str; 5] = ["seen", "treated", "examined", "cared", "admitted"];
        if self.kind != DocKind::Eob || !self.has(CONTEXT) && !self.has(&SEEN) {
            return false;
        }
        for at in 1..self.sentence.words.len() {
            if !matches!(self.word(at - 1), "by" | "from" | "at") {
                continue;
            }
            let mut end = self.name(at);
            if let Some(k) = (at..end).rev().find(|k| self.word(*k) == "for" && is_person(&self.text(*k + 1, end))) {
                end = k;
            }
            if end < at + 2 {
                continue;
            }
            let text = self.text(at, end);
            if is_organisation(&text) && organisation_words(&text) > 0 && payer_words(&text) == 0 {
                self.push(Field::Provider, 2, self.cell(&text, at, end), at, out);
                return true;
            }
        }
        false
    }

    /// `a participating (in network) provider`, `This provider is not in our network`.
    fn network(&self, named: bool, out: &mut Vec<Found>) {
        let all = self.sentence.words.join(" ").replace('-', " ");
        let speaks = all.contains("network") || all.contains("participating");
        let of_it = named
            || ["this provider ", "the provider is ", "your provider is ", "this doctor "].iter().any(|s| all.starts_with(s));
        // `If you see a provider outside our network` and `has agreed to write off` are said of providers at large.
        if self.kind != DocKind::Eob || !speaks || !of_it || self.has(&["if", "agreed", "may", "when", "amount", "rate"]) {
            return;
        }
        let out_of = [
            "out of network",
            "out of our network",
            "outside",
            "nonparticipating",
            "non participating",
            "not in",
            "not participating",
            "not part of",
            "does not belong",
            "not belong",
        ]
        .iter()
        .any(|s| all.contains(s));
        let value = if out_of { "out" } else { "in" };
        let at = self.sentence.words.iter().position(|w| w.contains("network") || w.contains("participating")).unwrap_or(0);
        self.push(Field::Network, 2, self.cell(value, at, at + 1), at, out);
    }

    /// `Claim 8023 has been processed`.
    fn status(&self, out: &mut Vec<Found>) {
        for at in 1..self.sentence.words.len() {
            // `how we settled claim 8023`
            if self.word(at - 1) == "we"
                && (at + 1..at + 4).any(|i| self.word(i) == "claim")
                && let Some(s) = wording::status(self.word(at))
            {
                self.push(Field::ClaimStatus, 2, self.cell(s, at, at + 1), at, out);
                return;
            }
            let auxiliary = matches!(self.word(at - 1), "been" | "was" | "is" | "be");
            if auxiliary
                && self.word(at) != "in"
                && let Some(s) = wording::status(self.word(at))
            {
                self.push(Field::ClaimStatus, 2, self.cell(s, at, at + 1), at, out);
                return;
            }
            if auxiliary && self.word(at) == "in" && self.word(at + 1) == "process" {
                self.push(Field::ClaimStatus, 2, self.cell("pending", at, at + 2), at, out);
                return;
            }
        }
    }

    /// A cell of these words, read as `value`.
    pub(super) fn cell(&self, value: &str, from: usize, to: usize) -> Cell {
        let tokens = &self.sentence.piece.tokens[from..to];
        let bbox = BBox::around(tokens.iter().map(|t| t.bbox)).unwrap_or(self.sentence.piece.bbox);
        let confidence = tokens.iter().map(|t| t.confidence).fold(1.0, f32::min);
        Cell { value: Value::Text(value.to_owned()), raw: text_of(tokens), page: self.sentence.piece.page, bbox, confidence }
    }
}
