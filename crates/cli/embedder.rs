//! The embedder for the commands that search: found, loaded and given to a snapshot.
//! Without one, search goes by words alone.

use anyhow::Context;
use model::manifest::{Manifest, Role};
use model::{Encoder, locate};
use retrieval::{SharedEmbedder, Snapshot};

use crate::progress::say;

/// Loads the embedder that `model pull` fetched; the error says how to get it.
pub fn load() -> anyhow::Result<Encoder> {
    let manifest = Manifest::embedded().context("models/manifest.toml")?;
    let entry = manifest
        .of(Role::Embedder)
        .context("models/manifest.toml")?;
    Ok(Encoder::load(&locate::find_fetched(entry)?)?)
}

/// Lets a snapshot search by meaning where there are an embedder and vectors; says so in
/// one line where there are vectors that nothing can read.
pub fn attach(snapshot: &Snapshot) {
    if !snapshot.has_vectors() {
        return;
    }
    let Ok(entry) = Manifest::embedded().and_then(|m| m.of(Role::Embedder).cloned()) else {
        return;
    };
    // Not fetched: nothing to say, words are the normal way.
    let Ok(path) = locate::find_fetched(&entry) else {
        return;
    };
    let attached = Encoder::load(&path)
        .map_err(anyhow::Error::from)
        .and_then(|encoder| Ok(snapshot.attach(&SharedEmbedder::new(Box::new(encoder)))?));
    if let Err(error) = attached {
        say(&format!("{error:#}\nsearch goes by words alone"));
    }
}
