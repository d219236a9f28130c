import { deepEqual, equal } from "#assert";
import { parseArgs } from "./cli.ts";

const OPTIONS = {
  boolean: ["quiet", "help"],
  string: ["set", "seed", "out"],
  collect: ["set"],
  alias: { h: "help", out: "o" },
  default: { out: "results" },
} as const;

Deno.test("parseArgs() keeps positional arguments in order, around options and after --", () => {
  deepEqual(parseArgs(["a", "--quiet", "b", "--", "--seed", "c"], OPTIONS)._, [
    "a",
    "b",
    "--seed",
    "c",
  ]);
});

Deno.test("parseArgs() collects every value of a collected option, in both spellings", () => {
  deepEqual(parseArgs(["--set", "a=1", "--set=b=[2, 3]"], OPTIONS).set, ["a=1", "b=[2, 3]"]);
  deepEqual(parseArgs(["--set", "a=1"], OPTIONS).set, ["a=1"]);
  deepEqual(parseArgs([], OPTIONS).set, []);
});

Deno.test("parseArgs() lets the last value of an option win", () => {
  equal(parseArgs(["--seed", "1", "--seed", "2"], OPTIONS).seed, "2");
});

Deno.test("parseArgs() keeps a single minus as an argument and as a value", () => {
  const { _, trace, quiet } = parseArgs(["run", "-", "--trace", "-", "--quiet", "-"], {
    string: ["_", "trace"],
    boolean: ["quiet"],
  });
  deepEqual([_, trace, quiet], [["run", "-", "-"], "-", true]);
});

Deno.test("parseArgs() keeps texts as they stand, negative numbers included", () => {
  equal(parseArgs(["--seed", "007"], OPTIONS).seed, "007");
  equal(parseArgs(["--seed", "-5"], OPTIONS).seed, "-5");
  deepEqual(parseArgs(["--seed", "-5", "file"], OPTIONS)._, ["file"]);
});

Deno.test("parseArgs() fills in defaults, false for flags and undefined for texts", () => {
  const args = parseArgs([], OPTIONS);
  deepEqual([args.out, args.quiet, args.help, args.seed], ["results", false, false, undefined]);
});

Deno.test("parseArgs() knows an option by its other names", () => {
  equal(parseArgs(["-h"], OPTIONS).help, true);
  equal(parseArgs(["-o", "there"], OPTIONS).out, "there");
});

Deno.test("parseArgs() reports options that nobody named and leaves them out on false", () => {
  const seen: string[] = [];
  const args = parseArgs(["--sed", "3", "-z", "--quiet"], {
    ...OPTIONS,
    unknown: (argument) => {
      seen.push(argument);
      return false;
    },
  });
  deepEqual(seen, ["--sed", "-z"]);
  deepEqual(["sed" in args, "z" in args, args.quiet], [false, false, true]);
});
