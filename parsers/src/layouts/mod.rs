//! Layouts: who claims a document, and which grammar reads it.
//!
//! A layout says how sure it is that a document is its own; the surest one reads it. All of them stand on the shared
//! grammars; what a layout adds is knowledge of the paper: which grammar leads, what must be there.
//!
//! To add one, write a file in this folder and name it in [`LAYOUTS`].

mod cms1500;
mod eob_label_value;
mod eob_table;
mod form_items;
mod generic;
mod guarantor_statement;
mod hospital_itemization;
mod medicare_summary_notice;
mod provider_remittance;
mod summary_statement;
mod ub04;

use crate::facts::Header;
use crate::page_text::DocumentText;
use crate::reading::{Setting, TableReading};
use crate::statement::{DocKind, Field};
use crate::table::Table;
use crate::text_lines::PageLines;
use crate::vocabulary::Vocabulary;
pub(crate) use generic::untabled_services;

/// What a layout sees of a document.
pub struct Input<'a> {
    /// Its words.
    pub text: &'a DocumentText,
    /// Its lines.
    pub pages: &'a [PageLines],
    /// Its tables.
    pub tables: &'a [Table],
    /// What kind of paper it is.
    pub kind: DocKind,
    /// Dates and names that the grammars need.
    pub setting: &'a Setting,
    /// The header words.
    pub vocabulary: &'a Vocabulary,
}

impl Input<'_> {
    /// Whether one of the tables has the column.
    pub fn has_column(&self, f: Field) -> bool {
        self.tables.iter().any(|t| t.columns.iter().any(|c| c.has(f)))
    }

    /// Whether a table has the column and rows in it.
    pub fn has_rows(&self) -> bool {
        self.tables.iter().any(|t| t.lines.iter().any(|l| l.role == crate::table::Role::Anchor))
    }

    /// Whether the kind is a provider's bill.
    pub fn is_bill(&self) -> bool {
        matches!(self.kind, DocKind::ItemizedBill | DocKind::SummaryBill)
    }

    /// Whether a line of the document contains the words, in any case.
    pub fn says(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        self.pages.iter().flat_map(|p| &p.lines).any(|l| l.text().to_lowercase().contains(&words))
    }
}

/// A known form of statement.
pub trait Layout: Sync {
    /// Its name, as documents.csv prints it.
    fn name(&self) -> &str;
    /// One sentence on what it reads.
    fn about(&self) -> &str;
    /// How sure it is that the document is its own, 0..1; `None` when it is not.
    fn identify(&self, input: &Input<'_>) -> Option<f32>;
    /// Reads rows and sums.
    fn read(&self, input: &Input<'_>) -> TableReading;
    /// What kind of paper every document of the layout is, where the form settles it.
    fn kind(&self) -> Option<DocKind> {
        None
    }
    /// Sets the header values that the form states at fixed places; those found by their words stand there already.
    fn header(&self, _input: &Input<'_>, _reading: &TableReading, _header: &mut Header) {}
}

/// All layouts; the column grammar, which reads whatever nobody claims, comes last.
pub static LAYOUTS: &[&dyn Layout] = &[
    &cms1500::Cms1500,
    &ub04::Ub04,
    &provider_remittance::ProviderRemittance,
    &medicare_summary_notice::MedicareSummaryNotice,
    &eob_table::EobTable,
    &eob_label_value::EobLabelValue,
    &hospital_itemization::HospitalItemization,
    &guarantor_statement::GuarantorStatement,
    &summary_statement::SummaryStatement,
    &generic::Generic,
];

/// The layout that claims the document, and all of those that are equally sure where it is not the only one.
pub fn claim(input: &Input<'_>) -> (&'static dyn Layout, Vec<&'static str>) {
    let mut claims: Vec<(f32, &'static dyn Layout)> = LAYOUTS.iter().filter_map(|l| l.identify(input).map(|s| (s, *l))).collect();
    claims.sort_by(|a, b| b.0.total_cmp(&a.0));
    match claims.as_slice() {
        [] => (&generic::Generic, Vec::new()),
        [(top, first), rest @ ..] => {
            let alike = rest.iter().take_while(|(s, _)| s == top).count();
            (*first, claims[..=alike].iter().filter(|_| alike > 0).map(|(_, l)| l.name()).collect())
        }
    }
}

/// The builtin layout of this name.
pub fn by_name(name: &str) -> Option<&'static dyn Layout> {
    LAYOUTS.iter().copied().find(|l| l.name() == name)
}

/// Reads a document as if no dedicated layout claimed it.
pub(crate) fn read_generic(input: &Input<'_>) -> TableReading {
    generic::Generic.read(input)
}
