use super::*;
use crate::page_text::{PageText, TextSource, Word};
use crate::text_lines::page_lines;

/// A page of lines of phrases; an amount stands flush right at its place.
fn page(lines: &[&[(f32, &str)]]) -> PageLines {
    let mut words = Vec::new();
    for (row, line) in lines.iter().enumerate() {
        let y = 100.0 + 11.0 * row as f32;
        for (x, phrase) in *line {
            let width = 4.2 * phrase.chars().count() as f32;
            let mut at = if phrase.starts_with('$') { x - width } else { *x };
            for w in phrase.split(' ') {
                let end = at + 4.2 * w.chars().count() as f32;
                words.push(Word::digital(w, BBox::new(at, y, end, y + 8.5)));
                at = end + 2.4;
            }
        }
    }
    page_lines(&PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: Vec::new(),
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    })
}

fn text(row: &Row, f: Field) -> String {
    row.cells.get(&f).map(|c| format!("{:?}", c.value)).unwrap_or_default()
}

#[test]
fn words_beside_a_list_of_amounts_name_the_service() {
    let card: &[&[(f32, &str)]] = &[
        &[(48.0, "OFFICE VISIT LEVEL 4"), (284.0, "Amount billed"), (560.0, "$210.00")],
        &[(48.0, "March 9, 2025"), (284.0, "Plan discount"), (560.0, "$60.00")],
        &[(48.0, "Procedure 99214-25 Units 1"), (284.0, "Allowed amount"), (560.0, "$150.00")],
        &[(48.0, "See note A1, B2"), (296.0, "Your copay"), (560.0, "$30.00")],
        &[(284.0, "What you owe"), (560.0, "$30.00")],
        &[(284.0, "Adjustments: CO-45 60.00; PR-3 30.00")],
    ];
    let second: &[&[(f32, &str)]] = &[
        &[(48.0, "ELECTRODE PACK LARGE"), (284.0, "Amount billed"), (560.0, "$22.00")],
        &[(48.0, "Revenue code 0270"), (284.0, "What you owe"), (560.0, "$0.00")],
    ];
    let sum: &[&[(f32, &str)]] = &[&[
        (48.0, "All services of this claim"),
        (300.0, "Billed"),
        (400.0, "$232.00"),
        (430.0, "Your share"),
        (560.0, "$30.00"),
    ]];
    let got = read(&[page(&[card, second, sum].concat())], Vocabulary::builtin(), &Setting::default()).unwrap();
    assert_eq!(got.rows.len(), 2);
    let first = &got.rows[0];
    assert_eq!(text(first, Field::Description), "Text(\"OFFICE VISIT LEVEL 4\")");
    assert_eq!(text(first, Field::Code), "Code(\"99214\")");
    assert_eq!(text(first, Field::RemarkCodes), "List([\"A1\", \"B2\"])");
    assert!(first.cells.contains_key(&Field::ServiceDate) && first.cells.contains_key(&Field::Units));
    assert!(text(first, Field::Adjustments).contains("\"45\"") && text(first, Field::Adjustments).contains("\"PR\""));
    assert_eq!(first.cells.keys().filter(|f| is_money_field(**f)).count(), 5);
    assert_eq!(text(&got.rows[1], Field::RevenueCode), "Code(\"0270\")");
    assert!(!got.rows[1].cells.contains_key(&Field::ServiceDate), "what is not printed stays empty");
    assert_eq!(got.totals.len(), 1);
}

#[test]
fn labels_without_words_beside_them_are_no_cards() {
    let lines: Vec<Vec<(f32, &str)>> = ["Amount billed", "Plan discount", "Allowed amount", "What you owe"]
        .iter()
        .map(|l| vec![(284.0, *l), (560.0, "$10.00")])
        .collect();
    let lines: Vec<&[(f32, &str)]> = lines.iter().map(Vec::as_slice).collect();
    assert!(read(&[page(&lines)], Vocabulary::builtin(), &Setting::default()).is_none());
}

/// Lines of a list whose labels end where their amounts begin to stand: the words of the label end at 460.
fn flush_right<'a>(left: Option<&'a str>, label: &'a str, amount: &'a str) -> Vec<(f32, &'a str)> {
    let words = label.split(' ').count() as f32;
    let width = 4.2 * (label.chars().count() as f32 - (words - 1.0)) + 2.4 * (words - 1.0);
    left.map(|l| (54.0, l)).into_iter().chain([(460.0 - width, label), (558.0, amount)]).collect()
}

#[test]
fn labels_flush_right_make_a_list_too() {
    let lines = [
        vec![(48.0, "Your services")],
        flush_right(Some("March 9, 2025"), "Billed", "$210.00"),
        flush_right(Some("OFFICE VISIT LEVEL 4"), "Insurance paid", "$120.00"),
        flush_right(Some("CPT 99214-25"), "Adjustment", "$60.00"),
        flush_right(None, "You owe", "$30.00"),
        flush_right(None, "Total billed", "$210.00"),
        flush_right(None, "Total insurance payments", "$120.00"),
        flush_right(None, "Total you owe", "$30.00"),
    ];
    let lines: Vec<&[(f32, &str)]> = lines.iter().map(Vec::as_slice).collect();
    let got = read(&[page(&lines)], Vocabulary::builtin(), &Setting::default()).unwrap();
    assert_eq!(got.rows.len(), 1, "{:?}", got.rows);
    assert!(got.rows.iter().all(reckons));
    assert_eq!(text(&got.rows[0], Field::Description), "Text(\"OFFICE VISIT LEVEL 4\")");
    assert_eq!(text(&got.rows[0], Field::Code), "Code(\"99214\")");
}

#[test]
fn a_box_of_sums_beside_the_facts_of_the_account_is_no_card() {
    let lines = [
        flush_right(Some("Company Lakeside Health Plan"), "Billed", "$210.00"),
        flush_right(Some("Member ID W867308266"), "Insurance paid", "$120.00"),
        flush_right(Some("Group A1592-55"), "Adjustment", "$60.00"),
        flush_right(None, "You owe", "$30.00"),
    ];
    let lines: Vec<&[(f32, &str)]> = lines.iter().map(Vec::as_slice).collect();
    assert!(read_reckoned(&[page(&lines)], Vocabulary::builtin(), &Setting::default()).is_none());
}
