import { equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import { sameRuns } from "../support/same_runs.ts";
import { type SplitCase, splitCases, splitParts } from "../support/split_cluster.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 600);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261130);

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
  fc.assert(fc.property(splitCases, run), { numRuns: CASES, seed: SEED });
  ok(handed > CASES, `${handed} requests were handed on`);
});
