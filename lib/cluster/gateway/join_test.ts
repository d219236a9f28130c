import { deepEqual, equal, ok } from "#assert";
import * as fc from "fast-check";
import { outcomes, runSmall } from "../../../tests/support/small_cluster.ts";
import { fillFirst, leastLoaded, type RoutingPolicy } from "../../scheduling/routing/mod.ts";
import type { FunctionParts, ScalingParts } from "../cluster_parts.ts";

const START_SECONDS = 10;

/** A burst at 0 s, then one request each at the given instants; instances serve `concurrency` at once. */
function burst(
  requests: number,
  concurrency: number,
  activation: ScalingParts["activation"],
  more: Partial<ScalingParts> = {},
  fn: Partial<FunctionParts> = {},
) {
  return runSmall(Array.from({ length: requests }, () => [0, 1, 2]), {
    startSeconds: START_SECONDS,
    scaling: { minInstances: 0, initialInstances: 0, maxInstances: 100, activation, ...more },
    fn: { concurrencyPerInstance: concurrency, ...fn },
  });
}

Deno.test("a burst joins starts up to their concurrency, and starts no more than it takes", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom(1, 2, 3, 8, Infinity),
      fc.constantFrom(2, 100),
      (requests, concurrency, maxInstances) => {
        const joined = burst(requests, concurrency, "join", { maxInstances });
        const needed = concurrency === Infinity ? 1 : Math.ceil(requests / concurrency);
        equal(joined.lives.length, Math.min(maxInstances, needed));
        const each = burst(requests, concurrency, "each", { maxInstances });
        equal(each.lives.length, Math.min(maxInstances, requests));
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("requests during a start join it, and whoever comes too many starts another", () => {
  // Room for two: at 0 and 4 one start, at 6 and 9 another that begins at 6 and is ready at 16.
  const run = runSmall([[0, 1, 9], [4, 1, 9], [6, 1, 9], [9, 1, 9]], {
    startSeconds: START_SECONDS,
    scaling: { minInstances: 0, initialInstances: 0, maxInstances: 9, activation: "join" },
    fn: { concurrencyPerInstance: 2 },
  });
  deepEqual(run.lives.map(({ createdAtSeconds }) => createdAtSeconds), [0, 6]);
  deepEqual([...run.columns.instanceId], [0, 0, 1, 1]);
  deepEqual([...run.columns.scheduledAtSeconds], [10, 10, 16, 16]);
});

Deno.test("where nobody may wait, those that join a start do, and those beyond it are turned away", () => {
  const reject = { action: "reject", limit: Infinity, timeoutSeconds: Infinity } as const;
  const run = burst(7, 3, "join", { maxInstances: 2 }, { noCapacity: reject });
  const turnedAway = outcomes(run).filter((outcome) => outcome === "rejected_no_instance").length;
  deepEqual([run.lives.length, turnedAway], [2, 1]);
});

Deno.test("a start that is lost comes again for those that had joined it", () => {
  let planned = 0;
  const lost = {
    sources: [{
      next: (unit: number) => unit === 0 && planned++ === 0 ? 5 : Infinity,
      isPreemption: false,
      noticeSeconds: 0,
      downSeconds: 0,
    }],
    inFlight: "restart" as const,
  };
  const run = runSmall([[0, 1, 2], [1, 1, 2], [2, 1, 2], [3, 1, 2]], {
    startSeconds: START_SECONDS,
    scaling: { minInstances: 0, initialInstances: 0, maxInstances: 9, activation: "join" },
    fn: { concurrencyPerInstance: 4 },
    cluster: { faults: lost },
  });
  equal(run.lives.length, 2);
  ok(run.columns.scheduledAtSeconds.every((at) => at === 5 + START_SECONDS));
});

Deno.test("fill-first fills an instance up to its concurrency and leaves the other one to stop", () => {
  const rows = Array.from({ length: 8 }, (_, i): [number, number, number] => [i, 1, 12]);
  const lives = (routing: RoutingPolicy) =>
    runSmall(rows, {
      keepAliveSeconds: 3,
      fn: { routing, concurrencyPerInstance: 12 },
      scaling: { minInstances: 0, maxInstances: 2, initialInstances: 2, activation: "none" },
    });
  const filled = lives(fillFirst());
  deepEqual([...filled.columns.instanceId], Array(8).fill(0));
  const [full, idle] = filled.lives.map(({ stoppedAtSeconds }) => stoppedAtSeconds);
  ok(idle === 3 && full > 8, `${idle} ${full}`);
  const spread = lives(leastLoaded());
  ok(new Set(spread.columns.instanceId).size === 2);
});
