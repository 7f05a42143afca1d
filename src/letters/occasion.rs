//! Which letters a case calls for, and what each is about.

use jiff::ToSpan;
use jiff::civil::Date;

use super::kind::Kind;
use crate::decisions::Verdict;
use crate::finished::CasePapers;
use crate::ledger::{Account, NextStep};
use crate::names::same_number;
use crate::record::{DocKind, Document, Money, Status};
use crate::rules::{self, Finding, Table};

/// Days that a plan has to decide on a claim for a service already given: 29 CFR 2560.503-1(f)(2)(iii)(B).
const DECISION_DAYS: i64 = 30;

/// Faults of a bill that have a letter of their own, or none.
const APART: &[&str] = &["no-surprises", "estimate-exceeded", "collections-too-early", "financial-assistance", "price-outlier"];

/// What a letter is about. Paths are those of documents of the case, findings are given by their `flag_id`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Subject {
    /// The bill.
    pub bill: Option<String>,
    /// The EOB or denial letter.
    pub eob: Option<String>,
    /// The collector's notice.
    pub notice: Option<String>,
    /// The claim, where the EOB holds several.
    pub claim_no: Option<String>,
    /// What it says about them.
    pub findings: Vec<String>,
}

/// A letter that a case may need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occasion {
    /// Its kind.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// Whether the case calls for it now.
    pub now: bool,
    /// Why, or why not yet.
    pub why: String,
}

/// The letters that a case calls for on the day of the letter, and those that could follow, in the order of [`Kind::ALL`].
pub fn occasions(papers: &CasePapers, today: Date) -> Vec<Occasion> {
    let case = Case { papers, today };
    let mut all = Vec::new();
    for kind in Kind::ALL {
        let mut of_kind = case.of_kind(kind);
        if of_kind.is_empty() {
            let why = format!("not now; it is for when {}", kind.occasion());
            of_kind.push(Occasion { kind, subject: case.main_subject(), now: false, why });
        }
        all.append(&mut of_kind);
    }
    all
}

/// Whether a finding puts the other side in the wrong: proved or likely, or confirmed by a person.
pub fn is_firm(finding: &Finding) -> bool {
    let confirmed = finding.decision.as_ref().is_some_and(|d| d.verdict == Verdict::Confirmed);
    finding.is_open() && (finding.severity.is_hard() || confirmed)
}

struct Case<'c> {
    papers: &'c CasePapers,
    today: Date,
}

impl<'c> Case<'c> {
    fn of_kind(&self, kind: Kind) -> Vec<Occasion> {
        match kind {
            Kind::ItemizedBillRequest => self.itemized_bills(),
            Kind::ErrorDispute => self.disputes(),
            Kind::ReprocessingRequest => self.reprocessing(),
            Kind::InternalAppeal => self.appeals(),
            Kind::NoSurprisesNotice => self.per_bill(kind, "no-surprises", |_| true),
            Kind::NoSurprisesComplaint => self.per_bill(kind, "no-surprises", is_firm),
            Kind::EstimateDispute => self.per_bill(kind, "estimate-exceeded", is_firm),
            Kind::AssistanceApplicationRequest => self.assistance(),
            Kind::CollectorValidationRequest => self.collectors(),
            Kind::SettlementOffer | Kind::PaymentPlanProposal => self.terms(kind),
            Kind::ExternalReviewRequest | Kind::AgreementConfirmation => Vec::new(),
            Kind::CallScript => self.call(),
        }
    }

    fn open(&self) -> impl Iterator<Item = &'c Finding> {
        self.papers.judged.findings.iter().filter(|f| f.is_open())
    }

    fn accounts(&self) -> &'c [Account] {
        &self.papers.judged.accounts
    }

    fn document(&self, path: &str) -> Option<&'c Document> {
        self.papers.document(path)
    }

    fn live(&self) -> impl Iterator<Item = &'c Document> {
        self.papers.documents.iter().filter(|d| matches!(d.status, Status::Ok | Status::Partial))
    }

    /// The account that asks for the most, with its EOB.
    fn main_subject(&self) -> Subject {
        let largest = self.accounts().iter().max_by_key(|a| (a.asked, std::cmp::Reverse(&a.path)));
        let mut subject = largest.map(|a| self.of_account(a)).unwrap_or_default();
        if subject.eob.is_none() {
            let newest = self.live().filter(|d| d.is_eob() || d.kind == DocKind::DenialLetter);
            subject.eob = newest.max_by_key(|d| (d.statement_date, std::cmp::Reverse(&d.path))).map(|d| d.path.clone());
        }
        let notice = self.live().find(|d| d.kind == DocKind::CollectionNotice);
        subject.notice = notice.map(|d| d.path.clone());
        subject
    }

    fn of_account(&self, account: &Account) -> Subject {
        Subject {
            bill: Some(account.path.clone()),
            eob: account.eobs.first().cloned(),
            claim_no: account.claim_no.first().cloned(),
            findings: self.faults(&account.path).map(|f| f.flag_id.clone()).collect(),
            ..Subject::default()
        }
    }

    /// What a bill's provider has to answer for.
    fn faults(&self, bill: &str) -> impl Iterator<Item = &'c Finding> {
        let bill = bill.to_owned();
        let on_bill = move |f: &&'c Finding| f.path == bill && is_firm(f) && !APART.contains(&f.rule);
        let all: Vec<&Finding> = self.open().filter(on_bill).collect();
        let surprise =
            all.first().is_some_and(|f| self.open().any(|o| o.rule == "no-surprises" && o.path == f.path && is_firm(o)));
        let explained = explained_balance(&all);
        let kept: Vec<&Finding> = all
            .iter()
            .filter(|f| {
                let other_on_line = || all.iter().any(|o| o.rule != f.rule && o.line_no == f.line_no);
                match f.rule {
                    "balance-exceeds-eob" => !surprise && !explained,
                    "no-eob" => f.line_no.is_none() || !other_on_line(),
                    _ => true,
                }
            })
            .copied()
            .collect();
        kept.into_iter()
    }

    fn itemized_bills(&self) -> Vec<Occasion> {
        let summary = |a: &&Account| self.document(&a.path).is_some_and(|d| d.kind == DocKind::SummaryBill);
        let asking = self.accounts().iter().filter(summary).filter(|a| a.asked.is_some_and(|m| m > Money::ZERO));
        let made = |a: &Account| Occasion {
            kind: Kind::ItemizedBillRequest,
            subject: self.of_account(a),
            now: true,
            why: format!("{} asks for {} without codes", a.path, a.asked.unwrap_or_default()),
        };
        asking.map(made).collect()
    }

    fn disputes(&self) -> Vec<Occasion> {
        let mut all = Vec::new();
        for a in self.accounts() {
            let subject = self.of_account(a);
            if subject.findings.is_empty() {
                continue;
            }
            let summary = self.document(&a.path).is_some_and(|d| d.kind == DocKind::SummaryBill);
            let waits = summary && a.asked.is_some_and(|m| m > Money::ZERO);
            let what = format!("{} finding(s) against {}", subject.findings.len(), a.path);
            let why = if waits { format!("{what}, once the itemised bill is there") } else { what };
            all.push(Occasion { kind: Kind::ErrorDispute, subject, now: !waits, why });
        }
        all
    }

    fn reprocessing(&self) -> Vec<Occasion> {
        let rights = |f: &Finding| rules::rule(f.rule).is_some_and(|r| r.table == Table::Rights);
        let mut all: Vec<Occasion> = Vec::new();
        for f in self.open() {
            let Some(d) = self.document(&f.path) else { continue };
            let (now, why) = match f.rule {
                "appealable-denial" => continue,
                "claim-pending" if d.is_eob() => self.waiting(d),
                "no-eob" if f.line_no.is_none() => (true, format!("no EOB covers {}", f.path)),
                rule if d.is_eob() && is_firm(f) && (rights(f) || rule == "math-error") => {
                    (true, format!("{rule} on {}", f.path))
                }
                _ => continue,
            };
            let same =
                all.iter_mut().find(|o| o.subject.eob.as_deref() == Some(&f.path) || o.subject.bill.as_deref() == Some(&f.path));
            if let Some(o) = same {
                o.subject.findings.push(f.flag_id.clone());
                o.now |= now;
                continue;
            }
            let mut subject = Subject { findings: vec![f.flag_id.clone()], ..Subject::default() };
            if d.is_eob() {
                subject.claim_no = self.claim_of(f);
                subject.eob = Some(f.path.clone());
                subject.bill = self.bill_of(f);
            } else {
                subject.bill = Some(f.path.clone());
            }
            all.push(Occasion { kind: Kind::ReprocessingRequest, subject, now, why });
        }
        all
    }

    fn waiting(&self, eob: &Document) -> (bool, String) {
        let due = eob.statement_date.and_then(|d| d.checked_add(DECISION_DAYS.days()).ok());
        match due {
            Some(due) if due < self.today => (true, format!("{} has been pending for more than {DECISION_DAYS} days", eob.path)),
            Some(due) => (false, format!("{} is pending; the plan has until {due}", eob.path)),
            None => (false, format!("{} is pending", eob.path)),
        }
    }

    /// The claim of the line on which a finding stands, or the only one of its paper.
    fn claim_of(&self, f: &Finding) -> Option<String> {
        let d = self.document(&f.path)?;
        let on_line = f.line_no.and_then(|n| self.papers.line(&f.path, n)).and_then(|l| l.claim_no.clone());
        on_line.or_else(|| if let [only] = &d.claim_no[..] { Some(only.clone()) } else { None })
    }

    /// The bill on the other side of a finding on an EOB.
    fn bill_of(&self, f: &Finding) -> Option<String> {
        let evidence = f.evidence_path.as_deref().filter(|p| self.document(p).is_some_and(Document::is_bill));
        let claim = self.claim_of(f);
        let settled = |a: &&Account| {
            let of_claim = claim.as_deref().is_none_or(|c| a.claim_no.iter().any(|n| same_number(n, c)));
            a.eobs.contains(&f.path) && of_claim
        };
        evidence.map(str::to_owned).or_else(|| self.accounts().iter().find(settled).map(|a| a.path.clone()))
    }

    fn appeals(&self) -> Vec<Occasion> {
        let mut all: Vec<Occasion> = Vec::new();
        for f in self.open().filter(|f| f.rule == "appealable-denial") {
            let claim_no = self.claim_of(f);
            let same = |o: &&mut Occasion| o.subject.eob.as_deref() == Some(&f.path) && o.subject.claim_no == claim_no;
            if let Some(o) = all.iter_mut().find(same) {
                o.subject.findings.push(f.flag_id.clone());
                continue;
            }
            let by = f.deadline.map(|d| format!("; by {d}")).unwrap_or_default();
            let subject = Subject {
                bill: self.bill_of(f),
                eob: Some(f.path.clone()),
                claim_no,
                findings: vec![f.flag_id.clone()],
                ..Subject::default()
            };
            let why = format!("{} refuses a service{by}", f.path);
            all.push(Occasion { kind: Kind::InternalAppeal, subject, now: true, why });
        }
        all
    }

    /// A letter for each bill with a finding of one rule.
    fn per_bill(&self, kind: Kind, rule: &str, wanted: fn(&Finding) -> bool) -> Vec<Occasion> {
        let found = self.open().filter(|f| f.rule == rule && wanted(f));
        let made = |f: &Finding| {
            let account = self.accounts().iter().find(|a| a.path == f.path);
            let mut subject = account.map(|a| self.of_account(a)).unwrap_or_default();
            subject.bill = Some(f.path.clone());
            subject.findings = vec![f.flag_id.clone()];
            if subject.eob.is_none() {
                subject.eob.clone_from(&f.evidence_path);
            }
            Occasion { kind, subject, now: true, why: format!("{rule} on {}", f.path) }
        };
        found.map(made).collect()
    }

    fn assistance(&self) -> Vec<Occasion> {
        let kind = Kind::AssistanceApplicationRequest;
        let mut all = self.per_bill(kind, "financial-assistance", |_| true);
        if let Some(day) = self.papers.judged.facts.assistance.applied_on {
            for o in &mut all {
                o.now = false;
                o.why = format!("applied for on {day}");
            }
        }
        all
    }

    fn collectors(&self) -> Vec<Occasion> {
        let notices = self.live().filter(|d| d.kind == DocKind::CollectionNotice);
        let made = |d: &Document| {
            let of_account = |a: &&Account| a.account_no.iter().any(|n| d.account_no.iter().any(|m| same_number(n, m)));
            let account = self.accounts().iter().find(of_account);
            let mut subject = account.map(|a| self.of_account(a)).unwrap_or_default();
            subject.notice = Some(d.path.clone());
            let early = self.open().filter(|f| f.rule == "collections-too-early" && f.path == d.path);
            subject.findings.extend(early.map(|f| f.flag_id.clone()));
            Occasion {
                kind: Kind::CollectorValidationRequest,
                subject,
                now: true,
                why: format!("{} is a collector's notice", d.path),
            }
        };
        notices.map(made).collect()
    }

    /// An offer or a plan for each account whose balance is not in dispute.
    fn terms(&self, kind: Kind) -> Vec<Occasion> {
        let finance = self.papers.judged.facts.finance.as_ref();
        let (lump, monthly) = (finance.and_then(|f| f.lump_sum), finance.and_then(|f| f.monthly));
        let wanted = match kind {
            Kind::SettlementOffer => lump.is_some() || monthly.is_none(),
            _ => monthly.is_some(),
        };
        let step = self.papers.judged.summary.next_step;
        let owing = self.accounts().iter().filter(|a| a.asked.is_some_and(|m| m > Money::ZERO));
        let made = |a: &Account| {
            let disputed = a.in_dispute() > Money::ZERO;
            let why = match (disputed, step == NextStep::Negotiate, wanted) {
                (true, _, _) => format!("not yet: {} of {} is in dispute", a.in_dispute(), a.path),
                (_, false, _) => format!("not yet: the next step is {}", step.as_str()),
                (_, _, false) => "case.toml's [finance] speaks for the other kind".to_owned(),
                _ => format!("the balance of {} is supported by its papers", a.path),
            };
            Occasion { kind, subject: self.of_account(a), now: !disputed && step == NextStep::Negotiate && wanted, why }
        };
        owing.map(made).collect()
    }

    fn call(&self) -> Vec<Occasion> {
        let step = self.papers.judged.summary.next_step;
        if step == NextStep::Pay {
            return Vec::new();
        }
        let subject = Subject { findings: self.main_findings(), ..self.main_subject() };
        vec![Occasion { kind: Kind::CallScript, subject, now: true, why: format!("the next step is {}", step.as_str()) }]
    }

    /// What the call about the main bill is about.
    fn main_findings(&self) -> Vec<String> {
        let Some(bill) = self.main_subject().bill else { return Vec::new() };
        let apart = self.open().filter(|f| f.path == bill && is_firm(f) && APART.contains(&f.rule));
        self.faults(&bill).chain(apart).map(|f| f.flag_id.clone()).collect()
    }
}

/// Whether a missing discount and payment come to the whole excess of a balance.
fn explained_balance(findings: &[&Finding]) -> bool {
    let of =
        |rules: &[&str]| -> Money { findings.iter().filter(|f| rules.contains(&f.rule)).filter_map(|f| f.amount_at_issue).sum() };
    let excess = of(&["balance-exceeds-eob"]);
    excess > Money::ZERO && (of(&["discount-not-applied", "payment-not-posted"]) - excess).abs() <= rules::TOLERANCE
}
