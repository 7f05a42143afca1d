//! The fallback recogniser: the program `tesseract`, when it is installed and the models are not.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use billproof_parsers::page_text::{BBox, TextSource, Word};

use super::prepare::Prepared;
use super::recognize::{Recognized, Recognizer};

/// The program, found.
#[derive(Debug)]
pub struct Tesseract {
    version: String,
}

/// How long one page may take.
const LONGEST: Duration = Duration::from_mins(1);

impl Tesseract {
    /// The installed program, if there is one.
    pub fn find() -> Option<Self> {
        let output =
            Command::new("tesseract").arg("--version").stdin(Stdio::null()).output().ok().filter(|o| o.status.success())?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        let version = text.split_whitespace().nth(1)?.to_owned();
        Some(Self { version })
    }

    /// Its version, as it states it.
    pub fn version(&self) -> &str {
        &self.version
    }

    fn run(image: &Path, dpi: u32) -> Result<String, String> {
        let mut child = Command::new("tesseract")
            .arg(image)
            .args(["stdout", "--psm", "4", "-l", "eng", "--dpi", &dpi.to_string(), "tsv"])
            // More threads make it slower: four pages took 78 s rather than 18 s.
            .env("OMP_THREAD_LIMIT", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| format!("failed to start tesseract: {e}"))?;
        let Some(mut stdout) = child.stdout.take() else {
            return Err("tesseract has no output".to_owned());
        };
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).map(|_| text)
        });
        let started = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if started.elapsed() < LONGEST => std::thread::sleep(Duration::from_millis(20)),
                Ok(None) => {
                    child.kill().and_then(|()| child.wait()).map_err(|e| e.to_string())?;
                    return Err("tesseract took too long".to_owned());
                }
                Err(error) => return Err(error.to_string()),
            }
        };
        let text = reader.join().map_err(|_| "tesseract's output was lost".to_owned())?.map_err(|e| e.to_string())?;
        if status.success() { Ok(text) } else { Err(format!("tesseract failed ({status})")) }
    }
}

impl Recognizer for Tesseract {
    fn id(&self) -> String {
        format!("tesseract/{}", self.version)
    }

    fn read(&self, page: &Prepared, _deadline: Instant) -> Result<Recognized, String> {
        let file = tempfile::Builder::new().suffix(".png").tempfile().map_err(|e| e.to_string())?;
        page.grey.save(file.path()).map_err(|e| e.to_string())?;
        let dpi = (page.scale * 72.0).round() as u32;
        let words = words_of_tsv(&Self::run(file.path(), dpi)?, page.scale as f32);
        Ok(Recognized { words, rulings: Vec::new() })
    }

    fn plausibility(&self, page: &Prepared, deadline: Instant) -> Result<f32, String> {
        let words = self.read(page, deadline)?.words;
        let letters: usize = words.iter().map(|w| w.text.len()).sum();
        Ok(words.iter().map(|w| w.confidence * w.text.len() as f32).sum::<f32>() / letters.max(1) as f32)
    }
}

/// Words of the program's table: level, page, block, paragraph, line, word, left, top, width, height, confidence, text.
fn words_of_tsv(tsv: &str, scale: f32) -> Vec<Word> {
    let mut line_height = 0.0;
    let mut words = Vec::new();
    for row in tsv.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [level, _, _, _, _, _, left, top, width, height, confidence, text] = cells[..] else {
            continue;
        };
        let (Ok(left), Ok(top), Ok(width), Ok(height)) =
            (left.parse::<f32>(), top.parse::<f32>(), width.parse::<f32>(), height.parse::<f32>())
        else {
            continue;
        };
        if level == "4" {
            line_height = height / scale;
        }
        let text: String = text.split_whitespace().collect();
        if level != "5" || text.is_empty() {
            continue;
        }
        words.push(Word {
            text,
            bbox: BBox::new(left / scale, top / scale, (left + width) / scale, (top + height) / scale),
            font_size: line_height,
            bold: false,
            confidence: (confidence.parse::<f32>().unwrap_or(0.0) / 100.0).clamp(0.0, 1.0),
            source: TextSource::Ocr,
            alternatives: Vec::new(),
        });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let tsv = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n\
                   4\t1\t1\t1\t1\t0\t100\t200\t300\t40\t-1\t\n\
                   5\t1\t1\t1\t1\t1\t100\t200\t80\t30\t96.5\t99213\n\
                   5\t1\t1\t1\t1\t2\t200\t200\t80\t30\t91\t \n";
        let words = words_of_tsv(tsv, 2.0);
        assert_eq!(words.len(), 1);
        assert_eq!(words[0].text, "99213");
        assert_eq!(words[0].bbox, BBox::new(50.0, 100.0, 90.0, 115.0));
        assert!((words[0].confidence - 0.965).abs() < 1e-6);
        assert_eq!(words[0].font_size, 20.0);
    }
}
