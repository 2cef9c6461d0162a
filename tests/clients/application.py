#!/usr/bin/env python3
"""The test-suite of an application that runs as a function, as its authors might have written it.

    pip install -r tests/clients/requirements.txt
    python tests/clients/application.py HOST:PORT

It deploys, updates, sends some requests and takes the application away again, by the official Python SDK. Like most such
suites it asks of each request only that it is answered, so it passes although the endpoint breaks promises. What passes on
the way tells more than what was asserted: `fnconform record` between this and an endpoint says which promise was broken.
"""

import argparse
import os
import sys
import time

from fc3_sdk import Functions, Levers, digest, expect

REQUESTS = 12


def main():
    parser = argparse.ArgumentParser(description="An application's tests, by the official Python SDK.")
    parser.add_argument("endpoint", metavar="HOST:PORT", help="where it listens, over plain http")
    arguments = parser.parse_args()
    levers, functions = Levers(arguments.endpoint), Functions(arguments.endpoint)
    name = f"shop-{os.getpid()}-{time.time_ns()}"
    before, after = (f"registry.example/{name}:{tag}" for tag in ("v1", "v2"))
    for image in (before, after):
        levers.image(image, digest(image), "ready")

    def answers():
        for _ in range(REQUESTS):
            expect(functions.invoke(name), "a request is answered with nothing")

    functions.create(name, before)
    try:
        functions.wait(name, "Active", lambda f: f.state == "Active", lambda f: f.state == "Pending", 30)
        answers()
        print("ok    deployed, and answers", flush=True)
        functions.update(name, after)
        functions.wait(
            name,
            "Successful",
            lambda f: f.last_update_status == "Successful",
            lambda f: f.last_update_status == "InProgress",
            30,
        )
        answers()
        print("ok    updated, and answers", flush=True)
    finally:
        functions.delete(name)
    print("ok    taken away", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
