import { deepEqual, equal, ok } from "#assert";
import { plan } from "./plan.ts";

/** Steps of fixed times, so that every GPU keeps the limits. */
const CONFIG = `
execution: { source: linear, coefficients: { base_seconds: 0.01 } }
scaling: { enabled: false }
workload: { arrival_rate: 2, num_requests: 60 }
`;

Deno.test("a plan for energy has the least power, which need not be the least cost", async () => {
  const store = Deno.makeTempDirSync();
  try {
    const options = {
      config: CONFIG,
      slo: "ttft_p99<5s",
      over: { "cluster.gpu_type": ["H100", "L40S"], "cluster.num_replicas": [1, 2] },
      set: { "cost.gpu_cost_per_hour": { H100: 1, L40S: 3 } },
      ...{ store, workers: 1, quick: true },
      replications: { least: 2, most: 2 },
    };
    const { rows, winner, answer, objective } = await plan({ ...options, objective: "energy" });
    equal(objective, "energy");
    const chosen = rows[winner!];
    deepEqual(chosen.levels, { "cluster.gpu_type": "L40S", "cluster.num_replicas": 1 });
    ok(answer.includes(" kW, "), answer);
    for (const { kilowatts, status } of rows) {
      if (kilowatts) ok(kilowatts.mean >= chosen.kilowatts!.mean, status);
    }
    const cheapest = await plan({ ...options, objective: "cost" });
    equal(cheapest.rows[cheapest.winner!].levels["cluster.gpu_type"], "H100");
    equal(cheapest.rows[cheapest.winner!].kilowatts, null);
  } finally {
    Deno.removeSync(store, { recursive: true });
  }
});
