import { deepEqual, equal } from "#assert";
import { type KeepAlivePolicy } from "../../serverless/keep_alive/mod.ts";
import { firstFit } from "../../serverless/placement/mod.ts";
import { hybridHistogram } from "../../serverless/keep_alive/hybrid_histogram.ts";
import { type HandMadeRequest, smallCluster } from "../../../tests/support/small_cluster.ts";
import { simulateCluster } from "../simulate.ts";

/** A policy that stops at once, starts again after `prewarm` and keeps for `keep` seconds. */
function constant(prewarm: number, keep: number, seen: number[] = []): KeepAlivePolicy {
  return {
    name: "constant",
    observeIdle: (seconds) => seen.push(seconds),
    decide: () => ({ prewarmAfterSeconds: prewarm, keepAliveSeconds: keep }),
  };
}

/** Requests of one second each at the given instants, from none to three instances. */
function run(arrivals: readonly number[], keepAlive: KeepAlivePolicy, concurrency = Infinity) {
  const rows = arrivals.map((at): HandMadeRequest => [at, 1, 1]);
  return simulateCluster(smallCluster(rows, {
    scaling: {
      minInstances: 0,
      maxInstances: 3,
      initialInstances: 0,
      activation: "first",
      keepAlive,
    },
    fn: { concurrencyPerInstance: concurrency },
  }));
}

/** Created, ready and stopped of each instance. */
const lives = (record: ReturnType<typeof run>) =>
  record.lives.map((one) => [one.createdAtSeconds, one.readyAtSeconds, one.stoppedAtSeconds]);

Deno.test("an instance stops when idle, starts ahead and serves without a cold start", () => {
  // The first request waits 2 s for a start and 1 s for its step: idle from 3. Started again at
  // 3 + 10, ready at 15, kept until 13 + 7 = 20. The request at 18 finds it.
  const record = run([0, 18], constant(10, 7));
  deepEqual(lives(record).slice(0, 2), [[0, 2, 3], [13, 15, 19]]);
  deepEqual([...record.columns.coldStartWaitSeconds], [2, 0]);
});

Deno.test("without a request in its window the instance started ahead goes", () => {
  const record = run([0, 40], constant(10, 7));
  deepEqual(lives(record).slice(0, 2), [[0, 2, 3], [13, 15, 20]]);
  equal(record.columns.coldStartWaitSeconds[1], 2);
});

Deno.test("a window that ends before the start is over lets the instance go when it is ready", () => {
  deepEqual(lives(run([0, 40], constant(10, 1)))[1], [13, 15, 15]);
});

Deno.test("a request before the planned start makes it void", () => {
  // Cold starts at 0 and 5; the start planned for 13 is void, the one planned at 8 comes at 18.
  const record = run([0, 5], constant(10, 7));
  deepEqual(lives(record).map(([created]) => created), [0, 5]);
  const third = run([0, 5, 19], constant(10, 7));
  deepEqual(lives(third).slice(0, 3).map(([created]) => created), [0, 5, 18]);
});

Deno.test("idle times run from the end of the last request to the next arrival", () => {
  const seen: number[] = [];
  // Idle from 3 to 10; the requests at 10 and 10.5 overlap; idle again until 30.
  const record = run([0, 10, 10.5, 30], constant(0, Infinity, seen));
  const last = Math.max(...record.columns.completedAtSeconds.slice(1, 3));
  deepEqual(seen, [7, 30 - last]);
});

Deno.test("while other requests run, an idle instance is only kept for its time", () => {
  // Two instances at most one request each: the second becomes idle while the first still works.
  const record = simulateCluster(smallCluster([[0, 1, 8], [0, 1, 1]], {
    scaling: {
      minInstances: 0,
      maxInstances: 3,
      initialInstances: 0,
      activation: "each",
      keepAlive: constant(10, 4),
    },
    fn: { concurrencyPerInstance: 1 },
  }));
  const [first, second] = lives(record);
  deepEqual(first, [0, 2, 10]);
  deepEqual(second, [0, 2, 7]);
});

Deno.test("an instance started ahead that had to wait for a GPU is kept for its time from then on", () => {
  // Function 0 is idle at 3 and planned for 13, when function 1 has the only GPU, until 23.
  const rows: HandMadeRequest[] = [[0, 1, 1], [11, 1, 10]];
  const parts = smallCluster(rows);
  const of = (keepAlive: KeepAlivePolicy) => ({
    ...parts.functions[0],
    scaling: {
      minInstances: 0,
      maxInstances: 1,
      initialInstances: 0,
      activation: "first" as const,
      keepAlive,
    },
  });
  const { lives } = simulateCluster({
    ...parts,
    requests: { ...parts.requests, functionId: Uint16Array.of(0, 1) },
    functions: [of(constant(10, 7)), of(constant(0, 0))],
    placement: {
      nodes: [{ gpuType: 0, gpus: 1, dramBytes: 0, ssdBytes: 0 }],
      policy: firstFit(),
      needs: [0, 1].map((functionId) => ({ functionId, gpus: 1, gpuTypes: [0], dramBytes: 0 })),
      evictsIdle: false,
      backfills: false,
    },
    horizonSeconds: 40,
  });
  const ahead = lives.filter(({ functionId }) => functionId === 0)[1];
  deepEqual(
    [ahead.createdAtSeconds, ahead.readyAtSeconds, ahead.stoppedAtSeconds],
    [23, 25, 30],
  );
});

Deno.test("a regular function is started just before its next request by hybrid-histogram", () => {
  // A request every 610 s: bins of 60 s put the idle time of some 607 s into [600, 660).
  const arrivals = Array.from({ length: 40 }, (_, i) => 610 * i);
  const record = run(arrivals, hybridHistogram());
  const waits = [...record.columns.coldStartWaitSeconds];
  equal(waits[0], 2);
  deepEqual(waits.slice(1), waits.slice(1).fill(0), "never cold again");
  // Ten idle times are learnt from with an instance that stays. From then on one is there from 540 s
  // after the last request until 1 s after the next, which comes after 609 s at the latest.
  const [first, ...ahead] = lives(record);
  deepEqual(first, [0, 2, 6101], "until the end of the eleventh request");
  equal(ahead.length, 29);
  for (const [i, [created, ready, stopped]] of ahead.entries()) {
    const endsAt = 610 * (i + 10) + 1;
    deepEqual([created, ready], [endsAt + 540, endsAt + 542]);
    equal(stopped, endsAt + 610);
  }
});
