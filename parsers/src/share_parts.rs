//! Parts of the patient's share that stand under its sum, each with its own name, where the table has no columns for them:
//!
//! ```text
//! 03/09/2025  OFFICE VISIT   $210.00   $150.00   $90.00              $60.00   K2
//!             LEVEL 4                                   Copay        $25.00
//!             Code 99214                                Coinsurance  $35.00
//! ```
//! The name may stand behind its amount as well, in small print under the column that it is a part of:
//!
//! ```text
//! OFFICE VISIT     $210.00                        $150.00    $60.00
//! See note a        $60.00 provider discount                 $25.00 copay
//! ```
//! Or a sentence tells them: `Your part is made up of deductible $120.13, copay $0.00, coinsurance $0.00.`
//!
//! The share itself is named so only where every row has such a line: under the last row alone it would be the claim's.
//!
//! Such a line has an amount and is no row. What else stands on it (words, a code, a note) is more of the row above.

use crate::below;
use crate::columns::Column;
use crate::grammar::money;
use crate::labelled::{line_of_codes, share_field};
use crate::share_columns;
use crate::statement::{Field, Money, Value};
use crate::table::{BodyLine, ROW_STEP, Role, identifies};
use crate::tokens::{Token, TokenKind};
use crate::vocabulary::Vocabulary;

/// The widest step before a sentence of shares, in sizes of type: it may stand below the box of the amounts.
const SENTENCE_NEAR: f32 = 2.6;

/// Takes the named parts out of the lines under a row; the rest of such a line goes on with the row.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    share_columns::take(lines, columns);
    let mut of_a_row = false;
    let mut row = 0;
    let whole = share_under_every_row(lines, columns);
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        if above.role == Role::Anchor {
            row = i - 1;
        }
        let close = is_close(above, line);
        of_a_row = close
            && (above.role == Role::Anchor
                || of_a_row && i == row + 2 && names_below(above, line, columns)
                || above.role == Role::Continuation && (of_a_row || !above.parts.is_empty()));
        // a box may be drawn around the amounts alone; and under a payment stands the next credit, not a part of it
        // nor is a credit that has a day of its own beneath it a part of the service above
        let posted = || line.is_lone_credit() && lines.get(i + 1).is_some_and(|l| l.follows(line) && below::says_day(&l.text));
        if !of_a_row || lines[row].is_lone_credit() || line.ruled_above && !tells_share(&line.text) || posted() {
            continue;
        }
        let fits = |parts: &Parts| within_share(&lines[row..i], parts, columns);
        if let Some(parts) = all_named(line, columns, whole) {
            let of_row = fits(&parts);
            let line = &mut lines[i];
            // nor are amounts that are more than the row's own part of its words
            if !of_row {
                line.role = Role::Outside;
                continue;
            }
            (line.parts, line.role) = (parts, Role::Continuation);
            line.assigned.cells.clear();
            line.text.clear();
            continue;
        }
        let next = above.role == Role::Anchor || !above.parts.is_empty() || whole && names_share(line);
        let amount = line.assigned.cells.iter().any(|(t, _)| t.kind == TokenKind::Money);
        if !next || !amount || !matches!(line.role, Role::Anchor | Role::Outside | Role::Continuation) {
            continue;
        }
        if let Some((parts, rest)) = named_parts(line, columns, whole).filter(|(parts, _)| fits(parts)) {
            // a sentence is no line of the row, whatever is drawn between them
            if tells_share(&line.text) {
                lines[row].parts.extend(parts);
                continue;
            }
            let line = &mut lines[i];
            line.text = rest.iter().map(|(t, _)| t.text.as_str()).collect::<Vec<_>>().join(" ");
            line.assigned.cells = rest;
            line.parts = parts;
            line.role = Role::Continuation;
        }
    }
}

/// Whether a line may be the name of the service whose amounts stand over it, in a table without a column for words:
///
/// ```text
/// 03/09/2025             $210.00      $150.00      $90.00     $60.00
/// OFFICE VISIT LEVEL 4 (billing code 99214)
/// Plan discount: $60.00; $60.00 copayment
/// ```
fn names_below(l: &BodyLine, next: &BodyLine, columns: &[Column]) -> bool {
    l.role == Role::Outside
        && !columns.iter().any(|c| c.has(Field::Description))
        && l.assigned.cells.iter().all(|(t, _)| t.kind != TokenKind::Money)
        && l.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && !l.text.trim_end().ends_with(['.', ':'])
        && all_named(next, columns, false).is_some()
}

/// A line of nothing but named values, some of them amounts: `Discount $74.44 | Copay $40.00 | Notes: L08`. `whole`: it may
/// close with what they come to, `deductible 10.00 + copay 25.00   you owe $35.00`.
fn all_named(line: &BodyLine, columns: &[Column], whole: bool) -> Option<Parts> {
    let (text, share) = whole.then(|| closing_share(&line.text)).flatten().map_or((&*line.text, None), |(t, m)| (t, Some(m)));
    let mut values = line_of_codes(text)?;
    values.extend(share.map(|m| (Field::PatientResponsibility, Value::Money(m))));
    let named = |(f, v): &(Field, Value)| matches!(v, Value::Money(_)) && !columns.iter().any(|c| c.has(*f));
    let first = line.assigned.cells.first().map(|(t, _)| t)?;
    let sure = line.assigned.cells.iter().map(|(t, _)| t.confidence).fold(1.0, f32::min);
    let whole = Token { text: line.text.clone(), bbox: line.bbox, confidence: sure, ..first.clone() };
    // notes behind all columns, by themselves or with a count: `Number of services: 1                 See note H3`
    let of_notes = |f: Field| matches!(f, Field::RemarkCodes | Field::Units) && !columns.iter().any(|c| c.has(f));
    let notes = matches!(line.role, Role::Outside | Role::Heading)
        && values.iter().all(|(f, _)| *f == Field::RemarkCodes || of_notes(*f))
        && values.iter().any(|(f, _)| *f == Field::RemarkCodes);
    (notes || values.iter().any(named)).then(|| values.into_iter().map(|(f, v)| (f, v, whole.clone())).collect())
}

/// What the patient owes with its name at the end of a line of named amounts, and the line before it.
fn closing_share(text: &str) -> Option<(&str, Money)> {
    let (head, amount) = text.trim_end().rsplit_once(' ')?;
    let share = money::money(amount).filter(|_| amount.contains('.'))?;
    // the name stands behind the amount before it
    let from = head.rmatch_indices(' ').map(|(at, _)| at).find(|at| head[..*at].ends_with(|c: char| c.is_ascii_digit()))?;
    let said = Vocabulary::builtin().lookup(head[from..].trim())?;
    (said.fields == [Field::PatientResponsibility]).then(|| (&head[..from], share))
}

/// The values with what each is, and where it stands.
type Parts = Vec<(Field, Value, Token)>;
/// What else stands on the line.
type Rest = Vec<(Token, usize)>;

/// The parts of a line all of whose amounts stand right behind their names.
fn named_parts(line: &BodyLine, columns: &[Column], whole: bool) -> Option<(Parts, Rest)> {
    if identifies(&line.assigned, columns) && line.assigned.cells.iter().any(|(t, _)| t.kind == TokenKind::Date) {
        return None;
    }
    labels_first(line, columns, whole).or_else(|| amounts_first(line, columns))
}

/// `Copay $25.00`.
fn labels_first(line: &BodyLine, columns: &[Column], whole: bool) -> Option<(Parts, Rest)> {
    let mut parts: Parts = Vec::new();
    let mut rest: Rest = Vec::new();
    for (t, c) in &line.assigned.cells {
        if t.kind != TokenKind::Money {
            rest.push((t.clone(), *c));
            continue;
        }
        let (label, _) = rest.pop()?;
        let share = || is_share(&label).then_some(Field::PatientResponsibility).filter(|_| whole);
        let told = || told_part(&label).filter(|_| line.text.trim_end().ends_with('.'));
        let field = part(&label).or_else(share).or_else(told).filter(|f| is_free(*f, columns, &parts))?;
        let amount = money::money(t.text.trim_end_matches([',', '.', ';']))?;
        parts.push((field, Value::Money(amount), t.clone()));
    }
    rest.retain(|(t, _)| t.text.chars().any(char::is_alphanumeric));
    (!parts.is_empty()).then_some((parts, rest))
}

/// `$60.00 provider discount   $25.00 copay`: the name stands right behind its amount.
fn amounts_first(line: &BodyLine, columns: &[Column]) -> Option<(Parts, Rest)> {
    let mut parts: Parts = Vec::new();
    let mut rest: Rest = Vec::new();
    let mut cells = line.assigned.cells.iter();
    while let Some((t, c)) = cells.next() {
        if t.kind != TokenKind::Money {
            rest.push((t.clone(), *c));
            continue;
        }
        let (label, _) = cells.next()?;
        let near = label.bbox.x0 - t.bbox.x1 < line.size;
        let field = part(label).filter(|f| near && is_free(*f, columns, &parts))?;
        parts.push((field, Value::Money(money::money(&t.text)?), t.clone()));
    }
    (!parts.is_empty()).then_some((parts, rest))
}

/// Whether the parts of a row's share are together no more than the share, or than the allowed amount where none is printed:
/// `Deductible $500.00` right under the last row may be what has been met in the year.
fn within_share(row: &[BodyLine], more: &Parts, columns: &[Column]) -> bool {
    let in_column = |field: Field| {
        let cell = row.first()?.assigned.cells.iter().find(|(_, c)| columns[*c].fields == [field])?;
        money::money(&cell.0.text)
    };
    let told = |(f, v, _): &(Field, Value, Token)| match v {
        Value::Money(m) if *f == Field::PatientResponsibility => Some(*m),
        _ => None,
    };
    // no share is more than what the plan allows for the service
    let share =
        in_column(Field::PatientResponsibility).or_else(|| more.iter().find_map(told)).or_else(|| in_column(Field::Allowed));
    let of_share = |f: Field| matches!(f, Field::Deductible | Field::Copay | Field::Coinsurance);
    let named = row.iter().flat_map(|l| &l.parts).chain(more).filter(|(f, ..)| of_share(*f));
    let sum: Money = named.filter_map(|(_, v, _)| if let Value::Money(m) = v { Some(*m) } else { None }).sum();
    share.is_none_or(|share| sum <= share)
}

/// Whether neither a column nor another part says the same.
fn is_free(f: Field, columns: &[Column], parts: &Parts) -> bool {
    !columns.iter().any(|c| c.has(f)) && parts.iter().all(|(p, ..)| *p != f)
}

fn is_close(above: &BodyLine, line: &BodyLine) -> bool {
    line.is_close_below(above, if tells_share(&line.text) { SENTENCE_NEAR } else { ROW_STEP })
}

/// Whether the words name what the patient owes of a service: `You may owe`.
fn is_share(label: &Token) -> bool {
    let said = Vocabulary::builtin().lookup(label.text.trim_end_matches([':', '.', ' ']));
    label.kind == TokenKind::Text && said.is_some_and(|m| m.fields == [Field::PatientResponsibility])
}

/// Whether what the patient owes stands with its name under nearly every row, and there is no column for it.
fn share_under_every_row(lines: &[BodyLine], columns: &[Column]) -> bool {
    if columns.iter().any(|c| c.has(Field::PatientResponsibility)) {
        return false;
    }
    let rows: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].role == Role::Anchor && !names_share(&lines[*i])).collect();
    // more words of the row may stand between
    let told = |i: &usize| {
        let below = (*i + 1..lines.len()).take_while(|k| is_close(&lines[k - 1], &lines[*k]) && !rows.contains(k));
        below.take(3).any(|k| names_share(&lines[k]))
    };
    !rows.is_empty() && rows.iter().filter(|i| told(i)).count() * 5 >= rows.len() * 4
}

/// `You may owe  $60.00` at the end of a line.
fn names_share(l: &BodyLine) -> bool {
    match l.assigned.cells.as_slice() {
        [.., (label, _), (amount, _)] => amount.kind == TokenKind::Money && is_share(label),
        _ => false,
    }
}

/// Which part of the share the words name: `Deductible`, `Your copay:`.
pub(crate) fn part(label: &Token) -> Option<Field> {
    let words = label.text.trim_end_matches([':', '.', ' ']);
    share_field(words).filter(|_| label.kind == TokenKind::Text)
}

/// Whether a line is a sentence that tells parts of a share: `Your part is made up of deductible $120.13, copay $0.00.`
pub(crate) fn tells_share(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let sentence = text.starts_with(char::is_alphabetic) && text.ends_with('.');
    sentence && ["deductible", "copay", "coinsurance"].iter().filter(|w| text.contains(*w)).count() >= 2
}

/// The part that a sentence names last before its amount: `Your part is made up of deductible`.
fn told_part(label: &Token) -> Option<Field> {
    let (_, last) = label.text.trim_end().rsplit_once(' ')?;
    share_field(last).filter(|_| label.kind == TokenKind::Text)
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

    const ALL: [Field; 8] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::PlanDiscount,
        Field::Deductible,
        Field::Copay,
        Field::Coinsurance,
        Field::RemarkCodes,
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
                    (110.0, "CT HEAD W/O CONTRAST"),
                    (-270.0, "$30.00"),
                    (-350.0, "$20.00"),
                    (-420.0, "$0.00"),
                    (-550.0, "$20.00"),
                ],
            ),
            (126.0, &[(440.0, "Deductible"), (-550.0, "$20.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(rows, ["OFFICE VISIT LEVEL 4 99214 25 - 25.00 35.00 60.00", "CT HEAD W/O CONTRAST - - 20.00 - - 20.00"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn names_stand_behind_their_amounts_in_small_print() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, &[(30.0, "Lakeside Hospital"), (400.0, "Claim number 1234567")]),
            (60.0, &[(30.0, "Service"), (-270.0, "Provider billed"), (-400.0, "Plan paid"), (-550.0, "Your share")]),
            (74.0, &[(30.0, "03/09/2025")]),
            (86.0, &[(36.0, "OFFICE VISIT (billing"), (-270.0, "$210.00"), (-400.0, "$90.00"), (-550.0, "$60.00")]),
            (96.0, &[(36.0, "code 99214-25)"), (214.0, "$60.00 provider discount"), (440.0, "$25.00 copay")]),
            (106.0, &[(36.0, "See note a, b"), (440.0, "$35.00 coinsurance")]),
            (122.0, &[(36.0, "PHARMACY"), (-270.0, "$30.00"), (-400.0, "$0.00"), (-550.0, "$20.00")]),
            (132.0, &[(36.0, "See note b"), (214.0, "$10.00 provider discount"), (440.0, "$20.00 deductible")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &ALL)).collect();
        assert_eq!(rows, ["2025-03-09 OFFICE VISIT 99214 60.00 - 25.00 35.00 a;b", "2025-03-09 PHARMACY - 10.00 20.00 - - b"]);
    }

    #[test]
    fn what_was_met_in_the_year_is_no_part_of_the_last_row() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (60.0, HEAD),
            (
                76.0,
                &[
                    (30.0, "03/10/2025"),
                    (110.0, "PHARMACY"),
                    (-270.0, "$30.00"),
                    (-350.0, "$20.00"),
                    (-420.0, "$0.00"),
                    (-550.0, "$20.00"),
                ],
            ),
            (86.0, &[(440.0, "Deductible"), (-550.0, "$500.00")]),
        ]);
        assert_eq!(s.rows.iter().filter(|r| r.cells.contains_key(&Field::Deductible)).count(), 0);
        assert_eq!(s.rows.len(), 1);
    }

    #[test]
    fn the_share_may_be_named_under_each_row() {
        let row = |y: f32, day: &'static str, what: &'static str, a: &'static str, b: &'static str| {
            (y, vec![(30.0, day), (110.0, what), (-270.0, a), (-350.0, "$0.00"), (-420.0, b)])
        };
        let share = |y: f32, a: &'static str| (y, vec![(330.0, "You may owe"), (-450.0, a)]);
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, vec![(30.0, "Lakeside Hospital"), (400.0, "Claim number 1234567")]),
            (
                60.0,
                vec![
                    (30.0, "Date"),
                    (110.0, "Care you received"),
                    (-270.0, "Provider charged"),
                    (-350.0, "Your copay"),
                    (-420.0, "Plan paid"),
                ],
            ),
            row(74.0, "03/09/2025", "OFFICE VISIT", "$210.00", "$150.00"),
            share(84.0, "$60.00"),
            row(96.0, "03/09/2025", "BLOOD DRAW", "$22.05", "$20.05"),
            share(106.0, "$2.00"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::PatientResponsibility])).collect();
        assert_eq!(rows, ["OFFICE VISIT 60.00", "BLOOD DRAW 2.00"]);
    }
}
