import { deepEqual, equal, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { mmcWaitQuantile } from "../stats/queueing_theory.ts";
import { findCapacities } from "./capacity.ts";
import { makeRunner } from "./evaluate.ts";
import { readObjectives } from "./objectives.ts";
import { plan } from "./plan.ts";
import type { PlanOptions } from "./prepare.ts";
import { exhaustiveWinner, GRID } from "./testing_grid.ts";

async function inFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A plan that takes no time: constant steps, one request at a time. */
const SMALL: Omit<PlanOptions, "store" | "workers"> = {
  config: `
simulation: { random_seed: 5 }
execution: { source: constant, step_seconds: 50 ms }
scheduler: { max_num_seqs: 1 }
scaling: { enabled: false }
workload:
  { type: poisson, arrival_rate: 30, num_requests: 300, prompt_length: { distribution: constant, mean: 1 },
    decode_length: { distribution: constant, mean: 1 } }
`,
  slo: "ttft_p95<200ms",
  over: "cluster.gpu_type=[H100,A100,MI300X];cluster.num_replicas=1..4",
  quick: true,
};

Deno.test("the plan of a grid is that of simulating every candidate", async () => {
  await inFolder(async (store) => {
    const seed = 300;
    const { winner, rows } = await plan({
      ...{
        config: GRID.config(seed),
        over: GRID.over,
        slo: GRID.slo,
        store,
        workers: 1,
        quick: true,
      },
    });
    const { index, met } = await exhaustiveWinner(seed, store, 1);
    equal(winner, index);
    // What a bound or another size leaves out does miss, and what is dearer is not needed.
    for (const row of rows) {
      if (row.status === "cannot") ok(!met.includes(row.index), `${row.label}: ${row.reason}`);
      if (["meets", "runner-up"].includes(row.status)) ok(met.includes(row.index), row.label);
    }
    ok(rows.filter(({ seeds }) => seeds > 0).length < 20, "most candidates need no run");
  });
});

Deno.test("a plan is the same with Workers, and when it goes on from what was kept", async () => {
  await inFolder(async (folder) => {
    const alone = await plan({ ...SMALL, store: `${folder}/a`, workers: 1 });
    const stop = new AbortController();
    await rejects(
      plan({
        ...SMALL,
        ...{ store: `${folder}/b`, workers: 2, signal: stop.signal },
        onProgress: (done) => void (done >= 5 && stop.abort()),
      }),
      { name: "Interrupted" },
    );
    let kept = 0;
    const together = await plan({
      ...SMALL,
      ...{ store: `${folder}/b`, workers: 2 },
      onProgress: (_done, _asked, before) => kept = before,
    });
    deepEqual(together, alone);
    ok(kept >= 4, `${kept} runs were kept`);
    ok(alone.winner !== null && alone.runner_up !== null);
    const { rows } = alone;
    for (const index of [alone.winner, alone.runner_up]) ok(rows[index].seeds >= 3);
    // AWS rents no MI300X by the hour of the list.
    for (const row of rows.filter(({ levels }) => levels["cluster.gpu_type"] === "MI300X")) {
      equal(row.status, "unpriced");
      ok(/no price of mi300x/i.test(row.reason!), row.reason!);
      equal(row.seeds, 0);
    }
    ok(alone.notices.some((notice) => notice.startsWith("not ranked: no price of mi300x")));
  });
});

Deno.test("without a price a plan can count GPUs; a budget and a refusal are reasons", async () => {
  await inFolder(async (store) => {
    const byGpus = await plan({
      ...{ ...SMALL, store, workers: 1, objective: "gpus" as const },
      over: "cluster.gpu_type=[MI300X];cluster.num_replicas=1..4",
    });
    equal(byGpus.rows[byGpus.winner!].instances, 2);
    equal(byGpus.rows[byGpus.winner!].gpus!.mean.toFixed(3), "2.000");
    const poor = await plan({ ...SMALL, store, workers: 1, budgetUsdPerHour: 0.5 });
    equal(poor.winner, null);
    ok(poor.rows.every(({ status }) => ["over-budget", "unpriced", "cannot"].includes(status)));
    ok(/over the budget of 0\.5 USD\/h/.test(poor.nearest_miss!.reason));
    const large = await plan({
      ...{ ...SMALL, store, workers: 1 },
      config: "model: { name: Llama-3.1-70B, dtype: bf16 }\n" +
        (SMALL.config as string).replace("num_requests: 300", "num_requests: 20"),
      over: "parallelization.tensor_parallel_size=[1,4];cluster.num_replicas=[3]",
    });
    deepEqual(large.rows.map(({ status }) => status), ["refused", "winner"]);
    ok(/model with room for one KV block/.test(large.rows[0].reason!));
  });
});

Deno.test("a workload without chance is said to be one: its intervals have no width", async () => {
  await inFolder(async (store) => {
    const rows = "arrived_at,num_prefill_tokens,num_decode_tokens\n" +
      Array.from({ length: 50 }, (_, i) => `${i},1,1`).join("\n") + "\n";
    const replayed = await plan({
      ...{ ...SMALL, store, workers: 1, texts: { traceText: rows }, over: {} },
      config:
        "execution: { source: constant, step_seconds: 50 ms }\nscaling: { enabled: false }\n" +
        "workload: { type: trace, trace: { path: t.csv } }",
    });
    equal(replayed.winner, 0);
    ok(replayed.notices.some((notice) => /all seeds give the same run/.test(notice)));
    ok(replayed.rows[0].figures.ttft_p95!.lower === replayed.rows[0].figures.ttft_p95!.upper);
  });
});

Deno.test("a factor without effect is named, with the reason where one is known; others are not", async () => {
  await inFolder(async (store) => {
    const { notices } = await plan({
      ...{ ...SMALL, store, workers: 1 },
      over:
        "cluster.num_replicas=[2,3];workload.embedded.rate_scale=[1,2];scheduler.max_num_seqs=[1,2];" +
        "model.dtype=[bf16,fp16]",
    });
    const named = notices.filter((notice) => /has no effect/.test(notice));
    ok(
      /factor workload\.embedded\.rate_scale .*workload\.type is poisson/.test(named[0]),
      named[0],
    );
    // Steps are of constant length, whatever the format of the weights.
    ok(/factor model\.dtype has no effect/.test(named[1]), named[1]);
    equal(named.length, 2, named.join("\n"));
  });
});

Deno.test("what is said of others is what is known of them", async () => {
  await inFolder(async (store) => {
    const answer = async (over: string, more: Partial<PlanOptions> = {}) =>
      (await plan({ ...SMALL, store, workers: 1, over, ...more })).answer;
    ok(/, the only candidate$/.test(await answer("cluster.num_replicas=[3]")));
    ok(
      /, no other kind of fleet keeps the limits$/.test(await answer("cluster.num_replicas=2..4")),
    );
    ok(/, no other candidate keeps the limits$/.test(await answer("cluster.num_replicas=1..2")));
    ok(
      /, no other candidate with a price keeps the limits$/.test(
        await answer("cluster.gpu_type=[H100,MI300X];cluster.num_replicas=[2]"),
      ),
    );
    const over = "cluster.num_replicas=1..2";
    equal(
      await answer(over, { budgetUsdPerHour: 3 }),
      "no candidate keeps the limits within the budget",
    );
    ok(
      /, next cheapest /.test(
        await answer("cluster.gpu_type=[H100,A100];cluster.num_replicas=[2]"),
      ),
    );
    await rejects(
      plan({ ...SMALL, store, workers: 1, over: "cluster.gpu_type=[MI300X]" }),
      /set cost\.gpu_cost_per_hour or cost\.provider .*objective gpus/,
    );
  });
});

Deno.test("where nothing keeps the limits, the nearest miss and what breaks it are named", async () => {
  await inFolder(async (store) => {
    const { winner, nearest_miss: nearest, rows, answer } = await plan({
      ...{ ...SMALL, store, workers: 1 },
      slo: "ttft_p95<60ms",
      over: "cluster.num_replicas=[1,2,3]",
    });
    equal(winner, null);
    equal(answer, "no candidate keeps the limits");
    equal(rows[nearest!.index].instances, 3);
    ok(/ttft_p95 is|saturated/.test(nearest!.reason), nearest!.reason);
  });
});

Deno.test("a capacity is that of M/M/3: the rate at which the 95th percentile of waits is the limit", async () => {
  await inFolder(async (store) => {
    const [step, mean, servers, limit] = [0.001, 200, 3, 0.5];
    const config = loadConfig(`
simulation: { duration: 800, random_seed: 11 }
execution: { source: constant, step_seconds: ${step} }
scheduler: { max_num_seqs: 1 }
scaling: { enabled: false }
cluster: { num_replicas: ${servers} }
gateway: { concurrency_per_instance: 1 }
workload:
  type: poisson
  arrival_rate: 5
  prompt_length: { distribution: constant, mean: 1 }
  decode_length: { distribution: exponential, mean: ${mean}, min: 1, max: 1000000 }
model:
  { name: small, num_layers: 2, hidden_size: 256, num_attention_heads: 4, vocab_size: 1000,
    max_position_embeddings: 2000000 }
`);
    const [{ interval, bySeed }] = await findCapacities([{ config, ratePerSecond: 5 }], {
      objectives: readObjectives(`ttft_p95<${limit + step}`),
      runner: makeRunner({ store, workers: 1 }),
      rule: { least: 3, most: 5, level: 0.95 },
    });
    let [low, high] = [0, servers / (step * mean) * (1 - 1e-9)];
    while (high - low > 1e-6) {
      const rate = (low + high) / 2;
      if (mmcWaitQuantile(rate, step * mean, servers, 0.95) < limit) low = rate;
      else high = rate;
    }
    const { estimate, halfWidth } = interval!;
    ok(bySeed.length >= 3);
    ok(
      Math.abs(estimate - low) < 3 * Math.max(halfWidth, 0.01 * low),
      `${estimate}, theory ${low}`,
    );
    ok(Math.abs(estimate - low) < 0.1 * low, `${estimate}, theory ${low}`);
  });
});
