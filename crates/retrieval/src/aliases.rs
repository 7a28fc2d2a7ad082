//! What citizens call a procedure, by its code: the lists of `corpus/lexicon/aliases/`.
//!
//! They serve whatever corpus holds the code, imported records above all: those come
//! without a word of everyday speech.

use std::collections::HashMap;
use std::sync::LazyLock;

const LISTS: [&str; 4] = [
    include_str!("../../../corpus/lexicon/aliases/people.tsv"),
    include_str!("../../../corpus/lexicon/aliases/land.tsv"),
    include_str!("../../../corpus/lexicon/aliases/business.tsv"),
    include_str!("../../../corpus/lexicon/aliases/society.tsv"),
];

static BY_CODE: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let mut by_code: HashMap<_, Vec<_>> = HashMap::new();
    for (code, alias) in LISTS.into_iter().flat_map(rows) {
        by_code.entry(code).or_default().push(alias);
    }
    by_code
});

/// Aliases of a code, none for most.
pub(crate) fn of(code: &str) -> &'static [&'static str] {
    BY_CODE.get(code).map_or(&[], Vec::as_slice)
}

/// `code,code<TAB>alias|alias`: every pair.
fn rows(list: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let columns = lines.filter_map(|line| line.split_once('\t'));
    columns.flat_map(|(codes, aliases)| {
        let pair = move |code| aliases.split('|').map(move |alias| (code, alias));
        codes.split(',').flat_map(pair)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_is_well_formed_and_no_alias_stands_twice() {
        let mut known: HashMap<&str, &str> = HashMap::new();
        for line in LISTS.into_iter().flat_map(str::lines) {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (codes, aliases) = line.split_once('\t').expect(line);
            for code in codes.split(',') {
                let digits = code.replace('.', "");
                assert!(code.len() == 8 && digits.len() == 7, "{line}");
            }
            let all: Vec<&str> = aliases.split('|').collect();
            assert_eq!(
                all.iter().collect::<HashSet<_>>().len(),
                all.len(),
                "{line}"
            );
            for alias in all {
                assert_eq!(vitext::normalize(alias), alias, "{line}");
                assert!(alias.trim() == alias && alias.len() > 2, "{line}");
                let before = known.insert(alias, codes);
                assert_eq!(before, None, "{alias}: two rows");
            }
        }
        assert!(known.len() > 1_000);
    }
}
