//! Figures and places as a letter writes them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::record::{DocKind, Money};

/// The language of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English: what providers and plans read
    #[default]
    En,
    /// Spanish: for the patient's own use
    Es,
}

impl Lang {
    /// Its code, also the name of its templates' folder.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// Its tag (BCP 47) as it is spoken in the United States.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en-US",
            Self::Es => "es-US",
        }
    }

    /// `Page 1 of 3`.
    pub fn page(self, page: usize, of: usize) -> String {
        let (before, between) = self.page_words();
        format!("{before}{page}{between}{of}")
    }

    /// What stands before a page's number and before the number of pages.
    pub fn page_words(self) -> (&'static str, &'static str) {
        match self {
            Self::En => ("Page ", " of "),
            Self::Es => ("Página ", " de "),
        }
    }
}

/// `$1,234.50`, `-$20.00`.
pub fn money(amount: Money) -> String {
    let text = amount.abs().to_string();
    let (dollars, cents) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (i, digit) in dollars.chars().enumerate() {
        if i > 0 && (dollars.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if amount < Money::ZERO { "-" } else { "" };
    format!("{sign}${grouped}.{cents}")
}

const ENGLISH: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

const SPANISH: [&str; 12] =
    ["enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"];

/// `March 9, 2025`, `9 de marzo de 2025`.
pub fn long_date(date: Date, lang: Lang) -> String {
    let month = usize::try_from(date.month() - 1).unwrap_or_default();
    match lang {
        Lang::En => format!("{} {}, {}", ENGLISH[month], date.day(), date.year()),
        Lang::Es => format!("{} de {} de {}", date.day(), SPANISH[month], date.year()),
    }
}

/// `03/09/2025`, as the papers of either language print it in the United States.
pub fn short_date(date: Date) -> String {
    format!("{:02}/{:02}/{}", date.month(), date.day(), date.year())
}

/// What a paper is called in a sentence, without an article.
pub fn paper_name(kind: DocKind, lang: Lang) -> &'static str {
    match (kind, lang) {
        (DocKind::ItemizedBill | DocKind::SummaryBill, Lang::En) => "statement",
        (DocKind::ItemizedBill | DocKind::SummaryBill, Lang::Es) => "estado de cuenta",
        (DocKind::Eob, Lang::En) => "explanation of benefits",
        (DocKind::Eob, Lang::Es) => "explicación de beneficios",
        (DocKind::DenialLetter, Lang::En) => "denial letter",
        (DocKind::DenialLetter, Lang::Es) => "carta de denegación",
        (DocKind::CollectionNotice, Lang::En) => "collection notice",
        (DocKind::CollectionNotice, Lang::Es) => "aviso de cobro",
        (DocKind::Receipt, Lang::En) => "receipt",
        (DocKind::Receipt, Lang::Es) => "recibo",
        (DocKind::Estimate, Lang::En) => "good-faith estimate",
        (DocKind::Estimate, Lang::Es) => "estimado de buena fe",
        (DocKind::Other, Lang::En) => "document",
        (DocKind::Other, Lang::Es) => "documento",
    }
}

/// `page 1, line 7`; empty where neither is known. `page` counts from the document's first.
pub fn place(page: Option<u32>, line: Option<u32>, lang: Lang) -> String {
    let (page_word, line_word) = match lang {
        Lang::En => ("page", "line"),
        Lang::Es => ("página", "línea"),
    };
    let page = page.map(|n| format!("{page_word} {n}"));
    let line = line.map(|n| format!("{line_word} {n}"));
    page.into_iter().chain(line).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn figures_as_letters_write_them() {
        assert_eq!(money(Money::from_cents(5)), "$0.05");
        assert_eq!(money(Money::from_cents(123_456_789)), "$1,234,567.89");
        assert_eq!(money(Money::from_cents(-2_000)), "-$20.00");
        assert_eq!(long_date(date(2025, 3, 9), Lang::En), "March 9, 2025");
        assert_eq!(long_date(date(2025, 12, 1), Lang::Es), "1 de diciembre de 2025");
        assert_eq!(short_date(date(2025, 3, 9)), "03/09/2025");
        assert_eq!(place(Some(2), Some(7), Lang::En), "page 2, line 7");
        assert_eq!(place(None, None, Lang::Es), "");
    }

    proptest! {
        #[test]
        fn money_reads_back(cents in -10_000_000_000i64..10_000_000_000) {
            let text = money(Money::from_cents(cents)).replace(['$', ','], "");
            prop_assert_eq!(text, Money::from_cents(cents).to_string());
        }
    }
}
