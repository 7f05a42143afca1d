//! Blocks → strips of a page's width → pages.

use super::super::blocks::{Align, Block, Run, Runs, Table, shown};
use super::super::type_face::columns;
use super::lines::{Line, lines};

/// US Letter, points.
pub const PAGE: (f32, f32) = (612.0, 792.0);
/// Left and right margin.
pub const SIDE: f32 = 72.0;
/// Upper and lower margin.
pub const TOP: f32 = 62.0;
/// Width of the text.
pub const TEXT: f32 = PAGE.0 - 2.0 * SIDE;

/// Half of what a cell adds to the sides of its text.
const PAD: f32 = 4.0;
/// Lines that a row has at most: a taller one goes on in the next strip.
const ROW_LINES: usize = 40;
/// Height of a row to be written into by hand.
const FORM_ROW: f32 = 30.0;

/// Something to draw; places are from the strip's upper left corner, points.
#[derive(Debug, Clone)]
pub enum Ink {
    /// A line of text, by its base line.
    Words(f32, f32, f32, Line),
    /// A rule: left, top, width.
    Rule(f32, f32, f32),
    /// A grey field: left, top, width, height.
    Field(f32, f32, f32, f32),
}

/// What goes on a page as one.
#[derive(Debug, Clone, Default)]
pub struct Strip {
    /// Points.
    pub height: f32,
    /// Room above it, but for the top of a page.
    pub before: f32,
    /// What is drawn.
    pub ink: Vec<Ink>,
    /// Whether the next one must stand on the same page.
    keep: bool,
    /// Whether a page begins with it.
    new_page: bool,
    /// The strip that is repeated where a page begins with this one.
    repeat: Option<Box<Strip>>,
}

/// The pages of a letter, each its strips with their tops.
pub fn pages(blocks: &[Block], size: f32) -> Vec<Vec<(f32, Strip)>> {
    let mut strips: Vec<Strip> = Vec::new();
    let mut new_page = false;
    for (i, block) in blocks.iter().enumerate() {
        let mut of_block = strips_of(block, size);
        let next = blocks.get(i + 1);
        let signs = |b: Option<&Block>| matches!(b, Some(Block::Signature(_)));
        if signs(next) {
            for strip in &mut of_block {
                strip.keep = true;
            }
        }
        let introduces = matches!(block, Block::Paragraph(r) if shown(r).trim_end().ends_with(':'));
        if let Some(last) = of_block.last_mut()
            && (introduces || signs(blocks.get(i + 2)) || matches!(block, Block::Heading(..)))
        {
            last.keep = true;
        }
        if let Some(first) = of_block.first_mut() {
            first.new_page = std::mem::take(&mut new_page);
        }
        new_page |= *block == Block::PageBreak;
        strips.append(&mut of_block);
    }
    paginate(strips)
}

fn strips_of(block: &Block, size: f32) -> Vec<Strip> {
    match block {
        Block::Heading(1, r) => text(r, 0.0, size + 1.5, size * 0.8, true),
        Block::Heading(_, r) => text(r, 0.0, size, size * 0.8, true),
        Block::Paragraph(r) => text(r, 0.0, size, size * 0.72, false),
        Block::Note(r) => note(r, size),
        Block::List { start, items } => list(*start, items, size),
        Block::Table(t) => table(t, size),
        Block::Signature(r) => signature(r, size),
        Block::PageBreak => Vec::new(),
    }
}

fn leading(size: f32) -> f32 {
    size * 1.32
}

/// A strip for each line; the first two and the last two keep together.
fn text(runs: &[Run], left: f32, size: f32, before: f32, bold: bool) -> Vec<Strip> {
    let set = lines(runs, TEXT - left, size, bold);
    let count = set.len();
    let strip = |(i, line): (usize, Line)| Strip {
        height: leading(size),
        before: if i == 0 { before } else { 0.0 },
        ink: vec![Ink::Words(left, size, size, line)],
        keep: i == 0 && count > 1 || i + 2 == count,
        ..Strip::default()
    };
    set.into_iter().enumerate().map(strip).collect()
}

fn note(runs: &[Run], size: f32) -> Vec<Strip> {
    let set = lines(runs, TEXT - 4.0 * PAD, size - 1.0, false);
    let height = leading(size - 1.0) * set.len() as f32 + 2.0 * PAD;
    let mut ink = vec![Ink::Field(0.0, 0.0, TEXT, height)];
    let base = |i: usize| PAD + size - 1.0 + leading(size - 1.0) * i as f32;
    ink.extend(set.into_iter().enumerate().map(|(i, l)| Ink::Words(2.0 * PAD, base(i), size - 1.0, l)));
    vec![Strip { height, before: size * 0.5, ink, ..Strip::default() }]
}

fn list(start: Option<u64>, items: &[Runs], size: f32) -> Vec<Strip> {
    let mut all = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let mark = start.map_or_else(|| "•".to_owned(), |n| format!("{}.", n + i as u64));
        let mut strips = text(item, 18.0, size, if i == 0 { size * 0.5 } else { size * 0.28 }, false);
        if let (Some(first), Some(line)) = (strips.first_mut(), lines(&[Run::plain(mark)], 40.0, size, false).pop()) {
            first.ink.insert(0, Ink::Words(4.0, size, size, line));
        }
        all.append(&mut strips);
    }
    all
}

fn signature(under: &[Run], size: f32) -> Vec<Strip> {
    let room = Strip { height: 34.0, ink: vec![Ink::Rule(0.0, 33.0, 230.0)], keep: true, ..Strip::default() };
    let mut all = vec![room];
    all.extend(text(under, 0.0, size, 2.0, false));
    all
}

/// Column widths of a table, points; also those of the .docx form.
pub fn widths(table: &Table, size: f32) -> Vec<f32> {
    let count = table.columns.len();
    let cells: Vec<Vec<(String, bool)>> = (0..count)
        .map(|c| {
            let head = table.header.get(c).map(|r| (shown(r), true));
            head.into_iter().chain(table.rows.iter().filter_map(|r| r.get(c)).map(|r| (shown(r), false))).collect()
        })
        .collect();
    let form = table.rows.iter().any(|r| Table::is_form_row(r));
    let stretch: Vec<bool> =
        table.columns.iter().enumerate().map(|(i, a)| if form { i > 0 || count < 3 } else { *a == Align::Left }).collect();
    columns(&cells, table_size(size), 2.0 * PAD, TEXT, &stretch)
}

/// Type size in tables.
pub fn table_size(size: f32) -> f32 {
    size - 1.5
}

fn table(table: &Table, size: f32) -> Vec<Strip> {
    let widths = widths(table, size);
    let mut header = if table.has_header() { row(&table.header, &table.columns, &widths, size, true).pop() } else { None };
    if let Some(strip) = &mut header {
        strip.keep = true;
    }
    let mut all = Vec::new();
    let mut rows: Vec<Strip> = table.rows.iter().flat_map(|r| row(r, &table.columns, &widths, size, false)).collect();
    for strip in &mut rows {
        strip.repeat = header.clone().map(Box::new);
    }
    all.extend(header);
    all.append(&mut rows);
    if let Some(first) = all.first_mut() {
        first.before = size * 0.6;
    }
    all
}

/// The strips of a row: one, but for a row that is taller than [`ROW_LINES`].
fn row(cells: &[Runs], align: &[Align], widths: &[f32], size: f32, header: bool) -> Vec<Strip> {
    let size = table_size(size);
    let mut set: Vec<Vec<Line>> =
        cells.iter().zip(widths).map(|(cell, w)| lines(cell, (w - 2.0 * PAD).max(1.0), size, header)).collect();
    let mut strips = Vec::new();
    loop {
        let part: Vec<Vec<Line>> = set.iter_mut().map(|l| l.drain(..l.len().min(ROW_LINES)).collect()).collect();
        let more = set.iter().any(|l| !l.is_empty());
        let tallest = part.iter().map(Vec::len).max().unwrap_or_default().max(1);
        let text_height = leading(size) * tallest as f32 + if more { 0.0 } else { PAD };
        let by_hand = !header && Table::is_form_row(cells);
        let height = if by_hand { text_height.max(FORM_ROW) } else { text_height };
        let mut ink = Vec::new();
        if header {
            ink.push(Ink::Field(0.0, 0.0, TEXT, height));
        }
        let mut left = 0.0;
        for ((lines, width), align) in part.into_iter().zip(widths).zip(align) {
            for (i, line) in lines.into_iter().enumerate() {
                let room = width - 2.0 * PAD - line.width();
                let by = match align {
                    Align::Left => 0.0,
                    Align::Center => room / 2.0,
                    Align::Right => room,
                };
                ink.push(Ink::Words(left + PAD + by, PAD * 0.5 + size + leading(size) * i as f32, size, line));
            }
            left += width;
        }
        if !more {
            ink.push(Ink::Rule(0.0, height, TEXT));
        }
        strips.push(Strip { height, ink, ..Strip::default() });
        if !more {
            return strips;
        }
    }
}

/// Lays strips on pages; those that keep together are moved together where they fit on one page.
fn paginate(strips: Vec<Strip>) -> Vec<Vec<(f32, Strip)>> {
    let bottom = PAGE.1 - TOP;
    let mut pages: Vec<Vec<(f32, Strip)>> = vec![Vec::new()];
    let mut at = TOP;
    let mut strips = strips.into_iter().peekable();
    while let Some(first) = strips.next() {
        let mut group = vec![first];
        let mut height = group[0].before + group[0].height;
        while let Some(next) =
            strips.next_if(|n| group.last().is_some_and(|g| g.keep) && height + n.before + n.height < bottom - TOP)
        {
            height += next.before + next.height;
            group.push(next);
        }
        if group[0].new_page || at > TOP && at + height > bottom {
            pages.push(Vec::new());
            at = TOP;
        }
        for strip in group {
            // A group that no page holds is parted where it has to be.
            if at > TOP && at + strip.before + strip.height > bottom {
                pages.push(Vec::new());
                at = TOP;
            }
            let Some(page) = pages.last_mut() else { continue };
            if at > TOP {
                at += strip.before;
            } else if let Some(header) = &strip.repeat {
                let height = header.height;
                page.push((at, (**header).clone()));
                at += height;
            }
            let height = strip.height;
            page.push((at, strip));
            at += height;
        }
    }
    pages
}
