//! Codes that an EOB prints before or behind the words of a service, in the column or the line of the words:
//!
//! ```text
//! 0360 - OR TIME LEVEL 3 FIRST HOUR           $6,299.42
//! 0305 CBC W/ DIFF - 85025                      $144.74
//! 97110-GP THER EX EA 15 MIN                     $43.02
//! ```
//! Four figures with a nought in front are a revenue code wherever words follow them. Five are a procedure code only where no
//! service of the paper has one elsewhere. A stroke that parted a code from the words is no part of these.

use std::sync::LazyLock;

use regex::Regex;

use crate::grammar::code;
use crate::statement::{Cell, Field, LineKind, Row, Value};

static REVENUE_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(0\d{3})(?:\s*[-–—:/|]\s*|\s+)(\S.*)$").expect("a constant pattern"));

/// Fewer services that begin with a code may be named so by chance.
const FEWEST: usize = 2;

/// Takes the codes out of the words of all services.
pub(crate) fn take(rows: &mut [Row]) {
    let is_service = |r: &Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    for row in rows.iter_mut().filter(|r| is_service(r)) {
        revenue(row);
        drug(row);
        strokes(row);
    }
    let services = || rows.iter().filter(|r| is_service(r));
    let coded = services().filter(|r| code_before(r).is_some()).count();
    let elsewhere = services().any(|r| r.cells.contains_key(&Field::Code));
    if elsewhere || coded < FEWEST || coded * 2 < services().count() {
        return;
    }
    for row in rows.iter_mut().filter(|r| is_service(r)) {
        let Some((p, rest)) = code_before(row) else { continue };
        let Some(cell) = row.cells.get_mut(&Field::Description) else { continue };
        let of = cell.clone();
        cell.value = Value::Text(rest);
        if !p.modifiers.is_empty() {
            row.cells.entry(Field::Modifiers).or_insert(Cell { value: Value::List(p.modifiers), ..of.clone() });
        }
        row.cells.insert(Field::Code, Cell { value: Value::Code(p.code), ..of });
    }
}

fn words(row: &Row) -> Option<&str> {
    match &row.cells.get(&Field::Description)?.value {
        Value::Text(t) => Some(t),
        _ => None,
    }
}

/// `0360 OR TIME`: the code goes into its cell, unless that has another.
fn revenue(row: &mut Row) {
    let Some(m) = words(row).and_then(|t| REVENUE_BEFORE.captures(t)) else { return };
    let (Some(found), rest) = (code::revenue_code(&m[1]), m[2].to_owned()) else { return };
    let worded = rest.chars().filter(|c| c.is_alphabetic()).count() >= 2;
    let known = row.cells.get(&Field::RevenueCode).map(|c| c.value.clone());
    if !worded || known.is_some_and(|c| c != Value::Code(found.clone())) {
        return;
    }
    let Some(cell) = row.cells.get_mut(&Field::Description) else { return };
    let of = cell.clone();
    cell.value = Value::Text(rest);
    row.cells.entry(Field::RevenueCode).or_insert(Cell { value: Value::Code(found), ..of });
}

/// `KETOROLAC 15MG INJ J1885`, of which a count behind the code has gone: a letter and four figures are no part of a name.
fn drug(row: &mut Row) {
    static LAST: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(.*[A-Za-z].*?)[\s,-]+([A-Z]\d{4})$").expect("a constant pattern"));
    let Some(m) = words(row).and_then(|t| LAST.captures(t)).filter(|_| !row.cells.contains_key(&Field::Code)) else { return };
    let (rest, Some(p)) = (m[1].to_owned(), code::procedure(&m[2])) else { return };
    let Some(cell) = row.cells.get_mut(&Field::Description) else { return };
    let of = cell.clone();
    cell.value = Value::Text(rest);
    row.cells.insert(Field::Code, Cell { value: Value::Code(p.code), ..of });
}

/// Gives the services of any paper the modifiers with which their words begin.
pub(crate) fn take_signs(rows: &mut [Row]) {
    rows.iter_mut().filter(|r| matches!(r.kind, LineKind::Service | LineKind::Reversal)).for_each(signs);
}

/// `AA ANESTHESIA UPPER ABDOMEN` beside a code behind which `AA` is nothing but a modifier.
fn signs(row: &mut Row) {
    if row.cells.contains_key(&Field::Modifiers) {
        return;
    }
    let Some(Value::Code(code)) = row.cells.get(&Field::Code).map(|c| &c.value) else { return };
    let Some((sign, rest)) = words(row).and_then(|t| t.split_once(' ')) else { return };
    let therapy = code.starts_with("97") || code.starts_with('0');
    if !(therapy && sign.len() == 2 && sign.bytes().all(|b| b.is_ascii_uppercase()) && code::is_sure_behind(code, sign)) {
        return;
    }
    let (sign, rest) = (sign.to_owned(), rest.to_owned());
    let Some(cell) = row.cells.get_mut(&Field::Description) else { return };
    let of = cell.clone();
    cell.value = Value::Text(rest);
    row.cells.insert(Field::Modifiers, Cell { value: Value::List(vec![sign]), ..of });
}

/// `THER EX EA 15 MIN -`, of which the code has gone into a cell of its own.
fn strokes(row: &mut Row) {
    let Some(Cell { value: Value::Text(t), .. }) = row.cells.get_mut(&Field::Description) else { return };
    let left = t.trim_end_matches([' ', '-', '–', '—']);
    let left = left.strip_prefix("- ").or_else(|| left.strip_prefix("– ")).unwrap_or(left);
    if left.len() < t.len() && left.chars().any(char::is_alphabetic) {
        *t = left.to_owned();
    }
}

/// The procedure code with which the words begin.
fn code_before(row: &Row) -> Option<(code::Procedure, String)> {
    let text = words(row)?;
    let first = text.split(' ').next()?;
    let starts = first.len() >= 5 && code::procedure(first.trim_end_matches([':', '-', ','])).is_some();
    starts.then(|| code::embedded_procedure(text)).flatten()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    fn rows(names: [&'static str; 3]) -> Vec<String> {
        let heads: &[(f32, &str)] =
            &[(30.0, "Service Date"), (120.0, "Service"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Plan Paid")];
        let line = |name: &'static str| {
            [(30.0, "03/09/2025"), (120.0, name), (-400.0, "$210.00"), (-480.0, "$150.00"), (-560.0, "$150.00")]
        };
        let lines = names.map(line);
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 1234567")]),
            (80.0, heads),
            (94.0, &lines[0]),
            (106.0, &lines[1]),
            (118.0, &lines[2]),
        ]);
        s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code, Field::Description])).collect()
    }

    #[test]
    fn a_revenue_code_stands_before_the_words() {
        let read = rows(["0360 - OR TIME LEVEL 3", "0710 PACU FIRST HOUR", "0305 CBC W/ DIFF"]);
        assert_eq!(read, ["0360 - OR TIME LEVEL 3", "0710 - PACU FIRST HOUR", "0305 - CBC W/ DIFF"]);
    }

    #[test]
    fn a_modifier_before_the_words_is_none_of_them() {
        let page = |code: &'static str, words: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Anesthesia"), (400.0, "Itemized bill")]),
                (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 329-80200")]),
                (80.0, &[(30.0, "Date"), (110.0, "Code"), (180.0, "Description"), (-460.0, "Qty"), (-560.0, "Charge")]),
                (94.0, &[(30.0, "03/09/2025"), (110.0, code), (180.0, words), (-460.0, "6"), (-560.0, "$210.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::Code, Field::Modifiers, Field::Description])).collect::<Vec<_>>()
        };
        assert_eq!(page("00731", "AA ANESTHESIA UPPER GI"), ["00731 AA ANESTHESIA UPPER GI"]);
        assert_eq!(page("99284", "ED VISIT LEVEL 4"), ["99284 - ED VISIT LEVEL 4"]);
        assert_eq!(page("97110", "RE EDUCATION"), ["97110 - RE EDUCATION"]);
    }

    #[test]
    fn what_is_no_code_of_a_department_stays() {
        let read = rows(["24 HR HOLTER MONITOR", "0001 TOTAL LAB", "10 VIEW SPINE"]);
        assert_eq!(read, ["- - 24 HR HOLTER MONITOR", "- - 0001 TOTAL LAB", "- - 10 VIEW SPINE"]);
    }
}
