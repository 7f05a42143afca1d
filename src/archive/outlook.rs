//! Attachments of an Outlook message: streams of a compound file (MS-OXMSG 2.2.2).

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use cfb::CompoundFile;

use super::{Entry, HEAD};

/// Storage of an attachment; a number follows.
const ATTACHMENT: &str = "__attach_version1.0_#";
/// Property PidTagAttachDataBinary.
const DATA: &str = "__substg1.0_37010102";
/// The same as a storage: a message within the message.
const EMBEDDED: &str = "__substg1.0_3701000D";
/// Properties PidTagAttachLongFilename and PidTagAttachFilename, wide and narrow.
const NAMES: [&str; 4] = ["__substg1.0_3707001F", "__substg1.0_3707001E", "__substg1.0_3704001F", "__substg1.0_3704001E"];
/// Properties of a message itself.
const PROPERTIES: &str = "__properties_version1.0";
/// Messages within messages.
const MOST_DEPTH: usize = 3;

type File<'a> = CompoundFile<Cursor<&'a [u8]>>;

fn open(bytes: &[u8]) -> Result<File<'_>, String> {
    CompoundFile::open(Cursor::new(bytes)).map_err(|e| format!("the message is damaged: {e}"))
}

/// Whether a compound file is a message, not a document.
pub fn is_message(bytes: &[u8]) -> bool {
    open(bytes).is_ok_and(|file| file.is_stream(PROPERTIES))
}

/// The streams of all attachments, those of embedded messages too, in order.
fn attachments(file: &File<'_>, within: &Path, depth: usize, out: &mut Vec<(PathBuf, PathBuf)>) {
    let Ok(entries) = file.read_storage(within) else { return };
    let mut storages: Vec<PathBuf> =
        entries.filter(|e| e.is_storage() && e.name().starts_with(ATTACHMENT)).map(|e| within.join(e.name())).collect();
    storages.sort();
    for storage in storages {
        let data = storage.join(DATA);
        if file.is_stream(&data) {
            out.push((storage, data));
        } else if depth < MOST_DEPTH {
            attachments(file, &storage.join(EMBEDDED), depth + 1, out);
        }
    }
}

fn beginning(file: &mut File<'_>, path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    let opened = file.open_stream(path).map_err(|e| format!("cannot be read: {e}"))?;
    opened.take(most as u64).read_to_end(&mut content).map_err(|e| format!("cannot be read: {e}"))?;
    Ok(content)
}

fn stream(file: &mut File<'_>, path: &Path, most: usize) -> Result<Vec<u8>, String> {
    let content = beginning(file, path, most.saturating_add(1))?;
    if content.len() > most { Err(format!("refused: larger than {} MiB", most >> 20)) } else { Ok(content) }
}

/// Goes through the attachments.
pub fn each_entry(bytes: &[u8], each: &mut dyn FnMut(Entry)) -> Result<(), String> {
    let mut file = open(bytes)?;
    let mut found = Vec::new();
    attachments(&file, Path::new("/"), 1, &mut found);
    for (index, (storage, data)) in found.into_iter().enumerate() {
        let name = NAMES.iter().find_map(|property| {
            let raw = stream(&mut file, &storage.join(property), 4_096).ok().filter(|r| !r.is_empty())?;
            Some(if property.ends_with("1F") { wide(&raw) } else { String::from_utf8_lossy(&raw).into_owned() })
        });
        let name = name.unwrap_or_else(|| format!("attachment {}.dat", index + 1));
        let size = file.entry(&data).map_or(0, |e| cfb::Entry::len(&e));
        let name = name.trim_end_matches('\0').replace(['/', '\\'], "_");
        let head = beginning(&mut file, &data, HEAD);
        each(Entry { name, index, bytes: size, packed: size, head });
    }
    Ok(())
}

/// The bytes of an attachment.
pub fn bytes_of(bytes: &[u8], index: usize, most: usize) -> Result<Vec<u8>, String> {
    let mut file = open(bytes)?;
    let mut found = Vec::new();
    attachments(&file, Path::new("/"), 1, &mut found);
    let (_, data) = found.get(index).ok_or("the message has no such attachment")?;
    stream(&mut file, data, most)
}

fn wide(raw: &[u8]) -> String {
    let units: Vec<u16> = raw.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
    String::from_utf16_lossy(&units)
}
