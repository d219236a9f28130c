import { ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { ExecutionTimeModel } from "../../lib/execution/execution_time_model.ts";
import { sameRuns, worstDifference } from "../support/same_runs.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 2000);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20260901);
function run(test: ClusterCase): void {
  sameRuns(simulateCluster(caseParts(test, "leap")), simulateCluster(caseParts(test, "step")));
}

Deno.test("leap stepping equals step stepping on random clusters", () => {
  fc.assert(fc.property(clusterCases, run), { numRuns: CASES, seed: SEED });
  console.log(
    `${CASES} cases of seed ${SEED}, worst relative difference ${
      worstDifference().toExponential(2)
    }`,
  );
});

Deno.test("leap stepping equals step stepping where arrivals come as steps end", () => {
  // Steps of 1/8 s and arrivals on their multiples coincide to the bit.
  const ticked = ({ time, ...rest }: ClusterCase): ClusterCase => ({
    ...rest,
    grid: 0.125,
    time: { ...time, base: 0.125, perPrefillToken: 0, perSequence: 0, perContextToken: 0 },
  });
  fc.assert(fc.property(clusterCases.map(ticked), run), {
    numRuns: Math.ceil(CASES / 2),
    seed: SEED + 1,
  });
});

Deno.test("step stepping refuses an execution model whose steps leave its decode line", () => {
  const lying = fc.sample(clusterCases, { numRuns: 20, seed: SEED }).map((test) => {
    const parts = caseParts(test, "step");
    const [{ engine }] = parts.functions;
    const { execution } = engine;
    const tilted: ExecutionTimeModel = {
      ...execution,
      decodeLine(sequences, contextTokens, line, longest) {
        const isOnLine = execution.decodeLine(sequences, contextTokens, line, longest);
        line.slopeSecondsPerToken += 1e-7;
        return isOnLine;
      },
    };
    return {
      ...parts,
      functions: [{ ...parts.functions[0], engine: { ...engine, execution: tilted } }],
    };
  });
  const refused = lying.filter((parts) => {
    try {
      simulateCluster(parts);
      return false;
    } catch (error) {
      ok(
        error instanceof RangeError && /^Cannot use a decode line as/.test(error.message),
        `${error}`,
      );
      return true;
    }
  });
  ok(refused.length > 10, `only ${refused.length} of ${lying.length} cases were refused`);
});
