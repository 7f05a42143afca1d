//! Rows of a scan whose amount was not seen: a stamp lies on it, or dirt was read with it.

use crate::columns::Column;
use crate::grammar::code::revenue_code;
use crate::grammar::date::compact_date;
use crate::page_text::TextSource;
use crate::statement::Field;
use crate::table::{BodyLine, CLOSE, Role};
use crate::tokens::{Token, TokenKind};

/// Whether a line says by its day and its code, each in its column, that it is a row of its own.
fn is_coded_day(b: &BodyLine, columns: &[Column]) -> bool {
    let in_column = |kind: &dyn Fn(&Token) -> bool, fields: &[Field]| {
        b.assigned.cells.iter().any(|(t, c)| kind(t) && fields.iter().any(|f| columns[*c].has(*f)))
    };
    let coded = |t: &Token| t.kind == TokenKind::Code || revenue_code(&t.text).is_some();
    let day = |t: &Token| t.kind == TokenKind::Date || compact_date(&t.text).is_some();
    in_column(&day, &[Field::ServiceDate]) && in_column(&coded, &[Field::Code, Field::RevenueCode])
}

/// On a scan a row whose amount was not seen is a row all the same, and no more words of the one above it. Told by the rows
/// around it: where most of those with amounts have a day and a code on the same line.
pub(crate) fn mark(lines: &mut [BodyLine], columns: &[Column]) {
    let read = |b: &BodyLine| b.assigned.cells.iter().any(|(t, _)| t.words.iter().any(|w| w.source == TextSource::Ocr));
    let whole = lines.iter().filter(|b| b.role == Role::Anchor && is_coded_day(b, columns)).count();
    let anchors = lines.iter().filter(|b| b.role == Role::Anchor).count();
    if whole < 2 || whole * 5 < anchors * 3 {
        return;
    }
    for i in 0..lines.len() {
        let b = &lines[i];
        let free = matches!(b.role, Role::Continuation | Role::Heading | Role::Outside);
        if free && read(b) && is_coded_day(b, columns) && !lines.get(i + 1).is_some_and(|next| is_rest(next, b, columns)) {
            lines[i].role = Role::Anchor;
        }
    }
}

/// Whether a line is the last of a row whose words were too wide: close under them their rest, with the amounts of the row.
fn is_rest(line: &BodyLine, above: &BodyLine, columns: &[Column]) -> bool {
    let cells = &line.assigned.cells;
    let words = cells.first().is_some_and(|(t, c)| t.kind == TokenKind::Text && columns[*c].has(Field::Description));
    let own = cells.iter().any(|(t, c)| matches!(t.kind, TokenKind::Date | TokenKind::Code) || columns[*c].has(Field::Code));
    line.role == Role::Anchor && words && !own && line.is_close_below(above, CLOSE)
}

#[cfg(test)]
mod tests {
    use crate::page_text::{BBox, DocumentText, PageText, TextSource, Word};
    use crate::statement::Field;

    /// A bill of three services, read from a scan, with these words in the columns of dates, codes, words and amounts.
    fn read(rows: &[[&str; 4]]) -> Vec<Option<String>> {
        let head = ["Date", "Code", "Description", "Charges"];
        let mut words = Vec::new();
        for (i, row) in std::iter::once(&head).chain(rows).enumerate() {
            for (text, x) in row.iter().zip([40.0, 120.0, 200.0, 440.0]).filter(|(t, _)| !t.is_empty()) {
                let y = 200.0 + 14.0 * i as f32;
                let bbox = BBox::new(x, y, x + 5.0 * text.len() as f32, y + 9.0);
                words.push(Word { source: TextSource::Ocr, confidence: 0.99, ..Word::digital(*text, bbox) });
            }
        }
        let page = PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words,
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        };
        let statement = crate::parse(&DocumentText { pages: vec![page] });
        statement.rows.iter().map(|r| r.cells.get(&Field::Charge).map(|c| c.raw.clone())).collect()
    }

    #[test]
    fn a_row_whose_amount_was_not_seen_is_kept_and_takes_no_words_of_its_neighbours() {
        let rows = [
            ["03/09/2025", "99284", "Emergency visit", "1,970.74"],
            ["03/09/2025", "36415", "Venipuncture", "2S%"],
            ["03/09/2025", "84484", "Troponin", "132.00"],
            ["03/09/2025", "80053", "Panel", "187.99"],
        ];
        let charges = read(&rows);
        assert_eq!(charges.len(), 4, "{charges:?}");
        assert_eq!((charges[0].as_deref(), charges[1].as_deref()), (Some("1,970.74"), None));
    }

    #[test]
    fn days_as_a_claim_form_prints_them_mark_a_row_as_well() {
        let rows = [
            ["030925", "99284", "Emergency visit", "1,970.74"],
            ["030925", "36415", "Venipuncture", "2S%"],
            ["030925", "84484", "Troponin", "132.00"],
        ];
        assert_eq!(read(&rows), [Some("1,970.74".to_owned()), None, Some("132.00".to_owned())]);
    }

    #[test]
    fn a_stroke_at_an_amount_is_no_part_of_it() {
        let rows = [
            ["03/09/2025", "99284", "Emergency visit", "1,970|.74"],
            ["03/09/2025", "36415", "Venipuncture", "34.43M"],
            ["03/09/2025", "84484", "Troponin", "132.00"],
        ];
        assert_eq!(read(&rows), [Some("1,970.74".to_owned()), Some("34.43".to_owned()), Some("132.00".to_owned())]);
    }
}
