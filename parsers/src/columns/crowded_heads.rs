//! Heads of a line that stand so close that they look like one, where the lines above and below say which of its words are one:
//!
//! ```text
//!           Amount                                 Amount you
//! Eligible      we     Annual       Member                may
//!   Amount    paid Deductible  coinsurance Ineligible owe provider
//! ```

use std::borrow::Cow;

use super::{asks, is_money_field, sub_phrase};
use crate::statement::Field;
use crate::text_lines::{Line, Phrase};
use crate::vocabulary::Vocabulary;

/// A head has no more words on one line.
const MOST_WORDS: usize = 4;

/// More words are prose.
const MOST_OF_LINE: usize = 10;

/// The heads that a phrase is, each of them known with the words that stand over it; `lines_above` from top to bottom.
pub(super) fn parted(line: &Line, p: &Phrase, lines_above: &[Cow<'_, Line>], vocabulary: &Vocabulary) -> Option<Vec<Phrase>> {
    let n = p.end - p.first;
    if !(3..=MOST_OF_LINE).contains(&n) || lines_above.is_empty() {
        return None;
    }
    let above: Vec<Vec<Vec<&str>>> = lines_above.iter().rev().take(2).map(|l| words_over(line, p, l)).collect();
    let known = |text: &str| vocabulary.lookup(text).is_some();
    // `Procedure / qty`: no head begins or ends with what joins its words
    let joins = |w: &str| {
        matches!(w.to_lowercase().as_str(), "/" | "&" | "+" | "-" | "and" | "or" | "of" | "for" | "on" | "at" | "by" | "to")
    };
    let head = |from: usize, end: usize| {
        if [from, end - 1].iter().any(|i| joins(&line.words[p.first + i].text)) {
            return false;
        }
        let own = sub_phrase(line, p.first + from, p.first + end).text;
        let over = |k: usize| above.get(k).map(|words| words[from..end].concat().join(" ")).filter(|t| !t.is_empty());
        let once = over(0).map(|t| format!("{t} {own}"));
        let twice = over(1).map(|t| format!("{t} {}", once.as_deref().unwrap_or(&own)));
        match (once, twice) {
            (None, None) => known(&own),
            (once, twice) => [once, twice].into_iter().flatten().any(|t| known(&t)),
        }
    };
    // the fewest heads that use all words
    let mut best: Vec<Option<(usize, usize)>> = vec![None; n + 1];
    best[0] = Some((0, 0));
    for end in 1..=n {
        for from in end.saturating_sub(MOST_WORDS)..end {
            let Some((heads, _)) = best[from] else { continue };
            if best[end].is_none_or(|(fewest, _)| heads + 1 < fewest) && head(from, end) {
                best[end] = Some((heads + 1, from));
            }
        }
    }
    let (mut out, mut end) = (Vec::new(), n);
    while end > 0 {
        let (_, from) = best[end]?;
        out.push(sub_phrase(line, p.first + from, p.first + end));
        end = from;
    }
    out.reverse();
    (out.len() > 1).then_some(out)
}

/// For each word of a phrase the words of the line above that stand over it more than over its neighbours.
fn words_over<'a>(line: &Line, p: &Phrase, above: &'a Line) -> Vec<Vec<&'a str>> {
    let own = &line.words[p.first..p.end];
    let mut out: Vec<Vec<&str>> = vec![Vec::new(); own.len()];
    for w in &above.words {
        let overlap = |i: &usize| own[*i].bbox.overlap_x(w.bbox);
        let under = (0..own.len()).max_by(|a, b| overlap(a).total_cmp(&overlap(b))).filter(|i| overlap(i) > 0.0);
        if let Some(i) = under {
            out[i].push(&w.text);
        }
    }
    out
}

/// `PROCEDURE CD.` under `REV.` that stands over its last word alone: a procedure's code, and beside it that of the department.
pub(super) fn two_codes(line: &Line, p: &Phrase, above: &Line, vocabulary: &Vocabulary) -> Option<Vec<Phrase>> {
    let code = |text: &str| match vocabulary.lookup(text)?.fields.as_slice() {
        [f @ (Field::Code | Field::RevenueCode)] => Some(*f),
        _ => None,
    };
    code(&p.text)?;
    let over = words_over(line, p, above);
    let part = |from: usize, end: usize| {
        let words = over[from..end].concat().join(" ");
        format!("{words} {}", sub_phrase(line, p.first + from, p.first + end).text).trim().to_owned()
    };
    let n = p.end - p.first;
    let cut = (1..n).find(|cut| {
        let named = over[..*cut].concat().is_empty() && !over[*cut..].concat().is_empty();
        named && matches!((code(&part(0, *cut)), code(&part(*cut, n))), (Some(a), Some(b)) if a != b)
    })?;
    Some(vec![sub_phrase(line, p.first, p.first + cut), sub_phrase(line, p.first + cut, p.end)])
}

/// Whether the words of a phrase stand wider apart at this place than words of one head do.
pub(super) fn stands_apart(line: &Line, p: &Phrase, cut: usize) -> bool {
    /// In sizes of type: a space of a typewriter face has 0.6 of them.
    const APART: f32 = 0.68;
    let gap = |i: usize| line.words[i].bbox.x0 - line.words[i - 1].bbox.x1;
    let within = (p.first + 1..p.end).filter(|i| *i != cut).map(gap).fold(0.0, f32::max);
    gap(cut) > APART * line.size() && gap(cut) > 0.95 * within
}

/// `Carrier  Paid` under `Other  We`, `COINSURANCE  SHARE` under `YOUR`: known as one head, but its words stand apart, and with
/// what stands flush over them each is known by itself as something else.
pub(super) fn set_apart(line: &Line, p: &Phrase, above: &Line, vocabulary: &Vocabulary) -> Option<Vec<Phrase>> {
    let over = words_over(line, p, above);
    let n = p.end - p.first;
    if over.iter().all(Vec::is_empty) || !(2..=MOST_OF_LINE).contains(&n) {
        return None;
    }
    // `AMOUNT` by itself may be the end of any head
    let vague =
        |t: &str| matches!(t.to_lowercase().as_str(), "amount" | "amt" | "total" | "paid" | "charge" | "charges" | "plan");
    let head = |from: usize, end: usize| {
        let own = sub_phrase(line, p.first + from, p.first + end);
        let words = over[from..end].concat();
        let fields = |t: &str| vocabulary.lookup(t).map(|m| m.fields).filter(|f| *f != [Field::Ignored]);
        if words.is_empty() {
            return fields(&own.text).filter(|_| !vague(&own.text));
        }
        let first = above.words.iter().find(|w| w.text == words[0] && w.bbox.overlap_x(own.bbox) > 0.0)?;
        let last = above.words.iter().rev().find(|w| w.text == words[words.len() - 1] && w.bbox.overlap_x(own.bbox) > 0.0)?;
        let near = |d: f32| d.abs() < 0.3 * line.size();
        let (x0, x1) = (first.bbox.x0, last.bbox.x1);
        let flush = near(x0 - own.bbox.x0) || near(x1 - own.bbox.x1) || near(f32::midpoint(x0, x1) - own.bbox.cx());
        fields(&format!("{} {}", words.join(" "), own.text)).filter(|_| flush)
    };
    let cut = (1..n)
        .filter(|cut| stands_apart(line, p, p.first + cut))
        .find(|cut| matches!((head(0, *cut), head(*cut, n)), (Some(a), Some(b)) if a != b))?;
    Some(vec![sub_phrase(line, p.first, p.first + cut), sub_phrase(line, p.first + cut, p.end)])
}

/// `# Covered?`, `# RevCd`: the sign of a count before a head that has nothing to do with counts; before that of amounts,
/// `#  Charges`, where it stands wider apart than words of one head do (`# Charges` are their number).
pub(super) fn counted_apart(line: &Line, p: &Phrase, vocabulary: &Vocabulary) -> Option<[Phrase; 2]> {
    /// The narrowest gap between two heads, in sizes of type.
    const APART: f32 = 0.4;
    let rest = (p.end - p.first > 1 && line.words[p.first].text == "#").then(|| sub_phrase(line, p.first + 1, p.end))?;
    let apart = line.words[p.first + 1].bbox.x0 - line.words[p.first].bbox.x1 > APART * line.size();
    let heads = |m: crate::vocabulary::HeaderMatch| {
        let coded = matches!(m.fields.as_slice(), [Field::Code | Field::RevenueCode]);
        coded || apart && m.fields.iter().all(|f| is_money_field(*f))
    };
    let other = asks(&rest.text) || vocabulary.lookup(&rest.text).is_some_and(heads);
    other.then(|| [sub_phrase(line, p.first, p.first + 1), rest])
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 9] = [
        Field::RevenueCode,
        Field::Code,
        Field::Units,
        Field::Charge,
        Field::Allowed,
        Field::PlanPaid,
        Field::Deductible,
        Field::NotCovered,
        Field::PatientResponsibility,
    ];

    type Row = (f32, &'static [(f32, &'static str)]);

    fn rows(below: &[Row]) -> Vec<String> {
        let head: [Row; 2] = [
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, &[(30.0, "Claim number 1234567")]),
        ];
        read(&[&head, below].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn the_lines_above_say_where_heads_part() {
        let found = rows(&[
            (60.0, &[(-460.0, "Amount"), (-652.0, "Amount you")]),
            (
                69.0,
                &[
                    (30.0, "Date of"),
                    (-340.0, "Doctor"),
                    (-400.0, "Eligible"),
                    (-460.0, "we"),
                    (-505.0, "Annual"),
                    (-652.0, "may"),
                ],
            ),
            (
                78.0,
                &[
                    (30.0, "service"),
                    (100.0, "Service"),
                    (-340.0, "charged"),
                    (-400.0, "Amount"),
                    (-460.0, "paid"),
                    (-505.0, "Deductible"),
                    (-549.0, "Ineligible"),
                    (-604.0, "owe provider"),
                ],
            ),
            (
                92.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "AMBULANCE"),
                    (-340.0, "534.30"),
                    (-400.0, "500.00"),
                    (-460.0, "400.00"),
                    (-505.0, "100.00"),
                    (-549.0, "34.30"),
                    (-604.0, "134.30"),
                ],
            ),
            (
                104.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "OXYGEN"),
                    (-340.0, "116.27"),
                    (-400.0, "116.27"),
                    (-460.0, "100.00"),
                    (-505.0, "16.27"),
                    (-549.0, "0.00"),
                    (-604.0, "16.27"),
                ],
            ),
        ]);
        let want = ["- - - 534.30 500.00 400.00 100.00 34.30 134.30", "- - - 116.27 116.27 100.00 16.27 0.00 16.27"];
        assert_eq!(found, want);
    }

    #[test]
    fn what_stands_apart_is_two_heads_though_it_reads_like_one() {
        // between `Carrier` and `Paid` are 6 points, in type of 8
        let found = rows(&[
            (60.0, &[(-340.0, "Amount"), (-400.0, "Allowed"), (-480.0, "Other"), (-502.8, "We"), (-600.0, "You")]),
            (
                69.0,
                &[
                    (30.0, "Date"),
                    (100.0, "Service"),
                    (-340.0, "billed"),
                    (-400.0, "amount"),
                    (-480.0, "Carrier"),
                    (-502.8, "Paid"),
                    (-600.0, "owe"),
                ],
            ),
            (
                82.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "PTT"),
                    (-340.0, "58.86"),
                    (-400.0, "40.51"),
                    (-480.0, "-"),
                    (-502.8, "0.00"),
                    (-600.0, "40.51"),
                ],
            ),
            (
                94.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "PACU"),
                    (-340.0, "99.00"),
                    (-400.0, "49.00"),
                    (-480.0, "-"),
                    (-502.8, "9.00"),
                    (-600.0, "40.00"),
                ],
            ),
        ]);
        assert_eq!(found, ["- - - 58.86 40.51 0.00 - - 40.51", "- - - 99.00 49.00 9.00 - - 40.00"]);
    }

    #[test]
    fn the_words_of_one_head_stay_together() {
        let found = rows(&[
            (60.0, &[(-480.0, "Your")]),
            (
                69.0,
                &[
                    (30.0, "Date"),
                    (100.0, "Service"),
                    (-340.0, "Billed"),
                    (-400.0, "Allowed"),
                    (-480.0, "coinsurance share"),
                    (-560.0, "Plan paid"),
                ],
            ),
            (
                82.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "PTT"),
                    (-340.0, "58.86"),
                    (-400.0, "40.51"),
                    (-480.0, "8.10"),
                    (-560.0, "32.41"),
                ],
            ),
            (
                94.0,
                &[
                    (30.0, "03/09/2025"),
                    (100.0, "PACU"),
                    (-340.0, "99.00"),
                    (-400.0, "49.00"),
                    (-480.0, "9.80"),
                    (-560.0, "39.20"),
                ],
            ),
        ]);
        assert_eq!(found, ["- - - 58.86 40.51 32.41 - - -", "- - - 99.00 49.00 39.20 - - -"]);
    }

    #[test]
    fn the_sign_of_a_count_is_no_part_of_the_next_head() {
        let found = rows(&[
            (60.0, &[(30.0, "Date of"), (-400.0, "Plan")]),
            (69.0, &[(30.0, "service"), (115.0, "# RevCd"), (160.0, "Service"), (-340.0, "Charge"), (-400.0, "paid")]),
            (
                82.0,
                &[
                    (30.0, "03/09/2025"),
                    (115.0, "2"),
                    (123.0, "0301"),
                    (160.0, "BASIC PANEL"),
                    (-340.0, "82.35"),
                    (-400.0, "22.42"),
                ],
            ),
            (
                94.0,
                &[(30.0, "03/09/2025"), (115.0, "1"), (123.0, "0360"), (160.0, "OR TIME"), (-340.0, "99.00"), (-400.0, "49.00")],
            ),
        ]);
        assert_eq!(found, ["0301 - 2 82.35 - 22.42 - - -", "0360 - 1 99.00 - 49.00 - - -"]);
    }

    #[test]
    fn two_codes_side_by_side_are_two_columns() {
        let found = rows(&[
            (60.0, &[(30.0, "Date of"), (160.3, "Rev."), (-340.0, "Amount"), (-400.0, "Plan")]),
            (69.0, &[(30.0, "service"), (82.0, "Service"), (120.0, "Procedure Cd."), (-340.0, "charged"), (-400.0, "paid")]),
            (
                82.0,
                &[(30.0, "03/09/2025"), (82.0, "PTT"), (122.0, "85730"), (160.0, "0305"), (-340.0, "58.86"), (-400.0, "40.51")],
            ),
            (94.0, &[(30.0, "03/09/2025"), (82.0, "PACU"), (160.0, "0710"), (-340.0, "99.00"), (-400.0, "49.00")]),
        ]);
        assert_eq!(found, ["0305 85730 - 58.86 - 40.51 - - -", "0710 - - 99.00 - 49.00 - - -"]);
    }
}
