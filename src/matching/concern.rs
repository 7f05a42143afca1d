//! Which EOB lines are about the patient and the provider of a bill.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::names::{Likeness, same_number, same_person, same_provider};
use crate::record::Document;

use super::{LineRef, line};

/// Whose papers the case holds.
#[derive(Debug, Clone, Default)]
pub struct People {
    names: Vec<String>,
}

impl People {
    /// The people that the bills (else the other papers of one person) and the `case.toml` name.
    pub fn of(docs: &[Document], stated: Option<&str>) -> Self {
        let mut names: Vec<String> = stated.map(str::to_owned).into_iter().collect();
        let mut add = |wanted: &dyn Fn(&Document) -> bool| {
            for p in docs.iter().filter(|d| wanted(d)).flat_map(|d| &d.patient) {
                if !names.iter().any(|n| same_person(n, p) == Likeness::Same) {
                    names.push(p.clone());
                }
            }
            !names.is_empty()
        };
        let _ = add(&|d| d.is_bill()) || add(&|d| !d.is_eob() && d.patient.len() == 1) || add(&|d| d.patient.len() == 1);
        Self { names }
    }

    /// The name under which the case is listed: the stated one, else the one on the first bill.
    pub fn first(&self) -> Option<&str> {
        self.names.first().map(String::as_str)
    }

    /// Whether an EOB line is about one of them; a line that names nobody is.
    pub fn owns(&self, docs: &[Document], eob: LineRef) -> bool {
        let Some(name) = eob_line_patient(docs, eob) else {
            return true;
        };
        self.names.is_empty() || fits(&self.names, name, &docs[eob.doc].patient)
    }
}

/// Whether `name` is one of `wanted`, given everybody that the same paper names: next to a print of the very name, one
/// that differs by a letter is a relative.
fn fits(wanted: &[String], name: &str, named_there: &[String]) -> bool {
    wanted.iter().any(|w| match same_person(w, name) {
        Likeness::Same => true,
        Likeness::Slip => !named_there.iter().any(|o| o != name && same_person(w, o) == Likeness::Same),
        Likeness::Different => false,
    })
}

/// The patient of an EOB line: the line's, the claim's, or the document's only one.
pub fn eob_line_patient(docs: &[Document], at: LineRef) -> Option<&str> {
    let (d, l) = (&docs[at.doc], line(docs, at));
    let only = || {
        if let [p] = d.patient.as_slice() { Some(p.as_str()) } else { None }
    };
    l.patient.as_deref().or_else(|| d.claim_of(l).and_then(|c| c.patient.as_deref())).or_else(only)
}

/// The provider of an EOB line: the line's, the claim's, or the document's only one.
pub fn eob_line_provider(docs: &[Document], at: LineRef) -> Option<&str> {
    let (d, l) = (&docs[at.doc], line(docs, at));
    let only = || {
        if let [p] = d.provider.as_slice() { Some(p.as_str()) } else { None }
    };
    l.provider.as_deref().or_else(|| d.claim_of(l).and_then(|c| c.provider.as_deref())).or_else(only)
}

/// What a claim prints above its lines: patient, provider, account, number; and its document.
type Head<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>, usize);

/// For every bill and EOB line of a case: are they about the same patient and the same provider?
pub(crate) struct Concerns {
    yes: HashSet<(usize, LineRef)>,
    patient: HashSet<(usize, LineRef)>,
    some_bill: HashSet<LineRef>,
}

impl Concerns {
    pub(crate) fn new(docs: &[Document], bills: &[usize], eob_lines: &[LineRef]) -> Self {
        let mut out = Self { yes: HashSet::new(), patient: HashSet::new(), some_bill: HashSet::new() };
        // Lines of one claim are alike in all that counts here; compare names once per claim.
        let mut heads: BTreeMap<Head<'_>, Vec<LineRef>> = BTreeMap::new();
        for &e in eob_lines {
            let (d, l) = (&docs[e.doc], line(docs, e));
            let claim = d.claim_of(l);
            let account = l.account_no.as_deref().or_else(|| claim.and_then(|c| c.account_no.as_deref()));
            let claim_no = l.claim_no.as_deref().or_else(|| claim.and_then(|c| c.claim_no.as_deref()));
            heads.entry((eob_line_patient(docs, e), eob_line_provider(docs, e), account, claim_no, e.doc)).or_default().push(e);
        }
        let mut likeness: HashMap<(String, String), bool> = HashMap::new();
        for ((patient, provider, account, claim_no, doc), lines) in &heads {
            for &b in bills {
                let bill = &docs[b];
                let patient_fits = match patient {
                    Some(p) if !bill.patient.is_empty() => fits(&bill.patient, p, &docs[*doc].patient),
                    _ => true,
                };
                if !patient_fits {
                    continue;
                }
                out.patient.extend(lines.iter().map(|e| (b, *e)));
                let number =
                    |printed: Option<&str>, own: &[String]| printed.is_some_and(|p| own.iter().any(|x| same_number(x, p)));
                let numbers = number(*account, &bill.account_no) || number(*claim_no, &bill.claim_no);
                let provider_fits = match provider {
                    Some(p) if !bill.provider.is_empty() => bill
                        .provider
                        .iter()
                        .any(|q| *likeness.entry(((*p).to_owned(), q.clone())).or_insert_with(|| same_provider(p, q))),
                    // Where a name is missing on either side the lines themselves must agree.
                    _ => true,
                };
                if numbers || provider_fits {
                    out.yes.extend(lines.iter().map(|e| (b, *e)));
                    out.some_bill.extend(lines.iter().copied());
                }
            }
        }
        out
    }

    pub(crate) fn get(&self, bill: usize, eob: LineRef) -> bool {
        self.yes.contains(&(bill, eob))
    }

    pub(crate) fn patient_fits(&self, bill: usize, eob: LineRef) -> bool {
        self.patient.contains(&(bill, eob))
    }

    /// Whether the line's provider sent none of the case's bills.
    pub(crate) fn of_no_bill(&self, eob: LineRef) -> bool {
        !self.some_bill.contains(&eob)
    }
}
