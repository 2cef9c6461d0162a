Feature: Function states
  A function is in one of four states. Only an Active one is invocable, and one state follows another only for the
  reasons given here.

  @states.known
  Rule: `state` is exactly one of Pending, Active, Failed, Inactive
    “assigns every Custom Container function one of the following states” (Function states)

    Pages before August 2024 spelled the last one InActive; it is Inactive since.

    @lever.hold
    Scenario: A function that is being created is Pending
      Given a Pending function whose image A is not ready yet
      Then it is Pending

    Scenario: A function that was created is Active
      Given an Active function running image A
      Then it is Active

    @lever.fail
    Scenario: A function whose creation failed is Failed
      Given a Failed function whose image A cannot be prepared
      Then it is Failed

    @lever.idle
    Scenario: A function that was released is Inactive
      Given an Inactive function running image A
      Then it is Inactive

    @lever.hold
    Scenario: A function has a state while it is updated
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then it is Active

  @states.pending-first
  Rule: A created function is Pending until its preparation ends, and nothing but Active or Failed comes next
    “The initial state after a function is created.” (Function states)

    Scenario: A new function is Pending, or Active already
      When it is created with image A
      Then it is Pending or Active

    @lever.hold
    Scenario: A new function is not Failed while its image may still become ready
      Given a Pending function whose image A is not ready yet
      Then it is Pending
      And it is still Pending after a while

    @lever.hold
    Scenario: A function that is created again under its name begins anew
      Given an Active function running image A
      When it is deleted
      And image B is not ready yet
      And it is created with image B
      Then it is Pending

  @states.pending-not-invocable @lever.hold
  Rule: An invocation while Pending is refused and does not reach the code
    “Functions in other states cannot be invoked.” (Check state before invoking)

    Scenario: A function whose image is not ready yet refuses invocations
      Given a Pending function whose image A is not ready yet
      Then an invocation is refused
      And it is still Pending after a while
      And 3 invocations are refused

    @lever.idle
    Scenario: A function that is waking refuses invocations
      Given an Inactive function running image A
      When image A is not ready yet
      And it is invoked
      And it has come to rest
      Then it is Pending
      And 3 invocations are refused

    @lever.idle
    Scenario: A function that is woken by an update refuses invocations
      Given an Inactive function running image A
      When it is updated to image B, which is not ready yet
      And it has come to rest
      Then it is Pending
      And 2 invocations are refused

    Scenario: A function that was updated before it was ready refuses invocations
      Given a Pending function whose image A is not ready yet
      When it is updated to image B, which is not ready yet
      Then an invocation is refused

    Scenario: A function that is created again under its name refuses invocations
      Given an Active function running image A
      When it is deleted
      And image B is not ready yet
      And it is created with image B
      Then it is Pending
      And 2 invocations are refused

  @states.pending-becomes-active @lever.hold
  Rule: Once the image is ready the function becomes Active, and not before
    “Transitions to Active when the image is ready.” (Function states)

    Scenario: A function stays Pending until its image is ready
      Given a Pending function whose image A is not ready yet
      Then it is Pending
      And it is still Pending after a while
      When image A becomes ready
      And it has been left alone for long enough
      Then it is Active
      And an invocation is served by image A

    Scenario: Invocations that were refused do not keep a function from becoming Active
      Given a Pending function whose image A is not ready yet
      Then 3 invocations are refused
      When image A becomes ready
      And it has been left alone for long enough
      Then it is Active

    Scenario: A function that was updated before it was ready becomes Active with its update
      Given a Pending function whose image A is not ready yet
      When it is updated to image B, which is not ready yet
      Then it is still Pending after a while
      And an invocation is refused
      When image B becomes ready
      And image A becomes ready
      And it has been left alone for long enough
      Then it is Active
      And 2 invocations are served by image B

    Scenario: Every function becomes Active, not only the first
      Given an Active function running image A
      And a second Active function running image B
      And a third Active function running image C
      And a fourth Active function running image A
      And a fifth Active function running image B
      Then an invocation of the fifth function is served by image B

    Scenario: A function that is created again is Active only once its new image is ready
      Given an Active function running image A
      When it is deleted
      And image B is not ready yet
      And it is created with image B
      Then it is still Pending after a while
      When image B becomes ready
      And it has been left alone for long enough
      Then it is Active

  @states.active-invocable
  Rule: An invocation while Active is served
    “The function handles invocations normally.” (Function states)

    Scenario: An Active function serves
      When it is created with image A
      And it has been left alone for long enough
      Then an invocation is served by image A

    Scenario: An Active function serves every time
      When it is created with image A
      And it has been left alone for long enough
      Then 10 invocations are served by image A

    Scenario: Invocations at once are all served
      When it is created with image A
      And it has been left alone for long enough
      Then an invocation is served by image A
      When these happen at once
        | it is invoked |
        | it is invoked |
        | it is invoked |
        | it is invoked |
      Then an invocation is served by image A

    Scenario: An Active function serves in the moment its update is Successful
      When it is created with image A
      And it has been left alone for long enough
      Then an invocation is served by image A
      When it is updated to image B
      And it is watched until it has come to rest
      Then 5 invocations are served by image B

  @states.failed-not-invocable @lever.fail
  Rule: An invocation while Failed is refused
    “The function cannot be invoked because an issue occurred during resource preparation.” (Failed state)

    Scenario: A function whose creation failed refuses invocations
      Given a Failed function whose image A cannot be prepared
      Then 3 invocations are refused
      And it is Failed

    @lever.delete
    Scenario: A function that lost its image refuses invocations
      Given an Active function running image A
      When image A is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      And an invocation is refused

    Scenario: A Failed function whose redeploy failed refuses invocations
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B, which cannot be prepared
      And it has come to rest
      Then it is Failed
      And an invocation is refused

    Scenario: A Failed function refuses invocations though its image is ready again
      Given a Failed function whose image A cannot be prepared
      When image A becomes ready
      Then an invocation is refused

  @states.inactive-after-idle @lever.idle
  Rule: An idle function becomes Inactive, and a function that is not idle does not
    “The function was idle long enough for Function Compute to release its cached resources.” (Function states)

    Scenario: An idle function becomes Inactive
      Given an Active function running image A
      When it is left idle
      And it has been left alone for long enough
      Then it is Inactive

    Scenario: A function that is used stays Active
      Given an Active function running image A
      Then an invocation is served
      And an invocation is served
      And an invocation is served
      And it is still Active after a while
      And it is still Active after a while
      And it is still Active after a while

    Scenario: An idle function that was updated becomes Inactive
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is left idle
      And it has been left alone for long enough
      Then it is Inactive

    Scenario: A function that woke is not idle any more
      Given an Inactive function running image A
      When it is invoked
      And it has come to rest
      Then it is Active
      And an invocation is served
      And it is still Active after a while

    @lever.hold
    Scenario: A function that is being updated is not idle
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And it is left idle
      Then it is still Active after a while
      When image B becomes ready
      Then its last update becomes Successful
      And it is Active

  @states.inactive-not-invocable @lever.idle
  Rule: An invocation while Inactive is refused, the one that wakes it included
    “Functions in other states cannot be invoked.” (Check state before invoking)

    Scenario: The invocation that wakes a function is refused
      Given an Inactive function running image A
      Then an invocation is refused

    Scenario: An updated function that was released refuses the invocation that wakes it
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is left idle
      And it has come to rest
      Then it is Inactive
      And an invocation is refused

    @lever.fail
    Scenario: A function that could not wake refuses invocations again
      Given an Inactive function running image A
      When image A cannot be prepared
      And it is invoked
      And it has been left alone for long enough
      Then it is Inactive
      And an invocation is refused

  @states.inactive-wakes @lever.idle
  Rule: An invocation or a redeploy brings an Inactive function to Pending
    “Redeploy or trigger the function to return it to Pending.” (Function states)

    @lever.hold
    Scenario: An invocation wakes a function
      Given an Inactive function running image A
      When image A is not ready yet
      And it is invoked
      And it has been left alone for long enough
      Then it is Pending

    @lever.hold
    Scenario: A redeploy wakes a function
      Given an Inactive function running image A
      When it is updated to image B, which is not ready yet
      And it has been left alone for long enough
      Then it is Pending

    @lever.hold
    Scenario: A function wakes every time
      Given an Inactive function running image A
      When it is invoked
      And it has come to rest
      And it is left idle
      And it has come to rest
      And image A is not ready yet
      And it is invoked
      And it has been left alone for long enough
      Then it is Pending

  @states.inactive-recovers @lever.idle
  Rule: If that preparation succeeds the function becomes Active, with the code deployed last
    “If resource preparation succeeds, the function returns to Active” (Function states)

    @lever.hold
    Scenario: A function that was woken becomes Active once its image is ready
      Given an Inactive function running image A
      When image A is not ready yet
      And it is invoked
      And it has come to rest
      Then it is Pending
      When image A becomes ready
      And it has been left alone for long enough
      Then it is Active
      And an invocation is served by image A

    Scenario: A function wakes by itself once it was invoked
      Given an Inactive function running image A
      When it is invoked
      And it has been left alone for long enough
      Then it is Active
      And 3 invocations are served by image A
      And it is still Active after a while

    Scenario: An updated function wakes with the code of its update
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is left idle
      And it has come to rest
      And it is invoked
      And it has been left alone for long enough
      Then it is Active
      And an invocation is served by image B

    @lever.fail
    Scenario: A function whose update failed wakes with the code that serves
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      And it has come to rest
      And it is left idle
      And it has come to rest
      And image B becomes ready
      And it is invoked
      And it has been left alone for long enough
      Then an invocation is served by image A

    @lever.hold
    Scenario: A function that is woken by a redeploy becomes Active with it
      Given an Inactive function running image A
      When it is updated to image B, which is not ready yet
      And it has come to rest
      Then it is Pending
      When image B becomes ready
      Then it ends up Active

    @lever.fail
    Scenario: A function that could not wake is woken again
      Given an Inactive function running image A
      When image A cannot be prepared
      And it is invoked
      And it has been left alone for long enough
      Then it is Inactive
      When image A becomes ready
      And it is invoked
      Then it ends up Active

    Scenario: A function wakes a second time
      Given an Inactive function running image A
      When it is invoked
      And it has come to rest
      Then an invocation is served by image A
      When it is left idle
      And it has come to rest
      And it is invoked
      And it has been left alone for long enough
      Then it is Active
      And an invocation is served by image A

  @states.inactive-remains @lever.fail @lever.idle @reading.R10
  Rule: If that preparation fails the function is Inactive again, not Failed
    “otherwise, it remains Inactive.” (Function states)

    An image that was lost meanwhile may make it Failed (reading R10).

    Scenario: A function that cannot be prepared when it is woken is Inactive again
      Given an Inactive function running image A
      When image A cannot be prepared
      And it is invoked
      And it has been left alone for long enough
      Then it is Inactive

    @lever.hold
    Scenario: A function whose image turns out to be broken while it wakes is Inactive again
      Given an Inactive function running image A
      When image A is not ready yet
      And it is invoked
      And it has come to rest
      Then it is Pending
      When image A cannot be prepared
      And it has been left alone for long enough
      Then it is Inactive

    Scenario: A redeploy that fails leaves the function Inactive
      Given an Inactive function running image A
      When it is updated to image B, which cannot be prepared
      Then it ends up Inactive

  @states.only-documented
  Rule: No other change of state happens by itself, and a refused request changes nothing
    “Function states tell you exactly when a function is ready to invoke.” (introduction)

    The refused invocation that wakes an Inactive function is the one exception.

    Scenario: A function that is left alone stays as it is
      Given an Active function running image A
      Then it is still Active after a while
      And it is still Active after a while

    Scenario: An updated function that is left alone stays as it is
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      Then it is Active
      And it is still Active after a while
      When 50 % of a preparation's time passes
      Then it is Active
      When 50 % of a preparation's time passes
      Then it is Active
      When 50 % of a preparation's time passes
      Then it is Active
      When 50 % of a preparation's time passes
      Then it is Active

    Scenario: A function that exists cannot be created again
      Given an Active function running image A
      Then creating it again with image B is refused
      And an invocation is served by image A

    Scenario: Of several creations at once only one is accepted
      When these happen at once
        | it is created with image A |
        | it is created with image A |
        | it is created with image A |
        | it is created with image A |
      And it has come to rest
      Then it is Active
      And an invocation is served by image A

    @lever.hold @lever.idle
    Scenario: A function that woke stays Active
      Given an Inactive function running image A
      When image A is not ready yet
      And it is invoked
      And it is invoked
      And it is invoked
      And image A becomes ready
      Then it becomes Active
      And it is still Active after a while
      And it is still Active after a while

    @lever.idle
    Scenario: An Inactive function that nobody wakes stays as it is
      Given an Inactive function running image A
      Then it is still Inactive after a while

    Scenario: An updated function stays as it is while it is invoked and updated again
      Given an Active function running image A
      When it is updated to image B
      And 150 % of a preparation's time passes
      Then it is Active
      And 5 invocations are served by image A or image B
      And it is Active
      And 5 invocations are served by image A or image B
      And it is still Active after a while
      When it is updated to image C
      Then its last update becomes Successful
      And 5 invocations are served by image C
      And it is still Active after a while
      And 5 invocations are served by image C
