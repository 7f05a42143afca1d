use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{is_statement, read, read_workbook};
use crate::normalize::normalize_stated;
use crate::record::{ClaimStatus, DocKind, Document, LineKind, Money, Status};

fn document(bytes: &[u8]) -> Document {
    let part = read(bytes).unwrap().remove(0);
    normalize_stated(&part.statement, part.checks)
}

fn cents(c: i64) -> Option<Money> {
    Some(Money::from_cents(c))
}

const CLAIMS: &str = "\
My claims,,,,,,,,\n\
Member: Jane Q Public,,,,,,,,\n\
Plan,Tall Pine Health,,,,,,,\n\
\n\
Date of Service,Claim Number,Patient,Provider,Amount Billed,Plan Discount,Plan Paid,You Owe,Status\n\
03/03/2025,CLM9001,Jane Q Public,Lake Valley Clinic,\"$1,140.00\",20.00,1062.00,58,Processed\n\
03/09/2025,CLM9002,Jane Q Public,Harbor Imaging,240.00,,0.00,0.00,Pending\n\
Total,,,,1380.00,20.00,1062.00,58.00,\n\
This is not a bill.,,,,,,,,\n";

#[test]
fn an_insurers_list_of_claims_is_an_eob() {
    let d = document(CLAIMS.as_bytes());
    assert_eq!((d.kind, d.status, d.message.as_str()), (DocKind::Eob, Status::Ok, ""));
    assert_eq!((d.patient.as_slice(), d.payer.as_deref()), (&["Jane Q Public".to_owned()][..], Some("Tall Pine Health")));
    assert_eq!(d.claim_no, ["CLM9001", "CLM9002"]);
    assert_eq!((d.total_charges, d.total_plan_paid, d.patient_responsibility), (cents(138_000), cents(106_200), cents(5_800)));
    assert_eq!(d.lines.len(), 2);
    let l = &d.lines[0];
    assert_eq!(
        (l.charge, l.plan_discount, l.plan_paid, l.patient_responsibility),
        (cents(114_000), cents(2_000), cents(106_200), cents(5_800))
    );
    assert_eq!(l.provider.as_deref(), Some("Lake Valley Clinic"));
    assert_eq!((d.claims[0].status, d.claims[1].status), (Some(ClaimStatus::Processed), Some(ClaimStatus::Pending)));
    assert!(d.checks.iter().all(crate::record::ArithmeticCheck::holds) && d.checks.len() == 1);
}

#[test]
fn a_providers_export_is_a_bill_with_its_credits() {
    let text = "Account number;445512\nPatient;Jane Q Public\nStatement date;2025-04-02\n\n\
Service Date;Procedure Code;Description;Qty;Charges\n\
2025-03-03;99213-25;Office visit;1;140.00\n2025-03-03;85025;Blood count;1;32.50\n\
2025-03-20;;Insurance payment;;-100.00\n2025-03-20;;Contractual adjustment;;(30.00)\n";
    let d = document(text.as_bytes());
    assert_eq!((d.kind, d.status, d.account_no.as_slice()), (DocKind::ItemizedBill, Status::Ok, &["445512".to_owned()][..]));
    assert_eq!(d.statement_date.unwrap().to_string(), "2025-04-02");
    let kinds: Vec<_> = d.lines.iter().map(|l| (l.line_kind, l.charge, l.plan_paid, l.plan_discount)).collect();
    assert_eq!(
        kinds,
        [
            (LineKind::Service, cents(14_000), None, None),
            (LineKind::Service, cents(3_250), None, None),
            (LineKind::Payment, None, cents(10_000), None),
            (LineKind::Adjustment, None, None, cents(3_000)),
        ]
    );
    assert_eq!((d.lines[0].code.as_deref(), d.lines[0].modifiers.as_slice()), (Some("99213"), &["25".to_owned()][..]));
}

#[test]
fn encodings_and_separators_of_spreadsheets() {
    let tabs = CLAIMS.replace("\"$1,140.00\"", "$1140.00").replace(',', "\t");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain(tabs.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(document(&wide).lines, document(CLAIMS.as_bytes()).lines);
    let marked = [b"\xEF\xBB\xBF".as_slice(), CLAIMS.as_bytes()].concat();
    assert_eq!(document(&marked).lines, document(CLAIMS.as_bytes()).lines);
    let western = CLAIMS.replace("Lake Valley Clinic", "Clinique Sacr\u{e9}").chars().map(|c| c as u8).collect::<Vec<_>>();
    assert_eq!(document(&western).lines[0].provider.as_deref(), Some("Clinique Sacré"));
}

#[test]
fn a_cell_that_is_no_amount_is_named_with_its_row() {
    let d = document(CLAIMS.replace("1062.00,58,", "see note,58,").as_bytes());
    assert_eq!((d.status, d.lines.len()), (Status::Partial, 2));
    assert!(d.message.contains("row 6: no amount: see note"), "{}", d.message);
}

#[test]
fn tables_of_other_things_are_no_statements() {
    for text in [
        "path,sha256,case_id,kind,layout\na.pdf,0,c,eob,x\n",
        "case_id,path,page,line_no,doc_kind,line_kind,service_date,code,charge\nc,a.pdf,1,1,eob,service,2025-03-03,99213,1.00\n",
        "Column 1,Column 2,Effective Date,Deletion Date,Modifier\n0001A,0591T,20220421,*,0\n",
        "HCPCS,MOD,DESCRIPTION,STATUS,WORK RVU\n99213,,Visit,A,1.3\n",
        "description,code|1,code|1|type,setting,standard_charge|gross\nVisit,99213,CPT,both,140.00\n",
        "Date,Payee,Amount\n2025-03-03,Grocer,12.00\n",
        "Dear Jane,\nplease find enclosed, as agreed, the papers.\n",
        "",
    ] {
        assert!(!is_statement(text.as_bytes()), "{text}");
    }
    assert!(is_statement(CLAIMS.as_bytes()));
}

/// The parts of a workbook with one sheet of inline texts and numbers; `d:` marks a day as days since 1900.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let cell = |c: &&str| match c.strip_prefix("d:") {
        Some(day) => format!("<c s=\"1\"><v>{day}</v></c>"),
        None if c.parse::<f64>().is_ok() => format!("<c><v>{c}</v></c>"),
        None => format!("<c t=\"inlineStr\"><is><t>{c}</t></is></c>"),
    };
    let row = |r: &&[&str]| format!("<row>{}</row>", r.iter().map(cell).collect::<Vec<_>>().concat());
    let sheet = rows.iter().map(row).collect::<Vec<_>>().concat();
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let parts = [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>".to_owned()),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Claims\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
<Relationship Id=\"r2\" Type=\"{office}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{main}\"><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{sheet}</sheetData></worksheet>")),
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_is_read_sheet_by_sheet() {
    let bytes = workbook(&[
        &["Member:", "Jane Q Public"],
        &["Date of Service", "Claim Number", "Provider", "Billed Charges", "Plan Discount", "Plan Paid", "You Owe"],
        // 3 March 2025
        &["d:45719", "CLM9001", "Lake Valley Clinic", "140.1", "20", "100.1", "20"],
    ]);
    let part = read_workbook(&bytes).unwrap().remove(0);
    let d = normalize_stated(&part.statement, part.checks);
    assert_eq!((d.kind, d.status, d.lines.len()), (DocKind::Eob, Status::Ok, 1));
    let l = &d.lines[0];
    assert_eq!(
        (l.service_date.unwrap().to_string().as_str(), l.charge, l.plan_paid),
        ("2025-03-03", cents(14_010), cents(10_010))
    );
    assert_eq!(d.patient, ["Jane Q Public"]);
    assert!(read_workbook(&workbook(&[&["Date", "Payee", "Amount"], &["d:45719", "Grocer", "3"]])).is_err());
    assert!(read_workbook(&bytes[..200]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics(cut in 0usize..600, at in 0usize..600, byte: u8, noise in ".{0,200}") {
        let mut bytes = CLAIMS.as_bytes().to_vec();
        if let Some(b) = bytes.get_mut(at) {
            *b = byte;
        }
        bytes.truncate(cut);
        if let Ok(parts) = read(&bytes) {
            let _ = normalize_stated(&parts[0].statement, Vec::new());
        }
        let _ = read(noise.as_bytes());
    }
}
