//! The rows of the automaton by name, to count which of them a history reached.

use fnconform::history::{Answer, Call, Condition, Event};

use super::automaton::{Digest, State, Status, Step, World};

/// A row of the table of hidden steps; a row with several outcomes has a name for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Row {
    PendingSucceeds,
    PendingFails,
    PendingFallsBack,
    PendingLost,
    UpdateSucceeds,
    UpdateFails,
    UpdateFailsWhole,
    SameCode,
    ShownPending,
    OlderSucceeds,
    OlderFails,
    OlderFallsBack,
    LostNoticed,
    FailingNoticed,
    GoesIdle,
    OwnIdle,
    Wakes,
    LostInactive,
}

impl Row {
    pub(crate) const ALL: [Self; 18] = [
        Self::PendingSucceeds,
        Self::PendingFails,
        Self::PendingFallsBack,
        Self::PendingLost,
        Self::UpdateSucceeds,
        Self::UpdateFails,
        Self::UpdateFailsWhole,
        Self::SameCode,
        Self::ShownPending,
        Self::OlderSucceeds,
        Self::OlderFails,
        Self::OlderFallsBack,
        Self::LostNoticed,
        Self::FailingNoticed,
        Self::GoesIdle,
        Self::OwnIdle,
        Self::Wakes,
        Self::LostInactive,
    ];
}

/// What a hidden step has reached, in words.
pub(crate) fn hidden_tags(before: &World, step: &Step) -> Vec<String> {
    let Some(function) = &before.function else { return Vec::new() };
    let mut tags = vec![format!("{:?} in {:?}", step.row, function.state)];
    let mut tag = |text: &str| tags.push(format!("{:?} {text}", step.row));
    let prepared = match step.row {
        Row::PendingSucceeds | Row::UpdateSucceeds => function.next.as_ref(),
        Row::OlderSucceeds => {
            // Only the member that became current can be told from outside.
            let current = step.to.function.as_ref().and_then(|function| function.current.as_ref());
            function.older.iter().find(|code| current.is_some_and(|current| current.image == code.image))
        }
        _ => None,
    };
    if let Some(code) = prepared {
        match code.digest {
            Digest::NoneOf(_) => tag("without digest"),
            Digest::Recorded(_) if before.is_lost(code) => tag("though overwritten"),
            Digest::Recorded(_) => {}
        }
    }
    match step.row {
        Row::GoesIdle => tag(if step.must { "must" } else { "may" }),
        Row::LostNoticed => {
            tag(if step.must { "must" } else { "may" });
            let missing =
                function.current.as_ref().is_some_and(|code| before.condition(&code.image) == Condition::Missing);
            tag(if missing { "missing" } else { "overwritten" });
        }
        Row::Wakes => tag(if function.status == Status::InProgress { "with next" } else { "with current" }),
        Row::LostInactive => {
            if function.woken {
                tag("woken");
            }
            if function.current.as_ref().is_some_and(|code| before.is_lost(code)) {
                tag("by current");
            } else {
                tag("by latest");
            }
        }
        _ => {}
    }
    tags
}

/// What an operation has reached, in words.
pub(crate) fn visible_tags(before: &World, event: &Event, after: &World, silent: bool) -> Vec<String> {
    let was = before.function.as_ref();
    let state = was.map_or("no function".to_owned(), |function| format!("{:?}", function.state));
    let what = match event {
        Event::Image { content, .. } => return vec![format!("image {}", content.condition.as_str())],
        Event::Idle { .. } => "idle".to_owned(),
        Event::Settle { .. } => "settle".to_owned(),
        Event::Call { call, .. } => match call {
            Call::Create { answer, .. } => format!("create {}", word(answer)),
            Call::Update { answer, .. } => format!("update {}", word(answer)),
            Call::Get { answer } => format!("get {}", word(answer)),
            Call::Invoke { answer } => format!("invoke {}", word(answer)),
            Call::Delete { answer } => format!("delete {}", word(answer)),
        },
    };
    let mut tags = vec![format!("{what} in {state}")];
    if silent {
        tags.push(format!("{what} unseen"));
    }
    let (Some(was), Some(is)) = (was, after.function.as_ref()) else { return tags };
    let mut tag = |text: String| tags.push(text);
    let lost = was.state == State::Active && was.current.as_ref().is_some_and(|code| before.is_lost(code));
    let missing = was.current.as_ref().is_some_and(|code| before.condition(&code.image) == Condition::Missing);
    if lost && (what.starts_with("invoke") || what == "settle") {
        tag(format!("{what} lost {:?} to {:?} {}", was.lost, is.lost, if missing { "missing" } else { "overwritten" }));
    }
    if was.idle != is.idle {
        tag(format!("mark {:?} to {:?} by {}", was.idle, is.idle, what.split(' ').next().unwrap_or_default()));
    }
    if what == "settle"
        && was.state != State::Inactive
        && was.next.as_ref().is_some_and(|code| before.ends(code) != (false, false))
    {
        tag("settle behind an older one held".to_owned());
    }
    if what == "update accepted" {
        if was.state == State::Pending && was.status == Status::NoneYet {
            tag(format!("update of a creation to {:?}", is.status));
        }
        if is.older.len() > was.older.len() {
            tag(format!("superseded in {:?}", was.state));
        }
        if matches!(is.latest.digest, Digest::NoneOf(_)) {
            tag("update without digest".to_owned());
        }
        if is.current.as_ref() == Some(&is.latest) {
            tag("update to current".to_owned());
        }
        if was.latest.image == is.latest.image && was.latest.digest != is.latest.digest {
            tag("redeploy of a changed tag".to_owned());
        }
    }
    if let Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } = event {
        tag(format!(
            "get {} status {} of {:?}",
            report.state,
            report.status.as_deref().map_or("absent", |status| if status.is_empty() { "''" } else { status }),
            was.status
        ));
        let unrecorded = matches!(was.latest.digest, Digest::NoneOf(_)) && before.shown(&was.latest) == report.digest;
        if report.digest.is_some() && unrecorded {
            tag("get shows the tag's present digest".to_owned());
        }
    }
    tags
}

fn word<T>(answer: &Answer<T>) -> &'static str {
    match answer {
        Answer::Accepted(_) => "accepted",
        Answer::Refused => "refused",
        Answer::Unknown => "unknown",
    }
}
