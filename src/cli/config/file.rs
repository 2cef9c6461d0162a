//! Reads the configuration file: every value becomes what its flag would have been given.

use super::keys::{KEYS, Key, Shape};
use crate::cli::error::CliError;
use crate::cli::nearest::nearest;
use std::fs;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The file that is read if nobody names another.
pub(super) const USUAL: &str = "fnconform.toml";

/// A key as the file has it.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) key: &'static Key,
    /// The line, from 1.
    pub(super) line: usize,
    /// What its flag is given, each time; a switch that is on is given nothing once.
    pub(super) values: Vec<String>,
}

/// A configuration file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) given: Vec<Given>,
}

/// Reads it.
pub(super) fn read(path: &Path) -> Result<File, CliError> {
    let text = fs::read_to_string(path).map_err(|error| {
        CliError::usage(format!("cannot read {}: {error}", path.display())).hint("--config names another file")
    })?;
    let given = parse(&text, path)?;
    Ok(File { path: path.to_owned(), given })
}

fn parse(text: &str, path: &Path) -> Result<Vec<Given>, CliError> {
    let reader = Reader { text, path };
    let document = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        reader.wrong(at, error.message().trim()).hint("it is TOML: `key = value`, and `[table]` before the keys of one")
    })?;
    let mut given = Vec::new();
    reader.table("", document.get_ref(), &mut given)?;
    Ok(given)
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
    }

    fn wrong(&self, at: usize, what: &str) -> CliError {
        CliError::usage(format!("{}:{}: {what}", self.path.display(), self.line(at)))
    }

    /// Takes in the keys of a table of that name.
    fn table(&self, name: &str, table: &DeTable<'_>, given: &mut Vec<Given>) -> Result<(), CliError> {
        for (word, value) in table {
            let at = word.span().start;
            let path = if name.is_empty() { word.get_ref().to_string() } else { format!("{name}.{}", word.get_ref()) };
            let key = KEYS.iter().find(|key| key.path == path);
            let is_table = KEYS.iter().any(|key| key.place().0 == path);
            match (key, value.get_ref()) {
                (Some(key), _) => {
                    let values = self.values(key, value)?;
                    given.push(Given { key, line: self.line(at), values });
                }
                (None, DeValue::Table(inner)) if is_table && name.is_empty() => self.table(&path, inner, given)?,
                (None, _) if is_table => return Err(self.wrong(at, &format!("`{path}` is a table: write `[{path}]`"))),
                (None, _) => return Err(self.wrong(at, &format!("there is no key `{path}`")).hint(near(&path))),
            }
        }
        Ok(())
    }

    /// What the flag of a key is given.
    fn values(&self, key: &Key, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, CliError> {
        let mismatch = || self.wrong(value.span().start, &format!("`{}` is {}", key.path, key.shape));
        let texts = match (key.shape, value.get_ref()) {
            (Shape::Text | Shape::Duration, DeValue::String(text)) => vec![text.to_string()],
            (Shape::Path, DeValue::String(text)) => {
                let folder = self.path.parent().unwrap_or(Path::new(""));
                vec![folder.join(&**text).display().to_string()]
            }
            (Shape::Number, DeValue::Integer(number)) => vec![number.as_str().replace('_', "")],
            (Shape::Number, DeValue::Float(number)) => vec![number.as_str().replace('_', "")],
            (Shape::Switch, DeValue::Boolean(true)) => vec![String::new()],
            (Shape::Switch, DeValue::Boolean(false)) => Vec::new(),
            (Shape::List, DeValue::Array(items)) => {
                let text = |item: &Spanned<DeValue<'_>>| item.get_ref().as_str().map(str::to_owned);
                items.iter().map(text).collect::<Option<_>>().ok_or_else(mismatch)?
            }
            (Shape::Of(word), DeValue::String(text)) => vec![format!("{word}={text}")],
            (Shape::Variable(word), DeValue::String(text)) => match text.strip_prefix('$') {
                Some(name) if !name.is_empty() => vec![format!("{word}={name}")],
                _ => {
                    return Err(mismatch().hint(
                        "a secret does not stand in a file: put it into an environment variable, and name that",
                    ));
                }
            },
            (Shape::Table, DeValue::Table(_)) => vec![json(value.get_ref()).ok_or_else(mismatch)?.to_string()],
            (Shape::Pairs(words), DeValue::Array(items)) => {
                items.iter().map(|item| pair(item.get_ref(), words)).collect::<Option<_>>().ok_or_else(mismatch)?
            }
            _ => return Err(mismatch()),
        };
        Ok(texts)
    }
}

/// `FIRST=SECOND` of a table with these two keys and no other.
fn pair(value: &DeValue<'_>, [first, second]: [&str; 2]) -> Option<String> {
    let table = value.as_table()?;
    let text = |key: &str| table.get(key)?.get_ref().as_str();
    (table.len() == 2).then_some(())?;
    Some(format!("{}={}", text(first)?, text(second)?))
}

/// The value as JSON; `None` for what JSON cannot say.
fn json(value: &DeValue<'_>) -> Option<serde_json::Value> {
    Some(match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix()).ok()?.into(),
        DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok()?.into(),
        DeValue::Boolean(boolean) => (*boolean).into(),
        DeValue::Datetime(time) => time.to_string().into(),
        DeValue::Array(items) => items.iter().map(|item| json(item.get_ref())).collect::<Option<Vec<_>>>()?.into(),
        DeValue::Table(table) => {
            let entry = |(key, value): (&Spanned<_>, &Spanned<DeValue<'_>>)| {
                Some((
                    AsRef::<str>::as_ref(key.get_ref() as &std::borrow::Cow<'_, str>).to_owned(),
                    json(value.get_ref())?,
                ))
            };
            table.iter().map(entry).collect::<Option<serde_json::Map<_, _>>>()?.into()
        }
    })
}

fn near(path: &str) -> String {
    let known: Vec<&'static str> = KEYS.iter().map(|key| key.path).collect();
    let all = "`fnconform config` shows all keys";
    match nearest(path, &known).first() {
        Some(near) => format!("did you mean `{near}`? {all}"),
        None => all.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(text: &str) -> Vec<(usize, &'static str, Vec<String>)> {
        let given = parse(text, Path::new("a/fnconform.toml")).unwrap_or_else(|error| panic!("{error}"));
        given.into_iter().map(|given| (given.line, given.key.flag, given.values)).collect()
    }

    fn refusal(text: &str) -> String {
        parse(text, Path::new("fnconform.toml")).expect_err(text).to_string()
    }

    #[test]
    fn every_value_becomes_what_its_flag_is_given() {
        let text = "endpoint = \"http://h:1\"\n\n[levers]\nidle = \"./idle.sh {function}\"\nidle_after = '90s'\n\
                    [run]\nseed = 1_000\nfail_fast = true\nkeep = false\nout = 'results'\nonly = ['update.*', 'api.*']\n";
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let mut found = flags(text);
        found.sort();
        assert_eq!(
            found,
            [
                (1, "endpoint", owned(&["http://h:1"])),
                (4, "lever", owned(&["idle=./idle.sh {function}"])),
                (5, "idle-after", owned(&["90s"])),
                (7, "seed", owned(&["1000"])),
                (8, "fail-fast", owned(&[""])),
                (9, "keep", owned(&[])),
                (10, "out", owned(&["a/results"])),
                (11, "run", owned(&["update.*", "api.*"])),
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, expected) in [
            (
                "\nendpiont = 'x'",
                "error: fnconform.toml:2: there is no key `endpiont`\nhint: did you mean `endpoint`? `fnconform config` \
                 shows all keys",
            ),
            (
                "[levers]\nidle_afte = '1s'",
                "error: fnconform.toml:2: there is no key `levers.idle_afte`\nhint: did you mean `levers.idle_after`? \
                 `fnconform config` shows all keys",
            ),
            ("[run]\nseed = 'one'", "error: fnconform.toml:2: `run.seed` is a number"),
            ("run = 3", "error: fnconform.toml:1: `run` is a table: write `[run]`"),
            ("[run]\nonly = ['a', 3]", "error: fnconform.toml:2: `run.only` is a list of strings"),
        ] {
            assert_eq!(refusal(text), expected);
        }
        let broken = refusal("endpoint = \n");
        assert!(broken.starts_with("error: fnconform.toml:1: "), "{broken}");
    }
}
