//! One file → its documents, whatever the file is: bounded in size and time, its panics caught.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use billproof_parsers::Reader;
use billproof_parsers::page_text::{DocumentText, TextSource};
use billproof_parsers::split::split;
use billproof_parsers::statement::Statement;
use sha2::{Digest, Sha256};

use crate::discover::Location;
use crate::doubts;
use crate::extract::{Extraction, Extractor, PageProblem};
use crate::file_kind::FileKind;
use crate::normalize::{normalize, normalize_stated};
use crate::record::{Document, Status, TextOrigin};
use crate::structured;

/// Name of the threads in which files are read; what panics in them becomes a failed row.
pub const READER_THREAD: &str = "billproof-file";

/// Deeply nested objects are read by recursion, and an exhausted stack cannot be caught as a panic can. The memory is
/// only reserved, and taken as the stack grows.
const READER_STACK: usize = 256 << 20;

/// What the reader may take beyond the extractor's own bound, which is looked at between pages only.
const GRACE: Duration = Duration::from_mins(1);

/// A message lists so many bad pages and counts the others.
const PROBLEMS_LISTED: usize = 10;

/// Bounds for one file.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes.
    pub bytes: u64,
    /// Time spent on it.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 512 << 20, time: Duration::from_hours(1) }
    }
}

/// What files are read with, the same for all files of a run.
#[derive(Debug)]
pub struct Tools {
    /// Bytes → words.
    pub extractor: Extractor,
    /// Words → statement.
    pub reader: Reader,
}

/// A document, the words it was read from, and the time it took.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What was read.
    pub document: Document,
    /// Its words; none of a file that could not be opened.
    pub text: DocumentText,
    /// Time from bytes to words.
    pub extract: Duration,
    /// Time from words to record.
    pub parse: Duration,
}

impl Reading {
    /// A file that could not be read, and why.
    pub fn failed(path: &str, message: impl Into<String>) -> Self {
        let document = Document::failed(path, message);
        Self { document, text: DocumentText::default(), extract: Duration::ZERO, parse: Duration::ZERO }
    }
}

/// SHA-256 of a file's bytes, lower-case hex.
pub fn sha256_of(location: &Location) -> io::Result<String> {
    let mut hash = Sha256::new();
    if location.is_member() {
        hash.update(location.read(Limits::default().bytes)?);
        return Ok(hex(&hash.finalize()));
    }
    let mut file = File::open(location.file())?;
    let mut chunk = vec![0; 1 << 16];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(n) => hash.update(&chunk[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, b| {
        // Writing to a string does not fail.
        let _ = write!(text, "{b:02x}");
        text
    })
}

/// Reads a file in a thread of its own, so that one that neither returns nor fails holds nothing up but itself. One
/// reading for each document in it, never none.
pub fn read_file(path: &str, location: &Location, kind: FileKind, tools: &Arc<Tools>, limits: Limits) -> Vec<Reading> {
    let (send, receive) = mpsc::sync_channel(1);
    let job = {
        let (path, location, tools) = (path.to_owned(), location.clone(), Arc::clone(tools));
        move || {
            let readings = panic::catch_unwind(AssertUnwindSafe(|| match location.read(limits.bytes) {
                Ok(bytes) => parse_documents(&path, kind, &bytes, &tools),
                Err(error) => vec![Reading::failed(&path, format!("cannot be read: {error}"))],
            }));
            let broke = |_| vec![Reading::failed(&path, "cannot be read: its content broke the reader")];
            let _ = send.send(readings.unwrap_or_else(broke));
        }
    };
    let spawned = thread::Builder::new().name(READER_THREAD.to_owned()).stack_size(READER_STACK).spawn(job);
    if let Err(error) = spawned {
        return vec![Reading::failed(path, format!("cannot be read: no thread for it: {error}"))];
    }
    receive
        .recv_timeout(limits.time.saturating_add(GRACE))
        .unwrap_or_else(|_| vec![Reading::failed(path, format!("cannot be read within {} s", limits.time.as_secs()))])
}

/// The bytes of a file → its documents: the first of the two functions that carry everything.
///
/// It depends on its arguments alone, and knows nothing of threads or folders. `path` is what the file is called, and the
/// document too where the file holds a single one; of several each has its pages behind it (`file.pdf#p3-5`). There is
/// always at least one reading.
pub fn parse_documents(path: &str, kind: FileKind, bytes: &[u8], tools: &Tools) -> Vec<Reading> {
    if kind.is_structured() {
        return stated_documents(path, kind, bytes);
    }
    let started = Instant::now();
    let extracted = tools.extractor.extract(kind, bytes);
    let extract = started.elapsed();
    let source = Source { kind, bytes, tools };
    let extraction = match extracted {
        Ok(extraction) => extraction,
        Err(error) => {
            return vec![Reading { extract, ..Reading::failed(path, error.to_string()) }];
        }
    };
    let started = Instant::now();
    let parts = split(&extraction.text);
    let mut readings: Vec<Reading> = if parts.len() < 2 {
        vec![reading_of(path.to_owned(), 1, extraction, &source)]
    } else {
        let named = |part: &RangeInclusive<u32>| format!("{path}#p{}-{}", part.start(), part.end());
        let cut = cut(extraction, &parts);
        parts.iter().zip(cut).map(|(part, extraction)| reading_of(named(part), *part.start(), extraction, &source)).collect()
    };
    let others = readings.iter().skip(1).map(|r| r.parse).sum();
    if let Some(first) = readings.first_mut() {
        first.extract = extract;
        // What it took to find the parts is the first one's.
        first.parse = started.elapsed().saturating_sub(others);
    }
    readings
}

/// The documents of an electronic file, each a page of its own.
fn stated_documents(path: &str, kind: FileKind, bytes: &[u8]) -> Vec<Reading> {
    let started = Instant::now();
    let parts = match structured::read(kind, bytes) {
        Ok(parts) => parts,
        Err(error) => return vec![Reading::failed(path, error)],
    };
    let single = parts.len() == 1;
    let mut readings: Vec<Reading> = (1..)
        .zip(parts)
        .map(|(page, part)| {
            let document = normalize_stated(&part.statement, part.checks);
            let path = if single { path.to_owned() } else { format!("{path}#p{page}-{page}") };
            let document = Document { path, ..document };
            Reading { document, text: DocumentText::default(), extract: Duration::ZERO, parse: Duration::ZERO }
        })
        .collect();
    if let Some(first) = readings.first_mut() {
        first.parse = started.elapsed();
    }
    readings
}

/// Where the pages of a document come from, to look at their cells again.
struct Source<'a> {
    kind: FileKind,
    bytes: &'a [u8],
    tools: &'a Tools,
}

fn reading_of(path: String, first_page: u32, mut extraction: Extraction, source: &Source<'_>) -> Reading {
    let started = Instant::now();
    let document = Document { path, ..document_of(&mut extraction, first_page, source) };
    Reading { document, text: extraction.text, extract: Duration::ZERO, parse: started.elapsed() }
}

/// What was extracted, by documents. A page between them that could not be read is told with the one before it.
fn cut(extraction: Extraction, parts: &[RangeInclusive<u32>]) -> Vec<Extraction> {
    let home = |page: u32| parts.iter().rposition(|part| *part.start() <= page).unwrap_or(0);
    let mut cut: Vec<Extraction> = parts
        .iter()
        .map(|_| Extraction { text: DocumentText::default(), origin: extraction.origin, problems: Vec::new() })
        .collect();
    for page in extraction.text.pages {
        let at = home(page.number);
        if parts[at].contains(&page.number) {
            cut[at].text.pages.push(page);
        }
    }
    for problem in extraction.problems {
        cut[home(problem.page)].problems.push(problem);
    }
    for part in &mut cut {
        let has = |source| part.text.pages.iter().any(|p| p.source == source && !p.words.is_empty());
        part.origin = match (has(TextSource::Digital), has(TextSource::Ocr)) {
            (true, false) => TextOrigin::Digital,
            (false, true) => TextOrigin::Ocr,
            _ => part.origin,
        };
    }
    cut
}

/// Second looks at the doubtful cells of the scanned pages; what is seen goes into their words. Whether that changed any.
fn look_again(extraction: &mut Extraction, first: &Statement, source: &Source<'_>) -> bool {
    if extraction.text.pages.iter().all(|p| p.source != TextSource::Ocr || p.words.is_empty()) {
        return false;
    }
    let doubts = doubts::of(first, &extraction.text);
    let mut changed = false;
    for page in &mut extraction.text.pages {
        let Some(doubts) = doubts.get(&page.number) else { continue };
        let looks: Vec<_> = doubts.iter().map(|d| d.look).collect();
        let seen = source.tools.extractor.look_again(source.kind, source.bytes, page, &looks);
        let before = page.words.clone();
        doubts::settle(page, doubts, &seen);
        changed |= page.words != before;
    }
    changed
}

/// `first_page` is where the document begins in its file.
fn document_of(extraction: &mut Extraction, first_page: u32, source: &Source<'_>) -> Document {
    let last = extraction.problems.iter().map(|p| p.page).max().unwrap_or(0);
    let pages = extraction.text.pages.len().max((last + 1).saturating_sub(first_page) as usize);
    if extraction.text.pages.iter().all(|p| p.words.is_empty()) {
        let mut document = Document::failed("", no_text(pages, &extraction.problems));
        document.pages = pages as u32;
        return document;
    }
    let statement = statement_of(extraction, source);
    let mut document = normalize(&statement, &extraction.text);
    document.pages = pages as u32;
    document.text_source = Some(extraction.origin);
    if !extraction.problems.is_empty() {
        if document.status == Status::Ok {
            document.status = Status::Partial;
        }
        let unread = listed(&extraction.problems);
        document.message = if document.message.is_empty() { unread } else { format!("{unread}; {}", document.message) };
    }
    document
}

/// Stage 3: words → statement as printed. Words that a second look changed are parsed again, others once.
fn statement_of(extraction: &mut Extraction, source: &Source<'_>) -> Statement {
    let reader = &source.tools.reader;
    let first = reader.parse(&extraction.text);
    if look_again(extraction, &first, source) { reader.parse(&extraction.text) } else { first }
}

fn no_text(pages: usize, problems: &[PageProblem]) -> String {
    match problems {
        [] if pages == 1 => "no text on its page".to_owned(),
        [] => format!("no text on any of its {pages} pages"),
        problems => listed(problems),
    }
}

/// `page 2: …; page 5: …; and 3 more`.
fn listed(problems: &[PageProblem]) -> String {
    let shown = problems.iter().take(PROBLEMS_LISTED).map(|p| format!("page {}: {}", p.page, p.message));
    let more = problems.len().saturating_sub(PROBLEMS_LISTED);
    shown.chain((more > 0).then(|| format!("and {more} more"))).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_bad_pages_is_cut() {
        let problems: Vec<_> = (1..=12).map(|page| PageProblem { page, message: "unreadable".into() }).collect();
        let text = listed(&problems);
        assert!(text.starts_with("page 1: unreadable; page 2: "));
        assert!(text.ends_with("; and 2 more"));
    }

    #[test]
    fn a_file_beyond_the_bound_is_not_read() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [0; 100]).unwrap();
        let location = Location::from(file.path().to_owned());
        assert_eq!(location.read(100).unwrap().len(), 100);
        assert!(location.read(99).is_err());
        assert_eq!(&sha256_of(&location).unwrap()[..8], "cd00e292");
    }
}
