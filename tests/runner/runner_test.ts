import { deepEqual, equal, match, ok, throws } from "#assert";
import { durationsText, expectedSeconds, slowestFirst, wholeSeconds } from "./durations.ts";
import { groupFiles, groupModule, hasSnapshots } from "./groups.ts";
import { TestProgress, timeText } from "./progress.ts";
import { readLine, withoutColour } from "./read_output.ts";
import { testFiles } from "./test_files.ts";

const ROOT = new URL("../../", import.meta.url);
const DURATIONS = { "a_test.ts": 1, "b_test.ts": 9, "c_test.ts": 2 };

Deno.test("slowestFirst() takes a file without a known time as an average one", () => {
  const files = ["a_test.ts", "b_test.ts", "c_test.ts", "new_test.ts"];
  deepEqual(slowestFirst(files, DURATIONS), ["b_test.ts", "new_test.ts", "c_test.ts", "a_test.ts"]);
  deepEqual(expectedSeconds(["new_test.ts"], DURATIONS), [4.2]);
  deepEqual(slowestFirst(files, {}), files);
});

Deno.test("wholeSeconds() is the time of the busiest core, each taking the next file", () => {
  equal(wholeSeconds([9, 4, 3, 2], 2), 9);
  equal(wholeSeconds([2, 3, 4, 9], 2), 12, "the slow one last");
  equal(wholeSeconds([9, 4, 3, 2], 1), 18);
  equal(wholeSeconds([], 2), 0);
});

Deno.test("durationsText() has a line per file, sorted, in tenths of a second", () => {
  equal(durationsText({ b: 0.26, a: 12 }), '{\n  "a": 12,\n  "b": 0.3\n}\n');
});

Deno.test("readLine() understands what deno test says of one file and of many at once", () => {
  const test = (outcome: string, seconds: number, file?: string) => ({
    kind: "test",
    ...(file !== undefined && { file }),
    outcome,
    seconds,
  });
  const file = "lib/a_test.ts";
  deepEqual(readLine("./lib/a_test.ts => f() is 2 ... ok (12ms)"), test("ok", 0.012, file));
  deepEqual(readLine("./lib/a_test.ts => f() ... FAILED (1m2s)"), test("FAILED", 62, file));
  deepEqual(readLine("./lib/a_test.ts => f() ... ignored (0ms)"), test("ignored", 0, file));
  deepEqual(
    readLine("./lib/a_test.ts => f() ... FAILED (due to 1 failed step) (1ms)"),
    test("FAILED", 0.001, file),
  );
  deepEqual(readLine("f() ... ok (500µs)"), test("ok", 0.0005));
  deepEqual(readLine("running 4 tests from ./lib/a_test.ts"), { kind: "file", file });
  for (const end of [" ERRORS ", "ok | 4 passed | 0 failed (1s)", "FAILED | 1 passed | 1 failed"]) {
    deepEqual(readLine(end), { kind: "end" }, end);
  }
  deepEqual(readLine("./lib/a_test.ts => f() ...----- output end -----"), {
    kind: "output end",
    file,
  });
  deepEqual(readLine("------- post-test output -------"), { kind: "output" });
  for (
    const other of [
      "./lib/a_test.ts => f() ... a step ... ok (0ms)",
      "  a step ... ok (0ms)",
      "printed by a test",
      "",
    ]
  ) deepEqual(readLine(other), { kind: "other" }, other);
  equal(withoutColour("\x1b[0m\x1b[32mok\x1b[0m | 4"), "ok | 4");
});

Deno.test("TestProgress() knows what is left from the times of each file", () => {
  const progress = new TestProgress(["b_test.ts", "c_test.ts", "a_test.ts"], DURATIONS, 2);
  ok(Math.abs(progress.wholeSeconds - 9.2) < 1e-9);
  equal(progress.doneShare, 0);
  equal(progress.leftSeconds(1), progress.wholeSeconds);
  const pass = (file: string, seconds: number) =>
    progress.add({ kind: "test", file, outcome: "ok", seconds });
  pass("b_test.ts", 3);
  pass("b_test.ts", 3.1);
  const half = progress.doneShare;
  ok(Math.abs(half - 6.3 / 12.6) < 1e-9, `${half}`);
  ok(Math.abs(progress.leftSeconds(20) - 20) < 1e-9, "at this run's own speed");
  pass("b_test.ts", 100);
  ok(progress.doneShare < 1, "a slow file does not stand for others");
  equal(progress.tests, 3);
  equal(timeText(0.2), "1 s");
  equal(timeText(119), "2 min");
  equal(timeText(88), "1 min 30 s");
});

Deno.test("groupFiles() puts quick files of neighbouring rooms together, and each file into one group", () => {
  const quick = (room: string, count: number) =>
    Array.from({ length: count }, (_, i) => `lib/${room}/f${i}_test.ts`);
  const files = [
    ...["lib/cli/a_test.ts", ...quick("config", 40), "lib/config/slow_test.ts"],
    ...["lib/sim/last_test.ts", "tests/property/a_test.ts", "tests/readme_test.ts"],
  ].sort();
  const durations = Object.fromEntries(
    files.map((file) => [file, file.includes("slow") ? 3.5 : 0.1]),
  );
  const groups = groupFiles(files, durations, (file) => file.endsWith("config/f3_test.ts"));
  deepEqual(groups.flatMap((group) => group.files).sort(), files);
  equal(new Set(groups.map(({ name }) => name)).size, groups.length);
  const alone = groups.filter((group) => group.files.length === 1).map(({ name }) => name);
  const apart = ["lib/cli/a_test.ts", "lib/config/f3_test.ts", "lib/config/slow_test.ts"];
  deepEqual(alone.sort(), [...apart, "tests/property/a_test.ts", "tests/readme_test.ts"]);
  ok(hasSnapshots("lib/plot/figures_test.ts", ROOT));
  ok(!hasSnapshots("lib/stats/quantiles_test.ts", ROOT));
  for (const { files: members } of groups) {
    ok(members.length <= 30 && members.length * 0.1 <= 6);
    equal(new Set(members.map((file) => file.split("/")[0])).size, 1);
  }
  const [first] = groups.filter((group) => group.files.length > 1);
  match(first.name, /^lib_config_\d+$/);
  const lines = groupModule(first, ROOT).trim().split("\n");
  equal(lines.length, first.files.length);
  equal(lines[0], `import "${new URL(first.files[0], ROOT).href}";`);
});

Deno.test("testFiles() finds what deno test would, and says when a path is not there", () => {
  const found = testFiles(ROOT, ["./tests/runner/", "lib/stats", "lib/std/csv_test.ts"]);
  ok(
    found.includes("tests/runner/runner_test.ts") && found.includes("lib/stats/quantiles_test.ts"),
  );
  ok(found.includes("lib/std/csv_test.ts"));
  ok(found.every((file) => file.endsWith("_test.ts")));
  throws(() => testFiles(ROOT, ["lib/nowhere"]), Deno.errors.NotFound);
});

Deno.test("tests/durations.json names no file that is gone", () => {
  const text = Deno.readTextFileSync(new URL("tests/durations.json", ROOT));
  const known = Object.keys(JSON.parse(text));
  const there = new Set(testFiles(ROOT, ["lib", "tests"]));
  deepEqual(known.filter((file) => !there.has(file)), []);
  equal(text, durationsText(JSON.parse(text)));
});

/** Runs the runner over files of its own, on so many cores. */
async function runOver(files: Record<string, string>, args: readonly string[] = [], jobs = 2) {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", new URL("tests/runner/main.ts", ROOT).href, folder, ...args],
      env: { NO_COLOR: "1", DENO_JOBS: String(jobs) },
    }).output();
    const text = new TextDecoder();
    return { code, lines: text.decode(stdout).trim().split("\n"), err: text.decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const LEFT_OUT = 'Deno.test.ignore("four (needs a browser)", () => {});\n';
const PASSING = 'Deno.test("one", () => console.log("said"));\nDeno.test("two", () => {});\n';
const FAILING =
  'Deno.test("three", () => { console.log("before it fails"); throw new Error("no good"); });\n';

Deno.test("deno task test says how long, leaves out what passes, and closes as deno test does", async () => {
  const { code, lines } = await runOver({ "a_test.ts": PASSING, "b_test.ts": PASSING });
  equal(code, 0);
  match(lines[0], /^2 test files on 2 cores, about \d+ s/);
  match(lines.at(-1)!, /^ok \| 4 passed \| 0 failed \(/);
  ok(lines.length <= 4, lines.join("\n"));
  const some = await runOver({ "a_test.ts": LEFT_OUT, "b_test.ts": PASSING });
  equal(some.lines.at(-2), "Left out: 1 need a browser");
  const all = await runOver({ "a_test.ts": PASSING, "b_test.ts": PASSING }, ["--verbose"]);
  ok(all.lines.some((line) => line === "said"));
});

Deno.test("deno task test shows a failure in full and ends with 1", async () => {
  // On one core: what files print side by side may get mixed.
  const { code, lines } = await runOver({ "a_test.ts": PASSING, "b_test.ts": FAILING }, [], 1);
  equal(code, 1);
  ok(lines.some((line) => /three \.\.\. FAILED/.test(line)), "as it happens");
  ok(lines.some((line) => line.includes("Error: no good")));
  match(lines.at(-1)!, /^FAILED \| 2 passed \| 1 failed \(/);
  ok(!lines.includes("said"));
  ok(lines.includes("before it fails"), "what the failing test printed");
});

Deno.test("deno task test passes options on, and says when there is nothing to test", async () => {
  const filtered = await runOver({ "a_test.ts": PASSING, "b_test.ts": FAILING }, [
    "--filter",
    "two",
  ]);
  equal(filtered.code, 0);
  match(filtered.lines.at(-1)!, /^ok \| 1 passed \| 0 failed \| 2 filtered out/);
  const nowhere = await runOver({}, ["lib/nowhere"]);
  equal(nowhere.code, 2);
  match(nowhere.err, /^Cannot find tests in .*lib\/nowhere/);
});
