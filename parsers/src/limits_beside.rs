//! What counts towards the limits of the plan year, in a panel beside a table:
//!
//! ```text
//! CLAIM RECAP                                               PLAN YEAR 2025
//! Claim     Patient     Charges     Paid   Pt Resp          Deductible                500.00 of 1,000.00
//! 1234567   Jane Roe     210.00   150.00     60.00          Out-of-pocket maximum     619.43 of 5,000.00
//! TOTAL                  210.00   150.00     60.00
//! ```
//! or before what stands beside it, `Deductible: $1,000.00 applied of $1,000.00      Total charges  $574.00`. Its lines stand on the baselines of the table's heads and rows. Read with them the heads would hold amounts, and so be none,
//! and the rows would have two amounts too many. `500.00 of 1,000.00` behind the name of a limit is of no service and no claim.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::money::money;
use crate::panels::one_after_other;
use crate::statement::{Cell, Field, Money};
use crate::text_lines::{Line, PageLines, Phrase};

/// Edges within so many points are flush.
const FLUSH: f32 = 2.5;

/// The least gap between a table and what stands beside it, in sizes of type.
const APART: f32 = 1.5;

/// The widest gap between two lines of the table beside the panel, in sizes of type.
const GAP: f32 = 2.5;

static LIMIT: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:[a-z][a-z' -]*\s)?(?:deductible|out[ -]of[ -]pocket|maximum|limit)\b[a-z' -]*:?";
    let reached = r"\$?[\d,]+\.\d\d\s+(?:(?:applied|met|used|satisfied|counted|reached|spent)\s+)?(?:out\s+)?of\s+\$?[\d,]+\.\d\d(?:\s+(?:met|used|satisfied|reached))?";
    Regex::new(&format!(r"(?i)^{name}\s+{reached}$")).expect("a constant pattern")
});

static ROW: LazyLock<Regex> = LazyLock::new(|| {
    let name = r"(?:[a-z][a-z' -]*\s)?(?:deductible|out[ -]of[ -]pocket)(?:\s(?:limit|max|maximum|amount|expense|costs?))?";
    Regex::new(&format!(r"(?i)^{name}:?((?:\s+\$?[\d,]+\.\d\d){{2,4}})$")).expect("a constant pattern")
});

/// `Annual deductible  $1,000.00  $400.00  $600.00`: a row of a table of limits, what has been used and what is left of each. The
/// two together are the limit.
pub(crate) fn is_row_of_limits(text: &str) -> bool {
    let Some(m) = ROW.captures(text.trim()) else { return false };
    let amounts: Vec<Money> = m[1].split_whitespace().filter_map(money).collect();
    match amounts.as_slice() {
        [limit, used, left] => *used + *left == *limit,
        [limit, used] => used <= limit && text.to_lowercase().contains("out"),
        _ => false,
    }
}

/// The lines with those of such a panel behind those of the table.
pub(crate) fn part(page: &mut PageLines) {
    let beside = |l: &Line| limit_behind(l).or_else(|| behind_limit(l));
    let found: Vec<(usize, f32)> = page.lines.iter().enumerate().filter_map(|(i, l)| Some((i, beside(l)?))).collect();
    let Some(&(first, x)) = found.first() else { return };
    let panel = found.iter().take_while(|(_, other)| (other - x).abs() < FLUSH);
    let last = panel.map(|(i, _)| *i).last().unwrap_or(first);
    let lines = std::mem::take(&mut page.lines);
    let near = |a: usize, b: usize| lines[b].bbox.y0 - lines[a].bbox.y1 < GAP * lines[a].size();
    let clear = |l: &Line| l.words.iter().all(|w| w.bbox.x1 < x || w.bbox.x0 > x - FLUSH);
    let titled = |l: &Line| l.phrases().iter().any(|p| (p.bbox.x0 - x).abs() < FLUSH);
    // its title may stand beside that of the table, and the table may go on below it
    let start = first.checked_sub(1).filter(|&k| near(k, first) && clear(&lines[k]) && titled(&lines[k])).unwrap_or(first);
    let mut end = last + 1;
    while end < lines.len() && near(end - 1, end) && clear(&lines[end]) {
        end += 1;
    }
    if !lines[start..end].iter().all(clear) {
        page.lines = lines;
        return;
    }
    page.lines = one_after_other(lines, &(start..end), |w| w.bbox.x0 <= x - FLUSH);
}

/// `Out-of-pocket maximum $3,725.92 satisfied of $10,000.00`: what has come together in the plan year is of no claim.
pub(crate) fn is_of_plan_year(text: &str) -> bool {
    let lower = text.to_lowercase();
    let limit = ["out-of-pocket", "out of pocket", "deductible"].iter().any(|w| lower.contains(w));
    limit && ["maximum", "limit", "satisfied", "remaining", "individual", "family"].iter().any(|w| lower.contains(w))
}

/// `Deductible  $1,000.00  $196.25  $803.75` under `Limit  Used  Left`: what is left of a limit of the plan year.
pub(crate) fn is_limit_used(name: &str, cells: &BTreeMap<Field, Cell>) -> bool {
    let lower = name.to_lowercase();
    let mut amounts: Vec<Money> = cells.values().filter_map(Cell::money).collect();
    amounts.sort_unstable();
    let parts = matches!(amounts[..], [used, left, limit] if used + left == limit);
    parts && ["deductible", "out-of-pocket", "out of pocket"].iter().any(|w| lower.starts_with(w))
}

/// Where the name of a limit begins that closes a line with what counts towards it, far behind what else stands there.
fn limit_behind(line: &Line) -> Option<f32> {
    let text = |p: &Phrase| line.words[p.first..].iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let phrases = line.phrases();
    let name = phrases.iter().skip(1).find(|p| LIMIT.is_match(&text(p)))?;
    let before = line.words[..name.first].last()?;
    (name.bbox.x0 - before.bbox.x1 > APART * line.size()).then_some(name.bbox.x0)
}

/// Where that begins which stands far behind a limit and what counts towards it.
fn behind_limit(line: &Line) -> Option<f32> {
    let phrases = line.phrases();
    let text = |end: usize| line.words[..end].iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
    let next = phrases.iter().skip(1).find(|p| LIMIT.is_match(&text(p.first)))?;
    let before = line.words[..next.first].last()?;
    (next.bbox.x0 - before.bbox.x1 > APART * line.size()).then_some(next.bbox.x0)
}

#[cfg(test)]
mod tests {
    #[test]
    fn limits_with_what_is_left_of_them() {
        for text in [
            "Calendar year deductible $3,000.00 $3,000.00 $0.00",
            "Individual out-of-pocket $10,000.00 $3,205.42 $6,794.58",
            "Out-of-pocket maximum $4,000.00 $1,882.00",
        ] {
            assert!(super::is_row_of_limits(text), "{text}");
        }
        for text in ["Deductible 30.00", "Annual deductible $3,000.00 $2,000.00 $50.00", "OFFICE VISIT $210.00 $60.00 $150.00"] {
            assert!(!super::is_row_of_limits(text), "{text}");
        }
    }

    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    /// A claim and its recap, beside the last two lines of which these stand.
    fn claim(beside: [&[(f32, &'static str)]; 2]) -> Statement {
        let amounts = |y: f32, words: &[(f32, &'static str)], a: [&'static str; 4]| {
            let mut cells = words.to_vec();
            cells.extend([-260.0, -320.0, -380.0, -450.0].into_iter().zip(a));
            (y, cells)
        };
        let mut lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Lakeside Benefit Plan"), (300.0, "Explanation of Benefits")]),
            (40.0, vec![(30.0, "Claim No: 1234567"), (300.0, "Provider: Lakeside Hospital")]),
            amounts(60.0, &[(30.0, "Date"), (90.0, "Service")], ["Charges", "Discount", "Paid", "Pt Resp"]),
            amounts(74.0, &[(30.0, "03/06/25"), (90.0, "CBC 85025")], ["210.00", "60.00", "90.00", "60.00"]),
            amounts(86.0, &[(30.0, "CLAIM TOTAL")], ["210.00", "60.00", "90.00", "60.00"]),
            (120.0, vec![(30.0, "CLAIM RECAP"), (500.0, "PLAN YEAR 2025")]),
            amounts(132.0, &[(30.0, "Claim"), (110.0, "Patient")], ["Paid", "Charges", "Discount", "Pt Resp"]),
            amounts(145.0, &[(30.0, "1234567"), (110.0, "Jane Roe")], ["90.00", "210.00", "60.00", "60.00"]),
            amounts(157.0, &[(30.0, "TOTAL")], ["90.00", "210.00", "60.00", "60.00"]),
        ];
        lines[6].1.extend(beside[0]);
        lines[7].1.extend(beside[1]);
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines)
    }

    fn rows(s: &Statement) -> Vec<String> {
        s.rows.iter().map(|r| said(r, &[Field::Code, Field::Charge, Field::PlanDiscount, Field::PlanPaid])).collect()
    }

    #[test]
    fn limits_beside_a_table_are_none_of_its_amounts() {
        let s = claim([
            &[(500.0, "Deductible"), (-740.0, "500.00 of 1,000.00")],
            &[(500.0, "Out-of-pocket maximum"), (-740.0, "619.43 of 5,000.00")],
        ]);
        assert_eq!(rows(&s), ["85025 210.00 60.00 90.00"]);
        let sums: Vec<&str> = s.totals.iter().filter_map(|t| t.cells.get(&Field::Charge)).map(|c| c.raw.as_str()).collect();
        assert!(!sums.is_empty() && sums.iter().all(|m| *m == "210.00"), "{sums:?}");
    }

    #[test]
    fn limits_before_the_sums_are_none_of_them() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Benefit Plan"), (300.0, "Explanation of Benefits")]),
            (40.0, &[(30.0, "Claim No: 1234567"), (300.0, "Provider: Lakeside Hospital")]),
            (
                60.0,
                &[
                    (30.0, "Date"),
                    (90.0, "Service"),
                    (-260.0, "Charges"),
                    (-320.0, "Discount"),
                    (-380.0, "Paid"),
                    (-450.0, "Pt Resp"),
                ],
            ),
            (
                74.0,
                &[
                    (30.0, "03/06/25"),
                    (90.0, "CBC 85025"),
                    (-260.0, "210.00"),
                    (-320.0, "60.00"),
                    (-380.0, "90.00"),
                    (-450.0, "60.00"),
                ],
            ),
            (100.0, &[(30.0, "BENEFIT YEAR TO DATE"), (420.0, "SUMMARY")]),
            (112.0, &[(30.0, "Deductible: $1,000.00 applied of $1,000.00"), (420.0, "Total charges"), (-560.0, "$210.00")]),
            (
                124.0,
                &[
                    (30.0, "Out-of-pocket maximum: $1,264.05 applied of $4,000.00"),
                    (420.0, "Network savings"),
                    (-560.0, "$60.00"),
                ],
            ),
        ]);
        assert_eq!(rows(&s), ["85025 210.00 60.00 90.00"]);
        let sums: Vec<&str> = s.totals.iter().filter_map(|t| t.cells.get(&Field::Charge)).map(|c| c.raw.as_str()).collect();
        assert_eq!(sums, ["$210.00"]);
    }

    #[test]
    fn what_names_no_limit_stays_on_its_line() {
        let line = |text: &'static str| {
            let cells: &[(f32, &str)] = &[(30.0, "99214"), (500.0, "Deductible"), (-740.0, text)];
            let words = cells.iter().map(|(x, t)| {
                let x = x.abs();
                crate::page_text::Word::digital(*t, crate::page_text::BBox::new(x, 10.0, x + 40.0, 18.0))
            });
            let words: Vec<_> = words.collect();
            crate::text_lines::Line { page: 1, bbox: words[0].bbox.union(words[2].bbox), words, phrase_gap: 4.0 }
        };
        assert!(super::limit_behind(&line("500.00 of 1,000.00")).is_some());
        assert!(super::limit_behind(&line("500.00")).is_none());
    }
}
