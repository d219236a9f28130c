import { deepEqual, equal, match, ok } from "#assert";
import { experimentText, withExperiment } from "../../experiment/testing_experiment.ts";
import { filesBelow, runCommandLine } from "../testing_command_line.ts";
import { runInWarmProcess } from "../testing_warm_process.ts";

const SQUARES = `
  factors: { a: [0, 1, 2, 3, 4, 5, 6] },
  run: ({ cell }) => ({ square: cell.a ** 2 }),
  headlines: (rows) => ({ sum: rows.reduce((sum, row) => sum + row.square, 0) }),
  figures: { points: (rows) => ({
    data: { values: rows }, mark: "point", width: 100, height: 100,
    encoding: {
      x: { field: "a", type: "quantitative" }, y: { field: "square", type: "quantitative" },
    },
  }) },
`;

/** Calls `use` with a function that runs "experiment" in a folder with an experiment. */
function withSweep(
  text: string,
  use: (
    run: (args: readonly string[], env?: Record<string, string>) => ReturnType<
      typeof runCommandLine
    >,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  return withExperiment(text, async (folder) => {
    // The repository may have a site file of its own.
    await Deno.writeTextFile(`${folder}/slurm.yaml`, "{}\n");
    await use((args, env) => {
      const line = ["experiment", ...args, "--experiments", "experiments", "--quiet"];
      const directory = folder;
      return env === undefined
        ? runInWarmProcess(line, { directory })
        : runCommandLine(line, { directory, env });
    }, folder);
  });
}

/** Programs of Slurm that only say something, and their folder as the PATH. */
async function fakePrograms(folder: string, programs: Record<string, string>) {
  const bin = `${folder}/bin`;
  await Deno.mkdir(bin, { recursive: true });
  for (const [name, lines] of Object.entries(programs)) {
    await Deno.writeTextFile(`${bin}/${name}`, `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }
  return { PATH: bin };
}

Deno.test("shards and gather give the bytes of a run in one process", async () => {
  await withSweep(SQUARES, async (run, folder) => {
    const whole = await run(["run", "00_test", "--out", "whole", "--workers", "1"]);
    equal(whole.code, 0, whole.stderr);
    for (const index of ["2", "0"]) {
      const args = ["shard", "00_test", "--of", "3", "--index", index, "--workers", "1"];
      equal((await run([...args, "--out", "parts"])).code, 0);
    }
    const early = await run(["gather", "00_test", "--out", "parts"]);
    equal(early.code, 1);
    equal(
      early.stdout,
      "  a=1: missing\n  a=4: missing\n00_test: 2 of 7 cells are not there, and nothing is written\n",
    );
    deepEqual(filesBelow(`${folder}/parts`).filter((name) => !name.startsWith(".cells")), []);
    const last = ["shard", "00_test", "--of", "3", "--index", "1", "--out", "parts"];
    match((await run(last)).stdout, /2 of 2 cells of this share are there\n/);
    match((await run(last)).stdout, /2 of 2 .*, 2 of them were before/);
    const gathered = await run(["gather", "00_test", "--out", "parts"]);
    equal(gathered.code, 0, gathered.stderr);
    match(gathered.stdout, /7 cells, 7 of them were there\n {2}sum 91/);
    const files = filesBelow(`${folder}/whole`).filter((name) => !/manifest|\/$/.test(name));
    ok(files.includes("00_test/figures/points.pdf") && files.length > 11);
    for (const name of files) {
      const bytes = (out: string) => Deno.readFileSync(`${folder}/${out}/${name}`);
      deepEqual(bytes("parts"), bytes("whole"), name);
    }
  });
});

Deno.test("a share whose cell fails ends with 1, and tries that cell alone again", async () => {
  const text = `factors: { a: [1, 2] },
    run: ({ cell }) => { if (cell.a === 2) throw new RangeError("Cannot do two"); return { y: 1 }; }`;
  await withSweep(text, async (run) => {
    const args = ["shard", "00_test", "--of", "1", "--index", "0", "--out", "out"];
    for (const before of ["", ", 1 of them were before"]) {
      const { code, stdout } = await run(args);
      equal(code, 1);
      equal(
        stdout,
        "  a=2 failed: RangeError: Cannot do two\n" +
          `00_test: 1 of 2 cells of this share are there${before}\n`,
      );
    }
    match(
      (await run(["gather", "00_test", "--out", "out"])).stdout,
      /a=2: failed, .*Cannot do two/,
    );
  });
});

Deno.test("--dry-run prints a script without absolute paths but Deno's, and writes nothing", async () => {
  await withSweep(SQUARES, async (run, folder) => {
    await Deno.writeTextFile(`${folder}/slurm.yaml`, "partition: short\ntasks: 3\n");
    const { code, stdout, stderr } = await run(
      ["run", "00_test", "--executor", "slurm", "--dry-run", "--out", "out"],
      { PATH: "/nowhere" },
    );
    equal(code, 0, stderr);
    match(stdout, /^#!\/bin\/bash\n#SBATCH --job-name=simfaas-00_test-[0-9a-f]{16}\n/);
    match(stdout, /^#SBATCH --array=0-2$/m);
    match(stdout, /^#SBATCH --partition=short$/m);
    match(stdout, / experiment shard 00_test --work \w+ --index "\$SLURM_ARRAY_TASK_ID" /);
    const paths = stdout.split("\n").slice(1).join("\n").match(/(?<![\w.])\/\S+/g);
    deepEqual(paths, [Deno.execPath()]);
    deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "experiments",
      "slurm.yaml",
    ]);
    await Deno.writeTextFile(`${folder}/slurm.yaml`, "deno: apptainer exec sim.sif deno\n");
    const own = await run(["run", "00_test", "--executor", "slurm", "--dry-run", "--out", "out"]);
    match(own.stdout, /^exec apptainer exec sim\.sif deno run -A /m);
  });
});

Deno.test("tasks are told the path of an experiment that lies elsewhere", async () => {
  await withSweep(SQUARES, async (run, folder) => {
    const text = Deno.readTextFileSync(`${folder}/experiments/00_test/experiment.ts`)
      .replace("00_test", "00_own");
    await Deno.mkdir(`${folder}/my own/-sweeps`, { recursive: true });
    for (const path of ["my own/experiment.ts", "my own/-sweeps/other.ts", "-last.ts"]) {
      await Deno.writeTextFile(`${folder}/${path}`, text);
    }
    const shard = async (path: string) => {
      const args = ["run", path, "--executor", "slurm", "--dry-run", "--out", "out"];
      const { code, stdout, stderr } = await run(args);
      equal(code, 0, stderr);
      return / experiment shard (.*) --work /.exec(stdout)![1];
    };
    equal(await shard("my own/"), "'./my own/experiment.ts'");
    equal(await shard(`${folder}/my own/-sweeps/other.ts`), "'./my own/-sweeps/other.ts'");
    equal(await shard("./-last.ts"), "./-last.ts");
    // However it was asked for: one of the folder of experiments has its id.
    equal(await shard("experiments/00_test/"), "00_test");
  });
});

Deno.test("no sbatch, a store that cannot be written, a wrong site file: one line, exit code 2", async () => {
  await withSweep(SQUARES, async (run, folder) => {
    const slurm = ["run", "00_test", "--executor", "slurm", "--out", "out"];
    const env = await fakePrograms(folder, { sbatch: "exit 0", squeue: "exit 0" });
    await Deno.mkdir(`${folder}/out`);
    await Deno.writeTextFile(`${folder}/out/.cells`, "a file");
    await Deno.writeTextFile(`${folder}/bad.yaml`, "partiton: x\n");
    const cases: [readonly string[], Record<string, string>, RegExp][] = [
      [slurm, { PATH: "/nowhere" }, /Cannot use Slurm as the executor without sbatch on the PATH/],
      [slurm, env, /Cannot keep cells as files that tasks write .*out\/\.cells\/00_test/],
      [[...slurm, "--site", "bad.yaml"], env, /bad\.yaml: .*did you mean partition\?/],
      [[...slurm, "--site", "no.yaml"], env, /no\.yaml/],
      [["run", "00_test", "--detach"], env, /Cannot use --detach without an array/],
      [["run", "00_test", "--executor", "slrum"], env, /did you mean slurm\?/],
      [["shard", "00_test", "--of", "4", "--index", "4"], env, /--index as one of 0 to 3, of 4/],
      [["shard", "00_test", "--of", "0", "--index", "0"], env, /--of as a whole number >= 1/],
      [["shard", "00_test"], env, /--of as a whole number/],
      [
        ["shard", "00_test", "--work", "x", "--index", "0"],
        env,
        /Cannot read the cells of an array/,
      ],
      [["run", "00_test", "--of", "4"], env, /Cannot use --of in run/],
    ];
    for (const [args, with_, says] of cases) {
      const { code, stdout, stderr } = await run(args, with_);
      equal(code, 2, `${args}: ${stderr}`);
      match(stderr, /^[^\n]+\n$/);
      match(stderr, says);
      equal(stdout, "");
    }
    deepEqual(filesBelow(`${folder}/out`), [".cells"]);
  });
});

Deno.test("a Slurm that takes an array of which no task leaves a trace is told in one line", async () => {
  await withSweep(SQUARES, async (run, folder) => {
    // The last of its tasks has failed before it could write to the folder.
    const env = await fakePrograms(folder, {
      sbatch: `[ "$1" = --version ] || echo 7`,
      squeue: "exit 0",
      scancel: "exit 0",
    });
    const args = ["run", "00_test", "--executor", "slurm", "--out", "out"];
    const { code, stderr } = await run(args, env);
    equal(code, 2);
    match(stderr, /^Cannot run cells as tasks of Slurm, none of which has begun: .* must share\n$/);
  });
});

Deno.test("the address of an experiment's cells has its limits on Slurm, not those of the site", async () => {
  const text = `factors: { a: [1] }, run: () => ({ y: 1 })`;
  await withSweep(`${text}, slurm: { time: "2h" }`, async (run, folder) => {
    const args = ["run", "00_test", "--executor", "slurm", "--dry-run", "--out", "out"];
    const script = (await run(args)).stdout;
    match(script, /^#SBATCH --time=02:00:00$/m);
    await Deno.writeTextFile(`${folder}/slurm.yaml`, "experiments: { 00_test: { time: 3h } }");
    const { stdout: other, stderr } = await run(args);
    equal(stderr, "");
    equal(other, script.replace("--time=02:00:00", "--time=03:00:00"));
    await Deno.writeTextFile(`${folder}/slurm.yaml`, "experiments: { 00_tset: { time: 3h } }");
    equal(
      (await run(args)).stderr,
      "Note: the site file speaks of the experiment 00_tset, which is not there (did you mean " +
        "00_test?)\n",
    );
    await Deno.writeTextFile(
      `${folder}/experiments/00_test/experiment.ts`,
      experimentText(`${text}, slurm: { time: "4h" }`),
    );
    const changed = await run(args);
    ok(!changed.stdout.includes(/simfaas-\S+/.exec(script)![0]));
  });
});
