import { deepEqual, equal, ok } from "#assert";
import { comparePlans } from "./compare_plans.ts";
import type { Plan } from "./plan_result.ts";
import { planMeasures, planSensitivities } from "./plan_sensitivity.ts";
import { testingInterval, testingPlan, testingRow } from "./testing_plan.ts";

const FACTORS = { "cluster.gpu_type": ["H100", "A100"], "cluster.num_replicas": [1, 2] };
const levels = (gpu: string, count: number) => ({
  "cluster.gpu_type": gpu,
  "cluster.num_replicas": count,
});

const before = testingPlan(
  [
    testingRow({
      ...{ index: 0, levels: levels("H100", 1), status: "winner" },
      usd_per_hour: testingInterval(7, 0.2),
      figures: { ttft_p99: testingInterval(0.5, 0.1) },
      by_seed: { seeds: [1, 2, 3], values: { ttft_p99: [0.3, 0.5, 0.7], usd_per_hour: [7, 7, 7] } },
    }),
    testingRow({
      ...{ index: 1, levels: levels("H100", 2), status: "dearer", reason: "more than enough" },
    }),
    testingRow({
      ...{ index: 2, levels: levels("A100", 1), status: "misses", reason: "ttft_p99 is 3 s" },
      usd_per_hour: testingInterval(3.5, 0.1),
      figures: { ttft_p99: testingInterval(3, 0.4) },
    }),
    testingRow({
      ...{ index: 3, levels: levels("A100", 2), status: "runner-up" },
      usd_per_hour: testingInterval(7.5, 0.1),
      figures: { ttft_p99: testingInterval(1, 0.2) },
    }),
  ],
  FACTORS,
  {
    sensitivity: [{
      path: "cluster.gpu_type",
      swing: 0.5,
      levels: [
        { level: "H100", value: 7, is_bound: false, is_run: true },
        { level: "A100", value: 7.5, is_bound: false, is_run: true },
      ],
    }, {
      path: "cluster.num_replicas",
      swing: 0.5,
      levels: [{ level: 1, value: 7, is_bound: false, is_run: true }, {
        level: 2,
        value: 7.5,
        is_bound: true,
        is_run: true,
      }],
    }],
  },
);

const after = testingPlan(
  [
    testingRow({
      ...{ index: 0, levels: { "cluster.num_replicas": 1, "cluster.gpu_type": "H100" } },
      ...{ status: "misses", reason: "ttft_p99 is 2.1 s" },
      usd_per_hour: testingInterval(7, 0.2),
      figures: { ttft_p99: testingInterval(2.1, 0.3) },
      by_seed: { seeds: [2, 3, 4], values: { ttft_p99: [2, 2.2, 9], usd_per_hour: [7, 7, 7] } },
    }),
    testingRow({
      ...{ index: 1, levels: levels("A100", 2), status: "winner" },
      usd_per_hour: testingInterval(7.6, 0.1),
      figures: { ttft_p99: testingInterval(1.5, 0.2) },
    }),
  ],
  { "cluster.gpu_type": ["H100", "A100"], "cluster.num_replicas": [1, 2, 3] },
  { rate_rps: 9 },
);

Deno.test("candidates of plans are matched by their levels, the change of the choice is told", () => {
  const compared = comparePlans(
    { folder: "a", plan: before as Plan },
    { folder: "b", plan: after as Plan },
  );
  deepEqual(compared.winner, {
    is_same: false,
    before: {
      label: "H100 x 1",
      elsewhere: { status: "misses", reason: "ttft_p99 is 2.1 s" },
    },
    after: { label: "A100 x 2", elsewhere: { status: "runner-up", reason: null } },
  });
  deepEqual(compared.settings.map(({ path }) => path), [
    "rate_rps",
    "factors.cluster.num_replicas",
  ]);
  deepEqual([compared.only_before, compared.only_after], [["H100 x 2", "A100 x 1"], []]);
  equal(compared.candidates.length, 2);
  const [h100, a100] = compared.candidates;
  // Seeds 2 and 3 are of both: differences of 1.5 and 1.5.
  const paired = h100.figures.find(({ path }) => path === "ttft_p99")!;
  ok(paired.isPaired);
  ok(Math.abs(paired.difference.estimate - 1.5) < 1e-12 && paired.difference.halfWidth < 1e-9);
  // Without values by seed: Welch's interval, wider than either and narrower than their sum.
  const welch = a100.figures.find(({ path }) => path === "ttft_p99")!;
  ok(!welch.isPaired && Math.abs(welch.difference.estimate - 0.5) < 1e-12);
  ok(welch.difference.halfWidth > 0.15 && welch.difference.halfWidth < 0.4);
  const same = comparePlans({ folder: "a", plan: before }, { folder: "b", plan: before });
  ok(same.winner.is_same && same.settings.length === 0);
  equal(same.alike, 1);
  // The same candidates in another order.
  const rows = before.rows.toReversed().map((row, index) => ({ ...row, index }));
  const turned = testingPlan(rows, FACTORS);
  ok(comparePlans({ folder: "a", plan: before }, { folder: "b", plan: turned }).winner.is_same);
});

Deno.test("factors of a plan: the least cost by level, figures beside the choice", () => {
  deepEqual(planMeasures(before), ["usd_per_hour", "ttft_p99"]);
  const { rows, notices } = planSensitivities(before);
  const of = (measure: string, factor: string) =>
    rows.find((row) => row.measure === measure && row.factor === factor)!;
  const cost = of("usd_per_hour", "cluster.gpu_type");
  deepEqual(
    [cost.method, cost.reference, cost.least_level, cost.greatest_level, cost.swing],
    ["least-by-level", 7, "H100", "A100", 0.5],
  );
  const latency = of("ttft_p99", "cluster.gpu_type");
  deepEqual(
    [latency.method, latency.least, latency.greatest, latency.greatest_level],
    ["one-at-a-time", 0.5, 3, "A100"],
  );
  ok(notices.includes("cluster.num_replicas: beside the choice 2 was not run"), notices.join("\n"));
  ok(notices.includes("cluster.num_replicas: of 2 the value is a lower bound"));
});
