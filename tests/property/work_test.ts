import { equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";

/**
 * Random clusters in which every token is computed once: nothing is preempted, cached, or held in a batch
 * until its longest member ends.
 */
const onceCases = clusterCases.map((test): ClusterCase => ({
  ...test,
  strategy: test.strategy === "fastertransformer" ? "vllm" : test.strategy,
  prefix: false,
  stopAt: Infinity,
  kvBlocks: 40_000,
}));

Deno.test("engines do the work of their requests, however it is batched, chunked and leapt over", () => {
  fc.assert(
    fc.property(onceCases, fc.constantFrom("leap", "step"), (test, stepping) => {
      const parts = caseParts(test, stepping);
      const { columns, totals: each } = simulateCluster(parts);
      const totals = each.list();
      equal(columns.preemptions.reduce((sum, count) => sum + count, 0), 0);
      const [{ engine: { work } }] = parts.functions;
      let prompts = 0, outputs = 0, flops = 0;
      for (let i = 0; i < columns.count; i++) {
        if (OUTCOMES[columns.outcome[i]] !== "completed") continue;
        const prompt = columns.promptTokens[i];
        const output = columns.outputTokens[i];
        prompts += prompt;
        outputs += output;
        // Each token but the last goes through the model, and attends to all before it and itself.
        for (let place = 1; place <= prompt + output - 1; place++) {
          flops += work.flopsPerToken + place * work.flopsPerAttentionPair;
        }
        flops += output * work.flopsPerSample;
      }
      const of = (figure: (each: (typeof totals)[number]) => number) =>
        totals.reduce((sum, each) => sum + figure(each), 0);
      equal(of((each) => each.promptTokens), prompts);
      equal(of((each) => each.outputTokens), outputs);
      const said = of((each) => each.flops);
      ok(Math.abs(said - flops) <= 1e-9 * flops, `${said}, not ${flops}`);
    }),
    { numRuns: 150, seed: 20261114 },
  );
});

Deno.test("deadlines move with the arrivals that a completion releases", () => {
  const cases = clusterCases.map((test): ClusterCase => ({ ...test, order: "edf" }));
  fc.assert(
    fc.property(cases, (test) => {
      const parts = caseParts(test, "leap");
      const { columns } = simulateCluster(parts);
      columns.arrivalAtSeconds.forEach((at, i) => {
        // Those that were not released by the end have no arrival.
        if (!(at >= 0)) return;
        const slack = parts.deadlineAtSeconds![i] - at;
        ok(Math.abs(slack - 0.3 * columns.classId[i]) < 1e-9, `request ${i}: ${slack}`);
      });
    }),
    { numRuns: 200, seed: 20261115 },
  );
});
