//! Procedures to choose from, and one of which only the name is known.

use std::sync::Arc;

use corpus::Procedure;

use super::{Body, Draft};
use crate::answer::{Choice, Route};
use crate::card::{Sheet, reference};
use crate::compose;
use crate::decide::Found;
use crate::understanding::Understanding;
use crate::versions;

impl Draft {
    /// The procedure is known, its facts are not: no model, nothing to ask next about it.
    pub(super) fn name_only(&mut self, found: &[Found], understanding: &Understanding, sure: bool) {
        let top = &found[0];
        let procedure = Arc::clone(&top.procedure);
        let sheet = Sheet::named_only(procedure, top.score, &understanding.aspects);
        self.answer.route = Route::NoInformation;
        self.show(&sheet, found);
        let replies = &self.rules.intents.replies;
        self.body = Body::Fixed(compose::named_only(replies, &top.procedure, sure));
    }

    pub(super) fn offer(&mut self, found: &[Found]) {
        self.choose(found.iter().map(choice).collect());
        self.answer.procedures = found
            .iter()
            .map(|found| reference(&found.procedure, found.score))
            .collect();
    }

    /// Buttons, which a bare number answers too.
    pub(super) fn choose(&mut self, choices: Vec<Choice>) {
        self.conversation.pending.clone_from(&choices);
        self.answer.choices = choices;
    }

    /// Other copies of the procedure answered from, as buttons.
    pub(crate) fn offer_versions(&mut self, others: &[Arc<Procedure>]) {
        if others.is_empty() {
            return;
        }
        let choice = |procedure: &Arc<Procedure>| Choice {
            label: versions::label(procedure),
            send: procedure.code.clone(),
        };
        self.choose(others.iter().map(choice).collect());
        self.notice(self.rules.intents.replies.versions.clone());
    }
}

/// The button that picks a procedure.
pub(super) fn choice(found: &Found) -> Choice {
    let (name, level) = (&found.procedure.name, found.procedure.level().label());
    Choice {
        label: format!("{name} ({level})"),
        send: found.procedure.code.clone(),
    }
}
