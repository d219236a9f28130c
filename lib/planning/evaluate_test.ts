import { equal, ok } from "#assert";
import type { KeptRun } from "../experiment/sweep/mod.ts";
import { holds } from "./capacity.ts";
import { figureOf, verdictOf } from "./evaluate.ts";
import { readObjectives } from "./objectives.ts";

const RULE = { least: 3, most: 5, level: 0.95 };
const BELOW = readObjectives("ttft_p99<2s");

const run = (ttft: number, others: KeptRun["figures"] = {}): KeptRun => ({
  figures: { "ttft_s.p99": ttft, "requests.arrived": 100, "requests.completed": 100, ...others },
  endAtSeconds: 10,
});
const verdict = (values: readonly number[], isScreening = false) =>
  verdictOf(values.map((value) => run(value)), BELOW, RULE, isScreening);

Deno.test("one run decides what is clear, and only while candidates are screened what is good", () => {
  equal(verdict([3.1])!.outcome, "misses");
  equal(verdict([2.5]), undefined);
  equal(verdict([0.5]), undefined);
  equal(verdict([0.5], true)!.outcome, "meets");
  equal(verdict([1.5], true), undefined);
});

Deno.test("a verdict needs an interval on one side of the limit; else more runs, and at last the mean", () => {
  equal(verdict([1, 1.1, 0.9])!.outcome, "meets");
  equal(verdict([2.4, 2.5, 2.6])!.outcome, "misses");
  equal(verdict([1.5, 2.4, 1.8]), undefined);
  const below = verdict([1.5, 2.4, 1.8, 1.9, 1.6])!;
  equal(below.outcome, "close");
  ok(below.isMet && /within its interval/.test(below.reason!));
  const above = verdict([1.5, 2.6, 2.2, 2.3, 1.9])!;
  ok(above.outcome === "close" && !above.isMet);
});

Deno.test("saturated runs are no average, and what was not served is late", () => {
  const saturated = { "saturation.arrivals_rps": 9, "saturation.served_rps": 7 };
  const runs = [run(1), run(1.1), run(40, saturated)];
  equal(figureOf(runs, "ttft_s.p99", 0.95)!.estimate, 1.05);
  equal(verdictOf(runs, BELOW, RULE)!.outcome, "meets");
  const two = verdictOf([run(1), run(3, saturated), run(4, saturated)], BELOW, RULE)!;
  ok(two.outcome === "misses" && two.worstMiss === Infinity, JSON.stringify(two));
  ok(/saturated in 2 of 3 runs: 9\.00 requests\/s arrive, 7\.00 are served/.test(two.reason!));
  ok(!holds(run(1, saturated), BELOW) && holds(run(1), BELOW) && !holds(run(2.1), BELOW));
  const lost = run(1, { "requests.completed": 98 });
  ok(/2\.00 % of the requests were not served/.test(verdictOf([lost], BELOW, RULE)!.reason!));
  ok(!holds(lost, BELOW) && holds(run(1, { "requests.completed": 99 }), BELOW));
  equal(
    verdictOf([{ figures: {}, endAtSeconds: NaN, error: "E: no" }], BELOW, RULE)!.reason,
    "E: no",
  );
});
