//! The words of a service on the line under its amounts, beside its second adjustment, in a table with columns for the adjustments
//! and none for words:
//!
//! ```text
//! SVC DATE     QTY  CPT/MOD     BILLED   ALLOWED   PAID     GRP/RC   AMOUNT
//! 06/16/2025   1    36415        28.15     12.90    .00     CO 45     15.25
//!   VENIPUNCTURE                                            PR 1      12.90
//!   REMARK N30
//! ```
//! Under which columns the words fall says nothing.

use crate::adjustment_lists::{are_adjustments, reason};
use crate::columns::Column;
use crate::labelled::line_of_codes;
use crate::remarks_behind::remarks_behind;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// How far apart, in points, words begin that are flush.
const FLUSH: f32 = 2.0;

/// A longer line is no name.
const LONGEST: usize = 60;

/// Gives the rows what such lines say of them.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let told = |f: Field| columns.iter().any(|c| c.has(f));
    let Some(list) = columns.iter().position(|c| c.fields == [Field::Adjustments]) else { return };
    let mut within = false;
    let flush = edges(lines);
    let lone = lines.iter().filter(|l| l.role == Role::Anchor).count() == 1;
    let listed = |l: &BodyLine| lone && l.role == Role::Continuation && are_adjustments(&l.assigned.cells);
    for i in 0..lines.len() {
        let follows = i > 0 && within && lines[i].follows(&lines[i - 1]);
        let line = &lines[i];
        within = line.role == Role::Anchor || follows && !matches!(line.role, Role::Total | Role::Ledger);
        if !follows || matches!(line.role, Role::Anchor | Role::Total | Role::Ledger) {
            continue;
        }
        if let Some(values) = line_of_codes(&line.text).filter(|v| v.iter().all(|(f, _)| *f == Field::RemarkCodes)) {
            lines[i].says_only(values);
            continue;
        }
        // under the adjustments of the only service of a table no other tells where names stand
        let named = matches!(lines[i].role, Role::Continuation | Role::Heading | Role::Outside)
            && lines[i].text.len() <= LONGEST
            && !lines[i].text.trim_end().ends_with(['.', ':']);
        let last_of_list = named && listed(&lines[i - 1]);
        if told(Field::Description) || lines[i - 1].role != Role::Anchor && !last_of_list {
            continue;
        }
        let tokens: Vec<Token> = line.assigned.cells.iter().map(|(t, _)| t.clone()).collect();
        // a service with one adjustment has its words alone, where those of the others stand
        let at_edge = |t: &Token| flush.iter().any(|x| (x - t.bbox.x0).abs() < FLUSH);
        let alone = || tokens.first().is_some_and(|t| last_of_list || at_edge(t)).then_some(tokens.len());
        let Some(at) = tokens.iter().position(|t| reason(t).is_some()).or_else(alone).filter(|at| *at > 0) else { continue };
        let (words, adjustments) = tokens.split_at(at);
        if !is_name(words) || !adjustments.iter().all(|t| reason(t).is_some() || t.kind == TokenKind::Money) {
            continue;
        }
        let text = words.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let named = words.iter().skip(1).fold(words[0].clone(), |a, t| Token {
            text: format!("{} {}", a.text, t.text),
            bbox: a.bbox.union(t.bbox),
            confidence: a.confidence.min(t.confidence),
            words: [a.words, t.words.clone()].concat(),
            ..a
        });
        let cells = adjustments.iter().map(|t| (t.clone(), list)).collect();
        let line = &mut lines[i];
        // `OFFICE VISIT RMK MA92`
        let (name, remarks) = remarks_behind(&text).map_or((text, None), |(name, list)| (name, Some(list)));
        line.parts.extend(remarks.map(|list| (Field::RemarkCodes, Value::List(list), named.clone())));
        line.parts.push((Field::Description, Value::Text(name), named));
        line.assigned.cells = cells;
        line.role = Role::Continuation;
    }
}

/// Left edges of the words that stand beside a second adjustment.
fn edges(lines: &[BodyLine]) -> Vec<f32> {
    let beside = |w: &[BodyLine]| {
        let tokens: Vec<Token> = w[1].assigned.cells.iter().map(|(t, _)| t.clone()).collect();
        let at = tokens.iter().position(|t| reason(t).is_some())?;
        let named = w[0].role == Role::Anchor && w[1].role != Role::Anchor && w[1].follows(&w[0]) && is_name(&tokens[..at]);
        named.then(|| tokens[0].bbox.x0)
    };
    lines.windows(2).filter_map(beside).collect()
}

/// Whether tokens are words, with figures and codes among them at most.
fn is_name(tokens: &[Token]) -> bool {
    let words = |t: &Token| matches!(t.kind, TokenKind::Text | TokenKind::Number | TokenKind::Code | TokenKind::Dash);
    let letters = tokens.iter().flat_map(|t| t.text.chars()).filter(|c| c.is_alphabetic()).count();
    tokens.first().is_some_and(|t| t.kind == TokenKind::Text) && tokens.iter().all(words) && letters >= 3
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Value};
    use crate::test_pages::{read, said};

    #[test]
    fn a_service_with_one_adjustment_has_its_words_where_the_others_have_theirs() {
        let head = [
            (30.0, "SVC DATE"),
            (110.0, "CPT"),
            (-300.0, "BILLED"),
            (-380.0, "ALLOWED"),
            (-460.0, "PAID"),
            (500.0, "GRP/RC"),
            (-620.0, "AMOUNT"),
        ];
        let s = read(&[
            (20.0, &[(30.0, "LAKESIDE HEALTH PLAN"), (400.0, "EXPLANATION OF BENEFITS")]),
            (44.0, &[(30.0, "CLAIM NUMBER: 400500600700"), (300.0, "PATIENT: JANE ROE")]),
            (60.0, &head),
            (
                74.0,
                &[
                    (30.0, "06/16/2025"),
                    (110.0, "36415"),
                    (-300.0, "28.15"),
                    (-380.0, "12.90"),
                    (-460.0, "0.00"),
                    (500.0, "CO 45"),
                    (-620.0, "15.25"),
                ],
            ),
            (84.0, &[(38.0, "VENIPUNCTURE"), (500.0, "PR 1"), (-620.0, "12.90")]),
            (
                94.0,
                &[
                    (30.0, "06/16/2025"),
                    (110.0, "86140"),
                    (-300.0, "98.00"),
                    (-380.0, "0.00"),
                    (-460.0, "0.00"),
                    (500.0, "PR 204"),
                    (-620.0, "98.00"),
                ],
            ),
            (104.0, &[(38.0, "REACTIVE PROTEIN")]),
            (114.0, &[(38.0, "RARC N30")]),
            (
                124.0,
                &[
                    (30.0, "06/16/2025"),
                    (110.0, "36416"),
                    (-300.0, "28.15"),
                    (-380.0, "12.90"),
                    (-460.0, "0.00"),
                    (500.0, "CO 45"),
                    (-620.0, "15.25"),
                ],
            ),
            (134.0, &[(38.0, "SECOND DRAW"), (500.0, "PR 1"), (-620.0, "12.90")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::RemarkCodes])).collect();
        assert_eq!(rows, ["VENIPUNCTURE -", "REACTIVE PROTEIN N30", "SECOND DRAW -"]);
    }

    #[test]
    fn the_only_service_has_its_words_under_its_adjustments() {
        let rows = |below: &'static str| -> Vec<String> {
            let s = read(&[
                (20.0, &[(30.0, "LAKESIDE HEALTH PLAN"), (400.0, "EXPLANATION OF BENEFITS")]),
                (44.0, &[(30.0, "CLAIM NUMBER: 400500600700"), (300.0, "PATIENT: JANE ROE")]),
                (
                    60.0,
                    &[
                        (30.0, "SVC DATE"),
                        (110.0, "CPT"),
                        (-300.0, "BILLED"),
                        (-380.0, "ALLOWED"),
                        (-460.0, "PAID"),
                        (480.0, "ADJ CODES"),
                    ],
                ),
                (
                    74.0,
                    &[
                        (30.0, "06/16/2025"),
                        (110.0, "36415"),
                        (-300.0, "28.15"),
                        (-380.0, "12.90"),
                        (-460.0, "0.00"),
                        (480.0, "CO45 15.25"),
                    ],
                ),
                (84.0, &[(480.0, "PR1 12.90")]),
                (94.0, &[(38.0, below)]),
                (108.0, &[(30.0, "TOTALS"), (-300.0, "28.15"), (-380.0, "12.90"), (-460.0, "0.00")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::RemarkCodes])).collect()
        };
        assert_eq!(rows("ROUTINE BLOOD DRAW"), ["36415 ROUTINE BLOOD DRAW -"]);
        assert_eq!(rows("REMARK N30"), ["36415 - N30"]);
    }

    #[test]
    fn words_beside_the_second_adjustment_name_the_service() {
        let row = |y: f32, code: &'static str, adj: &'static str, amount: &'static str| {
            let amounts = [(-300.0, "28.15"), (-380.0, "12.90"), (-460.0, "0.00"), (500.0, adj), (-620.0, amount)];
            (y, [vec![(30.0, "06/16/2025"), (110.0, "1"), (150.0, code)], amounts.to_vec()].concat())
        };
        let heads = [(-300.0, "BILLED"), (-380.0, "ALLOWED"), (-460.0, "PAID"), (500.0, "GRP/RC"), (-620.0, "AMOUNT")];
        let lines: Vec<(f32, Vec<(f32, &str)>)> = vec![
            (20.0, vec![(30.0, "Explanation of benefits"), (400.0, "Lakeside Health Plan")]),
            (50.0, vec![(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 400500600700")]),
            (80.0, [vec![(30.0, "SVC DATE"), (110.0, "QTY"), (150.0, "CPT/MOD")], heads.to_vec()].concat()),
            row(95.0, "36415", "CO 45", "15.25"),
            (105.0, vec![(60.0, "ROUTINE BLOOD DRAW"), (500.0, "PR 1"), (-620.0, "12.90")]),
            (115.0, vec![(60.0, "REMARK N30")]),
            row(130.0, "83690", "CO 45", "15.25"),
            (140.0, vec![(60.0, "LIPASE"), (500.0, "PR 1"), (-620.0, "12.90")]),
            row(155.0, "80053", "CO 45", "15.25"),
            (165.0, vec![(500.0, "PR 1"), (-620.0, "12.90")]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::RemarkCodes])).collect();
        assert_eq!(rows, ["36415 ROUTINE BLOOD DRAW N30", "83690 LIPASE -", "80053 - -"]);
        let listed = |v: &Value| matches!(v, Value::Adjustments(l) if l.len() == 2);
        assert!(s.rows.iter().all(|r| listed(&r.cells[&Field::Adjustments].value)), "{:?}", s.rows);
    }
}
