//! What stands in small print under the words of a service, a line each: its day, its units, its part of the patient's
//! share, its notes. Medicare Advantage plans print their EOBs so, after the model of CMS (Part C EOB, chapter 4 of the
//! Medicare marketing guidelines).

use std::sync::LazyLock;

use regex::Regex;

use super::dated;
use crate::cells::{Reader, around, confidence, join};
use crate::grammar::code::procedure;
use crate::grammar::date::date;
use crate::grammar::money;
use crate::label_value::{notes_alone, see_remarks};
use crate::labelled::line_end_notes;
use crate::statement::{Field, Value};
use crate::stray::Piece;
use crate::tokens::TokenKind;

static SHARE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(\$?[\d,]+\.\d\d) (?:of your (?:share|cost) )?(?:is|was|goes to|applied to|went to) (?:your |the )?(?:yearly |annual |plan )?(deductible|copay(?:ment)?|co-pay(?:ment)?|coinsurance|co-insurance)\.?$")
        .expect("a constant pattern")
});

impl Reader {
    /// Takes the lines that say one thing of the service from those of its words.
    pub(crate) fn small_print_below<'a>(&mut self, pieces: Vec<Piece<'a>>, anchor_line: usize) -> Vec<Piece<'a>> {
        let mut kept: Vec<Piece<'a>> = Vec::with_capacity(pieces.len());
        let mut rest = pieces;
        while let Some(line) = rest.first().map(|p| p.line) {
            let (mine, others): (Vec<_>, Vec<_>) = rest.into_iter().partition(|p| p.line == line);
            rest = others;
            if line <= anchor_line || !self.takes(&mine) {
                kept.extend(mine);
            }
        }
        kept
    }

    fn takes(&mut self, line: &[Piece<'_>]) -> bool {
        let text = join(line.iter().map(|p| p.token));
        let (bbox, sure) = (around(line.iter().map(|p| p.token)), confidence(line));
        if let Some(m) = SHARE.captures(&text)
            && let Some(amount) = money::money(&m[1])
        {
            let field = match m[2].to_lowercase().replace('-', "").as_str() {
                "deductible" => Field::Deductible,
                "coinsurance" => Field::Coinsurance,
                _ => Field::Copay,
            };
            self.put(field, Value::Money(amount), text.clone(), bbox, sure);
            return true;
        }
        // `Code: J2405` names no remark
        let of_service =
            |list: &Vec<String>| text.to_lowercase().starts_with("code") && list.iter().all(|c| procedure(c).is_some());
        // `Note U2 G4`: with nothing between the codes the label alone tells that they are notes
        if let Some(list) = see_remarks(&text).filter(|list| !of_service(list)).or_else(|| notes_alone(&text)) {
            self.put(Field::RemarkCodes, Value::List(list), text.clone(), bbox, sure);
            return true;
        }
        // `03/17/24 - 03/21/24` with its dash between two dates
        if let [first, last] = line.iter().filter(|p| p.token.kind != TokenKind::Dash).collect::<Vec<_>>().as_slice()
            && let (Some(from), Some(to)) = (date(&first.token.text), date(&last.token.text))
            && let Some(from) = from.resolve(self.anchor)
            && let Some(to) = to.resolve(Some(from)).filter(|to| *to >= from)
        {
            self.put(Field::ServiceDate, Value::Date(from), text.clone(), bbox, sure);
            self.put(Field::ServiceDateTo, Value::Date(to), text.clone(), bbox, sure);
            return true;
        }
        // behind the day the notes close the line
        let notes = line_end_notes(&text);
        let said = dated(notes.as_ref().map_or(text.as_str(), |(rest, _)| rest), self.anchor);
        let Some(facts) = said else { return false };
        for (field, value) in facts {
            self.put(field, value, text.clone(), bbox, sure);
        }
        if let Some((_, list)) = notes {
            self.put(Field::RemarkCodes, Value::List(list), text.clone(), bbox, sure);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_pages::{read, said};

    #[test]
    fn parts_of_the_share_are_said_in_words() {
        let said = |text: &str| SHARE.captures(text).map(|m| (m[1].to_owned(), m[2].to_owned()));
        assert_eq!(said("$250.00 of your share is your copay"), Some(("$250.00".to_owned(), "copay".to_owned())));
        assert_eq!(said("$15.03 of your share is deductible"), Some(("$15.03".to_owned(), "deductible".to_owned())));
        assert_eq!(said("$1,015.03 applied to your yearly deductible."), Some(("$1,015.03".to_owned(), "deductible".to_owned())));
        assert!(said("$15.03 of your share").is_none() && said("ASPIRIN 81.00 is deductible here").is_none());
    }

    #[test]
    fn codes_behind_the_word_for_notes_need_no_comma() {
        let row = |below: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
                (60.0, &[(30.0, "Date"), (110.0, "Service"), (-300.0, "Charged"), (-400.0, "Allowed"), (-500.0, "We paid")]),
                (76.0, &[(30.0, "03/09/2025"), (110.0, "UA W/"), (-300.0, "18.54"), (-400.0, "13.17"), (-500.0, "0.00")]),
                (86.0, &[(110.0, below)]),
                (100.0, &[(30.0, "03/09/2025"), (110.0, "EKG"), (-300.0, "29.40"), (-400.0, "22.85"), (-500.0, "0.00")]),
            ]);
            said(&s.rows[0], &[Field::Description, Field::RemarkCodes])
        };
        assert_eq!(row("Note U2 G4"), "UA W/ U2;G4");
        assert_eq!(row("NOTE TAKEN"), "UA W/ NOTE TAKEN -");
    }
}
