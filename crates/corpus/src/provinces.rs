//! Provinces and centrally run cities by their present and their former names
//! (`data/provinces.tsv`).

use std::collections::HashMap;
use std::sync::LazyLock;

const PROVINCES: &str = include_str!("../data/provinces.tsv");

static PRESENT: LazyLock<HashMap<String, &'static str>> =
    LazyLock::new(|| table().map(|(name, now)| (bare(name), now)).collect());

/// The present name of a province, whatever people call it: `tỉnh Đắk Lắk`, `dak lak`,
/// `Đắk Nông` (part of Lâm Đồng since 1 July 2025). `None` for what is no province.
pub fn present(name: &str) -> Option<&'static str> {
    PRESENT.get(&bare(name)).copied()
}

/// Every name with the name since 1 July 2025.
pub fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    PROVINCES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .map(|(name, now)| (name.trim(), now.trim()))
}

/// Folded, without the word that says that it is a province.
fn bare(name: &str) -> String {
    let folded = vitext::fold(&vitext::normalize(name)).to_lowercase();
    let folded = folded.trim();
    let bare = ["tinh ", "thanh pho ", "tp. ", "tp.", "tp "]
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix));
    bare.unwrap_or(folded).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_is_known_by_any_of_its_names() {
        for name in ["Đắk Lắk", "tỉnh Đắk Lắk", "dak lak", "Tỉnh Phú Yên"] {
            assert_eq!(present(name), Some("Đắk Lắk"), "{name}");
        }
        assert_eq!(present("TP. Hồ Chí Minh"), present("thành phố hồ chí minh"));
        assert_eq!(present("Gò Dầu"), None);
        let now: std::collections::HashSet<_> = table().map(|(_, now)| now).collect();
        assert_eq!(now.len(), 34);
        assert!(now.iter().all(|name| present(name) == Some(*name)));
    }
}
