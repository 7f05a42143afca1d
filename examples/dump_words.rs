//! Prints the positioned words of files as JSON, one document a line: a help while working on the parsers.

use billproof::extract::{ExtractOptions, Extractor, FileKind};

fn main() -> anyhow::Result<()> {
    let extractor = Extractor::new(ExtractOptions::default());
    for path in std::env::args().skip(1) {
        let bytes = std::fs::read(&path)?;
        let Some(kind) = FileKind::sniff(&bytes) else {
            eprintln!("{path}: not a PDF or an image");
            continue;
        };
        match extractor.extract(kind, &bytes) {
            Ok(extraction) => {
                for problem in &extraction.problems {
                    eprintln!("{path}: page {}: {}", problem.page, problem.message);
                }
                println!("{}", serde_json::to_string(&extraction.text)?);
            }
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
    Ok(())
}
