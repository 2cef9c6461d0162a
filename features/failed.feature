Feature: Failed state
  A function is Failed when its resources could not be prepared, or when its image is lost. Only an update helps it.

  @failed.at-creation @lever.fail @reading.R7
  Rule: A creation whose preparation fails ends in Failed
    “Resource preparation failed during creation or update: The function cannot be invoked” (Failed state)

    Scenario: A creation whose image cannot be prepared fails
      Given image A cannot be prepared
      When it is created with image A
      And it has been left alone for long enough
      Then it is Failed

    @lever.hold
    Scenario: A creation whose image turns out to be broken fails
      Given a Pending function whose image A is not ready yet
      Then it is Pending
      When image A cannot be prepared
      And it has been left alone for long enough
      Then it is Failed
      And an invocation is refused

    @lever.delete
    Scenario: A creation whose image does not exist fails
      Given image A does not exist
      When it is created with image A
      And it has been left alone for long enough
      Then it is Failed

    Scenario: A creation under a name that was used before fails as well
      Given an Active function running image A
      When it is deleted
      And image B cannot be prepared
      And it is created with image B
      And it has been left alone for long enough
      Then it is Failed
      And an invocation is refused

  @failed.image-deleted @lever.delete @reading.R4
  Rule: A function whose image is deleted becomes Failed
    “If the image is deleted […] the function enters the Failed state.” (Failed state)

    Scenario: A function whose image is deleted does not serve, and is Failed
      Given an Active function running image A
      Then an invocation is served
      When image A is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      And an invocation is refused

    Scenario: An updated function whose image is deleted is Failed
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And image B is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed

    @lever.publish
    Scenario: A function whose image was overwritten, then deleted, is Failed
      Given an Active function running image A
      When the tag of image A is overwritten
      And image A is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed

  @failed.tag-overwritten @lever.publish @reading.R4
  Rule: A function whose tag now has another digest becomes Failed, or at the least is not invocable
    “If that digest is later overwritten in ACR, the function fails to invoke.” (Failed state)

    Scenario: A function whose tag is overwritten does not serve
      Given an Active function running image A
      Then an invocation is served by image A
      When the tag of image A is overwritten
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Active or Failed
      And an invocation is refused

    Scenario: An updated function whose tag is overwritten does not serve
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And the tag of image B is overwritten
      And it has been left alone for long enough
      Then an invocation is refused

    Scenario: The tag of another image does not matter
      Given an Active function running image A
      When it is updated to image B
      And it has come to rest
      And the tag of image A is overwritten
      And it has been left alone for long enough
      Then an invocation is served by image B
      When the tag of image B is overwritten
      And it has been left alone for long enough
      Then an invocation is refused

  @failed.stays @lever.fail
  Rule: A Failed function stays so until it is updated
    “Update the function with valid image information and redeploy.” (Failed state)

    Scenario: A repaired image does not repair the function
      Given a Failed function whose image A cannot be prepared
      When image A becomes ready
      Then it is still Failed after a while
      And it is still Failed after a while

    Scenario: An invocation does not repair the function
      Given a Failed function whose image A cannot be prepared
      When image A becomes ready
      Then an invocation is refused
      And it is Failed
      And it is still Failed after a while

    @lever.delete
    Scenario: A lost image that is put back does not repair the function
      Given an Active function running image A
      When image A is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      When image A becomes ready
      Then it is still Failed after a while
      And it is still Failed after a while

    @lever.idle
    Scenario: A Failed function is not released
      Given a Failed function whose image A cannot be prepared
      When it is left idle
      Then it is still Failed after a while

    Scenario: A Failed function stays Failed while nothing happens
      Given a Failed function whose image A cannot be prepared
      Then it is still Failed after a while

  @failed.recovers @lever.fail @reading.R3
  Rule: An update with a valid image makes a Failed function Active with that image
    “Update the function with valid image information and redeploy.” (Failed state)

    Scenario: A Failed function recovers by an update to another image
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B
      Then it ends up Active

    @lever.delete
    Scenario: A function that recovered serves what it was updated to, and recovers again
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B
      Then it becomes Active
      And 2 invocations are served by image B
      When image B is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      When it is updated to image C
      Then it ends up Active

    @lever.hold
    Scenario: A Failed function recovers once the image of its update is ready
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B, which is not ready yet
      Then it is Failed or Pending
      When image B becomes ready
      Then it ends up Active

    Scenario: A Failed function recovers by an update to its own image, repaired
      Given a Failed function whose image A cannot be prepared
      When image A becomes ready
      And it is updated to image A
      Then it ends up Active

    @lever.delete
    Scenario: A function that lost its image recovers by an update
      Given an Active function running image A
      When image A is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      When it is updated to image B
      Then it ends up Active

    Scenario: A Failed function recovers at the second attempt
      Given a Failed function whose image A cannot be prepared
      When it is updated to image B, which cannot be prepared
      And it has come to rest
      And it is updated to image C
      Then it ends up Active

    @lever.delete
    Scenario: A function that lost its image serves what it was updated to, and recovers again
      Given an Active function running image A
      When image A is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      When it is updated to image B
      Then it becomes Active
      And 2 invocations are served by image B
      When image B is deleted
      And it has been left alone for long enough
      Then an invocation is refused
      When it has been left alone for long enough
      Then it is Failed
      When it is updated to image C
      Then it ends up Active
