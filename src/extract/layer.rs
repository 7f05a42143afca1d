//! Whether a page's text layer is what the page shows.

use billproof_parsers::page_text::BBox;

/// The verdict on a page's text layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextLayer {
    /// The words are the page's own.
    Usable,
    /// Nothing is drawn: an empty page.
    Empty,
    /// What the page shows is not in its text layer; it has to be recognised.
    Unusable(Why),
}

/// Why a text layer is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// There are pictures or outlines, but no text.
    NoText,
    /// There is only invisible text: somebody's OCR, which is compared with ours once the image is recognised.
    Invisible,
    /// Too many glyphs without a meaning.
    Garbage,
    /// A page-filling image with little or covered text.
    UnderImage,
}

/// Cells per side of the grid by which covered area is counted.
const GRID: usize = 40;
/// From this share of the page on, images fill it.
const PAGE_FILLING: f32 = 0.5;
/// Text above a page-filling image: fewer glyphs than this are a fax header or a stamp, more are a printed form.
const OVERPRINT: usize = 200;

/// A count of what a page draws.
#[derive(Debug, Clone)]
pub struct Drawn {
    width: f32,
    height: f32,
    /// Per cell of the page: covered by an image, and how many glyphs were drawn there before the image.
    cells: Vec<Cell>,
    letters: usize,
    vowels: usize,
    paths: usize,
    curved_paths: usize,
    images: usize,
    invisible: usize,
}

#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    image: bool,
    /// Visible glyphs that no later image covers.
    glyphs: u32,
    unreadable: u32,
}

impl Drawn {
    /// Nothing is drawn yet on a page of this size (points).
    pub fn new(width: f32, height: f32) -> Self {
        let cells = vec![Cell::default(); GRID * GRID];
        Self { width, height, cells, letters: 0, vowels: 0, paths: 0, curved_paths: 0, images: 0, invisible: 0 }
    }

    fn column(&self, x: f32) -> usize {
        ((x / self.width.max(1.0) * GRID as f32) as usize).min(GRID - 1)
    }

    fn row(&self, y: f32) -> usize {
        ((y / self.height.max(1.0) * GRID as f32) as usize).min(GRID - 1)
    }

    /// A glyph that is not a space.
    pub fn glyph(&mut self, text: &str, (x, y): (f32, f32), size: f32, invisible: bool) {
        if invisible {
            self.invisible += 1;
            return;
        }
        let at = self.row(y - 0.3 * size) * GRID + self.column(x);
        self.cells[at].glyphs += 1;
        self.cells[at].unreadable += u32::from(text.contains('\u{FFFD}'));
        for c in text.chars().filter(char::is_ascii_alphabetic) {
            self.letters += 1;
            self.vowels += usize::from("aeiouyAEIOUY".contains(c));
        }
    }

    /// A path of so many elements.
    pub fn path(&mut self, elements: usize, curved: bool) {
        self.paths += 1;
        self.curved_paths += if curved { 1 + elements / 40 } else { 0 };
    }

    /// An image that covers `place`; `pixels` is its own size.
    pub fn image(&mut self, place: BBox, pixels: (u32, u32)) {
        self.images += 1;
        // A few pixels stretched over the page are a background colour.
        if pixels.0 < 32
            || pixels.1 < 8
            || place.x1 <= 0.0
            || place.y1 <= 0.0
            || place.x0 >= self.width
            || place.y0 >= self.height
        {
            return;
        }
        let (left, right) = (self.column(place.x0.max(0.0)), self.column(place.x1.min(self.width)));
        let (top, bottom) = (self.row(place.y0.max(0.0)), self.row(place.y1.min(self.height)));
        for row in top..=bottom {
            for cell in &mut self.cells[row * GRID + left..=row * GRID + right] {
                *cell = Cell { image: true, glyphs: 0, unreadable: 0 };
            }
        }
    }

    /// The verdict.
    pub fn layer(&self) -> TextLayer {
        let glyphs: usize = self.cells.iter().map(|c| c.glyphs as usize).sum();
        let unreadable: usize = self.cells.iter().map(|c| c.unreadable as usize).sum();
        let covered = self.cells.iter().filter(|c| c.image).count() as f32 / self.cells.len() as f32;
        if covered >= PAGE_FILLING && glyphs < OVERPRINT {
            return TextLayer::Unusable(match (glyphs, self.invisible) {
                (0, 0) => Why::NoText,
                (0, _) => Why::Invisible,
                _ => Why::UnderImage,
            });
        }
        if glyphs == 0 {
            return if self.invisible > 0 && self.images > 0 {
                TextLayer::Unusable(Why::Invisible)
            } else if self.images > 0 || self.curved_paths > 30 {
                TextLayer::Unusable(Why::NoText)
            } else {
                TextLayer::Empty
            };
        }
        // English has about 40 % vowels; a scrambled encoding has other letters in their place.
        let scrambled = self.letters > 200 && !(0.2..=0.65).contains(&(self.vowels as f32 / self.letters as f32));
        if unreadable * 10 > glyphs || scrambled {
            return TextLayer::Unusable(Why::Garbage);
        }
        TextLayer::Usable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> Drawn {
        Drawn::new(612.0, 792.0)
    }

    fn print(drawn: &mut Drawn, text: &str, times: usize, invisible: bool) {
        for i in 0..times {
            for (j, c) in text.chars().filter(|c| *c != ' ').enumerate() {
                drawn.glyph(&c.to_string(), (40.0 + 6.0 * j as f32, 60.0 + 12.0 * i as f32), 10.0, invisible);
            }
        }
    }

    const SHEET: BBox = BBox::new(0.0, 0.0, 612.0, 792.0);

    #[test]
    fn printed_text_is_usable() {
        let mut drawn = page();
        print(&mut drawn, "Amount due for services", 20, false);
        assert_eq!(drawn.layer(), TextLayer::Usable);
    }

    #[test]
    fn scans_are_not() {
        let mut drawn = page();
        drawn.image(SHEET, (2550, 3300));
        assert_eq!(drawn.layer(), TextLayer::Unusable(Why::NoText));
        print(&mut drawn, "Amount due for services", 20, true);
        assert_eq!(drawn.layer(), TextLayer::Unusable(Why::Invisible));
    }

    #[test]
    fn text_below_a_scan_does_not_count_and_a_fax_header_above_neither() {
        let mut drawn = page();
        print(&mut drawn, "Amount due for services", 20, false);
        drawn.image(SHEET, (2550, 3300));
        print(&mut drawn, "FROM 5550100 PAGE 1", 1, false);
        assert_eq!(drawn.layer(), TextLayer::Unusable(Why::UnderImage));
    }

    #[test]
    fn a_printed_form_over_a_background_is_usable() {
        let mut drawn = page();
        drawn.image(SHEET, (1275, 1650));
        print(&mut drawn, "Amount due for services", 20, false);
        assert_eq!(drawn.layer(), TextLayer::Usable);
    }

    #[test]
    fn glyphs_without_meaning_are_garbage() {
        let mut drawn = page();
        print(&mut drawn, "Amount due \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}", 20, false);
        assert_eq!(drawn.layer(), TextLayer::Unusable(Why::Garbage));
        let mut scrambled = page();
        print(&mut scrambled, "Bnpvnu evf gps tfswjdft", 20, false);
        assert_eq!(scrambled.layer(), TextLayer::Unusable(Why::Garbage));
    }

    #[test]
    fn blank_pages_are_empty() {
        let mut drawn = page();
        drawn.path(4, false);
        assert_eq!(drawn.layer(), TextLayer::Empty);
    }
}
