//! A column of amounts with their names behind them: the parts of the patient's share, one under the other.
//!
//! ```text
//! Service          Provider charged   Plan paid   Your share, by kind   You owe
//! OFFICE VISIT             $210.00      $120.00   $25.00 copay           $30.00
//! 03/09/2025                                      $0.00 deductible
//!                                                 $5.00 coinsurance
//! ```
//! Its heading speaks of the share, but no amount in it is the share: each is what its name says. The first of them stands on
//! the line of the row's other amounts.

use crate::columns::Column;
use crate::grammar::money;
use crate::share_parts::part;
use crate::statement::{Field, Value};
use crate::table::{BodyLine, Role};
use crate::tokens::{Token, TokenKind};

/// Takes the named amounts out of the rows, where nearly every row has one in the same column.
pub(crate) fn take(lines: &mut [BodyLine], columns: &[Column]) {
    let rows: Vec<usize> = (0..lines.len()).filter(|i| lines[*i].role == Role::Anchor && amounts(&lines[*i]) > 1).collect();
    for c in 0..columns.len() {
        if columns[c].has(Field::Description) || columns[c].has(Field::Charge) {
            continue;
        }
        let named: Vec<(usize, usize, Field)> =
            rows.iter().filter_map(|i| named(&lines[*i], c).map(|(k, f)| (*i, k, f))).collect();
        let free = |f: Field| !columns.iter().any(|c| c.has(f));
        if named.len() * 5 < rows.len() * 4 || !named.iter().all(|(.., f)| free(*f)) {
            continue;
        }
        for (i, k, field) in named {
            let cells = &mut lines[i].assigned.cells;
            let Some(amount) = cells.get(k).and_then(|(t, _)| money::money(&t.text)) else { continue };
            let (token, _) = cells.remove(k);
            cells.remove(k);
            lines[i].parts.push((field, Value::Money(amount), token));
        }
    }
}

fn amounts(l: &BodyLine) -> usize {
    l.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count()
}

/// Where in the cells of a line the amount of the column stands, if a name right behind it says what it is.
fn named(l: &BodyLine, column: usize) -> Option<(usize, Field)> {
    let cells = &l.assigned.cells;
    (0..cells.len().saturating_sub(1)).find_map(|k| {
        let ((amount, c), (label, _)): (&(Token, usize), &(Token, usize)) = (&cells[k], &cells[k + 1]);
        let here = *c == column && amount.kind == TokenKind::Money && money::money(&amount.text).is_some();
        let near = label.bbox.x0 - amount.bbox.x1 < l.size;
        part(label).filter(|_| here && near).map(|f| (k, f))
    })
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    const FIELDS: [Field; 9] = [
        Field::ServiceDate,
        Field::Description,
        Field::Code,
        Field::Charge,
        Field::Copay,
        Field::Deductible,
        Field::Coinsurance,
        Field::PatientResponsibility,
        Field::RemarkCodes,
    ];

    #[test]
    fn amounts_of_the_row_have_their_names_behind_them() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
            (40.0, &[(30.0, "Jane Roe's visit to Lakeside Hospital")]),
            (52.0, &[(30.0, "Claim number 1234567"), (300.0, "Claim status: complete")]),
            (
                70.0,
                &[
                    (30.0, "Service"),
                    (-270.0, "Provider charged"),
                    (-350.0, "Plan paid"),
                    (380.0, "Your share, by kind"),
                    (-550.0, "You owe"),
                    (570.0, "Note"),
                ],
            ),
            (
                84.0,
                &[
                    (30.0, "OFFICE VISIT"),
                    (-270.0, "$210.00"),
                    (-350.0, "$180.00"),
                    (380.0, "$25.00 copay"),
                    (-550.0, "$30.00"),
                    (570.0, "K2"),
                ],
            ),
            (94.0, &[(30.0, "03/09/2025"), (380.0, "$5.00 deductible"), (570.0, "T22")]),
            (104.0, &[(30.0, "Procedure code 99214"), (380.0, "$0.00 coinsurance")]),
            (
                124.0,
                &[
                    (30.0, "BLOOD DRAW"),
                    (-270.0, "$20.00"),
                    (-350.0, "$0.00"),
                    (380.0, "$0.00 copay"),
                    (-550.0, "$20.00"),
                    (570.0, "K2"),
                ],
            ),
            (134.0, &[(30.0, "03/10/2025"), (380.0, "$20.00 deductible")]),
            (144.0, &[(30.0, "Procedure code 36415"), (380.0, "$0.00 coinsurance")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &FIELDS)).collect();
        assert_eq!(
            rows,
            [
                "2025-03-09 OFFICE VISIT 99214 210.00 25.00 5.00 0.00 30.00 K2;T22",
                "2025-03-10 BLOOD DRAW 36415 20.00 0.00 20.00 0.00 20.00 K2"
            ]
        );
    }
}
