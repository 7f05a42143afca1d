//! A letter held against what was agreed, term by term.
//!
//! A term counts as agreed only where the letter states it, in a sentence that is about paying or settling, with no other figure
//! beside it that could be meant, and read with certainty. Everything else is shown for a person to look at.

use std::sync::LazyLock;

use billproof_parsers::grammar::date::leading_date;
use billproof_parsers::page_text::DocumentText;
use jiff::civil::Date;
use regex::Regex;
use rust_decimal::Decimal;
use serde::Serialize;

use super::AgreedTerms;
use crate::export::text::lines_of;
use crate::names::number_key;
use crate::record::Money;

/// A term of an agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Term {
    /// What is to be paid.
    Amount,
    /// By when.
    DueDate,
    /// On which account.
    AccountNumber,
    /// That this satisfies the balance.
    SatisfiesTheBalance,
    /// Each payment of a plan.
    MonthlyPayment,
    /// How many of them.
    NumberOfPayments,
    /// What interest is charged.
    Interest,
    /// That the account is not, or no longer, in collection.
    Collections,
}

impl Term {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::DueDate => "due date",
            Self::AccountNumber => "account number",
            Self::SatisfiesTheBalance => "satisfies the balance",
            Self::MonthlyPayment => "monthly payment",
            Self::NumberOfPayments => "number of payments",
            Self::Interest => "interest",
            Self::Collections => "collections",
        }
    }
}

/// What the letter says of a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was agreed.
    Agreed,
    /// Nothing.
    NotStated,
    /// Something that a person has to read.
    Unclear,
    /// Something else.
    Differs,
}

impl Outcome {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agreed => "stated as agreed",
            Self::NotStated => "not stated",
            Self::Unclear => "unclear",
            Self::Differs => "differs",
        }
    }
}

/// One term, as agreed and as the letter has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermCheck {
    /// Which.
    pub term: Term,
    /// What came of it.
    pub outcome: Outcome,
    /// What was agreed.
    pub agreed: String,
    /// What the letter says: the figures, or the sentence.
    pub letter: String,
}

/// The whole letter: agreed only where every term is.
pub fn overall(checks: &[TermCheck]) -> Outcome {
    checks.iter().map(|c| c.outcome).max().unwrap_or(Outcome::NotStated)
}

/// `stated as agreed`, or the terms that are not.
pub fn summary(checks: &[TermCheck]) -> String {
    let all = overall(checks);
    if all == Outcome::Agreed {
        return all.as_str().to_owned();
    }
    let open = checks.iter().filter(|c| c.outcome != Outcome::Agreed).map(|c| {
        let letter = if c.letter.is_empty() { String::new() } else { format!(" (agreed {}; letter: {})", c.agreed, c.letter) };
        format!("{} {}{letter}", c.term.as_str(), c.outcome.as_str())
    });
    open.collect::<Vec<_>>().join("; ")
}

/// A word read with less certainty makes what stands on it unclear.
const SURE: f32 = 0.9;

fn regex(pattern: &str) -> Regex {
    Regex::new(&format!("(?i){pattern}")).unwrap_or_else(|e| unreachable!("a pattern of this file: {e}"))
}

macro_rules! words {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| regex($pattern));
    };
}

words!(MONEY, r"\$\s?\d[\d,]*(?:\.\d{2})?\b|\b\d[\d,]*\.\d{2}\b");
words!(SETTLES, r"settle|accept|agree|satisf|in full|lump|offer|resolve|one[- ]time|\bpay|payment|total of");
words!(ANOTHER_SUM, r"\b(?:balance|charges?|owed|outstanding|original|billed|previous(?:ly)?|debt)(?:\s+\w+){0,3}\s*:?\s*$");
words!(MONTHLY, r"month|instal|each payment|per payment|equal payments");
words!(DUE, r"\bdue\b|\bby\b|before|no later|until|deadline|expire|beginning|starting|first payment|on or");
words!(
    FULL,
    r"(?:paid|payment|settled|satisfied|resolved|satisfaction|settlement) in full|full (?:and final )?(?:satisfaction|settlement|payment)|full and final|satisf(?:y|ies|ied)|zero balance|balance (?:of|to|will be|shall be|is) (?:zero|\$?0(?:\.00)?\b)|no (?:further|remaining|additional) (?:balance|amount|payment)|(?:remaining|rest of the) balance (?:will|shall) be (?:written|forgiven|adjusted|waived)|write off the (?:rest|remaining|balance)"
);
words!(NOT, r"\bnot\b|n't\b|\bunless\b|\bexcept\b|\bif (?:you|payment)|\bfail|\bno longer\b|\bwithout\b|\bvoid\b");
words!(
    NO_INTEREST,
    r"no interest|interest[- ]free|without interest|interest will not|not (?:be )?(?:charged?|accrue|bear|add)\w*(?: any)? interest|(?:^|[^\d.])0(?:\.0+)?\s?%"
);
words!(RATE, r"(\d+(?:\.\d+)?)\s?(?:%|percent)");
words!(COLLECTION, r"collect(?:ion|or)s?\b|credit (?:bureau|report)|reported");
words!(OUT_OF_IT, r"\bnot\b|\bno\b|\bnor\b|withdr|recall|remov|cease|stop|suspend|hold|return");
words!(INTO_IT, r"unless|if (?:you|payment|any)|fail|default|miss");
words!(PAYMENTS, r"(\d{1,3})\s+(?:equal\s+|consecutive\s+|monthly\s+)*(?:payments|instal+ments|months)");
words!(ACCOUNT, r"(?:account|acct|reference|guarantor)\b\.?\s*(?:number|no\.?|#|id)?\s*:?\s*#?\s*([A-Z0-9][A-Z0-9-]{3,})");
words!(LABELLED, r"^[A-Z][A-Za-z /#'.-]{1,40}:(?:\s|$)");

/// A sentence, or a line that begins with a label.
struct Sentence {
    text: String,
    sure: f32,
}

/// Holds the words of a letter against what was agreed: one check for each term that was agreed, and that the balance is
/// satisfied by it.
pub fn check(letter: &DocumentText, agreed: &AgreedTerms) -> Vec<TermCheck> {
    let said = sentences(letter);
    let mut out = Vec::new();
    if let Some(amount) = agreed.amount {
        let sums = said.iter().filter(|s| SETTLES.is_match(&s.text)).flat_map(|s| sums_of(s).into_iter().map(|m| (m, s.sure)));
        // A plan's letter names each payment beside the whole.
        let whole: Vec<(Money, f32)> = sums.filter(|(m, _)| agreed.monthly != Some(*m)).collect();
        let elsewhere = said.iter().any(|s| sums_of(s).contains(&amount));
        out.push(compare(Term::Amount, &amount, &whole, elsewhere));
    }
    if let Some(due) = agreed.due {
        let days = said.iter().filter(|s| DUE.is_match(&s.text)).flat_map(|s| days_of(&s.text).into_iter().map(|d| (d, s.sure)));
        let elsewhere = said.iter().any(|s| days_of(&s.text).contains(&due));
        out.push(compare(Term::DueDate, &due, &days.collect::<Vec<_>>(), elsewhere));
    }
    if !agreed.account_no.is_empty() {
        out.push(account(&said, &agreed.account_no));
    }
    out.push(satisfies(&said));
    if let Some(monthly) = agreed.monthly {
        let sums = said.iter().filter(|s| MONTHLY.is_match(&s.text)).flat_map(|s| sums_of(s).into_iter().map(|m| (m, s.sure)));
        let each: Vec<(Money, f32)> = sums.filter(|(m, _)| agreed.amount != Some(*m)).collect();
        out.push(compare(Term::MonthlyPayment, &monthly, &each, false));
    }
    if let Some(payments) = agreed.payments {
        let counts = said.iter().flat_map(|s| {
            let found = PAYMENTS.captures_iter(&s.text).filter_map(|c| c[1].parse::<u32>().ok());
            found.map(|n| (n, s.sure)).collect::<Vec<_>>()
        });
        out.push(compare(Term::NumberOfPayments, &payments, &counts.collect::<Vec<_>>(), false));
    }
    if let Some(interest) = agreed.interest {
        out.push(interest_check(&said, interest));
    }
    if agreed.no_collections {
        out.push(collections(&said));
    }
    out
}

/// A value that the letter may state: agreed where it is the only one there, and certain.
fn compare<T: PartialEq + ToString>(term: Term, agreed: &T, found: &[(T, f32)], elsewhere: bool) -> TermCheck {
    let same: Vec<f32> = found.iter().filter(|(v, _)| v == agreed).map(|(_, sure)| *sure).collect();
    let others = found.len() - same.len();
    let outcome = match (same.is_empty(), others) {
        (false, 0) if same.iter().any(|sure| *sure >= SURE) => Outcome::Agreed,
        (false, _) => Outcome::Unclear,
        (true, 0) if elsewhere => Outcome::Unclear,
        (true, 0) => Outcome::NotStated,
        (true, _) if elsewhere => Outcome::Unclear,
        (true, _) => Outcome::Differs,
    };
    let mut shown: Vec<String> = found.iter().map(|(v, _)| v.to_string()).collect();
    shown.dedup();
    TermCheck { term, outcome, agreed: agreed.to_string(), letter: shown.join(", ") }
}

fn account(said: &[Sentence], agreed: &str) -> TermCheck {
    let key = number_key(agreed);
    let word = |w: &str| w.trim_matches(|c: char| !c.is_ascii_alphanumeric()).eq_ignore_ascii_case(agreed);
    let exact = said.iter().find(|s| s.text.split_whitespace().any(word));
    // The same but for signs that are read for one another, such as O and 0.
    let like = said.iter().any(|s| s.text.split_whitespace().any(|w| number_key(w) == key));
    let labelled: Vec<String> = said
        .iter()
        .flat_map(|s| ACCOUNT.captures_iter(&s.text).map(|c| c[1].to_owned()).collect::<Vec<_>>())
        .filter(|n| n.chars().any(|c| c.is_ascii_digit()))
        .collect();
    let outcome = match exact {
        Some(s) if s.sure >= SURE => Outcome::Agreed,
        Some(_) => Outcome::Unclear,
        None if like => Outcome::Unclear,
        None if labelled.is_empty() => Outcome::NotStated,
        None => Outcome::Differs,
    };
    let letter = if exact.is_some() { agreed.to_owned() } else { labelled.join(", ") };
    TermCheck { term: Term::AccountNumber, outcome, agreed: agreed.to_owned(), letter }
}

fn satisfies(said: &[Sentence]) -> TermCheck {
    let about: Vec<&Sentence> = said.iter().filter(|s| FULL.is_match(&s.text)).collect();
    let plain = about.iter().find(|s| !NOT.is_match(&s.text) && s.sure >= SURE);
    let hedged = about.iter().any(|s| NOT.is_match(&s.text));
    let outcome = match plain {
        Some(_) if !hedged => Outcome::Agreed,
        _ if about.is_empty() => Outcome::NotStated,
        _ => Outcome::Unclear,
    };
    let shown = about.iter().find(|s| NOT.is_match(&s.text)).or(about.first()).map(|s| s.text.clone()).unwrap_or_default();
    TermCheck { term: Term::SatisfiesTheBalance, outcome, agreed: "the payment satisfies the balance".to_owned(), letter: shown }
}

fn interest_check(said: &[Sentence], agreed: Decimal) -> TermCheck {
    let about: Vec<&Sentence> =
        said.iter().filter(|s| s.text.to_lowercase().contains("interest") || s.text.contains("APR")).collect();
    let rates: Vec<(Decimal, f32)> = about
        .iter()
        .flat_map(|s| {
            let none = NO_INTEREST.is_match(&s.text).then_some((Decimal::ZERO, s.sure));
            let printed =
                RATE.captures_iter(&s.text).filter_map(|c| c[1].parse::<Decimal>().ok()).map(|r| (r.normalize(), s.sure));
            none.into_iter().chain(printed).collect::<Vec<_>>()
        })
        .collect();
    let mut check = compare(Term::Interest, &agreed.normalize(), &rates, false);
    if rates.is_empty()
        && let Some(first) = about.first()
    {
        check.outcome = Outcome::Unclear;
        check.letter.clone_from(&first.text);
    }
    let percent = |s: &mut String| *s = s.split(", ").map(|r| format!("{r} %")).collect::<Vec<_>>().join(", ");
    percent(&mut check.agreed);
    if !rates.is_empty() {
        percent(&mut check.letter);
    }
    check
}

fn collections(said: &[Sentence]) -> TermCheck {
    let about: Vec<&Sentence> = said.iter().filter(|s| COLLECTION.is_match(&s.text)).collect();
    let out_of_it = |s: &&&Sentence| OUT_OF_IT.is_match(&s.text) && !INTO_IT.is_match(&s.text);
    let outcome = if about.is_empty() {
        Outcome::NotStated
    } else if about.iter().all(|s| out_of_it(&s) && s.sure >= SURE) {
        Outcome::Agreed
    } else {
        Outcome::Unclear
    };
    let shown = about.iter().find(|s| !out_of_it(s)).or(about.first()).map(|s| s.text.clone()).unwrap_or_default();
    TermCheck { term: Term::Collections, outcome, agreed: "not, or no longer, in collection".to_owned(), letter: shown }
}

/// The sums of a sentence but for those that it calls a balance, a charge or a debt.
fn sums_of(s: &Sentence) -> Vec<Money> {
    let sum = |m: regex::Match<'_>| {
        let digits: String = m.as_str().chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let another = ANOTHER_SUM.is_match(&s.text[..m.start()]);
        digits.parse().ok().map(Money).filter(|_| !another)
    };
    MONEY.find_iter(&s.text).filter_map(sum).collect()
}

/// The days that a text names with their year: one without could be of any.
fn days_of(text: &str) -> Vec<Date> {
    let mut days = Vec::new();
    let mut past = 0;
    let within = |c: char| c.is_alphanumeric() || matches!(c, '/' | '-' | '.');
    for (at, _) in text.char_indices().filter(|(at, _)| !text[..*at].ends_with(within)) {
        if at < past {
            continue;
        }
        if let Some((loose, left)) = leading_date(&text[at..]).filter(|(d, _)| d.year.is_some())
            && let Some(day) = loose.resolve(None)
        {
            days.push(day);
            past = text.len() - left.len();
        }
    }
    days
}

/// The sentences of a letter. A line that begins with a label stands for itself.
fn sentences(letter: &DocumentText) -> Vec<Sentence> {
    let mut out: Vec<Sentence> = Vec::new();
    let mut open = Sentence { text: String::new(), sure: 1.0 };
    let close = |open: &mut Sentence, out: &mut Vec<Sentence>| {
        let done = std::mem::replace(open, Sentence { text: String::new(), sure: 1.0 });
        if !done.text.is_empty() {
            out.push(done);
        }
    };
    for line in letter.pages.iter().flat_map(lines_of) {
        let text = line.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ");
        let labelled = LABELLED.is_match(&text);
        if labelled {
            close(&mut open, &mut out);
        }
        for word in line {
            if !open.text.is_empty() {
                open.text.push(' ');
            }
            open.text.push_str(&word.text);
            open.sure = open.sure.min(word.confidence);
            if ends_sentence(&word.text) {
                close(&mut open, &mut out);
            }
        }
        if labelled {
            close(&mut open, &mut out);
        }
    }
    close(&mut open, &mut out);
    out
}

/// Whether a word is the last of its sentence: `No.`, `Acct.`, `Mr.` and initials are not.
fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', ')', '”']);
    let Some(stem) = bare.strip_suffix(['.', '!', '?', ';']) else { return false };
    let short = stem.chars().filter(|c| c.is_alphabetic()).count() <= 4 && stem.starts_with(char::is_uppercase);
    let abbreviated = bare.ends_with('.') && short && stem.chars().all(|c| c.is_alphabetic() || c == '.');
    !abbreviated && stem != "no" && stem != "acct"
}

#[cfg(test)]
mod tests;
