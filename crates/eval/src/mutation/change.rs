//! One thing in a true sentence changed, so that its passage no longer says it.

use std::ops::Range;
use std::sync::LazyLock;

use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use serde::Deserialize;
use vitext::spans::{Span, SpanKind, find};

use super::text::{around, digit_runs, folded, holds, lower, place, replaced};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Swaps {
    agencies: Vec<String>,
    papers: Vec<String>,
    polarity: Vec<[String; 2]>,
    condition: Vec<[String; 2]>,
    comparator: Vec<[String; 2]>,
    channel: Vec<[String; 2]>,
    quantity: Vec<[String; 2]>,
    unit: Vec<[String; 2]>,
}

static SWAPS: LazyLock<Swaps> = LazyLock::new(|| {
    let parsed = toml::from_str(include_str!("../../data/mutations.toml"));
    #[expect(
        clippy::expect_used,
        reason = "an embedded file, read by every test of this module"
    )]
    parsed.expect("mutations.toml is read")
});

/// The sentence with one thing changed that the lines then no longer say.
pub(super) fn change(
    good: &str,
    kind: &str,
    lines: &[String],
    rng: &mut Xoshiro256PlusPlus,
) -> Option<String> {
    let swaps = &*SWAPS;
    let made = match kind {
        "amount" => value(good, SpanKind::Amount, lines, rng),
        "period" => value(good, SpanKind::Period, lines, rng),
        "law" => value(good, SpanKind::LawNumber, lines, rng),
        "form" => value(good, SpanKind::FormCode, lines, rng),
        "unit" => unit(good, lines, rng),
        "agency" => name(good, &swaps.agencies, lines, rng),
        "paper" => name(good, &swaps.papers, lines, rng),
        "polarity" => phrase(good, &swaps.polarity, lines, rng),
        "condition" => phrase(good, &fresh(&swaps.condition, good), lines, rng),
        "comparator" => phrase(good, &fresh(&swaps.comparator, good), lines, rng),
        "quantity" if listed_once(good, lines) => {
            phrase(good, &fresh(&swaps.quantity, good), lines, rng)
        }
        "channel" => channel(good, &swaps.channel, lines, rng),
        _ => None,
    }?;
    // A line must not say by chance what was made: as a whole, the full stop aside.
    let said = folded(made.trim_end_matches('.'));
    lines
        .iter()
        .all(|line| !holds(&folded(line), &said))
        .then_some(made)
}

/// The swaps whose outcome the sentence does not hold anyway: "(bản chính: 1; bản sao: 1)"
/// holds both.
fn fresh(swaps: &[[String; 2]], good: &str) -> Vec<[String; 2]> {
    let good = good.to_lowercase();
    let new = |swap: &&[String; 2]| !good.contains(&swap[1].to_lowercase());
    swaps.iter().filter(new).cloned().collect()
}

/// False where another line begins alike: the same paper, in another number, of another case.
fn listed_once(good: &str, lines: &[String]) -> bool {
    let start = |text: &str| folded(text).chars().take(20).collect::<String>();
    lines
        .iter()
        .filter(|line| start(line) == start(good))
        .count()
        < 2
}

/// Every value of the lines.
fn values(lines: &[String]) -> Vec<(SpanKind, String)> {
    let spans = lines.iter().flat_map(|line| find(line));
    spans.map(|span| (span.kind, span.value)).collect()
}

/// Another amount, period, law or form, which no line gives.
fn value(
    good: &str,
    kind: SpanKind,
    lines: &[String],
    rng: &mut Xoshiro256PlusPlus,
) -> Option<String> {
    let spans: Vec<Span> = find(good)
        .into_iter()
        .filter(|span| span.kind == kind)
        .collect();
    let span = pick(&spans, rng)?;
    let written = &good[span.start..span.end];
    let digits = digit_runs(written);
    let run = pick(&digits, rng)?.clone();
    let number: u64 = written[run.clone()].replace('.', "").parse().ok()?;
    let step = rng.random_range(1..=9_u64);
    let other = match kind {
        SpanKind::Amount if number >= 1_000 => {
            corpus::format::vnd(number + step * 5_000).replace(" đồng", "")
        }
        SpanKind::Amount => return None,
        _ => (number + step).to_string(),
    };
    let made = replaced(good, span.start + run.start..span.start + run.end, &other);
    let known = values(lines);
    let fresh = find(&made).into_iter().any(|own| {
        own.kind == kind && own.start == span.start && !known.contains(&(own.kind, own.value))
    });
    fresh.then_some(made)
}

/// The same number of something else: "7 ngày" for "7 ngày làm việc".
fn unit(good: &str, lines: &[String], rng: &mut Xoshiro256PlusPlus) -> Option<String> {
    let spans: Vec<Span> = find(good)
        .into_iter()
        .filter(|span| span.kind == SpanKind::Period)
        .collect();
    let span = pick(&spans, rng)?;
    let written = &good[span.start..span.end];
    let fits: Vec<&[String; 2]> = SWAPS
        .unit
        .iter()
        .filter(|[from, _]| written.ends_with(from.as_str()))
        .collect();
    let [from, to] = pick(&fits, rng)?;
    let made = replaced(good, span.end - from.len()..span.end, to);
    let known = values(lines);
    let fresh = find(&made).into_iter().any(|own| {
        own.kind == SpanKind::Period
            && own.start == span.start
            && !known.contains(&(own.kind, own.value))
    });
    fresh.then_some(made)
}

/// Another agency or paper, of which no line holds the name.
fn name(
    good: &str,
    names: &[String],
    lines: &[String],
    rng: &mut Xoshiro256PlusPlus,
) -> Option<String> {
    let text = folded(&lines.join("\n"));
    let here: Vec<Range<usize>> = names.iter().filter_map(|name| place(good, name)).collect();
    let longest = |range: &&Range<usize>| {
        !here.iter().any(|other| {
            other.len() > range.len() && other.start <= range.start && range.end <= other.end
        })
    };
    let here: Vec<&Range<usize>> = here.iter().filter(longest).collect();
    let range = (*pick(&here, rng)?).clone();
    let others: Vec<&String> = names
        .iter()
        .filter(|name| !text.contains(&folded(name)))
        .collect();
    Some(replaced(good, range, pick(&others, rng)?))
}

/// One phrase for another, where it stands as whole words; a "không" before it would make
/// a double negation, which may be true.
fn phrase(
    good: &str,
    swaps: &[[String; 2]],
    lines: &[String],
    rng: &mut Xoshiro256PlusPlus,
) -> Option<String> {
    let fits: Vec<(Range<usize>, &String)> = swaps
        .iter()
        .filter_map(|[from, to]| Some((place(good, from)?, to)))
        .filter(|(range, to)| is_turned(good, range, to))
        .collect();
    let (range, to) = pick(&fits, rng)?;
    let made = replaced(good, range.clone(), to);
    // Two words on either side: no line may have them so already.
    let around = folded(&around(&made, range.start, to.len()));
    lines
        .iter()
        .all(|line| !holds(&folded(line), &around))
        .then_some(made)
}

/// False where the swap would not turn the meaning: after another negation, or of a word
/// that belongs to a longer one ("không phải", "bắt buộc phải").
fn is_turned(good: &str, range: &Range<usize>, to: &str) -> bool {
    let before = good[..range.start].trim_end().to_lowercase();
    let negated = [
        "không",
        "chưa",
        "chẳng",
        "hoặc",
        "bắt buộc",
        "khi",
        "cần",
        "phụ",
        "trực",
        "cũng",
    ];
    let behind = good[range.end..].trim_start();
    !negated.iter().any(|word| before.ends_with(word))
        && !(to.starts_with("không")
            && (behind.starts_with("hoặc không") || behind.starts_with("là ")))
}

/// The head of a row for another way of filing that has no such row.
fn channel(
    good: &str,
    swaps: &[[String; 2]],
    lines: &[String],
    rng: &mut Xoshiro256PlusPlus,
) -> Option<String> {
    let fits: Vec<(Range<usize>, &[String; 2])> = swaps
        .iter()
        .filter(|[from, _]| good.starts_with(from.as_str()) || good.contains(&lower(from)))
        .filter_map(|swap| Some((place(good, &swap[0])?, swap)))
        .collect();
    let (range, [_, to]) = pick(&fits, rng)?;
    // A row for several ways names the other one behind a comma.
    let word = to.trim_start_matches("Nộp ").trim_start_matches("qua ");
    let head = good.split(':').next().unwrap_or_default().to_lowercase();
    let states = !find(good).is_empty();
    if head.contains(word) || !states {
        return None;
    }
    let made = replaced(good, range.clone(), to);
    // The other way may have the same value in another line.
    let value = find(good)
        .first()
        .map(|span| (span.kind, span.value.clone()))?;
    let same = lines.iter().any(|line| {
        line.to_lowercase().contains(word) && values(std::slice::from_ref(line)).contains(&value)
    });
    (!same).then_some(made)
}

fn pick<'l, T>(list: &'l [T], rng: &mut Xoshiro256PlusPlus) -> Option<&'l T> {
    (!list.is_empty()).then(|| &list[rng.random_range(0..list.len())])
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn rng() -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(7)
    }

    fn lines(own: &[&str]) -> Vec<String> {
        std::iter::once("Cấp thẻ")
            .chain(own.iter().copied())
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn every_kind_changes_what_it_says() {
        for (kind, good, part) in [
            ("amount", "Nộp trực tiếp: 10.000 đồng.", ".000 đồng"),
            ("period", "Nộp trực tiếp: 7 ngày làm việc.", "ngày làm việc"),
            ("unit", "Nộp trực tiếp: 7 ngày làm việc.", "7 "),
            ("law", "Theo Nghị định 154/2024/NĐ-CP.", "NĐ-CP"),
            (
                "agency",
                "Cơ quan thực hiện: Công an cấp xã.",
                "Cơ quan thực hiện: ",
            ),
            ("paper", "Nộp hộ chiếu còn hạn.", "Nộp "),
            ("polarity", "Không phải nộp bản giấy.", "Phải nộp"),
            ("condition", "Người từ 18 tuổi trở lên.", "trở xuống"),
            ("comparator", "Tối đa 3 ngày.", "Tối thiểu"),
            ("channel", "Nộp trực tiếp: 10.000 đồng.", "10.000"),
            ("quantity", "Tờ khai (bản chính: 1).", "bản sao: 1"),
        ] {
            let lines = lines(&[good.trim_end_matches('.')]);
            let mut rng = rng();
            let made = (0..20).find_map(|_| change(good, kind, &lines, &mut rng));
            let made = made.unwrap_or_else(|| panic!("{kind}: nothing was changed"));
            assert!(made != good && made.contains(part), "{kind}: {made}");
        }
    }

    #[test]
    fn what_another_line_says_is_no_mutation() {
        let lines = lines(&[
            "Nộp trực tiếp: 7 ngày làm việc",
            "Nộp trực tuyến: 7 ngày làm việc",
        ]);
        assert_eq!(
            channel(
                "Nộp trực tiếp: 7 ngày làm việc.",
                &SWAPS.channel[..1],
                &lines,
                &mut rng()
            ),
            None
        );
        let negated = phrase(
            "Không phải nộp.",
            &SWAPS.polarity[11..12],
            &lines,
            &mut rng(),
        );
        assert_eq!(negated, None, "a double negation");
    }
}
