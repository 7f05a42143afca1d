//! The record → the values of one letter.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::Bargain;
use super::kind::Kind;
use super::occasion::{Subject, is_firm};
use super::values::{Balance, Facts, Household, Item, Paper, Terms};
use super::wording::{Lang, long_date, money, paper_name, place, short_date};
use crate::case_file::PlanKind;
use crate::case_log::Entry;
use crate::finished::{CasePapers, file_of};
use crate::ledger::Account;
use crate::names::{same_number, same_provider};
use crate::record::{DocKind, Document, FactKind, Money, ServiceLine, Status};
use crate::reference::code_lists::DenialClass;
use crate::rules::{self, Finding, Severity};

/// Days after a collector's notice in which a dispute stops collection until the debt is validated: 15 USC 1692g(b). They are
/// counted from its date, though the law counts from receipt.
const DISPUTE_DAYS: i32 = 30;

/// The facts of one letter.
pub fn facts(papers: &CasePapers, kind: Kind, subject: &Subject, bargain: &Bargain, lang: Lang, date: Date) -> Facts {
    let source = Source { papers, subject, bargain, lang, date };
    source.facts(kind)
}

struct Source<'s> {
    papers: &'s CasePapers,
    subject: &'s Subject,
    bargain: &'s Bargain,
    lang: Lang,
    date: Date,
}

fn first(of: &[String]) -> Option<String> {
    of.iter().find(|s| !s.trim().is_empty()).cloned()
}

impl<'s> Source<'s> {
    fn facts(&self, kind: Kind) -> Facts {
        let judged = &self.papers.judged;
        let bill = self.paper_at(self.subject.bill.as_deref());
        let eob = self.paper_at(self.subject.eob.as_deref());
        let notice = self.paper_at(self.subject.notice.as_deref());
        let account = judged.accounts.iter().find(|a| self.subject.bill.as_deref() == Some(&a.path));
        let findings: Vec<&Finding> = self.subject.findings.iter().filter_map(|id| self.finding(id)).collect();
        let mut items: Vec<Item> = findings.iter().filter(|f| Self::told(kind, f)).map(|f| self.item(f)).collect();
        // Lines first, then what is about the whole paper.
        items.sort_by_key(|i| i.place.is_empty());
        let mut classes: Vec<String> = items.iter().map(|i| i.class.clone()).filter(|c| !c.is_empty()).collect();
        classes.sort();
        classes.dedup();
        let deadline = findings.iter().filter_map(|f| f.deadline).min();
        let (from, to) = self.services(bill, eob);
        let about_claim = matches!(kind, Kind::InternalAppeal | Kind::ReprocessingRequest | Kind::ExternalReviewRequest);
        let claim_no = self.subject.claim_no.clone().or_else(|| account.and_then(|a| first(&a.claim_no)));
        Facts {
            date: long_date(self.date, self.lang),
            next_step: judged.summary.next_step.as_str(),
            patient: self.patient(if about_claim { eob.or(bill) } else { bill.or(eob) }),
            member_id: eob.and_then(|d| d.member_id.clone()).or_else(|| bill.and_then(|d| d.member_id.clone())),
            provider: self.provider(account, bill, eob),
            payer: eob.and_then(|d| d.payer.clone()).or_else(|| bill.and_then(|d| d.payer.clone())),
            plan: self.plan(eob, bill),
            collector: notice.and_then(|d| Self::collector(d, account, bill)),
            account_no: account.and_then(|a| first(&a.account_no)).or_else(|| bill.and_then(|d| first(&d.account_no))),
            claim_no: claim_no.or_else(|| if about_claim { eob.and_then(|d| first(&d.claim_no)) } else { None }),
            service_from: from.map(|d| long_date(d, self.lang)),
            service_to: to.filter(|t| Some(*t) != from).map(|d| long_date(d, self.lang)),
            bill: self.paper(bill),
            eob: self.paper(eob),
            notice: self.paper(notice),
            notice_amount: notice.and_then(|d| d.balance_due).map(money),
            notice_fresh: notice.and_then(|d| d.statement_date).is_some_and(|d| (self.date - d).get_days() <= DISPUTE_DAYS),
            notice_action: notice.and_then(|d| said(d, FactKind::ExtraordinaryCollection)),
            balance: account.map(Self::balance).unwrap_or_default(),
            items,
            classes,
            deadline: deadline.map(|d| long_date(d, self.lang)),
            late: deadline.is_some_and(|d| d < self.date),
            enclosures: self.enclosures(kind, &findings),
            household: self.household(),
            estimate: self.estimate(&findings),
            terms: self.terms(kind),
        }
    }

    fn paper_at(&self, path: Option<&str>) -> Option<&'s Document> {
        self.papers.document(path?)
    }

    fn finding(&self, id: &str) -> Option<&'s Finding> {
        self.papers.judged.findings.iter().find(|f| f.flag_id == id)
    }

    /// Whether a letter speaks of a finding: to the one who has to answer it only of what is firm, unless it is a question.
    fn told(kind: Kind, f: &Finding) -> bool {
        match kind {
            Kind::ErrorDispute | Kind::ItemizedBillRequest | Kind::NoSurprisesComplaint | Kind::EstimateDispute => is_firm(f),
            _ => true,
        }
    }

    fn patient(&self, about: Option<&Document>) -> Option<String> {
        let judged = &self.papers.judged;
        let stated = judged.facts.patient.name.clone();
        let summed = Some(judged.summary.patient.clone()).filter(|p| !p.trim().is_empty());
        stated.or_else(|| about.and_then(|d| first(&d.patient))).or(summed)
    }

    fn provider(&self, account: Option<&Account>, bill: Option<&Document>, eob: Option<&Document>) -> Option<String> {
        let of_account = account.map(|a| a.provider.clone()).filter(|p| !p.is_empty());
        let of_claim = || {
            let claim_no = self.subject.claim_no.as_deref()?;
            let claims = &eob?.claims;
            claims.iter().find(|c| c.claim_no.as_deref().is_some_and(|n| same_number(n, claim_no)))?.provider.clone()
        };
        let only = || eob.filter(|d| d.provider.len() == 1).and_then(|d| first(&d.provider));
        of_account.or_else(|| bill.and_then(|d| first(&d.provider))).or_else(of_claim).or_else(only)
    }

    /// The agency that sent a notice. Where the only name on it is the provider's, the agency's was not read.
    fn collector(notice: &Document, account: Option<&Account>, bill: Option<&Document>) -> Option<String> {
        let creditors = account.map(|a| &a.provider).into_iter().chain(bill.into_iter().flat_map(|d| &d.provider));
        let creditors: Vec<&String> = creditors.collect();
        notice.provider.iter().find(|n| !n.trim().is_empty() && !creditors.iter().any(|c| same_provider(c, n))).cloned()
    }

    fn plan(&self, eob: Option<&Document>, bill: Option<&Document>) -> &'static str {
        let stated = self.papers.judged.facts.plan.as_ref().and_then(|p| p.kind);
        let payer = eob.and_then(|d| d.payer.as_deref()).or_else(|| bill.and_then(|d| d.payer.as_deref()));
        let insured = eob.is_some() || self.papers.judged.facts.plan.is_some();
        match stated.or_else(|| payer.map(rules::kind_by_name)) {
            Some(PlanKind::Medicare) => "medicare",
            Some(PlanKind::MedicareAdvantage) => "medicare-advantage",
            Some(PlanKind::Medicaid) => "medicaid",
            kind if kind == Some(PlanKind::Commercial) || kind.is_none() && insured => "commercial",
            _ => "self-pay",
        }
    }

    fn services(&self, bill: Option<&Document>, eob: Option<&Document>) -> (Option<Date>, Option<Date>) {
        let of_claim = |l: &&ServiceLine| {
            let wanted = self.subject.claim_no.as_deref();
            wanted.is_none_or(|n| l.claim_no.as_deref().is_none_or(|c| same_number(c, n)))
        };
        let of = |d: &Document| {
            let lines = || d.services().filter(|l| d.is_bill() || of_claim(l));
            let from = lines().filter_map(|l| l.service_date).min().or(d.service_from).or(d.admitted);
            let to = lines().filter_map(ServiceLine::last_date).max().or(d.service_to).or(d.discharged);
            (from, to)
        };
        let found = bill.map(of).filter(|(from, _)| from.is_some());
        found.or_else(|| eob.map(of)).unwrap_or_default()
    }

    fn balance(account: &Account) -> Balance {
        let disputed = account.in_dispute();
        Balance {
            asked: account.asked.map(money),
            charged: account.bill.charged.map(money),
            share: account.eob.patient_share.map(money),
            supported: account.asked.is_some().then(|| money(account.supported)),
            in_dispute: (disputed > crate::record::Money::ZERO).then(|| money(disputed)),
        }
    }

    fn paper(&self, d: Option<&Document>) -> Paper {
        let Some(d) = d else { return Paper::default() };
        Paper {
            kind: kind_name(d.kind),
            name: paper_name(d.kind, self.lang),
            date: d.statement_date.map(|x| long_date(x, self.lang)),
            account_no: first(&d.account_no),
            claim_no: if d.claim_no.len() == 1 { first(&d.claim_no) } else { None },
            sender: match d.kind {
                DocKind::Eob | DocKind::DenialLetter => d.payer.clone(),
                DocKind::CollectionNotice => None,
                _ => first(&d.provider),
            },
        }
    }

    /// Page and line as the reader of the paper counts them.
    fn place(&self, path: &str, page: Option<u32>, line: Option<u32>) -> String {
        let (_, first_page) = file_of(path);
        place(page.map(|p| (p + 1).saturating_sub(first_page)), line, self.lang)
    }

    fn item(&self, f: &Finding) -> Item {
        let line = f.line_no.and_then(|n| self.papers.line(&f.path, n));
        let other = f.evidence_path.as_deref();
        let other_line = other.zip(f.evidence_line_no).and_then(|(p, n)| self.papers.line(p, n));
        let units = |l: &ServiceLine| l.units.map(|u| u.normalize().to_string());
        Item {
            rule: f.rule,
            certain: f.severity == Severity::Error,
            date: f.service_date.or_else(|| line.and_then(|l| l.service_date)).map(short_date),
            code: f.code.clone().or_else(|| line.and_then(|l| l.revenue_code.clone())),
            description: f.description.clone(),
            units: line.and_then(units),
            billed: f.amount_billed.or_else(|| line.and_then(|l| l.charge)).map(money),
            expected: f.amount_expected.map(money),
            at_issue: f.amount_at_issue.map(money),
            paper: self.paper(self.papers.document(&f.path)),
            place: self.place(&f.path, f.page, f.line_no),
            other: self.paper(self.paper_at(other)),
            other_place: other.map(|p| self.place(p, f.evidence_page, f.evidence_line_no)).unwrap_or_default(),
            other_date: other_line.and_then(|l| l.service_date).map(short_date),
            other_code: other_line.and_then(|l| l.code.clone()),
            other_units: other_line.and_then(units),
            other_charge: other_line.and_then(|l| l.charge).map(money),
            same_paper: other == Some(&f.path),
            class: if f.rule == "appealable-denial" {
                rules::denial_class_of(f).map(class_name).unwrap_or_default()
            } else {
                String::new()
            },
            reason: self.reason(f, line),
        }
    }

    /// Why a plan refused a service, as its paper words it.
    fn reason(&self, f: &Finding, line: Option<&ServiceLine>) -> Option<String> {
        let d = self.papers.document(&f.path).filter(|d| !d.is_bill())?;
        let noted: Vec<&str> = line?.remark_codes.iter().filter_map(|c| d.notes.get(c)).map(|n| n.trim()).collect();
        let noted = Some(noted.join(" ")).filter(|n| !n.is_empty());
        noted.or_else(|| said(d, FactKind::DenialReason))
    }

    /// The papers that a letter rests on: the bill and the EOB, and what its findings name.
    fn enclosures(&self, kind: Kind, findings: &[&Finding]) -> Vec<Paper> {
        let named = findings.iter().flat_map(|f| [Some(f.path.as_str()), f.evidence_path.as_deref()]).flatten();
        let own = [self.subject.notice.as_deref(), self.subject.bill.as_deref(), self.subject.eob.as_deref()];
        let mut paths: Vec<&str> = Vec::new();
        for path in own.into_iter().flatten().chain(named) {
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        let fits = |d: &&Document| {
            let read = matches!(d.status, Status::Ok | Status::Partial);
            // What the one who gets the letter has sent need not be sent back, but for the bill of a dispute.
            let wanted = match kind {
                Kind::CollectorValidationRequest => d.kind == DocKind::CollectionNotice,
                Kind::AssistanceApplicationRequest | Kind::ItemizedBillRequest => d.is_bill(),
                _ => d.kind != DocKind::CollectionNotice,
            };
            read && wanted
        };
        paths.into_iter().filter_map(|p| self.papers.document(p)).filter(fits).map(|d| self.paper(Some(d))).collect()
    }

    fn household(&self) -> Household {
        let facts = &self.papers.judged.facts;
        let day = |d: Option<Date>| d.map(|d| long_date(d, self.lang));
        Household {
            size: facts.patient.household_size.map(|n| n.to_string()),
            income: facts.patient.annual_income.map(money),
            first_bill: day(facts.assistance.first_bill),
            applied_on: day(facts.assistance.applied_on),
        }
    }

    fn estimate(&self, findings: &[&Finding]) -> Option<String> {
        let found = findings.iter().find(|f| f.rule == "estimate-exceeded").and_then(|f| f.amount_expected);
        found.or_else(|| self.papers.judged.facts.estimate.as_ref().map(|e| e.amount)).map(money)
    }

    /// The terms of an agreement in the case's log; what was not noted there stays blank.
    fn agreed(&self, entry: &Entry) -> Terms {
        let t = &entry.terms;
        let day = |d: Date| long_date(d, self.lang);
        let none = match self.lang {
            Lang::En => "none",
            Lang::Es => "ninguno",
        };
        let interest = t.interest.map(|r| if r.is_zero() { none.to_owned() } else { format!("{} %", r.normalize()) });
        let agreed = Terms {
            interest,
            with: Some(entry.with.clone()).filter(|w| !w.is_empty()),
            agreed_on: Some(day(entry.date)),
            ..Terms::default()
        };
        let Some(monthly) = t.monthly else {
            return Terms { lump_sum: t.amount.map(money), due: t.due.map(day), ..agreed };
        };
        // The last payment is what the others leave of the sum.
        let others = |n: u32| Money(monthly.0 * Decimal::from(n.saturating_sub(1)));
        let last = t.amount.zip(t.payments).map(|(amount, n)| amount - others(n)).filter(|last| *last > Money::ZERO);
        Terms {
            monthly: Some(money(monthly)),
            first_due: t.due.map(day),
            payments: t.payments.map(|n| n.to_string()),
            last_payment: last.map(money),
            total: t.amount.map(money),
            ..agreed
        }
    }

    /// What is offered: the opening offer or the plan of the bill, never a figure of an agreement that nobody has made.
    fn terms(&self, kind: Kind) -> Terms {
        let talk = self.bargain.talks.iter().find(|t| self.subject.bill.as_deref() == Some(&t.path));
        let stated = self.papers.judged.facts.finance.as_ref().and_then(|f| f.monthly).map(money);
        match kind {
            Kind::SettlementOffer => {
                let opening = talk.and_then(|t| t.offer.as_ref()).map(|o| o.opening.amount);
                Terms { lump_sum: self.bargain.offer.or(opening).map(money), ..Terms::default() }
            }
            Kind::PaymentPlanProposal => match talk.and_then(|t| t.plan.as_ref()) {
                Some(plan) => Terms {
                    monthly: Some(money(plan.monthly)),
                    payments: Some(plan.payments.to_string()),
                    last_payment: Some(money(plan.last_payment)),
                    total: Some(money(plan.total)),
                    ..Terms::default()
                },
                None => Terms { monthly: stated, ..Terms::default() },
            },
            Kind::CallScript => Terms { monthly: stated, ..Terms::default() },
            Kind::AgreementConfirmation => self.bargain.agreed.as_ref().map(|e| self.agreed(e)).unwrap_or_default(),
            _ => Terms::default(),
        }
    }
}

/// The class of a denial as the templates name it, in American spelling.
fn class_name(class: DenialClass) -> String {
    class.as_str().replace("authorisation", "authorization").replace(' ', "-")
}

fn said(d: &Document, kind: FactKind) -> Option<String> {
    d.facts.iter().find(|f| f.kind == kind).map(|f| f.text.trim().to_owned()).filter(|t| !t.is_empty())
}

/// Its name in documents.csv.
fn kind_name(kind: DocKind) -> &'static str {
    match kind {
        DocKind::ItemizedBill => "itemized_bill",
        DocKind::SummaryBill => "summary_bill",
        DocKind::Eob => "eob",
        DocKind::DenialLetter => "denial_letter",
        DocKind::CollectionNotice => "collection_notice",
        DocKind::Receipt => "receipt",
        DocKind::Estimate => "estimate",
        DocKind::Other => "other",
    }
}
