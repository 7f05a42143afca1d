//! Pages as images: the scan's own pixels where a page is one image, a rendering where it is not.

use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use hayro_interpret::font::GlyphRun;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{Affine, BezPath, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, InterpreterCache,
    InterpreterSettings, LumaData, SoftMask, TransformExt, interpret_page,
};
use image::{GrayImage, RgbImage};

/// A page in grey, with its place on the page in the file.
#[derive(Debug, Clone)]
pub struct PageRaster {
    /// The pixels.
    pub grey: GrayImage,
    /// From pixels to points of the page in the file (y downwards).
    pub to_page: Affine,
    /// Width and height of the page in the file, in points.
    pub page_size: (f32, f32),
    /// What of the page is known to be missing.
    pub damage: Option<String>,
}

impl PageRaster {
    /// Pixels per inch along both axes of the image.
    pub fn dpi(&self) -> (f64, f64) {
        let [a, b, c, d, _, _] = self.to_page.as_coeffs();
        (72.0 / a.hypot(b).max(1e-6), 72.0 / c.hypot(d).max(1e-6))
    }
}

/// Images with more pixels than this are refused before they are decoded: a letter page at 600 dpi has 34 million.
pub const MOST_PIXELS: u64 = 90_000_000;
/// Resolution at which pages are rendered that are not one image: that of their finest large image within these bounds.
const RENDER_DPI: (f64, f64) = (200.0, 300.0);
/// The renderer takes no more pixels than this per side.
const MOST_RENDERED: f32 = 8_000.0;

/// A PDF page as pixels.
pub fn pdf_page<'a>(page: &'a Page<'a>, cache: &InterpreterCache<'a>) -> Result<PageRaster, String> {
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut context =
        Context::new(page.initial_transform(true).to_kurbo(), bounds, cache, page.xref(), InterpreterSettings::default());
    let mut finder = ImageFinder { page: bounds, found: Vec::new(), others: 0, finest: 0.0, too_large: false };
    interpret_page(page, &mut context, &mut finder);
    if finder.too_large {
        return Err("the page holds an image of too many pixels".to_owned());
    }
    if let [one] = &mut finder.found[..]
        && finder.others == 0
        && let Some(grey) = one.grey.take()
    {
        return Ok(PageRaster { grey, to_page: one.to_page, page_size: (width, height), damage: None });
    }
    let dpi = (finder.finest.clamp(RENDER_DPI.0, RENDER_DPI.1) as f32).min(MOST_RENDERED * 72.0 / width.max(height));
    let rendered = render(page, dpi);
    Ok(PageRaster {
        to_page: Affine::scale_non_uniform(
            f64::from(width) / f64::from(rendered.width()),
            f64::from(height) / f64::from(rendered.height()),
        ),
        grey: image::imageops::grayscale(&rendered),
        page_size: (width, height),
        damage: None,
    })
}

/// The page as it is displayed, at this resolution.
pub fn render<'a>(page: &'a Page<'a>, dpi: f32) -> RgbImage {
    let (width, height) = page.render_dimensions();
    let scale = (dpi / 72.0).min(MOST_RENDERED / width.max(height).max(1.0));
    let settings = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
    let pixmap = hayro::render(page, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &settings);
    let (w, h) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
    let rgb = pixmap.data().iter().flat_map(|p| [p.r, p.g, p.b]).collect();
    RgbImage::from_raw(w, h, rgb).unwrap_or_else(|| RgbImage::new(w, h))
}

/// One image of a page.
struct Found {
    grey: Option<GrayImage>,
    to_page: Affine,
}

/// The device that looks for the one image that fills a page.
struct ImageFinder {
    page: Rect,
    found: Vec<Found>,
    others: usize,
    /// Pixels per inch of the finest image of some size.
    finest: f64,
    too_large: bool,
}

impl ImageFinder {
    fn take(&mut self, pixels: (u32, u32), transform: Affine, decode: impl FnOnce() -> Option<(GrayImage, (f32, f32))>) {
        if u64::from(pixels.0) * u64::from(pixels.1) > MOST_PIXELS {
            self.too_large = true;
            return;
        }
        let placed = transform.transform_rect_bbox(Rect::new(0.0, 0.0, f64::from(pixels.0), f64::from(pixels.1)));
        let covered = placed.intersect(self.page).area() / self.page.area().max(1.0);
        if covered >= 0.02 {
            let [a, b, c, d, _, _] = transform.as_coeffs();
            self.finest = self.finest.max(72.0 / a.hypot(b).max(c.hypot(d)).max(1e-6));
        }
        if covered < 0.5 || !self.found.is_empty() {
            // Small images beside a page-filling one are logos or stamps; a second large one means strips or layers.
            self.others += usize::from(covered >= 0.02);
            return;
        }
        let decoded = decode();
        let to_page = match &decoded {
            // The decoder may correct the size; the transform is made for the size that the file states.
            Some((_, (x, y))) => transform * Affine::scale_non_uniform(f64::from(*x), f64::from(*y)),
            None => transform,
        };
        self.found.push(Found { grey: decoded.map(|(grey, _)| grey), to_page });
    }
}

impl<'a> Device<'a> for ImageFinder {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, _: DrawProps<'a>, mode: &DrawMode) {
        // Visible text above the scan has to be rendered with it.
        self.others += usize::from(!matches!(mode, DrawMode::Invisible) && !self.found.is_empty() && !run.glyphs().is_empty());
    }
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let pixels = (image.width(), image.height());
        match image {
            Image::Raster(raster) => self.take(pixels, props.transform, || {
                let mut out = None;
                raster.with_rgba(|data, alpha| out = grey_of(data, alpha), None);
                out
            }),
            Image::Stencil(stencil) => self.take(pixels, props.transform, || {
                let mut out = None;
                stencil.with_stencil(
                    |mask, _| {
                        // Where the stencil lets paint through there is ink.
                        let ink: Vec<u8> = mask.data.iter().map(|v| 255 - v).collect();
                        out = GrayImage::from_raw(mask.width, mask.height, ink).map(|grey| (grey, mask.scale_factors));
                    },
                    None,
                );
                out
            }),
        }
    }
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Grey on white paper; a mask of another size than its image leaves the page to the renderer.
fn grey_of(data: ImageData, alpha: Option<LumaData>) -> Option<(GrayImage, (f32, f32))> {
    let (mut grey, factors) = opaque(data)?;
    if let Some(mask) = alpha {
        if (mask.width, mask.height) != grey.dimensions() {
            return None;
        }
        for (v, a) in grey.iter_mut().zip(&mask.data) {
            let (ink, opacity) = (u32::from(*v), u32::from(*a));
            *v = ((ink * opacity + 255 * (255 - opacity)) / 255) as u8;
        }
    }
    Some((grey, factors))
}

fn opaque(data: ImageData) -> Option<(GrayImage, (f32, f32))> {
    match data {
        ImageData::Luma(luma) => GrayImage::from_raw(luma.width, luma.height, luma.data).map(|g| (g, luma.scale_factors)),
        ImageData::Rgb(rgb) => {
            let factors = rgb.scale_factors;
            RgbImage::from_raw(rgb.width, rgb.height, rgb.data).map(|image| (image::imageops::grayscale(&image), factors))
        }
    }
}

/// An image as it lies in the file, at this resolution, in colour as far as it was kept.
pub fn at_dpi(page: &PageRaster, dpi: f32) -> RgbImage {
    let (width, height) = page.page_size;
    let scale = (dpi / 72.0).min(MOST_RENDERED / width.max(height).max(1.0));
    let size = ((width * scale).round().max(1.0) as u32, (height * scale).round().max(1.0) as u32);
    let scaled = image::imageops::resize(&page.grey, size.0, size.1, image::imageops::FilterType::Triangle);
    image::DynamicImage::ImageLuma8(scaled).into_rgb8()
}
