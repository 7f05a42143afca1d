//! Sums by which a list proves itself: rows that come to another amount than the one printed for them were not all read.

use crate::reading::money_of;
use crate::statement::{Cell, Field, LineKind, Money, Row, Unparsed, Value};

/// What to tell where the charges of the services and reversals among `rows` come to another amount than `printed`; `text` is
/// what stands there, `what` the things that were read, in the plural.
pub(crate) fn lacking(printed: &Cell, text: &str, rows: &[Row], what: &str) -> Option<Unparsed> {
    let charged = |r: &&Row| matches!(r.kind, LineKind::Service | LineKind::Reversal);
    let read: Money = rows.iter().filter(charged).filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    (printed.value != Value::Money(read)).then(|| Unparsed {
        page: printed.page,
        bbox: printed.bbox,
        text: text.to_owned(),
        reason: format!("the {what} that were read do not add up to this sum"),
    })
}
