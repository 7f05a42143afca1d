//! The searchable copy and the pictures of a file, made by the whole program.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::{bill, billproof, lay};

/// A scanned bill of one letter page, 612 × 792.24 points.
fn scan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/4-scanned-discount/bill.pdf")
}

/// The pages of a PDF as [`lopdf`] decodes them: font size, place and text of every word that is shown.
fn placed_words(pdf: &Path) -> Vec<(String, f32, f32)> {
    let pdf = lopdf::Document::load(pdf).unwrap();
    let page = pdf.get_pages()[&1];
    let content = lopdf::content::Content::decode(&pdf.get_page_content(page)).unwrap();
    let mut at = (0.0, 0.0);
    let mut words = Vec::new();
    for operation in content.operations {
        match operation.operator.as_str() {
            "Tm" => {
                let number = |i: usize| operation.operands[i].as_float().unwrap();
                at = (number(4), number(5));
            }
            "Tj" => words.push((String::from_utf8_lossy(operation.operands[0].as_str().unwrap()).into_owned(), at.0, at.1)),
            _ => {}
        }
    }
    words
}

#[test]
fn a_scan_becomes_searchable_with_its_image_untouched() {
    let dir = tempfile::tempdir().unwrap();
    let copy = dir.path().join("copy.pdf");
    billproof().arg("extract").arg(scan()).args(["--format", "pdf", "--out"]).arg(&copy).assert().code(0);

    // What was recognised stands where it was recognised, the y axis pointing upwards now.
    let read = billproof().arg("extract").arg(scan()).args(["--format", "json"]).assert().code(0).get_output().stdout.clone();
    let read: serde_json::Value = serde_json::from_slice(&read).unwrap();
    let page = &read["text"]["pages"][0];
    let balance = page["words"].as_array().unwrap().iter().find(|w| w["text"] == "$9,325.49").unwrap();
    let number = |v: &serde_json::Value| v.as_f64().unwrap() as f32;
    let [x0, y0, y1] = ["x0", "y0", "y1"].map(|edge| number(&balance["bbox"][edge]));
    let words = placed_words(&copy);
    let (_, x, y) = words.iter().find(|(text, ..)| text == "$9,325.49").unwrap();
    // The page is scanned a little askew, which moves a word by a few points.
    assert!((x - x0).abs() < 20.0, "{x} {x0}");
    assert!((792.24 - y - (y0 + 0.77 * (y1 - y0))).abs() < 20.0, "{y} {y0} {y1}");

    let images = |path: &Path| {
        let pdf = lopdf::Document::load(path).unwrap();
        let streams = pdf.objects.values().filter_map(|o| o.as_stream().ok());
        streams.filter(|s| s.dict.has(b"Width")).map(|s| s.content.clone()).collect::<Vec<_>>()
    };
    assert_eq!(images(&copy), images(&scan()));

    // A second reader finds the words; its lines of an askew page are its own affair.
    let text = pdf_extract::extract_text(&copy).unwrap();
    for word in ["Bluestem", "$9,325.49", "Winslow"] {
        assert!(text.contains(word), "{word} in {text}");
    }
}

#[test]
fn the_copy_of_a_copy_holds_every_word_once() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (dir.path().join("1.pdf"), dir.path().join("2.pdf"));
    billproof().arg("extract").arg(scan()).args(["--format", "pdf", "-o"]).arg(&first).assert().code(0);
    billproof().arg("extract").arg(&first).args(["--format", "pdf", "-o"]).arg(&second).assert().code(0);
    assert_eq!(placed_words(&first).len(), placed_words(&second).len());
}

#[test]
fn a_picture_becomes_a_pdf_with_its_stream_and_its_words() {
    let dir = tempfile::tempdir().unwrap();
    let pdf = lopdf::Document::load(scan()).unwrap();
    let jpeg = pdf.objects.values().filter_map(|o| o.as_stream().ok()).find(|s| s.dict.has(b"Width")).unwrap().content.clone();
    lay(dir.path(), &[("bill.jpg", jpeg.clone())]);
    let copy = dir.path().join("copy.pdf");
    billproof().arg("extract").arg(dir.path().join("bill.jpg")).args(["--format", "pdf", "-o"]).arg(&copy).assert().code(0);
    let pdf = lopdf::Document::load(&copy).unwrap();
    assert!(pdf.objects.values().filter_map(|o| o.as_stream().ok()).any(|s| s.content == jpeg));
    assert!(placed_words(&copy).iter().any(|(text, ..)| text == "$9,325.49"));
}

#[test]
fn a_digital_page_is_copied_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("bill.pdf", bill())]);
    let path = dir.path().join("bill.pdf");
    let out = billproof().arg("extract").arg(&path).args(["--format", "pdf"]).assert().code(0).get_output().stdout.clone();
    assert_eq!(out, fs::read(&path).unwrap());
    // The file is not written over.
    billproof().arg("extract").arg(&path).args(["--format", "pdf", "-o"]).arg(&path).assert().code(2);
}

#[test]
fn the_overlay_shows_the_page_with_coloured_boxes_and_a_legend() {
    let dir = tempfile::tempdir().unwrap();
    let extract = |more: &[&str]| {
        let mut command = billproof();
        command.current_dir(dir.path()).arg("extract").arg(scan()).args(["--format", "png", "--dpi", "72"]).args(more);
        command.assert().code(0).get_output().stdout.clone()
    };
    let plain = image::load_from_memory(&extract(&["--page", "1"])).unwrap().into_rgb8();
    assert_eq!(plain.dimensions(), (612, 792));
    let told = String::from_utf8(extract(&["--overlay"])).unwrap();
    assert_eq!(told, "bill-p1.png\n");
    let drawn = image::open(dir.path().join("bill-p1.png")).unwrap().into_rgb8();
    assert_eq!(drawn.dimensions(), (612, 792 + 20));
    // Grey paper has no green; the boxes of what was read with certainty are.
    let green = |p: &&image::Rgb<u8>| p.0[1] > p.0[0].saturating_add(60) && p.0[1] > p.0[2].saturating_add(40);
    assert_eq!(plain.pixels().filter(green).count(), 0);
    assert!(drawn.pixels().filter(green).count() > 1_000);
    assert!(drawn.rows().skip(792).flatten().any(|p| p.0[0] < 100 && p.0[1] < 100), "the legend says something");
    extract(&["--overlay", "--out", "a.png"]);
    assert!(dir.path().join("a-p1.png").exists());
}

#[test]
fn what_cannot_be_shown_is_said() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("broken.pdf", b"%PDF-1.4 nothing".to_vec()), ("notes.txt", b"x".to_vec()), ("bill.pdf", bill())]);
    let fails = |args: &[&str]| {
        let output = billproof().current_dir(dir.path()).arg("extract").args(args).assert().code(2).get_output().clone();
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(fails(&["broken.pdf", "--format", "pdf"]).contains("broken.pdf"));
    assert!(fails(&["notes.txt", "--format", "png"]).contains("no PDF, JPEG, PNG or TIFF"));
    assert!(fails(&["bill.pdf", "--format", "png", "--page", "7"]).contains("no page 7"));
    assert!(fails(&["bill.pdf", "--overlay"]).contains("--format png"));
    assert!(fails(&["bill.pdf", "--format", "csv", "--out", "no/such/folder.csv"]).contains("no/such/folder.csv"));
}
