use super::*;
use crate::page_text::{PageText, TextSource, Word};
use crate::test_pages::said;
use crate::text_lines::page_lines;

fn paper(lines: &[&str]) -> Vec<PageLines> {
    let mut words = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let (mut x, y) = (40.0, 30.0 + 14.0 * n as f32);
        for w in line.split(' ') {
            let width = 5.0 * w.chars().count() as f32;
            words.push(Word::digital(w, BBox::new(x, y, x + width, y + 10.0)));
            x += width + 2.8;
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
    vec![page_lines(&page)]
}

#[test]
fn what_names_a_service_behind_amounts_opens_the_next_one() {
    let pages = paper(&[
        "Service: Office visit",
        "Date of service: 06/18/2025",
        "Procedure code: 99213",
        "Amount billed: $165.00",
        "Plan paid: $91.80",
        "Service: Blood count",
        "Date of service: 06/19/2025",
        "Procedure code: 85025",
        "Amount billed: $41.00",
        "Plan paid: $11.60",
    ]);
    let got = read(&pages, Vocabulary::builtin(), &Setting { eob: true, ..Setting::default() });
    let raw = |f: Field| got.rows.iter().map(|r| r.cells.get(&f).map_or("", |c| c.raw.as_str())).collect::<Vec<_>>();
    assert_eq!(raw(Field::Description), ["Office visit", "Blood count"]);
    assert_eq!(raw(Field::ServiceDate), ["06/18/2025", "06/19/2025"]);
    assert_eq!(raw(Field::Code), ["99213", "85025"]);
    assert_eq!(raw(Field::Charge), ["$165.00", "$41.00"]);
    assert_eq!(raw(Field::PlanPaid), ["$91.80", "$11.60"]);
}

#[test]
fn a_misread_amount_leaves_the_rest_of_the_service_alone() {
    let lines =
        ["Office visit 06/18/2025", "Amount billed $165.00", "Allowed amount $91.8", "Plan paid $71.80", "Coinsurance $ 20.00"];
    let mut page = PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words: Vec::new(),
        rulings: vec![],
        source: TextSource::Ocr,
        to_page: PageText::IDENTITY,
        bend: None,
    };
    for (n, line) in lines.iter().enumerate() {
        // Two pairs beside each other, the amounts at the right of either.
        let (row, left) = if n == 0 { (0, 40.0) } else { (1 + (n - 1) / 2, if n % 2 == 1 { 40.0 } else { 320.0 }) };
        let mut x: f32 = left;
        for w in line.split(' ') {
            if w.starts_with('$') {
                x = x.max(left + 120.0) + 9.0;
            }
            let y = 30.0 + 14.0 * row as f32;
            let bbox = BBox::new(x, y, x + 5.0 * w.len() as f32, y + 10.0);
            page.words.push(Word { source: TextSource::Ocr, confidence: 0.99, ..Word::digital(w, bbox) });
            x = bbox.x1 + if w == "$" { 8.0 } else { 2.8 };
        }
    }
    let got = read(&[page_lines(&page)], Vocabulary::builtin(), &Setting { eob: true, ..Setting::default() });
    let raw = |f: Field| got.rows.iter().map(|r| r.cells.get(&f).map_or("", |c| c.raw.as_str())).collect::<Vec<_>>();
    assert_eq!(raw(Field::Charge), ["$165.00"]);
    assert_eq!(raw(Field::Allowed), [""], "what was not read is blank");
    assert_eq!((raw(Field::PlanPaid), raw(Field::Coinsurance)), (vec!["$71.80"], vec!["20.00"]));
}

#[test]
fn amounts_before_their_words_are_not_those_of_the_words_before_them() {
    let pages = paper(&[
        "Keep it with your records and compare.",
        "Selected claims: $375.00 charged by providers, $163.40 paid to providers, $41.60 you may be billed in total.",
        "Office visit 06/18/2025",
        "Amount billed: $165.00",
        "Plan paid: $91.80",
    ]);
    let got = read(&pages, Vocabulary::builtin(), &Setting { eob: true, ..Setting::default() });
    let raw = |f: Field| got.rows.iter().map(|r| r.cells.get(&f).map_or("", |c| c.raw.as_str())).collect::<Vec<_>>();
    assert_eq!((raw(Field::Charge), raw(Field::PlanPaid)), (vec!["$165.00"], vec!["$91.80"]));
}

#[test]
fn titles_may_be_numbered_and_hold_the_days() {
    for days in ["02/11/2025 - 02/12/2025", "02/11/2025- 02/12/2025", "02/11/2025 through 02/12/2025", "2025-02-11-2025-02-12"] {
        let pages = paper(&[
            &format!("Service 1. 99284-25 ED VISIT LEVEL 4 {days}"),
            "Amount billed: $165.00",
            "Plan paid: $91.80",
            &format!("Service 2. BLOOD DRAW {days}"),
            "Amount billed: $16.00",
            "Plan paid: $9.80",
        ]);
        let got = read(&pages, Vocabulary::builtin(), &Setting { eob: true, ..Setting::default() });
        let fields = [Field::Code, Field::Description, Field::ServiceDate, Field::ServiceDateTo];
        let rows: Vec<String> = got.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["99284 ED VISIT LEVEL 4 2025-02-11 2025-02-12", "- BLOOD DRAW 2025-02-11 2025-02-12"], "{days}");
    }
}

#[test]
fn a_total_behind_the_pairs_that_name_a_service_is_its_charge() {
    let pages = paper(&[
        "GROUND MILEAGE",
        "Service date: 07/27/2025",
        "Procedure code: A0425-RH",
        "Total charge: $646.27",
        "Plan paid: $397.94",
        "Claim totals",
        "Total charge: $646.27",
        "Plan paid: $397.94",
    ]);
    let got = read(&pages, Vocabulary::builtin(), &Setting { eob: true, ..Setting::default() });
    let rows: Vec<String> = got.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::Charge])).collect();
    assert_eq!(rows, ["A0425 GROUND MILEAGE 646.27"]);
    assert_eq!(got.totals.len(), 1);
}

#[test]
fn code_and_count_close_the_title_with_their_labels() {
    let pages = paper(&[
        "ED VISIT LEVEL 4 Code 99284-25, 1 unit(s) 02/11/2025",
        "Amount billed: $165.00",
        "Plan paid: $91.80",
        "Basic Metabolic Panel Procedure 80048 02/11/2025",
        "Amount billed: $16.00",
        "Plan paid: $9.80",
        "DRESSING TRAY, 2 unit(s) 02/11/2025",
        "Amount billed: $12.00",
        "Plan paid: $6.80",
    ]);
    let got = read(&pages, Vocabulary::builtin(), &Setting { eob: true, ..Setting::default() });
    let fields = [Field::Code, Field::Modifiers, Field::Description, Field::Units];
    let rows: Vec<String> = got.rows.iter().map(|r| said(r, &fields)).collect();
    assert_eq!(rows, ["99284 25 ED VISIT LEVEL 4 1", "80048 - Basic Metabolic Panel -", "- - DRESSING TRAY 2"]);
}
