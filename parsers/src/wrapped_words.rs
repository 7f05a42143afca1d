//! The rest of the words on the second print row of a service, where they were too wide for their place:
//!
//! ```text
//! Service date     Proc/Mod                   Billed    Allowed
//! To date          Service                    Discount  Coinsurance
//! 04/15/2025       Q9967                      357.00    166.50
//!                  CONTRAST LOCM 300-399 PER  190.50     49.95
//!                  ML
//! ```
//! `ML` has the form of a modifier, and stands under the column of codes as well. That it had no room behind the words above it
//! tells that it is the last of them.

use crate::columns::Column;
use crate::statement::Field;
use crate::table::{BodyLine, ROW_STEP, Role};
use crate::tokens::{Token, TokenKind};

/// How far apart, in points, lines begin that are flush.
const FLUSH: f32 = 1.5;

/// Gives such rests to the words that they end. Columns from `split` on are those of the second print row.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column], split: usize) {
    let Some(words) = columns[split..].iter().position(|c| c.fields == [Field::Description]).map(|c| c + split) else { return };
    let said =
        |l: &BodyLine| l.assigned.cells.iter().find(|(t, c)| *c == words && t.kind == TokenKind::Text).map(|(t, _)| t.bbox);
    let widest = lines.iter().filter_map(said).map(|b| b.x1).fold(f32::NEG_INFINITY, f32::max);
    for i in 1..lines.len() {
        let (above, line) = (&lines[i - 1], &lines[i]);
        let free = matches!(line.role, Role::Continuation | Role::Outside);
        let Some(begun) = said(above).filter(|_| free && line.is_close_below(above, ROW_STEP)) else {
            continue;
        };
        let [(rest, place)] = line.assigned.cells.as_slice() else { continue };
        let space = 0.25 * line.size;
        let no_room = begun.x1 + space + rest.words.first().map_or(0.0, |w| w.bbox.width()) > widest;
        let second = above.assigned.cells.iter().all(|(_, c)| *c >= split);
        if (*place != words || line.role == Role::Outside)
            && second
            && no_room
            && is_word(rest)
            && (rest.bbox.x0 - begun.x0).abs() < FLUSH
            && !line.ruled_above
        {
            lines[i].assigned.cells[0].1 = words;
            lines[i].role = Role::Continuation;
        }
    }
}

fn is_word(t: &Token) -> bool {
    t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 2
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    /// What is read of the second of two services, the words of which go on with `rest`.
    fn second(words: &'static str, rest: &'static str) -> String {
        let upper = |y: f32, cells: [&'static str; 5]| {
            let at = [40.0, 140.0, -340.0, -420.0, -500.0];
            (y, at.into_iter().zip(cells).collect::<Vec<_>>())
        };
        let lower = |y: f32, cells: [&'static str; 4]| {
            let at = [140.0, -340.0, -420.0, -500.0];
            (y, at.into_iter().zip(cells).collect::<Vec<_>>())
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, vec![(30.0, "Claim number: 26866954"), (300.0, "Patient: Jane Roe")]),
            upper(60.0, ["Service date", "Proc/Mod", "Billed", "Allowed", "Plan Paid"]),
            (
                70.0,
                vec![(40.0, "To date"), (140.0, "Service"), (-340.0, "Discount"), (-420.0, "Coinsurance"), (-500.0, "You Owe")],
            ),
            upper(86.0, ["04/15/2025", "36415", "15.90", "6.10", "4.88"]),
            lower(96.2, ["BLOOD DRAW", "9.80", "1.22", "1.22"]),
            upper(110.4, ["04/15/2025", "Q9967", "357.00", "166.50", "116.55"]),
            lower(120.6, [words, "190.50", "49.95", "49.95"]),
            (130.8, vec![(140.0, rest)]),
            upper(145.0, ["04/15/2025", "99212", "96.00", "42.59", "12.59"]),
            lower(155.2, ["OFFICE VISIT", "53.41", "30.00", "30.00"]),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let s = read(&lines);
        said(&s.rows[1], &[Field::Code, Field::Modifiers, Field::Description, Field::Charge])
    }

    #[test]
    fn what_had_no_room_is_the_last_of_the_words() {
        assert_eq!(second("CONTRAST LOCM 300 PER", "ML"), "Q9967 - CONTRAST LOCM 300 PER ML 357.00");
    }
}
