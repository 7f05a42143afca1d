//! A letter as it stands on the page, whatever the file format: blocks of runs.

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Words.
    Text {
        /// As they are shown.
        text: String,
        /// Set in bold.
        bold: bool,
    },
    /// Something that the record does not state: a place to fill in, with what belongs there.
    Blank(String),
    /// The line ends here.
    Break,
}

impl Run {
    /// Words in the ordinary weight.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text { text: text.into(), bold: false }
    }

    /// What the reader sees; a blank as `[____ label]`.
    pub fn shown(&self) -> String {
        match self {
            Self::Text { text, .. } => text.clone(),
            Self::Blank(label) => format!("[____ {label}]"),
            Self::Break => "\n".to_owned(),
        }
    }
}

/// Runs that follow each other.
pub type Runs = Vec<Run>;

/// How a table's column is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Flush left.
    Left,
    /// Centred.
    Center,
    /// Flush right: amounts.
    Right,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// How each column is set.
    pub columns: Vec<Align>,
    /// The header row; empty cells throughout where the table has none.
    pub header: Vec<Runs>,
    /// Its rows, each with as many cells as there are columns.
    pub rows: Vec<Vec<Runs>>,
}

impl Table {
    /// Whether the header row says anything.
    pub fn has_header(&self) -> bool {
        self.header.iter().any(|c| !c.is_empty())
    }

    /// Whether a row is to be written into by hand.
    pub fn is_form_row(row: &[Runs]) -> bool {
        row.iter().skip(1).all(Vec::is_empty) && row.len() > 1
    }
}

/// A block of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading; level 1 is the letter's subject.
    Heading(u8, Runs),
    /// A paragraph.
    Paragraph(Runs),
    /// A remark to the person who sends the letter, not to the one who gets it.
    Note(Runs),
    /// A list.
    List {
        /// Its first number; `None` for bullets.
        start: Option<u64>,
        /// Its items.
        items: Vec<Runs>,
    },
    /// A table.
    Table(Table),
    /// Room to sign, with what stands under the line.
    Signature(Runs),
    /// What follows begins a page.
    PageBreak,
}

impl Block {
    /// All runs in reading order.
    pub fn runs(&self) -> Box<dyn Iterator<Item = &Run> + '_> {
        match self {
            Self::Heading(_, runs) | Self::Paragraph(runs) | Self::Note(runs) | Self::Signature(runs) => Box::new(runs.iter()),
            Self::List { items, .. } => Box::new(items.iter().flatten()),
            Self::Table(t) => Box::new(t.header.iter().chain(t.rows.iter().flatten()).flatten()),
            Self::PageBreak => Box::new(std::iter::empty()),
        }
    }
}

/// What the reader sees of runs.
pub fn shown(runs: &[Run]) -> String {
    runs.iter().map(Run::shown).collect()
}

/// The letter's text, a line for each block, item and cell.
pub fn plain_text(blocks: &[Block]) -> String {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Heading(_, r) | Block::Paragraph(r) | Block::Note(r) | Block::Signature(r) => lines.push(shown(r)),
            Block::List { items, .. } => lines.extend(items.iter().map(|i| shown(i))),
            Block::Table(t) => {
                let header = t.has_header().then_some(&t.header).into_iter();
                lines.extend(header.chain(&t.rows).flatten().map(|c| shown(c)).filter(|c| !c.is_empty()));
            }
            Block::PageBreak => {}
        }
    }
    lines.join("\n")
}

/// The labels of its blanks, each once, in reading order.
pub fn blanks(blocks: &[Block]) -> Vec<&str> {
    let mut labels = Vec::new();
    for run in blocks.iter().flat_map(Block::runs) {
        if let Run::Blank(label) = run
            && !labels.contains(&label.as_str())
        {
            labels.push(label);
        }
    }
    labels
}
