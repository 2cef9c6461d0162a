//! Levers that are programs of the user's: `idle = "./idle.sh {function}"`.
//!
//! A command is split into words as a shell would, without being given to one; then its placeholders are filled in. Exit
//! code 0 means that it is done, any other that nothing was. A command that takes too long is killed, with all that it
//! started, and may have done anything.
//!
//! A command that puts a program under an image may be told the digest (`{code}`), where the endpoint takes any text for
//! one. If it is not, it writes the digest that it came to as the first line of its output, and the program answers with
//! `{revision}`. It must not know which endpoint the commands act on.

use super::process::{Outcome, run};
use super::{Effect, Idling, Images, LeverSet, Meanwhile, code, lever_for};
use crate::driver::RequestTag;
use crate::history::{Condition, Content, Name};
use crate::requirement::Lever;
use futures_util::future::{BoxFuture, FutureExt};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What can be filled in, and for which levers.
const PLACEHOLDERS: [&str; 4] = ["{function}", "{image}", "{revision}", "{code}"];

/// Why a command cannot be a lever.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// It is no command line.
    #[error("the command of the lever {lever} cannot be split into words: {reason}")]
    Words {
        /// Whose command.
        lever: Lever,
        /// What is wrong with it.
        reason: String,
    },
    /// There is nothing in it.
    #[error("the command of the lever {0} is empty")]
    Empty(Lever),
    /// It does not say what it is about.
    #[error("the command of the lever {lever} is not told {missing}")]
    Untold {
        /// Whose command.
        lever: Lever,
        /// The placeholder that it lacks.
        missing: &'static str,
    },
    /// It has a placeholder that there is not.
    #[error("the command of the lever {lever} has {placeholder}, which stands for nothing there")]
    Placeholder {
        /// Whose command.
        lever: Lever,
        /// As it was written.
        placeholder: String,
    },
}

impl CommandError {
    /// What to do about it.
    #[must_use]
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Words { .. } => "close what was quoted; there is no shell, so `sh -c '…'` if you need one",
            Self::Empty(_) => "leave it out, or name a program",
            Self::Untold { lever: Lever::Idle, .. } => "write for example `./idle.sh {function}`",
            Self::Untold { .. } => "write for example `./publish.sh {image} {revision}`",
            Self::Placeholder { lever: Lever::Idle, .. } => "idle is told {function}",
            Self::Placeholder { .. } => "levers on images are told {image}, {revision} and {code}",
        }
    }
}

/// A command as it was configured: words with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command(Vec<String>);

impl Command {
    /// Reads the command of a lever.
    ///
    /// # Errors
    /// If it can be none.
    pub fn parse(lever: Lever, text: &str) -> Result<Self, CommandError> {
        let words =
            shell_words::split(text).map_err(|error| CommandError::Words { lever, reason: error.to_string() })?;
        if words.is_empty() {
            return Err(CommandError::Empty(lever));
        }
        let needed = if lever == Lever::Idle { "{function}" } else { "{image}" };
        let known = |placeholder: &str| PLACEHOLDERS.contains(&placeholder);
        let fits = |placeholder: &str| known(placeholder) && (placeholder == "{function}") == (lever == Lever::Idle);
        for placeholder in words.iter().flat_map(|word| placeholders(word)) {
            if !fits(placeholder) {
                return Err(CommandError::Placeholder { lever, placeholder: placeholder.to_owned() });
            }
        }
        let command = Self(words);
        if command.is_told(needed) { Ok(command) } else { Err(CommandError::Untold { lever, missing: needed }) }
    }

    fn is_told(&self, placeholder: &str) -> bool {
        self.0.iter().any(|word| word.contains(placeholder))
    }

    fn filled(&self, values: &[(&str, &str)]) -> Vec<String> {
        let fill = |word: &String| values.iter().fold(word.clone(), |word, (name, value)| word.replace(name, value));
        self.0.iter().map(fill).collect()
    }
}

/// What in a word looks like a placeholder: lower-case letters in braces.
fn placeholders(word: &str) -> impl Iterator<Item = &str> {
    word.match_indices('{').filter_map(|(start, _)| {
        let end = start + word[start..].find('}')?;
        let name = &word[start + 1..end];
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase());
        is_name.then(|| &word[start..=end])
    })
}

/// Levers that are commands.
#[derive(Debug)]
pub struct Commands {
    commands: BTreeMap<Lever, Command>,
    time_out: Duration,
    /// The digest that each revision came to, where the commands say it.
    digests: Mutex<BTreeMap<Name, Name>>,
}

impl Commands {
    /// The levers of these commands, each of which is killed after so long.
    #[must_use]
    pub fn new(commands: BTreeMap<Lever, Command>, time_out: Duration) -> Self {
        Self { commands, time_out, digests: Mutex::default() }
    }

    /// Whether there is one for an image.
    #[must_use]
    pub fn has_images(&self) -> bool {
        self.commands.keys().any(|lever| *lever != Lever::Idle)
    }

    /// Whether there is one that leaves a function idle.
    #[must_use]
    pub fn has_idle(&self) -> bool {
        self.commands.contains_key(&Lever::Idle)
    }

    /// Whether the suite chooses the digests.
    fn chooses(&self) -> bool {
        self.commands.get(&Lever::Publish).is_some_and(|command| command.is_told("{code}"))
    }

    fn digest_of(&self, revision: &str) -> Option<Name> {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner).get(revision).cloned()
    }

    /// The revision that a code, as [`Images::code`] named it, is of.
    fn revision_of(&self, code: &Name) -> Name {
        let digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
        let known = digests.iter().find(|(_, digest)| *digest == code).map(|(revision, _)| revision.clone());
        known.unwrap_or_else(|| code.strip_prefix(STAND_IN).unwrap_or(code).into())
    }

    async fn set_to(&self, image: &str, content: &Content) -> Effect {
        let lever = lever_for(content);
        let Some(command) = self.commands.get(&lever) else {
            return Effect::Impossible(format!("there is no command for the lever {lever}"));
        };
        let code = content.code.clone().unwrap_or_else(|| "".into());
        let revision = self.revision_of(&code);
        let words = command.filled(&[("{image}", image), ("{revision}", &revision), ("{code}", &code)]);
        let digest_is_open = !self.chooses() && content.condition != Condition::Missing;
        match run(&words, self.time_out).await {
            Outcome::Done(output) if digest_is_open => self.came_to(lever, &revision, &output),
            Outcome::Done(_) => Effect::Done,
            // It may have come half of its way.
            Outcome::Failed(said) | Outcome::Unknown(said) if digest_is_open => Effect::Untold(said),
            Outcome::Failed(said) => Effect::Refused(said),
            Outcome::Unknown(reason) => Effect::Unknown(reason),
        }
    }

    /// Reads the digest that a command came to; one that wrote none left it as it was.
    fn came_to(&self, lever: Lever, revision: &Name, output: &str) -> Effect {
        let line = output.lines().map(str::trim).find(|line| !line.is_empty());
        match (line, self.digest_of(revision)) {
            (None, Some(known)) => Effect::Published(known),
            (None, None) => Effect::Untold(format!("the command of the lever {lever} wrote no digest")),
            (Some(line), _) if !code::is_code(line) => {
                let line: String = line.chars().take(80).collect();
                Effect::Untold(format!("the command of the lever {lever} wrote {line:?} for a digest"))
            }
            (Some(line), _) => {
                let digest = Name::from(line);
                let mut digests = self.digests.lock().unwrap_or_else(PoisonError::into_inner);
                digests.insert(revision.clone(), digest.clone());
                Effect::Published(digest)
            }
        }
    }
}

/// What stands before a revision whose digest is not known yet.
const STAND_IN: &str = "unpublished:";

impl Images for Commands {
    fn offered(&self) -> LeverSet {
        self.commands.keys().copied().collect()
    }

    fn code(&self, revision: &str) -> Name {
        if self.chooses() {
            return code::digest(revision);
        }
        self.digest_of(revision).unwrap_or_else(|| format!("{STAND_IN}{revision}").into())
    }

    fn served(&self, reply: &str) -> Option<Name> {
        Some(self.digest_of(reply).unwrap_or_else(|| code::cut(reply)))
    }

    fn set<'a>(
        &'a self,
        image: &'a str,
        content: &'a Content,
        _: Meanwhile,
        _: &'a RequestTag,
        _: Duration,
    ) -> BoxFuture<'a, Effect> {
        self.set_to(image, content).boxed()
    }
}

impl Idling for Commands {
    fn leave<'a>(&'a self, function: &'a str, _: &'a RequestTag, _: Duration) -> BoxFuture<'a, Effect> {
        async move {
            let Some(command) = self.commands.get(&Lever::Idle) else {
                return Effect::Impossible("there is no command for the lever idle".to_owned());
            };
            match run(&command.filled(&[("{function}", function)]), self.time_out).await {
                Outcome::Done(_) => Effect::Done,
                // A refusal is what a function that is not there would get; this is to be seen.
                Outcome::Failed(reason) | Outcome::Unknown(reason) => Effect::Unknown(reason),
            }
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests;
