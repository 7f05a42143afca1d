//! The sum of a group, which has the words of the group's heading for its name:
//!
//! ```text
//! RADIOLOGY
//! 03/09/2025   0324   71046 - CHEST XRAY 2 VIEWS     1     $394.00
//! RADIOLOGY total                                          $394.00
//! ```
//! `BILIRUBIN TOTAL` is a service: no group is called `BILIRUBIN`.
//!
//! Where the first column is narrow the words may fit no column at all; they are the sum's all the same. Were one of several
//! such sums passed over, the next would seem to be that of both groups.

use crate::columns::Column;
use crate::table::{BodyLine, Role, Table, has_amount, identifies};
use crate::tokens::TokenKind;

/// Makes sums of such lines.
pub(crate) fn mark(table: &mut Table) {
    let mut heading = String::new();
    for line in &mut table.lines {
        if line.role == Role::Heading {
            heading = words(&line.text);
        } else if is_open(line, &table.columns) && !heading.is_empty() {
            let text = line.assigned.cells.iter().filter(|(t, _)| t.kind != TokenKind::Money).map(|(t, _)| t.text.as_str());
            let name = words(&text.collect::<Vec<_>>().join(" "));
            if of_group(&name).is_some_and(|n| n == heading) {
                line.role = Role::Total;
            }
        }
    }
}

/// Whether a line with an amount has nothing that makes a service of it.
fn is_open(line: &BodyLine, columns: &[Column]) -> bool {
    let amount = || line.role == Role::Anchor || line.role == Role::Outside && has_amount(&line.assigned, columns);
    amount() && !identifies(&line.assigned, columns)
}

/// Whether a label is that of the sum of the group under this heading: `Total IV THERAPY`, `RADIOLOGY total`.
pub(crate) fn is_sum_of(label: &str, heading: &str) -> bool {
    let heading = words(heading);
    !heading.is_empty() && of_group(&words(label)).is_some_and(|group| group == heading)
}

/// What is left of a label without the word for a sum.
fn of_group(label: &str) -> Option<&str> {
    let behind = || ["subtotal ", "sub-total ", "total for ", "total "].iter().find_map(|w| label.strip_prefix(w));
    [" total", " totals"].iter().find_map(|w| label.strip_suffix(w)).or_else(behind)
}

/// Small letters and single spaces, without what a heading ends in on its next page.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let whole = ["(cont.)", "(continued)", "continued"].iter().fold(lower.as_str(), |t, end| t.trim_end().trim_end_matches(end));
    let bare = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    whole.split_whitespace().map(bare).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::is_sum_of;
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_heading_with_total_behind_it_is_the_sum_of_its_group() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (40.0, &[(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, &[(46.0, "Date"), (126.0, "Code"), (202.0, "Service"), (-420.0, "Qty"), (-540.0, "Amount")]),
            (80.0, &[(46.0, "RADIOLOGY")]),
            (90.0, &[(46.0, "05/02/2025"), (126.0, "71046"), (202.0, "CHEST XRAY"), (-420.0, "1"), (-540.0, "394.00")]),
            (100.0, &[(46.0, "RADIOLOGY total"), (-540.0, "394.00")]),
            (120.0, &[(46.0, "LABORATORY")]),
            (130.0, &[(46.0, "05/02/2025"), (126.0, "82247"), (202.0, "BILIRUBIN TOTAL"), (-420.0, "1"), (-540.0, "31.00")]),
            (140.0, &[(202.0, "PROTEIN TOTAL"), (-420.0, "1"), (-540.0, "12.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["CHEST XRAY 394.00", "BILIRUBIN TOTAL 31.00", "PROTEIN TOTAL 12.00"]);
    }

    #[test]
    fn a_sum_whose_words_fit_no_column_is_one_all_the_same() {
        let heads: &[(f32, &str)] =
            &[(30.0, "Service Date"), (90.0, "Rev Cd"), (128.0, "Procedure"), (-300.0, "Qty"), (-370.0, "Charge")];
        let row = |words: &'static str, rev: &'static str, sum: &'static str| {
            [(30.0, "04/07/2025"), (90.0, rev), (128.0, words), (-300.0, "1"), (-370.0, sum)]
        };
        let (er, blood, iv, film) = (
            row("99283 ED VISIT", "0450", "742.81"),
            row("85610 PT/INR", "0305", "45.31"),
            row("96374 IV PUSH", "0260", "251.06"),
            row("71046 CHEST XRAY", "0324", "440.35"),
        );
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (60.0, heads),
            (70.0, &[(30.0, "EMERGENCY ROOM")]),
            (80.0, &er),
            (90.0, &[(30.0, "EMERGENCY ROOM total"), (-370.0, "742.81")]),
            (100.0, &[(30.0, "LABORATORY")]),
            (110.0, &blood),
            (120.0, &[(30.0, "LABORATORY total"), (-370.0, "45.31")]),
            (130.0, &[(30.0, "IV THERAPY")]),
            (140.0, &iv),
            (150.0, &[(30.0, "IV THERAPY total"), (-370.0, "251.06")]),
            (160.0, &[(30.0, "MED/SURG AND RADIOLOGY")]),
            (170.0, &film),
            (180.0, &[(30.0, "MED/SURG AND RADIOLOGY total"), (-370.0, "440.35")]),
        ]);
        let sums: Vec<&str> = s.totals.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(sums, ["EMERGENCY ROOM total", "LABORATORY total", "IV THERAPY total", "MED/SURG AND RADIOLOGY total"]);
        assert_eq!(s.rows.len(), 4);
    }

    #[test]
    fn the_word_for_the_sum_stands_before_or_behind_the_name() {
        assert!(is_sum_of("Total IV THERAPY", "IV THERAPY (cont.)") && is_sum_of("SUBTOTAL - RADIOLOGY", "RADIOLOGY"));
        assert!(!is_sum_of("Total charges", "RADIOLOGY") && !is_sum_of("Total", "") && !is_sum_of("RADIOLOGY", "RADIOLOGY"));
    }
}
