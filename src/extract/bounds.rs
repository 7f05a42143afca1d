//! Streams that inflate to more than any page needs are found before a PDF reader inflates them.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;
use regex::bytes::Regex;

/// No stream may inflate to more than this: a page in colour at 600 dpi has 100 MB.
const MOST_INFLATED: u64 = 192 << 20;
/// Deflate cannot do better than this (RFC 1951: 258 bytes in two bits).
const BEST_RATIO: u64 = 1_032;
/// How far before its data a stream's dictionary is looked for.
const DICTIONARY: usize = 2_048;

static STREAM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)stream\r?\n").expect("a valid pattern"));
static END: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)endstream").expect("a valid pattern"));
static FLATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)/(?:FlateDecode|Fl\b)").expect("a valid pattern"));

/// Whether a stream of the file inflates beyond all bounds; works on the raw bytes, so that no structure of the file
/// has to be trusted.
pub fn has_bomb(pdf: &[u8]) -> bool {
    STREAM.find_iter(pdf).any(|keyword| {
        let before = &pdf[..keyword.start()];
        if before.ends_with(b"end") {
            return false;
        }
        let near = &before[before.len().saturating_sub(DICTIONARY)..];
        let dictionary = near.windows(3).rposition(|w| w == b"obj").map_or(near, |at| &near[at..]);
        let layers = FLATE.find_iter(dictionary).count().min(4);
        let data = &pdf[keyword.end()..];
        // Without its end the stream may be as long as the file.
        let length = END.find(data).map_or(data.len(), |end| end.start());
        let possible = (0..layers).fold(length as u64, |size, _| size.saturating_mul(BEST_RATIO));
        layers > 0 && possible > MOST_INFLATED && inflates_beyond(&data[..length], layers)
    })
}

fn inflates_beyond(data: &[u8], layers: usize) -> bool {
    let mut reader: Box<dyn Read + '_> = Box::new(data);
    for _ in 0..layers {
        reader = Box::new(ZlibDecoder::new(reader));
    }
    // Damaged data ends early, and so does the reader that comes after.
    let (mut total, mut buffer) = (0u64, vec![0u8; 1 << 16]);
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        total += count as u64;
        if total > MOST_INFLATED {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::ZlibEncoder};
    use std::io::Write;

    fn deflated(data: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn file(filter: &str, data: &[u8]) -> Vec<u8> {
        let mut file = format!("%PDF-1.4\n1 0 obj\n<< /Filter {filter} /Length {} >>\nstream\n", data.len()).into_bytes();
        file.extend_from_slice(data);
        file.extend_from_slice(b"\nendstream\nendobj\n");
        file
    }

    #[test]
    fn bombs_are_found() {
        let zeros = vec![0u8; (MOST_INFLATED as usize) + (1 << 20)];
        let once = deflated(&zeros);
        assert!(has_bomb(&file("/FlateDecode", &once)));
        assert!(has_bomb(&file("[/FlateDecode /FlateDecode]", &deflated(&once))));
    }

    #[test]
    fn honest_streams_pass() {
        assert!(!has_bomb(&file("/FlateDecode", &deflated(b"BT (12.00) Tj ET"))));
        assert!(!has_bomb(&file("/DCTDecode", &vec![7u8; 1 << 20])));
        assert!(!has_bomb(b"%PDF-1.4\nendstream\nstream\n"));
    }
}
