//! Taking files as they are published: archives are unpacked, tables recognised by what stands in them, and compiled.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use tempfile::{NamedTempFile, TempPath};
use zip::ZipArchive;

use super::edition::{Edition, Table};
use super::read::Published;
use super::writer::{Origin, Writer, hex};
use super::{RefError, add_on, code_texts, fee_files, mue, ncci, other_fees, poverty, price_file};

/// Archives in archives are followed so far.
const MOST_DEPTH: u32 = 3;

/// Which table a published file is, by its beginning.
pub(super) fn recognise(p: &Published) -> Option<Table> {
    let head = p.head.as_str();
    if price_file::recognises(head) {
        Some(Table::Prices)
    } else if let Some(table) = other_fees::recognise(head) {
        Some(table)
    } else if fee_files::is_rvus(head) {
        Some(Table::Rvu)
    } else if fee_files::is_gpcis(head) {
        Some(Table::Gpci)
    } else if ncci::recognises(head) {
        Some(Table::Ncci)
    } else if mue::recognises(head) {
        Some(Table::Mue)
    } else if poverty::recognises(head) {
        Some(Table::Poverty)
    } else if code_texts::is_hospitals(head) {
        Some(Table::Hospitals)
    } else if code_texts::is_hcpcs(head) {
        Some(Table::Hcpcs)
    } else if add_on::recognises(head) {
        Some(Table::AddOn)
    } else if fee_files::is_anaesthesia_units(head) {
        Some(Table::AnaesthesiaUnits)
    } else if fee_files::is_anaesthesia_factors(head) {
        Some(Table::AnaesthesiaFactors)
    } else if fee_files::is_zips(head) {
        Some(Table::Zip)
    } else {
        code_texts::reason_list(head)
    }
}

fn compile(table: Table, p: &Published, writer: &mut Writer<'_>, origin: &Origin) -> Result<Edition, RefError> {
    match table {
        Table::Rvu => fee_files::rvus(p, writer, origin),
        Table::Gpci => fee_files::gpcis(p, writer, origin),
        Table::Zip => fee_files::zips(p, writer, origin),
        Table::AnaesthesiaFactors => fee_files::anaesthesia_factors(p, writer, origin),
        Table::AnaesthesiaUnits => fee_files::anaesthesia_units(p, writer, origin),
        Table::Laboratory => other_fees::laboratory(p, writer, origin),
        Table::Equipment => other_fees::equipment(p, writer, origin),
        Table::Ambulance => other_fees::ambulance(p, writer, origin),
        Table::Outpatient => other_fees::outpatient(p, writer, origin),
        Table::Ncci => ncci::compile(p, writer, origin),
        Table::AddOn => add_on::compile(p, writer, origin),
        Table::Mue => mue::compile(p, writer, origin),
        Table::Hcpcs => code_texts::hcpcs(p, writer, origin),
        Table::Carc | Table::Rarc => code_texts::reasons(table, p, writer, origin),
        Table::Poverty => poverty::compile(p, writer, origin),
        Table::Hospitals => code_texts::hospitals(p, writer, origin),
        Table::Prices => price_file::compile(p, writer, origin),
    }
}

/// Compiles every table of a file; of one that breaks off nothing is left.
pub(super) fn add_file(writer: &mut Writer<'_>, path: &Path) -> Result<Vec<Edition>, RefError> {
    let mut file = File::open(path).map_err(|e| RefError::Open(path.to_owned(), e))?;
    let sha256 = digest(&mut file).map_err(|e| RefError::Open(path.to_owned(), e))?;
    let published = Path::new(path.file_name().unwrap_or(path.as_os_str()));
    let mut added: Vec<Edition> = Vec::new();
    // The same table often stands in an archive as CSV and as a workbook.
    let mut taken: BTreeSet<PathBuf> = BTreeSet::new();
    let mut take = |p: &Published| {
        let Some(table) = recognise(p) else { return Ok(()) };
        if !taken.insert(p.name.with_extension("")) {
            return Ok(());
        }
        let origin = Origin { source: p.name.to_string_lossy().into_owned(), sha256: sha256.clone() };
        added.push(compile(table, p, writer, &origin)?);
        Ok(())
    };
    let done = each_table(published, path, None, 0, &mut take).map_err(|e| at_path(e, published, path));
    match done {
        Ok(()) if added.is_empty() => Err(RefError::Unknown(path.to_owned())),
        Ok(()) => Ok(added),
        Err(error) => {
            writer.discard()?;
            for edition in added {
                writer.remove(edition.id)?;
            }
            Err(error)
        }
    }
}

/// Messages name the file by the path that was given.
fn at_path(error: RefError, published: &Path, path: &Path) -> RefError {
    let full = |name: PathBuf| {
        name.strip_prefix(published)
            .map_or(name.clone(), |rest| if rest.as_os_str().is_empty() { path.to_owned() } else { path.join(rest) })
    };
    match error {
        RefError::Open(p, e) => RefError::Open(full(p), e),
        RefError::Read(p, e) => RefError::Read(full(p), e),
        RefError::Archive(p, e) => RefError::Archive(full(p), e),
        RefError::Workbook(p, e) => RefError::Workbook(full(p), e),
        RefError::Json(p, e) => RefError::Json(full(p), e),
        RefError::NoYear(p) => RefError::NoYear(full(p)),
        RefError::Columns(p, e) => RefError::Columns(full(p), e),
        other => other,
    }
}

fn digest(file: &mut File) -> std::io::Result<String> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..n]);
    }
}

type Unpacked = Option<Arc<TempPath>>;

/// Calls `take` with each table of a file, of the files of an archive, or of the sheets of a workbook.
fn each_table(
    name: &Path,
    location: &Path,
    unpacked: Unpacked,
    depth: u32,
    take: &mut dyn FnMut(&Published) -> Result<(), RefError>,
) -> Result<(), RefError> {
    let open = |e| RefError::Open(name.to_owned(), e);
    let mut file = File::open(location).map_err(open)?;
    let mut first = Vec::new();
    (&mut file).take(4).read_to_end(&mut first).map_err(open)?;
    file.rewind().map_err(open)?;
    if first.starts_with(b"\x1f\x8b") && depth < MOST_DEPTH {
        let inner = unpack(GzDecoder::new(file)).map_err(open)?;
        let at = inner.to_path_buf();
        return each_table(&name.with_extension(""), &at, Some(Arc::new(inner)), depth + 1, take);
    }
    if !first.starts_with(b"PK\x03\x04") {
        return take(&Published::text(name.to_owned(), location.to_owned(), unpacked)?);
    }
    let damaged = |e| RefError::Archive(name.to_owned(), e);
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    if archive.index_for_name("xl/workbook.xml").is_some() {
        return Published::sheets(name, location, unpacked.as_ref())?.iter().try_for_each(&mut *take);
    }
    if depth >= MOST_DEPTH {
        return Ok(());
    }
    // Text before workbooks: it is read faster, and one of the two is enough.
    let mut members: Vec<String> = archive.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned).collect();
    let rank = |n: &String| match Path::new(n).extension().map(std::ffi::OsStr::to_ascii_lowercase) {
        Some(e) if e == "csv" => 0,
        Some(e) if e == "txt" => 1,
        Some(e) if e == "json" => 2,
        _ => 3,
    };
    members.sort_by(|a, b| (rank(a), a).cmp(&(rank(b), b)));
    for member in members {
        let inner = {
            let file = archive.by_name(&member).map_err(|e| RefError::Archive(name.to_owned(), e))?;
            if file.is_dir() || member.to_lowercase().ends_with(".pdf") {
                continue;
            }
            unpack(file).map_err(|e| RefError::Open(name.join(&member), e))?
        };
        let file_name = Path::new(&member).file_name().map_or_else(|| member.clone(), |n| n.to_string_lossy().into_owned());
        let at = inner.to_path_buf();
        each_table(&name.join(file_name), &at, Some(Arc::new(inner)), depth + 1, take)?;
    }
    Ok(())
}

/// Unpacked files lie in the user's temporary folder until they have been read.
fn unpack(mut from: impl Read) -> std::io::Result<TempPath> {
    let mut to = NamedTempFile::with_prefix("billproof-")?;
    std::io::copy(&mut from, &mut to)?;
    Ok(to.into_temp_path())
}
