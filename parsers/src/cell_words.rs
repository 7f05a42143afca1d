//! The words of a service, and the codes and counts that stand behind them or on lines of their own under them.

use crate::cells::{Reader, around, confidence, join, wordy};
use crate::counts::by_head;
use crate::labelled::{line_of_codes, lone_count};
use crate::page_text::TextSource;
use crate::statement::{Cell, Field, Value};
use crate::stray::Piece;
use crate::tokens::TokenKind;

impl Reader {
    /// Words, and under them the codes and counts on a line of their own where the table has no columns for them.
    pub(crate) fn description(&mut self, pieces: Vec<Piece<'_>>, anchor_line: usize, code_column: bool) {
        let pieces = if code_column { pieces } else { self.without_leading_codes(pieces) };
        let mut words: Vec<Piece<'_>> = Vec::with_capacity(pieces.len());
        let mut pieces = pieces.into_iter().peekable();
        while let Some(first) = pieces.next() {
            let mut line = vec![first];
            while let Some(p) = pieces.next_if(|p| p.line == line[0].line) {
                line.push(p);
            }
            if line[0].line > anchor_line && !words.is_empty() {
                line = self.line_below(line, &words[0], code_column);
            }
            words.extend(line);
        }
        self.text(Field::Description, &words);
    }

    /// What is left of a line below the words when the codes and counts that it holds are taken.
    fn line_below<'a>(&mut self, line: Vec<Piece<'a>>, name: &Piece<'a>, code_column: bool) -> Vec<Piece<'a>> {
        let text = join(line.iter().map(|p| p.token));
        if let Some(n) = lone_count(&text).filter(|_| set_apart(&line, name)) {
            return self.count(n, &line);
        }
        // where codes have their column, a line below may still tell how often, and with which modifier
        let besides = |f: &Field| matches!(f, Field::Units | Field::Modifiers);
        if code_column && !line_of_codes(&text).is_some_and(|v| v.iter().all(|(f, _)| besides(f))) {
            return line;
        }
        self.without_codes(line)
    }

    /// Takes the codes and counts of the first line where the words stand below it:
    ///
    /// ```text
    /// 03/09/2025   CPT 99214-25 / Units 1   210.00
    ///              OFFICE VISIT LEVEL 4
    /// ```
    pub(crate) fn without_leading_codes<'a>(&mut self, pieces: Vec<Piece<'a>>) -> Vec<Piece<'a>> {
        let Some(first) = pieces.first().map(|p| p.line) else { return pieces };
        let (lead, rest): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|p| p.line == first);
        let own = rest.first().map(|p| p.line);
        let below = join(rest.iter().filter(|p| Some(p.line) == own).map(|p| p.token));
        let named = wordy(&below) && line_of_codes(&below).is_none() && lone_count(&below).is_none();
        let led = named && line_of_codes(&join(lead.iter().map(|p| p.token))).is_some();
        let mut kept = if led { self.without_codes(lead) } else { lead };
        kept.extend(rest);
        kept
    }

    /// Takes the lines of codes and counts below the first from those of a column of codes and words.
    pub(crate) fn without_lines_of_codes<'a>(&mut self, pieces: Vec<Piece<'a>>, anchor_line: usize) -> Vec<Piece<'a>> {
        let mut kept: Vec<Piece<'a>> = Vec::with_capacity(pieces.len());
        let mut pieces = pieces.into_iter().peekable();
        while let Some(first) = pieces.next() {
            let mut line = vec![first];
            while let Some(p) = pieces.next_if(|p| p.line == line[0].line) {
                line.push(p);
            }
            let below = line[0].line > anchor_line && kept.iter().any(|p| wordy(&p.token.text));
            let labelled = below && line_of_codes(&join(line.iter().map(|p| p.token))).is_some();
            kept.extend(if below { self.line_below(line, &kept[0], !labelled) } else { line });
        }
        kept
    }

    /// The count on a line that holds nothing else; nothing is left of the line.
    fn count<'a>(&mut self, n: Value, line: &[Piece<'a>]) -> Vec<Piece<'a>> {
        let text = join(line.iter().map(|p| p.token));
        self.put(Field::Units, n, text, around(line.iter().map(|p| p.token)), confidence(line));
        Vec::new()
    }

    /// A line below the words without the codes and counts that it holds, if it begins with a code or holds nothing else.
    pub(crate) fn without_codes<'a>(&mut self, mut line: Vec<Piece<'a>>) -> Vec<Piece<'a>> {
        let text = join(line.iter().map(|p| p.token));
        let (bbox, conf) = (around(line.iter().map(|p| p.token)), confidence(&line));
        let values = line_of_codes(&text).filter(|v| v.iter().all(|(f, _)| !self.out.cells.contains_key(f)));
        if let Some(values) = values {
            for (field, value) in values {
                self.put(field, value, text.clone(), bbox, conf);
            }
            return Vec::new();
        }
        let t = line[0].token;
        let coded = t.kind == TokenKind::Code && !self.out.cells.contains_key(&Field::Code);
        if coded && self.procedure(&t.text, t.bbox, t.confidence) {
            line.remove(0);
        }
        line
    }

    /// Takes the count that the head of the words tells of from their end.
    pub(crate) fn count_by_head(&mut self, head: &str) {
        let cells = &mut self.out.cells;
        if cells.contains_key(&Field::Units) {
            return;
        }
        let Some(cell) = cells.get_mut(&Field::Description) else { return };
        let Value::Text(words) = &cell.value else { return };
        let Some((rest, n)) = by_head::closing(head, words) else { return };
        let counted = Cell { value: Value::Number(n), ..cell.clone() };
        cell.value = Value::Text(rest);
        cells.insert(Field::Units, counted);
    }
}

/// Whether a line is printed in other type than the name above it: smaller, less bold, or in small letters under capitals.
fn set_apart(line: &[Piece<'_>], name: &Piece<'_>) -> bool {
    let first = line.first().and_then(|p| p.token.words.first());
    let (Some(below), Some(above)) = (first, name.token.words.first()) else { return false };
    let small = |t: &str| t.chars().any(char::is_lowercase);
    let printed = below.source == TextSource::Digital;
    printed && (above.font_size - below.font_size > 0.3 || above.bold && !below.bold)
        || line.iter().any(|p| small(&p.token.text)) && !small(&name.token.text)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_words_may_stand_below_the_codes() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Statement of services")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, &[(30.0, "Date"), (110.0, "Description"), (-560.0, "Charges")]),
            (74.0, &[(30.0, "03/09/2025"), (110.0, "Code 99284-25 Rev Cd 0450 Qty 1"), (-560.0, "$1,451.55")]),
            (83.0, &[(110.0, "EMERGENCY VISIT LVL 4")]),
            (97.0, &[(30.0, "03/09/2025"), (110.0, "Code J2405 Rev Cd 0636 Qty 4"), (-560.0, "$45.48")]),
            (106.0, &[(110.0, "INJ ONDANSETRON HCL 1 MG")]),
        ]);
        let fields = [Field::Description, Field::Code, Field::Modifiers, Field::RevenueCode, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want = ["EMERGENCY VISIT LVL 4 99284 25 0450 1 1451.55", "INJ ONDANSETRON HCL 1 MG J2405 - 0636 4 45.48"];
        assert_eq!(rows, want);
    }
}
