//! The lines of a document → tables, as a description says.

use std::collections::BTreeMap;
use std::ops::Range;

use jiff::civil::Date;

use super::{Form, OwnColumn, OwnLayout, Place, Sign, folded};
use crate::assign::{Assigned, Extent, is_likely};
use crate::columns::{Column, TableHeader, find_headers};
use crate::decks::Decks;
use crate::grammar::money;
use crate::names;
use crate::page_text::BBox;
use crate::roles::{body_line, coupon};
use crate::statement::Field;
use crate::table::{BodyLine, Role, Table, has_amount};
use crate::text_lines::{Line, PageLines, join};
use crate::tokens::{Token, TokenKind, kind_of, tokens};
use crate::vocabulary::Vocabulary;

/// Why a line was taken as what it was, where a description says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Page, from 1.
    pub page: u32,
    /// Index of the line on its page.
    pub index: usize,
    /// The rule of the description.
    pub why: String,
}

/// Where a line stands by `start` and `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Start,
    Table,
    End,
    Nothing,
}

impl Within {
    /// Why the line is none of the table's, if it is not.
    fn why(self) -> Option<&'static str> {
        match self {
            Self::Table => None,
            Self::Start => Some("start: the table begins under it"),
            Self::End => Some("end: the table ends above it"),
            Self::Nothing => Some("stands outside start and end"),
        }
    }
}

/// Lines of a page that stand under a header of this layout, or are looked through as a whole.
struct Region {
    page: usize,
    lines: Range<usize>,
    header: Option<TableHeader>,
}

impl OwnLayout {
    /// The tables that the described columns make; `None` where it describes none.
    pub(crate) fn tables(&self, pages: &[PageLines], vocabulary: &Vocabulary) -> Option<Vec<Table>> {
        let first = self.columns.first()?;
        Some(match first.place {
            Place::Head(_) => self.under_heads(pages, vocabulary),
            Place::X(..) => self.within_edges(pages),
            Place::Order => self.in_order(pages),
        })
    }

    /// Gives the lines the parts that the description names, and says which rule did so.
    pub(crate) fn rule(&self, pages: &[PageLines], tables: &mut [Table]) -> Vec<Told> {
        let places = self.places(pages, tables);
        let mut told = Vec::new();
        for t in tables {
            for b in &mut t.lines {
                let meets = |list: &[Sign]| list.iter().find(|s| s.stands_in(&b.text)).map(|s| s.written().to_owned());
                let place = places.get(&(b.page, b.index)).copied().unwrap_or(Within::Table);
                let part = if let Some(why) = place.why() {
                    Some((Role::Outside, why.to_owned()))
                } else if let Some(s) = meets(&self.skip) {
                    Some((Role::Outside, format!("skip {s}")))
                } else if let Some(s) = meets(&self.total) {
                    Some((Role::Total, format!("total {s}")))
                } else if let Some(s) = self.group.iter().find(|s| s.stands_in(&b.text)) {
                    let why = format!("group {}", s.written());
                    b.text = heading(s, &b.text);
                    Some((Role::Heading, why))
                } else if let Some(s) = meets(&self.more) {
                    Some((Role::Continuation, format!("more {s}")))
                } else if matches!(b.role, Role::Anchor | Role::Ledger) && !self.row.is_empty() && meets(&self.row).is_none() {
                    Some((Role::Outside, "is no line that `row` describes".to_owned()))
                } else {
                    None
                };
                if let Some((role, why)) = part {
                    b.role = role;
                    told.push(Told { page: b.page, index: b.index, why });
                }
            }
        }
        told
    }

    /// Which lines stand between start and end. Where no start is given, each page and each table is one.
    fn places(&self, pages: &[PageLines], tables: &[Table]) -> BTreeMap<(u32, usize), Within> {
        let mut out = BTreeMap::new();
        if self.start.is_none() && self.end.is_none() {
            return out;
        }
        let firsts: Vec<(u32, usize)> = tables.iter().filter_map(|t| t.lines.first()).map(|b| (b.page, b.index)).collect();
        let mut open = false;
        for page in pages {
            for (index, line) in page.lines.iter().enumerate() {
                let at = (page.number, index);
                open |= self.start.is_none() && (index == 0 || firsts.contains(&at));
                let place = if self.start.as_ref().is_some_and(|s| s.stands_on(line)) {
                    open = true;
                    Within::Start
                } else if open && self.end.as_ref().is_some_and(|s| s.stands_on(line)) {
                    open = false;
                    Within::End
                } else if open {
                    Within::Table
                } else {
                    Within::Nothing
                };
                out.insert(at, place);
            }
        }
        out
    }

    fn under_heads(&self, pages: &[PageLines], vocabulary: &Vocabulary) -> Vec<Table> {
        let mut regions: Vec<Region> = Vec::new();
        let mut below = None;
        for (p, page) in pages.iter().enumerate() {
            let headers: Vec<TableHeader> =
                find_headers(page, vocabulary).into_iter().filter_map(|h| self.own_header(h)).collect();
            let first = headers.first().map_or(page.lines.len(), |h| h.first_line);
            if below.is_some() {
                regions.push(Region { page: p, lines: 0..first, header: None });
            }
            for (i, h) in headers.iter().enumerate() {
                let end = headers.get(i + 1).map_or(page.lines.len(), |n| n.first_line);
                regions.push(Region { page: p, lines: h.end_line..end, header: Some(h.clone()) });
                below = Some(());
            }
        }
        let Some(header) = regions.iter().find_map(|r| r.header.clone()) else { return Vec::new() };
        let lines: Vec<&Line> = regions.iter().flat_map(|r| pages[r.page].lines[r.lines.clone()].iter()).collect();
        let amount = |a: &Assigned, columns: &[Column]| {
            let mut a = a.clone();
            self.reform(&mut a, columns);
            has_amount(&a, columns)
        };
        let decks = Decks::declared(&header, &lines, |c| self.reforms(c), &amount);
        self.laid(pages, &regions, &decks.columns, |line| decks.lay(line, 0).0)
    }

    /// The header if it is this layout's: half of the described heads stand in it; columns that are not described are
    /// left out of the reading.
    fn own_header(&self, mut h: TableHeader) -> Option<TableHeader> {
        let mut found = 0;
        for c in &mut h.columns {
            let head = folded(&c.head);
            let own = self.columns.iter().find(|o| match &o.place {
                Place::Head(words) => folded(words) == head || strsim::normalized_levenshtein(&folded(words), &head) > 0.8,
                _ => false,
            });
            found += usize::from(own.is_some());
            c.fields = own.map_or(vec![Field::Ignored], |o| o.fields.clone());
        }
        (found >= 2 && found * 2 >= self.columns.len()).then_some(h)
    }

    fn within_edges(&self, pages: &[PageLines]) -> Vec<Table> {
        let edges = |c: &OwnColumn| if let Place::X(x0, x1) = c.place { (x0, x1) } else { (0.0, 0.0) };
        let columns: Vec<Column> = self.columns.iter().map(|c| column(c, edges(c))).collect();
        let whole = whole_pages(pages);
        self.laid(pages, &whole, &columns, |line| {
            let mut cells = Vec::new();
            for t in tokens(line) {
                for (part, at) in parted(t, &columns) {
                    cells.push((part, at));
                }
            }
            let cost = if cells.is_empty() { f32::INFINITY } else { 0.0 };
            Assigned { cells, cost }
        })
    }

    fn in_order(&self, pages: &[PageLines]) -> Vec<Table> {
        let bare: Vec<Column> = self.columns.iter().map(|c| column(c, (0.0, 0.0))).collect();
        let mut reach: Vec<Option<BBox>> = vec![None; bare.len()];
        for line in pages.iter().flat_map(|p| &p.lines) {
            let toks: Vec<Token> = tokens(line);
            let suits = |(i, t): (usize, &Token)| {
                self.columns[i].pattern.is_some() || self.columns[i].form.is_some() || is_likely(t, &bare[i])
            };
            if toks.len() == bare.len() && toks.iter().enumerate().all(suits) {
                for (r, t) in reach.iter_mut().zip(&toks) {
                    *r = BBox::around(r.iter().copied().chain([t.bbox]));
                }
            }
        }
        let Some(reach) = reach.into_iter().collect::<Option<Vec<BBox>>>() else { return Vec::new() };
        let columns: Vec<Column> = self.columns.iter().zip(&reach).map(|(c, r)| column(c, (r.x0, r.x1))).collect();
        let extents: Vec<Extent> = reach.iter().map(|r| Extent::of(r.x0, r.x1)).collect();
        let decks = Decks::placed(columns, extents, |c| self.reforms(c));
        self.laid(pages, &whole_pages(pages), &decks.columns, |line| decks.lay(line, 0).0)
    }

    fn laid(&self, pages: &[PageLines], regions: &[Region], columns: &[Column], lay: impl Fn(&Line) -> Assigned) -> Vec<Table> {
        let mut tables: Vec<Table> = Vec::new();
        for r in regions {
            let page = &pages[r.page];
            let coupon = coupon(page, r.lines.clone());
            let mut lines: Vec<BodyLine> = Vec::new();
            for i in r.lines.clone() {
                let mut assigned = lay(&page.lines[i]);
                self.reform(&mut assigned, columns);
                lines.push(body_line(page, i, assigned, columns, i < coupon));
            }
            names::mark(&mut lines, columns);
            match tables.last_mut() {
                Some(t) if r.header.is_none() => t.lines.extend(lines),
                _ => {
                    let until = r.header.as_ref().map_or(0, |h| h.first_line);
                    let above: Vec<String> =
                        page.lines[..until].iter().rev().take(8).map(Line::text).take_while(|t| !t.contains('$')).collect();
                    let title = above.first().cloned().unwrap_or_default();
                    tables.push(Table { columns: columns.to_vec(), lines, title, above });
                }
            }
        }
        tables
    }

    /// Whether the values of the column are printed in a form of their own.
    fn reforms(&self, c: &Column) -> bool {
        let odd = |o: &&OwnColumn| o.form.is_some() || o.pattern.is_some();
        self.columns.iter().filter(odd).any(|o| c.fields == o.fields && placed_alike(c, o))
    }

    /// Brings cells into the form that the grammars expect.
    fn reform(&self, a: &mut Assigned, columns: &[Column]) {
        for own in &self.columns {
            let Some(at) = columns.iter().position(|c| c.fields == own.fields && placed_alike(c, own)) else { continue };
            if let Some(regex) = &own.pattern {
                let words: Vec<_> = a.cells.iter().filter(|(_, c)| *c == at).flat_map(|(t, _)| t.words.clone()).collect();
                let text = join(&words);
                if let Some(part) = regex.captures(&text).and_then(|m| m.get(1)).map(|m| m.as_str().trim().to_owned())
                    && let Some(first) = a.cells.iter().position(|(_, c)| *c == at)
                {
                    let token = rewritten(words, &part);
                    a.cells.retain(|(_, c)| *c != at);
                    a.cells.insert(first, (token, at));
                }
            }
            let Some(form) = own.form else { continue };
            for (t, _) in a.cells.iter_mut().filter(|(_, c)| *c == at) {
                if let Some(text) = formed(form, &t.text) {
                    *t = rewritten(std::mem::take(&mut t.words), &text);
                }
            }
        }
    }
}

fn placed_alike(c: &Column, own: &OwnColumn) -> bool {
    match &own.place {
        Place::Head(words) => strsim::normalized_levenshtein(&folded(words), &folded(&c.head)) > 0.8,
        Place::X(x0, _) => c.head_box.x0 == *x0,
        Place::Order => true,
    }
}

fn column(c: &OwnColumn, (x0, x1): (f32, f32)) -> Column {
    Column { fields: c.fields.clone(), head: String::new(), head_box: BBox::new(x0, 0.0, x1, 0.0), x0, x1, guessed: false }
}

fn whole_pages(pages: &[PageLines]) -> Vec<Region> {
    pages.iter().enumerate().map(|(page, p)| Region { page, lines: 0..p.lines.len(), header: None }).collect()
}

/// The token in the column whose edges its middle lies between; words that reach over several are parted.
fn parted(t: Token, columns: &[Column]) -> Vec<(Token, usize)> {
    let home = |b: BBox| columns.iter().position(|c| c.x0 <= b.cx() && b.cx() < c.x1);
    if t.kind != TokenKind::Text {
        return home(t.bbox).map(|at| (t, at)).into_iter().collect();
    }
    let mut runs: Vec<(Vec<crate::page_text::Word>, usize)> = Vec::new();
    for w in t.words {
        let Some(at) = home(w.bbox) else { continue };
        match runs.last_mut() {
            Some((words, c)) if *c == at => words.push(w),
            _ => runs.push((vec![w], at)),
        }
    }
    runs.into_iter()
        .map(|(words, at)| {
            let text = join(&words);
            (rewritten(words, &text), at)
        })
        .collect()
}

/// A token of these words that says something else than they do.
fn rewritten(words: Vec<crate::page_text::Word>, text: &str) -> Token {
    let bbox = BBox::around(words.iter().map(|w| w.bbox)).unwrap_or_default();
    let confidence = words.iter().map(|w| w.confidence).fold(1.0, f32::min);
    Token { kind: kind_of(text), text: text.to_owned(), bbox, confidence, words }
}

fn formed(form: Form, text: &str) -> Option<String> {
    match form {
        Form::DayFirst => {
            let mut parts = text.split(['/', '-', '.']);
            let (d, m, y) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse::<i16>().ok()?);
            let year = if y < 100 { 2000 + y } else { y };
            Date::new(year, m, d).ok().filter(|_| parts.next().is_none()).map(|d| d.strftime("%m/%d/%Y").to_string())
        }
        Form::Cents | Form::WholeDollars => {
            let (sign, digits) =
                text.trim_start_matches('$').strip_prefix('-').map_or(("", text.trim_start_matches('$')), |d| ("-", d));
            let digits = digits.trim_start_matches('$').replace(',', "");
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let shown = if form == Form::WholeDollars {
                format!("{sign}{digits}.00")
            } else {
                let padded = format!("{digits:0>3}");
                format!("{sign}{}.{}", &padded[..padded.len() - 2], &padded[padded.len() - 2..])
            };
            money::money(&shown).map(|_| shown)
        }
    }
}

/// A heading in the words by which the grammar of headings knows a revenue code or a day.
fn heading(sign: &Sign, text: &str) -> String {
    let Sign::Pattern(_, regex) = sign else { return text.to_owned() };
    let Some(m) = regex.captures(text) else { return text.to_owned() };
    if let Some(code) = m.name("revenue_code") {
        return format!("Rev Code {} {}", code.as_str(), if text.starts_with(char::is_alphabetic) { text } else { "Group" });
    }
    m.name("date").map_or_else(|| text.to_owned(), |d| d.as_str().to_owned())
}
