//! The amount of a payment or adjustment: its field, and its sign. And its day, where services have a column of their own.

use std::collections::{BTreeMap, BTreeSet};

use crate::columns::Column;
use crate::credits::{Credit, credit};
use crate::grammar::date::date;
use crate::grammar::money;
use crate::posted_lines::parts_of_posting;
use crate::reading::{Draft, Setting, money_of};
use crate::retype::is_entry;
use crate::rows::GroupContext;
use crate::run_together;
use crate::statement::{Cell, Field, LineKind, Money, Row, Value};
use crate::table::BodyLine;
use crate::tokens::{Token, TokenKind};
use crate::total_labels::is_total_label;

/// Where the amount of a credit may stand, the likeliest first.
const OF_CREDITS: [Field; 5] = [Field::Credits, Field::Charge, Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid];

/// Where credits are printed with a minus, one of a scan without it has lost it, unless its words say that it takes a
/// credit back: recognition loses a leading minus without a doubt in the figures behind it.
pub(crate) fn give_back_minus(row: &mut Row) {
    /// What the sign is worth that was not seen.
    const UNSEEN: f32 = 0.85;
    let Some(cell) = OF_CREDITS.iter().find(|f| row.cells.contains_key(f)).and_then(|f| row.cells.get_mut(f)) else { return };
    if let Value::Money(m) = cell.value
        && m > Money::ZERO
    {
        cell.value = Value::Money(-m);
        cell.confidence = cell.confidence.min(UNSEEN);
    }
}

/// Dates a credit by the day on which it was posted, in a table that has that day beside the day of service (a credit has only
/// the former), or by the one that stands between its words and its amount. Whether it is one and has such a day.
pub(crate) fn date_credit(
    cells: &mut BTreeMap<Field, Cell>,
    words: &str,
    line: &BodyLine,
    columns: &[Column],
    setting: &Setting,
) -> bool {
    if setting.eob || cells.contains_key(&Field::ServiceDate) || credit(words, None).is_none() {
        return false;
    }
    let posted = |c: usize| columns[c].fields == [Field::Ignored] && is_entry(&columns[c].head);
    let in_column = line.assigned.cells.iter().find(|(t, c)| t.kind == TokenKind::Date && posted(*c)).map(|(t, _)| t);
    let found = in_column.or_else(|| day_apart(line));
    let Some((t, day)) = found.and_then(|t| Some((t, date(&t.text)?.resolve(setting.anchor)?))) else { return false };
    let cell = Cell { value: Value::Date(day), raw: t.text.clone(), page: line.page, bbox: t.bbox, confidence: t.confidence };
    // a wide column of words holds the day as well
    if let Some(Cell { value: Value::Text(said), .. }) = cells.get_mut(&Field::Description)
        && let Some(rest) = said.strip_suffix(t.text.as_str())
    {
        *said = rest.trim_end().to_owned();
    }
    cells.insert(Field::ServiceDate, cell);
    true
}

/// The only day of a line, where it stands between the words and the amount, well apart from both: among the words it may be
/// that of a sum, `Payments received as of 10/03/2025`.
fn day_apart(line: &BodyLine) -> Option<&Token> {
    /// The narrowest gap on either side, in sizes of type.
    const APART: f32 = 2.0;
    let cells = &line.assigned.cells;
    let mut days = cells.iter().enumerate().filter(|(_, (t, _))| t.kind == TokenKind::Date);
    let (at, (day, _)) = days.next().filter(|_| days.next().is_none())?;
    let (before, after) = (&cells.get(at.checked_sub(1)?)?.0, &cells.get(at + 1)?.0);
    let apart = day.bbox.x0 - before.bbox.x1 > APART * line.size && after.bbox.x0 - day.bbox.x1 > APART * line.size;
    (apart && before.kind == TokenKind::Text && after.kind == TokenKind::Money && !is_total_label(&before.text)).then_some(day)
}

/// Whether a row is a payment or an adjustment of a day.
pub(crate) fn is_dated_credit(row: &Row) -> bool {
    matches!(row.kind, LineKind::Payment | LineKind::Adjustment) && row.cells.contains_key(&Field::ServiceDate)
}

/// Puts the amount of a credit, positive, into its field.
pub(crate) fn credit_row(row: &mut Row, c: Credit, negative_credits: bool) {
    let from = OF_CREDITS.into_iter().find(|f| row.cells.contains_key(f));
    row.kind = c.kind;
    row.cells.remove(&Field::Balance);
    // `INSURANCE PAYMENT on 03/09/2025`, of which the day has been taken
    if let Some(Cell { value: Value::Text(words), .. }) = row.cells.get_mut(&Field::Description)
        && let Some(name) = words.strip_suffix(" on").filter(|name| !name.is_empty())
    {
        *words = name.to_owned();
    }
    let Some(from) = from else { return };
    let Some(mut cell) = row.cells.remove(&from) else { return };
    if let Value::Money(m) = cell.value {
        let lowers = if negative_credits { m <= Money::ZERO } else { !c.taken_back };
        let size = m.abs();
        cell.value = Value::Money(if lowers { size } else { -size });
    }
    // "Adjustments" may head payments too, and the other way round: the row's words know
    let crossed = (from == Field::PlanDiscount) != (c.field == Field::PlanDiscount);
    // "Payments" heads the plan's as a rule, and the patient's own among them
    let others = c.named && from == Field::PlanPaid && matches!(c.field, Field::PatientPaid | Field::OtherPaid);
    let field = if matches!(from, Field::Charge | Field::Credits) || crossed || others { c.field } else { from };
    row.cells.remove(&Field::RevenueCode);
    row.cells.insert(field, cell);
}

/// A payment or adjustment that stands under a table without being one of its rows: a day, words, an amount, or the words first.
pub(crate) fn ledger_draft(l: &BodyLine, setting: &Setting, closed: bool) -> Option<Draft> {
    let cells: Vec<&Token> = l.assigned.cells.iter().map(|(t, _)| t).collect();
    let (first, words, last) = parts_of_posting(&cells)?;
    let text = words.iter().map(|t| t.text.as_str()).collect::<Vec<_>>().join(" ");
    let cell =
        |value: Value, t: &Token| Cell { value, raw: t.text.clone(), page: l.page, bbox: t.bbox, confidence: t.confidence };
    let mut cells = BTreeMap::new();
    let day = date(&first.text)?.resolve(setting.anchor)?;
    cells.insert(Field::ServiceDate, cell(Value::Date(day), first));
    cells.insert(Field::Credits, cell(Value::Money(money::money(&last.text)?), last));
    cells.insert(Field::Description, cell(Value::Text(text.clone()), words.first()?));
    let context = GroupContext { credits: true, ..GroupContext::default() };
    let row = Row { kind: LineKind::Payment, cells, claim: None, page: l.page, bbox: l.bbox };
    Some(Draft {
        row,
        text,
        context,
        dated: true,
        identified: false,
        closed,
        borrowed: false,
        unread: Vec::new(),
        spoken: false,
        recognised: false,
    })
}

/// The amount of a row that has only one.
fn amount(cells: &BTreeMap<Field, Cell>) -> Option<Money> {
    [Field::Credits, Field::Charge, Field::PlanPaid, Field::PlanDiscount, Field::PatientPaid, Field::Balance]
        .into_iter()
        .find_map(|f| money_of(cells, f))
}

/// Whether the paper sets a minus before its credits. Their sums in a box at its end may have one where they have none:
///
/// ```text
/// Date         Description                 Charges     Credits
/// 02/24/2025   INSURANCE PAYMENT                       $297.61
///                           Total insurance payments  -$297.61
/// ```
/// So sums, which have no day, tell nothing where the credits have days.
fn has_negative_credits(drafts: &[Draft], setting: &Setting) -> bool {
    let credits = || {
        let lowers = |d: &&Draft| credit(&d.text, setting.payer.as_deref()).is_some_and(|c| !c.taken_back);
        drafts.iter().filter(lowers).filter_map(|d| Some((d.dated, amount(&d.row.cells)?)))
    };
    let dated = credits().any(|(dated, _)| dated);
    credits().any(|(of_day, m)| m < Money::ZERO && (of_day || !dated))
}

/// The words of the credits that a scan's amounts have a minus for. One in the same words without it has lost it.
fn words_with_minus(drafts: &[Draft], setting: &Setting) -> BTreeSet<String> {
    let lowers = |d: &&Draft| {
        d.recognised
            && amount(&d.row.cells).is_some_and(|m| m < Money::ZERO)
            && credit(&d.text, setting.payer.as_deref()).is_some()
    };
    drafts.iter().filter(lowers).map(|d| d.text.to_lowercase()).collect()
}

/// How a paper prints what lowers its charges.
pub(crate) struct CreditSigns {
    /// Whether with a minus.
    pub(crate) negative: bool,
    /// The words of those that a scan shows with a minus, in small letters.
    pub(crate) worded: BTreeSet<String>,
}

impl CreditSigns {
    /// The habit of these rows.
    pub(crate) fn of(drafts: &[Draft], setting: &Setting) -> Self {
        Self { negative: has_negative_credits(drafts, setting), worded: words_with_minus(drafts, setting) }
    }
}

/// What an amount is that its words, its column or its heading make a payment or an adjustment.
pub(crate) fn as_credit(
    d: &Draft,
    setting: &Setting,
    in_credits: bool,
    charge: Option<Money>,
    signs: &CreditSigns,
) -> Option<Credit> {
    let words = credit(&d.text, setting.payer.as_deref());
    let negative = charge.is_some_and(|m| m < Money::ZERO);
    if let Some(c) = words {
        let charged_positive = charge.is_some_and(|m| m > Money::ZERO) && !in_credits;
        // a positive amount among the charges is a credit only if the words leave no doubt
        // a scan loses a minus
        let like_others = || signs.worded.contains(&d.text.to_lowercase());
        let paid = || d.recognised && (run_together::is_whole(d.text.split(' ').next().unwrap_or_default()) || like_others());
        return (!charged_positive || d.context.credits || c.taken_back || !signs.negative || paid()).then_some(c);
    }
    if in_credits && charge.is_none() || d.context.credits && (negative || charge.is_some()) {
        // the heading says that credits follow; the row itself may name only a payer
        let text = format!("{} {}", d.context.heading, d.text);
        return credit(&text, setting.payer.as_deref()).or(Some(Credit {
            kind: LineKind::Payment,
            field: Field::PlanPaid,
            taken_back: false,
            named: false,
        }));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::BBox;
    use crate::test_pages::{read, said};

    #[test]
    fn a_credit_has_only_the_day_on_which_it_was_posted() {
        let head = [
            (30.0, "Post date"),
            (110.0, "Service date"),
            (200.0, "Rev code"),
            (260.0, "Description"),
            (-560.0, "Amount"),
            (-660.0, "Account balance"),
        ];
        let row = |posted, served, what, amount, balance| {
            [(30.0, posted), (110.0, served), (200.0, "0450"), (260.0, what), (-560.0, amount), (-660.0, balance)]
        };
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Billing statement")]),
            (90.0, &head),
            (104.0, &row("03/12/2025", "03/09/2025", "ER LEVEL III", "$1,278.00", "$1,278.00")),
            (118.0, &row("03/13/2025", "03/09/2025", "ER LEVEL I", "$100.00", "$1,378.00")),
            (132.0, &[(30.0, "04/02/2025"), (260.0, "ELM PAYMENT"), (-560.0, "($700.00)"), (-660.0, "$678.00")]),
            (146.0, &[(30.0, "04/02/2025"), (260.0, "ELM ALLOWANCE"), (-560.0, "($600.00)"), (-660.0, "$78.00")]),
        ]);
        let fields = [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanPaid, Field::PlanDiscount];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want = [
            "2025-03-09 ER LEVEL III 1278.00 - -",
            "2025-03-09 ER LEVEL I 100.00 - -",
            "2025-04-02 ELM PAYMENT - 700.00 -",
            "2025-04-02 ELM ALLOWANCE - - 600.00",
        ];
        assert_eq!(rows, want);
        assert!(s.unparsed.is_empty(), "{:?}", s.unparsed);
    }

    #[test]
    fn the_day_of_a_credit_under_its_service_stands_before_the_amount() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Laboratory"), (400.0, "Invoice")]),
            (60.0, &[(40.0, "Collected"), (120.0, "Test (billing code)"), (-560.0, "Amount")]),
            (74.0, &[(40.0, "Sep 5, 2025"), (120.0, "VENIPUNCTURE (36415)"), (-560.0, "$83.31")]),
            (84.0, &[(132.0, "Bill to insurance: paid"), (430.0, "Oct 3, 2025"), (-560.0, "-$19.52")]),
            (94.0, &[(132.0, "Bill to insurance: adjusted"), (430.0, "Oct 3, 2025"), (-560.0, "-$55.43")]),
            (108.0, &[(40.0, "Sep 5, 2025"), (120.0, "FERRITIN (82728)"), (-560.0, "$99.70")]),
            (122.0, &[(300.0, "Payments received as of Oct 9, 2025"), (-560.0, "-$19.52")]),
            (134.0, &[(300.0, "Amount due"), (-560.0, "$108.06")]),
        ]);
        let fields = [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanPaid, Field::PlanDiscount];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want = [
            "2025-09-05 VENIPUNCTURE 83.31 - -",
            "2025-10-03 Bill to insurance: paid - 19.52 -",
            "2025-10-03 Bill to insurance: adjusted - - 55.43",
            "2025-09-05 FERRITIN 99.70 - -",
        ];
        assert_eq!(rows, want);
    }

    #[test]
    fn the_minus_before_the_sums_says_nothing_of_the_credits() {
        let bill = |payment: &'static str, discount: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Lakeside Physicians"), (400.0, "Billing statement")]),
                (60.0, &[(30.0, "Date"), (110.0, "Description"), (-460.0, "Charges"), (-600.0, "Payments/Adjustments")]),
                (74.0, &[(30.0, "02/08/2025"), (110.0, "ED VISIT - 99284"), (-460.0, "$821.94")]),
                (86.0, &[(30.0, "02/24/2025"), (110.0, "INSURANCE PAYMENT"), (-600.0, payment)]),
                (98.0, &[(30.0, "02/24/2025"), (110.0, "INSURANCE ADJUSTMENT"), (-600.0, discount)]),
                (116.0, &[(300.0, "Total Amount Billed"), (-600.0, "$821.94")]),
                (128.0, &[(300.0, "Total Insurance Payments"), (-600.0, "-$297.61")]),
                (140.0, &[(300.0, "Write-offs"), (-600.0, "-$449.93")]),
                (152.0, &[(300.0, "PAY THIS AMOUNT"), (-600.0, "$74.40")]),
            ]);
            s.rows.iter().map(|r| said(r, &[Field::PlanPaid, Field::PlanDiscount])).collect::<Vec<_>>()
        };
        assert_eq!(bill("$297.61", "$449.93"), ["- -", "297.61 -", "- 449.93"]);
        assert_eq!(bill("-$297.61", "-$449.93"), ["- -", "297.61 -", "- 449.93"]);
        assert_eq!(bill("-$297.61", "$449.93"), ["- -", "297.61 -", "- -449.93"], "among credits with a minus it is taken back");
    }

    #[test]
    fn a_narrow_list_of_credits_stands_beneath_the_services() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Radiology"), (400.0, "Patient bill")]),
            (60.0, &[(30.0, "Service Dt"), (200.0, "Description (CPT)"), (-700.0, "Your Charge")]),
            (74.0, &[(30.0, "08/28/2025"), (200.0, "XR ANKLE 3+ VIEWS - 73610-26"), (-700.0, "140.28")]),
            (88.0, &[(30.0, "Total New Charges"), (-700.0, "140.28")]),
            (110.0, &[(30.0, "Insurance Payments")]),
            (122.0, &[(30.0, "09/14/2025"), (200.0, "INSURANCE PAYMENT - ELM"), (-390.0, "52.50 CR")]),
            (134.0, &[(30.0, "09/14/2025"), (200.0, "LETTER ABOUT YOUR VISIT"), (-390.0, "1.50")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::ServiceDate, Field::Charge, Field::PlanPaid])).collect();
        assert_eq!(rows, ["2025-08-28 140.28 -", "2025-09-14 - 52.50"], "only what names a credit is one");
    }

    #[test]
    fn a_credit_with_its_day_beneath_it_is_no_part_of_the_service_above() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Hospital"), (400.0, "Itemized bill")]),
            (60.0, &[(30.0, "Billing Code"), (100.0, "Details of Charges"), (-560.0, "Amount")]),
            (74.0, &[(30.0, "0120 ROOM AND BOARD")]),
            (86.0, &[(100.0, "R&B SEMI-PRIV"), (-560.0, "2,537.00")]),
            (95.0, &[(100.0, "on 07/05/2025")]),
            (107.0, &[(100.0, "INSURANCE ADJUSTMENT"), (-560.0, "-1,720.85")]),
            (116.0, &[(100.0, "on 07/25/2025")]),
            (128.0, &[(100.0, "R&B SEMI-PRIV"), (-560.0, "2,537.00")]),
            (137.0, &[(100.0, "on 07/06/2025")]),
        ]);
        let fields = [Field::ServiceDate, Field::Description, Field::Charge, Field::PlanDiscount];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        let want = [
            "2025-07-05 R&B SEMI-PRIV 2537.00 -",
            "2025-07-25 INSURANCE ADJUSTMENT - 1720.85",
            "2025-07-06 R&B SEMI-PRIV 2537.00 -",
        ];
        assert_eq!(rows, want);
    }

    #[test]
    fn a_lost_minus_is_given_back_and_doubted() {
        for (cents, wanted, confidence) in [(7177, -7177, 0.85), (-7177, -7177, 0.99)] {
            let cell = Cell {
                value: Value::Money(Money::from_cents(cents)),
                raw: String::new(),
                page: 1,
                bbox: BBox::default(),
                confidence: 0.99,
            };
            let cells = BTreeMap::from([(Field::Credits, cell)]);
            let mut row = Row { kind: LineKind::Payment, cells, claim: None, page: 1, bbox: BBox::default() };
            give_back_minus(&mut row);
            assert_eq!(crate::reading::money_of(&row.cells, Field::Credits), Some(Money::from_cents(wanted)));
            assert_eq!(row.cells[&Field::Credits].confidence, confidence);
        }
    }

    #[test]
    fn a_credit_in_the_words_of_others_has_lost_its_minus() {
        let lines = |third: [&'static str; 2]| {
            let row = |day: &'static str, words: &'static str, amount: &'static str| {
                vec![(30.0, day), (110.0, words), (-460.0, amount)]
            };
            vec![
                (20.0, vec![(30.0, "Lakeside Physicians"), (400.0, "Billing statement")]),
                (60.0, vec![(30.0, "Date"), (110.0, "Description"), (-460.0, "Charges")]),
                (74.0, row("02/08/2025", "ED VISIT - 99284", "$821.94")),
                (86.0, row("02/24/2025", "INSURANCE PAYMENT - ELM", "-$297.61")),
                (98.0, row("02/08/2025", "VENIPUNCTURE - 36415", "$24.53")),
                (110.0, row("02/24/2025", third[0], third[1])),
            ]
        };
        let kinds = |third, scan: bool| {
            let lines = lines(third);
            let lines: Vec<(f32, &[(f32, &str)])> = lines.iter().map(|(y, c)| (*y, c.as_slice())).collect();
            let s = if scan { crate::test_pages::read_scan(&lines, 0.99) } else { read(&lines) };
            let last = s.rows.last().expect("a row");
            (last.kind, last.cells.values().map(|c| c.confidence).fold(1.0, f32::min) < 0.9)
        };
        let lost = ["INSURANCE PAYMENT - ELM", "$12.10"];
        assert_eq!(kinds(lost, true), (LineKind::Payment, true));
        assert_eq!(kinds(lost, false), (LineKind::Service, false), "print has no minus to lose");
        assert_eq!(kinds(["INSURANCE PAYMENT - OAK", "$12.10"], true).0, LineKind::Service);
    }
}
