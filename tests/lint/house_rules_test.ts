import { deepStrictEqual } from "#assert";
import plugin from "./house_rules.ts";

/** Rules that complain about a source text, in the order of its lines. */
function complaints(source: string, filename = "lib/sim/x.ts"): string[] {
  return Deno.lint.runPlugin(plugin, filename, source)
    .sort((a, b) => a.range[0] - b.range[0])
    .map((diagnostic) => diagnostic.id);
}

const CLOCKS_AND_DICE = [
  "Math.random()",
  'Math["random"]()',
  "globalThis.Math.random()",
  "const roll = Math.random;",
  "const { random } = Math;",
  "const { floor, random: roll } = Math;",
  "Date.now()",
  "new Date()",
  "new globalThis.Date()",
  "Date()",
  "performance.now()",
  "performance.timeOrigin",
  "crypto.randomUUID()",
  "crypto.getRandomValues(new Uint8Array(4))",
  'crypto["randomUUID"]()',
];

for (const source of CLOCKS_AND_DICE) {
  Deno.test(`house/repeatable bans ${source} under lib/`, () => {
    deepStrictEqual(complaints(source), ["house/repeatable"]);
    deepStrictEqual(complaints(source, "/somewhere/lib/engine/engine.ts"), ["house/repeatable"]);
  });
}

Deno.test("house/no-clock-in-tests bans the clock in tests, and only there", () => {
  const source = "const before = performance.now();\nconst after = Date.now();";
  const both = ["house/no-clock-in-tests", "house/no-clock-in-tests"];
  deepStrictEqual(complaints(source, "lib/sim/x_test.ts"), both);
  deepStrictEqual(complaints(source, "lib/cli/x.ts"), []);
  deepStrictEqual(complaints("new Date(0); setTimeout(stop, 30_000);", "lib/cli/x_test.ts"), []);
});

Deno.test("house/repeatable leaves the command line, tests and benchmarks alone", () => {
  for (
    const filename of [
      "lib/cli/main.ts",
      "lib/sim/x_test.ts",
      "lib/sim/x_bench.ts",
      "tests/bench/y.ts",
      "experiments/01_simfaas/experiment.ts",
    ]
  ) deepStrictEqual(complaints("new Date(); Math.random();", filename), []);
});

Deno.test("house/repeatable allows what gives the same answer every time", () => {
  const sources = [
    "Math.floor(1.5)",
    "const { floor } = Math;",
    "new Date(0)",
    "Date.UTC(2023, 10, 16)",
    'Date.parse("2023-11-16")',
    'await crypto.subtle.digest("SHA-256", bytes)',
    "stream.random()",
    "clock.now()",
  ];
  for (const source of sources) deepStrictEqual(complaints(source), [], source);
});

Deno.test("house/same-everywhere bans what engines round as they wish where results are made", () => {
  for (
    const source of ["Math.exp(1)", 'Math["log"](2)', "xs.map(Math.log)", "const { cos } = Math;"]
  ) {
    deepStrictEqual(complaints(source), ["house/same-everywhere"], source);
    for (const filename of ["lib/plot/x.ts", "lib/sim/x_test.ts", "lib/stats/testing_x.ts"]) {
      deepStrictEqual(complaints(source, filename), [], filename);
    }
  }
  for (const source of ["Math.sqrt(2)", "Math.pow(2, 3)", "2 ** x", "own.exp(1)"]) {
    deepStrictEqual(complaints(source), [], source);
  }
});

const EQUAL_INSTANTS = [
  "if (arrivalAtSeconds === 0) {}",
  "if (0 !== request.completedAtSeconds) {}",
  "if (columns.firstTokenAtSeconds[i] === now) {}",
  "if (atSeconds == end) {}",
  'if (row["arrivalAtSeconds"] != end) {}',
];

for (const source of EQUAL_INSTANTS) {
  Deno.test(`house/no-instant-equality bans ${source}`, () => {
    deepStrictEqual(complaints(source), ["house/no-instant-equality"]);
  });
}

Deno.test("house/no-instant-equality allows orders, durations, lengths and the test for NaN", () => {
  const sources = [
    "if (arrivalAtSeconds <= nowSeconds) {}",
    "if (ttftSeconds === 0) {}",
    "if (stopAtSeconds === Infinity || startAtSeconds !== -Infinity) {}",
    "if (arrivalAtSeconds.length === count) {}",
    "if (completedAtSeconds !== completedAtSeconds) {}",
    "if (row.atSeconds[i] !== row.atSeconds[i]) {}",
  ];
  for (const source of sources) deepStrictEqual(complaints(source), [], source);
});

Deno.test("house/no-instant-equality leaves tests alone", () => {
  deepStrictEqual(complaints("if (row.atSeconds === 12.5) {}", "lib/sim/x_test.ts"), []);
});
