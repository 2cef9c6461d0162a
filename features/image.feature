Feature: Failed state: tag and digest
  A deployment records the digest that the tag of its image has. What becomes of the tag later does not change it.

  @image.digest-reported
  Rule: GetFunction of an Active function reports the digest of its image
    “call the GetFunction operation to obtain the state and image digest of a function” (Check state before invoking)

    Scenario: A created function reports its digest
      Given an Active function running image A
      Then its digest is that of image A

    Scenario: An updated function reports the digest of its update
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      Then it is Active
      And its digest is that of image B

    @lever.fail
    Scenario: A function that recovered reports its digest
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B
      And it has come to rest
      Then it is Active
      And its digest is that of image B

    @lever.idle
    Scenario: A function that woke reports its digest
      Given an Inactive function running image A
      When it is invoked
      And it has come to rest
      Then it is Active
      And its digest is that of image A

    Scenario: The digest is that of the update in the moment it is Successful
      Given an Active function running image A
      When it is updated to image B
      Then its last update becomes Successful
      And its digest is that of image B
      And its digest is that of image B

  @image.digest-recorded @lever.publish @reading.R6
  Rule: The digest is the one that the tag had at the create or update, whatever becomes of the tag
    “records both the tag and the digest of the image version you select” (Failed state)

    Scenario: The digest does not follow the tag
      Given an Active function running image A
      When the tag of image A is overwritten
      Then its digest is that of image A
      And its digest is that of image A

    Scenario: The digest is the same when the tag is put back
      Given an Active function running image A
      When the tag of image A is overwritten
      Then its digest is that of image A
      When the tag of image A is put back
      Then its digest is that of image A

    @lever.hold
    Scenario: The digest is that of the creation, not that of the end of its preparation
      Given a Pending function whose image A is not ready yet
      When the tag of image A is overwritten
      And image A becomes ready
      And it has come to rest
      Then its digest is that of image A

    @lever.hold
    Scenario: The digest is that of the update, not that of the end of its preparation
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And the tag of image B is overwritten
      Then its digest is that of image A or image B
      When image B becomes ready
      And it has come to rest
      Then its digest is that of image A or image B

    Scenario: The digest of an update does not follow the tag
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And the tag of image B is overwritten
      Then its digest is that of image B

    Scenario: A function that is created again after its tag was overwritten has the tag's present digest
      Given an Active function running image A
      When it is deleted
      And the tag of image A is overwritten
      And it is created with image A
      Then it becomes Active
      And its digest is that of image A as overwritten

  @image.never-unrecorded @lever.publish
  Rule: Code that was not deployed is never served, not even when its tag was
    “If that digest is later overwritten in ACR, the function fails to invoke.” (Failed state)

    Scenario: What overwrote the tag is not served
      Given an Active function running image A
      When the tag of image A is overwritten
      And it is invoked

    @lever.idle
    Scenario: A function does not wake with what overwrote its tag
      Given an Inactive function running image A
      When the tag of image A is overwritten
      And it is invoked
      And it has come to rest
      And it is invoked
      And it is invoked
      And it has been left alone for long enough
      Then an invocation is refused

    Scenario: Code of a function that was deleted is not served under its name
      Given an Active function running image A
      Then an invocation is served by image A
      When it is deleted
      And it is created with image B
      And it has come to rest
      Then 2 invocations are served by image B

    @lever.hold
    Scenario: Code that was being prepared when the function was deleted is not served under its name
      Given a Pending function whose image A is not ready yet
      When it is deleted
      And image B is not ready yet
      And it is created with image B
      And image A becomes ready
      And 150 % of a preparation's time passes
      And image B becomes ready
      And it has come to rest
      Then 2 invocations are served by image B

    Scenario: A second function is not served what the tag stood for when the first was created
      Given an Active function running image A
      When the tag of image A is overwritten
      And the second function is created with image A
      And the second function has come to rest
      Then an invocation of the second function is served by image A as overwritten

  @image.redeploy-records @lever.publish
  Rule: An update with the same tag records and serves the tag's present digest
    “If overwritten, redeploy the function using the most recent image information.” (Failed state)

    Scenario: A redeploy records the tag's present digest
      Given an Active function running image A
      When the tag of image A is overwritten
      And it is updated to image A
      And it has come to rest
      Then its digest is that of image A as overwritten

    Scenario: A redeploy serves the tag's present code
      Given an Active function running image A
      When the tag of image A is overwritten
      And it is updated to image A
      And it has come to rest
      Then 3 invocations are served by image A as overwritten

    Scenario: A function that noticed that its tag was overwritten is redeployed
      Given an Active function running image A
      When the tag of image A is overwritten
      And it has been left alone for long enough
      Then an invocation is refused
      When it is updated to image A
      And it has come to rest
      Then it is Active
      And its digest is that of image A as overwritten
      And an invocation is served by image A as overwritten

    Scenario: A redeploy is repeated
      Given an Active function running image A
      When the tag of image A is overwritten
      And it is updated to image A
      And it has come to rest
      And the tag of image A is overwritten
      And it is updated to image A
      And it has come to rest
      Then its digest is that of image A as overwritten
      And an invocation is served by image A as overwritten
