//! The default recogniser: the PP-OCRv6 text recognition network on `rten`.
//!
//! The network reads one line of text, 48 pixels high. Lines come from [`super::segment`]. Its output layer knows
//! 18 708 characters, most of them Chinese; only Latin letters, digits and signs are looked at, and the wide forms of
//! a sign count as the sign.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use billproof_parsers::page_text::{BBox, Ruling, Word};
use image::GrayImage;
use image::imageops::{FilterType, crop_imm, resize};
use rten::{Model, NodeId, RunOptions, ThreadPool};
use rten_tensor::Tensor;
use rten_tensor::prelude::*;
use sha2::{Digest, Sha256};

use super::assemble::{CropScale, words_of};
use super::beam::texts;
use super::ctc::decode;
use super::prepare::Prepared;
use super::recognize::{Recognized, Recognizer};
use super::second_look::{Alphabet, Seen};
use super::segment::{Segment, layout};
use super::specks::erase;
use super::struck::doubt_struck;

/// File name of the recognition network in the models' folder.
pub const MODEL_FILE: &str = "PP-OCRv6_rec_small.onnx";
/// Its SHA-256, as `./setup` pins it.
pub const MODEL_SHA256: &str = "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884";
/// Changes whenever this engine would read the same pixels differently.
const ENGINE_VERSION: u32 = 27;

/// Height of the network's input.
const INPUT_HEIGHT: u32 = 48;
/// Pixels of input per step of output.
const STEP: u32 = 8;
/// Width of the layer before the last.
const HIDDEN: usize = 120;
/// The value before the output layer, and the output layer's weights and biases, by their names in the network.
const HIDDEN_NODE: &str = "Add.207";
const WEIGHTS_NODE: &str = "linear_8.w_0";
const BIASES_NODE: &str = "linear_8.b_0";
/// Space above and below the text, and at its sides, in capital heights.
const MARGIN: f32 = 0.2;
const SIDE_MARGIN: f32 = 0.35;
/// All lines of a page together are not longer than this: a dense page has 50 000 pixels. Noise has more.
const MOST_LENGTH: u32 = 250_000;
/// Lines of a page by which its orientation is judged.
const SAMPLE: usize = 6;

/// The network, loaded.
pub struct PpOcr {
    model: Model,
    hidden: NodeId,
    /// Per class its weights, `HIDDEN` each, then its bias.
    weights: Vec<f32>,
    biases: Vec<f32>,
    /// Which of the kept columns belong to which class of `classes`.
    class_of_column: Vec<usize>,
    classes: Vec<Option<char>>,
}

impl std::fmt::Debug for PpOcr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PpOcr").field("classes", &self.classes.len()).finish_non_exhaustive()
    }
}

/// Characters beyond ASCII that American bills print.
const EXTRA: &str = "£¢§©®°·•–—½¼¾±×";
/// Letters with an accent, and what they count as: on paper a speck above a letter is commoner than an accent.
const ACCENTED: [(&str, char); 14] = [
    ("àáâãäå", 'a'),
    ("ç", 'c'),
    ("èéêë", 'e'),
    ("ìíîï", 'i'),
    ("ñ", 'n'),
    ("òóôõö", 'o'),
    ("ùúûü", 'u'),
    ("ÀÁÂÃÄÅ", 'A'),
    ("Ç", 'C'),
    ("ÈÉÊË", 'E'),
    ("ÌÍÎÏ", 'I'),
    ("Ñ", 'N'),
    ("ÒÓÔÕÖ", 'O'),
    ("ÙÚÛÜ", 'U'),
];

impl PpOcr {
    /// Loads the network from the models' folder; says what is wrong with it otherwise.
    pub fn load(folder: &Path) -> Result<Self, String> {
        let path: PathBuf = folder.join(MODEL_FILE);
        let bytes = std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        if hex(&Sha256::digest(&bytes)) != MODEL_SHA256 {
            return Err(format!("{} is not the expected file (its SHA-256 differs); run ./setup", path.display()));
        }
        let model = Model::load(bytes).map_err(|e| format!("{}: {e}", path.display()))?;
        Self::with_model(model).map_err(|e| format!("{}: {e}", path.display()))
    }

    fn with_model(model: Model) -> Result<Self, String> {
        let dictionary: Vec<char> = model
            .metadata()
            .get("character")
            .ok_or("no dictionary")?
            .lines()
            .map(|l| l.chars().next().unwrap_or('\u{FFFD}'))
            .collect();
        let node = |name: &str| model.find_node(name).ok_or_else(|| format!("no node {name}"));
        let hidden = node(HIDDEN_NODE)?;
        let constant = |name: &str| -> Result<Tensor<f32>, String> {
            let values = model.run(Vec::new(), &[node(name)?], None).map_err(|e| e.to_string())?;
            values.into_iter().next().ok_or("no value")?.try_into().map_err(|_| format!("{name} holds no floats"))
        };
        let (all_weights, all_biases) = (constant(WEIGHTS_NODE)?, constant(BIASES_NODE)?);
        let columns = all_biases.len();
        if all_weights.shape() != [HIDDEN, columns] {
            return Err(format!("output layer of shape {:?}", all_weights.shape()));
        }
        let (all_weights, all_biases) = (all_weights.to_vec(), all_biases.to_vec());
        let mut classes: Vec<Option<char>> = vec![None];
        let mut index: HashMap<char, usize> = HashMap::new();
        let (mut weights, mut biases, mut class_of_column) = (Vec::new(), Vec::new(), Vec::new());
        for column in 0..columns {
            // Column 0 is the blank, the last one the space, the dictionary lies between.
            let class = if column == 0 {
                0
            } else {
                let printed = dictionary.get(column - 1).copied().unwrap_or(' ');
                let Some(character) = kept(printed) else { continue };
                *index.entry(character).or_insert_with(|| {
                    classes.push(Some(character));
                    classes.len() - 1
                })
            };
            weights.extend((0..HIDDEN).map(|row| all_weights[row * columns + column]));
            biases.push(all_biases[column]);
            class_of_column.push(class);
        }
        Ok(Self { model, hidden, weights, biases, class_of_column, classes })
    }

    /// Probabilities per step and class for one line of text.
    fn probabilities(&self, line: &GrayImage, pool: &Arc<ThreadPool>) -> Result<Vec<f32>, String> {
        let (width, height) = (line.width() as usize, line.height() as usize);
        let mut input = Vec::with_capacity(3 * width * height);
        for _ in 0..3 {
            input.extend(line.iter().map(|v| f32::from(*v) / 127.5 - 1.0));
        }
        let input = Tensor::from_data(&[1, 3, height, width], input);
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let outputs = self
            .model
            .run(vec![(self.model.input_ids()[0], input.view().into())], &[self.hidden], Some(options))
            .map_err(|e| e.to_string())?;
        let hidden: Tensor<f32> = outputs.into_iter().next().ok_or("no output")?.try_into().map_err(|_| "no floats")?;
        let steps = hidden.len() / HIDDEN;
        let hidden = hidden.to_vec();
        let mut out = vec![0.0f32; steps * self.classes.len()];
        let mut state = vec![0.0f32; HIDDEN];
        for (step, row) in out.chunks_exact_mut(self.classes.len()).enumerate() {
            for (i, value) in state.iter_mut().enumerate() {
                *value = hidden[i * steps + step];
            }
            row.fill(f32::NEG_INFINITY);
            for ((weights, bias), class) in self.weights.chunks_exact(HIDDEN).zip(&self.biases).zip(&self.class_of_column) {
                let score = bias + weights.iter().zip(&state).map(|(w, s)| w * s).sum::<f32>();
                row[*class] = row[*class].max(score);
            }
            softmax(row);
        }
        Ok(out)
    }

    fn read_segment(&self, grey: &GrayImage, scale: f64, segment: &Segment, pool: &Arc<ThreadPool>) -> Result<Vec<Word>, String> {
        let (line, crop_scale) = crop(grey, segment);
        let probabilities = self.probabilities(&line, pool)?;
        let (readings, ghosts) = decode(&probabilities, &self.classes);
        Ok(words_of(segment, &readings, &ghosts, crop_scale, scale as f32))
    }
}

impl Recognizer for PpOcr {
    fn id(&self) -> String {
        format!("ppocr-v6-small/{ENGINE_VERSION}/{}", &MODEL_SHA256[..12])
    }

    fn read(&self, page: &Prepared, deadline: Instant) -> Result<Recognized, String> {
        let pool = single_thread();
        let mut words = Vec::new();
        let layout = layout(&page.grey, page.scale * 72.0);
        if layout.segments.iter().map(|s| length(&page.grey, s)).sum::<u32>() > MOST_LENGTH {
            return Err("the page has more marks than text can have".to_owned());
        }
        let mut clean = page.grey.clone();
        erase(&mut clean, &layout.specks);
        for segment in &layout.segments {
            if Instant::now() > deadline {
                return Err("recognising the page took too long".to_owned());
            }
            words.extend(self.read_segment(&clean, page.scale, segment, &pool)?);
        }
        doubt_struck(&mut words, &layout.struck, page.scale as f32);
        let points = |pixels: u32| (f64::from(pixels) / page.scale) as f32;
        let rulings = layout
            .rules
            .iter()
            .map(|r| Ruling { bbox: BBox::new(points(r.x0), points(r.y0), points(r.x1), points(r.y1)) })
            .collect();
        Ok(Recognized { words, rulings })
    }

    fn read_cell(&self, cell: &GrayImage, alphabet: Alphabet) -> Result<Seen, String> {
        let probabilities = self.probabilities(&cell_line(cell), &single_thread())?;
        Ok(texts(&probabilities, &self.classes, |c| alphabet.allow(c)))
    }

    fn plausibility(&self, page: &Prepared, _deadline: Instant) -> Result<f32, String> {
        let pool = single_thread();
        let mut lines = layout(&page.grey, page.scale * 72.0).segments;
        // Lines of about a dozen letters say enough and cost little.
        lines.retain(|s| s.letters.len() >= 4);
        lines.sort_by_key(|s| (s.letters.len().abs_diff(12), s.x0()));
        let (mut sum, mut count) = (0.0, 0);
        for segment in lines.iter().take(SAMPLE) {
            for word in self.read_segment(&page.grey, page.scale, segment, &pool)? {
                sum += word.confidence * word.text.len() as f32;
                count += word.text.len();
            }
        }
        Ok(if count == 0 { 0.0 } else { sum / count as f32 })
    }
}

/// Length of a line as the network gets it, in pixels.
fn length(grey: &GrayImage, segment: &Segment) -> u32 {
    let (.., width, height) = cut_of(grey, segment);
    (width as f32 * INPUT_HEIGHT as f32 / height as f32) as u32
}

/// One thread: pages are read side by side, not the parts of one.
fn single_thread() -> Arc<ThreadPool> {
    thread_local! {
        static POOL: Arc<ThreadPool> = Arc::new(ThreadPool::with_num_threads(1));
    }
    POOL.with(Arc::clone)
}

/// The part of the page that holds a line of text: left, top, width, height.
fn cut_of(grey: &GrayImage, segment: &Segment) -> (u32, u32, u32, u32) {
    let cap = segment.cap;
    let top = segment.letters.iter().map(|c| c.y0).min().unwrap_or(0) as f32;
    let bottom = segment.letters.iter().map(|c| c.y1).max().unwrap_or(0) as f32;
    let top = top.clamp(segment.baseline - 1.5 * cap, segment.baseline - cap) - MARGIN * cap;
    let bottom = bottom.clamp(segment.baseline + 0.15 * cap, segment.baseline + 0.6 * cap) + MARGIN * cap;
    let (left, right) = (segment.x0() as f32 - SIDE_MARGIN * cap, segment.x1() as f32 + SIDE_MARGIN * cap);
    let (x0, y0) = (left.max(0.0) as u32, top.max(0.0) as u32);
    let width = (right.ceil().min(grey.width() as f32) as u32).saturating_sub(x0).max(1);
    let height = (bottom.ceil().min(grey.height() as f32) as u32).saturating_sub(y0).max(1);
    (x0, y0, width, height)
}

/// The line of text as the network wants it, and how to lead its columns back to the page.
fn crop(grey: &GrayImage, segment: &Segment) -> (GrayImage, CropScale) {
    let (x0, y0, width, height) = cut_of(grey, segment);
    let cut = crop_imm(grey, x0, y0, width, height).to_image();
    let ratio = INPUT_HEIGHT as f32 / height as f32;
    let inner = ((width as f32 * ratio).round() as u32).clamp(STEP, 6_000);
    let mut scaled = resize(&cut, inner, INPUT_HEIGHT, FilterType::Triangle);
    stretch_contrast(&mut scaled);
    let padded_width = inner.div_ceil(STEP) * STEP;
    let mut line = GrayImage::from_pixel(padded_width, INPUT_HEIGHT, image::Luma([255]));
    image::imageops::replace(&mut line, &scaled, 0, 0);
    let per_step = STEP as f32 * width as f32 / inner as f32;
    (line, CropScale { origin: x0 as f32, per_step })
}

/// A cell as the network wants it, with paper at both sides: a single digit is no line of text.
fn cell_line(cell: &GrayImage) -> GrayImage {
    let ratio = INPUT_HEIGHT as f32 / cell.height().max(1) as f32;
    let inner = ((cell.width() as f32 * ratio).round() as u32).clamp(STEP, 2_000);
    let mut scaled = resize(cell, inner, INPUT_HEIGHT, FilterType::Triangle);
    stretch_contrast(&mut scaled);
    let padded_width = (inner + 4 * STEP).div_ceil(STEP) * STEP;
    let mut line = GrayImage::from_pixel(padded_width, INPUT_HEIGHT, image::Luma([255]));
    image::imageops::replace(&mut line, &scaled, i64::from(2 * STEP), 0);
    line
}

/// Spreads grey so that paper is white and ink black, whatever the light.
fn stretch_contrast(line: &mut GrayImage) {
    let mut histogram = [0u32; 256];
    for v in line.iter() {
        histogram[usize::from(*v)] += 1;
    }
    let total: u32 = histogram.iter().sum();
    let at = |share: f32| {
        let mut left = (total as f32 * share) as u32;
        histogram.iter().position(|n| {
            let here = left < *n;
            left = left.saturating_sub(*n);
            here
        })
    };
    let (Some(dark), Some(light)) = (at(0.01), at(0.75)) else {
        return;
    };
    if light < dark + 25 {
        return;
    }
    let gain = 255.0 / (light - dark) as f32;
    for v in line.iter_mut() {
        *v = ((f32::from(*v) - dark as f32) * gain).clamp(0.0, 255.0) as u8;
    }
}

fn softmax(row: &mut [f32]) {
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for v in row.iter_mut() {
        *v = (*v - highest).exp();
        sum += *v;
    }
    for v in row.iter_mut() {
        *v /= sum;
    }
}

/// What a character of the dictionary counts as; `None` for those that no bill prints.
fn kept(c: char) -> Option<char> {
    match c {
        ' '..='~' => Some(c),
        '\u{3000}' => Some(' '),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0),
        '\u{2018}' | '\u{2019}' => Some('\''),
        '\u{201C}' | '\u{201D}' => Some('"'),
        '\u{2212}' | '\u{2010}' | '\u{2011}' => Some('-'),
        '\u{FE69}' => Some('$'),
        c if EXTRA.contains(c) => Some(c),
        c => ACCENTED.iter().find(|(accented, _)| accented.contains(c)).map(|(_, plain)| *plain),
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_and_accented_forms_count_as_the_plain_one() {
        assert_eq!(kept('，'), Some(','));
        assert_eq!(kept('（'), Some('('));
        assert_eq!(kept('A'), Some('A'));
        assert_eq!((kept('é'), kept('Ñ'), kept('í')), (Some('e'), Some('N'), Some('i')));
        assert_eq!(kept('中'), None);
    }

    #[test]
    fn probabilities_add_up() {
        let mut row = [1.0, 3.0, -2.0];
        softmax(&mut row);
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(row[1] > row[0] && row[0] > row[2]);
    }

    #[test]
    fn contrast_reaches_from_black_to_white() {
        let mut line = GrayImage::from_fn(40, 10, |x, _| image::Luma([if x % 8 == 0 { 90 } else { 150 }]));
        stretch_contrast(&mut line);
        assert_eq!(line.get_pixel(0, 0).0[0], 0);
        assert_eq!(line.get_pixel(1, 0).0[0], 255);
    }
}
