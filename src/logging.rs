//! What is logged: to standard error, no data of a patient above the debug level.

use std::panic;
use std::thread;

use tracing_subscriber::EnvFilter;

use crate::progress::LogWriter;
use crate::reading::READER_THREAD;

/// The form of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Starts logging. `verbosity` is the number of `-v` less the number of `-q`; `RUST_LOG`, where it is set, decides instead.
pub fn start(verbosity: i16, format: LogFormat) {
    let level = match verbosity {
        ..=-2 => "off",
        -1 => "error",
        0 => "warn,billproof=info",
        1 => "warn,billproof=debug,billproof_parsers=debug",
        _ => "info,billproof=trace,billproof_parsers=trace",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(LogWriter);
    // A second start, in tests that share a process, keeps the first one's settings.
    let _ = match format {
        LogFormat::Text => lines.with_target(false).with_ansi(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    quiet_reader_panics();
}

/// A panic over a broken file becomes that file's failed row; its text, which may quote the file, is for debugging only.
fn quiet_reader_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if thread::current().name() == Some(READER_THREAD) {
            tracing::debug!("a file broke its reader: {info}");
        } else {
            usual(info);
        }
    }));
}
