//! The text of a filled template → blocks. It is Markdown: paragraphs, headings, lists, tables, bold; `\` at the end of a
//! line breaks it, `---` begins a page, a quotation is a remark to the sender.

use pulldown_cmark::{Alignment, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::blocks::{Align, Block, Run, Runs, Table};

/// Begins the label of a blank; no text of a record holds this or one of the next three (see [`literal`]).
const BLANK: char = '\u{E000}';
/// Ends it.
const BLANK_END: char = '\u{E001}';
/// Begins what stands under a signature's line.
const SIGNATURE: char = '\u{E002}';
/// Ends it.
const SIGNATURE_END: char = '\u{E003}';
/// Stands behind a `\` that is a value's own, and not one that breaks a line.
const OWN: char = '\u{E004}';

/// What a template holds that no letter can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} has no place in a letter")]
pub struct MarkupError {
    /// The kind of Markdown.
    what: &'static str,
}

/// A place to fill in.
pub fn blank(label: &str) -> String {
    format!("{BLANK}{}{BLANK_END}", literal(label))
}

/// Room to sign over `under`, which is already Markdown.
pub fn signature(under: &str) -> String {
    format!("{SIGNATURE}{under}{SIGNATURE_END}")
}

/// A value of the record as Markdown that shows it as it is: in one line, without marks that would be read as ours or that turn
/// the direction of writing.
pub fn literal(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for word in value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()) {
        let kept = word.chars().filter(|c| !is_unseen(*c));
        let mut escaped = String::new();
        for c in kept {
            if c.is_ascii_punctuation() {
                escaped.push('\\');
            }
            escaped.push(c);
            if c == '\\' {
                escaped.push(OWN);
            }
        }
        if !escaped.is_empty() {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&escaped);
        }
    }
    text
}

/// Direction marks, zero-width characters, private use, noncharacters.
fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'
        | '\u{E000}'..='\u{F8FF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{F0000}'..='\u{10FFFF}')
}

/// Reads a letter's Markdown.
pub fn read(markdown: &str) -> Result<Vec<Block>, MarkupError> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        reader.take(event)?;
    }
    Ok(reader.blocks)
}

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    text: String,
    runs: Runs,
    bold: usize,
    /// In a blank's label, or under a signature's line.
    label: Option<String>,
    signing: bool,
    signed: bool,
    quoted: bool,
    list: Option<(Option<u64>, Vec<Runs>)>,
    table: Option<Table>,
    row: Vec<Runs>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) -> Result<(), MarkupError> {
        match event {
            Event::Text(t) => self.words(&t),
            Event::SoftBreak => self.words(" "),
            Event::HardBreak => {
                self.flush();
                self.runs.push(Run::Break);
            }
            Event::Rule => self.blocks.push(Block::PageBreak),
            Event::Start(tag) => self.start(tag)?,
            Event::End(tag) => self.end(tag),
            Event::Code(_) => return Err(MarkupError { what: "code" }),
            Event::Html(_) | Event::InlineHtml(_) => return Err(MarkupError { what: "HTML" }),
            _ => return Err(MarkupError { what: "a footnote, formula or box" }),
        }
        Ok(())
    }

    fn start(&mut self, tag: Tag<'_>) -> Result<(), MarkupError> {
        match tag {
            // Of a list within an item the item is kept, without the step in.
            Tag::Item => self.end_item(),
            Tag::List(start) if self.list.is_none() => self.list = Some((start, Vec::new())),
            Tag::Strong => {
                self.flush();
                self.bold += 1;
            }
            Tag::BlockQuote(_) => self.quoted = true,
            Tag::Table(columns) => {
                let columns = columns.iter().map(|a| match a {
                    Alignment::Right => Align::Right,
                    Alignment::Center => Align::Center,
                    Alignment::None | Alignment::Left => Align::Left,
                });
                self.table = Some(Table { columns: columns.collect(), header: Vec::new(), rows: Vec::new() });
            }
            Tag::CodeBlock(_) => return Err(MarkupError { what: "a line that begins with four spaces, or code," }),
            Tag::Image { .. } => return Err(MarkupError { what: "a picture" }),
            Tag::HtmlBlock => return Err(MarkupError { what: "HTML" }),
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong => {
                self.flush();
                self.bold = self.bold.saturating_sub(1);
            }
            TagEnd::Heading(level) => {
                let runs = self.taken();
                self.push(Block::Heading(if level == HeadingLevel::H1 { 1 } else { 2 }, runs));
            }
            TagEnd::Paragraph if self.list.is_some() => {
                self.flush();
                self.runs.push(Run::Break);
            }
            TagEnd::Paragraph => {
                let runs = self.taken();
                let block = if std::mem::take(&mut self.signed) {
                    Block::Signature(runs)
                } else if self.quoted {
                    Block::Note(runs)
                } else {
                    Block::Paragraph(runs)
                };
                self.push(block);
            }
            TagEnd::BlockQuote(_) => self.quoted = false,
            TagEnd::Item => self.end_item(),
            TagEnd::List(_) => {
                self.end_item();
                if let Some((start, items)) = self.list.take() {
                    self.blocks.push(Block::List { start, items });
                }
            }
            TagEnd::TableCell => {
                let cell = self.taken();
                self.row.push(cell);
            }
            TagEnd::TableHead => {
                if let Some(t) = &mut self.table {
                    t.header = std::mem::take(&mut self.row);
                }
            }
            TagEnd::TableRow => {
                if let Some(t) = &mut self.table {
                    t.rows.push(std::mem::take(&mut self.row));
                }
            }
            TagEnd::Table => self.blocks.extend(self.table.take().map(Block::Table)),
            _ => {}
        }
    }

    fn push(&mut self, block: Block) {
        if block.runs().next().is_some() || matches!(block, Block::Signature(_)) {
            self.blocks.push(block);
        }
    }

    fn end_item(&mut self) {
        let runs = self.taken();
        if let Some((_, items)) = &mut self.list
            && !runs.is_empty()
        {
            items.push(runs);
        }
    }

    /// Takes words, blanks and signatures apart. They may come in several pieces.
    fn words(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                BLANK => {
                    self.flush();
                    self.label = Some(String::new());
                }
                BLANK_END => {
                    if let Some(label) = self.label.take() {
                        self.runs.push(Run::Blank(label));
                    }
                }
                SIGNATURE => self.signing = true,
                SIGNATURE_END => self.signed = std::mem::take(&mut self.signing),
                OWN if self.label.is_some() => {}
                c => self.label.as_mut().unwrap_or(&mut self.text).push(c),
            }
        }
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if text.is_empty() {
            return;
        }
        let bold = self.bold > 0;
        match self.runs.last_mut() {
            Some(Run::Text { text: before, bold: b }) if *b == bold => before.push_str(&text),
            _ => self.runs.push(Run::Text { text, bold }),
        }
    }

    /// The runs gathered so far, without breaks at their ends: the last line of an address may be one that was left out.
    fn taken(&mut self) -> Runs {
        self.flush();
        let mut runs = std::mem::take(&mut self.runs);
        if let Some(Run::Text { text, .. }) = runs.last_mut()
            && text.ends_with('\\')
        {
            text.pop();
        }
        for run in &mut runs {
            if let Run::Text { text, .. } = run {
                text.retain(|c| c != OWN);
            }
        }
        while matches!(runs.last(), Some(Run::Break)) || matches!(runs.last(), Some(Run::Text { text, .. }) if text.is_empty()) {
            runs.pop();
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::{plain_text, shown};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_forms_of_a_letter() {
        let text = format!(
            "> For you only.\n\n# Subject\n\nOne\\\n**two** {}\\\n\nThree.\n\n- a\n- b\n\n3. c\n\n| Date | Billed |\n|---|--:|\n| x | 1 |\n| | |\n\n---\n\n{}\n",
            blank("your (phone) number"),
            signature("Ann\\. Lee")
        );
        let blocks = read(&text).unwrap();
        assert!(matches!(&blocks[0], Block::Note(r) if shown(r) == "For you only."));
        assert!(matches!(&blocks[1], Block::Heading(1, r) if shown(r) == "Subject"));
        let Block::Paragraph(runs) = &blocks[2] else { panic!("{blocks:?}") };
        assert_eq!(shown(runs), "One\ntwo [____ your (phone) number]");
        assert!(runs.contains(&Run::Text { text: "two".into(), bold: true }));
        assert!(matches!(&blocks[4], Block::List { start: None, items } if items.len() == 2));
        assert!(matches!(&blocks[5], Block::List { start: Some(3), items } if items.len() == 1));
        let Block::Table(t) = &blocks[6] else { panic!("{blocks:?}") };
        assert_eq!((t.columns.as_slice(), t.rows.len()), ([Align::Left, Align::Right].as_slice(), 2));
        assert!(Table::is_form_row(&t.rows[1]) && t.has_header());
        assert_eq!(blocks[7], Block::PageBreak);
        assert_eq!(blocks[8], Block::Signature(vec![Run::plain("Ann. Lee")]));
    }

    #[test]
    fn what_no_letter_holds_is_named() {
        assert!(read("<b>x</b>\n").unwrap_err().to_string().contains("HTML"));
        assert!(read("a `b`\n").unwrap_err().to_string().contains("code"));
        assert!(read("![x](y.png)\n").unwrap_err().to_string().contains("picture"));
    }

    #[test]
    fn a_name_of_many_lines_stays_in_one() {
        assert_eq!(literal("Ann\n\n# Lee\t\u{202E}x\u{E000}"), "Ann \\# Lee x");
    }

    proptest! {
        #[test]
        fn values_come_through_as_they_are(value in "\\PC{0,60}") {
            let kept: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
            let expected = kept.split_whitespace().collect::<Vec<_>>().join(" ");
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let place = |text: String| words(&plain_text(&read(&text).unwrap()));
            prop_assert_eq!(place(format!("A {} b\n", literal(&value))), words(&format!("A {expected} b")));
            prop_assert_eq!(place(format!("| h |\n|---|\n| {} |\n", literal(&value))), words(&format!("h {expected}")));
            prop_assert_eq!(place(format!("- x {}\n", literal(&value))), words(&format!("x {expected}")));
            prop_assert_eq!(place(format!("{}\n", literal(&value))), expected);
        }
    }
}
