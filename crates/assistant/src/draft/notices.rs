//! Remarks below an answer that depend on where the citizen is: former provinces, the
//! abolished district level, another province's version.

use std::sync::Arc;

use corpus::Scope;
use retrieval::same_province;

use super::Draft;
use crate::understanding::Understanding;

impl Draft {
    /// The citizen's province: the one named in this message, or earlier, or what the
    /// channel knows.
    pub(crate) fn settle(&mut self, masked: &str, known: Option<&str>) -> Option<String> {
        let named = self.rules.places.province(masked).map(str::to_owned);
        self.conversation.province = named.or(self.conversation.province.take());
        let named = self.conversation.province.clone();
        named.or_else(|| known.map(str::to_owned))
    }

    /// What is to be known beside the procedure answered from.
    pub(crate) fn add_notices(&mut self, understanding: &Understanding, province: Option<&str>) {
        let rules = Arc::clone(&self.rules);
        let intents = &rules.intents;
        if intents.names_district(&understanding.text) {
            let about = self.about.as_deref();
            let instead = about.and_then(|procedure| rules.places.instead(procedure));
            let lines = std::iter::once(intents.replies.district.clone()).chain(instead);
            self.notice(lines.collect::<Vec<_>>().join(" "));
        }
        for former in rules.places.notices(&understanding.text) {
            self.notice(former);
        }
        if let Some(procedure) = &self.about {
            match &procedure.scope {
                Scope::Province { name: Some(name) }
                    if !province.is_some_and(|own| same_province(own, name)) =>
                {
                    self.answer.notices.push(format!(
                        "Thủ tục này do {name} công bố; nơi khác có thể khác."
                    ));
                }
                Scope::Province { name: None } => {
                    self.answer
                        .notices
                        .push(intents.replies.other_province.clone());
                }
                Scope::Province { .. } | Scope::National => {}
            }
        }
    }
}
