//! How light the paper of a page is: in shadow, on a dark copy, on coloured forms it is not white.

use image::GrayImage;

/// How light the paper is, region by region.
pub struct Paper {
    block: u32,
    columns: u32,
    light: Vec<u8>,
}

impl Paper {
    /// The paper of a page in square blocks of so many pixels; of `around` blocks to each side the lightest counts.
    pub fn of(grey: &GrayImage, block: u32, around: u32) -> Self {
        let (columns, rows) = (grey.width().div_ceil(block).max(1), grey.height().div_ceil(block).max(1));
        let mut histograms = vec![[0u32; 256]; (columns * rows) as usize];
        for (x, y, p) in grey.enumerate_pixels() {
            histograms[(y / block * columns + x / block) as usize][usize::from(p.0[0])] += 1;
        }
        // A tenth of the pixels are lighter.
        let light: Vec<u8> = histograms.iter().map(|h| reached_by(h, h.iter().sum::<u32>() / 10)).collect();
        let reach = |i: u32, count: u32| i.saturating_sub(around)..(i + around + 1).min(count);
        let lightest = (0..columns * rows).map(|i| {
            let (column, row) = (i % columns, i / columns);
            reach(row, rows)
                .flat_map(|r| reach(column, columns).map(move |c| (r * columns + c) as usize))
                .map(|j| light[j])
                .max()
                .unwrap_or(255)
        });
        Self { block, columns, light: lightest.collect() }
    }

    /// How light the paper is around a pixel.
    pub fn at(&self, x: u32, y: u32) -> i32 {
        i32::from(self.light[(y / self.block * self.columns + x / self.block) as usize])
    }
}

/// The highest level that more than `count` pixels reach, of a histogram of levels; 0 where there are not so many.
pub fn reached_by(histogram: &[u32; 256], count: u32) -> u8 {
    let mut left = count;
    for (level, number) in histogram.iter().enumerate().rev() {
        if *number > left {
            return level as u8;
        }
        left -= number;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn a_dark_band_is_no_paper_and_a_dark_half_is() {
        let tone = |x: u32, y: u32| {
            if x < 200 {
                100
            } else if (90..110).contains(&y) {
                30
            } else {
                240
            }
        };
        let paper = Paper::of(&GrayImage::from_fn(400, 200, |x, y| Luma([tone(x, y)])), 20, 1);
        assert_eq!((paper.at(50, 100), paper.at(350, 100)), (100, 240));
    }
}
