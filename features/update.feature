Feature: Update states
  An update is tracked apart from the state. Until it is Successful, the code from before it serves.

  @update.known @reading.R5
  Rule: `lastUpdateStatus` is InProgress, Successful or Failed
    “the LastUpdateStatus field tracks the update separately from the function's main state” (Update states)

    It may be absent or empty before the first update, and only then.

    Scenario: An update is in progress or Successful, then Successful
      Given an Active function running image A
      When it is updated to image B
      Then its last update status is InProgress or Successful
      And its last update becomes Successful
      And its last update status is Successful

    @lever.hold
    Scenario: An update that is being prepared is InProgress
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then its last update status is InProgress

    @lever.fail
    Scenario: An update that cannot be prepared is Failed
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      Then its last update becomes Failed
      And its last update status is Failed

    @lever.idle
    Scenario: The status of an update outlives the function's sleep
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      When it is left idle
      And it has come to rest
      Then its last update status is Successful
      When it is invoked
      And it has come to rest
      Then its last update status is Successful

  @update.state-apart @lever.hold
  Rule: An update of an Active function leaves its state Active
    “tracks the update separately from the function's main state” (Update states)

    Scenario: A function that is being updated stays Active
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then it is Active
      And it is still Active after a while

    Scenario: A function that is updated again meanwhile stays Active
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And it is updated to image C, which is not ready yet
      Then it is Active
      And it is still Active after a while

    Scenario: A function whose first update was Successful stays Active through the second
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is updated to image C, which is not ready yet
      Then it is Active
      And it is still Active after a while

    @lever.fail
    Scenario: A function that recovered stays Active when it is updated
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B
      And it has come to rest
      And it is updated to image C, which is not ready yet
      Then it is Active

    @lever.idle
    Scenario: A function that is being updated is not released
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And it is left idle
      Then it is still Active after a while

  @update.in-progress-serves-old @lever.hold @reading.R8
  Rule: While InProgress an invocation reaches the code from before the update
    “Directed to the pre-update code” (Update states)

    Scenario: The old code serves until the new one is ready
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then 4 invocations are served by image A
      And its last update status is InProgress
      And it is still Active after a while
      And 4 invocations are served by image A

    Scenario: The code of the last update serves, not that of the creation
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is updated to image C, which is not ready yet
      Then 4 invocations are served by image B

    Scenario: The old code serves in the moments before the update is shown as Successful
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then an invocation is served by image A
      When image B becomes ready
      And it is watched until it has come to rest
      Then an invocation is served by image B

    Scenario: Invocations at once all reach the old code
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And these happen at once
        | it is invoked |
        | it is invoked |
        | it is invoked |
        | it is invoked |
      Then an invocation is served by image A

  @update.successful-serves-new
  Rule: Once Successful an invocation reaches the updated code
    “Directed to the updated code” (Update states)

    Scenario: The new code serves once the update is over
      Given an Active function running image A
      When it is updated to image B
      And it has been left alone for long enough
      Then 4 invocations are served by image B

    Scenario: The new code serves after each of several updates
      Given an Active function running image A
      When it is updated to image B
      And it has been left alone for long enough
      Then an invocation is served by image B
      When it is updated to image C
      And it has been left alone for long enough
      Then an invocation is served by image C
      When it is updated to image A
      And it has been left alone for long enough
      Then 4 invocations are served by image A

    @lever.hold
    Scenario: The code of the last of two updates serves
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And it is updated to image C, which is not ready yet
      And image B becomes ready
      And image C becomes ready
      And it has been left alone for long enough
      Then 2 invocations are served by image C
      When 150 % of a preparation's time passes
      Then 2 invocations are served by image C

    Scenario: The new code goes on serving
      Given an Active function running image A
      When it is updated to image B
      And it has been left alone for long enough
      Then an invocation is served by image B
      When 150 % of a preparation's time passes
      Then an invocation is served by image B
      When 150 % of a preparation's time passes
      Then an invocation is served by image B

    @lever.fail
    Scenario: The new code serves after an update that followed a failed one
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      And it has come to rest
      And it is updated to image C
      And it has been left alone for long enough
      Then 3 invocations are served by image C

    Scenario: The code of an update serves in the moment it is Successful
      Given an Active function running image A
      When it is updated to image B
      And it has been left alone for long enough
      Then an invocation is served by image B
      When it is updated to image C
      Then its last update becomes Successful
      And 5 invocations are served by image C

  @update.failed-serves-old @lever.fail @reading.R1
  Rule: After Failed an invocation reaches the code from before the update
    “Directed to the pre-update code” (Update states)

    The function may be Failed as a whole instead (reading R1).

    Scenario: The old code serves after an update that failed
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      Then its last update becomes Failed
      And 4 invocations are served by image A

    Scenario: The code of the last good update serves after one that failed
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is updated to image C, which cannot be prepared
      Then its last update becomes Failed
      And 4 invocations are served by image B

    Scenario: The old code serves though the image of the failed update is ready at last
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      Then its last update becomes Failed
      When image B becomes ready
      And 150 % of a preparation's time passes
      Then 2 invocations are served by image A

    @lever.hold
    Scenario: The old code serves after an update that was held, then failed
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And image B cannot be prepared
      Then its last update becomes Failed
      And 2 invocations are served by image A

  @update.ends @lever.hold @reading.R9
  Rule: InProgress ends: Successful when the image is ready and not before, Failed when it cannot be prepared
    “Function Compute is preparing resources for the update.” (Update states)

    An update to the code that already runs may be Successful at once (reading R9).

    Scenario: An update is InProgress until its image is ready
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then its last update status is InProgress
      When 150 % of a preparation's time passes
      Then its last update status is InProgress
      When image B becomes ready
      And it has been left alone for long enough
      Then its last update status is Successful
      And an invocation is served by image B

    @lever.fail
    Scenario: An update whose image cannot be prepared fails
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      And it has been left alone for long enough
      Then its last update status is Failed

    @lever.fail
    Scenario: An update whose image turns out to be broken fails
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And image B cannot be prepared
      And it has been left alone for long enough
      Then its last update status is Failed

    Scenario: An update to the code that already runs ends
      Given an Active function running image A
      When it is updated to image A
      And it has been left alone for long enough
      Then its last update status is Successful

    Scenario: Each of several updates ends
      Given an Active function running image A
      When it is updated to image B
      And it has been left alone for long enough
      Then its last update status is Successful
      When it is updated to image C
      And it has been left alone for long enough
      Then its last update status is Successful
      When it is updated to image D
      And it has been left alone for long enough
      Then its last update status is Successful

    Scenario: The last of two updates ends
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And it is updated to image C, which is not ready yet
      And image C becomes ready
      And image B becomes ready
      And it has been left alone for long enough
      Then its last update status is Successful
      And an invocation is served by image C

    @lever.delete
    Scenario: An update ends though the image that serves was lost meanwhile
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And image A is deleted
      And 150 % of a preparation's time passes
      And image B becomes ready
      And it has been left alone for long enough
      Then its last update status is Successful

    @lever.idle
    Scenario: An update that wakes a function ends
      Given an Inactive function running image A
      When it is updated to image B, which is not ready yet
      And it has come to rest
      And image B becomes ready
      And it has been left alone for long enough
      Then its last update status is Successful
      And an invocation is served by image B

  @update.refused-is-nothing @reading.R2 @reading.R7
  Rule: An update that is answered with an error changes nothing
    “While a function update is in progress” (Update states)

    @lever.delete
    Scenario: A refused update to an image that does not exist changes nothing
      Given an Active function running image A
      When image B does not exist
      Then an update to image B is refused
      And its last update status is absent or Successful
      And an invocation is served by image A

    @lever.delete
    Scenario: A refused update leaves the status of the update before it
      Given an Active function running image A
      When it is updated to image C
      And it has come to rest
      And image B does not exist
      Then an update to image B is refused
      And an invocation is served by image C
      And its last update status is Successful

    @lever.delete
    Scenario: The image of a refused update is not served when it is there at last
      Given an Active function running image A
      When image B does not exist
      Then an update to image B is refused
      When image B becomes ready
      And 150 % of a preparation's time passes
      Then its last update status is absent or Successful
      And an invocation is served by image A

    @lever.hold @lever.delete
    Scenario: An update that is refused since another is in progress changes nothing
      Given an Active function running image A
      When image D does not exist
      Then an update to image D is refused
      And an invocation is served by image A
      And its last update status is absent or Successful
      When it is updated to image B, which is not ready yet
      And it is updated to image C
      And image B becomes ready
      And it has been left alone for long enough
      Then an invocation is served by image B or image C
      And its last update status is Successful

    @lever.fail @lever.delete
    Scenario: An update that is refused since its image is broken changes nothing
      Given an Active function running image A
      When it is updated to image C, which cannot be prepared
      And it has come to rest
      Then its digest is that of image A or image C
      And an invocation is served by image A
      When it is updated to image B
      And it has come to rest
      And image D does not exist
      Then an update to image D is refused
      And an invocation is served by image B
      And its last update status is Successful

  @update.accepted
  Rule: An update with a valid image is accepted when nothing is being prepared
    “Update the function with valid image information and redeploy.” (Failed state)

    Scenario: An Active function can be updated
      Given an Active function running image A
      Then an update to image B is accepted

    Scenario: An updated function can be updated again
      Given an Active function running image A
      When it is updated to image B
      And it has been left alone for long enough
      Then an update to image C is accepted
      When it has been left alone for long enough
      Then an update to image A is accepted

    @lever.fail
    Scenario: A Failed function can be updated
      Given a Failed function whose image A cannot be prepared
      Then an update to image B is accepted

    @lever.fail
    Scenario: A function whose update failed can be updated
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      And it has come to rest
      Then an update to image C is accepted

    @lever.idle
    Scenario: An Inactive function can be updated
      Given an Inactive function running image A
      Then an update to image B is accepted

    @lever.idle
    Scenario: A function that woke can be updated
      Given an Inactive function running image A
      When it is invoked
      And it has come to rest
      Then it is Active
      And an update to image B is accepted
