//! Summary bills: departments with their amounts in two lists beside each other, and what they come to somewhere else.
//!
//! ```text
//! The cost of your care    Insurance discount    Insurance paid    You owe
//! $4,233.77              - $2,298.26           - $1,420.75       = $514.76
//!
//! Emergency room      $2,660.00      Laboratory      $521.44
//! CT scan               $704.76      Pharmacy        $347.57
//! ```
//! Nothing closes such a list: it is one only where it adds up, to the cent, to a sum of charges that a table states, or to the
//! amount from which a line of amounts takes all its others.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::credits::credit;
use crate::grammar::money;
use crate::page_text::BBox;
use crate::reading::{TableReading, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, Value};
use crate::text_lines::{Line, PageLines};
use crate::tokens::{Token, TokenKind, tokens};
use crate::total_labels::is_total_label;

/// Fewer lines, or fewer departments, are no list.
const FEWEST_LINES: usize = 2;
const FEWEST: usize = 3;

/// More lists than this do not stand beside each other.
const MOST_BESIDE: usize = 3;

/// The widest step between two lines of a list, in sizes of type.
const STEP: f32 = 3.0;

/// Right edges within so many sizes of type are one column.
const FLUSH: f32 = 0.6;

/// Reads the lists that add up to one of these sums of charges; nothing where none does.
pub fn read(pages: &[PageLines], sums: &[Total]) -> TableReading {
    let of_tables = sums.iter().filter_map(|t| money_of(&t.cells, Field::Charge));
    let of_lines = pages.iter().flat_map(|p| &p.lines).filter_map(taken_apart);
    let stated: Vec<Money> = of_tables.chain(of_lines).filter(|m| *m > Money::ZERO).collect();
    let mut out = TableReading::default();
    if stated.is_empty() {
        return out;
    }
    for page in pages {
        let entries: Vec<Option<Vec<Entry>>> = page.lines.iter().map(entries).collect();
        let Some(list) = (0..entries.len()).find_map(|from| list(&entries, &page.lines, from, &stated)) else { continue };
        out.rows.extend(list.into_iter().map(Entry::row));
        out.columns.extend([Field::Description, Field::Charge]);
        break;
    }
    out
}

/// The first amount of a line of nothing but amounts, if the others are what it falls into.
fn taken_apart(line: &Line) -> Option<Money> {
    let sign = |t: &Token| !t.text.chars().any(char::is_alphanumeric);
    let amounts: Option<Vec<Money>> = tokens(line).iter().filter(|t| !sign(t)).map(|t| money::money(&t.text)).collect();
    let (first, others) = amounts.as_deref().and_then(<[Money]>::split_first)?;
    let parts: Money = others.iter().map(|m| m.abs()).sum();
    (others.len() >= 2 && parts == *first).then_some(*first)
}

/// The list that begins on this line, as far as its columns go and as it adds up.
fn list(lines: &[Option<Vec<Entry>>], printed: &[Line], from: usize, stated: &[Money]) -> Option<Vec<Entry>> {
    let first = lines.get(from)?.as_ref()?;
    let size = printed.get(from)?.size();
    let edges: Vec<f32> = first.iter().map(|e| e.amount.bbox.x1).collect();
    let mut out: Vec<Entry> = Vec::new();
    let mut last = from;
    for (i, line) in lines.iter().enumerate().skip(from) {
        let Some(line) = line else { break };
        let near = printed[i].bbox.cy() - printed[last].bbox.cy() < STEP * size;
        // the last line may have an entry for the first list alone
        let aligned =
            line.len() <= edges.len() && line.iter().zip(&edges).all(|(e, x)| (e.amount.bbox.x1 - x).abs() < FLUSH * size);
        if !near || !aligned {
            break;
        }
        out.extend(line.iter().cloned());
        last = i;
    }
    let sum: Money = out.iter().map(|e| e.value).sum();
    let beside = edges.len() > 1 && last + 1 - from >= FEWEST_LINES && out.len() >= FEWEST;
    (beside && stated.contains(&sum)).then_some(out)
}

/// The first list of one column among these lines, and where it stands.
pub(crate) fn one_column(lines: &[&Line]) -> Option<(Range<usize>, Vec<Entry>)> {
    let single = |l: &Line| entries(l).filter(|e| e.len() == 1).and_then(|mut e| e.pop());
    let from = lines.iter().position(|l| single(l).is_some())?;
    let mut out: Vec<Entry> = Vec::new();
    for (i, line) in lines.iter().enumerate().skip(from) {
        let Some(entry) = single(line) else { break };
        let size = line.size();
        let follows = |last: &Entry| {
            let step = line.bbox.cy() - lines[i - 1].bbox.cy();
            step < STEP * size && (entry.amount.bbox.x1 - last.amount.bbox.x1).abs() < FLUSH * size
        };
        if !out.last().is_none_or(follows) {
            break;
        }
        out.push(entry);
    }
    Some((from..from + out.len(), out))
}

/// A department and its amount.
#[derive(Clone)]
pub(crate) struct Entry {
    label: String,
    words: BBox,
    amount: Token,
    value: Money,
    page: u32,
}

impl Entry {
    pub(crate) fn amount(&self) -> Money {
        self.value
    }

    pub(crate) fn row(self) -> Row {
        let bbox = self.words.union(self.amount.bbox);
        let (page, confidence) = (self.page, self.amount.confidence);
        let name = Cell { value: Value::Text(self.label.clone()), raw: self.label, page, bbox: self.words, confidence };
        let charge =
            Cell { value: Value::Money(self.value), raw: self.amount.text.clone(), page, bbox: self.amount.bbox, confidence };
        let cells = BTreeMap::from([(Field::Description, name), (Field::Charge, charge)]);
        let kind = if self.value < Money::ZERO { LineKind::Reversal } else { LineKind::Service };
        Row { kind, cells, claim: None, page, bbox }
    }
}

/// The entries of a line that has nothing else.
fn entries(line: &Line) -> Option<Vec<Entry>> {
    let mut out = Vec::new();
    let mut label: Vec<Token> = Vec::new();
    for t in tokens(line) {
        if t.kind != TokenKind::Money {
            label.push(t);
            continue;
        }
        let text = label.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
        let text = text.trim_end_matches(['.', ' ', ':', '_']).to_owned();
        let named = text.chars().filter(|c| c.is_alphabetic()).count() >= 2 && text.len() <= 60;
        if !named || is_total_label(&text) || credit(&text, None).is_some() {
            return None;
        }
        let words = BBox::around(label.iter().map(|t| t.bbox))?;
        out.push(Entry { label: text, words, value: money::money(&t.text)?, amount: t, page: line.page });
        label.clear();
    }
    (label.is_empty() && (1..=MOST_BESIDE).contains(&out.len())).then_some(out)
}

#[cfg(test)]
mod tests {
    use crate::statement::{DocKind, Field, Statement};
    use crate::test_pages::{read, said};

    fn bill(culture: &str) -> Statement {
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (500.0, "Billing statement")]),
            (40.0, &[(30.0, "Hello Jane,")]),
            (52.0, &[(30.0, "This letter of April 18, 2025 tells what is left to pay on account V8628129341 for the care that")]),
            (62.0, &[(30.0, "Jane Roe received on April 4, 2025. We sent the charges to Lakeside Health Insurance.")]),
            (
                100.0,
                &[
                    (30.0, "Total charges"),
                    (160.0, "Insurance discount"),
                    (290.0, "Insurance paid"),
                    (420.0, "You paid"),
                    (550.0, "You owe"),
                ],
            ),
            (116.0, &[(30.0, "$1,000.00"), (160.0, "$300.00"), (290.0, "$500.00"), (420.0, "$0.00"), (550.0, "$200.00")]),
            (150.0, &[(30.0, "What your care was made up of")]),
            (164.0, &[(30.0, "Emergency Room"), (-250.0, "$700.00"), (300.0, "Laboratory"), (-560.0, "$150.00")]),
            (176.0, &[(30.0, "Pharmacy"), (-250.0, "$100.00"), (300.0, "Culture"), (-560.0, culture)]),
        ])
    }

    #[test]
    fn departments_in_two_lists_are_proved_by_the_sum_of_charges() {
        let s = bill("$50.00");
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect();
        assert_eq!(rows, ["Emergency Room 700.00", "Laboratory 150.00", "Pharmacy 100.00", "Culture 50.00"]);
        assert_eq!(s.kind, DocKind::SummaryBill);
        let stated = |f: Field| s.header.get(&f).map(|c| c[0].raw.clone()).unwrap_or_default();
        assert_eq!(stated(Field::TotalCharges), "$1,000.00");
        assert_eq!(stated(Field::TotalDiscount), "$300.00");
        assert_eq!(stated(Field::BalanceDue), "$200.00");
        assert_eq!(stated(Field::Payer).trim_end_matches('.'), "Lakeside Health Insurance");
        assert!(s.header.contains_key(&Field::StatementDate) && s.header.contains_key(&Field::ServiceFrom));
        assert!(bill("$60.00").rows.is_empty(), "what does not add up is no list");
    }
}
