//! Search latency in process, as a ratio to a plain tantivy query over the same
//! records in the same run (one field, default tokenizer): `cargo bench`.
//!
//! The questions are our own records' aliases in a citizen's sentence, so each has a
//! right answer, and the answers are asserted before a time is reported. Over the
//! national records when `../shared/national` is there, else over `corpus/`.

// A benchmark reports to people.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::path::{Path, PathBuf};
use std::time::Instant;

use corpus::{Procedure, passages};
use retrieval::{Query, Snapshot, build};
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{STORED, STRING, Schema, TEXT, Value};
use tantivy::{Index, Searcher, TantivyDocument, doc};

type Failure = Box<dyn std::error::Error>;

const ARCHIVE: &str = "../shared/national/records-txt.tar.gz";
const OWN: &str = "corpus/procedures";

/// A question and the code that answers it.
struct Question {
    text: String,
    code: String,
}

fn main() -> Result<(), Failure> {
    std::env::set_current_dir(env!("CARGO_MANIFEST_DIR"))?;
    let work = tempfile::tempdir()?;
    let corpora = corpora(work.path())?;
    let started = Instant::now();
    let index = work.path().join("index");
    let report = build(&corpora, &index, &mut |_, _| {})?;
    println!(
        "{} records indexed in {:.1} s",
        report.procedures,
        started.elapsed().as_secs_f64()
    );
    let snapshot = Snapshot::open(&index)?;
    let plain = Plain::build(&snapshot)?;
    let questions = questions()?;
    // Once unmeasured for both: pages are read, records parsed.
    measure(&questions, |q| plain.search(q))?;
    measure(&questions, |q| ours(&snapshot, q))?;
    // Interleaved, so that a busy machine slows both.
    let (mut plain_ms, mut our_ms, mut found) = (Vec::new(), Vec::new(), [0, 0]);
    for _ in 0..3 {
        let (ms, hits) = measure(&questions, |q| plain.search(q))?;
        plain_ms.extend(ms);
        found[0] = hits;
        let (ms, hits) = measure(&questions, |q| ours(&snapshot, q))?;
        our_ms.extend(ms);
        found[1] = hits;
    }
    let count = questions.len();
    assert!(
        found[1] * 100 >= count * 90,
        "only {} of {count} found",
        found[1]
    );
    println!(
        "{count} questions, right procedure in the first ten: ours {}, plain {}",
        found[1], found[0]
    );
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let (plain, ours) = (quantile(&mut plain_ms, share), quantile(&mut our_ms, share));
        println!(
            "{name}: ours {ours:.2} ms, plain tantivy {plain:.2} ms, ratio {:.1}",
            ours / plain
        );
    }
    Ok(())
}

/// The national records, imported anew, where they are; our own always.
fn corpora(work: &Path) -> Result<Vec<PathBuf>, Failure> {
    let own = PathBuf::from(OWN);
    if !Path::new(ARCHIVE).exists() {
        eprintln!("skipped: no {ARCHIVE}, measuring over {OWN}");
        return Ok(vec![own]);
    }
    let national = work.join("records");
    let options = corpus::import::Options::default();
    corpus::import::portal_text(&[ARCHIVE.into()], &national, &options, |_| {})?;
    Ok(vec![national, own])
}

fn questions() -> Result<Vec<Question>, Failure> {
    let frames = [
        "Cho tôi hỏi {} cần những giấy tờ gì, mất bao nhiêu tiền?",
        "muốn {} thì nộp ở đâu, mấy ngày xong ạ",
        "{}",
    ];
    let mut questions = Vec::new();
    for procedure in corpus::load_dir(Path::new(OWN))?.procedures {
        for (alias, frame) in procedure.aliases.iter().zip(frames.iter().cycle()) {
            questions.push(Question {
                text: frame.replace("{}", alias),
                code: procedure.code.clone(),
            });
        }
    }
    Ok(questions)
}

fn ours(snapshot: &Snapshot, question: &Question) -> Result<bool, Failure> {
    let hits = snapshot.search(&Query::new(&question.text))?;
    Ok(hits.iter().any(|hit| hit.covers(&question.code)))
}

/// Milliseconds of each question and how many found their procedure.
fn measure(
    questions: &[Question],
    mut search: impl FnMut(&Question) -> Result<bool, Failure>,
) -> Result<(Vec<f64>, usize), Failure> {
    let (mut times, mut found) = (Vec::with_capacity(questions.len()), 0);
    for question in questions {
        let started = Instant::now();
        let hit = search(question)?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
        found += usize::from(hit);
    }
    Ok((times, found))
}

fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    times[((times.len() - 1) as f64 * share) as usize]
}

/// The reference: name and passages in one text field, everything at its default.
struct Plain {
    searcher: Searcher,
    parser: QueryParser,
    code: tantivy::schema::Field,
}

impl Plain {
    fn build(snapshot: &Snapshot) -> Result<Self, Failure> {
        let mut schema = Schema::builder();
        let code = schema.add_text_field("code", STRING | STORED);
        let text = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads::<TantivyDocument>(1, 100 << 20)?;
        for line in snapshot.list(0, usize::MAX) {
            if let Some(procedure) = snapshot.procedure(&line.code) {
                writer.add_document(doc!(code => line.code, text => whole(&procedure)))?;
            }
        }
        writer.commit()?;
        Ok(Self {
            searcher: index.reader()?.searcher(),
            parser: QueryParser::for_index(&index, vec![text]),
            code,
        })
    }

    fn search(&self, question: &Question) -> Result<bool, Failure> {
        let (query, _) = self.parser.parse_query_lenient(&question.text);
        let top = TopDocs::with_limit(10).order_by_score();
        let mut found = false;
        for (_, address) in self.searcher.search(&query, &top)? {
            let doc: TantivyDocument = self.searcher.doc(address)?;
            let code = doc.get_first(self.code).and_then(|value| value.as_str());
            found |= code == Some(question.code.as_str());
        }
        Ok(found)
    }
}

fn whole(procedure: &Procedure) -> String {
    let mut text = procedure.name.clone();
    for alias in &procedure.aliases {
        text.push('\n');
        text.push_str(alias);
    }
    for passage in passages(procedure) {
        text.push('\n');
        text.push_str(&passage.text);
    }
    text
}
