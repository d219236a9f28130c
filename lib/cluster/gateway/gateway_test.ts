import { deepEqual, equal, ok } from "#assert";
import { concurrency } from "../../serverless/scaling/concurrency.ts";
import { ScalingDecider } from "../../serverless/scaling/scaling_decider.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { poisson } from "../../workload/arrivals/mod.ts";
import {
  type HandMadeRequest,
  outcomes,
  runSmall,
  type SmallClusterChanges,
  watching,
} from "../../../tests/support/small_cluster.ts";
import type { FaultParts } from "../cluster_parts.ts";

/** Every request that finds no room starts an instance of its own, up to four. */
const OWN_STARTS = {
  minInstances: 0,
  maxInstances: 4,
  initialInstances: 0,
  activation: "each",
  reservesStarts: true,
} as const;

/** An instance fails at an instant, by number; the others never do. */
function failing(atSeconds: Record<number, number>): FaultParts {
  return {
    sources: [{
      next: (unit) => atSeconds[unit] ?? Infinity,
      isPreemption: false,
      noticeSeconds: 0,
      downSeconds: 0,
    }],
    inFlight: "restart",
  };
}

/** One request at a time in each instance. */
function waiting(timeoutSeconds = Infinity, limit = Infinity): SmallClusterChanges["fn"] {
  return {
    concurrencyPerInstance: 1,
    noCapacity: { action: "queue", limit, timeoutSeconds },
  };
}

Deno.test("a request that loses the instance that was starting for it is served by an idle one", () => {
  // Instance 0 is idle from 3 on; instance 1 would serve request 1 at 11, and is lost at 5.
  const run = runSmall([[0, 1, 3], [1, 1, 1]], {
    startSeconds: 10,
    scaling: { ...OWN_STARTS, initialInstances: 1 },
    fn: waiting(),
    cluster: { faults: failing({ 1: 5 }) },
  });
  deepEqual([...run.columns.instanceId], [0, 0]);
  deepEqual([...run.columns.scheduledAtSeconds], [0, 5]);
  equal(run.lives.length, 2, "nothing is started for who is served");
});

Deno.test("a request whose own start fails is served by an idle instance, not by the next attempt", () => {
  // The start from 1 to 11 fails; the next attempt would be over at 71.
  const run = runSmall([[0, 1, 3], [1, 1, 1]], {
    startSeconds: 10,
    scaling: { ...OWN_STARTS, initialInstances: 1 },
    fn: waiting(),
    cluster: {
      faults: { ...failing({}), startFails: () => true, retryWaitSeconds: () => 60 },
    },
  });
  deepEqual([...run.columns.instanceId], [0, 0]);
  deepEqual([...run.columns.scheduledAtSeconds], [0, 11]);
});

Deno.test("requests with starts of their own are seen by scaling, which leaves those starts alone", () => {
  // The policy wants no instance at 1 s, while two start for two requests.
  const { seen, decider } = watching([0, 0, 0, 0]);
  const run = runSmall([[0, 1, 1], [0.5, 1, 1]], {
    scaling: { ...OWN_STARTS, decider },
    fn: waiting(),
  });
  const { queued, starting, inFlight, oldestWaitSeconds, concurrency } = seen[0];
  deepEqual([queued, starting, inFlight, oldestWaitSeconds, concurrency], [2, 2, 0, 1, 1.5]);
  deepEqual([...run.columns.scheduledAtSeconds], [2, 2.5]);
  deepEqual([...run.columns.instanceId], [0, 1]);
});

Deno.test("with starts of their own under concurrency scaling, requests wait for one start", () => {
  const startSeconds = 4.9;
  for (const seed of [1, 2, 3]) {
    const arrivals = new Float64Array(300);
    poisson({ ratePerSecond: 1 }).fill(arrivals, randomStreams(seed).take("arrivals"), 0);
    const rows = Array.from(arrivals, (at): HandMadeRequest => [at, 1, 1]);
    const decider = new ScalingDecider(concurrency({ target: 1, periodSeconds: 1 }), {
      maxInstances: 8,
    });
    const { columns } = runSmall(rows, {
      startSeconds,
      scaling: { ...OWN_STARTS, maxInstances: 8, decider },
      fn: waiting(),
    });
    const ttfts = columns.firstTokenAtSeconds.map((at, i) => at - arrivals[i]).sort();
    ok(ttfts[296] <= startSeconds + 2, `p99 is ${ttfts[296]} s with seed ${seed}`);
  }
});

Deno.test("requests with starts of their own count in the gateway's limit", () => {
  const run = runSmall([[0, 1, 1], [0, 1, 1], [0, 1, 1]], {
    scaling: OWN_STARTS,
    fn: waiting(Infinity, 2),
  });
  deepEqual(outcomes(run), ["completed", "completed", "rejected_queue_full"]);
});

Deno.test("a request whose own start takes too long times out, and its instance serves others", () => {
  // Both wait from 0 and 8 for instances that are ready at 10 and 18; timeouts at 3 and 11.
  const run = runSmall([[0, 1, 1], [8, 1, 1]], {
    startSeconds: 10,
    scaling: { ...OWN_STARTS, maxInstances: 1 },
    fn: waiting(3),
  });
  deepEqual(outcomes(run), ["timed_out", "completed"]);
  equal(run.columns.scheduledAtSeconds[1], 10);
});

Deno.test("a request that waits again after a fault has a timer of its own", () => {
  // Held at 0 until 2, with a timer at 4; lost at 3 and held until 5.
  const again = (secondStart: number) => {
    const seconds = [2, secondStart];
    return runSmall([[0, 1, 20]], {
      scaling: { minInstances: 0, initialInstances: 0, maxInstances: 1, activation: "first" },
      fn: waiting(4),
      cluster: {
        faults: failing({ 0: 3 }),
        starts: sequentialStarts(() => [{ stage: "all", seconds: seconds.shift()! }]),
      },
    });
  };
  const served = again(2);
  deepEqual(outcomes(served), ["completed"]);
  equal(served.columns.scheduledAtSeconds[0], 5);
  equal(served.columns.completedAtSeconds[0], 25);
  const late = again(10);
  deepEqual(outcomes(late), ["timed_out"]);
  equal(late.endAtSeconds, 7, "4 s after the second wait began");
});
