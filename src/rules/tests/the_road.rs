//! The road begins with the next step of cases.csv and holds what the case can still meet.

use super::*;
use crate::ledger::{RoadState, RoadStep};

fn steps(r: &Reconciled) -> Vec<(&'static str, RoadState)> {
    r.road.iter().map(|s| (s.step.as_str(), s.state)).collect()
}

fn of(r: &Reconciled, step: NextStep) -> &RoadStep {
    r.road.iter().find(|s| s.step == step).unwrap_or_else(|| panic!("no {} in {:?}", step.as_str(), r.road))
}

fn overcharged() -> Vec<Document> {
    vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])]
}

#[test]
fn errors_come_before_any_talk_of_money() {
    let r = reconcile(overcharged(), "[finance]\nlump_sum = 20\nmonthly = 5\n");
    assert_eq!(
        steps(&r),
        [
            ("dispute-errors", RoadState::Now),
            ("negotiate", RoadState::Later),
            ("payment-plan", RoadState::Maybe),
            ("written-agreement", RoadState::Later),
            ("pay", RoadState::Later)
        ]
    );
    let why = &r.road[0].reason;
    assert!(why.contains("170.00 of the 200.00 that c/bill.pdf asks for"), "{why}");
    assert!(why.contains("balance-exceeds-eob, discount-not-applied, payment-not-posted"), "{why}");
    let talk = &of(&r, NextStep::Negotiate).reason;
    assert!(talk.contains("30.00 of the 200.00") && talk.contains("20.00 could be paid at once, or 5.00 a month"), "{talk}");
    assert!(of(&r, NextStep::PaymentPlan).reason.contains("5.00 a month"));
    assert!(of(&r, NextStep::WrittenAgreement).reason.contains("AC-44110"));
}

#[test]
fn a_right_bill_is_paid_and_nothing_else() {
    let docs =
        vec![bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 3_000), eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)])];
    let r = reconcile(docs, "");
    assert_eq!(steps(&r), [("pay", RoadState::Now)]);
    assert!(r.road[0].reason.starts_with("The papers support the 30.00 that c/bill.pdf asks for."), "{}", r.road[0].reason);
}

#[test]
fn nothing_asked_is_nothing_to_pay() {
    let reason = |balance: Option<i64>| {
        let mut b = bill(vec![charged(9, "99213", 20_000)], 8_000, 12_000, 0);
        b.balance_due = balance.map(cents);
        let r = reconcile(vec![b, eob(vec![settled(9, "99213", 20_000, 12_000, 0)])], "");
        assert_eq!(steps(&r), [("pay", RoadState::Now)]);
        r.road[0].reason.clone()
    };
    assert_eq!(reason(Some(0)), "The bills ask for nothing.");
    assert_eq!(reason(Some(-1_250)), "The bills show a credit of 12.50: ask for its refund.");
    assert!(reason(None).contains("states what it asks for"));
    assert!(reconcile(vec![], "").road[0].reason.contains("no bill"));
}

#[test]
fn who_waits_may_have_to_dispute_and_appeal() {
    let mut b = bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000);
    b.payer = Some("Tall Pine Health Insurance".into());
    b.claim_no = vec!["CL-7".into()];
    let r = reconcile(vec![b], "");
    assert_eq!(
        steps(&r),
        [
            ("wait-for-claim", RoadState::Now),
            ("dispute-errors", RoadState::Maybe),
            ("appeal", RoadState::Maybe),
            ("payment-plan", RoadState::Maybe),
            ("pay", RoadState::Later)
        ]
    );
    assert!(r.road[0].reason.contains("200.00") && r.road[0].reason.contains("Claim CL-7."), "{}", r.road[0].reason);
}

#[test]
fn where_all_is_in_dispute_there_is_nothing_to_pay() {
    let docs = vec![bill(vec![charged(9, "99213", 20_000)], 0, 0, 20_000), eob(vec![settled(9, "99213", 20_000, 20_000, 0)])];
    let r = reconcile(docs, "[finance]\nmonthly = 5\n");
    assert_eq!(r.row.balance_supported, cents(0));
    assert_eq!(steps(&r), [("dispute-errors", RoadState::Now)]);
}

#[test]
fn a_hospital_may_have_to_help() {
    let docs = || {
        let mut docs = overcharged();
        docs[0].provider = vec!["Willow Bend Hospital".into()];
        docs[1].provider = vec!["Willow Bend Hospital".into()];
        docs
    };
    let help = |toml: &str| {
        let r = reconcile(docs(), toml);
        r.road.into_iter().find(|s| s.step == NextStep::ApplyForAssistance)
    };
    let unknown = help("").unwrap();
    assert_eq!((unknown.state, unknown.by), (RoadState::Maybe, Some(date(2025, 12, 27))));
    assert!(unknown.reason.contains("whether the hospital is nonprofit, how many people"), "{}", unknown.reason);
    assert_eq!(help("[provider]\nnonprofit = false\n"), None);
    let household = |income: i64| format!("[patient]\nhousehold_size = 2\nannual_income = {income}\n");
    assert_eq!(help(&household(84_600)).unwrap().state, RoadState::Maybe);
    assert_eq!(help(&household(84_601)), None);
    let sure =
        help(&format!("{}[provider]\nnonprofit = true\n[assistance]\napplied_on = 2025-06-01\n", household(20_000))).unwrap();
    assert_eq!((sure.state, sure.by), (RoadState::Later, Some(date(2025, 12, 27))));
    assert!(sure.reason.contains("Applied on 2025-06-01"), "{}", sure.reason);
}

#[test]
fn every_road_begins_with_the_next_step() {
    let uncoded = || {
        let mut s = document("c/bill.pdf", DocKind::SummaryBill, vec![]);
        s.balance_due = Some(cents(3_000));
        vec![s]
    };
    for docs in [vec![], overcharged(), uncoded(), overcharged()[..1].to_vec()] {
        for toml in ["", "[plan]\nkind = \"self-pay\"\n", "[finance]\nmonthly = 0\n", "[provider]\nnonprofit = true\n"] {
            let r = reconcile(docs.clone(), toml);
            assert_eq!((r.road[0].step, r.road[0].state), (r.row.next_step, RoadState::Now));
            assert!(r.road.is_sorted_by(|a, b| a.step < b.step), "{:?}", r.road);
            assert!(r.road.iter().skip(1).all(|s| s.state != RoadState::Now));
            for s in &r.road {
                let sound = s.reason.ends_with(['.', '”']) && !s.reason.contains("  ") && !s.reason.contains(" .");
                assert!(sound, "{:?}", s.reason);
            }
        }
    }
}
