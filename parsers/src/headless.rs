//! Columns learned from the body where a table has no header, or one that cannot be read.
//!
//! Lines that begin with a day or a code and end with an amount stand in columns by themselves. What stands in a column
//! says what it is: days, codes, words, counts, amounts. Only bills are read so: of an EOB's many amounts nothing but
//! the header says which is which.

use crate::columns::{Column, TableHeader};
use crate::grammar::code;
use crate::page_text::BBox;
use crate::statement::Field;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};

struct Cluster {
    x0: f32,
    x1: f32,
    tokens: Vec<Token>,
}

/// The header that the table should have: its page, and where its first row stands.
pub fn infer(pages: &[PageLines]) -> Option<(usize, TableHeader)> {
    let coded: Vec<(usize, usize, Vec<Token>)> = pages
        .iter()
        .enumerate()
        .flat_map(|(p, page)| {
            let below = |i: usize| page.lines.get(i + 1);
            page.lines.iter().enumerate().filter_map(move |(i, l)| row(l, below(i)).map(|t| (p, i, t)))
        })
        .collect();
    let (page, first, _) = coded.first()?;
    let mut clusters: Vec<Cluster> = Vec::new();
    for (_, _, line) in &coded {
        for t in line {
            match clusters.iter_mut().find(|c| t.bbox.x0 < c.x1 && c.x0 < t.bbox.x1) {
                Some(c) => {
                    (c.x0, c.x1) = (c.x0.min(t.bbox.x0), c.x1.max(t.bbox.x1));
                    c.tokens.push(t.clone());
                }
                None => clusters.push(Cluster { x0: t.bbox.x0, x1: t.bbox.x1, tokens: vec![t.clone()] }),
            }
        }
    }
    // what stands in one row of many is no column
    clusters.retain(|c| c.tokens.len() * 4 >= coded.len());
    clusters.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    if clusters.windows(2).any(|w| w[1].x0 < w[0].x1) {
        return None;
    }
    let y = pages[*page].lines[*first].bbox.y0;
    let mut columns: Vec<Column> = Vec::new();
    for c in &clusters {
        let head_box = BBox::new(c.x0, y - 1.0, c.x1, y);
        let fields = vec![meaning(c, &columns)];
        columns.push(Column { fields, head: String::new(), head_box, x0: c.x0, x1: c.x1, guessed: false });
    }
    let charged = columns.iter().filter(|c| c.has(Field::Charge)).count() == 1;
    let bbox = BBox::around(columns.iter().map(|c| c.head_box))?;
    let header = TableHeader {
        first_line: *first,
        end_line: *first,
        columns,
        second_row: Vec::new(),
        strokes: Vec::new(),
        score: 1.0,
        bbox,
    };
    charged.then_some((*page, header))
}

/// The tokens of a line that is a coded row: a day, a code, words and an amount. The words may stand on the line `below`.
fn row(line: &Line, below: Option<&Line>) -> Option<Vec<Token>> {
    let mut all = tokens(line);
    let amounts = all.iter().filter(|t| t.kind == TokenKind::Money).count();
    let coded = all.iter().filter(|t| t.kind == TokenKind::Code).count();
    let dated = all.first().is_some_and(|t| t.kind == TokenKind::Date);
    let worded = |t: &Token| t.kind == TokenKind::Text && t.text.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let words_below = || {
        let next = below.filter(|b| b.bbox.y0 - line.bbox.y1 < line.size() && b.bbox.x0 > line.bbox.x0);
        next.is_some_and(|b| matches!(&tokens(b)[..], [words] if worded(words)))
    };
    let named = all.iter().any(worded) || words_below();
    let ends = all.last().is_some_and(|t| t.kind == TokenKind::Money);
    if amounts != 1 || coded != 1 || !ends || !(dated && named) {
        return None;
    }
    // modifiers belong to the code they stand behind
    let mut i = 1;
    while i < all.len() {
        let joined = all[i - 1].kind == TokenKind::Code
            && all[i].bbox.x0 - all[i - 1].bbox.x1 <= line.phrase_gap
            && code::modifiers(&all[i].text).is_some();
        if joined {
            let t = all.remove(i);
            all[i - 1].bbox = all[i - 1].bbox.union(t.bbox);
        } else {
            i += 1;
        }
    }
    Some(all)
}

/// What stands in the column, by most of its values.
fn meaning(c: &Cluster, before: &[Column]) -> Field {
    let share = |test: &dyn Fn(&Token) -> bool| c.tokens.iter().filter(|t| test(t)).count() * 2 > c.tokens.len();
    let has = |f: Field| before.iter().any(|b| b.has(f));
    let kind = |k: TokenKind| share(&|t: &Token| t.kind == k);
    if kind(TokenKind::Date) {
        if has(Field::ServiceDate) { Field::ServiceDateTo } else { Field::ServiceDate }
    } else if kind(TokenKind::Code) {
        Field::Code
    } else if kind(TokenKind::Money) {
        Field::Charge
    } else if kind(TokenKind::Number) {
        if share(&|t: &Token| t.text.len() == 4 && code::revenue_code(&t.text).is_some()) {
            Field::RevenueCode
        } else if share(&|t: &Token| t.text.len() <= 5) && !has(Field::Units) {
            Field::Units
        } else {
            Field::Ignored
        }
    } else if share(&|t: &Token| code::modifiers(&t.text).is_some() && t.text.len() <= 8) {
        Field::Modifiers
    } else if !has(Field::Description) {
        Field::Description
    } else {
        Field::Ignored
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_words_may_stand_under_the_code() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Invoice")]),
            (60.0, &[(40.0, "03/09/2025"), (110.0, "99214"), (-560.0, "210.00")]),
            (70.0, &[(110.0, "OFFICE VISIT LEVEL 4")]),
            (96.0, &[(400.0, "Total charges"), (-560.0, "210.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["99214 OFFICE VISIT LEVEL 4 210.00"]);
    }
}
