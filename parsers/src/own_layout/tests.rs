use super::*;
use crate::page_text::{DocumentText, PageText, Word};
use crate::parse::Reader;
use crate::statement::{LineKind, Money, Statement};

/// A page of lines, each of pieces that begin at the given places.
fn paper(lines: &[&[(f32, &str)]]) -> DocumentText {
    let mut words = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let y = 40.0 + 14.0 * n as f32;
        for (x, text) in *line {
            let mut at = *x;
            for w in text.split(' ') {
                let width = 4.2 * w.chars().count() as f32;
                words.push(Word::digital(w, BBox::new(at, y, at + width, y + 8.0)));
                at += width + 2.2;
            }
        }
    }
    let page = PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: vec![],
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    };
    DocumentText { pages: vec![page] }
}

/// A statement whose heads say nothing to anybody, whose amounts have no point and whose days come first.
fn odd() -> DocumentText {
    paper(&[
        &[(36.0, "QUARTZ HILL INFIRMARY")],
        &[(36.0, "Ledger of care"), (300.0, "Case ref: QH-77120")],
        &[(36.0, "For: Wilma Tarn")],
        &[(36.0, "")],
        &[(36.0, "Tag"), (80.0, "Seen"), (160.0, "Ticket"), (240.0, "Wherefore"), (420.0, "Ct"), (470.0, "Val")],
        &[(36.0, "A"), (80.0, "25/03/2025"), (160.0, "CPT:99213"), (240.0, "Consultation"), (420.0, "1"), (470.0, "14000")],
        &[(36.0, "A"), (80.0, "26/03/2025"), (160.0, "CPT:85025"), (240.0, "Blood count"), (420.0, "2"), (470.0, "6500")],
        &[(36.0, "X"), (80.0, "26/03/2025"), (160.0, "ORDER 7"), (240.0, "see chart"), (470.0, "9900")],
        &[(36.0, "Kind regards")],
    ])
}

const ODD: &str = r#"
name = "quartz_hill"
kind = "itemized_bill"
[recognize]
top = ["Quartz Hill Infirmary"]
all = ["/^ledger of/"]
none = ["Explanation of benefits"]
[facts]
account_no = { label = ["Case ref"] }
provider = { value = "Quartz Hill Infirmary" }
patient = { pattern = 'For: (.+)' }
[table]
start = "Wherefore"
end = "Kind regards"
row = ['/^A\b/']
"#;

const BY_EDGES: &str = r#"
[[column]]
field = "ignored"
x = [30, 70]
[[column]]
field = "service_date"
x = [75, 150]
form = "day_first"
[[column]]
field = "code"
x = [155, 230]
pattern = 'CPT:(\w+)'
[[column]]
field = "description"
x = [235, 400]
[[column]]
field = "units"
x = [410, 440]
[[column]]
field = "charge"
x = [460, 520]
form = "cents"
"#;

fn read(text: &DocumentText, descriptions: &[&str]) -> Statement {
    let mut reader = Reader::default();
    for d in descriptions {
        reader.add_layout(OwnLayout::from_toml(d).unwrap()).unwrap();
    }
    reader.parse(text)
}

fn services(s: &Statement) -> Vec<(String, String, String, Money)> {
    let text = |c: Option<&Cell>| match c.map(|c| &c.value) {
        Some(Value::Text(t) | Value::Code(t)) => t.clone(),
        Some(Value::Date(d)) => d.to_string(),
        _ => String::new(),
    };
    let money = |c: Option<&Cell>| if let Some(Value::Money(m)) = c.map(|c| &c.value) { *m } else { Money::ZERO };
    s.rows
        .iter()
        .filter(|r| r.kind == LineKind::Service)
        .map(|r| {
            let get = |f: Field| r.cells.get(&f);
            (text(get(Field::ServiceDate)), text(get(Field::Code)), text(get(Field::Description)), money(get(Field::Charge)))
        })
        .collect()
}

fn expected() -> Vec<(String, String, String, Money)> {
    vec![
        ("2025-03-25".into(), "99213".into(), "Consultation".into(), Money::from_cents(14000)),
        ("2025-03-26".into(), "85025".into(), "Blood count".into(), Money::from_cents(6500)),
    ]
}

#[test]
fn a_description_reads_what_the_grammar_cannot() {
    let text = odd();
    assert_ne!(services(&read(&text, &[])), expected());
    let got = read(&text, &[&format!("{ODD}{BY_EDGES}")]);
    assert_eq!(got.layout, "quartz_hill");
    assert_eq!(got.kind, DocKind::ItemizedBill);
    assert_eq!(services(&got), expected());
    let stated = |f: Field| match got.header.get(&f).and_then(|c| c.first()).map(|c| &c.value) {
        Some(Value::Text(t)) => t.clone(),
        _ => String::new(),
    };
    assert_eq!(stated(Field::AccountNo), "QH-77120");
    assert_eq!(stated(Field::Provider), "Quartz Hill Infirmary");
    assert_eq!(stated(Field::Patient), "Wilma Tarn");
}

#[test]
fn columns_are_found_by_their_heads_too() {
    let heads = ["Tag", "Seen", "Ticket", "Wherefore", "Ct", "Val"];
    let mut columns = BY_EDGES.to_owned();
    let edges: Vec<String> = columns.lines().filter(|l| l.starts_with("x = ")).map(str::to_owned).collect();
    for (head, edge) in heads.iter().zip(&edges) {
        columns = columns.replacen(edge, &format!("head = \"{head}\""), 1);
    }
    assert_eq!(services(&read(&odd(), &[&format!("{ODD}{columns}")])), expected());
}

#[test]
fn columns_without_places_are_told_by_their_order() {
    let columns: String = BY_EDGES.lines().filter(|l| !l.starts_with("x = ")).flat_map(|l| [l, "\n"]).collect();
    assert_eq!(services(&read(&odd(), &[&format!("{ODD}{columns}")])), expected());
}

#[test]
fn two_claims_are_a_tie_and_neither_reads() {
    let one = format!("{ODD}{BY_EDGES}");
    let two = one.replace("quartz_hill", "quartz_hill_old");
    let got = read(&odd(), &[&one, &two]);
    assert_eq!(got.tie, ["quartz_hill", "quartz_hill_old"]);
    assert_eq!(got.layout, read(&odd(), &[]).layout);
}

#[test]
fn a_paper_that_lacks_a_word_or_has_one_too_many_is_not_claimed() {
    let pages = crate::text_lines::document_lines(&odd());
    let of = |d: &str| OwnLayout::from_toml(d).unwrap().recognize(&pages);
    assert!(of(ODD).claims);
    let lacks = of(&ODD.replace("/^ledger of/", "Itemisation"));
    assert!(!lacks.claims);
    assert!(lacks.reasons.contains(&"\"Itemisation\" does not stand on any page".to_owned()), "{:?}", lacks.reasons);
    let much = of(&ODD.replace("Explanation of benefits", "kind regards"));
    assert!(!much.claims && much.reasons.iter().any(|r| r.contains("must not stand there, and does on page 1")));
}

#[test]
fn faults_are_told_as_a_compiler_tells_them() {
    let fault =
        |from: &str, to: &str| OwnLayout::from_toml(&format!("{ODD}{BY_EDGES}").replacen(from, to, 1)).unwrap_err().to_string();
    let told = [
        fault("name = \"quartz_hill\"", "name = \"Quartz Hill\""),
        fault("name = \"quartz_hill\"", "name = \"generic\""),
        fault("kind = \"itemized_bill\"", "kind = \"itemised_bill\""),
        fault("top = ", "tops = "),
        fault("top = [\"Quartz Hill Infirmary\"]\nall = [\"/^ledger of/\"]", ""),
        fault("account_no", "acount_no"),
        fault("account_no = { label = [\"Case ref\"] }", "account_no = { value = \"77\" }"),
        fault("'For: (.+)'", "'For: .+'"),
        fault("'/^A\\b/'", "'/^(A/'"),
        fault("field = \"units\"", "field = \"unit\""),
        fault("field = \"units\"", "field = \"patient\""),
        fault("x = [460, 520]", "x = [520, 460]"),
        fault("x = [460, 520]", "head = \"Val\""),
        fault("form = \"cents\"", "form = \"pence\""),
    ];
    assert_eq!(
        told.join("\n"),
        "2:8: name: a name has small letters, digits and underscores only\n\
         2:8: name: a builtin layout has this name\n\
         3:8: kind: unknown name `itemised_bill`; did you mean `itemized_bill`?\n\
         5:1: recognize.tops: unknown key `tops`; did you mean `top`?\n\
         4:1: recognize: says of no words that they must stand on the paper: give `top`, `all` or `any`\n\
         9:1: facts.acount_no: unknown field `acount_no`; did you mean `account_no`?\n\
         9:1: facts.account_no: cannot be the same on every paper; give its `label` or a `pattern`\n\
         11:23: facts.patient.pattern: needs one group in parentheses around what is to be taken\n\
         15:8: table.row[1]: no regular expression: unclosed group\n\
         32:9: column[5].field: unknown field `unit`; did you mean `units`?\n\
         32:9: column[5].field: is a field of the header, not of rows\n\
         36:5: column[6].x: needs the left edge and the right edge in points, the left one first\n\
         35:9: column[6].field: all columns are found in one way: by `head`, by `x`, or by their order\n\
         37:8: column[6].form: unknown name `pence`; known are day_first, cents, whole_dollars"
    );
}

#[test]
fn the_example_of_the_manual_is_a_description() {
    let manual = manual();
    let example = manual.split("```toml").nth(1).and_then(|t| t.split("```").next()).unwrap();
    let layout = OwnLayout::from_toml(example).unwrap();
    assert_eq!(layout.name(), "riverside_account");
}

#[test]
fn a_first_description_claims_its_sample_and_reads_the_same_rows() {
    let text = paper(&[
        &[(36.0, "LARCH COUNTY CLINIC")],
        &[(36.0, "Itemized Statement"), (300.0, "Account number: 88120")],
        &[(36.0, "Patient: Ida Mae Quill"), (300.0, "Statement date: 04/02/2025")],
        &[(36.0, "")],
        &[(36.0, "Date"), (110.0, "Code"), (170.0, "Description"), (380.0, "Units"), (440.0, "Charge")],
        &[(36.0, "03/03/2025"), (110.0, "99213"), (170.0, "Office visit"), (380.0, "1"), (440.0, "140.00")],
        &[(36.0, "03/04/2025"), (110.0, "85025"), (170.0, "Blood count"), (380.0, "2"), (440.0, "65.00")],
        &[(170.0, "Total charges"), (440.0, "205.00")],
    ]);
    let before = read(&text, &[]);
    let written = draft(&text).unwrap();
    assert_eq!((written.rows, written.same), (2, 2), "{}", written.toml);
    let after = read(&text, &[&written.toml]);
    assert_eq!(after.layout, written.name);
    assert_eq!(services(&after), services(&before));
    for private in ["Ida", "Quill", "88120", "205.00", "140"] {
        assert!(!written.toml.contains(private), "{private}: {}", written.toml);
    }
    assert!(draft(&paper(&[&[(36.0, "Dear neighbour")]])).is_none());
}

#[test]
fn slips_of_the_recogniser_are_forgiven_in_long_words_only() {
    let mut text = odd();
    for w in &mut text.pages[0].words {
        w.source = TextSource::Ocr;
        w.text = w.text.replace("INFIRMARY", "INFlRMARY").replace("Ledger", "1edger");
    }
    let pages = crate::text_lines::document_lines(&text);
    let of = |d: &str| OwnLayout::from_toml(d).unwrap().recognize(&pages).claims;
    assert!(of("name = \"a\"\n[recognize]\nall = [\"Quartz Hill Infirmary\"]"));
    assert!(!of("name = \"a\"\n[recognize]\nall = [\"Ledger\"]"));
}
