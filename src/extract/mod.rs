//! Stage 1 and 2 of reading: the bytes of a file → pages of positioned words.

mod digital;
mod frame;
mod layer;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use billproof_parsers::page_text::{DocumentText, PageText, TextSource};
use hayro_interpret::InterpreterCache;
use hayro_syntax::Pdf;

pub use crate::file_kind::FileKind;

use crate::record::TextOrigin;
use layer::TextLayer;

/// What a file says, and what of it could not be read.
#[derive(Debug, Clone)]
pub struct Extraction {
    /// The words, page by page.
    pub text: DocumentText,
    /// Where they come from.
    pub origin: TextOrigin,
    /// Pages that could not be read, or only in part.
    pub problems: Vec<PageProblem>,
}

/// Something that went wrong on one page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageProblem {
    /// Page number within the file, from 1.
    pub page: u32,
    /// What went wrong, in a form that a reader of the report understands.
    pub message: String,
}

/// Why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExtractError {
    /// The file is encrypted, and not with an empty password.
    #[error("the file needs a password")]
    Locked,
    /// The file is not what its content claims, or too damaged.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// The file is larger than the bounds allow.
    #[error("the file is too large: {0}")]
    TooLarge(String),
}

/// Bounds and places that an [`Extractor`] works with.
#[derive(Debug, Clone)]
pub struct ExtractOptions {
    /// Bytes of one file.
    pub most_bytes: usize,
    /// Pages of one file.
    pub most_pages: usize,
    /// Time for one file; looked at between pages.
    pub time_per_file: Duration,
}

impl Default for ExtractOptions {
    fn default() -> Self {
        Self { most_bytes: 512 << 20, most_pages: 2_000, time_per_file: Duration::from_secs(600) }
    }
}

/// Reads files; made once per run and shared by its threads.
#[derive(Debug)]
pub struct Extractor {
    options: ExtractOptions,
}

impl Extractor {
    /// An extractor with these bounds.
    pub fn new(options: ExtractOptions) -> Self {
        Self { options }
    }

    /// The words of a file of the given kind.
    pub fn extract(&self, kind: FileKind, bytes: &[u8]) -> Result<Extraction, ExtractError> {
        if bytes.len() > self.options.most_bytes {
            return Err(ExtractError::TooLarge(format!("{} MiB", bytes.len() >> 20)));
        }
        match kind {
            FileKind::Pdf => self.extract_pdf(bytes),
            FileKind::Jpeg | FileKind::Png | FileKind::Tiff => Err(ExtractError::Damaged("images are not read yet".to_owned())),
        }
    }

    fn extract_pdf(&self, bytes: &[u8]) -> Result<Extraction, ExtractError> {
        let started = Instant::now();
        let pdf = open_pdf(bytes)?;
        let pages = pdf.pages();
        if pages.is_empty() {
            return Err(ExtractError::Damaged("it has no pages".to_owned()));
        }
        let cache = InterpreterCache::new();
        let mut out = Pages::default();
        for (index, page) in pages.iter().enumerate() {
            let number = index as u32 + 1;
            if index >= self.options.most_pages {
                out.problem(number, format!("only the first {} pages are read", self.options.most_pages));
                break;
            }
            if started.elapsed() > self.options.time_per_file {
                out.problem(number, "the time for one file ran out before this page".to_owned());
                break;
            }
            match digital::read_page(page, number, &cache) {
                Some(read) => match read.layer {
                    TextLayer::Usable | TextLayer::Empty => out.pages.push(read.text),
                    TextLayer::Unusable(_) => out.problem(number, "the page is an image; it needs text recognition".to_owned()),
                },
                None => out.problem(number, "the page's content could not be interpreted".to_owned()),
            }
        }
        Ok(out.finish())
    }
}

/// Pages read so far.
#[derive(Default)]
struct Pages {
    pages: Vec<PageText>,
    problems: Vec<PageProblem>,
}

impl Pages {
    fn problem(&mut self, page: u32, message: String) {
        self.problems.push(PageProblem { page, message });
    }

    fn finish(self) -> Extraction {
        let has = |source| self.pages.iter().any(|p| p.source == source && !p.words.is_empty());
        let origin = match (has(TextSource::Digital), has(TextSource::Ocr)) {
            (true, true) => TextOrigin::Mixed,
            (false, true) => TextOrigin::Ocr,
            _ => TextOrigin::Digital,
        };
        Extraction { text: DocumentText { pages: self.pages }, origin, problems: self.problems }
    }
}

fn open_pdf(bytes: &[u8]) -> Result<Pdf, ExtractError> {
    use hayro_syntax::LoadPdfError;
    let data: Arc<Vec<u8>> = Arc::new(bytes.to_vec());
    match catch_unwind(AssertUnwindSafe(|| Pdf::new(data))) {
        Ok(Ok(pdf)) => Ok(pdf),
        Ok(Err(LoadPdfError::Decryption(_))) => Err(ExtractError::Locked),
        Ok(Err(LoadPdfError::Invalid)) => Err(ExtractError::Damaged("it has no readable PDF structure".to_owned())),
        Err(_) => Err(ExtractError::Damaged("its PDF structure could not be read".to_owned())),
    }
}
