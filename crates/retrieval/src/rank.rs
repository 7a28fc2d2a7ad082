//! Ranking by what words cannot tell: level, scope and province.
//!
//! 109 names are shared by 452 records, and land procedures repeat under up to ten
//! provincial codes. The commune and the whole country come first when nothing else
//! decides; the citizen's own province goes before both.

use corpus::{Level, Scope};

use crate::document::phrase;
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

    /// Which copy of one procedure this asker should be shown first, the larger the better:
    /// one held in full, then the own province's, then the country's. Without a province
    /// the scores decide.
    pub(crate) fn preference(&self, entry: &Entry) -> (bool, u8) {
        let scope = match (&entry.scope, &self.province) {
            (Scope::Province { name: Some(name) }, Some(own)) if province_key(name) == *own => 2,
            (Scope::National, Some(_)) => 1,
            (Scope::Province { .. }, Some(_)) | (_, None) => 0,
        };
        (!entry.named_only, scope)
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

/// What a record held in full gains where others are known by name only: people ask an
/// installation for what it serves, and a name that says a little more of the question must
/// not hide the record that answers it. Our 115 records beside the names of the other 5,534,
/// hit@1 by words on our own development questions and on the national ones: 92.7 and 78.0
/// without, 93.6 and 77.5 with 0.1, 97.2 and 75.4 with this, 96.3 and 73.8 with 0.3.
const SERVED: f32 = 0.2;

/// Share of the text score that an entry gains by being held in full, beside others that
/// are not.
pub(crate) fn served_share(entry: &Entry) -> f32 {
    if entry.named_only { 0.0 } else { SERVED }
}

/// Share of the text score that the level adds.
pub(crate) fn level_share(entry: &Entry) -> f32 {
    if entry.level() == Level::Xa {
        COMMUNE
    } else {
        0.0
    }
}

/// `Tỉnh Đắk Lắk`, `dak lak` and `Phú Yên`, which is a part of it now, are one province.
pub fn same_province(one: &str, other: &str) -> bool {
    province_key(one) == province_key(other)
}

fn province_key(name: &str) -> String {
    corpus::provinces::present(name).map_or_else(|| phrase(name), str::to_owned)
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
        assert!(same_province("Phú Yên", "Đắk Lắk"), "joined in 2025");
        assert!(!same_province("Lâm Đồng", "Đắk Lắk"));
    }
}
