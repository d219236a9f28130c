import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { ExecutionTimeModel } from "../../lib/execution/execution_time_model.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { partsAddUp, sameParts } from "../support/latency_laws.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 2000);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20260901);
/** Bound on the relative difference of an instant. */
const TOLERANCE = 1e-9;

let worst = 0;

function close(actual: number, expected: number, what: string, tolerance = TOLERANCE): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  const difference = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  if (difference > worst && tolerance === TOLERANCE) worst = difference;
  ok(difference <= tolerance, `${what}: leap ${actual}, step ${expected}`);
}

function compare(leap: RunRecord, step: RunRecord): void {
  // Bit by bit: what the digest is made of does not depend on the mode.
  deepEqual(leap.columns, step.columns);
  equal(leap.peakBlocks, step.peakBlocks);
  equal(leap.stepsLeapt + leap.stepsSingle, step.stepsLeapt + step.stepsSingle);
  equal(step.stepsLeapt, 0);
  equal(leap.gaps.count, step.gaps.count);
  close(leap.gaps.mean, step.gaps.mean, "mean gap");
  close(leap.gaps.max, step.gaps.max, "longest gap");
  for (const q of [0.5, 0.9, 0.99]) {
    const [a, b] = [leap.gaps.quantile(q), step.gaps.quantile(q)];
    ok(Number.isNaN(a) === Number.isNaN(b) && !(Math.abs(a - b) > 0.0101 * b), `p${q}: ${a}, ${b}`);
  }
  partsAddUp(leap);
  sameParts(leap, step);
  equal(leap.lives.length, step.lives.length);
  leap.totals.list().forEach((totals, id) => {
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
      close(totals[key], step.totals.at(id)[key], `${key} of instance ${id}`);
    }
  });
  const { count: rows, ...series } = leap.timeSeries;
  equal(rows, step.timeSeries.count);
  for (const key of Object.keys(series) as (keyof typeof series)[]) {
    for (let row = 0; row < rows; row++) {
      // A rate is off by the clock's tick over the interval, of which the last may be a sliver.
      const length = series.timeSeconds[row] - (row > 0 ? series.timeSeconds[row - 1] : 0);
      const tolerance = key === "timeSeconds" ? TOLERANCE : Math.max(1e-6, 1e-10 / length);
      close(series[key][row], step.timeSeries[key][row], `${key} in interval ${row}`, tolerance);
    }
  }
}

function run(test: ClusterCase): void {
  compare(simulateCluster(caseParts(test, "leap")), simulateCluster(caseParts(test, "step")));
}

Deno.test("leap stepping equals step stepping on random clusters", () => {
  fc.assert(fc.property(clusterCases, run), { numRuns: CASES, seed: SEED });
  console.log(
    `${CASES} cases of seed ${SEED}, worst relative difference ${worst.toExponential(2)}`,
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
