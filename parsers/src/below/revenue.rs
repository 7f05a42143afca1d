//! Revenue code and procedure code without labels, on a line of their own under the words of a service:
//!
//! ```text
//! What was done
//! Revenue code / procedure code              How many       Charge
//! EMERGENCY ROOM VISIT LEVEL 4                      1     1,204.00
//! 0450 / 99284-25
//! RECOVERY ROOM                                     1       310.50
//! 0710
//! ```
//! The two together with a mark between them are nothing else. One of them alone may be the rest of a name; it is the code
//! where most rows of the table have such a line and none has a code of that kind beside its words.

use super::Facts;
use crate::columns::Column;
use crate::grammar::code;
use crate::labelled::line_of_codes;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// Words of another column stand so many sizes of type behind a code.
const APART: f32 = 1.5;

/// Fewer such lines in a table are no habit of it.
const FEWEST: usize = 2;

/// Gives the rows the codes that such lines say.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let mut found: Vec<(usize, Facts)> = Vec::new();
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        let below = line.follows(above) && above.role == Role::Anchor && line.role == Role::Continuation;
        // `73721 RT     N7`: a note under its own heading is no modifier; nor is, in `J1885    MG`, what runs on under the words
        let of = |c: &usize, f: Field| columns.get(*c).is_some_and(|c| c.has(f));
        let noted = line.assigned.cells.iter().any(|(_, c)| of(c, Field::RemarkCodes));
        let worded = |w: &[(Token, usize)]| {
            let apart = w[1].0.bbox.x0 - w[0].0.bbox.x1 > APART * line.size;
            apart && !of(&w[0].1, Field::Description) && of(&w[1].1, Field::Description)
        };
        if below
            && !noted
            && !line.assigned.cells.windows(2).any(worded)
            && let Some(values) = codes(&line.text)
        {
            found.push((i, values));
        }
    }
    let rows = lines.iter().filter(|l| l.role == Role::Anchor).count();
    let habit = found.len() >= FEWEST && found.len() * 2 > rows && !lines.iter().any(|l| coded(l, columns));
    for (i, values) in found {
        let both = [Field::RevenueCode, Field::Code].iter().all(|f| values.iter().any(|(g, _)| g == f));
        if both || habit {
            lines[i].says_only(values);
        }
    }
}

/// Whether a code stands beside the words of a row, in a column of codes.
fn coded(line: &BodyLine, columns: &[Column]) -> bool {
    let of_codes = |c: usize| columns.get(c).is_some_and(|c| c.has(Field::RevenueCode) || c.has(Field::Code));
    let is_code = |t: &str| revenue(t).is_some() || code::procedure(t).is_some();
    line.role == Role::Anchor
        && line.assigned.cells.iter().any(|(t, c)| t.kind != TokenKind::Money && of_codes(*c) && is_code(&t.text))
}

/// A revenue code as hospitals print it where nothing says what it is: four figures, the first of them a nought.
fn revenue(text: &str) -> Option<Value> {
    let fits = text.len() == 4 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    code::revenue_code(text).filter(|_| fits).map(Value::Code)
}

/// What a line says that holds these codes, and perhaps the last day, and nothing else.
fn codes(text: &str) -> Option<Facts> {
    let text = text.trim();
    let (first, rest) = text.split_once(|c: char| c.is_whitespace() || c == '/' || c == '|').unwrap_or((text, ""));
    let Some(revenue) = revenue(first) else {
        return line_of_codes(text).filter(|v| v.iter().any(|(f, _)| *f == Field::Code));
    };
    let rest = rest.trim_start_matches([' ', '/', '|', '·', '-', '–']);
    let mut values = vec![(Field::RevenueCode, revenue)];
    if !rest.is_empty() {
        values.extend(line_of_codes(rest).filter(|v| v.iter().all(|(f, _)| *f != Field::RevenueCode))?);
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 6] =
        [Field::ServiceDate, Field::RevenueCode, Field::Code, Field::Modifiers, Field::Description, Field::Charge];

    #[test]
    fn codes_stand_under_the_words_without_labels() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (300.0, "Detailed statement of services")]),
            (60.0, &[(30.0, "What was done")]),
            (69.0, &[(30.0, "Revenue code / procedure code"), (300.0, "How many"), (-520.0, "Charge")]),
            (84.0, &[(30.0, "Sunday, March 2, 2025"), (400.0, "Day total 1,671.23")]),
            (98.0, &[(36.0, "EMERGENCY VISIT LEVEL 4"), (330.0, "1"), (-520.0, "1,204.00")]),
            (107.0, &[(36.0, "0450 / 99284-25")]),
            (121.0, &[(36.0, "RECOVERY ROOM"), (330.0, "1"), (-520.0, "310.50")]),
            (130.0, &[(36.0, "0710")]),
            (144.0, &[(36.0, "MIDAZOLAM 1MG INJ"), (330.0, "2"), (-520.0, "156.73")]),
            (153.0, &[(36.0, "0636 / J2250")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-02 0450 99284 25 EMERGENCY VISIT LEVEL 4 1204.00",
                "2025-03-02 0710 - - RECOVERY ROOM 310.50",
                "2025-03-02 0636 J2250 - MIDAZOLAM 1MG INJ 156.73"
            ]
        );
    }

    #[test]
    fn words_that_run_on_beside_a_code_are_no_modifier() {
        let head: &[(f32, &str)] = &[(30.0, "Service date / code"), (150.0, "Service"), (-420.0, "Charge"), (-520.0, "You owe")];
        let row = |y: f32, words: &'static str, charge: &'static str| {
            (y, vec![(30.0, "04/03/2024"), (150.0, words), (-420.0, charge), (-520.0, "1.00")])
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Hospital"), (400.0, "Patient statement")]),
            (80.0, head.to_vec()),
            row(94.0, "INJ KETOROLAC TROMETH 15", "71.86"),
            (104.0, vec![(30.0, "J1885"), (150.0, "MG")]),
            row(116.0, "EKG TRACING", "90.00"),
            (126.0, vec![(30.0, "93005")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, cells)| (*y, cells.as_slice())).collect();
        let fields = [Field::Code, Field::Modifiers, Field::Description];
        let rows: Vec<String> = read(&lines).rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["J1885 - INJ KETOROLAC TROMETH 15 MG", "93005 - EKG TRACING"]);
    }
}
