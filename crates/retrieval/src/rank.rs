//! Ranking by what words cannot tell: level, scope and province.
//!
//! 109 names are shared by 452 records, and land procedures repeat under up to ten
//! provincial codes. The commune and the whole country come first when nothing else
//! decides; the citizen's own province goes before both.

use corpus::{Level, Scope};

use crate::manifest::Entry;

/// Shares by which a record's text score is raised or lowered. Small: they settle
/// near-ties and must not lift a wrong procedure over the right one.
const COMMUNE: f32 = 0.04;
const NATIONAL: f32 = 0.05;
const OWN_PROVINCE: f32 = 0.15;
const OTHER_PROVINCE: f32 = -0.10;

/// Who is asking, as far as ranking cares.
pub(crate) struct Asker {
    province: Option<String>,
}

impl Asker {
    pub(crate) fn new(province: Option<&str>) -> Self {
        Self {
            province: province.map(province_key),
        }
    }

    /// Share of the text score that the scope adds or takes.
    pub(crate) fn scope_share(&self, entry: &Entry) -> f32 {
        match (&entry.scope, &self.province) {
            (Scope::National, _) => NATIONAL,
            (Scope::Province { name: Some(name) }, Some(own)) if province_key(name) == *own => {
                OWN_PROVINCE
            }
            (Scope::Province { .. }, Some(_)) => OTHER_PROVINCE,
            (Scope::Province { .. }, None) => 0.0,
        }
    }
}

/// Share of the text score that the level adds.
pub(crate) fn level_share(entry: &Entry) -> f32 {
    if entry.level() == Level::Xa {
        COMMUNE
    } else {
        0.0
    }
}

/// `Tỉnh Đắk Lắk`, `đắk lắk` and `Dak Lak` are one province.
fn province_key(name: &str) -> String {
    let folded = vitext::fold(&vitext::normalize(name));
    let folded = folded.trim();
    let bare = ["tinh ", "thanh pho ", "tp. ", "tp "]
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix));
    bare.unwrap_or(folded).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(scope: Scope) -> Entry {
        Entry {
            code: "1.000001".into(),
            name: "Tách thửa đất".into(),
            levels: vec![Level::Tinh],
            field: "Đất đai".into(),
            scope,
            named_only: false,
        }
    }

    #[test]
    fn the_own_province_goes_before_the_country_and_that_before_others() {
        let named = |name: &str| Scope::Province {
            name: Some(name.into()),
        };
        let asker = Asker::new(Some("tỉnh Đắk Lắk"));
        let own = asker.scope_share(&entry(named("Đắk Lắk")));
        let country = asker.scope_share(&entry(Scope::National));
        let other = asker.scope_share(&entry(named("Lâm Đồng")));
        assert!(own > country && country > other);
    }

    #[test]
    fn provinces_are_compared_by_their_bare_names() {
        assert_eq!(province_key("Tỉnh Đắk Lắk"), province_key("dak lak"));
        let city = province_key("Thành phố Hồ Chí Minh");
        assert_eq!(province_key("TP. Hồ Chí Minh"), city);
    }
}
