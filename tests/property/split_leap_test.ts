import { equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import { sameRuns } from "../support/same_runs.ts";
import { type SplitCase, splitCases, splitParts } from "../support/split_cluster.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 600);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261130);

/** A drain ends in the step after whose end blocks are free that were let go during it. */
const DRAINED: SplitCase = {
  requests: [[66, 2], [31, 2], [66, 9], [79, 2]].map(([prompt, output]) => ({
    ...{ gap: 0, prompt, output, group: 0, classId: 0 },
  })),
  ...{ grid: 0, strategy: "vllm", order: "fcfs", routing: "round-robin", staleness: 0 },
  time: {
    ...{ base: 0.01, perPrefillToken: 3.3e-4, perSequence: 1e-3, perContextToken: 1e-5 },
    ...{ kneeTokens: Infinity, offersLine: true },
  },
  ...{ maxSequences: 1, chunk: 12, kvBlocks: 40, blockTokens: 4, prefix: true },
  ...{ asyncScheduling: false, reservesWholePrompt: true, longPrefillTokens: Infinity },
  ...{ instances: 1, desired: [1, 0], concurrency: Infinity, closedLoop: 0, sessions: false },
  noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
  ...{ rates: [Infinity, Infinity], ttftLimit: Infinity, fair: false, stopAt: Infinity },
  ...{ keepAlive: Infinity, decodeBlocks: 62, decodeSequences: 1, decodeIsFixed: false },
  ...{ tokenBytes: 10, rate: 2000, setupSeconds: 0.2, messageBytes: 64, faults: [] },
  ...{ inFlight: "fail", patience: Infinity, executionLimit: Infinity, drainLimit: 0.4 },
};

Deno.test("leap stepping equals step stepping where prefills go on elsewhere", () => {
  let handed = 0;
  const run = (test: SplitCase) => {
    const leap = simulateCluster(splitParts(test, "leap"));
    sameRuns(leap, simulateCluster(splitParts(test, "step")));
    const { outcome, outputTokens, instanceId } = leap.columns;
    // Who has lost an instance may have its last token from the one that computes it anew.
    const isSafe = test.faults.length === 0 && test.drainLimit === Infinity;
    outcome.forEach((code, request) => {
      if (code !== OUTCOME_CODE.completed || outputTokens[request] < 2) return;
      const { functionId } = leap.lives[instanceId[request]];
      if (isSafe) equal(functionId, 1, `request ${request}`);
      handed += functionId;
    });
  };
  fc.assert(fc.property(splitCases, run), {
    numRuns: CASES,
    seed: SEED,
    examples: [[DRAINED]],
  });
  ok(handed > CASES, `${handed} requests were handed on`);
});
