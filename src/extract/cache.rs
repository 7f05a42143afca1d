//! What was recognised once need not be recognised again: pages of words on disk, found by content.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use billproof_parsers::page_text::PageText;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::ppocr::hex;
use super::second_look::{Look, Seen};

/// Changes whenever the same bytes would lead to other words with the same engine.
const CACHE_VERSION: u32 = 2;
/// The cache is kept below this size, but for what is written between two looks at it.
const MOST_BYTES: u64 = 1 << 30;
/// The size is looked at when so many parts of it were written, and before the first of a run.
const LOOKS: u64 = 16;

/// A folder of recognised pages, one file each.
///
/// Files are written beside their place and renamed, so that several runs may share the folder.
#[derive(Debug)]
pub struct OcrCache {
    folder: PathBuf,
    most: u64,
    /// Bytes written since the size was last looked at.
    written: AtomicU64,
}

/// The key of a file's pages: its content and the engine.
#[derive(Debug, Clone)]
pub struct FileKey(String);

impl OcrCache {
    /// A cache in this folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self::bounded(folder, MOST_BYTES)
    }

    /// One of another size.
    fn bounded(folder: PathBuf, most: u64) -> Self {
        Self { folder, most, written: AtomicU64::new(most) }
    }

    /// The key of a file's pages as this engine reads them.
    pub fn key(bytes: &[u8], engine: &str) -> FileKey {
        let mut hash = Sha256::new();
        hash.update(CACHE_VERSION.to_le_bytes());
        hash.update(engine.as_bytes());
        hash.update([0]);
        hash.update(bytes);
        FileKey(hex(&hash.finalize()))
    }

    fn path(&self, key: &FileKey, page: u32) -> PathBuf {
        self.folder.join(&key.0[..2]).join(format!("{}-{page}.json", &key.0[2..]))
    }

    /// The words of a page, if they were recognised before.
    pub fn get(&self, key: &FileKey, page: u32) -> Option<PageText> {
        let bytes = fs::read(self.path(key, page)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps the words of a page. A cache that cannot be written is no error, only slow.
    pub fn put(&self, key: &FileKey, page: u32, text: &PageText) {
        if let Err(error) = self.write(&self.path(key, page), text) {
            tracing::debug!(folder = %self.folder.display(), %error, "the page was not kept in the cache");
        }
    }

    /// The second looks at a page and what was seen, if they were kept.
    pub fn looks(&self, key: &FileKey, page: u32) -> Option<(Vec<Look>, Vec<Seen>)> {
        let bytes = fs::read(self.path(key, page)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// Keeps the second looks at a page, in place of earlier ones.
    pub fn keep_looks(&self, key: &FileKey, page: u32, looks: &(Vec<Look>, Vec<Seen>)) {
        if let Err(error) = self.write(&self.path(key, page), looks) {
            tracing::debug!(folder = %self.folder.display(), %error, "second looks were not kept in the cache");
        }
    }

    fn write(&self, path: &Path, text: &impl Serialize) -> std::io::Result<()> {
        let parent = path.parent().unwrap_or(&self.folder);
        create_private(parent)?;
        let bytes = serde_json::to_vec(text)?;
        let size = bytes.len() as u64;
        if self.written.fetch_add(size, Ordering::Relaxed) + size > self.most / LOOKS {
            self.written.store(size, Ordering::Relaxed);
            trim(&self.folder, self.most);
        }
        let mut file = tempfile::NamedTempFile::new_in(parent)?;
        file.write_all(&bytes)?;
        file.persist(path)?;
        Ok(())
    }

    /// Number of pages kept and their size in bytes.
    pub fn size(&self) -> (usize, u64) {
        entries(&self.folder).iter().fold((0, 0), |(count, size), e| (count + 1, size + e.size))
    }

    /// Where the pages are kept.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Creates a folder that only its owner may look into: the words are patients' data.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

struct Entry {
    path: PathBuf,
    size: u64,
    used: SystemTime,
}

fn entries(folder: &Path) -> Vec<Entry> {
    walkdir::WalkDir::new(folder)
        .min_depth(2)
        .max_depth(2)
        .into_iter()
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            Some(Entry { path: entry.into_path(), size: meta.len(), used: meta.modified().ok()? })
        })
        .collect()
}

/// Removes the oldest pages until the folder is well below `most` bytes.
fn trim(folder: &Path, most: u64) {
    let mut all = entries(folder);
    let mut size: u64 = all.iter().map(|e| e.size).sum();
    if size <= most {
        return;
    }
    all.sort_by_key(|e| e.used);
    for entry in all {
        if size <= most / 4 * 3 {
            break;
        }
        if fs::remove_file(&entry.path).is_ok() {
            size -= entry.size;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::{BBox, TextSource, Word};

    fn page() -> PageText {
        PageText {
            number: 3,
            width: 612.0,
            height: 792.0,
            words: vec![Word::digital("12.00", BBox::new(1.0, 2.0, 3.0, 4.0))],
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: PageText::IDENTITY,
            bend: None,
        }
    }

    #[test]
    fn what_is_put_is_got() {
        let folder = tempfile::tempdir().unwrap();
        let cache = OcrCache::new(folder.path().join("ocr"));
        let key = OcrCache::key(b"bytes", "engine/1");
        assert_eq!(cache.get(&key, 3), None);
        cache.put(&key, 3, &page());
        assert_eq!(cache.get(&key, 3), Some(page()));
        assert_eq!(cache.get(&key, 4), None);
        assert_eq!(cache.get(&OcrCache::key(b"bytes", "engine/2"), 3), None);
        assert_eq!(cache.size().0, 1);
    }

    #[test]
    fn a_damaged_entry_is_no_entry() {
        let folder = tempfile::tempdir().unwrap();
        let cache = OcrCache::new(folder.path().to_path_buf());
        let key = OcrCache::key(b"bytes", "engine");
        cache.put(&key, 1, &page());
        fs::write(cache.path(&key, 1), b"{").unwrap();
        assert_eq!(cache.get(&key, 1), None);
    }

    #[test]
    fn a_run_keeps_the_cache_within_its_bound() {
        let folder = tempfile::tempdir().unwrap();
        let one = serde_json::to_vec(&page()).unwrap().len() as u64;
        let cache = OcrCache::bounded(folder.path().to_path_buf(), 32 * one);
        for i in 0..200u8 {
            cache.put(&OcrCache::key(&[i], "engine"), 1, &page());
            assert!(cache.size().1 <= (32 + 32 / LOOKS + 1) * one, "{i}: {:?}", cache.size());
        }
        assert!(cache.size().0 >= 16);
        assert_eq!(cache.get(&OcrCache::key(&[199], "engine"), 1), Some(page()));
    }

    #[test]
    fn runs_that_share_the_cache_see_whole_pages_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let key = |i: u32| OcrCache::key(&(i % 5).to_le_bytes(), "engine");
        std::thread::scope(|runs| {
            for _ in 0..6 {
                runs.spawn(|| {
                    let cache = OcrCache::new(folder.path().to_path_buf());
                    for i in 0..100 {
                        assert!(cache.get(&key(i), 1).is_none_or(|p| p == page()));
                        cache.put(&key(i), 1, &page());
                        assert_eq!(cache.get(&key(i), 1), Some(page()));
                    }
                });
            }
        });
        // No half-written file is left behind.
        assert_eq!(OcrCache::new(folder.path().to_path_buf()).size().0, 5);
    }

    #[test]
    fn trimming_leaves_room() {
        let folder = tempfile::tempdir().unwrap();
        let cache = OcrCache::new(folder.path().to_path_buf());
        for i in 0..8u8 {
            cache.put(&OcrCache::key(&[i], "engine"), 1, &page());
        }
        let (count, size) = cache.size();
        trim(folder.path(), size / 2);
        assert!(cache.size().0 < count && cache.size().1 <= size / 2);
    }
}
