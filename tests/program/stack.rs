//! A file that holds several documents: one row for each, with its pages.

use crate::common::{billproof, by_path, lay, pdf_of_pages, rows};

fn stack() -> Vec<u8> {
    let first = [
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES                              Page 1 of 2",
        "",
        "Patient: Jane Q Public          Account number: 445512",
        "Statement date: 04/02/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit                       1      140.00",
        "03/03/2025   85025    Blood count                        1       38.00",
    ];
    let second = [
        "LAKE VALLEY CLINIC - account 445512 (continued)    Page 2 of 2",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/04/2025   71046    Chest X-ray                        1      240.00",
        "",
        "Total charges                                                   418.00",
        "Amount due                                                      418.00",
    ];
    let other = [
        "HARBOR HOSPITAL",
        "STATEMENT OF SERVICES                              Page 1 of 1",
        "",
        "Patient: Omar Roe               Account number: 901377",
        "Statement date: 05/11/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "05/01/2025   99214    Office visit                       1      210.00",
        "05/01/2025   80053    Metabolic panel                    1       61.00",
        "",
        "Total charges                                                   271.00",
        "Amount due                                                      271.00",
    ];
    pdf_of_pages(&[&first, &second, &[], &other])
}

#[test]
fn each_document_of_a_stack_has_its_row_and_its_pages() {
    let dir = tempfile::tempdir().unwrap();
    lay(dir.path(), &[("in/stack.pdf", stack()), ("in/stack copied.pdf", stack())]);
    let out = dir.path().join("out");
    billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(&out).assert().code(0);
    let status = by_path(&out, "status");
    let expected = [
        ("stack copied.pdf#p1-2", "duplicate"),
        ("stack copied.pdf#p4-4", "duplicate"),
        ("stack.pdf#p1-2", "ok"),
        ("stack.pdf#p4-4", "ok"),
    ];
    assert_eq!(status.iter().map(|(p, s)| (p.as_str(), s.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(by_path(&out, "account_no")["stack.pdf#p1-2"], "445512");
    assert_eq!(by_path(&out, "account_no")["stack.pdf#p4-4"], "901377");
    let hashes = by_path(&out, "sha256");
    assert!(hashes.values().all(|h| h.len() == 64 && *h == hashes["stack.pdf#p1-2"]));
    let lines = rows(&out.join("lines.csv"));
    let places: Vec<_> = lines
        .iter()
        .filter(|r| r["path"].starts_with("stack.pdf"))
        .map(|r| [r["path"].as_str(), r["page"].as_str(), r["line_no"].as_str(), r["code"].as_str()])
        .collect();
    assert_eq!(
        places,
        [
            ["stack.pdf#p1-2", "1", "1", "99213"],
            ["stack.pdf#p1-2", "1", "2", "85025"],
            ["stack.pdf#p1-2", "2", "3", "71046"],
            ["stack.pdf#p4-4", "4", "1", "99214"],
            ["stack.pdf#p4-4", "4", "2", "80053"],
        ]
    );
}
