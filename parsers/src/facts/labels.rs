//! The vocabulary of header labels (`labels.toml`) and how it is found in printed words.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::composed;
use super::folding::{Folded, SMALL, fold_with};
use super::joined_labels;
use super::segments::{Piece, Token};
use crate::grammar::money;
use crate::statement::{DocKind, Field};

/// What a label stands for on one kind of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) field: Field,
    /// 3 says exactly this, 1 only if nothing better is there.
    pub(crate) weight: u8,
    on: On,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum On {
    #[default]
    Any,
    Bill,
    Eob,
    NotEob,
    Letter,
    EobOrLetter,
}

impl On {
    fn holds(self, kind: DocKind) -> bool {
        let eob = kind == DocKind::Eob;
        let bill = matches!(kind, DocKind::ItemizedBill | DocKind::SummaryBill);
        match self {
            Self::Any => true,
            Self::Bill => bill,
            Self::Eob => eob,
            Self::NotEob => !eob,
            Self::Letter => !eob && !bill,
            Self::EobOrLetter => !bill,
        }
    }
}

/// One table of labels with one meaning.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    field: Field,
    #[serde(default)]
    on_eob: Option<Field>,
    #[serde(default)]
    on: On,
    weight: u8,
    words: Vec<String>,
}

#[derive(Default, Deserialize)]
struct File {
    label: Vec<Entry>,
    abbreviations: HashMap<String, String>,
}

/// Known labels.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    meanings: HashMap<String, Vec<Meaning>>,
    /// Labels by number of words, for comparison with recognised words.
    by_length: HashMap<usize, Vec<Vec<String>>>,
    /// Labels without their spaces, which recognition loses or puts elsewhere: `Claimfor`, `Clai mno.`.
    unspaced: HashMap<String, String>,
    pub(super) abbreviations: HashMap<String, String>,
    longest: usize,
}

static BUILTIN: LazyLock<Arc<Labels>> = LazyLock::new(|| {
    // A unit test reads the same text, so a broken file never ships.
    let file = toml::from_str::<File>(include_str!("labels.toml")).unwrap_or_default();
    let mut labels = Labels {
        meanings: HashMap::new(),
        by_length: HashMap::new(),
        unspaced: HashMap::new(),
        abbreviations: HashMap::new(),
        longest: 0,
    };
    labels.add(file.label, file.abbreviations);
    Arc::new(labels)
});

impl Labels {
    /// The labels that billproof knows by itself.
    pub(crate) fn builtin() -> Arc<Self> {
        Arc::clone(&BUILTIN)
    }

    /// Adds labels; what one of them says goes before what the same words said so far.
    pub(crate) fn add(&mut self, entries: Vec<Entry>, abbreviations: HashMap<String, String>) {
        self.abbreviations.extend(abbreviations);
        let mut new: HashMap<String, Vec<Meaning>> = HashMap::new();
        for entry in entries {
            for words in &entry.words {
                let key: Vec<String> = words.split_whitespace().flat_map(|w| fold_with(w, &self.abbreviations)).collect();
                if key.is_empty() {
                    continue;
                }
                self.know_unspaced(words, &key);
                let known = self.by_length.entry(key.len()).or_default();
                if !self.meanings.contains_key(&key.join(" ")) && !new.contains_key(&key.join(" ")) {
                    known.push(key.clone());
                }
                let all = new.entry(key.join(" ")).or_default();
                for m in entry.meanings() {
                    if !all.contains(&m) {
                        all.push(m);
                    }
                }
            }
        }
        self.meanings.extend(new);
        self.longest = self.by_length.keys().copied().max().unwrap_or(0);
    }

    /// What these folded words say on one kind of paper.
    pub(super) fn meaning(&self, words: &[Folded], kind: DocKind) -> Option<Meaning> {
        let key = words.iter().map(|f| f.word.as_str()).collect::<Vec<_>>().join(" ");
        self.meanings.get(&key).and_then(|all| on(all, kind))
    }

    /// Whether these words are, as a whole, the listed label of a fact of the paper: `Account Number`, `Date Billed`.
    pub(crate) fn names_fact(&self, text: &str) -> bool {
        let words: Vec<String> = text.split_whitespace().flat_map(|w| fold_with(w, &self.abbreviations)).collect();
        let of_paper =
            |m: &Meaning| matches!(m.field, Field::AccountNo | Field::ClaimNo | Field::MemberId | Field::StatementDate);
        self.meanings.get(&words.join(" ")).is_some_and(|all| all.iter().any(of_paper))
    }

    /// A heading with its abbreviations written out: `INELIG AMT` is the ineligible amount.
    pub(crate) fn written_out(&self, text: &str) -> String {
        let word = |w: &str| self.abbreviations.get(&w.to_lowercase()).cloned().unwrap_or_else(|| w.to_owned());
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(word).collect::<Vec<_>>().join(" ")
    }

    /// Recognition loses the blanks between words; short labels without them would be found in other words.
    fn know_unspaced(&mut self, words: &str, key: &[String]) {
        let written = words.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
        if written.len() >= 7 {
            self.unspaced.entry(written).or_insert_with(|| key.join(" "));
            self.unspaced.entry(key.concat()).or_insert_with(|| key.join(" "));
        }
    }
}

impl Entry {
    /// Labels that say exactly what the field is, and are believed before any of the builtin ones.
    pub(crate) fn exact(field: Field, words: Vec<String>) -> Self {
        Self { field, on_eob: None, on: On::Any, weight: 4, words }
    }

    /// What it says of each kind of paper.
    fn meanings(&self) -> Vec<Meaning> {
        let on = |field, on| Meaning { field, weight: self.weight, on };
        match self.on_eob {
            Some(field) => {
                vec![on(field, On::Eob), on(self.field, if self.on == On::EobOrLetter { On::Letter } else { On::NotEob })]
            }
            None => vec![on(self.field, self.on)],
        }
    }
}

/// A label found in a piece: its tokens, and what it means on this kind of paper.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    /// First token of the label.
    pub(crate) start: usize,
    /// One past its last token.
    pub(crate) end: usize,
    pub(crate) meaning: Meaning,
    /// Whether a colon (or number sign) ends it.
    pub(crate) colon: bool,
    /// Whether a number sign does.
    pub(crate) sharp: bool,
}

/// What a label says on one kind of paper; what is said of that kind goes before what is said of all.
fn on(all: &[Meaning], kind: DocKind) -> Option<Meaning> {
    all.iter().filter(|m| m.on.holds(kind)).min_by_key(|m| m.on == On::Any).copied()
}

/// Words of the longest label that is understood from its words.
const LONGEST_COMPOSED: usize = 9;

/// The longest label that begins with token `at`.
pub(crate) fn head_at(piece: &Piece, at: usize, kind: DocKind) -> Option<Head> {
    let v = &*piece.labels;
    // The numbers of UB-04 form locators stand before their captions.
    let at = if at == 0 && piece.tokens.len() > 1 && is_numbered(piece) { 1 } else { at };
    let first = piece.folded.iter().position(|f| f.token >= at)?;
    if piece.folded[first].token > at + 1 {
        return None;
    }
    let available = &piece.folded[first..];
    for n in (1..=v.longest.max(LONGEST_COMPOSED).min(available.len())).rev() {
        let last = available[n - 1].token;
        // A label ends with a token, not inside one.
        if available.get(n).is_some_and(|f| f.token == last) {
            continue;
        }
        let key = available[..n].iter().map(|f| f.word.as_str()).collect::<Vec<_>>().join(" ");
        // `Our reference` is not what `reference` is, but `your date of service` is a date of service.
        let whose = |w: &&Folded| !matches!(w.word.as_str(), "your" | "our" | "their");
        let bare = || available[..n].iter().filter(whose).map(|f| f.word.as_str()).collect::<Vec<_>>().join(" ");
        let found = v
            .meanings
            .get(&key)
            .or_else(|| v.meanings.get(&bare()))
            .or_else(|| if piece.ocr { near(&available[..n], v).or_else(|| unspaced(&available[..n], piece)) } else { None });
        let meaning = found.and_then(|all| on(all, kind)).or_else(|| joined_labels::meaning(&available[..n], piece, kind));
        let composed = || {
            // A label may name a day (`Balance on 05/06/2024:`), but must not take the value for a part of itself.
            let figures = |t: &Token| t.text.bytes().any(|b| b.is_ascii_digit());
            let own = &piece.tokens[available[0].token..=last];
            let valued = own.last().is_some_and(|t| figures(t) && !t.text.ends_with(':'))
                || own.iter().any(|t| money::money(t.text.trim_end_matches(':')).is_some());
            if valued {
                return None;
            }
            let words: Vec<&str> = available[..n].iter().map(|f| f.word.as_str()).collect();
            let (field, weight) = composed::meaning(&words, kind)?;
            Some(Meaning { field, weight, on: On::Any })
        };
        let Some(meaning) = meaning.or_else(composed) else { continue };
        // A colon inside the label ends it there, but that of `Less: Paid by Ins.` stands for a minus.
        let minus = |t: usize| t == at && piece.tokens[t].text.eq_ignore_ascii_case("less:");
        if (at..last).any(|t| piece.tokens[t].text.ends_with(':') && !minus(t)) {
            continue;
        }
        let mut end = last + 1;
        // `As of`, `Charges for this`: small words at the end belong to it.
        let small = |t: &Token| SMALL.contains(&t.text.trim_end_matches(':').to_lowercase().as_str());
        let mut last = last;
        while !piece.tokens[last].text.ends_with(':') && piece.tokens.get(end).is_some_and(small) {
            last = end;
            end += 1;
        }
        // the upper point of a colon is easily lost on a scan: `Health care professional, Lakeside Hospital`
        let half = piece.ocr && at == 0 && last > at && end < piece.tokens.len() && piece.tokens[last].text.ends_with([',', ';']);
        // `CLM#.`: of leaders there is only the first point
        let said = piece.tokens[last].text.trim_end_matches('.');
        let mut colon = piece.tokens[last].text.ends_with(':') || said.ends_with('#') || half;
        let sharp = piece.tokens[last].text.ends_with('#');
        while piece.tokens.get(end).is_some_and(|t| matches!(t.text.as_str(), ":" | "#" | "-" | "#:" | "=" | "–")) {
            colon = true;
            end += 1;
        }
        // `** PAY THIS AMOUNT **`
        while end < piece.tokens.len() && piece.tokens[end].text.chars().all(|c| matches!(c, '*' | '>' | '<' | '~')) {
            end += 1;
        }
        // A remark in brackets belongs to the label: `Statement covers (from - to):`.
        if !colon && piece.tokens.get(end).is_some_and(|t| t.text.starts_with('(')) {
            let close = piece.tokens[end..].iter().position(|t| t.text.ends_with("):"));
            if let Some(k) = close {
                end += k + 1;
                colon = true;
            } else if is_hint(&piece.tokens[end..]) {
                end = piece.tokens.len();
            }
        }
        return Some(Head { start: at, end, meaning, colon, sharp });
    }
    None
}

/// `(Last, First)`, `(if any)`: how a form's box is to be filled in, not what stands in it.
fn is_hint(tokens: &[Token]) -> bool {
    const WORDS: [&str; 20] = [
        "last", "first", "middle", "initial", "name", "mi", "from", "to", "through", "if", "any", "and", "or", "see", "back",
        "number", "street", "mm", "dd", "yyyy",
    ];
    let word = |w: &str| w.is_empty() || WORDS.contains(&w.to_lowercase().as_str());
    tokens.last().is_some_and(|t| t.text.ends_with(')'))
        && tokens.iter().all(|t| t.text.split(|c: char| !c.is_alphabetic()).all(word))
}

/// Whether a piece begins with the number of a form locator, or with what a recogniser makes of one.
pub(crate) fn is_numbered(piece: &Piece) -> bool {
    let first = &piece.tokens[0].text;
    is_locator(first) || piece.ocr && is_blurred_locator(first)
}

/// `42`, `3a`, `50.`: the number in front of a form locator's caption.
fn is_locator(text: &str) -> bool {
    let t = text.trim_end_matches(['.', ')']);
    let digits = t.trim_end_matches(|c: char| c.is_ascii_lowercase());
    (1..=2).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && t.len() - digits.len() <= 1
}

/// What a recogniser makes of a locator of one small figure: `& PATIENT NAME`.
fn is_blurred_locator(text: &str) -> bool {
    matches!(text, "&" | "$" | "§" | "%" | "B" | "?" | "!" | "l" | "I" | "|")
}

/// A label that differs from the words by what a recogniser mixes up.
fn near<'a>(words: &[Folded], v: &'a Labels) -> Option<&'a Vec<Meaning>> {
    let letters: usize = words.iter().map(|w| w.word.len()).sum();
    if letters < 6 {
        return None;
    }
    let close = |a: &str, b: &str| {
        let allowed = match b.len() {
            // A short word may be off by one letter only in a label long enough to be known by the rest.
            0..=2 => 0,
            3 => usize::from(letters >= 10),
            4..=7 => 1,
            _ => 2,
        };
        a == b || (a.len().abs_diff(b.len()) <= allowed && allowed > 0 && strsim::osa_distance(a, b) <= allowed)
    };
    v.by_length
        .get(&words.len())?
        .iter()
        .find(|label| label.iter().zip(words).all(|(l, w)| close(&w.word, l)))
        .and_then(|label| v.meanings.get(&label.join(" ")))
}

/// A label whose words were run together or parted elsewhere, or a word of which was parted: `PAT IENT:`.
fn unspaced<'a>(words: &[Folded], piece: &'a Piece) -> Option<&'a Vec<Meaning>> {
    let v = &*piece.labels;
    let joined: String = words.iter().map(|w| w.word.as_str()).collect();
    let written = || {
        let (first, last) = (words.first()?.token, words.last()?.token);
        let text: String = piece.tokens[first..=last].iter().map(|t| t.text.to_lowercase()).collect();
        v.unspaced.get(&text.replace(|c: char| !c.is_alphanumeric(), ""))
    };
    v.unspaced.get(&joined).or_else(written).and_then(|label| v.meanings.get(label))
}

/// All labels of a piece that stand at its start or are followed by a colon.
pub(crate) fn heads(piece: &Piece, kind: DocKind) -> Vec<Head> {
    let mut out: Vec<Head> = Vec::new();
    let mut at = 0;
    while at < piece.tokens.len() {
        // `Lakeside Hospital - In network`: the dash behind a word of a name makes it no label
        let dashed = |h: &Head| matches!(piece.tokens[h.end - 1].text.as_str(), "-" | "–");
        let named = |h: &Head| matches!(h.meaning.field, Field::Provider | Field::Payer | Field::Patient);
        let found = head_at(piece, at, kind)
            .filter(|h| at == 0 || h.colon || (h.meaning.field == Field::ProviderNpi && h.end < piece.tokens.len()))
            .filter(|h| at == 0 || !(dashed(h) && named(h)));
        match found {
            Some(h) => {
                at = h.end.max(at + 1);
                out.push(h);
            }
            None => at += 1,
        }
    }
    out
}

#[cfg(test)]
mod tests;
