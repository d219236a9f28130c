import { ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import {
  type MigrationCase,
  migrationCases,
  migrationParts,
} from "../support/migration_cluster.ts";
import { sameRuns } from "../support/same_runs.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 250);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261130);

Deno.test("leap stepping equals step stepping where running requests move", () => {
  const moved = new Map<string, number>();
  const run = (test: MigrationCase) => {
    const leap = simulateCluster(migrationParts(test, "leap"));
    sameRuns(leap, simulateCluster(migrationParts(test, "step")));
    const { method } = test;
    moved.set(method, (moved.get(method) ?? 0) + (leap.migrations?.moved ?? 0));
  };
  fc.assert(fc.property(migrationCases, run), { numRuns: CASES, seed: SEED });
  for (const method of ["live", "blocking", "tokens", "recompute"]) {
    ok((moved.get(method) ?? 0) > CASES / 20, `${moved.get(method)} requests moved, ${method}`);
  }
});
