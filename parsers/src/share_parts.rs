//! Parts of the patient's share that stand under its sum, each with its own name, where the table has no columns for them:
//!
//! ```text
//! 03/09/2025  OFFICE VISIT   $210.00   $150.00   $90.00              $60.00   K2
//!             LEVEL 4                                   Copay        $25.00
//!             Code 99214                                Coinsurance  $35.00
//! ```
//! Such a line has an amount and is no row. What else stands on it (words, a code, a note) is more of the row above.

use crate::columns::Column;
use crate::grammar::money;
use crate::labelled::{line_of_codes, share_field};
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role, identifies};
use crate::tokens::{Token, TokenKind};

/// The widest step between two lines of one row, in sizes of type.
const NEAR: f32 = 1.9;

/// Takes the named parts out of the lines under a row; the rest of such a line goes on with the row.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let mut of_a_row = false;
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        let close = above.page == line.page && line.bbox.cy() - above.bbox.cy() <= NEAR * line.size.max(above.size);
        of_a_row =
            close && (above.role == Role::Anchor || above.role == Role::Continuation && (of_a_row || !above.parts.is_empty()));
        if !of_a_row || line.ruled_above {
            continue;
        }
        if let Some(parts) = all_named(line, columns) {
            let line = &mut lines[i];
            (line.parts, line.role) = (parts, Role::Continuation);
            line.assigned.cells.clear();
            line.text.clear();
            continue;
        }
        let next = above.role == Role::Anchor || !above.parts.is_empty();
        if !next || !matches!(line.role, Role::Anchor | Role::Outside) {
            continue;
        }
        if let Some((parts, rest)) = named_parts(line, columns) {
            let line = &mut lines[i];
            line.text = rest.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
            line.assigned.cells = rest;
            line.parts = parts;
            line.role = Role::Continuation;
        }
    }
}

/// A line of nothing but named values, some of them amounts: `Discount $74.44 | Copay $40.00 | Notes: L08`.
fn all_named(line: &BodyLine, columns: &[Column]) -> Option<Parts> {
    let values = line_of_codes(&line.text)?;
    let named = |(f, v): &(Field, Value)| matches!(v, Value::Money(_)) && !columns.iter().any(|c| c.has(*f));
    let first = line.assigned.cells.first().map(|(t, _)| t)?;
    let sure = line.assigned.cells.iter().map(|(t, _)| t.confidence).fold(1.0, f32::min);
    let whole = Token { text: line.text.clone(), bbox: line.bbox, confidence: sure, ..first.clone() };
    values.iter().any(named).then(|| values.into_iter().map(|(f, v)| (f, v, whole.clone())).collect())
}

/// The values with what each is, and where it stands.
type Parts = Vec<(Field, Value, Token)>;
/// What else stands on the line.
type Rest = Vec<(Token, usize)>;

/// The parts of a line all of whose amounts stand right behind their names.
fn named_parts(line: &BodyLine, columns: &[Column]) -> Option<(Parts, Rest)> {
    if identifies(&line.assigned, columns) && line.assigned.cells.iter().any(|(t, _)| t.kind == TokenKind::Date) {
        return None;
    }
    let mut parts: Parts = Vec::new();
    let mut rest: Rest = Vec::new();
    for (t, c) in &line.assigned.cells {
        if t.kind != TokenKind::Money {
            rest.push((t.clone(), *c));
            continue;
        }
        let (label, _) = rest.pop()?;
        let field = part(&label).filter(|f| !columns.iter().any(|c| c.has(*f)) && parts.iter().all(|(p, ..)| p != f))?;
        parts.push((field, Value::Money(money::money(&t.text)?), t.clone()));
    }
    (!parts.is_empty()).then_some((parts, rest))
}

/// Which part of the share the words name: `Deductible`, `Your copay:`.
fn part(label: &Token) -> Option<Field> {
    let words = label.text.trim_end_matches([':', '.', ' ']);
    share_field(words).filter(|_| label.kind == TokenKind::Text)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const HEAD: &[(f32, &str)] = &[
        (30.0, "Date"),
        (110.0, "Service and code"),
        (-270.0, "Provider charged"),
        (-350.0, "Plan approved"),
        (-420.0, "Plan paid"),
        (-550.0, "Your share"),
        (570.0, "Note"),
    ];
    const FIELDS: [Field; 7] = [
        Field::Description,
        Field::Code,
        Field::Modifiers,
        Field::Deductible,
        Field::Copay,
        Field::Coinsurance,
        Field::PatientResponsibility,
    ];

    #[test]
    fn parts_with_their_names_are_no_rows() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (60.0, HEAD),
            (
                76.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "OFFICE VISIT"),
                    (-270.0, "$210.00"),
                    (-350.0, "$150.00"),
                    (-420.0, "$90.00"),
                    (-550.0, "$60.00"),
                    (570.0, "K2"),
                ],
            ),
            (86.0, &[(110.0, "LEVEL 4"), (440.0, "Copay"), (-550.0, "$25.00")]),
            (96.0, &[(110.0, "Code 99214-25"), (440.0, "Coinsurance"), (-550.0, "$35.00")]),
            (
                116.0,
                &[
                    (30.0, "03/10/2025"),
                    (110.0, "PHARMACY"),
                    (-270.0, "$30.00"),
                    (-350.0, "$20.00"),
                    (-420.0, "$0.00"),
                    (-550.0, "$20.00"),
                ],
            ),
            (126.0, &[(440.0, "Deductible"), (-550.0, "$20.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(rows, ["OFFICE VISIT LEVEL 4 99214 25 - 25.00 35.00 60.00", "PHARMACY - - 20.00 - - 20.00"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }
}
