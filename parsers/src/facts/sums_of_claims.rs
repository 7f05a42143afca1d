//! The sums that are printed for each claim:
//!
//! ```text
//! Claim number 1234567
//! OFFICE VISIT     Billed $210.00     Paid to provider $150.00
//! BLOOD DRAW       Billed  $30.00     Paid to provider  $20.00
//! Total for this claim
//!   Billed                $240.00
//!   Paid to provider      $170.00
//! ```
//! They stand between the heading of a claim and that of the next.

use std::collections::BTreeMap;

use super::claims::ClaimBlock;
use super::pairs::Found;
use super::segments::{Paper, Piece, Row};
use super::{sums, values};
use crate::statement::{Cell, Field, Money};

/// Words that say whose totals they are.
const OF_CLAIM: [&str; 3] = ["claim", "for", "number"];

/// Adds to each claim the totals that are printed for it: those after its heading and before the next.
pub(crate) fn add_totals(paper: &Paper, blocks: &mut [ClaimBlock], found: &[Found]) {
    let starts: Vec<(u32, f32)> = blocks.iter().map(|b| (b.page, b.y)).collect();
    let mut by_claim: BTreeMap<(usize, Field), Vec<&Found>> = BTreeMap::new();
    let sums = |f: &&Found| values::is_amount(f.field) && !f.dated && !f.coupon && (f.weight > 1 || says_total(paper, f));
    for f in found.iter().filter(sums) {
        let at = (f.cell.page, paper.rows[f.row].bbox.cy());
        let Some(n) = starts.iter().rposition(|s| s.0 < at.0 || (s.0 == at.0 && s.1 <= at.1)) else {
            continue;
        };
        // What is printed after a continued heading belongs to the claim's first block.
        let number = |m: usize| blocks[m].header.cells.get(&Field::ClaimNo);
        let n = (0..n).find(|m| number(*m).is_some() && number(*m) == number(n)).unwrap_or(n);
        by_claim.entry((n, f.field)).or_default().push(f);
    }
    for ((n, field), mut all) in by_claim {
        without_whole(&blocks[..n], field, &mut all);
        let strongest = all.iter().map(|f| rank(paper, f)).max().unwrap_or(0);
        all.retain(|f| rank(paper, f) == strongest);
        // Several different amounts under one caption are those of single services; the last of them may be what they come to.
        if all.iter().all(|f| f.cell.value == all[0].cell.value) {
            blocks[n].header.cells.insert(field, all[0].cell.clone());
        } else if let Some(f) = sum_of_the_others(&all) {
            blocks[n].header.cells.insert(field, f.cell.clone());
        }
    }
}

/// The last of several amounts in reading order, if it is what the others come to: `Paid to provider` beside each service of a
/// claim and `Paid to providers` in its sums.
fn sum_of_the_others<'a>(all: &[&'a Found]) -> Option<&'a Found> {
    let mut order: Vec<&Found> = all.to_vec();
    order.sort_by_key(|f| (f.row, f.piece));
    let (last, others) = order.split_last().filter(|(_, others)| others.len() > 1)?;
    let sum: Option<Money> = others.iter().map(|f| f.cell.money().map(Money::abs)).sum();
    (sum.is_some() && last.cell.money().map(Money::abs) == sum).then_some(*last)
}

/// Takes from the sums under the last claim the one that adds to it those of the claims before: that is the paper's.
fn without_whole(before: &[ClaimBlock], field: Field, all: &mut Vec<&Found>) {
    let others: Money = before.iter().filter_map(|b| b.header.cells.get(&field).and_then(Cell::money)).map(Money::abs).sum();
    let amounts: Vec<Money> = all.iter().filter_map(|f| f.cell.money()).map(Money::abs).collect();
    let whole = |m: Money| others != Money::ZERO && amounts.iter().any(|v| *v + others == m);
    if amounts.iter().any(|m| !whole(*m)) {
        all.retain(|f| !f.cell.money().is_some_and(|m| whole(m.abs())));
    }
}

/// How surely it is a sum: the label's weight, and whether it says total.
pub(crate) fn rank(paper: &Paper, f: &Found) -> u8 {
    f.weight * 2 + u8::from(says_total(paper, f))
}

pub(crate) fn says_total(paper: &Paper, f: &Found) -> bool {
    paper.pieces[f.piece].folded.iter().any(|w| w.word == "maximum" || sums::WHOLE.contains(&w.word.as_str()))
        || is_among_totals(paper, f)
}

/// Whether a label stands among the totals of a claim, in a line that begins so or in a list under such words:
///
/// ```text
/// Claim totals   Billed: $240.00   Paid: $170.00            Total for this claim
///                                                             Billed        $240.00
///                                                             Paid          $170.00
/// ```
fn is_among_totals(paper: &Paper, f: &Found) -> bool {
    /// Sums of a claim.
    const MOST: usize = 8;
    let totals = |p: &Piece| {
        let words: Vec<&str> = p.folded.iter().map(|w| w.word.as_str()).collect();
        let only = |n: usize| words[..n].iter().all(|w| sums::WHOLE.contains(w) || OF_CLAIM.contains(w));
        (1..=words.len().min(4)).rev().find(|n| only(*n) && words[..*n].iter().any(|w| sums::WHOLE.contains(w)))
    };
    let label = &paper.pieces[f.piece];
    let first = &paper.pieces[paper.rows[label.row].pieces.start];
    if first.bbox.x0 < label.bbox.x0 && totals(first).is_some() {
        return true;
    }
    let of_list = |row: &&Row| {
        let p = &paper.pieces[row.pieces.start];
        row.page == label.page && (p.bbox.x0 - label.bbox.x0).abs() < 0.8 * label.size
    };
    let above = paper.rows[..label.row].iter().rev().take_while(of_list).take(MOST);
    let headed = above.map(|row| (row, &paper.pieces[row.pieces.start])).find(|(_, p)| totals(p).is_some());
    headed.is_some_and(|(row, p)| {
        let number = |w: &str| w.bytes().any(|b| b.is_ascii_digit());
        let whole = totals(p).unwrap_or(0) + p.folded.iter().filter(|w| number(&w.word)).count() >= p.folded.len();
        row.pieces.len() == 1 && whole && label.bbox.y0 - p.bbox.y1 < MOST as f32 * 1.6 * label.size
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::{Cell, Field};
    use crate::test_pages::read;

    /// What the plan paid, on a paper of two claims with the last one's sum as given.
    fn paid(last: &'static str) -> Vec<String> {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (44.0, &[(30.0, "Claim number: 1234567")]),
            (54.0, &[(30.0, "Provider: Lakeside Hospital")]),
            (70.0, &[(30.0, "OFFICE VISIT 99214"), (-500.0, "03/09/2025")]),
            (81.0, &[(34.0, "Billed"), (-200.0, "$210.00"), (300.0, "Paid to provider"), (-500.0, "$150.00")]),
            (95.0, &[(30.0, "BLOOD DRAW 36415"), (-500.0, "03/09/2025")]),
            (106.0, &[(34.0, "Billed"), (-200.0, "$30.00"), (300.0, "Paid to provider"), (-500.0, "$20.00")]),
            (120.0, &[(30.0, "Recap of this claim")]),
            (131.0, &[(34.0, "Billed"), (-200.0, "$240.00")]),
            (142.0, &[(34.0, "Paid to providers"), (-200.0, "$170.00")]),
            (170.0, &[(30.0, "Claim number: 7654321")]),
            (180.0, &[(30.0, "Provider: Elm Clinic")]),
            (196.0, &[(30.0, "OFFICE VISIT 99213"), (-500.0, "03/10/2025")]),
            (207.0, &[(34.0, "Billed"), (-200.0, "$100.00"), (300.0, "Paid to provider"), (-500.0, "$60.00")]),
            (221.0, &[(30.0, "BLOOD DRAW 36415"), (-500.0, "03/10/2025")]),
            (232.0, &[(34.0, "Billed"), (-200.0, "$30.00"), (300.0, "Paid to provider"), (-500.0, "$20.00")]),
            (246.0, &[(30.0, "Recap of this claim")]),
            (257.0, &[(34.0, "Billed"), (-200.0, "$130.00")]),
            (268.0, &[(34.0, "Paid to providers"), (-200.0, last)]),
        ]);
        let cells = s.header.get(&Field::TotalPlanPaid).into_iter().flatten();
        cells.filter_map(Cell::money).map(|m| m.to_string()).collect()
    }

    #[test]
    fn labels_under_the_words_of_a_total_are_those_of_sums() {
        let s = |heading: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
                (40.0, &[(30.0, "Claim number: 1234567")]),
                (60.0, &[(30.0, "Date"), (110.0, "Service"), (-300.0, "Billed"), (-400.0, "Allowed"), (-500.0, "Plan paid")]),
                (
                    74.0,
                    &[(30.0, "03/09/2025"), (110.0, "OFFICE VISIT"), (-300.0, "$90.00"), (-400.0, "$60.00"), (-500.0, "$40.00")],
                ),
                (100.0, &[(300.0, heading)]),
                (111.0, &[(300.0, "Negotiated savings"), (-500.0, "$30.00")]),
                (122.0, &[(300.0, "Plan paid"), (-500.0, "$40.00")]),
            ]);
            let cells = s.header.get(&Field::TotalDiscount).into_iter().flatten();
            cells.filter_map(Cell::money).map(|m| m.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(s("Total for claim 1234567"), ["30.00"]);
        assert!(s("About this claim").is_empty());
    }

    #[test]
    fn the_last_amount_is_the_sum_of_the_claim_where_the_others_come_to_it() {
        assert_eq!(paid("$80.00"), ["170.00", "80.00"]);
        assert!(!paid("$81.00").contains(&"81.00".to_owned()));
    }
}
