//! Claims of one paper that number themselves by different labels:
//!
//! ```text
//! Claim number      251517127083        Reference number  252924114876
//! Provider          Lakeside Hospital   Provider          Elm Street Clinic
//! ```
//! A reference number by itself may be that of the paper, and beside a number that says it is the claim's it is none. Where it
//! stands with a provider's label, far from any such number, it is that of another claim.
//!
//! Claims whose numbers stand in a column of the table are told apart by the bars over their services:
//!
//! ```text
//! Claim no.      Date       Service         Billed    Allowed
//! Patient: Jane Roe     Seen by: Lakeside Hospital      Your account with provider: 192-43352
//! 251517127083   3/9/2025   OFFICE VISIT    $210.00   $150.00
//! Patient: Jane Roe     Treating provider: Elm Clinic   Patient acct no.: 447-13301
//! 252924114876   3/9/2025   LAB WORK         $21.00    $15.00
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::claims::key;
use super::pairs::Found;
use super::segments::Paper;
use super::totals::amounts_in;
use crate::statement::Field;

/// What the bar over the services of a claim says; by the first three claims may be told apart.
const OF_BARS: [Field; 5] = [Field::AccountNo, Field::Provider, Field::Patient, Field::Network, Field::ClaimStatus];

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
    // a bar that says whose claim it is, as those of the others do, where the providers have a column of their own
    let whose = |row: usize| found.iter().any(|p| p.field == Field::Patient && p.weight >= 2 && p.row == row && !p.dated);
    let bars = sure.iter().all(|a| whose(a.row));
    let apart = |f: &Found| sure.iter().all(|a| key(&a.cell) != key(&f.cell) && !near(a.row, f.row));
    let like = |f: &&Found| f.field == field && !f.dated && !f.coupon && apart(f) && (with_provider(f) || bars && whose(f.row));
    let more: Vec<&Found> = found.iter().filter(like).collect();
    sure.extend(more);
    sure.sort_by_key(|f| f.row);
}

/// What tells the claims of an EOB apart: their numbers, or what stands in the bars over their services, where fewer numbers
/// than bars stand beside labels, none of them in a bar, and the bars differ in it.
pub(super) fn told_apart_by(found: &[Found]) -> Field {
    let numbers: Vec<&Found> = found.iter().filter(|f| f.field == Field::ClaimNo && !f.coupon).collect();
    let mut bars: BTreeMap<usize, BTreeMap<Field, String>> = BTreeMap::new();
    for f in found.iter().filter(|f| OF_BARS.contains(&f.field) && !f.dated && !f.coupon) {
        bars.entry(f.row).or_default().entry(f.field).or_insert_with(|| key(&f.cell));
    }
    bars.retain(|_, said| said.len() >= 2);
    let numbered: BTreeSet<String> = numbers.iter().map(|f| key(&f.cell)).collect();
    if numbers.iter().any(|f| bars.contains_key(&f.row)) {
        return Field::ClaimNo;
    }
    let tells = |field: &Field| {
        let values: Vec<&String> = bars.values().filter_map(|said| said.get(field)).collect();
        values.len() == bars.len() && values.iter().collect::<BTreeSet<_>>().len() >= 2.max(numbered.len() + 1)
    };
    OF_BARS.into_iter().take(3).find(tells).unwrap_or(Field::ClaimNo)
}

/// Whether another fact of a claim stands in the row of this one.
pub(super) fn in_bar(found: &[Found], f: &Found) -> bool {
    found.iter().any(|o| o.row == f.row && o.field != f.field && OF_BARS.contains(&o.field))
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
        assert_eq!(numbers(["Reference number: 252924114876", "Rendered by: Elm Clinic"]), ["251517127083", "252924114876"]);
        assert_eq!(numbers(["Reference number: 252924114876", "Page 1"]), ["251517127083", "251517127083"]);
    }

    #[test]
    fn bars_with_accounts_part_claims_whose_numbers_stand_in_a_column() {
        let row = |n: &'static str| {
            [
                (30.0, n),
                (130.0, "03/09/2025"),
                (220.0, "OFFICE VISIT"),
                (-400.0, "$210.00"),
                (-480.0, "$150.00"),
                (-560.0, "$150.00"),
            ]
        };
        let bar =
            |provider: &'static str, account: &'static str| [(30.0, "Patient: Jane Roe"), (200.0, provider), (420.0, account)];
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (
                60.0,
                &[
                    (30.0, "Claim no."),
                    (130.0, "Date"),
                    (220.0, "Service"),
                    (-400.0, "Billed"),
                    (-480.0, "Allowed"),
                    (-560.0, "Plan Paid"),
                ],
            ),
            (80.0, &bar("Seen by: Lakeside Hospital", "Your account with provider: 192-43352")),
            (94.0, &row("251517127083")),
            (130.0, &bar("Treated by: Elm Street Clinic", "Patient acct no.: 447-13301")),
            (144.0, &row("252924114876")),
        ]);
        let of = |r: &crate::statement::Row, field: Field| {
            let claim = r.claim.and_then(|i| s.claims[i].cells.get(&field));
            r.cells.get(&field).or(claim).map_or("-", |c| c.raw.as_str()).to_owned()
        };
        let said: Vec<[String; 3]> =
            s.rows.iter().map(|r| [Field::ClaimNo, Field::AccountNo, Field::Provider].map(|f| of(r, f))).collect();
        assert_eq!(
            said,
            [["251517127083", "192-43352", "Lakeside Hospital"], ["252924114876", "447-13301", "Elm Street Clinic"]]
        );
    }

    #[test]
    fn a_document_number_in_a_bar_like_the_others_is_a_claims() {
        assert_eq!(
            numbers_of(
                ["Patient: Jane Roe", "Claim number: 251517127083"],
                ["Patient: Jane Roe", "Document number: 336619149882"]
            ),
            ["251517127083", "336619149882"]
        );
        // without the patient in the bars of all it may number the paper
        assert_eq!(
            numbers_of(["Group 5512", "Claim number: 251517127083"], ["Group 5512", "Document number: 336619149882"]),
            ["251517127083", "251517127083"]
        );
    }

    /// What the claims are numbered whose bars say this.
    fn numbers_of(first: [&'static str; 2], second: [&'static str; 2]) -> Vec<String> {
        let row = [(30.0, "03/09/2025"), (120.0, "OFFICE VISIT"), (-400.0, "$210.00"), (-480.0, "$150.00"), (-560.0, "$150.00")];
        let bar = |said: [&'static str; 2]| [(30.0, said[0]), (300.0, said[1])];
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (60.0, &[(30.0, "Service Date"), (120.0, "Service"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Plan Paid")]),
            (80.0, &bar(first)),
            (94.0, &row),
            (108.0, &row),
            (122.0, &[(30.0, "Total"), (-400.0, "$420.00"), (-480.0, "$300.00"), (-560.0, "$300.00")]),
            (140.0, &bar(second)),
            (154.0, &row),
            (168.0, &row),
        ]);
        let of = |i: Option<usize>| i.and_then(|i| s.claims[i].cells.get(&Field::ClaimNo)).map_or("-", |c| c.raw.as_str());
        let mut all: Vec<String> = s.rows.iter().map(|r| of(r.claim).to_owned()).collect();
        all.swap(1, 2);
        all.truncate(2);
        all
    }
}
