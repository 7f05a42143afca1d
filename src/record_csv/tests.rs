use super::*;

fn folder(documents: &str, lines: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("documents.csv"), documents).unwrap();
    std::fs::write(dir.path().join("lines.csv"), lines).unwrap();
    dir
}

#[test]
fn reads_by_column_name() {
    let dir = folder(
        "kind,path,patient,statement_date,total_charges,confidence,extra\neob,c/e.pdf,\"Jane Doe;Tim Doe\",2025-05-01,30.00,1,x\n",
        "path,page,line_no,line_kind,charge,modifiers,adjustments,description,claim_no\n\
         c/e.pdf,2,2,service,20.00,26;59,CO-45:12.50;PR-2:-1.00,'=x,A1\nc/e.pdf,1,1,service,10.00,,,,A1\n",
    );
    std::fs::write(dir.path().join("notes.csv"), "path,code,text\nc/e.pdf,A1,You do not owe it.\n").unwrap();
    std::fs::write(dir.path().join("facts.csv"), "path,kind,text\nc/e.pdf,claim_pending,in process\n").unwrap();
    let docs = read_record(dir.path()).unwrap();
    let d = &docs[0];
    assert_eq!((d.kind, d.patient.len(), d.claims.len()), (DocKind::Eob, 2, 1));
    assert_eq!(d.lines[0].line_no, 1);
    let l = &d.lines[1];
    assert_eq!(l.modifiers, ["26", "59"]);
    assert_eq!(l.adjustments[1].amount, Money::from_cents(-100));
    assert_eq!(l.description.as_deref(), Some("=x"));
    assert_eq!(d.notes["A1"], "You do not owe it.");
    assert_eq!(d.facts[0].kind, FactKind::ClaimPending);
    assert!(d.checks[0].holds());
}

#[test]
fn errors_name_file_line_and_column() {
    let dir = folder("path,kind\na.pdf,eob\n", "path,line_kind,charge\na.pdf,service,1O.00\n");
    let e = read_record(dir.path()).unwrap_err().to_string();
    assert!(e.contains("lines.csv, line 2, column charge") && e.contains("1O.00"), "{e}");
    let dir = folder("path,kind\na.pdf,letter\n", "path\n");
    assert!(read_record(dir.path()).unwrap_err().to_string().contains("column kind"));
    let dir = folder("path,kind\na.pdf,eob\n", "path,line_kind\nb.pdf,service\n");
    assert!(read_record(dir.path()).unwrap_err().to_string().contains("not in documents.csv"));
    assert!(matches!(read_record(&dir.path().join("none")), Err(RecordError::Open(..))));
}
