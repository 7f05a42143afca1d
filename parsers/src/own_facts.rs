//! Rows that were made of the paper's own facts: a panel at the side has a label with a day under it, amounts of something else
//! stand on the same height, and together they look like a service.
//!
//! ```text
//! DATE OF BIRTH              Charges            121.38
//! 07/18/1986                 Written off          0.00
//! ```
//! No service is called after a fact of the patient or of the account. Such a row is not given, and is told.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::columns::is_money_field;
use crate::statement::{Cell, Field, LineKind, Row, Total, Unparsed, Value};
use crate::subtotals;

/// What papers call a day or a number of the patient, the account or the paper itself, with nothing behind it but such another.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let fact = r"(?:(?:patient'?s?\s+)?(?:date\s+of\s+birth|birth\s*date|d\.?o\.?b\.?)|(?:statement|bill(?:ing)?|invoice|due|print(?:ed)?|letter|notice)\s+(?:date|no\.?|number)|date\s+(?:printed|due|billed)|(?:account|acct|member|subscriber|policy|group|guarantor|patient|insured|medical\s+record|mrn)(?:'?s)?(?:\s+(?:no\.?|number|id|i\.d\.|name|date\s+of\s+birth|\#))?)";
    Regex::new(&format!(r"(?i)^{fact}(?:\s*[/,:]?\s+{fact})*\s*:?$")).expect("a constant pattern")
});

/// Whether words are the label of such a fact and nothing else.
fn is_label(text: &str) -> bool {
    LABEL.is_match(text.trim())
}

/// Takes such rows out, and tells of each.
pub(crate) fn take_out(rows: &mut Vec<Row>, totals: &mut [Total]) -> Vec<Unparsed> {
    let named_after = |r: &Row| match r.cells.get(&Field::Description).map(|c| &c.value) {
        Some(Value::Text(text)) => r.kind == LineKind::Service && !r.cells.contains_key(&Field::Code) && is_label(text),
        _ => false,
    };
    let mut told = Vec::new();
    for i in (0..rows.len()).rev().filter(|i| named_after(&rows[*i])).collect::<Vec<_>>() {
        let row = rows.remove(i);
        subtotals::shift(totals, i);
        let text = match row.cells.get(&Field::Description).map(|c| &c.value) {
            Some(Value::Text(text)) => text.clone(),
            _ => String::new(),
        };
        let reason = "amounts beside a fact of the paper's own, which is no service".to_owned();
        told.push(Unparsed { page: row.page, bbox: row.bbox, text, reason });
    }
    told
}

/// Takes out the rows named by a number of the paper's own: `H8662229   March 4, 2025   $981.66` on the slip to be sent with a
/// payment is the account with what is asked for.
pub(crate) fn take_numbers(rows: &mut Vec<Row>, totals: &mut [Total], header: &BTreeMap<Field, Vec<Cell>>) {
    let of_header = [Field::AccountNo, Field::ClaimNo, Field::MemberId];
    let numbers: Vec<&Value> = of_header.iter().filter_map(|f| header.get(f)).flatten().map(|c| &c.value).collect();
    let numbered = |r: &Row| {
        let words = r.cells.get(&Field::Description).map(|c| &c.value);
        r.kind == LineKind::Service && !r.cells.contains_key(&Field::Code) && words.is_some_and(|w| numbers.contains(&w))
    };
    // `PATIENT | DUE DATE | DATE OF VISIT | BALANCE DUE` over a name, two days and what is asked for: no service is charged there
    let due = header.get(&Field::BalanceDue).map_or(&[][..], Vec::as_slice);
    let asks = |r: &Row| {
        let mut amounts = r.cells.iter().filter(|(f, _)| is_money_field(**f));
        let only = amounts.next().filter(|(f, _)| matches!(f, Field::PatientResponsibility | Field::Balance));
        let asked = only.is_some_and(|(_, c)| due.iter().any(|d| d.value == c.value));
        r.kind == LineKind::Service && !r.cells.contains_key(&Field::Code) && asked && amounts.next().is_none()
    };
    let of_paper = |i: &usize| numbered(&rows[*i]) || asks(&rows[*i]);
    for i in (0..rows.len()).rev().filter(of_paper).collect::<Vec<_>>() {
        rows.remove(i);
        subtotals::shift(totals, i);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;
    use crate::statement::TotalScope;

    fn row(name: &str) -> Row {
        let value = Value::Text(name.to_owned());
        let cell = Cell { value, raw: String::new(), page: 1, bbox: BBox::default(), confidence: 1.0 };
        let cells = BTreeMap::from([(Field::Description, cell)]);
        Row { kind: LineKind::Service, cells, claim: None, page: 1, bbox: BBox::default() }
    }

    #[test]
    fn no_service_is_called_after_a_fact_of_the_paper() {
        let mut rows = vec![row("DATE OF BIRTH"), row("OFFICE VISIT"), row("Patient Account No.")];
        let mut totals =
            [Total { label: String::new(), scope: TotalScope::Document, cells: BTreeMap::new(), rows: (0, 3), claim: None }];
        assert_eq!(take_out(&mut rows, &mut totals).len(), 2);
        assert_eq!((rows.len(), totals[0].rows), (1, (0, 1)));
    }

    #[test]
    fn what_services_are_called_is_no_label() {
        for text in ["Patient", "Date of birth:", "Account number", "Statement date", "MEMBER ID / DOB"] {
            assert!(is_label(text), "{text}");
        }
        for text in ["EST PATIENT VISIT LEVEL 3", "GROUP THERAPY", "PATIENT EDUCATION", "DATE OF BIRTH CERTIFICATE", ""] {
            assert!(!is_label(text), "{text}");
        }
    }

    #[test]
    fn what_is_asked_for_beside_a_name_is_no_service() {
        let cell = |m: &str| {
            let value = Value::Money(crate::grammar::money::money(m).unwrap());
            Cell { value, raw: m.to_owned(), page: 1, bbox: BBox::default(), confidence: 1.0 }
        };
        let header = BTreeMap::from([(Field::BalanceDue, vec![cell("38.00")])]);
        let left = |amount: &str, charge: Option<&str>| {
            let mut r = row("Jane Roe");
            r.cells.insert(Field::PatientResponsibility, cell(amount));
            r.cells.extend(charge.map(|c| (Field::Charge, cell(c))));
            let mut rows = vec![r, row("OFFICE VISIT")];
            take_numbers(&mut rows, &mut [], &header);
            rows.len()
        };
        assert_eq!(left("38.00", None), 1);
        assert_eq!(left("37.00", None), 2, "what is left of a service");
        assert_eq!(left("38.00", Some("210.00")), 2, "a service with its charge");
    }

    #[test]
    fn the_number_of_the_account_is_no_service() {
        let mut rows = vec![row("OFFICE VISIT"), row("H8662229")];
        let header = BTreeMap::from([(Field::AccountNo, vec![row("H8662229").cells[&Field::Description].clone()])]);
        take_numbers(&mut rows, &mut [], &header);
        assert_eq!(rows.len(), 1);
        take_numbers(&mut rows, &mut [], &BTreeMap::new());
        assert_eq!(rows.len(), 1, "a service stays");
    }
}
