//! The command line in a pipe.

use std::io::Write;
use std::process::{Command, Stdio};

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut motcua = Command::new(env!("CARGO_BIN_EXE_motcua"))
        .arg("tokenize")
        .stdin(Stdio::piped())
        .stdout(writer)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = motcua.stdin.take().unwrap();
    lines.write_all("Đăng ký kết hôn\n".as_bytes()).unwrap();
    drop(lines);
    let output = motcua.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
