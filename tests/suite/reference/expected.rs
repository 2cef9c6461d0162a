//! What some thousand generated histories must have reached, in the words of [`super::rows`].

/// One a line.
pub(crate) const EXPECTED: &str = "\
FailingNoticed in Active
GoesIdle in Active
GoesIdle may
GoesIdle must
LostInactive by current
LostInactive by latest
LostInactive in Inactive
LostInactive woken
LostNoticed in Active
LostNoticed may
LostNoticed missing
LostNoticed must
LostNoticed overwritten
OlderFails in Pending
OlderFallsBack in Pending
OlderSucceeds in Active
OlderSucceeds in Failed
OlderSucceeds in Pending
OlderSucceeds though overwritten
OlderSucceeds without digest
OwnIdle in Active
PendingFails in Pending
PendingFallsBack in Pending
PendingLost in Pending
PendingSucceeds in Pending
PendingSucceeds though overwritten
PendingSucceeds without digest
SameCode in Active
ShownPending in Failed
UpdateFails in Active
UpdateFails in Failed
UpdateFailsWhole in Active
UpdateFailsWhole in Failed
UpdateSucceeds in Active
UpdateSucceeds in Failed
UpdateSucceeds though overwritten
UpdateSucceeds without digest
Wakes in Inactive
Wakes with current
Wakes with next
create accepted in no function
create accepted unseen
create refused in Active
create refused in Failed
create refused in Inactive
create refused in Pending
create refused in no function
create refused unseen
delete accepted in Active
delete accepted in Failed
delete accepted in Inactive
delete accepted in Pending
delete accepted unseen
delete refused in Active
delete refused in Failed
delete refused in Inactive
delete refused in Pending
delete refused in no function
delete refused unseen
get Active status '' of NoneYet
get Active status Failed of Failed
get Active status InProgress of InProgress
get Active status Successful of NoneYet
get Active status Successful of Successful
get Active status absent of NoneYet
get Failed status '' of NoneYet
get Failed status Failed of Failed
get Failed status Failed of NoneYet
get Failed status InProgress of InProgress
get Failed status Successful of NoneYet
get Failed status Successful of Successful
get Failed status absent of NoneYet
get Inactive status '' of NoneYet
get Inactive status Failed of Failed
get Inactive status Failed of NoneYet
get Inactive status InProgress of InProgress
get Inactive status Successful of NoneYet
get Inactive status Successful of Successful
get Inactive status absent of NoneYet
get Pending status '' of NoneYet
get Pending status Failed of Failed
get Pending status Failed of NoneYet
get Pending status InProgress of InProgress
get Pending status InProgress of NoneYet
get Pending status Successful of NoneYet
get Pending status Successful of Successful
get Pending status absent of NoneYet
get accepted in Active
get accepted in Failed
get accepted in Inactive
get accepted in Pending
get accepted unseen
get refused in no function
get refused unseen
get shows the tag's present digest
idle in Active
idle in Failed
idle in Inactive
idle in Pending
idle in no function
idle unseen
image failing
image held
image missing
image ready
invoke accepted in Active
invoke accepted lost Unsettled to Unsettled missing
invoke accepted lost Unsettled to Unsettled overwritten
invoke accepted unseen
invoke refused in Active
invoke refused in Failed
invoke refused in Inactive
invoke refused in Pending
invoke refused in no function
invoke refused lost Refused to Refused missing
invoke refused lost Refused to Refused overwritten
invoke refused lost Settled to Refused missing
invoke refused lost Settled to Refused overwritten
invoke refused lost Unsettled to Unsettled missing
invoke refused lost Unsettled to Unsettled overwritten
invoke refused unseen
mark May to Must by idle
mark May to No by settle
mark Must to May by invoke
mark Must to May by update
mark No to Must by idle
redeploy of a changed tag
settle behind an older one held
settle in Active
settle in Failed
settle in Inactive
settle in Pending
settle in no function
settle lost Refused to Refused overwritten
settle lost Settled to Settled missing
settle lost Settled to Settled overwritten
settle lost Unsettled to Settled missing
settle lost Unsettled to Settled overwritten
superseded in Active
superseded in Failed
superseded in Inactive
superseded in Pending
update accepted in Active
update accepted in Failed
update accepted in Inactive
update accepted in Pending
update accepted unseen
update of a creation to InProgress
update of a creation to NoneYet
update refused in Active
update refused in Failed
update refused in Inactive
update refused in Pending
update refused in no function
update refused unseen
update to current
update without digest";
