import { wholeRows } from "./rows/request_rows.ts";
import { deepStrictEqual, strictEqual } from "#assert";
import { attainment } from "./attainment.ts";
import { prefixCacheUse } from "./prefix_cache_use.ts";
import { OUTCOME_CODE, requestColumns } from "./recorder.ts";
import type { RunRecord } from "./run_record.ts";
import type { SloLimits } from "./slo.ts";

const NONE: SloLimits = { ttftSeconds: Infinity, tpotSeconds: Infinity, e2eSeconds: Infinity };

/** Requests that arrive at 0, 1, ...: [first token after, last token after, tokens, class]. */
function runOf(rows: readonly (readonly [number, number, number, number] | "rejected")[]) {
  const count = rows.length;
  const columns = requestColumns({
    count,
    arrivalAtSeconds: Float64Array.from(rows, (_, i) => i),
    promptTokens: new Int32Array(count).fill(33),
    outputTokens: Int32Array.from(rows, (row) => row === "rejected" ? 5 : row[2]),
    classId: Uint8Array.from(rows, (row) => row === "rejected" ? 0 : row[3]),
  });
  rows.forEach((row, i) => {
    columns.outcome[i] = OUTCOME_CODE[row === "rejected" ? "rejected_slo" : "completed"];
    if (row === "rejected") return;
    columns.scheduledAtSeconds[i] = i;
    columns.firstTokenAtSeconds[i] = i + row[0];
    columns.completedAtSeconds[i] = i + row[1];
  });
  return { columns, endAtSeconds: count } as RunRecord;
}

Deno.test("attainment counts arrived requests: a limit is kept, the rejected and late ones miss", () => {
  const limits = [{ ttftSeconds: 1, tpotSeconds: 0.5, e2eSeconds: 3 }];
  const run = runOf([
    [1, 3, 5, 0],
    [1.5, 2, 5, 0],
    [0.5, 3, 2, 0],
    [0.5, 3.5, 50, 0],
    [1, 1, 1, 0],
    "rejected",
  ]);
  const { arrived, attained, share } = attainment(run, limits, 0);
  deepStrictEqual([arrived, attained, share], [[6], [2], 2 / 6]);
});

Deno.test("attainment is by class, from the warm-up on, and of what arrived before the end", () => {
  const limits = [{ ...NONE, ttftSeconds: 1 }, NONE];
  const run = runOf([[0.5, 4, 2, 0], [2, 3, 2, 0], [2, 3, 2, 1], [0.5, 3, 2, 0], [1, 2, 2, 1]]);
  run.columns.arrivalAtSeconds[4] = NaN;
  deepStrictEqual(attainment(run, limits, 1), {
    arrived: [2, 1],
    attained: [1, 1],
    share: 2 / 3,
    // The first one arrived in the warm-up and completed after it, as in the throughput.
    completedWithin: 3,
  });
  strictEqual(attainment(run, [NONE, NONE], 1).share, null);
});

Deno.test("hits are over the prompts that were scheduled, in tokens and in blocks", () => {
  const { columns } = runOf([[1, 2, 2, 0], [1, 2, 2, 0], "rejected"]);
  columns.cachedTokens[1] = 32;
  const use = prefixCacheUse(wholeRows(columns), [16]);
  deepStrictEqual(use, { cachedTokens: 32, tokenShare: 32 / 66, blockShare: 2 / 6 });
  strictEqual(prefixCacheUse(wholeRows(columns), [0]).cachedTokens, 0);
});
