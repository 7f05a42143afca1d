use jiff::civil::date;

use super::*;
use crate::case_file::parse_case_file;
use crate::cases::Case;
use crate::decisions::Decisions;
use crate::export::cases_json::JudgedCase;
use crate::ledger::reconcile_case;
use crate::record::{LineKind, ServiceLine, TextOrigin};
use crate::reference::load_refs;

fn cents(c: i64) -> Money {
    Money::from_cents(c)
}

fn bill(path: &str, provider: &str, charges: &[(&str, i64)], balance: i64) -> Document {
    let mut d = Document::empty(path);
    d.kind = DocKind::ItemizedBill;
    d.text_source = Some(TextOrigin::Digital);
    d.patient = vec!["Jane Doe".into()];
    d.provider = vec![provider.into()];
    d.account_no = vec![format!("A{balance}")];
    d.statement_date = Some(date(2025, 5, 1));
    d.balance_due = Some(cents(balance));
    for (i, (code, charge)) in charges.iter().enumerate() {
        let mut l = ServiceLine::empty(LineKind::Service, 1, u32::try_from(i).unwrap() + 1);
        l.service_date = Some(date(2025, 3, 9));
        l.code = (!code.is_empty()).then(|| (*code).to_owned());
        l.charge = Some(cents(*charge));
        l.units = Some(Decimal::TWO);
        d.lines.push(l);
    }
    d
}

/// 72148 is paid with 100.00; a hospital takes 60.00 for it in cash.
fn tables() -> ReferenceTables {
    let dir = tempfile::tempdir().unwrap();
    let files = [
        (
            "rvu.csv",
            "2025 PAYMENT National Physician Fee Schedule,,,,,,,\n,,,,NON-FAC,FACILITY,,\n,,,WORK,,,MP,CONV\n\
             HCPCS,MOD,DESCRIPTION,RVU,PE RVU,PE RVU,RVU,FACTOR\n72148,,x,1.00,1.00,1.00,0.00,50.00\n",
        ),
        (
            "fpl.csv",
            "year,region,household_size,guideline\n2025,48 contiguous states and DC,1,15650\n2025,48 contiguous states and DC,each additional,5500\n",
        ),
        (
            "prices.csv",
            "hospital_name,last_updated_on\nWillow Bend Hospital,2025-01-01\n\
             description,code|1,code|1|type,drug_unit_of_measurement,standard_charge|gross,standard_charge|discounted_cash\nx,72148,CPT,,900.00,60.00\n",
        ),
    ];
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    load_refs(dir.path()).unwrap()
}

fn papers(docs: Vec<Document>, toml: &str) -> CasePapers {
    let mut case = Case::new("c", docs);
    case.file = parse_case_file(toml).unwrap();
    let r = reconcile_case(&case, &ReferenceTables::default(), &Decisions::default());
    let judged = JudgedCase { summary: r.row, accounts: r.accounts, findings: r.findings, facts: case.file, road: r.road };
    CasePapers { judged, documents: case.documents }
}

fn negotiate(docs: Vec<Document>, toml: &str) -> Negotiation {
    plan(&papers(docs, toml), &tables(), &Terms::default())
}

const SELF_PAY: &str = "[plan]\nkind = \"self-pay\"\n";

fn self_pay(more: &str) -> String {
    format!("{SELF_PAY}[patient]\nstate = \"TX\"\n{more}")
}

#[test]
fn medicare_bounds_what_a_clinic_is_offered() {
    let docs = || vec![bill("c/b.pdf", "Lakeside Imaging", &[("72148", 500_000)], 500_000)];
    let n = negotiate(docs(), &self_pay("[finance]\nlump_sum = 350\nmonthly = 150\n"));
    assert_eq!((n.refused.as_deref(), n.verified_balance, n.talks.len()), (None, cents(500_000), 1));
    let talk = &n.talks[0];
    let offer = talk.offer.as_ref().unwrap();
    // Two units of 100.00: 200.00, 300.00, 400.00; there are 350.00.
    assert_eq!(
        [&offer.opening, &offer.target, &offer.walk_away].map(|f| f.amount),
        [cents(20_000), cents(30_000), cents(35_000)]
    );
    assert!(
        offer.opening.basis.starts_with("100 % of what Medicare would pay (Physician Fee Schedule 2025"),
        "{:?}",
        offer.opening
    );
    assert_eq!(offer.walk_away.basis, "350.00 is what could be paid at once");
    let p = talk.plan.as_ref().unwrap();
    assert_eq!((p.payments, p.last_payment, p.total), (34, cents(5_000), cents(500_000)));
    assert!(talk.notes.is_empty(), "{:?}", talk.notes);
}

#[test]
fn a_price_that_is_not_known_for_every_line_is_no_benchmark() {
    let docs = vec![bill("c/b.pdf", "Lakeside Imaging", &[("72148", 100_000), ("99999", 100_000), ("", 1_000)], 201_000)];
    let n = negotiate(docs, &self_pay(""));
    let offer = n.talks[0].offer.as_ref().unwrap();
    assert_eq!(
        [&offer.opening, &offer.target, &offer.walk_away].map(|f| f.amount),
        [cents(40_200), cents(80_400), cents(160_800)]
    );
    assert!(n.talks[0].notes[0].contains("2 of 3 services have no price"), "{:?}", n.talks[0].notes);
    assert!(n.talks[0].plan.is_none() && n.notes.iter().any(|x| x.contains("[finance] monthly")), "{:?}", n.notes);
}

#[test]
fn a_hospital_is_held_to_its_cash_price_and_not_to_the_physicians_schedule() {
    let n = negotiate(vec![bill("c/b.pdf", "Willow Bend Hospital", &[("72148", 50_000)], 50_000)], &self_pay(""));
    let offer = n.talks[0].offer.as_ref().unwrap();
    let kinds: Vec<BenchmarkKind> = offer.benchmarks.iter().map(|b| b.kind).collect();
    assert!(kinds.contains(&BenchmarkKind::CashPrice) && !kinds.contains(&BenchmarkKind::Medicare), "{kinds:?}");
    assert_eq!(
        (offer.walk_away.amount, offer.walk_away.basis.as_str()),
        (cents(12_000), "the hospital's own cash price (Willow Bend Hospital, prices of 2025-01-01)")
    );
    assert_eq!((offer.opening.amount, offer.target.amount), (cents(10_000), cents(12_000)));
}

#[test]
fn what_is_already_paid_is_taken_off_a_benchmark() {
    let talk = |paid: i64| {
        let mut b = bill("c/b.pdf", "Lakeside Imaging", &[("72148", 100_000)], 100_000 - paid);
        b.total_patient_paid = Some(cents(paid));
        negotiate(vec![b], &self_pay("")).talks.remove(0)
    };
    let part = talk(5_000);
    assert_eq!(part.offer.unwrap().opening.amount, cents(15_000));
    let all = talk(20_000);
    assert!(all.offer.unwrap().benchmarks.iter().all(|b| b.kind != BenchmarkKind::Medicare));
    assert!(all.notes[0].contains("200.00 is paid already: no more would be owed"), "{:?}", all.notes);
}

#[test]
fn a_balance_that_is_not_verified_is_not_talked_about() {
    let refused = |docs: Vec<Document>, toml: &str| {
        let n = negotiate(docs, toml);
        assert!(n.talks.is_empty());
        n.refused.unwrap()
    };
    let one = || bill("c/b.pdf", "Lakeside Imaging", &[("72148", 100_000)], 100_000);
    let mut uncoded = one();
    uncoded.kind = DocKind::SummaryBill;
    uncoded.lines.clear();
    assert!(refused(vec![uncoded], SELF_PAY).contains("ask for the itemized bill with codes first"));
    assert!(refused(vec![one()], "[plan]\nkind = \"commercial\"\n").contains("wait for the claim"));
    let mut twice = one();
    twice.lines.extend(one().lines);
    twice.lines[1].line_no = 2;
    twice.lines[0].units = None;
    twice.lines[1].units = None;
    twice.total_charges = Some(cents(200_000));
    twice.balance_due = Some(cents(200_000));
    let text = refused(vec![twice], SELF_PAY);
    assert!(text.contains("dispute the errors first") && text.contains("1000.00 of the 2000.00"), "{text}");
    let mut paid = one();
    paid.balance_due = Some(cents(0));
    assert!(refused(vec![paid], SELF_PAY).contains("ask for nothing"));
    let mut silent = one();
    silent.balance_due = None;
    assert!(refused(vec![silent], SELF_PAY).contains("No bill of the case states a balance"));
    assert!(refused(vec![], SELF_PAY).contains("no bill"));
}

#[test]
fn two_providers_share_what_there_is() {
    let docs = vec![
        bill("c/a.pdf", "Lakeside Imaging", &[("72148", 20_000)], 20_000),
        bill("c/b.pdf", "Hilltop Surgeons", &[("99999", 10_000)], 10_000),
    ];
    let n = negotiate(docs, &self_pay("[finance]\nlump_sum = 100\nmonthly = 10\n"));
    let most: Vec<Money> = n.talks.iter().map(|t| t.offer.as_ref().unwrap().walk_away.amount).collect();
    assert_eq!(most, [cents(6_666), cents(3_334)]);
    let months: Vec<Money> = n.talks.iter().map(|t| t.plan.as_ref().unwrap().monthly).collect();
    assert_eq!(months, [cents(666), cents(334)]);
    assert_eq!(n.talks.iter().map(|t| t.verified_balance).sum::<Money>(), n.verified_balance);
}

#[test]
fn nothing_to_pay_with_is_said_and_not_divided() {
    let docs = || vec![bill("c/b.pdf", "Lakeside Imaging", &[("72148", 100_000)], 100_000)];
    let n = negotiate(docs(), &self_pay("[finance]\nlump_sum = 0\nmonthly = 0\n"));
    let talk = &n.talks[0];
    assert!(talk.offer.is_none() && talk.plan.is_none());
    assert!(talk.warnings.iter().any(|w| w.contains("a plan would not end")), "{:?}", talk.warnings);
    let dear = Terms { apr: Some(Decimal::from(24)), monthly: Some(cents(2_500)), ..Terms::default() };
    let n = plan(&papers(docs(), &self_pay("")), &tables(), &dear);
    let p = n.talks[0].plan_with_interest.as_ref().unwrap();
    assert!(p.interest > Money::ZERO && p.payments > n.talks[0].plan.as_ref().unwrap().payments);
    assert!(n.talks[0].warnings.iter().any(|w| w.starts_with("Interest of 24 % a year would cost")), "{:?}", n.talks[0].warnings);
}

#[test]
fn the_household_is_held_against_the_guideline() {
    let docs = || vec![bill("c/b.pdf", "Willow Bend Hospital", &[("72148", 50_000)], 50_000)];
    let screen = |income: i64, more: &str| {
        let toml = format!("{SELF_PAY}[patient]\nhousehold_size = 2\nannual_income = {income}\n{more}");
        negotiate(docs(), &toml)
    };
    let n = screen(42_300, "");
    let s = n.assistance.as_ref().unwrap();
    assert_eq!((s.guideline, s.percent, s.may_qualify), (cents(2_115_000), Decimal::from(200), true));
    assert!(s.says.contains("free care up to 200 %") && n.before[0].starts_with("Assistance first"), "{:?}", n.before);
    assert!(screen(42_301, "").assistance.unwrap().says.contains("discount up to 400 %"));
    assert!(!screen(84_601, "").assistance.unwrap().may_qualify);
    let limited = screen(42_300, "[assistance]\nlimit_percent = 150\n");
    assert!(!limited.assistance.as_ref().unwrap().may_qualify);
    let unknown = negotiate(docs(), SELF_PAY);
    assert!(unknown.assistance.is_none() && unknown.notes.iter().any(|x| x.contains("household_size and annual_income")));
}

#[test]
fn the_page_says_all_of_it() {
    let docs = vec![bill("c/b.pdf", "Lakeside Imaging", &[("72148", 500_000)], 500_000)];
    let mut page = Vec::new();
    write(&mut page, &negotiate(docs, &self_pay("[finance]\nmonthly = 50\n"))).unwrap();
    let page = String::from_utf8(page).unwrap();
    for part in ["Verified balance: 5000.00", "open with", "200.00", "stop at", "100", "credit card", "takes 100 months"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.lines().all(|l| l.chars().count() <= 100), "{page}");
}
