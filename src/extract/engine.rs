//! Which recogniser there is, and where models and cache live.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::ppocr::{MODEL_FILE, MODEL_SHA256, PpOcr, hex};
use super::recognize::Recognizer;
use super::tesseract::Tesseract;

/// Names the models' folder, for those who keep it elsewhere.
pub const MODELS_VARIABLE: &str = "BILLPROOF_MODELS";

/// The recogniser of a run, found and loaded when it is first needed.
#[derive(Debug)]
pub struct Engine {
    models: Option<PathBuf>,
    loaded: OnceLock<Result<Box<dyn Recognizer>, String>>,
}

impl Engine {
    /// An engine whose models are in this folder.
    pub fn new(models: Option<PathBuf>) -> Self {
        Self { models, loaded: OnceLock::new() }
    }

    /// The recogniser, or why there is none.
    pub fn recognizer(&self) -> Result<&dyn Recognizer, String> {
        match self.loaded.get_or_init(|| self.load()) {
            Ok(recognizer) => Ok(recognizer.as_ref()),
            Err(why) => Err(why.clone()),
        }
    }

    fn load(&self) -> Result<Box<dyn Recognizer>, String> {
        let why = match &self.models {
            Some(folder) => match PpOcr::load(folder) {
                Ok(engine) => return Ok(Box::new(engine)),
                Err(why) => why,
            },
            None => "there is no folder for models".to_owned(),
        };
        match Tesseract::find() {
            Some(engine) => {
                tracing::warn!("the recognition models are missing, tesseract is used instead: {why}");
                Ok(Box::new(engine))
            }
            None => Err(why),
        }
    }

    /// What is in place, as name and state.
    pub fn facts(&self) -> Vec<(String, String)> {
        let model = match &self.models {
            Some(folder) => model_state(&folder.join(MODEL_FILE)),
            None => "no folder: neither HOME nor BILLPROOF_MODELS is set".to_owned(),
        };
        let tesseract =
            Tesseract::find().map_or("not installed (only a fallback)".to_owned(), |t| format!("version {}", t.version()));
        let used = self.recognizer().map_or_else(|why| format!("none: run ./setup ({why})"), Recognizer::id);
        vec![
            ("recognition engine".to_owned(), used),
            ("recognition model".to_owned(), model),
            ("tesseract".to_owned(), tesseract),
        ]
    }
}

fn model_state(path: &Path) -> String {
    match std::fs::read(path) {
        Ok(bytes) if hex(&Sha256::digest(&bytes)) == MODEL_SHA256 => format!("{} (as expected)", path.display()),
        Ok(_) => format!("{} (not the expected file: run ./setup)", path.display()),
        Err(error) => format!("{} ({error}: run ./setup)", path.display()),
    }
}

/// Where the models are: `BILLPROOF_MODELS`, else the user's data folder (XDG Base Directory Specification).
pub fn models_folder() -> Option<PathBuf> {
    std::env::var_os(MODELS_VARIABLE)
        .map(PathBuf::from)
        .or_else(|| Some(user_folder("XDG_DATA_HOME", ".local/share")?.join("billproof/models")))
}

/// Where recognised pages are kept: below the user's cache folder.
pub fn cache_folder() -> Option<PathBuf> {
    Some(user_folder("XDG_CACHE_HOME", ".cache")?.join("billproof/pages"))
}

fn user_folder(variable: &str, below_home: &str) -> Option<PathBuf> {
    folder(variable).or_else(|| Some(folder("HOME")?.join(below_home)))
}

fn folder(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|p| p.is_absolute())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_model_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert!(model_state(&folder.path().join(MODEL_FILE)).contains("run ./setup"));
        std::fs::write(folder.path().join(MODEL_FILE), b"not a network").unwrap();
        assert!(model_state(&folder.path().join(MODEL_FILE)).contains("not the expected file"));
        assert!(PpOcr::load(folder.path()).unwrap_err().contains("SHA-256"));
    }
}
