//! Lists of the claims of an EOB before the claims themselves:
//!
//! ```text
//! Patient     Provider            Claim ID       Amount billed   Plan pays   You owe
//! Jane Roe    Lakeside Hospital   E4445556667          $299.88     $166.42    $18.49
//! ```
//! or of the checks that paid them. Each row is the sum of a claim whose services stand further on; read as services they would count twice.

use std::ops::Range;

use crate::columns::Column;
use crate::reading::{Draft, money_of};
use crate::statement::{Field, Money};
use crate::table::{Role, Table};

/// The tables that list services. A list of claims is one of them only where no other table lists any.
pub(crate) fn without_claim_lists(tables: &[Table]) -> Vec<&Table> {
    let filled = |t: &Table| t.lines.iter().any(|l| l.role == Role::Anchor);
    let services = tables.iter().any(|t| filled(t) && !lists_claims(t) && names_services(&t.columns));
    tables.iter().filter(|t| !(services && lists_claims(t))).collect()
}

fn lists_claims(t: &Table) -> bool {
    let head = |words: &[&str]| {
        t.columns.iter().any(|c| {
            let head = c.head.to_lowercase();
            head.split(|c: char| !c.is_alphanumeric()).any(|w| words.contains(&w))
        })
    };
    let person = head(&["patient", "member", "name"]);
    let provider = head(&["provider", "doctor", "facility", "hospital"]);
    let claim = head(&["claim", "claims"]);
    let check = head(&["check", "checks", "cheque", "eft"]);
    (check || claim && (person || provider) || person && provider) && !names_services(&t.columns)
}

/// Whether a column is made for what was done.
fn names_services(columns: &[Column]) -> bool {
    columns.iter().any(|c| {
        let person = ["patient", "provider", "member", "doctor", "claim"].iter().any(|w| c.head.to_lowercase().contains(w));
        [Field::Code, Field::RevenueCode, Field::Units].iter().any(|f| c.has(*f)) || c.has(Field::Description) && !person
    })
}

/// The rows of a table that names no service, where they add up to what the services of all other tables do: the claims, listed
/// by their providers before they are told.
pub(crate) fn listed_claims(drafts: &[Draft], spans: &[Range<usize>]) -> Range<usize> {
    let charges = |d: &Draft| money_of(&d.row.cells, Field::Charge);
    let found = spans.iter().find(|s| {
        let services = drafts.iter().enumerate().filter(|(i, _)| !s.contains(i)).map(|(_, d)| d);
        let nameless = drafts[(*s).clone()].iter().all(|d| !d.identified && !d.dated);
        let sum: Money = drafts[(*s).clone()].iter().filter_map(charges).sum();
        let told: Vec<&Draft> = services.filter(|d| d.identified || d.dated).collect();
        nameless && !s.is_empty() && !told.is_empty() && told.into_iter().filter_map(charges).sum::<Money>() == sum
    });
    found.cloned().unwrap_or(0..0)
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn the_claims_are_no_services_and_say_more_of_themselves_further_on() {
        let s = read(&[
            (20.0, &[(30.0, "Explanation of Benefits"), (560.0, "Lakeside Health Plan")]),
            (60.0, &[(30.0, "Your payment summary")]),
            (
                74.0,
                &[
                    (34.0, "Patient"),
                    (180.0, "Provider"),
                    (390.0, "Claim ID"),
                    (-550.0, "Amount billed"),
                    (-650.0, "Plan pays"),
                    (-758.0, "You owe or already paid"),
                ],
            ),
            (
                88.0,
                &[
                    (34.0, "Jane Roe"),
                    (180.0, "Meadowbrook Anesthesia Group"),
                    (390.0, "E4445556667"),
                    (-550.0, "$299.88"),
                    (-650.0, "$166.42"),
                    (-758.0, "$18.49"),
                ],
            ),
            (102.0, &[(34.0, "Total"), (-550.0, "$299.88"), (-650.0, "$166.42"), (-758.0, "$18.49")]),
            (
                130.0,
                &[
                    (34.0, "Claim for Jane Roe"),
                    (270.0, "Provider: Meadowbrook Anesthesia Group"),
                    (650.0, "Claim ID: E4445556667"),
                ],
            ),
            (143.0, &[(34.0, "Processed on 6/25/2025"), (270.0, "Out of network")]),
            (
                165.0,
                &[
                    (32.0, "Service"),
                    (-274.0, "Amount"),
                    (-329.0, "Member"),
                    (-389.0, "Pending or"),
                    (-481.0, "Applied to"),
                    (-527.0, "Your"),
                    (-585.0, "Amount"),
                    (-645.0, "Plan"),
                    (-701.0, "Your co-"),
                    (-759.0, "You"),
                ],
            ),
            (
                174.0,
                &[
                    (32.0, "dates"),
                    (86.0, "Service description"),
                    (-274.0, "billed"),
                    (-329.0, "rate"),
                    (-389.0, "not payable"),
                    (-481.0, "deductible"),
                    (-527.0, "copay"),
                    (-585.0, "remaining"),
                    (-645.0, "pays"),
                    (-701.0, "insurance"),
                    (-759.0, "pay"),
                ],
            ),
            (
                190.0,
                &[
                    (32.0, "6/8/2025"),
                    (86.0, "ANESTHESIA KNEE (01400-AA)"),
                    (-274.0, "$299.88"),
                    (-329.0, "$184.91"),
                    (-389.0, "$114.97"),
                    (-481.0, "$0.00"),
                    (-527.0, "$0.00"),
                    (-585.0, "$184.91"),
                    (-645.0, "$166.42"),
                    (-701.0, "$18.49"),
                    (-759.0, "$18.49"),
                ],
            ),
            (200.0, &[(-645.0, "90%")]),
            (
                216.0,
                &[
                    (86.0, "Totals"),
                    (-274.0, "$299.88"),
                    (-329.0, "$184.91"),
                    (-389.0, "$114.97"),
                    (-481.0, "$0.00"),
                    (-527.0, "$0.00"),
                    (-585.0, "$184.91"),
                    (-645.0, "$166.42"),
                    (-701.0, "$18.49"),
                    (-759.0, "$18.49"),
                ],
            ),
        ]);
        let fields = [
            Field::Code,
            Field::Charge,
            Field::Allowed,
            Field::NotCovered,
            Field::PlanPaid,
            Field::Coinsurance,
            Field::PatientResponsibility,
        ];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["01400 299.88 184.91 114.97 166.42 18.49 18.49"], "what remains is no column of the record");
        let own = |f: Field| s.claims.first().and_then(|c| c.cells.get(&f)).map(|c| c.raw.clone());
        assert_eq!(own(Field::Network).as_deref(), Some("Out of network"));
        assert_eq!(own(Field::ClaimStatus).as_deref(), Some("Processed on 6/25/2025"));
    }
}
