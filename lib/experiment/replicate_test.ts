import { deepEqual, equal, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "../run/simulate.ts";
import { meanInterval } from "../stats/intervals.ts";
import { replicate } from "./replicate.ts";
import { replicatedFigures, replicationTable } from "./replication_figures.ts";
import { runInWorkers } from "./worker_pool.ts";

const CONFIG = `
simulation: { replications: 5, replication: 2, random_seed: 7 }
workload: { type: poisson, arrival_rate: 20, num_requests: 300 }
cold_start: { preset: simple }
`;
const WORKER = new URL("./testing_worker.ts", import.meta.url);

Deno.test("replicate() gives the same results in Workers as in one thread", async () => {
  const config = loadConfig(CONFIG);
  const serial = await replicate(config, { workers: 1 });
  // Fewer than the five replications, which they do not divide among them, and more.
  for (const workers of [2, 8]) {
    const parallel = await replicate(config, { workers });
    deepEqual(parallel.replications.map(({ replication }) => replication), [2, 3, 4, 5, 6]);
    deepEqual(
      parallel.replications.map(({ summary }) => summary),
      serial.replications.map(({ summary }) => summary),
    );
    deepEqual(parallel.first.requests, serial.first.requests);
  }
});

Deno.test("replicate() runs what single runs of each replication run, all different", async () => {
  const { replications, first } = await replicate(loadConfig(CONFIG), { workers: 1 });
  const digests = replications.map(({ summary }) => summary.digest);
  equal(new Set(digests).size, 5);
  equal(first.summary.digest, digests[0]);
  for (const { replication, summary } of replications) {
    const alone = await simulate(
      loadConfig([CONFIG, `simulation: { replication: ${replication} }`]),
    );
    equal(alone.summary.digest, summary.digest);
  }
});

/** Replications until the mean of a figure is known well enough. */
const until = (precision: string) =>
  loadConfig([CONFIG, `simulation: { replications: ${precision} }`]);

Deno.test("replicate() goes on until the interval of a figure is narrow enough, and no further", async () => {
  const config = until("{ until: 2.5%, of: ttft_s.p99, most: 60, least: 3 }");
  const serial = await replicate(config, { workers: 1 });
  const count = serial.replications.length;
  ok(count > 3 && count < 60, `${count} replications`);
  const values = serial.replications.map(({ summary }) => summary.ttft_s.p99!);
  for (let n = 3; n <= count; n++) {
    const { halfWidth, estimate } = meanInterval(values.slice(0, n));
    equal(halfWidth <= 0.025 * estimate, n === count, `after ${n}`);
  }
  deepEqual(serial.precision, {
    of: "ttft_s.p99",
    interval: meanInterval(values),
    precise: true,
  });
  const parallel = await replicate(config, { workers: 2 });
  deepEqual(parallel.precision, serial.precision);
  deepEqual(
    parallel.replications.map(({ summary }) => summary.digest),
    serial.replications.map(({ summary }) => summary.digest),
  );
  // They are the replications of a given number.
  const given = await replicate(until(String(count)), { workers: 1 });
  deepEqual(
    given.replications.map(({ summary }) => summary.digest),
    serial.replications.map(({ summary }) => summary.digest),
  );
});

Deno.test("replicate() ends at the most replications, and names a figure that is none", async () => {
  const most = await replicate(until("{ until: 0.01%, of: goodput_rps, most: 2 }"), { workers: 2 })
    .catch((error) => error);
  ok(
    most instanceof RangeError &&
      /"goodput_rps", which is null in replication 2/.test(most.message),
  );
  const few = await replicate(until("{ until: 0.01%, of: e2e_s.mean, most: 4 }"), { workers: 1 });
  equal(few.replications.length, 4);
  equal(few.precision?.precise, false);
  await rejects(
    replicate(until("{ until: 5%, of: ttft_s.p98, most: 2 }"), { workers: 1 }),
    /Cannot read "simulation\.replications\.of" .*"ttft_s\.p98"; did you mean "ttft_s\.p9\d"\?/,
  );
});

Deno.test("replicatedFigures() has the t interval of every figure of the summary", async () => {
  const { replications } = await replicate(loadConfig(CONFIG), { workers: 1 });
  const figures = replicatedFigures(replications, 0.9);
  const ttft = figures.find(({ name }) => name === "ttft_p99_s")!;
  const values = replications.map(({ summary }) => summary.ttft_s.p99!);
  deepEqual([...ttft.values], values);
  deepEqual(ttft.interval, meanInterval(values, 0.9));
  ok(figures.some(({ name }) => name === "cost_total_usd"));
  const table = replicationTable(replications);
  equal(table.count, 5);
  const [replication, digest] = table.columns;
  deepEqual([...replication.slice(0, 5)], [2, 3, 4, 5, 6]);
  ok(
    digest.type === "text" &&
      digest.names[digest.slice(3, 4)[0]] === replications[3].summary.digest,
  );
});

Deno.test("replicatedFigures() leaves out what a replication has no value of", async () => {
  const { replications } = await replicate(loadConfig(CONFIG), { workers: 1 });
  const empty = { ...replications[0].summary, qps_per_usd: null };
  const some = replicatedFigures([{ replication: 9, summary: empty }, ...replications]);
  const figure = some.find(({ name }) => name === "qps_per_usd")!;
  ok(Number.isNaN(figure.values[0]));
  deepEqual(figure.interval, meanInterval(figure.values.subarray(1)));
});

Deno.test("runInWorkers() orders results by task when later ones end first", async () => {
  const finished: number[] = [];
  const tasks = [120, 10, 10, 10].map((waitMs, id) => ({ id, waitMs }));
  const results = await runInWorkers<typeof tasks[0], number>(WORKER, tasks, {
    workers: 2,
    onDone: (done) => finished.push(done),
  });
  deepEqual(results, [0, 1, 2, 3]);
  deepEqual(finished, [1, 2, 3, 4]);
});

Deno.test("runInWorkers() throws the error of the first task that failed, as its kind", async () => {
  const tasks = [
    { id: 0, waitMs: 0 },
    { id: 1, waitMs: 60, fail: "RangeError" },
    { id: 2, waitMs: 0, fail: "ConfigError" },
    { id: 3, waitMs: 0 },
  ];
  for (const [wanted, from] of [["task 1", 0], ["task 2", 2]] as const) {
    await rejects(
      runInWorkers(WORKER, tasks.slice(from), { workers: 2 }),
      (error: unknown) => error instanceof RangeError && error.message === `Cannot run ${wanted}`,
    );
  }
});

Deno.test("runInWorkers() says so when the Worker's module cannot be loaded", async () => {
  const nowhere = new URL("./nowhere.ts", import.meta.url);
  await rejects(runInWorkers(nowhere, [1], { workers: 1 }), /nowhere/);
});

Deno.test("replications that are aborted say how many are done, in Workers and in this thread", async () => {
  const config = loadConfig(`
simulation: { replications: 40, duration: 900 }
workload: { type: poisson, arrival_rate: 20 }`);
  for (const workers of [2, 1]) {
    const controller = new AbortController();
    const onDone = (done: number) => done === 3 && controller.abort();
    await rejects(replicate(config, { workers, onDone, signal: controller.signal }), {
      name: "Interrupted",
      message: /^interrupted at (7|10) %, [34] of 40 replications$/,
    });
  }
});
