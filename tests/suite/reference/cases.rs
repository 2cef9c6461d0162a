//! Small histories written down from sentences of the specification, each with the verdict that the sentence gives.

/// A sentence (or a cell of a table), a history in the language of [`super::build`], and the line of the operation at
/// whose end it is a violation (`OK` if it conforms).
pub(crate) type Case = (&'static str, &'static str, Option<usize>);

const OK: Option<usize> = None;

/// A history that is a violation at this line.
const fn no(line: usize) -> Option<usize> {
    Some(line)
}

/// `A; ` at the beginning stands for these three operations, after which the function is Active.
pub(crate) const ACTIVE: &str = "publish i a; create i; settle; ";
/// `I; ` stands for these five, after which it is Inactive.
pub(crate) const INACTIVE: &str = "publish i a; create i; settle; idle; settle; ";

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    // States.
    ("a created function is Pending until its preparation ends", "hold i a; create i; settle; get Pending - a", OK),
    ("Active or Failed may follow at once, nothing else may come first", "publish i a; create i; get Active - a", OK),
    ("Active or Failed may follow at once, nothing else may come first", "publish i a; create i; get Inactive - a", no(3)),
    ("an invocation while Pending is refused and does not reach the code", "hold i a; create i; invoke a", no(3)),
    ("an invocation while Pending is refused and does not reach the code", "hold i a; create i; invoke !", OK),
    ("once the image is ready the function becomes Active, and not before", "hold i a; create i; get Active - a", no(3)),
    ("once the image is ready the function becomes Active, and not before", "publish i a; create i; settle; get Pending - a", no(4)),
    ("a creation whose preparation fails ends in Failed", "fail i a; create i; settle; get Failed - a", OK),
    ("a creation whose preparation fails ends in Failed", "fail i a; create i; settle; get Pending - a", no(4)),
    ("an invocation while Active is served", "A; invoke !", no(4)),
    ("an invocation while Failed is refused", "fail i a; create i; settle; invoke a", no(4)),
    ("`state` is exactly one of Pending, Active, Failed, Inactive", "I; get InActive - a", no(6)),
    ("no other change of state happens by itself", "A; get Failed - a", no(4)),
    ("a refused request changes nothing", "A; delete !; get Active - a", OK),
    ("a refused request changes nothing", "A; delete !; get !", no(5)),
    ("a Failed function stays so until it is updated", "fail i a; create i; settle; publish i a; settle; get Active - a", no(6)),
    ("an update with a valid image makes a Failed function Active with that image", "fail i a; create i; settle; publish i b; update i; settle; get Active Successful b; invoke b", OK),
    ("an update with a valid image makes a Failed function Active with that image", "fail i a; create i; settle; publish i b; update i; settle; get Failed Failed b", no(7)),
    ("Pending (a redeploy may be shown so), `from` Failed", "fail i a; create i; settle; hold i a; update i; get Failed InProgress a; get Pending InProgress a", OK),
    ("Pending (a redeploy may be shown so), `from` Failed", "fail i a; create i; settle; hold i a; update i; get Pending InProgress a; get Failed InProgress a", no(7)),
    // Idle and Inactive.
    ("an idle function becomes Inactive, and a function that is not idle does not", "I; get Inactive - a", OK),
    ("an idle function becomes Inactive, and a function that is not idle does not", "I; get Active - a", no(6)),
    ("an idle function becomes Inactive, and a function that is not idle does not", "A; settle; get Inactive - a", no(5)),
    ("an invocation while Inactive is refused, the one that wakes it included", "I; invoke a", no(6)),
    ("an invocation or a redeploy brings an Inactive function to Pending", "I; hold i a; invoke !; settle; get Pending Successful a", OK),
    ("an invocation or a redeploy brings an Inactive function to Pending", "I; invoke !; settle; get Inactive - a", no(8)),
    ("an invocation or a redeploy brings an Inactive function to Pending", "I; settle; get Pending - a", no(7)),
    ("if that preparation fails it is Inactive again, not Failed (but R10)", "I; fail i a; invoke !; settle; get Inactive - a", OK),
    ("if that preparation fails it is Inactive again, not Failed (but R10)", "I; fail i a; invoke !; settle; get Failed - a", no(9)),
    ("or Failed if the image is missing or overwritten: R10", "I; missing i; invoke !; settle; get Failed - a", OK),
    ("the image of `current` or `latest` is missing or overwritten", "I; publish i b; get Inactive - a; settle; get Failed - a", OK),
    ("`next` stays if the status is InProgress, and is `current` otherwise", "I; hold j b; update j; settle; get Pending InProgress b; publish j b; settle; invoke b", OK),
    ("`next` stays if the status is InProgress, and is `current` otherwise", "I; publish j b; update j; settle; invoke a", no(9)),
    ("`next` stays if the status is InProgress, and is `current` otherwise", "A; fail j b; update j; get Active Failed a; idle; settle; invoke !; settle; invoke a", OK),
    ("yes, until an invocation is served or an update accepted", "A; idle; invoke a; settle; get Active - a", OK),
    ("a `settle` after that, with no update InProgress, takes the mark", "A; idle; invoke a; settle; get Active - a; get Inactive - a", no(8)),
    ("another `idle` restores the must", "A; idle; invoke a; idle; settle; get Active - a", no(8)),
    ("leaves the mark but takes the *must* from it", "A; hold j b; idle; update j; get Active InProgress a; publish j b; get Active Successful b; get Inactive Successful b", OK),
    ("marks an Active function that is not InProgress, and does nothing otherwise", "A; hold j b; update j; idle; publish j b; settle; get Inactive Successful b", no(9)),
    // Lost and failing images.
    ("it may show Active and serve its recorded code for a while", "A; publish i b; get Active - a; invoke a", OK),
    ("After one `settle` in that condition an invocation must be refused", "A; publish i b; settle; invoke a", no(6)),
    ("a further `settle` leaves it Failed if the image is missing", "A; missing i; settle; get Active - a; invoke !; settle; get Active - a", no(9)),
    ("it may go on showing Active and refusing", "A; publish i b; settle; invoke !; settle; get Active - a; invoke !", OK),
    ("A refusal before the first `settle` does not count", "A; missing i; invoke !; settle; get Active - a", OK),
    ("Putting the image back ends the condition", "A; publish i b; settle; publish i a; invoke a", OK),
    ("missing that turns into overwritten does not", "A; missing i; settle; publish i b; invoke a", no(7)),
    ("a function whose image is deleted becomes Failed", "A; missing i; get Failed - a; publish i a; get Active - a", no(7)),
    ("Active, the image of `current` is failing", "A; fail i a; invoke a; settle; invoke !; settle; get Active - a; get Failed - a", OK),
    // Digests.
    ("the digest is the one that the tag had at the create or update", "A; publish i b; get Active - b", no(5)),
    ("code that was not deployed is never served, not even when its tag was", "A; publish i b; invoke b", no(5)),
    ("an update with the same tag records and serves the tag's present digest", "A; publish i b; update i; settle; invoke b", OK),
    ("an update with the same tag records and serves the tag's present digest", "A; publish i b; update i; settle; get Active Successful a", no(7)),
    ("*ready* with another digest, or none recorded: either", "hold i a; create i; publish i b; get Active - a; invoke a", OK),
    ("*ready* with another digest, or none recorded: either", "hold i a; create i; publish i b; settle; get Active - a; invoke a", no(6)),
    ("*ready* with another digest, or none recorded: either", "hold i a; create i; publish i b; settle; get Failed - a", OK),
    ("then has the one that the tag has at that moment", "create i; publish i a; get Active - a; invoke a", OK),
    ("then has the one that the tag has at that moment", "create i; publish i a; get Active - a; publish i b; invoke b", no(5)),
    ("while it has none, a get may show the tag's present digest", "create i; fail i b; get Failed - b; publish i c; get Failed - c", OK),
    ("Otherwise that of `current`, `next`, `latest`", "A; fail j b; update j; settle; get Active Failed b", OK),
    ("Otherwise that of `current`, `next`, `latest`", "A; fail j b; update j; settle; get Active Failed c", no(7)),
    ("Served by code unknown matches any `current`", "A; invoke -", OK),
    // Updates.
    ("Successful in Active; Failed or Successful in Failed", "A; get Active '' a; get Active Successful a; get Active InProgress a", no(6)),
    ("InProgress or Successful in Pending (Failed too if `from` is Inactive)", "hold i a; create i; get Pending InProgress a; get Pending Failed a", no(4)),
    ("InProgress or Successful in Pending (Failed too if `from` is Inactive)", "I; hold i a; invoke !; get Pending Failed a", OK),
    ("absent or empty only before the first update", "A; update i; get Active - a", no(5)),
    ("an update of an Active function leaves its state Active", "A; hold j b; update j; get Pending InProgress a", no(6)),
    ("while InProgress an invocation reaches the code from before the update", "A; hold j b; update j; invoke a; invoke b", no(7)),
    ("once Successful an invocation reaches the updated code", "A; publish j b; update j; get Active Successful b; invoke a", no(7)),
    ("status Failed, state as it was; or state Failed too (R1)", "A; fail j b; update j; settle; get Active Failed a; invoke a", OK),
    ("status Failed, state as it was; or state Failed too (R1)", "A; fail j b; update j; settle; get Failed Failed a; invoke !", OK),
    ("status Failed, state as it was; or state Failed too (R1)", "A; fail j b; update j; settle; get Failed Failed a; invoke a", no(8)),
    ("Successful when the image is ready and not before (but R9)", "A; hold j b; update j; get Active Successful b", no(6)),
    ("Successful when the image is ready and not before (but R9)", "A; hold i a; update i; get Active Successful a", OK),
    ("an update with a valid image is accepted when nothing is being prepared", "A; hold j b; update j !", no(5)),
    ("allowed while InProgress, or if the image is missing or failing", "A; fail j b; update j !; hold j b; update j; update i !", OK),
    ("as when Active, and while woken", "I; update i !", no(6)),
    ("as when Active, and while woken", "I; invoke !; update i !", OK),
    ("with no status yet, the status may also stay so", "hold i a; create i; update i; get Pending - a", OK),
    // Superseded preparations.
    ("Active, `current` = that one, still InProgress (R8)", "A; hold j b; hold k c; update j; update k; publish j b; get Active InProgress c; invoke b", OK),
    ("each of its members may become `current`, in any order and more than once", "A; hold j b; hold k c; hold l d; update j; update k; update l; publish j b; publish k c; invoke c; invoke b; invoke c", OK),
    ("what was superseded may not come to light later", "A; hold j b; hold k c; update j; update k; publish k c; publish j b; settle; invoke b", no(11)),
    ("unless one in `older` is held (it may stand in a queue)", "A; hold j b; hold k c; update j; update k; publish k c; settle; get Active InProgress a", OK),
    ("With no status yet nothing in it takes a step", "hold i a; create i; hold j b; update j; publish i a; get Active - a", no(6)),
    ("With no status yet nothing in it takes a step", "hold i a; create i; hold j b; update j; publish i a; get Active InProgress a", OK),
    ("Failed, or Inactive and woken if `from` is Inactive; still InProgress", "hold i a; create i; hold j b; update j; get Pending InProgress a; fail i a; get Failed InProgress b", OK),
    ("Failed, or Inactive and woken if `from` is Inactive; still InProgress", "I; hold j b; hold k c; update j; get Pending InProgress b; update k; fail j b; get Inactive InProgress c; settle; get Pending InProgress c", OK),
    // Operations and their instants.
    ("with every operation taking effect at one instant between its start and its end", "hold i a; @10-20 create i; @20-25 get !", OK),
    ("with every operation taking effect at one instant between its start and its end", "hold i a; @10-20 create i; @21-25 get !", no(3)),
    ("GetFunction after a create or update has returned reflects it", "A; hold j b; @90-110 update j; @95-99 get Active - a; @111-112 get Active - a", no(7)),
    ("any but create", "get Active - -", no(1)),
    ("an unknown or deleted function answers 404", "A; delete; invoke !; get !; update i !; delete !; create i", OK),
    ("an unknown or deleted function answers 404", "A; delete; invoke a", no(5)),
    ("a create accepted where a function is", "A; create i !; create i", no(5)),
    ("a get refused where a function is", "A; get !", no(4)),
    ("allowed: no promise is made", "publish i a; create i !; get !", OK),
    ("may have been accepted, refused, or not have happened", "A; publish j b; update j ?; get Active - a; get Active Successful b", OK),
    ("may have been accepted, refused, or not have happened", "A; publish j b; update j ?; get Active Successful b; get Active - a", no(7)),
    ("it may take effect at any later time, or never", "A; @90- delete; get Active - a; settle; get Active - a; get !", OK),
    ("it may take effect at any later time, or never", "A; @90- publish i b; invoke a; settle; get Active - a; get Failed - a", OK),
    ("what is done to one function changes no other", "publish i a; create i; g: create i; settle; g: delete; get !", no(6)),
    ("Each function may see a lever at its own instant in the lever's interval", "@1-90 publish i a; @2-9 create i; @2-9 g: create i; @20-29 get Failed - -; @20-29 g: get Active - a; @30-39 g: update i; @40-49 update i !", OK),
    ("the endpoint has idle rules of its own", "own-idle; A; get Active - a; get Inactive - a", OK),
    // Two deployments of a missing image are two preparations, each with the digest of its own success.
    ("`older`, the preparations that a later update superseded", "A; update j; update j; update j; publish j b; invoke b; get Active InProgress -; publish j c; invoke c; get Active InProgress -", OK),
    ("and then has the one that the tag has at that moment", "A; update j; update j; publish j b; invoke b; get Active InProgress -; publish j c; invoke c; get Active InProgress -", no(11)),
];
