use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::file_kind::FileKind;

use super::{Container, Content, Member, look_into, member};

const PDF: &[u8] = b"%PDF-1.7\nnot much";

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn mail(name: &str, content: &[u8]) -> Vec<u8> {
    let hex = content.iter().map(|b| format!("={b:02X}")).collect::<Vec<_>>().concat();
    format!(
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: papers\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nsee attached\r\n--x\r\n\
Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
Content-Transfer-Encoding: quoted-printable\r\n\r\n{hex}\r\n--x--\r\n"
    )
    .into_bytes()
}

fn members(bytes: &[u8]) -> Vec<Member> {
    match look_into(Container::sniff(bytes).unwrap(), bytes).unwrap() {
        Content::Members(members) => members,
        Content::Office(kind) => panic!("an office file: {kind:?}"),
    }
}

#[test]
fn members_are_found_and_read_again_by_their_address() {
    let inner = zipped(&[("deep/bill.pdf", PDF)]);
    let outer =
        zipped(&[("a/eob.pdf", PDF), ("mail.eml", &mail("papers.zip", &inner)), ("__MACOSX/._x", b"x"), (".DS_Store", b"x")]);
    let found = members(&outer);
    let paths: Vec<&str> = found.iter().map(|m| m.path.as_str()).collect();
    assert_eq!(paths, ["a/eob.pdf", "mail.eml/papers.zip/deep/bill.pdf"]);
    assert_eq!((found[0].folders.as_slice(), found[1].folders.as_slice()), (&["a".to_owned()][..], &["deep".to_owned()][..]));
    for m in &found {
        assert_eq!(m.kind, Ok(Some(FileKind::Pdf)));
        assert_eq!(member(Cursor::new(&outer), &m.address, 1 << 20).as_deref(), Ok(PDF));
    }
    assert!(member(Cursor::new(&outer), &found[0].address, 4).is_err());
    assert!(member(Cursor::new(&outer), &[99], 1 << 20).is_err());
}

#[test]
fn names_that_lead_out_are_refused() {
    let found = members(&zipped(&[("../../etc/x.pdf", PDF), ("/abs.pdf", PDF), ("C:\\x\\y.pdf", PDF), ("fine.pdf", PDF)]));
    let refused: Vec<bool> = found.iter().map(|m| m.kind.as_ref().is_err_and(|e| e.contains("leads out"))).collect();
    assert_eq!(refused, [true, true, true, false]);
    assert!(found.iter().all(|m| !m.path.contains("..")));
}

#[test]
fn what_inflates_beyond_reason_is_refused() {
    let zeros = vec![0u8; 40 << 20];
    let found = members(&zipped(&[("bomb.pdf", &zeros)]));
    assert!(found[0].kind.as_ref().unwrap_err().contains("inflate"));
}

#[test]
fn archives_are_opened_three_deep() {
    let mut archive = zipped(&[("x.pdf", PDF)]);
    for _ in 0..2 {
        archive = zipped(&[("in.zip", &archive)]);
    }
    assert_eq!(members(&archive)[0].path, "in.zip/in.zip/x.pdf");
    let deeper = zipped(&[("in.zip", &archive)]);
    let found = members(&deeper);
    assert_eq!(found[0].path, "in.zip/in.zip/in.zip");
    assert!(found[0].kind.as_ref().unwrap_err().contains("within 3 others"));
}

#[test]
fn links_and_encrypted_members_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.add_symlink("link.pdf", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    let found = members(&writer.finish().unwrap().into_inner());
    assert!(found[0].kind.as_ref().unwrap_err().contains("link"));
    let mut locked = zipped(&[("x.pdf", PDF)]);
    // bit 0 of the flags in the local and the central header
    let central = locked.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    locked[6] |= 1;
    locked[central + 8] |= 1;
    assert!(members(&locked)[0].kind.as_ref().unwrap_err().contains("encrypted"));
}

#[test]
fn equal_names_stay_apart_and_office_files_are_no_archives() {
    let twice = zipped(&[
        ("a.eml", &mail("x.pdf", PDF)),
        ("doc.docx", &zipped(&[("[Content_Types].xml", b"<x/>"), ("word/document.xml", b"<x/>")])),
    ]);
    let found = members(&twice);
    assert_eq!(found.iter().map(|m| m.path.as_str()).collect::<Vec<_>>(), ["a.eml/x.pdf", "doc.docx"]);
    assert_eq!(found[1].kind, Ok(None));
}

/// A compound file with one attachment, as Outlook lays it out.
#[test]
fn attachments_of_outlook_messages() {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("/__properties_version1.0").unwrap();
    file.create_storage("/__attach_version1.0_#00000000").unwrap();
    file.create_stream("/__attach_version1.0_#00000000/__substg1.0_37010102").unwrap().write_all(PDF).unwrap();
    let name: Vec<u8> = "bill für.pdf".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.create_stream("/__attach_version1.0_#00000000/__substg1.0_3707001F").unwrap().write_all(&name).unwrap();
    let bytes = file.into_inner().into_inner();
    let found = members(&bytes);
    assert_eq!((found.len(), found[0].path.as_str()), (1, "bill für.pdf"));
    assert_eq!(member(Cursor::new(&bytes), &found[0].address, 1 << 20).as_deref(), Ok(PDF));
}

#[test]
fn damaged_containers_are_errors_and_text_is_no_mail() {
    let whole = zipped(&[("a/eob.pdf", PDF), ("mail.eml", &mail("b.pdf", PDF))]);
    for cut in (4..whole.len()).step_by(7) {
        let _ = look_into(Container::Zip, &whole[..cut]);
    }
    assert!(look_into(Container::Zip, b"PK\x03\x04").is_err());
    assert_eq!(Container::sniff(b"From: Jane\nDate: today\n\nDear all"), None);
    assert_eq!(Container::sniff(&mail("x", b"y")), Some(Container::Mail));
}
