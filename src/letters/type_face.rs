//! The typeface of the letters: what is as wide as what. The .docx form names Arial, whose widths Arimo shares.

use std::sync::LazyLock;

use ttf_parser::Face;

/// Arimo Regular and Bold, cut down to Latin, Greek and Cyrillic letters (licence: fonts/OFL.txt).
pub const FILES: [&[u8]; 2] = [include_bytes!("fonts/Arimo-Regular.ttf"), include_bytes!("fonts/Arimo-Bold.ttf")];

static FACES: LazyLock<[Face<'static>; 2]> =
    LazyLock::new(|| FILES.map(|f| Face::parse(f, 0).unwrap_or_else(|e| unreachable!("a fixed file: {e}"))));

/// Glyph and width of a character in parts of the type size; that of a missing one where the face has none.
pub fn glyph(c: char, bold: bool) -> (u16, f32) {
    let face = &FACES[usize::from(bold)];
    let id = face.glyph_index(c).unwrap_or_default();
    let advance = face.glyph_hor_advance(id).unwrap_or_default();
    (id.0, f32::from(advance) / f32::from(face.units_per_em()))
}

/// Whether the face can show a character.
pub fn has(c: char) -> bool {
    FACES.iter().all(|f| f.glyph_index(c).is_some())
}

/// Width of a text in points.
pub fn width(text: &str, bold: bool, size: f32) -> f32 {
    text.chars().map(|c| glyph(c, bold).1).sum::<f32>() * size
}

/// Widths of a table's columns in points, from the widest line and the longest word of each.
///
/// `cells` gives for each column the text and weight of its cells; `padding` is what a cell adds to both sides together.
/// `stretch` names the columns that take what is left over.
pub fn columns(cells: &[Vec<(String, bool)>], size: f32, padding: f32, total: f32, stretch: &[bool]) -> Vec<f32> {
    let widest = |column: &Vec<(String, bool)>, split: fn(char) -> bool| {
        let words = column.iter().flat_map(|(text, bold)| text.split(split).map(|w| width(w, *bold, size)));
        words.fold(0.0, f32::max) + padding + 0.5
    };
    let most: Vec<f32> = cells.iter().map(|c| widest(c, |x| x == '\n')).collect();
    // No word may ask for more than a third of the table: a longer one is broken.
    let least: Vec<f32> = cells.iter().map(|c| widest(c, char::is_whitespace).min(total / 3.0)).collect();
    let (all_most, all_least) = (most.iter().sum::<f32>(), least.iter().sum::<f32>());
    if all_most <= total {
        let taking: f32 = most.iter().zip(stretch).filter(|(_, s)| **s).map(|(m, _)| m).sum();
        if taking > 0.0 {
            let by = (total - all_most) / taking;
            return most.iter().zip(stretch).map(|(m, s)| if *s { m + m * by } else { *m }).collect();
        }
        return most.iter().map(|m| m * total / all_most).collect();
    }
    if all_least <= total {
        let by = (total - all_least) / (all_most - all_least);
        return most.iter().zip(&least).map(|(m, l)| l + (m - l) * by).collect();
    }
    least.iter().map(|l| l * total / all_least).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn letters_of_names_are_there() {
        for c in "ÁÉÍÑÓÚÜáéíñóúü¿¡ŁłŽžŐőÇçØøßĐđŞşȚțươỆệ“”‘’–—•§".chars() {
            assert!(has(c), "{c}");
        }
        assert!(!has('漢'));
        assert!(width("WWW", false, 10.0) > width("iii", false, 10.0));
    }

    proptest! {
        #[test]
        fn columns_fill_the_table(words in prop::collection::vec(prop::collection::vec("[a-z ]{0,80}", 1..5), 1..8)) {
            let cells: Vec<Vec<(String, bool)>> = words.iter().map(|c| c.iter().map(|w| (w.clone(), false)).collect()).collect();
            let stretch = vec![true; cells.len()];
            let widths = columns(&cells, 9.0, 8.0, 468.0, &stretch);
            prop_assert!((widths.iter().sum::<f32>() - 468.0).abs() < 0.5, "{:?}", widths);
            prop_assert!(widths.iter().all(|w| *w > 0.0));
        }
    }
}
