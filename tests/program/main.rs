//! The program as a whole, from the outside, in one test binary: each linking of its own with all that the program
//! is made of costs a quarter of a gigabyte and some seconds. `cargo test --release --test program NAME` runs one file.

mod architecture;
mod archives;
mod bad_input;
mod cache;
mod casework;
mod cli;
mod common;
mod copies;
mod decisions;
mod electronic;
mod finished;
mod further_checks;
mod layouts_golden;
mod letters;
mod own_layouts;
mod record_round_trip;
mod redact;
mod references;
mod report;
mod report_in_browser;
mod review;
mod samples_golden;
mod second_reader;
mod stack;
