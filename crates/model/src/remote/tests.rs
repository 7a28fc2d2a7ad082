//! The generator against a server on a real socket that does everything wrong in turn.

use std::time::{Duration, Instant};

use assistant::{
    Cancel, ChatMessage, Completion, Flow, GenerateError, Generator, Prompt, Sampling, StopReason,
};
use serde_json::{Map, Value, json};

use super::{Endpoint, Key, RemoteGenerator, models, pool};
use crate::fake_openai::{FakeOpenai, PATIENCE, Peer, Request, chunk};

fn endpoint(url: &str) -> Endpoint {
    Endpoint {
        url: url.to_owned(),
        name: "qwen".to_owned(),
        key: None,
        ca_file: None,
        concurrent: 1,
        connect: PATIENCE,
        first_token: PATIENCE,
        total: PATIENCE,
        extra: Map::new(),
    }
}

fn generator(server: &FakeOpenai, change: impl FnOnce(&mut Endpoint)) -> RemoteGenerator {
    let mut endpoint = endpoint(&server.url);
    change(&mut endpoint);
    pool(endpoint).unwrap().remove(0)
}

fn prompt() -> Prompt {
    Prompt {
        messages: vec![ChatMessage {
            role: "user",
            content: "lệ phí \"bao nhiêu\"?".to_owned(),
        }],
        prefill: String::new(),
        expected: String::new(),
    }
}

fn write(
    generator: &mut RemoteGenerator,
    sampling: &Sampling,
) -> (Result<Completion, GenerateError>, String) {
    let mut shown = String::new();
    let outcome = generator.generate(&prompt(), sampling, &mut |piece| {
        shown.push_str(piece);
        Flow::Continue
    });
    (outcome, shown)
}

/// What the generator says of a server that answers so.
fn refusal(answer: impl Fn(&Request, &mut Peer) + Send + Sync + 'static) -> String {
    let server = FakeOpenai::start(answer);
    let (outcome, _) = write(&mut generator(&server, |_| ()), &Sampling::default());
    outcome.unwrap_err().to_string()
}

#[test]
fn an_answer_comes_in_pieces_with_its_counts() {
    let server = FakeOpenai::says(&["Lệ phí ", "10.000 ", "đồng."]);
    let mut generator = generator(&server, |_| ());
    let (outcome, shown) = write(&mut generator, &Sampling::default());
    let done = outcome.unwrap();
    assert_eq!(shown, "Lệ phí 10.000 đồng.");
    assert_eq!(done.text, shown);
    assert_eq!(done.stop, StopReason::EndOfTurn);
    let counts = (
        done.prompt_tokens,
        done.reused_tokens,
        done.generated_tokens,
    );
    assert_eq!(counts, (300, 256, 7));
    assert_eq!(generator.name(), "qwen");
}

#[test]
fn the_request_is_what_vllm_and_llama_cpp_read() {
    let server = FakeOpenai::start(|request, peer| {
        let body: Value = serde_json::from_str(&request.body).unwrap();
        let expected = json!({
            "model": "qwen", "max_tokens": 128, "temperature": 0.0, "seed": 0, "stream": true,
            "stream_options": {"include_usage": true},
            "chat_template_kwargs": {"enable_thinking": false},
            "messages": [{"role": "user", "content": "lệ phí \"bao nhiêu\"?"}],
        });
        let head = request.head.to_lowercase();
        let right = body == expected
            && head.starts_with("post /v1/chat/completions ")
            && head.contains("content-type: application/json\r\n")
            && !head.contains("authorization");
        peer.say(if right { &["đúng"] } else { &["sai"] });
    });
    for tail in ["", "/", "/v1", "/v1/"] {
        let mut generator = generator(&server, |endpoint| {
            endpoint.url.push_str(tail);
            endpoint.extra = serde_json::from_str(
                r#"{"chat_template_kwargs": {"enable_thinking": false}, "messages": []}"#,
            )
            .unwrap();
        });
        assert_eq!(write(&mut generator, &Sampling::default()).1, "đúng");
    }
}

#[test]
fn a_key_is_sent_and_not_shown() {
    let server = FakeOpenai::start(|request, peer| {
        let head = request.head.to_lowercase();
        if head.contains("authorization: bearer sk-secret\r\n") {
            peer.say(&["vào"]);
        } else {
            peer.head("401 Unauthorized", "application/json");
        }
    });
    let (outcome, _) = write(&mut generator(&server, |_| ()), &Sampling::default());
    let refused = outcome.unwrap_err().to_string();
    assert!(refused.contains("401"), "{refused}");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    fs_err::write(&file, "sk-secret\n").unwrap();
    let key = Key::from_file(&file).unwrap();
    let mut generator = generator(&server, |endpoint| endpoint.key = Some(key));
    assert_eq!(write(&mut generator, &Sampling::default()).1, "vào");
    assert!(!format!("{generator:?}").contains("sk-secret"));
}

#[test]
fn whatever_is_no_stream_of_events_is_refused_without_repeating_it() {
    let statuses = [
        ("500 Internal Server Error", "500"),
        ("404 Not Found", "404"),
        ("429 Too Many Requests", "429"),
        ("204 No Content", "204"),
    ];
    for (status, told) in statuses {
        let said = refusal(move |request, peer| {
            peer.head(status, "application/json");
            peer.send(&request.body);
        });
        assert!(said.contains(told), "{said}");
        assert!(!said.contains("bao nhiêu"), "{said}");
    }
    let kind = refusal(|_, peer| {
        peer.head("200 OK", "text/html");
        peer.send("<html>");
    });
    assert!(kind.contains("no stream of events"), "{kind}");
    refusal(|_, peer| {
        peer.send("\u{1}\u{2} not HTTP \r\n\r\n");
    });
    refusal(|_, _| ());
}

#[test]
fn a_redirection_is_not_followed() {
    let other = FakeOpenai::says(&["bẫy"]);
    let location = format!("Location: {}/v1/chat/completions\r\n", other.url);
    for status in ["302 Found", "307 Temporary Redirect"] {
        let head = format!("HTTP/1.1 {status}\r\n{location}Connection: close\r\n\r\n");
        let said = refusal(move |_, peer| {
            peer.send(&head);
        });
        assert!(said.contains("not followed"), "{said}");
    }
    assert_eq!(other.asked(), 0);
}

#[test]
fn garbage_and_cuts_are_errors_and_what_was_shown_stands() {
    type Answer = fn(&Request, &mut Peer);
    let answers: [(&str, Answer); 4] = [
        ("no chunk", |_, peer| {
            peer.send("data: {]\n\n");
        }),
        ("cut off", |_, _| ()),
        ("in the middle", |_, peer| {
            peer.send("data: {\"error\":{\"message\":\"out of memory\"}}\n\n");
        }),
        ("too long", |_, peer| {
            peer.send(&"data: ".repeat(100_000));
        }),
    ];
    for (told, answer) in answers {
        let server = FakeOpenai::start(move |request, peer| {
            peer.begin();
            peer.send(&chunk("Lệ phí "));
            answer(request, peer);
        });
        let (outcome, shown) = write(&mut generator(&server, |_| ()), &Sampling::default());
        let said = outcome.unwrap_err().to_string();
        assert!(said.contains(told), "{told}: {said}");
        assert_eq!(shown, "Lệ phí ");
    }
}

#[test]
fn an_endless_answer_is_cut_off_and_hung_up_on() {
    let words = FakeOpenai::start(|_, peer| {
        peer.begin();
        peer.repeat(&chunk("a "));
    });
    let (outcome, shown) = write(&mut generator(&words, |_| ()), &Sampling::default());
    assert_eq!(outcome.unwrap().stop, StopReason::Length);
    assert!(shown.len() < 300);
    words.hung_up();

    let pings = FakeOpenai::start(|_, peer| {
        peer.begin();
        peer.repeat(": ping\n\n");
    });
    let (outcome, _) = write(&mut generator(&pings, |_| ()), &Sampling::default());
    assert!(outcome.is_err());
    pings.hung_up();
}

#[test]
fn enough_is_enough() {
    let server = FakeOpenai::start(|_, peer| {
        peer.begin();
        peer.send(&chunk("Lệ phí"));
        peer.hold();
    });
    let sampling = Sampling::default();
    let mut stop = |_: &str| Flow::Stop;
    let done = generator(&server, |_| ()).generate(&prompt(), &sampling, &mut stop);
    assert_eq!(done.unwrap().stop, StopReason::Sink);
    server.hung_up();
}

/// A server that says `head` and then nothing, and how long each limit lets it.
#[test]
fn a_slow_server_is_hung_up_on_in_time() {
    let short = Duration::from_millis(100);
    let limits: [fn(&mut Endpoint, Duration); 2] = [
        |endpoint, short| endpoint.first_token = short,
        |endpoint, short| endpoint.total = short,
    ];
    for limit in limits {
        for begins in [false, true] {
            let server = FakeOpenai::start(move |_, peer| {
                if begins {
                    peer.begin();
                    peer.send(": ping\n\n");
                }
                peer.hold();
            });
            let began = Instant::now();
            let mut generator = generator(&server, |endpoint| limit(endpoint, short));
            let (outcome, _) = write(&mut generator, &Sampling::default());
            assert!(outcome.is_err());
            assert!(began.elapsed() < PATIENCE / 2);
            server.hung_up();
        }
    }
}

#[test]
fn words_that_came_in_time_lift_the_first_limit() {
    let server = FakeOpenai::start(|_, peer| {
        peer.begin();
        peer.send(&chunk("Lệ phí "));
        peer.hold();
    });
    let mut generator = generator(&server, |endpoint| {
        endpoint.first_token = Duration::from_secs(5);
        endpoint.total = Duration::from_millis(300);
    });
    let (outcome, shown) = write(&mut generator, &Sampling::default());
    assert!(outcome.unwrap_err().to_string().contains("answer took"));
    assert_eq!(shown, "Lệ phí ");
}

#[test]
fn the_deadline_and_a_cancellation_end_it_and_the_next_request_goes_through() {
    let server = FakeOpenai::start(|_, peer| {
        peer.begin();
        peer.send(&chunk("Lệ phí "));
        peer.hold();
    });
    let mut generator = generator(&server, |_| ());
    let late = Sampling {
        deadline: Some(Instant::now() + Duration::from_millis(100)),
        ..Sampling::default()
    };
    let (outcome, _) = write(&mut generator, &late);
    assert_eq!(outcome.unwrap().stop, StopReason::Interrupted);
    server.hung_up();

    let cancel = Cancel::default();
    let sampling = Sampling {
        cancel: cancel.clone(),
        ..Sampling::default()
    };
    let done = generator.generate(&prompt(), &sampling, &mut |_| {
        cancel.set();
        Flow::Continue
    });
    assert_eq!(done.unwrap().stop, StopReason::Interrupted);
    server.hung_up();
    assert_eq!(server.asked(), 2);

    let (outcome, _) = write(&mut generator, &sampling);
    assert_eq!(outcome.unwrap().stop, StopReason::Interrupted);
    assert_eq!(server.asked(), 2, "what is over is not asked for");
}

#[test]
fn a_failing_endpoint_is_left_alone_by_all_its_generators() {
    let server = FakeOpenai::start(|_, peer| peer.head("500 Oops", "text/plain"));
    let mut endpoint = endpoint(&server.url);
    endpoint.concurrent = 2;
    let mut generators = pool(endpoint).unwrap();
    for turn in 0..6 {
        let (outcome, _) = write(&mut generators[turn % 2], &Sampling::default());
        assert!(outcome.is_err());
    }
    assert_eq!(server.asked(), 3);
}

#[test]
fn nobody_there_is_an_error() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut generator = pool(endpoint(&url)).unwrap().remove(0);
    assert!(write(&mut generator, &Sampling::default()).0.is_err());
}

#[test]
fn a_wrong_address_is_refused_at_once() {
    let wrong = [
        ("", "http"),
        ("http://ho st", "http"),
        ("localhost:8000", "http"),
        ("ftp://host", "http"),
        ("http://host?x=1", "before any"),
        ("http://me:pass@host", "user or password"),
    ];
    for (url, told) in wrong {
        let said = pool(endpoint(url)).unwrap_err().to_string();
        assert!(said.contains(told), "{url}: {said}");
        assert!(!said.contains("pass@"), "{said}");
    }
    let mut nameless = endpoint("http://host");
    nameless.name.clear();
    assert!(pool(nameless).is_err());
    let mut trusting = endpoint("https://host");
    trusting.ca_file = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml").into());
    let said = pool(trusting).unwrap_err().to_string();
    assert!(said.contains("no certificates"), "{said}");
}

#[test]
fn models_are_listed() {
    let server = FakeOpenai::start(|request, peer| {
        let known = request.head.starts_with("GET /v1/models ");
        peer.head(
            if known { "200 OK" } else { "404 Not Found" },
            "application/json",
        );
        peer.send(r#"{"object":"list","data":[{"id":"qwen"},{"id":"gemma"}]}"#);
    });
    assert_eq!(models(&endpoint(&server.url)).unwrap(), ["qwen", "gemma"]);
    let other = FakeOpenai::start(|_, peer| peer.head("500 Oops", "text/plain"));
    assert!(models(&endpoint(&other.url)).is_err());
}
