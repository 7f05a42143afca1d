//! Stage 5: records → cases.
//!
//! A case is all the papers of one patient about one episode of care or one year of it. A folder below the input is a
//! case; loose files are grouped by what they say. A paper that names several people (the EOB of a family) goes to the
//! case whose papers it speaks of most; it never joins two people's cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use petgraph::unionfind::UnionFind;

use crate::case_file::CaseFile;
use crate::names::{Likeness, number_key, same_person, same_provider};
use crate::record::{DocKind, Document, LineKind, Money, Status};

/// How files become cases (`--case-by`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CaseBy {
    /// Sub-folders are cases; loose files are grouped by content.
    #[default]
    Auto,
    /// Sub-folders are cases, and so are the loose files of an input folder together.
    Folder,
    /// Everything is grouped by content.
    Patient,
}

/// The papers of one case and what its `case.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Path of the folder, or a name made from the patient's.
    pub case_id: String,
    /// Its documents in order of path; each carries the same `case_id`.
    pub documents: Vec<Document>,
    /// The facts that no document states; empty where there is no `case.toml`.
    pub file: CaseFile,
    /// Folder of the case relative to the input, where it is one.
    pub folder: Option<String>,
}

impl Case {
    /// A case of the given documents without a `case.toml`.
    pub fn new(case_id: impl Into<String>, documents: Vec<Document>) -> Self {
        let case_id = case_id.into();
        let mut documents = documents;
        documents.sort_by(|a, b| path_order(&a.path, &b.path));
        for d in &mut documents {
            d.case_id.clone_from(&case_id);
        }
        Self { case_id, documents, file: CaseFile::default(), folder: None }
    }

    /// The documents that take part in comparisons: read, and no duplicate of another.
    pub fn live_documents(&self) -> impl Iterator<Item = (usize, &Document)> {
        self.documents.iter().enumerate().filter(|(_, d)| matches!(d.status, Status::Ok | Status::Partial))
    }
}

/// `file.pdf#p10-11` after `file.pdf#p3-5`.
fn path_order(a: &str, b: &str) -> std::cmp::Ordering {
    split_part(a).cmp(&split_part(b)).then_with(|| a.cmp(b))
}

/// File and first page of a path with or without `#p3-5`.
fn split_part(path: &str) -> (&str, u32) {
    match path.rsplit_once("#p") {
        Some((file, pages)) => match pages.split('-').next().and_then(|p| p.parse().ok()) {
            Some(first) => (file, first),
            None => (path, 0),
        },
        None => (path, 0),
    }
}

/// Sorts documents into cases and marks duplicates.
///
/// `folder_of` gives the folder that makes the case of a path, as its `case_id`, and `None` for a file that lies loose;
/// it is not asked where everything goes by content. Cases come sorted by id, documents by path; every document is in
/// exactly one case.
pub fn group(documents: Vec<Document>, case_by: CaseBy, folder_of: impl Fn(&str) -> Option<String>) -> Vec<Case> {
    let mut folders: BTreeMap<String, Vec<Document>> = BTreeMap::new();
    let mut loose: Vec<Document> = Vec::new();
    for d in documents {
        let folder = if case_by == CaseBy::Patient { None } else { folder_of(&d.path) };
        match folder {
            Some(f) => folders.entry(f).or_default().push(d),
            None => loose.push(d),
        }
    }
    let mut taken: BTreeSet<String> = folders.keys().cloned().collect();
    let mut cases = Vec::new();
    for (folder, docs) in folders {
        let mut case = Case::new(folder.clone(), docs);
        case.folder = Some(folder);
        cases.push(case);
    }
    for docs in by_content(loose) {
        let id = unique(&mut taken, &name_of(&docs));
        cases.push(Case::new(id, docs));
    }
    for case in &mut cases {
        mark_duplicates(&mut case.documents);
    }
    cases.sort_by(|a, b| a.case_id.cmp(&b.case_id));
    cases
}

fn unique(taken: &mut BTreeSet<String>, name: &str) -> String {
    let mut id = name.to_owned();
    let mut n = 1;
    while !taken.insert(id.clone()) {
        n += 1;
        id = format!("{name}-{n}");
    }
    id
}

/// The fullest form of the name that most of the documents print, as `jane-q-doe`; else the first file's name.
fn name_of(docs: &[Document]) -> String {
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for d in docs.iter().filter(|d| d.patient.len() == 1) {
        let slug = person_slug(&d.patient[0]);
        if !slug.is_empty() {
            let len = slug.len();
            counts.entry(slug).or_insert((0, len)).0 += 1;
        }
    }
    let best = counts.into_iter().max_by_key(|(_, n)| *n).map(|(s, _)| s);
    let best = best.or_else(|| docs.iter().flat_map(|d| &d.patient).map(|p| person_slug(p)).find(|s| !s.is_empty()));
    best.unwrap_or_else(|| {
        let stem = docs.first().map_or("", |d| split_part(&d.path).0);
        let stem = stem.rsplit('/').next().unwrap_or(stem);
        let s = slug(stem.rsplit_once('.').map_or(stem, |(s, _)| s));
        if s.is_empty() { "case".to_owned() } else { s }
    })
}

fn person_slug(name: &str) -> String {
    match crate::names::PersonName::parse(name) {
        Some(p) => slug(&[vec![p.first], p.middle, vec![p.last, p.suffix]].concat().join(" ")),
        None => String::new(),
    }
}

fn slug(s: &str) -> String {
    let lower: String = s.chars().flat_map(char::to_lowercase).map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    lower.split_whitespace().collect::<Vec<_>>().join("-")
}

/// What grouping looks at in one document.
struct Facts {
    people: Vec<String>,
    numbers: BTreeSet<String>,
    providers: Vec<String>,
    from: Option<Date>,
    to: Option<Date>,
}

impl Facts {
    fn of(d: &Document) -> Self {
        let mut people: Vec<String> = Vec::new();
        let named = d
            .patient
            .iter()
            .chain(d.lines.iter().filter_map(|l| l.patient.as_ref()))
            .chain(d.claims.iter().filter_map(|c| c.patient.as_ref()));
        for p in named {
            if !people.iter().any(|q| same_person(q, p) != Likeness::Different) {
                people.push(p.clone());
            }
        }
        let numbers = d
            .account_no
            .iter()
            .chain(&d.claim_no)
            .chain(d.claims.iter().flat_map(|c| c.claim_no.iter().chain(&c.account_no)))
            .map(|n| number_key(n))
            .filter(|n| n.len() >= 4)
            .collect();
        let dates = || {
            d.lines
                .iter()
                .filter(|l| l.line_kind == LineKind::Service)
                .flat_map(|l| [l.service_date, l.service_date_to])
                .chain([d.service_from, d.service_to, d.admitted, d.discharged])
                .flatten()
        };
        Self { people, numbers, providers: d.provider.clone(), from: dates().min(), to: dates().max() }
    }

    fn overlaps(&self, other: &Self) -> bool {
        matches!((self.from, self.to, other.from, other.to), (Some(a), Some(b), Some(c), Some(d)) if a <= d && c <= b)
    }

    fn shares_provider(&self, other: &Self) -> bool {
        self.providers.iter().any(|p| other.providers.iter().any(|q| same_provider(p, q)))
    }

    fn one_person(&self) -> Option<&str> {
        match self.people.as_slice() {
            [p] => Some(p),
            _ => None,
        }
    }
}

/// Groups loose documents: one patient each, others by numbers, then by provider and dates.
fn by_content(documents: Vec<Document>) -> Vec<Vec<Document>> {
    let facts: Vec<Facts> = documents.iter().map(Facts::of).collect();
    let n = documents.len();
    let mut sets = UnionFind::<usize>::new(n);
    // Names first: equal prints fall together through the map, only distinct prints are compared with each other.
    let mut prints: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, f) in facts.iter().enumerate() {
        if let Some(p) = f.one_person() {
            prints.entry(p).or_default().push(i);
        }
    }
    let distinct: Vec<(&str, Vec<usize>)> = prints.into_iter().collect();
    for (k, (p, members)) in distinct.iter().enumerate() {
        for w in members.windows(2) {
            sets.union(w[0], w[1]);
        }
        for (q, others) in &distinct[k + 1..] {
            let join = match same_person(p, q) {
                Likeness::Same => true,
                // A misread letter is believed where something else says so too.
                Likeness::Slip => members.iter().any(|&i| {
                    others.iter().any(|&j| {
                        !facts[i].numbers.is_disjoint(&facts[j].numbers)
                            || (facts[i].shares_provider(&facts[j]) && facts[i].overlaps(&facts[j]))
                            || (documents[i].member_id.is_some() && documents[i].member_id == documents[j].member_id)
                    })
                }),
                Likeness::Different => false,
            };
            if join {
                sets.union(members[0], others[0]);
            }
        }
    }
    let mut by_number: HashMap<&str, Vec<usize>> = HashMap::new();
    for (i, f) in facts.iter().enumerate() {
        for k in &f.numbers {
            by_number.entry(k.as_str()).or_default().push(i);
        }
    }
    attach(&facts, &by_number, &mut sets);
    let mut groups: BTreeMap<usize, Vec<Document>> = BTreeMap::new();
    for (i, d) in documents.into_iter().enumerate() {
        groups.entry(sets.find(i)).or_default().push(d);
    }
    groups.into_values().collect()
}

/// Joins the papers that name nobody, or several people, to the case that they speak of most.
fn attach(facts: &[Facts], by_number: &HashMap<&str, Vec<usize>>, sets: &mut UnionFind<usize>) {
    let anchors: Vec<usize> = (0..facts.len()).filter(|&i| facts[i].one_person().is_some()).collect();
    let mut left: Vec<usize> = (0..facts.len()).filter(|&i| facts[i].one_person().is_none()).collect();
    for &i in &left {
        let mut votes: BTreeMap<usize, usize> = BTreeMap::new();
        for k in &facts[i].numbers {
            for &j in by_number.get(k.as_str()).into_iter().flatten() {
                if j != i && anchors.contains(&j) {
                    *votes.entry(sets.find(j)).or_default() += 8;
                }
            }
        }
        for &j in &anchors {
            let named = facts[i].people.iter().any(|p| facts[j].people.iter().any(|q| same_person(p, q) == Likeness::Same));
            let there = facts[i].shares_provider(&facts[j]) && facts[i].overlaps(&facts[j]);
            let n = usize::from(named) + usize::from(there && (named || facts[i].people.is_empty())) * 2;
            if n > 0 {
                *votes.entry(sets.find(j)).or_default() += n;
            }
        }
        let top = votes.values().max().copied().unwrap_or(0);
        let mut best = votes.iter().filter(|(_, v)| **v == top).map(|(k, _)| *k);
        // Without a name, two candidates alike are no answer.
        if let (Some(k), other) = (best.next(), best.next()) {
            if other.is_none() || !facts[i].people.is_empty() {
                sets.union(i, k);
            }
        }
    }
    left.retain(|&i| !anchors.iter().any(|&j| sets.equiv(i, j)));
    for (k, &i) in left.iter().enumerate() {
        for &j in &left[k + 1..] {
            let nobody = facts[i].people.is_empty() || facts[j].people.is_empty();
            let shared = facts[i].people.iter().any(|p| facts[j].people.iter().any(|q| same_person(p, q) == Likeness::Same));
            let there = facts[i].shares_provider(&facts[j]) && facts[i].overlaps(&facts[j]);
            if (!facts[i].numbers.is_disjoint(&facts[j].numbers) && (nobody || shared)) || (there && (nobody || shared)) || shared
            {
                sets.union(i, j);
            }
        }
    }
}

/// Marks byte-identical files and repeated scans of one statement: [`Status::Duplicate`], with a message that names the
/// file that is kept (the best read one, then the plainest name).
pub fn mark_duplicates(documents: &mut [Document]) {
    let mut order: Vec<usize> = (0..documents.len()).filter(|&i| documents[i].status != Status::Failed).collect();
    order.sort_by(|&a, &b| {
        let (x, y) = (&documents[a], &documents[b]);
        y.confidence
            .total_cmp(&x.confidence)
            .then_with(|| x.path.chars().count().cmp(&y.path.chars().count()))
            .then_with(|| path_order(&x.path, &y.path))
    });
    let mut kept: Vec<usize> = Vec::new();
    for i in order {
        let twin = kept
            .iter()
            .copied()
            .find(|&k| same_bytes(&documents[k], &documents[i]) || same_statement(&documents[k], &documents[i]));
        match twin {
            Some(k) => {
                let first = documents[k].path.clone();
                documents[i].status = Status::Duplicate;
                documents[i].message = format!("same as {first}");
            }
            None => kept.push(i),
        }
    }
}

fn same_bytes(a: &Document, b: &Document) -> bool {
    let part = |p: &str| p.rsplit_once("#p").map(|(_, s)| s.to_owned());
    !a.sha256.is_empty()
        && a.sha256 == b.sha256
        && split_part(&a.path).0 != split_part(&b.path).0
        && part(&a.path) == part(&b.path)
}

fn keys(numbers: &[String]) -> BTreeSet<String> {
    numbers.iter().map(|n| number_key(n)).collect()
}

/// What a line says, for the comparison of two statements.
type LineKey = (LineKind, Option<Date>, Option<String>, Option<Money>, Option<Money>, Option<Money>);

fn same_statement(a: &Document, b: &Document) -> bool {
    if a.kind != b.kind || a.kind == DocKind::Other || a.statement_date.is_none() || a.statement_date != b.statement_date {
        return false;
    }
    let (accounts, claims) = (keys(&a.account_no), keys(&a.claim_no));
    if accounts != keys(&b.account_no) || claims != keys(&b.claim_no) || (accounts.is_empty() && claims.is_empty()) {
        return false;
    }
    if a.balance_due != b.balance_due
        || a.patient_responsibility != b.patient_responsibility
        || a.total_charges != b.total_charges
    {
        return false;
    }
    let lines = |d: &Document| -> Vec<LineKey> {
        let mut v: Vec<LineKey> = d
            .lines
            .iter()
            .map(|l| {
                (l.line_kind, l.service_date, l.code.clone(), l.charge, l.plan_paid.or(l.patient_paid), l.patient_responsibility)
            })
            .collect();
        v.sort();
        v
    };
    lines(a) == lines(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_folder(path: &str) -> Option<String> {
        path.split_once('/').map(|(folder, _)| folder.to_owned())
    }
    use crate::record::ServiceLine;
    use jiff::civil::date;

    fn doc(path: &str, kind: DocKind, patient: &[&str], provider: &str, account: &str, day: i8) -> Document {
        let mut d = Document::empty(path);
        d.kind = kind;
        d.status = Status::Ok;
        d.sha256 = format!("hash of {path}");
        d.patient = patient.iter().map(|s| (*s).to_owned()).collect();
        d.provider = vec![provider.to_owned()];
        if !account.is_empty() {
            d.account_no = vec![account.to_owned()];
        }
        d.statement_date = Some(date(2025, 5, day));
        let mut l = ServiceLine::empty(LineKind::Service, 1, 1);
        l.service_date = Some(date(2025, 3, day));
        l.charge = Some(Money::from_cents(10_000 + i64::from(day)));
        d.lines.push(l);
        d
    }

    fn ids(cases: &[Case]) -> Vec<(&str, Vec<&str>)> {
        cases.iter().map(|c| (c.case_id.as_str(), c.documents.iter().map(|d| d.path.as_str()).collect())).collect()
    }

    #[test]
    fn a_folder_is_a_case_with_all_below_it() {
        let docs = vec![
            doc("b/eob/x.pdf", DocKind::Eob, &["Jane Doe"], "Lakeside Imaging", "", 1),
            doc("b/bill.pdf", DocKind::ItemizedBill, &["John Roe"], "Lakeside Imaging", "", 2),
            doc("a/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "", 3),
        ];
        let cases = group(docs.clone(), CaseBy::Auto, first_folder);
        assert_eq!(ids(&cases), [("a", vec!["a/bill.pdf"]), ("b", vec!["b/bill.pdf", "b/eob/x.pdf"])]);
        let people = group(docs, CaseBy::Patient, first_folder);
        assert_eq!(ids(&people), [("jane-doe", vec!["a/bill.pdf", "b/eob/x.pdf"]), ("john-roe", vec!["b/bill.pdf"])]);
    }

    #[test]
    fn several_inputs_keep_their_names() {
        let docs = vec![
            doc("in1/a/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "", 1),
            doc("in2/a/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "", 2),
            doc("in2/loose.pdf", DocKind::ItemizedBill, &["John Roe"], "Lakeside Imaging", "", 3),
        ];
        let cases = group(docs, CaseBy::Auto, |p| p.strip_suffix("/bill.pdf").map(str::to_owned));
        assert_eq!(cases.iter().map(|c| c.case_id.as_str()).collect::<Vec<_>>(), ["in1/a", "in2/a", "john-roe"]);
    }

    #[test]
    fn loose_files_by_patient_number_and_dates() {
        let mut nameless = doc("n.pdf", DocKind::CollectionNotice, &[], "Lakeside Imaging", "AC-4411", 20);
        nameless.lines.clear();
        let docs = vec![
            doc("1.pdf", DocKind::ItemizedBill, &["DOE, JANE Q"], "Lakeside Imaging", "AC-4411", 1),
            doc("2.pdf", DocKind::Eob, &["Jane Q. Doe"], "Other Clinic", "", 9),
            doc("3.pdf", DocKind::ItemizedBill, &["John Roe"], "Hilltop Lab", "77-1234", 4),
            doc("4.pdf", DocKind::Eob, &["J0HN ROE"], "Hilltop Lab", "", 4),
            doc("family.pdf", DocKind::Eob, &["Jane Q Doe", "Tim Doe"], "Lakeside Imaging", "", 1),
            nameless,
        ];
        let cases = group(docs, CaseBy::Auto, first_folder);
        assert_eq!(
            ids(&cases),
            [("jane-q-doe", vec!["1.pdf", "2.pdf", "family.pdf", "n.pdf"]), ("john-roe", vec!["3.pdf", "4.pdf"])]
        );
    }

    #[test]
    fn a_family_eob_does_not_join_two_people() {
        let mut eob = doc("e.pdf", DocKind::Eob, &["Jane Doe", "Tim Doe"], "Lakeside Imaging", "AC-4411", 1);
        eob.account_no.push("AC-5522".into());
        let docs = vec![
            doc("1.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4411", 1),
            doc("2.pdf", DocKind::ItemizedBill, &["Tim Doe"], "Lakeside Imaging", "AC-5522", 1),
            eob,
        ];
        assert_eq!(group(docs, CaseBy::Auto, first_folder).len(), 2);
    }

    #[test]
    fn duplicates_name_the_first_file() {
        let a = doc("c/bill.pdf", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4411", 1);
        let mut copy = a.clone();
        copy.path = "c/bill (1).pdf".into();
        let mut rescanned = a.clone();
        rescanned.path = "c/scan.pdf".into();
        rescanned.sha256 = "other".into();
        rescanned.confidence = 0.9;
        let mut later = a.clone();
        later.path = "c/later.pdf".into();
        later.sha256 = "later".into();
        later.statement_date = Some(date(2025, 6, 1));
        let cases = group(vec![copy, rescanned, later, a], CaseBy::Auto, first_folder);
        let got: Vec<(&str, Status, &str)> =
            cases[0].documents.iter().map(|d| (d.path.as_str(), d.status, d.message.as_str())).collect();
        assert_eq!(
            got,
            [
                ("c/bill (1).pdf", Status::Duplicate, "same as c/bill.pdf"),
                ("c/bill.pdf", Status::Ok, ""),
                ("c/later.pdf", Status::Ok, ""),
                ("c/scan.pdf", Status::Duplicate, "same as c/bill.pdf"),
            ]
        );
    }

    #[test]
    fn parts_of_one_file_are_no_duplicates() {
        let a = doc("c/stack.pdf#p1-2", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4411", 1);
        let mut b = doc("c/stack.pdf#p3-4", DocKind::ItemizedBill, &["Jane Doe"], "Lakeside Imaging", "AC-4412", 2);
        b.sha256.clone_from(&a.sha256);
        let cases = group(vec![a, b], CaseBy::Auto, first_folder);
        assert!(cases[0].documents.iter().all(|d| d.status == Status::Ok));
    }
}
