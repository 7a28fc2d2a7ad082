//! The answer as it comes: server-sent events, each a JSON chunk of the chat completion.

use std::io::{BufRead, BufReader, Read};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use assistant::{Completion, Flow, Sampling, StopReason};
use serde::Deserialize;
use serde_json::Value;

/// The longest line of a stream, in bytes: a chunk is some 300.
const LINE: u64 = 64 * 1024;

/// The last event of a stream.
const DONE: &str = "[DONE]";

/// The part of a chunk that is read; servers add fields of their own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chunk {
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Delta {
    content: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct Usage {
    prompt_tokens: usize,
    completion_tokens: usize,
    prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
struct PromptDetails {
    cached_tokens: Option<usize>,
}

/// An answer being written.
pub(super) struct Writing<'a> {
    sampling: &'a Sampling,
    sink: &'a mut dyn FnMut(&str) -> Flow,
    began: Instant,
    first: Option<Instant>,
    text: String,
    pieces: usize,
    usage: Option<Usage>,
    /// What the server said of its end.
    finished: Option<StopReason>,
}

impl<'a> Writing<'a> {
    pub(super) fn new(sampling: &'a Sampling, sink: &'a mut dyn FnMut(&str) -> Flow) -> Self {
        Self {
            sampling,
            sink,
            began: Instant::now(),
            first: None,
            text: String::new(),
            pieces: 0,
            usage: None,
            finished: None,
        }
    }

    /// Takes the data of one event; a reason to read no further, if there is one.
    fn take(&mut self, data: &str) -> Result<Option<StopReason>, String> {
        if data == DONE {
            return self.ended().map(Some);
        }
        let chunk: Chunk =
            serde_json::from_str(data).map_err(|_| "an event is no chunk of an answer")?;
        if chunk.error.is_some() {
            return Err("the server reported an error in the middle".to_owned());
        }
        self.usage = chunk.usage.or(self.usage.take());
        let Some(choice) = chunk.choices.into_iter().next() else {
            return Ok(None);
        };
        let piece = choice.delta.and_then(|delta| delta.content);
        let piece = piece.unwrap_or_default();
        let stop = if piece.is_empty() {
            None
        } else {
            self.write(&piece)?
        };
        if let Some(reason) = choice.finish_reason {
            self.finished = Some(match reason.as_str() {
                "stop" => StopReason::EndOfTurn,
                // A filter or a tool call leaves half a sentence, as a limit does.
                _ => StopReason::Length,
            });
        }
        Ok(stop)
    }

    fn write(&mut self, piece: &str) -> Result<Option<StopReason>, String> {
        if self.sampling.is_over() {
            return Ok(Some(StopReason::Interrupted));
        }
        self.first.get_or_insert_with(Instant::now);
        self.text.push_str(piece);
        if self.text.trim_start().starts_with("<think>") {
            return Err("the model thinks aloud; switch that off with `extra`".to_owned());
        }
        self.pieces += 1;
        if (self.sink)(piece) == Flow::Stop {
            return Ok(Some(StopReason::Sink));
        }
        // A server that does not know `max_tokens` would write on for ever.
        let full = self.pieces > self.sampling.max_tokens;
        Ok(full.then_some(StopReason::Length))
    }

    fn ended(&self) -> Result<StopReason, String> {
        self.finished
            .ok_or_else(|| "the answer was cut off".to_owned())
    }

    pub(super) fn completion(self, stop: StopReason) -> Completion {
        let usage = self.usage.unwrap_or(Usage {
            completion_tokens: self.pieces,
            ..Usage::default()
        });
        let first = self.first.unwrap_or_else(Instant::now);
        let cached = usage.prompt_tokens_details.and_then(|d| d.cached_tokens);
        Completion {
            prompt_tokens: usage.prompt_tokens,
            reused_tokens: cached.unwrap_or(0),
            generated_tokens: usage.completion_tokens,
            first_token_ms: (first - self.began).as_secs_f64() * 1000.0,
            generate_ms: first.elapsed().as_secs_f64() * 1000.0,
            stop,
            text: self.text,
        }
    }
}

/// Reads events until the answer has ended, in one way or another. `spoken` is set with
/// the first words.
pub(super) fn read(
    reader: impl Read,
    writing: &mut Writing<'_>,
    spoken: &AtomicBool,
) -> Result<StopReason, String> {
    let mut reader = BufReader::new(reader);
    let (mut line, mut data) = (Vec::new(), String::new());
    loop {
        line.clear();
        let mut bounded = reader.by_ref().take(LINE);
        let read = bounded.read_until(b'\n', &mut line);
        read.map_err(|error| error.to_string())?;
        let ended = line.last() != Some(&b'\n');
        if ended && line.len() as u64 == LINE {
            return Err("a line of the stream is too long".to_owned());
        }
        let text = std::str::from_utf8(&line).map_err(|_| "the stream is not UTF-8")?;
        let text = text.trim_end_matches(['\r', '\n']);
        if let Some(value) = text.strip_prefix("data:") {
            data.push_str(value.strip_prefix(' ').unwrap_or(value));
        }
        // An empty line ends an event; a comment or another field is passed over.
        if (text.is_empty() || ended) && !data.is_empty() {
            let stop = writing.take(&data)?;
            data.clear();
            spoken.fetch_or(writing.first.is_some(), Ordering::Release);
            if let Some(stop) = stop {
                return Ok(stop);
            }
        }
        if data.len() as u64 > LINE {
            return Err("an event is too long".to_owned());
        }
        if ended {
            return writing.ended();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(stream: &[u8]) -> (Result<StopReason, String>, String) {
        let (mut shown, sampling) = (String::new(), Sampling::default());
        let mut sink = |piece: &str| {
            shown.push_str(piece);
            Flow::Continue
        };
        let mut writing = Writing::new(&sampling, &mut sink);
        let outcome = read(stream, &mut writing, &AtomicBool::new(false));
        (outcome, shown)
    }

    const HELLO: &str = r#"data: {"choices":[{"delta":{"content":"xin chào"}}]}"#;
    const STOP: &str = r#"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"#;

    #[test]
    fn line_ends_comments_and_other_fields_do_not_matter() {
        let plain = format!("{HELLO}\n\n{STOP}\n\ndata: [DONE]\n\n");
        let odd = format!(
            ": ping\r\n\r\nevent: x\r\nid: 1\r\n{HELLO}\r\n\r\n\r\n{}\r\n\r\ndata:[DONE]",
            STOP.replace("data: ", "data:")
        );
        for stream in [plain, odd] {
            let (outcome, shown) = written(stream.as_bytes());
            assert_eq!(outcome, Ok(StopReason::EndOfTurn));
            assert_eq!(shown, "xin chào");
        }
    }

    /// Chunks in the shapes of vLLM and of llama.cpp's server, shortened.
    #[test]
    fn what_servers_write_is_read() {
        let vllm = r#"
data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"q","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"q","choices":[{"index":0,"delta":{"content":"xin chào"},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"q","choices":[{"index":0,"delta":{"content":""},"logprobs":null,"finish_reason":"stop","stop_reason":null}],"usage":null}

data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"q","choices":[],"usage":{"prompt_tokens":30,"total_tokens":33,"completion_tokens":3,"prompt_tokens_details":null}}

data: [DONE]

"#;
        let llama = r#"
data: {"choices":[{"finish_reason":null,"index":0,"delta":{"role":"assistant","content":null}}],"created":1,"id":"chatcmpl-1","model":"q","system_fingerprint":"b1","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":null,"index":0,"delta":{"content":"xin chào"}}],"created":1,"id":"chatcmpl-1","model":"q","system_fingerprint":"b1","object":"chat.completion.chunk"}

data: {"choices":[{"finish_reason":"stop","index":0,"delta":{}}],"created":1,"id":"chatcmpl-1","model":"q","system_fingerprint":"b1","object":"chat.completion.chunk"}

data: {"choices":[],"created":1,"id":"chatcmpl-1","model":"q","system_fingerprint":"b1","object":"chat.completion.chunk","usage":{"completion_tokens":3,"prompt_tokens":30,"total_tokens":33},"timings":{"prompt_n":30,"prompt_ms":1.5}}

data: [DONE]

"#;
        for stream in [vllm, llama] {
            let (outcome, shown) = written(stream.as_bytes());
            assert_eq!(
                (outcome, shown.as_str()),
                (Ok(StopReason::EndOfTurn), "xin chào")
            );
        }
    }

    #[test]
    fn an_end_without_a_reason_is_a_cut() {
        for tail in ["", "data: [DONE]\n\n", "data: {\"choi"] {
            let (outcome, shown) = written(format!("{HELLO}\n\n{tail}").as_bytes());
            assert!(outcome.is_err(), "{tail}");
            assert_eq!(shown, "xin chào", "{tail}");
        }
        let (outcome, _) = written(format!("{HELLO}\n\n{STOP}\n\n").as_bytes());
        assert_eq!(outcome, Ok(StopReason::EndOfTurn), "only [DONE] is missing");
    }

    #[test]
    fn a_limit_or_a_filter_is_no_end_of_turn() {
        for reason in ["length", "content_filter", "tool_calls"] {
            let stop = STOP.replace("stop", reason);
            let (outcome, _) = written(format!("{HELLO}\n\n{stop}\n\n").as_bytes());
            assert_eq!(outcome, Ok(StopReason::Length), "{reason}");
        }
    }

    #[test]
    fn errors_thoughts_and_endless_lines_are_refused() {
        let thinks = HELLO.replace("xin chào", "<think>");
        let long = format!("data: {}", "x".repeat(LINE as usize));
        let error = r#"data: {"error":{"message":"xin chào"}}"#.to_owned();
        for line in [thinks, long, error, "data: {]".to_owned()] {
            let (outcome, shown) = written(format!("{line}\n\n").as_bytes());
            let reason = outcome.unwrap_err();
            assert!(!reason.contains("xin chào"), "{reason}");
            assert_eq!(shown, "");
        }
    }

    #[test]
    fn a_server_that_knows_no_limit_is_cut_off() {
        let (outcome, _) = written(format!("{HELLO}\n\n").repeat(1_000).as_bytes());
        assert_eq!(outcome, Ok(StopReason::Length));
    }

    proptest! {
        #[test]
        fn no_stream_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = written(&bytes);
        }

        #[test]
        fn pieces_joined_are_the_text(pieces in proptest::collection::vec("[^<]{1,12}", 1..20)) {
            let event = |piece: &String| {
                let chunk = serde_json::json!({"choices": [{"delta": {"content": piece}}]});
                format!("data: {chunk}\n\n")
            };
            let stream: String = pieces.iter().map(event).collect();
            let (outcome, shown) = written(format!("{stream}{STOP}\n\n").as_bytes());
            prop_assert_eq!(outcome, Ok(StopReason::EndOfTurn));
            prop_assert_eq!(shown, pieces.concat());
        }
    }
}
