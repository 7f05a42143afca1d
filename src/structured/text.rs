//! Bytes → text, in the encodings that exports come in.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Text of unmarked bytes: UTF-8, else Windows-1252, in which every byte is a letter.
pub fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

/// Text of a whole file: by its byte-order mark; UTF-16 without one by its zeros; else as [`decode`].
pub fn decode_file(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).take(64).filter(|b| **b == 0).count();
    let half = bytes.len().min(128) / 2;
    if half >= 8 && zeros(1) * 4 > half * 3 {
        return UTF_16LE.decode_without_bom_handling(bytes).0;
    }
    if half >= 8 && zeros(0) * 4 > half * 3 {
        return UTF_16BE.decode_without_bom_handling(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_by_their_marks() {
        assert_eq!(decode_file(b"\xEF\xBB\xBFDate,Caf\xC3\xA9"), "Date,Café");
        assert_eq!(decode_file(b"Date,Caf\xE9"), "Date,Café");
        let wide: Vec<u8> = "Date;Betrag".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode_file(&[b"\xFF\xFE".as_slice(), &wide].concat()), "Date;Betrag");
        assert_eq!(decode_file(&wide), "Date;Betrag");
    }
}
