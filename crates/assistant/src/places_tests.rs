use super::*;
use crate::rules::Rules;

fn answer(message: &str) -> Option<String> {
    let rules = Rules::embedded();
    rules.places.answer(message, &rules.reader.read(message))
}

#[test]
fn what_became_of_a_province_is_told_with_date_and_source() {
    for message in [
        "tỉnh Bình Dương sáp nhập vào đâu?",
        "nay Bình Dương thuộc tỉnh nào",
        "tinh binh duong sap nhap vao dau",
        "Bình Dương giờ là tỉnh nào vậy em",
    ] {
        let text = answer(message).unwrap_or_default();
        assert_eq!(
            text,
            "Bình Dương nay thuộc thành phố Hồ Chí Minh, từ ngày 01/07/2025 (Nghị quyết \
             202/2025/QH15). Thành phố Hồ Chí Minh hiện nay gồm Hồ Chí Minh, Bà Rịa - Vũng Tàu \
             và Bình Dương trước đây.",
            "{message}"
        );
    }
}

#[test]
fn present_provinces_and_older_joinings() {
    let text = answer("tỉnh Bắc Ninh sáp nhập với tỉnh nào").unwrap();
    assert!(
        text.contains("gồm Bắc Ninh và Bắc Giang trước đây"),
        "{text}"
    );
    let text = answer("Cao Bằng sáp nhập với tỉnh nào").unwrap();
    assert!(text.contains("không sáp nhập"), "{text}");
    let text = answer("tôi ở Hà Tây cũ").unwrap();
    assert!(
        text.contains("01/08/2008") && text.contains("15/2008/QH12"),
        "{text}"
    );
    assert!(text.ends_with("Bạn cần làm thủ tục gì?"), "{text}");
    let text = answer("huyện Gò Dầu nay thuộc xã nào").unwrap();
    assert!(text.contains("không còn cấp huyện"), "{text}");
}

#[test]
fn a_question_about_a_procedure_is_not_about_the_place() {
    for message in [
        "đăng ký kết hôn ở Bình Dương cần giấy tờ gì",
        "tôi ở Hà Tây cũ muốn làm sổ đỏ",
        "hòa bình là gì",
        "sáp nhập công ty cần thủ tục gì",
        "sáp nhập xong có phải đổi căn cước không",
        "tôi ở Hà Nội",
    ] {
        assert_eq!(answer(message), None, "{message}");
    }
}

#[test]
fn the_citizens_province_is_the_one_that_is_named_as_a_place() {
    let rules = Rules::embedded();
    let province = |message: &str| rules.places.province(message);
    assert_eq!(province("tôi ở Bình Dương, làm sổ đỏ"), Some("Hồ Chí Minh"));
    assert_eq!(
        province("em o sai gon lam ho chieu o dau"),
        Some("Hồ Chí Minh")
    );
    assert_eq!(province("tách thửa tại tỉnh Đắk Lắk"), Some("Đắk Lắk"));
    assert_eq!(province("hoạt động hòa bình"), None);
    assert_eq!(province("quê ở Nghệ An, nay ở Hà Nội"), None, "two");
    assert_eq!(rules.places.notices("tôi ở Hà Nội"), Vec::<String>::new());
    let notices = rules.places.notices("làm sổ đỏ ở tỉnh Phú Yên");
    assert!(notices[0].starts_with("Phú Yên nay thuộc tỉnh Đắk Lắk"));
}

#[test]
fn nobody_is_sent_to_a_district_office() {
    for text in [
        "Nộp tại UBND huyện Gò Dầu",
        "đến Ủy ban nhân dân cấp huyện",
        "nộp tại Công an huyện nơi cư trú",
        "đến phòng Y tế quận, huyện, thị xã",
    ] {
        assert!(sends_to_district(text), "{text}");
        let mut line = text.to_owned();
        remark(Section::Steps, &mut line);
        assert!(line.contains("không còn cấp huyện"), "{line}");
    }
    let mut line = "Cơ quan thực hiện: Công an huyện".to_owned();
    remark(Section::Steps, &mut line);
    assert!(!line.contains("không còn"), "{line}");
    remark(Section::Where, &mut line);
    assert!(line.contains("không còn cấp huyện"), "{line}");
    for text in [
        "tại Trung tâm Phục vụ hành chính công cấp xã",
        "Nộp tại Ủy ban nhân dân cấp xã",
        "hưởng chính sách, báo cáo UBND huyện",
        "theo “Quy định nộp hồ sơ tại UBND cấp huyện”",
    ] {
        assert!(!sends_to_district(text), "{text}");
    }
}
