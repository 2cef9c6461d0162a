//! What stands around the steps of a case: room for its functions before, and their removal after.
//!
//! It must not know what the steps were; only from what was seen does it tell what may still be there.

use super::{Case, Cleanup, CutShort};
use crate::driver::Request;
use crate::driver::endpoint::says_gone;
use crate::history::{Answer, Call, Content, Event, Name};
use crate::lever::Meanwhile;
use crate::plan::{F, I};
use crate::requirement::Lever;
use futures_util::future::join_all;

impl Case {
    /// Waits for room for the functions of the plan. Where there never will be any, or the run ends before, the case is cut
    /// short.
    pub(super) async fn take_room(&mut self) {
        let functions = self.plan.functions();
        let room = tokio::select! {
            biased;
            room = self.bench.endpoint.budget().room(functions) => room.ok_or(CutShort::Functions),
            () = self.told_to_end() => Err(CutShort::Stopped),
        };
        if let Err(CutShort::Functions) = room {
            let needs = match functions {
                1 => "a function".to_owned(),
                several => format!("{several} functions at once"),
            };
            let note = format!("a case was not executed: it needs {needs}, more than --functions leaves room for");
            self.bench.endpoint.note(note);
        }
        match room {
            Ok(room) => self.room = Some(room),
            Err(cut_short) => self.cut_short = Some(cut_short),
        }
    }

    /// Removes what was made, unless it is to be kept; how many functions may still be there.
    pub(super) async fn clean_up(&self) -> usize {
        let functions: Vec<Name> = (0..self.plan.functions()).map(|f| self.function(F(f))).collect();
        if self.bench.cleanup == Cleanup::Keep {
            return functions.len();
        }
        let gone = join_all(functions.iter().map(|function| self.remove(function))).await;
        if self.bench.endpoint.offered().contains(Lever::Delete) {
            let images: Vec<Name> = (0..self.plan.images()).map(|i| self.image(I(i))).collect();
            let missing = &Content::MISSING;
            join_all(images.iter().map(|image| self.set_image(image, missing, Meanwhile::Nothing))).await;
        }
        gone.iter().filter(|gone| **gone == Gone::Perhaps).count()
    }

    /// Deletes a function, again if the answer was lost.
    async fn remove(&self, function: &Name) -> Gone {
        let request = Request::Delete { function: function.clone() };
        for _ in 0..3 {
            // Also at the end of a run it waits for its turn.
            let answered = self.send(&self.bench.endpoint.turn(1).await, &request).await;
            if let Some(answered) = answered.filter(|operation| operation.end.is_some()) {
                let gone = says_gone(&answered) || !self.has_made(function);
                return if gone { Gone::Surely } else { Gone::Perhaps };
            }
            if *self.bench.stop.borrow() {
                break;
            }
        }
        self.bench.endpoint.note(format!("could not delete {function}: remove it by hand"));
        Gone::Perhaps
    }

    /// Whether the function may be there by what was seen: it was created, and not deleted after that.
    fn has_made(&self, function: &Name) -> bool {
        self.operations.iter().fold(false, |made, operation| match &operation.event {
            Event::Call { function: f, call } if f == function => match call {
                Call::Create { answer, .. } => made || *answer != Answer::Refused,
                Call::Delete { answer: Answer::Accepted(()) } => false,
                _ => made,
            },
            _ => made,
        })
    }
}

/// Whether a function that was to be removed is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gone {
    Surely,
    Perhaps,
}
