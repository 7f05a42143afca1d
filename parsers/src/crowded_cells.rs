//! Cells that stand so close that they look like one:
//!
//! ```text
//! Service                  Covered?   Charge   Not covered   Discount   Allowed
//! POLYP REMOVAL W/ SNARE Yes        4,534.89           - 2,581.13      1,953.76
//! CULTURE                    Yes      299.23           -    166.95       132.28
//! ```
//! The answer stands under the heading that asks, and the dash is the nought of its own column and no sign of the next: where
//! dashes stand for noughts no column is left blank.

use crate::assign::Assigned;
use crate::claim_numbers::{begins_under, is_number_of_claim, names_claim, numbers_something};
use crate::columns::{Column, asks, is_answer};
use crate::grammar::code::modifier;
use crate::page_text::Word;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind, tokens};

/// So many lines with dashes among their amounts are a habit.
const HABIT: usize = 2;

/// The last word of a cell of words is parted from it where it stands right under a heading of its own, and so is the number of
/// a claim that stands before them.
pub(crate) fn words_apart(toks: Vec<Token>, columns: &[Column]) -> Vec<Token> {
    let last = columns.iter().any(|c| asks(&c.head) || c.fields == [Field::Modifiers]);
    let first = columns.iter().any(|c| names_claim(&c.head) || numbers_something(&c.head));
    let toks = if first { toks.into_iter().flat_map(|t| number_apart(t, columns)).collect() } else { toks };
    if last { toks.into_iter().flat_map(|t| last_apart(t, columns)).collect() } else { toks }
}

/// `253639001006 ANESTHESIA` under `ICN      SERVICE`: the number begins where its heading does, and the words where theirs does.
/// So do names behind it that are set apart, `E613972 Jane Roe  Elm Hospital` under `Claim #  Patient  Provider`.
fn number_apart(t: Token, columns: &[Column]) -> Vec<Token> {
    /// A gap wider than that is no space between words, in heights of the words.
    const SPACE: f32 = 0.8;
    if t.words.len() < 2 || !is_number_of_claim(&t, columns) {
        return vec![t];
    }
    let begins = |at: usize| {
        let (before, word) = (&t.words[at - 1], &t.words[at]);
        let set_apart = word.bbox.x0 - before.bbox.x1 > SPACE * word.bbox.height();
        let own = |c: &Column| at == 1 && c.has(Field::Description) || set_apart && !c.is_money();
        columns.iter().any(|c| own(c) && begins_under(word, c))
    };
    let cuts: Vec<usize> = (1..t.words.len()).filter(|at| begins(*at)).collect();
    let mut out = vec![t];
    for at in cuts.into_iter().rev() {
        let first = out.remove(0);
        out.splice(0..0, first.split(at));
    }
    out
}

fn last_apart(t: Token, columns: &[Column]) -> Vec<Token> {
    let [.., before, last] = t.words.as_slice() else { return vec![t] };
    let own = |c: &Column| match c.fields.as_slice() {
        [Field::Modifiers] => modifier(&last.text),
        _ => asks(&c.head) && is_answer(&last.text),
    };
    let under = |w: &Word, c: &Column| w.bbox.x0 < c.head_box.x1 && w.bbox.x1 > c.head_box.x0;
    let apart = t.kind == TokenKind::Text && columns.iter().any(|c| own(c) && under(last, c) && !under(before, c));
    let at = t.words.len() - 1;
    if apart { t.split(at) } else { vec![t] }
}

/// Whether a table prints dashes for noughts: they stand by themselves between its amounts.
pub(crate) fn has_dashes(lines: &[&Line]) -> bool {
    let within = |w: &[Token]| w[1].kind == TokenKind::Dash && [&w[0], &w[2]].iter().all(|t| is_amount(t));
    lines.iter().filter(|l| tokens(l).windows(3).any(within)).count() >= HABIT
}

fn is_amount(t: &Token) -> bool {
    matches!(t.kind, TokenKind::Money | TokenKind::Dash)
}

/// The tokens of a line in which the dash before an amount is a cell of its own; `None` where there is no such dash.
pub(crate) fn dashes_apart(line: &Assigned, columns: &[Column]) -> Option<Vec<Token>> {
    let signed = |t: &Token| t.kind == TokenKind::Money && t.words.len() > 1 && t.words[0].text == "-";
    let blank = |c: usize| columns[c].is_money() && line.cells.iter().all(|(_, k)| *k != c);
    let dashed = |(t, c): &(Token, usize)| signed(t) && c.checked_sub(1).is_some_and(blank);
    let parted = |cell: &(Token, usize)| if dashed(cell) { cell.0.clone().split(1) } else { vec![cell.0.clone()] };
    line.cells.iter().any(dashed).then(|| line.cells.iter().flat_map(parted).collect())
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 7] = [
        Field::Description,
        Field::Code,
        Field::Modifiers,
        Field::Charge,
        Field::NotCovered,
        Field::PlanDiscount,
        Field::Allowed,
    ];

    type Row = (f32, &'static [(f32, &'static str)]);

    fn rows(heads: &'static [(f32, &'static str)], below: &[Row]) -> Vec<String> {
        let head: [Row; 3] = [
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (48.0, &[(30.0, "Claim number 1234567")]),
            (60.0, heads),
        ];
        read(&[&head, below].concat()).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    const AMOUNTS: &[(f32, &str)] = &[
        (30.0, "Date"),
        (90.0, "Service"),
        (-300.0, "Charge"),
        (-370.0, "Not covered"),
        (-410.0, "Discount"),
        (-470.0, "Allowed"),
    ];

    #[test]
    fn a_dash_that_is_a_nought_is_no_sign_of_the_next_amount() {
        let found = rows(
            AMOUNTS,
            &[
                (
                    72.0,
                    &[
                        (30.0, "03/09/2025"),
                        (90.0, "SURGERY"),
                        (-300.0, "4,534.89"),
                        (-410.0, "- 2,581.13"),
                        (-470.0, "1,953.76"),
                    ],
                ),
                (
                    84.0,
                    &[
                        (30.0, "03/09/2025"),
                        (90.0, "CULTURE"),
                        (-300.0, "84.15"),
                        (-370.0, "-"),
                        (-410.0, "47.92"),
                        (-470.0, "36.23"),
                    ],
                ),
                (
                    96.0,
                    &[
                        (30.0, "03/10/2025"),
                        (90.0, "X-RAY"),
                        (-300.0, "99.23"),
                        (-370.0, "-"),
                        (-410.0, "66.95"),
                        (-470.0, "32.28"),
                    ],
                ),
            ],
        );
        let want = ["SURGERY - - 4534.89 - 2581.13 1953.76", "CULTURE - - 84.15 - 47.92 36.23", "X-RAY - - 99.23 - 66.95 32.28"];
        assert_eq!(found, want);
    }

    #[test]
    fn without_dashes_for_noughts_it_is_the_sign() {
        let found = rows(
            AMOUNTS,
            &[
                (
                    72.0,
                    &[
                        (30.0, "03/09/2025"),
                        (90.0, "SURGERY"),
                        (-300.0, "4,534.89"),
                        (-410.0, "- 2,581.13"),
                        (-470.0, "1,953.76"),
                    ],
                ),
                (84.0, &[(30.0, "03/09/2025"), (90.0, "CULTURE"), (-300.0, "84.15"), (-410.0, "- 47.92"), (-470.0, "36.23")]),
            ],
        );
        // what is taken off has a minus in all rows, and is none the less what was taken off
        assert_eq!(found, ["SURGERY - - 4534.89 - 2581.13 1953.76", "CULTURE - - 84.15 - 47.92 36.23"]);
    }

    #[test]
    fn the_number_of_a_claim_stands_close_to_the_words() {
        let said_of = |head: &'static str, x: f32| {
            let s = read(&[
                (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
                (
                    60.0,
                    &[(30.0, "Date"), (90.0, head), (x, "Service"), (-300.0, "Charge"), (-400.0, "Allowed"), (-500.0, "Paid")],
                ),
                (
                    76.0,
                    &[
                        (30.0, "03/09/2025"),
                        (90.0, "253639001006"),
                        (144.0, "ANESTHESIA KNEE"),
                        (-300.0, "327.81"),
                        (-400.0, "134.63"),
                        (-500.0, "121.17"),
                    ],
                ),
            ]);
            said(&s.rows[0], &[Field::Description, Field::ClaimNo])
        };
        assert_eq!(said_of("ICN", 144.0), "ANESTHESIA KNEE 253639001006");
        assert_eq!(said_of("Ward", 144.0), "253639001006 ANESTHESIA KNEE -");
    }

    #[test]
    fn an_answer_and_a_modifier_stand_under_their_heads() {
        let heads = &[
            (30.0, "Date"),
            (90.0, "Service (billing code)"),
            (220.0, "Mod"),
            (250.0, "Covered?"),
            (-400.0, "Charge"),
            (-470.0, "Allowed"),
        ];
        let found = rows(
            heads,
            &[
                (
                    72.0,
                    &[
                        (30.0, "03/09/2025"),
                        (90.0, "LARGE JOINT INJ (20610)"),
                        (222.0, "RT"),
                        (258.0, "Yes"),
                        (-400.0, "118.00"),
                        (-470.0, "21.91"),
                    ],
                ),
                (
                    84.0,
                    &[
                        (30.0, "03/09/2025"),
                        (90.0, "FAT GRAFT RT SIDE (15771)"),
                        (258.0, "No"),
                        (-400.0, "99.00"),
                        (-470.0, "20.00"),
                    ],
                ),
            ],
        );
        assert_eq!(found, ["LARGE JOINT INJ 20610 RT 118.00 - - 21.91", "FAT GRAFT RT SIDE 15771 - 99.00 - - 20.00"]);
    }
}
