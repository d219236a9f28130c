import { deepEqual } from "#assert";
import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from "./testing_bdd.ts";

describe("describe()", () => {
  const calls: string[] = [];
  beforeAll(() => void calls.push("beforeAll"));
  beforeEach(() => void calls.push("beforeEach"));
  afterEach(() => void calls.push("afterEach"));
  afterAll(() => deepEqual(calls.filter((call) => call === "beforeAll").length, 1));

  it("runs the hooks before its first test", () => {
    deepEqual(calls, ["beforeAll", "beforeEach"]);
  });

  it("runs the hooks between two tests", () => {
    deepEqual(calls, ["beforeAll", "beforeEach", "afterEach", "beforeEach"]);
  });
});
