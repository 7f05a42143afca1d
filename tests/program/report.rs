//! The evidence report of a whole audit: every finding with both figures, every figure from the record, every picture there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use crate::common::{bill, billproof, lay, pdf, rows};
use billproof::report::file_names::case_page;
use regex::Regex;
use rust_decimal::Decimal;

/// An audit of the samples, or of the given input, with its folder.
struct Audited {
    _dir: tempfile::TempDir,
    out: PathBuf,
}

impl Audited {
    fn samples() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
        billproof().arg("audit").arg(samples).arg("--out").arg(&out).assert().code(0);
        Self { _dir: dir, out }
    }

    fn of(files: &[(&str, Vec<u8>)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        lay(&dir.path().join("in"), files);
        let out = dir.path().join("out");
        billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
        Self { _dir: dir, out }
    }

    fn input(&self) -> PathBuf {
        self.out.with_file_name("in")
    }

    fn again(&self) {
        billproof().arg("report").arg(&self.out).assert().code(0);
    }

    fn page(&self, case_id: &str) -> String {
        page(&self.out.join("report").join(case_page(case_id)))
    }

    /// Every page by its name.
    fn pages(&self) -> BTreeMap<String, String> {
        let entries = fs::read_dir(self.out.join("report")).unwrap().map(|e| e.unwrap().path());
        let pages = entries.filter(|p| p.extension().is_some_and(|e| e == "html"));
        pages.map(|p| (p.file_name().unwrap().to_string_lossy().into_owned(), page(&p))).collect()
    }

    fn rows(&self, file: &str) -> Vec<BTreeMap<String, String>> {
        rows(&self.out.join(file))
    }
}

/// A page, with the slashes that are written as entities in it.
fn page(path: &Path) -> String {
    fs::read_to_string(path).unwrap().replace("&#x2f;", "/")
}

fn all<'p>(pattern: &str, page: &'p str) -> Vec<&'p str> {
    Regex::new(pattern).unwrap().captures_iter(page).map(|c| c.get(1).unwrap().as_str()).collect()
}

/// What a person reads of a page: without style, script and tags, signs as they show; the words of pictures too.
fn shown(page: &str) -> String {
    let mut text = page.to_owned();
    for (pattern, with) in [
        (r"(?s)<style>.*?</style>|<script>.*?</script>", " "),
        (r#"(?s)<dd class="source">.*?</dd>"#, " "),
        (r#"<img[^>]* alt="([^"]*)"[^>]*>"#, " $1 "),
        (r"(?s)<[^>]*>", " "),
        (r"\s+", " "),
    ] {
        text = Regex::new(pattern).unwrap().replace_all(&text, with).into_owned();
    }
    for (entity, sign) in [("&quot;", "\""), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
        text = text.replace(entity, sign);
    }
    text
}

/// The money figures of a text: `$1,234.50` and `1234.50`, without their sign.
fn figures(text: &str) -> BTreeSet<Decimal> {
    let pattern = Regex::new(r"(?:^|[^\d.,-])(-?\$?\d[\d,]*\.\d\d)(?:$|[^\d%])").unwrap();
    // Each match takes the signs around it, so that neighbours are found from their own start.
    let mut out = BTreeSet::new();
    let mut from = 0;
    while let Some(found) = pattern.captures_at(text, from).and_then(|c| c.get(1)) {
        out.insert(found.as_str().replace(['$', ',', '-'], "").parse().unwrap());
        from = found.end();
    }
    out
}

fn usd(cell: &str) -> String {
    let amount: Decimal = cell.parse().unwrap();
    billproof::report::words::usd(billproof::record::Money(amount))
}

#[test]
fn every_link_and_picture_is_there_and_none_is_left_over() {
    let audited = Audited::samples();
    let report = audited.out.join("report");
    let mut used = BTreeSet::new();
    let pages = audited.pages();
    assert_eq!(pages.len(), 5);
    for (name, page) in &pages {
        for link in all(r#"(?:href|src)="([^"]+)""#, page) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { name.as_str() } else { file };
            assert!(report.join(target).is_file(), "{name}: {link}");
            if !anchor.is_empty() {
                assert!(pages[target].contains(&format!("id=\"{anchor}\"")), "{name}: {link}");
            }
            used.insert(target.to_owned());
        }
        for picture in all(r#"<img src="([^"]+)""#, page) {
            let size = image::image_dimensions(report.join(picture)).unwrap();
            assert!(page.contains(&format!("src=\"{picture}\" width=\"{}\" height=\"{}\"", size.0, size.1)), "{name}: {picture}");
        }
        assert!(!page.contains("http://") && !page.contains("https://"), "{name}");
    }
    for entry in fs::read_dir(report.join("pictures")).unwrap() {
        let picture = format!("pictures/{}", entry.unwrap().file_name().to_string_lossy());
        assert!(used.contains(&picture), "{picture} is on no page");
    }
    assert!(["png", "jpg"].iter().all(|e| used.iter().any(|u| Path::new(u).extension().is_some_and(|x| x == *e))));
}

#[test]
fn every_finding_stands_on_its_case_with_both_figures_and_pictures() {
    let audited = Audited::samples();
    let flags = audited.rows("flags.csv");
    assert!(flags.len() >= 8);
    for flag in flags {
        let page = audited.page(&flag["case_id"]);
        let start = format!("<article class=\"finding {}\" id=\"finding-{}\"", flag["severity"], flag["flag_id"]);
        let from = page.find(&start).unwrap_or_else(|| panic!("{}: no {}", flag["case_id"], flag["flag_id"]));
        let article = &page[from..from + page[from..].find("</article>").unwrap()];
        let text = shown(article);
        for column in ["amount_billed", "amount_expected", "amount_at_issue"] {
            assert!(flag[column].is_empty() || text.contains(&usd(&flag[column])), "{}: {column}", flag["flag_id"]);
        }
        assert!(text.contains(&flag["explanation"]) && text.contains(&flag["next_step"]), "{text}");
        let file = |path: &str| path.rsplit('/').next().unwrap().to_owned();
        let captions = all(r"<figcaption>([^<]*)</figcaption>", article).join("\n");
        assert!(captions.contains(&file(&flag["path"])), "{captions}");
        assert!(captions.contains(&file(&flag["evidence_path"])), "{captions}");
        assert!(!article.contains("No picture"), "{article}");
    }
}

#[test]
fn every_figure_traces_to_a_cell_of_the_record() {
    let audited = Audited::samples();
    let mut known: BTreeSet<Decimal> = BTreeSet::from([Decimal::ZERO]);
    for file in ["documents.csv", "lines.csv", "flags.csv", "cases.csv", "providers.csv", "payers.csv"] {
        for (_, cell) in audited.rows(file).into_iter().flatten() {
            known.extend(figures(&cell));
        }
    }
    // The account of a bill is a sum over lines; cases.json states it.
    let cases = fs::read_to_string(audited.out.join("cases.json")).unwrap();
    known.extend(all(r#""(-?\d+\.\d\d)""#, &cases).iter().map(|m| m.trim_start_matches('-').parse::<Decimal>().unwrap()));
    let record = fs::read_to_string(audited.out.join("record.json")).unwrap();
    known.extend(all(r#""amount": ?"(-?\d+(?:\.\d+)?)""#, &record).iter().map(|m| m.parse::<Decimal>().unwrap().abs()));

    let (mut seen, mut sums) = (0, known.clone());
    // What the page of all cases adds up, and says so: the columns of its table, and what is at issue by rule.
    let cases = audited.rows("cases.csv");
    for column in ["billed_balance", "amount_disputed", "balance_supported"] {
        sums.insert(cases.iter().map(|c| c[column].parse::<Decimal>().unwrap()).sum());
    }
    let mut by_rule: BTreeMap<String, Decimal> = BTreeMap::new();
    for flag in audited.rows("flags.csv") {
        *by_rule.entry(flag["rule"].clone()).or_default() += flag["amount_at_issue"].parse::<Decimal>().unwrap_or_default();
    }
    sums.extend(by_rule.values());
    let of_all = |file: &str| {
        audited
            .rows(file)
            .iter()
            .filter(|r| r["rule"] == "all")
            .map(|r| r["amount_at_issue"].parse::<Decimal>().unwrap())
            .sum::<Decimal>()
    };
    sums.extend([of_all("providers.csv"), of_all("payers.csv")]);

    for (name, page) in audited.pages() {
        let allowed = if name == "index.html" { &sums } else { &known };
        for figure in figures(&shown(&page)) {
            assert!(allowed.contains(&figure), "{name}: {figure} stands in no cell");
            seen += 1;
        }
    }
    assert!(seen > 40, "only {seen} different figures were found");
}

#[test]
fn what_a_paper_says_is_text_and_nothing_else() {
    let evil = "<script>alert(1)</script>";
    let paper = pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Jane \"Q\" <b>Public          Account number: 445512",
        "Statement date: 04/02/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    <script>alert(1)</script>          1      140.00",
        "03/03/2025   99213    <script>alert(1)</script>          1      140.00",
        "",
        "                                          Total charges        280.00",
        "                                          Balance due          280.00",
    ]);
    let audited = Audited::of(&[("a & <i>b/bill'.pdf", paper)]);
    assert!(fs::read_to_string(audited.out.join("lines.csv")).unwrap().contains(evil));
    let page = audited.page("a & <i>b");
    assert!(!page.contains(evil) && page.contains("&lt;script&gt;alert(1)"), "{page}");
    for page in audited.pages().values() {
        assert!(!page.contains("<i>") && !page.contains("<b>"));
    }
}

#[test]
fn a_paper_that_has_changed_or_gone_leaves_a_page_that_says_so() {
    let twice = || {
        pdf(&[
            "LAKE VALLEY CLINIC",
            "STATEMENT OF SERVICES",
            "",
            "Patient: Jane Q Public          Account number: 445512",
            "Statement date: 04/02/2025",
            "",
            "Date         Code     Description                    Units      Charge",
            "03/03/2025   99213    Office visit                       1      140.00",
            "03/03/2025   99213    Office visit                       1      140.00",
            "",
            "                                          Balance due          280.00",
        ])
    };
    let audited = Audited::of(&[("jane/bill.pdf", twice()), ("jane/note.txt", Vec::new())]);
    let whole = audited.pages();
    assert!(audited.page("jane").contains("<img src="));
    audited.again();
    assert_eq!(audited.pages(), whole, "built again it is the same");

    fs::write(audited.input().join("jane/bill.pdf"), bill()).unwrap();
    audited.again();
    let page = audited.page("jane");
    assert!(page.contains("the file has changed since it was audited") && !page.contains("<img"), "{page}");
    assert_eq!(fs::read_dir(audited.out.join("report/pictures")).unwrap().count(), 0);

    fs::remove_file(audited.input().join("jane/bill.pdf")).unwrap();
    audited.again();
    assert!(audited.page("jane").contains("no longer where it was audited"));

    let moved = audited.out.with_file_name("elsewhere");
    lay(&moved, &[("jane/bill.pdf", twice())]);
    billproof().arg("report").arg(&audited.out).arg("--papers").arg(&moved).assert().code(0);
    assert_eq!(audited.pages(), whole);
}

#[test]
fn members_of_archives_are_drawn_and_electronic_records_say_that_they_have_no_pages() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bill.pdf", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(&bill()).unwrap();
    let table = "Date of Service,Claim Number,Patient,Provider,CPT,Units,Amount Billed,Plan Discount,Allowed,Coinsurance,Plan Paid,You Owe\n\
03/03/2025,CLM90017,Jane Q Public,Lake Valley Clinic,99213,1,140.00,20.00,120.00,20.00,100.00,20.00\n\
03/03/2025,CLM90017,Jane Q Public,Lake Valley Clinic,85025,1,32.50,2.50,30.00,5.00,25.00,5.00\n";
    let audited = Audited::of(&[("jane/papers.zip", archive.finish().unwrap().into_inner()), ("jane/claims.csv", table.into())]);
    let page = audited.page("jane");
    assert!(page.contains("<img src=\"pictures/cut-"), "{page}");
    assert!(page.contains("this is an electronic record without pages"), "{page}");
}

#[test]
fn no_page_of_an_earlier_run_survives() {
    let audited = Audited::of(&[("one/bill.pdf", bill()), ("two/bill.pdf", pdf(&["Receipt", "Amount paid 5.00"]))]);
    assert_eq!(audited.pages().len(), 3);
    let again = |with: &[&str]| {
        billproof().arg("audit").arg(audited.input()).arg("--out").arg(&audited.out).args(with).assert().code(0);
    };
    fs::remove_dir_all(audited.input().join("two")).unwrap();
    again(&[]);
    assert_eq!(audited.pages().len(), 2);
    again(&["--no-report"]);
    assert!(!audited.out.join("report").exists());
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let out = dir.path().join("out");
    billproof().arg("audit").arg(samples).arg("--out").arg(&out).assert().code(0);
    let of = |jobs: &str| -> BTreeMap<PathBuf, Vec<u8>> {
        billproof().arg("report").arg(&out).args(["--jobs", jobs]).assert().code(0);
        let files = walkdir::WalkDir::new(out.join("report")).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file());
        files.map(|e| (e.path().to_owned(), fs::read(e.path()).unwrap())).collect()
    };
    assert!(of("1") == of("4"));
}
