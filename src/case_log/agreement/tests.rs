use billproof_parsers::page_text::{BBox, PageText, TextSource, Word};
use jiff::civil::date;

use super::*;

/// A page with these lines.
fn letter(lines: &[&str], sure: f32) -> DocumentText {
    let mut words = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let y = 40.0 + 14.0 * i as f32;
        let mut x = 40.0;
        for text in line.split_whitespace() {
            let width = 6.0 * text.len() as f32;
            words.push(Word { confidence: sure, ..Word::digital(text, BBox::new(x, y, x + width, y + 10.0)) });
            x += width + 6.0;
        }
    }
    let page = PageText {
        number: 1,
        width: 612.0,
        height: 792.0,
        words,
        rulings: Vec::new(),
        source: TextSource::Digital,
        to_page: PageText::IDENTITY,
        bend: None,
    };
    DocumentText { pages: vec![page] }
}

fn settlement() -> AgreedTerms {
    AgreedTerms {
        amount: Some(Money::from_cents(40_000)),
        due: Some(date(2026, 3, 15)),
        account_no: "AC-44110".to_owned(),
        ..AgreedTerms::default()
    }
}

fn outcomes(lines: &[&str], agreed: &AgreedTerms) -> Vec<(Term, Outcome)> {
    check(&letter(lines, 1.0), agreed).into_iter().map(|c| (c.term, c.outcome)).collect()
}

const GOOD: &[&str] = &[
    "February 20, 2026",
    "Re: Account No. AC-44110",
    "Dear Ms. Doe,",
    "Lakeside Imaging agrees to accept $400.00 as payment in full of the",
    "outstanding balance of $1,000.00 on this account. The payment is due on or",
    "before March 15, 2026. The remaining balance will be written off.",
];

#[test]
fn a_letter_that_says_it_all_is_as_agreed() {
    let found = check(&letter(GOOD, 1.0), &settlement());
    assert!(found.iter().all(|c| c.outcome == Outcome::Agreed), "{found:#?}");
    assert_eq!((found.len(), overall(&found), summary(&found).as_str()), (4, Outcome::Agreed, "stated as agreed"));
}

#[test]
fn labels_are_read_as_well_as_sentences() {
    let lines =
        ["Account number: AC-44110", "Settlement amount: $400.00", "Payment due: 03/15/2026", "Zero balance after payment."];
    assert!(outcomes(&lines, &settlement()).iter().all(|(_, o)| *o == Outcome::Agreed), "{:?}", outcomes(&lines, &settlement()));
}

#[test]
fn another_figure_differs_and_both_are_shown() {
    let other: Vec<String> =
        GOOD.iter().map(|l| l.replace("$400.00", "$450.00").replace("March 15", "March 1").replace("44110", "99999")).collect();
    let lines: Vec<&str> = other.iter().map(String::as_str).collect();
    let found = check(&letter(&lines, 1.0), &settlement());
    let of = |term: Term| found.iter().find(|c| c.term == term).unwrap();
    assert_eq!((of(Term::Amount).outcome, of(Term::Amount).letter.as_str()), (Outcome::Differs, "450.00"));
    assert_eq!((of(Term::DueDate).outcome, of(Term::DueDate).letter.as_str()), (Outcome::Differs, "2026-03-01"));
    assert_eq!((of(Term::AccountNumber).outcome, of(Term::AccountNumber).letter.as_str()), (Outcome::Differs, "AC-99999"));
    assert_eq!(overall(&found), Outcome::Differs);
    assert!(summary(&found).contains("amount differs (agreed 400.00; letter: 450.00)"), "{}", summary(&found));
}

#[test]
fn what_is_not_said_is_not_taken_as_said() {
    let silent = ["Dear Ms. Doe,", "Thank you for calling our office."];
    assert!(outcomes(&silent, &settlement()).iter().all(|(_, o)| *o == Outcome::NotStated));
    // The sum stands there, but nothing says that it settles anything.
    assert_eq!(outcomes(&["Your last statement showed $400.00."], &settlement())[0].1, Outcome::Unclear);
    // A payment that does not settle the account.
    let part = ["A payment of $400.00 does not satisfy the account in full."];
    assert_eq!(outcomes(&part, &settlement())[3], (Term::SatisfiesTheBalance, Outcome::Unclear));
    // Two sums, either of which may be meant.
    let two = ["We accept $400.00 by March 15, 2026 or $600.00 by April 15, 2026 to settle the account."];
    assert_eq!(outcomes(&two, &settlement())[..2], [(Term::Amount, Outcome::Unclear), (Term::DueDate, Outcome::Unclear)]);
}

#[test]
fn doubtful_reading_is_never_as_agreed() {
    let found = check(&letter(GOOD, 0.8), &settlement());
    assert!(found.iter().all(|c| c.outcome == Outcome::Unclear), "{found:#?}");
}

#[test]
fn the_terms_of_a_plan() {
    let plan = AgreedTerms {
        amount: Some(Money::from_cents(90_000)),
        monthly: Some(Money::from_cents(7_500)),
        payments: Some(12),
        interest: Some(Decimal::ZERO),
        no_collections: true,
        ..AgreedTerms::default()
    };
    let good = [
        "We agree to a payment plan for $900.00.",
        "You will make 12 monthly payments of $75.00 each.",
        "No interest will be charged.",
        "Your account will not be sent to a collection agency.",
        "When the last payment is made the account is paid in full.",
    ];
    assert!(outcomes(&good, &plan).iter().all(|(_, o)| *o == Outcome::Agreed), "{:?}", outcomes(&good, &plan));
    let bad = [
        "We agree to a payment plan for $900.00.",
        "You will make 18 monthly payments of $60.00 each.",
        "Interest of 8.5% a year applies.",
        "If you miss a payment the account will be sent to a collection agency.",
    ];
    let found = outcomes(&bad, &plan);
    for (term, outcome) in [
        (Term::MonthlyPayment, Outcome::Differs),
        (Term::NumberOfPayments, Outcome::Differs),
        (Term::Interest, Outcome::Differs),
        (Term::Collections, Outcome::Unclear),
        (Term::SatisfiesTheBalance, Outcome::NotStated),
    ] {
        assert!(found.contains(&(term, outcome)), "{term:?}: {found:?}");
    }
}

#[test]
fn dates_stand_anywhere_in_a_sentence() {
    assert_eq!(days_of("due by 3/15/2026, not 2026-04-01."), [date(2026, 3, 15), date(2026, 4, 1)]);
    assert_eq!(days_of("on March 15, 2026 or April 1, 2026"), [date(2026, 3, 15), date(2026, 4, 1)]);
    assert_eq!(days_of("no day of March at all"), []);
}
