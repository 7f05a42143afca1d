//! An archive or mail → the files in it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use super::Found;
use super::location::{Location, MOST_ARCHIVE, read_bytes};
use crate::archive::{Container, Content, Member, look_into};
use crate::file_kind::FileKind;

/// The files in an archive; the archive itself where it cannot be opened, or is an office file.
pub(super) fn of(container: Container, archive: Found, real: &Path) -> Vec<Found> {
    let bytes = match read_bytes(real, MOST_ARCHIVE) {
        Ok(bytes) => bytes,
        Err(error) => return vec![itself(archive, Err(format!("cannot be read: {error}")))],
    };
    // Built by strangers, read by crates that are fuzzed but not proven.
    let content = catch_unwind(AssertUnwindSafe(|| look_into(container, &bytes)));
    match content.unwrap_or_else(|_| Err("its content broke the reader".to_owned())) {
        Ok(Content::Members(members)) => members.into_iter().map(|m| member_of(&archive, m)).collect(),
        Ok(Content::Office(kind)) => vec![itself(archive, Ok(kind))],
        Err(why) => vec![itself(archive, Err(format!("cannot be opened: {why}")))],
    }
}

fn itself(archive: Found, kind: Result<Option<FileKind>, String>) -> Found {
    let bytes = std::fs::metadata(archive.location.file()).map_or(0, |m| m.len());
    let member = Member { path: String::new(), folders: Vec::new(), address: Vec::new(), bytes, kind };
    Found { of_archive: Some(member), ..archive }
}

fn member_of(archive: &Found, member: Member) -> Found {
    let parts = archive.parts.iter().cloned().chain(member.path.split('/').map(str::to_owned)).collect();
    let folders = archive.folders.iter().chain(&member.folders).cloned().collect();
    let location = Location::within(archive.location.file().to_owned(), member.address.clone());
    Found { parts, folders, location, of_archive: Some(member) }
}
