//! Archives and mails that lie in the input: what is in them, without unpacking anything to disk.
//!
//! A member is found again by its address, the numbers of the entries that lead to it from the outermost file, so that
//! nothing needs to be kept between finding and reading it. Depth, number and size are bounded, and a name that leads
//! out of its archive, a link, and what is encrypted are refused each with its reason.

mod mail;
mod outlook;
mod zipped;

#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::{self, Cursor, Read, Seek};

use crate::file_kind::FileKind;
use crate::structured::{has_statement, recognise};

/// Archives within archives.
const MOST_DEPTH: usize = 3;
/// Members of one archive with all that is in it.
const MOST_MEMBERS: usize = 10_000;
/// Bytes of one member.
const MOST_MEMBER: u64 = 512 << 20;
/// Bytes that the members of one archive come to in all.
const MOST_TOTAL: u64 = 4 << 30;
/// What a member may inflate to for each of its bytes; papers do not shrink to a hundredth.
const MOST_RATIO: u64 = 200;
/// Up to this size the ratio is of no matter.
const SMALL: u64 = 32 << 20;
/// Mails are read whole.
const MOST_ARCHIVE: u64 = 1 << 30;
/// As much of a member as tells its kind.
const HEAD: usize = 64 << 10;

/// What holds other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// PKZIP, and what is built on it.
    Zip,
    /// RFC 5322 message.
    Mail,
    /// Message of Outlook (MS-OXMSG), a compound file.
    Outlook,
}

impl Container {
    /// The container that the first bytes of a file tell; office files of the same build are ruled out later.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08") {
            Some(Self::Zip)
        } else if head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            Some(Self::Outlook)
        } else {
            mail::is_mail(head).then_some(Self::Mail)
        }
    }
}

/// What a file is whose first bytes are those of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An archive or mail and what is in it.
    Members(Vec<Member>),
    /// An office file, and what it is read as; `None` where it holds no statement.
    Office(Option<FileKind>),
}

/// One file in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path within the outermost file, `/` between the parts, archives among them.
    pub path: String,
    /// The folders that it would lie in if all were unpacked in place.
    pub folders: Vec<String>,
    /// Entry numbers from the outermost file inwards.
    pub address: Vec<usize>,
    /// Its size in bytes.
    pub bytes: u64,
    /// What it is, `None` where it is nothing that is read, or why it is not opened.
    pub kind: Result<Option<FileKind>, String>,
}

/// One entry of a container as its reader finds it.
struct Entry {
    /// Its name, which may be a path.
    name: String,
    /// Number by which [`bytes_of`] finds it again.
    index: usize,
    bytes: u64,
    /// What the entry takes in the archive.
    packed: u64,
    /// Its first bytes, or why it is not read.
    head: Result<Vec<u8>, String>,
}

/// What is in a container.
pub fn look_into(container: Container, bytes: &[u8]) -> Result<Content, String> {
    if let Some(office) = office(container, bytes) {
        return Ok(Content::Office(office.kind));
    }
    let mut out = Listing::default();
    out.container(container, bytes, &Within::default())?;
    Ok(Content::Members(out.members))
}

/// The bytes of a member of an archive that lies on disk or in memory.
pub fn member<R: Read + Seek>(mut archive: R, address: &[usize], most: u64) -> Result<Vec<u8>, String> {
    let failed = |e: io::Error| format!("cannot be read: {e}");
    let most = usize::try_from(most.min(MOST_MEMBER)).unwrap_or(usize::MAX);
    let (first, inner) = address.split_first().ok_or("no member")?;
    let mut head = Vec::new();
    archive.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(failed)?;
    archive.rewind().map_err(failed)?;
    let mut held = match Container::sniff(&head).ok_or("no archive")? {
        // read where it lies: archives may be large, and are asked for one member after the other
        Container::Zip => zipped::bytes_of(archive, *first, most)?,
        other => {
            let mut bytes = Vec::new();
            archive.take(MOST_ARCHIVE).read_to_end(&mut bytes).map_err(failed)?;
            bytes_of(other, &bytes, *first, most)?
        }
    };
    for index in inner {
        held = bytes_of(Container::sniff(&held).ok_or("no archive")?, &held, *index, most)?;
    }
    Ok(held)
}

/// An office file, and what it is read as.
struct Office {
    kind: Option<FileKind>,
}

/// The office file that a container is, if it is one.
fn office(container: Container, bytes: &[u8]) -> Option<Office> {
    match container {
        Container::Zip => zipped::is_office(bytes)
            .map(|workbook| Office { kind: (workbook && has_statement(bytes)).then_some(FileKind::Workbook) }),
        Container::Outlook => (!outlook::is_message(bytes)).then_some(Office { kind: None }),
        Container::Mail => None,
    }
}

/// Goes through the entries of a container.
fn each_entry(container: Container, bytes: &[u8], each: &mut dyn FnMut(Entry)) -> Result<(), String> {
    match container {
        Container::Zip => zipped::each_entry(bytes, each),
        Container::Mail => mail::each_entry(bytes, each),
        Container::Outlook => outlook::each_entry(bytes, each),
    }
}

/// The bytes of an entry, an error where they are more than `most`.
fn bytes_of(container: Container, bytes: &[u8], index: usize, most: usize) -> Result<Vec<u8>, String> {
    match container {
        Container::Zip => zipped::bytes_of(Cursor::new(bytes), index, most),
        Container::Mail => mail::bytes_of(bytes, index, most),
        Container::Outlook => outlook::bytes_of(bytes, index, most),
    }
}

/// Where in the outermost file a container lies.
#[derive(Debug, Clone, Default)]
struct Within {
    path: String,
    folders: Vec<String>,
    address: Vec<usize>,
}

#[derive(Default)]
struct Listing {
    members: Vec<Member>,
    names: HashSet<String>,
    total: u64,
}

impl Listing {
    fn container(&mut self, container: Container, bytes: &[u8], within: &Within) -> Result<(), String> {
        let mut too_many = false;
        each_entry(container, bytes, &mut |entry| {
            if self.members.len() >= MOST_MEMBERS {
                too_many = true;
            } else {
                self.entry(container, bytes, within, entry);
            }
        })?;
        if too_many { Err(format!("it holds more than {MOST_MEMBERS} files")) } else { Ok(()) }
    }

    fn entry(&mut self, container: Container, bytes: &[u8], within: &Within, entry: Entry) {
        let (parts, harmless) = parts_of(&entry.name);
        if parts.iter().any(|p| p.starts_with('.') || p == "__MACOSX") {
            return;
        }
        self.total = self.total.saturating_add(entry.bytes);
        let refused = self.refusal(harmless, entry.bytes, entry.packed);
        let path = self.unused(&format!("{}{}", within.path, parts.join("/")));
        let mut folders = within.folders.clone();
        folders.extend(parts.iter().take(parts.len().saturating_sub(1)).cloned());
        let address: Vec<usize> = within.address.iter().copied().chain([entry.index]).collect();
        let mut member = Member { path, folders, address, bytes: entry.bytes, kind: Ok(None) };
        match refused.map_or(entry.head, Err) {
            Err(why) => member.kind = Err(why),
            Ok(head) => {
                member.kind = Ok(recognise(&head));
                if let Some(inner) = Container::sniff(&head).filter(|_| member.kind == Ok(None)) {
                    let most = usize::try_from(MOST_MEMBER).unwrap_or(usize::MAX);
                    match bytes_of(container, bytes, entry.index, most) {
                        Ok(content) => return self.inner(inner, &content, member),
                        Err(why) => member.kind = Err(why),
                    }
                }
            }
        }
        self.members.push(member);
    }

    /// A member that may hold others.
    fn inner(&mut self, container: Container, bytes: &[u8], mut member: Member) {
        match office(container, bytes) {
            Some(office) => member.kind = Ok(office.kind),
            None if member.address.len() >= MOST_DEPTH => {
                member.kind = Err(format!("refused: an archive within {MOST_DEPTH} others"));
            }
            None => {
                let within = Within {
                    path: format!("{}/", member.path),
                    folders: member.folders.clone(),
                    address: member.address.clone(),
                };
                match self.container(container, bytes, &within) {
                    Ok(()) => return,
                    Err(why) => member.kind = Err(format!("cannot be opened: {why}")),
                }
            }
        }
        self.members.push(member);
    }

    fn refusal(&self, harmless: bool, bytes: u64, packed: u64) -> Option<String> {
        if !harmless {
            return Some("refused: its name leads out of the archive".to_owned());
        }
        if bytes > MOST_MEMBER {
            return Some(format!("refused: larger than {} MiB", MOST_MEMBER >> 20));
        }
        if bytes > SMALL && bytes / packed.max(1) > MOST_RATIO {
            return Some(format!("refused: {packed} bytes that inflate to {bytes}"));
        }
        (self.total > MOST_TOTAL).then(|| format!("refused: the archive inflates to more than {} GiB", MOST_TOTAL >> 30))
    }

    /// The path, with a number behind it where another member has the same.
    fn unused(&mut self, path: &str) -> String {
        let candidates = std::iter::once(path.to_owned()).chain((2u32..).map(|n| format!("{path}~{n}")));
        let free = candidates.into_iter().find(|c| !self.names.contains(c)).unwrap_or_default();
        self.names.insert(free.clone());
        free
    }
}

/// The parts of a member's name, and whether it stays within its archive. Names are only labels here, nothing is
/// written under them; one that tries to climb out is nobody's honest bill.
fn parts_of(name: &str) -> (Vec<String>, bool) {
    let name = name.replace('\\', "/");
    let drive = name.as_bytes().get(1) == Some(&b':');
    let harmless = !name.starts_with('/') && !drive && !name.contains('\0') && !name.split('/').any(|p| p == "..");
    let label = |p: &str| p.chars().map(|c| if c.is_control() || c == '#' && !harmless { '_' } else { c }).collect::<String>();
    let parts: Vec<String> = name
        .split('/')
        .filter(|p| !p.is_empty() && *p != ".")
        .map(|p| if p == ".." { "_".to_owned() } else { label(p) })
        .collect();
    if parts.is_empty() { (vec!["unnamed".to_owned()], harmless) } else { (parts, harmless) }
}
