//! Three-state values: what the source says, what it leaves out, and what we never fetched.
//!
//! "The source is silent" must never read as "free" or "none", so every optional
//! field of a record is a [`Known`]. In JSON a present value is itself, silence is
//! `null`, and a field that the source's layout cannot carry is absent.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An optional field of a record: present, silent or not fetched.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Known<T> {
    /// The source states this value.
    Present(T),
    /// The source has the field and says nothing in it (JSON `null`).
    Silent,
    /// The source's layout does not carry this field (absent in JSON).
    #[default]
    NotFetched,
}

impl<T> Known<T> {
    /// The value, when the source states one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Silent | Self::NotFetched => None,
        }
    }

    /// True when the source states a value.
    pub fn is_present(&self) -> bool {
        matches!(self, Self::Present(_))
    }

    /// True when the source's layout cannot carry the field.
    pub fn is_not_fetched(&self) -> bool {
        matches!(self, Self::NotFetched)
    }

    /// The state alone, as contracts print it.
    pub fn state(&self) -> State {
        match self {
            Self::Present(_) => State::Present,
            Self::Silent => State::Silent,
            Self::NotFetched => State::NotFetched,
        }
    }
}

impl<T> Known<Vec<T>> {
    /// Every element, none when silent or not fetched.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.value().map_or(&[][..], Vec::as_slice).iter()
    }

    /// `Present` when there is an element, else `Silent`: for lists read from a
    /// source that has the field.
    pub fn from_list(list: Vec<T>) -> Self {
        if list.is_empty() {
            Self::Silent
        } else {
            Self::Present(list)
        }
    }
}

impl<'a, T> IntoIterator for &'a Known<Vec<T>> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Which of the three states a field is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The source states a value.
    Present,
    /// The source says nothing.
    Silent,
    /// The field is not in our data.
    NotFetched,
}

impl<T: Serialize> Serialize for Known<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Known<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<T>::deserialize(deserializer)
            .map(|value| value.map_or(Self::Silent, Self::Present))
    }
}

impl<T: JsonSchema> JsonSchema for Known<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Known_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}
