//! What kind of paper it is by the columns of its tables, or by its blocks of labels and values, where no word says so.

use crate::label_value;
use crate::reading::Setting;
use crate::statement::{DocKind, Field, Row};
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
