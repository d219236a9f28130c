import { deepEqual, equal, throws } from "#assert";
import { exponential } from "../sim/distributions/mod.ts";
import { randomStreams } from "../sim/random_streams.ts";
import { ARRIVALS } from "./arrivals/mod.ts";
import {
  atOnce,
  embeddedWorkload,
  generateWorkload,
  independentLengths,
  poisson,
  rateCurve,
} from "./mod.ts";
import { fromTable, namesOf } from "../settings/from_table.ts";
import { generatePieces } from "./generate_pieces.ts";
import type { RequestTable } from "./request_table.ts";
import type { WorkloadSpec } from "./workload_spec.ts";

const lengths = independentLengths({
  promptTokens: exponential({ mean: 50, min: 1, max: 400, integer: true }),
  outputTokens: exponential({ mean: 20, min: 2, max: 90, integer: true }),
});
const embedded = embeddedWorkload("azure-conversation");

/** Every process, each end of a workload, and everything that is drawn for each request. */
const SPECS: Readonly<Record<string, WorkloadSpec>> = {
  ...Object.fromEntries(
    namesOf(ARRIVALS).map((name) => [
      name,
      { arrivals: fromTable(ARRIVALS, name, {}, {}), lengths, durationSeconds: 12, requests: 150 },
    ]),
  ),
  embedded: { ...embedded, durationSeconds: 30 },
  number: { arrivals: poisson({ ratePerSecond: 3 }), lengths, requests: 64 },
  time: { arrivals: poisson({ ratePerSecond: 9 }), lengths, durationSeconds: 20 },
  "an end of its own": {
    arrivals: rateCurve({ ratesPerSecond: [4, 1], pieceSeconds: 5, repeat: false }),
    lengths,
    requests: 500,
  },
  "all at once": { arrivals: atOnce(), lengths, requests: 33 },
  none: { arrivals: poisson({ ratePerSecond: 1e-6 }), lengths, durationSeconds: 1 },
  shares: {
    arrivals: poisson({ ratePerSecond: 5 }),
    lengths,
    requests: 90,
    functions: { count: 7, zipf: 1 },
    classes: { weights: [1, 2, 3] },
    tenants: { count: 300, zipf: 0 },
  },
  "closed loop": { lengths, requests: 40, closedLoop: { concurrency: 6, thinkSeconds: 1 } },
  "closed loop with a ramp": {
    arrivals: poisson({ ratePerSecond: 2 }),
    lengths,
    requests: 40,
    closedLoop: { concurrency: 13, thinkSeconds: 0 },
  },
};

/** The pieces as one table. */
function joined(pieces: Iterable<RequestTable>): Record<string, unknown> {
  const columns: Record<string, number[]> = {};
  let rest: Record<string, unknown> = {};
  for (const { count, ...piece } of pieces) {
    for (const [key, values] of Object.entries(piece)) {
      if (!ArrayBuffer.isView(values)) rest = { ...rest, [key]: values };
      else (columns[key] ??= []).push(...(values as Float64Array));
    }
    equal(count > 0, true, "a piece has rows");
  }
  return { ...columns, ...rest };
}

Deno.test("a workload in pieces has the rows of the workload, whatever is drawn and however often", () => {
  for (const [name, spec] of Object.entries(SPECS)) {
    const whole = generateWorkload(spec, randomStreams(5, 2));
    for (const rows of [1, 7, 64, 1000]) {
      const drawn = generatePieces(spec, () => randomStreams(5, 2), rows);
      equal(drawn.count, whole.count, name);
      const { count: _, ...columns } = whole;
      if (whole.count === 0) continue;
      const expected = joined([{ ...columns, count: 1 }]);
      deepEqual(joined(drawn.pieces()), expected, `${name}, ${rows} rows`);
      deepEqual(joined(drawn.pieces()), expected, `${name} once more`);
    }
  }
});

Deno.test("what prompts share is not drawn in pieces", () => {
  const spec = { arrivals: poisson({ ratePerSecond: 1 }), lengths, requests: 5 };
  for (
    const shared of [
      { prefixGroups: { groups: 2, tokensPerGroup: 8, zipf: 0 } },
      { cyclePrompts: 3 },
    ]
  ) {
    throws(() => generatePieces({ ...spec, ...shared }, () => randomStreams(1)), RangeError);
  }
});
