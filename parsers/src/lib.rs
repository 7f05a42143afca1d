//! Positioned text in, the statement as printed out.
//!
//! No PDF, no files, no threads and no rules in here: [`page_text`] is the input, [`statement`] the output, and what
//! stands between them is grammar.

pub mod agreement;
pub mod amount_list;
pub mod assign;
mod beside_table;
pub mod cards;
mod cell_dates;
mod cell_extras;
mod captions;
mod claim_list;
pub mod cells;
mod circumstances;
pub mod column_grammar;
pub mod columns;
mod credit_rows;
pub mod credits;
mod day_headings;
pub mod decks;
pub mod explain;
pub mod facts;
pub mod grammar;
mod habits;
mod heading_words;
pub mod headless;
pub mod identify;
pub mod kind;
mod labelled;
mod labels_beneath;
pub mod legend;
mod leaders;
pub mod leading_count;
mod lines_below;
pub mod letters;
pub mod label_value;
pub mod layouts;
pub mod names;
pub mod own_layout;
pub mod page_text;
mod panels;
pub mod parse;
mod printed_sums;
mod parted;
mod people;
pub mod retype;
pub mod repeated_heads;
mod rows;
pub mod service_words;
pub mod side_cards;
pub mod specks;
pub mod split;
mod share_parts;
mod stacked_labels;
pub mod statement;
mod stray;
mod strokes;
mod subtotals;
mod subtracted;
mod summary_box;
pub mod table;
pub mod table_totals;
pub mod text_lines;
#[cfg(test)]
mod test_pages;
pub mod tokens;
pub mod toml_check;
mod torn;
mod turned;
mod twin_cards;
mod typewriter;
mod unheaded;
mod unread_rows;
mod unseen_amounts;
pub mod vocabulary;

pub use parse::{Reader, parse};
