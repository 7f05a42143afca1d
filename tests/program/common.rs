//! What the tests of the whole program share.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// The program, quiet and with none of the caller's settings.
pub fn billproof() -> Command {
    let mut command = Command::cargo_bin("billproof").unwrap();
    command
        .env_remove("RUST_LOG")
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env("BILLPROOF_REFS", "no-store.redb")
        .arg("-q");
    command
}

/// A PDF of one page with one line of text for each string, in a typewriter face so that columns stand.
pub fn pdf(lines: &[&str]) -> Vec<u8> {
    pdf_of_pages(&[lines])
}

/// The same of several pages.
pub fn pdf_of_pages(pages: &[&[&str]]) -> Vec<u8> {
    let kids: Vec<String> = (0..pages.len()).map(|i| format!("{} 0 R", 4 + 2 * i)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), pages.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>".to_owned(),
    ];
    for (i, lines) in pages.iter().enumerate() {
        let content = content_of(lines);
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            5 + 2 * i
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    pdf_of(&objects)
}

fn content_of(lines: &[&str]) -> String {
    let escaped = |s: &str| s.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    let shown: Vec<String> = lines.iter().map(|l| format!("({}) Tj T*", escaped(l))).collect();
    format!("BT /F1 9 Tf 12 TL 36 750 Td {} ET", shown.join(" "))
}

/// A PDF of the given objects, the first being its catalogue.
pub fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut file = String::from("%PDF-1.4\n");
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        write!(file, "{} 0 obj\n{object}\nendobj\n", i + 1).unwrap();
    }
    let start = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for offset in offsets {
        writeln!(file, "{offset:010} 00000 n ").unwrap();
    }
    write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).unwrap();
    file.into_bytes()
}

/// A bill that any reader of tables reads.
pub fn bill() -> Vec<u8> {
    bill_of(&["03/03/2025   85025    Blood count                        1       32.50"], "172.50")
}

/// The same bill with these rows behind that of the visit for 140.00, and this total.
pub fn bill_of(rows: &[&str], total: &str) -> Vec<u8> {
    let sums = [format!("{:42}Total charges        {total}", ""), format!("{:42}Balance due          {total}", "")];
    let mut lines = vec![
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Jane Q Public          Account number: 445512",
        "Statement date: 04/02/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit                       1      140.00",
    ];
    lines.extend(rows);
    lines.push("");
    lines.extend(sums.iter().map(String::as_str));
    pdf(&lines)
}

/// Lays files below a folder.
pub fn lay(dir: &Path, files: &[(&str, Vec<u8>)]) {
    for (name, content) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// A CSV file as rows by column name.
pub fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let header = reader.headers().unwrap().clone();
    let row = |r: csv::StringRecord| header.iter().map(str::to_owned).zip(r.iter().map(str::to_owned)).collect();
    reader.records().map(|r| row(r.unwrap())).collect()
}

/// One column of documents.csv by path.
pub fn by_path(out: &Path, column: &str) -> BTreeMap<String, String> {
    rows(&out.join("documents.csv")).into_iter().map(|r| (r["path"].clone(), r[column].clone())).collect()
}
