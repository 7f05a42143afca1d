use super::*;
use crate::page_text::PageText;
use crate::page_text::{TextSource, Word};
use crate::text_lines::page_lines;

fn lines(rows: &[(f32, &[(f32, &str)])]) -> PageLines {
    let mut words = Vec::new();
    for (y, cells) in rows {
        for (x, text) in *cells {
            let mut at = *x;
            for w in text.split(' ') {
                let width = 4.2 * w.chars().count() as f32;
                words.push(Word::digital(w, BBox::new(at, *y, at + width, y + 8.0)));
                at += width + 2.2;
            }
        }
    }
    page_lines(&PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: vec![],
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    })
}

fn fields(h: &TableHeader) -> Vec<Field> {
    h.columns.iter().flat_map(|c| c.fields.clone()).collect()
}

#[test]
fn a_header_of_three_lines_is_stacked_by_column() {
    let p = lines(&[
        (10.0, &[(300.0, "Amount"), (360.0, "Medicare-")]),
        (19.0, &[(36.0, "Service Provided &"), (300.0, "Provider"), (360.0, "Approved")]),
        (28.0, &[(36.0, "Billing Code"), (300.0, "Charged"), (360.0, "Amount")]),
        (40.0, &[(36.0, "Office visit"), (300.0, "120.00"), (360.0, "80.00")]),
    ]);
    let h = find_headers(&p, Vocabulary::builtin());
    assert_eq!(h.len(), 1);
    assert_eq!((h[0].first_line, h[0].end_line), (0, 3));
    assert_eq!(fields(&h[0]), [Field::Code, Field::Description, Field::Charge, Field::Allowed]);
}

#[test]
fn prose_and_address_blocks_are_no_header() {
    let p = lines(&[
        (
            10.0,
            &[(36.0, "If you disagree with the charge for a service on this date, call our billing office about the amount.")],
        ),
        (20.0, &[(36.0, "Jane Roe"), (300.0, "Account"), (420.0, "12345")]),
    ]);
    assert!(find_headers(&p, Vocabulary::builtin()).is_empty());
}
