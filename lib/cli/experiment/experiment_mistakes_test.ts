import { equal, match } from "#assert";
import { experimentText } from "../../experiment/testing_experiment.ts";
import { runCommandLine } from "../testing_command_line.ts";
import { runInWarmProcess } from "../testing_warm_process.ts";
import { withRun } from "./testing_run.ts";

/** Scripts with a mistake, and the line that tells it. */
const MISTAKES: readonly [name: string, text: string, told: RegExp][] = [
  [
    "does not parse",
    "export default {{;",
    /^Cannot load an experiment as a module that runs \(SyntaxError: .*experiment\.ts:1:\d+.*\): current value is \/.*\n$/,
  ],
  [
    "imports what is not there",
    `import "./nothing.ts";\nexport default {};`,
    /^Cannot load .*nothing\.ts.*experiment\.ts:1:8.*\n$/,
  ],
  [
    "imports a name that is not exported",
    `import { nothing } from "simfaasinfer";\nexport default nothing;`,
    /^Cannot load .*does not provide an export named 'nothing'.*\n$/,
  ],
  [
    "fails as it is loaded",
    `const none: { x: number }[] = [];\nexport default none[0].x;`,
    /^Cannot load .*TypeError: .*, at experiment\.ts:2:\d+\): .*\n$/,
  ],
  ["exports nothing", `export const a = 1;`, /^Cannot load an experiment as the default export/],
  [
    "lacks its question",
    experimentText(`question: undefined, factors: {}, run: () => ({})`),
    /^Cannot define the question of 00_test as a sentence: current value is undefined\n$/,
  ],
  [
    "is not made by defineExperiment()",
    `export default { id: "b", run: () => ({}) };`,
    /^Cannot load/,
  ],
  [
    "has a design without cells",
    experimentText(`factors: { a: [1] }, design: { cells: 3 }, run: () => ({})`),
    /^Cannot define the design of 00_test as .*: current value is \{"cells":3\}\n$/,
  ],
  [
    "has cells of other factors",
    experimentText(`factors: { a: [1] }, design: { cells: [{ b: 2 }] }, run: () => ({})`),
    /^Cannot use a cell of 00_test as levels of its factors: current value is \{"b":2\}\n$/,
  ],
  [
    "has an input that is none",
    experimentText(`factors: {}, inputs: { x: 3 }, run: () => ({})`),
    /^Cannot define the input x of 00_test as \{ dataset, path \}: current value is 3\n$/,
  ],
  [
    "has a figure that is no function",
    experimentText(`factors: {}, figures: { f: 3 }, run: () => ({})`),
    /^Cannot define f of 00_test as a function: current value is 3\n$/,
  ],
  [
    "has targets that are no rows",
    experimentText(`factors: {}, targets: () => [3], run: () => ({})`),
    /^Cannot compute the targets of 00_test \(TypeError: targets\(\)\[0\] is no row/,
  ],
  [
    "has factors that are no lists",
    experimentText(`factors: { a: 3 }, run: () => ({})`),
    /^Cannot define the factor a of 00_test as one or more different levels: texts, .* is 3\n$/,
  ],
  [
    "has a wrong configuration as it is loaded",
    `import { loadConfig } from "simfaasinfer";\nloadConfig("workload: { typ: a }");`,
    /^Cannot read configuration: unknown key "workload\.typ"; did you mean "type"\?\n$/,
  ],
  [
    "fails in its headlines",
    experimentText(`factors: {}, run: () => ({}),\n  headlines: (rows) => ({ a: rows[7].b }),`),
    /^Cannot compute the headlines of 00_test \(TypeError: .*, at experiment\.ts:\d+:\d+\): .*\n$/,
  ],
  [
    "has targets that are no list",
    experimentText(`factors: {}, run: () => ({}), targets: () => 3,`),
    /^Cannot compute the targets of 00_test \(TypeError: targets\(\) returns no list\): .*\n$/,
  ],
  [
    "misspells a key",
    experimentText(`factors: {}, replication: 3, run: () => ({})`),
    /^Cannot define a key of 00_test as one of .*did you mean replications\?\): .* "replication"\n$/,
  ],
  [
    "has levels that are no values",
    experimentText(`factors: { a: [NaN] }, run: () => ({})`),
    /^Cannot define the factor a of 00_test as .*: current value is \[NaN\]\n$/,
  ],
  [
    "has levels that read the same",
    experimentText(`factors: { a: [1, "1"] }, run: () => ({})`),
    /^Cannot define the factor a of 00_test as .*: current value is \[1,"1"\]\n$/,
  ],
  [
    "has cells of one name",
    experimentText(`factors: { a: ["1", "1,b=2"], b: ["3", "2,b=3"] }, run: () => ({})`),
    /^Cannot name a cell of 00_test .*: current value is "a=1,b=2,b=3"\n$/,
  ],
  [
    "has a factor of the name of a column",
    experimentText(`factors: { replication: [1] }, run: () => ({})`),
    /^Cannot define a factor of 00_test as another name .*"replication"\n$/,
  ],
  [
    "has more cells than can be",
    experimentText(
      `factors: { a: [...Array(2000).keys()], b: [...Array(2000).keys()] }, run: () => ({})`,
    ),
    /^Cannot define the cells of 00_test as at most 1000000 .*: current value is 4000000\n$/,
  ],
  [
    "has a fraction that lacks levels",
    experimentText(`factors: { a: [1, 2] }, design: { fraction: 5 }, run: () => ({})`),
    /^Cannot use the fraction of 00_test as one in which every level of a appears: .* is 5\n$/,
  ],
  [
    "has a design of no cell",
    experimentText(`factors: { a: [1, 2] }, design: { cells: [] }, run: () => ({})`),
    /^Cannot define the design of 00_test as one cell or more: .*\n$/,
  ],
  [
    "has a figure that is a path",
    experimentText(`factors: {}, figures: { "../evil": () => ({}) }, run: () => ({})`),
    /^Cannot define a figure of 00_test as a file name .*"\.\.\/evil"\n$/,
  ],
  [
    "has a setting of Slurm that there is not",
    experimentText(`factors: {}, slurm: { partion: "x" }, run: () => ({})`),
    /^Cannot read 00_test\.slurm\.partion .*did you mean partition\?\): current value is "x"\n$/,
  ],
  [
    "is defined as nothing",
    experimentText("").replace(/defineExperiment\(\{[^]*\}\)/, "defineExperiment()"),
    /^Cannot define an experiment as .*: current value is undefined\n$/,
  ],
  [
    "has an input of a data set that there is not",
    experimentText(
      `factors: {}, inputs: { x: { dataset: "splitwize", path: "a" } }, run: () => ({})`,
    ),
    /^Cannot find a of the external data set splitwize, which data\/sources\.yaml does not list/,
  ],
  [
    "ends the program",
    `Deno.exit(0);`,
    /^Cannot load .*with Deno\.exit\(0\), at experiment\.ts:1:6\)/,
  ],
  [
    "ends the program in its headlines",
    experimentText(`factors: {}, run: () => ({}), headlines: () => Deno.exit(0)`),
    /^Cannot compute the headlines .*with Deno\.exit\(0\), at experiment\.ts:\d+:\d+\)/,
  ],
  [
    "has a headline that JSON has not",
    experimentText(`factors: {}, run: () => ({}), headlines: () => ({ m: NaN })`),
    /^Cannot compute the headlines of 00_test \(TypeError: m is NaN, not a finite number\): .*\n$/,
  ],
  [
    "has headlines that are no numbers",
    experimentText(`factors: {}, run: () => ({}), headlines: () => {}`),
    /^Cannot compute the headlines .*headlines\(\) returns no numbers by name\)/,
  ],
];

Deno.test("a mistake in an experiment is one line with its place, never one of the program", async () => {
  const files = Object.fromEntries(
    MISTAKES.map(([, text], i) => [`m${i}/experiment.ts`, text]),
  );
  await withRun(files, async (run) => {
    await Promise.all(MISTAKES.map(async ([name, , told], i) => {
      const { code, stderr } = await run("run", `m${i}/`, "--out", `out${i}`);
      equal(code, 2, `${name}: ${stderr}`);
      match(stderr, told, name);
    }));
    const absent = await run("run", "./nowhere/experiment.ts");
    equal(absent.code, 2);
    match(absent.stderr, /^Cannot find an experiment as a file: current value is "\.\/nowhere/);
    const empty = await run("run", "07_load", "--experiments", "nowhere");
    equal(empty.code, 2);
    match(
      empty.stderr,
      /^Cannot find experiments in a folder as NAME\/experiment\.ts: .*"nowhere"/,
    );
    const other = await run("run", "m5", "--experiments", ".");
    equal(other.code, 2, other.stderr);
  }, runInWarmProcess);
});

/** Cells that end in a way of their own, and what is said of each. */
const CELLS: readonly [run: string, told: RegExp][] = [
  ["() => {}", /as a row of values \(does "run" return one\?\): current value is undefined$/],
  ["() => [[1]]", /as a row of values: current value is \[1\]$/],
  ["() => new Date(0)", /as a row of values: current value is /],
  ["() => ({ y: 1n })", /as text, number, boolean or null in y: current value is 1$/],
  [
    "() => ({ count: 1, columns: [3] })",
    /as columns made by floatColumn\(\) .*: current value is 3$/,
  ],
  [
    "({ cell }) => { cell.a = 9; return {}; }",
    /^TypeError: Cannot assign to read only property 'a'/,
  ],
  ["() => Deno.exit(0)", /^Error: an experiment cannot end the program with Deno\.exit\(0\)$/],
  ["() => { throw { toString() { throw 1; } }; }", /^something that has no text$/],
  [
    `async () => { Promise.reject(new Error("late")); await new Promise((r) => setTimeout(r, 9)); }`,
    /^Error: late$/,
  ],
];

Deno.test("a cell fails in its own words, in Workers and alone, and the program lives on", async () => {
  const files = Object.fromEntries(CELLS.map(([run], i) => [
    `c${i}/experiment.ts`,
    experimentText(`factors: { a: [1] }, run: ${run}`).replace("00_test", `c${i}`),
  ]));
  const close = experimentText(`factors: { a: [1] }, run: () => { self.close(); }`);
  const never = experimentText(`factors: { a: [1] }, run: () => new Promise(() => {})`);
  await withRun(
    {
      ...files,
      "close/experiment.ts": close.replace("00_test", "close"),
      "never/experiment.ts": never.replace("00_test", "never"),
    },
    async (run) => {
      const told = async (folder: string, workers: string) => {
        // Side by side: a run that fails may take a folder away again that another one finds.
        const out = `out-${folder.slice(0, -1)}`;
        const line = ["run", folder, "--workers", workers, "--out", out];
        const { code, stdout, stderr } = await run(...line);
        equal(code, 1, `${folder}: ${stderr}`);
        equal(stderr, "");
        return /a=1 failed: (.*)/.exec(stdout)![1];
      };
      await Promise.all(CELLS.map(async ([text, words], i) => {
        for (const workers of ["1", "2"]) match(await told(`c${i}/`, workers), words, text);
      }));
      match(await told("close/", "2"), /cannot end the program with close\(\)$/);
      equal(await told("never/", "1"), "Error: waits for a promise that nothing settles");
    },
    // In Workers they do what they do to these; alone, to the program's own process.
    (args, options) => {
      const isInWorkers = args[args.indexOf("--workers") + 1] === "2";
      return isInWorkers ? runInWarmProcess(args, options) : runCommandLine(args, options);
    },
  );
});

Deno.test("two experiments of one id do not share cells and results", async () => {
  const text = (y: number) => experimentText(`factors: { a: [1] }, run: () => ({ y: ${y} })`);
  await withRun({ "a/experiment.ts": text(1), "b/experiment.ts": text(2) }, async (run, folder) => {
    equal((await run("run", "a/")).code, 0);
    const refused =
      /^Cannot use the cells and results of 00_test as those of .*\/b\/experiment\.ts: /;
    for (const action of ["run", "reproduce", "status", "gather", "clean", "cancel"]) {
      const { code, stderr } = await run(action, "b/");
      equal(code, 2, action);
      match(stderr, refused);
    }
    const both = await run("reproduce", "a/", "b/");
    equal(both.code, 2);
    match(both.stderr, /^Cannot use the experiment of a\/ under its id, which b\/ has/);
    // One that has moved is the same, and one that was cleaned owns nothing.
    await Deno.rename(`${folder}/a`, `${folder}/moved`);
    match((await run("run", "moved/")).stdout, /00_test: 1 cells/);
    equal((await run("clean", "moved/")).code, 0);
    equal((await run("run", "b/")).code, 0);
  });
});

Deno.test("an option that an action would not look at is refused with those that do", async () => {
  await withRun(
    { "a/experiment.ts": experimentText("factors: {}, run: () => ({})") },
    async (run) => {
      const cases: [readonly string[], RegExp][] = [
        [["run", "a/", "--pin"], /^Cannot use --pin in run: "experiment reproduce" takes it\n$/],
        [["status", "a/", "--site", "x"], /^Cannot use --site in status: .* take it\n$/],
        [
          ["reproduce", "a/", "--cell", "x"],
          /^Cannot use --cell in reproduce: "experiment run" takes/,
        ],
        [
          ["run", "a/", "--executor", "slurm", "--workers", "4"],
          /^Cannot use --workers beside --executor slurm, .*: current value is "4"\n$/,
        ],
        [
          ["shard", "a/", "--work", "x", "--index", "0", "--of", "3"],
          /^Cannot use --of beside --work, .*: current value is "3"\n$/,
        ],
      ];
      for (const [args, told] of cases) {
        const { code, stderr } = await run(...args);
        equal(code, 2, args.join(" "));
        match(stderr, told);
      }
    },
  );
});

Deno.test("an experiment with a mistake hides no other from list and reproduce", async () => {
  const right = experimentText("factors: {}, run: () => ({ y: 1 })").replace("00_test", "b");
  await withRun(
    { "many/a/experiment.ts": "export default {", "many/b/experiment.ts": right },
    async (run) => {
      const listed = await run("list", "--experiments", "many");
      equal(listed.code, 2);
      match(listed.stdout, /^a {2}Cannot load an experiment .*\nb {2}version 1, 1 cells\n/);
      const { code, stdout } = await run("reproduce", "--experiments", "many");
      equal(code, 1);
      match(stdout, /^a: Cannot load .*\nb: 1 cells [^]*\n1 of 2 experiments failed\n$/);
    },
  );
});

Deno.test("what is pinned is read before a cell runs", async () => {
  const text = experimentText("factors: {}, run: () => ({ y: 1 })");
  await withRun({ "a/experiment.ts": text, "a/expected.json": "{" }, async (run) => {
    const { code, stdout, stderr } = await run("reproduce", "a/");
    equal(code, 2);
    equal(stdout, "");
    match(stderr, /^\S+\/a\/expected\.json:1:\d+: Cannot read pinned results as JSON .*\n$/);
  });
});

Deno.test("a pipeline of a folder that is not there, or of no notebook, is a mistake", async () => {
  const files = { "nb/01_bad.ipynb": "{", "a file": "" };
  await withRun(files, async (_, directory) => {
    const cases: [readonly string[], RegExp][] = [
      [["pipeline", "--experiments", "nowhere"], /^Cannot find experiments .*"nowhere"\n$/],
      [["pipeline", "--notebooks", "nowhere"], /^Cannot find notebooks .*"nowhere"\n$/],
      [["pipeline", "--out", "a file"], /^Cannot keep what has run .*a file\/\.pipeline\.json"\n$/],
      [["notebooks", "--notebooks", "nb"], /01_bad\.ipynb:1:\d+: Cannot read a notebook as JSON/],
      [["notebooks", "--notebooks", "nowhere"], /^Cannot find notebooks .*"nowhere"\n$/],
    ];
    for (const [args, told] of cases) {
      const { code, stderr } = await runCommandLine(args, { directory });
      equal(code, 2, args.join(" "));
      match(stderr, told);
    }
  });
});
