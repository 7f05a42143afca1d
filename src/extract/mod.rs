//! Stages 1 and 2 of reading: the bytes of a file → pages of positioned words.
//!
//! A PDF page with a usable text layer is read from it ([`digital`]); any other page becomes an image ([`raster`],
//! [`decode`]), is laid flat ([`flatten`], [`bend`]), turned upright and deskewed ([`orient`], [`prepare`]), freed of
//! what is no print ([`reversed`], [`screens`], [`shine_through`]), its lines of text are found ([`segment`]) and
//! recognised ([`recognize`], [`ppocr`], [`tesseract`]). Text that another program's recognition laid under the image is
//! heard as a witness ([`second_opinion`]). Recognised pages are kept on disk ([`cache`]). Single cells can be looked at
//! again ([`second_look`]).

mod assemble;
mod beam;
mod bend;
mod bounds;
mod cache;
mod ctc;
mod decode;
mod digital;
mod dither;
mod engine;
mod fax;
mod flatten;
mod frame;
mod ink;
mod layer;
mod orient;
mod original;
mod paper;
mod ppocr;
mod prepare;
mod raster;
mod recognize;
mod reversed;
mod screens;
mod second_look;
mod second_opinion;
mod segment;
mod sheet_edges;
mod shine_through;
mod specks;
mod stains;
mod struck;
mod tesseract;
mod words;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use billproof_parsers::page_text::{DocumentText, PageText, TextSource};
use hayro_interpret::InterpreterCache;
use hayro_interpret::kurbo::Affine;
use hayro_syntax::Pdf;
use image::RgbImage;

use crate::file_kind::FileKind;

use crate::record::TextOrigin;
use cache::OcrCache;
use engine::Engine;
use layer::TextLayer;
pub use original::{StoredPage, StoredPixels};
use prepare::Sheet;
use raster::PageRaster;
pub use second_look::{Alphabet, Look, Seen};

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
    /// There is no such page.
    #[error("the file has no page {0}")]
    NoSuchPage(u32),
    /// Nothing can be read because no text recognition is installed.
    #[error("the file is a scan, and no text recognition is installed: run ./setup ({0})")]
    NoEngine(String),
    /// No page could be read.
    #[error("no page could be read: page {}: {}", .0.page, .0.message)]
    NoPage(PageProblem),
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
    /// Time for recognising one page.
    pub time_per_page: Duration,
    /// Where `./setup` has put the recognition models.
    pub models: Option<PathBuf>,
    /// Where recognised pages are kept; `None` keeps none.
    pub cache: Option<PathBuf>,
}

impl Default for ExtractOptions {
    /// Bounds for honest files, the user's own folders for models and cache.
    fn default() -> Self {
        Self {
            most_bytes: 512 << 20,
            most_pages: 2_000,
            time_per_file: Duration::from_hours(1),
            time_per_page: Duration::from_mins(4),
            models: engine::models_folder(),
            cache: engine::cache_folder(),
        }
    }
}

/// Reads files; made once per run and shared by its threads.
#[derive(Debug)]
pub struct Extractor {
    options: ExtractOptions,
    engine: Engine,
    cache: Option<OcrCache>,
}

impl Extractor {
    /// An extractor with these bounds. Models are loaded when the first scan is met.
    pub fn new(options: ExtractOptions) -> Self {
        let engine = Engine::new(options.models.clone());
        let cache = options.cache.clone().map(OcrCache::new);
        Self { options, engine, cache }
    }

    /// The words of a file of the given kind.
    pub fn extract(&self, kind: FileKind, bytes: &[u8]) -> Result<Extraction, ExtractError> {
        if bytes.len() > self.options.most_bytes {
            return Err(ExtractError::TooLarge(format!("{} MiB", bytes.len() >> 20)));
        }
        let mut job = Job { extractor: self, bytes, started: Instant::now(), key: None, out: Pages::default() };
        match kind {
            FileKind::Pdf => job.read_pdf()?,
            FileKind::Jpeg | FileKind::Png | FileKind::Tiff => job.read_images(kind),
            _ => return Err(ExtractError::Damaged("it has no pages".to_owned())),
        }
        job.out.finish()
    }

    /// A page as it lies in the file, for pictures beside the evidence; boxes on the page are in its frame.
    ///
    /// `page` counts from 1; the image has `dpi` pixels per inch.
    pub fn page_image(&self, kind: FileKind, bytes: &[u8], page: u32, dpi: f32) -> Result<RgbImage, ExtractError> {
        if kind == FileKind::Pdf {
            let pdf = open_pdf(bytes)?;
            let pages = pdf.pages();
            let found = (page as usize).checked_sub(1).and_then(|i| pages.get(i)).ok_or(ExtractError::NoSuchPage(page))?;
            return catch_unwind(AssertUnwindSafe(|| raster::render(found, dpi)))
                .map_err(|_| ExtractError::Damaged(format!("page {page} cannot be drawn")));
        }
        let mut out = Err(ExtractError::NoSuchPage(page));
        decode::each_page(kind, bytes, |number, image| {
            if number == page {
                out = image.map_err(ExtractError::Damaged).map(|image| raster::at_dpi(&image, dpi));
            }
            number < page
        });
        out
    }

    /// The pages of an image file as they are stored, for copies of it.
    pub fn stored_pages(&self, kind: FileKind, bytes: &[u8]) -> Result<Vec<StoredPage>, ExtractError> {
        catch_unwind(AssertUnwindSafe(|| original::stored_pages(kind, bytes)))
            .unwrap_or_else(|_| Err("the image could not be decoded".to_owned()))
            .map_err(ExtractError::Damaged)
    }

    /// For each page of a PDF the transform from its own coordinates to the page as it is displayed (points, y
    /// downwards), which is the frame of every box on it.
    pub fn page_frames(&self, bytes: &[u8]) -> Result<Vec<Affine>, ExtractError> {
        Ok(original::page_frames(&open_pdf(bytes)?))
    }

    /// What is in place for reading scans, as name and state: for `billproof doctor`.
    pub fn doctor(&self) -> Vec<(String, String)> {
        let mut facts = self.engine.facts();
        facts.push(match &self.cache {
            Some(cache) => {
                let (pages, size) = cache.size();
                ("recognition cache".to_owned(), format!("{} ({pages} pages, {} MiB)", cache.folder().display(), size >> 20))
            }
            None => ("recognition cache".to_owned(), "off".to_owned()),
        });
        facts
    }
}

/// The work on one file.
struct Job<'a> {
    extractor: &'a Extractor,
    bytes: &'a [u8],
    started: Instant,
    key: Option<cache::FileKey>,
    out: Pages,
}

impl Job<'_> {
    fn read_pdf(&mut self) -> Result<(), ExtractError> {
        let pdf = open_pdf(self.bytes)?;
        let pages = pdf.pages();
        if pages.is_empty() {
            return Err(ExtractError::Damaged("it has no pages".to_owned()));
        }
        let cache = InterpreterCache::new();
        for (index, page) in pages.iter().enumerate() {
            let number = index as u32 + 1;
            if !self.may_go_on(number) {
                break;
            }
            match digital::read_page(page, number, &cache) {
                Some(_) if has_lost_content(page) => {
                    self.out.problem(number, "the page's content is missing from the file".to_owned());
                }
                Some(read) => match read.layer {
                    TextLayer::Usable | TextLayer::Empty => self.out.read.push(read.text),
                    TextLayer::Unusable(_) => self.recognize(number, Some(&read.text), || {
                        catch_unwind(AssertUnwindSafe(|| raster::pdf_page(page, &cache)))
                            .unwrap_or_else(|_| Err("the page cannot be drawn".to_owned()))
                    }),
                },
                None => self.out.problem(number, "the page's content could not be interpreted".to_owned()),
            }
        }
        Ok(())
    }

    fn read_images(&mut self, kind: FileKind) {
        let bytes = self.bytes;
        let guarded = catch_unwind(AssertUnwindSafe(|| {
            decode::each_page(kind, bytes, |number, page| {
                if !self.may_go_on(number) {
                    return false;
                }
                self.recognize(number, None, || page);
                true
            });
        }));
        if guarded.is_err() {
            let page = self.out.read.len() as u32 + 1;
            self.out.problem(page, "the image could not be decoded".to_owned());
        }
    }

    /// Whether the bounds allow another page; notes why not.
    fn may_go_on(&mut self, number: u32) -> bool {
        let options = &self.extractor.options;
        if number as usize > options.most_pages {
            self.out.problem(number, format!("only the first {} pages are read", options.most_pages));
            return false;
        }
        if self.started.elapsed() > options.time_per_file {
            self.out.problem(number, "the time for one file ran out before this page".to_owned());
            return false;
        }
        true
    }

    /// Reads a page from its image, or takes it from the cache, and hears the text `under` the image.
    ///
    /// What is kept in the cache was read from the image alone.
    fn recognize(&mut self, number: u32, under: Option<&PageText>, image: impl FnOnce() -> Result<PageRaster, String>) {
        let recognizer = match self.extractor.engine.recognizer() {
            Ok(recognizer) => recognizer,
            Err(why) => {
                self.out.no_engine = Some(why.clone());
                self.out
                    .problem(number, format!("the page is a scan, and no text recognition is installed: run ./setup ({why})"));
                return;
            }
        };
        let key = self.key.get_or_insert_with(|| OcrCache::key(self.bytes, &recognizer.id())).clone();
        if let Some(page) = self.extractor.cache.as_ref().and_then(|cache| cache.get(&key, number)) {
            self.out.read.push(second_opinion::heard(page, under));
            return;
        }
        let deadline = Instant::now() + self.extractor.options.time_per_page;
        let mut damage = None;
        let read = image().and_then(|raster| {
            damage.clone_from(&raster.damage);
            catch_unwind(AssertUnwindSafe(|| recognize::read_sheet(recognizer, &Sheet::new(raster), number, deadline)))
                .unwrap_or_else(|_| Err("recognising the page failed".to_owned()))
        });
        match read {
            Ok(page) => {
                match (damage, &self.extractor.cache) {
                    // A damaged page is read again next time, so that its damage is told again.
                    (Some(damage), _) => self.out.problem(number, damage),
                    (None, Some(cache)) => cache.put(&key, number, &page),
                    (None, None) => {}
                }
                self.out.read.push(second_opinion::heard(page, under));
            }
            Err(message) => self.out.problem(number, message),
        }
    }
}

/// Whether a page states contents that the file does not hold, or no longer.
fn has_lost_content(page: &hayro_syntax::page::Page<'_>) -> bool {
    page.raw().contains_key(b"Contents".as_slice()) && page.page_stream().is_none()
}

/// Pages read so far.
#[derive(Default)]
struct Pages {
    read: Vec<PageText>,
    problems: Vec<PageProblem>,
    no_engine: Option<String>,
}

impl Pages {
    fn problem(&mut self, page: u32, message: String) {
        self.problems.push(PageProblem { page, message });
    }

    fn finish(self) -> Result<Extraction, ExtractError> {
        if self.read.is_empty() {
            return Err(match (self.no_engine, self.problems.into_iter().next()) {
                (Some(why), _) => ExtractError::NoEngine(why),
                (None, Some(problem)) => ExtractError::NoPage(problem),
                (None, None) => ExtractError::Damaged("it has no pages".to_owned()),
            });
        }
        let has = |source| self.read.iter().any(|p| p.source == source && !p.words.is_empty());
        let origin = match (has(TextSource::Digital), has(TextSource::Ocr)) {
            (true, true) => TextOrigin::Mixed,
            (false, true) => TextOrigin::Ocr,
            (false, false) if self.read.iter().any(|p| p.source == TextSource::Ocr) => TextOrigin::Ocr,
            (_, false) => TextOrigin::Digital,
        };
        Ok(Extraction { text: DocumentText { pages: self.read }, origin, problems: self.problems })
    }
}

fn open_pdf(bytes: &[u8]) -> Result<Pdf, ExtractError> {
    use hayro_syntax::LoadPdfError;
    if bounds::has_bomb(bytes) {
        return Err(ExtractError::TooLarge("one of its streams inflates beyond all bounds".to_owned()));
    }
    let open = |bytes: Vec<u8>| catch_unwind(AssertUnwindSafe(|| Pdf::new(Arc::new(bytes))));
    match open(bytes.to_vec()) {
        Ok(Ok(pdf)) if !pdf.pages().is_empty() => return Ok(pdf),
        Ok(Err(LoadPdfError::Decryption(_))) => return Err(ExtractError::Locked),
        _ => {}
    }
    match written_anew(bytes).map(open) {
        Some(Ok(Ok(pdf))) => Ok(pdf),
        _ => Err(ExtractError::Damaged("it has no readable PDF structure".to_owned())),
    }
}

/// The file as a second reader understands it, written anew: what one reader cannot open another may.
fn written_anew(bytes: &[u8]) -> Option<Vec<u8>> {
    catch_unwind(AssertUnwindSafe(|| {
        let mut document = lopdf::Document::load_mem(bytes).ok()?;
        let mut out = Vec::new();
        document.save_to(&mut out).ok()?;
        Some(out)
    }))
    .ok()?
}

#[cfg(test)]
mod image_tests;
#[cfg(test)]
mod tests;
