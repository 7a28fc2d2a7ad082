//! Collections of documents and judged questions in the BEIR layout:
//! `corpus.jsonl`, `queries.jsonl`, `qrels.tsv` (or `qrels/test.tsv`), and `test_ids.txt`
//! where only some of the questions are meant.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use fs_err as fs;
use retrieval::documents::Document;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::EvalError;

/// A question with what answers it.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// Its id in the collection.
    pub id: String,
    /// As it is asked.
    pub text: String,
    /// Grade by document, those above 0 only.
    pub grades: BTreeMap<String, f64>,
}

/// Documents and the questions that were judged over them.
#[derive(Debug, Clone)]
pub struct Collection {
    /// Name of its folder.
    pub name: String,
    /// What is searched.
    pub documents: Vec<Document>,
    /// In the order of `test_ids.txt`, else of `queries.jsonl`.
    pub questions: Vec<Judged>,
}

/// A line of `corpus.jsonl` or of `queries.jsonl`; what else stands there is not ours.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

impl Collection {
    /// Reads a folder; the first bad line stops it.
    pub fn read(folder: &Path) -> Result<Self, EvalError> {
        let corpus: Vec<(usize, Line)> = json_lines(&folder.join("corpus.jsonl"))?;
        let documents: Vec<Document> = corpus
            .into_iter()
            .map(|(_, line)| Document {
                id: line.id,
                title: line.title,
                text: line.text,
            })
            .collect();
        let questions = questions(folder)?;
        if documents.is_empty() || questions.is_empty() {
            return Err(EvalError::Empty {
                path: folder.to_owned(),
            });
        }
        let name = folder.file_name().unwrap_or(folder.as_os_str());
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            documents,
            questions,
        })
    }
}

fn questions(folder: &Path) -> Result<Vec<Judged>, EvalError> {
    let mut grades = grades(&qrels(folder))?;
    let path = folder.join("queries.jsonl");
    let queries: Vec<(usize, Line)> = json_lines(&path)?;
    let asked = asked(&folder.join("test_ids.txt"))?;
    let mut by_id = HashMap::new();
    let mut order = Vec::new();
    for (line, query) in queries {
        order.push((line, query.id.clone()));
        if by_id.insert(query.id.clone(), query.text).is_some() {
            return Err(bad(&path, line, format!("_id `{}` occurs twice", query.id)));
        }
    }
    let (source, order) = if let Some(ids) = asked {
        (folder.join("test_ids.txt"), ids)
    } else {
        order.retain(|(_, id)| grades.contains_key(id));
        (path, order)
    };
    let judged = |(line, id): (usize, String)| {
        let found = by_id.remove(&id).zip(grades.remove(&id));
        let (text, grades) = found.ok_or_else(|| {
            let reason = format!("`{id}` has no question or no judged document, or occurs twice");
            bad(&source, line, reason)
        })?;
        Ok(Judged { id, text, grades })
    };
    order.into_iter().map(judged).collect()
}

/// Where the judgements are.
fn qrels(folder: &Path) -> PathBuf {
    let beside = folder.join("qrels.tsv");
    if beside.exists() {
        beside
    } else {
        folder.join("qrels/test.tsv")
    }
}

/// Question to document to grade: lines `query-id TAB corpus-id TAB score`.
fn grades(path: &Path) -> Result<HashMap<String, BTreeMap<String, f64>>, EvalError> {
    let mut grades: HashMap<String, BTreeMap<String, f64>> = HashMap::new();
    for (line, text) in lines(&fs::read_to_string(path)?) {
        let parts: Vec<&str> = text.split('\t').map(str::trim).collect();
        let [question, document, grade] = parts[..] else {
            let reason = format!("{} columns: query-id, corpus-id, score", parts.len());
            return Err(bad(path, line, reason));
        };
        match grade.parse::<f64>() {
            Ok(grade) if grade > 0.0 => {
                let of_question = grades.entry(question.to_owned()).or_default();
                of_question.insert(document.to_owned(), grade);
            }
            Ok(_) => {}
            // The header.
            Err(_) if line == 1 => {}
            Err(_) => return Err(bad(path, line, format!("`{grade}` is no score"))),
        }
    }
    Ok(grades)
}

/// The ids of `test_ids.txt` with their lines, `None` without the file.
fn asked(path: &Path) -> Result<Option<Vec<(usize, String)>>, EvalError> {
    if !path.exists() {
        return Ok(None);
    }
    let text = fs::read_to_string(path)?;
    let ids = lines(&text).map(|(line, id)| (line, id.trim().to_owned()));
    Ok(Some(ids.collect()))
}

/// Every value of a file with one JSON object a line, with its line.
fn json_lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<(usize, T)>, EvalError> {
    let text = fs::read_to_string(path)?;
    let parse = |(line, text)| match serde_json::from_str(text) {
        Ok(value) => Ok((line, value)),
        Err(error) => Err(bad(path, line, error.to_string())),
    };
    lines(&text).map(parse).collect()
}

/// The lines that hold something, with their numbers from 1; a byte order mark is no text.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line));
    numbered.filter(|(_, line)| !line.trim().is_empty())
}

fn bad(path: &Path, line: usize, reason: String) -> EvalError {
    EvalError::Suite {
        path: path.to_owned(),
        line,
        reason,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORPUS: &str = "{\"_id\":\"a\",\"title\":\"T\",\"text\":\"x\",\"more\":1}\n{\"_id\":\"b\",\"text\":\"y\"}\n";
    const QUERIES: &str = "{\"_id\":\"q1\",\"text\":\"x?\"}\n{\"_id\":\"q2\",\"text\":\"y?\"}\n";

    fn read(files: &[(&str, &str)]) -> Result<Collection, EvalError> {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("qrels")).unwrap();
        let usual = [("corpus.jsonl", CORPUS), ("queries.jsonl", QUERIES)];
        for (name, text) in usual.iter().chain(files) {
            fs::write(dir.path().join(name), text).unwrap();
        }
        Collection::read(dir.path())
    }

    fn ids(collection: &Collection) -> Vec<&str> {
        collection.questions.iter().map(|q| q.id.as_str()).collect()
    }

    #[test]
    fn judgements_choose_the_questions_and_grades_below_one_say_nothing() {
        let found = read(&[(
            "qrels.tsv",
            "query-id\tcorpus-id\tscore\nq2\ta\t2\nq2\tb\t0\n",
        )]);
        let found = found.unwrap();
        assert_eq!(ids(&found), ["q2"]);
        assert_eq!(
            found.questions[0].grades,
            BTreeMap::from([("a".to_owned(), 2.0)])
        );
        assert_eq!(found.documents[1].title, "");
    }

    #[test]
    fn the_usual_place_of_judgements_and_a_list_of_questions_are_read() {
        let found = read(&[
            ("qrels/test.tsv", "q1\ta\t1\r\nq2\tb\t1\r\n"),
            ("test_ids.txt", "q2\n\nq1\n"),
        ]);
        assert_eq!(ids(&found.unwrap()), ["q2", "q1"]);
    }

    #[test]
    fn mistakes_name_their_line() {
        for (files, said) in [
            (vec![("qrels.tsv", "q1\ta\n")], "qrels.tsv:1: 2 columns"),
            (
                vec![("qrels.tsv", "q1\ta\t1\nq2\tb\tx\n")],
                "qrels.tsv:2: `x` is no score",
            ),
            (
                vec![("qrels.tsv", "q1\ta\t1\n"), ("test_ids.txt", "q1\nq2\n")],
                "test_ids.txt:2: `q2` has no question or no judged document",
            ),
            (
                vec![("qrels.tsv", "q1\ta\t1\n"), ("queries.jsonl", "{}\n")],
                "queries.jsonl:1: missing field `_id`",
            ),
            (
                vec![("qrels.tsv", "q9\ta\t1\n")],
                "no question in this suite",
            ),
        ] {
            let error = read(&files).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(
            read(&[])
                .unwrap_err()
                .to_string()
                .contains("qrels/test.tsv")
        );
    }
}
