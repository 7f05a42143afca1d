//! Names of people and providers that a fold, a stamp or a lost point cut short on a scan, completed by the other papers.
//!
//! `ANGELA B` of a fax is the case's `ANGELA B. QUINTANA`, `Lakeside Memorial` its `Lakeside Memorial Hospital`. Only where a
//! single longer name has all of it, another paper prints that, and no other paper prints the short one. Rows so completed are
//! no surer than [`SETTLED`].

use std::collections::{BTreeMap, BTreeSet};

use super::SETTLED;
use super::names::{is_read, names, rename, spelling};
use crate::cases::Case;
use crate::record::{Document, Field};

/// What follows a name and makes another person of it.
const GENERATIONS: [&str; 6] = ["jr", "sr", "ii", "iii", "iv", "esq"];

/// Completes the names of a case's papers; each repair stands in its document.
pub(super) fn settle(case: &mut Case) {
    for field in [Field::Patient, Field::Provider] {
        let of_papers: Vec<BTreeSet<String>> = case.documents.iter().map(|d| names(d, field)).collect();
        for at in 0..case.documents.len() {
            if !is_read(&case.documents[at]) {
                continue;
            }
            for name in &of_papers[at] {
                let Some((paper, whole)) = whole_of(name, at, &of_papers) else { continue };
                let to = spelling(&case.documents[paper].path, &whole);
                let d = &mut case.documents[at];
                doubt(d, field, name);
                rename(d, field, name, &to);
            }
        }
    }
}

fn words(name: &str) -> Vec<String> {
    name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
}

/// The only longer name of another paper that has this one in it, with the first paper that prints it.
fn whole_of(name: &str, at: usize, of_papers: &[BTreeSet<String>]) -> Option<(usize, String)> {
    let short = words(name);
    let others =
        || of_papers.iter().enumerate().filter(|(i, _)| *i != at).flat_map(|(i, names)| names.iter().map(move |n| (i, n)));
    if short.concat().len() < 6 || others().any(|(_, n)| words(n) == short) {
        return None;
    }
    let mut found: BTreeMap<Vec<String>, (usize, String)> = BTreeMap::new();
    for (i, n) in others().filter(|(_, n)| is_cut_from(&short, &words(n))) {
        found.entry(words(n)).or_insert((i, n.clone()));
    }
    let mut found = found.into_iter();
    let (Some((long, at_paper)), None) = (found.next(), found.next()) else { return None };
    let prints_both = of_papers[at].iter().any(|n| words(n) == long);
    (!prints_both).then_some(at_paper)
}

/// Whether the words of one stand in the other in a row, the last or first of them cut too, and what the other has more is a
/// word of a name.
fn is_cut_from(short: &[String], long: &[String]) -> bool {
    let within = |part: &[String]| long.len() > part.len() && long.windows(part.len()).any(|w| w == part);
    let more = long.iter().filter(|w| !short.contains(w));
    let names = more.clone().any(|w| w.len() >= 3) && !more.clone().any(|w| GENERATIONS.contains(&w.as_str()));
    let piece = |piece: &str, whole: &str| piece.len() >= 3 && piece.len() < whole.len();
    let torn_end = || {
        let Some((last, rest)) = short.split_last().filter(|(_, rest)| !rest.is_empty()) else { return false };
        long.windows(short.len())
            .any(|w| &w[..rest.len()] == rest && piece(last, &w[rest.len()]) && w[rest.len()].starts_with(last.as_str()))
    };
    let torn_start = || {
        let Some((first, rest)) = short.split_first().filter(|(_, rest)| !rest.is_empty()) else { return false };
        long.windows(short.len()).any(|w| &w[1..] == rest && piece(first, &w[0]) && w[0].ends_with(first.as_str()))
    };
    names && (within(short) || torn_end() || torn_start())
}

fn doubt(d: &mut Document, field: Field, name: &str) {
    for line in &mut d.lines {
        let says = if field == Field::Patient { &line.patient } else { &line.provider };
        if says.as_deref() == Some(name) {
            line.confidence = line.confidence.min(SETTLED);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::TextOrigin;

    fn patients(papers: &[(&str, TextOrigin)]) -> Vec<String> {
        let paper = |(i, (name, source)): (usize, &(&str, TextOrigin))| Document {
            patient: vec![(*name).to_owned()],
            text_source: Some(*source),
            ..Document::empty(format!("{i}.pdf"))
        };
        let mut case = Case::new("a", papers.iter().enumerate().map(paper).collect());
        settle(&mut case);
        case.documents.iter().map(|d| d.patient[0].clone()).collect()
    }

    #[test]
    fn a_name_cut_short_on_a_scan_is_completed() {
        let read = patients(&[("ANGELA B", TextOrigin::Ocr), ("Angela B. Quintana", TextOrigin::Ocr)]);
        assert_eq!(read[0], "Angela B. Quintana");
        for cut in ["TRI-COUNTY AMBULA", "COUNTY AMBULANCE SERVICE", "UNTY AMBULANCE SERVICE"] {
            assert_eq!(
                patients(&[(cut, TextOrigin::Ocr), ("Tri-County Ambulance Service", TextOrigin::Ocr)])[0],
                "Tri-County Ambulance Service"
            );
        }
    }

    #[test]
    fn a_junior_a_digital_paper_and_a_name_that_two_papers_print_stay() {
        assert_eq!(patients(&[("Luis Okafor", TextOrigin::Ocr), ("Luis Okafor Jr.", TextOrigin::Ocr)])[0], "Luis Okafor");
        assert_eq!(patients(&[("Luis Okafor", TextOrigin::Ocr), ("Luisa Okafor", TextOrigin::Ocr)])[0], "Luis Okafor");
        assert_eq!(patients(&[("ANGELA B", TextOrigin::Digital), ("Angela B. Quintana", TextOrigin::Ocr)])[0], "ANGELA B");
        let twice = [("Elm Clinic", TextOrigin::Ocr), ("Elm Clinic", TextOrigin::Ocr), ("Elm Clinic North", TextOrigin::Ocr)];
        assert_eq!(patients(&twice)[0], "Elm Clinic");
    }
}
