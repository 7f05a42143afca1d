//! The evidence report of a finished audit: which pages of which files are needed, drawn on all cores, then the pages.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use image::RgbImage;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::files::extractor;
use crate::discover::{DiscoverError, Location};
use crate::export::run_json::RunReport;
use crate::extract::Extractor;
use crate::file_kind::FileKind;
use crate::finished::{self, CasePapers, FinishedError};
use crate::reading::Limits;
use crate::record::{BBox, TextOrigin};
use crate::report::case_page::{self, Drawn, Picture, Pictures};
use crate::report::file_names::{self, INDEX, PICTURES};
use crate::report::folder::{FolderError, NewReport};
use crate::report::index_page;
use crate::report::picture::{self, DPI};
use crate::report::place::{self, Frame, Place};
use crate::report::template::Templates;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The audit cannot be read back.
    #[error(transparent)]
    Finished(#[from] FinishedError),
    /// The folder where its papers are said to lie.
    #[error(transparent)]
    Papers(#[from] DiscoverError),
    /// The report's own folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A page cannot be set: a fault of billproof's own.
    #[error("a page of the report cannot be set: {0:#}")]
    Template(#[from] minijinja::Error),
    /// The threads of the run.
    #[error("cannot start the threads of the run: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// How many pages and pictures a report has, and how many are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportCounts {
    /// Pages of cases.
    pub cases: usize,
    /// Pictures that were made.
    pub pictures: usize,
    /// Pictures that could not be made; their pages say why.
    pub missing: usize,
}

/// Builds the report of the audit in a folder anew. The papers are looked for where they lay, or in `papers`.
pub fn report(out: &Path, papers: &[PathBuf], jobs: NonZeroUsize) -> Result<ReportCounts, ReportError> {
    let cases = finished::read(out)?;
    let run = finished::run_report(out)?;
    let asked = RunReport { inputs: papers.iter().map(|p| p.display().to_string()).collect(), ..run.clone() };
    let locations = if papers.is_empty() {
        // An input that has gone altogether is no reason to have no report.
        finished::locations(&run).unwrap_or_default()
    } else {
        let here = RunReport { working_dir: super::report::working_dir(), ..asked };
        finished::locations(&here)?
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(jobs.get()).build()?;
    pool.install(|| write(out, &cases, &run, &locations))
}

/// Writes the report of these cases.
pub(super) fn write(
    out: &Path,
    cases: &[CasePapers],
    run: &RunReport,
    locations: &HashMap<String, Location>,
) -> Result<ReportCounts, ReportError> {
    let folder = NewReport::begin(out)?;
    let templates = Templates::new()?;
    let places: Vec<Vec<Vec<Place>>> =
        cases.par_iter().map(|c| c.judged.findings.iter().map(|f| place::of_finding(c, f)).collect()).collect();
    let wanted = wanted(cases, &places);
    let extractor = extractor(Limits::default(), false);
    let drawn: Vec<Vec<(String, Picture)>> = wanted
        .into_par_iter()
        .map(|(file, wanted)| draw(&file, &wanted, locations.get(&file), &extractor, &folder))
        .collect::<Result<_, _>>()?;
    let pictures: Pictures = drawn.into_iter().flatten().collect();
    cases.par_iter().zip(&places).try_for_each(|(case, places)| {
        let page = templates.page("case.html", &case_page::of(case, places, &pictures))?;
        folder.write(&file_names::case_page(&case.judged.summary.case_id), page.as_bytes()).map_err(ReportError::from)
    })?;
    let index = templates.page("index.html", &index_page::of(cases, run))?;
    folder.write(INDEX, index.as_bytes())?;
    folder.finish()?;
    let made = pictures.values().filter(|p| p.is_ok()).count();
    Ok(ReportCounts { cases: cases.len(), pictures: made, missing: pictures.len() - made })
}

/// What is to be drawn of one file.
#[derive(Default)]
struct Wanted {
    sha256: String,
    is_stated: bool,
    is_scan: bool,
    pages: BTreeMap<u32, PageWanted>,
}

/// What is to be drawn of one page.
#[derive(Default)]
struct PageWanted {
    marks: Vec<BBox>,
    cuts: BTreeMap<String, Cut>,
}

/// One cut: several findings may show the same.
struct Cut {
    marks: Vec<BBox>,
    frame: Option<Frame>,
}

/// What is to be drawn, by file.
fn wanted(cases: &[CasePapers], places: &[Vec<Vec<Place>>]) -> BTreeMap<String, Wanted> {
    let mut out: BTreeMap<String, Wanted> = BTreeMap::new();
    for (case, places) in cases.iter().zip(places) {
        for place in places.iter().flatten() {
            let Some(document) = case.document(&place.path) else { continue };
            let file = out.entry(finished::file_of(&place.path).0.to_owned()).or_default();
            file.sha256.clone_from(&document.sha256);
            file.is_stated = document.text_source == Some(TextOrigin::Structured);
            file.is_scan |= matches!(document.text_source, Some(TextOrigin::Ocr | TextOrigin::Mixed));
            let page = file.pages.entry(place.page).or_default();
            for mark in &place.marks {
                if !page.marks.contains(mark) {
                    page.marks.push(*mark);
                }
            }
            page.cuts.entry(place.picture.clone()).or_insert_with(|| Cut { marks: place.marks.clone(), frame: place.frame });
        }
    }
    out
}

/// Draws what is wanted of one file, page by page. A picture that cannot be drawn is told; one that cannot be written is an
/// error.
fn draw(
    file: &str,
    wanted: &Wanted,
    location: Option<&Location>,
    extractor: &Extractor,
    folder: &NewReport,
) -> Result<Vec<(String, Picture)>, FolderError> {
    let mut out = Vec::new();
    let opened = open(wanted, location);
    for (number, page) in &wanted.pages {
        let whole = file_names::page_picture(file, *number);
        let names = || page.cuts.keys().cloned().chain([whole.clone()]);
        let image = opened.as_ref().map_err(ToString::to_string).and_then(|(kind, bytes)| {
            catch_unwind(AssertUnwindSafe(|| extractor.page_image(*kind, bytes, *number, DPI)))
                .map_err(|_| "the page cannot be drawn".to_owned())?
                .map_err(|e| e.to_string())
        });
        match image {
            Ok(mut image) => {
                for (name, cut) in &page.cuts {
                    let picture = picture::cut(&image, DPI, &cut.marks, cut.frame.as_ref());
                    out.push((name.clone(), store(folder, name, &picture, wanted.is_scan)?));
                }
                picture::mark(&mut image, DPI, &page.marks);
                out.push((whole.clone(), store(folder, &whole, &image, wanted.is_scan)?));
            }
            Err(why) => out.extend(names().map(|name| (name, Err(why.clone())))),
        }
    }
    Ok(out)
}

/// The bytes of a file as it was when it was audited.
fn open(wanted: &Wanted, location: Option<&Location>) -> Result<(FileKind, Vec<u8>), String> {
    if wanted.is_stated {
        return Err("this is an electronic record without pages".to_owned());
    }
    if wanted.sha256.is_empty() {
        // A picture shows the names that a redacted audit leaves out.
        return Err("the audit was redacted".to_owned());
    }
    let location = location.ok_or("the file is no longer where it was audited")?;
    let bytes = location.read(Limits::default().bytes).map_err(|e| format!("the file cannot be opened: {e}"))?;
    let hash = Sha256::digest(&bytes).iter().fold(String::with_capacity(64), |mut out, b| {
        use std::fmt::Write as _;
        // Writing to a string does not fail.
        let _ = write!(out, "{b:02x}");
        out
    });
    if hash != wanted.sha256 {
        return Err("the file has changed since it was audited".to_owned());
    }
    let kind = FileKind::sniff(&bytes).filter(|k| !k.is_structured());
    Ok((kind.ok_or("the file has no pages that can be drawn")?, bytes))
}

fn store(folder: &NewReport, name: &str, image: &RgbImage, is_scan: bool) -> Result<Picture, FolderError> {
    let (extension, bytes) = match picture::encoded(image, is_scan) {
        Ok(encoded) => encoded,
        Err(e) => return Ok(Err(format!("the picture cannot be made: {e}"))),
    };
    let file = format!("{PICTURES}/{name}.{extension}");
    folder.write(&file, &bytes)?;
    Ok(Ok(Drawn { file, width: image.width(), height: image.height() }))
}
