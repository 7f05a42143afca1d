//! Notes under the words of a service whose two print rows are each under a head of their own:
//!
//! ```text
//! Service date     Service              Charged   Allowed
//! Procedure        Remarks              Savings   Copayment   You owe
//! 04/15/2025       ROUTINE BLOOD DRAW     15.90      6.10
//! 36415            F9                      9.80      0.00        1.22
//! 04/15/2025       EKG COMPLETE 12        51.24     20.59
//! 93000            LEAD W/ INTERP         30.65      0.00        4.12
//!                  F9
//! ```
//! Where the words need a second line they stand in the place of the notes, and these on a line of their own below.

use std::collections::BTreeSet;

use crate::columns::Column;
use crate::grammar::adjustments;
use crate::statement::Field;
use crate::table::{BodyLine, ROW_STEP, Role};
use crate::tokens::TokenKind;

/// How far apart, in points, two heads may begin that stand under each other.
const FLUSH: f32 = 3.0;

/// Gives words their place and notes theirs in such rows. Columns from `split` on are those of the second print row.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column], split: usize) {
    let words = columns[..split].iter().position(|c| c.fields == [Field::Description]);
    let notes = columns[split..].iter().position(|c| c.fields == [Field::RemarkCodes]).map(|c| c + split);
    let (Some(words), Some(notes)) = (words, notes) else { return };
    if (columns[words].head_box.x0 - columns[notes].head_box.x0).abs() > FLUSH {
        return;
    }
    let rows: Vec<(usize, Option<usize>)> = (1..lines.len())
        .filter(|i| is_second(&lines[*i - 1], &lines[*i]) && !said(&lines[*i], notes).is_empty())
        .map(|i| (i, last_line(lines, i, [words, notes])))
        .collect();
    // a note that stands in its place in other rows is one, whatever it looks like
    let known: BTreeSet<String> = rows.iter().filter(|r| r.1.is_none()).flat_map(|r| said(&lines[r.0], notes)).collect();
    let coded = |t: &str| t.contains(|c: char| c.is_ascii_digit()) && t.contains(|c: char| c.is_ascii_uppercase());
    let is_notes = |of: &[String]| {
        let all = adjustments::remark_codes(&of.join(" "));
        all.is_some_and(|all| all.iter().all(|t| coded(t) || known.contains(t)))
    };
    for (second, last) in rows {
        let Some(last) = last else {
            // `TRANSPORT`: no note is as long as that
            if adjustments::remark_codes(&said(&lines[second], notes).join(" ")).is_none() {
                to_words(&mut lines[second], notes, words);
            }
            continue;
        };
        let below: Vec<String> = lines[last].assigned.cells.iter().map(|(t, _)| t.text.clone()).collect();
        if is_notes(&below) && !is_notes(&said(&lines[second], notes)) {
            to_words(&mut lines[second], notes, words);
            lines[last].assigned.cells.iter_mut().for_each(|(_, c)| *c = notes);
        }
    }
}

/// Gives what stands in the place of notes to the words.
fn to_words(line: &mut BodyLine, notes: usize, words: usize) {
    line.assigned.cells.iter_mut().filter(|(_, c)| *c == notes).for_each(|(_, c)| *c = words);
}

/// Whether a line is the second print row of the service whose first is the line above.
fn is_second(above: &BodyLine, line: &BodyLine) -> bool {
    let amounts = line.assigned.cells.iter().any(|(t, _)| t.kind == TokenKind::Money);
    above.role == Role::Anchor && line.role == Role::Continuation && amounts && line.is_close_below(above, ROW_STEP)
}

/// The last of the lines under a second print row that have nothing but words, all of them under those of the service.
fn last_line(lines: &[BodyLine], second: usize, places: [usize; 2]) -> Option<usize> {
    let goes_on = |i: &usize| {
        let (above, line) = (&lines[*i - 1], &lines[*i]);
        let cells = &line.assigned.cells;
        line.role == Role::Continuation
            && line.is_close_below(above, ROW_STEP)
            && !line.ruled_above
            && !cells.is_empty()
            && cells.iter().all(|(t, c)| places.contains(c) && !matches!(t.kind, TokenKind::Money | TokenKind::Date))
    };
    (second + 1..lines.len()).take_while(goes_on).last()
}

/// What a line has in one of the columns.
fn said(line: &BodyLine, column: usize) -> Vec<String> {
    line.assigned.cells.iter().filter(|(_, c)| *c == column).map(|(t, _)| t.text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 5] = [Field::Code, Field::Description, Field::Charge, Field::RemarkCodes, Field::PatientResponsibility];

    /// The rows of an EOB with two heads, the last service of which has these words in the place of its notes and below it.
    fn rows(second: &'static str, third: &'static str) -> Vec<String> {
        let upper = |y: f32, cells: [&'static str; 6]| {
            let at = [40.0, 140.0, -340.0, -420.0, -500.0, -580.0];
            (y, at.into_iter().zip(cells).collect::<Vec<_>>())
        };
        let lower = |y: f32, cells: [&'static str; 7]| {
            let at = [40.0, 140.0, -340.0, -420.0, -500.0, -580.0, -670.0];
            (y, at.into_iter().zip(cells).collect::<Vec<_>>())
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, vec![(30.0, "Claim number: 26866954"), (300.0, "Patient: Jane Roe")]),
            upper(60.0, ["Service date", "Service", "Charge", "Allowed", "Deductible", "Coinsurance"]),
            lower(71.0, ["Procedure", "Remarks", "PPO Discount", "Ineligible", "Copay", "Plan Paid", "Patient Resp."]),
            upper(86.0, ["04/15/2025", "ROUTINE BLOOD DRAW", "15.90", "6.10", "0.00", "1.22"]),
            lower(96.2, ["36415", "K21", "9.80", "0.00", "0.00", "4.88", "1.22"]),
            upper(110.4, ["04/15/2025", "OFFICE VISIT", "96.00", "42.59", "0.00", "0.00"]),
            lower(120.6, ["99212", "K21", "53.41", "0.00", "30.00", "12.59", "30.00"]),
            upper(134.8, ["04/15/2025", "ULTRASOUND THERAPY", "112.70", "87.48", "0.00", "17.50"]),
            lower(145.0, ["97035", second, "25.22", "0.00", "0.00", "69.98", "17.50"]),
            (155.2, vec![(140.0, third)]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        read(&lines).rows.iter().map(|r| said(r, &FIELDS)).collect()
    }

    #[test]
    fn words_that_take_the_place_of_the_notes_are_words() {
        let read = rows("MIN", "K21");
        assert_eq!(read.len(), 3, "{read:?}");
        assert_eq!(read[0], "36415 ROUTINE BLOOD DRAW 15.90 K21 1.22");
        assert_eq!(read[2], "97035 ULTRASOUND THERAPY MIN 112.70 K21 17.50");
    }

    #[test]
    fn notes_in_their_place_stay_notes() {
        let read = rows("K21", "OF BOTH SHOULDERS");
        assert!(read[2].contains("112.70 K21 17.50"), "{read:?}");
    }
}
