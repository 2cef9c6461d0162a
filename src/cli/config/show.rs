//! What a configuration comes to, as a file that says the same.

use super::keys::Shape;
use super::resolve::{Setting, Source};
use toml::Value;

/// The settings as TOML, each with where it comes from; what nobody set stands in a comment.
pub(super) fn render(settings: &[Setting]) -> String {
    let mut text = String::new();
    let mut table = "";
    for setting in settings {
        let (place, name) = setting.key.place();
        if place != table {
            text.push_str(&format!("\n[{place}]\n"));
            table = place;
        }
        let origin = match &setting.source {
            Source::Flag => format!("--{}", setting.key.flag),
            Source::Variable(name) => name.clone(),
            Source::File(place) => place.clone(),
            Source::Default => "the default".to_owned(),
            Source::Nowhere => {
                text.push_str(&format!("# {name} is {}\n", setting.key.shape));
                continue;
            }
        };
        text.push_str(&format!("{name} = {}  # {origin}\n", value(setting)));
    }
    text
}

fn value(setting: &Setting) -> Value {
    let texts = setting.values.iter();
    let behind = |text: &String| text.split_once('=').map_or("", |(_, behind)| behind).to_owned();
    let first = || setting.values.first().cloned().unwrap_or_default();
    match setting.key.shape {
        Shape::Text | Shape::Path | Shape::Duration => first().into(),
        Shape::Number => number(&first()),
        Shape::Switch => (!setting.values.is_empty()).into(),
        Shape::List => Value::Array(texts.map(|text| Value::from(text.as_str())).collect()),
        Shape::Of(_) => behind(&first()).into(),
        Shape::Variable(_) => format!("${}", behind(&first())).into(),
        Shape::Table => serde_json::from_str::<Value>(&first()).unwrap_or_else(|_| first().into()),
        Shape::Pairs([left, right]) => {
            let table = |text: &String| {
                let (a, b) = text.split_once('=').unwrap_or((text, ""));
                Value::Table(
                    [(left, a), (right, b)]
                        .map(|(key, text)| (key.to_owned(), Value::from(text)))
                        .into_iter()
                        .collect(),
                )
            };
            Value::Array(texts.map(table).collect())
        }
    }
}

fn number(text: &str) -> Value {
    text.parse::<i64>()
        .map(Value::from)
        .or_else(|_| text.parse::<f64>().map(Value::from))
        .unwrap_or_else(|_| text.into())
}
