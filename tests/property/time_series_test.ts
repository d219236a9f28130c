import { equal, ok } from "#assert";
import fc from "fast-check";
import type { MeterTotals } from "../../lib/metrics/meter_totals.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { servedUntilSeconds } from "../../lib/serverless/life_phases.ts";
import type { InstanceLife } from "../../lib/serverless/lifecycle.ts";
import { NaiveSignalOracle } from "../support/naive_signals.ts";
import { runScaled, scaledCases } from "../support/scaled_fleet.ts";

/** One row of the time series as plain numbers, with the end of the interval before. */
function rowsOf({ timeSeries: series }: RunRecord) {
  return Array.from({ length: series.count }, (_, row) => ({
    before: row === 0 ? 0 : series.timeSeconds[row - 1],
    now: series.timeSeconds[row],
    arrivals: series.arrivals[row],
    completions: series.completions[row],
    inside: series.queued[row] + series.running[row],
    running: series.running[row],
    starting: series.starting[row],
    ready: series.idle[row] + series.busy[row],
    busy: series.busy[row],
    draining: series.draining[row],
    busyFraction: series.busyFraction[row],
    kvUtilization: series.kvUtilization[row],
    mfu: series.mfu[row],
    promptTokens: series.promptTokensPerSecond[row],
    outputTokens: series.outputTokensPerSecond[row],
    isFirst: row === 0,
    isLast: row === series.count - 1,
  }));
}
type Row = ReturnType<typeof rowsOf>[number];

function holds(name: string, law: (row: Row, made: ReturnType<typeof runScaled>) => void): void {
  Deno.test(name, () => {
    fc.assert(
      fc.property(scaledCases, (test) => {
        const made = runScaled(test);
        // The last row ends with the run, at whose end no order of events is left.
        for (const row of rowsOf(made.run)) if (!row.isLast) law(row, made);
      }),
      { numRuns: 300, seed: 20261112 },
    );
  });
}

holds(
  "arrivals and completions are those of each interval, and rows add up to all",
  (row, made) => {
    const { columns } = made.run;
    const within = (at: number) => (at > row.before || row.isFirst) && at <= row.now;
    const rows = [...columns.outcome.keys()];
    equal(row.arrivals, rows.filter((i) => within(columns.arrivalAtSeconds[i])).length);
    const completed = rows.filter((i) => OUTCOMES[columns.outcome[i]] === "completed");
    equal(row.completions, completed.filter((i) => within(columns.completedAtSeconds[i])).length);
  },
);

const near = (said: number, naive: number, what: string) =>
  ok(Math.abs(said - naive) <= 1e-9 * (1 + naive), `${what}: ${said}, not ${naive}`);

holds("requests waiting and running are those inside, on average", (row, made) => {
  const oracle = new NaiveSignalOracle(made.run, made.parts, made.log);
  if (!oracle.knowsWhereabouts) return;
  const { before, now } = row;
  near(row.inside, oracle.requestSeconds(before, now) / (now - before), `inside by ${now} s`);
  ok(row.running <= row.inside + 1e-9);
});

holds("instances by state are in it as long as their lives say", (row, { run }) => {
  const { before, now } = row;
  const mean = (phaseOf: (life: InstanceLife) => readonly [from: number, to: number]) =>
    run.lives.reduce((sum, life) => {
      const [from, to] = phaseOf(life);
      return sum + Math.max(0, Math.min(now, to) - Math.max(before, from));
    }, 0) / (now - before);
  const or = (at: number, otherwise: number) => Number.isNaN(at) ? otherwise : at;
  const ends = servedUntilSeconds;
  near(
    row.starting,
    mean((life) => [life.createdAtSeconds, or(life.readyAtSeconds, ends(life))]),
    `starting by ${now} s`,
  );
  near(
    row.ready,
    mean((life) => [or(life.readyAtSeconds, Infinity), or(life.drainingAtSeconds, ends(life))]),
    `ready by ${now} s`,
  );
  near(
    row.draining,
    mean((life) => [or(life.drainingAtSeconds, Infinity), ends(life)]),
    `draining by ${now} s`,
  );
});

holds("shares are shares, and engines without requests do nothing", (row) => {
  for (const share of [row.busyFraction, row.kvUtilization, row.mfu]) {
    ok(share >= 0 && share <= 1 + 1e-9, `${share}`);
  }
  ok(row.busy <= row.ready + 1e-9 && row.running >= 0);
  if (row.busyFraction === 0) equal(row.outputTokens + row.promptTokens + row.mfu, 0);
});

Deno.test("the work of all intervals is the work of all instances", () => {
  fc.assert(
    fc.property(scaledCases, (test) => {
      const { run } = runScaled(test);
      const rows = rowsOf(run);
      const over = (figure: (row: Row) => number) =>
        rows.reduce((total, row) => total + figure(row) * (row.now - row.before), 0);
      const of = (figure: (totals: MeterTotals) => number) =>
        run.totals.list().reduce((total, each) => total + figure(each), 0);
      const near = (a: number, b: number, what: string) =>
        ok(Math.abs(a - b) <= 1e-9 * Math.max(1, b), `${what}: ${a}, ${b}`);
      near(over((row) => row.promptTokens), of((each) => each.promptTokens), "prompt tokens");
      near(over((row) => row.outputTokens), of((each) => each.outputTokens), "output tokens");
      // Time up in an interval, over all instances.
      const up = ({ before, now }: Row) =>
        run.lives.reduce((total, life) => {
          if (!(life.readyAtSeconds <= now)) return total;
          const from = Math.max(before, life.readyAtSeconds);
          return total + Math.max(0, Math.min(now, servedUntilSeconds(life)) - from);
        }, 0);
      const busy = rows.reduce((total, row) => total + row.busyFraction * up(row), 0);
      near(busy, of((each) => each.busySeconds), "busy seconds");
      const flops = rows.reduce((total, row) => total + row.mfu * up(row) * 1e14, 0);
      ok(Math.abs(flops - of((each) => each.flops)) <= 1e-6 * flops + 1, `${flops}`);
    }),
    { numRuns: 200, seed: 20261113 },
  );
});
