use std::sync::Arc;

use super::*;
use crate::answer::Route;
use crate::rules::Rules;

/// The event that a message tells, without an index: typed words only.
fn told(message: &str) -> Option<&'static str> {
    let rules: Arc<Rules> = Rules::embedded();
    let understanding = rules.reader.read(message);
    let journeys = rules.journeys.told(message, &understanding)?;
    journeys.first().map(|journey| journey.id.as_str())
}

#[test]
fn two_events_of_a_message_stand_side_by_side() {
    let rules: Arc<Rules> = Rules::embedded();
    let message = "Vợ chồng em mới ly hôn, em dọn về quê ở, phải làm những thủ tục gì?";
    let told = rules.journeys.told(message, &rules.reader.read(message));
    let ids: Vec<&str> = told
        .unwrap()
        .iter()
        .map(|journey| journey.id.as_str())
        .collect();
    assert_eq!(ids, ["ly-hon", "chuyen-nha"]);
}

#[test]
fn an_event_told_with_a_general_question_is_a_journey() {
    for (message, id) in [
        ("Vợ em mới sinh, em phải làm những gì?", "sinh-con"),
        ("vo em moi sinh, em phai lam nhung gi", "sinh-con"),
        ("vợ tui mới sanh thì cần làm giấy tờ chi", "sinh-con"),
        ("Bố tôi mới mất hôm qua", "qua-doi"),
        ("bo toi moi mat hom qua", "qua-doi"),
        ("ba tui qua đời rồi giờ phải làm thủ tục gì", "qua-doi"),
        ("nhà em có tang, cần lo những gì", "qua-doi"),
        ("mẹ em vừa mất, giờ cần làm giấy tờ gì", "qua-doi"),
        ("em mới ly hôn", "ly-hon"),
        ("sắp cưới cần làm giấy tờ gì", "ket-hon"),
        ("tụi em chuẩn bị cưới", "ket-hon"),
        (
            "Em định mở quán cà phê thì phải xin giấy tờ gì",
            "mo-cua-hang",
        ),
        ("tháng sau tôi nghỉ hưu, cần chuẩn bị những gì", "nghi-huu"),
        ("con em chuẩn bị vào lớp 6, phải làm thủ tục gì", "hoc-tap"),
        ("em mới nghỉ việc, giờ nên làm gì", "mat-viec"),
        ("tôi bị mất ví, giờ phải làm sao", "mat-giay-to"),
        (
            "nhà em chuyển nhà sang tỉnh khác, cần làm những thủ tục gì",
            "chuyen-nha",
        ),
        (
            "mở công ty thuê 12 người, có giấy phép rồi thì còn làm những thủ tục gì",
            "mo-cong-ty",
        ),
        ("định xây nhà, bắt đầu từ đâu", "xay-nha"),
        ("mua lại xe cũ phải làm những thủ tục gì", "mua-xe-cu"),
        ("công ty tôi muốn mở chi nhánh, cần thủ tục gì", "chi-nhanh"),
        ("tôi muốn đóng cửa hàng, phải làm gì", "dong-cua-hang"),
    ] {
        assert_eq!(told(message), Some(id), "{message}");
    }
}

#[test]
fn a_question_about_one_procedure_is_none() {
    for message in [
        "khai sinh cho con cần giấy gì",
        "vợ em mới sinh, làm khai sinh cho con cần giấy gì",
        "con mới sinh làm thẻ bảo hiểm y tế cần những gì",
        "đăng ký kết hôn cần giấy tờ gì",
        "bố tôi mất, sang tên sổ đỏ cần những giấy tờ gì",
        "tôi mới mất căn cước, phải làm gì",
        "vợ tôi mới mất bằng lái thì phải làm sao",
        "nghỉ hưu trước tuổi có được không",
        "vợ mới sinh thì chồng được nghỉ mấy ngày",
        "mở quán karaoke cần điều kiện gì",
        "bố tôi mới mất thì mẹ tôi có được hưởng lương hưu của bố không",
        "sinh viên mới ra trường tìm việc ở đâu",
        "đất nhà tôi đang tranh chấp",
        "xin chào",
        "mở công ty xin giấy phép kinh doanh cần những giấy tờ gì",
        "mất bao lâu thì xong",
        "Mẹ tôi đăng ký tạm trú mất mấy ngày, cần làm gì",
    ] {
        assert_eq!(told(message), None, "{message}");
    }
}

fn after_a_list() -> Conversation {
    let mut conversation = Conversation::with_id("a".to_owned());
    conversation.turns.push(TurnMemory {
        route: Route::Journey,
        codes: ["1.000001", "1.000002", "1.000003"]
            .map(String::from)
            .to_vec(),
        aspects: Vec::new(),
        topic: "mới sinh con".to_owned(),
        circumstances: Vec::new(),
        journey: Some("sinh-con".to_owned()),
    });
    conversation
}

fn looked_at(mut conversation: Conversation, code: &str) -> Conversation {
    conversation.turns.push(TurnMemory {
        route: Route::Answer,
        codes: vec![code.to_owned()],
        aspects: Vec::new(),
        topic: String::new(),
        circumstances: Vec::new(),
        journey: None,
    });
    conversation
}

#[test]
fn a_step_is_picked_by_its_number() {
    let journeys = &Rules::embedded().journeys;
    let picked = |message: &str| journeys.picked(&after_a_list(), message);
    for (message, want) in [
        ("2", "1.000002"),
        ("3.", "1.000003"),
        ("bước 2 cần giấy gì", "1.000002 cần giấy gì"),
        ("buoc 2 can giay gi", "1.000002 can giay gi"),
        ("cái thứ hai", "1.000002 "),
        ("việc đầu tiên nộp ở đâu", "1.000001 nộp ở đâu"),
        ("bước tiếp theo là gì", "1.000001 là gì"),
    ] {
        assert_eq!(picked(message).as_deref(), Some(want), "{message}");
    }
    for message in [
        "9",
        "0",
        "bước 10 cần gì",
        "cần giấy gì",
        "lệ phí bao nhiêu",
    ] {
        assert_eq!(picked(message), None, "{message}");
    }
}

#[test]
fn the_list_is_remembered_while_its_steps_are_looked_at() {
    let journeys = &Rules::embedded().journeys;
    let inside = looked_at(after_a_list(), "1.000002");
    assert_eq!(journeys.picked(&inside, "3").as_deref(), Some("1.000003"));
    let next = journeys.picked(&inside, "bước tiếp theo");
    assert_eq!(next.as_deref(), Some("1.000003 "));
    let elsewhere = looked_at(inside, "9.000009");
    assert_eq!(journeys.picked(&elsewhere, "bước 3 là gì"), None);
    assert_eq!(journeys.picked(&Conversation::new(), "2"), None);
}

#[test]
fn after_a_list_no_earlier_procedure_is_meant() {
    let conversation = looked_at(Conversation::new(), "1.000009");
    assert_eq!(conversation.focus(), Some("1.000009"));
    let mut listed = conversation;
    listed.turns.extend(after_a_list().turns);
    assert_eq!(listed.focus(), None);
    assert_eq!(looked_at(listed, "1.000002").focus(), Some("1.000002"));
}
