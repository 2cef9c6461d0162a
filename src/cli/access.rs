//! The flag that says with which credentials an endpoint is driven. Their values never stand on a command line.

use super::error::CliError;
use crate::driver::Dialect;
use crate::driver::auth::{Credentials, CredentialsError, SCHEMES, Scheme, Signer, by_name};
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
}

const AUTO: &str = "auto";
const NONE: &str = "none";

fn words() -> PossibleValuesParser {
    PossibleValuesParser::new([AUTO, NONE].into_iter().chain(SCHEMES.iter().map(|scheme| scheme.name())))
}

impl Access {
    /// What signs the requests to an endpoint of that dialect, if they are to be signed.
    pub(super) fn signer(&self, dialect: &dyn Dialect) -> Result<Option<Signer>, CliError> {
        match self.auth.as_str() {
            NONE => Ok(None),
            AUTO => found(dialect.auth()),
            name => {
                let scheme = by_name(name).unwrap_or(dialect.auth());
                match found(scheme)? {
                    Some(signer) => Ok(Some(signer)),
                    None => Err(CliError::usage(format!("there are no credentials for --auth {name}"))
                        .hint(format!("set {}", needed(scheme)))),
                }
            }
        }
    }
}

/// The signer of that scheme, if there are credentials in the environment.
fn found(scheme: &'static dyn Scheme) -> Result<Option<Signer>, CliError> {
    // What is no text is no credential, which is said of it like of any other that cannot be one.
    let environment = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    match Credentials::find(scheme.variables(), &environment) {
        Ok(found) => Ok(found.map(|found| Signer::new(scheme, found))),
        Err(error) => {
            let message = format!("the credentials in the environment cannot be used: {error}");
            Err(CliError::usage(message).hint(match error {
                CredentialsError::Half { .. } => format!("set {}, or say --auth none to send none", needed(scheme)),
                CredentialsError::Unprintable { .. } => {
                    format!("set {} anew, or say --auth none to send none", needed(scheme))
                }
            }))
        }
    }
}

/// The variables that must be set.
fn needed(scheme: &dyn Scheme) -> String {
    let variables = scheme.variables();
    format!("{} and {}", variables.id.join(" or "), variables.secret.join(" or "))
}
