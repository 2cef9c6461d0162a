Feature: Check state before invoking
  What a client has seen of a function is a promise: it can act upon it.

  @readiness.fresh
  Rule: GetFunction after a create or update has returned reflects it
    “call the GetFunction operation to verify the function state before invoking” (Check state before invoking)

    It is never refused, and never shows the status of before.

    Scenario: A function is there as soon as its creation has returned
      When it is created with image A
      Then it is Pending or Active
      And it is Pending or Active

    @lever.hold
    Scenario: An update shows as soon as it has returned
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      Then its last update status is InProgress
      And its last update status is InProgress

    Scenario: An update shows though the one before it was Successful
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And it is updated to image C
      Then its last update status is InProgress or Successful
      And its last update becomes Successful
      And its digest is that of image C

    @lever.hold @lever.fail
    Scenario: An update shows though the one before it failed
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      Then its last update becomes Failed
      When it is updated to image C, which is not ready yet
      Then its last update status is InProgress

    Scenario: A function that is created again is there
      Given an Active function running image A
      When it is deleted
      And it is created with image B
      Then it is Pending or Active

    @lever.hold
    Scenario: An update shows though the one before it was Successful and this one is not ready
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      When it is updated to image C, which is not ready yet
      Then its last update status is InProgress

    @lever.hold @lever.fail
    Scenario: A function that is created again begins with no update of before
      Given an Active function running image A
      When it is updated to image B, which cannot be prepared
      Then its last update becomes Failed
      When it is deleted
      And image C is not ready yet
      And it is created with image C
      Then its last update status is absent or InProgress or Successful

    @lever.hold
    Scenario: The second and the third update show, too
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      When it is updated to image C, which is not ready yet
      Then its last update status is InProgress
      When image C becomes ready
      Then its last update becomes Successful
      When it is updated to image D, which is not ready yet
      Then its last update status is InProgress
      And its last update status is InProgress

    @lever.hold
    Scenario: An update of a Pending function shows
      Given a Pending function whose image A is not ready yet
      When it is updated to image B
      And image A becomes ready
      Then it becomes Active
      And its digest is that of image B
      And an invocation is served by image B

  @readiness.active-then-invoke
  Rule: A client that saw Active, and no update since, can invoke
    “Newly created functions: confirm the state is Active.” (Check state before invoking)

    Scenario: A function that is seen Active serves at once
      Given an Active function running image A
      Then an invocation is served by image A

    Scenario: A function that is seen Active serves, over and over
      Given an Active function running image A
      Then it is Active
      And 8 invocations are served by image A
      And it is Active
      And an invocation is served by image A

    @lever.idle
    Scenario: A function that is seen Active after it woke serves at once
      Given an Inactive function running image A
      When it is invoked
      Then it becomes Active
      And 2 invocations are served by image A

    Scenario: Several functions that are seen Active serve
      Given an Active function running image A
      And a second Active function running image B
      Then an invocation is served by image A
      And an invocation of the second function is served by image B

    Scenario: A function that is created again and seen Active serves at once
      Given an Active function running image A
      When it is deleted
      And it is created with image B
      Then it becomes Active
      And 2 invocations are served by image B

  @readiness.successful-then-new
  Rule: A client that saw Successful reaches the updated code, on every later invocation
    “Updated functions: confirm LastUpdateStatus is Successful.” (Check state before invoking)

    Scenario: An update that is seen Successful serves at once, and for good
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      And 8 invocations are served by image B

    Scenario: Every update that is seen Successful serves at once
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      And 3 invocations are served by image B
      When it is updated to image C
      Then its last update becomes Successful
      And 3 invocations are served by image C
      When it is updated to image D
      Then its last update becomes Successful
      And 3 invocations are served by image D

    Scenario: An update that was seen Successful serves some time later, too
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      And an invocation is served by image B
      When 150 % of a preparation's time passes
      Then 3 invocations are served by image B
      When 150 % of a preparation's time passes
      Then 3 invocations are served by image B

    Scenario: Invocations at once after an update was seen Successful
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      When these happen at once
        | it is invoked |
        | it is invoked |
        | it is invoked |
        | it is invoked |
      Then an invocation is served by image B

  @readiness.apart
  Rule: What is done to one function changes no other
    “Function states tell you exactly when a function is ready to invoke.” (introduction)

    Scenario: An update of one function does not reach another
      Given an Active function running image A
      And a second Active function running image B
      When it is updated to image C
      And it has come to rest
      Then an invocation of the second function is served by image B
      And the second function's digest is that of image B
      And the second function is Active

    Scenario: A deletion of one function does not reach another
      Given an Active function running image A
      And a second Active function running image B
      When it is deleted
      Then the second function is Active
      And an invocation of the second function is served by image B
      And it is not found

    Scenario: A deletion does not reach a function with the same image
      Given an Active function running image A
      And a second Active function running image A
      When it is deleted
      Then the second function is still Active after a while
      And an invocation of the second function is served by image A

    Scenario: Each function serves its own code, over and over
      Given an Active function running image A
      And a second Active function running image B
      And a third Active function running image C
      Then 6 invocations are served by image A
      And 6 invocations of the second function are served by image B
      And 6 invocations of the third function are served by image C

    Scenario: Functions with one image are two functions
      Given an Active function running image A
      And a second Active function running image A
      When it is updated to image B
      And it has come to rest
      Then an invocation is served by image B
      And an invocation of the second function is served by image A
      And the second function's last update status is absent or Successful

    @lever.fail
    Scenario: A failed update of one function does not reach another
      Given an Active function running image A
      And a second Active function running image A
      When it is updated to image B, which cannot be prepared
      And it has come to rest
      Then the second function is Active
      And an invocation of the second function is served by image A
      And the second function's last update status is absent or Successful

    @lever.idle
    Scenario: One function that is idle does not put another to sleep
      Given an Active function running image A
      And a second Active function running image A
      When it is left idle
      And it has come to rest
      Then the second function is Active
      And an invocation of the second function is served by image A

    Scenario: Two functions that are updated at once each get their own code
      Given an Active function running image A
      And a second Active function running image B
      When these happen at once
        | it is updated to image C                  |
        | the second function is updated to image D |
      And it has come to rest
      And the second function has come to rest
      Then an invocation is served by image C
      And an invocation of the second function is served by image D

    @lever.hold @lever.fail
    Scenario: A creation that fails does not reach another
      Given a Pending function whose image A is not ready yet
      And image B cannot be prepared
      When the second function is created with image B
      Then the second function becomes Failed
      And it is Pending
      When image A becomes ready
      Then it becomes Active
      And an invocation is served by image A
