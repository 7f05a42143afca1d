//! Claims of one paper that number themselves by different labels:
//!
//! ```text
//! Claim number      251517127083        Reference number  252924114876
//! Provider          Lakeside Hospital   Provider          Elm Street Clinic
//! ```
//! A reference number by itself may be that of the paper, and beside a number that says it is the claim's it is none. Where it
//! stands with a provider's label, far from any such number, it is that of another claim.

use super::claims::key;
use super::pairs::Found;
use super::segments::Paper;
use super::totals::amounts_in;
use crate::statement::Field;

/// How many rows apart the labels of one claim stand.
const REACH: usize = 4;

/// Adds to the numbers that surely are claims' those that stand like them, in reading order.
pub(super) fn add<'a>(paper: &Paper, found: &'a [Found], sure: &mut Vec<&'a Found>) {
    let Some(field) = sure.first().map(|f| f.field) else { return };
    let near = |a: usize, b: usize| {
        let between = a.min(b) + 1..a.max(b);
        paper.rows[a].page == paper.rows[b].page
            && a.abs_diff(b) <= REACH
            && between.into_iter().all(|r| amounts_in(paper, r) < 2)
    };
    let with_provider = |f: &Found| {
        let labelled = |p: &&Found| p.field == Field::Provider && p.weight >= 2 && !p.dated && !p.coupon;
        found.iter().filter(labelled).any(|p| near(p.row, f.row))
    };
    let apart = |f: &Found| sure.iter().all(|a| key(&a.cell) != key(&f.cell) && !near(a.row, f.row));
    let like = |f: &&Found| f.field == field && !f.dated && !f.coupon && apart(f) && with_provider(f);
    let more: Vec<&Found> = found.iter().filter(like).collect();
    sure.extend(more);
    sure.sort_by_key(|f| f.row);
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::read;

    /// What the claims of a paper are numbered, whose second heading says these lines.
    fn numbers(second: [&str; 2]) -> Vec<String> {
        let heads: &[(f32, &str)] =
            &[(30.0, "Service Date"), (120.0, "Service"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Plan Paid")];
        let row: &[(f32, &str)] =
            &[(30.0, "03/09/2025"), (120.0, "OFFICE VISIT"), (-400.0, "$210.00"), (-480.0, "$150.00"), (-560.0, "$150.00")];
        let [number, provider] = second.map(|t| [(30.0, t)]);
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (50.0, &[(30.0, "Claim number: 251517127083")]),
            (60.0, &[(30.0, "Provider: Lakeside Hospital")]),
            (80.0, heads),
            (94.0, row),
            (120.0, &number),
            (130.0, &provider),
            (150.0, heads),
            (164.0, row),
        ]);
        let of = |i: Option<usize>| i.and_then(|i| s.claims[i].cells.get(&Field::ClaimNo)).map_or("-", |c| c.raw.as_str());
        s.rows.iter().map(|r| of(r.claim).to_owned()).collect()
    }

    #[test]
    fn a_reference_number_beside_a_provider_is_another_claims() {
        assert_eq!(numbers(["Reference number: 252924114876", "Provider: Elm Street Clinic"]), ["251517127083", "252924114876"]);
        assert_eq!(numbers(["Reference number: 252924114876", "Page 1"]), ["251517127083", "251517127083"]);
    }
}
