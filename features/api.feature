Feature: The wire
  What clients of the API rely on, whatever the states are.

  @api.errors
  Rule: A refusal is a 4xx or 5xx whose body is a JSON object with `Code` and `Message`
    The page does not speak of it; the API's reference does, and the official SDKs cannot read anything else. A 5xx
    without them is noted, not failed.

    Scenario: What is not there is refused in that form
      When it is looked at
      Then the refusal has a code and a message
      When it is invoked
      Then the refusal has a code and a message
      When it is updated to image A
      Then the refusal has a code and a message
      When it is deleted
      Then the refusal has a code and a message

    @lever.hold
    Scenario: An invocation of a Pending function is refused in that form
      Given a Pending function whose image A is not ready yet
      When it is invoked
      Then the refusal has a code and a message

    @lever.fail
    Scenario: An invocation of a Failed function is refused in that form
      Given a Failed function whose image A cannot be prepared
      When it is invoked
      Then the refusal has a code and a message

    @lever.idle
    Scenario: An invocation of an Inactive function is refused in that form
      Given an Inactive function running image A
      When it is invoked
      Then the refusal has a code and a message

    Scenario: A creation of what exists is refused in that form
      Given an Active function running image A
      Then creating it again with image B is refused
      And the refusal has a code and a message

  @api.not-found
  Rule: An unknown or deleted function answers 404 `FunctionNotFound` to every operation
    The page does not speak of it; the API's list of error codes does, and clients tell by it what is gone.

    Scenario: A function that never was is not found
      Then it is not found

    Scenario Outline: <operation> of a function that never was finds nothing
      Then <operation> finds no function

      Examples:
        | operation     |
        | an invocation |
        | an update     |
        | a deletion    |

    Scenario: A function that was deleted is not found
      Given an Active function running image A
      When it is deleted
      Then it is not found
      And an invocation finds no function
      And an update finds no function
      And a deletion finds no function
      And it is not found

    @lever.hold
    Scenario: A function that was deleted while it was prepared is not found
      Given a Pending function whose image A is not ready yet
      When it is deleted
      Then it is not found
      When image A becomes ready
      And 150 % of a preparation's time passes
      Then it is not found
      And an invocation finds no function

    @lever.hold
    Scenario: A function that was deleted while it was updated is not found
      Given an Active function running image A
      When it is updated to image B, which is not ready yet
      And it is deleted
      And image B becomes ready
      And 150 % of a preparation's time passes
      Then it is not found
      And an invocation finds no function

    Scenario: A function that is gone stays gone
      Given an Active function running image A
      When it is deleted
      And 150 % of a preparation's time passes
      Then it is not found
      When it is invoked
      And 150 % of a preparation's time passes
      Then an invocation finds no function

    Scenario: A function that is deleted while it is updated is not found
      Given an Active function running image A
      When these happen at once
        | it is updated to image B |
        | it is deleted            |
      Then it is not found
      When 150 % of a preparation's time passes
      Then it is not found
      And an invocation finds no function

    Scenario: A function that is deleted while it is invoked is not found
      Given an Active function running image A
      When these happen at once
        | it is invoked |
        | it is deleted |
        | it is invoked |
      Then it is not found
      And an invocation finds no function

    Scenario: A function that is deleted while it is updated is not found, each time
      Given an Active function running image A
      When these happen at once
        | it is updated to image B |
        | it is deleted            |
      Then it is not found
      When it is created with image A
      And it has come to rest
      And these happen at once
        | it is updated to image B |
        | it is deleted            |
      Then it is not found
      When it is created with image A
      And it has come to rest
      And these happen at once
        | it is updated to image B |
        | it is deleted            |
      Then it is not found
      When it is created with image A
      And it has come to rest
      And these happen at once
        | it is updated to image B |
        | it is deleted            |
      Then it is not found
      When it is created with image A
      And it has come to rest
      And these happen at once
        | it is updated to image B |
        | it is deleted            |
      Then it is not found
