//! Columns that are drawn: under its header a printed table may have a stroke for each column.
//!
//! ```text
//! TREATMENT   NOT REF   APPLIED CO-PAY
//! DATES   COVERED CODE   DEDUCT
//! --------- ------- ---- -------- ------
//! ```
//! Line printers leave one character between two columns, so that the words of neighbouring headings look like a phrase;
//! the strokes say where one ends and the next begins.

use std::borrow::Cow;

use super::stacking::Stack;
use crate::page_text::BBox;
use crate::text_lines::{Line, PageLines, Phrase, join};

/// Fewer strokes under a line are no columns.
const FEWEST: usize = 4;

/// The strokes between the last line of a band and the line below it, from left to right; empty where none are drawn or
/// they are no columns.
pub(super) fn runs(page: &PageLines, last: &Line, below: Option<&Cow<'_, Line>>) -> Vec<BBox> {
    let size = last.size();
    let foot = below.map_or(f32::INFINITY, |l| l.bbox.cy()).min(last.bbox.cy() + 2.2 * size);
    let under = page.rulings.iter().filter(|r| r.is_horizontal() && r.bbox.cy() > last.bbox.cy() && r.bbox.cy() < foot);
    let (mut runs, wide): (Vec<BBox>, Vec<BBox>) =
        under.map(|r| r.bbox).filter(|b| b.width() > 1.2 * size).partition(|b| b.width() < 0.4 * page.width);
    // one rule under the whole header, of which a scan has lost some
    runs.retain(|r| !wide.iter().any(|w| w.overlap_x(*r) > 0.9 * r.width() && (w.cy() - r.cy()).abs() < 0.3 * size));
    runs.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    runs.dedup_by(|b, a| (a.x0 - b.x0).abs() < 1.0 && (a.x1 - b.x1).abs() < 1.0);
    let apart = runs.windows(2).all(|w| w[1].x0 > w[0].x1);
    if runs.len() >= FEWEST && apart { runs } else { Vec::new() }
}

/// The words of a band by the strokes under them; `None` where a word stands over none, or a phrase over several.
pub(super) fn stacks(band: &[Cow<'_, Line>], runs: &[BBox]) -> Option<Vec<Stack>> {
    if runs.is_empty() {
        return None;
    }
    let mut out: Vec<Option<Stack>> = runs.iter().map(|_| None).collect();
    for line in band.iter().rev() {
        let mut i = 0;
        while i < line.words.len() {
            let at = over(line.words[i].bbox, runs)?;
            let end = (i..line.words.len()).find(|k| over(line.words[*k].bbox, runs) != Some(at)).unwrap_or(line.words.len());
            let words = &line.words[i..end];
            let bbox = BBox::around(words.iter().map(|w| w.bbox))?;
            let phrase = Phrase { text: join(words), bbox, first: i, end };
            match &mut out[at] {
                Some(s) => s.put(&phrase.text, bbox),
                empty => *empty = Some(Stack::new(&phrase, line.size())),
            }
            i = end;
        }
    }
    let widened = |(s, run): (Option<Stack>, &BBox)| {
        s.map(|mut s| {
            s.bbox.x0 = s.bbox.x0.min(run.x0);
            s.bbox.x1 = s.bbox.x1.max(run.x1);
            s
        })
    };
    Some(out.into_iter().zip(runs).filter_map(widened).collect())
}

/// The stroke over which most of a word stands.
fn over(word: BBox, runs: &[BBox]) -> Option<usize> {
    runs.iter().position(|r| word.overlap_x(*r) > 0.6 * word.width())
}

#[cfg(test)]
mod tests {
    use crate::page_text::{BBox, DocumentText, Ruling, Word};
    use crate::statement::{Field, Statement, Value};
    use crate::test_pages::{landscape, said, sheet, words_of};

    /// A page of a line printer: every character takes as much room as any other.
    fn printed(rows: &[&str]) -> Statement {
        const CELL: f32 = 5.22;
        let mut words = Vec::new();
        for (n, row) in rows.iter().enumerate() {
            let y = 24.3 + 11.4 * n as f32;
            let mut at = 0;
            for part in row.split(' ') {
                if !part.is_empty() {
                    let (x0, x1) = (42.0 + CELL * at as f32, 42.0 + CELL * (at + part.len()) as f32);
                    words.push(Word::digital(part, BBox::new(x0, y, x1, y + 8.7)));
                }
                at += part.len() + 1;
            }
        }
        landscape(words)
    }

    const REPORT: &[&str] = &[
        "                          LAKESIDE HEALTH PLAN  EXPLANATION OF BENEFITS",
        "",
        "PATIENT: ROE, JANE                          CLAIM NO: E1000200300",
        "PROVIDER: MEADOWBROOK HOSPITAL              STATUS: PROCESSED 09/29/25",
        "",
        "TREATMENT         TYPE OF           CPT/        AMOUNT       PPO       NOT REF   ALLOWED  APPLIED CO-PAY   PAYMENT   PATIENT",
        "DATES             SERVICE           REV         BILLED   SAVINGS   COVERED CODE   AMOUNT   DEDUCT           AMOUNT   PORTION",
        "----------------- ----------------- -------- --------- --------- --------- ---- -------- -------- ------ --------- ---------",
        "03/19/24-03/19/24 MED/SURG SEMI     RV 0120    2819.00   1595.55       .00 F9    1223.45   750.00    .00    473.45    750.00",
        "                  PRIVATE                                                  T22",
        "03/19/24-03/19/24 TROCAR 12MM DISPO RV 0272     246.31    150.08       .00 F9      96.23      .00    .00     96.23       .00",
        "03/19/24-03/19/24 METABOLIC PANEL   80048-26    132.51     75.50       .00 F9      57.01      .00  20.00     37.01     20.00",
        "                  BASIC CALCIUM",
        "03/19/24-03/19/24 CBC WITH AUTO     85025        63.24     39.44       .00 F9      23.80      .00    .00     23.80       .00",
        "                  DIFF",
        "03/19/24-03/19/24 IBUPROFEN 600MG   RV 0250     114.90     70.20     44.70 F9        .00      .00    .00       .00     44.70",
        "                                             --------- --------- ---------      -------- -------- ------ --------- ---------",
        "                  CLAIM TOTALS                 3375.96   1930.77     44.70       1400.49   750.00  20.00    630.49    814.70",
        "                  PATIENT RESPONSIBILITY FOR THIS CLAIM             814.70    PAID TO PROVIDER CHECK 0132012          630.49",
        "",
        "TOTALS FOR ALL CLAIMS ON THIS STATEMENT",
        "    TOTAL CHARGES ..........................         3375.96",
        "    TOTAL BENEFITS PAID ....................          630.49",
    ];

    #[test]
    fn columns_one_character_apart_are_told_by_the_strokes_under_their_heads() {
        let s = printed(REPORT);
        let said: Vec<String> = s
            .rows
            .iter()
            .map(|r| {
                let text = |f: Field| match r.cells.get(&f).map(|c| &c.value) {
                    Some(Value::Text(t) | Value::Code(t)) => t.clone(),
                    Some(Value::Money(m)) => m.to_string(),
                    _ => "?".to_owned(),
                };
                let fields =
                    [Field::Description, Field::NotCovered, Field::Allowed, Field::Deductible, Field::Copay, Field::PlanPaid];
                fields.map(text).join(" ")
            })
            .collect();
        assert_eq!(
            said,
            [
                "MED/SURG SEMI PRIVATE 0.00 1223.45 750.00 0.00 473.45",
                "TROCAR 12MM DISPO 0.00 96.23 0.00 0.00 96.23",
                "METABOLIC PANEL BASIC CALCIUM 0.00 57.01 0.00 20.00 37.01",
                "CBC WITH AUTO DIFF 0.00 23.80 0.00 0.00 23.80",
                "IBUPROFEN 600MG 44.70 0.00 0.00 0.00 0.00",
            ]
        );
        let revenue = |i: usize| s.rows[i].cells.get(&Field::RevenueCode).map(|c| c.raw.clone());
        assert_eq!((revenue(0), revenue(1)), (Some("RV 0120".to_owned()), Some("RV 0272".to_owned())));
        let sums = |f: Field| s.totals.iter().filter(|t| t.cells.contains_key(&f)).count();
        assert_eq!(sums(Field::Charge), 2, "a sum with words of its own is none of the column over it");
        let paid: Vec<String> = s.totals.iter().filter_map(|t| t.cells.get(&Field::PlanPaid)).map(|c| c.raw.clone()).collect();
        assert_eq!(paid, ["630.49", "630.49"]);
    }

    #[test]
    fn the_pieces_of_one_rule_of_a_scan_are_no_columns() {
        let row = |y: f32, what: &'static str, a: &'static str, b: &'static str| {
            (y, vec![(37.0, "09/22/2025"), (80.0, what), (-411.0, "1"), (-446.0, a), (-575.0, b)])
        };
        let lines = [
            (20.0, vec![(30.0, "Lakeside Orthopaedics"), (400.0, "Statement")]),
            (40.0, vec![(30.0, "Patient: Jane Roe"), (400.0, "Account 77270945")]),
            (60.0, vec![(46.0, "Date"), (216.0, "Description"), (-411.0, "Qty"), (-446.0, "Amount"), (-575.0, "Balance")]),
            row(76.0, "99214 EST PATIENT VISIT", "$250.00", "$250.00"),
            row(90.0, "20610-LT INJ/ASP LARGE JOINT", "$113.00", "$363.00"),
            row(104.0, "J3301 KENALOG PER 10 MG", "$33.12", "$396.12"),
        ];
        let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, l)| (*y, l.as_slice())).collect();
        let mut page = sheet(words_of(&lines));
        let pieces = [(32.0, 69.0), (73.0, 163.0), (170.0, 300.0), (304.0, 403.0), (411.0, 452.0), (459.0, 580.0), (32.0, 580.0)];
        page.rulings = pieces.map(|(x0, x1)| Ruling { bbox: BBox::new(x0, 71.0, x1, 71.5) }).to_vec();
        let s = crate::parse(&DocumentText { pages: vec![page] });
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["99214 EST PATIENT VISIT 250.00", "20610 INJ/ASP LARGE JOINT 113.00", "J3301 KENALOG PER 10 MG 33.12"]);
    }
}
