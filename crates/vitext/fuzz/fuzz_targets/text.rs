//! Any bytes: nothing panics, offsets point into the text as given, and what is called
//! idempotent is. The same properties stand as property tests beside the code.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vitext::legacy::{self, Encoding};

fuzz_target!(|bytes: &[u8]| {
    let from_bytes = legacy::from_bytes(bytes);
    let Ok(text) = str::from_utf8(bytes) else {
        check(&from_bytes);
        return;
    };
    check(text);
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr] {
        let _ = legacy::encode(text, encoding);
        let _ = legacy::decode(text, encoding);
    }
});

fn check(text: &str) {
    let normal = vitext::normalize(text);
    assert_eq!(vitext::normalize(&normal), normal);
    let folded = vitext::fold(text);
    assert_eq!(vitext::fold(&folded), folded);
    in_order(
        text,
        vitext::syllables(text).iter().map(|t| (t.start, t.end)),
    );
    in_order(text, vitext::units(text).iter().map(|t| (t.start, t.end)));
    let words = vitext::segment(text);
    in_order(text, words.iter().map(|t| (t.start, t.end)));
    let cut: usize = words.iter().map(|t| visible(t.text)).sum();
    assert_eq!(cut, visible(text));

    let restored = vitext::restore::restore(text);
    in_order(text, restored.syllables.iter().map(|s| (s.start, s.end)));
    assert_eq!(vitext::restore::restore(&restored.text).text, restored.text);

    let repaired = vitext::repair::repair(text, &vitext::repair::Vocabulary::none());
    in_order(text, repaired.edits.iter().map(|e| (e.start, e.end)));

    let rewritten = vitext::colloquial::standardize(text);
    in_order(text, rewritten.edits.iter().map(|e| (e.start, e.end)));
    let mut given_at = 0;
    let mut written_at = 0;
    for edit in &rewritten.edits {
        assert_eq!(
            text[given_at..edit.start],
            rewritten.text[written_at..edit.written.start]
        );
        (given_at, written_at) = (edit.end, edit.written.end);
    }
    assert_eq!(text[given_at..], rewritten.text[written_at..]);
}

fn visible(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Spans lie on characters, in order, none overlapping, none empty.
fn in_order(text: &str, spans: impl Iterator<Item = (usize, usize)>) {
    let mut last = 0;
    for (start, end) in spans {
        assert!(last <= start && start < end && text.get(start..end).is_some());
        last = end;
    }
}
