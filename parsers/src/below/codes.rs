//! Codes and counts with their labels, on a line of their own under the words of a service:
//!
//! ```text
//! Date         Service / rev, HCPCS, qty          Charge
//! 05/22/2024   INJ ONDANSETRON HCL 1 MG            68.44
//!              Rev 0636 HCPCS J2405 Qty 4 @ 17.11
//! ```
//! Such a line says what its figures are: no column has a say in them, whichever they stand under. On the second print row of
//! two they stand before the amounts: `Rev 0360   x 1   1956.17   0.00`.

use std::sync::LazyLock;

use regex::Regex;

use super::{Facts, day_before, is_amount};
use crate::columns::Column;
use crate::labelled::line_of_codes;
use crate::page_text::{BBox, TextSource};
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::text_lines::join;
use crate::tokens::{Token, TokenKind};

/// Fewer values may be the rest of a name.
const FEWEST: usize = 2;

static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:rev(?:enue)?|hcpcs|cpt|code|proc(?:edure)?|qty|quantity|units?)\b").expect("a constant pattern")
});
/// The label of a code that opens a line, with the mark behind it: `Procedure: 99214 POS: 11`, `CPT=88305`.
static CODE_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:hcpcs|cpt|proc(?:edure)?|billing|service)(?:/(?:hcpcs|cpt))?\s*(?:code|cd)?|code)\s*[:=#]")
        .expect("a constant pattern")
});
/// The price of one behind the count.
static RATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*(?:@|\bat\b)\s*\$?[\d,]+\.\d{2,4}(?:\s*(?:ea\.?|each|per unit))?$").expect("a constant pattern")
});

/// Gives the rows what such lines say.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let counted = columns.iter().any(|c| c.has(Field::Units));
    let mut of_a_row = false;
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        of_a_row = line.follows(above) && (above.role == Role::Anchor || of_a_row && above.role == Role::Continuation);
        if of_a_row && line.role == Role::Continuation {
            before_amounts(&mut lines[i], counted);
        }
        let line = &lines[i];
        // under a first day stands the last one
        let dated = lines[..i].iter().rev().find(|l| l.role == Role::Anchor).is_some_and(is_dated);
        let fits = |l: &&BodyLine| of_a_row && l.role != Role::Total && !(dated && is_dated(l));
        let Some(values) = Some(line).filter(fits).and_then(facts) else { continue };
        lines[i].says_only(values);
    }
}

/// `36415 (2)` under `Procedure (units)`.
fn bracketed_count(t: &Token) -> Option<String> {
    bracketed(&t.text)
}

fn bracketed(text: &str) -> Option<String> {
    let number = text.strip_prefix('(')?.strip_suffix(')')?;
    ((1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())).then(|| format!("x {number}"))
}

/// `X5` for `x 5`: a reader of scans takes the sign for a capital and loses the space, and so makes a modifier of a count.
fn spoilt_count(t: &Token) -> Option<String> {
    let number =
        t.text.strip_prefix(['X', 'x']).filter(|n| (1..=3).contains(&n.len()) && n.bytes().all(|b| b.is_ascii_digit()))?;
    t.words.iter().any(|w| w.source == TextSource::Ocr).then(|| format!("x {number}"))
}

fn is_dated(line: &BodyLine) -> bool {
    line.assigned.cells.iter().any(|(t, _)| t.kind == TokenKind::Date)
}

/// Takes the codes and counts with which the second print row of a service begins, before its amounts. `counted`: the table has
/// a heading for counts.
fn before_amounts(line: &mut BodyLine, counted: bool) {
    let cells = &line.assigned.cells;
    let Some(amounts) = cells.iter().position(|(t, _)| t.kind == TokenKind::Money) else { return };
    let said = |k: usize| {
        let t = &cells[k].0;
        let apart = k > 0 && t.bbox.x0 - cells[k - 1].0.bbox.x1 > 1.5 * line.size;
        let count = spoilt_count(t).filter(|_| apart).or_else(|| bracketed_count(t).filter(|_| k > 0));
        // `Rev 0270 (1)` in one cell
        let behind = || {
            let (code, count) = t.text.rsplit_once(' ')?;
            Some(format!("{code} {}", bracketed(count)?))
        };
        count.or_else(behind).filter(|_| counted).unwrap_or_else(|| t.text.clone())
    };
    let text = |end: usize| (0..end).map(said).collect::<Vec<_>>().join(" ");
    let found = (1..=amounts).rev().find_map(|end| Some((end, line_of_codes(&text(end)).filter(|v| v.len() >= FEWEST)?)));
    let Some((end, values)) = found else { return };
    let taken: Vec<Token> = line.assigned.cells.drain(..end).map(|(t, _)| t).collect();
    let Some(bbox) = BBox::around(taken.iter().map(|t| t.bbox)) else { return };
    let confidence = taken.iter().map(|t| t.confidence).fold(1.0, f32::min);
    let whole = Token {
        text: join(&taken.iter().flat_map(|t| t.words.clone()).collect::<Vec<_>>()),
        bbox,
        confidence,
        ..taken[0].clone()
    };
    line.parts.extend(values.into_iter().map(|(f, v)| (f, v, whole.clone())));
}

/// What a line says that is nothing but codes and counts, one of them with its label, and perhaps the day before them.
fn facts(line: &BodyLine) -> Option<Facts> {
    let text = RATE.replace(line.text.trim(), "");
    let (day, rest) = day_before(&text).map_or((None, &*text), |(day, rest)| (Some(day), rest));
    let enough = |v: &Facts| v.len() + usize::from(day.is_some()) >= FEWEST && LABEL.is_match(rest) || CODE_LABEL.is_match(rest);
    let mut values = line_of_codes(rest).filter(enough)?;
    values.extend(day.map(|d| (Field::ServiceDate, Value::Date(d))));
    Some(values).filter(|v| !v.iter().any(is_amount))
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn labelled_codes_stand_in_no_column() {
        let heads: &[(f32, &str)] = &[(30.0, "Date"), (110.0, "Service / rev, HCPCS, qty"), (-520.0, "Charge")];
        let s = read(&[
            (20.0, &[(30.0, "Patient statement")]),
            (80.0, heads),
            (95.0, &[(30.0, "05/22/2024"), (110.0, "OFFICE VISIT"), (-520.0, "176.25")]),
            (105.0, &[(110.0, "Rev 0510 HCPCS 99213 25 Qty 1")]),
            (118.0, &[(30.0, "05/22/2024"), (110.0, "INJ ONDANSETRON HCL 1 MG"), (-520.0, "68.44")]),
            (128.0, &[(110.0, "Rev 0636 HCPCS J2405 Qty 4 @ 17.11")]),
            (141.0, &[(30.0, "05/22/2024"), (110.0, "PACK CUSTOM ORTHO"), (-520.0, "106.14")]),
            (151.0, &[(110.0, "Rev 0270 Qty 1")]),
        ]);
        let fields = [Field::RevenueCode, Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(
            rows,
            [
                "0510 99213 25 OFFICE VISIT 1 176.25",
                "0636 J2405 - INJ ONDANSETRON HCL 1 MG 4 68.44",
                "0270 - - PACK CUSTOM ORTHO 1 106.14"
            ]
        );
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn a_code_alone_behind_its_label_is_no_name() {
        let heads: &[(f32, &str)] = &[(30.0, "Date of service"), (130.0, "Type of service"), (-520.0, "Extended amount")];
        let s = read(&[
            (20.0, &[(30.0, "Patient statement")]),
            (80.0, heads),
            (95.0, &[(30.0, "05/22/2024"), (130.0, "HOSPITAL CARE LEVEL 3"), (-520.0, "176.25")]),
            (105.0, &[(140.0, "Code: 99223 Place of service: 22")]),
            (118.0, &[(30.0, "05/24/2024"), (130.0, "TISSUE EXAM"), (-520.0, "68.44")]),
            (128.0, &[(140.0, "CPT=88305")]),
        ]);
        let fields = [Field::Code, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["99223 HOSPITAL CARE LEVEL 3 - 176.25", "88305 TISSUE EXAM - 68.44"]);
    }

    #[test]
    fn the_dash_before_a_code_on_the_next_line_ends_no_words() {
        let s = read(&[
            (20.0, &[(30.0, "Patient statement")]),
            (80.0, &[(30.0, "Charge description"), (300.0, "Unit"), (-520.0, "Amount")]),
            (95.0, &[(30.0, "THERAPEUTIC EXERCISE 15 MIN -"), (304.0, "1"), (-520.0, "47.95")]),
            (105.0, &[(30.0, "97110,GP")]),
            (118.0, &[(30.0, "MANUAL THERAPY 15 MIN -"), (304.0, "2"), (-520.0, "68.44")]),
            (128.0, &[(30.0, "97140,GP")]),
        ]);
        let fields = [Field::Code, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["97110 THERAPEUTIC EXERCISE 15 MIN 1 47.95", "97140 MANUAL THERAPY 15 MIN 2 68.44"]);
    }

    #[test]
    fn a_count_in_brackets_stands_behind_its_code() {
        assert_eq!(super::bracketed("(12)").as_deref(), Some("x 12"));
        for other in ["(25-59)", "(1234)", "12", "(AA)"] {
            assert_eq!(super::bracketed(other), None, "{other}");
        }
    }
}
