use super::*;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

fn standard(text: &str) -> String {
    standardize(text).text
}

#[test]
fn dialects_of_three_regions() {
    for (given, want) in [
        ("Tui mần giấy ni ở mô?", "Tôi làm giấy này ở đâu?"),
        (
            "mần răng chừ, cần giấy chi nữa?",
            "làm sao bây giờ, cần giấy gì nữa?",
        ),
        ("Răng rứa, khi mô mới xong?", "Sao vậy, khi nào mới xong?"),
        ("hổng biết mấy bữa mới có", "không biết mấy ngày mới có"),
        ("có mất tiền hông?", "có mất tiền không?"),
        (
            "vô hộ khẩu cho thằng nhỏ hết nhiêu",
            "vào hộ khẩu cho thằng nhỏ hết bao nhiêu",
        ),
        ("em chả biết thế lào", "em chẳng biết thế nào"),
        ("nỏ biết nộp ở mô", "không biết nộp ở đâu"),
    ] {
        assert_eq!(standard(given), want);
    }
}

#[test]
fn ordinary_words_stay() {
    for text in [
        "đăng ký xe mô tô, mô hình, quy mô nhỏ",
        "phòng khám răng hàm mặt, làm răng giả, đau răng, nhổ răng",
        "chi phí, chi tiết, chi nhánh, giấy chi trả, cần chi tiết",
        "xương hông, lỗ hổng, vô gia cư, vô hiệu, bảo lãnh, lãnh đạo",
        "cây nỏ, cấy lúa, gieo mạ, thiệt hại, rửa xe",
        "chả lụa, ngày ba bữa",
    ] {
        assert_eq!(standard(text), text);
    }
}

#[test]
fn unmarked_text_stays_unmarked() {
    for (given, want) in [
        ("tui lam giay o mo", "toi lam giay o dau"),
        ("lam rang chu", "lam sao chu"),
        ("rua xe o dau", "rua xe o dau"),
        ("trong rang su gia bao nhieu", "trong rang su gia bao nhieu"),
        ("xin gxn, tks", "xin giay xac nhan, cam on"),
        ("dang ky xe mo to", "dang ky xe mo to"),
    ] {
        assert_eq!(standard(given), want);
    }
}

#[test]
fn spans_point_into_both_texts() {
    let given = "Dạ, tui hỏi giấy ni ở mô rứa?";
    let rewritten = standardize(given);
    assert_eq!(rewritten.text, "Dạ, tôi hỏi giấy này ở đâu vậy?");
    let pairs: Vec<(&str, &str)> = rewritten
        .edits
        .iter()
        .map(|edit| {
            (
                &given[edit.start..edit.end],
                &rewritten.text[edit.written.clone()],
            )
        })
        .collect();
    assert_eq!(
        pairs,
        [
            ("tui", "tôi"),
            ("giấy ni", "giấy này"),
            ("ở mô", "ở đâu"),
            ("rứa", "vậy")
        ]
    );
    let at = rewritten.text.find("này").unwrap();
    let range = rewritten.given(at..at + "này ở".len());
    assert_eq!(&given[range], "giấy ni ở mô");
    let at = rewritten.text.find("hỏi").unwrap();
    assert_eq!(&given[rewritten.given(at..at + "hỏi".len())], "hỏi");
}

#[test]
fn every_row_is_well_formed() {
    for line in LIST.lines().filter(|line| !line.starts_with('#')) {
        let row = Row::parse(line).unwrap_or_else(|| panic!("{line}"));
        assert!(line.split('\t').count() <= 8, "{line}");
        for text in row.words.iter().map(|word| word.form).chain([row.standard]) {
            assert_eq!(normalize(text).to_lowercase(), text, "{line}");
        }
        assert!(
            matches!(row.region, None | Some("bắc" | "trung" | "nam")),
            "{line}"
        );
        for context in line.split('\t').skip(5).take(2) {
            assert_eq!(fold(context), context, "folded context: {line}");
        }
        assert_eq!(
            standard(row.standard),
            row.standard,
            "a standard is standard: {line}"
        );
    }
}

/// Words of the list, its contexts and standards, in any order.
fn listed() -> impl Strategy<Value = String> {
    let cells = |line: &'static str| line.split(['\t', '|']).filter(|cell| cell.len() > 1);
    let rows = LIST.lines().filter(|line| !line.starts_with('#'));
    let words: Vec<&str> = rows.flat_map(cells).collect();
    let word = prop::sample::select(words);
    let gap = prop::sample::select(vec![" ", " ", " ", ", ", "? "]);
    prop::collection::vec((word, gap), 0..10).prop_map(|words| {
        words
            .into_iter()
            .flat_map(|(word, gap)| [word, gap])
            .collect()
    })
}

proptest! {
    #[test]
    fn rewriting_twice_is_rewriting_once(text in listed()) {
        let once = standard(&text);
        prop_assert_eq!(standard(&once), once);
    }

    #[test]
    fn decomposed_text_is_the_same_text(text in listed()) {
        let nfd: String = text.nfd().collect();
        prop_assert_eq!(normalize(&standard(&nfd)), normalize(&standard(&text)));
    }

    #[test]
    fn edits_and_what_is_between_make_the_text(text in prop_oneof![listed(), any::<String>()]) {
        let Rewritten { text: written, edits } = standardize(&text);
        let (mut given_at, mut written_at) = (0, 0);
        for edit in &edits {
            prop_assert_eq!(&text[given_at..edit.start], &written[written_at..edit.written.start]);
            prop_assert!(edit.start < edit.end);
            (given_at, written_at) = (edit.end, edit.written.end);
        }
        prop_assert_eq!(&text[given_at..], &written[written_at..]);
    }

    #[test]
    fn ranges_come_from_the_given_text(text in listed(), from in 0.0..1.0_f64, to in 0.0..1.0_f64) {
        let rewritten = standardize(&text);
        let bounds: Vec<usize> = rewritten.text.char_indices().map(|(at, _)| at)
            .chain([rewritten.text.len()]).collect();
        let at = |share: f64| bounds[(share * (bounds.len() - 1) as f64) as usize];
        let (start, end) = (at(from.min(to)), at(from.max(to)));
        let given = rewritten.given(start..end);
        prop_assert!(start == end || given.start < given.end);
        prop_assert!(text.get(given).is_some());
    }
}
