//! What GetFunction shows of a function, done right.

use super::function::{Facts, Function, State, Status};
use super::machine::Machine;
use crate::driver::FunctionView;

impl Machine {
    /// The function as it is.
    #[must_use]
    pub fn view(&self, function: &Function) -> FunctionView {
        self.view_of(function, &function.facts)
    }

    /// The function as it would be with these facts. The digest is that of the code deployed last, as the real service
    /// shows it, or of the one that serves while there is no other.
    #[must_use]
    pub fn view_of(&self, function: &Function, facts: &Facts) -> FunctionView {
        FunctionView {
            name: function.name.to_string(),
            state: Some(facts.state.as_str().to_owned()),
            state_reason: state_reason(facts.state),
            last_update_status: shown_status(facts).map(|status| status.as_str().to_owned()),
            last_update_status_reason: facts.status.and_then(status_reason),
            image: facts.latest.image.to_string(),
            digest: shown_digest(facts).map(str::to_owned),
            config: function.config.clone(),
        }
    }
}

/// Before the first update there is no status while the creation has not succeeded, and `Successful` from then on.
fn shown_status(facts: &Facts) -> Option<Status> {
    facts.status.or_else(|| facts.current.as_ref().map(|_| Status::Successful))
}

fn shown_digest(facts: &Facts) -> Option<&str> {
    facts.latest.digest.as_deref().or_else(|| facts.current.as_ref()?.digest.as_deref())
}

fn state_reason(state: State) -> Option<(String, String)> {
    let (reason, code) = match state {
        State::Pending => ("The function is being created.", "Creating"),
        State::Active => return None,
        State::Failed => ("The image of the function cannot be accessed or prepared.", "ImageError"),
        State::Inactive => ("The function was idle and its resources were released.", "Idle"),
    };
    Some((reason.to_owned(), code.to_owned()))
}

fn status_reason(status: Status) -> Option<(String, String)> {
    let (reason, code) = match status {
        Status::InProgress => ("The system is preparing the image.", "ImageOptimizing"),
        Status::Successful => return None,
        Status::Failed => ("The image could not be prepared.", "ImageError"),
    };
    Some((reason.to_owned(), code.to_owned()))
}
