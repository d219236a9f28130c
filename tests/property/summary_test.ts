import { equal, ok } from "#assert";
import fc from "fast-check";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import type { MeterTotals } from "../../lib/metrics/meter_totals.ts";
import type { FunctionFacts } from "../../lib/metrics/function_facts.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { costRows } from "../../lib/report/standard_figures.ts";
import { BILLING_PRESETS } from "../../lib/serverless/cost/mod.ts";
import { type NaiveOptions, naiveSummary } from "../support/naive_summary.ts";
import { runScaled, type ScaledCase, scaledCases } from "../support/scaled_fleet.ts";

const limit = (...values: number[]) => fc.constantFrom(Infinity, ...values);
const askedOf = fc.record({
  warmupSeconds: fc.constantFrom(0, 0, 1, 4),
  percentiles: fc.constantFrom([0, 50, 90, 100], [33.3, 99]),
  classes: fc.tuple(...[0, 1, 2].map(() =>
    fc.record({
      ttftSeconds: limit(0.5, 2),
      tpotSeconds: limit(0.05, 0.2),
      e2eSeconds: limit(1, 5),
    })
  )),
  gpus: fc.integer({ min: 1, max: 3 }),
  preset: fc.constantFrom(...Object.values(BILLING_PRESETS)),
  asleepShare: fc.constantFrom(0, 0.2),
  pooledShare: fc.constantFrom(0, 0.5),
  rent: fc.constantFrom(0.0007, 0.0015, 0.01),
});
type Asked = typeof askedOf extends fc.Arbitrary<infer T> ? T : never;

const near = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a));

/** Whether two trees are the same as far as the second one goes, numbers but for rounding. */
function same(path: string, said: unknown, naive: unknown): void {
  if (typeof naive === "number") {
    return ok(typeof said === "number" && near(said, naive), `${path}: ${said}, not ${naive}`);
  }
  if (typeof naive !== "object" || naive === null) return equal(said, naive, path);
  for (const [key, value] of Object.entries(naive)) {
    same(`${path}.${key}`, (said as Record<string, unknown>)[key], value);
  }
  equal(Object.keys(naive).filter((key) => !(key in (said as object))).length, 0, path);
}

function summaryOf(test: ScaledCase, asked: Asked) {
  const { run, parts } = runScaled(test);
  const names = parts.functions.map(({ name }) => name);
  const functions = parts.functions.map(({ engine }, fn): FunctionFacts => ({
    gpus: asked.gpus + fn,
    peakFlops: engine.peakFlops,
    peakBytesPerSecond: engine.peakBytesPerSecond,
    kvBlocks: engine.kvBlocks,
    fixedMemoryShare: 0.25,
    kvMemoryShare: 0.5,
    billing: {
      ...asked.preset,
      usdPerGpuSecond: 0.001 * (fn + 1),
      asleepShare: asked.asleepShare,
      pooledShare: asked.pooledShare,
    },
    alwaysOnUsdPerGpuSecond: asked.rent,
  }));
  const options: NaiveOptions = { ...asked, functions, names };
  const summary = summarize(run, {
    functions,
    functionNames: names,
    percentiles: asked.percentiles,
    warmupSeconds: asked.warmupSeconds,
    classes: asked.classes.map((slo, id) => ({ name: `c${id}`, slo })),
  });
  return { run, summary, options };
}

function holds(name: string, law: (made: ReturnType<typeof summaryOf>) => void): void {
  Deno.test(name, () => {
    fc.assert(
      fc.property(scaledCases, askedOf, (test, asked) => law(summaryOf(test, asked))),
      { numRuns: 250, seed: 20261111 },
    );
  });
}

holds(
  "every figure of a summary is what the tables of the run come to",
  ({ run, summary, options }) => {
    const { always_on, cold_start_stages_total, ...naive } = naiveSummary(run, options);
    same("summary", summary, naive);
    const { always_on_usd, break_even_utilization } = summary.cost;
    same("always_on", { always_on_usd, break_even_utilization }, always_on);
    const stages = Object.values(summary.cold_start_stages_s);
    same("stages", stages.reduce((total, seconds) => total + seconds, 0), cold_start_stages_total);
  },
);

holds("the work of instances over what they could do", ({ run, summary, options }) => {
  const of = (figure: (totals: MeterTotals, id: number) => number) =>
    run.totals.list().reduce((total, each, id) => total + figure(each, id), 0);
  const facts = (id: number) => options.functions[run.lives[id].functionId];
  const up = (id: number) => {
    const { readyAtSeconds, asleepAtSeconds, stoppedAtSeconds } = run.lives[id];
    return readyAtSeconds >= 0 ? (asleepAtSeconds ?? stoppedAtSeconds) - readyAtSeconds : 0;
  };
  const share = (part: number, whole: number) => whole > 0 ? part / whole : 0;
  const { kv, ...figures } = summary;
  same("summary", figures, {
    busy_fraction: share(of((each) => each.busySeconds), of((_, id) => up(id))),
    mfu: share(of((each) => each.flops), of((_, id) => up(id) * facts(id).peakFlops)),
    mbu: share(of((each) => each.bytes), of((_, id) => up(id) * facts(id).peakBytesPerSecond)),
    kv_utilization: share(
      of((each) => each.blockSeconds),
      of((_, id) => up(id) * facts(id).kvBlocks),
    ),
    memory_utilization: share(
      of((each, id) => 0.25 * up(id) + 0.5 * each.blockSeconds / facts(id).kvBlocks),
      of((_, id) => up(id)),
    ),
  });
  ok(
    kv.peak_utilization >= summary.kv_utilization - 1e-9 && kv.peak_utilization <= 1,
    `${kv.peak_utilization}, ${summary.kv_utilization}`,
  );
  if (kv.fragmentation !== null) {
    ok(kv.fragmentation >= 0 && kv.fragmentation <= 1, `${kv.fragmentation}`);
  }
});

holds("the bill's figures per unit and shares are parts of its total", ({ run, summary }) => {
  const { cost, requests, functions } = summary;
  const done = [...run.columns.outcome.keys()].filter((i) =>
    run.columns.completedAtSeconds[i] >= 0 && run.columns.outcome[i] === 1
  );
  const tokens = (column: Int32Array) => done.reduce((total, i) => total + column[i], 0);
  const output = tokens(run.columns.outputTokens);
  const all = output + tokens(run.columns.promptTokens);
  const per = (units: number) => units > 0 ? cost.total_usd! / units : null;
  same("cost", cost, {
    per_request_usd: per(requests.completed),
    per_million_output_tokens_usd: per(output / 1e6),
    per_million_total_tokens_usd: per(all / 1e6),
    total_usd: cost.busy_usd! + cost.idle_usd! + cost.cold_start_usd! + cost.asleep_usd! +
      cost.pooled_usd! + cost.rounding_usd! + cost.storage_usd,
  });
  // What is printed and drawn adds up to what is paid.
  same("parts", costRows(summary).reduce((total, { usd }) => total + usd, 0), cost.total_usd);
  if (functions.length > 0) {
    same("total", cost.total_usd, functions.reduce((total, each) => total + each.cost_usd!, 0));
  }
  const shares = [
    cost.busy_share,
    cost.idle_share,
    cost.cold_start_share,
    cost.asleep_share,
    cost.pooled_share,
    cost.waste_share,
    cost.storage_share,
  ];
  if (cost.total_usd === 0) ok(shares.every((share) => share === null));
  else same("shares", shares.reduce<number>((total, share) => total + share!, 0), 1);
  same(
    "qps",
    summary.qps_per_usd,
    cost.total_usd! > 0 ? summary.throughput_rps / cost.total_usd! : null,
  );
});

holds("what sleep and pools did is what their records say", ({ run, summary }) => {
  const { sleep, prewarmed_pools: pools } = summary;
  const asleep = run.lives.filter((life) => life.asleepAtSeconds !== undefined);
  if (run.sleep === undefined) equal(sleep, null);
  else {
    same("sleep", sleep, {
      sleeps: asleep.length,
      wakes: run.lives.filter(({ madeOf }) => madeOf === "sleeper").length,
      instance_seconds: asleep.reduce(
        (total, life) => total + life.stoppedAtSeconds - life.asleepAtSeconds!,
        0,
      ),
      memory_gb_hours: run.sleep.byteSeconds / 1e9 / 3600,
    });
  }
  equal(pools.length, run.pools?.length ?? 0);
  pools.forEach((pool, i) => {
    const { members, demands, hits } = run.pools![i];
    const ready = members.filter((one) => one.readyAtSeconds >= 0)
      .reduce((total, one) => total + one.endAtSeconds - one.readyAtSeconds, 0);
    same("pool", pool, {
      members: members.length,
      starts: demands,
      hits: members.filter(({ instanceId }) => instanceId >= 0).length,
      hit_rate: demands > 0 ? hits / demands : null,
      mean_size: run.endAtSeconds > 0 ? ready / run.endAtSeconds : 0,
    });
  });
});

holds(
  "what has not completed has neither a completion nor a longest gap",
  ({ run: { columns } }) => {
    for (let i = 0; i < columns.count; i++) {
      const isCompleted = OUTCOMES[columns.outcome[i]] === "completed";
      equal(columns.completedAtSeconds[i] >= 0, isCompleted);
      equal(columns.maxTbtSeconds[i] >= 0, isCompleted && columns.outputTokens[i] > 1);
    }
  },
);
