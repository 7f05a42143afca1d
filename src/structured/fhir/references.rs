//! Names behind references: resources of the same bundle, contained ones, and what a reference says itself.

use std::collections::HashMap;

use serde_json::Value;

use super::json::{codings, list, text};
use crate::structured::cells::person;

/// Code system of National Provider Identifiers.
const NPI: &str = "http://hl7.org/fhir/sid/us-npi";

/// The resources of a file by what refers to them.
#[derive(Debug, Default)]
pub struct References<'a> {
    by_name: HashMap<String, &'a Value>,
}

impl<'a> References<'a> {
    /// Of all values of a file: `Patient/1`, and the full address in a bundle.
    pub fn of(values: &'a [Value]) -> Self {
        let mut out = Self::default();
        for value in values {
            out.add(value);
            for entry in list(value, "entry") {
                if let Some(resource) = entry.get("resource") {
                    out.add(resource);
                    if let Some(address) = text(entry, "fullUrl") {
                        out.by_name.insert(address.to_owned(), resource);
                    }
                }
            }
        }
        out
    }

    fn add(&mut self, resource: &'a Value) {
        if let (Some(kind), Some(id)) = (text(resource, "resourceType"), text(resource, "id")) {
            self.by_name.insert(format!("{kind}/{id}"), resource);
        }
    }

    /// The resource that a reference within `from` leads to.
    pub fn resolve<'b>(&self, from: &'b Value, reference: &'b Value) -> Option<&'b Value>
    where
        'a: 'b,
    {
        let name = text(reference, "reference")?;
        if let Some(id) = name.strip_prefix('#') {
            return list(from, "contained").iter().find(|c| text(c, "id") == Some(id));
        }
        let tail = || {
            let mut parts = name.rsplit('/');
            let (id, kind) = (parts.next()?, parts.next()?);
            self.by_name.get(&format!("{kind}/{id}")).copied()
        };
        self.by_name.get(name).copied().or_else(tail)
    }

    /// The name of a person or organisation that a field refers to.
    pub fn name(&self, from: &Value, field: &str) -> Option<String> {
        let reference = from.get(field)?;
        let resolved = self.resolve(from, reference).and_then(name_of);
        resolved.or_else(|| text(reference, "display").map(str::to_owned))
    }

    /// The NPI of who a field refers to.
    pub fn npi(&self, from: &Value, field: &str) -> Option<String> {
        let reference = from.get(field)?;
        let own = reference.get("identifier").filter(|i| is_npi(i)).and_then(|i| text(i, "value"));
        let resolved = || {
            let resource = self.resolve(from, reference)?;
            list(resource, "identifier").iter().find(|i| is_npi(i)).and_then(|i| text(i, "value"))
        };
        own.or_else(resolved).map(str::to_owned)
    }
}

fn is_npi(identifier: &Value) -> bool {
    text(identifier, "system") == Some(NPI) || codings(identifier.get("type")).iter().any(|c| c.code.eq_ignore_ascii_case("npi"))
}

/// Organisations have a name, people a list of them.
fn name_of(resource: &Value) -> Option<String> {
    if let Some(name) = text(resource, "name") {
        return Some(name.to_owned());
    }
    let names = list(resource, "name");
    let wanted = |n: &&Value| text(n, "use").is_none_or(|u| matches!(u, "official" | "usual"));
    let name = names.iter().find(wanted).or(names.first())?;
    let given = list(name, "given").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
    let suffix = list(name, "suffix").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
    let built = person(&given, "", text(name, "family").unwrap_or_default(), &suffix);
    if built.is_empty() { text(name, "text").map(str::to_owned) } else { Some(built) }
}
