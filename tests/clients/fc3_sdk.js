#!/usr/bin/env node
/**
 * Drives the official Node SDK of Function Compute 3.0 against an endpoint that offers the lever protocol.
 *
 *     npm ci --prefix DIR                    # with package.json and package-lock.json copied to DIR
 *     NODE_PATH=DIR/node_modules node tests/clients/fc3_sdk.js HOST:PORT [--refused CODE]
 *
 * It does the same as fc3_sdk.py by another SDK, which signs other headers than Python's. Prints a line a step, and exits
 * with 1 at the first that is not as it should be. Credentials come from ALIBABA_CLOUD_ACCESS_KEY_ID,
 * ALIBABA_CLOUD_ACCESS_KEY_SECRET and ALIBABA_CLOUD_SECURITY_TOKEN, if they are set. With --refused it shows that every
 * operation is refused with that code. It must not know how the endpoint works, and asserts neither times nor the code of
 * a refused invocation, which no document states.
 */

"use strict";

const crypto = require("node:crypto");
const { Readable } = require("node:stream");

const fc = require("@alicloud/fc20230330");
const { $OpenApiUtil } = require("@alicloud/openapi-core");
const { RuntimeOptions } = require("@darabonba/typescript");

// Anything but an answer is a failure: a retry would hide it, and an invocation must not be sent twice.
const ONCE = new RuntimeOptions({ autoretry: false, maxAttempts: 1, connectTimeout: 5000, readTimeout: 20000 });
const DEADLINE = 30_000;

class Unexpected extends Error {}

function expect(holds, message) {
  if (!holds) throw new Unexpected(message);
}

const digest = (text) => `sha256:${crypto.createHash("sha256").update(text).digest("hex")}`;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** The lever protocol, version 1. */
class Levers {
  constructor(endpoint) {
    this.root = `http://${endpoint}/_conformance/v1`;
  }

  async offered() {
    const response = await fetch(this.root);
    expect(response.status === 200, `discovery answers ${response.status}`);
    const { version, levers } = await response.json();
    expect(version === 1, `the protocol has version ${version}`);
    return levers;
  }

  async image(image, code, condition) {
    const response = await fetch(`${this.root}/images/${encodeURIComponent(image)}`, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code, condition }),
    });
    expect(response.status === 204, `the lever on ${image} answers ${response.status}`);
  }
}

/** The operations of the API, as a user of the SDK writes them. */
class Functions {
  constructor(endpoint) {
    // An endpoint that asks for no signature looks nothing up under the key that stands in for none.
    const {
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId = "example-key-id",
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret = "example-key-secret",
      ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
    } = process.env;
    const credentials = { accessKeyId, accessKeySecret, securityToken };
    const config = { ...credentials, endpoint, protocol: "HTTP", regionId: "cn-hangzhou" };
    this.client = new fc.default(new $OpenApiUtil.Config(config));
  }

  async create(functionName, image) {
    const body = new fc.CreateFunctionInput({
      functionName,
      runtime: "custom-container",
      handler: "index.handler",
      cpu: 0.35,
      memorySize: 512,
      diskSize: 512,
      timeout: 60,
      customContainerConfig: new fc.CustomContainerConfig({ image, port: 9000 }),
    });
    return (await this.client.createFunctionWithOptions(new fc.CreateFunctionRequest({ body }), {}, ONCE)).body;
  }

  async get(name) {
    return (await this.client.getFunctionWithOptions(name, new fc.GetFunctionRequest({}), {}, ONCE)).body;
  }

  async update(name, image) {
    const config = new fc.CustomContainerConfig({ image });
    const body = new fc.UpdateFunctionInput({ customContainerConfig: config });
    return (await this.client.updateFunctionWithOptions(name, new fc.UpdateFunctionRequest({ body }), {}, ONCE)).body;
  }

  async invoke(name) {
    const request = new fc.InvokeFunctionRequest({ body: Readable.from(Buffer.from("x")) });
    const headers = new fc.InvokeFunctionHeaders({ xFcInvocationType: "Sync" });
    const response = await this.client.invokeFunctionWithOptions(name, request, headers, ONCE);
    expect(response.headers["x-fc-request-id"], "an invocation is answered without x-fc-request-id");
    expect(!("x-fc-error-type" in response.headers), "an invocation ended with an error of the function");
    const chunks = [];
    for await (const chunk of response.body) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString();
  }

  async delete(name) {
    return (await this.client.deleteFunctionWithOptions(name, {}, ONCE)).statusCode;
  }

  /** Polls until the function is as it should be; fails when it is neither so nor on its way. */
  async wait(name, what, reached, goingOn) {
    const end = Date.now() + DEADLINE;
    for (let polls = 1; ; polls += 1) {
      const found = await this.get(name);
      if (reached(found)) return [found, polls];
      const seen = `state ${found.state}, lastUpdateStatus ${found.lastUpdateStatus}`;
      expect(goingOn(found), `waiting for ${what}, but ${seen}`);
      expect(Date.now() < end, `waited ${DEADLINE} ms for ${what}, still ${seen}`);
      await pause(20);
    }
  }

  active(name) {
    return this.wait(name, "Active", ({ state }) => state === "Active", ({ state }) => state === "Pending");
  }
}

/** The SDK's typed error that the call ends with. */
async function refused(call, what) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    // An endpoint whose error is no JSON object makes the SDK fail on reading it, which is no typed error.
    expect(error.code && error.code !== "undefined", `${what} is refused without a code: ${error}`);
    expect(error.statusCode >= 400, `${what} is refused with the status ${error.statusCode}: ${error}`);
    return error;
  }
  throw new Unexpected(`${what} is accepted: ${JSON.stringify(answer)}`);
}

const shown = (error) => `${error.name} ${error.statusCode} ${error.code}`;

/** Does one step after the other, and yields a line about each. */
async function* steps(endpoint) {
  const [levers, functions] = [new Levers(endpoint), new Functions(endpoint)];
  const mark = `node-${process.pid}-${Date.now()}`;
  const [name, held] = [`${mark}-a`, `${mark}-b`];
  const repository = `registry.example:5000/${mark}/repo`;
  const [first, second, third] = ["v1", "v2", "held"].map((tag) => `${repository}:${tag}`);
  const [before, after, other] = [first, second, third].map(digest);

  const offered = await levers.offered();
  expect(offered.includes("publish") && offered.includes("hold"), `publish and hold are needed, offered are ${offered}`);
  await levers.image(first, before, "ready");
  await levers.image(second, after, "ready");
  yield `published two images; levers ${offered.join(", ")}`;

  try {
    const created = await functions.create(name, first);
    expect(created.functionName === name, `created ${created.functionName} instead of ${name}`);
    yield `created ${name}: state ${created.state}`;

    let [found, polls] = await functions.active(name);
    let config = found.customContainerConfig;
    expect(config.image === first && config.port === 9000, `the container is ${JSON.stringify(config)}`);
    expect(config.resolvedImageUri === `${repository}@${before}`, `resolved to ${config.resolvedImageUri}`);
    expect(found.runtime === "custom-container", `the runtime is ${found.runtime}`);
    yield `Active after ${polls} polls, resolved to ${config.resolvedImageUri.slice(-19)}`;

    let body = await functions.invoke(name);
    expect(body === before, `served ${body}, published was ${before}`);
    yield "invoked: the first code answers";

    let error = await refused(() => functions.create(name, first), "creating it again");
    expect(error.code === "FunctionAlreadyExists", `creating it again is refused with ${error.code}`);
    yield `not created again: ${shown(error)}`;

    await functions.update(name, second);
    [found, polls] = await functions.wait(
      name,
      "Successful",
      ({ lastUpdateStatus }) => lastUpdateStatus === "Successful",
      ({ lastUpdateStatus }) => lastUpdateStatus === "InProgress",
    );
    config = found.customContainerConfig;
    expect(found.state === "Active", `updated, but state ${found.state}`);
    expect(config.port === 9000, `the update of the image made the port ${config.port}`);
    expect(config.resolvedImageUri === `${repository}@${after}`, `resolved to ${config.resolvedImageUri}`);
    yield `updated: Successful after ${polls} polls`;

    body = await functions.invoke(name);
    expect(body === after, `served ${body}, updated to ${after}`);
    yield "invoked: the updated code answers";

    await levers.image(third, other, "held");
    await functions.create(held, third);
    expect((await functions.get(held)).state === "Pending", "a function whose image is held is not Pending");
    error = await refused(() => functions.invoke(held), "an invocation while Pending");
    yield `not invoked while Pending: ${shown(error)}`;

    await levers.image(third, other, "ready");
    await functions.active(held);
    body = await functions.invoke(held);
    expect(body === other, `served ${body}, published was ${other}`);
    yield "released: Active, and its code answers";

    for (const deleted of [name, held]) {
      const status = await functions.delete(deleted);
      expect(status >= 200 && status < 300, `deleting answers ${status}`);
    }
    yield "deleted both";

    for (const [what, call] of [["GetFunction", () => functions.get(name)], ["InvokeFunction", () => functions.invoke(name)]]) {
      error = await refused(call, `${what} of a deleted function`);
      expect(error.statusCode === 404 && error.code === "FunctionNotFound", `${what} of a deleted one: ${shown(error)}`);
      yield `gone to ${what}: ${shown(error)}`;
    }
  } finally {
    // They are gone already, the lever is not offered, or what went wrong before matters more.
    const ignored = () => {};
    for (const left of [name, held]) await functions.delete(left).catch(ignored);
    for (const image of [first, second, third]) await levers.image(image, null, "missing").catch(ignored);
  }
}

/** Shows that every operation is refused with the code, and that levers ask for no signature. */
async function* refusals(endpoint, code) {
  const functions = new Functions(endpoint);
  yield `levers ${(await new Levers(endpoint).offered()).join(", ")}`;
  const operations = {
    CreateFunction: () => functions.create("refused", "registry.example/refused:v1"),
    GetFunction: () => functions.get("refused"),
    UpdateFunction: () => functions.update("refused", "registry.example/refused:v2"),
    InvokeFunction: () => functions.invoke("refused"),
    DeleteFunction: () => functions.delete("refused"),
  };
  for (const [what, call] of Object.entries(operations)) {
    const error = await refused(call, what);
    expect(error.code === code, `${what} is refused with ${error.code} instead of ${code}`);
    yield `${what}: ${shown(error)}`;
  }
}

async function main([endpoint, flag, code, ...others]) {
  if (!endpoint || others.length > 0 || (flag && (flag !== "--refused" || !code))) {
    console.error("usage: fc3_sdk.js HOST:PORT [--refused CODE]");
    return 2;
  }
  try {
    for await (const line of code ? refusals(endpoint, code) : steps(endpoint)) console.log(`ok    ${line}`);
    return 0;
  } catch (error) {
    console.log(`FAIL  ${error instanceof Unexpected ? error.message : error.stack}`);
    return 1;
  }
}

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
