use super::*;
use proptest::prelude::*;

const ALL: [Encoding; 3] = [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr];

const TEXT: &str = "Người có yêu cầu đăng ký khai sinh nộp tờ khai cho cơ quan đăng ký hộ tịch";

#[test]
fn the_table_has_every_letter_with_marks_in_both_cases() {
    assert_eq!(TABLES.encoders.len(), 2 * 67);
    assert_eq!(TABLES.vni.len(), 2 * 67);
    // Seven capitals have a code of their own, sixty share that of the small letter.
    assert_eq!(TABLES.tcvn3.len(), 67 + 7);
}

#[test]
fn known_samples() {
    for (encoding, given, want) in [
        (
            Encoding::Tcvn3,
            "Céng hoµ x· héi chñ nghÜa ViÖt Nam",
            "Cộng hoà xã hội chủ nghĩa Việt Nam",
        ),
        (
            Encoding::Tcvn3,
            "§éc lËp - Tù do - H¹nh phóc",
            "Độc lập - Tự do - Hạnh phúc",
        ),
        (
            Encoding::Vni,
            "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
            "Cộng hòa xã hội chủ nghĩa Việt Nam",
        ),
        (
            Encoding::Vni,
            "Ñoäc laäp - Töï do - Haïnh phuùc",
            "Độc lập - Tự do - Hạnh phúc",
        ),
        (
            Encoding::Viqr,
            "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam",
            "Cộng hòa xã hội chủ nghĩa Việt Nam",
        ),
        (
            Encoding::Viqr,
            "ddu+o+.c ma^'y nga`y? Kho^ng.",
            "được mấy ngày? Không.",
        ),
    ] {
        assert_eq!(detect(given), Some(encoding), "{given}");
        assert_eq!(decode(given, encoding), want);
    }
}

#[test]
fn capitals_of_the_capital_fonts() {
    assert_eq!(convert("ñy ban nh©n d©n"), "ủy ban nhân dân");
    assert_eq!(convert("Uû ban nh©n d©n x·"), "Uỷ ban nhân dân xã");
    assert_eq!(
        convert("Uû BAN NH¢N D¢N X·, §¡NG Ký"),
        "UỶ BAN NHÂN DÂN XÃ, ĐĂNG KÝ"
    );
}

#[test]
fn what_is_no_old_encoding_stays() {
    for text in [
        "",
        "Giá là bao nhiêu, có lâu không?",
        "Là cá bé à",
        "dang ky ket hon o dau? Bao nhieu tien.",
        "C++ a.b.c (a+b)^2 o'clock, don't! e.g. i.e. xa.com ai@co.quan.vn",
        "Le procès-verbal a été signé à Genève, où l'élève était présent.",
        "¿Dónde está el niño? Mañana será otro día, señor.",
        "Über größere Mühlen; façade naïve",
        "5 m² ± 0,5 µm × 3 §5 ©2025",
    ] {
        assert_eq!(detect(text), None, "{text}");
        assert_eq!(convert(text), text);
    }
}

#[test]
fn bytes_of_a_file() {
    let bytes = |text: &str| text.chars().map(|c| c as u8).collect::<Vec<u8>>();
    for encoding in [Encoding::Tcvn3, Encoding::Vni] {
        assert_eq!(from_bytes(&bytes(&encode(TEXT, encoding))), TEXT);
    }
    assert_eq!(from_bytes(TEXT.as_bytes()), TEXT);
    assert_eq!(from_bytes(encode(TEXT, Encoding::Viqr).as_bytes()), TEXT);
}

proptest! {
    #[test]
    fn small_letters_come_back(text in "[a-zđà-ãèéêìíò-õùúýăĩũơưạ-ỹ .,?!0-9()+-]{0,40}") {
        // Capitals of the last range are taken out: TCVN3 does not have them.
        let text: String = text.to_lowercase();
        for encoding in [Encoding::Tcvn3, Encoding::Vni] {
            prop_assert_eq!(decode(&encode(&text, encoding), encoding), text.clone());
        }
    }

    #[test]
    fn words_come_back_from_viqr(words in prop::collection::vec("(d|đ|[bcghlmnt]{1,2})?[aăâeêioôơuưyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ][cmnpt]?[.?!,(]?", 0..8)) {
        let text = words.join(" ");
        prop_assert_eq!(decode(&encode(&text, Encoding::Viqr), Encoding::Viqr), text);
    }

    #[test]
    fn capitals_come_back_where_the_encoding_has_them(text in "[A-Za-zĐđÀ-ÃÈÉÊÌÍÒ-ÕÙÚÝĂĨŨƠƯẠ-ỹ ]{0,30}") {
        prop_assert_eq!(decode(&encode(&text, Encoding::Vni), Encoding::Vni), text);
    }

    #[test]
    fn nothing_panics_and_what_is_converted_is_nfc(text in any::<String>()) {
        for encoding in ALL {
            let _ = encode(&text, encoding);
            let decoded = decode(&text, encoding);
            prop_assert!(unicode_normalization::is_nfc(&decoded));
        }
        let once = convert(&text).into_owned();
        prop_assert_eq!(convert(&once), once.as_str());
    }

    #[test]
    fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = from_bytes(&bytes);
    }
}
