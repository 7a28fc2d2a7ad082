//! The JSON Schema of a record, generated from the types, so that it cannot drift
//! from what is read. `corpus/procedure.schema.json` is this text; regenerate it
//! with `motcua lint --schema > corpus/procedure.schema.json`.

use schemars::schema_for;

use crate::error::CorpusError;
use crate::procedure::Procedure;

/// The schema as pretty JSON with a final line break.
pub fn record_schema() -> Result<String, CorpusError> {
    let schema = schema_for!(Procedure);
    let mut text = serde_json::to_string_pretty(&schema).map_err(|source| CorpusError::Encode {
        code: "schema".to_owned(),
        source,
    })?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_schema_is_the_generated_one() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../corpus/procedure.schema.json"
        );
        let committed = fs_err::read_to_string(path).expect("the schema is committed");
        let generated = record_schema().expect("the types have a schema");
        assert_eq!(
            committed, generated,
            "regenerate: motcua lint --schema > corpus/procedure.schema.json"
        );
    }
}
