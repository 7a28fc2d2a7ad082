//! Whole imports over small folders and archives of our own words.

use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use fs_err as fs;
use tar::{Builder, EntryType, Header};
use vitext::legacy::Encoding;

use super::*;

const PAGE: &str = include_str!("../../data/test-page.txt");

fn page(code: &str) -> String {
    PAGE.replace("9.000002", code)
}

fn run(path: &Path, out: &Path) -> Result<Report, CorpusError> {
    portal_text(&[path.to_path_buf()], out, &Options::default(), |_| {})
}

#[test]
fn texts_from_before_unicode_are_read_as_unicode() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let source = dir.path().join("in");
    fs::create_dir_all(&source).expect("it is made");
    for (code, encoding) in [("9.000001", Encoding::Vni), ("9.000002", Encoding::Tcvn3)] {
        let old = vitext::legacy::encode(&page(code), encoding);
        let bytes: Option<Vec<u8>> = old.chars().map(|c| u8::try_from(c).ok()).collect();
        let bytes = bytes.expect("the page has no letter that the encoding lacks");
        fs::write(source.join(format!("{code}.txt")), bytes).expect("written");
    }
    let out = dir.path().join("out");
    let report = run(&source, &out).expect("the import runs");
    assert_eq!((report.imported, report.quarantined.len()), (2, 0));
    let mut encodings: Vec<_> = report.decoded.iter().map(|d| d.encoding).collect();
    encodings.sort_unstable();
    assert_eq!(encodings, ["TCVN3", "VNI"]);
    let loaded = crate::load_dir(&out).expect("the records are there");
    let as_unicode = portal_text::parse_counted(&page("9.000001"), &mut Tally::default());
    let name = as_unicode.expect("a record").name;
    for procedure in loaded.procedures {
        assert_eq!(procedure.name, name, "{}", procedure.code);
    }
}

#[test]
fn a_folder_is_imported_and_the_rest_is_kept_beside() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let source = dir.path().join("in");
    fs::create_dir_all(source.join("deep")).expect("it is made");
    let put = |name: &str, bytes: &[u8]| fs::write(source.join(name), bytes).expect("written");
    put("a.txt", page("9.000001").as_bytes());
    put("deep/b.txt", page("9.000002").as_bytes());
    put("deep/c.txt", page("9.000002").as_bytes());
    put("d.txt", page("9.0000-Xoa").as_bytes());
    put("e.txt", "Thực đơn hôm nay".as_bytes());
    put("f.txt", &[0xff, 0xfe]);
    put("g.pdf", b"%PDF");
    let out = dir.path().join("out");
    let report = run(&source, &out).expect("the import runs");
    assert_eq!((report.read, report.imported), (6, 2));
    assert_eq!(report.skipped.len(), 1);
    let reasons: Vec<&str> = report
        .quarantined
        .iter()
        .map(|q| q.reason.as_str())
        .collect();
    for part in ["malformed code", "first line", "UTF-8", "twice"] {
        assert!(
            reasons.iter().any(|reason| reason.contains(part)),
            "{part}: {reasons:?}"
        );
    }
    for item in &report.quarantined {
        let kept = item.kept.as_ref().expect("the original is kept");
        assert!(out.join("quarantine").join(kept).is_file(), "{kept}");
    }
    let loaded = crate::load_dir(&out).expect("the records are there");
    assert_eq!((loaded.procedures.len(), loaded.problems.len()), (2, 0));
    let reasons = fs::read_to_string(out.join("quarantine/reasons.jsonl")).expect("written");
    assert_eq!(reasons.lines().count(), 4);
}

fn entry(builder: &mut Builder<impl Write>, name: &str, kind: EntryType, bytes: &[u8]) {
    let mut header = Header::new_gnu();
    // Written by hand: the builder itself refuses names that leave the archive.
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    if kind == EntryType::Symlink {
        header.set_link_name("/etc/passwd").expect("a short name");
    }
    header.set_cksum();
    builder.append(&header, bytes).expect("it is appended");
}

#[test]
fn an_archive_is_read_and_its_escapes_are_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("records.tar.gz");
    let file = fs::File::create(&path).expect("it is made");
    let mut builder = Builder::new(GzEncoder::new(file, Compression::fast()));
    entry(
        &mut builder,
        "in/a.txt",
        EntryType::Regular,
        page("9.000001").as_bytes(),
    );
    entry(
        &mut builder,
        "../b.txt",
        EntryType::Regular,
        page("9.000002").as_bytes(),
    );
    entry(
        &mut builder,
        "/c.txt",
        EntryType::Regular,
        page("9.000003").as_bytes(),
    );
    entry(&mut builder, "d.txt", EntryType::Symlink, b"");
    entry(
        &mut builder,
        "big.txt",
        EntryType::Regular,
        &vec![b'x'; (4 << 20) + 1],
    );
    builder
        .into_inner()
        .and_then(GzEncoder::finish)
        .expect("it is closed");
    let out = dir.path().join("out");
    let report = run(&path, &out).expect("the import runs");
    assert_eq!((report.read, report.imported), (5, 1));
    let reasons: Vec<&str> = report
        .quarantined
        .iter()
        .map(|q| q.reason.as_str())
        .collect();
    for (part, times) in [("leaves the archive", 2), ("link", 1), ("too large", 1)] {
        let found = reasons
            .iter()
            .filter(|reason| reason.contains(part))
            .count();
        assert_eq!(found, times, "{part}: {reasons:?}");
    }
}

#[test]
fn a_broken_archive_and_a_missing_path_are_clear_errors() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path().join("records.tar.gz");
    fs::write(&path, "not gzip").expect("written");
    let out = dir.path().join("out");
    let error = run(&path, &out).expect_err("it is no archive").to_string();
    assert!(
        error.contains("records.tar.gz") && error.contains("archive"),
        "{error}"
    );
    let error = run(&dir.path().join("nowhere"), &out).expect_err("it is not there");
    assert!(matches!(error, CorpusError::Missing(_)), "{error}");
}

#[test]
fn links_and_dates_reach_the_record() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let source = dir.path().join("9.000002.txt");
    fs::write(&source, PAGE).expect("written");
    let table = dir.path().join("links.tsv");
    fs::write(
        &table,
        "# page of a record\n9.000002\thttps://example.vn/meo\n",
    )
    .expect("written");
    let options = Options {
        as_of: Some("2026-07-19".to_owned()),
        links: Links::read(&table).expect("the table is well formed"),
        ..Options::default()
    };
    let out = dir.path().join("out");
    portal_text(&[source], &out, &options, |_| {}).expect("the import runs");
    let record = crate::read_file(&out.join("9.000002.json")).expect("it is there");
    assert_eq!(
        record.provenance.source_url.as_deref(),
        Some("https://example.vn/meo")
    );
    assert_eq!(record.provenance.as_of.as_deref(), Some("2026-07-19"));
    fs::write(&table, "9.000002 https://example.vn\n").expect("written");
    let error = Links::read(&table).expect_err("no tab").to_string();
    assert!(error.contains("line 1"), "{error}");
}

#[test]
fn a_chosen_part_is_written_in_full_and_everything_is_listed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let source = dir.path().join("in");
    fs::create_dir(&source).expect("it is made");
    let level = |level: &str| PAGE.replace("Cấp thực hiện: Cấp Xã", level);
    for (code, text) in [
        ("9.000001", level("Cấp thực hiện: Cấp Xã")),
        ("9.000002", level("Cấp thực hiện: Cấp Tỉnh")),
        ("9.000003", level("Cấp thực hiện: Cấp Bộ/Trung ương")),
        ("9.0000-Xoa", level("Cấp thực hiện: Cấp Xã")),
    ] {
        let text = text.replace("9.000002", code);
        fs::write(source.join(format!("{code}.txt")), text).expect("written");
    }
    let codes = dir.path().join("codes.txt");
    fs::write(&codes, "# served\n9.000003\tbộ\n\n9.000007\n").expect("written");
    let out = dir.path().join("out");
    run(&source, &out).expect("a first import, of everything");
    let options = Options {
        only: Only {
            levels: vec![Level::Xa],
            codes: Some(Only::read_codes(&codes).expect("codes")),
        },
        ..Options::default()
    };
    let fresh = dir.path().join("fresh");
    for (out, older) in [(&fresh, vec![]), (&out, vec!["9.000002".to_owned()])] {
        let report = portal_text(std::slice::from_ref(&source), out, &options, |_| {});
        let report = report.expect("the import runs");
        assert_eq!((report.imported, report.listed), (2, 3));
        assert_eq!(report.missing, ["9.000007"]);
        assert_eq!(report.older, older);
    }
    let full = crate::load_dir(&fresh).expect("the records are there");
    let codes: Vec<&str> = full.procedures.iter().map(|p| &*p.code).collect();
    assert_eq!(codes, ["9.000001", "9.000003"]);
    let (listed, problems) = catalogue::read(&fresh).expect("the catalogue is there");
    let codes: Vec<&str> = listed.iter().map(|line| &*line.code).collect();
    assert_eq!(codes, ["9.000001", "9.000002", "9.000003"]);
    assert_eq!(problems, []);
}

#[test]
fn one_bad_file_is_a_problem_with_its_line() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let record = portal_text::parse(PAGE).expect("the page is in the layout");
    crate::write_file(dir.path(), &record).expect("it is written");
    fs::write(
        dir.path().join("again.json"),
        crate::store::to_json(&record).expect("JSON"),
    )
    .expect("written");
    fs::write(dir.path().join("bad.json"), "{\n  \"code\": 5\n}").expect("written");
    let loaded = crate::load_dir(dir.path()).expect("the folder is there");
    assert_eq!(loaded.procedures.len(), 1);
    let lines: Vec<_> = loaded.problems.iter().map(|p| p.line).collect();
    assert_eq!(lines, [None, Some(2)]);
    assert!(loaded.problems[0].reason.contains("already in"));
    let mut odd = record;
    odd.code = "../9.000002".to_owned();
    let error = crate::write_file(dir.path(), &odd).expect_err("it leaves the folder");
    assert!(matches!(error, CorpusError::UnsafeCode(_)));
}
