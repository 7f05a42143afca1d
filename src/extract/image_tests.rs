//! Every form in which scans come: one pattern, stored in each of them, must come out upright and in its place.
//!
//! The pattern is a sheet of 96 × 128 pixels with a black bar at the top left and a shorter one at the bottom right. Two
//! forms for which no encoder is at hand lie beside the tests: `tests/images/pattern.jp2` (OpenJPEG, lossless) and
//! `tests/images/cmyk.jpg` (libjpeg, four components as Adobe's programs invert them), both written with Pillow.

use std::io::{Cursor, Write};

use ::fax::{Color, VecWriter, encoder::Encoder};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};

use super::raster::PageRaster;
use super::*;

const WIDTH: u32 = 96;
const HEIGHT: u32 = 128;

fn is_ink(x: u32, y: u32) -> bool {
    (8..40).contains(&x) && (8..24).contains(&y) || (64..88).contains(&x) && (104..120).contains(&y)
}

fn pattern() -> GrayImage {
    GrayImage::from_fn(WIDTH, HEIGHT, |x, y| Luma([if is_ink(x, y) { 0 } else { 255 }]))
}

/// Whether the pattern is on a page, whatever its resolution.
fn shows(page: &PageRaster) -> bool {
    let (w, h) = (page.grey.width(), page.grey.height());
    let at = |x: u32, y: u32| page.grey.get_pixel((2 * x + 1) * w / (2 * WIDTH), (2 * y + 1) * h / (2 * HEIGHT)).0[0];
    let dark = [(24, 16), (12, 20), (76, 112)].iter().all(|(x, y)| at(*x, *y) < 80);
    let light = [(72, 16), (24, 112), (48, 64), (92, 124), (52, 16)].iter().all(|(x, y)| at(*x, *y) > 170);
    let upright = (f64::from(h) / f64::from(w) - f64::from(HEIGHT) / f64::from(WIDTH)).abs() < 0.02;
    dark && light && upright
}

/// An image of a PDF: its place on the page as the matrix of `cm`, its dictionary, its stream.
struct Placed<'a>(&'a str, String, Vec<u8>);

/// A PDF of one page of this size in points, whose images lie on it in order; further objects are numbered from 20.
fn pdf(size: (f32, f32), images: &[Placed<'_>], further: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut put = |number: usize, dictionary: &str, stream: Option<&[u8]>| {
        write!(out, "{number} 0 obj <<{dictionary}").unwrap();
        match stream {
            Some(data) => {
                write!(out, " /Length {} >>\nstream\n", data.len()).unwrap();
                out.extend_from_slice(data);
                out.extend_from_slice(b"\nendstream endobj\n");
            }
            None => out.extend_from_slice(b">> endobj\n"),
        }
    };
    let names: Vec<String> = (0..images.len()).map(|i| format!("/I{i} {} 0 R ", 10 + i)).collect();
    let drawn = images.iter().enumerate().map(|(i, Placed(matrix, ..))| format!("q {matrix} cm /I{i} Do Q "));
    let content = drawn.collect::<Vec<_>>().concat();
    put(1, " /Type /Catalog /Pages 2 0 R ", None);
    put(2, " /Type /Pages /Kids [3 0 R] /Count 1 ", None);
    let page = format!(
        " /Type /Page /Parent 2 0 R /MediaBox [0 0 {} {}] /Contents 4 0 R /Resources << /XObject << {names}>> >> ",
        size.0,
        size.1,
        names = names.concat()
    );
    put(3, &page, None);
    put(4, "", Some(content.as_bytes()));
    for (i, Placed(_, dictionary, data)) in images.iter().enumerate() {
        put(10 + i, &format!(" /Type /XObject /Subtype /Image {dictionary}"), Some(data));
    }
    for (i, (dictionary, data)) in further.iter().enumerate() {
        put(20 + i, dictionary, Some(data));
    }
    out.extend_from_slice(b"trailer << /Root 1 0 R >>\n");
    out
}

fn page_of(bytes: &[u8]) -> PageRaster {
    let pdf = open_pdf(bytes).unwrap();
    let cache = InterpreterCache::new();
    let pages = pdf.pages();
    raster::pdf_page(&pages[0], &cache).unwrap()
}

/// The page of a PDF that this image fills.
fn filled(dictionary: &str, data: Vec<u8>) -> PageRaster {
    let dictionary = format!("/Width {WIDTH} /Height {HEIGHT} {dictionary}");
    page_of(&pdf((48.0, 64.0), &[Placed("48 0 0 64 0 0", dictionary, data)], &[]))
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Rows of one bit a pixel, a set bit being ink or not.
fn bits(rows: std::ops::Range<u32>, ink: bool) -> Vec<u8> {
    rows.flat_map(|y| (0..WIDTH / 8).map(move |b| (0..8).fold(0, |all, i| all << 1 | u8::from(is_ink(8 * b + i, y) == ink))))
        .collect()
}

/// CCITT Group 4 (ITU-T T.6).
fn group_4() -> Vec<u8> {
    let mut encoder = Encoder::new(VecWriter::new());
    for y in 0..HEIGHT {
        let row = (0..WIDTH).map(|x| if is_ink(x, y) { Color::Black } else { Color::White });
        encoder.encode_line(row, WIDTH as u16).unwrap();
    }
    encoder.finish().unwrap().finish()
}

fn jpeg(image: &DynamicImage) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

#[test]
fn jpeg_and_jpeg_2000_are_read() {
    let grey = DynamicImage::ImageLuma8(pattern());
    let one = "/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode";
    assert!(shows(&filled(one, jpeg(&grey))));
    let three = "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode";
    assert!(shows(&filled(three, jpeg(&DynamicImage::ImageRgb8(grey.to_rgb8())))));
    let four = "/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Decode [1 0 1 0 1 0 1 0] /Filter /DCTDecode";
    assert!(shows(&filled(four, include_bytes!("../../tests/images/cmyk.jpg").to_vec())));
    let wavelets = include_bytes!("../../tests/images/pattern.jp2").to_vec();
    assert!(shows(&filled("/Filter /JPXDecode", wavelets)));
}

#[test]
fn group_4_faxes_are_read_with_either_sign() {
    let black_is_0 = format!(
        "/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {WIDTH} /Rows {HEIGHT} >>"
    );
    assert!(shows(&filled(&black_is_0, group_4())));
    let black_is_1 = format!(
        "/ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] /Filter /CCITTFaxDecode /DecodeParms << /K -1 /BlackIs1 true /Columns {WIDTH} /Rows {HEIGHT} >>"
    );
    assert!(shows(&filled(&black_is_1, group_4())));
    let mask = format!(
        "/ImageMask true /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {WIDTH} /Rows {HEIGHT} >>"
    );
    assert!(shows(&filled(&mask, group_4())));
}

/// Bits as bytes, the last one filled up with zeros.
fn packed(bits: &str) -> Vec<u8> {
    let bits: Vec<u8> = bits.bytes().filter(|b| *b != b' ').map(|b| b - b'0').collect();
    bits.chunks(8).map(|byte| byte.iter().enumerate().fold(0, |all, (i, bit)| all | bit << (7 - i))).collect()
}

#[test]
fn group_3_faxes_are_read_in_one_and_two_dimensions() {
    // 8 white, 8 black, 16 white pixels (T.4, table 2), row for row; of two dimensions three vertical modes repeat the row.
    const ROW: &str = "10011 000101 101010";
    const END_OF_LINE: &str = "000000000001";
    let read = |parameters: &str, data: String| {
        let dictionary = format!(
            "/Width 32 /Height 16 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode \
             /DecodeParms << /Columns 32 /Rows 16 {parameters} >>"
        );
        let page = page_of(&pdf((32.0, 16.0), &[Placed("32 0 0 16 0 0", dictionary, packed(&data))], &[]));
        page.grey.dimensions() == (32, 16) && page.grey.enumerate_pixels().all(|(x, _, p)| (p.0[0] < 128) == (8..16).contains(&x))
    };
    assert!(read("/K 0", ROW.repeat(16)));
    assert!(read("/K 0 /EndOfLine true", format!("{END_OF_LINE}{ROW}").repeat(16)));
    let two = |i: usize| if i.is_multiple_of(4) { format!("{END_OF_LINE}1{ROW}") } else { format!("{END_OF_LINE}0111") };
    assert!(read("/K 4 /EndOfLine true", (0..16).map(two).collect()));
}

#[test]
fn jbig2_is_read() {
    // ITU-T T.88: a page information segment (7.4.8) and an immediate generic region (7.4.6) coded with MMR.
    let segment = |number: u32, kind: u8, data: &[u8]| {
        let mut out = number.to_be_bytes().to_vec();
        out.extend([kind, 0, 1]);
        out.extend((data.len() as u32).to_be_bytes());
        out.extend_from_slice(data);
        out
    };
    let size: Vec<u8> = [WIDTH, HEIGHT].iter().flat_map(|n| n.to_be_bytes()).collect();
    let page = [&size[..], &[0; 8], &[0], &[0, 0]].concat();
    let region = [&size[..], &[0; 8], &[0], &[1], &group_4()].concat();
    let stream = [segment(0, 48, &page), segment(1, 38, &region)].concat();
    assert!(shows(&filled("/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode", stream)));
}

#[test]
fn deflated_pixels_are_read_whatever_their_depth_and_sign() {
    let flate = "/Filter /FlateDecode";
    let plain = bits(0..HEIGHT, false);
    let inverted = bits(0..HEIGHT, true);
    assert!(shows(&filled(&format!("/ColorSpace /DeviceGray /BitsPerComponent 1 {flate}"), deflated(&plain))));
    let decode = format!("/ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] {flate}");
    assert!(shows(&filled(&decode, deflated(&inverted))));
    let palette = format!("/ColorSpace [/Indexed /DeviceRGB 1 <FFFFF0101010>] /BitsPerComponent 1 {flate}");
    assert!(shows(&filled(&palette, deflated(&inverted))));
    assert!(shows(&filled(&format!("/ImageMask true /BitsPerComponent 1 {flate}"), deflated(&plain))));
    let deep: Vec<u8> = pattern().pixels().flat_map(|p| [p.0[0], p.0[0]]).collect();
    assert!(shows(&filled(&format!("/ColorSpace /DeviceGray /BitsPerComponent 16 {flate}"), deflated(&deep))));
    // PNG's predictor "up" (RFC 2083, 6.4) on each row.
    let grey = pattern();
    let up: Vec<u8> = (0..HEIGHT)
        .flat_map(|y| {
            let above = move |x: u32| if y == 0 { 0 } else { pattern().get_pixel(x, y - 1).0[0] };
            let row: Vec<u8> = (0..WIDTH).map(|x| grey.get_pixel(x, y).0[0].wrapping_sub(above(x))).collect();
            [vec![2], row].concat()
        })
        .collect();
    let predicted =
        format!("/ColorSpace /DeviceGray /BitsPerComponent 8 {flate} /DecodeParms << /Predictor 15 /Columns {WIDTH} >>");
    assert!(shows(&filled(&predicted, deflated(&up))));
}

#[test]
fn several_strips_and_layers_are_one_page_at_the_resolution_of_the_scan() {
    let strip = |i: u32| {
        let dictionary = format!("/Width {WIDTH} /Height 32 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode");
        (format!("23.04 0 0 7.68 0 {}", 7.68 * (3 - i) as f32), dictionary, deflated(&bits(32 * i..32 * i + 32, false)))
    };
    let strips: Vec<(String, String, Vec<u8>)> = (0..4).map(strip).collect();
    let placed: Vec<Placed<'_>> = strips.iter().map(|(m, d, data)| Placed(m, d.clone(), data.clone())).collect();
    let page = page_of(&pdf((23.04, 30.72), &placed, &[]));
    assert!(shows(&page));
    assert!((page.dpi().0 - 300.0).abs() < 6.0, "{:?}", page.dpi());
    // A tinted background, and the print above it as a mask.
    let paper = jpeg(&DynamicImage::ImageLuma8(GrayImage::from_pixel(24, 32, Luma([235]))));
    let under = "/Width 24 /Height 32 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode".to_owned();
    let print = format!("/Width {WIDTH} /Height {HEIGHT} /ImageMask true /BitsPerComponent 1 /Filter /FlateDecode");
    let layers = [Placed("48 0 0 64 0 0", under, paper), Placed("48 0 0 64 0 0", print, deflated(&bits(0..HEIGHT, false)))];
    assert!(shows(&page_of(&pdf((48.0, 64.0), &layers, &[]))));
}

#[test]
fn ink_that_a_soft_mask_cuts_out_is_on_white_paper() {
    let opacity: Vec<u8> = pattern().pixels().map(|p| 255 - p.0[0]).collect();
    let mask = format!(
        " /Type /XObject /Subtype /Image /Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    );
    let ink =
        format!("/Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceRGB /BitsPerComponent 8 /SMask 20 0 R /Filter /FlateDecode");
    let black = deflated(&vec![0; 3 * (WIDTH * HEIGHT) as usize]);
    let page = page_of(&pdf((48.0, 64.0), &[Placed("48 0 0 64 0 0", ink, black)], &[(mask, deflated(&opacity))]));
    assert!(shows(&page));
}

#[test]
fn a_page_keeps_its_place_at_every_resolution() {
    for dpi in [72.0_f32, 100.0, 150.0, 200.0, 300.0, 400.0, 600.0] {
        let (width, height) = (WIDTH as f32 * 72.0 / dpi, HEIGHT as f32 * 72.0 / dpi);
        let dictionary =
            format!("/Width {WIDTH} /Height {HEIGHT} /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode");
        let matrix = format!("{width} 0 0 {height} 0 0");
        let page = page_of(&pdf((width, height), &[Placed(&matrix, dictionary, deflated(&bits(0..HEIGHT, false)))], &[]));
        assert!(shows(&page), "{dpi}");
        assert!((page.dpi().0 - f64::from(dpi)).abs() < 1.0 && (page.dpi().1 - f64::from(dpi)).abs() < 1.0, "{dpi}");
    }
}

fn one_page(kind: FileKind, bytes: &[u8]) -> PageRaster {
    let mut out = Vec::new();
    decode::each_page(kind, bytes, |_, page| {
        out.push(page.unwrap());
        true
    });
    assert_eq!(out.len(), 1);
    out.remove(0)
}

#[test]
fn photos_are_turned_as_their_camera_says() {
    for exif in 1..=8u8 {
        let mut stored = DynamicImage::ImageLuma8(pattern());
        stored.apply_orientation(match Orientation::from_exif(exif).unwrap() {
            Orientation::Rotate90 => Orientation::Rotate270,
            Orientation::Rotate270 => Orientation::Rotate90,
            itself => itself,
        });
        let plain = jpeg(&stored);
        // APP1 behind the start of the image: one entry, Orientation (Exif 2.3, 4.6.4).
        let mut app1 = b"\xFF\xE1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        app1.extend([exif, 0, 0, 0, 0, 0, 0]);
        let bytes = [&plain[..2], &app1, &plain[2..]].concat();
        assert!(shows(&one_page(FileKind::Jpeg, &bytes)), "orientation {exif}");
    }
}

#[test]
fn jpegs_of_four_inks_are_read() {
    assert!(shows(&one_page(FileKind::Jpeg, include_bytes!("../../tests/images/cmyk.jpg"))));
}

/// A PNG of these rows (RFC 2083), each without its filter byte.
fn png(depth: u8, colour: u8, chunks: &[(&[u8; 4], &[u8])], rows: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut put = |name: &[u8; 4], data: &[u8]| {
        let mut crc = Crc::new();
        crc.update(name);
        crc.update(data);
        out.extend((data.len() as u32).to_be_bytes());
        out.extend_from_slice(name);
        out.extend_from_slice(data);
        out.extend(crc.sum().to_be_bytes());
    };
    put(b"IHDR", &[&WIDTH.to_be_bytes()[..], &HEIGHT.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat());
    for (name, data) in chunks {
        put(name, data);
    }
    let raw: Vec<u8> = rows.iter().flat_map(|r| [&[0], &r[..]].concat()).collect();
    put(b"IDAT", &deflated(&raw));
    put(b"IEND", &[]);
    out
}

#[test]
fn pngs_are_read_in_every_depth_and_with_transparency() {
    let rows = |pixel: &dyn Fn(bool) -> Vec<u8>| -> Vec<Vec<u8>> {
        (0..HEIGHT).map(|y| (0..WIDTH).flat_map(|x| pixel(is_ink(x, y))).collect()).collect()
    };
    let one_bit: Vec<Vec<u8>> = (0..HEIGHT).map(|y| bits(y..y + 1, true)).collect();
    let deep = rows(&|ink| if ink { vec![0, 3] } else { vec![255, 250] });
    assert!(shows(&one_page(FileKind::Png, &png(16, 0, &[], &deep))));
    let palette: &[(&[u8; 4], &[u8])] = &[(b"PLTE", &[250, 250, 240, 20, 20, 60])];
    assert!(shows(&one_page(FileKind::Png, &png(1, 3, palette, &one_bit))));
    // The paper is transparent and black beneath, as programs that cut out the print leave it.
    let cut_out: &[(&[u8; 4], &[u8])] = &[(b"PLTE", &[0, 0, 0, 0, 0, 0]), (b"tRNS", &[0])];
    assert!(shows(&one_page(FileKind::Png, &png(1, 3, cut_out, &one_bit))));
    let alpha = rows(&|ink| if ink { vec![0, 0, 0, 255] } else { vec![0, 0, 0, 0] });
    assert!(shows(&one_page(FileKind::Png, &png(8, 6, &[], &alpha))));
    // One pixel to the inch cannot be: the sheet is taken for a letter.
    let senseless: &[(&[u8; 4], &[u8])] = &[(b"pHYs", &[0, 0, 0, 39, 0, 0, 0, 39, 1])];
    let page = one_page(FileKind::Png, &png(8, 0, senseless, &rows(&|ink| vec![if ink { 0 } else { 255 }])));
    assert!(shows(&page) && (page.page_size.1 - 792.0).abs() < 0.1);
}

#[test]
fn tiffs_of_many_strips_and_pages_are_read() {
    let mut bytes = Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut bytes).unwrap();
    for dpi in [72, 600] {
        let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(WIDTH, HEIGHT).unwrap();
        image.rows_per_strip(8).unwrap();
        image.resolution(tiff::tags::ResolutionUnit::Inch, tiff::encoder::Rational { n: dpi, d: 1 });
        image.write_data(&pattern()).unwrap();
    }
    let mut pages = Vec::new();
    decode::each_page(FileKind::Tiff, bytes.get_ref(), |_, page| {
        pages.push(page.unwrap());
        true
    });
    assert_eq!(pages.len(), 2);
    // So small a sheet at either resolution is none: the resolution is not believed.
    assert!(pages.iter().all(|p| shows(p) && (p.page_size.1 - 792.0).abs() < 0.1));
}
