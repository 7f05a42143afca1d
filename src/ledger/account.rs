//! The account of one bill: what its own figures say, what the EOBs say, and what follows.

use serde::{Deserialize, Serialize};

use super::dispute::{Dispute, disputes};
use crate::matching::{BillMatch, LineRef};
use crate::record::Money;
use crate::rules::{Context, Finding};

/// One side's figures of a claim, US dollars; `None` is what that side does not state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Side {
    /// What the provider charged.
    pub charged: Option<Money>,
    /// The plan's discount, or the adjustment that the bill credits.
    pub discount: Option<Money>,
    /// What the plan paid, or what the bill credits of it.
    pub plan_paid: Option<Money>,
    /// What the patient has paid.
    pub patient_paid: Option<Money>,
    /// The patient's share.
    pub patient_share: Option<Money>,
}

/// The account of one bill that counts. `asked` = the disputed amounts + `supported`, to the cent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The bill.
    pub path: String,
    /// Who asks for the money.
    pub provider: String,
    /// The provider's account numbers.
    pub account_no: Vec<String>,
    /// Claims of the EOB lines that settle the bill.
    pub claim_no: Vec<String>,
    /// The EOBs on which these lines stand.
    pub eobs: Vec<String>,
    /// What the bill says.
    pub bill: Side,
    /// What the matched EOB lines say; a figure that not all of them state is left out.
    pub eob: Side,
    /// Charges of bill lines that no EOB shows.
    pub unmatched: Money,
    /// What the bill asks for; `None` where it states no balance.
    pub asked: Option<Money>,
    /// What is in question, each dollar once.
    pub disputed: Vec<Dispute>,
    /// What the papers support of what is asked.
    pub supported: Money,
}

impl Account {
    /// What of the balance is in question.
    pub fn in_dispute(&self) -> Money {
        self.disputed.iter().map(|d| d.amount).sum()
    }
}

/// The account of a bill.
pub(super) fn account(cx: &Context<'_>, m: &BillMatch, findings: &[Finding]) -> Account {
    let d = &cx.docs[m.doc];
    let lines = m.eob_lines();
    let disputed = disputes(cx, m, findings);
    let in_question: Money = disputed.iter().map(|x| x.amount).sum();
    // Where the bill credits nothing of a kind, it says nothing about it.
    let credited = |total: Money| (total != Money::ZERO).then_some(total);
    let mut claim_no: Vec<String> = lines.iter().filter_map(|e| cx.line(*e).claim_no.clone()).collect();
    claim_no.sort();
    claim_no.dedup();
    let mut eobs: Vec<String> = lines.iter().map(|e| cx.docs[e.doc].path.clone()).collect();
    eobs.dedup();
    Account {
        path: d.path.clone(),
        provider: d.provider.first().cloned().unwrap_or_default(),
        account_no: d.account_no.clone(),
        claim_no,
        eobs,
        bill: Side {
            charged: Context::charges(d),
            discount: d.total_discount.or_else(|| credited(Context::credited_discount(d))),
            plan_paid: d.total_plan_paid.or_else(|| credited(Context::credited_plan_payments(d))),
            patient_paid: d.total_patient_paid.or_else(|| credited(Context::credited_patient_payments(d))),
            patient_share: None,
        },
        eob: Side {
            charged: sum_of(&lines, |e| cx.line(e).charge),
            discount: sum_of(&lines, |e| cx.discount(e)),
            plan_paid: sum_of(&lines, |e| cx.plan_paid(e)),
            patient_paid: None,
            patient_share: sum_of(&lines, |e| cx.share(e)),
        },
        unmatched: m.unmatched.iter().filter_map(|b| cx.line(*b).charge).sum(),
        asked: d.balance_due,
        supported: d.balance_due.unwrap_or_default() - in_question,
        disputed,
    }
}

/// The sum, where there are lines and all of them state it.
fn sum_of(lines: &[LineRef], get: impl Fn(LineRef) -> Option<Money>) -> Option<Money> {
    if lines.is_empty() {
        return None;
    }
    lines.iter().map(|e| get(*e)).collect::<Option<Vec<Money>>>().map(|v| v.into_iter().sum())
}
