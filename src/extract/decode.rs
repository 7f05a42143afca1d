//! Image files → pages in grey, with bounds checked before anything is decoded.

use std::io::Cursor;

use hayro_interpret::kurbo::Affine;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::png::PngDecoder;
use image::{DynamicImage, GrayImage, ImageDecoder, Limits};
use tiff::ColorType;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult};
use tiff::tags::Tag;

use super::fax;
use super::raster::{MOST_PIXELS, PageRaster};
use crate::file_kind::FileKind;

/// Bytes that a decoder may allocate.
const MOST_MEMORY: u64 = 400 << 20;
/// Sheets are between these sizes (longer side, inches); a resolution that says otherwise is wrong.
const LONGER_SIDE: (f64, f64) = (4.0, 24.0);
/// What the longer side is taken to be when no sound resolution is given.
const LETTER_LENGTH: f64 = 11.0;

/// Goes through the pages of an image file; `each` is called with the page's number (from 1) and the page or what is
/// wrong with it, and says whether to go on.
pub fn each_page(kind: FileKind, bytes: &[u8], mut each: impl FnMut(u32, Result<PageRaster, String>) -> bool) {
    match kind {
        FileKind::Jpeg => {
            let page =
                JpegDecoder::new(Cursor::new(bytes)).map_err(|e| e.to_string()).and_then(|d| single(d, jfif_density(bytes)));
            each(1, page.map(|page| PageRaster { damage: cut_jpeg(bytes), ..page }));
        }
        FileKind::Png => {
            let page = PngDecoder::new(Cursor::new(bytes)).map_err(|e| e.to_string()).and_then(|d| single(d, png_density(bytes)));
            each(1, page);
        }
        FileKind::Tiff => tiff_pages(bytes, each),
        _ => {
            each(1, Err("not an image file".to_owned()));
        }
    }
}

fn check_size(width: u32, height: u32) -> Result<(), String> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(format!("the image has {width} × {height} pixels, more than can be a page"));
    }
    if width < 8 || height < 8 {
        return Err(format!("the image has only {width} × {height} pixels"));
    }
    Ok(())
}

fn single(mut decoder: impl ImageDecoder, density: Option<(f64, f64)>) -> Result<PageRaster, String> {
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    decoder.set_limits(limits).map_err(|e| e.to_string())?;
    let orientation = decoder.orientation().map_err(|e| e.to_string())?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
    image.apply_orientation(orientation);
    let turned = image.width() == height && image.height() == width && width != height;
    let density = density.map(|(x, y)| if turned { (y, x) } else { (x, y) });
    Ok(placed(flatten(image), density))
}

/// Grey on white paper, whatever the colour model.
fn flatten(image: DynamicImage) -> GrayImage {
    if !image.color().has_alpha() {
        return image.into_luma8();
    }
    let with_alpha = image.into_luma_alpha8();
    GrayImage::from_fn(with_alpha.width(), with_alpha.height(), |x, y| {
        let [luma, alpha] = with_alpha.get_pixel(x, y).0;
        let over = (u32::from(luma) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
        image::Luma([over as u8])
    })
}

/// A page of the image's size at its resolution.
fn placed(grey: GrayImage, density: Option<(f64, f64)>) -> PageRaster {
    let (width, height) = (f64::from(grey.width()), f64::from(grey.height()));
    let (dpi_x, dpi_y) = density
        .filter(|(x, y)| {
            let longer = (width / x).max(height / y);
            x.is_finite() && y.is_finite() && *x > 1.0 && *y > 1.0 && (LONGER_SIDE.0..=LONGER_SIDE.1).contains(&longer)
        })
        .unwrap_or_else(|| {
            let dpi = width.max(height) / LETTER_LENGTH;
            (dpi, dpi)
        });
    let page_size = ((width * 72.0 / dpi_x) as f32, (height * 72.0 / dpi_y) as f32);
    PageRaster { grey, to_page: Affine::scale_non_uniform(72.0 / dpi_x, 72.0 / dpi_y), page_size, damage: None }
}

/// What a JPEG lacks when its end-of-image marker is missing: decoders make up grey for the rest.
fn cut_jpeg(bytes: &[u8]) -> Option<String> {
    let tail = &bytes[bytes.len().saturating_sub(4_096)..];
    let ends = tail.windows(2).any(|w| w == [0xFF, 0xD9]);
    (!ends).then(|| "the image is cut off: its end is missing".to_owned())
}

/// Density in pixels per inch from a JFIF header (ITU-T T.871, 10.1).
fn jfif_density(bytes: &[u8]) -> Option<(f64, f64)> {
    let at = bytes.get(..4096.min(bytes.len()))?.windows(5).position(|w| w == b"JFIF\0")?;
    let header = bytes.get(at + 5..at + 12)?;
    let per = match header[2] {
        1 => 1.0,
        2 => 2.54,
        _ => return None,
    };
    let number = |i: usize| f64::from(u16::from_be_bytes([header[i], header[i + 1]])) * per;
    Some((number(3), number(5)))
}

/// Density in pixels per inch from the chunk `pHYs` (PNG specification, 11.3.4.3).
fn png_density(bytes: &[u8]) -> Option<(f64, f64)> {
    let at = bytes.get(..65_536.min(bytes.len()))?.windows(4).position(|w| w == b"pHYs")?;
    let chunk = bytes.get(at + 4..at + 13)?;
    let number = |i: usize| f64::from(u32::from_be_bytes([chunk[i], chunk[i + 1], chunk[i + 2], chunk[i + 3]])) * 0.0254;
    (chunk[8] == 1).then(|| (number(0), number(4)))
}

fn tiff_pages(bytes: &[u8], mut each: impl FnMut(u32, Result<PageRaster, String>) -> bool) {
    let mut limits = tiff::decoder::Limits::default();
    limits.decoding_buffer_size = MOST_MEMORY as usize;
    limits.intermediate_buffer_size = MOST_MEMORY as usize;
    let mut decoder = match Decoder::new(Cursor::new(bytes)) {
        Ok(decoder) => decoder.with_limits(limits),
        Err(error) => {
            each(1, Err(error.to_string()));
            return;
        }
    };
    let mut number = 1;
    loop {
        // Reduced-resolution copies of a page are not pages (TIFF 6.0, NewSubfileType, bit 0).
        let thumbnail = decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten().is_some_and(|t| t & 1 == 1);
        if !thumbnail {
            if !each(number, tiff_page(&mut decoder, bytes)) {
                return;
            }
            number += 1;
        }
        if !decoder.more_images() {
            return;
        }
        if let Err(error) = decoder.next_image() {
            each(number, Err(error.to_string()));
            return;
        }
    }
}

fn tiff_page(decoder: &mut Decoder<Cursor<&[u8]>>, bytes: &[u8]) -> Result<PageRaster, String> {
    let failed = |e: tiff::TiffError| e.to_string();
    let (width, height) = decoder.dimensions().map_err(failed)?;
    check_size(width, height)?;
    let (grey, is_cut) = match fax::page(decoder, bytes) {
        Some(fax) => fax?,
        None => (tiff_samples(decoder, width, height)?, false),
    };
    let unit = decoder.find_tag_unsigned::<u16>(Tag::ResolutionUnit).ok().flatten().unwrap_or(2);
    let per_inch = if unit == 3 { 2.54 } else { 1.0 };
    let mut resolution = |tag| {
        let value = match decoder.get_tag(tag).ok()? {
            Value::Rational(n, d) => f64::from(n) / f64::from(d),
            Value::Float(v) => f64::from(v),
            Value::Double(v) => v,
            Value::Short(v) => f64::from(v),
            Value::Unsigned(v) => f64::from(v),
            _ => return None,
        };
        Some(value * per_inch)
    };
    let density = if unit == 1 { None } else { resolution(Tag::XResolution).zip(resolution(Tag::YResolution)) };
    let damage = is_cut.then(|| "the image is cut off: rows at its end are missing".to_owned());
    Ok(PageRaster { damage, ..placed(grey, density) })
}

/// The current page's samples in grey.
fn tiff_samples(decoder: &mut Decoder<Cursor<&[u8]>>, width: u32, height: u32) -> Result<GrayImage, String> {
    let failed = |e: tiff::TiffError| e.to_string();
    let colour = decoder.colortype().map_err(failed)?;
    let palette = match colour {
        ColorType::Palette(_) => decoder.get_tag_u16_vec(Tag::ColorMap).map_err(failed)?,
        _ => Vec::new(),
    };
    let samples = decoder.read_image().map_err(failed)?;
    grey_samples(&samples, colour, width, height, &palette).ok_or_else(|| format!("pixels of the kind {colour:?} are not read"))
}

/// Grey pixels of decoded TIFF samples.
fn grey_samples(samples: &DecodingResult, colour: ColorType, width: u32, height: u32, palette: &[u16]) -> Option<GrayImage> {
    let pixels = width as usize * height as usize;
    let bytes: Vec<u8> = match samples {
        DecodingResult::U8(v) => v.clone(),
        DecodingResult::U16(v) => v.iter().map(|s| (s >> 8) as u8).collect(),
        _ => return None,
    };
    let luma = |r: u8, g: u8, b: u8| ((u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114) / 1000) as u8;
    let grey: Vec<u8> = match colour {
        ColorType::Gray(bits @ (1 | 2 | 4)) => {
            unpacked(&bytes, bits, width, height)?.into_iter().map(|v| spread(v, bits)).collect()
        }
        ColorType::Gray(_) => bytes,
        ColorType::GrayA(_) => bytes.chunks_exact(2).map(|p| p[0]).collect(),
        ColorType::RGB(_) | ColorType::YCbCr(_) => bytes.chunks_exact(3).map(|p| luma(p[0], p[1], p[2])).collect(),
        ColorType::RGBA(_) => bytes.chunks_exact(4).map(|p| luma(p[0], p[1], p[2])).collect(),
        ColorType::CMYK(_) => bytes
            .chunks_exact(4)
            .map(|p| {
                let ink = |c: u8| (u32::from(255 - c) * u32::from(255 - p[3]) / 255) as u8;
                luma(ink(p[0]), ink(p[1]), ink(p[2]))
            })
            .collect(),
        ColorType::Palette(bits) => {
            let indexes = if bits < 8 { unpacked(&bytes, bits, width, height)? } else { bytes };
            let size = palette.len() / 3;
            let part = |i: usize| (palette.get(i).copied().unwrap_or(0) >> 8) as u8;
            indexes
                .into_iter()
                .map(|i| luma(part(usize::from(i)), part(size + usize::from(i)), part(2 * size + usize::from(i))))
                .collect()
        }
        _ => return None,
    };
    GrayImage::from_raw(width, height, grey.get(..pixels)?.to_vec())
}

/// Samples of less than a byte, rows beginning at full bytes, one per byte.
fn unpacked(bytes: &[u8], bits: u8, width: u32, height: u32) -> Option<Vec<u8>> {
    let per_byte = 8 / usize::from(bits);
    let row_bytes = (width as usize).div_ceil(per_byte);
    let mut out = Vec::with_capacity(width as usize * height as usize);
    for row in bytes.chunks_exact(row_bytes).take(height as usize) {
        for x in 0..width as usize {
            let shift = 8 - usize::from(bits) * (x % per_byte + 1);
            out.push((row[x / per_byte] >> shift) & ((1u16 << bits) - 1) as u8);
        }
    }
    (out.len() == width as usize * height as usize).then_some(out)
}

/// A sample of so many bits as one of eight.
fn spread(value: u8, bits: u8) -> u8 {
    (u32::from(value) * 255 / ((1 << bits) - 1)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(kind: FileKind, bytes: &[u8]) -> Vec<Result<PageRaster, String>> {
        let mut out = Vec::new();
        each_page(kind, bytes, |_, page| {
            out.push(page);
            true
        });
        out
    }

    #[test]
    fn a_png_without_resolution_is_a_letter_page() {
        let mut bytes = Cursor::new(Vec::new());
        GrayImage::from_pixel(850, 1100, image::Luma([200])).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let page = pages(FileKind::Png, bytes.get_ref()).remove(0).unwrap();
        assert_eq!(page.page_size, (612.0, 792.0));
        assert_eq!(page.grey.get_pixel(3, 3).0[0], 200);
    }

    #[test]
    fn cut_files_are_errors() {
        let mut bytes = Cursor::new(Vec::new());
        GrayImage::new(64, 64).write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
        assert!(pages(FileKind::Jpeg, &bytes.get_ref()[..40])[0].is_err());
        assert!(pages(FileKind::Png, b"\x89PNG\r\n\x1a\n")[0].is_err());
        assert!(pages(FileKind::Tiff, b"II*\0\x08\0\0\0")[0].is_err());
    }

    #[test]
    fn too_many_pixels_are_refused_before_decoding() {
        assert!(check_size(60_000, 60_000).is_err());
        assert!(check_size(2_550, 3_300).is_ok());
    }

    #[test]
    fn every_page_of_a_tiff_is_read() {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
        for level in [10u8, 20] {
            let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(40, 50).unwrap();
            image.resolution(tiff::tags::ResolutionUnit::Inch, tiff::encoder::Rational { n: 8, d: 1 });
            image.write_data(&[level; 40 * 50]).unwrap();
        }
        let read = pages(FileKind::Tiff, bytes.get_ref());
        assert_eq!(read.len(), 2);
        let second = read[1].as_ref().unwrap();
        assert_eq!(second.grey.get_pixel(0, 0).0[0], 20);
        assert_eq!(second.page_size, (360.0, 450.0));
    }

    #[test]
    fn small_samples_are_unpacked() {
        assert_eq!(unpacked(&[0b1010_0000], 1, 3, 1), Some(vec![1, 0, 1]));
        assert_eq!(unpacked(&[0x1F, 0xF1], 4, 2, 2), Some(vec![1, 15, 15, 1]));
        assert_eq!(unpacked(&[], 1, 3, 1), None);
        assert_eq!((spread(1, 1), spread(15, 4), spread(1, 2)), (255, 255, 85));
    }
}
