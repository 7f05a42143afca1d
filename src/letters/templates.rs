//! The templates: one for each kind and language, builtin, each to be overridden by a file of the same name.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::blocks::Block;
use super::kind::Kind;
use super::markup::{self, MarkupError};
use super::values::Facts;
use super::wording::Lang;

macro_rules! builtin {
    ($($name:literal),* $(,)?) => {
        &[$(
            (concat!("en/", $name, ".md"), include_str!(concat!("templates/en/", $name, ".md"))),
            (concat!("es/", $name, ".md"), include_str!(concat!("templates/es/", $name, ".md"))),
        )*]
    };
}

/// The builtin templates by name. Those whose names begin with `_` are parts that others take in.
pub const BUILTIN: &[(&str, &str)] = builtin![
    "_head",
    "_foot",
    "_faults",
    "_classes",
    "itemized-bill-request",
    "error-dispute",
    "reprocessing-request",
    "internal-appeal",
    "external-review-request",
    "no-surprises-notice",
    "no-surprises-complaint",
    "estimate-dispute",
    "assistance-application-request",
    "collector-validation-request",
    "settlement-offer",
    "payment-plan-proposal",
    "agreement-confirmation",
    "call-script",
];

/// Why a letter cannot be made from its template.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The folder or a file in it cannot be read.
    #[error("cannot read {0}")]
    Read(PathBuf, #[source] io::Error),
    /// A file is called like none of the builtin ones.
    #[error("{0} replaces no template; the names are en/KIND.md and es/KIND.md, as `billproof letters --list` shows them")]
    Unknown(PathBuf),
    /// The folder holds none.
    #[error("{0} holds no template: expected en/KIND.md or es/KIND.md")]
    Empty(PathBuf),
    /// Syntax, or a name that there is not.
    #[error("{file}, line {line}: {message}")]
    Template {
        /// The template.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Markdown that no letter can hold.
    #[error("{0}: {1}")]
    Markup(String, #[source] MarkupError),
}

/// The templates to fill.
pub struct Templates {
    env: Environment<'static>,
    /// The names of those that were overridden, with their files.
    files: BTreeMap<String, PathBuf>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Templates {
    /// The builtin ones, those in `dir` in place of theirs.
    pub fn load(dir: Option<&Path>) -> Result<Self, TemplateError> {
        let mut all = Self { env: environment(), files: BTreeMap::new() };
        let own = dir.map(own_templates).transpose()?.unwrap_or_default();
        for (name, (path, _)) in &own {
            all.files.insert(name.clone(), path.clone());
        }
        for (name, text) in BUILTIN {
            let text = own.get(*name).map_or(*text, |(_, own)| own);
            all.env.add_template_owned(*name, with_line_ends(text)).map_err(|e| all.error(name, &e))?;
        }
        Ok(all)
    }

    /// Fills the template of a kind.
    pub fn fill(&self, kind: Kind, lang: Lang, facts: &Facts) -> Result<Vec<Block>, TemplateError> {
        let name = format!("{}/{kind}.md", lang.as_str());
        let filled = self.env.get_template(&name).and_then(|t| t.render(Value::from(Serde(facts))));
        let text = filled.map_err(|e| self.error(&name, &e))?;
        markup::read(&text).map_err(|e| TemplateError::Markup(self.shown(&name), e))
    }

    fn shown(&self, name: &str) -> String {
        self.files.get(name).map_or_else(|| format!("builtin template {name}"), |p| p.display().to_string())
    }

    /// The innermost place that an error names.
    fn error(&self, name: &str, error: &Error) -> TemplateError {
        let mut inner = error;
        let mut cause = std::error::Error::source(error);
        while let Some(e) = cause {
            if let Some(e) = e.downcast_ref::<Error>().filter(|e| e.line().is_some()) {
                inner = e;
            }
            cause = e.source();
        }
        let message = match (inner.kind(), inner.detail()) {
            (ErrorKind::UndefinedError, None) => {
                "there is no value of this name (`billproof letters --manual` lists them)".to_owned()
            }
            (_, Some(detail)) => detail.to_owned(),
            (kind, None) => kind.to_string(),
        };
        let file = self.shown(inner.name().unwrap_or(name));
        TemplateError::Template { file, line: inner.line().unwrap_or(1), message }
    }
}

fn environment() -> Environment<'static> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().unwrap_or_default());
    // A template that never ends is stopped.
    env.set_fuel(Some(20_000_000));
    // Every value of the record is shown as it is, whatever signs it holds.
    env.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    env.set_formatter(|out, _, value| match value.kind() {
        ValueKind::Undefined => Err(Error::from(ErrorKind::UndefinedError)),
        ValueKind::None => Err(Error::new(
            ErrorKind::InvalidOperation,
            "a value that the papers may not state is printed without `| blank(\"what belongs there\")`",
        )),
        ValueKind::String if !value.is_safe() => {
            out.write_str(&markup::literal(value.as_str().unwrap_or_default())).map_err(Error::from)
        }
        ValueKind::String | ValueKind::Number => write!(out, "{value}").map_err(Error::from),
        _ => Err(Error::new(ErrorKind::InvalidOperation, "only texts and numbers can be printed")),
    });
    env.add_filter("blank", |value: Value, label: &str| if is_missing(&value) { blank(label) } else { value });
    env.add_function("blank", blank);
    env.add_filter("dash", |value: Value| if is_missing(&value) { Value::from_safe_string("—".to_owned()) } else { value });
    env.add_function("signature", |under: Value| {
        let under = if under.is_safe() { under.to_string() } else { markup::literal(&under.to_string()) };
        Value::from_safe_string(markup::signature(&under))
    });
    env
}

/// A tag alone on its line leaves no line behind (`trim_blocks`); one at the end of a line with text must leave its end.
fn with_line_ends(text: &str) -> String {
    let alone =
        |line: &str| line.split("{%").skip(1).all(|tag| tag.split_once("%}").is_some_and(|(_, rest)| rest.trim().is_empty()));
    let kept = |line: &str| match line.strip_suffix("%}") {
        Some(open) if !(open.ends_with(['-', '+']) || line.trim_start().starts_with("{%") && alone(line)) => {
            format!("{open}+%}}")
        }
        _ => line.to_owned(),
    };
    text.lines().map(kept).collect::<Vec<_>>().join("\n") + "\n"
}

fn blank(label: &str) -> Value {
    Value::from_safe_string(markup::blank(label))
}

fn is_missing(value: &Value) -> bool {
    value.is_none() || value.as_str().is_some_and(|s| s.trim().is_empty())
}

/// The templates of a folder by their names.
fn own_templates(dir: &Path) -> Result<BTreeMap<String, (PathBuf, String)>, TemplateError> {
    let mut own = BTreeMap::new();
    fs::read_dir(dir).map_err(|e| TemplateError::Read(dir.to_owned(), e))?;
    for lang in [Lang::En, Lang::Es] {
        let folder = dir.join(lang.as_str());
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder).map_err(|e| TemplateError::Read(folder.clone(), e))?;
        for entry in entries {
            let path = entry.map_err(|e| TemplateError::Read(folder.clone(), e))?.path();
            if path.extension().is_none_or(|e| e != "md") {
                continue;
            }
            let name = format!("{}/{}", lang.as_str(), path.file_name().unwrap_or_default().to_string_lossy());
            if !BUILTIN.iter().any(|(n, _)| *n == name) {
                return Err(TemplateError::Unknown(path));
            }
            let text = fs::read_to_string(&path).map_err(|e| TemplateError::Read(path.clone(), e))?;
            own.insert(name, (path, text.replace("\r\n", "\n").trim_start_matches('\u{feff}').to_owned()));
        }
    }
    if own.is_empty() { Err(TemplateError::Empty(dir.to_owned())) } else { Ok(own) }
}
