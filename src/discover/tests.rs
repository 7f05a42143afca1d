use super::*;

const PDF: &[u8] = b"%PDF-1.7\n";

fn lay(dir: &Path, files: &[(&str, &[u8])]) {
    for (name, content) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn paths(found: &Discovery) -> Vec<&str> {
    found.files.iter().map(|f| f.path.as_str()).collect()
}

#[test]
fn content_decides_and_other_types_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    lay(
        dir.path(),
        &[
            ("b/bill.dat", PDF),
            ("b/note.txt", b"hello"),
            ("a.PDF", b"plain text"),
            ("zero.pdf", b""),
            (".hidden.pdf", PDF),
            (".git/x.pdf", PDF),
            ("README", b"x"),
        ],
    );
    let found = discover(&[dir.path().to_owned()], None).unwrap();
    assert_eq!(paths(&found), ["a.PDF", "b/bill.dat", "zero.pdf"]);
    assert_eq!(found.files[1].kind, Ok(FileKind::Pdf));
    assert_eq!(found.files[1].case_folder.as_deref(), Some("b"));
    assert_eq!(found.files[0].case_folder, None);
    assert!(found.files[0].kind.as_ref().unwrap_err().contains(".pdf"));
    assert!(found.files[2].kind.as_ref().unwrap_err().contains("0 bytes"));
    assert_eq!(found.skipped.by_extension, BTreeMap::from([(String::new(), 1), ("txt".to_owned(), 1)]));
    assert_eq!(found.skipped.hidden, 2);
}

#[test]
fn several_inputs_put_their_names_in_front() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("one/bills/c/x.pdf", PDF), ("two/bills/y.pdf", PDF), ("z.pdf", PDF)]);
    let inputs = [dir.path().join("one/bills"), dir.path().join("two/bills"), dir.path().join("z.pdf")];
    let found = discover(&inputs, None).unwrap();
    assert_eq!(paths(&found), ["bills/c/x.pdf", "bills~2/y.pdf", "z.pdf"]);
    assert_eq!(found.files[0].case_folder.as_deref(), Some("bills/c"));
    assert_eq!(found.files[1].case_folder, None);
}

#[test]
fn a_file_given_twice_is_read_once() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("c/x.pdf", PDF)]);
    let found = discover(&[dir.path().join("c"), dir.path().join("c/x.pdf")], None).unwrap();
    assert_eq!(paths(&found), ["c/x.pdf"]);
    assert_eq!(found.skipped.visited_before, 1);
}

#[test]
fn the_output_folder_is_no_input() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("x.pdf", PDF), ("out/page.png", b"\x89PNG\r\n\x1a\n")]);
    let found = discover(&[dir.path().to_owned()], Some(&dir.path().join("out"))).unwrap();
    assert_eq!(paths(&found), ["x.pdf"]);
}

#[test]
fn the_nearest_case_file_makes_the_case() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("2025/doe/case.toml", b""), ("2025/doe/er/x.pdf", PDF), ("2025/roe/y.pdf", PDF)]);
    let found = discover(&[dir.path().to_owned()], None).unwrap();
    assert_eq!(found.files[0].case_folder.as_deref(), Some("2025/doe"));
    assert_eq!(found.files[1].case_folder.as_deref(), Some("2025"));
    assert_eq!(found.case_files[0].case_id, "2025/doe");
}

#[test]
fn an_input_with_a_case_file_is_a_case() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("doe/case.toml", b""), ("doe/x.pdf", PDF), ("doe/er/y.pdf", PDF)]);
    let found = discover(&[dir.path().join("doe")], None).unwrap();
    assert_eq!(found.case_files[0].case_id, "doe");
    assert!(found.files.iter().all(|f| f.case_folder.as_deref() == Some("doe")));
}

#[test]
fn a_missing_input_is_named() {
    let error = discover(&[PathBuf::from("no-such-folder")], None).unwrap_err();
    assert!(error.to_string().starts_with("cannot open no-such-folder: "));
}

#[cfg(unix)]
#[test]
fn links_neither_loop_nor_repeat() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("z/x.pdf", PDF), ("z/deep/y.pdf", PDF)]);
    symlink("..", dir.path().join("z/up")).unwrap();
    symlink("z", dir.path().join("a")).unwrap();
    symlink("nowhere", dir.path().join("broken")).unwrap();
    symlink("self", dir.path().join("self")).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    lay(elsewhere.path(), &[("w.pdf", PDF)]);
    symlink(elsewhere.path(), dir.path().join("linked")).unwrap();
    let found = discover(&[dir.path().to_owned()], None).unwrap();
    assert_eq!(paths(&found), ["linked/w.pdf", "z/deep/y.pdf", "z/x.pdf"]);
    assert_eq!((found.skipped.visited_before, found.skipped.broken_links), (2, 2));
}
