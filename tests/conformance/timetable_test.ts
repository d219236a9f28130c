import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { loadConfig } from "../../lib/config/load.ts";
import { OUTCOMES, type RunResult } from "../../lib/metrics/run_tables.ts";
import { simulate } from "../../lib/run/simulate.ts";

const BASE = `
workload: { type: trace, trace: { path: trace.csv } }
execution: { source: constant, step_seconds: 0.1 }
cold_start: { preset: start.yaml }
scaling: { policy: schedule, max_instances: 8 }
gateway: { concurrency_per_instance: 2 }
`;

const START = `id: start
summary: One stage
sources: ["made up"]
stages: [{ stage: container_create, after: [], seconds: 10 }]
`;

/** Requests of so many output tokens, a tenth of a second each, at these instants; a start takes 10 s. */
async function run(
  arrivals: readonly number[],
  settings: string,
  tokens = 10,
): Promise<RunResult> {
  const rows = arrivals.map((at) => `${at},10,${tokens}`).join("\n");
  return await simulate(loadConfig([BASE, settings]), {
    traceText: `arrival_s,prompt_tokens,output_tokens\n${rows}\n`,
    files: new Map([["start.yaml", START]]),
  });
}

const outcomes = ({ requests }: RunResult) =>
  Array.from(requests.outcome, (code) => OUTCOMES[code]);

/** When instances began to start, seconds. */
function starts({ instances }: RunResult): number[] {
  const starting = instances.phaseNames.indexOf("starting");
  return Array.from(instances.startAtSeconds).filter((_, row) => instances.phase[row] === starting);
}

const ENDS =
  "scaling: { schedule: { entries: [{ from: 0s, instances: 1 }, { from: 600s, instances: 0 }]";

Deno.test("who comes when a timetable has no instance waits for its next entry with one", async () => {
  const daily = await run([20, 3500], `${ENDS}, repeat: 1h } }`);
  deepEqual(outcomes(daily), ["completed", "completed"]);
  // Nobody starts one at 3500 s, to be taken away at once.
  deepEqual(starts(daily), [5, 3600]);
  equal(daily.summary.cold_starts, 2);
  ok(Math.abs(daily.requests.firstTokenAtSeconds[1] - 3610.1) < 1e-9);
});

Deno.test("who comes after the last entry with instances is turned away, and a notice says so", async () => {
  for (const activation of ["first", "each", "join", "none"]) {
    const late = await run([20, 3500], `${ENDS} }, activation: ${activation} }`);
    deepEqual(outcomes(late), ["completed", "rejected_closed"], activation);
    equal(late.summary.cold_starts, 1);
    deepEqual(
      late.engine.notices.filter((notice) => notice.includes("turned away")),
      [
        "1 requests were turned away, the first of which came at 3500 s: the scaling policy has no " +
        "instance then and wants none again; a later entry or a repetition of the timetable, or " +
        "scaling.min_instances: 1, would serve them",
      ],
    );
  }
});

Deno.test("a wait that ends by itself is left to end: a gateway's timeout, a client's deadline", async () => {
  const buffered = "gateway: { on_no_capacity: buffer, timeout: 100s }";
  const timed = await run([20, 3500], `${ENDS} } }\n${buffered}`);
  deepEqual(outcomes(timed), ["completed", "timed_out"]);
  const refused = await run(
    [20, 3500],
    `${ENDS} } }\n${buffered.replace("}", ", after_timeout: reject }")}`,
  );
  deepEqual(outcomes(refused), ["completed", "rejected_wait_limit"]);
  const given = await run([20, 3500], `${ENDS} } }\nworkload: { client_deadline: 50s }`);
  deepEqual(outcomes(given), ["completed", "client_deadline"]);
});

Deno.test("who still waits as the last instance goes is turned away with it", async () => {
  // Two at a time for 400 s each: the third waits at 600 s; what runs then is finished.
  const three = await run([20, 20, 21, 22], `${ENDS} } }`, 7000);
  deepEqual(outcomes(three), ["completed", "completed", "rejected_closed", "rejected_closed"]);
});

/** A timetable by hand: how many instances at an instant, and whether there are any later. */
interface Timetable {
  readonly entries: readonly { readonly from: number; readonly instances: number }[];
  readonly repeat: number | null;
}

function countAt({ entries, repeat }: Timetable, at: number): number {
  const time = repeat === null ? at : at % repeat;
  const before = entries.filter(({ from }) => from <= time);
  if (before.length > 0) return before[before.length - 1].instances;
  return repeat === null ? entries[0].instances : entries[entries.length - 1].instances;
}

const timetables: fc.Arbitrary<Timetable> = fc.record({
  entries: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 }).map((counts) =>
    counts.map((instances, i) => ({ from: 100 * i, instances }))
  ),
  repeat: fc.constantFrom(null, 500),
});

Deno.test("under any timetable nobody waits without end, and nothing starts while it has none", async () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 6 });
  const activation = fc.constantFrom("first", "each", "none");
  await fc.assert(
    fc.asyncProperty(timetables, arrivals, activation, async (table, times, how) => {
      const entries = table.entries.map(({ from, instances }) =>
        `{ from: ${from}s, instances: ${instances} }`
      );
      const result = await run(
        times.sort((a, b) => a - b),
        `scaling: { activation: ${how}, schedule: { entries: [${entries}]${
          table.repeat === null ? "" : `, repeat: ${table.repeat}s`
        } } }`,
      );
      for (const at of starts(result)) ok(countAt(table, at) > 0, `a start at ${at} s`);
      equal(result.summary.cold_starts, starts(result).length);
      const isOpenFrom = (at: number) =>
        countAt(table, at) > 0 ||
        table.entries.some(({ from, instances }) =>
          instances > 0 && (table.repeat !== null || from > at)
        );
      result.requests.outcome.forEach((code, i) => {
        // Who waits as the last instance goes came earlier.
        const at = Math.max(result.requests.arrivalAtSeconds[i], 0);
        if (OUTCOMES[code] === "completed") ok(isOpenFrom(at));
        else {
          equal(OUTCOMES[code], "rejected_closed");
          ok(!isOpenFrom(400), "there is an instance in the end");
        }
      });
    }),
    { seed: 20261130, numRuns: 40 },
  );
});
