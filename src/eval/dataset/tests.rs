use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread::JoinHandle;

use super::{Dataset, Found};
use crate::digest::sha256;
use crate::error::Hinted;

/// Answers so many requests with the same answer, then ends.
fn server(answer: &'static str, n_requests: usize) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/dev.jsonl", listener.local_addr().unwrap());
    let serve = move || {
        for _ in 0..n_requests {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            let mut byte = [0];
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() > 0 {
                request.extend(byte);
            }
            assert!(request.starts_with(b"GET /dev.jsonl "), "{request:?}");
            stream.write_all(answer.as_bytes()).unwrap();
        }
    };
    (address, std::thread::spawn(serve))
}

fn dataset(url: &str, sha256: Option<&str>) -> Dataset {
    let sha256 = sha256.map(|sha256| format!("sha256 = \"{sha256}\"\n")).unwrap_or_default();
    let toml = format!(
        "title = \"t\"\nlicence = \"l\"\nsource = \"s\"\ncite = \"c\"\ndefault = [\"dev\"]\n[splits.dev]\nfile = \"dev.jsonl\"\nurl = \"{url}\"\n{sha256}"
    );
    Dataset::parse("made-up", &toml).unwrap()
}

fn hint(error: &anyhow::Error) -> String {
    error.chain().find_map(|cause| cause.downcast_ref::<Hinted>()).unwrap().hint.clone()
}

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nrows\n";

#[test]
fn every_manifest_is_listed_and_sound() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("eval/datasets");
    let files: BTreeSet<String> = fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files.iter().map(String::as_str).collect::<Vec<_>>(), Dataset::names());
    for name in Dataset::names() {
        let dataset = Dataset::find(name).unwrap().unwrap();
        assert!(!dataset.default.is_empty() && !dataset.licence.is_empty(), "{name}");
        for field in dataset.layout.columns.keys() {
            assert!(
                crate::eval::gold::FIELDS.iter().any(|(known, _)| known == field),
                "{name}: {field}"
            );
        }
    }
    assert_eq!(Dataset::find("no-such-set").unwrap(), None);
}

#[test]
fn a_file_is_fetched_once_and_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let (url, server) = server(OK, 1);
    let dataset = dataset(&url, None);
    let found = dataset.file("dev", folder.path(), true).unwrap();
    let path = folder.path().join("made-up/dev.jsonl");
    assert_eq!(found, Found::Fetched(path.clone(), sha256(["rows\n"])));
    server.join().unwrap();
    // The server is gone: what is there is used.
    assert_eq!(dataset.file("dev", folder.path(), true).unwrap(), Found::Here(path.clone()));
    fs_err::write(&path, "other rows\n").unwrap();
    let error = dataset.file("dev", folder.path(), true).unwrap_err();
    assert!(error.to_string().contains("is not the file that is meant"), "{error}");
}

#[test]
fn what_is_not_expected_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (url, server) = server(OK, 1);
    let error = dataset(&url, Some("00")).file("dev", folder.path(), true).unwrap_err();
    assert!(error.to_string().contains("its SHA-256 is"), "{error}");
    server.join().unwrap();
    assert_eq!(fs_err::read_dir(folder.path().join("made-up")).unwrap().count(), 0);
}

#[test]
fn a_refusal_and_a_torn_answer_are_errors() {
    for answer in [
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nrows\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (url, server) = server(answer, 1);
        let error = dataset(&url, None).file("dev", folder.path(), true).unwrap_err();
        assert!(hint(&error).starts_with("fetch it by other means"), "{error:?}");
        server.join().unwrap();
        assert_eq!(fs_err::read_dir(folder.path().join("made-up")).unwrap().count(), 0);
    }
}

#[test]
fn nothing_is_fetched_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let dataset = dataset("http://127.0.0.1:9/dev.jsonl", None);
    let error = dataset.file("dev", folder.path(), false).unwrap_err();
    assert!(error.to_string().ends_with("is not there"), "{error}");
    assert_eq!(hint(&error), "`--fetch` fetches it from s (licence: l)");
    let error = dataset.file("holdout", folder.path(), true).unwrap_err();
    assert_eq!(hint(&error), "its splits are: `dev`");
}
