//! What a file is, told from its first bytes and never from its name.

use serde::{Deserialize, Serialize};

/// The kinds of file whose pages can be read.
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
}

/// ISO 32000 lets a reader accept the header anywhere in the first 1024 bytes.
const PDF_HEADER_WINDOW: usize = 1024;

impl FileKind {
    /// The kind that the first bytes of a file tell; `None` when they tell none of ours.
    ///
    /// A kilobyte of the file is enough.
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
        } else {
            None
        }
    }
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
        assert_eq!(FileKind::sniff(b"plain text"), None);
        assert_eq!(FileKind::sniff(b""), None);
    }
}
