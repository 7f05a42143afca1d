//! Sums of a bill whose services stand on cards of their own, with the same labels as the sums have:
//!
//! ```text
//! AMBULANCE MILEAGE          Charge: 302.19
//! Insurance paid: 241.75     Your share: 60.44
//!
//! Total charges 1,652.55     Insurance paid 522.04     Balance due 1,130.51
//! ```
//! What a card says is said of its service. The sums are looked for once more where no card stands.

use std::collections::BTreeMap;

use crate::page_text::{BBox, Word};
use crate::statement::{Cell, Field, LineKind, Row};
use crate::text_lines::{Line, PageLines};

/// A service on fewer lines has no card.
const FEWEST_LINES: usize = 3;

/// Fewer cards may say what the paper says as well.
const FEWEST: usize = 2;

const SUMS: [Field; 5] =
    [Field::TotalCharges, Field::TotalDiscount, Field::TotalPlanPaid, Field::TotalPatientPaid, Field::BalanceDue];

/// Puts the sums that stand on no card in place of those that do, and of those that cards have made ambiguous.
pub(crate) fn take(
    header: &mut BTreeMap<Field, Vec<Cell>>,
    pages: &[PageLines],
    rows: &[Row],
    read: impl Fn(&[PageLines]) -> BTreeMap<Field, Vec<Cell>>,
) {
    let cards: Vec<(u32, BBox)> = rows.iter().filter(|r| is_card(r, pages)).map(|r| (r.page, r.bbox)).collect();
    let on_card = |c: &Cell| cards.iter().any(|(page, b)| *page == c.page && holds(*b, c.bbox));
    let doubtful = |f: &Field| header.get(f).is_none_or(|cells| cells.iter().any(on_card));
    if cards.len() < FEWEST || !SUMS.iter().any(doubtful) {
        return;
    }
    let mut outside = read(&without(pages, &cards));
    for field in SUMS.into_iter().filter(|f| doubtful(f)).collect::<Vec<_>>() {
        match outside.remove(&field) {
            Some(cells) => header.insert(field, cells),
            None => header.remove(&field),
        };
    }
}

fn is_card(row: &Row, pages: &[PageLines]) -> bool {
    let lines = pages.iter().filter(|p| p.number == row.page).flat_map(|p| &p.lines);
    row.kind == LineKind::Service && lines.filter(|l| l.words.iter().any(|w| holds(row.bbox, w.bbox))).count() >= FEWEST_LINES
}

fn holds(card: BBox, b: BBox) -> bool {
    (card.x0..=card.x1).contains(&b.cx()) && (card.y0..=card.y1).contains(&b.cy())
}

/// The pages without the words on the cards.
fn without(pages: &[PageLines], cards: &[(u32, BBox)]) -> Vec<PageLines> {
    let beside = |l: &Line| {
        let free = |w: &&Word| !cards.iter().any(|(page, b)| *page == l.page && holds(*b, w.bbox));
        let words: Vec<Word> = l.words.iter().filter(free).cloned().collect();
        let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
        Some(Line { words, bbox, ..l.clone() })
    };
    pages.iter().map(|p| PageLines { lines: p.lines.iter().filter_map(beside).collect(), ..p.clone() }).collect()
}

#[cfg(test)]
mod tests {
    use crate::statement::{Cell, Field};
    use crate::test_pages::read;

    #[test]
    fn a_share_on_a_card_is_no_balance() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Ambulance"), (400.0, "Patient statement")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (300.0, "Account number: 32980200")]),
            (80.0, &[(30.0, "Service: AMBULANCE BLS EMERGENCY"), (300.0, "Date of service: 03/09/2025")]),
            (92.0, &[(30.0, "Code: A0429"), (300.0, "Quantity: 1")]),
            (104.0, &[(30.0, "Charge: $1,350.36"), (300.0, "Insurance paid: $280.29")]),
            (116.0, &[(30.0, "Your share: $1,070.07")]),
            (140.0, &[(30.0, "Service: GROUND MILEAGE"), (300.0, "Date of service: 03/09/2025")]),
            (152.0, &[(30.0, "Code: A0425"), (300.0, "Quantity: 13")]),
            (164.0, &[(30.0, "Charge: $302.19"), (300.0, "Insurance paid: $241.75")]),
            (176.0, &[(30.0, "Your share: $60.44")]),
            (210.0, &[(300.0, "Total charges"), (-540.0, "$1,652.55")]),
            (222.0, &[(300.0, "Insurance paid"), (-540.0, "$522.04")]),
            (234.0, &[(300.0, "Now due"), (-540.0, "$1,130.51")]),
        ]);
        let stated =
            |f: Field| s.header.get(&f).into_iter().flatten().filter_map(Cell::money).map(|m| m.to_string()).collect::<Vec<_>>();
        assert_eq!(s.rows.len(), 2);
        assert_eq!(stated(Field::TotalPlanPaid), ["522.04"]);
        assert_eq!(stated(Field::BalanceDue), ["1130.51"]);
    }
}
