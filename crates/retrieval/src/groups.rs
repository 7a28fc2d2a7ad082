//! One procedure under many codes: the copies that levels and provinces publish.
//!
//! 536 of the 5,649 national records share a name with another, up to fifteen a name; ten of
//! them would fill a page. Copies are told by their names and their field, not by how alike
//! the names are: of 219 pairs of names in one field that share 94 % of their pairs of
//! syllables, most in a sample of 14 were different acts ("cấp", "gia hạn", "sửa đổi") or
//! different forms (C/O mẫu VK, mẫu AK).

use std::collections::HashMap;
use std::sync::LazyLock;

use corpus::provinces;

use crate::document::phrase;
use crate::manifest::Entry;

/// What a name may begin with and still be the same name.
const HEADS: [&str; 1] = ["thủ tục"];

/// What it may end with: the level, and what stands before a province.
const TAILS: [&str; 12] = [
    "cấp tỉnh",
    "cấp xã",
    "cấp bộ",
    "cấp trung ương",
    "trên địa bàn",
    "trên địa bàn tỉnh",
    "trên địa bàn thành phố",
    "thực hiện tại",
    "của tỉnh",
    "tại tỉnh",
    "tỉnh",
    "thành phố",
];

/// Folded words that one copy writes where another has a comma: "tách thửa hoặc hợp thửa".
const AND_OR: [&str; 2] = ["va", "hoac"];

/// Heads and tails as names are folded, the longest first.
struct Affixes {
    heads: Vec<String>,
    tails: Vec<String>,
    /// A province after the word that says it is one.
    provinces: Vec<String>,
}

static AFFIXES: LazyLock<Affixes> = LazyLock::new(|| {
    let folded = |words: &[&str]| longest_first(words.iter().map(|word| phrase(word)).collect());
    let named = |(name, _): (&str, &str)| {
        ["tỉnh", "thành phố"].map(|kind| phrase(&format!("{kind} {name}")))
    };
    Affixes {
        heads: folded(&HEADS),
        tails: folded(&TAILS),
        provinces: longest_first(provinces::table().flat_map(named).collect()),
    }
});

fn longest_first(mut words: Vec<String>) -> Vec<String> {
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words
}

/// Number of the group of each catalogue entry; the copies of one procedure have one.
pub(crate) fn groups(catalogue: &[Entry]) -> Vec<usize> {
    let mut numbers: HashMap<(String, String), usize> = HashMap::new();
    let mut group = |entry: &Entry| {
        let next = numbers.len();
        *numbers
            .entry((bare(&entry.name), phrase(&entry.field)))
            .or_insert(next)
    };
    catalogue.iter().map(&mut group).collect()
}

/// A name without what tells copies apart.
fn bare(name: &str) -> String {
    let whole = phrase(name);
    let mut rest = &*whole;
    while let Some(shorter) = shorter(rest) {
        rest = shorter;
    }
    let words = rest.split(' ').filter(|word| !AND_OR.contains(word));
    words.collect::<Vec<_>>().join(" ")
}

/// The name without one head or tail; none when it has none, or would be nothing.
fn shorter(name: &str) -> Option<&str> {
    let affixes = &*AFFIXES;
    let mut heads = affixes.heads.iter();
    let without_head = heads.find_map(|head| name.strip_prefix(&**head)?.strip_prefix(' '));
    without_head.or_else(|| {
        let mut tails = affixes.provinces.iter().chain(&affixes.tails);
        tails.find_map(|tail| name.strip_suffix(&**tail)?.strip_suffix(' '))
    })
}

#[cfg(test)]
mod tests {
    use corpus::{Level, Scope};

    use super::*;

    fn entry(name: &str, field: &str) -> Entry {
        Entry {
            code: "1.000001".into(),
            name: name.into(),
            levels: vec![Level::Tinh],
            field: field.into(),
            scope: Scope::National,
            named_only: false,
        }
    }

    #[test]
    fn copies_of_provinces_and_levels_are_one_group() {
        let names = [
            "Tách thửa đất",
            "TÁCH THỬA ĐẤT.",
            "Thủ tục tách thửa đất",
            "Tách thửa đất (Cấp tỉnh)",
            "Tách thửa đất trên địa bàn tỉnh Đắk Lắk",
            "Tách thửa đất - Thành phố Hà Nội",
        ];
        let joined = ["Tách thửa hoặc hợp thửa", "Tách thửa, hợp thửa"];
        let joined = joined.map(|name| entry(name, "Đất đai"));
        assert_eq!(groups(&joined), [0, 0]);
        let all: Vec<Entry> = names.iter().map(|name| entry(name, "Đất đai")).collect();
        assert_eq!(groups(&all), [0; 6]);
    }

    #[test]
    fn another_act_form_or_field_is_another_procedure() {
        let all = [
            entry("Cấp giấy phép lái tàu", "Đường sắt"),
            entry("Cấp lại giấy phép lái tàu", "Đường sắt"),
            entry("Gia hạn giấy phép lái tàu", "Đường sắt"),
            entry("Cấp giấy phép lái tàu", "Hàng hải"),
            entry("Cấp giấy chứng nhận xuất xứ mẫu VK", "Thương mại"),
            entry("Cấp giấy chứng nhận xuất xứ mẫu AK", "Thương mại"),
            entry("Thủ tục", "Khác"),
            entry("Cấp tỉnh", "Khác"),
        ];
        assert_eq!(groups(&all), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
