//! A searchable copy of a file: a PDF with the recognised words, invisible, at their places over the page's image.
//!
//! Pages whose text layer was read stay as they are; the images of scanned pages are taken over untouched. Invisible
//! text that lay over a scan and was not good enough to be read is taken out, so that nothing is found twice.

use std::io::Write;

use billproof_parsers::page_text::{PageText, TextSource, Word};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use hayro_interpret::kurbo::Affine;
use image::GrayImage;
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use crate::extract::{StoredPage, StoredPixels};

/// The font's name among a page's resources.
const FONT: &str = "BillproofText";
/// Every character of Courier is this wide, in parts of the font size.
const COURIER_ADVANCE: f32 = 0.6;
/// Part of a word's box that lies below the baseline.
const DESCENT: f32 = 0.23;
/// Text rendering mode that paints nothing (ISO 32000-1, table 106).
const INVISIBLE: i64 = 3;

/// Why no copy can be written.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The file's objects.
    #[error("the PDF cannot be written anew: {0}")]
    Pdf(#[from] lopdf::Error),
    /// Compressing or writing.
    #[error("the PDF cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// The copy of a PDF. `frames` are the transforms from each page's own coordinates to the page as displayed.
///
/// The bytes come back as they are where every page has its own text.
pub fn of_pdf(bytes: &[u8], frames: &[Affine], pages: &[&PageText]) -> Result<Vec<u8>, CopyError> {
    if pages.iter().all(|p| p.source == TextSource::Digital) {
        return Ok(bytes.to_vec());
    }
    let mut pdf = Document::load_mem(bytes)?;
    let ids = pdf.get_pages();
    let font = courier(&mut pdf);
    for page in pages.iter().filter(|p| p.source == TextSource::Ocr) {
        let frame = (page.number as usize).checked_sub(1).and_then(|i| frames.get(i));
        if let (Some(frame), Some(&id)) = (frame, ids.get(&page.number)) {
            let before = without_invisible_text(&pdf, id);
            let shown = shown_words(page, frame.inverse());
            lay_over(&mut pdf, id, before, &shown, font)?;
        }
    }
    saved(pdf)
}

/// A PDF of the pages of an image file.
pub fn of_images(stored: &[StoredPage], pages: &[&PageText]) -> Result<Vec<u8>, CopyError> {
    let mut pdf = Document::with_version("1.5");
    let font = courier(&mut pdf);
    let tree = pdf.new_object_id();
    let mut kids = Vec::new();
    for (index, page) in stored.iter().enumerate() {
        let image = pdf.add_object(image_object(&page.pixels)?);
        let to_user = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, f64::from(page.size.1)]);
        // An image's square has its origin at the lower left corner.
        let placed = to_user * page.placed * Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
        let mut content = format!("q {} cm /Scan Do Q\n", numbers(placed)).into_bytes();
        if let Some(text) = pages.iter().find(|p| p.number as usize == index + 1) {
            content.extend(shown_words(text, to_user));
        }
        let content = pdf.add_object(compressed(Dictionary::new(), &content)?);
        kids.push(Object::Reference(pdf.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => tree,
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(page.size.0), Object::Real(page.size.1)],
            "Contents" => content,
            "Resources" => dictionary! {
                "XObject" => dictionary! { "Scan" => image },
                "Font" => dictionary! { FONT => font },
            },
        })));
    }
    let count = kids.len() as i64;
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalogue = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalogue);
    saved(pdf)
}

fn saved(mut pdf: Document) -> Result<Vec<u8>, CopyError> {
    let mut out = Vec::new();
    pdf.save_to(&mut out)?;
    Ok(out)
}

fn courier(pdf: &mut Document) -> ObjectId {
    pdf.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "Type1",
        "BaseFont" => "Courier",
        "Encoding" => "WinAnsiEncoding",
    })
}

/// The operators that put every word of a page at its place; `to_user` leads from the page as displayed to its own
/// coordinates.
fn shown_words(page: &PageText, to_user: Affine) -> Vec<u8> {
    let reading_to_user = to_user * Affine::new(page.to_page.map(f64::from));
    let mut out = format!("BT /{FONT} 1 Tf {INVISIBLE} Tr\n").into_bytes();
    for word in in_reading_order(page) {
        let text = win_ansi(&word.text);
        let bbox = page.as_bent(word.bbox);
        let size = bbox.height();
        if text.is_empty() || size <= 0.0 {
            continue;
        }
        let stretch = bbox.width() / (COURIER_ADVANCE * size * text.len() as f32);
        let baseline = bbox.y1 - DESCENT * size;
        let (size, stretch) = (f64::from(size), f64::from(stretch.max(0.01)));
        // The stretch stands in the matrix, so that turned pages need no case of their own.
        let matrix = reading_to_user * Affine::new([size * stretch, 0.0, 0.0, -size, f64::from(bbox.x0), f64::from(baseline)]);
        out.extend(format!("{} Tm <", numbers(matrix)).bytes());
        out.extend(text.iter().flat_map(|b| format!("{b:02X}").into_bytes()));
        out.extend(b"> Tj\n");
    }
    out.extend(b"ET\n");
    out
}

/// The words from top to bottom and left to right, as a reader who copies the page expects them.
fn in_reading_order(page: &PageText) -> Vec<&Word> {
    super::text::lines_of(page).into_iter().flatten().collect()
}

fn numbers(transform: Affine) -> String {
    transform.as_coeffs().map(|v| format!("{v:.4}")).join(" ")
}

/// Characters in Windows code page 1252; a question mark for the few that it lacks.
fn win_ansi(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        ' '..='~' | '\u{A0}'..='\u{FF}' => c as u32 as u8,
        '•' => 0x95,
        '–' => 0x96,
        '—' => 0x97,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '€' => 0x80,
        _ => b'?',
    };
    text.chars().map(byte).collect()
}

/// Puts `shown` behind a page's contents, or behind `instead` of them.
fn lay_over(pdf: &mut Document, page: ObjectId, instead: Option<Vec<u8>>, shown: &[u8], font: ObjectId) -> Result<(), CopyError> {
    let own: Vec<Object> = match instead {
        Some(content) => vec![pdf.add_object(compressed(Dictionary::new(), &content)?).into()],
        None => pdf.get_page_contents(page).into_iter().map(Object::Reference).collect(),
    };
    // Whatever state the page's own contents leave behind must not move the text.
    let save = pdf.add_object(compressed(Dictionary::new(), b"q\n")?);
    let text = pdf.add_object(compressed(Dictionary::new(), &[b"\nQ\n", shown].concat())?);
    let contents: Vec<Object> = [vec![save.into()], own, vec![text.into()]].concat();
    let resources = with_font(pdf, page, font);
    let page = pdf.get_object_mut(page)?.as_dict_mut()?;
    page.set("Contents", contents);
    page.set("Resources", resources);
    Ok(())
}

/// The page's resources with the font among them, as a dictionary of its own: what other pages share stays as it is.
fn with_font(pdf: &Document, page: ObjectId, font: ObjectId) -> Dictionary {
    let mut resources = match pdf.get_page_resources(page) {
        Ok((Some(own), _)) => own.clone(),
        Ok((None, ids)) => ids.first().and_then(|id| pdf.get_dictionary(*id).ok()).cloned().unwrap_or_default(),
        Err(_) => Dictionary::new(),
    };
    let fonts = resources.get(b"Font").ok().and_then(|fonts| pdf.dereference(fonts).ok());
    let mut fonts = fonts.and_then(|(_, fonts)| fonts.as_dict().ok()).cloned().unwrap_or_default();
    fonts.set(FONT, font);
    resources.set("Font", fonts);
    resources
}

/// The page's contents without their invisible text; `None` where there is none or the contents cannot be taken apart.
fn without_invisible_text(pdf: &Document, page: ObjectId) -> Option<Vec<u8>> {
    let content = Content::decode(&pdf.get_page_content(page)).ok()?;
    let mut mode = 0;
    let mut saved = Vec::new();
    let mut dropped = false;
    let mut kept = Vec::with_capacity(content.operations.len());
    for operation in content.operations {
        match operation.operator.as_str() {
            "BI" => return None,
            "q" => saved.push(mode),
            "Q" => mode = saved.pop().unwrap_or(0),
            "Tr" => mode = operation.operands.first().and_then(|o| o.as_i64().ok()).unwrap_or(0),
            "Tj" | "TJ" if mode == INVISIBLE => {
                dropped = true;
                continue;
            }
            "'" | "\"" if mode == INVISIBLE => {
                dropped = true;
                kept.push(Operation::new("T*", Vec::new()));
                continue;
            }
            _ => {}
        }
        kept.push(operation);
    }
    dropped.then(|| Content { operations: kept }.encode().ok()).flatten()
}

fn compressed(dict: Dictionary, bytes: &[u8]) -> Result<Stream, std::io::Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    let mut stream = Stream::new(dict, encoder.finish()?);
    stream.dict.set("Filter", "FlateDecode");
    Ok(stream)
}

fn image_object(pixels: &StoredPixels) -> Result<Stream, std::io::Error> {
    let described = |(width, height): (u32, u32), space: &str, bits: u32| {
        dictionary! {
            "Type" => "XObject",
            "Subtype" => "Image",
            "Width" => width,
            "Height" => height,
            "ColorSpace" => space,
            "BitsPerComponent" => bits,
        }
    };
    match pixels {
        StoredPixels::Jpeg { bytes, size, grey } => {
            let mut dict = described(*size, if *grey { "DeviceGray" } else { "DeviceRGB" }, 8);
            dict.set("Filter", "DCTDecode");
            Ok(Stream::new(dict, bytes.clone()).with_compression(false))
        }
        StoredPixels::Grey(grey) if grey.iter().all(|v| matches!(v, 0 | 255)) => {
            compressed(described(grey.dimensions(), "DeviceGray", 1), &one_bit_each(grey))
        }
        StoredPixels::Grey(grey) => compressed(described(grey.dimensions(), "DeviceGray", 8), grey),
        StoredPixels::Colour(rgb) => compressed(described(rgb.dimensions(), "DeviceRGB", 8), rgb),
    }
}

/// Black and white in bits, each row beginning with a byte of its own.
fn one_bit_each(grey: &GrayImage) -> Vec<u8> {
    let row_of = |row: &[u8]| -> Vec<u8> {
        row.chunks(8).map(|eight| eight.iter().enumerate().fold(0, |byte, (i, v)| byte | ((v >> 7) << (7 - i)))).collect()
    };
    grey.chunks(grey.width().max(1) as usize).flat_map(row_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::BBox;

    fn page(to_page: [f32; 6]) -> PageText {
        let word = Word { source: TextSource::Ocr, ..Word::digital("Total", BBox::new(100.0, 50.0, 160.0, 60.0)) };
        PageText {
            number: 1,
            width: 612.0,
            height: 792.0,
            words: vec![word],
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page,
            bend: None,
        }
    }

    #[test]
    fn a_word_stands_on_its_baseline_as_wide_as_its_box() {
        let up = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 792.0]);
        let shown = String::from_utf8(shown_words(&page(PageText::IDENTITY), up)).unwrap();
        // Five characters of 0.6 em at 10 pt are 30 points wide, the box is 60.
        assert!(shown.contains("20.0000 0.0000 0.0000 10.0000 100.0000 734.3000 Tm <546F74616C> Tj"), "{shown}");
    }

    #[test]
    fn a_turned_page_turns_its_text() {
        let up = Affine::new([1.0, 0.0, 0.0, -1.0, 0.0, 612.0]);
        let shown = String::from_utf8(shown_words(&page([0.0, 1.0, -1.0, 0.0, 792.0, 0.0]), up)).unwrap();
        // The reader's right is down on the page as it lies in the file.
        assert!(shown.contains("0.0000 -20.0000 10.0000 0.0000 734.3000 512.0000 Tm"), "{shown}");
    }

    #[test]
    fn bits_are_packed_by_rows() {
        let grey = GrayImage::from_fn(9, 2, |x, y| image::Luma([if (x + y) % 2 == 0 { 255 } else { 0 }]));
        assert_eq!(one_bit_each(&grey), [0b1010_1010, 0b1000_0000, 0b0101_0101, 0]);
    }

    #[test]
    fn the_page_keeps_its_characters() {
        assert_eq!(win_ansi("$1,2 é–•漢"), [0x24, 0x31, 0x2C, 0x32, 0x20, 0xE9, 0x96, 0x95, 0x3F]);
    }
}
