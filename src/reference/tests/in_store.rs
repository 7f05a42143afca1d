//! The store: what is added is there, replaced, kept apart by day, and never half.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::reference::store::Store;

fn lay(dir: &Path, files: &[(&str, &[u8])]) -> Vec<PathBuf> {
    let write = |(name, bytes): &(&str, &[u8])| {
        fs::write(dir.join(name), bytes).unwrap();
        dir.join(name)
    };
    files.iter().map(write).collect()
}

fn archive(path: &Path, files: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

/// A workbook of one sheet with a table's cells; what is all digits is a number, as a spreadsheet makes it.
fn workbook(path: &Path, text: &str, delimiter: char) {
    let cell = |(column, value): (usize, &str)| {
        let at = char::from(b'A' + u8::try_from(column).unwrap());
        if !value.is_empty() && !value.starts_with('0') && value.bytes().all(|b| b.is_ascii_digit()) {
            return format!("<c r=\"{at}ROW\"><v>{value}</v></c>");
        }
        format!("<c r=\"{at}ROW\" t=\"inlineStr\"><is><t>{value}</t></is></c>")
    };
    let row = |(n, line): (usize, &str)| {
        let cells: String = line.split(delimiter).enumerate().map(cell).collect();
        let n = (n + 1).to_string();
        format!("<row r=\"{n}\">{}</row>", cells.replace("ROW", &n))
    };
    let rows: String = text.lines().enumerate().map(row).collect();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let sheet = format!("<?xml version=\"1.0\"?><worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>");
    let book = format!(
        "<?xml version=\"1.0\"?><workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets><sheet name=\"Edits\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let links = format!(
        "<?xml version=\"1.0\"?><Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
    );
    let root = format!(
        "<?xml version=\"1.0\"?><Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"rId1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let types = format!("<?xml version=\"1.0\"?><Types xmlns=\"{package}/content-types\"/>");
    archive(
        path,
        &[
            ("[Content_Types].xml", types.as_bytes()),
            ("_rels/.rels", root.as_bytes()),
            ("xl/workbook.xml", book.as_bytes()),
            ("xl/_rels/workbook.xml.rels", links.as_bytes()),
            ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
        ],
    );
}

fn added(store: &Store, files: &[PathBuf]) -> Vec<usize> {
    store.add(files).unwrap().into_iter().map(|(path, r)| r.unwrap_or_else(|e| panic!("{}: {e}", path.display())).len()).collect()
}

#[test]
fn the_same_lookups_as_over_raw_files() {
    let dir = tempfile::tempdir().unwrap();
    let files: [(&str, &[u8]); 3] = [("a.csv", RVU.as_bytes()), ("b.csv", GPCI.as_bytes()), ("ccipra-v1.txt", PTP.as_bytes())];
    let raw = tables(&files).unwrap();
    let store = Store::at(dir.path().join("s/r.redb"));
    assert_eq!(added(&store, &lay(dir.path(), &files)), [1, 1, 1]);
    let stored = load_store(&store).unwrap();
    for state in [None, Some("TN"), Some("TX")] {
        let day = date(2025, 7, 4);
        assert_eq!(stored.fees.highest("99213", &[], day, state), raw.fees.highest("99213", &[], day, state));
        assert!(stored.fees.highest("99213", &[], day, state).is_some());
    }
    for (a, b) in [("45385", "45380"), ("45380", "45385"), ("97530", "97140"), ("80053", "80048")] {
        let day = date(2019, 12, 31);
        assert_eq!(stored.edits.find(a, b, day, false), raw.edits.find(a, b, day, false));
    }
    assert_eq!(stored.missing(), raw.missing());
}

#[test]
fn an_edition_replaces_itself_and_stands_beside_others() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::at(dir.path().join("r.redb"));
    let later = RVU.replace("January", "October").replace("99213,,x,1.30", "99213,,x,1.50");
    let files = lay(dir.path(), &[("a.csv", RVU.as_bytes()), ("b.csv", later.as_bytes())]);
    added(&store, &files);
    added(&store, &files[..1]);
    let t = load_store(&store).unwrap();
    assert_eq!(t.shelf().editions().len(), 2);
    let work = |d| t.fees.rvu(t.fees.edition(d, false).unwrap().edition, "99213", "").unwrap().work;
    assert_eq!(work(date(2025, 9, 30)), "1.30".parse().unwrap());
    assert_eq!(work(date(2025, 10, 1)), "1.50".parse().unwrap());
    assert!(t.fees.edition(date(2026, 1, 1), false).is_none());
    assert!(t.fees.edition(date(2025, 5, 1), false).is_some_and(|f| !f.exact));
    assert_eq!(t.not_in_force().iter().map(|(_, q)| q.as_str()).collect::<Vec<_>>(), ["2025 Q2", "2025 Q3", "2026 Q1"]);
    let faults: Vec<String> = store.check().unwrap().into_iter().flat_map(|c| c.faults).collect();
    assert_eq!(faults, ["no edition from 2025-04-01 to 2025-09-30"]);
    let gone = store.remove(|e| e.label.contains("October")).unwrap();
    assert_eq!((gone.len(), load_store(&store).unwrap().shelf().editions().len()), (1, 1));
}

#[test]
fn archives_and_workbooks_as_published() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    workbook(&at("ccioph-v311r0-f1.xlsx"), PTP, '\t');
    let book = fs::read(at("ccioph-v311r0-f1.xlsx")).unwrap();
    archive(
        &at("rvu25a.zip"),
        &[("readme.pdf", b"%PDF-"), ("x/PPRRVU25_JAN.csv", RVU.as_bytes()), ("GPCI2025.csv", GPCI.as_bytes())],
    );
    archive(&at("ccioph.zip"), &[("ccioph-v311r0-f1.xlsx", &book)]);
    let mut gz = flate2::write::GzEncoder::new(File::create(at("ccipra-v311r0-f1.txt.gz")).unwrap(), flate2::Compression::fast());
    gz.write_all(PTP.as_bytes()).unwrap();
    gz.finish().unwrap();
    let store = Store::at(at("r.redb"));
    assert_eq!(added(&store, &[at("rvu25a.zip"), at("ccioph.zip"), at("ccipra-v311r0-f1.txt.gz")]), [2, 1, 1]);
    let t = load_store(&store).unwrap();
    let edit = t.edits.find("45385", "45380", date(2025, 5, 1), true).unwrap();
    assert_eq!((edit.setting, edit.effective), (edition::Setting::Hospital, date(2005, 1, 1)));
    assert_eq!(t.edits.find("45385", "45380", date(2025, 5, 1), false).unwrap().setting, edition::Setting::Practitioner);
    assert!(t.fees.highest("99213", &[], date(2025, 5, 1), None).is_some());
    assert!(t.shelf().editions().iter().any(|e| e.source == "rvu25a.zip/PPRRVU25_JAN.csv" && e.sha256.len() == 64));
    assert!(store.check().unwrap().iter().any(|c| c.faults.iter().any(|f| f.contains("f2, f3, f4"))));
}

#[test]
fn a_wrong_file_leaves_nothing_and_keeps_none_out() {
    let dir = tempfile::tempdir().unwrap();
    let broken = RVU.replace("CONV", "X").replace("FACTOR", "Y");
    let files = lay(
        dir.path(),
        &[("x.csv", b"a,b\n1,2\n"), ("rvu.csv", broken.as_bytes()), ("g.csv", GPCI.as_bytes()), ("z.zip", b"PK\x03\x04 not")],
    );
    let store = Store::at(dir.path().join("r.redb"));
    let results = store.add(&files).unwrap();
    let message = |i: usize| results[i].1.as_ref().unwrap_err().to_string();
    assert!(message(0).contains("x.csv: no table that billproof knows; expected"), "{}", message(0));
    assert!(message(1).contains("rvu.csv: no rows with work"), "{}", message(1));
    assert!(results[2].1.is_ok());
    assert!(message(3).contains("z.zip"), "{}", message(3));
    let t = load_store(&store).unwrap();
    assert_eq!((t.shelf().editions().len(), t.fees.is_empty(), t.fees.has_localities()), (1, true, true));
}

#[test]
fn what_breaks_off_leaves_the_store_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::at(dir.path().join("r.redb"));
    assert!(load_store(&store).unwrap().loaded.is_empty(), "there is none yet");
    added(&store, &lay(dir.path(), &[("g.csv", GPCI.as_bytes())]));
    // What a process that was killed leaves behind is a file beside the store.
    fs::write(dir.path().join(".referencesAbC123"), b"half").unwrap();
    added(&store, &lay(dir.path(), &[("a.csv", RVU.as_bytes())]));
    assert_eq!(load_store(&store).unwrap().loaded.len(), 2);
    assert!(!dir.path().join(".referencesAbC123").exists());
    let bytes = fs::read(store.path()).unwrap();
    fs::write(store.path(), &bytes[..bytes.len() / 3]).unwrap();
    let error = load_store(&store).unwrap_err().to_string();
    assert!(error.contains("r.redb"), "{error}");
    fs::write(store.path(), b"no store at all").unwrap();
    assert!(load_store(&store).unwrap_err().to_string().contains("r.redb"));
}

#[test]
fn two_that_add_at_once_both_arrive_while_a_third_reads() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::at(dir.path().join("r.redb"));
    let files = lay(dir.path(), &[("a.csv", RVU.as_bytes()), ("g.csv", GPCI.as_bytes()), ("ccipra-v1.txt", PTP.as_bytes())]);
    added(&store, &files[2..]);
    let reading = load_store(&store).unwrap();
    std::thread::scope(|threads| {
        for file in &files[..2] {
            threads.spawn(|| added(&store, std::slice::from_ref(file)));
        }
    });
    assert!(reading.edits.find("45385", "45380", date(2025, 1, 1), false).is_some(), "the opened store goes on");
    assert_eq!(load_store(&store).unwrap().loaded.len(), 3);
}
