//! Amounts of single services that stand beside the captions of sums.
//!
//! Where an EOB lists each service with its amounts one below the other, `Plan paid  $73.02` comes once for every service. What
//! comes more often than there are claims, each time with another amount, is no sum of a claim or of the paper where these are
//! stated elsewhere. Neither is the first of several amounts behind a caption,
//! `Amount billed  $60.20  $61.00  $121.20`: there the services stand side by side. A caption may say itself that it is of one
//! service: `You owe for this service`.

use std::collections::{BTreeMap, BTreeSet};

use strsim::normalized_damerau_levenshtein;

use super::pairs::Found;
use super::segments::Paper;
use super::sums_of_claims;
use super::values;
use crate::grammar::money;
use crate::statement::{Field, Money};
use crate::total_labels::is_of_one_service;

/// Captions at least this alike are one that was misread.
const SAME_CAPTION: f64 = 0.9;

/// What is left of the findings without those amounts; `claims` is how many claims the paper has.
pub(super) fn without(paper: &Paper, found: &[Found], claims: usize) -> Vec<Found> {
    let printed = |f: &Found| caption(paper, f);
    // `Your respousibility` on a scan is the caption of the others
    let mut known: Vec<String> = found.iter().filter(|f| values::is_amount(f.field)).map(printed).collect();
    known.sort();
    known.dedup();
    let captions: Vec<String> = found.iter().map(|f| first_alike(&known, printed(f))).collect();
    let mut said: BTreeMap<(Field, &str), BTreeMap<usize, Money>> = BTreeMap::new();
    for (f, caption) in found.iter().zip(&captions).filter(|(f, _)| values::is_amount(f.field)) {
        if let Some(amount) = f.cell.money() {
            said.entry((f.field, caption)).or_default().insert(f.row, amount);
        }
    }
    let many = |amounts: &BTreeMap<usize, Money>| {
        let distinct: BTreeSet<Money> = amounts.values().copied().collect();
        amounts.len() > claims.max(1) && distinct.len() > 1 && !holds_sum(&distinct) && !holds_sum(amounts.values())
    };
    let repeated: Vec<bool> =
        found.iter().zip(&captions).map(|(f, caption)| said.get(&(f.field, caption.as_str())).is_some_and(many)).collect();
    let elsewhere: BTreeSet<Field> =
        found.iter().zip(&repeated).filter(|(f, repeated)| !f.dated && !**repeated).map(|(f, _)| f.field).collect();
    let of_service = |f: &Found, repeated: bool| {
        values::is_amount(f.field)
            && !sums_of_claims::says_total(paper, f)
            && (amounts_behind(paper, f) > 1 || repeated && elsewhere.contains(&f.field))
    };
    found.iter().zip(&repeated).filter(|(f, repeated)| !of_service(f, **repeated)).map(|(f, _)| f.clone()).collect()
}

/// What is left of the findings without the amounts that their captions say to be of one service.
pub(super) fn without_said(paper: &Paper, found: &[Found]) -> Vec<Found> {
    let said = |f: &Found| values::is_amount(f.field) && is_of_one_service(&caption(paper, f));
    found.iter().filter(|f| !said(f)).cloned().collect()
}

/// The printed caption of an amount, in small letters.
fn caption(paper: &Paper, f: &Found) -> String {
    let text = paper.pieces[f.piece].text().to_lowercase();
    let end = text.find(|c: char| c == '$' || c == '(' || c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].trim_end_matches([' ', ':', '.', '-']).to_owned()
}

/// Whether one of the amounts is what the others come to: the same caption stands over the sum of a claim and over each service.
fn holds_sum<'a>(amounts: impl IntoIterator<Item = &'a Money> + Clone) -> bool {
    let whole: Money = amounts.clone().into_iter().copied().sum();
    amounts.into_iter().any(|m| *m + *m == whole)
}

/// How many amounts follow a caption on its line before anything else does.
fn amounts_behind(paper: &Paper, f: &Found) -> usize {
    let row = paper.rows[paper.pieces[f.piece].row].pieces.clone();
    let behind = row.filter(|i| *i > f.piece).map(|i| &paper.pieces[i]);
    behind.take_while(|p| money::money(&p.text()).is_some()).count()
}

/// The first of the captions that is this one, or this one misread.
fn first_alike(known: &[String], own: String) -> String {
    let alike = |k: &&String| normalized_damerau_levenshtein(k, &own) >= SAME_CAPTION;
    known.iter().find(alike).cloned().unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_that_was_misread_is_that_of_the_others() {
        let known = ["plan paid", "your responsibility", "your respousibility"].map(str::to_owned);
        assert_eq!(first_alike(&known, "your respousibility".to_owned()), "your responsibility");
        assert_eq!(first_alike(&known, "plan paid".to_owned()), "plan paid");
        assert_eq!(first_alike(&known, "plan discount".to_owned()), "plan discount");
    }
}
