//! Bills that list the visits of each procedure under its name:
//!
//! ```text
//! Code 97110   Mod. GP   THER EX EA 15 MIN
//! Visit    Units      Fee     Visit    Units      Fee
//! May 14       2   $81.34     May 26       2   $81.34
//! May 18       3  $122.01     May 30       2   $81.34
//!                        4 visits, 9 units: $366.03
//! ```
//! The headings say what stands in each entry (a day, perhaps a count, an amount), however many entries a line holds side by
//! side; the line right above them names the service of all of them. Headings that are not an entry's, and entries that
//! do not add up to the sum printed below them, are another kind of paper's.

use std::collections::BTreeMap;

use crate::columns::split_phrases;
use crate::grammar::{date::date, money, units};
use crate::page_text::BBox;
use crate::postings::Postings;
use crate::reading::{Setting, TableReading};
use crate::service_heads::named;
use crate::short_sums;
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed, Value};
use crate::text_lines::{Line, PageLines, Phrase};
use crate::tokens::{Token, TokenKind, tokens};
use crate::vocabulary::Vocabulary;

/// The name stands no farther above the headings than this, in sizes of type.
const STEP: f32 = 3.0;

/// Reads all such lists of a bill; nothing where there are none.
pub fn read(pages: &[PageLines], vocabulary: &Vocabulary, setting: &Setting) -> TableReading {
    let mut out = TableReading::default();
    let mut postings = Postings::default();
    let mut group: Option<Group> = None;
    for page in pages {
        for (i, line) in page.lines.iter().enumerate() {
            if let Some(counted) = entry_heads(line, vocabulary) {
                let above = i.checked_sub(1).map(|k| &page.lines[k]).filter(|a| near(a, line));
                let service = above.map(named).unwrap_or_default();
                // the second half of headings that stand side by side goes on with the same service
                let goes_on = service.is_empty() && group.as_ref().is_some_and(|g| g.counted == counted && !g.closed);
                if !goes_on {
                    group = (!service.is_empty()).then_some(Group { service, counted, from: out.rows.len(), closed: false });
                }
                continue;
            }
            let Some(g) = group.as_mut().filter(|g| !g.closed) else {
                postings.take(line, setting, &mut out.rows);
                continue;
            };
            if let Some(rows) = g.entries(line, setting) {
                out.rows.extend(rows);
            } else if postings.take(line, setting, &mut out.rows) {
                g.closed = true;
            } else if let Some(sum) = sum_below(line).filter(|_| g.from < out.rows.len()) {
                g.closed = true;
                let cells = BTreeMap::from([(Field::Charge, sum)]);
                out.totals.push(Total {
                    label: line.text(),
                    scope: TotalScope::Group,
                    cells,
                    rows: (g.from, out.rows.len()),
                    claim: None,
                });
            }
        }
    }
    if out.rows.iter().all(|r| r.kind != LineKind::Service) {
        return TableReading::default();
    }
    out.unparsed = out.totals.iter().filter_map(|t| lacking(t, &out.rows)).collect();
    postings.settle(&mut out.rows);
    out.columns = out.rows.iter().flat_map(|r| r.cells.keys().copied()).collect();
    out
}

fn near(above: &Line, line: &Line) -> bool {
    line.bbox.cy() - above.bbox.cy() < STEP * line.size().max(above.size())
}

/// Whether the entries under headings of this kind have a count; `None` where the line is no such headings. Behind a day or a
/// visit come the count and the charge, once or several times over.
fn entry_heads(line: &Line, vocabulary: &Vocabulary) -> Option<bool> {
    let heads = split_phrases(line, vocabulary);
    let field = |text: &str| match vocabulary.lookup(text)?.fields.as_slice() {
        [f] => Some(*f),
        _ => None,
    };
    let is_day = |text: &str| {
        let word = text.trim().to_lowercase();
        field(text) == Some(Field::ServiceDate) || matches!(word.as_str(), "visit" | "visits" | "session" | "day")
    };
    let is_entry = |entry: &[Phrase]| match entry {
        [day, between @ .., charge] => {
            let counted = between.iter().all(|p| field(&p.text) == Some(Field::Units));
            is_day(&day.text) && counted && field(&charge.text) == Some(Field::Charge)
        }
        _ => false,
    };
    let parted = |width: &usize| heads.len().is_multiple_of(*width) && heads.chunks(*width).all(is_entry);
    [3, 2].into_iter().find(parted).filter(|_| !heads.is_empty()).map(|width| width == 3)
}

/// A line of words that ends in an amount, the only one: what the entries above come to.
fn sum_below(line: &Line) -> Option<Cell> {
    let toks = tokens(line);
    let (amount, words) = toks.split_last()?;
    let only = words.iter().all(|t| !matches!(t.kind, TokenKind::Money | TokenKind::Date)) && !words.is_empty();
    let value = Value::Money(money::money(&amount.text).filter(|_| amount.kind == TokenKind::Money && only)?);
    Some(Cell { value, raw: amount.text.clone(), page: line.page, bbox: amount.bbox, confidence: amount.confidence })
}

/// Entries that come to another sum than the one below them were not all read.
fn lacking(t: &Total, rows: &[Row]) -> Option<Unparsed> {
    short_sums::lacking(t.cells.get(&Field::Charge)?, &t.label, rows.get(t.rows.0..t.rows.1)?, "visits")
}

/// The visits of one procedure.
struct Group {
    service: BTreeMap<Field, Cell>,
    /// Whether each entry has a count between its day and its amount.
    counted: bool,
    /// Its first row.
    from: usize,
    /// Whether its sum or something else has followed.
    closed: bool,
}

impl Group {
    /// The rows of a line that holds entries and nothing else.
    fn entries(&self, line: &Line, setting: &Setting) -> Option<Vec<Row>> {
        let toks = tokens(line);
        let width = if self.counted { 3 } else { 2 };
        if toks.is_empty() || !toks.len().is_multiple_of(width) {
            return None;
        }
        toks.chunks(width).map(|entry| self.row(entry, line.page, setting)).collect()
    }

    fn row(&self, entry: &[Token], page: u32, setting: &Setting) -> Option<Row> {
        let cell = |value: Value, t: &Token| Cell { value, raw: t.text.clone(), page, bbox: t.bbox, confidence: t.confidence };
        let (day, amount) = (entry.first()?, entry.last()?);
        let on = date(&day.text).filter(|_| day.kind == TokenKind::Date)?.resolve(setting.anchor)?;
        let charge = money::money(&amount.text).filter(|_| amount.kind == TokenKind::Money)?;
        let mut cells = self.service.clone();
        cells.insert(Field::ServiceDate, cell(Value::Date(on), day));
        cells.insert(Field::Charge, cell(Value::Money(charge), amount));
        if let [_, count, _] = entry {
            cells.insert(Field::Units, cell(Value::Number(units::units(&count.text)?), count));
        }
        let kind = if charge < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
        let bbox = BBox::around(entry.iter().map(|t| t.bbox))?;
        Some(Row { kind, cells, claim: None, page, bbox })
    }
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 8] = [
        Field::ServiceDate,
        Field::Code,
        Field::Modifiers,
        Field::Description,
        Field::Units,
        Field::Charge,
        Field::PlanPaid,
        Field::PlanDiscount,
    ];

    fn page(sum: &str) -> crate::statement::Statement {
        let heads: &[(f32, &str)] =
            &[(60.0, "Visit"), (-180.0, "Units"), (-280.0, "Fee"), (320.0, "Visit"), (-440.0, "Units"), (-540.0, "Fee")];
        read(&[
            (20.0, &[(30.0, "Stride Physical Therapy")]),
            (40.0, &[(60.0, "Patient"), (250.0, "Account no."), (440.0, "Statement date")]),
            (50.0, &[(60.0, "Jane Roe"), (250.0, "504-51204"), (440.0, "July 30, 2024")]),
            (100.0, &[(60.0, "Code 97110"), (130.0, "Mod. GP"), (190.0, "THER EX EA 15 MIN")]),
            (112.0, heads),
            (124.0, &[(60.0, "May 14"), (-180.0, "2"), (-280.0, "$81.34"), (320.0, "May 26"), (-440.0, "2"), (-540.0, "$81.34")]),
            (136.0, &[(60.0, "May 18"), (-180.0, "3"), (-280.0, "$122.01")]),
            (150.0, &[(400.0, "3 visits, 7 units:"), (-540.0, sum)]),
            (170.0, &[(60.0, "Code 97035"), (190.0, "ULTRASOUND THERAPY 15 MIN")]),
            (182.0, &[(60.0, "Visit"), (-180.0, "Units"), (-280.0, "Fee")]),
            (194.0, &[(60.0, "May 20"), (-180.0, "1"), (-280.0, "$29.85")]),
            (220.0, &[(60.0, "Received and adjusted")]),
            (234.0, &[(60.0, "Jun 20"), (130.0, "INSURANCE PAYMENT - SILVERLINE"), (-540.0, "$200.00 CR")]),
            (246.0, &[(60.0, "Jun 20"), (130.0, "INSURANCE ADJUSTMENT"), (-540.0, "$60.00 CR")]),
            (270.0, &[(300.0, "Balance to pay"), (-540.0, "$54.54")]),
        ])
    }

    #[test]
    fn visits_are_of_the_procedure_above_them() {
        let s = page("$284.69");
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2024-05-14 97110 GP THER EX EA 15 MIN 2 81.34 - -",
                "2024-05-26 97110 GP THER EX EA 15 MIN 2 81.34 - -",
                "2024-05-18 97110 GP THER EX EA 15 MIN 3 122.01 - -",
                "2024-05-20 97035 - ULTRASOUND THERAPY 15 MIN 1 29.85 - -",
                "2024-06-20 - - INSURANCE PAYMENT - SILVERLINE - - 200.00 -",
                "2024-06-20 - - INSURANCE ADJUSTMENT - - - 60.00",
            ]
        );
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
        assert!(!page("$384.69").unparsed.is_empty(), "a visit was not read");
    }
}
