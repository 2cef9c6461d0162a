#!/usr/bin/env python3
"""Drives the official Python SDK of Function Compute 3.0 against an endpoint that offers the lever protocol.

    pip install -r tests/clients/requirements.txt
    python tests/clients/fc3_sdk.py HOST:PORT [--refused CODE]

It signs with the credentials in ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET and, for temporary ones,
ALIBABA_CLOUD_SECURITY_TOKEN, if they are set. With --refused it shows that every operation is refused with that code.

A client that nobody here wrote shows that the endpoint speaks the real wire: what the SDK cannot read, it fails on.
Prints a line a step, and exits with 1 at the first that is not as it should be. It must not know how the endpoint works,
and asserts neither times nor the code of a refused invocation, which no document states.
"""

import argparse
import hashlib
import io
import json
import os
import sys
import time
import traceback
import urllib.parse
import urllib.request

from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi import models as openapi
from alibabacloud_tea_openapi.exceptions import ClientException
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

# Anything but an answer is a failure: a retry would hide it, and an invocation must not be sent twice.
ONCE = RuntimeOptions(autoretry=False, max_attempts=1, connect_timeout=5_000, read_timeout=20_000)

# A proxy has no business between this script and the endpoint, and the SDK takes whatever the environment names.
for variable in ("http_proxy", "https_proxy", "all_proxy"):
    os.environ.pop(variable, None)
    os.environ.pop(variable.upper(), None)


class Unexpected(Exception):
    """Something was not as it should be."""


def expect(holds, message):
    # An assert statement would be silent under -O.
    if not holds:
        raise Unexpected(message)


def digest(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Levers:
    """The lever protocol, version 1."""

    def __init__(self, endpoint):
        self.root = f"http://{endpoint}/_conformance/v1"

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(self.root + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()

    def offered(self):
        status, body = self.send("GET", "")
        expect(status == 200, f"discovery answers {status}")
        answer = json.loads(body)
        expect(answer["version"] == 1, f"the protocol has version {answer['version']}")
        return answer["levers"]

    def image(self, image, code, condition):
        path = "/images/" + urllib.parse.quote(image, safe="")
        status, _ = self.send("PUT", path, {"code": code, "condition": condition})
        expect(status == 204, f"the lever on {image} answers {status}")


class Functions:
    """The operations of the API, as a user of the SDK writes them."""

    def __init__(self, endpoint):
        # An endpoint that asks for no signature looks nothing up under the key that stands in for none.
        config = openapi.Config(
            access_key_id=os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_ID", "example-key-id"),
            access_key_secret=os.environ.get("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "example-key-secret"),
            security_token=os.environ.get("ALIBABA_CLOUD_SECURITY_TOKEN"),
            endpoint=endpoint,
            protocol="HTTP",
            region_id="cn-hangzhou",
        )
        self.client = Client(config)

    def create(self, name, image):
        body = models.CreateFunctionInput(
            function_name=name,
            runtime="custom-container",
            handler="index.handler",
            cpu=0.35,
            memory_size=512,
            disk_size=512,
            timeout=60,
            custom_container_config=models.CustomContainerConfig(image=image, port=9000),
        )
        request = models.CreateFunctionRequest(body=body)
        return self.client.create_function_with_options(request, {}, ONCE).body

    def get(self, name):
        request = models.GetFunctionRequest()
        return self.client.get_function_with_options(name, request, {}, ONCE).body

    def update(self, name, image):
        config = models.CustomContainerConfig(image=image)
        request = models.UpdateFunctionRequest(body=models.UpdateFunctionInput(custom_container_config=config))
        return self.client.update_function_with_options(name, request, {}, ONCE).body

    def invoke(self, name):
        request = models.InvokeFunctionRequest(body=io.BytesIO(b"x"))
        headers = models.InvokeFunctionHeaders(x_fc_invocation_type="Sync")
        response = self.client.invoke_function_with_options(name, request, headers, ONCE)
        expect(response.headers.get("x-fc-request-id"), "an invocation is answered without x-fc-request-id")
        expect("x-fc-error-type" not in response.headers, "an invocation ended with an error of the function")
        return response.body.read().decode()

    def delete(self, name):
        return self.client.delete_function_with_options(name, {}, ONCE).status_code

    def wait(self, name, what, reached, going_on, deadline):
        """Polls until the function is as it should be; fails when it is neither so nor on its way."""
        end = time.monotonic() + deadline
        polls = 0
        while True:
            function = self.get(name)
            polls += 1
            seen = f"state {function.state}, lastUpdateStatus {function.last_update_status}"
            if reached(function):
                return function, polls
            expect(going_on(function), f"waiting for {what}, but {seen}")
            expect(time.monotonic() < end, f"waited {deadline} s for {what}, still {seen}")
            time.sleep(0.02)


def refused(call, what):
    """The SDK's typed error that the call raises."""
    try:
        answer = call()
    except DaraException as error:
        # An endpoint whose error is no JSON object makes the SDK fail on reading it, which is no typed error.
        expect(getattr(error, "code", None) not in (None, "", "None"), f"{what} is refused without a code: {error!r}")
        expect(getattr(error, "request_id", None) not in (None, "", "None"), f"{what} is refused without a request id")
        return error
    raise Unexpected(f"{what} is accepted: {answer!r}")


def steps(endpoint, deadline):
    """Does one step after the other, and yields a line about each."""
    levers, functions = Levers(endpoint), Functions(endpoint)
    mark = f"sdk-{os.getpid()}-{time.time_ns()}"
    name, held = f"{mark}-a", f"{mark}-b"
    repository = f"registry.example:5000/{mark}/repo"
    first, second, third = (f"{repository}:{tag}" for tag in ("v1", "v2", "held"))
    old, new, other = digest(first), digest(second), digest(third)

    offered = levers.offered()
    expect({"publish", "hold"} <= set(offered), f"publish and hold are needed, offered are {offered}")
    levers.image(first, old, "ready")
    levers.image(second, new, "ready")
    yield f"published two images; levers {', '.join(offered)}"

    try:
        created = functions.create(name, first)
        expect(created.function_name == name, f"created {created.function_name!r} instead of {name!r}")
        yield f"created {name}: state {created.state}"

        function, polls = functions.wait(
            name, "Active", lambda f: f.state == "Active", lambda f: f.state == "Pending", deadline
        )
        config = function.custom_container_config
        expect(config.image == first and config.port == 9000, f"the container is {config.to_map()}")
        expect(config.resolved_image_uri == f"{repository}@{old}", f"resolved to {config.resolved_image_uri}")
        expect(function.runtime == "custom-container", f"the runtime is {function.runtime}")
        yield f"Active after {polls} polls, resolved to {config.resolved_image_uri[-19:]}"

        body = functions.invoke(name)
        expect(body == old, f"served {body!r}, published was {old!r}")
        yield "invoked: the first code answers"

        error = refused(lambda: functions.create(name, first), "creating it again")
        expect(error.code == "FunctionAlreadyExists", f"creating it again is refused with {error.code}")
        yield f"not created again: {type(error).__name__} {error.status_code} {error.code}"

        functions.update(name, second)
        function, polls = functions.wait(
            name,
            "Successful",
            lambda f: f.last_update_status == "Successful",
            lambda f: f.last_update_status == "InProgress",
            deadline,
        )
        config = function.custom_container_config
        expect(function.state == "Active", f"updated, but state {function.state}")
        expect(config.port == 9000, f"the update of the image made the port {config.port}")
        expect(config.resolved_image_uri == f"{repository}@{new}", f"resolved to {config.resolved_image_uri}")
        yield f"updated: Successful after {polls} polls"

        body = functions.invoke(name)
        expect(body == new, f"served {body!r}, updated to {new!r}")
        yield "invoked: the updated code answers"

        levers.image(third, other, "held")
        functions.create(held, third)
        expect(functions.get(held).state == "Pending", "a function whose image is held is not Pending")
        error = refused(lambda: functions.invoke(held), "an invocation while Pending")
        yield f"not invoked while Pending: {type(error).__name__} {error.status_code} {error.code}"

        levers.image(third, other, "ready")
        functions.wait(held, "Active", lambda f: f.state == "Active", lambda f: f.state == "Pending", deadline)
        body = functions.invoke(held)
        expect(body == other, f"served {body!r}, published was {other!r}")
        yield "released: Active, and its code answers"

        for deleted in (name, held):
            status = functions.delete(deleted)
            expect(200 <= status < 300, f"deleting answers {status}")
        yield "deleted both"

        for what, call in (("GetFunction", functions.get), ("InvokeFunction", functions.invoke)):
            error = refused(lambda: call(name), f"{what} of a deleted function")
            seen = f"{type(error).__name__} {error.status_code} {error.code}"
            typed = isinstance(error, ClientException) and error.status_code == 404
            expect(typed and error.code == "FunctionNotFound", f"{what} of a deleted function: {seen}")
            yield f"gone to {what}: {seen}"
    finally:
        for left in (name, held):
            try:
                functions.delete(left)
            except Exception:  # It is gone already, or what went wrong before matters more.
                pass
        for image in (first, second, third):
            try:
                levers.image(image, None, "missing")
            except Exception:  # The endpoint need not offer this lever.
                pass


def refusals(endpoint, code):
    """Shows that every operation is refused with the code, and that levers ask for no signature."""
    levers, functions = Levers(endpoint), Functions(endpoint)
    yield f"levers {', '.join(levers.offered())}"
    operations = (
        ("CreateFunction", lambda: functions.create("refused", "registry.example/refused:v1")),
        ("GetFunction", lambda: functions.get("refused")),
        ("UpdateFunction", lambda: functions.update("refused", "registry.example/refused:v2")),
        ("InvokeFunction", lambda: functions.invoke("refused")),
        ("DeleteFunction", lambda: functions.delete("refused")),
    )
    for what, call in operations:
        error = refused(call, what)
        expect(error.code == code, f"{what} is refused with {error.code} instead of {code}")
        yield f"{what}: {type(error).__name__} {error.status_code} {error.code}"


def main():
    parser = argparse.ArgumentParser(description="Drives the official Python SDK against an endpoint with levers.")
    parser.add_argument("endpoint", metavar="HOST:PORT", help="where it listens, over plain http")
    parser.add_argument("--deadline", type=float, default=30, help="seconds to wait for a state (default: 30)")
    parser.add_argument("--refused", metavar="CODE", help="every operation must be refused with this code")
    arguments = parser.parse_args()
    if arguments.refused:
        shown = refusals(arguments.endpoint, arguments.refused)
    else:
        shown = steps(arguments.endpoint, arguments.deadline)
    try:
        for line in shown:
            print(f"ok    {line}", flush=True)
    except (Unexpected, DaraException, OSError) as error:
        print(f"FAIL  {error}", flush=True)
        return 1
    except Exception as error:
        # Mostly the SDK, over something that it could not read; where it was tells which step.
        traceback.print_exc()
        print(f"FAIL  {type(error).__name__}: {error}", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
