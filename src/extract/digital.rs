//! The text layer of a PDF page: glyphs with places, drawn lines, and whether the layer is to be trusted.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use billproof_parsers::page_text::{BBox, PageText, Ruling, TextSource, Word};
use hayro_interpret::font::{Glyph as PdfGlyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::page::Page;
use hayro_interpret::kurbo::{BezPath, PathEl, Point, Rect, Shape};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings,
    Paint, SoftMask, TransformExt, interpret_page,
};

use super::frame::Turn;
use super::layer::{Drawn, TextLayer};
use super::words::{Glyph, words_of};

/// What a page draws, as far as reading it goes.
#[derive(Debug, Clone)]
pub struct DigitalPage {
    /// The words of the text layer, upright. Invisible ones are among them only where the layer is unusable as it is:
    /// there they are what another program recognised.
    pub text: PageText,
    /// Whether those words are what the page shows.
    pub layer: TextLayer,
}

/// Drawn lines shorter than this (points) rule nothing.
const SHORTEST_RULING: f32 = 5.0;
/// Filled boxes thinner than this (points) are lines.
const THICKEST_RULING: f32 = 2.5;
/// More rulings than this on a page are a picture.
const MOST_RULINGS: usize = 20_000;
/// More glyphs than this on a page are an attack; a dense page has 10 000.
const MOST_GLYPHS: usize = 400_000;
/// Stems of a regular face are about 0.08 em wide, of a bold one 0.12 and more.
const BOLD_STEM: f64 = 105.0;

/// Reads page `number` (from 1); `None` when the interpreter fails on it.
pub fn read_page<'a>(page: &'a Page<'a>, number: u32, cache: &InterpreterCache<'a>) -> Option<DigitalPage> {
    let (width, height) = page.render_dimensions();
    let transform = page.initial_transform(true).to_kurbo();
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let collected = catch_unwind(AssertUnwindSafe(|| {
        let mut context = Context::new(transform, bounds, cache, page.xref(), InterpreterSettings::default());
        let mut collector = Collector::new(width, height);
        interpret_page(page, &mut context, &mut collector);
        collector
    }))
    .ok()?;
    Some(collected.into_page(number))
}

/// A glyph in the frame of the page in the file.
struct PlacedGlyph {
    glyph: Glyph,
    turn: Turn,
    start: (f32, f32),
    end: (f32, f32),
}

/// The words of the glyphs that advance in one direction, as they stand once the page is turned so that they are level.
fn words_turned(glyphs: &[PlacedGlyph], turn: Turn, (width, height): (f32, f32)) -> Vec<Word> {
    let level = |placed: &PlacedGlyph| {
        let (x0, baseline) = turn.to_upright(placed.start, width, height);
        let (x1, _) = turn.to_upright(placed.end, width, height);
        Glyph { x0, x1: x1.max(x0), baseline, ..placed.glyph.clone() }
    };
    words_of(&glyphs.iter().filter(|g| g.turn == turn).map(level).collect::<Vec<_>>())
}

/// The device that notes what is drawn and draws nothing.
struct Collector {
    width: f32,
    height: f32,
    glyphs: Vec<PlacedGlyph>,
    /// Glyphs that are drawn without a trace.
    hidden: Vec<PlacedGlyph>,
    rulings: Vec<BBox>,
    stems: HashMap<u128, Option<f64>>,
    drawn: Drawn,
}

impl Collector {
    fn new(width: f32, height: f32) -> Self {
        Self {
            width,
            height,
            glyphs: Vec::new(),
            hidden: Vec::new(),
            rulings: Vec::new(),
            stems: HashMap::new(),
            drawn: Drawn::new(width, height),
        }
    }

    fn into_page(self, number: u32) -> DigitalPage {
        let Self { width, height, mut glyphs, hidden, rulings, drawn, .. } = self;
        let layer = drawn.layer();
        if matches!(layer, TextLayer::Unusable(_)) {
            glyphs.extend(hidden);
        }
        let turn = Turn::ALL
            .into_iter()
            .rev()
            .max_by_key(|turn| glyphs.iter().filter(|g| g.turn == *turn && !g.glyph.text.trim().is_empty()).count())
            .unwrap_or(Turn::Upright);
        let mut words = words_turned(&glyphs, turn, (width, height));
        // headings of narrow columns run upwards: a quarter turn against the text of the page
        let aside = turn.quarter_back();
        words.extend(words_turned(&glyphs, aside, (width, height)).into_iter().map(|w| {
            let [a, b, c, d, e, f] = aside.to_page(width, height);
            let at = |x: f32, y: f32| (a * x + c * y + e, b * x + d * y + f);
            let (p, q) = (at(w.bbox.x0, w.bbox.y0), at(w.bbox.x1, w.bbox.y1));
            let on_page = BBox::new(p.0.min(q.0), p.1.min(q.1), p.0.max(q.0), p.1.max(q.1));
            Word { bbox: turn.box_to_upright(on_page, width, height), ..w }
        }));
        let (upright_width, upright_height) = turn.upright_size(width, height);
        let text = PageText {
            number,
            width: upright_width,
            height: upright_height,
            words,
            rulings: rulings.into_iter().map(|b| Ruling { bbox: turn.box_to_upright(b, width, height) }).collect(),
            source: TextSource::Digital,
            to_page: turn.to_page(width, height),
            bend: None,
        };
        DigitalPage { text, layer }
    }

    fn inside(&self, (x, y): (f32, f32)) -> bool {
        x >= -2.0 && y >= -2.0 && x <= self.width + 2.0 && y <= self.height + 2.0
    }

    fn add_ruling(&mut self, b: BBox) {
        if self.rulings.len() >= MOST_RULINGS || !self.inside((b.cx(), b.cy())) {
            return;
        }
        let (long, short) = (b.width().max(b.height()), b.width().min(b.height()));
        if long >= SHORTEST_RULING && short <= THICKEST_RULING {
            self.rulings.push(b);
        }
    }

    /// A filled shape: a thin one is a line, a box has four edges.
    fn add_filled(&mut self, b: BBox) {
        if b.width().min(b.height()) <= THICKEST_RULING {
            self.add_ruling(b);
            return;
        }
        if b.width() * b.height() >= 0.95 * self.width * self.height {
            return;
        }
        self.add_ruling(BBox::new(b.x0, b.y0, b.x1, b.y0));
        self.add_ruling(BBox::new(b.x0, b.y1, b.x1, b.y1));
        self.add_ruling(BBox::new(b.x0, b.y0, b.x0, b.y1));
        self.add_ruling(BBox::new(b.x1, b.y0, b.x1, b.y1));
    }

    /// Whether the run's font is bold: by its name or weight, else by the stems of the letters themselves.
    fn is_bold(&mut self, run: &GlyphRun<'_, '_>) -> bool {
        let Some(PdfGlyph::Outline(first)) = run.glyphs().first().map(|g| &**g) else {
            return false;
        };
        if let Some(data) = first.font_data() {
            let name = data.postscript_name.unwrap_or_default().to_ascii_lowercase();
            if data.weight.is_some_and(|w| w >= 600)
                || ["bold", "black", "heavy", "semibold", "demi"].iter().any(|w| name.contains(w))
            {
                return true;
            }
            if !name.is_empty() {
                return false;
            }
        }
        let stems: Vec<f64> = run
            .glyphs()
            .iter()
            .take(40)
            .filter_map(|glyph| {
                let PdfGlyph::Outline(outline) = &**glyph else { return None };
                let text = characters(glyph);
                if !text.chars().all(|c| "lIiHEFDLTPRBhkbdn1t".contains(c)) {
                    return None;
                }
                let key = outline.identifier().cache_key();
                *self.stems.entry(key).or_insert_with(|| stem_width(&outline.outline()))
            })
            .collect();
        !stems.is_empty() && stems.iter().sum::<f64>() / stems.len() as f64 >= BOLD_STEM
    }
}

impl<'a> Device<'a> for Collector {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, draw_mode: &DrawMode) {
        self.drawn
            .path(path.elements().len(), path.elements().iter().any(|e| matches!(e, PathEl::CurveTo(..) | PathEl::QuadTo(..))));
        if path.elements().len() > 2_000 || (matches!(draw_mode, DrawMode::Fill(_)) && is_white(&props.paint)) {
            return;
        }
        let placed = props.transform * path.clone();
        match draw_mode {
            DrawMode::Stroke(_) => {
                for segment in placed.segments() {
                    if let hayro_interpret::kurbo::PathSeg::Line(line) = segment {
                        self.add_ruling(bbox_of(line.bounding_box()));
                    }
                }
            }
            _ => {
                for shape in closed_shapes(&placed) {
                    self.add_filled(shape);
                }
            }
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, draw_mode: &DrawMode) {
        if self.glyphs.len() + self.hidden.len() + run.glyphs().len() > MOST_GLYPHS {
            return;
        }
        let invisible = matches!(draw_mode, DrawMode::Invisible);
        let bold = !invisible && self.is_bold(run);
        let first = if invisible { self.hidden.len() } else { self.glyphs.len() };
        for glyph in run.glyphs() {
            let to_page = props.transform * glyph.transform();
            let text = characters(glyph);
            let origin = to_page * Point::ZERO;
            let up = to_page * Point::new(0.0, 1000.0) - origin;
            let along = to_page * Point::new(1000.0, 0.0) - origin;
            let Some(turn) = Turn::of_direction(along.x, along.y) else {
                continue;
            };
            let mut size = up.hypot() as f32;
            let advance = advance_of(glyph);
            let end = advance.map_or(origin, |advance| to_page * Point::new(advance, 0.0));
            let width = (end - origin).hypot() as f32;
            // A Type 3 font may hide its size in its own matrix.
            if matches!(&**glyph, PdfGlyph::Type3(_)) && width > 1.6 * size {
                size = width / 0.55;
            }
            let start = (origin.x as f32, origin.y as f32);
            if !(size.is_finite() && width.is_finite()) || size < 0.5 || !self.inside(start) {
                continue;
            }
            if !text.trim().is_empty() {
                self.drawn.glyph(&text, start, size, invisible);
            }
            let glyph = Glyph { text, x0: 0.0, x1: 0.0, baseline: 0.0, size, bold, tracking: 0.0 };
            let placed = PlacedGlyph { glyph, turn, start, end: (end.x as f32, end.y as f32) };
            if invisible { &mut self.hidden } else { &mut self.glyphs }.push(placed);
        }
        let drawn = if invisible { &mut self.hidden[first..] } else { &mut self.glyphs[first..] };
        let tracking = tracking_of(drawn);
        for placed in drawn {
            placed.glyph.tracking = tracking;
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let size = (f64::from(image.width()), f64::from(image.height()));
        let placed = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, size.0, size.1));
        self.drawn.image(bbox_of(placed), (image.width(), image.height()));
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// The characters of a glyph, with the signs that only look different made alike; U+FFFD where the file tells none.
fn characters(glyph: &PdfGlyph<'_>) -> String {
    let raw = match glyph.as_unicode() {
        Some(BfString::Char(c)) => c.to_string(),
        Some(BfString::String(s)) => s,
        None => return '\u{FFFD}'.to_string(),
    };
    let mut text = String::with_capacity(raw.len());
    for c in raw.chars() {
        match c {
            '\u{FB00}' => text.push_str("ff"),
            '\u{FB01}' => text.push_str("fi"),
            '\u{FB02}' => text.push_str("fl"),
            '\u{FB03}' => text.push_str("ffi"),
            '\u{FB04}' => text.push_str("ffl"),
            '\u{2212}' | '\u{2010}' | '\u{2011}' | '\u{AD}' => text.push('-'),
            '\u{2018}' | '\u{2019}' => text.push('\''),
            '\u{201C}' | '\u{201D}' => text.push('"'),
            '\u{200B}'..='\u{200F}' | '\u{FEFF}' | '\u{2060}' => {}
            c if c.is_whitespace() => text.push(' '),
            c if c.is_control() || ('\u{E000}'..='\u{F8FF}').contains(&c) => text.push('\u{FFFD}'),
            c => text.push(c),
        }
    }
    // A glyph that stands for nothing is a space as far as words go.
    if text.is_empty() { " ".to_owned() } else { text }
}

/// The advance of a glyph in thousandths of its font size, before its transform.
///
/// A face that stands in for a missing one is stretched by its transform, so that this is off by the stretch; the
/// run's own median gap makes up for it.
fn advance_of(glyph: &PdfGlyph<'_>) -> Option<f64> {
    match glyph {
        PdfGlyph::Outline(outline) => outline.advance_width().map(f64::from),
        PdfGlyph::Type3(glyph) => glyph.advance_width().map(f64::from),
    }
}

/// The median distance between neighbours of one run; zero for short runs and for text that is not letter-spaced.
fn tracking_of(run: &[PlacedGlyph]) -> f32 {
    let mut gaps: Vec<f32> = run
        .windows(2)
        .filter(|pair| pair.iter().all(|g| !g.glyph.text.trim().is_empty()))
        .map(|pair| {
            let (dx, dy) = (pair[1].start.0 - pair[0].end.0, pair[1].start.1 - pair[0].end.1);
            match pair[0].turn {
                Turn::Upright => dx,
                Turn::Clockwise => dy,
                Turn::UpsideDown => -dx,
                Turn::CounterClockwise => -dy,
            }
        })
        .collect();
    if gaps.len() < 4 {
        return 0.0;
    }
    gaps.sort_by(f32::total_cmp);
    // The lower quartile: a run of many short words drawn without space glyphs must not pass for letter-spaced.
    let quartile = gaps[gaps.len() / 4];
    if quartile > 0.05 * run[0].glyph.size { quartile } else { 0.0 }
}

/// The first ink of a letter on the level of half its height, in thousandths of the font size.
fn stem_width(outline: &BezPath) -> Option<f64> {
    let bounds = outline.bounding_box();
    if bounds.height() <= 0.0 {
        return None;
    }
    let level = bounds.y0 + 0.37 * bounds.height();
    let mut crossings: Vec<f64> = Vec::new();
    let cut = hayro_interpret::kurbo::Line::new((bounds.x0 - 10.0, level), (bounds.x1 + 10.0, level));
    for segment in outline.segments() {
        for hit in segment.intersect_line(cut) {
            crossings.push(cut.p0.x + hit.line_t * (cut.p1.x - cut.p0.x));
        }
    }
    crossings.sort_by(f64::total_cmp);
    match crossings[..] {
        [first, second, ..] => Some(second - first),
        _ => None,
    }
}

fn is_white(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => {
            let [r, g, b, a] = color.to_rgba().to_rgba8();
            a < 10 || (r > 250 && g > 250 && b > 250)
        }
        Paint::Pattern(_) => false,
    }
}

fn bbox_of(r: Rect) -> BBox {
    BBox::new(r.x0 as f32, r.y0 as f32, r.x1 as f32, r.y1 as f32)
}

/// The boxes of those parts of a path that are boxes or lines; shapes with curves or slopes rule nothing.
fn closed_shapes(path: &BezPath) -> Vec<BBox> {
    let mut shapes = Vec::new();
    let mut points: Vec<Point> = Vec::new();
    let mut straight = true;
    let mut finish = |points: &mut Vec<Point>, straight: &mut bool| {
        let axis_parallel = points.windows(2).all(|p| (p[0].x - p[1].x).abs() < 0.5 || (p[0].y - p[1].y).abs() < 0.5);
        if *straight && axis_parallel && (2..=6).contains(&points.len()) {
            let bounds = points.iter().fold(Rect::from_points(points[0], points[0]), |acc, p| acc.union_pt(*p));
            shapes.push(bbox_of(bounds));
        }
        points.clear();
        *straight = true;
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(p) => {
                finish(&mut points, &mut straight);
                points.push(p);
            }
            PathEl::LineTo(p) => points.push(p),
            PathEl::QuadTo(..) | PathEl::CurveTo(..) => straight = false,
            PathEl::ClosePath => finish(&mut points, &mut straight),
        }
    }
    finish(&mut points, &mut straight);
    shapes
}
