//! Lists of sums by revenue code, printed again behind the services that they add up:
//!
//! ```text
//! SUMMARY OF CHARGES BY REVENUE CODE
//! 0272  STERILE SUPPLIES     576.14    0370  ANESTHESIA       1,174.57
//! 0301  LAB CHEMISTRY        108.53    0636  DRUGS              111.40
//! ```
//! Such a line may be laid into the columns of the services and look like one. That it is none the figures prove: each sum is
//! what the charges of the services of its code come to, to the cent. Of such a list, once most of the codes are proved, the
//! lines that do not add up (a figure of a scan was misread) are no services either; but those are told.

use std::collections::{BTreeMap, BTreeSet};

use crate::credits::credit;
use crate::grammar::{code, money};
use crate::reading::{Draft, Setting, money_of};
use crate::statement::{Field, LineKind, Money, Row, Total, Unparsed, Value};
use crate::subtotals;
use crate::text_lines::{Line, PageLines};
use crate::tokens::{TokenKind, tokens};

/// More sums do not stand beside each other.
const MOST_BESIDE: usize = 3;

/// Fewer sums may be what they are by chance.
const FEWEST: usize = 2;

/// Takes the rows that were made of such lists out, and tells of those that the services do not add up to.
pub(crate) fn take_out(rows: &mut Vec<Row>, totals: &mut [Total], pages: &[PageLines]) -> Vec<Unparsed> {
    let of_list: Vec<Option<Vec<(String, Money)>>> = rows.iter().map(|r| sums_of(r, pages)).collect();
    let mut charged: BTreeMap<String, Money> = BTreeMap::new();
    for row in rows.iter().zip(&of_list).filter(|(_, sums)| sums.is_none()).map(|(r, _)| r) {
        if let (Some(code), Some(m)) = (revenue_code(row), money_of(&row.cells, Field::Charge)) {
            *charged.entry(code).or_default() += m;
        }
    }
    let proved = |(code, sum): &(String, Money)| charged.get(code) == Some(sum);
    // sums that became no row prove the list as well
    let printed = pages.iter().flat_map(|p| &p.lines).filter_map(entries).flatten().filter(proved);
    let codes: BTreeSet<String> = printed.map(|(code, _)| code).collect();
    if codes.len() < FEWEST || codes.len() * 2 <= charged.len() {
        return Vec::new();
    }
    let mut told = Vec::new();
    for i in (0..rows.len()).rev() {
        let Some(sums) = &of_list[i] else { continue };
        let row = rows.remove(i);
        subtotals::shift(totals, i);
        if !sums.iter().all(proved) {
            let text = row.cells.get(&Field::Description).map(|c| c.raw.clone()).unwrap_or_default();
            let reason = "stands in a list of sums by revenue code, and the services do not add up to it".to_owned();
            told.push(Unparsed { page: row.page, bbox: row.bbox, text, reason });
        }
    }
    told
}

/// The sums of the line of which a row was made; `None` where it says of a service what no sum has.
fn sums_of(row: &Row, pages: &[PageLines]) -> Option<Vec<(String, Money)>> {
    let of_service = [Field::ServiceDate, Field::Code, Field::Units, Field::Modifiers];
    if row.kind != LineKind::Service || of_service.iter().any(|f| row.cells.contains_key(f)) {
        return None;
    }
    let page = pages.iter().find(|p| p.number == row.page)?;
    let within = |l: &&Line| row.bbox.y0 <= l.bbox.cy() && l.bbox.cy() <= row.bbox.y1 && l.bbox.overlap_x(row.bbox) > 0.0;
    page.lines.iter().filter(within).find_map(entries)
}

fn revenue_code(row: &Row) -> Option<String> {
    match &row.cells.get(&Field::RevenueCode)?.value {
        Value::Code(code) => Some(code.clone()),
        _ => None,
    }
}

/// The codes and sums of a line that holds nothing else: `0301  LAB CHEMISTRY  108.53`, once or several times over.
fn entries(line: &Line) -> Option<Vec<(String, Money)>> {
    let mut out: Vec<(String, Money)> = Vec::new();
    let mut words = String::new();
    for t in tokens(line) {
        if t.kind != TokenKind::Money {
            words = format!("{words} {}", t.text);
            continue;
        }
        let (figures, name) = words.trim().split_once(' ')?;
        let named = name.chars().filter(|c| c.is_alphabetic()).count() >= 2;
        let code = code::revenue_code(figures).filter(|_| named && matches!(figures.len(), 3 | 4))?;
        out.push((code, money::money(&t.text)?));
        words.clear();
    }
    (words.is_empty() && (1..=MOST_BESIDE).contains(&out.len())).then_some(out)
}

/// Whether it is a line of a list of sums by revenue code behind the services of a bill, where each of those has its day:
/// `0111 Room And Board 5,281.76   0324 Radiology 325.31`.
pub(crate) fn is_recap(d: &Draft, setting: &Setting) -> bool {
    let of_service = [Field::Code, Field::Units, Field::Modifiers, Field::UnitPrice, Field::Credits];
    let credited = || credit(&d.text, setting.payer.as_deref()).is_some();
    !setting.eob && d.closed && !d.dated && d.identified && !of_service.iter().any(|f| d.row.cells.contains_key(f)) && !credited()
}

#[cfg(test)]
mod tests {
    use crate::statement::{Field, Statement};
    use crate::test_pages::{read, said};

    fn bill(drugs: &str) -> Statement {
        read(&[
            (40.0, &[(30.0, "Lakeside Hospital"), (400.0, "Detail of charges")]),
            (60.0, &[(30.0, "Description of service"), (300.0, "HCPCS"), (-420.0, "Qty"), (-520.0, "Total charges")]),
            (80.0, &[(30.0, "REV CODE 0301 LAB CHEMISTRY")]),
            (90.0, &[(36.0, "SERVICE DATE 04/30/2025")]),
            (100.0, &[(40.0, "BASIC METABOLIC PANEL"), (300.0, "80048"), (-420.0, "1"), (-520.0, "108.53")]),
            (110.0, &[(300.0, "TOTAL REV CODE 0301"), (-520.0, "108.53")]),
            (120.0, &[(30.0, "REV CODE 0636 DRUGS")]),
            (130.0, &[(36.0, "SERVICE DATE 04/30/2025")]),
            (140.0, &[(40.0, "MIDAZOLAM 1MG INJ"), (-420.0, "2"), (-520.0, "15.00")]),
            (150.0, &[(36.0, "SERVICE DATE 05/01/2025")]),
            (160.0, &[(40.0, "FENTANYL 0.1MG INJ"), (300.0, "J3010"), (-420.0, "1"), (-520.0, "20.28")]),
            (170.0, &[(300.0, "TOTAL REV CODE 0636"), (-520.0, "35.28")]),
            (180.0, &[(30.0, "TOTAL CHARGES"), (-520.0, "143.81")]),
            (200.0, &[(30.0, "SUMMARY OF CHARGES BY REVENUE CODE")]),
            (
                212.0,
                &[
                    (30.0, "0301"),
                    (60.0, "LAB CHEMISTRY"),
                    (-250.0, "108.53"),
                    (300.0, "0636"),
                    (330.0, "DRUGS"),
                    (-520.0, drugs),
                ],
            ),
        ])
    }

    #[test]
    fn the_sums_of_the_codes_are_no_services() {
        let s = bill("35.28");
        let fields = [Field::ServiceDate, Field::RevenueCode, Field::Description, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want = [
            "2025-04-30 0301 BASIC METABOLIC PANEL 108.53",
            "2025-04-30 0636 MIDAZOLAM 1MG INJ 15.00",
            "2025-05-01 0636 FENTANYL 0.1MG INJ 20.28",
        ];
        assert_eq!(rows, want);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }
}
