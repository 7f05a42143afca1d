//! Names of people and providers in which a scan's reader mistook a letter, settled by the other papers of the case.
//!
//! A fax prints `TRENE ALVAREZ` where bill and letter print `Irene Alvarez`: one letter apart, and the other papers bear it out
//! better. Where none bears out more than the other, or where one paper prints both, they stay as they were read: a family
//! has a Luis and a Luisa.

use std::collections::{BTreeMap, BTreeSet};

use strsim::{damerau_levenshtein, normalized_damerau_levenshtein};

use crate::cases::Case;
use crate::names::text_key;
use crate::normalize::is_odd_name;
use crate::record::{Agreement, Document, Field, Repair, ServiceLine, TextOrigin};

/// A paper whose words were read with less bears out nothing.
const SURE: f32 = 0.95;
/// Names shorter than this differ by too much with one letter.
const SHORTEST: usize = 8;
/// Of providers, whose names are longer, two letters may be mistaken.
const ALIKE: f64 = 0.9;

/// What bears out a spelling: how much, and the first paper that prints it.
#[derive(Debug, Clone, Default)]
pub(super) struct Borne {
    weight: f32,
    /// How sure the surest of the papers that print it is as a whole, 0..1.
    clear: f32,
    paper: String,
    spelling: String,
}

/// Settles the names of a case's papers; each repair stands in its document.
pub(super) fn settle(case: &mut Case) {
    for field in [Field::Patient, Field::Provider] {
        let mut borne: BTreeMap<String, Borne> = BTreeMap::new();
        for d in &case.documents {
            for name in names(d, field) {
                let b = borne.entry(text_key(&name)).or_default();
                b.weight += weight(d);
                b.clear = b.clear.max(d.confidence);
                if b.paper.is_empty() {
                    (b.paper, b.spelling) = (d.path.clone(), name);
                }
            }
        }
        if let (Field::Patient, Some(stated)) = (field, &case.file.patient.name) {
            let b = borne.entry(text_key(stated)).or_default();
            b.weight += 3.0;
            if b.spelling.is_empty() {
                b.spelling.clone_from(stated);
            }
        }
        for d in case.documents.iter_mut().filter(|d| is_read(d)) {
            let mine = names(d, field);
            let keys: BTreeSet<String> = mine.iter().map(|n| text_key(n)).collect();
            for name in mine {
                if let Some((to, sure)) = better(&name, &keys, &borne, field) {
                    rename(d, field, &name, to);
                    if !sure {
                        doubt(d, field, &to.spelling);
                    }
                }
            }
        }
    }
}

pub(super) fn is_read(d: &Document) -> bool {
    matches!(d.text_source, Some(TextOrigin::Ocr | TextOrigin::Mixed))
}

/// What a paper's print of a name is worth.
fn weight(d: &Document) -> f32 {
    weight_of(d, d.lines.iter().map(|l| l.confidence).fold(0.0, f32::max))
}

/// What a paper's print is worth that was read with this certainty, 0..1.
pub(super) fn weight_of(d: &Document, confidence: f32) -> f32 {
    match confidence {
        _ if !is_read(d) => 3.0,
        SURE.. => 1.0,
        _ => 0.5,
    }
}

/// A name as a paper prints it.
pub(super) fn spelling(paper: &str, name: &str) -> Borne {
    Borne { weight: 1.0, clear: 1.0, paper: paper.to_owned(), spelling: name.to_owned() }
}

/// Every spelling that a paper has.
pub(super) fn names(d: &Document, field: Field) -> BTreeSet<String> {
    let header = if field == Field::Patient { &d.patient } else { &d.provider };
    let claims = d.claims.iter().filter_map(|c| if field == Field::Patient { c.patient.as_ref() } else { c.provider.as_ref() });
    let lines = d.lines.iter().filter_map(|l| if field == Field::Patient { l.patient.as_ref() } else { l.provider.as_ref() });
    header.iter().chain(claims).chain(lines).cloned().collect()
}

/// Of two spellings borne out alike the one on a paper that is read this much worse goes.
const CLEARER: f32 = 0.05;
/// What a line is worth at most whose name was settled by that alone.
const SETTLED_BY_CLEARNESS: f32 = 0.9;

fn doubt(d: &mut Document, field: Field, name: &str) {
    let of = |l: &ServiceLine| if field == Field::Patient { l.patient.as_deref() } else { l.provider.as_deref() } == Some(name);
    for l in d.lines.iter_mut().filter(|l| of(l)) {
        l.confidence = l.confidence.min(SETTLED_BY_CLEARNESS);
    }
}

/// The spelling that other papers bear out better, where only one is so near, and whether that is sure.
fn better<'a>(name: &str, own: &BTreeSet<String>, borne: &'a BTreeMap<String, Borne>, field: Field) -> Option<(&'a Borne, bool)> {
    let key = text_key(name);
    let (weight, clear) = borne.get(&key).map_or((0.0, 0.0), |b| (b.weight, b.clear));
    // Of two spellings borne out alike the one goes that no name is spelt like: `Lakeside County ty Hospital`.
    let odd = is_odd_name(name);
    let sure = |b: &Borne| b.weight > weight || odd && b.weight >= weight && !is_odd_name(&b.spelling);
    let clearer = |b: &Borne| b.weight >= weight && b.clear >= clear + CLEARER;
    let mut near = borne.iter().filter(|(k, b)| !own.contains(*k) && (sure(b) || clearer(b)) && alike(&key, k, field));
    let found = near.next().map(|(_, b)| (b, sure(b)));
    if near.next().is_some() { None } else { found }
}

fn alike(a: &str, b: &str, field: Field) -> bool {
    if a == b || a.len().min(b.len()) < SHORTEST {
        return false;
    }
    let (a, b) = (&a.replace(' ', ""), &b.replace(' ', ""));
    let apart = damerau_levenshtein(a, b);
    if apart == 0 {
        return true;
    }
    apart == 1 || field == Field::Provider && apart == 2 && normalized_damerau_levenshtein(a, b) >= ALIKE
}

pub(super) fn rename(d: &mut Document, field: Field, from: &str, to: &Borne) {
    let set = |name: &mut String| {
        if name == from {
            name.clone_from(&to.spelling);
        }
    };
    let person = field == Field::Patient;
    if person { &mut d.patient } else { &mut d.provider }.iter_mut().for_each(set);
    d.claims.iter_mut().filter_map(|c| if person { c.patient.as_mut() } else { c.provider.as_mut() }).for_each(set);
    d.lines.iter_mut().filter_map(|l| if person { l.patient.as_mut() } else { l.provider.as_mut() }).for_each(set);
    d.repaired.push(Repair {
        field,
        line_no: None,
        page: 1,
        from: from.to_owned(),
        to: to.spelling.clone(),
        by: Vec::new(),
        agreement: Some(Agreement::OtherPaper),
        paper: Some(to.paper.clone()).filter(|p| !p.is_empty()),
    });
    d.repaired.sort_by_key(|r| (r.page, r.line_no, r.field));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{LineKind, ServiceLine};

    fn paper(path: &str, patient: &str, provider: &str, confidence: f32, source: TextOrigin) -> Document {
        let line = ServiceLine {
            patient: Some(patient.to_owned()),
            provider: Some(provider.to_owned()),
            confidence,
            ..ServiceLine::empty(LineKind::Service, 1, 1)
        };
        Document {
            patient: vec![patient.to_owned()],
            provider: vec![provider.to_owned()],
            text_source: Some(source),
            lines: vec![line],
            ..Document::empty(path)
        }
    }

    fn settled(papers: Vec<Document>) -> Vec<Document> {
        let mut case = Case::new("a", papers);
        settle(&mut case);
        case.documents
    }

    #[test]
    fn a_letter_is_set_right_by_the_paper_that_was_read_with_certainty() {
        let bill = paper("bill.pdf", "TRENE ALVAREZ", "Lakeside Hopital", 0.7, TextOrigin::Ocr);
        let eob = paper("eob.pdf", "IRENE ALVAREZ", "Lakeside Hospital", 0.99, TextOrigin::Ocr);
        let d = settled(vec![bill, eob]);
        assert_eq!((d[0].patient[0].as_str(), d[0].lines[0].provider.as_deref()), ("IRENE ALVAREZ", Some("Lakeside Hospital")));
        assert_eq!(d[0].repaired[0].paper.as_deref(), Some("eob.pdf"));
        assert!(d[1].repaired.is_empty());
    }

    #[test]
    fn of_two_spellings_borne_out_alike_the_odd_one_goes() {
        let sure = |path: &str, provider: &str| paper(path, "Hannah Okafor", provider, 0.99, TextOrigin::Ocr);
        for odd in ["Elm Creek Family Medic ine", "Elm Creek Fam ily Medicine", "Elm Creek ly Family Medicine"] {
            let d = settled(vec![sure("a.pdf", odd), sure("b.pdf", "Elm Creek Family Medicine")]);
            assert_eq!(d[0].provider, ["Elm Creek Family Medicine"]);
            assert!(d[1].repaired.is_empty());
        }
    }

    #[test]
    fn of_two_spellings_borne_out_alike_the_one_that_was_read_worse_goes_and_stays_in_doubt() {
        let read = |path: &str, provider: &str, confidence: f32| Document {
            confidence,
            ..paper(path, "Hannah Okafor", provider, 0.99, TextOrigin::Ocr)
        };
        let d = settled(vec![read("a.pdf", "Elmsiey Hospital", 0.89), read("b.pdf", "Elmsley Hospital", 0.99)]);
        assert_eq!(d[0].provider, ["Elmsley Hospital"]);
        assert!(d[0].lines[0].confidence <= 0.9 && d[1].lines[0].confidence > 0.95);
        let d = settled(vec![read("a.pdf", "Elmsiey Hospital", 0.97), read("b.pdf", "Elmsley Hospital", 0.99)]);
        assert_eq!(d[0].provider, ["Elmsiey Hospital"]);
    }

    #[test]
    fn papers_read_equally_well_and_those_of_a_family_stay() {
        let sure = |path: &str, name: &str| paper(path, name, "Elm Clinic", 0.99, TextOrigin::Ocr);
        let d = settled(vec![sure("a.pdf", "Hannah Okafor"), sure("b.pdf", "Hanna Okafor")]);
        assert!(d.iter().all(|d| d.repaired.is_empty()));
        let mut family = paper("a.pdf", "Luis Okafor", "Elm Clinic", 0.6, TextOrigin::Ocr);
        family.patient.push("Luisa Okafor".to_owned());
        let d = settled(vec![family, sure("b.pdf", "Luisa Okafor")]);
        assert_eq!(d[0].patient, ["Luis Okafor", "Luisa Okafor"], "one paper prints both");
        let digital = paper("a.pdf", "Hanna Okafor", "Elm Clinic", 1.0, TextOrigin::Digital);
        let d = settled(vec![digital, sure("b.pdf", "Hannah Okafor"), sure("c.pdf", "Hannah Okafor")]);
        assert_eq!(d[0].patient, ["Hanna Okafor"], "what is printed in the file's own text is what it says");
    }
}
