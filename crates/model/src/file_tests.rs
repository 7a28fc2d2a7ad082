//! Files that cannot be loaded: one clear sentence each, never a panic.

use crate::tests::{greedy, question, tiny, write};
use crate::tiny_gguf::write_variant;
use crate::{ModelError, load};

#[test]
fn bad_files_are_one_clear_sentence() {
    let (folder, path) = tiny();
    let bytes = fs_err::read(&path).unwrap();
    let refuse = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs_err::write(&path, bytes).unwrap();
        load(&path).err().unwrap()
    };
    let error = refuse("short.gguf", &bytes[..bytes.len() - 1000]);
    assert!(matches!(error, ModelError::Truncated { .. }), "{error}");
    let error = refuse("head.gguf", &bytes[..5000]);
    assert!(matches!(error, ModelError::Damaged { .. }), "{error}");
    for bytes in [&b""[..], b"GG", b"PK\x03\x04 a zip file"] {
        let error = refuse("other.gguf", bytes);
        assert!(matches!(error, ModelError::NotGguf(_)), "{error}");
        assert_eq!(error.to_string().lines().count(), 1);
    }
    let error = load(&folder.path().join("nothing.gguf")).err().unwrap();
    assert!(matches!(error, ModelError::Io { .. }), "{error}");
}

#[test]
fn cutting_the_file_anywhere_is_an_error_and_never_a_panic() {
    let (folder, path) = tiny();
    let bytes = fs_err::read(&path).unwrap();
    let cut = folder.path().join("cut.gguf");
    for length in (0..bytes.len()).step_by(bytes.len() / 40) {
        fs_err::write(&cut, &bytes[..length]).unwrap();
        assert!(load(&cut).is_err(), "{length} bytes");
    }
}

#[test]
fn another_architecture_or_a_missing_tensor_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    write_variant(&path, "mamba", &[]).unwrap();
    let error = load(&path).err().unwrap();
    assert!(
        matches!(error, ModelError::UnknownArchitecture { .. }),
        "{error}"
    );
    assert!(error.to_string().contains("mamba") && error.to_string().contains("qwen2"));

    write_variant(&path, "qwen2", &["blk.1.ffn_up.weight"]).unwrap();
    let error = load(&path).err().unwrap();
    assert!(
        matches!(&error, ModelError::MissingTensor { name, .. } if name == "blk.1.ffn_up.weight")
    );

    // Without an output matrix the embedding serves as one, as in the smaller models.
    write_variant(&path, "qwen2", &["output.weight"]).unwrap();
    let done = write(&mut load(&path).unwrap(), &question("Chào"), &greedy(4));
    assert!(done.generated_tokens <= 4);
}
