//! From an audit's folder to letters that can be sent.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::common::billproof;
use billproof::extract::{ExtractOptions, Extractor};
use billproof::file_kind::FileKind;
use regex::Regex;

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Audits the samples into `dir/out`.
fn audited(dir: &Path) -> PathBuf {
    let out = dir.join("out");
    billproof().arg("audit").arg(samples()).arg("--out").arg(&out).assert().code(0);
    out
}

fn letters(out: &Path, case: &str, more: &[&str]) -> String {
    let run = billproof().args(["letters", case, "--date", "2025-11-24", "--out"]).arg(out).args(more).assert().code(0);
    String::from_utf8(run.get_output().stdout.clone()).unwrap()
}

fn all_kinds() -> Vec<&'static str> {
    let kinds = billproof::letters::Kind::ALL.iter().flat_map(|k| ["--kind", k.as_str()]);
    kinds.chain(["--lang", "en,es"]).collect()
}

/// The files of a folder of letters with this ending.
fn files(out: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(out.join("letters"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().ends_with(ending))
        .collect();
    found.sort();
    found
}

fn part(docx: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(docx).unwrap()).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The paragraphs of a .docx.
fn paragraphs(docx: &Path) -> Vec<String> {
    let xml = part(docx, "word/document.xml");
    let ends = Regex::new(r"</w:p>").unwrap();
    let breaks = Regex::new(r"<w:br[^>]*>").unwrap();
    let tags = Regex::new(r"<[^>]*>").unwrap();
    let unescape = |s: &str| {
        s.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&apos;", "'")
            .replace("&#39;", "'")
            .replace("&amp;", "&")
    };
    let all = ends.split(&xml).map(|p| unescape(&tags.replace_all(&breaks.replace_all(p, " "), "")));
    all.map(|p| p.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|p| !p.is_empty()).collect()
}

/// The words of a .pdf as this program's own reader sees them, without the pages' numbers at their feet.
fn pdf_words(pdf: &Path) -> Vec<String> {
    let extractor = Extractor::new(ExtractOptions { cache: None, models: None, ..ExtractOptions::default() });
    let read = extractor.extract(FileKind::Pdf, &fs::read(pdf).unwrap()).unwrap();
    let words = read.text.pages.iter().flat_map(|p| p.words.iter().filter(|w| w.bbox.y1 < p.height - 50.0));
    words.map(|w| w.text.clone()).collect()
}

/// Every amount and date that the audit's output and the case's own file state, and what `billproof negotiate` makes of them,
/// as letters write them.
fn stated(out: &Path) -> Vec<String> {
    use billproof::letters::wording::{Lang, long_date, money, short_date};
    let mut all = Vec::new();
    let mut sources: Vec<String> =
        ["record.json", "cases.json"].iter().map(|f| fs::read_to_string(out.join(f)).unwrap()).collect();
    sources.push("\"2025-11-24\"".to_owned());
    for case in ["1-", "2-", "3-", "4-"] {
        let run = billproof().args(["negotiate", case, "--format", "json", "--out"]).arg(out).assert().code(0);
        sources.push(String::from_utf8(run.get_output().stdout.clone()).unwrap());
    }
    let amount = Regex::new(r#""(-?\d+(?:\.\d+)?)""#).unwrap();
    let day = Regex::new(r#""(\d{4}-\d\d-\d\d)""#).unwrap();
    for source in &sources {
        for m in amount.captures_iter(source) {
            let value: rust_decimal::Decimal = m[1].parse().unwrap();
            all.push(money(billproof::record::Money(value)));
        }
        for m in day.captures_iter(source) {
            let date: jiff::civil::Date = m[1].parse().unwrap();
            all.extend([short_date(date), long_date(date, Lang::En), long_date(date, Lang::Es)]);
        }
    }
    // What an account has in dispute is the sum of its disputed amounts, as `billproof case` shows it.
    for case in billproof::finished::read(out).unwrap() {
        all.extend(case.judged.accounts.iter().map(|a| money(a.in_dispute())));
    }
    all
}

#[test]
fn three_commands_from_the_samples_to_a_letter() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path());
    let said = letters(&out, "2-surgery", &[]);
    assert!(said.contains("error-dispute: ") && said.contains("to fill in: your street address"), "{said}");
    let names: Vec<String> = files(&out, ".docx").iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(names, ["2-surgery-duplicate-call-script.docx", "2-surgery-duplicate-error-dispute.docx"]);
    let text = paragraphs(&files(&out, "error-dispute.docx")[0]).join("\n");
    for part in [
        "MERCY RIDGE HEALTH SYSTEM",
        "Wayne E. Rosales",
        "H9656088",
        "$5,257.66",
        "$3,447.79",
        "J2250",
        "$18.70",
        "page 1, line 7",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let listed = letters(&out, "2-surgery", &["--list"]);
    assert!(Regex::new(r"(?m)^error-dispute +now ").unwrap().is_match(&listed), "{listed}");
    assert!(Regex::new(r"(?m)^settlement-offer +- +not yet: ").unwrap().is_match(&listed), "{listed}");
    assert!(letters(&out, "1-therapy", &[]).contains("calls for no letter now"));
}

#[test]
fn both_forms_say_the_same_and_open() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path());
    letters(&out, "3-emergency", &all_kinds());
    let all = files(&out, ".docx");
    assert!(all.len() >= 28, "{all:?}");
    let header_row = Regex::new(r"<w:tbl>.*?<w:tr>.*?<w:tblHeader").unwrap();
    // The marks of lists and the rules to sign on are each form's own.
    let mark = Regex::new(r"^(\d+\.|•|_+)$").unwrap();
    for docx in all {
        docx_rs::read_docx(&fs::read(&docx).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", docx.display()));
        let spanish = docx.to_string_lossy().ends_with("-es.docx");
        let lang = if spanish { "es-US" } else { "en-US" };
        assert!(part(&docx, "word/styles.xml").contains(&format!("<w:lang w:val=\"{lang}\"")));
        let xml = part(&docx, "word/document.xml");
        assert!(xml.contains(r#"w:w="12240" w:h="15840""#) || xml.contains(r#"w:h="15840""#), "US Letter");
        let numbering = part(&docx, "word/numbering.xml");
        let mut forms: Vec<&str> =
            numbering.split("<w:abstractNum w:abstractNumId=\"").skip(1).map(|f| f.split('"').next().unwrap()).collect();
        let count = forms.len();
        forms.sort_unstable();
        forms.dedup();
        assert_eq!(forms.len(), count, "{}: two lists share their marks", docx.display());
        let headed = header_row.is_match(&xml);
        assert!(headed || !xml.contains("F0F0F0"), "{}: a header row is not marked as one", docx.display());
        let counted = |words: &mut dyn Iterator<Item = &str>| -> BTreeMap<char, usize> {
            words.filter(|w| !mark.is_match(w)).flat_map(str::chars).fold(BTreeMap::new(), |mut n, c| {
                *n.entry(c).or_default() += 1;
                n
            })
        };
        // Our reader takes all quotation marks for the straight ones.
        let written = paragraphs(&docx).join(" ").replace(['“', '”'], "\"");
        let said = pdf_words(&docx.with_extension("pdf"));
        let a = counted(&mut written.split_whitespace());
        let b = counted(&mut said.iter().map(String::as_str));
        let differs: Vec<_> =
            a.keys().chain(b.keys()).filter(|c| a.get(c) != b.get(c)).map(|c| (*c, a.get(c), b.get(c))).collect();
        assert!(differs.is_empty(), "{}: {differs:?}\n{written}\n----\n{}", docx.display(), said.join(" "));
    }
}

#[test]
fn every_figure_of_every_letter_is_a_cell() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path());
    let known = stated(&out);
    let amounts = Regex::new(r"-?\$[\d,]+\.\d\d").unwrap();
    let months = "January|February|March|April|May|June|July|August|September|October|November|December";
    let dates =
        Regex::new(&format!(r"\d\d/\d\d/\d{{4}}|(?:{months}) \d{{1,2}}, \d{{4}}|\d{{1,2}} de [a-z]+ de \d{{4}}")).unwrap();
    let mut figures = 0;
    for case in ["1-", "2-", "3-", "4-"] {
        letters(&out, case, &all_kinds());
    }
    for docx in files(&out, ".docx") {
        let text = paragraphs(&docx).join("\n");
        for m in amounts.find_iter(&text).chain(dates.find_iter(&text)) {
            assert!(known.iter().any(|k| k == m.as_str()), "{}: {} stands in no cell", docx.display(), m.as_str());
            figures += 1;
        }
    }
    assert!(figures > 400, "{figures}");
}

#[test]
fn letters_are_their_owners_and_an_edited_one_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path());
    letters(&out, "3-emergency", &[]);
    let notice = out.join("letters/3-emergency-surprise-bill-no-surprises-notice.docx");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |p: &Path| fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&out.join("letters")), 0o700);
        for file in fs::read_dir(out.join("letters")).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }
    let before = fs::read(&notice).unwrap();
    letters(&out, "3-emergency", &[]);
    assert_eq!(fs::read(&notice).unwrap(), before);
    fs::write(&notice, b"edited").unwrap();
    assert!(letters(&out, "3-emergency", &[]).contains("was changed by hand and is kept"));
    assert_eq!(fs::read(&notice).unwrap(), b"edited");
    letters(&out, "3-emergency", &["--force"]);
    assert_eq!(fs::read(&notice).unwrap(), before);
}

#[test]
fn templates_go_out_and_come_back() {
    let dir = tempfile::tempdir().unwrap();
    let out = audited(dir.path());
    let own = dir.path().join("own");
    billproof().args(["letters", "--write-templates"]).arg(&own).assert().code(0);
    let path = own.join("en/no-surprises-notice.md");
    let text = fs::read_to_string(&path).unwrap().replace("# Notice under the No Surprises Act", "# Our own subject");
    fs::write(&path, text).unwrap();
    let templates = own.to_string_lossy().into_owned();
    letters(&out, "3-emergency", &["--templates", &templates, "--format", "docx"]);
    let notice = out.join("letters/3-emergency-surprise-bill-no-surprises-notice.docx");
    assert!(paragraphs(&notice).contains(&"Our own subject".to_owned()));
    assert!(!notice.with_extension("pdf").exists());
    fs::write(&path, "# A\n\n{{ no_such_value }}\n").unwrap();
    let run = billproof().args(["letters", "3-emergency", "--templates"]).arg(&own).arg("--out").arg(&out).assert().code(2);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("no-surprises-notice.md, line 3"), "{said}");
    let manual = billproof().args(["letters", "--manual"]).assert().code(0);
    assert!(String::from_utf8_lossy(&manual.get_output().stdout).contains("account_no"));
}
