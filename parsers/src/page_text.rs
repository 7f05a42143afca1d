//! What the parsers read: words with their places, page by page.
//!
//! Coordinates are PDF points (1/72 inch) in the *reading frame*: the page turned upright and deskewed, origin at
//! the top-left corner, y growing downwards. [`PageText::to_page`] leads from there back to the page as it lies in
//! the file, which is the frame of every box that billproof prints.

use serde::{Deserialize, Serialize};

/// An axis-parallel box in points: `x0 <= x1`, `y0 <= y1`, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct BBox {
    /// Left edge.
    pub x0: f32,
    /// Top edge.
    pub y0: f32,
    /// Right edge.
    pub x1: f32,
    /// Bottom edge.
    pub y1: f32,
}

impl BBox {
    /// A box from its four edges.
    pub const fn new(x0: f32, y0: f32, x1: f32, y1: f32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// The smallest box that holds both.
    pub fn union(self, other: Self) -> Self {
        Self::new(self.x0.min(other.x0), self.y0.min(other.y0), self.x1.max(other.x1), self.y1.max(other.y1))
    }

    /// The smallest box that holds all of them; `None` of nothing.
    pub fn around(boxes: impl IntoIterator<Item = Self>) -> Option<Self> {
        boxes.into_iter().reduce(Self::union)
    }

    /// Width in points.
    pub fn width(self) -> f32 {
        self.x1 - self.x0
    }

    /// Height in points.
    pub fn height(self) -> f32 {
        self.y1 - self.y0
    }

    /// Horizontal centre.
    pub fn cx(self) -> f32 {
        f32::midpoint(self.x0, self.x1)
    }

    /// Vertical centre.
    pub fn cy(self) -> f32 {
        f32::midpoint(self.y0, self.y1)
    }

    /// How many points of the x axis both cover; negative is the gap between them.
    pub fn overlap_x(self, other: Self) -> f32 {
        self.x1.min(other.x1) - self.x0.max(other.x0)
    }

    /// How many points of the y axis both cover; negative is the gap between them.
    pub fn overlap_y(self, other: Self) -> f32 {
        self.y1.min(other.y1) - self.y0.max(other.y0)
    }
}

/// Where a word's characters come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextSource {
    /// The file's own text layer.
    Digital,
    /// Recognised from an image.
    Ocr,
}

/// One word: characters without white space between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// The characters, never empty, never with white space.
    pub text: String,
    /// Where it stands, in the reading frame.
    pub bbox: BBox,
    /// Size of the type in points (for recognised words the height of the line of text).
    pub font_size: f32,
    /// Whether the font says it is bold; always `false` for recognised words.
    pub bold: bool,
    /// How sure the reading is, 0..1; 1 for a digital text layer.
    pub confidence: f32,
    /// Where the characters come from.
    pub source: TextSource,
    /// Other readings, the likeliest first, each with its confidence. Empty for digital text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<(String, f32)>,
}

impl Word {
    /// A digital word, for tests and for text that is certain.
    pub fn digital(text: impl Into<String>, bbox: BBox) -> Self {
        let font_size = bbox.height();
        Self {
            text: text.into(),
            bbox,
            font_size,
            bold: false,
            confidence: 1.0,
            source: TextSource::Digital,
            alternatives: Vec::new(),
        }
    }
}

/// A drawn straight line or the edge of a filled box, horizontal or vertical.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ruling {
    /// Its extent in the reading frame; one side is (nearly) zero.
    pub bbox: BBox,
}

impl Ruling {
    /// Whether it runs from left to right.
    pub fn is_horizontal(&self) -> bool {
        self.bbox.width() >= self.bbox.height()
    }
}

/// How a sheet that did not lie flat, or was photographed at a slant, lay in its image: at each place of the flattened
/// page, by how many points what stands there is farther right and lower than [`PageText::to_page`] alone would say.
///
/// Kept as the nodes of an even net over the page, row by row; between them it is interpolated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bend {
    /// Width and height of the net in points.
    pub size: (f32, f32),
    /// Nodes from left to right, at least 2.
    pub columns: usize,
    /// The offsets in points, to the right and down, `columns` to a row, at least two rows.
    pub offsets: Vec<[f32; 2]>,
}

impl Bend {
    /// The net of `columns` and `rows` over a page of `size` points whose offsets are what `offset` says at each node.
    pub fn of(size: (f32, f32), (columns, rows): (usize, usize), offset: impl Fn(f32, f32) -> [f32; 2]) -> Self {
        let node = |i: usize, nodes: usize, size: f32| i as f32 / (nodes - 1) as f32 * size;
        let offsets = (0..columns * rows).map(|i| offset(node(i % columns, columns, size.0), node(i / columns, rows, size.1)));
        Self { size, columns, offsets: offsets.collect() }
    }

    /// The offset at a place in points; beyond the net that of its nearest edge.
    pub fn at(&self, x: f32, y: f32) -> [f32; 2] {
        let rows = self.offsets.len() / self.columns.max(1);
        if self.columns < 2 || rows < 2 {
            return [0.0; 2];
        }
        let split = |v: f32, size: f32, nodes: usize| {
            let at = (v / size.max(1e-6) * (nodes - 1) as f32).clamp(0.0, (nodes - 1) as f32);
            let first = (at as usize).min(nodes - 2);
            (first, at - first as f32)
        };
        let ((i, u), (j, v)) = (split(x, self.size.0, self.columns), split(y, self.size.1, rows));
        std::array::from_fn(|axis| {
            let node = |i: usize, j: usize| self.offsets[j * self.columns + i][axis];
            let (upper, lower) =
                (node(i, j) * (1.0 - u) + node(i + 1, j) * u, node(i, j + 1) * (1.0 - u) + node(i + 1, j + 1) * u);
            upper * (1.0 - v) + lower * v
        })
    }
}

/// The words of one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageText {
    /// Page number within the file, from 1.
    pub number: u32,
    /// Width of the reading frame in points.
    pub width: f32,
    /// Height of the reading frame in points.
    pub height: f32,
    /// The words, in no promised order: trust coordinates, not order.
    pub words: Vec<Word>,
    /// Drawn lines, where they are known (digital pages).
    #[serde(default)]
    pub rulings: Vec<Ruling>,
    /// Where the words come from.
    pub source: TextSource,
    /// `[a b c d e f]`: x' = a·x + c·y + e, y' = b·x + d·y + f leads from the reading frame to the page in the file.
    pub to_page: [f32; 6],
    /// How the sheet lay, where it was not flat and square: added before [`PageText::to_page`] leads back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bend: Option<Bend>,
}

impl PageText {
    /// The transform that changes nothing.
    pub const IDENTITY: [f32; 6] = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

    /// A box of the reading frame as it stood before the sheet was laid flat: on a flat sheet the box itself.
    pub fn as_bent(&self, b: BBox) -> BBox {
        let [dx, dy] = self.bend.as_ref().map_or([0.0; 2], |bend| bend.at(b.cx(), b.cy()));
        BBox::new(b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy)
    }

    /// The box of the page in the file that holds `b` of the reading frame.
    pub fn on_page(&self, b: BBox) -> BBox {
        let b = self.as_bent(b);
        let [a, bb, c, d, e, f] = self.to_page;
        let at = |x: f32, y: f32| (a * x + c * y + e, bb * x + d * y + f);
        let corners = [at(b.x0, b.y0), at(b.x1, b.y0), at(b.x0, b.y1), at(b.x1, b.y1)];
        let first = BBox::new(corners[0].0, corners[0].1, corners[0].0, corners[0].1);
        corners.iter().fold(first, |acc, &(x, y)| acc.union(BBox::new(x, y, x, y)))
    }
}

/// The words of one document, in page order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct DocumentText {
    /// Its pages.
    pub pages: Vec<PageText>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_net_is_interpolated_and_goes_on_level_beyond_its_edge() {
        let bend = Bend::of((600.0, 800.0), (4, 3), |x, y| [x / 100.0, y / 200.0]);
        assert_eq!(bend.at(250.0, 500.0), [2.5, 2.5]);
        assert_eq!((bend.at(-50.0, 0.0), bend.at(700.0, 900.0)), ([0.0, 0.0], [6.0, 4.0]));
        let empty = Bend { size: (0.0, 0.0), columns: 0, offsets: Vec::new() };
        assert_eq!(empty.at(1.0, 1.0), [0.0; 2]);
    }

    #[test]
    fn a_box_of_a_bent_sheet_leads_back_to_where_it_was() {
        let page = PageText {
            number: 1,
            width: 600.0,
            height: 800.0,
            words: Vec::new(),
            rulings: Vec::new(),
            source: TextSource::Ocr,
            to_page: [1.0, 0.0, 0.0, 1.0, 10.0, 20.0],
            bend: Some(Bend::of((600.0, 800.0), (2, 2), |_, _| [1.0, -2.0])),
        };
        assert_eq!(page.on_page(BBox::new(0.0, 0.0, 5.0, 5.0)), BBox::new(11.0, 18.0, 16.0, 23.0));
    }
}
