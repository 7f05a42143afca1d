//! Any statement: the column grammar, else labels with values, else a list of amounts.

use super::{Input, Layout};
use crate::column_grammar;
use crate::reading::{Setting, TableReading};
use crate::statement::{DocKind, Field, LineKind, Row};
use crate::text_lines::PageLines;
use crate::vocabulary::Vocabulary;
use crate::{
    account_lines, amount_list, cards, cards_behind_list, counts, department_lists, label_value, labelled_services,
    service_forms, side_cards, visits,
};

/// The layout of last resort, and the measure of the grammars by themselves.
pub struct Generic;

impl Layout for Generic {
    fn name(&self) -> &'static str {
        "generic"
    }

    fn about(&self) -> &'static str {
        "Any statement with a table, with labels and values, or with a list of amounts."
    }

    fn identify(&self, _: &Input<'_>) -> Option<f32> {
        Some(0.05)
    }

    fn read(&self, input: &Input<'_>) -> TableReading {
        let services = |r: &TableReading| r.rows.iter().filter(|r| r.kind == LineKind::Service).count();
        if input.pages.iter().any(|p| p.carded) {
            let cards = label_value::read(input.pages, input.vocabulary, input.setting);
            if services(&cards) > 0 {
                return cards;
            }
        }
        let tables = column_grammar::read(input.tables, input.setting);
        if input.is_bill() {
            let entries = labelled_services::read(input.pages, input.vocabulary, input.setting);
            // what looks like the heads of a table of one row has but a few of the cells
            let cells =
                |r: &TableReading| r.rows.iter().filter(|r| r.kind == LineKind::Service).map(|r| r.cells.len()).sum::<usize>();
            let told = |r: &TableReading| (services(r), cells(r));
            let captioned = cards::read_captioned(input.pages, input.setting);
            if services(&captioned) > 0 && told(&captioned) >= told(&entries).max(told(&tables)) {
                let forms = service_forms::read(input.pages, input.vocabulary, input.setting);
                return if told(&captioned) >= told(&forms) { captioned } else { forms };
            }
            if services(&entries) > 0 && told(&entries) > told(&tables) {
                return labelled_services::with_tables(entries, tables);
            }
            if let Some(cards) = side_cards::read_reckoned(input.pages, input.vocabulary, input.setting)
                && services(&cards) > 0
                && services(&tables) == 0
            {
                return cards;
            }
            // entries side by side under a procedure's name: a table would have half of them
            let visits = visits::read(input.pages, input.vocabulary, input.setting);
            if services(&visits) > 0 && services(&visits) >= services(&tables) {
                return visits;
            }
            if let Some(departments) = account_lines::read(input, &tables) {
                return departments;
            }
            // lists under the headings of a row of sums are none of their columns'
            let departments = department_lists::read(input.pages, &tables.totals);
            if services(&departments) > 0 && services(&departments) >= services(&tables) {
                return with_sums(departments, tables);
            }
        }
        if input.kind == DocKind::Eob
            && let Some(cards) = cards_behind_list::read(input, &tables)
        {
            return cards;
        }
        if services(&tables) > 0 {
            return tables;
        }
        if input.kind == DocKind::Eob {
            let blocks = label_value::read(input.pages, input.vocabulary, input.setting);
            if services(&blocks) > 0 {
                return blocks;
            }
        }
        if input.is_bill() {
            let items = counts::items::read(input.pages, input.setting);
            if services(&items) > 0 {
                return items;
            }
            let forms = service_forms::read(input.pages, input.vocabulary, input.setting);
            if services(&forms) > 0 {
                return forms;
            }
            let cards = cards::read(input.pages, input.setting);
            if services(&cards) > 0 {
                return cards;
            }
            if let Some(cards) = side_cards::read(input.pages, input.vocabulary, input.setting)
                && services(&cards) > 0
            {
                return cards;
            }
            let mut list = amount_list::read(input.pages, input.setting);
            if services(&list) > 0 {
                // dated payments may stand in a small table of their own
                let read = |r: &Row, of: &[Row]| of.iter().any(|l| l.page == r.page && l.bbox.overlap_y(r.bbox) > 0.0);
                let others: Vec<Row> = tables.rows.into_iter().filter(|r| !read(r, &list.rows)).collect();
                list.rows.extend(others);
                return list;
            }
        }
        tables
    }
}

/// Whether services stand on the paper without a table, as cards or as boxes of a form: it is a bill, whatever it calls itself.
pub(crate) fn untabled_services(pages: &[PageLines], vocabulary: &Vocabulary) -> bool {
    let setting = Setting::default();
    let serves = |r: &TableReading| r.rows.iter().any(|r| r.kind == LineKind::Service);
    let settled = |r: &TableReading| r.rows.iter().any(|r| r.cells.contains_key(&Field::Allowed));
    let forms = service_forms::read(pages, vocabulary, &setting);
    let entries = labelled_services::read(pages, vocabulary, &setting);
    serves(&forms) && !settled(&forms) || serves(&cards::read(pages, &setting)) || serves(&entries) && !settled(&entries)
}

/// The rows of lists that stand elsewhere than the table of their sums: the sums are those of all of them.
fn with_sums(mut lists: TableReading, tables: TableReading) -> TableReading {
    let services = lists.rows.len();
    let of_lists = |r: &Row| lists.rows.iter().any(|l| l.page == r.page && l.bbox.overlap_y(r.bbox) > 0.0);
    let others: Vec<Row> = tables.rows.into_iter().filter(|r| !of_lists(r)).collect();
    lists.rows.extend(others);
    lists.totals = tables.totals;
    lists.totals.iter_mut().for_each(|t| t.rows = (0, services));
    lists.unparsed.extend(tables.unparsed);
    lists
}
