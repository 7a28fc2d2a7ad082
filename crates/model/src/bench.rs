//! How fast a model is on this machine: medians over rounds of the same few questions,
//! with and without drafting in turn, so that a noisy neighbour hits both alike.

use std::path::Path;
use std::time::Instant;

use assistant::grounding::Sentences;
use assistant::{ChatMessage, Completion, Flow, GenerateError, Generator, Prompt, Sampling};
use serde::Serialize;

use crate::error::ModelResult;
use crate::gguf::Gguf;
use crate::kernels::threads;
use crate::template::ChatTemplate;
use crate::tokenizer::Tokenizer;
use crate::{CandleGenerator, ModelError, load};

/// What every prompt begins with: instructions, as the assistant gives them.
pub const SYSTEM: &str = "Bạn là trợ lý thủ tục hành chính. Chỉ dùng thông tin trong tài liệu. \
    Trả lời ngắn gọn bằng tiếng Việt, thành câu đầy đủ.";

/// A record's passages, in the assistant's manner.
pub const RECORD: &str = "Tài liệu:\n[1] Đăng ký thường trú – Cách thức thực hiện: Nộp trực tuyến: \
    thời hạn giải quyết 7 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ; lệ phí 10.000 đồng. \
    Nộp trực tiếp: thời hạn giải quyết 7 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ; \
    lệ phí 20.000 đồng.\n[2] Đăng ký thường trú – Cơ quan thực hiện: Công an cấp xã.\n[3] Đăng ký \
    thường trú – Thành phần hồ sơ: Tờ khai thay đổi thông tin cư trú; giấy tờ chứng minh chỗ ở \
    hợp pháp.\n\nCâu hỏi: ";

/// Questions about [`RECORD`].
pub const QUESTIONS: [&str; 3] = [
    "Nộp trực tuyến hết bao nhiêu tiền, mấy ngày xong?",
    "Nộp trực tiếp thì lệ phí và thời hạn giải quyết thế nào?",
    "Đăng ký thường trú nộp ở cơ quan nào, hết bao nhiêu tiền và bao lâu?",
];

/// Medians, and what they were measured on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// The model.
    pub model: String,
    /// Threads (`CANDLE_NUM_THREADS`, else `RAYON_NUM_THREADS`, else cores).
    pub threads: usize,
    /// How often each question was asked.
    pub rounds: usize,
    /// Reading the file, seconds.
    pub load_s: f64,
    /// The first passes, seconds.
    pub warm_up_s: f64,
    /// Length of the prompts in tokens, median.
    pub prompt_tokens: f64,
    /// Reading a prompt nothing of which is held, tokens a second.
    pub prompt_tokens_per_s: f64,
    /// Until the first token of such a prompt.
    pub first_token_cold_ms: f64,
    /// Until the first token when only the question is new.
    pub first_token_warm_ms: f64,
    /// Tokens that are new then, median.
    pub warm_new_tokens: f64,
    /// Writing, one token a pass, tokens a second.
    pub plain_tokens_per_s: f64,
    /// Writing with drafts from the prompt, tokens a second.
    pub drafted_tokens_per_s: f64,
    /// Until the first sentence is whole, nothing held, with drafts.
    pub first_sentence_cold_ms: f64,
    /// The same when only the question is new.
    pub first_sentence_warm_ms: f64,
    /// Whole answer, cold, with drafts.
    pub answer_cold_ms: f64,
    /// Whole answer when only the question is new, with drafts.
    pub answer_warm_ms: f64,
    /// Processor time of all threads until the first token of a cold answer; it says what
    /// the work costs where others use the machine too. Null where the system does not tell.
    pub first_token_cold_cpu_ms: Option<f64>,
    /// Processor time of all threads for a cold answer.
    pub answer_cold_cpu_ms: Option<f64>,
    /// Most memory held so far, MB; null where the system does not tell.
    pub peak_memory_mb: Option<f64>,
}

/// A prompt of the benchmark.
pub fn prompt(question: &str) -> Prompt {
    let message = |role, content: String| ChatMessage { role, content };
    Prompt {
        messages: vec![
            message("system", SYSTEM.to_owned()),
            message("user", format!("{RECORD}{question}")),
        ],
        prefill: String::new(),
        expected: String::new(),
    }
}

/// The benchmark's prompts as the model reads them, to ask another program the same.
pub fn rendered(path: &Path) -> ModelResult<Vec<String>> {
    let gguf = Gguf::open(path)?;
    let tokenizer = Tokenizer::from_gguf(&gguf)?;
    let template = ChatTemplate::from_gguf(&gguf)?;
    let render = |question: &&str| template.render(&prompt(question), &tokenizer);
    let texts: Result<_, _> = QUESTIONS.iter().map(render).collect();
    texts.map_err(|error| ModelError::Template {
        path: path.to_owned(),
        reason: error.to_string(),
    })
}

/// Loads and measures a model file, greedy, at most `max_tokens` an answer. `note` hears
/// about each round.
pub fn bench(
    path: &Path,
    rounds: usize,
    max_tokens: usize,
    note: &mut dyn FnMut(&str),
) -> ModelResult<Figures> {
    let start = Instant::now();
    let mut generator = load(path)?;
    let load_s = start.elapsed().as_secs_f64();
    let start = Instant::now();
    generator.warm_up()?;
    let warm_up_s = start.elapsed().as_secs_f64();
    let mut runs = Runs::default();
    let sampling = Sampling {
        max_tokens,
        ..Sampling::default()
    };
    for round in 1..=rounds {
        for drafting in [false, true] {
            generator.set_drafting(drafting);
            runs.measure(&mut generator, &sampling, drafting)
                .map_err(|error| ModelError::Run {
                    path: path.to_owned(),
                    reason: error.to_string(),
                })?;
        }
        note(&format!("round {round} of {rounds} done"));
    }
    let mut figures = runs.figures(generator.name());
    (figures.rounds, figures.load_s, figures.warm_up_s) = (rounds, load_s, warm_up_s);
    Ok(figures)
}

/// An answer, when its first sentence was whole, and the processor time it took.
struct Run {
    completion: Completion,
    first_sentence_ms: f64,
    first_token_cpu_ms: Option<f64>,
    cpu_ms: Option<f64>,
}

impl Run {
    fn total_ms(&self) -> f64 {
        self.completion.first_token_ms + self.completion.generate_ms
    }
}

/// Answers with nothing held and behind a question on the same record, without and with
/// drafts.
#[derive(Default)]
struct Runs {
    cold: [Vec<Run>; 2],
    warm: [Vec<Run>; 2],
}

impl Runs {
    /// Each question once with nothing held, then once more behind another question.
    fn measure(
        &mut self,
        generator: &mut CandleGenerator,
        sampling: &Sampling,
        drafting: bool,
    ) -> Result<(), GenerateError> {
        for (at, question) in QUESTIONS.iter().enumerate() {
            generator.forget();
            let cold = ask(generator, sampling, question)?;
            let warm = ask(generator, sampling, QUESTIONS[(at + 1) % QUESTIONS.len()])?;
            self.cold[usize::from(drafting)].push(cold);
            self.warm[usize::from(drafting)].push(warm);
        }
        Ok(())
    }

    fn figures(&self, model: &str) -> Figures {
        let of = |runs: &[&[Run]], value: fn(&Run) -> f64| {
            median(runs.iter().copied().flatten().map(value).collect())
        };
        let [cold_plain, cold] = &self.cold;
        let [warm_plain, warm] = &self.warm;
        let all_cold: [&[Run]; 2] = [cold_plain, cold];
        let all_warm: [&[Run]; 2] = [warm_plain, warm];
        Figures {
            model: model.to_owned(),
            threads: threads(),
            rounds: 0,
            load_s: 0.0,
            warm_up_s: 0.0,
            prompt_tokens: of(&all_cold, |run| run.completion.prompt_tokens as f64),
            prompt_tokens_per_s: of(&all_cold, |Run { completion, .. }| {
                completion.prompt_tokens as f64 * 1000.0 / completion.first_token_ms
            }),
            first_token_cold_ms: of(&all_cold, |run| run.completion.first_token_ms),
            first_token_warm_ms: of(&all_warm, |run| run.completion.first_token_ms),
            warm_new_tokens: of(&all_warm, |Run { completion, .. }| {
                (completion.prompt_tokens - completion.reused_tokens) as f64
            }),
            plain_tokens_per_s: of(&[cold_plain, warm_plain], speed),
            drafted_tokens_per_s: of(&[cold, warm], speed),
            first_sentence_cold_ms: of(&[cold], |run| run.first_sentence_ms),
            first_sentence_warm_ms: of(&[warm], |run| run.first_sentence_ms),
            answer_cold_ms: of(&[cold], Run::total_ms),
            answer_warm_ms: of(&[warm], Run::total_ms),
            first_token_cold_cpu_ms: median_of(cold, |run| run.first_token_cpu_ms),
            answer_cold_cpu_ms: median_of(cold, |run| run.cpu_ms),
            peak_memory_mb: peak_memory_mb(),
        }
    }
}

/// The median of what the system told; none where it told nothing.
fn median_of(runs: &[Run], value: fn(&Run) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = runs.iter().filter_map(value).collect();
    (!values.is_empty()).then(|| median(values))
}

fn ask(
    generator: &mut CandleGenerator,
    sampling: &Sampling,
    question: &str,
) -> Result<Run, GenerateError> {
    let (mut sentences, mut first, mut first_cpu) = (Sentences::default(), None, None);
    let (start, cpu) = (Instant::now(), cpu_ms());
    let since = || cpu_ms().zip(cpu).map(|(now, start)| now - start);
    let completion = generator.generate(&prompt(question), sampling, &mut |piece| {
        first_cpu = first_cpu.or_else(since);
        if !sentences.push(piece).is_empty() {
            first.get_or_insert_with(|| start.elapsed());
        }
        Flow::Continue
    })?;
    // A last sentence is known to be whole when the answer is.
    let total = completion.first_token_ms + completion.generate_ms;
    Ok(Run {
        first_sentence_ms: first.map_or(total, |first| first.as_secs_f64() * 1000.0),
        first_token_cpu_ms: first_cpu,
        cpu_ms: since(),
        completion,
    })
}

fn speed(run: &Run) -> f64 {
    run.completion.generated_tokens as f64 * 1000.0 / run.completion.generate_ms.max(1.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

/// Processor time of this process so far: `utime` and `stime`, counted in hundredths of a
/// second on every Linux.
fn cpu_ms() -> Option<f64> {
    let stat = fs_err::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    let times = fields.split_whitespace().skip(11).take(2);
    times
        .map(|time| time.parse::<f64>().ok().map(|ticks| ticks * 10.0))
        .sum()
}

/// `VmHWM` of this process.
fn peak_memory_mb() -> Option<f64> {
    let status = fs_err::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiny_gguf::write_tiny_gguf;

    #[test]
    fn figures_of_the_tiny_model_are_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.gguf");
        write_tiny_gguf(&path).unwrap();
        let mut notes = 0;
        let figures = bench(&path, 1, 8, &mut |_| notes += 1).unwrap();
        assert_eq!(
            (notes, figures.rounds, figures.model.as_str()),
            (1, 1, "tiny")
        );
        assert!(figures.prompt_tokens_per_s > 0.0 && figures.drafted_tokens_per_s > 0.0);
        assert!(
            figures.warm_new_tokens < figures.prompt_tokens,
            "{figures:?}"
        );
    }

    #[test]
    fn medians() {
        assert!((median(vec![3.0, 1.0, 2.0]) - 2.0).abs() < 1e-9);
        assert!((median(vec![4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }
}
