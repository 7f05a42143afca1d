//! A line that names a service by itself: its code with modifiers, and words, without amounts or days.
//!
//! `Code 97110   Mod. GP   THER EX EA 15 MIN`, `99222 INITIAL HOSPITAL CARE LVL 2`, `OFFICE VISIT (99214-25)`. What is
//! known of the service from it counts for each line of amounts that belongs to it.

use std::collections::BTreeMap;

use crate::grammar::code::{self, Procedure};
use crate::labelled::line_of_codes;
use crate::statement::{Cell, Field, Value};
use crate::text_lines::Line;
use crate::tokens::{TokenKind, tokens};
use crate::total_labels::is_total_label;

/// A name has at least so many letters.
const LETTERS: usize = 3;

/// The cells of the service that a line names; empty where it names none.
pub(crate) fn named(line: &Line) -> BTreeMap<Field, Cell> {
    let none = BTreeMap::new();
    if tokens(line).iter().any(|t| matches!(t.kind, TokenKind::Money | TokenKind::Date)) || is_total_label(&line.text()) {
        return none;
    }
    let mut values: Vec<(Field, Value)> = Vec::new();
    let mut words: Vec<String> = Vec::new();
    // a code with its label, and one with its modifiers, stand apart from the words: `Mod. 25` `ED VISIT` is not modifier ED
    for p in line.phrases() {
        match line_of_codes(&p.text).filter(|v| v.iter().all(|(f, _)| values.iter().all(|(g, _)| f != g))) {
            Some(more) => values.extend(more),
            None => words.push(p.text),
        }
    }
    let mut name = words.join(" ");
    if !values.iter().any(|(f, _)| *f == Field::Code)
        && let Some((p, rest)) = code::embedded_procedure(&name)
    {
        values.extend(of_procedure(p));
        name = rest;
    }
    if name.chars().filter(|c| c.is_alphabetic()).count() < LETTERS || name.ends_with(['.', ':', '?']) {
        return none;
    }
    values.push((Field::Description, Value::Text(name)));
    let confidence = line.words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    let cell = |value: Value| Cell { value, raw: line.text(), page: line.page, bbox: line.bbox, confidence };
    values.into_iter().map(|(f, v)| (f, cell(v))).collect()
}

fn of_procedure(p: Procedure) -> impl Iterator<Item = (Field, Value)> {
    let modifiers = (!p.modifiers.is_empty()).then_some((Field::Modifiers, Value::List(p.modifiers)));
    std::iter::once((Field::Code, Value::Code(p.code))).chain(modifiers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page_text::{BBox, Word};

    fn said(phrases: &[&str]) -> Vec<String> {
        let mut words = Vec::new();
        let mut x = 20.0;
        for p in phrases {
            for w in p.split(' ') {
                let bbox = BBox::new(x, 10.0, x + 4.0 * w.len() as f32, 18.0);
                words.push(Word::digital(w, bbox));
                x = bbox.x1 + 2.0;
            }
            x += 10.0;
        }
        let bbox = BBox::new(20.0, 10.0, x, 18.0);
        let line = Line { page: 1, words, bbox, phrase_gap: 5.0 };
        let text = |v: &Value| match v {
            Value::Text(t) | Value::Code(t) => t.clone(),
            Value::List(l) => l.join(";"),
            _ => String::new(),
        };
        named(&line).values().map(|c| text(&c.value)).collect()
    }

    #[test]
    fn a_line_names_a_service() {
        assert_eq!(said(&["Code 97110", "Mod. GP", "THER EX EA 15 MIN"]), ["97110", "GP", "THER EX EA 15 MIN"]);
        assert_eq!(said(&["Code 99283", "Mod. 25", "ED VISIT LEVEL 3"]), ["99283", "25", "ED VISIT LEVEL 3"]);
        assert_eq!(said(&["99222 INITIAL HOSPITAL CARE LVL 2"]), ["99222", "INITIAL HOSPITAL CARE LVL 2"]);
        assert!(said(&["Total charges", "$12.00"]).is_empty());
        assert!(said(&["03/09/2025", "OFFICE VISIT"]).is_empty());
    }
}
