//! Sets the pages: minijinja templates that are part of the program.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior, Value, context};
use serde::Serialize;
use sha2::{Digest, Sha256};

/// Sorts and filters the table of all cases.
const SCRIPT: &str = include_str!("templates/table.js");
const STYLE: &str = include_str!("templates/style.css");

/// The templates, loaded.
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Loads them; an error is a fault of billproof's own.
    pub fn new() -> Result<Self, Error> {
        let mut environment = Environment::new();
        environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in [
            ("base.html", include_str!("templates/base.html")),
            ("parts.html", include_str!("templates/parts.html")),
            ("index.html", include_str!("templates/index.html")),
            ("case.html", include_str!("templates/case.html")),
        ] {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment })
    }

    /// A page from what it shows; every text in it is escaped.
    pub fn page(&self, template: &str, shown: &impl Serialize) -> Result<String, Error> {
        let policy = format!(
            "default-src 'none'; img-src 'self' file:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
             form-action 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        let page = context! {
            policy,
            style => Value::from_safe_string(STYLE.to_owned()),
            script => Value::from_safe_string(SCRIPT.to_owned()),
            version => env!("CARGO_PKG_VERSION"),
            p => Serde(shown),
        };
        self.environment.get_template(template)?.render(page)
    }
}

/// The hash by which the policy lets an inline style or script pass (CSP level 3, 2.3.1).
fn hash(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text.as_bytes()))
}
