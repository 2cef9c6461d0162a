//! The JSON Schema of the configuration file, made of the keys and of what their flags say of themselves.

use super::keys::{KEYS, Key, Shape};
use clap::Command;
use serde_json::{Map, Value, json};

/// The schema; the texts are those of the flags of this subcommand.
pub(super) fn schema(run: &Command) -> Value {
    let mut properties = Map::new();
    for key in KEYS {
        let (table, name) = key.place();
        let described = described(run, key);
        if table.is_empty() {
            properties.insert(name.to_owned(), described);
        } else {
            let inner = properties.entry(table).or_insert_with(|| object(json!({})));
            inner["properties"][name] = described;
        }
    }
    let mut schema = object(Value::Object(properties));
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    schema["title"] = "fnconform.toml".into();
    schema
}

fn object(properties: Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn described(run: &Command, key: &Key) -> Value {
    let mut value = match key.shape {
        Shape::Text | Shape::Path | Shape::Of(_) => json!({ "type": "string" }),
        Shape::Number => json!({ "type": "number", "minimum": 0 }),
        Shape::Duration => json!({ "type": "string", "pattern": "^[0-9.]+(us|ms|s|m|h)$" }),
        Shape::Switch => json!({ "type": "boolean" }),
        Shape::List => json!({ "type": "array", "items": { "type": "string" } }),
        Shape::Table => json!({ "type": "object" }),
        Shape::Variable(_) => json!({ "type": "string", "pattern": "^\\$." }),
        Shape::Pairs(words) => {
            let properties: Map<String, Value> =
                words.iter().map(|word| ((*word).to_owned(), json!({ "type": "string" }))).collect();
            let mut item = object(Value::Object(properties));
            item["required"] = json!(words);
            json!({ "type": "array", "items": item })
        }
    };
    let arg = run.get_arguments().find(|arg| arg.get_long() == Some(key.flag));
    if let Some(help) = arg.and_then(clap::Arg::get_help) {
        value["description"] = help.to_string().into();
    }
    let choices = arg.map(|arg| arg.get_possible_values()).unwrap_or_default();
    if key.shape == Shape::Text && !choices.is_empty() {
        value["enum"] = choices.iter().map(|choice| choice.get_name().to_owned()).collect();
    }
    value
}
