//! Positioned text in, the statement as printed out.
//!
//! No PDF, no files, no threads and no rules in here: [`page_text`] is the input, [`statement`] the output, and what
//! stands between them is grammar.
//!
//! Pages print things side by side in many ways; each of these knows one, and there is no other that does:
//!
//! * `panels`: blocks with nothing in common, along a corridor that keeps baselines (or heads) apart; while lines are made.
//! * `two_lists`: tells `panels` of two lists with baselines of their own that are nevertheless of the same services.
//! * `twin_cards`: cards of services beside each other, parted where a label with its amount comes again on a line.
//! * `beside_table`: sums on the baselines of a table's rows or of what closes a bill, known by their labels and amounts.
//! * `limits_beside`: what counts towards the limits of a plan year, on the baselines of heads too: before any head is found.
//! * `side_notes`: words of a bar on baselines between those of a table, under a head that it has no use for; of laid lines.
//! * `side_by_side`: two services on each line under heads printed twice; it parts nothing, and tells that half is not read.
//! * [`side_cards`]: no two things, but one service in two halves, its words and a list of its amounts; a reading of its own.

mod account_lines;
mod adjustment_lists;
pub mod agreement;
pub mod amount_list;
mod amounts_explained;
mod amounts_stacked;
pub mod assign;
mod below;
mod beside_table;
mod captioned_cards;
mod captions;
pub mod cards;
mod cards_behind_list;
mod cell_codes;
mod cell_dates;
mod cell_extras;
mod cell_words;
pub mod cells;
mod circumstances;
mod claim_list;
mod claim_numbers;
mod claims_listed;
mod closing_facts;
mod codes_in_words;
pub mod column_grammar;
pub mod columns;
mod counts;
mod credit_lists;
mod credit_rows;
mod credit_titles;
pub mod credits;
mod credits_led;
mod credits_proven;
mod crowded_cells;
mod day_headings;
mod days_above;
pub mod decks;
mod department_lists;
mod dittoed_credits;
mod dittoed_days;
mod drawn_slips;
mod drug_codes;
mod equations;
pub mod explain;
mod fact_bars;
pub mod facts;
mod footnote_marks;
mod form_heads;
pub mod grammar;
mod habits;
mod hanging_number;
mod heading_words;
pub mod headless;
mod help_columns;
pub mod identify;
pub mod kind;
pub mod kind_of_columns;
pub mod label_value;
mod labelled;
mod labelled_services;
mod labels_beneath;
mod last_days;
pub mod layouts;
mod leaders;
pub mod legend;
pub mod letters;
mod limits_beside;
mod line_closings;
mod line_numbers;
mod misread_words;
pub mod money;
mod named_rows;
pub mod names;
mod notes_under_words;
mod numbered_shares;
mod one_day;
mod own_facts;
pub mod own_layout;
pub mod page_text;
mod panels;
mod paper_captions;
pub mod parse;
mod parted;
mod payer_columns;
mod patient_columns;
mod people;
mod posted_lines;
mod postings;
mod printed_sums;
mod remarks_behind;
mod reading;
mod reach;
mod recaps;
pub mod repeated_heads;
pub mod retype;
mod revenue_apart;
mod revenue_headings;
mod roles;
mod rows;
mod run_on_pairs;
mod run_together;
mod service_forms;
mod service_heads;
pub mod service_words;
mod services_across;
mod share_columns;
mod share_parts;
mod short_sums;
mod side_by_side;
pub mod side_cards;
mod side_notes;
pub mod speck_joined;
mod specks;
mod spelled_notes;
pub mod split;
mod stacked_labels;
pub mod statement;
mod stray;
mod strokes;
mod subtotals;
mod subtracted;
mod sum_before_services;
mod sum_columns;
mod sum_words;
mod sums_above;
mod sums_beside_headings;
mod sums_in_boxes;
mod sums_in_rows;
mod sums_of_accounts;
mod sums_outside_cards;
mod sums_under_words;
pub mod table;
mod table_bars;
pub mod table_regions;
mod table_totals;
#[cfg(test)]
mod test_pages;
pub mod text_lines;
mod tiers;
pub mod tokens;
pub mod toml_check;
mod torn;
mod total_labels;
mod totals_by_heading;
mod trade_marks;
mod turned;
mod twin_cards;
mod two_lists;
mod typewriter;
mod unexplained;
mod unheaded;
mod unread_rows;
mod unseen_amounts;
mod visits;
pub mod vocabulary;
mod who_treated;
mod whose_rows;
mod with_sign;
mod wrapped_words;

pub use parse::{Reader, parse};
