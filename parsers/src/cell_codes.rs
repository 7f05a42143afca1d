//! The cells of procedure codes, with the modifiers beside and under them, and of revenue codes in a column made for others.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use rust_decimal::Decimal;

use crate::cells::{REPAIRED, Reader, around, confidence, join, wordy};
use crate::counts::bracketed::behind_code;
use crate::counts::by_head;
use crate::grammar::{code, units};
use crate::page_text::BBox;
use crate::statement::{Cell, Field, Value};
use crate::stray::Piece;
use crate::tokens::TokenKind;

impl Reader {
    /// `97110 GP THERAPEUTIC EXERCISE` under one heading: the first of the words is the code's modifier; so are those in
    /// brackets, `00811 (AA) ANESTHESIA`.
    pub(crate) fn modifier_before_words(&mut self) {
        let cells = &self.out.cells;
        let (Some(Value::Code(code)), Some(words)) = (cells.get(&Field::Code).map(|c| &c.value), cells.get(&Field::Description))
        else {
            return;
        };
        let Value::Text(text) = &words.value else { return };
        let bracketed = text.strip_prefix('(').and_then(|t| t.split_once(") "));
        let Some((first, rest)) = bracketed.or_else(|| text.split_once(' ')) else { return };
        let letters = first.len() == 2 && first.bytes().all(|b| b.is_ascii_uppercase());
        let all = if bracketed.is_some() { code::modifiers(first) } else { letters.then(|| vec![first.to_owned()]) };
        let Some(all) = all.filter(|all| all.iter().all(|m| code::is_sure_behind(code, m))) else { return };
        if cells.contains_key(&Field::Modifiers) {
            return;
        }
        let modifier = Cell { value: Value::List(all), ..words.clone() };
        let words = Cell { value: Value::Text(rest.to_owned()), ..words.clone() };
        self.out.cells.insert(Field::Modifiers, modifier);
        self.out.cells.insert(Field::Description, words);
    }

    /// Puts the procedure code that makes up the whole of the text. Whether it is one.
    pub(crate) fn procedure(&mut self, text: &str, bbox: BBox, conf: f32) -> bool {
        let (p, n) = match code::procedure(text) {
            Some(p) => (p, 0),
            None => match code::procedure_lenient(text) {
                Some(x) => x,
                None => return false,
            },
        };
        let conf = conf * REPAIRED.powi(i32::from(n));
        self.put(Field::Code, Value::Code(p.code), text.to_owned(), bbox, conf);
        if !p.modifiers.is_empty() {
            self.put(Field::Modifiers, Value::List(p.modifiers), text.to_owned(), bbox, conf);
        }
        true
    }

    /// A column of codes: the procedure with its modifiers, those under it, a revenue code with its label.
    pub(crate) fn code<'a>(&mut self, pieces: Vec<Piece<'a>>, anchor_line: usize, spill: &mut Vec<Piece<'a>>, rev_column: bool) {
        // in the second of two decks the code stands under the line of the charge
        let lowest = pieces.iter().filter(|p| p.token.kind != TokenKind::Money).map(|p| p.line).min();
        let own_line = anchor_line.max(lowest.unwrap_or(anchor_line));
        let (here, below): (Vec<_>, Vec<_>) =
            pieces.into_iter().partition(|p| p.line <= own_line && p.token.kind != TokenKind::Money);
        let text = join(here.iter().map(|p| p.token));
        if !text.is_empty() && !self.procedure(&text, around(here.iter().map(|p| p.token)), confidence(&here)) {
            let bare = !rev_column && matches!(text.len(), 3 | 4) && text.chars().all(|c| c.is_ascii_digit());
            let rev = revenue_code_in(&text).or_else(|| bare.then(|| code::revenue_code(&text)).flatten());
            if let Some(rev) = rev {
                let (place, sure) = (around(here.iter().map(|p| p.token)), confidence(&here));
                // a procedure code may have a modifier in brackets, a revenue code has none
                if let Some(n) = in_brackets_behind(&text) {
                    self.put(Field::Units, Value::Number(n), text.clone(), place, sure);
                }
                self.put(Field::RevenueCode, Value::Code(rev), text, place, sure);
            } else if let Some(i) = here.iter().position(|p| code::procedure(&p.token.text).is_some()) {
                // `0450 / 99284`
                let before = here[..i].iter().find(|_| !rev_column).map(|p| p.token).filter(|t| t.kind == TokenKind::Number);
                if let Some((t, rev)) = before.and_then(|t| Some((t, four_digits(&t.text)?))) {
                    self.put(Field::RevenueCode, Value::Code(rev), t.text.clone(), t.bbox, t.confidence);
                }
                // words that have strayed into the column stand beside the code
                let upto = here.iter().skip(i + 1).take_while(|p| code::modifiers(&p.token.text).is_some()).count() + i + 1;
                let t = join(here[i..upto].iter().map(|p| p.token));
                self.procedure(&t, around(here[i..upto].iter().map(|p| p.token)), confidence(&here[i..upto]));
                for (k, p) in here.into_iter().enumerate() {
                    if (k < i || k >= upto) && wordy(&p.token.text) {
                        spill.push(p);
                    }
                }
            } else if here.iter().any(|p| wordy(&p.token.text)) {
                spill.extend(here.into_iter().filter(|p| wordy(&p.token.text)));
            } else {
                let internal = text.chars().filter(char::is_ascii_digit).count() >= 6 || text.len() < 3;
                if !internal {
                    self.out.problems.push(format!("code: {text}"));
                }
            }
        }
        for p in below {
            if p.token.kind == TokenKind::Money {
                continue;
            }
            // one by one: glued together any word of four letters looks like two of them
            let text = without_label(&p.token.text);
            let apart = text.split([' ', ',', '/']).all(|w| w.trim().len() <= 2);
            match (self.out.cells.get(&Field::Code), code::modifiers(text).filter(|_| apart)) {
                (Some(c), Some(mods)) => {
                    let (bbox, raw, conf) = (c.bbox, p.token.text.clone(), p.token.confidence);
                    match self.out.cells.get_mut(&Field::Modifiers) {
                        Some(Cell { value: Value::List(l), .. }) => l.extend(mods),
                        _ => self.put(Field::Modifiers, Value::List(mods), raw, bbox.union(p.token.bbox), conf),
                    }
                }
                _ => spill.push(p),
            }
        }
    }

    /// A column of codes and words.
    pub(crate) fn code_and_words(&mut self, pieces: Vec<Piece<'_>>, anchor_line: usize, head: &str) {
        // modifiers stand under the code, not under the words
        let code = pieces.iter().find(|p| p.line <= anchor_line && p.token.kind == TokenKind::Code);
        // nor under a code that has its own behind it: `99284-25 HC ER LEVEL` over `IV`
        let modified = code.is_some_and(|p| code::procedure(&p.token.text).is_some_and(|found| !found.modifiers.is_empty()));
        let code = code.map(|p| p.token.bbox);
        // `INJ ONDANSETRON HCL 1` over `MG`
        let last = pieces.iter().rfind(|p| p.line <= anchor_line).map(|p| p.token.text.as_str());
        let measured = last.is_some_and(|t| wordy(t) && t.ends_with(|c: char| c.is_ascii_digit()));
        // nor does `MG` modify anything in `1 MG`
        let worded: BTreeSet<usize> = pieces.iter().filter(|p| p.token.text.len() != 2).map(|p| p.line).collect();
        let modifies = |p: &Piece<'_>| {
            let under = |b: BBox| p.token.bbox.overlap_x(b) > 0.5 * p.token.bbox.width();
            let below = p.line > anchor_line && p.token.text.len() == 2 && code.is_some_and(under);
            below && !measured && !modified && !worded.contains(&p.line) && code::modifier(&p.token.text)
        };
        let (below, pieces): (Vec<_>, Vec<_>) = pieces.into_iter().partition(modifies);
        for p in below {
            let list = Value::List(vec![p.token.text.clone()]);
            self.put(Field::Modifiers, list, p.token.text.clone(), p.token.bbox, p.token.confidence);
        }
        let pieces = self.without_leading_codes(pieces);
        let pieces = self.without_lines_of_codes(pieces, anchor_line);
        // `0636 - MIDAZOLAM 1MG INJ - J2250`: the words stand between the two codes
        let named = |p: &&Piece<'_>| code.is_none() || p.token.text.starts_with('0') && leads_words(&pieces);
        let revenue = pieces.first().filter(|p| pieces.len() > 1 && pieces.iter().any(|p| wordy(&p.token.text)) && named(p));
        let revenue =
            revenue.filter(|p| p.token.kind == TokenKind::Number).and_then(|p| Some((p.token, four_digits(&p.token.text)?)));
        if let Some((t, revenue)) = &revenue {
            self.put(Field::RevenueCode, Value::Code(revenue.clone()), t.text.clone(), t.bbox, t.confidence);
        }
        let dashed = |p: &&Piece<'_>| p.token.kind == TokenKind::Dash;
        let taken = usize::from(revenue.is_some());
        let taken = taken + usize::from(taken > 0 && pieces.get(taken).as_ref().is_some_and(dashed));
        let pieces = &pieces[taken..];
        let mut text = join(pieces.iter().map(|p| p.token));
        let bbox = around(pieces.iter().map(|p| p.token));
        let conf = confidence(pieces);
        let counted = behind_code(&text).or_else(|| by_head::closing(head, &text));
        if let Some((words, count)) = counted {
            self.put(Field::Units, Value::Number(count), text, bbox, conf);
            text = words;
        }
        match code::embedded_procedure(&text) {
            Some((p, words)) => {
                self.put(Field::Code, Value::Code(p.code), text.clone(), bbox, conf);
                if !p.modifiers.is_empty() {
                    self.put(Field::Modifiers, Value::List(p.modifiers), text.clone(), bbox, conf);
                }
                if !words.trim().is_empty() {
                    self.put(Field::Description, Value::Text(words.trim().to_owned()), text, bbox, conf);
                }
            }
            None if self.procedure(&text, bbox, conf) => {}
            None => self.put(Field::Description, Value::Text(text.clone()), text, bbox, conf),
        }
    }
}

/// Whether words stand right behind the first of these pieces, but for a dash between.
fn leads_words(pieces: &[Piece<'_>]) -> bool {
    let next = pieces.iter().skip(1).find(|p| p.token.kind != TokenKind::Dash);
    next.is_some_and(|p| p.token.kind == TokenKind::Text && wordy(&p.token.text))
}

static REVENUE_IN_CODE: LazyLock<Regex> = LazyLock::new(|| {
    // behind a letter alone it has all its figures: `R0250`
    Regex::new(r"(?i)^(?:(?:(?:rev(?:enue)?|rv|rc|r/c|ub)\.?\s*(?:code|cd)?\s*[:#]?\s*|r\s+|nu:)(\d{3,4})|r(0\d{3}))\b")
        .expect("a constant pattern")
});

/// The revenue code of `Rev 0450`, `RC 0360`, `R0250`: with the label that a code needs in a column made for others.
pub(crate) fn revenue_code_in(text: &str) -> Option<String> {
    let found = REVENUE_IN_CODE.captures(text)?;
    code::revenue_code(found.get(1).or_else(|| found.get(2))?.as_str())
}

/// The count of `Rev 0250 (4)`.
fn in_brackets_behind(text: &str) -> Option<Decimal> {
    let inside = text.strip_suffix(')')?.rsplit_once('(')?.1.trim();
    inside.bytes().all(|b| b.is_ascii_digit()).then(|| units::units(inside)).flatten()
}

/// `0120` before `ROOM & BOARD`, where other services of the column have a procedure code.
fn four_digits(text: &str) -> Option<String> {
    code::revenue_code(text).filter(|_| text.len() == 4 && text.starts_with('0'))
}

/// `Mod: 25`, `Modifier GP`: what stands behind the label.
fn without_label(text: &str) -> &str {
    static LABEL: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)^mod(?:ifier)?s?\s*[.:#]*\s+").expect("a constant pattern"));
    LABEL.find(text).map_or(text, |m| &text[m.end()..])
}

#[cfg(test)]
mod tests {
    use crate::statement::Field;
    use crate::test_pages::{read, said};

    #[test]
    fn modifiers_in_brackets_stand_before_the_words() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Anesthesia"), (400.0, "Patient invoice")]),
            (
                60.0,
                &[
                    (30.0, "Line"),
                    (-140.0, "Charge"),
                    (170.0, "CPT code (modifier)"),
                    (300.0, "Service performed"),
                    (600.0, "Times"),
                ],
            ),
            (74.0, &[(30.0, "01"), (-140.0, "268.66"), (170.0, "00811 (AA)"), (300.0, "ANESTHESIA LOWER GI"), (604.0, "7")]),
            (88.0, &[(30.0, "02"), (-140.0, "38.84"), (170.0, "36415"), (300.0, "VENIPUNCTURE"), (604.0, "1")]),
        ]);
        let fields = [Field::Code, Field::Modifiers, Field::Description, Field::Units, Field::Charge];
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &fields)).collect();
        assert_eq!(rows, ["00811 AA ANESTHESIA LOWER GI 7 268.66", "36415 - VENIPUNCTURE 1 38.84"]);
    }

    #[test]
    fn a_revenue_code_behind_its_letter_needs_no_blank() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Health Plan"), (400.0, "Explanation of Benefits")]),
            (40.0, &[(30.0, "Claim number 1234567")]),
            (
                60.0,
                &[
                    (30.0, "Date"),
                    (110.0, "Procedure"),
                    (180.0, "Service"),
                    (-420.0, "Billed"),
                    (-500.0, "Allowed"),
                    (-580.0, "Paid"),
                ],
            ),
            (
                74.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "R0250"),
                    (180.0, "PHARMACY"),
                    (-420.0, "20.00"),
                    (-500.0, "8.00"),
                    (-580.0, "8.00"),
                ],
            ),
            (
                88.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "36415"),
                    (180.0, "BLOOD DRAW"),
                    (-420.0, "9.00"),
                    (-500.0, "5.00"),
                    (-580.0, "5.00"),
                ],
            ),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::RevenueCode, Field::Code, Field::Description])).collect();
        assert_eq!(rows, ["0250 - PHARMACY", "- 36415 BLOOD DRAW"]);
    }

    #[test]
    fn each_modifier_may_have_a_column_of_its_own() {
        let s = read(&[
            (20.0, &[(30.0, "Lakeside Clinic"), (400.0, "Statement")]),
            (60.0, &[(30.0, "Date"), (110.0, "CPT"), (160.0, "M1"), (190.0, "M2"), (230.0, "Service"), (-600.0, "Our fee")]),
            (
                74.0,
                &[
                    (30.0, "03/09/2025"),
                    (110.0, "99214"),
                    (160.0, "25"),
                    (190.0, "GT"),
                    (230.0, "OFFICE VISIT"),
                    (-600.0, "154.00"),
                ],
            ),
            (88.0, &[(30.0, "03/09/2025"), (110.0, "20610"), (160.0, "LT"), (230.0, "INJ LARGE JOINT"), (-600.0, "83.00")]),
        ]);
        let rows: Vec<String> = s.rows.iter().map(|r| said(r, &[Field::Code, Field::Modifiers, Field::Description])).collect();
        assert_eq!(rows, ["99214 25;GT OFFICE VISIT", "20610 LT INJ LARGE JOINT"]);
    }

    #[test]
    fn under_a_code_with_its_modifier_the_words_go_on() {
        let below = |code: &'static str, words: &'static str, second: &'static str| {
            let s = read(&[
                (20.0, &[(30.0, "Explanation of Benefits"), (400.0, "Lakeside Health Plan")]),
                (40.0, &[(30.0, "Claim number 1234567")]),
                (
                    60.0,
                    &[(30.0, "Kind of service"), (180.0, "Date"), (-400.0, "Billed"), (-480.0, "Allowed"), (-560.0, "You owe")],
                ),
                (
                    74.0,
                    &[
                        (30.0, code),
                        (80.0, words),
                        (180.0, "03/09/2025"),
                        (-400.0, "707.63"),
                        (-480.0, "693.78"),
                        (-560.0, "9.00"),
                    ],
                ),
                (83.0, &[(30.0, second)]),
                (
                    96.0,
                    &[
                        (30.0, "36415"),
                        (80.0, "BLOOD DRAW"),
                        (180.0, "03/09/2025"),
                        (-400.0, "14.10"),
                        (-480.0, "6.90"),
                        (-560.0, "1.00"),
                    ],
                ),
            ]);
            said(&s.rows[0], &[Field::Code, Field::Modifiers, Field::Description])
        };
        assert_eq!(below("99284-25", "HC ER LEVEL", "IV"), "99284 25 HC ER LEVEL IV");
        assert_eq!(below("20610", "JOINT INJECTION", "RT"), "20610 RT JOINT INJECTION");
    }
}
