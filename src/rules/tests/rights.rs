use super::*;

/// A bill of an out-of-network clinician and the EOB, which leaves 600.00 above its own amount.
fn outside(code: &str, provider: &str) -> Vec<Document> {
    let mut b = bill(vec![charged(9, code, 100_000)], 0, 30_000, 70_000);
    b.provider = vec![provider.into()];
    let mut e = eob(vec![settled(9, code, 100_000, 30_000, 10_000)]);
    e.provider = vec![provider.into()];
    e.network = Some(Network::Out);
    e.lines[0].plan_discount = Some(cents(0));
    e.lines[0].not_covered = Some(cents(60_000));
    vec![b, e]
}

/// An in-network hospital's settled claim of the same day, without a bill.
fn hospital() -> Document {
    let mut e = eob(vec![settled(9, "", 500_000, 300_000, 0)]);
    e.path = "c/hospital-eob.pdf".into();
    e.provider = vec!["Lakeshore Hospital".into()];
    e.account_no = vec!["H-7788123".into()];
    e
}

#[test]
fn no_surprises() {
    let er = outside("99284", "Hawthorn Emergency Physicians");
    let r = reconcile(er.clone(), "");
    assert_eq!(r.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["balance-exceeds-eob", "no-surprises"]);
    assert!(r.findings.iter().all(|f| f.severity == Severity::Error));
    assert_eq!((r.row.amount_disputed, r.row.next_step), (cents(60_000), NextStep::AssertRights));
    assert_eq!(rules_of(er.clone(), "[plan]\nkind = \"medicare\"\n"), ["balance-exceeds-eob"]);
    let mut tricare = er.clone();
    tricare[1].payer = Some("TRICARE East".into());
    assert_eq!(rules_of(tricare, ""), ["balance-exceeds-eob"]);
    let mut right = er;
    right[0].balance_due = Some(cents(10_100));
    assert_eq!(rules_of(right, ""), Vec::<&str>::new());

    let mut anaesthesia = outside("00790", "Prairie Anesthesia Consultants");
    assert_eq!(flags(anaesthesia.clone(), "")[0].1, Severity::Review, "no facility in the case");
    anaesthesia.push(hospital());
    assert_eq!(
        flags(anaesthesia, ""),
        [one("balance-exceeds-eob", Severity::Error, None, "600.00"), one("no-surprises", Severity::Error, None, "600.00")]
    );
    let mut surgeon = outside("47562", "Westfield Surgical Associates");
    surgeon.push(hospital());
    assert_eq!(
        flags(surgeon, ""),
        [one("balance-exceeds-eob", Severity::Review, None, "600.00"), one("no-surprises", Severity::Review, None, "600.00")]
    );
    assert_eq!(rules_of(outside("A0431", "Frontier Air"), ""), ["balance-exceeds-eob", "no-surprises"]);
    assert_eq!(rules_of(outside("A0429", "County Ambulance"), ""), ["balance-exceeds-eob"]);
}

fn denied(note: &str, share: i64, balance: i64) -> Vec<Document> {
    let mut e = eob(vec![settled(9, "99213", 20_000, 9_000, 3_000), settled(9, "82728", 10_000, 0, share)]);
    e.notes.insert("W4".into(), note.into());
    let l = &mut e.lines[1];
    l.remark_codes = vec!["W4".into()];
    l.plan_discount = Some(cents(0));
    l.not_covered = Some(cents(10_000));
    l.allowed = Some(cents(0));
    l.coinsurance = Some(cents(0));
    vec![bill(vec![charged(9, "99213", 20_000), charged(9, "82728", 10_000)], 8_000, 9_000, balance), e]
}

#[test]
fn denied_billed_to_patient() {
    let late = "The claim was sent after the filing limit. The provider may not bill you.";
    assert_eq!(
        flags(denied(late, 0, 13_000), ""),
        [
            one("balance-exceeds-eob", Severity::Error, None, "100.00"),
            one("denied-billed-to-patient", Severity::Error, Some(2), "100.00")
        ]
    );
    assert_eq!(reconcile(denied(late, 0, 13_000), "").row.next_step, NextStep::AssertRights);
    assert_eq!(rules_of(denied(late, 0, 3_000), ""), Vec::<&str>::new(), "not asked for");
    assert_eq!(rules_of(denied("Exact duplicate of a service already processed.", 0, 13_000), ""), ["balance-exceeds-eob"]);
    let mut remit = denied("", 0, 13_000);
    let l = &mut remit[1].lines[1];
    l.not_covered = None;
    l.patient_responsibility = None;
    l.adjustments = vec![Adjustment { group: "CO".into(), carc: "197".into(), amount: cents(10_000) }];
    assert_eq!(rules_of(remit.clone(), ""), ["balance-exceeds-eob", "denied-billed-to-patient"]);
    remit[1].lines[1].adjustments[0].carc = "45".into();
    remit[1].lines[1].plan_discount = None;
    assert_eq!(rules_of(remit, "").last(), Some(&"discount-not-applied"));
}

#[test]
fn appealable_denial() {
    let note = "Not covered by your plan. You are responsible for this amount. You may appeal.";
    let r = reconcile(denied(note, 10_000, 13_000), "");
    let f = &r.findings[0];
    assert_eq!((r.findings.len(), f.rule, f.severity, f.line_no), (1, "appealable-denial", Severity::Review, Some(2)));
    assert_eq!(
        (f.amount_at_issue, f.path.as_str(), f.evidence_path.as_deref()),
        (Some(cents(10_000)), "c/eob.pdf", Some("c/bill.pdf"))
    );
    assert!(f.explanation.contains("not covered"));
    assert_eq!(r.row.next_step, NextStep::Appeal);
    for (kind, end) in [
        ("commercial", date(2025, 10, 12)),
        ("medicare", date(2025, 8, 18)),
        ("medicare-advantage", date(2025, 6, 19)),
        ("medicaid", date(2025, 6, 14)),
    ] {
        let r = reconcile(denied(note, 10_000, 13_000), &format!("[plan]\nkind = \"{kind}\"\n"));
        assert_eq!(r.findings[0].deadline, Some(end), "{kind}");
        assert_eq!(r.row.next_deadline, Some(end));
    }
    // A deductible is no denial, nor what a plan leaves above its fee schedule out of network.
    let mut e = denied("", 0, 13_000);
    e[1].lines[1] = settled(9, "82728", 10_000, 0, 10_000);
    e[1].lines[1].line_no = 2;
    assert_eq!(rules_of(e, ""), Vec::<&str>::new());
    assert!(!rules_of(outside("A0429", "County Ambulance"), "").contains(&"appealable-denial"));
    let mut pr = denied("", 10_000, 13_000);
    pr[1].lines[1].adjustments = vec![Adjustment { group: "PR".into(), carc: "50".into(), amount: cents(10_000) }];
    assert!(reconcile(pr, "").findings[0].explanation.contains("medical necessity"));
}

#[test]
fn a_denial_letter_without_an_eob() {
    let mut letter = document("c/letter.pdf", DocKind::DenialLetter, vec![]);
    letter.claim_no = vec!["E-123456".into()];
    letter.payer = Some("Tall Pine Health Insurance".into());
    letter.facts.push(Fact {
        kind: FactKind::DenialReason,
        text: "Prior authorization was not obtained.".into(),
        page: 1,
        bbox: BBox::default(),
    });
    let r = reconcile(vec![letter.clone()], "");
    assert_eq!(
        (r.findings.len(), r.findings[0].rule, r.findings[0].deadline),
        (1, "appealable-denial", Some(date(2025, 10, 28)))
    );
    assert!(r.findings[0].explanation.contains("prior authorisation"));
    let mut docs = denied("You owe this amount. Not covered.", 10_000, 13_000);
    docs[1].lines[1].claim_no = Some("E123456".into());
    docs.push(letter);
    assert_eq!(rules_of(docs, ""), ["appealable-denial"], "the EOB line carries it");
}

#[test]
fn preventive_cost_share() {
    let docs = |code: &str, share: i64| {
        vec![
            bill(vec![charged(9, code, 20_000)], 8_000, 12_000 - share, share),
            eob(vec![settled(9, code, 20_000, 12_000 - share, share)]),
        ]
    };
    assert_eq!(flags(docs("99396", 4_000), ""), [one("preventive-cost-share", Severity::Likely, Some(1), "40.00")]);
    assert_eq!(flags(docs("99396", 100), ""), []);
    assert_eq!(flags(docs("99213", 4_000), ""), []);
    assert_eq!(flags(docs("99396", 4_000), "[plan]\nkind = \"medicaid\"\n"), []);
    let mut unknown = docs("99396", 4_000);
    unknown[1].network = None;
    assert_eq!(flags(unknown, "")[0].1, Severity::Review);
    // The modifier stands on the bill only.
    let mut marked = docs("45385", 4_000);
    marked[0].lines[0].modifiers = vec!["33".into()];
    assert_eq!(rules_of(marked, ""), ["preventive-cost-share"]);
    assert_eq!(reconcile(docs("99396", 4_000), "").row.amount_disputed, cents(4_000));
}

#[test]
fn overruns() {
    let lines = || {
        let mut a = settled(3, "99213", 20_000, 0, 10_000);
        let mut b = settled(9, "99214", 30_000, 0, 20_000);
        (a.deductible, a.coinsurance) = (a.coinsurance, Some(cents(0)));
        (b.deductible, b.coinsurance) = (b.coinsurance, Some(cents(0)));
        vec![a, b]
    };
    let docs = || vec![bill(vec![charged(3, "99213", 20_000), charged(9, "99214", 30_000)], 20_000, 0, 30_000), eob(lines())];
    let run = |key: &str, limit: &str| flags(docs(), &format!("[plan]\nyear = 2025\n{key} = {limit}\n"));
    assert_eq!(run("deductible", "250"), [one("deductible-overrun", Severity::Error, Some(2), "50.00")]);
    assert_eq!(run("deductible", "299.00"), []);
    assert_eq!(run("out_of_pocket_max", "250"), [one("out-of-pocket-overrun", Severity::Error, Some(2), "50.00")]);
    assert_eq!(flags(docs(), "[plan]\nyear = 2024\ndeductible = 250\n"), []);
    let mut printed = docs();
    printed[1].deductible_limit = Some(cents(25_000));
    assert_eq!(rules_of(printed.clone(), ""), ["deductible-overrun"]);
    printed[1].network = None;
    assert_eq!(flags(printed, "")[0].1, Severity::Review);
}

fn notice(d: Date, extraordinary: bool) -> Vec<Document> {
    let mut n = document("c/notice.pdf", DocKind::CollectionNotice, vec![]);
    n.statement_date = Some(d);
    n.balance_due = Some(cents(3_000));
    if extraordinary {
        n.facts.push(Fact {
            kind: FactKind::ExtraordinaryCollection,
            text: "Reported to a credit bureau.".into(),
            page: 1,
            bbox: BBox::default(),
        });
    }
    let b = bill(vec![charged(9, "99213", 20_000)], 8_000, 9_000, 3_000);
    vec![b, eob(vec![settled(9, "99213", 20_000, 9_000, 3_000)]), n]
}

#[test]
fn collections_too_early() {
    let nonprofit = "[provider]\nnonprofit = true\n";
    // The bill is of 1 May: 119 days later is 28 August.
    assert_eq!(flags(notice(date(2025, 8, 28), true), nonprofit), [one("collections-too-early", Severity::Error, None, "30.00")]);
    assert_eq!(flags(notice(date(2025, 8, 29), true), nonprofit), []);
    assert_eq!(flags(notice(date(2025, 8, 28), false), nonprofit)[0].1, Severity::Review);
    assert_eq!(flags(notice(date(2025, 8, 28), true), ""), []);
    // Where case.toml is silent, the list of hospitals of the patient's state.
    let mut listed = notice(date(2025, 8, 28), true);
    for d in &mut listed {
        d.provider = vec!["Granite Peak Hospital".into()];
    }
    let of_state = |state: &str| format!("[patient]\nstate = \"{state}\"\n");
    assert_eq!(flags(listed.clone(), &of_state("TX")), [one("collections-too-early", Severity::Error, None, "30.00")]);
    assert_eq!(flags(listed.clone(), &of_state("NM")), [], "another hospital of that name, owned for profit");
    assert_eq!(flags(listed, "[patient]\nstate = \"TX\"\n[provider]\nnonprofit = false\n"), []);
    let open = "[provider]\nnonprofit = true\n[assistance]\napplied_on = 2025-08-01\n";
    let r = reconcile(notice(date(2025, 10, 1), true), open);
    assert_eq!((r.findings.len(), r.row.amount_disputed, r.row.next_step), (1, cents(0), NextStep::AssertRights));
    let late = "[provider]\nnonprofit = true\n[assistance]\napplied_on = 2026-01-01\n";
    assert_eq!(flags(notice(date(2026, 2, 1), true), late), []);
}

#[test]
fn financial_assistance() {
    let docs = || notice(date(2025, 12, 1), false)[..2].to_vec();
    let toml = |income: i64, more: &str| {
        format!("[patient]\nhousehold_size = 2\nannual_income = {income}\n[provider]\nnonprofit = true\n{more}")
    };
    // 400 % of 15 650 + 5 500.
    let r = reconcile(docs(), &toml(84_600, ""));
    assert_eq!(
        (r.findings.len(), r.findings[0].rule, r.findings[0].amount_at_issue),
        (1, "financial-assistance", Some(cents(3_000)))
    );
    assert_eq!(r.findings[0].deadline, Some(date(2025, 12, 27)));
    assert_eq!(r.row.next_step, NextStep::ApplyForAssistance);
    assert_eq!(flags(docs(), &toml(84_601, "")), []);
    assert_eq!(flags(docs(), &toml(60_000, "[assistance]\nlimit_percent = 250\n")), []);
    assert_eq!(flags(docs(), "[patient]\nhousehold_size = 2\nannual_income = 10\n"), []);
}

#[test]
fn estimate_exceeded() {
    let docs = |estimate: i64, provider: &str| {
        let mut e = document("c/estimate.pdf", DocKind::Estimate, vec![]);
        e.total_charges = Some(cents(estimate));
        e.provider = vec![provider.into()];
        e.statement_date = Some(day(1));
        let mut b = bill(vec![charged(9, "72148", 40_000), charged(9, "76700", 60_000)], 0, 0, 100_000);
        b.total_charges = Some(cents(100_000));
        vec![b, e]
    };
    let r = reconcile(docs(60_000, "LAKESIDE CLINIC"), "");
    assert_eq!(
        (r.findings.len(), r.findings[0].rule, r.findings[0].amount_at_issue),
        (1, "estimate-exceeded", Some(cents(40_000)))
    );
    assert_eq!(r.findings[0].deadline, Some(date(2025, 8, 29)));
    assert_eq!((r.row.amount_disputed, r.row.next_step), (cents(40_000), NextStep::AssertRights));
    assert_eq!(flags(docs(60_001, "Lakeside Clinic"), ""), []);
    assert_eq!(flags(docs(10_000, "Hilltop Radiology"), ""), []);
    assert!(!rules_of(docs(10_000, "Lakeside Clinic"), "[plan]\nkind = \"commercial\"\n").contains(&"estimate-exceeded"));
    let stated = "[plan]\nkind = \"self-pay\"\n[estimate]\namount = 500\n";
    assert_eq!(rules_of(docs(0, "x")[..1].to_vec(), stated), ["estimate-exceeded"]);
}
