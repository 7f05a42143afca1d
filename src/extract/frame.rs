//! The four ways in which a sheet can lie, and the transforms between the page in the file and the upright page.

use billproof_parsers::page_text::BBox;

/// In which direction text runs on the page as it lies in the file, y downwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Turn {
    /// From left to right: upright.
    Upright,
    /// Downwards: the sheet lies a quarter turn clockwise.
    Clockwise,
    /// From right to left: upside down.
    UpsideDown,
    /// Upwards: the sheet lies a quarter turn counter-clockwise.
    CounterClockwise,
}

/// How far from an axis text may run and still be counted to it; diagonal watermarks are further.
const AXIS_TOLERANCE_DEGREES: f64 = 12.0;

impl Turn {
    /// All four, upright first.
    pub const ALL: [Self; 4] = [Self::Upright, Self::Clockwise, Self::UpsideDown, Self::CounterClockwise];

    /// The turn of text that advances by `(dx, dy)`; `None` for diagonal text and for no direction at all.
    pub fn of_direction(dx: f64, dy: f64) -> Option<Self> {
        if !(dx.is_finite() && dy.is_finite()) || dx.hypot(dy) < 1e-9 {
            return None;
        }
        let degrees = dy.atan2(dx).to_degrees();
        [
            (0.0, Self::Upright),
            (90.0, Self::Clockwise),
            (180.0, Self::UpsideDown),
            (-180.0, Self::UpsideDown),
            (-90.0, Self::CounterClockwise),
        ]
        .into_iter()
        .find(|(axis, _)| (degrees - axis).abs() <= AXIS_TOLERANCE_DEGREES)
        .map(|(_, turn)| turn)
    }

    /// The turn of text that runs upwards on a page whose own text has this turn.
    pub fn quarter_back(self) -> Self {
        match self {
            Self::Upright => Self::CounterClockwise,
            Self::Clockwise => Self::Upright,
            Self::UpsideDown => Self::Clockwise,
            Self::CounterClockwise => Self::UpsideDown,
        }
    }

    /// Width and height of the upright page, given those of the page in the file.
    pub fn upright_size(self, width: f32, height: f32) -> (f32, f32) {
        match self {
            Self::Upright | Self::UpsideDown => (width, height),
            Self::Clockwise | Self::CounterClockwise => (height, width),
        }
    }

    /// Where a point of the page in the file (of `width` × `height`) stands on the upright page.
    pub fn to_upright(self, (x, y): (f32, f32), width: f32, height: f32) -> (f32, f32) {
        match self {
            Self::Upright => (x, y),
            Self::Clockwise => (y, width - x),
            Self::UpsideDown => (width - x, height - y),
            Self::CounterClockwise => (height - y, x),
        }
    }

    /// A box of the page in the file as a box of the upright page.
    pub fn box_to_upright(self, b: BBox, width: f32, height: f32) -> BBox {
        let p = self.to_upright((b.x0, b.y0), width, height);
        let q = self.to_upright((b.x1, b.y1), width, height);
        BBox::new(p.0.min(q.0), p.1.min(q.1), p.0.max(q.0), p.1.max(q.1))
    }

    /// The transform from the upright page back to the page in the file (of `width` × `height`), in the form of
    /// [`PageText::to_page`](billproof_parsers::page_text::PageText::to_page).
    pub fn to_page(self, width: f32, height: f32) -> [f32; 6] {
        match self {
            Self::Upright => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
            Self::Clockwise => [0.0, 1.0, -1.0, 0.0, width, 0.0],
            Self::UpsideDown => [-1.0, 0.0, 0.0, -1.0, width, height],
            Self::CounterClockwise => [0.0, -1.0, 1.0, 0.0, 0.0, height],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use billproof_parsers::page_text::{PageText, TextSource};

    #[test]
    fn there_and_back() {
        for turn in Turn::ALL {
            let (w, h) = (612.0, 792.0);
            let on_page = BBox::new(100.0, 200.0, 150.0, 210.0);
            let upright = turn.box_to_upright(on_page, w, h);
            let (width, height) = turn.upright_size(w, h);
            assert!(upright.x0 >= 0.0 && upright.x1 <= width && upright.y0 >= 0.0 && upright.y1 <= height);
            let page = PageText {
                number: 1,
                width,
                height,
                words: Vec::new(),
                rulings: Vec::new(),
                source: TextSource::Digital,
                to_page: turn.to_page(w, h),
                bend: None,
            };
            assert_eq!(page.on_page(upright), on_page, "{turn:?}");
        }
    }

    #[test]
    fn text_advances_to_the_right_once_upright() {
        for (turn, (dx, dy)) in Turn::ALL.into_iter().zip([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)]) {
            assert_eq!(Turn::of_direction(dx, dy), Some(turn));
            let start = turn.to_upright((50.0, 50.0), 100.0, 100.0);
            let end = turn.to_upright((50.0 + dx as f32, 50.0 + dy as f32), 100.0, 100.0);
            assert_eq!((end.0 - start.0, end.1 - start.1), (1.0, 0.0), "{turn:?}");
        }
        assert_eq!(Turn::of_direction(1.0, 1.0), None);
        assert_eq!(Turn::of_direction(0.0, 0.0), None);
    }
}
