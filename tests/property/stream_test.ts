import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { coldStartWaits } from "../../lib/metrics/cold_start_waits.ts";
import { KEPT_COLUMNS } from "../../lib/metrics/rows/page_layout.ts";
import { type RequestRows, rowsOf } from "../../lib/metrics/rows/request_rows.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { summarize } from "../../lib/metrics/summary.ts";
import { summaryOptions } from "../support/everything_laws.ts";
import { everythingParts } from "../support/everything_parts.ts";
import { type EverythingCase, everythingCases } from "../support/random_everything.ts";
import { streamed, type Streaming } from "../support/streamed.ts";

const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 60);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261130);

const streamings: fc.Arbitrary<Streaming> = fc.record({
  pieceRows: fc.constantFrom(1, 2, 7, 1000),
  pageRows: fc.constantFrom(8, 16, 1024),
  pagesInMemory: fc.constantFrom(1, 2, 8),
});

/** A run, or the line that it ended with. */
function attempt(parts: () => ReturnType<typeof everythingParts>): RunRecord | string {
  try {
    return simulateCluster(parts());
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** All values of a column, in the order of the rows. */
function column(rows: RequestRows, key: string): number[] {
  const values: number[] = [];
  for (const piece of rows.pieces()) {
    const own = (piece as unknown as Record<string, ArrayLike<number> | undefined>)[key];
    for (let i = 0; i < piece.count; i++) values.push(own === undefined ? -1 : own[i]);
  }
  return values;
}

/** Everything that a run leaves but its requests. */
function others(run: RunRecord) {
  const { columns: _c, waitedFor: _w, gaps, warmupGaps, ...rest } = { rows: undefined, ...run };
  const { totals, rows: _r, ...record } = rest;
  return { ...record, totals: totals.count, gaps: gaps.cdf(), warmupGaps: warmupGaps.cdf() };
}

function sameRun(test: EverythingCase, whole: RunRecord, stream: RunRecord): void {
  const [rows, pages] = [rowsOf(whole), rowsOf(stream)];
  for (const [key] of KEPT_COLUMNS) deepEqual(column(pages, key), column(rows, key), key);
  deepEqual(others(stream), others(whole));
  deepEqual(coldStartWaits(stream), coldStartWaits(whole));
  const slo = { ttftSeconds: 0.5, tpotSeconds: 0.2, e2eSeconds: Infinity };
  const options = {
    ...summaryOptions(test),
    functionNames: test.functions.map((_, id) => `f${id}`),
    classes: ["a", "b", "c"].map((name) => ({ name, slo })),
  };
  deepEqual(summarize(stream, options), summarize(whole, options));
}

Deno.test("a run that is streamed is the run that is not, whatever the pieces", () => {
  const seen = { ran: 0, ended: 0 };
  fc.assert(
    fc.property(everythingCases, streamings, (drawn, streaming) => {
      const cluster = { ...drawn.cluster, prefix: false, sessions: false };
      const test = { ...drawn, cluster };

      const parts = () => ({
        ...everythingParts(test, "leap"),
        samplesFunctions: true,
        explains: false,
      });
      const whole = attempt(parts);
      const stream = attempt(() => streamed(parts(), streaming));
      if (typeof whole === "string" || typeof stream === "string") {
        equal(stream, whole);
        seen.ended++;
        return;
      }
      seen.ran++;
      sameRun(test, whole, stream);
    }),
    { seed: SEED, numRuns: CASES },
  );
  ok(seen.ran > CASES / 2, JSON.stringify(seen));
});
