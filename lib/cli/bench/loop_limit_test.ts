import { equal, match, ok, throws } from "#assert";
import { judgeRounds, type LimitRound, loopRatio, machineSeconds } from "./loop_limit.ts";
import { type LimitMeasures, measureLimit, readReference } from "./measure_limit.ts";

const REFERENCE = { loop_of_bare: 2 };

const round = (bareSeconds: number, loopSeconds: number, othersCores?: number): LimitRound => ({
  ...{ bareSeconds, loopSeconds, othersCores },
});

Deno.test("loopRatio() takes the least of each, so that a slow round of one does not count", () => {
  equal(loopRatio([round(1, 3), round(2, 2)]), 2);
});

Deno.test("judgeRounds() is for the code after any good round, and against it after quiet ones alone", () => {
  equal(judgeRounds([], REFERENCE), "another round");
  equal(judgeRounds([round(1, 2.3, 9)], REFERENCE), "within");
  const slow = (others?: number) => round(1, 2.4, others);
  equal(judgeRounds(new Array(3).fill(slow(0.1)), REFERENCE), "another round");
  equal(judgeRounds(new Array(4).fill(slow(0.1)), REFERENCE), "above");
  for (const others of [0.5, undefined]) {
    equal(judgeRounds(new Array(11).fill(slow(others)), REFERENCE), "another round");
    equal(judgeRounds(new Array(12).fill(slow(others)), REFERENCE), "not judged");
  }
  // The last round is as quick as the code is, whoever kept the machine busy before.
  equal(judgeRounds([...new Array(11).fill(slow(1)), round(1, 2)], REFERENCE), "within");
});

Deno.test("machineSeconds() adds what is no idling", () => {
  equal(machineSeconds("cpu  100 20 30 4000 500 6 7 8 0 0\ncpu0 1 2 3\n"), 1.71);
  equal(machineSeconds(""), undefined);
});

/** A machine on which each call takes CPU time, and others use some cores all the while. */
function machine(loopSeconds: number, othersCores: number, says = true): LimitMeasures {
  let wall = 0, used = 1000;
  const pass = (seconds: number) => {
    wall += 1.1 * seconds;
    used += seconds + 1.1 * seconds * othersCores;
  };
  return {
    bare() {
      pass(1);
      return Promise.resolve(1);
    },
    standard() {
      pass(loopSeconds + 0.5);
      return Promise.resolve({ loopSeconds, cpuSeconds: loopSeconds + 0.5 });
    },
    stat: () => says ? `cpu  ${Math.round(100 * used)} 0 0 5000 1 0 0 0` : "",
    now: () => wall,
  };
}

Deno.test("measureLimit() fails on slower code on a quiet machine, and on no machine that is busy", async () => {
  const run = async (measures: LimitMeasures) => {
    const lines: string[] = [];
    const code = await measureLimit(REFERENCE, measures, (line) => lines.push(line));
    return { code, lines };
  };
  const same = await run(machine(2.1, 3));
  equal(same.code, 0);
  match(
    same.lines[0],
    /takes 2\.1\d* times the bare loop after 1 round: limit 2\.3\d* \(1\.15 times 2/,
  );
  const slower = await run(machine(2.5, 0));
  equal(slower.code, 1);
  match(slower.lines[0], /after 4 rounds/);
  for (const measures of [machine(2.5, 1), machine(2.5, 0, false)]) {
    const busy = await run(measures);
    equal(busy.code, 0);
    ok(busy.lines.length === 2 && /not to be told here/.test(busy.lines[1]));
  }
});

Deno.test("readReference() takes the number of its file and nothing else", () => {
  equal(readReference("a.json", `{ "loop_of_bare": 2.5 }`).loop_of_bare, 2.5);
  for (const text of ["", "null", "{}", `{ "loop_of_bare": "2" }`, `{ "loop_of_bare": 0 }`]) {
    throws(() => readReference("a.json", text), /^UsageError: .*|Cannot read --limit as a file/);
  }
});
