//! What the body says against its header.
//!
//! Headers mislead: `Procedure` may stand over words, `Service` over codes, `Adjustments` over reason codes, `Code`
//! over footnotes. The values decide.

mod doubles;
mod shares;

use doubles::settle_doubles;
use shares::Shares;

use crate::assign::Assigned;
use crate::columns::{Column, is_money_field};
use crate::statement::Field;

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
            // or between them, beside the amount that they explain: `Not covered | Code | Savings`
            [Field::Code]
                if s.remark > 0.9
                    && s.code + s.revenue < 0.1
                    && columns[..i].iter().any(Column::is_money)
                    && !any(columns, Field::RemarkCodes) =>
            {
                Some(vec![Field::RemarkCodes])
            }
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

/// Whether a heading says that something was written down on this day, not that it was done.
pub(crate) fn is_entry(head: &str) -> bool {
    let head = head.to_lowercase();
    ["post", "entry", "entered", "process", "trans", "billed", "received", "paid"].iter().any(|w| head.contains(w))
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
