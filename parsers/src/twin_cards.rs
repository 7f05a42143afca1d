//! Cards of services that stand beside each other, each a list of labels with amounts:
//!
//! ```text
//! OFFICE VISIT LEVEL 4                 X-RAY CHEST 2 VIEWS
//! 03/09/2025  Code 99214               03/09/2025  Code 71046
//! Provider billed        $210.00       Provider billed        $94.00
//! We paid                $120.00       We paid                $47.61
//! ```
//! The same label twice on a line, each with its amount, says where the cards part. They are read one after the other, row
//! of cards by row of cards.

use std::ops::Range;

use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, has_amount, tokens};

/// Fewer lines of the same labels side by side are no cards.
const FEWEST: usize = 2;

/// The widest gap between two lines of a card, in sizes of type.
const GAP: f32 = 2.2;

/// Lines that may stand over the first label of a card: what was done, when, by which code.
const NAME_LINES: usize = 3;

/// The lines of a page with those of cards side by side parted.
pub(crate) fn apart(lines: Vec<Line>) -> Vec<Line> {
    let cuts: Vec<Option<Vec<f32>>> = lines.iter().map(same_labels).collect();
    if cuts.iter().flatten().count() < FEWEST {
        return lines;
    }
    let mut out = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let Some((rows, cuts)) = region(&lines, &cuts, at) else { break };
        out.extend_from_slice(&lines[at..rows.start]);
        for card_row in card_rows(&lines[rows.clone()], &cuts) {
            for column in 0..=cuts.len() {
                out.extend(card_row.iter().filter_map(|l| part(l, &cuts, column)));
            }
        }
        at = rows.end;
    }
    out.extend_from_slice(&lines[at..]);
    out
}

/// Where a line of the same label again and again, each with its amount, is to be parted.
fn same_labels(line: &Line) -> Option<Vec<f32>> {
    let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
    let pairs: Vec<&[Token]> = toks.chunks(2).collect();
    let is_pair = |p: &&[Token]| matches!(p, [l, v] if l.kind == TokenKind::Text && v.kind == TokenKind::Money);
    let alike = pairs.len() >= 2 && pairs.iter().all(is_pair) && pairs.iter().all(|p| p[0].text == pairs[0][0].text);
    alike.then(|| pairs.windows(2).map(|w| f32::midpoint(w[0][1].bbox.x1, w[1][0].bbox.x0)).collect())
}

/// The next lines from `at` on that are cards side by side, and where they part.
fn region(lines: &[Line], cuts: &[Option<Vec<f32>>], at: usize) -> Option<(Range<usize>, Vec<f32>)> {
    let first = (at..lines.len()).find(|i| cuts[*i].is_some())?;
    let x = cuts[first].clone()?;
    let model: Vec<(Token, Token)> = (0..=x.len()).filter_map(|c| pair(&part(&lines[first], &x, c)?)).collect();
    let near = |a: usize, b: usize| lines[b].bbox.y0 - lines[a].bbox.y1 < GAP * lines[a].size().max(lines[b].size());
    let mut start = first;
    while start > at
        && first - start < NAME_LINES
        && clear(&lines[start - 1], &x)
        && near(start - 1, start)
        && wordy(&lines[start - 1], &x)
    {
        start -= 1;
    }
    let mut end = first + 1;
    while end < lines.len() && clear(&lines[end], &x) && near(end - 1, end) && is_of_cards(&lines[end], &x, &model) {
        end += 1;
    }
    Some((start..end, x))
}

/// The label and the amount that are all of a line.
pub(crate) fn pair(line: &Line) -> Option<(Token, Token)> {
    let toks: Vec<Token> = tokens(line).into_iter().filter(|t| t.text != "$").collect();
    let [label, amount] = toks.as_slice() else { return None };
    (label.kind == TokenKind::Text && amount.kind == TokenKind::Money).then(|| (label.clone(), amount.clone()))
}

/// Whether no word of the line lies over a place where the cards part.
fn clear(line: &Line, cuts: &[f32]) -> bool {
    cuts.iter().all(|x| line.words.iter().all(|w| w.bbox.x1 < *x || w.bbox.x0 > *x))
}

/// Words over the cards have their own beginning in each.
fn wordy(line: &Line, cuts: &[f32]) -> bool {
    !has_amount(line) && (0..=cuts.len()).filter(|c| part(line, cuts, *c).is_some()).count() > 1
}

/// Whether each part of the line is words, or one label and amount with the edges that those of its column have. Sums of
/// the cards under them stand elsewhere, or several in a place.
fn is_of_cards(line: &Line, cuts: &[f32], model: &[(Token, Token)]) -> bool {
    let flush = |l: &Line, (label, amount): &(Token, Token)| {
        pair(l).is_some_and(|(own, sum)| {
            (own.bbox.x0 - label.bbox.x0).abs() < 1.5 * line.size() && (sum.bbox.x1 - amount.bbox.x1).abs() < 0.5 * line.size()
        })
    };
    (0..=cuts.len())
        .all(|c| part(line, cuts, c).is_none_or(|l| !has_amount(&l) || model.get(c).is_some_and(|edges| flush(&l, edges))))
}

/// The lines of each row of cards: it ends where the first label comes again, behind the widest of the gaps there.
fn card_rows<'a>(lines: &'a [Line], cuts: &[f32]) -> Vec<&'a [Line]> {
    let label = |l: &Line| pair(&part(l, cuts, 0)?).map(|(label, _)| label.text);
    let labels: Vec<Option<String>> = lines.iter().map(label).collect();
    let Some(opening) = labels.iter().flatten().next().cloned() else { return vec![lines] };
    let mut out = Vec::new();
    let mut from = 0;
    let mut last_pair: Option<usize> = None;
    for (i, label) in labels.iter().enumerate() {
        let Some(l) = label else { continue };
        if *l == opening
            && let Some(last) = last_pair
        {
            let gap = |k: &usize| lines[*k].bbox.y0 - lines[*k - 1].bbox.y1;
            let cut = (last + 1..=i).max_by(|a, b| gap(a).total_cmp(&gap(b)).then(b.cmp(a))).unwrap_or(i);
            out.push(&lines[from..cut]);
            from = cut;
        }
        last_pair = Some(i);
    }
    out.push(&lines[from..]);
    out
}

/// What of a line stands in one column of the cards.
fn part(line: &Line, cuts: &[f32], column: usize) -> Option<Line> {
    let left = column.checked_sub(1).map_or(f32::NEG_INFINITY, |c| cuts[c]);
    let right = cuts.get(column).copied().unwrap_or(f32::INFINITY);
    line.only(|w| w.bbox.cx() > left && w.bbox.cx() < right)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::ServiceDate, Field::Description, Field::Code, Field::Charge, Field::PatientResponsibility, Field::RemarkCodes];

    #[test]
    fn cards_side_by_side_are_services_each() {
        let pair = |y: f32, label: &'static str, a: &'static str, b: &'static str| {
            (y, vec![(40.0, label), (-240.0, a), (320.0, label), (-520.0, b)])
        };
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, vec![(30.0, "Care from Lakeside Hospital")]),
            (60.0, vec![(30.0, "Patient: Jane Roe"), (200.0, "Claim number: 1413921-00")]),
            (84.0, vec![(40.0, "MIDAZOLAM 1MG INJ"), (320.0, "CBC W/ DIFF")]),
            (94.0, vec![(40.0, "03/09/2025 Code J2250"), (320.0, "03/10/2025 Code 85025")]),
            pair(106.0, "Provider billed", "$14.54", "$130.86"),
            pair(116.0, "Network discount", "$4.12", "$45.60"),
            pair(126.0, "We paid", "$10.42", "$59.68"),
            pair(136.0, "You may owe", "$0.00", "$25.58"),
            (148.0, vec![(40.0, "Why? See reason K21"), (320.0, "Why? See reason K2")]),
            (170.0, vec![(40.0, "EKG")]),
            (180.0, vec![(40.0, "03/10/2025 Code 93000")]),
            (192.0, vec![(40.0, "Provider billed"), (-240.0, "$100.00")]),
            (202.0, vec![(40.0, "Network discount"), (-240.0, "$50.00")]),
            (212.0, vec![(40.0, "We paid"), (-240.0, "$50.00")]),
            (222.0, vec![(40.0, "You may owe"), (-240.0, "$0.00")]),
            (
                250.0,
                vec![
                    (40.0, "Billed: $245.40"),
                    (200.0, "Discount: $99.72"),
                    (330.0, "We paid: $120.10"),
                    (450.0, "You may owe: $25.58"),
                ],
            ),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 MIDAZOLAM 1MG INJ J2250 14.54 0.00 K21",
                "2025-03-10 CBC W/ DIFF 85025 130.86 25.58 K2",
                "2025-03-10 EKG 93000 100.00 0.00 -"
            ]
        );
        assert_eq!(s.totals.len(), 1, "{:?}", s.totals);
    }
}
