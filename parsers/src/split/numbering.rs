//! What a page says about its place among the pages of its document.

use std::sync::LazyLock;

use regex::Regex;

use crate::text_lines::{Line, PageLines};

/// `page 2 of 3`: the page's number, and of how many where that is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numbering {
    pub(super) page: u32,
    pub(super) of: Option<u32>,
}

/// Page numbers stand at the edge of a page: among so many of its first and last lines.
const EDGE_LINES: usize = 5;

/// A continuation is announced among so many of the first lines.
const HEAD_LINES: usize = 9;

// The patterns are fixed and covered by the tests below.
fn regex(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// `Page 2 of 3`, `PG 2/3`, `Sheet 2 of 3`, of claim forms `Form 2 of 3`; recognised text may lack the spaces and take a 1 for an l.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"\b(?:page|pg|sheet|form)s?\.?\s*(?:no\.?|number)?\s*[:#]?\s*([\dli]{1,3})\s*(?:[o0]f|/)\s*([\dli]{1,3})\b")
});
/// `Page 2` at the end of what it stands in.
static NAMED_ALONE: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"(?:^|(\S+)\s)(?:page|pg|sheet)\.?\s*(?:no\.?|number)?\s*[:#]?\s*(\d{1,3})$"));
/// `2 of 3`, `2/3`, `- 2 -`, and a running title with `(2)`, each as a phrase of its own.
static BARE: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"^\(?(\d{1,3})\s*(?:of|/)\s*(\d{1,3})\)?$"));
static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"\b\d{1,2}:\d{2}\b"));
static DASHED: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"^[-–—]\s*(\d{1,3})\s*[-–—]$"));
static TITLED: LazyLock<Option<Regex>> = LazyLock::new(|| regex(r"[a-z]\s*\((\d{1,2})\)$"));
static CONTINUED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    regex(r"\bcontinued\b|\bcont['’.]?d\b|\(cont\.?\)|\bcontinuation\b|\b(?:brought|carried) forward from (?:previous|page)")
});
static GOES_ON: LazyLock<Option<Regex>> =
    LazyLock::new(|| regex(r"\bcontinue[sd]? (?:on|to|overleaf)\b|\bsee (?:next page|reverse)\b|\bover\s*(?:-+>|→)"));

fn number(text: &str) -> Option<u32> {
    text.replace(['l', 'i'], "1").parse().ok()
}

fn in_range(page: u32, of: Option<u32>) -> Option<Numbering> {
    (page >= 1 && of.is_none_or(|of| (page..=300).contains(&of))).then_some(Numbering { page, of })
}

/// The numberings that the page prints, those with a total first. A fax machine adds one of its own.
pub(super) fn numberings(page: &PageLines) -> Vec<Numbering> {
    let count = page.lines.len();
    let mut found = Vec::new();
    let mut add = |n: Option<Numbering>| {
        if let Some(n) = n
            && !found.contains(&n)
        {
            found.push(n);
        }
    };
    for (i, line) in page.lines.iter().enumerate() {
        let edge = i < EDGE_LINES || i + EDGE_LINES >= count;
        let whole = line.text().to_lowercase();
        if let Some(c) = NAMED.as_ref().and_then(|r| r.captures(&whole)) {
            add(number(&c[1]).zip(number(&c[2])).and_then(|(n, of)| in_range(n, Some(of))));
        }
        if !edge {
            continue;
        }
        // the day in the line that a fax machine adds is no count of pages
        let stamped = CLOCK.as_ref().is_some_and(|r| r.is_match(&whole));
        for phrase in line.phrases().iter().map(|p| p.text.to_lowercase()).chain([whole]) {
            if let Some(c) = BARE.as_ref().filter(|_| !stamped || !phrase.contains('/')).and_then(|r| r.captures(&phrase)) {
                add(number(&c[1]).zip(number(&c[2])).and_then(|(n, of)| in_range(n, Some(of))));
            }
            if let Some(c) = NAMED_ALONE.as_ref().and_then(|r| r.captures(&phrase)) {
                let refers = c.get(1).is_some_and(|w| ["on", "see", "to", "from", "next", "and", "the"].contains(&w.as_str()));
                add(number(&c[2]).filter(|_| !refers).and_then(|n| in_range(n, None)));
            }
            if let Some(c) = DASHED.as_ref().and_then(|r| r.captures(&phrase)) {
                add(number(&c[1]).and_then(|n| in_range(n, None)));
            }
            if i < EDGE_LINES
                && let Some(c) = TITLED.as_ref().and_then(|r| r.captures(&phrase))
            {
                add(number(&c[1]).filter(|n| *n > 1).and_then(|n| in_range(n, None)));
            }
        }
    }
    found.sort_by_key(|n| n.of.is_none());
    if found.iter().any(|n| n.of.is_some()) {
        found.retain(|n| n.of.is_some());
    }
    found
}

/// Whether the head of the page says that it goes on from another.
pub(super) fn is_continued(page: &PageLines) -> bool {
    page.lines.iter().take(HEAD_LINES).any(|l| says(l, &CONTINUED) && !says(l, &GOES_ON))
}

/// Whether the foot of the page says that another follows.
pub(super) fn goes_on(page: &PageLines) -> bool {
    page.lines.iter().rev().take(EDGE_LINES).any(|l| says(l, &GOES_ON))
}

fn says(line: &Line, pattern: &LazyLock<Option<Regex>>) -> bool {
    pattern.as_ref().is_some_and(|r| line.phrases().iter().any(|p| p.end - p.first <= 10 && r.is_match(&p.text.to_lowercase())))
}

#[cfg(test)]
mod tests {
    use super::super::tests::page;
    use super::*;
    use crate::text_lines::page_lines;

    fn of(lines: &[&str]) -> Vec<Numbering> {
        numberings(&page_lines(&page(1, lines)))
    }

    fn n(page: u32, of: u32) -> Vec<Numbering> {
        vec![Numbering { page, of: Some(of) }]
    }

    #[test]
    fn every_pattern_is_one() {
        for r in [&NAMED, &NAMED_ALONE, &BARE, &CLOCK, &DASHED, &TITLED, &CONTINUED, &GOES_ON] {
            assert!(r.is_some());
        }
    }

    #[test]
    fn pages_are_numbered_in_many_ways() {
        for text in [
            "Page 2 of 3",
            "PAGE: 2 OF 3",
            "Jane Roe THIS IS NOT A BILL Page 2 of 3",
            "Sheet 2 of 3",
            "2/3",
            "2 of 3",
            "Page2of3",
            "PG 2/3",
        ] {
            assert_eq!(of(&["Lakeside Clinic", text]), n(2, 3), "{text}");
        }
        assert_eq!(of(&["Lakeside Clinic  Page l of l"]), n(1, 1));
        for text in ["PAGE 2", "LAKESIDE CLINIC    PAGE   2", "- 2 -", "How we handled your claim (2)", "Pg. 2"] {
            assert_eq!(of(&[text, "Jane Roe"]), [Numbering { page: 2, of: None }], "{text}");
        }
    }

    #[test]
    fn what_only_mentions_a_page_is_no_number() {
        for text in [
            "Continued on page 2",
            "See page 3",
            "3/2",
            "Tel (714) 555-0101",
            "Medicare Summary Notice (MSN)",
            "03/09/2025",
            "01/28   14:36   FROM 5550108655",
        ] {
            assert_eq!(of(&[text]), [], "{text}");
        }
    }

    #[test]
    fn continuations() {
        let says = |t: &str| (is_continued(&page_lines(&page(1, &[t]))), goes_on(&page_lines(&page(1, &[t]))));
        assert_eq!(says("Itemized statement, continued"), (true, false));
        assert_eq!(says("Claim 12345 (cont.)"), (true, false));
        assert_eq!(says("Continued from previous page"), (true, false));
        assert_eq!(says("Continued on next page"), (false, true));
        assert_eq!(says("Statement of account"), (false, false));
    }
}
