//! Accounts listed with what each comes to, and below them the departments that this is made of:
//!
//! ```text
//! Patient and account   Dates of care    Charges     Plan paid   Plan discount   You paid
//! Jane Roe              Jun 8, 2025     $1,000.00     -$500.00        -$300.00     $0.00
//! Acct 4411-20
//!
//! What the charges were for
//! Emergency Room                          $850.00
//! Laboratory                              $150.00
//! Your balance after insurance            $200.00
//! ```
//! The line of an account is a sum and no service, and the columns it stands under are not those of the list. That the list is
//! of the account its own sum proves, or its heading says, where something closes it. Accounts without such a list are what the
//! bill tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::columns::{Column, is_money_field};
use crate::credit_titles::lists_services;
use crate::department_lists::{Entry, one_column};
use crate::layouts::Input;
use crate::reading::{TableReading, money_of};
use crate::statement::{Cell, Field, LineKind, Money, Row, Total, TotalScope, Unparsed};
use crate::table::{BodyLine, Role, Table};
use crate::text_lines::Line;
use crate::tokens::TokenKind;
use crate::total_labels::is_total_label;

/// Fewer departments may add up to an account by chance.
const FEWEST: usize = 2;

/// A place on the paper: page, and how far down.
type Place = (u32, f32);

/// The departments below accounts that `tables` took for services; `None` where no account has any.
pub(crate) fn read(input: &Input<'_>, tables: &TableReading) -> Option<TableReading> {
    let lists: Vec<&Table> = input.tables.iter().filter(|t| lists_accounts(t)).collect();
    let mut accounts: Vec<&Row> = tables.rows.iter().filter(|r| lists.iter().any(|t| is_account(r, t))).collect();
    accounts.sort_by(|a, b| place(a).0.cmp(&place(b).0).then(a.bbox.y0.total_cmp(&b.bbox.y0)));
    let first = place(accounts.first()?);
    let mut out = TableReading::default();
    let mut group: Vec<&Row> = Vec::new();
    for (i, account) in accounts.iter().enumerate() {
        group.push(account);
        let next = accounts.get(i + 1).map_or((u32::MAX, 0.0), |r| place(r));
        let Some(list) = departments(input, account, next) else { continue };
        let charged: Money = group.iter().filter_map(|r| money_of(&r.cells, Field::Charge)).sum();
        let sum: Money = list.entries.iter().map(Entry::amount).sum();
        if sum != charged && !list.told {
            return list.headed.then(|| in_doubt(tables, &list));
        }
        let from = out.rows.len();
        out.rows.extend(list.entries.into_iter().map(Entry::row));
        if let [account] = group.as_slice() {
            let scope = if accounts.len() == 1 { TotalScope::Document } else { TotalScope::Claim };
            out.totals.push(total(account, scope, (from, out.rows.len()), unexplained(account, &lists).is_none()));
        }
        group.clear();
    }
    if !group.is_empty() {
        return None;
    }
    let unread: Vec<Unparsed> = accounts.iter().filter_map(|r| unexplained(r, &lists)).collect();
    out.stated = stated(&accounts, &lists, unread.is_empty());
    let of_lists = |p: Place| first <= p && lists.iter().any(|t| t.lines.iter().any(|l| begins_on(l, p)));
    let credits = |r: &&Row| matches!(r.kind, LineKind::Payment | LineKind::Adjustment);
    out.rows.extend(tables.rows.iter().filter(|r| credits(r) || !of_lists(place(r))).cloned());
    let elsewhere = |t: &&Total| t.cells.values().next().is_some_and(|c| !of_lists((c.page, c.bbox.y0)));
    out.totals.extend(tables.totals.iter().filter(elsewhere).map(|t| Total { rows: (0, out.rows.len()), ..t.clone() }));
    out.unparsed.clone_from(&tables.unparsed);
    out.unparsed.extend(unread);
    out.columns = BTreeSet::from([Field::Description, Field::Charge]);
    Some(out)
}

/// Whether a table lists accounts: a column says so, and none is made for what was done.
fn lists_accounts(t: &Table) -> bool {
    const ACCOUNT: [&str; 4] = ["account", "accounts", "acct", "accts"];
    const PERSON: [&str; 2] = ["patient", "name"];
    let heads = |c: &Column, of: &[&str]| c.head.to_lowercase().split(|c: char| !c.is_alphanumeric()).any(|w| of.contains(&w));
    let of_service = |c: &Column| {
        [Field::Code, Field::RevenueCode, Field::Units].iter().any(|f| c.has(*f))
            || c.has(Field::Description) && !heads(c, &ACCOUNT) && !heads(c, &PERSON)
    };
    t.columns.iter().any(|c| heads(c, &ACCOUNT)) && !t.columns.iter().any(of_service)
}

/// A row that says when an account's services were, or what was paid or taken off.
fn is_account(r: &Row, t: &Table) -> bool {
    let more = [
        Field::ServiceDate,
        Field::PlanPaid,
        Field::PlanDiscount,
        Field::PatientPaid,
        Field::PatientResponsibility,
        Field::Balance,
    ];
    let within = || {
        let at = |y: f32| r.bbox.y0 <= y && y <= r.bbox.y1;
        t.lines.iter().any(|l| l.role == Role::Anchor && l.page == r.page && at(l.bbox.cy()))
    };
    r.kind == LineKind::Service
        && money_of(&r.cells, Field::Charge).is_some()
        && more.iter().any(|f| r.cells.contains_key(f))
        && within()
}

fn place(r: &Row) -> Place {
    (r.page, r.bbox.y0)
}

fn begins_on(l: &BodyLine, (page, y): Place) -> bool {
    l.page == page && l.bbox.y0 - 1.0 <= y && y <= l.bbox.y1
}

/// A list under an account.
struct List<'a> {
    entries: Vec<Entry>,
    first: &'a Line,
    /// Whether its heading says that charges follow.
    headed: bool,
    /// Whether it is headed, and a line of another kind closes it.
    told: bool,
}

/// The list between the line of an account and that of the next, on the page of the account.
fn departments<'a>(input: &'a Input<'_>, account: &Row, next: Place) -> Option<List<'a>> {
    let page = input.pages.iter().find(|p| p.number == account.page)?;
    let below = |l: &Line| l.bbox.y0 > account.bbox.y0 && (l.page, l.bbox.y0) < next;
    let lines: Vec<&Line> = page.lines.iter().filter(|l| below(l)).collect();
    let (range, entries) = one_column(&lines)?;
    let headed = range.start.checked_sub(1).is_some_and(|i| lists_services(&lines[i].text()));
    let closed = lines.get(range.end).is_none_or(|l| is_total_label(&l.text()));
    (entries.len() >= FEWEST).then(|| List { first: lines[range.start], entries, headed, told: headed && closed })
}

/// What the tables gave, with word that the list below the account is not understood.
fn in_doubt(tables: &TableReading, list: &List<'_>) -> TableReading {
    let mut out = tables.clone();
    let reason = "the departments that begin here are not what the account above them comes to".to_owned();
    out.unparsed.push(Unparsed { page: list.first.page, bbox: list.first.bbox, text: list.first.text(), reason });
    out
}

fn total(account: &Row, scope: TotalScope, rows: (usize, usize), whole: bool) -> Total {
    let kept = |f: Field| is_money_field(f) && (whole || f == Field::Charge);
    let cells = account.cells.iter().filter(|(f, _)| kept(**f)).map(|(f, c)| (*f, c.clone())).collect();
    let label = account.cells.get(&Field::Description).map(|c| c.raw.clone()).unwrap_or_default();
    Total { label, scope, cells, rows, claim: account.claim }
}

/// The line of an account with an amount that none of its cells has: the columns of the others may be wrong ones too.
fn unexplained(account: &Row, lists: &[&Table]) -> Option<Unparsed> {
    let line = lists.iter().flat_map(|t| &t.lines).find(|l| l.role == Role::Anchor && begins_on(l, place(account)))?;
    let printed = line.assigned.cells.iter().filter(|(t, _)| t.kind == TokenKind::Money).count();
    let read = account.cells.keys().filter(|f| is_money_field(**f)).count();
    let reason = "an amount in the line of this account was not understood".to_owned();
    (printed > read).then(|| Unparsed { page: line.page, bbox: line.bbox, text: line.text.clone(), reason })
}

/// What the lines of the accounts state of the bill, of the amounts taken off only where `whole`.
fn stated(accounts: &[&Row], lists: &[&Table], whole: bool) -> BTreeMap<Field, Vec<Cell>> {
    const SUMS: [(Field, Field); 4] = [
        (Field::Charge, Field::TotalCharges),
        (Field::PlanDiscount, Field::TotalDiscount),
        (Field::PlanPaid, Field::TotalPlanPaid),
        (Field::PatientPaid, Field::TotalPatientPaid),
    ];
    let mut out = BTreeMap::new();
    for (of_line, of_bill) in SUMS.into_iter().filter(|(f, _)| whole || *f == Field::Charge) {
        let cells: Option<Vec<Cell>> = accounts.iter().map(|r| r.cells.get(&of_line).map(Cell::unsigned)).collect();
        out.extend(cells.map(|c| (of_bill, c)));
    }
    let head = lists.iter().flat_map(|t| &t.columns).find(|c| c.has(Field::ServiceDate)).map(|c| c.head.to_lowercase());
    let stay = head.is_some_and(|h| h.contains("admi") || h.contains("discharge"));
    if let [account] = accounts
        && let Some(from) = account.cells.get(&Field::ServiceDate)
    {
        let to = account.cells.get(&Field::ServiceDateTo).unwrap_or(from);
        let fields = if stay { [Field::Admitted, Field::Discharged] } else { [Field::ServiceFrom, Field::ServiceTo] };
        out.extend(fields.into_iter().zip([from, to]).map(|(f, c)| (f, vec![c.clone()])));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::statement::{Cell, DocKind, Field, Statement, Value};
    use crate::test_pages::{read, said};

    fn bill(laboratory: &'static str, closing: &'static str) -> Statement {
        headed(laboratory, closing, "paid")
    }

    fn headed(laboratory: &'static str, closing: &'static str, paid: &'static str) -> Statement {
        read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (500.0, "Account statement")]),
            (32.0, &[(30.0, "Statement date April 18, 2025"), (500.0, "Balance due $200.00")]),
            (
                60.0,
                &[
                    (30.0, "Patient and"),
                    (160.0, "Admission to"),
                    (-320.0, "Hospital"),
                    (-420.0, "Insurance"),
                    (-520.0, "Insurance"),
                ],
            ),
            (69.0, &[(30.0, "account"), (160.0, "discharge"), (-320.0, "charges"), (-420.0, paid), (-520.0, "adjustments")]),
            (
                84.0,
                &[
                    (30.0, "Jane Roe"),
                    (160.0, "03/21/2025 to"),
                    (-320.0, "$1,000.00"),
                    (-420.0, "-$500.00"),
                    (-520.0, "-$300.00"),
                ],
            ),
            (95.0, &[(30.0, "Acct 4411-20"), (160.0, "03/25/2025")]),
            (120.0, &[(30.0, "What the charges were for")]),
            (134.0, &[(30.0, "Room And Board"), (-410.0, "$700.00")]),
            (146.0, &[(30.0, "Pharmacy"), (-410.0, "$100.00")]),
            (158.0, &[(30.0, "Laboratory"), (-410.0, laboratory)]),
            (170.0, &[(30.0, closing), (-410.0, "$200.00")]),
        ])
    }

    fn rows(s: &Statement) -> Vec<String> {
        s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge, Field::PlanPaid, Field::ServiceDate])).collect()
    }

    fn said_of(c: &Cell) -> String {
        match &c.value {
            Value::Money(m) => m.to_string(),
            Value::Date(d) => d.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_line_of_an_account_is_the_sum_of_its_departments() {
        let s = bill("$200.00", "Your balance after insurance");
        assert_eq!(rows(&s), ["Room And Board 700.00 - -", "Pharmacy 100.00 - -", "Laboratory 200.00 - -"]);
        assert_eq!(s.kind, DocKind::SummaryBill);
        let stated = |f: Field| s.header.get(&f).map(|c| said_of(&c[0])).unwrap_or_default();
        let fields = [Field::TotalCharges, Field::TotalPlanPaid, Field::TotalDiscount, Field::Admitted, Field::Discharged];
        assert_eq!(fields.map(stated), ["1000.00", "500.00", "300.00", "2025-03-21", "2025-03-25"]);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn each_of_two_accounts_has_its_departments() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (500.0, "Statement of your accounts")]),
            (32.0, &[(30.0, "Statement date April 18, 2025"), (500.0, "Balance due $350.00")]),
            (60.0, &[(30.0, "Account"), (160.0, "Dates of service"), (-320.0, "Charges"), (-420.0, "Plan paid")]),
            (84.0, &[(30.0, "4411-20"), (160.0, "03/21/2025"), (-320.0, "$800.00"), (-420.0, "$600.00")]),
            (98.0, &[(40.0, "Charges by department")]),
            (110.0, &[(40.0, "Emergency Room"), (-300.0, "$700.00")]),
            (122.0, &[(40.0, "Pharmacy"), (-300.0, "$100.00")]),
            (146.0, &[(30.0, "4411-21"), (160.0, "03/28/2025"), (-320.0, "$450.00"), (-420.0, "$300.00")]),
            (160.0, &[(40.0, "Charges by department")]),
            (172.0, &[(40.0, "Radiology"), (-300.0, "$250.00")]),
            (184.0, &[(40.0, "Laboratory"), (-300.0, "$200.00")]),
        ]);
        let wanted = ["Emergency Room 700.00", "Pharmacy 100.00", "Radiology 250.00", "Laboratory 200.00"];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Description, Field::Charge])).collect();
        assert_eq!(rows, wanted);
        assert_eq!(s.totals.iter().map(|t| t.rows).collect::<Vec<_>>(), [(0, 2), (2, 4)]);
    }

    #[test]
    fn an_amount_under_no_known_heading_makes_the_others_doubtful() {
        let s = headed("$200.00", "Your balance after insurance", "Zqx");
        assert_eq!(rows(&s).len(), 3);
        assert!(s.header.contains_key(&Field::TotalCharges) && !s.header.contains_key(&Field::TotalPlanPaid));
        assert!(s.unparsed.iter().any(|u| u.reason.contains("account")), "{:?}", s.unparsed);
    }

    #[test]
    fn a_list_that_comes_to_something_else_needs_its_end() {
        assert_eq!(rows(&bill("$220.00", "Your balance after insurance")).len(), 3, "the bill's own arithmetic is wrong");
        let s = bill("$220.00", "3 months of $66.67 and a last of");
        assert!(s.unparsed.iter().any(|u| u.reason.contains("departments")), "{:?}", s.unparsed);
    }
}
