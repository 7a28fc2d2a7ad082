//! Provinces and centrally run cities by their present, former and everyday names
//! (`corpus/lexicon/places/provinces.tsv`). The district level ended on the day on which the
//! present provinces began.

use std::collections::HashMap;
use std::sync::LazyLock;

const PROVINCES: &str = include_str!("../../../corpus/lexicon/places/provinces.tsv");

/// ISO date on which the district level ended and the present provinces began.
pub const DISTRICTS_ENDED: &str = "2025-07-01";

/// The resolution that began them.
pub const RESOLUTION: &str = "202/2025/QH15";

/// One name of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Province {
    /// The name, without the word that says what it is.
    pub name: &'static str,
    /// The present name of where it lies.
    pub now: &'static str,
    /// `tỉnh` or `thành phố`, for a present one.
    pub kind: Option<&'static str>,
    /// ISO date since when the name is a former one.
    pub ended: Option<&'static str>,
    /// Number of the resolution that ended it, such as `202/2025/QH15`.
    pub source: Option<&'static str>,
    /// What people call it, separated by `|`; empty when nothing else.
    everyday: &'static str,
}

impl Province {
    /// Everyday and short names.
    pub fn everyday(&self) -> impl Iterator<Item = &'static str> {
        self.everyday.split('|').filter(|name| !name.is_empty())
    }

    /// True when the name is a present one.
    pub fn is_present(&self) -> bool {
        self.ended.is_none()
    }
}

static ALL: LazyLock<Vec<Province>> = LazyLock::new(|| {
    let lines = PROVINCES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(row).collect()
});

static PRESENT: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut present = HashMap::new();
    for province in all() {
        let names = std::iter::once(province.name).chain(province.everyday());
        present.extend(names.map(|name| (bare(name), province.now)));
    }
    present
});

fn row(line: &'static str) -> Option<Province> {
    let mut columns = line.split('\t').map(str::trim);
    let name = columns.next()?;
    let now = columns.next()?;
    let mut optional = || columns.next().filter(|column| *column != "-");
    Some(Province {
        name,
        now,
        kind: optional(),
        ended: optional(),
        source: optional(),
        everyday: optional().unwrap_or_default(),
    })
}

/// The present name of a province, whatever people call it: `tỉnh Đắk Lắk`, `dak lak`,
/// `Sài Gòn`, `Đắk Nông` (part of Lâm Đồng since 1 July 2025). `None` for what is no province.
pub fn present(name: &str) -> Option<&'static str> {
    PRESENT.get(&bare(name)).copied()
}

/// Every name, present and former.
pub fn all() -> &'static [Province] {
    &ALL
}

/// The names that became a present province when the district level ended, its own of before
/// first; one name where nothing was joined.
pub fn parts(now: &str) -> impl Iterator<Item = &'static Province> {
    let joined = |part: &&Province| part.ended.is_none_or(|date| date == DISTRICTS_ENDED);
    let parts = all().iter().filter(|part| part.now == now);
    let mut parts: Vec<_> = parts.filter(joined).collect();
    parts.sort_by_key(|part| !part.is_present());
    parts.into_iter()
}

/// `tỉnh` or `thành phố` before a present name.
pub fn titled(now: &str) -> String {
    let kind = all().iter().find(|p| p.name == now).and_then(|p| p.kind);
    kind.map_or_else(|| now.to_owned(), |kind| format!("{kind} {now}"))
}

/// Every name with the present one.
pub fn table() -> impl Iterator<Item = (&'static str, &'static str)> {
    all().iter().map(|province| (province.name, province.now))
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
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_province_is_known_by_any_of_its_names() {
        for name in ["Đắk Lắk", "tỉnh Đắk Lắk", "dak lak", "Tỉnh Phú Yên"] {
            assert_eq!(present(name), Some("Đắk Lắk"), "{name}");
        }
        for name in ["Sài Gòn", "TPHCM", "TP.HCM", "sg", "Bình Dương", "BRVT"] {
            assert_eq!(present(name), Some("Hồ Chí Minh"), "{name}");
        }
        assert_eq!(present("Hà Tây"), Some("Hà Nội"));
        assert_eq!(present("TP. Hồ Chí Minh"), present("thành phố hồ chí minh"));
        assert_eq!(present("Gò Dầu"), None);
    }

    #[test]
    fn thirty_four_are_left_of_sixty_three() {
        let of_kind = |kind| all().iter().filter(|p| p.kind == Some(kind)).count();
        assert_eq!((of_kind("tỉnh"), of_kind("thành phố")), (28, 6));
        let joined = all().iter().filter(|p| p.ended == Some(DISTRICTS_ENDED));
        // Of 63, 29 names ended on that day; Huế had taken its new name half a year before.
        assert_eq!(joined.count(), 29);
        let names: HashSet<_> = all().iter().map(|p| p.name).collect();
        assert_eq!(names.len(), all().len(), "no name stands twice");
        for province in all() {
            assert_eq!(present(province.now), Some(province.now), "{province:?}");
            assert_eq!(province.is_present(), province.name == province.now);
            assert_eq!(province.is_present(), province.source.is_none());
            assert_eq!(province.is_present(), province.kind.is_some());
        }
    }

    #[test]
    fn the_parts_of_a_present_province() {
        let parts: Vec<_> = parts("Hồ Chí Minh").map(|p| p.name).collect();
        assert_eq!(parts, ["Hồ Chí Minh", "Bà Rịa - Vũng Tàu", "Bình Dương"]);
        assert_eq!(super::parts("Hà Nội").count(), 1, "Hà Tây came earlier");
        assert_eq!(titled("Hồ Chí Minh"), "thành phố Hồ Chí Minh");
        assert_eq!(titled("An Giang"), "tỉnh An Giang");
    }
}
