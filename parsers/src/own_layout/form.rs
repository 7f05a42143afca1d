//! The form of a description, and its checks.

use std::collections::BTreeMap;
use std::ops::Range;

use regex::Regex;
use serde::Deserialize;
use toml::Spanned;

use super::{Fact, Form, OwnColumn, OwnLayout, Place, Sign, Source};
use crate::layouts;
use crate::statement::{DocKind, Field};
use crate::toml_check::{self, Fault};
use crate::vocabulary::{field_by_name, no_pattern};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: Spanned<String>,
    #[serde(default)]
    about: String,
    kind: Option<DocKind>,
    recognize: Spanned<Recognize>,
    #[serde(default)]
    facts: BTreeMap<Spanned<String>, Spanned<FactForm>>,
    #[serde(default)]
    table: Lines,
    #[serde(default)]
    column: Vec<Spanned<ColumnForm>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Recognize {
    #[serde(default)]
    top: Vec<Spanned<String>>,
    #[serde(default)]
    all: Vec<Spanned<String>>,
    #[serde(default)]
    any: Vec<Spanned<String>>,
    #[serde(default)]
    none: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactForm {
    value: Option<String>,
    label: Option<Vec<String>>,
    pattern: Option<Spanned<String>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Lines {
    start: Option<Spanned<String>>,
    end: Option<Spanned<String>>,
    row: Vec<Spanned<String>>,
    more: Vec<Spanned<String>>,
    skip: Vec<Spanned<String>>,
    group: Vec<Spanned<String>>,
    total: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnForm {
    field: Spanned<String>,
    head: Option<Spanned<String>>,
    x: Option<Spanned<[f32; 2]>>,
    form: Option<Form>,
    pattern: Option<Spanned<String>>,
}

/// Fields that a fixed value may stand for: what is the same on every paper of this layout.
const FIXED: [Field; 4] = [Field::Provider, Field::ProviderNpi, Field::Payer, Field::Network];

/// Reads a description.
pub(super) fn read(text: &str) -> Result<OwnLayout, Fault> {
    let file: File = toml_check::parse(text)?;
    let fault = |span: Range<usize>, message: &str| Fault::at(text, &span, message);
    let name = file.name.get_ref();
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Err(fault(file.name.span(), "a name has small letters, digits and underscores only"));
    }
    if layouts::by_name(name).is_some() {
        return Err(fault(file.name.span(), "a builtin layout has this name"));
    }
    let r = file.recognize.get_ref();
    if r.top.is_empty() && r.all.is_empty() && r.any.is_empty() {
        return Err(fault(
            file.recognize.span(),
            "says of no words that they must stand on the paper: give `top`, `all` or `any`",
        ));
    }
    let signs = |list: &[Spanned<String>]| list.iter().map(|s| sign(text, s)).collect::<Result<Vec<_>, _>>();
    let lines = &file.table;
    let one = |s: &Option<Spanned<String>>| s.as_ref().map(|s| sign(text, s)).transpose();
    Ok(OwnLayout {
        name: name.clone(),
        about: file.about,
        kind: file.kind,
        top: signs(&r.top)?,
        all: signs(&r.all)?,
        any: signs(&r.any)?,
        none: signs(&r.none)?,
        facts: facts(text, &file.facts)?,
        start: one(&lines.start)?,
        end: one(&lines.end)?,
        row: signs(&lines.row)?,
        more: signs(&lines.more)?,
        skip: signs(&lines.skip)?,
        group: signs(&lines.group)?,
        total: signs(&lines.total)?,
        columns: columns(text, &file.column)?,
    })
}

fn sign(text: &str, words: &Spanned<String>) -> Result<Sign, Fault> {
    let w = words.get_ref();
    if let Some(p) = w.strip_prefix('/').and_then(|w| w.strip_suffix('/')) {
        return pattern(text, &words.span(), p).map(|regex| Sign::Pattern(w.clone(), regex));
    }
    if super::folded(w).is_empty() {
        return Err(Fault::at(text, &words.span(), "has neither letters nor digits"));
    }
    Ok(Sign::Words(w.clone()))
}

fn pattern(text: &str, span: &Range<usize>, pattern: &str) -> Result<Regex, Fault> {
    if pattern.is_empty() {
        return Err(Fault::at(text, span, "an empty pattern fits everything"));
    }
    Regex::new(&format!("(?i){pattern}")).map_err(|e| Fault::at(text, span, no_pattern(&e)))
}

/// A pattern that says with its one group what to take.
fn taking(text: &str, p: &Spanned<String>) -> Result<Regex, Fault> {
    let regex = pattern(text, &p.span(), p.get_ref())?;
    if regex.captures_len() != 2 {
        return Err(Fault::at(text, &p.span(), "needs one group in parentheses around what is to be taken"));
    }
    Ok(regex)
}

fn facts(text: &str, all: &BTreeMap<Spanned<String>, Spanned<FactForm>>) -> Result<Vec<Fact>, Fault> {
    let mut out = Vec::new();
    for (name, form) in all {
        let field = field_by_name(name.get_ref()).map_err(|m| Fault::at(text, &name.span(), m))?;
        let fault = |message: &str| Fault::at(text, &name.span(), message);
        if field < Field::Patient {
            return Err(fault("is a field of rows, not of the header"));
        }
        let source = match form.get_ref() {
            FactForm { value: Some(v), label: None, pattern: None } if FIXED.contains(&field) => Source::Value(v.clone()),
            FactForm { value: Some(_), label: None, pattern: None } => {
                return Err(fault("cannot be the same on every paper; give its `label` or a `pattern`"));
            }
            FactForm { value: None, label: Some(l), pattern: None } if !l.is_empty() => Source::Label(l.clone()),
            FactForm { value: None, label: None, pattern: Some(p) } => Source::Pattern(taking(text, p)?),
            _ => return Err(fault("needs one of `value`, `label` and `pattern`")),
        };
        out.push(Fact { field, source });
    }
    Ok(out)
}

fn columns(text: &str, all: &[Spanned<ColumnForm>]) -> Result<Vec<OwnColumn>, Fault> {
    let mut out: Vec<OwnColumn> = Vec::new();
    for c in all {
        let form = c.get_ref();
        let at_field = |message: String| Fault::at(text, &form.field.span(), message);
        let fields = form.field.get_ref().split('+').map(field_by_name).collect::<Result<Vec<_>, _>>().map_err(at_field)?;
        if fields.iter().any(|f| *f >= Field::Patient) {
            return Err(at_field("is a field of the header, not of rows".into()));
        }
        let place = match (&form.head, &form.x) {
            (Some(head), None) if !super::folded(head.get_ref()).is_empty() => Place::Head(head.get_ref().clone()),
            (Some(head), None) => return Err(Fault::at(text, &head.span(), "has neither letters nor digits")),
            (None, Some(x)) => {
                let [x0, x1] = *x.get_ref();
                if !(x0 >= 0.0 && x0 < x1) {
                    return Err(Fault::at(
                        text,
                        &x.span(),
                        "needs the left edge and the right edge in points, the left one first",
                    ));
                }
                Place::X(x0, x1)
            }
            (None, None) => Place::Order,
            (Some(head), Some(_)) => {
                return Err(Fault::at(text, &head.span(), "a column is found by its `head` or by its `x`, not by both"));
            }
        };
        if let Some(first) = out.first()
            && std::mem::discriminant(&first.place) != std::mem::discriminant(&place)
        {
            let message = "all columns are found in one way: by `head`, by `x`, or by their order";
            return Err(Fault::at(text, &form.field.span(), message));
        }
        let pattern = form.pattern.as_ref().map(|p| taking(text, p)).transpose()?;
        out.push(OwnColumn { fields, place, form: form.form, pattern });
    }
    if out.len() == 1 {
        return Err(Fault::at(text, &all[0].get_ref().field.span(), "a table has two columns at least"));
    }
    Ok(out)
}
