//! Names of people and of providers, compared the way a reader would.
//!
//! Papers about one person print `DOE, JANE Q`, `Jane Doe` and `JANE D0E`; papers of one provider print
//! `St. Mary's Hosp.` and `SAINT MARYS HOSPITAL INC`. Nothing here decides what belongs together, it only says how
//! alike two names are.

use strsim::{damerau_levenshtein, normalized_damerau_levenshtein};

/// A person's name in parts, upper case, without titles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonName {
    /// Given name, or its initial.
    pub first: String,
    /// Middle names or initials, in printed order.
    pub middle: Vec<String>,
    /// Family name; a double name is joined by a blank.
    pub last: String,
    /// `JR`, `SR`, `II` …
    pub suffix: String,
}

/// How sure it is that two names mean the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likeness {
    /// Two people.
    Different,
    /// The same but for what looks like a misread or misspelt letter.
    Slip,
    /// The same given and family name, one of them without a middle name, or with an initial only.
    Same,
}

const TITLES: &[&str] = &["MR", "MRS", "MS", "MISS", "DR", "MX", "REV"];
const SUFFIXES: &[&str] = &["JR", "SR", "II", "III", "IV"];
const PARTICLES: &[&str] =
    &["DE", "DEL", "DELA", "DI", "DA", "DOS", "LA", "LE", "MC", "MAC", "ST", "VAN", "VON", "DER", "DEN", "BIN", "AL"];

/// Letters and digits of a name's words in upper case; apostrophes vanish, other signs part words.
fn words(s: &str) -> Vec<String> {
    let mut cleaned = String::with_capacity(s.len());
    for c in s.chars() {
        if c.is_alphanumeric() {
            cleaned.extend(c.to_uppercase());
        } else if !matches!(c, '\'' | '’' | '.' | '`') {
            cleaned.push(' ');
        } else if c == '.' {
            // `J.R.Smith` has no blanks, `St. Mary` has one already.
            cleaned.push(' ');
        }
    }
    cleaned.split_whitespace().map(str::to_owned).collect()
}

impl PersonName {
    /// Reads `Jane Q. Doe`, `DOE, JANE Q` and `Doe Jr, Jane`. `None` where no letters are printed.
    pub fn parse(s: &str) -> Option<Self> {
        let mut suffix = String::new();
        let mut take = |part: &str| -> Vec<String> {
            words(part)
                .into_iter()
                .filter(|w| {
                    if SUFFIXES.contains(&w.as_str()) {
                        suffix.clone_from(w);
                        return false;
                    }
                    !TITLES.contains(&w.as_str())
                })
                .collect()
        };
        let (mut given, family) = match s.split_once(',') {
            Some((a, b)) => {
                let (family, given) = (take(a), take(b));
                // `Jane Doe, Jr` and `Jane Doe, MD` carry nothing of a given name behind the comma.
                if given.is_empty() || (given.len() == 1 && matches!(given[0].as_str(), "MD" | "DO" | "NP" | "PA" | "RN")) {
                    (family, Vec::new())
                } else {
                    (given, family)
                }
            }
            None => (take(s), Vec::new()),
        };
        let mut family = family;
        if family.is_empty() {
            family.extend(given.pop());
            while given.len() > 1 && given.last().is_some_and(|w| PARTICLES.contains(&w.as_str())) {
                if let Some(w) = given.pop() {
                    family.insert(0, w);
                }
            }
        }
        if family.is_empty() {
            return None;
        }
        let first = if given.is_empty() { String::new() } else { given.remove(0) };
        Some(Self { first, middle: given, last: family.join(" "), suffix })
    }

    /// Compares with another name; order, case, titles and missing middle names make no difference.
    pub fn compare(&self, other: &Self) -> Likeness {
        if !self.suffix.is_empty() && !other.suffix.is_empty() && self.suffix != other.suffix {
            return Likeness::Different;
        }
        let straight = self.compare_parts(other);
        if straight != Likeness::Different {
            return straight;
        }
        // `DOE JANE` without its comma.
        let turned =
            Self { first: other.last.clone(), middle: other.middle.clone(), last: other.first.clone(), suffix: String::new() };
        let same = self.compare_parts(&turned);
        if same == Likeness::Same && self.first.len() > 1 && other.first.len() > 1 {
            return same;
        }
        let but_for_a_stroke = |a: &Self, b: &Self| {
            b.first.len() > 1 && b.last.len() > 1 && a.without_stray().is_some_and(|a| a.compare_parts(b) == Likeness::Same)
        };
        if but_for_a_stroke(self, other) || but_for_a_stroke(other, self) { Likeness::Slip } else { Likeness::Different }
    }

    /// The name without a lone letter before or behind it, which recognition may have made of a stroke of the pen:
    /// `L Jane Doe`, `Jane Doe I`.
    fn without_stray(&self) -> Option<Self> {
        let mut parts = self.middle.clone();
        if self.first.len() == 1 && !parts.is_empty() {
            let first = parts.remove(0);
            return (first.len() > 1).then(|| Self {
                first,
                middle: parts,
                last: self.last.clone(),
                suffix: self.suffix.clone(),
            });
        }
        if self.last.len() == 1 {
            let last = parts.pop().filter(|l| l.len() > 1)?;
            return Some(Self { first: self.first.clone(), middle: parts, last, suffix: self.suffix.clone() });
        }
        None
    }

    fn compare_parts(&self, other: &Self) -> Likeness {
        let last = word_likeness(&self.last.replace(' ', ""), &other.last.replace(' ', ""), false);
        let first = word_likeness(&self.first, &other.first, true);
        let middle = match (self.middle.first(), other.middle.first()) {
            (Some(a), Some(b)) => word_likeness(a, b, true),
            _ => Likeness::Same,
        };
        // Two slips in one name are two people more often than two misread letters.
        let slips = [last, first, middle].iter().filter(|l| **l == Likeness::Slip).count();
        if slips > 1 { Likeness::Different } else { last.min(first).min(middle) }
    }
}

fn word_likeness(a: &str, b: &str, initials: bool) -> Likeness {
    if a == b {
        return Likeness::Same;
    }
    if initials && (a.len() == 1 || b.len() == 1) && a.chars().next() == b.chars().next() {
        return Likeness::Same;
    }
    let (fa, fb) = (fold_digits(a), fold_digits(b));
    let shorter = fa.chars().count().min(fb.chars().count());
    if fa == fb || (shorter >= 4 && damerau_levenshtein(&fa, &fb) <= 1) { Likeness::Slip } else { Likeness::Different }
}

/// Digits that recognition puts in the place of letters, as letters.
fn fold_digits(s: &str) -> String {
    s.chars()
        .map(|c| match c {
            '0' => 'O',
            '1' => 'I',
            '5' => 'S',
            '8' => 'B',
            c => c,
        })
        .collect()
}

/// How alike two printed names of people are; a name without letters is like none.
pub fn same_person(a: &str, b: &str) -> Likeness {
    match (PersonName::parse(a), PersonName::parse(b)) {
        (Some(a), Some(b)) => a.compare(&b),
        _ => Likeness::Different,
    }
}

const LEGAL: &[&str] = &[
    "INC",
    "LLC",
    "LLP",
    "PLLC",
    "PC",
    "PA",
    "LTD",
    "LP",
    "CORP",
    "CORPORATION",
    "COMPANY",
    "CO",
    "MD",
    "DO",
    "DPM",
    "DDS",
    "NP",
    "THE",
    "OF",
    "AND",
    "AT",
    "FOR",
    "A",
    "INCORPORATED",
    "PLC",
    "DC",
    "PSC",
    "SC",
    "APC",
    "ASSN",
];

/// Words that half of all providers carry: they say little about which one it is.
const COMMON: &[&str] = &[
    "HOSPITAL",
    "MEDICAL",
    "CENTER",
    "HEALTH",
    "HEALTHCARE",
    "SYSTEM",
    "CLINIC",
    "GROUP",
    "ASSOCIATES",
    "SERVICES",
    "CARE",
    "PHYSICIANS",
    "SPECIALISTS",
    "PARTNERS",
    "CONSULTANTS",
    "PRACTICE",
    "REGIONAL",
    "COMMUNITY",
    "UNIVERSITY",
    "MEMORIAL",
    "GENERAL",
    "COUNTY",
];

fn expand(word: &str) -> &str {
    match word {
        "HOSP" | "HSP" | "HOSPITALS" => "HOSPITAL",
        "MED" | "MEDICINE" => "MEDICAL",
        "CTR" | "CNTR" | "CENTRE" | "CTRS" | "CENTERS" => "CENTER",
        "HLTH" | "HTH" => "HEALTH",
        "SYS" | "SYST" | "SYSTEMS" => "SYSTEM",
        "ASSOC" | "ASSOCS" | "ASSO" | "ASSOCIATION" | "ASSOCIATE" => "ASSOCIATES",
        "GRP" | "GP" => "GROUP",
        "SVC" | "SVCS" | "SERV" | "SERVICE" | "SRVC" | "SRVCS" => "SERVICES",
        "ST" | "SNT" => "SAINT",
        "MEM" | "MEML" => "MEMORIAL",
        "UNIV" => "UNIVERSITY",
        "REG" | "REGL" | "RGNL" => "REGIONAL",
        "COMM" | "CMNTY" => "COMMUNITY",
        "GEN" => "GENERAL",
        "CNTY" | "CTY" => "COUNTY",
        "PHYS" | "PHYSICIAN" | "PHYSN" => "PHYSICIANS",
        "RAD" | "RADIOL" => "RADIOLOGY",
        "ANES" | "ANESTH" | "ANESTHESIOLOGY" | "ANAESTHESIA" => "ANESTHESIA",
        "PATH" => "PATHOLOGY",
        "EMERG" | "EMER" | "ER" => "EMERGENCY",
        "SURG" | "SURGERY" => "SURGICAL",
        "ORTHO" | "ORTHOPEDIC" | "ORTHOPEDICS" | "ORTHOPAEDICS" => "ORTHOPAEDIC",
        "LAB" | "LABS" | "LABORATORIES" => "LABORATORY",
        "IMG" | "IMAG" => "IMAGING",
        "DIAG" | "DX" => "DIAGNOSTIC",
        "FAM" => "FAMILY",
        "INTERNL" | "INT" => "INTERNAL",
        "AMB" => "AMBULANCE",
        "MT" => "MOUNT",
        "PT" => "PHYSICAL",
        w => w,
    }
}

fn provider_words(s: &str) -> Vec<String> {
    let upper = s.to_uppercase();
    // `X dba Y` trades as Y, and Y is what the other papers print.
    let trading =
        [" DBA ", " D/B/A ", " D.B.A. "].iter().find_map(|d| upper.split_once(d).map(|(_, y)| y.to_owned())).unwrap_or(upper);
    let all = words(&trading);
    let kept: Vec<String> = all.iter().map(|w| expand(w).to_owned()).filter(|w| !LEGAL.contains(&w.as_str())).collect();
    if kept.is_empty() { all } else { kept }
}

fn weight(word: &str) -> f64 {
    if COMMON.contains(&word) {
        0.35
    } else if word.chars().count() == 1 {
        0.2
    } else {
        1.0
    }
}

fn word_match(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let (fa, fb) = (fold_digits(a), fold_digits(b));
    let (la, lb) = (fa.chars().count(), fb.chars().count());
    let shorter = la.min(lb);
    if fa == fb {
        1.0
    } else if shorter >= 4 && (fa.starts_with(&fb) || fb.starts_with(&fa)) {
        0.95
    } else if shorter >= 5 && damerau_levenshtein(&fa, &fb) <= 1 + usize::from(shorter >= 9) {
        0.9
    } else {
        0.0
    }
}

/// How alike two printed provider names are, 0 to 1; from [`SAME_PROVIDER`] on they mean the same one.
///
/// Case, legal forms, abbreviations, `dba`, the order of words and single misread letters make little difference; a
/// distinctive word that the other name lacks makes much.
pub fn provider_likeness(a: &str, b: &str) -> f64 {
    let (wa, wb) = (provider_words(a), provider_words(b));
    if wa.is_empty() || wb.is_empty() {
        return 0.0;
    }
    if wa == wb {
        return 1.0;
    }
    // Recognition runs words together (`SUMMITRIDGE HOSPITAL`).
    let (ja, jb) = (wa.concat(), wb.concat());
    let joined = normalized_damerau_levenshtein(&fold_digits(&ja), &fold_digits(&jb));
    if joined >= 0.92 {
        return joined;
    }
    let mut used = vec![false; wb.len()];
    let mut matched = 0.0;
    let mut distinctive = false;
    for x in &wa {
        let best = (0..wb.len())
            .filter(|j| !used[*j])
            .map(|j| (word_match(x, &wb[j]), j))
            .filter(|(m, _)| *m > 0.0)
            .max_by(|p, q| p.0.total_cmp(&q.0));
        if let Some((m, j)) = best {
            used[j] = true;
            matched += m * (weight(x) + weight(&wb[j]));
            distinctive |= weight(x) >= 1.0;
        }
    }
    let total: f64 = wa.iter().chain(&wb).map(|w| weight(w)).sum();
    let all_common = wa.iter().all(|w| weight(w) < 1.0) || wb.iter().all(|w| weight(w) < 1.0);
    let score = matched / total;
    if distinctive || all_common { score } else { score.min(0.5) }
}

/// From this likeness on two provider names are taken for the same provider.
pub const SAME_PROVIDER: f64 = 0.78;

/// Whether two printed names mean the same provider.
pub fn same_provider(a: &str, b: &str) -> bool {
    provider_likeness(a, b) >= SAME_PROVIDER
}

/// Account, claim and member numbers without signs, leading zeros and the letters that recognition takes for digits.
pub fn number_key(s: &str) -> String {
    let folded: String = s
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| match c.to_ascii_uppercase() {
            'O' | 'Q' => '0',
            'I' | 'L' => '1',
            c => c,
        })
        .collect();
    let trimmed = folded.trim_start_matches('0');
    if trimmed.is_empty() { folded } else { trimmed.to_owned() }
}

/// Whether two printed numbers are the same; numbers of fewer than four signs prove nothing.
pub fn same_number(a: &str, b: &str) -> bool {
    let (a, b) = (number_key(a), number_key(b));
    a.len() >= 4 && a == b
}

/// A description for comparison: upper case, single blanks, no signs.
pub fn text_key(s: &str) -> String {
    words(s).join(" ")
}

#[cfg(test)]
mod tests;
