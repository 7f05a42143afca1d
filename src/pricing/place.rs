//! Where a service was given: a ZIP code or a Medicare locality.

use jiff::civil::Date;

use crate::reference::ReferenceTables;
use crate::reference::fee_schedule::{Locality, ZipCode};

/// A place as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Five-digit ZIP code.
    Zip(String),
    /// Locality: contractor and number (`0441218`), state and number (`TX-18`), or the locality's name.
    Locality(String),
}

/// Why a place cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The ZIP code file does not list it.
    #[error("ZIP code {0} is in no loaded ZIP code to locality file")]
    UnknownZip(String),
    /// No such file is loaded.
    #[error("no ZIP code to locality file is loaded: add CMS's ZIP5 file with `billproof refs add`, or give --locality")]
    NoZipFile,
    /// The GPCI file lists no such locality.
    #[error(
        "there is no locality {0} in the GPCI file of {1}; give it as contractor and number (0441218), state and number (TX-18), or by name"
    )]
    UnknownLocality(String, i16),
    /// No GPCI file of the year is loaded.
    #[error("no GPCI file of {0} is loaded: take it in with `billproof refs add`")]
    NoLocalities(i16),
    /// Several localities fit.
    #[error("{0} could be {1}")]
    Ambiguous(String, String),
}

/// A place that was found.
#[derive(Debug, Clone, Default)]
pub(super) struct Spot {
    /// Its indices; `None` where no GPCI file of the year is loaded.
    pub(super) locality: Option<Locality>,
    /// What the ZIP code file says of it, or the locality without it.
    pub(super) zip: Option<ZipCode>,
    /// Whether it was asked for by its ZIP code.
    pub(super) by_zip: bool,
    /// What is to be known beside it.
    pub(super) notes: Vec<String>,
}

pub(super) fn find(refs: &ReferenceTables, place: &Place, day: Date) -> Result<Spot, PlaceError> {
    let mut spot = Spot::default();
    let localities = refs.fees.localities(day);
    if let Some((found, _)) = localities.filter(|(found, _)| !found.exact) {
        spot.notes.push(format!("indices of {}", found.edition.label));
    }
    let all = localities.map_or(&[][..], |(_, rows)| rows);
    match place {
        Place::Zip(zip) => {
            let digits: String = zip.chars().filter(char::is_ascii_digit).collect();
            let Some((edition, code)) = refs.fees.zip(&digits, day) else {
                let loaded = refs.shelf().has(crate::reference::edition::Table::Zip);
                return Err(if loaded { PlaceError::UnknownZip(zip.clone()) } else { PlaceError::NoZipFile });
            };
            if edition.from.is_some_and(|f| f.year() != day.year()) {
                spot.notes.push(format!("locality by the ZIP code file of {}", edition.label));
            }
            if code.divided {
                spot.notes.push(format!("parts of ZIP code {digits} lie in another locality: the four digits after it decide"));
            }
            // A contractor's number may change within the life of a locality's.
            let exact = all.iter().find(|l| (&l.contractor, &l.number) == (&code.contractor, &code.number));
            spot.locality = exact.or_else(|| all.iter().find(|l| (&l.state, &l.number) == (&code.state, &code.number))).cloned();
            spot.zip = Some(code);
            spot.by_zip = true;
        }
        Place::Locality(asked) => {
            if localities.is_none() {
                return Err(PlaceError::NoLocalities(day.year()));
            }
            let wanted = asked.trim().to_uppercase();
            let compact: String = wanted.chars().filter(char::is_ascii_alphanumeric).collect();
            let fits = |l: &&Locality| {
                compact == format!("{}{}", l.contractor, l.number)
                    || compact == format!("{}{}", l.state, l.number)
                    || l.name.to_uppercase() == wanted
                    || compact == l.number
            };
            let found: Vec<&Locality> = all.iter().filter(fits).collect();
            let part = || all.iter().filter(|l| wanted.len() > 3 && l.name.to_uppercase().contains(&wanted)).collect();
            let found: Vec<&Locality> = if found.is_empty() { part() } else { found };
            match found.as_slice() {
                [one] => spot.locality = Some((*one).clone()),
                [] => return Err(PlaceError::UnknownLocality(asked.clone(), day.year())),
                many => {
                    let shown: Vec<String> = many.iter().map(|l| format!("{}-{} {}", l.state, l.number, l.name)).collect();
                    return Err(PlaceError::Ambiguous(asked.clone(), shown.join("; ")));
                }
            }
            spot.zip = spot.locality.as_ref().map(ZipCode::from);
        }
    }
    Ok(spot)
}
