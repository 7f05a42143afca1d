//! What kind of paper it is by the columns of its tables, or by its blocks of labels and values, where no word says so; and
//! whether the rows of a bill are its services or the departments that they were summed up by.

use std::collections::BTreeSet;

use crate::label_value;
use crate::reading::Setting;
use crate::statement::{DocKind, Field, LineKind, Row, Value};
use crate::table::{Role, Table};
use crate::text_lines::PageLines;
use crate::vocabulary::Vocabulary;

/// The amounts that who settles a claim reckons of a charge.
const OF_SETTLING: [Field; 8] = [
    Field::Allowed,
    Field::PlanPaid,
    Field::PatientResponsibility,
    Field::PlanDiscount,
    Field::NotCovered,
    Field::Deductible,
    Field::Coinsurance,
    Field::Copay,
];

/// How many columns a table has, by what it `has`, of those in which an EOB says how a claim was settled.
pub fn columns_of_settling(has: impl Fn(Field) -> bool) -> usize {
    OF_SETTLING.into_iter().filter(|f| has(*f)).count()
}

/// Whether the columns that a table `has` are those of an EOB: a provider's own list may say what a plan paid and took off, but
/// not what it allowed, or which part of it is whose.
pub fn are_of_eob(has: impl Fn(Field) -> bool) -> bool {
    columns_of_settling(&has) >= 3 && (has(Field::Allowed) || has(Field::Deductible) || has(Field::Coinsurance))
}

/// What a paper that does not say what it is must be by the columns of its tables.
pub(crate) fn of_tables(tables: &[Table]) -> Option<DocKind> {
    let rows = tables.iter().any(|t| t.lines.iter().any(|l| l.role == Role::Anchor));
    let has = |f: Field| tables.iter().any(|t| t.columns.iter().any(|c| c.has(f)));
    if !rows || !(has(Field::Charge) || has(Field::Credits) || has(Field::Balance)) {
        return None;
    }
    Some(if are_of_eob(has) && !has(Field::PatientPaid) { DocKind::Eob } else { DocKind::ItemizedBill })
}

/// Blocks of labels and values that say what the plan allowed and paid are an EOB's.
pub(crate) fn of_blocks(pages: &[PageLines], vocabulary: &Vocabulary) -> Option<DocKind> {
    let blocks = label_value::read(pages, vocabulary, &Setting { eob: true, ..Setting::default() });
    let settled = |r: &Row| {
        let has = |f: Field| r.cells.contains_key(&f);
        has(Field::PlanPaid) && (has(Field::PatientResponsibility) || has(Field::Allowed) || has(Field::PlanDiscount))
    };
    blocks.rows.iter().any(settled).then_some(DocKind::Eob)
}

/// Whether the services of a bill are summed up by department: each has a revenue code that no other one has, and none a day or
/// the code of a procedure.
///
/// ```text
/// 0450   EMERGENCY ROOM     1   3,634.45
/// 0301   LABORATORY         4     192.36
/// ```
pub(crate) fn sums_departments(rows: &[Row]) -> bool {
    let mut codes = BTreeSet::new();
    let department = |r: &Row| match r.cells.get(&Field::RevenueCode).map(|c| &c.value) {
        Some(Value::Code(code)) => {
            let of_service = [Field::Code, Field::ServiceDate, Field::Modifiers];
            !of_service.iter().any(|f| r.cells.contains_key(f)) && codes.insert(code.clone())
        }
        _ => false,
    };
    let mut services = rows.iter().filter(|r| r.kind == LineKind::Service).peekable();
    services.peek().is_some() && services.all(department)
}

#[cfg(test)]
mod tests {
    use crate::statement::DocKind;
    use crate::test_pages::read;

    fn kind(last: [&'static str; 3]) -> DocKind {
        let row = |cells: [&'static str; 3]| [(46.0, cells[0]), (140.0, cells[1]), (-540.0, cells[2])];
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Patient statement")]),
            (40.0, &[(30.0, "Date of service: 08/02/2025"), (400.0, "Account 77270945")]),
            (70.0, &[(30.0, "What you received")]),
            (100.0, &[(46.0, "Rev code"), (140.0, "Department"), (-540.0, "Charges")]),
            (112.0, &row(["0450", "EMERGENCY ROOM", "2,012.97"])),
            (124.0, &row(["0301", "LABORATORY", "135.33"])),
            (136.0, &row(last)),
            (160.0, &[(140.0, "Amount due"), (-540.0, "2,200.00")]),
        ])
        .kind
    }

    #[test]
    fn departments_with_their_revenue_codes_are_no_services() {
        assert_eq!(kind(["0636", "PHARMACY", "20.00"]), DocKind::SummaryBill);
        assert_eq!(kind(["0301", "BASIC METABOLIC PANEL", "20.00"]), DocKind::ItemizedBill, "of one code there are several");
    }
}
