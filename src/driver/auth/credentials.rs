//! Who signs: an id, a secret, and for temporary credentials a token; and where they are found.
//!
//! What is secret is never shown: neither `Debug` nor an error has it. It must not know what a signature is.

use std::fmt;

/// What identifies whoever signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    id: String,
    secret: String,
    token: Option<String>,
    region: Option<String>,
}

/// The names of environment variables, for each part those in which it is looked for, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variables<'a> {
    /// The id of the key.
    pub id: &'a [&'a str],
    /// The secret.
    pub secret: &'a [&'a str],
    /// The token of temporary credentials.
    pub token: &'a [&'a str],
    /// The region that is signed, for schemes that sign one.
    pub region: &'a [&'a str],
}

/// Credentials, and the names of the variables that they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The credentials.
    pub credentials: Credentials,
    /// The variables, in the order id, secret, token, region.
    pub names: Vec<String>,
}

/// Why there are no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// One half is there.
    #[error("{there} is set, and {missing} is not")]
    Half {
        /// The variable that is set.
        there: String,
        /// The variables of which one should be.
        missing: String,
    },
    /// A part is empty, or has characters that no header can have; which ones is not said.
    #[error("the {part} is not printable ASCII without blanks at its ends")]
    Unprintable {
        /// Which part.
        part: &'static str,
    },
}

impl Credentials {
    /// Credentials of these parts.
    ///
    /// # Errors
    /// When a part is not what can stand in a header.
    pub fn new(
        id: String,
        secret: String,
        token: Option<String>,
        region: Option<String>,
    ) -> Result<Self, CredentialsError> {
        let parts =
            [("id", Some(&id)), ("secret", Some(&secret)), ("token", token.as_ref()), ("region", region.as_ref())];
        let unprintable = |(_, text): &(&str, Option<&String>)| text.is_some_and(|text| !is_printable(text));
        if let Some((part, _)) = parts.iter().find(|part| unprintable(part)) {
            return Err(CredentialsError::Unprintable { part });
        }
        Ok(Self { id, secret, token, region })
    }

    /// The id of the key, which every request shows.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The secret, for signing and for nothing else.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The token of temporary credentials, for the request and for nothing else.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// The region that is signed, if it was said.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The credentials in variables of an environment; `None` if neither id nor secret is there.
    ///
    /// An empty variable is as good as none, as it is for the vendors' tools.
    ///
    /// # Errors
    /// When one of id and secret is there without the other, or a part cannot be one.
    pub fn find(
        variables: &Variables<'_>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Found>, CredentialsError> {
        let read = |names: &[&str]| {
            let mut set = names.iter().filter_map(|name| Some((*name, environment(name)?)));
            set.find(|(_, value)| !value.is_empty()).map(|(name, value)| (name.to_owned(), value))
        };
        let half =
            |there: String, missing: &[&str]| Err(CredentialsError::Half { there, missing: missing.join(" or ") });
        let ((id_name, id), (secret_name, secret)) = match (read(variables.id), read(variables.secret)) {
            (None, None) => return Ok(None),
            (Some((name, _)), None) => return half(name, variables.secret),
            (None, Some((name, _))) => return half(name, variables.id),
            (Some(id), Some(secret)) => (id, secret),
        };
        let (token, region) = (read(variables.token), read(variables.region));
        let names = [id_name, secret_name]
            .into_iter()
            .chain([&token, &region].into_iter().flatten().map(|(name, _)| name.clone()));
        let names = names.collect();
        let value = |found: Option<(String, String)>| found.map(|(_, value)| value);
        Ok(Some(Found { credentials: Self::new(id, secret, value(token), value(region))?, names }))
    }
}

fn is_printable(text: &str) -> bool {
    text.trim() == text && !text.is_empty() && text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, secret: _, token, region } = self;
        let mut shown = f.debug_struct("Credentials");
        shown.field("id", id).field("secret", &"…").field("token", &token.as_ref().map(|_| "…"));
        shown.field("region", region).finish()
    }
}

impl fmt::Display for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)?;
        if self.token.is_some() { f.write_str(" (temporary)") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: Variables<'static> =
        Variables { id: &["ID"], secret: &["SECRET"], token: &["TOKEN"], region: &["REGION", "DEFAULT_REGION"] };

    fn found(environment: &[(&str, &str)]) -> Result<Option<Found>, CredentialsError> {
        let lookup =
            |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        Credentials::find(&VARIABLES, &lookup)
    }

    #[test]
    fn what_is_set_is_found_with_the_names_of_where() {
        let set = [("ID", "i"), ("SECRET", "s"), ("TOKEN", "t"), ("REGION", ""), ("DEFAULT_REGION", "r")];
        let all = found(&set).unwrap().unwrap();
        assert_eq!(all.names, ["ID", "SECRET", "TOKEN", "DEFAULT_REGION"]);
        assert_eq!((all.credentials.token(), all.credentials.region()), (Some("t"), Some("r")));
        assert_eq!(found(&set[..2]).unwrap().unwrap().names, ["ID", "SECRET"]);
        assert_eq!(found(&set[2..]).unwrap(), None);
        assert_eq!(found(&[("ID", ""), ("SECRET", "")]).unwrap(), None);
    }

    #[test]
    fn a_half_and_what_cannot_be_sent_are_errors_that_show_no_value() {
        for (set, said) in [
            (&[("ID", "i")][..], "ID is set, and SECRET is not"),
            (&[("SECRET", "s"), ("TOKEN", "t")], "SECRET is set, and ID is not"),
            (&[("ID", "i"), ("SECRET", "hidden\n")], "the secret is not printable ASCII without blanks at its ends"),
            (
                &[("ID", "i"), ("SECRET", "s"), ("TOKEN", "ä")],
                "the token is not printable ASCII without blanks at its ends",
            ),
        ] {
            assert_eq!(found(set).unwrap_err().to_string(), said);
        }
    }

    #[test]
    fn no_rendering_shows_what_is_secret() {
        let [id, secret, token] = ["the-id", "the-secret", "the-token"].map(str::to_owned);
        let credentials = Credentials::new(id, secret, Some(token), None).unwrap();
        let shown = format!("{credentials} {credentials:?} {credentials:#?}");
        assert!(shown.contains("the-id") && !shown.contains("the-secret") && !shown.contains("the-token"), "{shown}");
    }
}
