//! The marks of footnotes beside the amounts of a service, where the table has no column for them:
//!
//! ```text
//! Date         Service        Billed      Reductions    Allowed    Deductible
//! 05/02/2025   OFFICE VISIT   629.00      169.83 (A1)   459.17     50.00 (U2)
//! ```
//! A mark in brackets right behind an amount, or raised there in smaller type (`169.83 a`), is no part of it, and the note of the
//! whole service. So are those on the print row beneath, under the amount that they explain:
//!
//! ```text
//! Service and date         Amount billed    Not payable (Remarks)
//! OFFICE VISIT                    629.00           169.83
//! 99214 on 05/02/2025                               (A1, U2)
//! ```

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::columns::Column;
use crate::grammar::money;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// How far behind its amount a mark may stand, in sizes of type.
const NEAR: f32 = 1.2;

/// More marks are not printed in one pair of brackets.
const MOST_MARKS: usize = 4;

static MARK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^[(\[]([A-Z]{1,3}\d{0,3}|\d{1,2})[)\]]$").expect("a constant pattern"));

/// Takes them from the rows.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    for i in 1..lines.len() {
        let (above, below) = lines.split_at_mut(i);
        take_beneath(&mut below[0], &above[i - 1], columns);
    }
    if columns.iter().any(|c| c.has(Field::RemarkCodes)) {
        return;
    }
    let explained = explained_letters(lines);
    for line in lines.iter_mut().filter(|l| l.role == Role::Anchor) {
        take_glued(line, &explained, columns);
        let cells = &line.assigned.cells;
        let marks: Vec<(usize, String)> =
            (1..cells.len()).filter_map(|i| Some((i, mark(&cells[i - 1].0, &cells[i].0, line.size)?))).collect();
        let Some((first, _)) = marks.first() else { continue };
        let at = line.assigned.cells[*first].0.clone();
        let mut list: Vec<String> = Vec::new();
        for (i, code) in marks.into_iter().rev() {
            line.assigned.cells.remove(i);
            if !list.contains(&code) {
                list.insert(0, code);
            }
        }
        line.parts.push((Field::RemarkCodes, Value::List(list), at));
    }
}

/// The letters that lines under the rows explain: `a  This is the amount that your provider has agreed to write off.`
fn explained_letters(lines: &[BodyLine]) -> BTreeSet<char> {
    let letter = |l: &BodyLine| {
        let (mark, sentence) = l.text.split_once(' ')?;
        let mut letters = mark.chars();
        let letter = letters.next().filter(|c| c.is_ascii_lowercase() && letters.next().is_none())?;
        (l.role != Role::Anchor && sentence.split(' ').count() >= 4).then_some(letter)
    };
    lines.iter().filter_map(letter).collect()
}

/// Takes the explained letters that a reader of scans has run together with their amounts: `59.24a`.
fn take_glued(line: &mut BodyLine, explained: &BTreeSet<char>, columns: &[Column]) {
    if explained.is_empty() {
        return;
    }
    let mut list: Vec<String> = Vec::new();
    let mut at: Option<Token> = None;
    let words: Vec<&str> = line.text.split(' ').collect();
    for (token, _) in line.assigned.cells.iter_mut().filter(|(_, c)| columns[*c].is_money()) {
        // from what a scan's amount is taken for the letter has gone; the line still has it
        let printed = words.iter().find(|w| w.len() == token.text.len() + 1 && w.starts_with(token.text.as_str()));
        let Some(mark) = printed.map_or(token.text.as_str(), |w| *w).chars().last().filter(|c| explained.contains(c)) else {
            continue;
        };
        let amount = token.text.strip_suffix(mark).unwrap_or(&token.text);
        if !amount.ends_with(|c: char| c.is_ascii_digit()) || money::money(amount).is_none() {
            continue;
        }
        at = at.or_else(|| Some(token.clone()));
        token.text.truncate(amount.len());
        token.kind = TokenKind::Money;
        if !list.contains(&mark.to_string()) {
            list.push(mark.to_string());
        }
    }
    if let Some(at) = at {
        line.parts.push((Field::RemarkCodes, Value::List(list), at));
    }
}

static MARKS_BENEATH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[(\[]([A-Z]{1,3}\d{1,3}(?:\s*[,;/]\s*[A-Z]{1,3}\d{1,3})*)[)\]]$").expect("a constant pattern")
});

/// Takes the marks of a print row that stand under an amount of the row above it.
fn take_beneath(line: &mut BodyLine, above: &BodyLine, columns: &[Column]) {
    if above.role != Role::Anchor || line.role == Role::Anchor || !line.follows(above) {
        return;
    }
    let under_amount = |t: &Token| {
        above.assigned.cells.iter().any(|(a, c)| {
            a.kind == TokenKind::Money
                && columns[*c].is_money()
                && a.bbox.overlap_x(t.bbox) > 0.5 * t.bbox.width().min(a.bbox.width())
        })
    };
    let cells = &line.assigned.cells;
    // `(A1,` and `U2)` may be two pieces
    let runs = (0..cells.len()).flat_map(|i| (i + 1..=cells.len().min(i + MOST_MARKS)).map(move |end| i..end));
    let written = |r: &Range<usize>| cells[r.clone()].iter().map(|(t, _)| t.text.trim()).collect::<Vec<_>>().join(" ");
    let Some(run) =
        runs.into_iter().find(|r| cells[r.clone()].iter().any(|(t, _)| under_amount(t)) && MARKS_BENEATH.is_match(&written(r)))
    else {
        return;
    };
    let text = written(&run);
    let at = cells[run.start].0.clone();
    line.assigned.cells.drain(run);
    let Some(marks) = MARKS_BENEATH.captures(&text) else { return };
    let list = marks[1].split([',', ';', '/']).map(|m| m.trim().to_owned()).collect();
    line.parts.push((Field::RemarkCodes, Value::List(list), at));
}

/// The code of a mark behind an amount.
fn mark(amount: &Token, mark: &Token, size: f32) -> Option<String> {
    let bracketed = MARK.captures(mark.text.trim()).map(|m| m[1].to_owned());
    let raised = || RAISED.is_match(mark.text.trim()).then(|| mark.text.trim().to_owned()).filter(|_| is_raised(amount, mark));
    let code = bracketed.or_else(raised)?;
    let near = mark.bbox.x0 - amount.bbox.x1 < NEAR * size;
    (amount.kind == TokenKind::Money && near).then_some(code)
}

static RAISED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^(?:[a-z]|[A-Z]\d?|\d)$").expect("a constant pattern"));

/// Whether a token stands right behind another, in smaller type and with its foot above the other's.
fn is_raised(amount: &Token, mark: &Token) -> bool {
    /// The widest gap, in sizes of the amount's type.
    const TOUCHING: f32 = 0.4;
    let size = |t: &Token| t.words.first().map_or(0.0, |w| w.font_size);
    size(mark) <= 0.87 * size(amount)
        && mark.bbox.x0 - amount.bbox.x1 < TOUCHING * size(amount)
        && amount.bbox.y1 - mark.bbox.y1 > 0.15 * size(amount)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn a_letter_run_together_with_its_amount_is_a_note_where_one_is_explained() {
        let rows = |note: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Health Plan"), (500.0, "Explanation of Benefits")]),
                (60.0, &[(30.0, "Date"), (110.0, "Code"), (-300.0, "Charged"), (-400.0, "Discount"), (-500.0, "Allowed")]),
                (74.0, &[(30.0, "05/02/2025"), (110.0, "99214"), (-300.0, "629.00"), (-400.0, "169.83a"), (-500.0, "459.17")]),
                (88.0, &[(30.0, "05/02/2025"), (110.0, "36415"), (-300.0, "20.00"), (-400.0, "5.00a"), (-500.0, "15.00")]),
                (104.0, &[(30.0, note)]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::Code, Field::RemarkCodes])).collect::<Vec<_>>()
        };
        assert_eq!(rows("a This is what your provider has agreed to write off."), ["99214 a", "36415 a"]);
        assert_eq!(rows("Please keep this for your records."), ["99214 -", "36415 -"]);
    }

    #[test]
    fn so_is_one_on_a_scan() {
        use crate::page_text::{BBox, TextSource, Word};
        let rows: [(f32, &[(f32, &str)]); 5] = [
            (20.0, &[(30.0, "Explanation"), (90.0, "of"), (105.0, "Benefits")]),
            (60.0, &[(30.0, "Date"), (110.0, "Code"), (260.0, "Charged"), (360.0, "Discount"), (460.0, "Allowed")]),
            (74.0, &[(30.0, "05/02/2025"), (110.0, "99214"), (260.0, "629.00"), (360.0, "169.83a"), (460.0, "459.17")]),
            (88.0, &[(30.0, "05/02/2025"), (110.0, "36415"), (260.0, "20.00"), (360.0, "5.00a"), (460.0, "15.00")]),
            (
                104.0,
                &[
                    (30.0, "a"),
                    (36.0, "This"),
                    (60.0, "is"),
                    (72.0, "what"),
                    (95.0, "your"),
                    (120.0, "provider"),
                    (160.0, "wrote"),
                    (190.0, "off."),
                ],
            ),
        ];
        let word = |y: f32, (x, t): &(f32, &str)| {
            let bbox = BBox::new(*x, y, x + 4.2 * t.chars().count() as f32, y + 8.0);
            Word { source: TextSource::Ocr, confidence: 0.99, ..Word::digital(*t, bbox) }
        };
        let s = crate::test_pages::landscape(rows.iter().flat_map(|(y, cells)| cells.iter().map(|c| word(*y, c))).collect());
        let got: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::PlanDiscount, Field::RemarkCodes])).collect();
        assert_eq!(got, ["99214 169.83 a", "36415 5.00 a"]);
    }

    #[test]
    fn raised_letters_behind_amounts_are_notes() {
        use crate::page_text::{BBox, Word};
        let word = |x: f32, y: f32, text: &str, size: f32| {
            Word::digital(text, BBox::new(x, y, x + 0.5 * size * text.chars().count() as f32, y + size))
        };
        let page = |raised: f32| {
            let heads = [(30.0, "Date"), (110.0, "Code"), (260.0, "Charged"), (360.0, "Discount"), (460.0, "Allowed")];
            let row = [(30.0, "05/02/2025"), (110.0, "99214"), (260.0, "629.00"), (360.0, "169.83"), (460.0, "459.17")];
            let mut words: Vec<Word> = heads.iter().map(|(x, t)| word(*x, 60.0, t, 8.0)).collect();
            words.extend(row.iter().map(|(x, t)| word(*x, 74.0, t, 8.0)));
            words.extend([word(385.0, 74.0 - raised, "a", 6.4), word(30.0, 30.0, "Explanation of Benefits", 8.0)]);
            let s = crate::test_pages::landscape(words);
            s.rows.iter().map(|r| said(r, &[Field::Code, Field::PlanDiscount, Field::RemarkCodes])).collect::<Vec<_>>()
        };
        assert_eq!(page(1.0), ["99214 169.83 a"]);
        // on the line of the amount it may be anything
        assert_eq!(page(-1.6), ["99214 169.83 -"]);
    }

    #[test]
    fn marks_beside_amounts_are_notes() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (500.0, "Explanation of Benefits")]),
            (50.0, &[(30.0, "Claim number: 400500600700"), (300.0, "Provider: Meadowbrook Hospital")]),
            (
                80.0,
                &[
                    (30.0, "Date"),
                    (110.0, "Service description"),
                    (-300.0, "Amount billed"),
                    (-400.0, "Reductions"),
                    (-500.0, "Allowed"),
                    (-600.0, "Deductible"),
                    (-700.0, "Your total costs"),
                ],
            ),
            (
                95.0,
                &[
                    (30.0, "05/02/2025"),
                    (110.0, "OFFICE VISIT"),
                    (-300.0, "629.00"),
                    (-400.0, "169.83"),
                    (404.0, "(A1)"),
                    (-500.0, "459.17"),
                    (-600.0, "50.00"),
                    (604.0, "(U2)"),
                    (-700.0, "50.00"),
                ],
            ),
            (
                110.0,
                &[
                    (30.0, "05/02/2025"),
                    (110.0, "BLOOD DRAW"),
                    (-300.0, "20.00"),
                    (-400.0, "5.00"),
                    (404.0, "(A1)"),
                    (-500.0, "15.00"),
                    (-600.0, "0.00"),
                    (-700.0, "0.00"),
                ],
            ),
            (130.0, &[(30.0, "(A1)"), (60.0, "Your provider has agreed to write off this amount.")]),
        ]);
        let fields = [Field::Description, Field::PlanDiscount, Field::Allowed, Field::Deductible, Field::RemarkCodes];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["OFFICE VISIT 169.83 459.17 50.00 A1;U2", "BLOOD DRAW 5.00 15.00 0.00 A1"]);
    }

    #[test]
    fn marks_beneath_amounts_are_notes() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (500.0, "Explanation of Benefits")]),
            (50.0, &[(30.0, "Claim number: 400500600700"), (300.0, "Provider: Meadowbrook Hospital")]),
            (
                80.0,
                &[
                    (30.0, "Service and date"),
                    (-300.0, "Amount billed"),
                    (-420.0, "Not payable"),
                    (-520.0, "Allowed"),
                    (-640.0, "You owe"),
                ],
            ),
            (86.0, &[(-420.0, "(Remarks)")]),
            (95.0, &[(30.0, "OFFICE VISIT"), (-300.0, "629.00"), (-420.0, "169.83"), (-520.0, "459.17"), (-640.0, "50.00")]),
            (105.0, &[(30.0, "99214-25 on 05/02/2025"), (-420.0, "(A1, U2)")]),
            (125.0, &[(30.0, "BLOOD DRAW"), (-300.0, "20.00"), (-420.0, "5.00"), (-520.0, "15.00"), (-640.0, "0.00")]),
            (135.0, &[(30.0, "36415 on 05/02/2025"), (-420.0, "(A1)")]),
        ]);
        let fields = [Field::ServiceDate, Field::Code, Field::Description, Field::NotCovered, Field::RemarkCodes];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["2025-05-02 99214 OFFICE VISIT 169.83 A1;U2", "2025-05-02 36415 BLOOD DRAW 5.00 A1"]);
    }
}
