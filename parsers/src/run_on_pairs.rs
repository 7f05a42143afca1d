//! Labels with their values one behind the other, as many as a line holds and on with them on the next:
//!
//! ```text
//! Item 1. OFFICE VISIT (99214)                               03/09/2025
//!   Number of services 1; Notes K2; Amount billed $210.00; Discount
//!   $60.00; Allowed amount $150.00; Copay $30.00; You owe $30.00.
//! ```
//! Where a line ends says nothing: a label may stand before its end and its value behind it. Laid out one pair to a line they are
//! the blocks that [`crate::label_value`] reads.

use crate::captioned_cards::{fits, set_before};
use crate::columns::is_money_field;
use crate::label_value::field_of;
use crate::page_text::{BBox, Word};
use crate::statement::Field;
use crate::text_lines::{Line, PageLines, join};
use crate::vocabulary::Vocabulary;

/// Fewer pairs are a sentence.
const FEWEST: usize = 4;

/// The widest gap between two lines of a paragraph, in sizes of type.
const GAP: f32 = 0.9;

/// Left edges within so many sizes of type are flush.
const FLUSH: f32 = 0.5;

/// Lays out such paragraphs, where the paper has any; `carded` then says so of its pages.
pub(crate) fn lay_out(pages: &mut [PageLines], vocabulary: &Vocabulary) {
    for page in pages {
        let mut at = 0;
        while at < page.lines.len() {
            let end = paragraph(&page.lines, at);
            let Some(pairs) = end.and_then(|end| pairs(&page.lines[at..end], vocabulary)) else {
                at += 1;
                continue;
            };
            let height = pairs.len();
            page.lines.splice(at..end.unwrap_or(at), pairs);
            page.carded = true;
            at += height;
        }
    }
}

/// The end of the paragraph that begins with line `at`, if that lists more than one thing.
fn paragraph(lines: &[Line], at: usize) -> Option<usize> {
    let first = &lines[at];
    if first.words.iter().filter(|w| w.text.ends_with(';')).count() < 2 {
        return None;
    }
    let goes_on = |k: &usize| {
        let (above, line) = (&lines[*k - 1], &lines[*k]);
        let near = line.page == above.page && line.bbox.y0 - above.bbox.y1 < GAP * line.size();
        near && (line.bbox.x0 - first.bbox.x0).abs() < FLUSH * first.size() && !above.text().ends_with('.')
    };
    Some((at + 1..lines.len()).take_while(goes_on).last().unwrap_or(at) + 1)
}

/// The pairs of a paragraph, each on a line of its own; `None` where it is none of pairs that settle a charge.
fn pairs(lines: &[Line], vocabulary: &Vocabulary) -> Option<Vec<Line>> {
    let words: Vec<(usize, &Word)> = lines.iter().enumerate().flat_map(|(k, l)| l.words.iter().map(move |w| (k, w))).collect();
    let laid: Vec<(Option<Field>, Line)> =
        parts(&words, vocabulary).into_iter().map(|p| pair(p, lines, vocabulary)).collect::<Option<_>>()?;
    let known = || laid.iter().filter_map(|(f, _)| *f);
    let amounts = known().filter(|f| is_money_field(*f)).count();
    let told =
        laid.len() >= FEWEST && known().count() * 4 >= laid.len() * 3 && amounts >= 2 && known().any(|f| f == Field::Charge);
    told.then(|| laid.into_iter().map(|(_, l)| l).collect())
}

/// The parts of a paragraph between its strokes, one pair each. Codes that the same stroke parts are one list: `Notes: K2; G4;`.
fn parts<'p, 'w>(words: &'p [(usize, &'w Word)], vocabulary: &Vocabulary) -> Vec<&'p [(usize, &'w Word)]> {
    let mut out: Vec<&[(usize, &Word)]> = Vec::new();
    let mut from = 0;
    for part in words.split_inclusive(|(_, w)| w.text.ends_with(';')) {
        let to = from + part.len();
        let lists = out.last().is_some_and(|before| {
            let label: Vec<Word> = before.iter().map(|(_, w)| (*w).clone()).collect();
            labelled(&label, vocabulary).is_some_and(|(f, _)| f == Field::RemarkCodes)
        });
        match part {
            [(_, code)] if lists && is_note(code) => {
                let begin = from - out.pop().map_or(0, <[_]>::len);
                out.push(&words[begin..to]);
            }
            _ => out.push(part),
        }
        from = to;
    }
    out
}

/// Whether a word by itself is the code of a note.
fn is_note(w: &Word) -> bool {
    fits(Some(Field::RemarkCodes), w.text.trim_end_matches([';', '.', ',']))
}

/// One pair on a line of its own, and what its label names.
fn pair(part: &[(usize, &Word)], lines: &[Line], vocabulary: &Vocabulary) -> Option<(Option<Field>, Line)> {
    let (last_line, _) = part.last()?;
    let split = part.iter().position(|(k, _)| k == last_line)?;
    let mut words: Vec<Word> = part.iter().map(|(_, w)| (*w).clone()).collect();
    if let Some(last) = words.last_mut() {
        last.text = last.text.trim_end_matches([';', '.']).to_owned();
    }
    let named = labelled(&words, vocabulary);
    if let Some((_, at)) = named
        && !words[at - 1].text.ends_with(':')
    {
        words[at - 1].text.push(':');
    }
    let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
    let line = Line { words, bbox, ..lines[*last_line].clone() };
    let at_the_seam = named.is_none_or(|(_, at)| at == split);
    let laid = match split {
        0 => line,
        _ if at_the_seam => set_before(&line, 0..split, &line.words[split..]),
        _ => run_together(line, split),
    };
    Some((named.map(|(f, _)| f), laid))
}

/// A label that a line's end parted, its first words moved to stand right before the others.
fn run_together(line: Line, split: usize) -> Line {
    /// An ordinary space, in sizes of type.
    const SPACE: f32 = 0.28;
    let by = line.words[split].bbox.x0 - SPACE * line.size() - line.words[split - 1].bbox.x1;
    let mut words = line.words;
    for w in &mut words[..split] {
        w.bbox.x0 += by;
        w.bbox.x1 += by;
    }
    Line { bbox: BBox::around(words.iter().map(|w| w.bbox)).unwrap_or(line.bbox), words, ..line }
}

/// What the first words of a pair name, of which the others are a value, and how many they are.
fn labelled(words: &[Word], vocabulary: &Vocabulary) -> Option<(Field, usize)> {
    let colon = words.iter().position(|w| w.text.ends_with(':')).map(|at| at + 1);
    let ends = colon.map_or_else(|| (1..words.len()).rev().collect(), |at| vec![at]);
    ends.into_iter().filter(|at| *at < words.len()).find_map(|at| {
        let label = join(&words[..at]);
        let field = field_of(label.trim_end_matches(':'), vocabulary)?;
        // `Notes K2 G4`: a code at the end of the label is the first of the list
        let listed = field == Field::RemarkCodes && at > 1 && words[at - 1].text.bytes().any(|b| b.is_ascii_digit());
        if listed {
            return None;
        }
        fits(Some(field), &join(&words[at..])).then_some((field, at))
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    type Lines<'a> = [(f32, &'a [(f32, &'a str)])];

    fn rows(body: &Lines<'_>) -> Vec<String> {
        let head: &Lines<'_> = &[
            (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
            (44.0, &[(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
            (70.0, &[(30.0, "Claim number: 14139210"), (300.0, "Claim status: Processed")]),
        ];
        let fields = [Field::ServiceDate, Field::Code, Field::Description, Field::Units, Field::Charge, Field::PlanDiscount];
        let rest = [Field::Allowed, Field::PatientResponsibility];
        read(&[head, body].concat()).rows.iter().map(|r| said(r, &[&fields[..], &rest].concat())).collect()
    }

    #[test]
    fn pairs_run_on_over_the_ends_of_lines() {
        let found = rows(&[
            (94.0, &[(30.0, "Item 1. OFFICE VISIT"), (480.0, "03/09/2025")]),
            (105.0, &[(40.0, "CPT/HCPCS code 99214; Number of services 1; Amount billed $210.00; Contract")]),
            (115.0, &[(40.0, "discount $60.00; Allowed amount $150.00; Copay $30.00; You owe $30.00.")]),
            (130.0, &[(30.0, "Item 2. BLOOD DRAW"), (480.0, "03/10/2025")]),
            (141.0, &[(40.0, "CPT/HCPCS code: 36415; Number of services: 1; Amount billed: $14.60; Allowed amount:")]),
            (151.0, &[(40.0, "$8.00; Contract discount: $6.60; Copay: $0.00; You owe: $8.00.")]),
        ]);
        let want =
            ["2025-03-09 99214 OFFICE VISIT 1 210.00 60.00 150.00 30.00", "2025-03-10 36415 BLOOD DRAW 1 14.60 6.60 8.00 8.00"];
        assert_eq!(found, want);
    }

    #[test]
    fn notes_in_a_list_are_all_of_their_service() {
        for notes in ["Notes: K2; G4;", "Notes K2 G4;", "Notes K2, G4;"] {
            let line = format!("CPT/HCPCS code 99214; {notes} Amount billed $210.00; Contract");
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
                (44.0, &[(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
                (70.0, &[(30.0, "Claim number: 14139210"), (300.0, "Claim status: Processed")]),
                (94.0, &[(30.0, "OFFICE VISIT"), (480.0, "03/09/2025")]),
                (105.0, &[(40.0, line.as_str())]),
                (115.0, &[(40.0, "discount $60.00; Allowed amount $150.00; Copay $30.00; You owe $30.00.")]),
            ]);
            let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::RemarkCodes, Field::Charge])).collect();
            assert_eq!(rows, ["99214 K2;G4 210.00"], "{notes}");
        }
    }

    #[test]
    fn a_sentence_with_strokes_is_no_service() {
        let found = rows(&[
            (105.0, &[(40.0, "We look at what was billed; what was allowed; and at your share, which may be $30.00; and")]),
            (115.0, &[(40.0, "then we write to you.")]),
        ]);
        assert!(found.is_empty(), "{found:?}");
    }
}
