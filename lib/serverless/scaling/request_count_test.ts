import { deepStrictEqual, strictEqual } from "#assert";
import { signalsOf } from "../../../tests/conformance/scaling_laws.ts";
import { requestCount } from "./request_count.ts";

Deno.test("request-count is ceil((in queue + in progress) / scaler value), at once", () => {
  const policy = requestCount();
  // Requests that wait, that run, instances, and the answer for four requests each.
  const rows = [
    [0, 0, 0, 0],
    [1, 0, 0, 1],
    [4, 0, 0, 1],
    [5, 0, 1, 2],
    [0, 8, 2, 2],
    [1, 8, 2, 3],
    [30, 10, 3, 10],
    // Idle workers go by their idle timeout.
    [0, 3, 10, 10],
    [0, 0, 10, 10],
  ];
  for (const [queued, inFlight, ready, desired] of rows) {
    strictEqual(policy.desired(signalsOf({ queued, inFlight, ready })), desired);
    strictEqual(policy.keepsAtLeast!(), Math.ceil((queued + inFlight) / 4));
  }
});

Deno.test("request-count keeps its buffer while there are requests, and nothing without", () => {
  const policy = requestCount({ requests: 2, buffer: 3 });
  const answers = [0, 1, 2, 3, 0].map((inFlight) => [
    policy.desired(signalsOf({ inFlight, ready: 1 })),
    policy.keepsAtLeast!(),
  ]);
  deepStrictEqual(answers, [[1, 0], [4, 4], [4, 4], [5, 5], [1, 0]]);
});
