//! Adjustments under a service, a line each, with the words of their reasons: an advice made after the electronic one (X12 835)
//! prints its CAS segments so.
//!
//! ```text
//! Date         Proc code / description     Charge   Allowed   Payment   Pat resp
//! 05/24/2025   HC:29881:LT                1057.41    632.01    505.61     126.40
//!              KNEE ARTHROSCOPY
//!                CO-45    425.40   Charge exceeds fee schedule
//!                PR-2     126.40   Coinsurance amount
//!                REMARK CODE N522
//! ```
//! Others write the whole list on one line, behind a label, or a label before each part of it: `ADJ  CO-45 425.40  PR-2 126.40`,
//! `GRP/RC CO45  AMOUNT 425.40`.
//! Group and reason code say what the amount behind them is: no column has a say in it, whichever it stands under, and the words
//! are none of the service's name.

use super::Facts;
use crate::adjustment_lists::{is_label, reason};
use crate::columns::Column;
use crate::grammar::money;
use crate::labelled::line_of_codes;
use crate::statement::{Adjustment, Field, Value};
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// Amounts that only who pays a claim can tell.
const OF_PAYER: [Field; 4] = [Field::Allowed, Field::PlanPaid, Field::NotCovered, Field::PatientResponsibility];

/// Gives the rows what such lines say of them.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    // a column for them has its own reading; and on a bill `CO2  12.00` is a test
    let told = |f: Field| columns.iter().any(|c| c.has(f));
    if told(Field::Adjustments) || !OF_PAYER.into_iter().any(told) {
        return;
    }
    let unnamed = !told(Field::Description);
    let mut below: Option<Below> = None;
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        if above.role == Role::Anchor && !is_adjusted(above) {
            below = Some(Below::Row);
        }
        if !line.follows(above) {
            below = None;
        }
        let Some(so_far) = below else { continue };
        if let Some(list) = adjusted(line) {
            // whatever stands between amounts and their adjustments is of that service, though most others have no words
            let between = i.checked_sub(2).filter(|k| unnamed && so_far == Below::Row && lines[*k].role == Role::Anchor);
            if between.is_some() && is_name(&lines[i - 1]) {
                lines[i - 1].role = Role::NameBelow;
            }
            lines[i].says_only(vec![(Field::Adjustments, Value::Adjustments(list))]);
            below = Some(Below::Adjustments);
            continue;
        }
        match so_far {
            // the words of the service stand between its amounts and their adjustments, where no column is theirs too
            Below::Row if line.role != Role::Anchor && is_worded(line) => {}
            Below::Adjustments if line.role != Role::Anchor => match remarks(line) {
                Some(values) => lines[i].says_only(values),
                // where no column is theirs the words may stand beneath all of it: a service that has them has no code
                None if unnamed && named_last(lines, i) => {
                    let words = lines[i].text.trim().to_owned();
                    lines[i].says_only(vec![(Field::Description, Value::Text(words))]);
                    below = None;
                }
                None => below = None,
            },
            _ => below = None,
        }
    }
}

/// What the lines under a row have been so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Below {
    Row,
    Adjustments,
}

/// Whether a line is words and no sum, or goes on with those of a row.
fn is_worded(line: &BodyLine) -> bool {
    let words = |t: &Token| !matches!(t.kind, TokenKind::Money | TokenKind::Date);
    line.role == Role::Continuation || line.role != Role::Total && line.assigned.cells.iter().all(|(t, _)| words(t))
}

/// Whether a line is words alone.
fn is_name(line: &BodyLine) -> bool {
    let words = |t: &Token| matches!(t.kind, TokenKind::Text | TokenKind::Number | TokenKind::Code | TokenKind::Dash);
    line.role != Role::Anchor
        && line.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
        && line.assigned.cells.iter().all(|(t, _)| words(t))
}

/// Whether a line begins with an adjustment, which no service does.
fn is_adjusted(line: &BodyLine) -> bool {
    line.assigned.cells.iter().map(|(t, _)| t).find(|t| !is_label(t)).is_some_and(|t| reason(t).is_some())
}

/// The adjustments of a line that holds nothing else: codes, each with one amount and the words of the reason before or behind
/// it.
fn adjusted(line: &BodyLine) -> Option<Vec<Adjustment>> {
    let all = line.assigned.cells.iter().map(|(t, _)| t);
    let tokens: Vec<&Token> = all.skip_while(|t| is_label(t)).collect();
    let labelled = tokens.len() < line.assigned.cells.len();
    let starts: Vec<usize> = (0..tokens.len()).filter(|i| reason(tokens[*i]).is_some()).collect();
    let parted = tokens.first().is_some_and(|t| t.text.contains(['-', ' ', ':', '*', '/']));
    if line.role == Role::Total || starts.first() != Some(&0) || line.role == Role::Anchor && !(parted || labelled) {
        return None;
    }
    let ends = starts.iter().skip(1).copied().chain([tokens.len()]);
    starts.iter().zip(ends).map(|(from, to)| one(&tokens[*from..to])).collect()
}

fn one(tokens: &[&Token]) -> Option<Adjustment> {
    let (code, rest) = tokens.split_first()?;
    let (group, carc) = reason(code)?;
    let of = |kind: TokenKind| rest.iter().filter(move |t| t.kind == kind);
    let worded = rest.iter().all(|t| matches!(t.kind, TokenKind::Money | TokenKind::Text | TokenKind::Dash));
    // the mark that parts the amount from the next code of the list: `CO45 30.00, PR2 30.00`
    let amount = of(TokenKind::Money).next().and_then(|t| money::money(t.text.trim_end_matches([',', ';'])))?;
    (worded && of(TokenKind::Money).count() == 1).then_some(Adjustment { group, carc, amount })
}

/// Whether a line under the adjustments of a service names it: a few words, set in under the service, which has none before.
fn named_last(lines: &[BodyLine], at: usize) -> bool {
    const LONGEST: usize = 60;
    let line = &lines[at];
    let Some(row) = lines[..at].iter().rposition(|l| l.role == Role::Anchor && !is_adjusted(l)) else { return false };
    let between = &lines[row + 1..at];
    let named = |l: &BodyLine| l.role == Role::NameBelow || !l.assigned.cells.is_empty();
    is_name(line)
        && line.role != Role::Total
        && line.text.len() <= LONGEST
        && !line.text.contains(':')
        && !line.text.trim_end().ends_with('.')
        && line.bbox.x0 > lines[row].bbox.x0 + 2.0 * line.size
        && !between.iter().any(named)
}

/// `REMARK CODE N522`: the remarks of a line that holds nothing else.
fn remarks(line: &BodyLine) -> Option<Facts> {
    line_of_codes(&line.text).filter(|values| values.iter().all(|(f, _)| *f == Field::RemarkCodes))
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Row, Value};
    use crate::test_pages::{read, said};

    const HEADS: &[(f32, &str)] = &[
        (30.0, "Date"),
        (110.0, "Proc code / description"),
        (-360.0, "Units"),
        (-440.0, "Charge"),
        (-520.0, "Allowed"),
        (-600.0, "Payment"),
        (-690.0, "Pat resp"),
    ];

    fn adjustments(row: &Row) -> String {
        match row.cells.get(&Field::Adjustments).map(|c| &c.value) {
            Some(Value::Adjustments(list)) => {
                list.iter().map(|a| format!("{}-{}:{}", a.group, a.carc, a.amount)).collect::<Vec<_>>().join(";")
            }
            _ => "-".to_owned(),
        }
    }

    #[test]
    fn the_lines_of_reasons_under_a_service_are_its_adjustments() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of benefits"), (400.0, "Lakeside Health Plan")]),
            (50.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 400500600700")]),
            (80.0, HEADS),
            (
                95.0,
                &[
                    (30.0, "05/24/2025"),
                    (110.0, "HC:29881:LT"),
                    (-360.0, "1"),
                    (-440.0, "1057.41"),
                    (-520.0, "632.01"),
                    (-600.0, "430.61"),
                    (-690.0, "201.40"),
                ],
            ),
            (105.0, &[(110.0, "KNEE ARTHROSCOPY")]),
            (115.0, &[(120.0, "CO-45"), (-220.0, "425.40"), (240.0, "Charge exceeds fee schedule")]),
            (125.0, &[(120.0, "PR-1"), (-220.0, "75.00"), (240.0, "Deductible amount")]),
            (135.0, &[(120.0, "PR-2"), (-220.0, "126.40"), (240.0, "Coinsurance amount")]),
            (
                150.0,
                &[
                    (30.0, "05/24/2025"),
                    (110.0, "NU:0270"),
                    (-360.0, "1"),
                    (-440.0, "51.00"),
                    (-520.0, "0.00"),
                    (-600.0, "0.00"),
                    (-690.0, "0.00"),
                ],
            ),
            (160.0, &[(110.0, "STERILE SUPPLY PACK")]),
            (170.0, &[(120.0, "CO-18"), (-220.0, "51.00"), (240.0, "Exact duplicate")]),
            (180.0, &[(120.0, "REMARK CODE N522")]),
            (200.0, &[(110.0, "CLAIM TOTALS"), (-440.0, "1108.41"), (-520.0, "632.01"), (-600.0, "430.61"), (-690.0, "201.40")]),
        ]);
        let fields = [Field::RevenueCode, Field::Code, Field::Modifiers, Field::Description, Field::RemarkCodes];
        let rows: Vec<String> = s.rows.iter().map(|r| format!("{} {}", said(r, &fields), adjustments(r))).collect();
        let want = [
            "- 29881 LT KNEE ARTHROSCOPY - CO-45:425.40;PR-1:75.00;PR-2:126.40",
            "0270 - - STERILE SUPPLY PACK N522 CO-18:51.00",
        ];
        assert_eq!(rows, want);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    /// Services of a table without a column for words, the first with such lines under it, and what their rows say.
    fn under_a_service(lists: &[(f32, &[(f32, &str)])]) -> Vec<String> {
        let heads: &[(f32, &str)] = &[
            (30.0, "SVC DATE"),
            (110.0, "UN"),
            (150.0, "PROC MOD"),
            (-300.0, "BILLED"),
            (-380.0, "ALLOW"),
            (-460.0, "PAID"),
            (-540.0, "MBR LIAB"),
        ];
        let row = |code: &'static str| {
            let amounts = [(-300.0, "110.00"), (-380.0, "80.00"), (-460.0, "50.00"), (-540.0, "30.00")];
            [vec![(30.0, "05/24/2025"), (110.0, "1"), (150.0, code)], amounts.to_vec()].concat()
        };
        let (first, second) = (row("REV 0272"), row("80053"));
        let mut lines: Vec<(f32, &[(f32, &str)])> = vec![
            (20.0, &[(30.0, "Explanation of benefits"), (400.0, "Lakeside Health Plan")]),
            (50.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 400500600700")]),
            (80.0, heads),
            (95.0, &first),
            (105.0, &[(60.0, "STERILE SUPPLY PACK")]),
        ];
        lines.extend_from_slice(lists);
        let rest: [(f32, &[(f32, &str)]); 2] = [(150.0, &second), (160.0, &[(60.0, "ADJ CO-45 30.00 PR-2 30.00")])];
        lines.extend(rest);
        let s = read(&lines);
        s.rows.iter().map(|r| format!("{} {}", said(r, &[Field::Code, Field::Description]), adjustments(r))).collect()
    }

    #[test]
    fn lists_behind_labels_are_adjustments_and_what_they_follow_is_the_name() {
        let want = ["- STERILE SUPPLY PACK CO-45:30.00;PR-2:30.00", "80053 - CO-45:30.00;PR-2:30.00"];
        assert_eq!(under_a_service(&[(115.0, &[(60.0, "ADJ CO 45 30.00 PR 2 30.00")])]), want);
        assert_eq!(under_a_service(&[(115.0, &[(60.0, "ADJ CO45 30.00, PR2 30.00")])]), want);
        assert_eq!(under_a_service(&[(115.0, &[(60.0, "CO-45: 30.00, PR-2: 30.00")])]), want);
        assert_eq!(under_a_service(&[(115.0, &[(60.0, "Adjustments: CO 45 30.00; PR 2 30.00")])]), want);
        assert_eq!(under_a_service(&[(115.0, &[(60.0, "CAS"), (100.0, "CO45 30.00"), (200.0, "PR2 30.00")])]), want);
        let each: [(f32, &[(f32, &str)]); 2] = [
            (115.0, &[(60.0, "GRP/RC CO 45"), (160.0, "AMOUNT"), (-300.0, "30.00")]),
            (125.0, &[(60.0, "GRP/RC PR 2"), (160.0, "AMOUNT"), (-300.0, "30.00")]),
        ];
        assert_eq!(under_a_service(&each), want);
    }

    #[test]
    fn words_beneath_the_adjustments_name_the_service() {
        let heads = [
            (30.0, "SERV DATE"),
            (110.0, "HCPCS"),
            (-240.0, "UNITS"),
            (-320.0, "CHARGE"),
            (-400.0, "ALLOWED"),
            (-480.0, "PAYMENT"),
        ];
        let row = |code: &'static str| {
            [(30.0, "05/24/2025"), (110.0, code), (-240.0, "1"), (-320.0, "110.00"), (-400.0, "80.00"), (-480.0, "50.00")]
        };
        let (first, second) = (row("REV 0272"), row("80053"));
        let s = read(&[
            (20.0, &[(30.0, "LAKESIDE HEALTH PLAN"), (400.0, "EXPLANATION OF PAYMENT")]),
            (50.0, &[(30.0, "PATIENT: JANE ROE"), (300.0, "PAYER CLAIM #: 400500600700")]),
            (80.0, &heads),
            (95.0, &first),
            (105.0, &[(110.0, "CO-45"), (-220.0, "30.00")]),
            (115.0, &[(110.0, "PR-2"), (-220.0, "30.00")]),
            (125.0, &[(110.0, "STERILE SUPPLY PACK")]),
            (135.0, &second),
            (145.0, &[(110.0, "CO-45"), (-220.0, "30.00")]),
            (155.0, &[(110.0, "PR-2"), (-220.0, "30.00")]),
        ]);
        let fields = [Field::RevenueCode, Field::Code, Field::Description];
        let rows: Vec<String> = s.rows.iter().map(|r| format!("{} {}", said(r, &fields), adjustments(r))).collect();
        assert_eq!(rows, ["0272 - STERILE SUPPLY PACK CO-45:30.00;PR-2:30.00", "- 80053 - CO-45:30.00;PR-2:30.00"]);
    }

    #[test]
    fn a_list_of_reasons_behind_the_services_is_of_none_of_them() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of benefits"), (400.0, "Lakeside Health Plan")]),
            (50.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Claim number: 400500600700")]),
            (80.0, HEADS),
            (
                95.0,
                &[
                    (30.0, "05/24/2025"),
                    (110.0, "29881"),
                    (-360.0, "1"),
                    (-440.0, "1057.41"),
                    (-520.0, "632.01"),
                    (-600.0, "505.61"),
                    (-690.0, "126.40"),
                ],
            ),
            (105.0, &[(110.0, "KNEE ARTHROSCOPY")]),
            (140.0, &[(110.0, "Adjustments of this claim")]),
            (150.0, &[(120.0, "CO-45"), (-220.0, "425.40"), (240.0, "Charge exceeds fee schedule")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(adjustments).collect();
        assert_eq!(rows, ["-"]);
    }

    #[test]
    fn a_test_of_carbon_dioxide_is_a_service() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Laboratory"), (400.0, "Itemized bill")]),
            (80.0, &[(30.0, "Date"), (110.0, "Test"), (-360.0, "Units"), (-440.0, "Charge")]),
            (95.0, &[(30.0, "05/24/2025"), (110.0, "SODIUM"), (-360.0, "1"), (-440.0, "11.00")]),
            (105.0, &[(110.0, "CO2"), (-360.0, "1"), (-440.0, "12.00")]),
            (115.0, &[(110.0, "CO2"), (-440.0, "13.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| format!("{} {}", said(r, &[Field::Charge]), adjustments(r))).collect();
        assert_eq!(rows, ["11.00 -", "12.00 -", "13.00 -"]);
    }
}
