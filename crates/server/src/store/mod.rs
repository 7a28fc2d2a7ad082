//! What is kept of conversations: their state, who answered what, and feedback.
//!
//! SQLite in one file. Calls block for well under a millisecond on a healthy disk;
//! callers run them on the blocking pool. No question is stored as typed: the store
//! takes masked text only. Erasing is real: `secure_delete` overwrites the pages and
//! the write-ahead log is emptied, so that nothing can be read from the files.

mod migrate;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use assistant::{Answer, Conversation};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

/// Why the store could not do its work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// SQLite failed: disk full, locked, not a database.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// A stored value could not be read or written.
    #[error("stored state: {0}")]
    State(#[from] serde_json::Error),
    /// Another reader keeps the write-ahead log.
    #[error("the write-ahead log is in use by another reader")]
    LogBusy,
    /// Written by a newer program.
    #[error("schema version {found}, this program knows up to {newest}")]
    Newer {
        /// Version in the file.
        found: u32,
        /// Version of this program.
        newest: u32,
    },
}

/// A conversation as stored, with the version that a later save must name.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The state.
    pub conversation: Conversation,
    /// Turns so far.
    pub version: u32,
}

/// What became of a save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Stored.
    Yes,
    /// Another turn of the same conversation was stored meanwhile: load and try again.
    Conflict,
    /// The conversation was erased meanwhile and must not come back.
    Gone,
}

/// A question as it may be stored.
#[derive(Debug, Clone)]
pub struct MaskedQuestion {
    /// Text with personal identifiers masked.
    pub text: String,
    /// Kinds of identifiers that were masked.
    pub kinds: Vec<String>,
}

/// What a citizen says of an answer; the comment is masked already.
#[derive(Debug, Clone)]
pub struct Feedback {
    /// Which answer.
    pub message_id: String,
    /// -1 or 1.
    pub rating: i8,
    /// A reason out of a list.
    pub reason: Option<String>,
    /// Free words, masked.
    pub comment: Option<String>,
}

/// The database.
#[derive(Debug)]
pub struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Opens or creates the database; `:memory:` keeps nothing.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = Connection::open(path)?;
        // Nobody else writes: a lock is an operator's tool and must not hold up a citizen.
        connection.busy_timeout(Duration::from_millis(250))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        migrate::migrate(&mut connection)?;
        Ok(Self {
            connection: Mutex::new(connection),
        })
    }

    /// A conversation by its key.
    pub fn load(&self, id: &str) -> Result<Option<Stored>, StoreError> {
        let row: Option<(String, u32)> = self
            .lock()
            .prepare_cached("SELECT state, version FROM conversations WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        row.map(|(state, version)| {
            Ok(Stored {
                conversation: serde_json::from_str(&state)?,
                version,
            })
        })
        .transpose()
    }

    /// Saves the state after a turn. `seen` is the version that was loaded, 0 for a
    /// new conversation.
    pub fn save(&self, conversation: &Conversation, seen: u32) -> Result<Saved, StoreError> {
        let state = serde_json::to_string(conversation)?;
        let now = Timestamp::now().as_second();
        let connection = self.lock();
        if seen == 0 {
            let sql = "INSERT INTO conversations (id, version, state, updated_at) VALUES (?1, 1, ?2, ?3) ON CONFLICT DO NOTHING";
            let added =
                connection
                    .prepare_cached(sql)?
                    .execute(params![conversation.id, state, now])?;
            return Ok(if added == 1 {
                Saved::Yes
            } else {
                Saved::Conflict
            });
        }
        let sql = "UPDATE conversations SET version = version + 1, state = ?2, updated_at = ?3 WHERE id = ?1 AND version = ?4";
        let changed =
            connection
                .prepare_cached(sql)?
                .execute(params![conversation.id, state, now, seen])?;
        if changed == 1 {
            return Ok(Saved::Yes);
        }
        let exists: bool = connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM conversations WHERE id = ?1)")?
            .query_row([&conversation.id], |row| row.get(0))?;
        Ok(if exists { Saved::Conflict } else { Saved::Gone })
    }

    /// Keeps what was answered. False when the conversation was erased meanwhile.
    pub fn record(&self, answer: &Answer, question: &MaskedQuestion) -> Result<bool, StoreError> {
        let codes: Vec<&str> = answer.procedures.iter().map(|p| p.code.as_str()).collect();
        let sql = "INSERT INTO turns (message_id, conversation_id, question, masked_kinds, route, codes, written_by, snapshot, timings, created_at) \
                   SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE EXISTS (SELECT 1 FROM conversations WHERE id = ?2)";
        let added = self.lock().prepare_cached(sql)?.execute(params![
            answer.message_id,
            answer.conversation_id,
            question.text,
            serde_json::to_string(&question.kinds)?,
            answer.route.as_str(),
            serde_json::to_string(&codes)?,
            written_by(answer),
            answer.snapshot,
            serde_json::to_string(&answer.timings_ms)?,
            Timestamp::now().as_second(),
        ])?;
        Ok(added == 1)
    }

    /// Keeps feedback, replacing an earlier one. False when there is no such answer.
    pub fn rate(&self, feedback: &Feedback) -> Result<bool, StoreError> {
        let sql = "INSERT OR REPLACE INTO feedback (message_id, rating, reason, comment, created_at) \
                   SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM turns WHERE message_id = ?1)";
        let added = self.lock().prepare_cached(sql)?.execute(params![
            feedback.message_id,
            feedback.rating,
            feedback.reason,
            feedback.comment,
            Timestamp::now().as_second(),
        ])?;
        Ok(added == 1)
    }

    /// Deletes a conversation with everything that hangs on it, from the files too.
    pub fn erase(&self, id: &str) -> Result<(), StoreError> {
        let connection = self.lock();
        connection
            .prepare_cached("DELETE FROM conversations WHERE id = ?1")?
            .execute([id])?;
        empty_log(&connection)
    }

    /// Deletes conversations untouched since `days` days ago; returns how many.
    pub fn forget_older_than(&self, days: u32) -> Result<usize, StoreError> {
        let limit = Timestamp::now().as_second() - i64::from(days) * 86_400;
        let connection = self.lock();
        let deleted = connection
            .prepare_cached("DELETE FROM conversations WHERE updated_at < ?1")?
            .execute([limit])?;
        if deleted > 0 {
            empty_log(&connection)?;
        }
        Ok(deleted)
    }

    /// A panic while the lock was held leaves SQLite itself sound (an open
    /// transaction is rolled back), so a poisoned lock is taken over.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// The write-ahead log still holds pages as they were before a deletion. Another reader
/// (a backup) can keep it from being emptied: then the deletion is not complete yet.
fn empty_log(connection: &Connection) -> Result<(), StoreError> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        return Err(StoreError::LogBusy);
    }
    Ok(())
}

fn written_by(answer: &Answer) -> &'static str {
    match answer.written_by {
        assistant::WrittenBy::Model => "model",
        assistant::WrittenBy::Record => "record",
    }
}

#[cfg(test)]
mod tests;
