//! Units printed before the words of a service, under the heading of the words alone.
//!
//! ```text
//! Date of Service   Services Provided                    Amount Billed
//! 03/09/2025         1   OFFICE VISIT (99214)                    210.00
//! 03/09/2025         2   CHEST X-RAY (71046)                     160.00
//! ```
//! They are a column of their own if every row has one, set flush in one place and well apart from the words, which
//! then begin in one place too. Figures that count the lines themselves are no units. Where the heading names them, run together
//! with that of the words as in narrow columns, `No. Services Provided`, they may stand close.

use crate::columns::Column;
use crate::grammar::code::modifier;
use crate::grammar::units;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::Line;
use crate::tokens::{Token, TokenKind};
use crate::vocabulary::Vocabulary;

/// Edges within so many sizes of type are flush.
const FLUSH: f32 = 0.25;

/// A figure stands apart from the words behind it where the gap is this many times what parts two phrases.
const APART: f32 = 1.15;

/// A count with the words behind it, and whether nothing stands before it.
struct Counted {
    count: Token,
    words: BBox,
    first: bool,
}

/// Puts a column of counts before the column of words, where the rows show one.
pub fn add(columns: &mut Vec<Column>, lines: &[&Line], body: &[Vec<Token>]) {
    let Some(at) = columns.iter().position(|c| c.fields.last() == Some(&Field::Description)) else { return };
    if columns[at].has(Field::ServiceDate) || columns.iter().any(|c| c.has(Field::Units)) {
        return;
    }
    let amounts = |l: &[Token]| l.iter().any(|t| t.kind == TokenKind::Money);
    // boxes and sums under the rows have amounts too, but do not begin with a day or a code
    let told = |l: &[Token]| l.iter().take(3).any(|t| matches!(t.kind, TokenKind::Date | TokenKind::Code));
    let rows: Vec<(&Line, &Vec<Token>)> = lines.iter().copied().zip(body).filter(|(_, l)| amounts(l) && told(l)).collect();
    // `71046 26     CHEST X-RAY`
    let modifies = |w: &[Token]| {
        let near = w[1].bbox.x0 - w[0].bbox.x1 < w[2].bbox.x0 - w[1].bbox.x1;
        w[0].kind == TokenKind::Code && w[1].is_whole_number() && modifier(&w[1].text) && near
    };
    if !rows.is_empty() && rows.iter().all(|(_, l)| l.windows(3).any(modifies)) {
        return;
    }
    let named = names_counts(&columns[at].head);
    let found: Vec<Counted> = rows.iter().filter_map(|(line, l)| counted(line, l, columns, at, named)).collect();
    if found.is_empty() || found.len() * 5 < rows.len() * 4 {
        return;
    }
    let em = found.iter().map(|f| f.count.words[0].font_size).fold(0.0, f32::max).max(4.0);
    let flush = |edge: &dyn Fn(&Counted) -> f32| {
        let (lo, hi) = found.iter().map(edge).fold((f32::INFINITY, f32::NEG_INFINITY), |(lo, hi), x| (lo.min(x), hi.max(x)));
        hi - lo <= FLUSH * em
    };
    let set = flush(&|f| f.count.bbox.x1) || flush(&|f| f.count.bbox.x0) || flush(&|f| f.count.bbox.cx());
    if !set || !flush(&|f| f.words.x0) || numbers_lines(&found) {
        return;
    }
    let Some(head_box) = BBox::around(found.iter().map(|f| f.count.bbox)) else { return };
    let words = found.iter().map(|f| f.words.x0).fold(f32::INFINITY, f32::min);
    let column = &mut columns[at];
    column.head_box.x0 = column.head_box.x0.max(words);
    column.head_box.x1 = column.head_box.x1.max(column.head_box.x0 + em);
    column.x0 = column.head_box.x0;
    columns.insert(
        at,
        Column { fields: vec![Field::Units], head: String::new(), head_box, x0: head_box.x0, x1: head_box.x1, guessed: false },
    );
}

/// Whether a heading begins with the name of counts and goes on to name the words.
fn names_counts(head: &str) -> bool {
    let Some((first, rest)) = head.split_once(' ') else { return false };
    let count = matches!(first.trim_end_matches('.').to_lowercase().as_str(), "no" | "#" | "qty" | "units" | "nbr");
    count && Vocabulary::builtin().lookup(rest).is_some_and(|m| m.fields == [Field::Description])
}

/// The count of a row, where it stands well before words and under no other heading; `named`: the heading tells of it.
fn counted(line: &Line, row: &[Token], columns: &[Column], at: usize, named: bool) -> Option<Counted> {
    let i = (0..row.len().checked_sub(1)?).find(|&i| row[i].kind == TokenKind::Number && row[i + 1].kind == TokenKind::Text)?;
    let (count, words) = (&row[i], &row[i + 1]);
    let plain = count.text.len() <= 3 && !count.text.starts_with('0') && units::units(&count.text).is_some();
    let apart = named || words.bbox.x0 - count.bbox.x1 > APART * line.phrase_gap;
    let under = |t: &Token| {
        let away = |k: &usize| -columns[*k].head_box.overlap_x(t.bbox);
        (0..columns.len()).min_by(|a, b| away(a).total_cmp(&away(b)))
    };
    // the heading may be centred over the words and leave the count nearer to the column before, which has its own value
    let ours = under(count) == Some(at) || i > 0 && under(count) == at.checked_sub(1) && under(&row[i - 1]) == at.checked_sub(1);
    (plain && apart && ours && under(words) == Some(at)).then(|| Counted {
        count: count.clone(),
        words: words.bbox,
        first: i == 0,
    })
}

/// `1, 2, 3` down the page, or figures at the very beginning of the rows, number the lines; three figures each time are
/// more likely departments.
fn numbers_lines(found: &[Counted]) -> bool {
    let figures: Vec<u32> = found.iter().filter_map(|f| f.count.text.parse().ok()).collect();
    let runs = figures.len() >= 2 && figures.windows(2).all(|w| w[1] == w[0] + 1);
    let departments = found.iter().filter(|f| f.count.text.len() == 3).count() * 2 > found.len();
    runs || departments || found.iter().any(|f| f.first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;
    use crate::tokens::tokens;

    /// The fields of a table of date, words and amount after its rows were looked at.
    fn fields(rows: &[(&str, f32, &str)]) -> Vec<Field> {
        fields_under("Services", rows)
    }

    /// The same with another heading of the words.
    fn fields_under(words: &str, rows: &[(&str, f32, &str)]) -> Vec<Field> {
        let heads =
            [(40.0, "Date of Service", Field::ServiceDate), (120.0, words, Field::Description), (400.0, "Billed", Field::Charge)];
        let mut columns: Vec<Column> = heads
            .iter()
            .map(|(x, head, f)| {
                let head_box = BBox::new(*x, 10.0, x + 50.0, 18.0);
                Column { fields: vec![*f], head: (*head).to_owned(), head_box, x0: head_box.x0, x1: head_box.x1, guessed: false }
            })
            .collect();
        let lines: Vec<Line> = rows
            .iter()
            .map(|(count, x1, words)| {
                let word = |t: &str, x0: f32| Word::digital(t, BBox::new(x0, 30.0, x0 + 4.0 * t.len() as f32, 38.0));
                let mut all = vec![word("03/09/2025", 40.0), word(count, x1 - 4.0 * count.len() as f32)];
                all.extend([word(words, 140.0), word("210.00", 410.0)]);
                Line { page: 1, bbox: BBox::new(40.0, 30.0, 440.0, 38.0), words: all, phrase_gap: 4.0 }
            })
            .collect();
        let body: Vec<Vec<Token>> = lines.iter().map(tokens).collect();
        add(&mut columns, &lines.iter().collect::<Vec<_>>(), &body);
        columns.into_iter().flat_map(|c| c.fields).collect()
    }

    const WITH: [Field; 4] = [Field::ServiceDate, Field::Units, Field::Description, Field::Charge];
    const WITHOUT: [Field; 3] = [Field::ServiceDate, Field::Description, Field::Charge];

    #[test]
    fn counts_flush_before_the_words_are_units() {
        assert_eq!(fields(&[("1", 132.0, "VISIT"), ("12", 132.0, "INJECTION")]), WITH);
        assert_eq!(fields(&[("1", 132.0, "VISIT")]), WITH);
    }

    #[test]
    fn counts_that_the_heading_names_may_stand_close() {
        let close = [("1", 136.5, "VISIT"), ("4", 136.5, "INJECTION")];
        assert_eq!(fields_under("No. Services Provided", &close), WITH);
        assert_eq!(fields_under("Services Provided", &close), WITHOUT);
    }

    #[test]
    fn figures_of_names_lines_and_departments_are_none() {
        assert_eq!(fields(&[("1", 138.5, "VIEW"), ("2", 138.5, "VIEWS")]), WITHOUT, "a word space is no gap");
        assert_eq!(fields(&[("1", 132.0, "VISIT"), ("2", 132.0, "VISIT"), ("3", 132.0, "VISIT")]), WITHOUT);
        assert_eq!(fields(&[("270", 132.0, "KIT"), ("300", 132.0, "LAB")]), WITHOUT);
        assert_eq!(fields(&[("1", 126.0, "VISIT"), ("1", 132.0, "VISIT")]), WITHOUT);
    }
}
