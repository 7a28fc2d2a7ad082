-- Conversations, the turns answered in them and what citizens said of the answers.
-- Deleting a conversation deletes everything that hangs on it.
CREATE TABLE conversations (
    id         TEXT PRIMARY KEY,
    -- Turns so far; also the version that a writer must have seen.
    version    INTEGER NOT NULL,
    state      TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX conversations_by_age ON conversations (updated_at);

CREATE TABLE turns (
    message_id      TEXT PRIMARY KEY,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- The question with personal identifiers masked; never the words as typed.
    question        TEXT NOT NULL,
    masked_kinds    TEXT NOT NULL,
    route           TEXT NOT NULL,
    codes           TEXT NOT NULL,
    written_by      TEXT NOT NULL,
    snapshot        TEXT NOT NULL,
    timings         TEXT NOT NULL,
    created_at      INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
CREATE INDEX turns_by_conversation ON turns (conversation_id);

CREATE TABLE feedback (
    message_id TEXT PRIMARY KEY REFERENCES turns (message_id) ON DELETE CASCADE,
    rating     INTEGER NOT NULL CHECK (rating IN (-1, 1)),
    reason     TEXT,
    comment    TEXT,
    created_at INTEGER NOT NULL
) WITHOUT ROWID, STRICT;
