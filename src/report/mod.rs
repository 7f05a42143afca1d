//! The evidence report: static pages that show each finding with pictures of both places on the papers.
//!
//! `index.html` lists all cases, each case has a page, `pictures/` holds what was cut from the papers. The pages open from
//! disk without a network. [`place`] says where on the papers a finding stands, [`picture`] cuts and marks, [`case_page`] and
//! [`index_page`] say what the pages show, [`template`] sets them, [`folder`] puts all of it in place of an earlier report.
//! Pages of files are drawn by the pipeline, which alone works on all cores.

pub mod case_page;
pub mod charts;
pub mod file_names;
pub mod folder;
pub mod index_page;
pub mod picture;
pub mod place;
pub mod template;
pub mod timeline;
pub mod words;
