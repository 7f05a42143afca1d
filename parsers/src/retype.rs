//! What the body says against its header.
//!
//! Headers mislead: `Procedure` may stand over words, `Service` over codes, `Adjustments` over reason codes, `Code`
//! over footnotes. The values decide.

mod shares;

use shares::Shares;

use crate::assign::Assigned;
use crate::columns::{Column, is_money_field};
use crate::grammar::code;
use crate::heading_words::noted_amount;
use crate::identify::proven;
use crate::statement::Field;
use crate::tokens::TokenKind;
use crate::whose_rows::who_gave;

/// What a plan makes of a charge, and prints behind it.
const SETTLING: [Field; 6] =
    [Field::Allowed, Field::PlanDiscount, Field::NotCovered, Field::Deductible, Field::Copay, Field::Coinsurance];

/// Corrects the fields of the columns by what stands in them.
pub fn retype(columns: &mut [Column], lines: &[&Assigned]) {
    let shares: Vec<Shares> = (0..columns.len()).map(|i| Shares::of(i, lines)).collect();
    let any = |columns: &[Column], f: Field| columns.iter().any(|c| c.has(f));
    // of the columns without a known header the last one with amounts; what settles charges stands behind them
    let settled = columns.iter().position(|c| c.fields.iter().any(|f| SETTLING.contains(f))).unwrap_or(columns.len());
    let amounts_at = (0..settled).rev().find(|&i| columns[i].fields.is_empty() && shares[i].money > 0.7);
    let last_money = columns.iter().rposition(Column::is_money);
    for i in 0..columns.len() {
        let s = &shares[i];
        if s.n < 1.0 {
            continue;
        }
        let fields = columns[i].fields.clone();
        let now = match fields.as_slice() {
            // footnotes stand behind the amounts
            [Field::Code] if last_money.is_some_and(|m| m < i) && s.code + s.revenue < 0.5 => Some(vec![Field::RemarkCodes]),
            // `Proc Mod` by itself heads the modifiers of codes that stand elsewhere
            [Field::Code] if s.modifiers > 0.99 && !any(columns, Field::Modifiers) => Some(vec![Field::Modifiers]),
            // `Proc. modifier` behind a hospital's own codes
            [Field::Modifiers] if s.code > 0.5 && s.modifiers < 0.1 => Some(vec![Field::Code]),
            // `Proc. Modifier`, `CPT Mod`: the name of the code before that of what is added to it; the labels of sums stand
            // where there is room
            [Field::Code | Field::Ignored] | []
                if s.modifiers > 0.9 * (1.0 - s.worded)
                    && s.modifiers > 0.0
                    && says_modifier(&columns[i].head)
                    && !any(columns, Field::Modifiers) =>
            {
                Some(vec![Field::Modifiers])
            }
            [Field::Code] if s.words > 0.6 && s.code < 0.2 => {
                Some(if any(columns, Field::Description) { vec![Field::Ignored] } else { vec![Field::Description] })
            }
            // of a hospital's services some have a revenue code before their name, the others a procedure code
            [Field::Code | Field::RevenueCode]
                if s.words_after_code + s.revenue_first > 0.5 * (1.0 - s.sums)
                    && s.code > 0.0
                    && !any(columns, Field::Description) =>
            {
                Some(vec![Field::Code, Field::Description])
            }
            [Field::RevenueCode] if s.revenue_first > 0.5 && !any(columns, Field::Description) => {
                Some(vec![Field::RevenueCode, Field::Description])
            }
            // `Code / Description` over words before the amounts heads no legend of notes
            [Field::RemarkCodes]
                if s.words + s.words_after_code > 0.7
                    && last_money.is_some_and(|m| m > i)
                    && !any(columns, Field::Description) =>
            {
                Some(if s.words_after_code > 0.0 { vec![Field::Code, Field::Description] } else { vec![Field::Description] })
            }
            // `Item   1, 2, 3`, the department, or who treated the patient, beside the column of the words
            [Field::Description]
                if (s.numbered || s.people > 0.6 * (1.0 - s.sums) && s.people > 0.0 || is_department(&columns[i].head))
                    && columns.iter().enumerate().any(|(k, c)| k != i && c.has(Field::Description)) =>
            {
                Some(vec![Field::Ignored])
            }
            // words leave no room for another meaning
            [Field::RevenueCode | Field::Units] if s.words > 0.6 && s.count < 0.2 && !any(columns, Field::Description) => {
                Some(vec![Field::Description])
            }
            // the caption of the revenue codes was not read, or run together with its neighbour's
            [Field::Description]
                if s.revenue_first > 0.7 * (1.0 - s.credits - s.sums)
                    && s.revenue_first > 0.1
                    && !any(columns, Field::RevenueCode) =>
            {
                Some(vec![Field::RevenueCode, Field::Description])
            }
            [Field::Description] if s.code > 0.8 && s.words < 0.2 && s.words_before_code < 0.5 && !any(columns, Field::Code) => {
                Some(if s.words_after_code > 0.5 { vec![Field::Code, Field::Description] } else { vec![Field::Code] })
            }
            // `Item`: the lines of a bill, counted under the name of what stands in the next columns
            [Field::Description]
                if s.count > 0.3 && s.count > 0.8 * (1.0 - s.sums) && is_worded_elsewhere(i, columns, &shares) =>
            {
                Some(vec![Field::Ignored])
            }
            // `Line # / Date`: the number of the line with its day, or alone where the day is that above
            [Field::Description]
                if s.numbered_days > 0.0
                    && s.numbered_days + s.count > 0.8 * (1.0 - s.sums)
                    && !any(columns, Field::ServiceDate)
                    && is_worded_elsewhere(i, columns, &shares) =>
            {
                Some(vec![Field::ServiceDate])
            }
            // `Code / Description` before the amounts heads services; behind them it would be notes
            [Field::RemarkCodes]
                if last_money.is_some_and(|m| i < m)
                    && s.words_after_code > 0.2
                    && s.words_after_code + s.words > 0.6
                    && !any(columns, Field::Description)
                    && !any(columns, Field::Code) =>
            {
                Some(vec![Field::Code, Field::Description])
            }
            // `#` counts what was done, unless it numbers the lines: of a single one before all else nobody can tell
            // below the rows a box of sums may have its words there
            [Field::Ignored] | []
                if columns[i].head.trim() == "#"
                    && s.count > 0.3
                    && s.count > 0.6 * (1.0 - s.words)
                    && !s.runs
                    && !s.numbered
                    && (i > 0 || s.count * s.n > 1.5)
                    && !any(columns, Field::Units) =>
            {
                Some(vec![Field::Units])
            }
            // `Transport Charges` over what was done: amounts stand in another column
            [f] if is_money_field(*f)
                && s.words > 0.6
                && s.money < 0.1
                && !any(columns, Field::Description)
                && columns.iter().enumerate().any(|(k, c)| k != i && c.has(*f)) =>
            {
                Some(vec![Field::Description])
            }
            // "Charge number": long figures without cents number something
            [f] if is_money_field(*f) && s.long > 0.7 && s.money < 0.1 => Some(vec![Field::Ignored]),
            [Field::PlanDiscount | Field::Credits] if s.adjustment > 0.5 => Some(vec![Field::Adjustments]),
            [Field::RemarkCodes | Field::Ignored] | []
                if s.adjustment > 0.5 && s.money > 0.3 && !any(columns, Field::Adjustments) =>
            {
                Some(vec![Field::Adjustments])
            }
            // `03/09/25 OFFICE VISIT` in one cell: day and words under the heading of the words
            [Field::Description] if s.date > 0.5 && s.words_after_date > 0.6 * s.date && !any(columns, Field::ServiceDate) => {
                Some(vec![Field::ServiceDate, Field::Description])
            }
            // "Day" and "Days" are one word to the vocabulary
            // lines are numbered; counts are not 1, 2, 3
            [Field::Units] if s.numbered => Some(vec![Field::Ignored]),
            [Field::Units | Field::Description | Field::Code | Field::Ignored]
                if s.money < 0.1 && s.date > 0.7 && s.words < 0.3 && !any(columns, Field::ServiceDate) =>
            {
                Some(vec![Field::ServiceDate])
            }
            // on an EOB `Patient` over amounts is the patient's share, `Plan` what the plan paid
            [Field::Ignored] if s.money > 0.7 && settles(columns) => {
                whose(&columns[i].head).filter(|f| !any(columns, *f)).map(|f| vec![f])
            }
            [] if s.money > 0.7 && Some(i) == amounts_at && !any(columns, Field::Charge) => Some(vec![Field::Charge]),
            [] if s.money < 0.1 && s.date > 0.7 && !any(columns, Field::ServiceDate) => Some(vec![Field::ServiceDate]),
            [] if s.money < 0.1 && s.code > 0.7 && !any(columns, Field::Code) => Some(vec![Field::Code]),
            // small whole numbers just before the first amount count something
            [] if s.count > 0.8 && columns.iter().position(Column::is_money) == Some(i + 1) && !any(columns, Field::Units) => {
                Some(vec![Field::Units])
            }
            [] if s.remark > 0.7 && last_money.is_some_and(|m| m < i) && !any(columns, Field::RemarkCodes) => {
                Some(vec![Field::RemarkCodes])
            }
            [] if s.words > 0.7 && !any(columns, Field::Description) => Some(vec![Field::Description]),
            [] if s.revenue_first > 0.5 && !any(columns, Field::Description) => Some(if any(columns, Field::RevenueCode) {
                vec![Field::Description]
            } else {
                vec![Field::RevenueCode, Field::Description]
            }),
            [] => Some(vec![Field::Ignored]),
            _ => None,
        };
        if let Some(f) = now {
            columns[i].fields = f;
        }
    }
    adjustment_amounts(columns, &shares);
    words_once(columns, &shares);
    settle_doubles(columns, &shares, lines);
}

/// Whether another column holds the words of the services.
fn is_worded_elsewhere(at: usize, columns: &[Column], shares: &[Shares]) -> bool {
    let words =
        |(k, c): (usize, &Column)| k != at && c.has(Field::Description) && shares[k].words + shares[k].words_after_code > 0.3;
    columns.iter().enumerate().any(words)
}

/// Whether a heading has the word for modifiers in it.
fn says_modifier(head: &str) -> bool {
    head.to_lowercase().split(|c: char| !c.is_alphabetic()).any(|w| matches!(w, "mod" | "mods" | "modifier" | "modifiers"))
}

/// Group and reason codes in one column, their amounts in the next: `GRP/RC | AMT`.
fn adjustment_amounts(columns: &mut [Column], shares: &[Shares]) {
    for i in 1..columns.len() {
        let codes = columns[i - 1].fields == [Field::Adjustments] && shares[i - 1].adjustment > 0.5 && shares[i - 1].money < 0.2;
        let beside =
            heads_adjusted_amounts(&columns[i].head) || columns[i].fields.is_empty() || columns[i].fields == [Field::Ignored];
        if codes && beside && shares[i].money > 0.7 {
            columns[i].fields = vec![Field::Adjustments];
        }
    }
}

/// `Type | Procedure / transaction`: beside a column of codes with their words another one of words says what kind of entry a
/// line is; beside one of codes alone it names the services.
fn words_once(columns: &mut [Column], shares: &[Shares]) {
    /// The least share of the codes that have words behind them.
    const FEWEST: f32 = 0.5;
    let Some(coded) = columns.iter().position(|c| c.fields == [Field::Code, Field::Description]) else { return };
    let Some(words) = columns.iter().position(|c| c.fields == [Field::Description]) else { return };
    let s = &shares[coded];
    // a revenue code with its words heads or names the services itself
    if s.n < 1.0 || shares[words].revenue_first >= 0.1 {
        return;
    }
    if s.words_after_code + s.revenue_first >= FEWEST * s.code.max(s.revenue_first) {
        columns[words].fields = vec![Field::Ignored];
    } else {
        columns[coded].fields = vec![Field::Code];
    }
}

/// One column for each field: of several the best filled stays.
fn settle_doubles(columns: &mut [Column], shares: &[Shares], lines: &[&Assigned]) {
    for i in 0..columns.len() {
        for j in i + 1..columns.len() {
            let (Some(&a), Some(&b)) = (columns[i].fields.first(), columns[j].fields.first()) else {
                continue;
            };
            if a != b
                || matches!(a, Field::Ignored | Field::Adjustments)
                || columns[i].fields.len() > 1
                || columns[j].fields.len() > 1
            {
                continue;
            }
            match a {
                // `From` may say of a payment who made it
                Field::ServiceDate
                    if (shares[i].date > 0.0) != (shares[j].date > 0.0) && shares[i].n > 0.0 && shares[j].n > 0.0 =>
                {
                    let drop = if shares[i].date > 0.0 { j } else { i };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // a hospital's books have the day of the entry beside that of the service
                Field::ServiceDate if is_entry(&columns[i].head) != is_entry(&columns[j].head) => {
                    let drop = if is_entry(&columns[i].head) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                Field::ServiceDate => {
                    columns[j].fields = vec![if close(&columns[i], &columns[j]) { Field::ServiceDateTo } else { Field::Ignored }];
                }
                // the title of a table may stand over none of its columns
                Field::Charge if (shares[i].money > 0.5) != (shares[j].money > 0.5) => {
                    let drop = if shares[i].money > 0.5 { j } else { i };
                    columns[drop].fields = vec![Field::Ignored];
                }
                Field::Charge => {
                    // "Total" beside "Charges": the last of them is the extended amount only where the first is a price
                    let drop = if plain(&columns[i].head) && !plain(&columns[j].head) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // `Inel Code`, `Disc Code`: a column of notes beside each of the amounts
                Field::RemarkCodes if [i, j].iter().all(|k| noted_amount(&columns[*k].head).is_some()) => {}
                // `M1   M2`: a column for each of a code's modifiers
                Field::Modifiers if columns[i].head != columns[j].head => {}
                // `Item | Description`: the number of what was done, where one stands beside every description
                Field::Description if !columns.iter().any(|c| c.has(Field::Code)) && has_codes_of(i, j, lines) => {
                    columns[i].fields = vec![Field::Code];
                }
                // `Provider of service | Medical service`
                Field::Description if who_gave(&columns[i].head) != who_gave(&columns[j].head) => {
                    let drop = if who_gave(&columns[i].head) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // `CHG`, `PMT`: a ledger's column of kinds of entries stands beside that of the words
                Field::Description if shares[i].is_of_kinds() != shares[j].is_of_kinds() => {
                    let drop = if shares[i].is_of_kinds() { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                // `Item   1` beside `Kind of Service   EMERGENCY ROOM`
                Field::Description if (shares[i].worded < 0.5) != (shares[j].worded < 0.5) => {
                    let drop = if shares[i].worded < 0.5 { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                Field::Description if numbers_beside_words(i, j, lines) => columns[i].fields = vec![Field::Ignored],
                // `#` in front of everything numbers the lines
                Field::Units if i == 0 => columns[i].fields = vec![Field::Ignored],
                // a supplement's EOB has what Medicare paid before what it pays itself
                Field::PlanPaid if is_first_payer(&columns[i].head) != is_first_payer(&columns[j].head) => {
                    let first = if is_first_payer(&columns[i].head) { i } else { j };
                    columns[first].fields = vec![Field::OtherPaid];
                }
                Field::Code => {
                    // a hospital's own charge codes stand beside the procedure codes, and on more lines; seven figures may look
                    // like a procedure with its modifier
                    let coded = |k: usize| (shares[k].code - shares[k].long).max(0.0) * shares[k].n;
                    let drop = if coded(j) > coded(i) { i } else { j };
                    columns[drop].fields = vec![Field::Ignored];
                }
                _ => {
                    let fuller = if shares[j].n > shares[i].n { j } else { i };
                    let keep = if is_money_field(a) { proven(columns, lines, [i, j], a).unwrap_or(fuller) } else { fuller };
                    columns[if keep == i { j } else { i }].fields = vec![Field::Ignored];
                }
            }
        }
    }
}

/// Whether wherever something stands in a column of words, a code and no more stands in the one before it.
fn has_codes_of(before: usize, words: usize, lines: &[&Assigned]) -> bool {
    let cells =
        |l: &Assigned, column: usize| l.cells.iter().filter(|(_, c)| *c == column).map(|(t, _)| t.clone()).collect::<Vec<_>>();
    let mut worded = lines.iter().filter(|l| !cells(l, words).is_empty()).peekable();
    worded.peek().is_some()
        && worded.all(
            |l| matches!(&cells(l, before)[..], [t] if t.kind == TokenKind::Code || code::procedure_lenient(&t.text).is_some()),
        )
}

/// Whether wherever something stands in both columns it is a figure in the first and words in the second.
fn numbers_beside_words(first: usize, second: usize, lines: &[&Assigned]) -> bool {
    let cell = |l: &Assigned, column: usize| l.cells.iter().find(|(_, c)| *c == column).map(|(t, _)| (t.kind, t.text.len()));
    let mut both = lines.iter().filter_map(|l| Some((cell(l, first)?, cell(l, second)?))).peekable();
    both.peek().is_some() && both.all(|((a, digits), (b, _))| a == TokenKind::Number && digits <= 3 && b == TokenKind::Text)
}

/// Whether a heading names the insurer that pays before the one whose paper it is.
fn is_first_payer(head: &str) -> bool {
    let head = head.to_lowercase();
    ["medicare", "primary", "other"].iter().any(|w| head.contains(w))
}

/// Whether a heading says that something was written down on this day, not that it was done.
pub(crate) fn is_entry(head: &str) -> bool {
    let head = head.to_lowercase();
    ["post", "entry", "entered", "process", "trans", "billed", "received", "paid"].iter().any(|w| head.contains(w))
}

fn close(a: &Column, b: &Column) -> bool {
    b.head_box.x0 - a.head_box.x1 < 60.0
}

/// `Dept`, `Area`: where a service was given.
fn is_department(head: &str) -> bool {
    matches!(head.trim_end_matches('.').to_lowercase().as_str(), "dept" | "department" | "area" | "dept name" | "department name")
}

/// Whether the columns settle charges, as those of EOBs do.
fn settles(columns: &[Column]) -> bool {
    let has = |f: Field| columns.iter().any(|c| c.has(f));
    has(Field::Charge) && (has(Field::Allowed) || has(Field::Deductible) || has(Field::Coinsurance))
}

/// Whose amounts stand under the name of one who pays.
pub(crate) fn whose(head: &str) -> Option<Field> {
    let head = head.trim().to_lowercase();
    match head.trim_start_matches("your ").trim_start_matches("the ") {
        "patient" | "member" | "subscriber" | "insured" | "you" | "pt" => Some(Field::PatientResponsibility),
        "plan" | "health plan" | "insurance" | "ins" | "insurer" | "carrier" | "payer" => Some(Field::PlanPaid),
        _ => None,
    }
}

/// Whether a heading right behind that of group and reason codes is that of their amounts: `GRP/RC | ADJ AMT`.
pub(crate) fn heads_adjusted_amounts(head: &str) -> bool {
    let adjusted = |w: &str| matches!(w, "adj" | "adjustment" | "adjusted" | "cas");
    plain(head) || head.trim().to_lowercase().split([' ', '.']).next().is_some_and(adjusted)
}

fn plain(head: &str) -> bool {
    matches!(head.trim().to_lowercase().as_str(), "total" | "amount" | "totals" | "amt")
}

#[cfg(test)]
mod tests;
