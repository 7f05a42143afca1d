//! The lines of a header, laid one over the other: which words of one line go with which of the next.

use std::borrow::Cow;

use super::{crowded_heads, split_phrases, sub_phrase};
use crate::page_text::BBox;
use crate::text_lines::{Line, Phrase};
use crate::vocabulary::Vocabulary;

/// A column header while its lines are being stacked.
pub(super) struct Stack {
    pub(super) parts: Vec<String>, // bottom first
    pub(super) bbox: BBox,
    top: f32,
    size: f32,
}

impl Stack {
    pub(super) fn new(p: &Phrase, size: f32) -> Self {
        Self { parts: vec![p.text.clone()], bbox: p.bbox, top: p.bbox.y0, size }
    }

    pub(super) fn put(&mut self, text: &str, bbox: BBox) {
        self.parts.push(text.to_owned());
        self.bbox = self.bbox.union(bbox);
        self.top = bbox.y0;
    }

    /// Its lines from top to bottom.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().rev().map(String::as_str)
    }

    pub(super) fn text(&self) -> String {
        self.parts.iter().rev().map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

/// The stacks of a band of lines, and the phrases over several of them.
pub(super) fn stacked(band: &[Cow<'_, Line>], vocabulary: &Vocabulary) -> (Vec<Stack>, Vec<(String, BBox)>) {
    let mut stacks: Vec<Stack> = Vec::new();
    let mut spanners: Vec<(String, BBox)> = Vec::new();
    let bracketed = explains_columns(band);
    for (i, line) in band.iter().enumerate().rev() {
        let lines_above = &band[..i];
        let above = lines_above.last();
        let mut letters = letters_of_reckoning(line);
        if bracketed {
            letters.extend((0..line.words.len()).filter(|i| bracketed_letter(&line.words[*i].text).is_some()));
        }
        let over = above.into_iter().flat_map(|l| l.phrases()).map(|p| (p.text, p.bbox, true));
        let beside: Vec<_> = over.chain(stacks.iter().map(|s| (s.text(), s.bbox, false))).collect();
        let phrases = joined(line, split_phrases(line, vocabulary), &beside, vocabulary).into_iter();
        let phrases = phrases.filter_map(|p| without(line, p, &letters)).filter_map(|p| without_signs(line, p));
        for p in phrases.flat_map(|p| parted_by_above(line, p, lines_above, vocabulary)) {
            let size = line.size();
            let over: Vec<usize> = (0..stacks.len())
                .filter(|&i| {
                    let s = &stacks[i];
                    s.bbox.overlap_x(p.bbox) > 0.25 * s.bbox.width().min(p.bbox.width())
                        && s.top - p.bbox.y1 < 2.6 * size.max(s.size)
                        && s.top > p.bbox.y0
                })
                .collect();
            match over.as_slice() {
                [] if is_over_several(&p, &stacks, size) => spanners.push((p.text.clone(), p.bbox)),
                [] => stacks.push(Stack::new(&p, size)),
                [one] => match parted_by_below(line, &p, &stacks[*one], vocabulary) {
                    Some((own, others)) => {
                        stacks[*one].put(&own.text, own.bbox);
                        stacks.extend(others.iter().map(|other| Stack::new(other, size)));
                    }
                    None => stacks[*one].put(&p.text, p.bbox),
                },
                many => {
                    if !deal_words(line, &p, many, &mut stacks, vocabulary) {
                        spanners.push((p.text.clone(), p.bbox));
                    }
                }
            }
        }
    }
    (stacks, spanners)
}

/// Whether a phrase far above the heads stands in the middle over several of them, each of one line: `Plan's share` over `Plan %`
/// and `Amount`, as high as the longest head of the header is.
fn is_over_several(p: &Phrase, stacks: &[Stack], size: f32) -> bool {
    let over: Vec<&Stack> = stacks.iter().filter(|s| s.bbox.overlap_x(p.bbox) > 0.0).collect();
    let all = BBox::around(over.iter().map(|s| s.bbox));
    over.len() > 1 && over.iter().all(|s| s.parts.len() == 1) && all.is_some_and(|a| (a.cx() - p.bbox.cx()).abs() < size)
}

/// Which words are the letters by which a paper explains its reckoning, over, under or between the headings:
/// `A   B   C   D`, `Service   A   B   C   Remarks`.
fn letters_of_reckoning(line: &Line) -> Vec<usize> {
    let letter = |t: &str| match t.trim_matches(['(', ')']).as_bytes() {
        [b @ b'A'..=b'N'] => Some(*b),
        _ => None,
    };
    let found: Vec<(usize, u8)> = line.words.iter().enumerate().filter_map(|(i, w)| letter(&w.text).map(|b| (i, b))).collect();
    let in_order = found.len() == line.words.len() || found.windows(2).all(|w| w[0].1 < w[1].1);
    if found.len() >= 3 && in_order { found.into_iter().map(|(i, _)| i).collect() } else { Vec::new() }
}

/// `(B)`, behind or under a heading.
fn bracketed_letter(text: &str) -> Option<u8> {
    match text.strip_prefix('(')?.strip_suffix(')')?.as_bytes() {
        [b @ b'A'..=b'N'] => Some(*b),
        _ => None,
    }
}

/// Whether the headings of a band have such letters in brackets, whichever line of its heading each stands on: the first ones
/// of the alphabet, three at least, each once.
///
/// ```text
/// CHARGES     NETWORK   NONCOVERED
///     (A)    DISCOUNT          (C)
///                 (B)
/// ```
fn explains_columns(band: &[Cow<'_, Line>]) -> bool {
    let mut found: Vec<u8> = band.iter().flat_map(|l| &l.words).filter_map(|w| bracketed_letter(&w.text)).collect();
    found.sort_unstable();
    found.len() >= 3 && found.iter().zip(b'A'..).all(|(f, b)| *f == b)
}

/// The phrase without such words at its ends.
fn without(line: &Line, p: Phrase, letters: &[usize]) -> Option<Phrase> {
    let first = (p.first..p.end).find(|i| !letters.contains(i))?;
    let end = (p.first..p.end).rev().find(|i| !letters.contains(i))? + 1;
    Some(if (first, end) == (p.first, p.end) { p } else { sub_phrase(line, first, end) })
}

/// `Charges - Discounts = Allowed`: the signs of the reckoning between the headings head no column.
fn without_signs(line: &Line, p: Phrase) -> Option<Phrase> {
    let sign = |i: &usize| matches!(line.words[*i].text.as_str(), "+" | "-" | "=" | "\u{2212}" | "\u{2013}" | "\u{d7}");
    let first = (p.first..p.end).find(|i| !sign(i))?;
    let end = (p.first..p.end).rev().find(|i| !sign(i))? + 1;
    Some(if (first, end) == (p.first, p.end) { p } else { sub_phrase(line, first, end) })
}

/// `APPLIED CO-PAY` over `DEDUCT`: the beginning of one header and all of another, or of others, that have no second line.
fn parted_by_below(line: &Line, p: &Phrase, below: &Stack, vocabulary: &Vocabulary) -> Option<(Phrase, Vec<Phrase>)> {
    let known = |text: &str| vocabulary.lookup(text).is_some();
    let over = |own: &Phrase| known(&format!("{} {}", own.text, below.text())) && own.bbox.overlap_x(below.bbox) > 0.0;
    // `Billed to` over `the plan`: a preposition is no heading of its own
    let joins = |t: &str| ["to", "from", "for", "by"].iter().any(|w| t.eq_ignore_ascii_case(w));
    let free = |other: &Phrase| !joins(&other.text) && other.bbox.overlap_x(below.bbox) <= 0.0;
    // `Your  Co-insurance` over `Copay`: one head by its words, two by the space between them
    let whole = known(&format!("{} {}", p.text, below.text()));
    (p.first + 1..p.end).filter(|cut| !whole || crowded_heads::stands_apart(line, p, *cut)).find_map(|cut| {
        let (left, right) = (sub_phrase(line, p.first, cut), sub_phrase(line, cut, p.end));
        // `CPT  #` over `Mod`: the sign of a count heads a column by itself
        let sign = |other: &Phrase| (whole && other.text == "#").then(|| vec![other.clone()]);
        let heads =
            |other: &Phrase| sign(other).or_else(|| heads_in(line, other, vocabulary)).filter(|heads| heads.iter().all(free));
        if over(&left)
            && let Some(others) = heads(&right)
        {
            return Some((left, others));
        }
        heads(&left).filter(|_| over(&right)).map(|others| (right, others))
    })
}

/// `ible Copay` under `Deduct-` are the end of one header and all of another: the line above says where they part.
fn parted_by_above(line: &Line, p: Phrase, lines_above: &[Cow<'_, Line>], vocabulary: &Vocabulary) -> Vec<Phrase> {
    /// Two headers have no more words; prose has.
    const MOST_WORDS: usize = 8;
    let few = (2..=MOST_WORDS).contains(&(p.end - p.first));
    let Some(above) = lines_above.last().filter(|_| few) else { return vec![p] };
    // `(%) YOUR COST` under `COINSURANCE`, `($) CREDITS` under `AMOUNT`: the sign is the end of a head, and no word of the next
    let signed = matches!(line.words[p.first].text.as_str(), "(%)" | "($)");
    if vocabulary.lookup(&p.text).is_some() && !signed {
        return crowded_heads::two_codes(line, &p, above, vocabulary)
            .or_else(|| crowded_heads::set_apart(line, &p, above, vocabulary))
            .unwrap_or_else(|| vec![p]);
    }
    let known = |text: &str| vocabulary.lookup(text).is_some();
    for cut in p.first + 1..p.end {
        let (left, right) = (sub_phrase(line, p.first, cut), sub_phrase(line, cut, p.end));
        let over = |own: &Phrase, other: &Phrase| {
            let on = |a: &Phrase| a.bbox.overlap_x(own.bbox) > 0.0 && a.bbox.overlap_x(other.bbox) <= 0.0;
            // the heads of the line above may themselves stand close
            let apart = || {
                let words = above.words.iter().filter(|w| w.bbox.overlap_x(own.bbox) > 0.0);
                words
                    .clone()
                    .all(|w| w.bbox.overlap_x(other.bbox) <= 0.0)
                    .then(|| words.map(|w| w.text.as_str()).collect::<Vec<_>>())
            };
            let named = |t: &str| known(&format!("{t} {}", own.text));
            above.phrases().into_iter().find(on).is_some_and(|a| named(&a.text))
                || apart().is_some_and(|words| !words.is_empty() && named(&words.join(" ")))
        };
        if known(&right.text) && over(&left, &right) {
            return vec![left, right];
        }
        if let Some(mut heads) = heads_in(line, &left, vocabulary).filter(|_| over(&right, &left)) {
            heads.push(right);
            return heads;
        }
    }
    crowded_heads::parted(line, &p, lines_above, vocabulary).unwrap_or_else(|| vec![p])
}

/// The heads that a phrase is: one, or `CO-INS. PAYMENT` several side by side.
fn heads_in(line: &Line, p: &Phrase, vocabulary: &Vocabulary) -> Option<Vec<Phrase>> {
    if vocabulary.lookup(&p.text).is_some() {
        return Some(vec![p.clone()]);
    }
    let words: Vec<&str> = line.words[p.first..p.end].iter().map(|w| w.text.as_str()).collect();
    let parts = vocabulary.split(&words).filter(|parts| parts.len() > 1)?;
    Some(parts.into_iter().map(|(r, _)| sub_phrase(line, p.first + r.start, p.first + r.end)).collect())
}

/// `Adj. Group,` over `Code, Amount`: two heads side by side that are one with the line above or below stay together.
fn joined(line: &Line, phrases: Vec<Phrase>, beside: &[(String, BBox, bool)], vocabulary: &Vocabulary) -> Vec<Phrase> {
    let mut out: Vec<Phrase> = Vec::with_capacity(phrases.len());
    for p in phrases {
        let whole = out.last().filter(|before| before.end == p.first).map(|before| sub_phrase(line, before.first, p.end));
        let one_with = |(text, bbox, above): &&(String, BBox, bool)| {
            let both = out.last().is_some_and(|before| bbox.overlap_x(before.bbox) > 0.0) && bbox.overlap_x(p.bbox) > 0.0;
            let join = |w: &Phrase| if *above { format!("{text} {}", w.text) } else { format!("{} {text}", w.text) };
            both && whole.as_ref().is_some_and(|w| vocabulary.lookup(&join(w)).is_some())
        };
        match (beside.iter().find(one_with).and(whole), out.last_mut()) {
            (Some(whole), Some(before)) => *before = whole,
            _ => out.push(p),
        }
    }
    out
}

/// Deals the words of a phrase that lies over several columns out to them, where that makes more of them known.
fn deal_words(line: &Line, p: &Phrase, over: &[usize], stacks: &mut [Stack], vocabulary: &Vocabulary) -> bool {
    if let Some(parts) = flush_parts(line, p, over, stacks) {
        for (i, sub) in parts {
            stacks[i].put(&sub.text, sub.bbox);
        }
        return true;
    }
    if is_over_all(line, p, over, stacks) {
        return false;
    }
    let mut shares: Vec<Vec<usize>> = vec![Vec::new(); over.len()];
    for w in p.first..p.end {
        let b = line.words[w].bbox;
        let best =
            (0..over.len()).max_by(|&i, &j| stacks[over[i]].bbox.overlap_x(b).total_cmp(&stacks[over[j]].bbox.overlap_x(b)));
        let Some(best) = best else { return false };
        shares[best].push(w);
    }
    let known_alone = over.iter().filter(|&&i| vocabulary.lookup(&stacks[i].text()).is_some()).count();
    let known_dealt = over
        .iter()
        .zip(&shares)
        .filter(|(i, words)| {
            let text = words.iter().map(|&w| line.words[w].text.as_str()).collect::<Vec<_>>().join(" ");
            vocabulary.lookup(&format!("{text} {}", stacks[**i].text())).is_some()
        })
        .count();
    // `NOT REF` over `COVERED CODE`: each alone is known as something else
    let every = known_dealt == over.len();
    if known_dealt <= known_alone && !every {
        // one column is much broader than the others: the phrase is its own, not a heading over several
        return false;
    }
    for (&i, words) in over.iter().zip(&shares) {
        if let (Some(&a), Some(&b)) = (words.first(), words.last()) {
            let sub = sub_phrase(line, a, b + 1);
            stacks[i].put(&sub.text, sub.bbox);
        }
    }
    true
}

/// Whether the words of a phrase, set as those of one are, stand in the middle over all these columns:
///
/// ```text
///     Your insurance           Patient
/// Payments Adjustments     Paid    Balance
/// ```
/// Words that are those of the columns stand each over its own.
fn is_over_all(line: &Line, p: &Phrase, over: &[usize], stacks: &[Stack]) -> bool {
    let Some(all) = BBox::around(over.iter().map(|i| stacks[*i].bbox)) else { return false };
    let words = &line.words[p.first..p.end];
    let one = words.windows(2).all(|w| w[1].bbox.x0 - w[0].bbox.x1 < 0.5 * line.size());
    let middle = |a: BBox, b: BBox| (a.cx() - b.cx()).abs() < 0.2 * line.size();
    one && middle(p.bbox, all) && !over.iter().any(|i| words.iter().any(|w| middle(w.bbox, stacks[*i].bbox)))
}

/// `SUBMITTED MAX APPROVED` over `AMOUNT` and `FEE`, close together: where the words can be parted so that each part is set
/// flush with the words below it, and all of them on one side, they belong to these.
fn flush_parts(line: &Line, p: &Phrase, over: &[usize], stacks: &[Stack]) -> Option<Vec<(usize, Phrase)>> {
    /// Heads that nearly touch are few, and short.
    const MOST: usize = 12;
    let mut order = over.to_vec();
    order.sort_by(|a, b| stacks[*a].bbox.x0.total_cmp(&stacks[*b].bbox.x0));
    if order.len() > p.end - p.first || p.end - p.first > MOST {
        return None;
    }
    let near = |d: f32| d.abs() < 0.3 * line.size();
    let sides: [fn(BBox) -> f32; 3] = [|b| b.x1, |b| b.x0, BBox::cx];
    sides.into_iter().find_map(|side| {
        let mut parts: Vec<(usize, Phrase)> = Vec::with_capacity(order.len());
        let mut from = p.first;
        for (n, &i) in order.iter().enumerate() {
            let left = order.len() - n - 1;
            let ends = if left == 0 { p.end..p.end + 1 } else { from + 1..p.end - left + 1 };
            let part = ends
                .map(|end| sub_phrase(line, from, end))
                .filter(|part| near(side(part.bbox) - side(stacks[i].bbox)))
                .min_by(|a, b| {
                    let off = |x: &Phrase| (side(x.bbox) - side(stacks[i].bbox)).abs();
                    off(a).total_cmp(&off(b))
                })?;
            from = part.end;
            parts.push((i, part));
        }
        Some(parts)
    })
}
