import { deepEqual, equal, ok, throws } from "#assert";
import {
  fixed,
  FROM_ZERO,
  type HandMadeRequest,
  outcomes,
  runSmall as run,
  type SmallClusterChanges,
  watching,
} from "../../../tests/support/small_cluster.ts";
import { fcfsQueue } from "../../scheduling/admission/mod.ts";
import { fasterTransformer } from "../../scheduling/batching/faster_transformer.ts";
import type { DrainParts } from "../cluster_parts.ts";

// Steps take one second, starts two. An instance takes one request at a time unless a test says so.

const ONE = { concurrencyPerInstance: 1 };
const within = (seconds: number): SmallClusterChanges => ({
  fn: { ...ONE, executionLimitSeconds: seconds },
});
const patient = (seconds: number, fn = {}): SmallClusterChanges => ({
  fn,
  cluster: { patienceSeconds: [seconds] },
});
const rounded = (values: Float64Array) => [...values].map((at) => Math.round(at * 1e6) / 1e6);

Deno.test("an execution that takes too long is cut off when the step in progress ends", () => {
  // The limit is over at 3.5 s, in the step from 3 to 4 s; the next request gets the place then.
  const { columns, ...record } = run([[0, 1, 10], [1, 1, 2]], within(3.5));
  deepEqual(outcomes({ columns, ...record }), ["execution_limit", "completed"]);
  deepEqual(rounded(columns.scheduledAtSeconds), [0, 4]);
  deepEqual(rounded(columns.firstTokenAtSeconds), [1, 5]);
  deepEqual(rounded(columns.completedAtSeconds), [NaN, 6]);
  equal(record.totals.at(0).busySeconds, 6);
});

Deno.test("who ends as the time is over is in time, and a moment later is not", () => {
  deepEqual(outcomes(run([[0, 1, 3]], within(3))), ["completed"]);
  deepEqual(outcomes(run([[0, 1, 3]], patient(3))), ["completed"]);
  const late = run([[0, 1, 3]], within(2.99));
  deepEqual(outcomes(late), ["execution_limit"]);
  ok(Number.isNaN(late.columns.completedAtSeconds[0]), "the last token has reached nobody");
});

Deno.test("the time of an execution begins in the instance, a client's with its arrival", () => {
  // Ready at 2 s, two tokens until 4 s.
  const started = { scaling: FROM_ZERO };
  deepEqual(outcomes(run([[0, 1, 2]], { ...within(2), ...started })), ["completed"]);
  deepEqual(outcomes(run([[0, 1, 2]], { ...patient(4), ...started })), ["completed"]);
  deepEqual(outcomes(run([[0, 1, 2]], { ...patient(3.9), ...started })), ["client_deadline"]);
});

Deno.test("a client gives up at the gateway, in an instance's queue, and in a batch", () => {
  const rows: HandMadeRequest[] = [[0, 1, 9], [0.25, 1, 9]];
  const atGateway = run(rows, patient(2.5, ONE));
  deepEqual(outcomes(atGateway), ["client_deadline", "client_deadline"]);
  // The first is in the step from 2 to 3 s; the second leaves at 2.75 s, and nobody takes the place.
  deepEqual(rounded(atGateway.columns.scheduledAtSeconds), [0, NaN]);
  equal(atGateway.totals.at(0).busySeconds, 3);
  const inQueue = run([...rows, [0.5, 1, 1]], {
    engine: { maxSequences: 1 },
    cluster: { patienceSeconds: [2.5] },
  });
  // The second leaves the queue of the instance at 2.75 s, before the first one's step ends at 3 s.
  deepEqual(rounded(inQueue.columns.scheduledAtSeconds), [0, NaN, NaN]);
  deepEqual(outcomes(inQueue), ["client_deadline", "client_deadline", "client_deadline"]);
  const inBatch = run([[0, 1, 2], [0, 1, 9]], patient(4));
  deepEqual(outcomes(inBatch), ["completed", "client_deadline"]);
});

Deno.test("a first token that comes after its client has gone is none", () => {
  const gone = run([[0, 1, 5]], patient(0.5));
  deepEqual(outcomes(gone), ["client_deadline"]);
  ok(Number.isNaN(gone.columns.firstTokenAtSeconds[0]));
  equal(gone.columns.scheduledAtSeconds[0], 0);
});

Deno.test("who leaves the queue as the only running request ends leaves no block behind", () => {
  // An engine that plans ahead frees the blocks of the first with the next step, which never comes.
  const both = run([[0, 1, 2], [0, 1, 9]], {
    engine: { maxSequences: 1, asyncScheduling: true },
    cluster: { patienceSeconds: [2] },
  });
  deepEqual(outcomes(both), ["completed", "client_deadline"]);
  equal(both.totals.at(0).busySeconds, 2);
});

Deno.test("each class of clients has its patience", () => {
  const rows: HandMadeRequest[] = [[0, 1, 4], [0, 1, 4]];
  const parts = { cluster: { patienceSeconds: [Infinity, 2] } };
  const both = run(rows, {
    cluster: {
      ...parts.cluster,
      requests: {
        count: 2,
        arrivalAtSeconds: Float64Array.of(0, 0),
        promptTokens: Int32Array.of(1, 1),
        outputTokens: Int32Array.of(4, 4),
        classId: Uint8Array.of(1, 0),
      },
    },
  });
  deepEqual(outcomes(both), ["client_deadline", "completed"]);
});

Deno.test("a function is idle from the end of the step in which its last request left", () => {
  const seen: number[] = [];
  const keepAlive = {
    name: "watching",
    observeIdle: (seconds: number) => void seen.push(seconds),
    decide: () => ({ prewarmAfterSeconds: 0, keepAliveSeconds: Infinity }),
  };
  // Cut off at 3.5 s, gone at 4 s; given up at the gateway at 12 s, and in the queue of an instance.
  run([[0, 1, 10], [10, 1, 1]], { ...within(3.5), scaling: { keepAlive } });
  deepEqual(seen, [6]);
  seen.length = 0;
  run([[0, 1, 9], [15, 1, 1]], {
    ...patient(2, ONE),
    startSeconds: 20,
    scaling: { ...FROM_ZERO, keepAlive },
  });
  deepEqual(seen, [13]);
});

Deno.test("flows are charged for the tokens that a request had when it was cut off", () => {
  const charged: (readonly [request: number, tokens: number])[] = [];
  const queue = () => {
    const inner = fcfsQueue();
    return {
      get size() {
        return inner.size;
      },
      get oldestSinceSeconds() {
        return inner.oldestSinceSeconds;
      },
      push: (request: number, now: number) => inner.push(request, now),
      peek: () => inner.peek(),
      pop: () => inner.pop(),
      remove: (request: number) => inner.remove(request),
      charge: (request: number, tokens: number) => void charged.push([request, tokens]),
    };
  };
  run([[0, 1, 10], [0, 1, 2], [0, 1, 9]], {
    fn: { executionLimitSeconds: 3.5, gatewayOrder: { queue, chargesFlows: true } },
    engine: { maxSequences: 2 },
  });
  // Four tokens by 4 s; the second has its two; the third begins at 2 s and has two by 4 s.
  deepEqual(charged, [[1, 2], [0, 4], [2, 2]]);
});

Deno.test("a static batch returns whole: who is too late in it keeps the place until then", () => {
  const { columns, ...record } = run([[0, 1, 2], [0, 1, 5], [1, 1, 1]], {
    engine: { strategy: fasterTransformer(), maxSequences: 2 },
    cluster: { patienceSeconds: [3.5] },
  });
  // The batch of two lasts until 5 s; the first would have returned with it, the third has waited.
  deepEqual(outcomes({ columns, ...record }), [
    "client_deadline",
    "client_deadline",
    "client_deadline",
  ]);
  equal(record.totals.at(0).busySeconds, 5);
});

Deno.test("a closed loop goes on when a client has given up", () => {
  const { columns } = run([[0, 1, 9], [0, 1, 1]], {
    cluster: {
      patienceSeconds: [2.5],
      requests: {
        count: 2,
        arrivalAtSeconds: Float64Array.of(0, 0),
        promptTokens: Int32Array.of(1, 1),
        outputTokens: Int32Array.of(9, 1),
        closedLoop: { concurrency: 1, thinkSeconds: 1 },
      },
    },
  });
  deepEqual(rounded(columns.arrivalAtSeconds), [0, 4]);
  deepEqual(rounded(columns.completedAtSeconds), [NaN, 5]);
});

/** Two instances, of which one is told to stop at 1 s with a request of ten tokens inside. */
function drained(drain: DrainParts | undefined) {
  const { decider } = watching([1]);
  return run([[0, 1, 10], [0, 1, 10]], {
    scaling: { ...fixed(2), minInstances: 0, decider, ...(drain && { drain }) },
    fn: ONE,
  });
}

Deno.test("without a drain limit an instance finishes what it has", () => {
  const record = drained(undefined);
  deepEqual(outcomes(record), ["completed", "completed"]);
  deepEqual(rounded(record.columns.completedAtSeconds), [10, 10]);
});

Deno.test("at the drain limit the rest is cut off, with the step in progress", () => {
  // Told to stop at 1 s, gone at 3.5 s: three steps have ended, half of a fourth is lost.
  const record = drained({ limitSeconds: 2.5, inFlight: "fail" });
  deepEqual(outcomes(record), ["completed", "drain_limit"]);
  const [, life] = record.lives;
  deepEqual([life.drainingAtSeconds, life.stoppedAtSeconds], [1, 3.5]);
  equal(record.totals.at(1).busySeconds, 3.5);
  equal(record.totals.at(1).outputTokens, 3);
  deepEqual(rounded(record.columns.completedAtSeconds), [10, NaN]);
  equal(record.timeSeries.drainLimits.reduce((sum, count) => sum + count, 0), 1);
});

Deno.test("at the drain limit the rest begins anew elsewhere, or goes on there", () => {
  // The other instance is free at 10 s: ten tokens more, or the seven that are left.
  const anew = drained({ limitSeconds: 2.5, inFlight: "restart" });
  deepEqual(rounded(anew.columns.completedAtSeconds), [10, 20]);
  deepEqual(rounded(anew.columns.firstTokenAtSeconds), [1, 11]);
  const onwards = drained({ limitSeconds: 2.5, inFlight: "resume" });
  deepEqual(rounded(onwards.columns.completedAtSeconds), [10, 17]);
  deepEqual(rounded(onwards.columns.firstTokenAtSeconds), [1, 1]);
  deepEqual([...onwards.columns.instanceId], [0, 0]);
});

Deno.test("an instance that has drained in time is not touched by its limit", () => {
  deepEqual(outcomes(drained({ limitSeconds: 9, inFlight: "fail" })), ["completed", "completed"]);
  deepEqual(outcomes(drained({ limitSeconds: 8.9, inFlight: "fail" })), [
    "completed",
    "drain_limit",
  ]);
});

Deno.test("requests that instances are never left to finish end the run with a line", () => {
  // Every second one is started and told to stop; a request of five steps is left with none.
  const wishes = Array.from({ length: 30_000 }, (_, i) => 1 - i % 2);
  const { decider } = watching(wishes);
  throws(
    () =>
      run([[0, 1, 5]], {
        scaling: {
          ...FROM_ZERO,
          activation: "none",
          decider,
          drain: { limitSeconds: 0, inFlight: "restart" },
        },
        startSeconds: 0,
      }),
    /^RangeError: Cannot make progress at .* begun anew 10000 times in a row; current value of scaling.drain_limit is 0 s/,
  );
});

Deno.test("a wait may be as long as so many starts, where that is longer", () => {
  // Both wait for the only instance; a start is expected to take 1 s before the first, which takes 2 s.
  const waits = (timeoutSeconds: number, timeoutStarts: number, startSeconds: number) =>
    run([[0, 1, 9], [0, 1, 1], [3, 1, 1]], {
      scaling: FROM_ZERO,
      fn: {
        ...ONE,
        noCapacity: {
          action: "queue",
          limit: Infinity,
          timeoutSeconds,
          timeoutStarts,
          startSeconds,
        },
      },
    });
  // Served at 2, 11 and 12 s if they wait so long.
  deepEqual(outcomes(waits(9, 1, 1)), ["completed", "timed_out", "completed"]);
  deepEqual(outcomes(waits(11, 1, 1)), ["completed", "completed", "completed"]);
  // Eleven starts of 1 s for the second request; four and a half of 2 s, seen by then, for the third.
  deepEqual(outcomes(waits(0, 11, 1)), ["completed", "completed", "completed"]);
  deepEqual(outcomes(waits(0, 4.5, 1)), ["completed", "timed_out", "completed"]);
  deepEqual(outcomes(waits(0, 4.4, 3)), ["completed", "completed", "timed_out"]);
});
