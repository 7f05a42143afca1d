//! What a file is, told from its first bytes and never from its name.

use serde::{Deserialize, Serialize};

/// The kinds of file that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// ISO 32000.
    Pdf,
    /// JFIF or Exif.
    Jpeg,
    /// Portable Network Graphics.
    Png,
    /// TIFF 6.0, of one or more pages.
    Tiff,
    /// ASC X12 interchange: remittances (835) and claims (837).
    X12,
    /// HL7 FHIR in JSON: explanations of benefits and claims, alone, in a bundle, or one to a line.
    Fhir,
    /// Delimited text.
    Table,
    /// Workbook of a spreadsheet program.
    Workbook,
}

/// ISO 32000 lets a reader accept the header anywhere in the first 1024 bytes.
const PDF_HEADER_WINDOW: usize = 1024;

impl FileKind {
    /// The kind that the first bytes of a file tell; `None` when they tell none of ours.
    ///
    /// A kilobyte of the file is enough but for FHIR, whose resources may say late what they are. Tables and workbooks have
    /// no signature of their own.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        let window = &bytes[..bytes.len().min(PDF_HEADER_WINDOW)];
        if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"].iter().any(|magic| bytes.starts_with(*magic)) {
            Some(Self::Tiff)
        } else if window.windows(5).any(|w| w == b"%PDF-") {
            Some(Self::Pdf)
        } else if is_interchange(bytes) {
            Some(Self::X12)
        } else if is_fhir(bytes) {
            Some(Self::Fhir)
        } else {
            None
        }
    }

    /// Whether it holds statements in electronic form, without pages.
    pub fn is_structured(self) -> bool {
        match self {
            Self::X12 | Self::Fhir | Self::Table | Self::Workbook => true,
            Self::Pdf | Self::Jpeg | Self::Png | Self::Tiff => false,
        }
    }
}

/// The bytes without a byte-order mark and blanks before their first sign.
fn trimmed(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start()
}

/// JSON in which a resource says that it is a statement or a bundle, which may hold one.
fn is_fhir(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"\"resourceType\"";
    const WANTED: [&[u8]; 3] = [b"\"ExplanationOfBenefit\"", b"\"Claim\"", b"\"Bundle\""];
    let bytes = trimmed(bytes);
    if !(bytes.starts_with(b"{") || bytes.starts_with(b"[")) {
        return false;
    }
    let names = bytes.windows(NAME.len()).enumerate().filter(|(_, w)| *w == NAME).map(|(i, _)| &bytes[i + NAME.len()..]);
    names
        .filter_map(|rest| rest.trim_ascii_start().strip_prefix(b":"))
        .any(|value| WANTED.iter().any(|w| value.trim_ascii_start().starts_with(w)))
}

/// An ISA segment has sixteen elements, the first two fixed in their width; the separator is any sign but a letter or digit.
fn is_interchange(bytes: &[u8]) -> bool {
    let bytes = trimmed(bytes);
    let head = &bytes[..bytes.len().min(256)];
    let separator = head.get(3).filter(|b| b.is_ascii() && !b.is_ascii_alphanumeric() && **b != b' ');
    head.starts_with(b"ISA") && separator.is_some_and(|s| head.iter().filter(|b| *b == s).count() >= 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides() {
        assert_eq!(FileKind::sniff(b"%PDF-1.7\n"), Some(FileKind::Pdf));
        assert_eq!(FileKind::sniff(b"\r\n\r\njunk%PDF-1.3\n"), Some(FileKind::Pdf));
        assert_eq!(FileKind::sniff(&[0xFF, 0xD8, 0xFF, 0xE0]), Some(FileKind::Jpeg));
        assert_eq!(FileKind::sniff(b"\x89PNG\r\n\x1a\n\0\0"), Some(FileKind::Png));
        assert_eq!(FileKind::sniff(b"II*\0\x08\0\0\0"), Some(FileKind::Tiff));
        assert_eq!(FileKind::sniff(b"MM\0*\0\0\0\x08"), Some(FileKind::Tiff));
        let isa = b"\xEF\xBB\xBF\r\nISA*00*          *00*          *ZZ*A              *ZZ*B              *250101*1200*^*00501*000000001*0*P*:~GS*HP";
        assert_eq!(FileKind::sniff(isa), Some(FileKind::X12));
        assert_eq!(FileKind::sniff(b"ISAAC NEWTON, M.D."), None);
        assert_eq!(FileKind::sniff(b" [ {\"id\": 1, \"resourceType\" : \"Claim\"}]"), Some(FileKind::Fhir));
        assert_eq!(FileKind::sniff(b"{\"resourceType\":\"Patient\"}"), None);
        assert_eq!(FileKind::sniff(b"plain text"), None);
        assert_eq!(FileKind::sniff(b""), None);
    }
}
