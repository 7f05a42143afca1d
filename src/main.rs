//! The program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    billproof::cli::run()
}
