import { deepEqual, equal, ok, rejects, throws } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { simulate } from "../../run/simulate.ts";
import { summaryPaths } from "../replication_figures.ts";
import { failureOf, runSweep } from "./run_sweep.ts";
import { sweepRuns } from "./sweep_cells.ts";

const CONFIG = "workload: { type: poisson, num_requests: 60 }";
const OVER = { rate: [1, 4], policy: ["concurrency", "threshold"] };

async function inFolder(use: (folder: string) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a sweep has every combination with every seed, the last factor fastest", () => {
  const runs = sweepRuns({ config: CONFIG, over: OVER, seeds: 2 });
  deepEqual(
    runs.map(({ cell, seed }) => [cell.rate, cell.policy, seed]),
    [1, 4].flatMap((rate) =>
      OVER.policy.flatMap((policy) => [42, 43].map((seed) => [rate, policy, seed]))
    ),
  );
  for (const { cell, seed, config } of runs) {
    equal(config.workload.arrival_rate, cell.rate);
    equal(config.scaling.policy, cell.policy);
    equal(config.simulation.random_seed, seed);
  }
  deepEqual(sweepRuns({ config: CONFIG, over: {}, seeds: [7, 3] }).map(({ seed }) => seed), [7, 3]);
});

Deno.test("a factor is a path, the end of one, a short name, settings by name, or a function's", () => {
  const levels = { config: CONFIG, seeds: 1 };
  const first = (over: Parameters<typeof sweepRuns>[0]["over"]) =>
    sweepRuns({ ...levels, over })[0].config;
  equal(first({ "scheduler.max_num_seqs": [7] }).scheduler.max_num_seqs, 7);
  equal(first({ max_num_seqs: [7] }).scheduler.max_num_seqs, 7);
  equal(first({ gpu: ["a100-sxm-80gb"] }).cluster.gpu_type, "a100-sxm-80gb");
  const named = { batch: { small: "scheduler: { max_num_seqs: 3 }", large: "scheduler: {}" } };
  deepEqual(sweepRuns({ ...levels, over: named }).map(({ cell }) => cell.batch), [
    "small",
    "large",
  ]);
  equal(first(named).scheduler.max_num_seqs, 3);
  const [run] = sweepRuns({
    config: ({ requests }: { requests: number }) => `workload: { num_requests: ${requests} }`,
    over: { requests: [9] },
  });
  equal(run.config.workload.num_requests, 9);
  const loaded = loadConfig(CONFIG);
  equal(sweepRuns({ config: loaded, over: { rate: [3] } })[0].config.workload.num_requests, 60);
});

Deno.test("a wrong sweep is refused before anything runs, with the cell", () => {
  const wrong = (design: object, message: RegExp) =>
    throws(() => sweepRuns({ config: CONFIG, over: {}, ...design }), message);
  wrong({ over: { ratee: [1] } }, /workload\.arrival_rate, or rate: current value is "ratee"/);
  wrong({ over: { type: [1] } }, /one of workload\.type, scheduler\.type/);
  wrong({ over: { rate: [] } }, /different levels.*\[\]/);
  wrong({ over: { rate: [1, 1] } }, /different levels/);
  wrong({ over: { seed: [1] } }, /"seeds" says how many/);
  wrong({ over: { rate: [1, -2] } }, /In the cell rate=-2: Cannot read "workload\.arrival_rate"/);
  wrong({ over: { "workload.arival_rate": [1] } }, /In the cell .*arival_rate/);
  for (const seeds of [0, 1.5, -1, [], [1, 1], [2 ** 40], "5"]) {
    wrong({ seeds }, /"seeds" as how many/);
  }
  wrong({ over: null }, /no mapping of factors/);
});

Deno.test("a sweep's figures are those of simulate, in Workers and in this thread", async () => {
  await inFolder(async (folder) => {
    const design = { config: CONFIG, over: OVER, seeds: 1 };
    const alone = await runSweep(design, { store: `${folder}/a`, workers: 1 });
    const together = await runSweep(design, { store: `${folder}/b`, workers: 2 });
    deepEqual(together, alone);
    for (const [i, { config, cell }] of sweepRuns(design).entries()) {
      const { summary } = await simulate(config);
      deepEqual(alone[i].cell, cell);
      deepEqual(alone[i].figures, {
        ...Object.fromEntries(summaryPaths(summary)),
        digest: summary.digest,
      });
    }
  });
});

Deno.test("what was run is not run again, in whatever sweep it stands; files count", async () => {
  await inFolder(async (store) => {
    const kept: number[] = [];
    const sweep = (design: object, texts = {}) =>
      runSweep({ config: CONFIG, over: { rate: [1, 2] }, ...design }, {
        ...{ store, workers: 1, texts },
        onProgress: (done, _total, before) => done === before && kept.push(before),
      });
    const first = await sweep({});
    const again = await sweep({});
    deepEqual(again, first);
    await sweep({ over: { "workload.arrival_rate": [2, 3] } });
    await sweep({ seeds: 2 });
    await sweep({}, { files: new Map([["a", "b"]]) });
    deepEqual(kept, [0, 2, 1, 2, 0]);
  });
});

Deno.test("a sweep that is stopped keeps what has ended, and goes on from there", async () => {
  await inFolder(async (store) => {
    const design = { config: CONFIG, over: { rate: [1, 2, 3, 4, 5, 6] } };
    for (const workers of [1, 2]) {
      const folder = `${store}/${workers}`;
      const stop = new AbortController();
      await rejects(
        runSweep(design, {
          ...{ store: folder, workers, signal: stop.signal },
          onProgress: (done) => void (done >= 2 && stop.abort()),
        }),
        { name: "Interrupted" },
      );
      let before = 0;
      const rows = await runSweep(design, {
        ...{ store: folder, workers: 1 },
        onProgress: (_done, _total, kept) => before = kept,
      });
      ok(before >= 2 && before < 6, `${before} kept with ${workers} workers`);
      equal(rows.length, 6);
      equal(failureOf(rows), undefined);
    }
  });
});

Deno.test("a run that fails loses no other, and is said", async () => {
  await inFolder(async (store) => {
    // The trace of one cell is not there.
    const over = {
      load: {
        good: "workload: { num_requests: 5 }",
        bad: "workload: { type: trace, trace: { path: x.csv } }",
      },
    };
    const rows = await runSweep({ config: CONFIG, over }, { store, workers: 1 });
    equal(rows[0].error, undefined);
    ok(Number(rows[0].figures["requests.completed"]) === 5);
    ok(rows[1].error !== undefined && Object.keys(rows[1].figures).length === 0);
    ok(/1 of 2 runs.*load=bad, seed 42: /.test(failureOf(rows)!.message));
  });
});
