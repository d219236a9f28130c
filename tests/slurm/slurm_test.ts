/**
 * Sweeps on a real Slurm of two virtual nodes: what an array gives is what this machine gives, whoever
 * is killed on the way.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "#assert";
import { experimentText, withExperiment } from "../../lib/experiment/testing_experiment.ts";
import { filesBelow, runCommandLine } from "../../lib/cli/testing_command_line.ts";
import { hasSlurm, type OwnSlurm, startSlurm } from "../support/own_slurm.ts";

const isHere = hasSlurm();
let slurm: OwnSlurm;
Deno.test.beforeAll(async () => {
  if (isHere) slurm = await startSlurm();
});
Deno.test.afterAll(async () => {
  if (isHere) await slurm.stop();
});

/** A test on Slurm, in a folder with an experiment of these fields and a site file. */
function onSlurm(
  name: string,
  fields: (folder: string) => string,
  site: string,
  fn: (sweep: Sweep) => Promise<void>,
): void {
  Deno.test({
    name: `${name} (needs Slurm)`,
    ignore: !isHere,
    fn: () =>
      withExperiment("factors: {}, run: () => ({})", async (folder, module) => {
        await Deno.writeTextFile(new URL(module), experimentText(fields(folder)));
        await Deno.writeTextFile(`${folder}/slurm.yaml`, site);
        await fn(new Sweep(folder));
      }),
  });
}

/** Command lines about the experiment in a folder. */
class Sweep {
  constructor(readonly folder: string) {}

  args(action: string, out: string, options: readonly string[]): string[] {
    const ids = action === "pipeline" ? [action] : ["experiment", action];
    const id = /^(reproduce|pipeline)$/.test(action) ? [] : ["00_test"];
    return [...ids, ...id, "--experiments", "experiments", "--out", out, ...options];
  }

  run(action: string, ...options: readonly string[]) {
    return this.runTo("out", action, ...options);
  }

  runTo(out: string, action: string, ...options: readonly string[]) {
    return runCommandLine(this.args(action, out, options), {
      directory: this.folder,
      env: { SLURM_CONF: slurm.conf },
    });
  }

  /** A command line in a process that can be killed. */
  spawn(action: string, ...options: readonly string[]): Deno.ChildProcess {
    const config = decodeURIComponent(new URL("../../deno.json", import.meta.url).pathname);
    const main = new URL("../../lib/cli/main.ts", import.meta.url).href;
    return new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--config", config, main, ...this.args(action, "out", options)],
      cwd: this.folder,
      env: { SLURM_CONF: slurm.conf, INIT_CWD: this.folder },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  }

  /** Names of the files of cells that are there whole, not of those that are being written. */
  cells(out = "out"): string[] {
    try {
      const names = filesBelow(`${this.folder}/${out}/.cells/00_test`);
      return names.filter((name) => /^[0-9a-f]{64}(-\d+)?\.(json|parquet)$/.test(name));
    } catch {
      return [];
    }
  }

  async untilCells(count: number): Promise<void> {
    const isOutcome = (name: string) => name.endsWith(".json");
    while (this.cells().filter(isOutcome).length < count) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Tasks of all arrays that were submitted from here, those that ended too: "JOB|INDEX|STATE". */
  async tasks(): Promise<string[]> {
    const format = ["--noheader", "--array", "--states=all", "--format=%F|%K|%T|%Z"];
    const lines = (await slurm.call("squeue", ...format)).split("\n");
    return lines.filter((line) => line.endsWith(`|${this.folder}`)).map((line) =>
      line.slice(0, line.lastIndexOf("|"))
    );
  }

  /** That two folders of results hold the same bytes, but for the manifest's wall time. */
  same(one: string, other: string): void {
    const names = (out: string) =>
      filesBelow(`${this.folder}/${out}`).filter((name) => !/^\.slurm|\.json$|\/$/.test(name));
    deepEqual(names(one), names(other));
    for (const name of names(one)) {
      deepEqual(
        Deno.readFileSync(`${this.folder}/${one}/${name}`),
        Deno.readFileSync(`${this.folder}/${other}/${name}`),
        name,
      );
    }
    deepEqual(this.cells(one), this.cells(other));
    for (const name of this.cells(one)) {
      const path = (out: string) => `${this.folder}/${out}/.cells/00_test/${name}`;
      deepEqual(Deno.readFileSync(path(one)), Deno.readFileSync(path(other)), name);
    }
  }
}

/** Sixty cells that simulate, of which one fails where a file is not there. */
const simulations = (folder: string) => `
  factors: { rate: [2, 4, 6, 8, 10], seed: [1, 2, 3, 4], strategy: ["vllm", "sarathi", "orca"] },
  run: async ({ cell }) => {
    const mark = ${JSON.stringify(folder)} + "/failed";
    if (cell.rate === 6 && cell.seed === 2 && cell.strategy === "sarathi") {
      let hasFailed = true;
      try { Deno.statSync(mark); } catch { hasFailed = false; }
      Deno.writeTextFileSync(mark, "");
      if (!hasFailed) throw new RangeError("Cannot work the first time");
    }
    const config = loadConfig(\`
simulation: { random_seed: \${cell.seed} }
workload: { type: poisson, arrival_rate: \${cell.rate}, num_requests: 30 }
scheduler: { type: \${cell.strategy} }\`);
    const { summary } = await simulate(config);
    return { ttft_p99_s: summary.ttft_s.p99, digest: summary.digest, nothing: NaN };
  },
  headlines: (rows) => ({ rows: rows.length }),
  figures: { points: (rows) => ({
    data: { values: rows }, mark: "point", width: 200, height: 100,
    encoding: {
      x: { field: "rate", type: "quantitative" }, y: { field: "ttft_p99_s", type: "quantitative" },
    },
  }) },
`;

onSlurm(
  "an array gives what one thread and Workers give, and tries a cell again that failed once",
  simulations,
  "tasks: 6",
  async (sweep) => {
    const array = await sweep.run("run", "--executor", "slurm");
    equal(array.code, 0, array.stderr + array.stdout);
    match(array.stderr, /again: rate=6,seed=2,strategy=sarathi: RangeError: Cannot work the first/);
    match(array.stdout, /60 cells in/);
    deepEqual([...(await sweep.tasks())].map((line) => line.split("|")[1]).sort(), [
      ..."0012345",
    ]);
    for (const workers of ["1", "2"]) {
      equal((await sweep.runTo(`workers-${workers}`, "run", "--workers", workers)).code, 0);
      sweep.same(`workers-${workers}`, "out");
    }
    ok(sweep.cells().length === 60 && filesBelow(`${sweep.folder}/out/00_test`).length > 5);

    // What is missing is submitted, and nothing else.
    for (const name of sweep.cells().slice(0, 3)) {
      await Deno.remove(`${sweep.folder}/out/.cells/00_test/${name}`);
    }
    const before = await sweep.tasks();
    const resumed = await sweep.run("run", "--executor", "slurm");
    equal(resumed.code, 0, resumed.stderr);
    match(resumed.stdout, /60 cells in .*, 57 of them were there/);
    equal((await sweep.tasks()).length - before.length, 3);
    sweep.same("workers-1", "out");
    equal((await sweep.run("run", "--executor", "slurm")).code, 0);
    equal((await sweep.tasks()).length - before.length, 3);
  },
);

onSlurm(
  "an experiment that lies elsewhere runs as an array, by its path",
  () => `factors: { a: [1, 2, 3] }, run: ({ cell }) => ({ square: cell.a ** 2 })`,
  "tasks: 2",
  async ({ folder }) => {
    await Deno.rename(`${folder}/experiments/00_test`, `${folder}/mine`);
    const call = (action: string, ...options: string[]) =>
      runCommandLine(["experiment", action, "./mine/", "--out", "out", ...options], {
        directory: folder,
        env: { SLURM_CONF: slurm.conf },
      });
    const submitted = await call("run", "--executor", "slurm", "--detach");
    equal(submitted.code, 0, submitted.stderr);
    match(submitted.stdout, /3 cells submitted; "deno task experiment status \.\/mine\/experi/);
    const { code, stdout, stderr } = await call("run", "--executor", "slurm");
    equal(code, 0, stderr + stdout);
    match(stdout, /^00_test: 3 cells in /);
    match((await call("status")).stdout, /3 of 3 cells of 00_test/);
  },
);

/** Cells that add a line to a file each; those from `free` on wait for another file before. */
const squares = (cells: number, free: number) => (folder: string) => `
  factors: { a: Array.from({ length: ${cells} }, (_, i) => i) },
  run: async ({ cell }) => {
    const isThere = () => {
      try { return Deno.statSync(${
  JSON.stringify(folder)
} + "/go").isFile; } catch { return false; }
    };
    while (cell.a >= ${free} && !isThere()) await new Promise((wait) => setTimeout(wait, 20));
    Deno.writeTextFileSync(${JSON.stringify(folder)} + "/log", cell.a + "\\n", { append: true });
    return { square: cell.a ** 2 };
  },
  headlines: (rows) => ({ sum: rows.reduce((sum, row) => sum + row.square, 0) }),
`;
const letGo = (folder: string) => Deno.writeTextFile(`${folder}/go`, "");
const runsIn = (folder: string) =>
  Deno.readTextFileSync(`${folder}/log`).trim().split("\n").map(Number).sort((a, b) => a - b);

onSlurm(
  "a node that goes down in mid-run loses the cells in flight alone",
  squares(16, 4),
  "tasks: 4",
  async (sweep) => {
    const running = sweep.run("run", "--executor", "slurm");
    // Each of the four tasks has ended a cell and is in the next one; two of them are on each node.
    await sweep.untilCells(4);
    await slurm.endNode(1);
    try {
      await letGo(sweep.folder);
      const { code, stdout, stderr } = await running;
      equal(code, 0, stderr + stdout);
      match(stdout, /16 cells in/);
      match(stderr, /submitted again: a=\d+: .* as NODE_FAIL.* and 5 others/);
      deepEqual(runsIn(sweep.folder), Array.from({ length: 16 }, (_, i) => i));
    } finally {
      await slurm.beginNode(1);
    }
  },
);

onSlurm(
  "an array outlives a submitter that is killed, and a later call picks it up",
  squares(8, 4),
  "tasks: 4",
  async (sweep) => {
    const child = sweep.spawn("run", "--executor", "slurm");
    await sweep.untilCells(4);
    child.kill("SIGINT");
    const { code: interrupted, stderr: said } = await child.output();
    equal(interrupted, 130);
    match(
      new TextDecoder().decode(said),
      /The array of 00_test goes on\..*experiment cancel 00_test/,
    );
    const other = sweep.spawn("run", "--executor", "slurm");
    await new Promise((resolve) => setTimeout(resolve, 500));
    other.kill("SIGKILL");
    equal((await other.output()).signal, "SIGKILL");
    const status = await sweep.run("status");
    match(status.stdout, /done {5}a=3\nrunning {2}a=4\n/);
    match(status.stdout, /On Slurm: 4 cells in tasks that run, 0 in tasks that wait/);
    const later = sweep.run("run", "--executor", "slurm");
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await letGo(sweep.folder);
    const { code, stdout, stderr } = await later;
    equal(code, 0, stderr);
    match(stdout, /sum 140/);
    equal((await sweep.tasks()).length, 4);
    deepEqual(runsIn(sweep.folder), [0, 1, 2, 3, 4, 5, 6, 7]);
  },
);

onSlurm(
  "a cell that always fails, and one that ends its task, are named after bounded tries",
  () => `
  factors: { a: [0, 1, 2] },
  run: ({ cell }) => {
    if (cell.a === 1) throw new RangeError("Cannot work at all");
    if (cell.a === 2) Deno.kill(Deno.pid, "SIGKILL");
    return { y: cell.a };
  },`,
  "{ retries: 1, tasks: 3 }",
  async (sweep) => {
    const { code, stdout } = await sweep.run("run", "--executor", "slurm");
    equal(code, 1);
    match(stdout, /3 cells in .*, 2 failed/);
    match(stdout, /a=1 failed: RangeError: Cannot work at all \(2 attempts\)/);
    match(stdout, /a=2 failed: Error: its task ended without it as FAILED; log .* \(2 attempts\)/);
    // Two more tasks at most: both cells may be submitted again in one array or each in its own.
    equal((await sweep.tasks()).length, 5);
    match(
      (await sweep.run("status")).stdout,
      /done {5}a=0\nfailed {3}a=1 .*\nfailed {3}a=2 .*task/,
    );
  },
);

onSlurm(
  "--detach leaves at once, cancel ends the array, and a later call begins anew",
  squares(4, 0),
  "tasks: 2",
  async (sweep) => {
    const detached = await sweep.run("run", "--executor", "slurm", "--detach");
    equal(detached.code, 0, detached.stderr);
    match(detached.stdout, /4 cells submitted/);
    const again = await sweep.run("run", "--executor", "slurm", "--detach");
    match(again.stdout, /0 cells submitted, 4 are under way/);
    const clean = await sweep.run("clean");
    equal(clean.code, 2);
    match(clean.stderr, /^Cannot clean an experiment whose cells are under way.*\n$/);
    const cancel = await sweep.run("cancel");
    equal(cancel.code, 0, cancel.stderr);
    match(cancel.stdout, /Cancelled 1 arrays of 00_test with 4 cells under way/);
    await letGo(sweep.folder);
    const { code, stdout, stderr } = await sweep.run("run", "--executor", "slurm");
    equal(code, 0, stderr + stdout);
    match(stdout, /sum 14/);
    equal((await sweep.run("clean")).code, 0);
    deepEqual(filesBelow(`${sweep.folder}/out`).filter((name) => name !== ".cells/"), []);
  },
);

onSlurm(
  "what Slurm refuses, and a Deno that does not start, are one line and exit code 2",
  squares(3, 3),
  "partition: nowhere",
  async (sweep) => {
    const refused = await sweep.run("run", "--executor", "slurm");
    equal(refused.code, 2);
    match(refused.stderr, /^Cannot submit .*Invalid partition name.*\n$/);
    deepEqual(filesBelow(sweep.folder).filter((name) => name.startsWith("out")), []);
    await Deno.writeTextFile(`${sweep.folder}/slurm.yaml`, "deno: ./no-deno-here");
    const { code, stderr } = await sweep.run("run", "--executor", "slurm");
    equal(code, 2);
    match(
      stderr,
      /^Cannot run cells as tasks of Slurm, none of which has begun.*no-deno-here.*\n$/,
    );
  },
);

const TABLE = new URL("../../lib/results/table.ts", import.meta.url).href;

onSlurm(
  "tables of cells are those of this machine, also when all are run again",
  () => `
  replications: 2,
  factors: { rate: [2, 5, 9], system: ["a", "b"] },
  run: async ({ cell, replication }) => {
    const { floatColumn } = await import("${TABLE}");
    const values = Float64Array.from({ length: 2000 }, (_, i) => (i + replication) / cell.rate);
    return { count: 2000, columns: [floatColumn("ttft_s", values)] };
  },
  summarise: async (rows) => {
    let sum = 0;
    for await (const batch of rows.batches(["ttft_s"])) {
      for (const value of batch.numbers("ttft_s")) sum += value;
    }
    return [{ replication: 0, sum }];
  },
  headlines: (rows) => ({ sum: rows[0].sum }),`,
  "tasks: 2",
  async (sweep) => {
    const whole = await sweep.runTo("local", "run", "--workers", "1");
    equal(whole.code, 0, whole.stderr);
    for (const [action, ...options] of [["run"], ["reproduce", "--pin"]]) {
      const { code, stdout, stderr } = await sweep.run(action, "--executor", "slurm", ...options);
      equal(code, 0, stderr + stdout);
      sweep.same("local", "out");
    }
    ok(sweep.cells().filter((name) => name.endsWith(".parquet")).length === 12);
    equal(filesBelow(`${sweep.folder}/out`).filter((name) => name.includes("again")).length, 0);
  },
);

onSlurm(
  "reproduce and pipeline run all cells again on Slurm, with the permissions of their task",
  squares(4, 4),
  "{ tasks: 2, cpus: 2, time: 10min, memory: 200MiB, setup: [MARK=1], sbatch: [--comment=x] }",
  async (sweep) => {
    for (const [action, runs] of [["reproduce", 4], ["pipeline", 8]] as const) {
      const options = action === "pipeline" ? ["--notebooks", "experiments", "--again"] : ["--pin"];
      const { code, stdout, stderr } = await sweep.run(action, "--executor", "slurm", ...options);
      equal(code, 0, stderr + stdout);
      equal(runsIn(sweep.folder).length, runs);
      equal(sweep.cells().length, 4);
    }
    const root = decodeURIComponent(new URL("../../", import.meta.url).pathname);
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "task",
        "experiment",
        "run",
        "00_test",
        "--experiments",
        "experiments",
        "--out",
        "task",
      ]
        .concat(["--executor", "slurm"]),
      cwd: root,
      env: { SLURM_CONF: slurm.conf, INIT_CWD: sweep.folder },
      stdin: "null",
    }).output();
    equal(code, 0, new TextDecoder().decode(stderr));
    sweep.same("task", "out");
  },
);
