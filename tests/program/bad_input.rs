//! Bad input is normal input: one broken file never stops the run.

use std::fs;

use crate::common::{bill, billproof, by_path, lay, pdf_of};

/// A PNG that announces so many pixels and holds none.
fn pixel_bomb(side: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [header, b"IDAT".to_vec(), b"IEND".to_vec()] {
        png.extend((chunk.len() as u32 - 4).to_be_bytes());
        png.extend(&chunk);
        png.extend(crc32(&chunk).to_be_bytes());
    }
    png
}

/// CRC-32 as PNG defines it (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0u32, |crc, &b| (0..8).fold(crc ^ u32::from(b), |c, _| if c & 1 == 1 { (c >> 1) ^ 0xEDB8_8320 } else { c >> 1 }))
}

/// Bytes without any structure, the same in every run.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x2545_F491_4F6C_DD1Du64;
    let next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(len).collect()
}

/// A PDF whose one page holds the given content.
fn page_with(media_box: &str, content: &str) -> Vec<u8> {
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!("<< /Type /Page /Parent 2 0 R /MediaBox {media_box} /Contents 4 0 R >>"),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
    ])
}

/// A page tree that holds itself.
fn page_loop() -> Vec<u8> {
    pdf_of(&["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), "<< /Type /Pages /Kids [2 0 R] /Count 1 >>".to_owned()])
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let whole = bill();
    let mut behind_header = b"%PDF-1.7\n".to_vec();
    behind_header.extend(noise(5000));
    let mut behind_magic = b"\x89PNG\r\n\x1a\n".to_vec();
    behind_magic.extend(noise(5000));
    vec![
        ("cut_header.pdf", whole[..12].to_vec()),
        ("zero.pdf", Vec::new()),
        ("text.pdf", b"plain text under a wrong name".to_vec()),
        ("noise.pdf", noise(4000)),
        ("noise_behind_header.pdf", behind_header),
        ("noise.png", noise(4000)),
        ("noise_behind_magic.png", behind_magic),
        ("bomb.png", pixel_bomb(60_000)),
        ("cut.jpg", [0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F', 0].to_vec()),
        ("cut.tif", b"II*\0\xF0\xFF\xFF\x7F".to_vec()),
        ("loop.pdf", page_loop()),
        ("nested.pdf", page_with("[0 0 612 792]", &"[".repeat(60_000))),
        ("nested_dict.pdf", pdf_of(&["<< /A ".repeat(20_000)])),
        ("blank.pdf", page_with("[0 0 612 792]", "")),
        ("huge_blank.pdf", page_with("[0 0 14400 14400]", "")),
        ("no_box.pdf", page_with("[0 0 0 0]", "")),
    ]
}

#[test]
fn every_hostile_file_is_a_failed_row_with_a_reason() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    let hostile = hostile();
    lay(&input, &hostile);
    lay(&input, &[("good.pdf", bill())]);
    billproof().arg("audit").arg(&input).arg("--out").arg(&out).arg("--no-cache").assert().code(0);
    let (status, message) = (by_path(&out, "status"), by_path(&out, "message"));
    assert_eq!(status.len(), hostile.len() + 1);
    for (name, _) in &hostile {
        assert_eq!(status[*name], "failed", "{name}: {}", message[*name]);
        assert!(!message[*name].is_empty(), "{name}");
    }
    assert_eq!(status["good.pdf"], "ok", "{}", message["good.pdf"]);
}

#[test]
fn a_file_cut_short_is_read_or_failed_but_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    let whole = bill();
    for tenth in 1..10 {
        lay(&input, &[(&format!("cut{tenth}.pdf"), whole[..whole.len() * tenth / 10].to_vec())]);
    }
    billproof().arg("audit").arg(&input).arg("--out").arg(&out).assert().code(0);
    assert_eq!(by_path(&out, "status").len(), 9);
}

#[test]
fn a_huge_page_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let text = String::from_utf8(bill()).unwrap().replace("[0 0 612 792]", "[0 0 14400 14400]");
    lay(dir.path(), &[("in/huge.pdf", text.into_bytes())]);
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    assert_eq!(by_path(&out, "status")["huge.pdf"], "ok");
}

#[cfg(unix)]
#[test]
fn links_pipes_and_unreadable_folders_hold_nothing_up() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    let (input, out) = (dir.path().join("in"), dir.path().join("out"));
    lay(&input, &[("case/bill.pdf", bill())]);
    symlink("..", input.join("case/loop")).unwrap();
    symlink("nowhere.pdf", input.join("broken.pdf")).unwrap();
    let pipe = std::process::Command::new("mkfifo").arg(input.join("pipe.pdf")).status();
    billproof().arg("audit").arg(&input).arg("--out").arg(&out).assert().code(0);
    assert_eq!(by_path(&out, "path").into_keys().collect::<Vec<_>>(), ["case/bill.pdf"]);
    let run: serde_json::Value = serde_json::from_slice(&fs::read(out.join("run.json")).unwrap()).unwrap();
    assert_eq!(run["skipped"]["visited_before"], 1);
    assert_eq!(run["skipped"]["broken_links"], 1);
    assert_eq!(run["skipped"]["special"], u64::from(pipe.is_ok_and(|s| s.success())));
}

#[test]
fn formulas_in_a_paper_stay_text() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/=cmd()/-x.pdf", b"no pdf".to_vec())]);
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let csv = fs::read_to_string(out.join("documents.csv")).unwrap();
    assert!(csv.lines().nth(1).unwrap().starts_with("'=cmd()/-x.pdf,"), "{csv}");
}
