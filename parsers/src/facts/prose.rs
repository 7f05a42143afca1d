//! Running text: which phrases are parts of sentences, and where a sentence begins and ends.

use std::collections::BTreeSet;

use super::folding;
use super::segments::{Paper, Piece, Token};
use super::wording::is_person;
use crate::grammar::money;
use crate::page_text::BBox;

/// A sentence, or a phrase that reads like a part of one, over the lines on which it stands.
pub(super) struct Sentence {
    /// All tokens as if they stood on one line.
    pub(super) piece: Piece,
    /// Piece of the paper from which each token comes, and its row.
    pub(super) from: Vec<(usize, usize)>,
    /// The tokens in lower case without punctuation around them.
    pub(super) words: Vec<String>,
}

/// Runs of prose, cut into sentences.
pub(super) fn sentences(paper: &Paper) -> Vec<Sentence> {
    let mut out = Vec::new();
    for chain in chains(paper) {
        let all: Vec<(usize, &Token)> = chain.iter().flat_map(|i| paper.pieces[*i].tokens.iter().map(move |t| (*i, t))).collect();
        let mut start = 0;
        for i in 0..all.len() {
            let ends = i + 1 == all.len() || ends_sentence(&all[i].1.text, all.get(i + 1).map(|t| t.1.text.as_str()));
            if ends {
                out.extend(sentence(paper, &all[start..=i]));
                start = i + 1;
            }
        }
    }
    out
}

/// The first and last rows of paragraphs of at least two lines.
pub(super) fn paragraphs(paper: &Paper) -> Vec<(usize, usize)> {
    let row = |i: &usize| paper.pieces[*i].row;
    let ends = |c: &Vec<usize>| Some((c.first().map(row)?, c.last().map(row)?));
    chains(paper).iter().filter(|c| c.len() > 1).filter_map(ends).collect()
}

/// Lines of paragraphs that go on with a sentence of the line above: what stands first on them is the rest of something.
pub(super) fn continued(paper: &Paper) -> BTreeSet<usize> {
    let first = |i: usize| paper.pieces[i].tokens.first().is_some_and(|t| t.text.starts_with(char::is_lowercase));
    let open = |i: usize| paper.pieces[i].tokens.last().is_some_and(|t| !t.text.ends_with(['.', ':', '!', '?', ';']));
    let pairs = chains(paper).into_iter().flat_map(|c| c.windows(2).map(|w| (w[0], w[1])).collect::<Vec<_>>());
    pairs.filter(|(above, line)| open(*above) && first(*line)).map(|(_, line)| line).collect()
}

/// Pieces that are the lines of one paragraph each.
fn chains(paper: &Paper) -> Vec<Vec<usize>> {
    let mut out = Vec::new();
    let mut taken = vec![false; paper.pieces.len()];
    for at in 0..paper.pieces.len() {
        if taken[at] || !is_prose(&paper.pieces[at]) {
            continue;
        }
        let mut chain = vec![at];
        taken[at] = true;
        let mut last = at;
        // Lines of one paragraph: flush left, same type, little space between.
        while let Some(next) = paper.below(last, paper.pieces[last].size * 0.8) {
            let (p, q) = (&paper.pieces[last], &paper.pieces[next]);
            let joins = (p.bbox.x0 - q.bbox.x0).abs() < 3.0 && (p.size - q.size).abs() < 0.6 && !taken[next];
            let ends = p.tokens.last().is_some_and(|t| t.text.ends_with('.')) && !is_prose(q);
            if !joins || ends || chain.len() >= 8 || q.tokens.len() > 1 && q.bbox.width() > p.bbox.width() * 1.6 {
                break;
            }
            // A short line by itself below is a new thing, unless the sentence is still open.
            if !is_prose(q) && !goes_on(p, q) && (is_person(&q.text()) || q.tokens.iter().any(|t| t.text.ends_with(':'))) {
                break;
            }
            taken[next] = true;
            chain.push(next);
            last = next;
        }
        out.push(chain);
    }
    out
}

/// Several words, some of them small.
fn is_prose(piece: &Piece) -> bool {
    let small = piece
        .tokens
        .iter()
        .filter(|t| {
            t.text.len() > 1 && t.text.chars().all(|c| c.is_lowercase() || matches!(c, ',' | '.' | '\'' | ';' | '\u{2019}'))
        })
        .count();
    let first =
        piece.tokens.first().is_some_and(|t| matches!(t.text.to_lowercase().as_str(), "for" | "we" | "this" | "claim" | "by"));
    let amounts = piece.tokens.iter().filter(|t| money::money(&t.text).is_some()).count();
    // a sentence may name several sums, a row of a table has few small words
    (amounts < 2 || small >= 5 && amounts * 4 <= piece.tokens.len())
        && (piece.tokens.len() >= 5 && small >= 2 || first && piece.tokens.len() >= 3 && small >= 1)
}

/// Whether a sentence goes on over the end of a line: a bracket is open, or opens on the next line, without a full stop; or
/// the line ends in a word that opens what comes.
fn goes_on(line: &Piece, next: &Piece) -> bool {
    const OPENING: [&str; 14] =
        ["on", "of", "for", "to", "the", "and", "by", "from", "with", "in", "at", "your", "our", "discharged"];
    let text = line.text();
    if line.tokens.last().is_some_and(|t| OPENING.contains(&t.text.as_str())) {
        return true;
    }
    let open = text.rfind('(').is_some_and(|open| !text[open..].contains(')'));
    open || !text.ends_with(['.', ':', '!', '?']) && next.tokens.first().is_some_and(|t| t.text.starts_with('('))
}

/// A full stop behind a word that is no initial or legal form.
fn ends_sentence(text: &str, next: Option<&str>) -> bool {
    let bare = text.trim_end_matches(['.', '!', '?', ')']);
    let stops = text.ends_with(['.', '!', '?']) || text.ends_with(".)");
    let short = bare.chars().count() == 1
        || matches!(
            bare.to_lowercase().as_str(),
            "inc" | "corp" | "co" | "ltd" | "dr" | "mr" | "mrs" | "ms" | "st" | "no" | "jr" | "sr"
        );
    stops && !short && next.is_none_or(|n| n.chars().next().is_some_and(|c| c.is_uppercase() || c.is_ascii_digit()))
}

fn sentence(paper: &Paper, tokens: &[(usize, &Token)]) -> Option<Sentence> {
    let first = &paper.pieces[tokens.first()?.0];
    let own: Vec<Token> = tokens.iter().map(|t| t.1.clone()).collect();
    let bbox = BBox::around(own.iter().map(|t| t.bbox))?;
    let words = own.iter().map(|t| t.text.to_lowercase().trim_matches(|c: char| !c.is_alphanumeric()).to_owned()).collect();
    let folded = folding::fold_all(&own, &first.labels);
    let piece = Piece { tokens: own, folded, bbox, ..first.clone() };
    Some(Sentence { piece, from: tokens.iter().map(|t| (t.0, paper.pieces[t.0].row)).collect(), words })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::read;

    #[test]
    fn the_rest_of_a_caption_is_none() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (500.0, "Patient statement")]),
            (40.0, &[(30.0, "Your plan has been billed for the services below. Please pay within 30 days. A finance")]),
            (50.0, &[(30.0, "charge of $5.00 may be added to balances over 90 days.")]),
            (80.0, &[(30.0, "Date"), (110.0, "Code"), (160.0, "Service"), (-420.0, "Charge"), (-520.0, "You owe")]),
            (94.0, &[(30.0, "06/08/25"), (110.0, "99284"), (160.0, "ED VISIT LEVEL 4"), (-420.0, "992.04"), (-520.0, "125.85")]),
            (110.0, &[(160.0, "Statement totals"), (-420.0, "992.04"), (-520.0, "125.85")]),
        ]);
        assert_eq!(s.header.get(&Field::TotalCharges).map(|c| c[0].raw.as_str()), Some("992.04"));
    }
}
