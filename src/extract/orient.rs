//! How a sheet lies: which way its lines of text run, and by how much they are askew.

use super::ink::Component;

/// Which way the lines of text run, and their angle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lie {
    /// Lines of text run up or down the image.
    pub sideways: bool,
    /// Angle of the lines against the nearest axis in degrees; positive lines fall to the right (upright image).
    pub skew: f64,
}

/// Largest angle that is looked for, in degrees.
const MOST_SKEW: f64 = 8.0;
/// Enough letters to tell.
const ENOUGH: usize = 3_000;

/// How the sheet lies, told from the components of an overview image of about 100 dpi.
pub fn lie_of(components: &[Component]) -> Lie {
    let mut letters: Vec<Component> = components.iter().copied().filter(looks_like_letter).collect();
    if letters.len() > ENOUGH {
        let step = letters.len() as f64 / ENOUGH as f64;
        letters = (0..ENOUGH).map(|i| letters[(i as f64 * step) as usize]).collect();
    }
    let sideways = runs_sideways(&letters);
    let points: Vec<(f64, f64)> = letters
        .iter()
        .map(|c| {
            if sideways {
                // Turned a quarter: what was x is now y. The lower edge of the text may be either side; the letters'
                // middle is as good, for both, as the true foot would be for one.
                (f64::from(c.y0 + c.y1) / 2.0, -f64::from(c.x0 + c.x1) / 2.0)
            } else {
                (f64::from(c.x0 + c.x1) / 2.0, f64::from(c.y1))
            }
        })
        .collect();
    Lie { sideways, skew: skew_of(&points) }
}

/// Letters of 4 to 24 points at 100 dpi.
fn looks_like_letter(c: &Component) -> bool {
    let (w, h) = (c.width(), c.height());
    w.max(h) >= 4 && w.max(h) <= 34 && w.min(h) >= 1 && c.area >= 5
}

/// Neighbours within a line are closer than lines.
fn runs_sideways(letters: &[Component]) -> bool {
    let (mut along_x, mut along_y) = (0usize, 0usize);
    for (i, a) in letters.iter().enumerate() {
        let (mut right, mut below) = (u32::MAX, u32::MAX);
        for (j, b) in letters.iter().enumerate() {
            if i == j {
                continue;
            }
            if b.x0 >= a.x1 && b.x0 - a.x1 < right && overlap(a.y0, a.y1, b.y0, b.y1) * 2 >= a.height().min(b.height()) {
                right = b.x0 - a.x1;
            }
            if b.y0 >= a.y1 && b.y0 - a.y1 < below && overlap(a.x0, a.x1, b.x0, b.x1) * 2 >= a.width().min(b.width()) {
                below = b.y0 - a.y1;
            }
        }
        if right < below {
            along_x += 1;
        } else if below < right {
            along_y += 1;
        }
    }
    along_y > along_x
}

fn overlap(a0: u32, a1: u32, b0: u32, b1: u32) -> u32 {
    a1.min(b1).saturating_sub(a0.max(b0))
}

/// The angle at which the feet of the letters gather in the fewest, fullest rows.
fn skew_of(feet: &[(f64, f64)]) -> f64 {
    if feet.len() < 20 {
        return 0.0;
    }
    let best = |from: f64, to: f64, step: f64, bin: f64| {
        let steps = ((to - from) / step).round() as i32;
        (0..=steps)
            .map(|i| from + f64::from(i) * step)
            .map(|degrees| (degrees, fullness(feet, degrees, bin)))
            .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.abs().total_cmp(&a.0.abs())))
            .map_or(0.0, |(degrees, _)| degrees)
    };
    let coarse = best(-MOST_SKEW, MOST_SKEW, 0.2, 2.0);
    let fine = best(coarse - 0.3, coarse + 0.3, 0.04, 1.0);
    best(fine - 0.05, fine + 0.05, 0.01, 0.7)
}

/// Sum of squares of the rows' shares, with each foot split between the two rows it stands between.
fn fullness(feet: &[(f64, f64)], degrees: f64, bin: f64) -> f64 {
    let slope = degrees.to_radians().tan();
    let rows: Vec<f64> = feet.iter().map(|(x, y)| (y - x * slope) / bin).collect();
    let lowest = rows.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = rows.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut histogram = vec![0.0f64; (highest - lowest) as usize + 3];
    for row in rows {
        let at = row - lowest;
        let index = at as usize;
        let part = at - at.floor();
        histogram[index] += 1.0 - part;
        histogram[index + 1] += part;
    }
    histogram.iter().map(|v| v * v).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Thirty lines of letters that fall by `degrees`.
    fn page(degrees: f64, sideways: bool) -> Vec<Component> {
        let mut letters = Vec::new();
        for line in 0..30 {
            for letter in 0..60 {
                let (x, y) = (60.0 + 12.0 * f64::from(letter), 80.0 + 24.0 * f64::from(line));
                let y = y + (x - 400.0) * degrees.to_radians().tan();
                let (x, y, w, h) = if sideways { (900.0 - y, x, 9.0, 6.0) } else { (x, y, 6.0, 9.0) };
                letters.push(Component {
                    x0: x as u32,
                    y0: y.round() as u32,
                    x1: (x + w) as u32,
                    y1: (y + h).round() as u32,
                    area: 30,
                });
            }
        }
        letters
    }

    #[test]
    fn skew_is_found_in_hundredths_of_a_degree() {
        for degrees in [0.0, 0.37, -1.2, 2.5, -4.0] {
            let lie = lie_of(&page(degrees, false));
            assert!(!lie.sideways);
            assert!((lie.skew - degrees).abs() <= 0.04, "{degrees}: {}", lie.skew);
        }
    }

    #[test]
    fn lines_up_and_down_are_sideways() {
        assert!(lie_of(&page(0.4, true)).sideways);
        assert!(!lie_of(&[]).sideways);
    }
}
