//! TOML that people write, checked as a compiler would: every error names line, column and key.

use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use toml::de::{DeTable, DeValue};

/// What is wrong with a text, and where: `12:9: table.column[2].field: …`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Fault {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key it concerns, with the keys above it; empty where the text is no TOML.
    pub key: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.line, self.column)?;
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

impl Fault {
    /// A fault at a place of the text, in bytes.
    pub fn at(text: &str, span: &Range<usize>, message: impl Into<String>) -> Self {
        let start = (0..=span.start.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let before = &text[..start];
        Self {
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            key: key_at(text, start),
            message: message.into(),
        }
    }
}

/// Reads a text of the expected form.
///
/// # Errors
/// The first [`Fault`]: no TOML, an unknown key, a missing one, or a value of another kind.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    toml::from_str(text).map_err(|e| {
        let span = e.span().unwrap_or(0..0);
        let message = e.message().lines().map(str::trim).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("; ");
        Fault::at(text, &span, helpful(&message))
    })
}

/// `unknown field x, expected one of a, b, c` → with the nearest of them, and without the others where they are many.
fn helpful(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let unknown = message.starts_with("unknown field") || message.starts_with("unknown variant");
    let [name, known @ ..] = names.as_slice() else { return message.to_owned() };
    if !unknown || known.is_empty() {
        return message.to_owned();
    }
    let what = if message.starts_with("unknown field") { "key" } else { "name" };
    unknown_name(what, name, known)
}

/// `unknown key colum; did you mean column?`, or a list of what is known.
pub fn unknown_name(what: &str, name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("unknown {what} `{name}`; did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`; known are {}", known.join(", ")),
    }
}

/// The known name that is most like the given one, if any is.
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let likeness = |k: &str| strsim::normalized_damerau_levenshtein(&name.to_lowercase(), k);
    let best = known.iter().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)).then(b.cmp(a)))?;
    let contained = || known.iter().copied().find(|k| k.len() > 3 && (name.contains(k) || name.len() > 3 && k.contains(name)));
    if likeness(best) >= 0.6 { Some(best) } else { contained() }
}

/// The names of an enum's variants, as its `Deserialize` knows them.
pub fn names_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    struct Ask(&'static [&'static str]);
    impl<'de> Deserializer<'de> for &mut Ask {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("only the names are asked for"))
        }

        fn deserialize_enum<V: Visitor<'de>>(
            self,
            _: &'static str,
            variants: &'static [&'static str],
            visitor: V,
        ) -> Result<V::Value, Self::Error> {
            self.0 = variants;
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map struct identifier ignored_any
        }
    }
    let mut ask = Ask(&[]);
    // Nothing is ever read: the asking is over once the names are known.
    let _ = T::deserialize(&mut ask);
    ask.0
}

/// The keys that lead to a place of the text, and to no other: `header.charge`, `table.column[2].field`.
fn key_at(text: &str, at: usize) -> String {
    let (table, _) = DeTable::parse_recoverable(text);
    let mut best: Option<(usize, String)> = None;
    walk_table(table.get_ref(), "", &mut |span, path| {
        let holds = span.start <= at && at < span.end.max(span.start + 1);
        let size = span.end - span.start;
        if holds && best.as_ref().is_none_or(|(s, p)| size < *s || size == *s && path.len() > p.len()) {
            best = Some((size, path.to_owned()));
        }
    });
    best.map(|(_, path)| path).unwrap_or_default()
}

fn walk_table(table: &DeTable<'_>, above: &str, see: &mut impl FnMut(Range<usize>, &str)) {
    for (key, value) in table {
        let name = key.get_ref();
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
        let name = if plain { name.to_string() } else { format!("{:?}", &**name) };
        let path = if above.is_empty() { name } else { format!("{above}.{name}") };
        see(key.span(), &path);
        see(value.span(), &path);
        walk_value(value.get_ref(), &path, see);
    }
}

fn walk_value(value: &DeValue<'_>, path: &str, see: &mut impl FnMut(Range<usize>, &str)) {
    match value {
        DeValue::Table(t) => walk_table(t, path, see),
        DeValue::Array(a) => {
            for (i, v) in a.iter().enumerate() {
                let path = format!("{path}[{}]", i + 1);
                see(v.span(), &path);
                walk_value(v.get_ref(), &path, see);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form is looked at")]
    struct Form {
        name: String,
        #[serde(default)]
        row: Vec<Row>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only its form is looked at")]
    struct Row {
        field: crate::statement::Field,
    }

    fn fault(text: &str) -> String {
        parse::<Form>(text).unwrap_err().to_string()
    }

    #[test]
    fn an_enum_tells_its_names() {
        let names = names_of::<crate::statement::Field>();
        assert!(names.contains(&"service_date") && names.contains(&"type_of_bill"));
    }

    #[test]
    fn a_fault_names_line_column_and_key() {
        assert_eq!(fault("name = 3"), "1:8: name: invalid type: integer `3`, expected a string");
        assert_eq!(fault("name = \"a\"\nrwo = 1"), "2:1: rwo: unknown key `rwo`; did you mean `row`?");
        assert_eq!(
            fault("name = \"a\"\n[[row]]\nfield = \"code\"\n[[row]]\nfield = \"chrage\""),
            "5:9: row[2].field: unknown name `chrage`; did you mean `charge`?"
        );
        assert!(fault("name = \"a\n").starts_with("1:"));
        assert!(fault("").contains("missing field `name`"));
    }
}
