//! Is a file, byte for byte, the official release?

use std::io::Read;
use std::path::Path;

use fs_err::File;
use sha2::{Digest, Sha256};

use crate::ModelError;
use crate::manifest::Entry;

const BLOCK: usize = 1 << 20;

/// Checks size and sha256 against the manifest. `progress` hears the bytes read so far.
/// An entry without an official sha256 cannot be verified, whatever the file holds.
pub fn verify(entry: &Entry, path: &Path, progress: &mut dyn FnMut(u64)) -> Result<(), ModelError> {
    let Some(expected) = &entry.sha256 else {
        return Err(ModelError::Unverifiable(entry.name.clone()));
    };
    let actual = sha256(path, progress)?;
    if actual != *expected {
        return Err(ModelError::Checksum {
            path: path.to_owned(),
            expected: expected.clone(),
            actual,
        });
    }
    Ok(())
}

/// The sha256 of a file, in lower-case hex.
pub fn sha256(path: &Path, progress: &mut dyn FnMut(u64)) -> Result<String, ModelError> {
    let mut file = File::open(path).map_err(ModelError::io(path))?;
    let mut hash = Sha256::new();
    let mut block = vec![0u8; BLOCK];
    let mut done = 0u64;
    loop {
        let read = file.read(&mut block).map_err(ModelError::io(path))?;
        if read == 0 {
            break;
        }
        hash.update(&block[..read]);
        done += read as u64;
        progress(done);
    }
    let mut hex = String::new();
    for byte in hash.finalize() {
        for half in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(half.into(), 16));
        }
    }
    Ok(hex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    #[test]
    fn a_known_digest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("abc");
        fs_err::write(&path, "abc").unwrap();
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256(&path, &mut |_| {}).unwrap(), digest);
    }

    #[test]
    fn other_bytes_are_refused_and_an_unknown_sum_is_never_verified() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other.gguf");
        fs_err::write(&path, "GGUF but not the model").unwrap();
        let manifest = Manifest::embedded().unwrap();

        let error = verify(manifest.find(None).unwrap(), &path, &mut |_| {}).unwrap_err();
        assert!(matches!(error, ModelError::Checksum { .. }), "{error}");

        let unknown = manifest
            .models()
            .iter()
            .find(|entry| entry.sha256.is_none())
            .unwrap();
        let error = verify(unknown, &path, &mut |_| {}).unwrap_err();
        assert!(matches!(error, ModelError::Unverifiable(_)), "{error}");
    }
}
