use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

use super::*;
use crate::normalize;

fn words(text: &str) -> Vec<&str> {
    segment(text).into_iter().map(|word| word.text).collect()
}

/// Words in one form: tone marks in place, one space between syllables.
fn forms(text: &str) -> Vec<String> {
    let form = |word: &str| word.split_whitespace().collect::<Vec<_>>().join(" ");
    words(text)
        .into_iter()
        .map(|word| form(&normalize(word)))
        .collect()
}

#[test]
fn words_of_an_office() {
    let line = "Đăng ký kết hôn ở Hà Nội, phí 20.000 đồng...";
    let want = [
        "Đăng ký",
        "kết hôn",
        "ở",
        "Hà Nội",
        ",",
        "phí",
        "20.000",
        "đồng",
        "...",
    ];
    assert_eq!(words(line), want);
    let line = "Ủy ban nhân dân xã cấp giấy khai sinh theo 123/2015/NĐ-CP";
    assert!(words(line).contains(&"123/2015/NĐ-CP"));
}

#[test]
fn how_a_syllable_is_spelt_does_not_matter() {
    for (one, other) in [
        ("kỹ thuật", "kĩ thuật"),
        ("hoà bình", "hòa bình"),
        ("KẾT HÔN", "kết hôn"),
    ] {
        assert_eq!(words(one).len(), 1, "{one}");
        assert_eq!(words(other).len(), 1, "{other}");
    }
}

#[test]
fn a_line_end_separates() {
    assert_eq!(words("kết\nhôn"), ["kết", "hôn"]);
    assert_eq!(words("kết  hôn"), ["kết  hôn"]);
    assert!(words(" \t\n").is_empty());
}

#[test]
fn units_are_syllables_codes_and_marks() {
    let cut: Vec<&str> = units("(\"??! kết hôn CT01")
        .iter()
        .map(|u| u.text)
        .collect();
    assert_eq!(cut, ["(", "\"", "??", "!", "kết", "hôn", "CT01"]);
}

#[test]
fn the_weights_belong_to_the_word_list() {
    let (list, weights) = (Lexicon::shipped().fingerprint(), Weights::shipped_lexicon());
    assert_eq!(
        list, weights,
        "the lists in data/ changed: run train-segmenter write"
    );
}

#[test]
fn counts_of_a_treebank_are_read_as_written() {
    let file = "# text = Tôi kết hôn.\n1\tTôi\t_\t_\tPro\n2\tkết hôn\t_\t_\tV\n3\t.\t_\t_\t.\n\n";
    let sentences = read_conllu(file).unwrap();
    assert_eq!(sentences[0].words, [(0, 4), (5, 15), (15, 16)]);
    let mut statistics = Statistics::default();
    statistics.learn(&sentences[0]);
    let text = statistics.to_text();
    assert!(text.contains("kết hôn\t1\t0\n"), "{text}");
    assert_eq!(Statistics::parse(&text), statistics);
}

#[test]
fn a_broken_treebank_names_its_line() {
    for (file, line) in [
        ("1\ta\n", 1),
        ("# text = a\n1\n", 2),
        ("# text = a\n1\tb\n", 2),
    ] {
        let error = read_conllu(file).unwrap_err().to_string();
        assert!(error.starts_with(&format!("line {line}:")), "{error}");
    }
}

/// The sentences that the weights were fitted to: says that file, list and code agree, and
/// nothing about new text.
#[test]
fn the_shipped_weights_know_their_treebank() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/text/ud-vtb/vi_vtb-ud-dev.conllu"
    );
    let Ok(file) = std::fs::read_to_string(path) else {
        eprintln!("skipped: {path} is missing");
        return;
    };
    let sentences = read_conllu(&file).unwrap();
    let segmenter = Segmenter::shipped();
    let model = segmenter.evaluate(&sentences, Method::Model).f1();
    let longest = segmenter.evaluate(&sentences, Method::LongestMatch).f1();
    assert!(model > 97.0, "{model}");
    assert!(model > longest, "{model} {longest}");
}

#[test]
fn training_learns_what_the_sentences_say() {
    let row = "# text = an an bo\n1\tan an\t_\t_\tN\n2\tbo\t_\t_\tV\n\n";
    let sentences = read_conllu(&row.repeat(50)).unwrap();
    for model in [Model::Perceptron, Model::Crf] {
        let mut list = LexiconBuilder::default();
        let weights = Weights::pack(&train(&sentences, &list, model));
        for sentence in &sentences {
            let mut statistics = Statistics::default();
            statistics.learn(sentence);
            list.add_statistics(&statistics);
        }
        let segmenter = Segmenter::new(list.build(), weights);
        let cut = segmenter.segment("an an bo");
        assert_eq!(
            cut.iter().map(|w| w.text).collect::<Vec<_>>(),
            ["an an", "bo"]
        );
    }
}

/// Vietnamese letters in any case, signs, digits, spaces.
const LINE: &str = "([a-zA-ZđĐàáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵÀÁÂÊÔƯƠ]{1,5}[ .,/-]{0,2}|(kết hôn|giấy khai sinh|Hà Nội|hoà bình|20[.]000)[ ,]){0,12}";

proptest! {
    #[test]
    fn words_cover_every_visible_character(text in any::<String>()) {
        let joined: String = segment(&text).iter().map(|w| w.text).collect();
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        prop_assert_eq!(bare(&joined), bare(&text));
    }

    #[test]
    fn spans_point_into_the_text(text in any::<String>()) {
        let mut last = 0;
        for word in segment(&text) {
            prop_assert!(last <= word.start && word.start < word.end);
            prop_assert_eq!(text.get(word.start..word.end), Some(word.text));
            prop_assert_eq!(word.text.trim(), word.text);
            last = word.end;
        }
    }

    #[test]
    fn every_word_is_made_of_whole_units(text in LINE) {
        let ends: Vec<usize> = units(&text).iter().map(|u| u.end).collect();
        for word in segment(&text) {
            prop_assert!(ends.contains(&word.end));
        }
    }

    #[test]
    fn the_unicode_form_does_not_matter(text in LINE) {
        let decomposed: String = text.nfd().collect();
        prop_assert_eq!(forms(&decomposed), forms(&text));
    }

    #[test]
    fn normalising_changes_no_word(text in LINE) {
        prop_assert_eq!(forms(&normalize(&text)), forms(&text));
    }

    #[test]
    fn one_space_is_as_good_as_many(text in LINE) {
        let narrow = text.split_whitespace().collect::<Vec<_>>().join(" ");
        prop_assert_eq!(forms(&text.replace(' ', " \t")), forms(&narrow));
    }
}
