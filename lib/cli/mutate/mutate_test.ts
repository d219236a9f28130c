import { deepEqual, equal, ok, throws } from "#assert";
import { withFiles } from "../testing_command_line.ts";
import { concernedTests } from "./concerned_tests.ts";
import { describeFault, type Fault, plant } from "./fault.ts";
import plugin from "./fault_plugin.ts";
import { findFaults, sampleFaults } from "./find_faults.ts";
import { describeShares, describeSurvivors, MutationLog, type Trial } from "./mutation_log.ts";
import { firstFailure } from "./run_tests.ts";
import { testTimes } from "./test_times.ts";
import { tryFaults } from "./try_faults.ts";

/** What the plugin makes of a source: each change as "before -> after" of the whole text. */
function changes(source: string): string[] {
  return Deno.lint.runPlugin(plugin, "some.ts", source).map(({ message }) => {
    const { start, end, after } = JSON.parse(message);
    return source.slice(0, start) + after + source.slice(end);
  }).sort();
}

Deno.test("faults: operators, boundaries, conditions, constants, calls, defaults and indices", () => {
  deepEqual(changes("a + b;"), ["a - b;"]);
  deepEqual(changes("c = a < b;"), [";", "c = a <= b;", "c = a >= b;"]);
  deepEqual(changes("c === d;"), ["c !== d;"]);
  deepEqual(changes("a && b;"), ["a || b;"]);
  deepEqual(changes("a ?? b;"), ["a!;", "b;"]);
  deepEqual(changes("f(30);"), [";", "f(1800);", "f(29);", "f(31);"]);
  deepEqual(changes("const a = 0, b = true;"), [
    "const a = 0, b = false;",
    "const a = 1, b = true;",
  ]);
  deepEqual(changes("const a = Math.min(b, c);"), ["const a = Math.max(b, c);"]);
  deepEqual(changes("const a = b.filter(c).d;"), ["const a = b.d;"]);
  deepEqual(changes("const a = b[i];"), ["const a = b[(i) + 1];", "const a = b[(i) - 1];"]);
  deepEqual(changes("const a = !b;"), ["const a = b;"]);
  deepEqual(changes("const a = b ? c : d;"), ["const a = !(b) ? c : d;"]);
  deepEqual(changes("function f() { if (a) return; g(); }"), [
    "function f() { if (!(a)) return; g(); }",
    "function f() { if (a) ; g(); }",
    "function f() { if (a) return; ; }",
  ]);
  deepEqual(changes("a += b;"), [";", "a -= b;"]);
  deepEqual(changes("const { a = 2 } = b;"), [
    "const { a = 1 } = b;",
    "const { a = 120 } = b;",
    "const { a = 3 } = b;",
  ]);
});

Deno.test("faults: none in types, imports, comments, texts and what only errors say", () => {
  deepEqual(changes('import a from "b"; // 1 + 2'), []);
  deepEqual(changes("type A = 1 | 2; interface B { c: -1 }"), []);
  deepEqual(changes('const a = "x" + b + "y";'), []);
  deepEqual(changes("function f(a: 1): asserts a is 1 { throw new Error(`${1 + 2}`); }"), []);
  deepEqual(changes("const a = new Int32Array(16);"), []);
  deepEqual(changes("const a = b as unknown as 3;"), []);
});

/** A tree of two sources and their tests; the second one does not look at the boundary. */
const TREE = {
  "deno.json": "{}",
  "lib/half.ts": "export const half = (n: number) => n / 2;\n",
  "lib/most.ts": 'import { half } from "./half.ts";\n' +
    "export const isMost = (n: number, all: number) => n > half(all);\n",
  "lib/half_test.ts": 'import { half } from "./half.ts";\n' +
    'Deno.test("half of six", () => { if (half(6) !== 3) throw new Error(); });\n',
  "lib/most_test.ts": 'import { isMost } from "./most.ts";\n' +
    'Deno.test("most", () => { if (!isMost(9, 10) || isMost(1, 10)) throw new Error(); });\n',
};

Deno.test("a tree's faults are found in order, and the same ones are drawn for a seed", async () => {
  await withFiles(TREE, async (directory) => {
    const root = `${directory}/`;
    const faults = await findFaults(root, ["lib/half.ts", "lib/most.ts"]);
    deepEqual(
      faults.map(({ file, line, before, after }) => [file, line, before, after]),
      [
        ["lib/half.ts", 1, "/", "*"],
        ["lib/half.ts", 1, "2", "1"],
        ["lib/half.ts", 1, "2", "120"],
        ["lib/half.ts", 1, "2", "3"],
        ["lib/most.ts", 2, ">", "<="],
        ["lib/most.ts", 2, ">", ">="],
      ],
    );
    deepEqual(sampleFaults(faults, 4, 7), sampleFaults(faults, 4, 7));
    equal(new Set(sampleFaults(faults, 6, 8)).size, 6);
    equal(sampleFaults(faults, 99, 1).length, 6);
    const tests = await concernedTests(root, ["lib/half_test.ts", "lib/most_test.ts"]);
    deepEqual(tests.of("lib/half.ts"), ["lib/half_test.ts", "lib/most_test.ts"]);
    deepEqual(tests.of("lib/most.ts"), ["lib/most_test.ts"]);
    deepEqual(tests.filesOf("lib/most_test.ts"), [
      "lib/half.ts",
      "lib/most.ts",
      "lib/most_test.ts",
    ]);
  });
});

Deno.test("planted faults are caught by the tests that see them; what survives is shown", async () => {
  await withFiles(TREE, async (directory) => {
    const root = `${directory}/`;
    const { signal } = new AbortController();
    const all = ["lib/half_test.ts", "lib/most_test.ts"];
    const tests = await concernedTests(root, all);
    const sources = { root, files: Object.keys(TREE), tests, signal };
    const path = `${directory}/times.json`;
    const times = await testTimes(path, all, sources);
    deepEqual([...times.keys()], all);
    // Nothing has changed, so nothing is measured: a copy without any file would not do.
    deepEqual(await testTimes(path, all, { ...sources, files: [] }), times);
    const secondsOf = new Map(all.map((test, i) => [test, i]));
    const trials: Trial[] = [];
    const plan = {
      ...sources,
      secondsOf,
      budgetSeconds: 9,
      jobs: 1,
      earlier: [],
      onTrial: (trial: Trial) => trials.push(trial),
    };
    const faults = await findFaults(root, ["lib/half.ts", "lib/most.ts"]);
    const [inHalf, , , , turned, boundary] = faults;
    await tryFaults([inHalf, turned, boundary], plan);
    deepEqual(trials.map(({ outcome, by, byFile }) => [outcome, by, byFile]), [
      ["caught", "half of six", "lib/half_test.ts"],
      ["caught", "most", "lib/most_test.ts"],
      ["survived", "", ""],
    ]);
    // The tree itself is as it was.
    equal(Deno.readTextFileSync(`${root}lib/half.ts`), TREE["lib/half.ts"]);
    deepEqual(describeShares(trials), ["lib: 2 of 3 caught (66.7 %)"]);
    equal(
      describeSurvivors(trials, (file) => Deno.readTextFileSync(root + file)),
      "lib/most.ts:2 comparison\n" +
        "  - export const isMost = (n: number, all: number) => n > half(all);\n" +
        "  + export const isMost = (n: number, all: number) => n >= half(all);\n",
    );
    await tryFaults([inHalf], { ...plan, signal: AbortSignal.abort() });
    equal(trials.length, 3, "nothing is noted of what was stopped");
  });
});

Deno.test("the log of trials outlives a process that is cut in the middle of a line", async () => {
  await withFiles({}, (directory) => {
    const fault: Fault = {
      file: "lib/a.ts",
      kind: "constant",
      start: 3,
      end: 4,
      before: "1",
      after: "2",
      line: 1,
    };
    const path = `${directory}/trials.jsonl`;
    new MutationLog(path).add({ fault, outcome: "caught", by: "a", byFile: "" });
    Deno.writeTextFileSync(path, '{"fault":{"file":"lib/b', { append: true });
    const log = new MutationLog(path);
    equal(log.find(fault)?.by, "a");
    const other = { ...fault, after: "3" };
    equal(log.find(other), undefined);
    log.add({ fault: other, outcome: "survived", by: "", byFile: "" });
    equal(new MutationLog(path).find(other)?.outcome, "survived");
    return Promise.resolve();
  });
});

Deno.test("plant() refuses a source that has changed; describeFault() shows the line", () => {
  const fault = { file: "a.ts", kind: "k", start: 8, end: 9, before: "+", after: "-", line: 2 };
  equal(plant("one;\na b + c", { ...fault, start: 9, end: 10 }), "one;\na b - c");
  throws(() => plant("something else", fault), {
    message: /^Cannot plant a fault in a.ts as found/,
  });
  ok(
    describeFault("x;\n  y + z;\n", { ...fault, start: 7, end: 8 }).endsWith(
      "- y + z;\n  + y - z;",
    ),
  );
  const output = "in ./z_test.ts ... ok\na ... ok\nin ./y_test.ts ... ok\n" +
    "b, c ... FAILED (1ms)\nin ./x_test.ts ... ok\nd ... FAILED";
  deepEqual(firstFailure(output), { test: "b, c", file: "y_test.ts" });
});
