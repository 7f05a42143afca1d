//! Copies of one file that show what was read from it: a searchable PDF, and pictures of its pages.

use std::path::Path;

use billproof_parsers::page_text::PageText;

use super::AuditError;
use super::files::{extractor, read_one};
use crate::discover::{SourceFile, discover};
use crate::export::overlay;
use crate::export::searchable::{self, CopyError};
use crate::extract::{ExtractError, Extractor};
use crate::file_kind::FileKind;
use crate::reader_files::ReaderOptions;
use crate::reading::{Limits, Reading};
use crate::record::{Document, Status};

/// Why no copy can be made.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// The file cannot be found or opened.
    #[error(transparent)]
    Read(#[from] AuditError),
    /// Its bytes cannot be read.
    #[error("cannot read {0}: {1}")]
    Bytes(String, std::io::Error),
    /// There is nothing to show.
    #[error("{0}: {1}")]
    Unreadable(String, String),
    /// A page cannot be drawn, or there is none of that number.
    #[error(transparent)]
    Page(#[from] ExtractError),
    /// The PDF.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// The picture.
    #[error("the picture cannot be written: {0}")]
    Picture(#[from] image::ImageError),
    /// The legend.
    #[error("the legend cannot be drawn: {0}")]
    Legend(#[from] lopdf::Error),
}

/// A file, read, with what copies of it are made from.
struct Opened {
    readings: Vec<Reading>,
    kind: FileKind,
    bytes: Vec<u8>,
    extractor: Extractor,
}

impl Opened {
    fn new(path: &Path, cache: bool, reader: &ReaderOptions) -> Result<Self, ShowError> {
        let shown = || path.display().to_string();
        let found = discover(&[path.to_owned()], None).map_err(AuditError::from)?;
        let Some(SourceFile { kind: Ok(kind), location, .. }) = found.files.into_iter().next() else {
            return Err(ShowError::Unreadable(shown(), "its content is no PDF, JPEG, PNG or TIFF".to_owned()));
        };
        let limits = Limits::default();
        let bytes = location.read(limits.bytes).map_err(|e| ShowError::Bytes(shown(), e))?;
        let readings = read_one(path, cache, reader)?;
        // A file without any page is broken; one without words is a blank sheet and is shown as that.
        if let [Reading { document: Document { status: Status::Failed, message, .. }, text, .. }] = &readings[..]
            && text.pages.is_empty()
        {
            return Err(ShowError::Unreadable(shown(), message.clone()));
        }
        Ok(Self { readings, kind, bytes, extractor: extractor(limits, cache) })
    }

    fn pages(&self) -> Vec<&PageText> {
        self.readings.iter().flat_map(|r| &r.text.pages).collect()
    }
}

/// The bytes of a PDF that shows the file's pages and holds the text that was recognised on them.
pub fn searchable_copy(path: &Path, cache: bool) -> Result<Vec<u8>, ShowError> {
    let file = Opened::new(path, cache, &ReaderOptions::default())?;
    if file.kind == FileKind::Pdf {
        let frames = file.extractor.page_frames(&file.bytes)?;
        return Ok(searchable::of_pdf(&file.bytes, &frames, &file.pages())?);
    }
    let stored = file.extractor.stored_pages(file.kind, &file.bytes)?;
    Ok(searchable::of_images(&stored, &file.pages())?)
}

/// Which pictures, and how.
#[derive(Debug, Clone, Copy)]
pub struct PictureOptions {
    /// Page from 1; all pages if `None`.
    pub page: Option<u32>,
    /// Pixels per inch.
    pub dpi: f32,
    /// Whether the boxes of words and rows are drawn, with a legend below the page.
    pub overlay: bool,
    /// Whether recognised pages are taken from the cache and put into it.
    pub cache: bool,
}

/// Makes a picture of each page that is asked for; `each` gets its number and the bytes of a PNG file.
pub fn page_pictures<E: From<ShowError>>(
    path: &Path,
    options: PictureOptions,
    reader: &ReaderOptions,
    mut each: impl FnMut(u32, &[u8]) -> Result<(), E>,
) -> Result<(), E> {
    let file = Opened::new(path, options.cache, reader)?;
    let numbers = match options.page {
        Some(page) => vec![page],
        None => file.pages().iter().map(|p| p.number).collect(),
    };
    for number in numbers {
        each(number, &picture(&file, number, options)?)?;
    }
    Ok(())
}

fn picture(file: &Opened, number: u32, options: PictureOptions) -> Result<Vec<u8>, ShowError> {
    let dpi = options.dpi;
    let mut picture = file.extractor.page_image(file.kind, &file.bytes, number, dpi)?;
    if options.overlay {
        if let Some(page) = file.pages().into_iter().find(|p| p.number == number) {
            overlay::draw(&mut picture, dpi, page, file.readings.iter().map(|r| &r.document));
        }
        let legend = overlay::legend(picture.width() as f32 * 72.0 / dpi)?;
        let legend = file.extractor.page_image(FileKind::Pdf, &legend, 1, dpi)?;
        picture = overlay::stacked(&picture, &legend);
    }
    Ok(overlay::png(&picture)?)
}
