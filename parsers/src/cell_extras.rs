//! What a row says outside of the columns made for it: remarks behind words, a last day on a line of its own, a date or
//! a code in the description.

use std::sync::LazyLock;

use regex::Regex;

use crate::cells::{Reader, join};
use crate::columns::Column;
use crate::counts::bracketed::behind_code;
use crate::drug_codes::without_ndc;
use crate::grammar::{adjustments, code, date, money};
use crate::labelled::labelled;
use crate::remarks_behind::remarks_behind;
use crate::statement::{Cell, Field, Money, Value};
use crate::stray::Piece;

impl Reader {
    /// Two amounts in one column, one over the other in the order of its heading. A single one may be either, or their sum.
    pub(crate) fn stacked_amounts(&mut self, fields: &[Field], pieces: &[Piece<'_>], col: &Column) {
        let read: Vec<(&Piece<'_>, Money)> = pieces.iter().filter_map(|p| Some((p, money::money(&p.token.text)?))).collect();
        // a nought for all of them says nothing of any; of another one alone the paper itself does not say whose it is
        if read.is_empty() || read.len() == 1 && pieces.len() == 1 {
            return;
        }
        if read.len() != fields.len() || read.len() != pieces.len() {
            let text = join(pieces.iter().map(|p| p.token));
            self.out.problems.push(format!("which of {} it is: {text}", col.head));
            return;
        }
        for (field, (p, amount)) in fields.iter().zip(read) {
            self.put(*field, Value::Money(amount), p.token.text.clone(), p.token.bbox, p.token.confidence);
        }
    }

    /// `RMK N130` under the adjustments or the codes.
    pub(crate) fn remarks_in_words(&mut self, spill: &mut Vec<Piece<'_>>) {
        spill.retain(|p| {
            let Some(m) = REMARK_WORDS.captures(&p.token.text) else {
                return true;
            };
            let Some(list) = adjustments::remark_codes(&m[1]) else {
                return true;
            };
            self.put(Field::RemarkCodes, Value::List(list), p.token.text.clone(), p.token.bbox, p.token.confidence);
            false
        });
        // behind the name, where the two print rows' words stand close
        if self.out.cells.contains_key(&Field::RemarkCodes) {
            return;
        }
        for p in spill.iter() {
            let Some((_, list)) = remarks_behind(&p.token.text) else { continue };
            self.put(Field::RemarkCodes, Value::List(list), p.token.text.clone(), p.token.bbox, p.token.confidence);
        }
    }

    /// `THRU 03/12/2025` on a line of its own.
    pub(crate) fn through_date(&mut self, spill: &mut Vec<Piece<'_>>) {
        let take = |text: &str| THROUGH.captures(text).and_then(|m| date::date(m[2].trim()).map(|d| (m[1].trim().to_owned(), d)));
        if let Some(Cell { value: Value::Text(words), bbox, confidence, raw, .. }) =
            self.out.cells.get(&Field::Description).cloned()
            && let Some((rest, d)) = take(&words)
        {
            let from = match self.out.cells.get(&Field::ServiceDate).map(|c| &c.value) {
                Some(Value::Date(d)) => Some(*d),
                _ => self.anchor,
            };
            if let Some(to) = d.resolve(from) {
                self.put(Field::ServiceDateTo, Value::Date(to), words.clone(), bbox, confidence);
                self.out.cells.remove(&Field::Description);
                if !rest.is_empty() {
                    self.put(Field::Description, Value::Text(rest), raw, bbox, confidence);
                }
            }
        }
        spill.retain(|p| {
            let Some((_, d)) = take(&p.token.text) else { return true };
            let Some(to) = d.resolve(self.anchor) else { return true };
            self.put(Field::ServiceDateTo, Value::Date(to), p.token.text.clone(), p.token.bbox, p.token.confidence);
            false
        });
    }

    /// Where the table has no column for it, a date or a code may stand in the description.
    pub(crate) fn description_extras(&mut self, date_column: bool, code_column: bool) {
        let Some(Cell { value: Value::Text(words), bbox, confidence, raw, page }) =
            self.out.cells.get(&Field::Description).cloned()
        else {
            return;
        };
        let mut words = without_ndc(&words).unwrap_or(words);
        // `0270 - IV START KIT` in one column, of which the code has been taken; `08/01/24 thru  MED/SURG`, too close to each other
        let before = ["- ", "\u{2013} "].iter().find_map(|dash| words.strip_prefix(dash));
        let thru = || words.get(..5).filter(|w| date_column && w.eq_ignore_ascii_case("thru ")).map(|_| &words[5..]);
        if let Some(rest) = before.or_else(thru).map(|rest| rest.trim_start().to_owned()).filter(|rest| !rest.is_empty()) {
            words = rest;
        }
        if self.out.borrowed
            && self.out.cells.contains_key(&Field::RemarkCodes)
            && let Some((name, _)) = remarks_behind(&words)
        {
            words = name;
        }
        if !date_column
            && !self.out.cells.contains_key(&Field::ServiceDate)
            && let Some((d, rest)) = date::leading_date(&words)
            && let Some(day) = d.resolve(self.anchor)
        {
            self.put(Field::ServiceDate, Value::Date(day), raw.clone(), bbox, confidence);
            words = String::from(rest.trim());
        }
        if let Some((values, rest)) = labelled(&words)
            && values.iter().all(|(f, _)| !self.out.cells.contains_key(f))
        {
            for (field, value) in values {
                self.put(field, value, raw.clone(), bbox, confidence);
            }
            words = rest;
        }
        if !self.out.cells.contains_key(&Field::RevenueCode)
            && let Some((revenue, rest)) = revenue_at_an_end(&words)
        {
            self.put(Field::RevenueCode, Value::Code(revenue), raw.clone(), bbox, confidence);
            words = rest;
        }
        if !self.out.cells.contains_key(&Field::Units)
            && let Some((rest, count)) = behind_code(&words)
        {
            self.put(Field::Units, Value::Number(count), raw.clone(), bbox, confidence);
            words = rest;
        }
        // where codes have their column, one in brackets behind the words of a row that has none there
        let embedded = |words: &str| {
            if code_column {
                let bracketed = Some(words).filter(|w| w.trim_end().ends_with(')')).and_then(code::embedded_procedure);
                bracketed.or_else(|| modified_at_an_end(words))
            } else {
                code::embedded_procedure(words).or_else(|| drug_behind(words)).or_else(|| modified_at_an_end(words))
            }
        };
        if !self.out.cells.contains_key(&Field::Code)
            && let Some((p, rest)) = embedded(&words)
        {
            self.put(Field::Code, Value::Code(p.code), raw.clone(), bbox, confidence);
            if !p.modifiers.is_empty() {
                self.put(Field::Modifiers, Value::List(p.modifiers), raw.clone(), bbox, confidence);
            }
            words = String::from(rest.trim());
        }
        // `INTENSIVE CARE ROOM [0200]`, of which the code has been taken
        words.truncate(OPEN_LABEL.find(&words).map_or(words.len(), |m| m.start()));
        if words.is_empty() {
            self.out.cells.remove(&Field::Description);
        } else {
            self.out.cells.insert(Field::Description, Cell { value: Value::Text(words), raw, page, bbox, confidence });
        }
    }
}

/// `OR TIME LEVEL 3 Rev 0360`, `Rev. code 710 RECOVERY ROOM`: the code, and the words without it.
fn revenue_at_an_end(text: &str) -> Option<(String, String)> {
    let m = REVENUE_END.captures(text).or_else(|| REVENUE_START.captures(text))?;
    let mut rest = text.replacen(m.get(0)?.as_str(), "", 1).trim().to_owned();
    // `ED VISIT (99283 25, Rev 0450)`: the bracket closes behind what stays
    if rest.matches('(').count() > rest.matches(')').count() {
        rest.push(')');
    }
    Some((code::revenue_code(&m[1])?, rest)).filter(|(_, rest)| !rest.is_empty())
}

/// `ONDANSETRON 1MG INJ J2405`: a letter and four digits behind the words are no part of a name.
fn drug_behind(text: &str) -> Option<(code::Procedure, String)> {
    let m = HCPCS_END.captures(text)?;
    Some((code::procedure(&m[1])?, text[..m.get(0)?.start()].trim_end().to_owned()))
}

/// `ALS1 EMERGENCY TRANSPORT A0427, RH`, `A0431, SH AIR AMBULANCE`: a code with a modifier behind a comma is no part of a name,
/// also where codes have a column that it has strayed from.
fn modified_at_an_end(text: &str) -> Option<(code::Procedure, String)> {
    static BEHIND: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^(.*[A-Za-z]{3}.*?)\s+([A-Z\d]\d{4}(?:,\s?[A-Z\d]{2})+)$").expect("a constant pattern"));
    static BEFORE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^([A-Z\d]\d{4}(?:,\s?[A-Z\d]{2})+)\s+(.*[A-Za-z]{3}.*)$").expect("a constant pattern"));
    let behind = BEHIND.captures(text).map(|m| (m[2].to_owned(), m[1].to_owned()));
    let (coded, rest) = behind.or_else(|| BEFORE.captures(text).map(|m| (m[1].to_owned(), m[2].to_owned())))?;
    let found = code::procedure(&coded)?;
    found.modifiers.iter().all(|m| code::is_sure_behind(&found.code, m)).then_some((found, rest))
}

static REVENUE_END: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)[\s,(/-]+(?:rev(?:enue)?|rv)\b\.?\s*(?:code|cd)?\.?\s*[:#]?\s*(\d{3,4})\)?$").expect("a constant pattern")
});
static REVENUE_START: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:rev(?:enue)?|rv)\b\.?\s*(?:code|cd)?\.?\s*[:#]?\s*|nu:)(\d{3,4})\b[\s,:)-]+")
        .expect("a constant pattern")
});
/// The label of a code that has gone into its own cell, behind a bracket that nothing closes.
static OPEN_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\s*[\[(]\s*(?:(?:billing|procedure|proc|service|svc|cpt|hcpcs|revenue|rev)\.?)?\s*(?:(?:code|cd)\.?)?:?\s*$")
        .expect("a constant pattern")
});
static HCPCS_END: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\s([A-Z]\d{4}(?:-[A-Z\d]{2})*)$").expect("a constant pattern"));
static REMARK_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:rmks?|remarks?|remark codes?|notes?|see notes?|rarc|reason codes?)\s*[:.]?\s+(.{1,40})$")
        .expect("a constant pattern")
});
static THROUGH: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(.*?)[(\[]?\b(?:thru|through|to)\s*:?\s+([\dA-Za-z/,. -]{5,20})[)\]]?$").expect("a constant pattern")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revenue_code_stands_before_or_behind_the_words() {
        let found = |text: &str| revenue_at_an_end(text);
        assert_eq!(found("OR TIME LEVEL 3 Rev 0360"), Some(("0360".to_owned(), "OR TIME LEVEL 3".to_owned())));
        assert_eq!(found("Rev. code 710 RECOVERY ROOM"), Some(("0710".to_owned(), "RECOVERY ROOM".to_owned())));
        assert_eq!(found("NU:0360 OR TIME LEVEL 3"), Some(("0360".to_owned(), "OR TIME LEVEL 3".to_owned())));
        assert_eq!(found("ED VISIT (99283 25, Rev 0450)"), Some(("0450".to_owned(), "ED VISIT (99283 25)".to_owned())));
        assert_eq!(found("REVASCULARIZATION 1234"), None);
        assert_eq!(found("Rev 0360"), None, "a code alone names nothing");
    }

    #[test]
    fn remarks_stand_behind_the_words() {
        let found = |text: &str| remarks_behind(text).map(|(name, list)| format!("{name}|{}", list.join(";")));
        assert_eq!(found("URINALYSIS RMK N115").as_deref(), Some("URINALYSIS|N115"));
        assert_eq!(found("OFFICE VISIT (see note 1, 2)").as_deref(), Some("OFFICE VISIT|1;2"));
        assert_eq!(found("Units: 1 Remarks: K21, C02").as_deref(), Some("Units: 1|K21;C02"));
        assert_eq!(found("OFFICE VISIT see notes a and b").as_deref(), Some("OFFICE VISIT|a;b"));
        assert_eq!(found("PROGRESS NOTE 2"), None);
        assert_eq!(found("CARE MESSAGE TO PATIENT"), None);
    }

    #[test]
    fn a_code_behind_the_words_is_one() {
        let found = drug_behind("ONDANSETRON 1MG INJ J2405").map(|(p, rest)| (p.code, rest));
        assert_eq!(found, Some(("J2405".to_owned(), "ONDANSETRON 1MG INJ".to_owned())));
        assert!(drug_behind("VITAMIN B12").is_none() && drug_behind("UNIT 12345").is_none());
    }

    #[test]
    fn a_code_with_its_modifier_behind_a_comma_is_no_part_of_a_name() {
        let found = |text: &str| modified_at_an_end(text).map(|(p, rest)| format!("{} {:?} {rest}", p.code, p.modifiers));
        assert_eq!(found("ALS1 EMERGENCY TRANSPORT A0427, RH").as_deref(), Some("A0427 [\"RH\"] ALS1 EMERGENCY TRANSPORT"));
        assert_eq!(found("A0431, SH Air Ambulance").as_deref(), Some("A0431 [\"SH\"] Air Ambulance"));
        assert_eq!(found("Seen in Lakeside, 21532, MD"), None);
        assert_eq!(found("A0427, RH"), None, "a code alone names nothing");
    }
}
