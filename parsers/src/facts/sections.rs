//! Sections of an EOB of a whole family, each under the name of one of them:
//!
//! ```text
//! Ana Roe
//! Lakeside Clinic (in network)          Processed 03/09/25
//! Claim no. 956629727840
//! ```
//! The claims of a section say no more of whose they are, and without it they would be the subscriber's.
//!
//! Not every lone phrase in large type is a person. A heading is one only if it shares its family name with a person whom the
//! paper names, or stands as well before the sums in a list of the family.

use super::claims::{ClaimBlock, text_cell};
use super::pairs::Found;
use super::segments::{Paper, Piece};
use super::totals::amounts_in;
use super::wording::{is_city_line, is_person, is_street, organisation_words};
use crate::statement::{Field, Value};

/// Gives each claim without a patient the person under whose name it stands.
pub(super) fn fill(paper: &Paper, found: &[Found], claims: &mut [ClaimBlock]) {
    if claims.iter().any(|b| b.header.cells.contains_key(&Field::Patient)) {
        return;
    }
    let families: Vec<String> =
        found.iter().filter(|f| f.field == Field::Patient).filter_map(|f| family(&f.cell.value)).collect();
    let headings: Vec<&Piece> = paper.pieces.iter().filter(|p| is_heading(paper, p, &families)).collect();
    // the first that stands right over a claim shows how they are set
    let over = |p: &Piece, b: &ClaimBlock| {
        let rows = paper.rows.iter().enumerate().skip(p.row + 1);
        let between = rows.take_while(|(_, r)| (r.page, r.bbox.cy()) < (b.page, b.y)).map(|(i, _)| i);
        (p.page, p.bbox.y0) < (b.page, b.y + 1.0)
            && b.page == p.page
            && between.clone().count() <= 3
            && between.into_iter().all(|r| amounts_in(paper, r) == 0)
    };
    let Some(model) = headings.iter().find(|p| claims.first().is_some_and(|b| over(p, b))) else { return };
    let alike = |p: &&&Piece| (p.size - model.size).abs() < 0.3 && (p.bbox.x0 - model.bbox.x0).abs() < 3.0;
    for b in claims.iter_mut() {
        let above = headings.iter().filter(alike).rfind(|p| (p.page, p.bbox.y0) < (b.page, b.y + 1.0));
        if let Some(p) = above {
            let name = p.text();
            b.header.cells.insert(Field::Patient, text_cell(&name, &name, p));
        }
    }
}

/// A person's name alone on its line, set larger or bolder than the text, and no addressee's.
fn is_heading(paper: &Paper, p: &Piece, families: &[String]) -> bool {
    let text = p.text();
    let set_off = p.bold || p.size > paper.body_size * 1.15;
    let alone = paper.rows[p.row].pieces.len() == 1;
    if !set_off || !alone || !is_person(&text) || organisation_words(&text) > 0 {
        return false;
    }
    let next = paper.rows.get(p.row + 1).map(|r| &paper.pieces[r.pieces.start]).map(Piece::text);
    let addressed = next.is_some_and(|t| is_street(&t) || is_city_line(&t));
    let of_family = || family(&Value::Text(text.clone())).is_some_and(|f| families.contains(&f));
    let listed = || {
        let first = |q: &Piece| {
            paper.rows[q.row].pieces.start == paper.pieces.iter().position(|x| std::ptr::eq(x, q)).unwrap_or(usize::MAX)
        };
        paper.pieces.iter().any(|q| q.row != p.row && q.text() == text && first(q) && amounts_in(paper, q.row) >= 2)
    };
    !addressed && (of_family() || listed())
}

/// The family name of a person, in lower case.
fn family(name: &Value) -> Option<String> {
    let Value::Text(name) = name else { return None };
    let last = match name.split_once(',') {
        Some((family, _)) => family,
        None => name.split_whitespace().last()?,
    };
    Some(last.trim().to_lowercase()).filter(|f| f.chars().count() > 1)
}

#[cfg(test)]
mod tests {
    use crate::page_text::{BBox, Word};
    use crate::statement::{Field, Value};
    use crate::test_pages::landscape;

    #[test]
    fn the_claims_under_a_name_are_of_that_person() {
        let mut words = Vec::new();
        let mut line = |y: f32, size: f32, cells: &[(f32, &str)]| {
            for (x, text) in cells {
                let mut at = *x;
                for w in text.split(' ') {
                    let width = 0.5 * size * w.chars().count() as f32;
                    words.push(Word::digital(w, BBox::new(at, y, at + width, y + size)));
                    at += width + 0.27 * size;
                }
            }
        };
        line(20.0, 8.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]);
        line(40.0, 8.0, &[(30.0, "Jane Roe"), (400.0, "Subscriber:"), (470.0, "Jane Roe")]);
        line(50.0, 8.0, &[(30.0, "1814 Elm St")]);
        line(60.0, 8.0, &[(30.0, "Dayton, OH 45419")]);
        for (y, name, claim) in [(90.0, "Ana Roe", "1234567001"), (200.0, "Jane Roe", "1234567002")] {
            line(y, 12.0, &[(30.0, name)]);
            line(y + 18.0, 8.0, &[(30.0, "Lakeside Clinic (in network)")]);
            line(y + 28.0, 8.0, &[(30.0, &format!("Claim no. {claim}"))]);
            line(
                y + 44.0,
                8.0,
                &[(30.0, "Date"), (110.0, "Service"), (300.0, "Billed"), (400.0, "Plan paid"), (500.0, "You owe")],
            );
            line(
                y + 56.0,
                8.0,
                &[(30.0, "03/09/2025"), (110.0, "OFFICE VISIT"), (300.0, "210.00"), (400.0, "150.00"), (500.0, "60.00")],
            );
        }
        let s = landscape(words);
        let patients: Vec<Option<Value>> =
            s.claims.iter().map(|c| c.cells.get(&Field::Patient).map(|c| c.value.clone())).collect();
        assert_eq!(patients, ["Ana Roe", "Jane Roe"].map(|n| Some(Value::Text(n.to_owned()))));
    }
}
