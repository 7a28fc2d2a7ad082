//! Spellings of one sound that people mix.

/// A lower-case syllable with its final `y` written `i` where both are one sound:
/// `đăng kí` and `đăng ký`, `địa lí` and `địa lý`, `quí` and `quý` are one word each.
/// `thúy`, `tuy` and a `y` by itself are other sounds and stay.
pub fn final_i(syllable: &str) -> String {
    let mut chars = syllable.chars();
    let last = chars.next_back();
    let sound = last.and_then(|c| "yýỳỷỹỵ".chars().position(|y| y == c));
    let onset = chars.as_str();
    match sound.and_then(|at| "iíìỉĩị".chars().nth(at)) {
        Some(i) if matches!(onset, "h" | "k" | "l" | "m" | "s" | "t" | "qu") => {
            format!("{onset}{i}")
        }
        _ => syllable.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sound_has_one_spelling() {
        for (one, other) in [("ký", "kí"), ("lý", "lí"), ("quỹ", "quĩ"), ("ky", "ki")] {
            assert_eq!(final_i(one), final_i(other));
        }
    }

    #[test]
    fn other_sounds_stay() {
        for syllable in ["thúy", "tuy", "y", "ý", "chạy", "phí", ""] {
            assert_eq!(final_i(syllable), syllable);
        }
    }
}
