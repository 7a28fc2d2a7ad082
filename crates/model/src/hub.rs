//! The official hub, through its own client, which resumes by itself. Asked by
//! repository and file name only; the client knows where the hub is, and `HF_ENDPOINT`
//! names a mirror.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use fs_err as fs;
use hf_hub::api::sync::ApiBuilder;

use crate::ModelError;
use crate::error::ModelResult;
use crate::manifest::Entry;
use crate::pull::{Progress, Report};

/// A hub that says nothing for so long is taken as unreachable: behind a closed firewall
/// the client itself would wait for minutes.
const FIRST_ANSWER: Duration = Duration::from_secs(15);

/// A transfer that stands still for so long is given up; the next pull goes on from there.
const STALL: Duration = Duration::from_secs(90);

enum Message {
    Started,
    Bytes(u64),
    Done(Result<PathBuf, String>),
}

/// Downloads into a hidden folder beside the target.
pub fn fetch(entry: &Entry, folder: &Path, report: &mut Report<'_>) -> ModelResult<PathBuf> {
    let (sender, receiver) = channel();
    let cache = cache_folder(&folder.join(&entry.file));
    let (source, file) = (entry.source.clone(), entry.file.clone());
    // A thread of its own, because the client cannot be told to give up connecting. One
    // that hangs is left behind and ends with the process.
    std::thread::spawn(move || {
        let result = download(&cache, source, &file, &sender);
        let _ = sender.send(Message::Done(result));
    });
    follow(&receiver, report).map_err(|reason| ModelError::Fetch {
        name: entry.name.clone(),
        reason,
    })
}

fn download(
    cache: &Path,
    source: String,
    file: &str,
    sender: &Sender<Message>,
) -> Result<PathBuf, String> {
    fs::create_dir_all(cache).map_err(|error| error.to_string())?;
    let api = ApiBuilder::from_env()
        .with_cache_dir(cache.to_owned())
        .with_progress(false)
        .with_retries(3)
        .build()
        .map_err(|error| error.to_string())?;
    let listener = Listener {
        sender: sender.clone(),
        done: 0,
    };
    let pointer = api.model(source).download_with_progress(file, listener);
    let pointer = pointer.map_err(|error| error.to_string())?;
    // The client hands out a link into its cache; the bytes themselves are wanted.
    fs::canonicalize(pointer).map_err(|error| error.to_string())
}

/// Passes the client's progress on.
struct Listener {
    sender: Sender<Message>,
    done: u64,
}

impl hf_hub::api::Progress for Listener {
    fn init(&mut self, _size: usize, _filename: &str) {
        let _ = self.sender.send(Message::Started);
    }

    fn update(&mut self, size: usize) {
        self.done += size as u64;
        let _ = self.sender.send(Message::Bytes(self.done));
    }

    fn finish(&mut self) {}
}

fn follow(receiver: &Receiver<Message>, report: &mut Report<'_>) -> Result<PathBuf, String> {
    let mut patience = FIRST_ANSWER;
    loop {
        match receiver.recv_timeout(patience) {
            Ok(Message::Started) => patience = STALL,
            Ok(Message::Bytes(done)) => report(Progress::Fetched(done)),
            Ok(Message::Done(result)) => return result,
            Err(RecvTimeoutError::Timeout) => {
                return Err(format!("no answer for {} seconds", patience.as_secs()));
            }
            Err(RecvTimeoutError::Disconnected) => return Err("the client stopped".to_owned()),
        }
    }
}

fn cache_folder(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.with_file_name(format!(".{name}.hub"))
}

/// Removes the client's cache once the model has its place.
pub fn clean(target: &Path) {
    let _ = fs::remove_dir_all(cache_folder(target));
}
