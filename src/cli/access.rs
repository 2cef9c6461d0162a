//! The flag that says with which credentials an endpoint is driven. Their values never stand on a command line.

use super::error::CliError;
use crate::driver::Dialect;
use crate::driver::auth::{Credentials, CredentialsError, SCHEMES, Scheme, Signer, Variables, by_name};
use clap::Args;
use clap::builder::PossibleValuesParser;

/// With which credentials an endpoint is driven.
#[derive(Debug, Args)]
pub(super) struct Access {
    /// How requests are signed: `auto`, as the dialect says, if there are credentials in the environment; `none`, not
    /// at all; or by the scheme of that name, `acs3` or `aws4`, for which there must be credentials. They come from the
    /// variables of the vendors' tools: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for temporary
    /// ones, ALIBABA_CLOUD_SECURITY_TOKEN; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION
    #[arg(long, value_name = "auto|none|NAME", value_parser = words(), hide_possible_values = true)]
    #[arg(default_value = AUTO)]
    auth: String,

    /// The environment variable that has a part of the credentials, where it is another than that of the vendor's tools:
    /// `id=NAME`, `secret=NAME`, `token=NAME` or `region=NAME`. May be repeated
    #[arg(long = "credential", value_name = "PART=NAME")]
    parts: Vec<String>,
}

/// A part of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Id,
    Secret,
    Token,
    Region,
}

/// The part and the name that `PART=NAME` says.
fn part(text: &str) -> Result<(Part, &str), String> {
    let (word, name) = text.split_once('=').ok_or("write PART=NAME, for example `secret=MY_SECRET`")?;
    let part = match word {
        "id" => Part::Id,
        "secret" => Part::Secret,
        "token" => Part::Token,
        "region" => Part::Region,
        _ => return Err("there are id, secret, token and region".to_owned()),
    };
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with(|first: char| first.is_ascii_digit())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    // What is no name may be the secret itself, and is not repeated.
    if is_name(name) { Ok((part, name)) } else { Err("what is named is no environment variable".to_owned()) }
}

const AUTO: &str = "auto";
const NONE: &str = "none";

fn words() -> PossibleValuesParser {
    PossibleValuesParser::new([AUTO, NONE].into_iter().chain(SCHEMES.iter().map(|scheme| scheme.name())))
}

impl Access {
    /// What signs the requests to an endpoint of that dialect, if they are to be signed.
    pub(super) fn signer(&self, dialect: &dyn Dialect) -> Result<Option<Signer>, CliError> {
        for text in &self.parts {
            part(text).map_err(|reason| {
                CliError::usage(format!("--credential cannot be used: {reason}"))
                    .hint("it names the variable that has a part of the credentials, never the part itself")
            })?;
        }
        match self.auth.as_str() {
            NONE => Ok(None),
            AUTO => self.found(dialect.auth()),
            name => {
                let scheme = by_name(name).unwrap_or(dialect.auth());
                match self.found(scheme)? {
                    Some(signer) => Ok(Some(signer)),
                    None => Err(CliError::usage(format!("there are no credentials for --auth {name}"))
                        .hint(format!("set {}", self.needed(scheme)))),
                }
            }
        }
    }

    /// The names of the variables of a part: the one that was given, or else the usual ones.
    fn names<'a>(&'a self, wanted: Part, usual: &'a [&'a str]) -> Vec<&'a str> {
        let given = self.parts.iter().filter_map(|text| part(text).ok());
        let given: Vec<&str> = given.filter(|(of, _)| *of == wanted).map(|(_, name)| name).collect();
        if given.is_empty() { usual.to_vec() } else { given }
    }

    /// The signer of that scheme, if there are credentials in the environment.
    fn found(&self, scheme: &'static dyn Scheme) -> Result<Option<Signer>, CliError> {
        let usual = scheme.variables();
        let [id, secret] =
            [(Part::Id, usual.id), (Part::Secret, usual.secret)].map(|(part, usual)| self.names(part, usual));
        let [token, region] =
            [(Part::Token, usual.token), (Part::Region, usual.region)].map(|(part, usual)| self.names(part, usual));
        let variables = Variables { id: &id, secret: &secret, token: &token, region: &region };
        // What is no text is no credential, which is said of it like of any other that cannot be one.
        let environment = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        match Credentials::find(&variables, &environment) {
            Ok(found) => Ok(found.map(|found| Signer::new(scheme, found))),
            Err(error) => {
                let message = format!("the credentials in the environment cannot be used: {error}");
                Err(CliError::usage(message).hint(match error {
                    CredentialsError::Half { .. } => {
                        format!("set {}, or say --auth none to send none", self.needed(scheme))
                    }
                    CredentialsError::Unprintable { .. } => {
                        format!("set {} anew, or say --auth none to send none", self.needed(scheme))
                    }
                }))
            }
        }
    }

    /// The variables that must be set.
    fn needed(&self, scheme: &dyn Scheme) -> String {
        let usual = scheme.variables();
        let one = |part, usual| self.names(part, usual).join(" or ");
        format!("{} and {}", one(Part::Id, usual.id), one(Part::Secret, usual.secret))
    }
}
