import { equal, match, throws } from "#assert";
import { OUTCOME_CODE } from "../metrics/recorder.ts";
import { firstFit } from "../serverless/placement/mod.ts";
import { ScalingDecider } from "../serverless/scaling/scaling_decider.ts";
import { smallCluster, type SmallClusterChanges } from "../../tests/support/small_cluster.ts";
import type { FaultParts } from "./cluster_parts.ts";
import { LIMITS } from "../sim/limits.ts";
import { simulateCluster } from "./simulate.ts";

/** Faults of one source, and starts that all fail. */
function faults(changes: Partial<FaultParts>): FaultParts {
  return { sources: [], inFlight: "restart", ...changes };
}

/** The line that a run ends with. */
function lineOf(rows: Parameters<typeof smallCluster>[0], changes: SmallClusterChanges): string {
  let line = "";
  throws(() => simulateCluster(smallCluster(rows, changes)), (error: Error) => {
    line = error.message;
    return error instanceof RangeError;
  });
  return line;
}

/** No instance at first; a policy wants one for ever. */
function wanting(instances: number, maxInstances = 1) {
  const decider = new ScalingDecider({ periodSeconds: 3, desired: () => instances });
  return { decider, minInstances: 0, maxInstances, initialInstances: 0 };
}

const NO_MORE_TRIES = { startFails: () => true, retryWaitSeconds: () => Infinity };

Deno.test("a fixed fleet whose last start has given up ends the run though machines go on failing", () => {
  // Down from 5 to 15; the start that waited for the machine is over at 17 and fails.
  const line = lineOf([[0, 1, 1], [6, 1, 1]], {
    cluster: {
      placement: {
        nodes: [{ gpuType: 0, gpus: 1, dramBytes: 0, ssdBytes: 0 }],
        policy: firstFit(),
        needs: [{ functionId: 0, gpus: 1, gpuTypes: [0], dramBytes: 0 }],
        evictsIdle: false,
        backfills: false,
      },
      faults: faults({
        ...NO_MORE_TRIES,
        sources: [{
          next: (_unit, from) => from + 5,
          isPreemption: false,
          noticeSeconds: 0,
          downSeconds: 10,
        }],
      }),
    },
  });
  equal(
    line,
    'Cannot make progress at 17 s: request 1 waits for function "f" and no instance will come',
  );
});

Deno.test("a fleet without machines whose only instance fails for good ends the run", () => {
  const line = lineOf([[0, 1, 9], [1, 1, 1]], {
    cluster: {
      sampleSeconds: 1e6,
      faults: faults({
        ...NO_MORE_TRIES,
        sources: [{
          next: (_unit, from) => from + 5,
          isPreemption: false,
          noticeSeconds: 0,
          downSeconds: 0,
        }],
      }),
    },
  });
  // Lost at 5, replaced at once, and the new one's start fails at 7.
  match(line, /^Cannot make progress at 7 s: request \d waits for function "f" and no instance/);
});

Deno.test("a policy that starts instances again and again, none of which comes up, ends the run", () => {
  const line = lineOf([[1, 1, 1]], {
    scaling: { ...wanting(1), activation: "none" },
    cluster: { faults: faults(NO_MORE_TRIES) },
  });
  // One at each evaluation: the n-th begins at 3 n and has failed 2 s later.
  const at = 3 * LIMITS.startsInVain.value + 2;
  equal(
    line,
    `Cannot make progress at ${at} s: request 0 waits for function "f", whose last ` +
      `${LIMITS.startsInVain.value} starts have all failed`,
  );
});

Deno.test("instances that are all lost before they are ready end the run", () => {
  // Each lives for a second, and starts take two.
  const line = lineOf([[1, 1, 1]], {
    scaling: { ...wanting(1), activation: "none" },
    cluster: {
      faults: faults({
        sources: [{
          next: (_unit, from) => from + 1,
          isPreemption: false,
          noticeSeconds: 0,
          downSeconds: 0,
        }],
      }),
    },
  });
  match(line, /waits for function "f", whose last 1000 starts have all failed$/);
});

Deno.test("a policy that may have no instance ends the run as soon as that is looked at", () => {
  const line = lineOf([[1.5, 1, 1]], { scaling: { ...wanting(3, 0), activation: "each" } });
  equal(
    line,
    'Cannot make progress at 2 s: request 0 waits for function "f" and no instance will come',
  );
});

Deno.test("starts that fail as they begin do not stop the clock for ever, whoever waits", () => {
  const line = lineOf([[1, 1, 1]], {
    startSeconds: 0,
    scaling: { minInstances: 0, initialInstances: 0, activation: "first" },
    fn: { noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: 30 } },
    cluster: { faults: faults({ startFails: () => true, retryWaitSeconds: () => 0 }) },
  });
  match(line, /^Cannot make progress at 1 s: 10000 instances of function "f" have failed, or were/);
});

Deno.test("instances that are told to go as they begin do not stop the clock for ever", () => {
  const line = lineOf([[1, 1, 1]], {
    cluster: {
      faults: faults({
        sources: [{
          next: (_unit, from) => from + 5,
          isPreemption: true,
          noticeSeconds: 120,
          downSeconds: 0,
        }],
      }),
    },
  });
  match(
    line,
    /^Cannot make progress at 0 s: 10000 instances of function "f" .* go, as they began$/,
  );
});

Deno.test("a run that is to stop ends there, whatever can make no progress", () => {
  const { columns, endAtSeconds } = simulateCluster(smallCluster([[1, 1, 1]], {
    scaling: { ...wanting(1), activation: "none" },
    cluster: { stopAtSeconds: 9999, faults: faults(NO_MORE_TRIES) },
  }));
  equal(columns.outcome[0], OUTCOME_CODE.unfinished);
  equal(endAtSeconds, 9999);
});

Deno.test("a run that is to stop goes on until then when every request has ended", () => {
  // Served by 3 and kept for 4 s: the instance stops at 7, not at the end of the run.
  const { lives, endAtSeconds } = simulateCluster(smallCluster([[0, 1, 1]], {
    keepAliveSeconds: 4,
    scaling: { minInstances: 0, initialInstances: 0, activation: "first" },
    cluster: { stopAtSeconds: 100 },
  }));
  equal(lives[0].stoppedAtSeconds, 7);
  equal(endAtSeconds, 100);
});
