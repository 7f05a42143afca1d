//! An EOB that lists its claims in a table and then tells each claim's services as cards of captioned amounts:
//!
//! ```text
//! Claim number   Provider                 Total billed   Total paid   You owe
//! E8609127502    Lakeside Hospital           13,135.68     7,811.75      0.00
//!
//! 0360 OPERATING ROOM                                       On 4/24/2024
//!   Your provider charged     5,950.05
//!   Paid to provider          3,837.78
//! ```
//! The table looks like one of services, and its columns reach down over the captions. Where the charges of the cards come to
//! what a line of the table says, the cards are the services.

use crate::grammar::money;
use crate::label_value;
use crate::layouts::Input;
use crate::reading::{TableReading, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row};

/// The cards, if what the tables have are the claims that they are of.
pub(crate) fn read(input: &Input<'_>, tables: &TableReading) -> Option<TableReading> {
    let services = || tables.rows.iter().filter(|r| r.kind == LineKind::Service);
    let tells = |r: &Row| [Field::ServiceDate, Field::Code, Field::RevenueCode].iter().any(|f| r.cells.contains_key(f));
    if services().count() > 0 && services().all(tells) {
        return None;
    }
    let cards = label_value::read(input.pages, input.vocabulary, input.setting);
    let all: Money = cards.rows.iter().filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    let told = !cards.rows.is_empty() && cards.rows.iter().all(tells);
    // headings of cards may date what the table makes of their captions
    let more = services().filter(|r| tells(r)).count() * 2 <= cards.rows.len();
    (told && more && all != Money::ZERO && stands_in(tables, input, all)).then_some(cards)
}

/// Whether the sum is one of those that the tables print, or what their rows come to.
fn stands_in(tables: &TableReading, input: &Input<'_>, sum: Money) -> bool {
    let rows: Money = tables.rows.iter().filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
    let printed = tables.totals.iter().filter_map(|t| t.cells.get(&Field::Charge).and_then(Cell::money)).any(|m| m == sum);
    let of_table = || {
        let lines = input.tables.iter().flat_map(|t| &t.lines);
        lines.flat_map(|l| &l.assigned.cells).any(|(t, _)| money::money(&t.text) == Some(sum))
    };
    rows == sum || printed || of_table()
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const HEAD: [(f32, &[(f32, &str)]); 2] = [
        (20.0, &[(30.0, "Lakeside Health Plan"), (440.0, "Explanation of benefits")]),
        (44.0, &[(30.0, "Member: Jane Roe"), (220.0, "Member ID: W123456789"), (440.0, "EOB date: March 29, 2025")]),
    ];
    const CARDS: [(f32, &[(f32, &str)]); 8] = [
        (120.0, &[(30.0, "Claim number: E8609127502")]),
        (130.0, &[(30.0, "Billed by: Lakeside Hospital")]),
        (144.0, &[(30.0, "0360 OPERATING ROOM"), (480.0, "On 03/09/2025")]),
        (154.0, &[(40.0, "Your provider charged"), (-480.0, "$100.00")]),
        (164.0, &[(40.0, "Paid to provider"), (-480.0, "$50.00")]),
        (178.0, &[(30.0, "0710 PACU FIRST HOUR"), (480.0, "On 03/09/2025")]),
        (188.0, &[(40.0, "Your provider charged"), (-480.0, "$60.00")]),
        (198.0, &[(40.0, "Paid to provider"), (-480.0, "$30.00")]),
    ];

    fn rows(table: &[(f32, &[(f32, &str)])]) -> Vec<String> {
        let s = read(&[HEAD.as_slice(), table, CARDS.as_slice()].concat());
        s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Description, Field::Charge, Field::PlanPaid])).collect()
    }

    #[test]
    fn cards_that_come_to_the_list_are_its_services() {
        let list = rows(&[
            (
                70.0,
                &[
                    (30.0, "Ref. No."),
                    (120.0, "Provider Name"),
                    (-400.0, "Billed"),
                    (-480.0, "Allowed"),
                    (-560.0, "Benefits paid"),
                ],
            ),
            (
                82.0,
                &[
                    (30.0, "E8609127502"),
                    (120.0, "Lakeside Hospital"),
                    (-400.0, "$160.00"),
                    (-480.0, "$90.00"),
                    (-560.0, "$80.00"),
                ],
            ),
            (94.0, &[(30.0, "Total for all claims"), (-400.0, "$160.00"), (-480.0, "$90.00"), (-560.0, "$80.00")]),
        ]);
        assert_eq!(list, ["0360 OPERATING ROOM 100.00 50.00", "0710 PACU FIRST HOUR 60.00 30.00"]);
    }

    #[test]
    fn a_table_of_services_is_no_list() {
        let table = rows(&[
            (70.0, &[(30.0, "Date"), (120.0, "Service"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "Benefits paid")]),
            (82.0, &[(30.0, "03/09/2025"), (120.0, "SURGERY"), (-400.0, "$160.00"), (-480.0, "$90.00"), (-560.0, "$80.00")]),
        ]);
        assert_eq!(table.first().map(String::as_str), Some("- SURGERY 160.00 80.00"));
    }
}
