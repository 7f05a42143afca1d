//! How far the run is: a bar on a terminal, plain log lines otherwise.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use tracing_subscriber::fmt::MakeWriter;

/// Time between two log lines.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// All bars of the process: what is logged meanwhile goes above them.
static BARS: LazyLock<MultiProgress> = LazyLock::new(MultiProgress::new);

/// Counts files and pages, and shows them.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    started: Instant,
    files: u64,
    done: AtomicU64,
    pages: AtomicU64,
    logged: Mutex<Instant>,
}

impl Progress {
    /// For so many files: a bar where it is to be shown and standard error is a terminal, log lines otherwise.
    pub fn new(files: usize, shown: bool) -> Self {
        let bar = (shown && io::stderr().is_terminal()).then(|| {
            let bar = BARS.add(ProgressBar::new(files as u64));
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} files  {msg}  {elapsed} elapsed, {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        let now = Instant::now();
        let (done, pages, logged) = (AtomicU64::new(0), AtomicU64::new(0), Mutex::new(now));
        Self { bar, started: now, files: files as u64, done, pages, logged }
    }

    /// One more file is done, with so many pages.
    pub fn file_done(&self, pages: u32) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let pages = self.pages.fetch_add(pages.into(), Ordering::Relaxed) + u64::from(pages);
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{pages} pages, {:.1} pages/s", self.rate(pages)));
            bar.set_position(done);
        } else if let Ok(mut logged) = self.logged.try_lock()
            && logged.elapsed() >= LOG_EVERY
        {
            *logged = Instant::now();
            self.log(done, pages);
        }
    }

    /// All files are done.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        self.log(self.done.load(Ordering::Relaxed), self.pages.load(Ordering::Relaxed));
    }

    /// Pages read so far.
    pub fn pages(&self) -> u64 {
        self.pages.load(Ordering::Relaxed)
    }

    fn rate(&self, pages: u64) -> f64 {
        pages as f64 / self.started.elapsed().as_secs_f64().max(0.001)
    }

    fn log(&self, done: u64, pages: u64) {
        let elapsed = self.started.elapsed().as_secs_f64();
        let left = if done == 0 { 0.0 } else { elapsed / done as f64 * (self.files.saturating_sub(done)) as f64 };
        tracing::info!("{done}/{} files, {pages} pages, {:.1} pages/s, {left:.0} s left", self.files, self.rate(pages));
    }
}

/// Standard error for log lines: the bar steps aside while one is written.
#[derive(Debug, Clone, Copy)]
pub struct LogWriter;

impl Write for LogWriter {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        BARS.suspend(|| io::stderr().lock().write_all(line)).map(|()| line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

impl MakeWriter<'_> for LogWriter {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}
