use crate::page_text::{BBox, DocumentText, PageText, TextSource, Word};
use crate::statement::Field;
use crate::test_pages::{said, sheet};

/// Words under `REV` and `HCPCS` with their left and right edges, what was done, the charge.
type Coded<'a> = (&'a [(f32, f32, &'a str)], &'a str, &'a str);

/// A scan of a hospital's itemised bill; under `REV` and `HCPCS` stand the words of each row with their left and right edges.
fn read_codes(rows: &[Coded<'_>]) -> Vec<String> {
    let mut words: Vec<Word> = Vec::new();
    let mut put = |x0: f32, x1: f32, y: f32, text: &str| {
        words.push(Word { source: TextSource::Ocr, confidence: 0.99, ..Word::digital(text, BBox::new(x0, y, x1, y + 8.0)) });
    };
    for (x0, x1, text) in [(40.0, 80.0, "LAKESIDE"), (84.0, 130.0, "HOSPITAL")] {
        put(x0, x1, 20.0, text);
    }
    let head = [
        (40, 59, "DATE"),
        (93, 107, "REV"),
        (117, 141, "HCPCS"),
        (170, 222, "DESCRIPTION"),
        (352, 366, "QTY"),
        (467, 496, "AMOUNT"),
    ];
    for (x0, x1, text) in head {
        put(x0 as f32, x1 as f32, 87.0, text);
    }
    for (i, (codes, what, charge)) in rows.iter().enumerate() {
        let y = 100.0 + 10.0 * i as f32;
        put(41.0, 78.0, y, "02/11/25");
        codes.iter().for_each(|(x0, x1, text)| put(*x0, *x1, y, text));
        put(170.0, 170.0 + 5.0 * what.len() as f32, y, what);
        put(362.0, 366.0, y, "1");
        put(496.0 - 4.0 * charge.len() as f32, 496.0, y, charge);
    }
    let page = PageText { source: TextSource::Ocr, ..sheet(words) };
    let s = crate::parse(&DocumentText { pages: vec![page] });
    s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code, Field::Charge])).collect()
}

#[test]
fn a_code_as_wide_as_it_and_that_before_it_leaves_both_columns_their_own() {
    let rows: [Coded<'_>; 6] = [
        (&[(94.0, 112.0, "0450"), (117.0, 140.0, "99285"), (146.0, 155.0, "25")], "EMERGENCY", "2527.09"),
        (&[(94.0, 112.0, "0300"), (117.0, 140.0, "36415")], "VENIPUNCTURE", "26.12"),
        (&[(94.0, 112.0, "0301"), (117.0, 140.0, "80053")], "METABOLIC", "129.00"),
        (&[(94.0, 112.0, "0351"), (117.0, 140.0, "70450")], "HEAD/BRAIN", "2332.00"),
        // the first of the two was lost in the second look at them
        (&[(94.0, 140.0, "93005")], "TRACING", "413.17"),
        (&[(94.0, 112.0, "0260"), (117.0, 140.0, "96374")], "THERAPY", "415.00"),
    ];
    let read = read_codes(&rows);
    assert_eq!(read[..4], ["0450 99285 2527.09", "0300 36415 26.12", "0301 80053 129.00", "0351 70450 2332.00"]);
    assert_eq!(read[4..], ["- 93005 413.17", "0260 96374 415.00"]);
}
