//! What a paper says in sentences: that a claim is pending, that a debt was placed or reported, why a service was
//! denied; and the texts behind the note codes of an EOB.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::facts::segments::{Paper, Token, text_of};
use crate::grammar::money;
use crate::page_text::BBox;
use crate::statement::{DocKind, Fact, FactKind, Note};
use crate::text_lines::PageLines;

/// A sentence with its place.
#[derive(Debug, Clone)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    pub(crate) page: u32,
    pub(crate) bbox: BBox,
    /// The same for all sentences of a paragraph.
    pub(crate) paragraph: usize,
}

/// The phrases of `letters.toml`, in lower case.
#[derive(Deserialize, Default)]
struct Said {
    pending: Vec<String>,
    not_pending: Vec<String>,
    extraordinary: Vec<String>,
    placed: Vec<String>,
    not_done: Vec<String>,
    reasons: Vec<String>,
    not_a_reason: Vec<String>,
}

static SAID: LazyLock<Said> =
    // The unit tests rest on the same text, so a broken file never ships.
    LazyLock::new(|| toml::from_str(include_str!("letters.toml")).unwrap_or_default());

/// The facts that the sentences of the document state.
pub fn facts(pages: &[PageLines], kind: DocKind) -> Vec<Fact> {
    let paper = Paper::new(pages);
    let mut out: Vec<Fact> = Vec::new();
    for s in sentences(&paper) {
        let lower = s.text.to_lowercase().replace('\u{2019}', "'");
        let said = &*SAID;
        let has = |all: &[String]| all.iter().any(|w| lower.contains(w.as_str()));
        let mut add = |kind: FactKind| out.push(Fact { kind, text: s.text.clone(), page: s.page, bbox: s.bbox });
        let billish = !matches!(kind, DocKind::CollectionNotice | DocKind::DenialLetter | DocKind::Receipt | DocKind::Estimate);
        if billish && has(&said.pending) && !has(&said.not_pending) {
            add(FactKind::ClaimPending);
        }
        if !matches!(kind, DocKind::Eob | DocKind::Receipt | DocKind::Estimate) {
            if has(&said.extraordinary) && !has(&said.not_done) {
                add(FactKind::ExtraordinaryCollection);
            } else if has(&said.placed)
                && !has(&said.not_done)
                && (kind == DocKind::CollectionNotice || !lower.contains("attempt to collect"))
            {
                add(FactKind::CollectionPlacement);
            }
        }
        if kind == DocKind::DenialLetter {
            if has(&said.reasons) && !has(&said.not_a_reason) && s.text.split(' ').count() > 3 {
                add(FactKind::DenialReason);
            }
            let amounts = s
                .text
                .split_whitespace()
                .filter(|w| w.contains('$') || w.contains('.'))
                .filter(|w| money::money(w.trim_end_matches(['.', ',', ';', ')'])).is_some())
                .count();
            if amounts > 0 {
                add(FactKind::DeniedAmount);
            }
        }
        let cancelled = lower.contains("cancelled")
            || lower.contains("canceled")
            || lower.contains("not performed")
            || lower.contains("was not done");
        if cancelled
            && kind != DocKind::Other
            && !["if ", "may be", "must be", "will be", "to cancel", "unless", "not be cancel", "fee for"]
                .iter()
                .any(|w| lower.contains(w))
        {
            add(FactKind::Cancelled);
        }
    }
    out
}

/// Sentences of the running text, and captions that stand alone.
pub(crate) fn sentences(paper: &Paper) -> Vec<Sentence> {
    let mut taken = vec![false; paper.pieces.len()];
    let mut out = Vec::new();
    for at in 0..paper.pieces.len() {
        if taken[at] {
            continue;
        }
        let mut tokens: Vec<Token> = Vec::new();
        let mut here = at;
        let mut width = paper.pieces[at].bbox.width();
        loop {
            taken[here] = true;
            let p = &paper.pieces[here];
            tokens.extend(p.tokens.iter().cloned());
            let full = p.tokens.len() >= 4 && p.bbox.width() > width * 0.7;
            let Some(next) = paper.below(here, p.size * 0.9).filter(|n| full && !taken[*n]) else {
                break;
            };
            let q = &paper.pieces[next];
            let joins = (q.bbox.x0 - paper.pieces[at].bbox.x0).abs() < 25.0 && (q.size - p.size).abs() < 0.6 && q.bold == p.bold;
            if !joins {
                break;
            }
            width = width.max(q.bbox.width());
            here = next;
        }
        cut(&tokens, paper.pieces[at].page, at, &mut out);
    }
    out
}

/// Cuts a paragraph behind full stops that end a sentence.
fn cut(tokens: &[Token], page: u32, paragraph: usize, out: &mut Vec<Sentence>) {
    const ABBREVIATED: &[&str] = &[
        "dr.", "mr.", "mrs.", "ms.", "st.", "inc.", "no.", "co.", "corp.", "ltd.", "p.o.", "u.s.", "e.g.", "i.e.", "approx.",
        "ext.",
    ];
    let mut start = 0;
    for i in 0..tokens.len() {
        let t = tokens[i].text.trim_end_matches(['"', '\u{201d}', ')']);
        let stops = t.ends_with(['.', '?', '!']) && !ABBREVIATED.contains(&t.to_lowercase().as_str());
        let capital = tokens.get(i + 1).is_none_or(|n| {
            n.text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit() || matches!(c, '"' | '\u{201c}' | '('))
        });
        if i + 1 == tokens.len() || (stops && capital) {
            let part = &tokens[start..=i];
            if let Some(bbox) = BBox::around(part.iter().map(|t| t.bbox)) {
                // Tokens of one line stand beside each other, those of the next below: a space parts either.
                let text = part.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
                out.push(Sentence { text, page, bbox, paragraph });
            }
            start = i + 1;
        }
    }
}

/// The texts of these note codes, as the footnotes and glossaries of the document print them. Each code and text once.
pub fn notes(pages: &[PageLines], codes: &BTreeSet<String>) -> Vec<Note> {
    let paper = Paper::new(pages);
    let wanted = |t: &str| codes.iter().find(|c| c.eq_ignore_ascii_case(t));
    let mut out: Vec<Note> = Vec::new();
    for (at, piece) in paper.pieces.iter().enumerate() {
        let first = bare_code(&piece.tokens[0].text);
        let Some(code) = wanted(first) else { continue };
        // The text stands in the same phrase, or in the next one on the line.
        let row = &paper.rows[piece.row];
        let mut skip = 1;
        while piece.tokens.get(skip).is_some_and(|t| matches!(t.text.as_str(), ":" | "-" | "–" | "—" | "=" | ".")) {
            skip += 1;
        }
        let inline = &piece.tokens[skip..];
        let (mut text, body) = if inline.is_empty() {
            let Some(next) = paper.right_of(at) else { continue };
            (text_of(&paper.pieces[next].tokens), next)
        } else {
            (text_of(inline), at)
        };
        text.drain(..text.len() - text.trim_start_matches(['-', ':', '=', '–', '—', ' ', '.']).len());
        let words = text.split_whitespace().filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
        // Rows of tables hold amounts in columns; a sentence may name one, but not as a phrase of its own.
        let table = paper.pieces[row.pieces.clone()].iter().any(|p| money::money(&p.text()).is_some())
            || row.pieces.end > body + 1 && paper.pieces[row.pieces.end - 1].tokens.len() <= 2 && words < 6;
        let sentence = words >= 4
            || (words >= 2 && (text.ends_with('.') || body != at || skip > 1 || first.len() < piece.tokens[0].text.len()));
        if table || !sentence {
            continue;
        }
        let left =
            if body == at { piece.tokens.get(skip).map_or(piece.bbox.x0, |t| t.bbox.x0) } else { paper.pieces[body].bbox.x0 };
        let mut here = body;
        // Lines that go on under the text, or under the code, until another code or a gap.
        while let Some(next) = paper.below(here, paper.pieces[here].size * 0.9) {
            let q = &paper.pieces[next];
            let hanging = (q.bbox.x0 - left).abs() < 4.0;
            let flush = body == at && (q.bbox.x0 - piece.bbox.x0).abs() < 4.0 && q.tokens.len() > 1;
            let lead = bare_code(&q.tokens[0].text);
            let another = q.bbox.x0 < left - 4.0
                && (wanted(lead).is_some()
                    || q.tokens[0].text.ends_with(':')
                    || q.tokens.get(1).is_some_and(|t| matches!(t.text.as_str(), "-" | ":" | "=")));
            let neighbour =
                paper.rows[q.row].pieces.clone().any(|i| i < next && wanted(bare_code(&paper.pieces[i].text())).is_some());
            let ended = text.ends_with(['.', '!', '?']) && !hanging;
            if !(hanging || flush) || another || neighbour || ended || (q.size - piece.size).abs() > 0.6 || text.len() > 1500 {
                break;
            }
            if flush && !hanging && wanted(lead).is_some() {
                break;
            }
            text.push(' ');
            text.push_str(&q.text());
            here = next;
        }
        let fresh = !out.iter().any(|n| n.code == *code && n.text.eq_ignore_ascii_case(&text));
        if fresh {
            out.push(Note { code: code.clone(), text, page: piece.page });
        }
    }
    out
}

/// A code without the marks around it: `(a)`, `B7:`, `45.`, `*Y6`.
pub(crate) fn bare_code(text: &str) -> &str {
    let t = text.trim_end_matches([':', '.', ')', ']', '=', '-', ',']).trim_start_matches(['(', '[']);
    if t.is_empty() { text } else { t }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{PageText, TextSource, Word};
    use crate::text_lines::page_lines;

    fn paper(lines: &[&str]) -> Vec<PageLines> {
        let mut words = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let y = 40.0 + 12.0 * i as f32;
            let mut x = 40.0;
            for w in line.split(' ') {
                if w.is_empty() {
                    x += 15.0;
                    continue;
                }
                if let Some(at) = w.strip_prefix('@') {
                    x = at.parse().unwrap();
                    continue;
                }
                let width = 4.0 * w.len() as f32;
                words.push(Word::digital(w, BBox::new(x, y, x + width, y + 10.0)));
                x += width + 2.8;
            }
        }
        vec![page_lines(&PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: vec![],
            source: TextSource::Digital,
            to_page: PageText::IDENTITY,
            bend: None,
        })]
    }

    fn kinds(lines: &[&str], kind: DocKind) -> Vec<FactKind> {
        facts(&paper(lines), kind).into_iter().map(|f| f.kind).collect()
    }

    #[test]
    fn a_pending_claim_in_the_bill_s_own_words() {
        for s in [
            "Your insurance claim is still in process.",
            "We have submitted a claim to Aetna on your behalf.",
            "Charges are pending insurance.",
            "This balance is awaiting payment from your plan.",
        ] {
            assert_eq!(kinds(&[s], DocKind::ItemizedBill), [FactKind::ClaimPending], "{s}");
        }
        for s in [
            "Your insurance has processed this claim.",
            "If your claim is pending, call us.",
            "This form may be submitted to your insurance company for reimbursement.",
            "Please pay your balance.",
        ] {
            assert!(kinds(&[s], DocKind::ItemizedBill).is_empty(), "{s}");
        }
    }

    #[test]
    fn a_threat_is_no_action() {
        assert_eq!(
            kinds(
                &["This account was reported to the national credit reporting agencies on 01/26/2025."],
                DocKind::CollectionNotice
            ),
            [FactKind::ExtraordinaryCollection]
        );
        assert_eq!(
            kinds(&["The account has been placed with our office."], DocKind::CollectionNotice),
            [FactKind::CollectionPlacement]
        );
        assert!(kinds(&["Unpaid balances may be reported to credit bureaus."], DocKind::CollectionNotice).is_empty());
        assert!(kinds(&["Balances over 120 days may be referred to an outside agency."], DocKind::ItemizedBill).is_empty());
    }

    #[test]
    fn the_reason_of_a_denial_over_two_lines() {
        let p = paper(&[
            "We have denied coverage for this service. The service is not covered under",
            "your current benefit plan.",
            "",
            "You have the right to appeal this decision.",
        ]);
        let all = facts(&p, DocKind::DenialLetter);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].kind, FactKind::DenialReason);
        assert!(all[0].text.ends_with("benefit plan."), "{}", all[0].text);
    }

    #[test]
    fn notes_in_each_of_the_printed_forms() {
        let codes: BTreeSet<String> = ["Y6", "D15", "B7", "a", "45"].iter().map(|s| (*s).to_owned()).collect();
        let p = paper(&[
            "Y6    This amount is written off by your",
            "@96 network provider.",
            "D15 - This went to your deductible.",
            "B7: The plan paid this.",
            "(a)  You pay 20% of it.",
            "45   Charge exceeds fee schedule.",
            "45 OFFICE VISIT  12.00",
        ]);
        let got: Vec<(String, String)> = notes(&p, &codes).into_iter().map(|n| (n.code, n.text)).collect();
        let want = [
            ("Y6", "This amount is written off by your network provider."),
            ("D15", "This went to your deductible."),
            ("B7", "The plan paid this."),
            ("a", "You pay 20% of it."),
            ("45", "Charge exceeds fee schedule."),
        ];
        assert_eq!(got, want.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }
}
