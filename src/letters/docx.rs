//! A letter as .docx: for a letterhead, and to be edited. Real lists and tables, page numbers, the language set.

use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, AlignmentType, BreakType, Docx, Footer, HeightRule, IndentLevel, Level, LevelJc, LevelText, LineSpacing,
    LineSpacingType, NumPages, NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, RunFonts, Shading, ShdType,
    SpecialIndentType, Start, Style, StyleType, TableBorder, TableBorderPosition, TableBorders, TableCell, TableCellMargins,
    TableLayoutType, TableRow, WidthType,
};

use super::blocks::{Align, Block, Run, Runs, Table, shown};
use super::pdf::{size, table_size, widths};
use super::{Letter, LetterError};

/// Twentieths of a point.
fn twips(points: f32) -> usize {
    (points * 20.0).round().max(0.0) as usize
}

/// Half points.
fn half_points(points: f32) -> usize {
    (points * 2.0).round().max(1.0) as usize
}

/// The file.
pub fn write(letter: &Letter) -> Result<Vec<u8>, LetterError> {
    let size = size(&letter.blocks);
    let mut docx = frame(letter, size);
    // docx-rs brings a numbering of its own, the first.
    let mut lists = 1;
    let mut new_page = false;
    for (i, block) in letter.blocks.iter().enumerate() {
        let keep = keeps(block, &letter.blocks[i + 1..]);
        let break_before = std::mem::take(&mut new_page);
        let own = matches!(block, Block::Heading(..) | Block::Paragraph(_) | Block::Note(_));
        if break_before && !own {
            docx = docx.add_paragraph(styled("AfterTable", &[]).page_break_before(true));
        }
        let paragraph = |style: &str, runs: &[Run]| styled(style, runs).keep_next(keep).page_break_before(break_before);
        docx = match block {
            Block::Heading(1, r) => docx.add_paragraph(paragraph("Heading1", r)),
            Block::Heading(_, r) => docx.add_paragraph(paragraph("Heading2", r)),
            Block::Paragraph(r) => docx.add_paragraph(paragraph("BodyText", r)),
            Block::Note(r) => docx.add_paragraph(paragraph("SenderNote", r)),
            Block::List { start, items } => {
                lists += 1;
                docx = numbering(docx, lists, *start);
                for (i, item) in items.iter().enumerate() {
                    let style = if i + 1 == items.len() { "ListEnd" } else { "ListParagraph" };
                    let item = styled(style, item).numbering(NumberingId::new(lists), IndentLevel::new(0));
                    docx = docx.add_paragraph(item);
                }
                docx
            }
            // An empty small paragraph keeps what follows off the table.
            Block::Table(t) => docx.add_table(table(t, size)).add_paragraph(styled("AfterTable", &[])),
            Block::Signature(r) => {
                let rule = Paragraph::new().style("SignatureLine").add_run(docx_rs::Run::new().add_text("_".repeat(38)));
                docx.add_paragraph(rule.keep_next(true)).add_paragraph(styled("SignatureName", r))
            }
            Block::PageBreak => {
                new_page = true;
                docx
            }
        };
    }
    let mut xml = docx.build();
    // docx-rs has no name for these two: the language, and a table's header row.
    let styles = String::from_utf8_lossy(&xml.styles).replacen(
        "<w:rPrDefault><w:rPr>",
        &format!("<w:rPrDefault><w:rPr><w:lang w:val=\"{}\" />", letter.lang.tag()),
        1,
    );
    if !styles.contains("<w:lang ") {
        return Err(LetterError::Docx("the styles have no defaults".to_owned()));
    }
    xml.styles = styles.into_bytes();
    let headers: Vec<bool> =
        letter.blocks.iter().filter_map(|b| if let Block::Table(t) = b { Some(t.has_header()) } else { None }).collect();
    let document = without_paragraph_ids(&String::from_utf8_lossy(&xml.document));
    xml.document = with_header_rows(&document, &headers).into_bytes();
    for footer in &mut xml.footers {
        *footer = without_paragraph_ids(&String::from_utf8_lossy(footer)).into_bytes();
    }
    let mut file = Cursor::new(Vec::new());
    xml.pack(&mut file).map_err(|e| LetterError::Docx(e.to_string()))?;
    Ok(file.into_inner())
}

/// Page, styles and footer.
fn frame(letter: &Letter, size: f32) -> Docx {
    let fonts = RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial").east_asia("Arial");
    let spacing = |before: f32, after: f32| {
        let line = LineSpacing::new().line_rule(LineSpacingType::Auto).line(276);
        line.before(twips(before) as u32).after(twips(after) as u32)
    };
    let style = |id: &str, name: &str, before: f32, after: f32| {
        Style::new(id, StyleType::Paragraph).name(name).based_on("Normal").q_format(true).line_spacing(spacing(before, after))
    };
    let footer_text = Paragraph::new().style("Footer").align(AlignmentType::Center);
    let small = docx_rs::Run::new;
    let (before, between) = letter.lang.page_words();
    let footer_text = footer_text
        .add_run(small().add_text(before))
        .add_page_num(PageNum::new())
        .add_run(small().add_text(between))
        .add_num_pages(NumPages::new());
    let day = format!("{}T00:00:00Z", letter.date);
    Docx::new()
        .default_fonts(fonts)
        .default_size(half_points(size))
        .page_size(12_240, 15_840)
        .page_margin(PageMargin { top: 1240, left: 1440, bottom: 1240, right: 1440, header: 720, footer: 620, gutter: 0 })
        .created_at(&day)
        .updated_at(&day)
        .add_style(style("BodyText", "Body Text", 0.0, size * 0.72))
        .add_style(style("Heading1", "heading 1", size * 0.4, size * 0.6).bold().size(half_points(size + 1.5)).outline_lvl(0))
        .add_style(style("Heading2", "heading 2", size * 0.4, size * 0.4).bold().outline_lvl(1))
        .add_style(style("ListParagraph", "List Paragraph", 0.0, size * 0.3))
        .add_style(style("ListEnd", "List End", 0.0, size * 0.72))
        .add_style(style("Footer", "footer", 0.0, 0.0).size(17))
        .add_style(style("SenderNote", "Sender Note", 0.0, size * 0.7).color("555555").size(half_points(size - 1.0)))
        .add_style(style("TableText", "Table Text", 1.0, 1.0).size(half_points(table_size(size))))
        .add_style(style("AfterTable", "After Table", 0.0, 0.0).size(8))
        .add_style(style("SignatureLine", "Signature Line", 24.0, 0.0).color("808080"))
        .add_style(style("SignatureName", "Signature Name", 0.0, size * 0.72))
        .footer(Footer::new().add_paragraph(footer_text))
}

/// Whether a block must stand on the page of the next one.
fn keeps(block: &Block, following: &[Block]) -> bool {
    let signs = |i: usize| matches!(following.get(i), Some(Block::Signature(_)));
    let introduces = matches!(block, Block::Paragraph(r) if shown(r).trim_end().ends_with(':'));
    signs(0) || introduces || matches!(block, Block::Heading(..))
}

fn styled(style: &str, runs: &[Run]) -> Paragraph {
    runs.iter().fold(Paragraph::new().style(style), |p, run| p.add_run(text_run(run)))
}

fn text_run(run: &Run) -> docx_rs::Run {
    let set = docx_rs::Run::new();
    match run {
        Run::Text { text, bold: true } => set.add_text(text).bold(),
        Run::Text { text, bold: false } => set.add_text(text),
        Run::Blank(_) => set.add_text(run.shown()).highlight("yellow").underline("single"),
        Run::Break => set.add_break(BreakType::TextWrapping),
    }
}

/// A list's marks; each list counts from its own first number.
fn numbering(docx: Docx, id: usize, start: Option<u64>) -> Docx {
    let (format, text, first) = match start {
        Some(n) => ("decimal", "%1.", usize::try_from(n).unwrap_or(1)),
        None => ("bullet", "•", 1),
    };
    let level = Level::new(0, Start::new(first), NumberFormat::new(format), LevelText::new(text), LevelJc::new("left"));
    let level = level.indent(Some(360), Some(SpecialIndentType::Hanging(280)), None, None);
    docx.add_abstract_numbering(AbstractNumbering::new(id).add_level(level)).add_numbering(Numbering::new(id, id))
}

fn table(table: &Table, size: f32) -> docx_rs::Table {
    let widths: Vec<usize> = widths(table, size).into_iter().map(twips).collect();
    let header = table.has_header().then(|| row(&table.header, &table.columns, &widths, true));
    let rows = header.into_iter().chain(table.rows.iter().map(|r| row(r, &table.columns, &widths, false))).collect();
    let line = |p: TableBorderPosition| TableBorder::new(p).size(4).color("999999");
    let borders = TableBorders::with_empty()
        .set(line(TableBorderPosition::Top))
        .set(line(TableBorderPosition::Bottom))
        .set(line(TableBorderPosition::InsideH));
    docx_rs::Table::new(rows)
        .set_grid(widths.clone())
        .width(widths.iter().sum(), WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
        .margins(TableCellMargins::new().margin(0, 80, 0, 80))
        .set_borders(borders)
}

fn row(cells: &[Runs], align: &[Align], widths: &[usize], header: bool) -> TableRow {
    let made = cells.iter().zip(align).zip(widths).map(|((runs, align), width)| {
        let runs: Runs = runs.iter().map(|r| if header { in_bold(r) } else { r.clone() }).collect();
        let set = match align {
            Align::Left => AlignmentType::Left,
            Align::Center => AlignmentType::Center,
            Align::Right => AlignmentType::Right,
        };
        let cell =
            TableCell::new().width(*width, WidthType::Dxa).add_paragraph(styled("TableText", &runs).align(set).keep_next(header));
        if header { cell.shading(Shading::new().shd_type(ShdType::Clear).color("auto").fill("F0F0F0")) } else { cell }
    });
    let row = TableRow::new(made.collect()).cant_split();
    if !header && Table::is_form_row(cells) { row.row_height(600.0).height_rule(HeightRule::AtLeast) } else { row }
}

fn in_bold(run: &Run) -> Run {
    match run {
        Run::Text { text, .. } => Run::Text { text: text.clone(), bold: true },
        other => other.clone(),
    }
}

/// Takes out the paragraphs' ids: docx-rs counts them over all letters, and the same letter is to give the same bytes.
fn without_paragraph_ids(xml: &str) -> String {
    let mut parts = xml.split(" w14:paraId=\"");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(part.split_once('"').map_or("", |(_, rest)| rest));
    }
    out
}

/// Marks the first row of each table that has a header as one that is repeated on every page.
fn with_header_rows(document: &str, headers: &[bool]) -> String {
    let mut parts = document.split("<w:tbl>");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (part, header) in parts.zip(headers.iter().chain(std::iter::repeat(&false))) {
        out.push_str("<w:tbl>");
        out.push_str(&if *header { part.replacen("<w:trPr>", "<w:trPr><w:tblHeader />", 1) } else { part.to_owned() });
    }
    out
}
