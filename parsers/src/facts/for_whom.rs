//! For whom a claim is, where the line beneath that of its number says so and no more:
//!
//! ```text
//! Lakeside Internal Medicine        In network            Claim # 251116085808
//! For Jane Roe                                      Received Jul 13, 2025
//! ```
//! or where the word is a caption by itself, in the bar or the card of the claim's number:
//!
//! ```text
//! FOR              ICN                SEEN BY                      For         Jane Roe
//! Jane Roe         774652081391-00    Lakeside Hospital            Claim #     774652081391-00
//! ```
//! or where a name heads what is said of the claim, flush with it and set apart from what stands above:
//!
//! ```text
//! Jane Roe                                                    Claim processed 03/05/2024
//! Claim ID: 241471973875        Provider: Lakeside Hospital
//! ```
//! The bare `for` labels nothing elsewhere. On a paper of several people a claim without its person would be another's.

use super::segments::Paper;
use super::totals::amounts_in;
use super::{claims, wording};
use crate::statement::Cell;

/// `For Jane Roe` on the line beneath that of the claim's number, whose words `for` label nothing elsewhere.
pub(super) fn beneath(paper: &Paper, at: usize, ceiling: usize) -> Option<Cell> {
    let (own, row) = (&paper.rows[at], paper.rows.get(at + 1).filter(|_| at + 1 < ceiling)?);
    let near = row.page == own.page && row.bbox.y0 - own.bbox.y1 < paper.body_size * 1.2 && amounts_in(paper, at + 1) == 0;
    let pieces = near.then(|| &paper.pieces[row.pieces.clone()])?;
    pieces.iter().find_map(|p| {
        let text = p.text();
        let name = text.strip_prefix("For ").or_else(|| text.strip_prefix("for "))?;
        let fits = wording::is_person(name) && wording::organisation_words(name) == 0;
        fits.then(|| claims::text_cell(name, &text, p))
    })
}

/// Rows between the claim's number and the caption `For` at most.
const NEAR: usize = 3;

/// The person behind or below the caption `For` next to the claim's number, no higher than `floor` and above `ceiling`.
pub(super) fn captioned(paper: &Paper, at: usize, floor: usize, ceiling: usize) -> Option<Cell> {
    let rows = at.saturating_sub(NEAR).max(floor)..ceiling.min(at + NEAR + 1);
    let page = paper.rows[at].page;
    let mut captions = rows
        .filter(|r| paper.rows[*r].page == page)
        .flat_map(|r| paper.rows[r].pieces.clone())
        .filter(|i| paper.pieces[*i].text().trim_end_matches(':').eq_ignore_ascii_case("for"));
    let person = |i: usize| {
        let p = &paper.pieces[i];
        let text = p.text();
        (wording::is_person(&text) && wording::organisation_words(&text) == 0).then(|| claims::text_cell(&text, &text, p))
    };
    captions.find_map(|i| {
        let beside = paper.right_of(i).and_then(person);
        beside.or_else(|| paper.below(i, 1.2 * paper.body_size).and_then(person))
    })
}

/// The person whose name stands by itself in the row right over the facts of a claim, which begin at `top`, and that row.
pub(super) fn over(paper: &Paper, top: usize, floor: usize) -> Option<(usize, Cell)> {
    let at = top.checked_sub(1).filter(|r| *r >= floor)?;
    let (row, own) = (&paper.rows[at], &paper.rows[top]);
    let below = own.bbox.y0 - row.bbox.y1;
    let flush = (row.bbox.x0 - own.bbox.x0).abs() < 0.3 * paper.body_size;
    let above = at.checked_sub(1).map(|r| &paper.rows[r]).filter(|r| r.page == row.page);
    // the last line of an address stands no farther from the one over it
    let apart = above.is_none_or(|a| row.bbox.y0 - a.bbox.y1 > below.max(0.0) + 0.3 * paper.body_size);
    if row.page != own.page || below > 1.2 * paper.body_size || !flush || !apart {
        return None;
    }
    let (first, rest) = paper.pieces[row.pieces.clone()].split_first()?;
    let text = first.text();
    let person = wording::is_person(&text) && wording::organisation_words(&text) == 0;
    let said = rest.iter().all(|p| wording::status(&p.text()).or_else(|| wording::network(&p.text())).is_some());
    (person && said).then(|| (at, claims::text_cell(&text, &text, first)))
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement, Value};
    use crate::test_pages::read;

    fn notice() -> Statement {
        let row = |y: f32, words: &'static str| {
            (
                y,
                vec![
                    (30.0, "05/29/2024"),
                    (130.0, words),
                    (-300.0, "13.00"),
                    (-400.0, "9.00"),
                    (-500.0, "5.00"),
                    (-600.0, "4.00"),
                ],
            )
        };
        let claim = |y: f32, provider: &'static str, number: &'static str| (y, vec![(30.0, provider), (400.0, number)]);
        let lines = [
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of benefits")]),
            (50.0, vec![(30.0, "Subscriber"), (130.0, "John Roe")]),
            (
                80.0,
                vec![
                    (30.0, "Date"),
                    (130.0, "Service"),
                    (-300.0, "Billed"),
                    (-400.0, "Allowed"),
                    (-500.0, "Plan paid"),
                    (-600.0, "You owe"),
                ],
            ),
            claim(100.0, "Elm Family Medicine", "Claim # 3621057653"),
            (110.0, vec![(30.0, "For Jane Roe"), (400.0, "Processed 09/28/2024")]),
            row(122.0, "OFFICE VISIT"),
            claim(142.0, "Meadow Clinic", "Claim # 3621057999"),
            (152.0, vec![(30.0, "For John Roe"), (400.0, "Processed 09/28/2024")]),
            row(164.0, "X-RAY CHEST"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        read(&lines)
    }

    #[test]
    fn each_claim_has_its_own_person() {
        let people: Vec<Option<Value>> =
            notice().claims.iter().map(|c| c.cells.get(&Field::Patient).map(|c| c.value.clone())).collect();
        assert_eq!(people, ["Jane Roe", "John Roe"].map(|n| Some(Value::Text(n.to_owned()))));
    }

    #[test]
    fn a_name_by_itself_heads_the_claim_under_it() {
        let row = |y: f32, words: &'static str| {
            (y, vec![(30.0, "05/29/2024"), (130.0, words), (-300.0, "13.00"), (-400.0, "9.00"), (-500.0, "9.00")])
        };
        let heads = |y: f32| {
            (y, vec![(30.0, "Date"), (130.0, "Service"), (-300.0, "Billed"), (-400.0, "Allowed"), (-500.0, "Plan paid")])
        };
        let claim = |y: f32, number: &'static str| {
            (y, vec![(30.0, number), (220.0, "Provider: Meadow Clinic"), (500.0, "In-network provider")])
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of benefits")]),
            (40.0, vec![(400.0, "Member: John Roe")]),
            (80.0, vec![(30.0, "John Roe"), (500.0, "Claim processed 09/28/2024")]),
            claim(90.0, "Claim ID: 3621057653"),
            heads(104.0),
            row(116.0, "OFFICE VISIT"),
            (160.0, vec![(30.0, "Jane Roe"), (500.0, "Claim processed 09/28/2024")]),
            claim(170.0, "Claim ID: 3621057999"),
            heads(184.0),
            row(196.0, "X-RAY CHEST"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let s = read(&lines);
        let of = |f: Field| -> Vec<Option<Value>> { s.claims.iter().map(|c| c.cells.get(&f).map(|c| c.value.clone())).collect() };
        assert_eq!(of(Field::Patient), ["John Roe", "Jane Roe"].map(|n| Some(Value::Text(n.to_owned()))));
        assert_eq!(of(Field::ClaimStatus), ["processed"; 2].map(|n| Some(Value::Text(n.to_owned()))));
    }

    #[test]
    fn for_may_be_a_caption_of_its_own() {
        let patients = |bar: [&[(f32, &str)]; 2]| -> Vec<String> {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of benefits")]),
                (50.0, &[(30.0, "Subscriber"), (130.0, "John Roe")]),
                (70.0, bar[0]),
                (80.0, bar[1]),
                (100.0, &[(30.0, "Date"), (130.0, "Service"), (-300.0, "Billed"), (-400.0, "Allowed"), (-500.0, "Plan paid")]),
                (114.0, &[(30.0, "05/29/2024"), (130.0, "X-RAY"), (-300.0, "13.00"), (-400.0, "9.00"), (-500.0, "9.00")]),
            ]);
            s.header.get(&Field::Patient).into_iter().flatten().map(|c| c.raw.clone()).collect()
        };
        let below = [
            &[(30.0, "FOR"), (200.0, "CLAIM NUMBER"), (400.0, "SEEN BY")][..],
            &[(30.0, "Jane Roe"), (200.0, "3621057653"), (400.0, "Lakeside Hospital")][..],
        ];
        assert_eq!(patients(below), ["Jane Roe"]);
        let beside = [&[(30.0, "For"), (130.0, "Jane Roe")][..], &[(30.0, "Claim number"), (130.0, "3621057653")][..]];
        assert_eq!(patients(beside), ["Jane Roe"]);
        // what a name is wanted for is nobody's name
        let other = [&[(30.0, "For"), (130.0, "Lakeside Hospital")][..], &[(30.0, "Claim number"), (130.0, "3621057653")][..]];
        assert_eq!(patients(other), ["John Roe"]);
    }
}
