//! Columns over which no heading stands, or none that can be read.
//!
//! A heading may be left out, or lie under a marker's stroke or in a bar that the copier turned black. Under a header
//! that names a service and no amount, the figures at the end of every row say themselves what they are, where
//! they are few enough for that: one amount is the charge, a count and two amounts are units, price and charge if
//! they multiply.

use crate::columns::Column;
use crate::grammar::{money, units};
use crate::label_value::see_remarks;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::median;
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;

/// A column that the header leaves out: something stands behind the last known column on many lines with amounts.
pub fn unheaded_column(columns: &[Column], lines: &[Vec<Token>]) -> Option<Column> {
    let edge = columns.last()?.head_box.x1;
    let rows: Vec<&Vec<Token>> = lines.iter().filter(|l| l.iter().filter(|t| t.kind == TokenKind::Money).count() >= 2).collect();
    let beyond: Vec<&Token> = rows
        .iter()
        .filter_map(|l| l.last())
        .filter(|t| t.bbox.x0 > edge + 0.2 * t.words[0].font_size && t.kind != TokenKind::Money)
        .collect();
    if beyond.is_empty() || beyond.len() * 3 < rows.len() {
        return None;
    }
    let head_box = BBox::around(beyond.iter().map(|t| t.bbox))?;
    // `See note a, b` needs no heading
    let notes = beyond.iter().all(|t| see_remarks(&t.text).is_some());
    let fields = if notes { vec![Field::RemarkCodes] } else { Vec::new() };
    Some(Column { fields, head: String::new(), head_box, x0: head_box.x0, x1: head_box.x1, guessed: false })
}

/// The words of the services, where every heading names an amount and none stands over them:
///
/// ```text
///                                      Provider billed   Plan approved   Your share
/// OFFICE VISIT (billing code 99214)            $210.00         $150.00       $60.00
/// ```
pub fn unheaded_words(columns: &[Column], lines: &[Vec<Token>]) -> Option<Column> {
    /// How far left of the first heading they begin, in sizes of type.
    const APART: f32 = 4.0;
    let of_amounts = |c: &Column| c.is_money() || matches!(c.fields.as_slice(), [] | [Field::Ignored | Field::RemarkCodes]);
    if !columns.iter().all(of_amounts) {
        return None;
    }
    let edge = columns.iter().map(|c| c.head_box.x0).reduce(f32::min)?;
    let rows: Vec<&Token> = lines
        .iter()
        .filter(|l| l.iter().filter(|t| t.kind == TokenKind::Money).count() >= 2)
        .filter_map(|l| l.first())
        .filter(|t| !is_total_label(&t.text))
        .collect();
    let size = |t: &Token| t.words[0].font_size;
    let worded = |t: &Token| t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let apart = |t: &Token| t.bbox.x0 < edge - APART * size(t) && t.bbox.x1 < edge;
    let words: Vec<&Token> = rows.iter().copied().filter(|t| worded(t) && apart(t)).collect();
    let left = median(words.iter().map(|t| t.bbox.x0))?;
    let flush = words.iter().filter(|t| (t.bbox.x0 - left).abs() < size(t)).count();
    if flush * 5 < rows.len() * 4 {
        return None;
    }
    let head_box = BBox::around(words.iter().map(|t| t.bbox))?;
    let fields = vec![Field::Description];
    Some(Column { fields, head: String::new(), head_box, x0: head_box.x0, x1: head_box.x1, guessed: false })
}

/// Counts without a heading before the amounts: the heading lies under a pen's stroke, the ones stand in a line.
pub fn unheaded_counts(columns: &[Column], lines: &[Vec<Token>]) -> Option<Column> {
    /// Fewer rows are no column.
    const FEWEST: usize = 3;
    if columns.iter().any(|c| c.has(Field::Units)) {
        return None;
    }
    let coded = |l: &&Vec<Token>| l.iter().any(|t| t.kind == TokenKind::Code);
    let count = |l: &Vec<Token>| {
        let at = l.iter().position(|t| t.kind == TokenKind::Money)?.checked_sub(1)?;
        let (before, t) = (l.get(at.checked_sub(1)?)?, &l[at]);
        let whole = t.is_whole_number() && t.text.len() <= 3 && units::units(&t.text).is_some();
        let apart = t.bbox.x0 - before.bbox.x1 > t.words[0].font_size;
        (whole && apart && before.kind == TokenKind::Text).then_some(t.bbox)
    };
    let rows: Vec<&Vec<Token>> = lines.iter().filter(coded).filter(|l| l.iter().any(|t| t.kind == TokenKind::Money)).collect();
    let counts: Vec<BBox> = rows.iter().filter_map(|l| count(l)).collect();
    let head_box = BBox::around(counts.iter().copied())?;
    let narrow = head_box.width() < 24.0 && columns.iter().all(|c| c.head_box.overlap_x(head_box) <= 0.0);
    (counts.len() >= FEWEST && counts.len() * 10 >= rows.len() * 8 && narrow).then(|| Column {
        fields: vec![Field::Units],
        head: String::new(),
        head_box,
        x0: head_box.x0,
        x1: head_box.x1,
        guessed: true,
    })
}

/// Figures that stand one under the other.
struct Figures<'t> {
    bbox: BBox,
    tokens: Vec<&'t Token>,
}

/// The columns of figures behind a header that names no amount; empty where they do not say what they are.
pub fn unheaded_figures(columns: &[Column], lines: &[Vec<Token>]) -> Vec<Column> {
    let named = |f: Field| columns.iter().any(|c| c.has(f));
    let service = named(Field::Description) && (named(Field::ServiceDate) || named(Field::Code));
    if !service || columns.iter().any(Column::is_money) {
        return Vec::new();
    }
    let rows: Vec<Vec<&Token>> = lines
        .iter()
        .filter(|l| l.iter().any(|t| matches!(t.kind, TokenKind::Date | TokenKind::Code)))
        .map(|l| figures_behind(l, columns))
        .filter(|f| f.last().is_some_and(|t| t.kind == TokenKind::Money))
        .collect();
    // a payment among the rows has fewer figures: what most rows show counts
    let like = |n: usize| rows.iter().filter(|r| r.len() == n).count();
    let Some(width) = rows.iter().map(Vec::len).max_by_key(|n| like(*n)).filter(|n| like(*n) * 2 > rows.len()) else {
        return Vec::new();
    };
    let rows: Vec<&Vec<&Token>> = rows.iter().filter(|r| r.len() == width).collect();
    let stacks: Vec<Figures<'_>> = (0..width)
        .filter_map(|i| {
            let tokens: Vec<&Token> = rows.iter().map(|r| r[i]).collect();
            Some(Figures { bbox: BBox::around(tokens.iter().map(|t| t.bbox))?, tokens })
        })
        .collect();
    if stacks.windows(2).any(|w| w[1].bbox.x0 <= w[0].bbox.x1) {
        return Vec::new();
    }
    let Some(fields) = meanings(&stacks) else { return Vec::new() };
    if fields.iter().any(|f| named(*f)) {
        return Vec::new();
    }
    stacks
        .iter()
        .zip(fields)
        .map(|(s, f)| Column {
            fields: vec![f],
            head: String::new(),
            head_box: s.bbox,
            x0: s.bbox.x0,
            x1: s.bbox.x1,
            guessed: false,
        })
        .collect()
}

/// The unbroken run of figures at the end of a line, right of the last heading's beginning.
fn figures_behind<'t>(line: &'t [Token], columns: &[Column]) -> Vec<&'t Token> {
    let from = columns.last().map_or(0.0, |c| c.head_box.x0);
    let figure = |t: &&Token| matches!(t.kind, TokenKind::Money | TokenKind::Number) && t.bbox.x0 > from;
    let mut run: Vec<&Token> = line.iter().rev().take_while(figure).collect();
    run.reverse();
    run
}

fn meanings(stacks: &[Figures<'_>]) -> Option<Vec<Field>> {
    let amounts = |s: &Figures<'_>| s.tokens.iter().all(|t| t.kind == TokenKind::Money);
    let counts = |s: &Figures<'_>| s.tokens.iter().all(|t| t.kind == TokenKind::Number && units::units(&t.text).is_some());
    match stacks {
        [charge] if amounts(charge) => Some(vec![Field::Charge]),
        [count, charge] if counts(count) && amounts(charge) => Some(vec![Field::Units, Field::Charge]),
        [count, price, charge] if counts(count) && amounts(price) && amounts(charge) => {
            let product = |i: usize| {
                let n = units::units(&count.tokens[i].text)?;
                let (price, charge) = (money::money(&price.tokens[i].text)?, money::money(&charge.tokens[i].text)?);
                Some((price.0 * n).round_dp(2) == charge.0)
            };
            let all = (0..charge.tokens.len()).all(|i| product(i) == Some(true));
            all.then(|| vec![Field::Units, Field::UnitPrice, Field::Charge])
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::Word;
    use crate::text_lines::Line;
    use crate::tokens::tokens;

    const HEADS: [(f32, &str); 3] = [(40.0, "Date"), (100.0, "HCPCS"), (160.0, "Description")];

    fn found(rows: &[[&str; 6]]) -> Vec<Field> {
        let x = [40.0, 100.0, 160.0, 300.0, 360.0, 420.0];
        let named = [Field::ServiceDate, Field::Code, Field::Description];
        let columns: Vec<Column> = HEADS
            .iter()
            .zip(named)
            .map(|((x, head), f)| {
                let head_box = BBox::new(*x, 10.0, x + 40.0, 18.0);
                Column { fields: vec![f], head: (*head).to_owned(), head_box, x0: head_box.x0, x1: head_box.x1, guessed: false }
            })
            .collect();
        let line = |row: &[&str; 6]| {
            let words: Vec<Word> = row
                .iter()
                .zip(x)
                .filter(|(t, _)| !t.is_empty())
                .map(|(t, x)| Word::digital(*t, BBox::new(x, 30.0, x + 5.0 * t.len() as f32, 38.0)))
                .collect();
            tokens(&Line { page: 1, bbox: BBox::new(40.0, 30.0, 470.0, 38.0), words, phrase_gap: 4.0 })
        };
        let lines: Vec<Vec<Token>> = rows.iter().map(line).collect();
        unheaded_figures(&columns, &lines).into_iter().flat_map(|c| c.fields).collect()
    }

    #[test]
    fn a_count_and_two_amounts_are_read_where_they_multiply() {
        let rows = [
            ["05/15/2024", "A0427", "AMBULANCE", "1", "$2113.51", "$2113.51"],
            ["05/15/2024", "A0425", "MILEAGE", "21.8", "$29.66", "$646.59"],
        ];
        assert_eq!(found(&rows), [Field::Units, Field::UnitPrice, Field::Charge]);
        let paid = [rows[0], ["05/15/2024", "A0425", "MILEAGE", "21.8", "$646.59", "$29.66"]];
        assert!(found(&paid).is_empty(), "two amounts that do not multiply may be anything");
    }

    #[test]
    fn one_amount_is_the_charge() {
        let rows =
            [["05/15/2024", "99213", "OFFICE VISIT", "", "", "185.00"], ["05/15/2024", "36415", "BLOOD DRAW", "", "", "12.00"]];
        assert_eq!(found(&rows), [Field::Charge]);
    }

    /// The words over which no heading stands, under these heads.
    fn words_under(heads: &[(f32, Field)], rows: &[&[(f32, &str)]]) -> Option<f32> {
        let columns: Vec<Column> = heads
            .iter()
            .map(|(x, f)| {
                let head_box = BBox::new(*x, 10.0, x + 40.0, 18.0);
                Column { fields: vec![*f], head: String::new(), head_box, x0: *x, x1: x + 40.0, guessed: false }
            })
            .collect();
        let line = |row: &&[(f32, &str)]| {
            let word = |(x, t): &(f32, &str)| Word::digital(*t, BBox::new(*x, 30.0, x + 5.0 * t.len() as f32, 38.0));
            let words: Vec<Word> = row.iter().map(word).collect();
            tokens(&Line { page: 1, bbox: BBox::new(40.0, 30.0, 470.0, 38.0), words, phrase_gap: 4.0 })
        };
        let lines: Vec<Vec<Token>> = rows.iter().map(line).collect();
        unheaded_words(&columns, &lines).map(|c| c.head_box.x0)
    }

    #[test]
    fn words_before_heads_of_amounts_alone_are_the_services() {
        let amounts = [(300.0, Field::Charge), (360.0, Field::Allowed), (420.0, Field::PatientResponsibility)];
        let visit: &[(f32, &str)] = &[(40.0, "VISIT"), (300.0, "$210.00"), (360.0, "$150.00"), (420.0, "$60.00")];
        let sum: &[(f32, &str)] = &[(40.0, "TOTALS:"), (300.0, "$210.00"), (360.0, "$150.00"), (420.0, "$60.00")];
        assert_eq!(words_under(&amounts, &[visit, sum]), Some(40.0));
        // a day before the amounts: what was done stands over or under them
        let dated: &[(f32, &str)] = &[(40.0, "03/09/2025"), (300.0, "$210.00"), (360.0, "$150.00"), (420.0, "$60.00")];
        assert_eq!(words_under(&amounts, &[dated, dated, sum]), None);
        // a head for the words, wherever it stands
        let headed = [(100.0, Field::Description), amounts[0], amounts[1]];
        assert_eq!(words_under(&headed, &[visit, sum]), None);
        assert_eq!(words_under(&amounts, &[sum]), None, "a sum is no service");
    }
}
