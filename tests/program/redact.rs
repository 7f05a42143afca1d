//! `--redact`: the same findings, and nothing that names a person in any file of the output folder.

use std::fs;

use crate::common::{billproof, lay, pdf, rows};
use billproof::finished;

fn twice_charged() -> Vec<u8> {
    pdf(&[
        "LAKE VALLEY CLINIC",
        "STATEMENT OF SERVICES",
        "",
        "Patient: Xanthe Q Vandersloot   Account number: 44551207",
        "Statement date: 04/02/2025",
        "",
        "Date         Code     Description                    Units      Charge",
        "03/03/2025   99213    Office visit Vandersloot           1      140.00",
        "03/03/2025   85025    Blood count                        1       32.50",
        "03/03/2025   85025    Blood count                        1       32.50",
        "",
        "                                          Total charges        205.00",
        "                                          Balance due          205.00",
    ])
}

#[test]
fn a_shared_folder_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let toml = b"[patient]\nname = \"Xanthe Vandersloot\"\n[plan]\nkind = \"self-pay\"\n".to_vec();
    lay(dir.path(), &[("in/vandersloot/xanthe bill.pdf", twice_charged()), ("in/vandersloot/case.toml", toml)]);
    let audit = |out: &str, more: &[&str]| {
        billproof().arg("audit").arg(dir.path().join("in")).arg("--out").arg(dir.path().join(out)).args(more).assert().code(0);
    };
    audit("plain", &[]);
    audit("shared", &["--redact"]);

    let (plain, shared) = (rows(&dir.path().join("plain/flags.csv")), rows(&dir.path().join("shared/flags.csv")));
    let judged = |flags: &[std::collections::BTreeMap<String, String>]| {
        flags.iter().map(|f| (f["rule"].clone(), f["amount_at_issue"].clone(), f["line_no"].clone())).collect::<Vec<_>>()
    };
    assert!(plain.iter().any(|f| f["rule"] == "duplicate-charge"));
    assert_eq!(judged(&plain), judged(&shared));
    assert_ne!(plain[0]["flag_id"], shared[0]["flag_id"]);

    let written =
        walkdir::WalkDir::new(dir.path().join("shared")).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file());
    for file in written {
        let text = String::from_utf8_lossy(&fs::read(file.path()).unwrap()).to_lowercase();
        for secret in ["xanthe", "vandersloot", "44551207", &dir.path().display().to_string().to_lowercase()] {
            assert!(!text.contains(secret), "{} holds {secret}", file.path().display());
        }
    }
    // Nor is it laid beside what a review has kept, which names people.
    fs::write(dir.path().join("plain/decisions.csv"), "flag_id,verdict,note,by,date\n").unwrap();
    let before = fs::read(dir.path().join("plain/flags.csv")).unwrap();
    let mut beside = billproof();
    beside.arg("audit").arg(dir.path().join("in")).arg("--redact").arg("--out").arg(dir.path().join("plain"));
    let told = String::from_utf8(beside.assert().code(2).get_output().stderr.clone()).unwrap();
    assert!(told.contains("decisions.csv") && told.contains("folder of its own"), "{told}");
    assert_eq!(fs::read(dir.path().join("plain/flags.csv")).unwrap(), before);

    let case = finished::find(&dir.path().join("shared"), "case-001").unwrap();
    assert_eq!(case.judged.summary.patient, "Patient 1");
}
