//! Whole PDF pages through the extractor.

use super::*;
use billproof_parsers::page_text::BBox;

/// A PDF of one page, with this MediaBox, rotation and content.
fn pdf(media_box: &str, rotate: u32, content: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj\n2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n\
         3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [{media_box}] /Rotate {rotate} /Contents 4 0 R \
         /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >> >> >> >> endobj\n\
         4 0 obj << /Length {} >>\nstream\n{content}\nendstream endobj\ntrailer << /Root 1 0 R >>\n",
        content.len()
    )
    .into_bytes()
}

fn read(bytes: &[u8]) -> PageText {
    let options = ExtractOptions { models: None, cache: None, ..ExtractOptions::default() };
    let extraction = Extractor::new(options).extract(FileKind::Pdf, bytes).unwrap();
    assert_eq!((extraction.origin, &extraction.problems[..]), (TextOrigin::Digital, &[][..]));
    extraction.text.pages.into_iter().next().unwrap()
}

fn texts(page: &PageText) -> Vec<&str> {
    page.words.iter().map(|w| w.text.as_str()).collect()
}

fn near(a: BBox, b: BBox) -> bool {
    [a.x0 - b.x0, a.y0 - b.y0, a.x1 - b.x1, a.y1 - b.y1].iter().all(|d| d.abs() < 1.0)
}

#[test]
fn words_stand_where_they_are_printed_whatever_the_media_box() {
    let content = "BT /F1 10 Tf 172 700 Td (Total Charges) Tj 200 0 Td ($1,234.50) Tj ET 172 695 m 500 695 l S";
    let page = read(&pdf("100 50 712 842", 0, content));
    assert_eq!(texts(&page), ["Total", "Charges", "$1,234.50"]);
    assert!(page.words.iter().all(|w| w.bold && (w.font_size - 10.0).abs() < 0.01));
    assert!(near(page.words[0].bbox, BBox::new(72.0, 134.3, 96.4, 144.3)), "{:?}", page.words[0].bbox);
    assert!(page.rulings.iter().any(|r| r.is_horizontal() && (r.bbox.y0 - 147.0).abs() < 0.5));
}

#[test]
fn sideways_pages_are_read_upright_and_their_boxes_lead_back() {
    // Text that runs up the page, as it is displayed.
    let upwards = read(&pdf("0 0 612 792", 0, "BT /F1 10 Tf 0 1 -1 0 300 100 Tm (Amount due) Tj ET"));
    assert_eq!(texts(&upwards), ["Amount", "due"]);
    assert_eq!((upwards.width, upwards.height), (792.0, 612.0));
    let on_page = upwards.on_page(upwards.words[0].bbox);
    assert!((on_page.y1 - 692.0).abs() < 0.5 && (on_page.x1 - 302.3).abs() < 0.5, "{on_page:?}");
    // The same text on a page that is displayed turned, so that it is upright there.
    let turned = read(&pdf("0 0 612 792", 90, "BT /F1 10 Tf 0 1 -1 0 300 100 Tm (Amount due) Tj ET"));
    assert_eq!(texts(&turned), ["Amount", "due"]);
    assert_eq!((turned.width, turned.height, turned.to_page), (792.0, 612.0, PageText::IDENTITY));
    assert!((turned.words[0].bbox.x0 - 100.0).abs() < 0.5);
}

#[test]
fn invisible_text_is_no_text_and_an_empty_page_no_problem() {
    let hidden = "BT /F1 10 Tf 72 600 Td 3 Tr (secret) Tj 0 Tr 0 -20 Td (shown) Tj ET";
    assert_eq!(texts(&read(&pdf("0 0 612 792", 0, hidden))), ["shown"]);
    assert!(read(&pdf("0 0 612 792", 0, "q Q")).words.is_empty());
}

#[test]
fn what_another_program_recognised_is_kept_apart_from_what_is_printed() {
    // A picture over the whole page, with words under it (as copiers write them) or printed before it.
    let picture = format!("q 612 0 0 792 0 0 cm BI /W 32 /H 8 /CS /G /BPC 8 /F /AHx ID {}> EI Q", "FF".repeat(256));
    let words = |mode: u8| format!("BT /F1 10 Tf {mode} Tr 172 700 Td (Total Charges) Tj 200 0 Td ($1,234.50) Tj ET");
    let layered = [(words(3), picture.as_str()), (words(0), picture.as_str())].map(|(a, b)| format!("{a} {b}"));
    for content in layered.into_iter().chain([format!("{picture} {}", words(3))]) {
        let bytes = pdf("0 0 612 792", 0, &content);
        let opened = open_pdf(&bytes).unwrap();
        let cache = InterpreterCache::new();
        let read = digital::read_page(&opened.pages()[0], 1, &cache).unwrap();
        assert!(matches!(read.layer, TextLayer::Unusable(_)), "{content}");
        assert_eq!(texts(&read.text), ["Total", "Charges", "$1,234.50"]);
        // Without an engine the page is unread: somebody's recognition is no reading of it.
        let extractor = Extractor::new(ExtractOptions { models: None, cache: None, ..ExtractOptions::default() });
        match extractor.extract(FileKind::Pdf, &bytes) {
            Ok(blank) => assert!(blank.text.pages[0].words.is_empty()),
            Err(error) => assert!(matches!(error, ExtractError::NoEngine(_)), "{error}"),
        }
    }
}

#[test]
fn garbage_is_an_error_that_says_so() {
    let extractor = Extractor::new(ExtractOptions { cache: None, models: None, ..ExtractOptions::default() });
    for bytes in [&b"%PDF-1.7\n\x00\x01garbage"[..], b"%PDF-", b""] {
        assert!(matches!(extractor.extract(FileKind::Pdf, bytes), Err(ExtractError::Damaged(_))));
    }
    assert!(extractor.extract(FileKind::Png, b"\x89PNG\r\n\x1a\n").is_err());
    assert!(matches!(extractor.page_image(FileKind::Png, b"", 2, 72.0), Err(ExtractError::NoSuchPage(2))));
}

#[test]
fn a_page_is_drawn_in_its_size() {
    let extractor = Extractor::new(ExtractOptions { cache: None, models: None, ..ExtractOptions::default() });
    let bytes = pdf("0 0 612 792", 0, "0 0 0 rg 72 700 100 20 re f");
    let image = extractor.page_image(FileKind::Pdf, &bytes, 1, 36.0).unwrap();
    assert_eq!(image.dimensions(), (306, 396));
    assert_eq!((image.get_pixel(50, 41).0, image.get_pixel(10, 10).0), ([0, 0, 0], [255, 255, 255]));
}
