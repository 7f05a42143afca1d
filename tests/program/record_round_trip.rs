//! What documents.csv and lines.csv say reads back as what was written, so that a corrected record can be audited again.

use std::fs::File;
use std::path::Path;

use billproof::export::csv::{DocumentRow, line_rows, write};
use billproof::record::{Adjustment, BBox, DocKind, Document, LineKind, Money, Network, ServiceLine, Status, TextOrigin};
use billproof::record_csv::read_record;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use rust_decimal::Decimal;

/// Text as it stands on papers: no ends of blanks, which no cell keeps, and nothing but what can be printed.
fn text() -> impl Strategy<Value = String> {
    "[-=+@A-Za-z0-9][ -~]{0,20}[A-Za-z0-9.\"]"
}

fn name() -> impl Strategy<Value = String> {
    "[A-Z][a-z]{1,8} [A-Z][a-z']{1,10}"
}

fn money() -> impl Strategy<Value = Option<Money>> {
    option::of((-99_999_999i64..99_999_999).prop_map(Money::from_cents))
}

fn date() -> impl Strategy<Value = Option<jiff::civil::Date>> {
    option::of((2015i16..2035, 1i8..=12, 1i8..=28).prop_map(|(y, m, d)| jiff::civil::date(y, m, d)))
}

fn line() -> impl Strategy<Value = ServiceLine> {
    let kind =
        prop_oneof![Just(LineKind::Service), Just(LineKind::Payment), Just(LineKind::Adjustment), Just(LineKind::Reversal)];
    let words =
        (option::of(text()), option::of(text()), option::of(name()), vec("[A-Z0-9]{2}", 0..4), vec("[A-Z][0-9]{1,3}", 0..3));
    let codes = (
        option::of("[0-9]{5}"),
        option::of("0[0-9]{3}"),
        date(),
        date(),
        option::of((1i64..9999).prop_map(|n| Decimal::new(n, 1))),
    );
    let amounts = (money(), money(), money(), money(), money(), money(), money(), money());
    let adjustment = ("CO|PR|OA", "[0-9]{1,3}", -99_999i64..99_999);
    let adjustment = adjustment.prop_map(|(group, carc, cents)| Adjustment { group, carc, amount: Money::from_cents(cents) });
    (kind, words, codes, amounts, vec(adjustment, 0..3), 0u16..=10_000).prop_map(
        |(kind, words, codes, amounts, adjustments, sure)| {
            let mut line = ServiceLine::empty(kind, 1, 1);
            (line.description, line.claim_no, line.patient, line.modifiers, line.remark_codes) = words;
            (line.code, line.revenue_code, line.service_date, line.service_date_to, line.units) = codes;
            let (charge, allowed, discount, not_covered, deductible, copay, plan_paid, share) = amounts;
            (line.charge, line.allowed, line.plan_discount, line.not_covered) = (charge, allowed, discount, not_covered);
            (line.deductible, line.copay, line.plan_paid, line.patient_responsibility) = (deductible, copay, plan_paid, share);
            line.adjustments = adjustments;
            line.confidence = f32::from(sure) / 10_000.0;
            line.bbox = BBox::new(36.0, 100.5, 500.0, 110.5);
            line
        },
    )
}

fn document() -> impl Strategy<Value = Document> {
    let words = (text(), text(), vec(name(), 0..3), option::of(text()), vec(name(), 0..2), option::of(text()));
    let numbers = (vec("[A-Z0-9]{6,10}", 0..3), vec("[A-Z0-9]{6,10}", 0..3), date(), date(), money(), money());
    (words, numbers, vec(line(), 0..6)).prop_map(|(words, numbers, lines)| {
        let mut d = Document::empty("");
        (d.case_id, d.message, d.patient, d.member_id, d.provider, d.payer) = words;
        (d.account_no, d.claim_no, d.statement_date, d.admitted, d.total_charges, d.balance_due) = numbers;
        (d.kind, d.status, d.network) = (DocKind::ItemizedBill, Status::Partial, Some(Network::Out));
        (d.text_source, d.pages) = (Some(TextOrigin::Mixed), 2);
        d.lines = lines;
        for (i, line) in d.lines.iter_mut().enumerate() {
            line.line_no = i as u32 + 1;
        }
        d
    })
}

fn save(documents: &[Document], dir: &Path) -> [String; 2] {
    let path = |name: &str| dir.join(name);
    write(&mut File::create(path("documents.csv")).unwrap(), documents.iter().map(DocumentRow)).unwrap();
    write(&mut File::create(path("lines.csv")).unwrap(), line_rows(documents)).unwrap();
    ["documents.csv", "lines.csv"].map(|name| std::fs::read_to_string(path(name)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_reads_back(documents in vec(document(), 0..5)) {
        let dir = tempfile::tempdir().unwrap();
        let mut documents = documents;
        for (i, d) in documents.iter_mut().enumerate() {
            d.path = format!("case {i}/bill, \"{i}\".pdf");
        }
        let written = save(&documents, dir.path());
        let read = read_record(dir.path()).unwrap();
        prop_assert_eq!(written, save(&read, dir.path()));
    }
}
