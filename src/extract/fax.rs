//! Fax pages in TIFF files: CCITT Group 3 (ITU-T T.4) and Group 4 (T.6), as fax servers and copiers write them.

use std::io::Cursor;

use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode, decode};
use image::GrayImage;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

const INK: u8 = 0;
const PAPER: u8 = 255;

/// Rows of a page as they are decoded, one byte per pixel.
struct Rows {
    width: usize,
    pixels: Vec<u8>,
    most: usize,
}

impl hayro_ccitt::Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        if self.pixels.len() >= self.most {
            return;
        }
        let from = self.pixels.len();
        self.pixels.resize(from + self.width, PAPER);
        let row = &mut self.pixels[from..];
        for run in changes.chunks(2) {
            let start = (run[0] as usize).min(self.width);
            let end = run.get(1).map_or(self.width, |end| (*end as usize).min(self.width)).max(start);
            row[start..end].fill(INK);
        }
    }
}

/// The current page of a TIFF file, if it is fax-encoded; what is wrong with it otherwise. Rows that are missing at the
/// end of a strip are paper, as on a fax that was cut off; the second value says whether there are any.
pub fn page(decoder: &mut Decoder<Cursor<&[u8]>>, bytes: &[u8]) -> Option<Result<(GrayImage, bool), String>> {
    let number = |decoder: &mut Decoder<Cursor<&[u8]>>, tag| decoder.find_tag_unsigned::<u32>(tag).ok().flatten();
    let options = number(decoder, Tag::Unknown(T4_OPTIONS)).unwrap_or(0);
    // TIFF 6.0, sections 10 and 11, and the tag Compression.
    let encoding = match number(decoder, Tag::Compression)? {
        2 => EncodingMode::Group3_1D,
        3 if options & 1 == 0 => EncodingMode::Group3_1D,
        3 => EncodingMode::Group3_2D,
        4 => EncodingMode::Group4,
        _ => return None,
    };
    let plain_rows = number(decoder, Tag::Compression) == Some(2);
    let (width, height) = decoder.dimensions().ok()?;
    let list = |decoder: &mut Decoder<Cursor<&[u8]>>, tag| decoder.get_tag_u64_vec(tag).map_err(|e| e.to_string());
    let strips = list(decoder, Tag::StripOffsets).and_then(|offsets| Ok((offsets, list(decoder, Tag::StripByteCounts)?)));
    let (offsets, counts) = match strips {
        Ok(strips) => strips,
        Err(why) => return Some(Err(why)),
    };
    let strip_rows = number(decoder, Tag::RowsPerStrip).unwrap_or(height).clamp(1, height);
    let backwards = number(decoder, Tag::FillOrder) == Some(2);
    let black_is_zero = number(decoder, Tag::PhotometricInterpretation) == Some(1);
    let whole = width as usize * height as usize;
    let mut pixels = Vec::with_capacity(whole);
    let mut is_cut = false;
    for (strip, (offset, count)) in offsets.into_iter().zip(counts).enumerate() {
        let rows = strip_rows.min(height.saturating_sub(strip as u32 * strip_rows));
        if rows == 0 {
            break;
        }
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let to = from.saturating_add(usize::try_from(count).unwrap_or(usize::MAX)).min(bytes.len());
        let data: Vec<u8> =
            if backwards { bytes[from..to].iter().map(|b| b.reverse_bits()).collect() } else { bytes[from..to].to_vec() };
        let settings = DecodeSettings {
            columns: width,
            rows,
            end_of_block: true,
            end_of_line: encoding != EncodingMode::Group4 && !plain_rows,
            rows_are_byte_aligned: plain_rows,
            encoding,
            strict: false,
        };
        let most = width as usize * rows as usize;
        let mut out = Rows { width: width as usize, pixels: Vec::with_capacity(most), most };
        if decode(&data, &mut out, &mut DecoderContext::new(settings)).is_err() {
            is_cut = true;
        }
        is_cut |= out.pixels.len() < most;
        out.pixels.resize(most, PAPER);
        pixels.append(&mut out.pixels);
    }
    is_cut |= pixels.len() < whole;
    pixels.resize(whole, PAPER);
    if black_is_zero {
        pixels.iter_mut().for_each(|v| *v = PAPER - *v);
    }
    Some(GrayImage::from_raw(width, height, pixels).map(|grey| (grey, is_cut)).ok_or_else(|| "no pixels".to_owned()))
}

/// `T4Options` (TIFF 6.0, section 11): bit 0 says that rows are coded in two dimensions.
const T4_OPTIONS: u16 = 292;

#[cfg(test)]
mod tests {
    use super::super::decode::each_page;
    use super::*;
    use crate::file_kind::FileKind;

    /// Bits as bytes, the last one filled up with zeros.
    fn packed(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
        bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |all, (i, bit)| all | bit << (7 - i))).collect()
    }

    /// A TIFF of 32 × 16 pixels with one strip.
    fn tiff(compression: u16, more: &[(u16, u16)], strip: &[u8]) -> Vec<u8> {
        let mut tags = vec![(256, 32), (257, 16), (258, 1), (259, compression), (262, 0), (277, 1), (278, 16)];
        tags.retain(|(tag, _)| !more.iter().any(|(other, _)| other == tag));
        tags.extend_from_slice(more);
        let at = 8 + 2 + 12 * (tags.len() + 2) as u32 + 4;
        let mut tags: Vec<(u16, u16, u32)> = tags.into_iter().map(|(tag, value)| (tag, 3, u32::from(value))).collect();
        tags.extend([(273, 4, at), (279, 4, strip.len() as u32)]);
        tags.sort_unstable();
        let mut out = b"II*\0\x08\0\0\0".to_vec();
        out.extend((tags.len() as u16).to_le_bytes());
        for (tag, kind, value) in tags {
            out.extend(tag.to_le_bytes());
            out.extend(kind.to_le_bytes());
            out.extend(1u32.to_le_bytes());
            out.extend(value.to_le_bytes());
        }
        out.extend(0u32.to_le_bytes());
        out.extend(strip);
        out
    }

    fn read(bytes: &[u8]) -> (GrayImage, Option<String>) {
        let mut out = Vec::new();
        each_page(FileKind::Tiff, bytes, |_, page| {
            out.push(page);
            true
        });
        assert_eq!(out.len(), 1);
        let page = out.remove(0).unwrap();
        (page.grey, page.damage)
    }

    fn is_barred(grey: &GrayImage) -> bool {
        grey.dimensions() == (32, 16)
            && grey.enumerate_pixels().all(|(x, _, p)| p.0[0] == if (8..16).contains(&x) { INK } else { PAPER })
    }

    const END_OF_LINE: &str = "000000000001";
    /// 8 white, 8 black, 16 white pixels (T.4, table 2).
    const ROW: &str = "10011 000101 101010";

    #[test]
    fn group_3_is_read_in_one_and_two_dimensions() {
        let one: String = (0..16).map(|_| format!("{END_OF_LINE}{ROW}")).collect();
        assert!(is_barred(&read(&tiff(3, &[], &packed(&one))).0));
        // After a row coded by itself, rows like the one above: vertical mode, three times.
        let two: String =
            (0..16).map(|i| if i % 4 == 0 { format!("{END_OF_LINE}1{ROW}") } else { format!("{END_OF_LINE}0111") }).collect();
        assert!(is_barred(&read(&tiff(3, &[(T4_OPTIONS, 1)], &packed(&two))).0));
        // Rows without marks, each beginning at a byte.
        let plain: Vec<u8> = (0..16).flat_map(|_| packed(ROW)).collect();
        assert!(is_barred(&read(&tiff(2, &[], &plain)).0));
    }

    #[test]
    fn bits_may_run_backwards_and_black_may_be_zero() {
        let one: String = (0..16).map(|_| format!("{END_OF_LINE}{ROW}")).collect();
        let backwards: Vec<u8> = packed(&one).iter().map(|b| b.reverse_bits()).collect();
        assert!(is_barred(&read(&tiff(3, &[(266, 2)], &backwards)).0));
        let (mut grey, _) = read(&tiff(3, &[(262, 1)], &packed(&one)));
        grey.iter_mut().for_each(|v| *v = 255 - *v);
        assert!(is_barred(&grey));
        // Group 4: the first row differs from a white one (horizontal mode, then vertical), the others repeat it.
        let four = format!("001 10011 000101 1 {}", "1 1 1 ".repeat(15));
        assert!(is_barred(&read(&tiff(4, &[], &packed(&four))).0));
        let backwards: Vec<u8> = packed(&four).iter().map(|b| b.reverse_bits()).collect();
        assert!(is_barred(&read(&tiff(4, &[(266, 2)], &backwards)).0));
    }

    #[test]
    fn what_is_cut_off_is_told() {
        let some: String = (0..5).map(|_| format!("{END_OF_LINE}{ROW}")).collect();
        let (grey, damage) = read(&tiff(3, &[], &packed(&some)));
        assert_eq!((grey.get_pixel(10, 2).0[0], grey.get_pixel(10, 12).0[0]), (INK, PAPER));
        assert!(damage.unwrap().contains("cut off"));
        assert_eq!(read(&tiff(3, &[], b"")).0.get_pixel(10, 2).0[0], PAPER);
    }
}
