//! The whole road of a case: what to do first, and what may come after it, each step with why and by when.
//!
//! A step stands on the road where the case's own papers call for it, or where what it waits for may still bring it about. The
//! first one is `next_step` of cases.csv. Sources: the rules that the findings name; 26 CFR 1.501(r)-4 and -6 (assistance),
//! 45 CFR 164.524 (records on request).

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::account::Account;
use super::next_step::{NextStep, called_for, errors, is_uncoded, rights, waits};
use crate::matching::BillMatch;
use crate::record::{Document, Money};
use crate::rules::{Context, Finding, Severity};

/// Days from the first bill in which a nonprofit hospital takes an application: 26 CFR 1.501(r)-1(b)(3).
const APPLICATION_DAYS: i32 = 240;

/// Papers that a reason names one by one.
const NAMED: usize = 3;

/// When a step is to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RoadState {
    /// The first one.
    Now,
    /// Called for by the papers, once the steps before it are taken.
    Later,
    /// Called for only if what it waits for turns out so.
    Maybe,
}

impl RoadState {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Later => "later",
            Self::Maybe => "maybe",
        }
    }
}

/// One step of the road.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoadStep {
    /// What to do.
    pub step: NextStep,
    /// When.
    pub state: RoadState,
    /// Why, in the case's own figures, and what it waits for.
    pub reason: String,
    /// Last day, where a deadline runs.
    pub by: Option<Date>,
}

/// The road; never empty. `findings` are the open ones.
pub(super) fn road(cx: &Context<'_>, accounts: &[Account], findings: &[Finding]) -> Vec<RoadStep> {
    let called = |step: &NextStep| called_for(*step, cx, findings);
    let first = NextStep::ORDER.into_iter().find(called).unwrap_or(NextStep::Pay);
    let way = Way { cx, accounts, findings, first };
    let after = NextStep::ORDER.into_iter().skip_while(|s| *s != first);
    after.filter_map(|step| way.state(step).map(|state| way.step(step, state))).collect()
}

/// What the reasons are made of.
struct Way<'w> {
    cx: &'w Context<'w>,
    accounts: &'w [Account],
    findings: &'w [Finding],
    first: NextStep,
}

impl Way<'_> {
    fn calls_for(&self, step: NextStep) -> bool {
        called_for(step, self.cx, self.findings)
    }

    fn waiting(&self) -> bool {
        self.first == NextStep::WaitForClaim
    }

    fn supported(&self) -> Money {
        self.accounts.iter().map(|a| a.supported).sum()
    }

    /// Whether and when the case meets a step; only asked for the first one and those after it.
    fn state(&self, step: NextStep) -> Option<RoadState> {
        if step == self.first {
            return Some(RoadState::Now);
        }
        let left = self.supported() > Money::ZERO;
        let maybe = match step {
            NextStep::WrittenAgreement if left && self.calls_for(NextStep::Negotiate) => return Some(RoadState::Later),
            NextStep::Negotiate | NextStep::Pay if !left => return None,
            NextStep::DisputeErrors => self.waiting() || self.first == NextStep::RequestItemizedBill,
            NextStep::Appeal => self.waiting() && self.cx.insured(),
            NextStep::ApplyForAssistance => self.may_be_helped().next().is_some(),
            NextStep::PaymentPlan => left,
            _ => false,
        };
        if self.calls_for(step) { Some(RoadState::Later) } else { maybe.then_some(RoadState::Maybe) }
    }

    fn step(&self, step: NextStep, state: RoadState) -> RoadStep {
        let (reason, by) = match step {
            NextStep::WaitForClaim => (self.why_wait(), None),
            NextStep::RequestItemizedBill => (self.why_itemize(), None),
            NextStep::DisputeErrors if state == RoadState::Maybe => {
                ("The papers that this waits for are compared line by line when they are here; what does not agree is disputed before anything is paid.".to_owned(), None)
            }
            NextStep::DisputeErrors => self.why_dispute(),
            NextStep::AssertRights => self.why_assert(),
            NextStep::Appeal if state == RoadState::Maybe => {
                ("If the plan refuses a service when it settles the claim, its notice says how long an appeal is open.".to_owned(), None)
            }
            NextStep::Appeal => self.why_appeal(state),
            NextStep::ApplyForAssistance if state == RoadState::Maybe => self.why_ask_for_help(),
            NextStep::ApplyForAssistance => self.why_apply(),
            NextStep::Negotiate => (self.why_negotiate(state), None),
            NextStep::PaymentPlan => (self.why_plan(), None),
            NextStep::WrittenAgreement => (self.why_in_writing(), None),
            NextStep::Pay => (self.why_pay(state), None),
        };
        RoadStep { step, state, reason, by }
    }

    fn why_wait(&self) -> String {
        let waiting: Vec<&Finding> = self.findings.iter().filter(|f| waits(f)).collect();
        let said = waiting.iter().take(NAMED).map(|f| {
            let claims = &self.cx.docs[f.doc].claim_no;
            let claim = if claims.is_empty() { String::new() } else { format!(" Claim {}.", claims.join(", ")) };
            format!("{}{claim}", f.explanation)
        });
        format!(
            "{}{} What is owed is known only when the plan has settled it, and a payment made now may be hard to get back.",
            said.collect::<Vec<_>>().join(" "),
            and_more(waiting.len(), "paper says the same", "papers say the same")
        )
    }

    fn why_itemize(&self) -> String {
        let bills: Vec<&Document> = self.cx.bills().map(|(b, _)| b).filter(|b| is_uncoded(b)).collect();
        let asks =
            |b: &&Document| format!("{} asks for {} without saying which services", b.path, b.balance_due.unwrap_or_default());
        let named: Vec<String> = bills.iter().take(NAMED).map(asks).collect();
        format!(
            "{}.{} Only an itemized bill with dates, codes and units shows whether each charge is right (45 CFR 164.524).",
            named.join("; "),
            and_more(bills.len(), "bill does so too", "bills do so too")
        )
    }

    fn why_dispute(&self) -> (String, Option<Date>) {
        let chosen: Vec<&Finding> = errors(self.findings).collect();
        let why = "An agreement on a wrong balance is hard to undo, so this comes before any talk of paying.";
        (format!("{} {why}", self.in_question(&chosen)), deadline(&chosen))
    }

    fn why_assert(&self) -> (String, Option<Date>) {
        let chosen: Vec<&Finding> = rights(self.findings).collect();
        let why = "The law named with each finding limits what may be asked; say so in writing.";
        (format!("{} {why}", self.in_question(&chosen)), deadline(&chosen))
    }

    fn why_appeal(&self, state: RoadState) -> (String, Option<Date>) {
        let denials: Vec<&Finding> = self.findings.iter().filter(|f| f.rule == "appealable-denial").collect();
        let by = deadline(&denials);
        let mut papers: Vec<&str> = denials.iter().map(|f| f.path.as_str()).collect();
        papers.dedup();
        let cost: Option<Vec<Money>> = denials.iter().map(|f| f.amount_at_issue).collect();
        let cost = cost.map(|all| format!(", {} at the patient's cost", all.into_iter().sum::<Money>())).unwrap_or_default();
        let until = by.map(|d| format!("The first appeal is open until {d}")).unwrap_or_default();
        let meanwhile = match (by, state) {
            (Some(_), RoadState::Later) => "; these days run while the steps before it are taken.",
            (Some(_), _) => ".",
            (None, _) => "The notice says how long an appeal is open.",
        };
        let what = count(denials.len(), "refusal", "refusals");
        (format!("{what} on {}{cost}, that an appeal can answer. {until}{meanwhile}", listed(&papers)), by)
    }

    fn why_apply(&self) -> (String, Option<Date>) {
        let of: Vec<&Finding> = self.findings.iter().filter(|f| f.rule == "financial-assistance").collect();
        let first = of.first().map(|f| f.explanation.as_str()).unwrap_or_default();
        let hold = match self.cx.case.file.assistance.applied_on {
            Some(day) => {
                format!("Applied on {day}: ask for the decision in writing, and that the account is on hold until then.")
            }
            None => "Apply before anything is paid, and ask that the account is on hold meanwhile.".to_owned(),
        };
        (format!("{first} {hold}"), deadline(&of))
    }

    /// The bills for which the hospital may have to help: it asks for money, and nothing stated says no.
    fn may_be_helped(&self) -> impl Iterator<Item = (&Document, &BillMatch)> {
        let file = &self.cx.case.file;
        let household = file.patient.annual_income.zip(file.patient.household_size);
        let limit = file.assistance.limit_percent.unwrap_or(Decimal::from(400));
        self.cx.bills().filter(move |(bill, m)| {
            let over = household.is_some_and(|(income, size)| {
                let day = bill.services().filter_map(|l| l.service_date).min().or(bill.statement_date);
                let found = day.and_then(|d| self.cx.refs.poverty.guideline(d.year(), file.patient.state.as_deref(), size));
                found.is_some_and(|(g, _)| income.0 > g.0 * limit / Decimal::ONE_HUNDRED)
            });
            let asks = bill.balance_due.is_some_and(|b| b > Money::ZERO);
            asks && !over && file.provider.nonprofit != Some(false) && self.cx.is_facility(m.doc)
        })
    }

    fn why_ask_for_help(&self) -> (String, Option<Date>) {
        let bills: Vec<(&Document, &BillMatch)> = self.may_be_helped().collect();
        let by = bills.iter().filter_map(|(_, m)| self.cx.first_bill(m.doc)?.checked_add(APPLICATION_DAYS.days()).ok()).min();
        let file = &self.cx.case.file;
        let mut unknown = Vec::new();
        if file.provider.nonprofit.is_none() {
            unknown.push("whether the hospital is nonprofit");
        }
        if file.patient.household_size.is_none() {
            unknown.push("how many people the household has");
        }
        if file.patient.annual_income.is_none() {
            unknown.push("what its income is");
        }
        let unknown = match unknown.as_slice() {
            [] => String::new(),
            some => format!("case.toml does not say {}. ", some.join(", ")),
        };
        let paths: Vec<&str> = bills.iter().map(|(b, _)| b.path.as_str()).collect();
        let text = format!(
            "A hospital sent {}. {unknown}A nonprofit one must have an assistance policy and take applications for {APPLICATION_DAYS} days after the first bill: ask for it.",
            listed(&paths)
        );
        (text, by)
    }

    fn why_negotiate(&self, state: RoadState) -> String {
        let mut why = Vec::new();
        let outliers = self.findings.iter().filter(|f| f.rule == "price-outlier").count();
        if outliers > 0 {
            why.push(format!("{} far above a public benchmark.", count(outliers, "price is", "prices are")));
        }
        if !self.cx.insured() {
            why.push("No plan pays for it.".to_owned());
        }
        if let Some(finance) = &self.cx.case.file.finance {
            let lump = finance.lump_sum.map(|m| format!("{m} could be paid at once"));
            let monthly = finance.monthly.map(|m| format!("{m} a month"));
            let can: Vec<String> = lump.into_iter().chain(monthly).collect();
            if !can.is_empty() {
                why.push(format!("By case.toml {}.", can.join(", or ")));
            }
        }
        let only = match state {
            RoadState::Now => String::new(),
            _ => " Only when the steps before it are done, and only about what the papers then support.".to_owned(),
        };
        format!("{}{only} {}{}", self.what_is_supported(), why.join(" "), self.look_first())
    }

    fn why_plan(&self) -> String {
        let monthly = self.cx.case.file.finance.as_ref().and_then(|f| f.monthly).filter(|m| *m > Money::ZERO);
        let what = monthly.map(|m| format!(" of {m} a month")).unwrap_or_default();
        format!(
            "If it cannot be paid at once: ask for a plan{what} without interest, in writing. A credit card would turn it into another debt, with interest and without assistance."
        )
    }

    fn why_in_writing(&self) -> String {
        let mut numbers: Vec<&str> = self.accounts.iter().flat_map(|a| &a.account_no).map(String::as_str).collect();
        numbers.dedup();
        let account =
            if numbers.is_empty() { "the account number".to_owned() } else { format!("account {}", numbers.join(", ")) };
        format!(
            "Before anything is paid: the agreed amount, its due date, {account}, and that it satisfies the balance, in a letter from the provider."
        )
    }

    fn why_pay(&self, state: RoadState) -> String {
        let asked: Vec<Money> = self.accounts.iter().filter_map(|a| a.asked).collect();
        let total: Money = asked.iter().copied().sum();
        if self.accounts.is_empty() {
            return "The case holds no bill: there is nothing to pay.".to_owned();
        }
        if asked.is_empty() {
            return "No bill of the case states what it asks for: there is nothing to pay.".to_owned();
        }
        if total < Money::ZERO {
            return format!("The bills show a credit of {}: ask for its refund.", -total);
        }
        if total == Money::ZERO {
            return "The bills ask for nothing.".to_owned();
        }
        let plan = match state {
            RoadState::Now => " If that cannot be paid at once, ask for a plan without interest; do not put it on a credit card.",
            _ => " Only what the steps before it leave.",
        };
        format!("{}{plan} Keep the receipt.{}", self.what_is_supported(), self.look_first())
    }

    fn what_is_supported(&self) -> String {
        let asked: Money = self.accounts.iter().filter_map(|a| a.asked).sum();
        let supported = self.supported();
        let paying: Vec<&str> = self.accounts.iter().filter(|a| a.supported > Money::ZERO).map(|a| a.path.as_str()).collect();
        if supported == asked {
            format!("The papers support the {asked} that {} asks for.", listed(&paying))
        } else {
            format!("The papers support {supported} of the {asked} that is asked.")
        }
    }

    /// What a person should look at before money is spoken of.
    fn look_first(&self) -> String {
        let own_step = |f: &&Finding| waits(f) || matches!(f.rule, "appealable-denial" | "financial-assistance");
        let open = self.findings.iter().filter(|f| f.severity == Severity::Review && !own_step(f)).count();
        if open == 0 { String::new() } else { format!(" First look at the {} for review.", count(open, "finding", "findings")) }
    }

    /// Which bill asks for how much too much, by which findings; what stands on another paper is named with it.
    fn in_question(&self, chosen: &[&Finding]) -> String {
        let claims = |a: &Account, f: &Finding| f.path == a.path || a.disputed.iter().any(|d| d.flag_id == f.flag_id);
        let mut said = Vec::new();
        for a in self.accounts {
            let of: Vec<&Finding> = chosen.iter().copied().filter(|f| claims(a, f)).collect();
            let amount: Money = a.disputed.iter().filter(|d| of.iter().any(|f| f.flag_id == d.flag_id)).map(|d| d.amount).sum();
            if of.is_empty() {
                continue;
            }
            said.push(match a.asked {
                Some(asked) if amount > Money::ZERO => {
                    format!("{amount} of the {asked} that {} asks for is in question: {}.", a.path, rules_of(&of))
                }
                _ => format!("{}: {}, without an amount of its own.", a.path, rules_of(&of)),
            });
        }
        let rest: Vec<&Finding> = chosen.iter().copied().filter(|f| !self.accounts.iter().any(|a| claims(a, f))).collect();
        for of in rest.chunk_by(|a, b| a.path == b.path) {
            let amount: Money = of.iter().filter_map(|f| f.amount_at_issue).sum();
            let figure = if amount > Money::ZERO { format!(" ({amount})") } else { String::new() };
            said.push(format!("{}: {}{figure}.", of[0].path, rules_of(of)));
        }
        let more = and_more(said.len(), "paper is in question", "papers are in question");
        said.truncate(NAMED);
        format!("{}{more}", said.join(" "))
    }
}

fn deadline(findings: &[&Finding]) -> Option<Date> {
    findings.iter().filter_map(|f| f.deadline).min()
}

/// `duplicate-charge (2), units-mismatch`.
fn rules_of(findings: &[&Finding]) -> String {
    let mut ids: Vec<&str> = findings.iter().map(|f| f.rule).collect();
    ids.sort_unstable();
    let times = |of: &[&str]| if of.len() > 1 { format!("{} ({})", of[0], of.len()) } else { of[0].to_owned() };
    ids.chunk_by(|a, b| a == b).map(times).collect::<Vec<_>>().join(", ")
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

fn and_more(all: usize, one: &str, many: &str) -> String {
    let more = all.saturating_sub(NAMED);
    if more == 0 { String::new() } else { format!(" {}.", count(more, &format!("more {one}"), &format!("more {many}"))) }
}

fn listed(paths: &[&str]) -> String {
    let more = paths.len().saturating_sub(NAMED);
    let named = paths.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    if more == 0 { named } else { format!("{named} and {more} more") }
}
