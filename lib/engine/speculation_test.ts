import { deepEqual, equal } from "#assert";
import { type HandMadeRequest, smallCluster } from "../../tests/support/small_cluster.ts";
import { simulateCluster } from "../cluster/simulate.ts";
import { acceptanceLaw } from "../execution/speculation/mod.ts";
import { requestColumns } from "../metrics/recorder.ts";
import { vllm } from "../scheduling/batching/vllm.ts";
import { prefixIdentity } from "../scheduling/kv_cache/prefix_identity.ts";
import { randomStreams } from "../sim/random_streams.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import { Clock } from "./clock.ts";
import { Engine } from "./engine.ts";
import type { EngineParts } from "./engine_parts.ts";
import { speculate, type SpeculateOptions } from "./speculate.ts";

/** Requests on one instance whose steps take a second, and which accepts a share of `k` drafted tokens. */
function run(
  rows: readonly HandMadeRequest[],
  k: number,
  share: number,
  { engine = {}, ...options }:
    & Partial<SpeculateOptions>
    & { readonly engine?: Partial<EngineParts> } = {},
) {
  const law = acceptanceLaw({ acceptance: [share] }, k);
  const speculation = speculate({ mode: "expected", law, draftTokens: k, ...options });
  return simulateCluster(
    smallCluster(rows, { engine: { speculation, ...engine }, startSeconds: 0 }),
  );
}

Deno.test("a sequence holds slots for what it verifies, for the draft's own, and up to its longest", () => {
  const peak = (hasKvEntries: boolean, maxModelTokens: number) =>
    run([[0, 8, 2]], 3, 0, { hasKvEntries, engine: { blockTokens: 2, maxModelTokens } }).peakBlocks;
  // 8 computed tokens, the next one and 3 drafted: 12 slots; 3 more under a draft with entries.
  equal(peak(false, 100), 6);
  equal(peak(true, 100), 8);
  equal(peak(true, 11), 6);
});

Deno.test("where the token budget is short all sequences draft less", () => {
  const rows = Array.from({ length: 4 }, () => [0, 1, 9] as const);
  const { columns } = run(rows, 3, 1, { engine: { maxTokensPerStep: 8 } });
  // Two tokens of each fit into a step, so that 8 more take 4 of them.
  equal(columns.completedAtSeconds[0], 5);
});

Deno.test("what is verified counts in the budget that prompts share", () => {
  const rows: HandMadeRequest[] = [[0, 1, 21], [0.5, 7, 1]];
  const { columns } = run(rows, 3, 0, { engine: { maxTokensPerStep: 8 } });
  // Of 8 tokens 4 are verified: the prompt of 7 comes in two steps.
  equal(columns.firstTokenAtSeconds[1], 3);
});

Deno.test("a draft for which the budget has no room behind chunks of prompts is cut, as by vLLM", () => {
  // Of 8 tokens a step the first prompt takes 5, which leaves 3 of the 4 that the second one verifies.
  const rows: HandMadeRequest[] = [[0, 30, 1], [0, 1, 9], [0, 30, 1]];
  const engine = { maxTokensPerStep: 8, strategy: vllm({ longPrefillTokens: 5 }) };
  for (const mode of ["expected", "sampled"] as const) {
    const stream = randomStreams(1).take("acceptance");
    const { columns, speculation } = run(rows, 3, 1, { mode, stream, engine });
    equal(columns.completedAtSeconds[1], 4, mode);
    equal(columns.completedAtSeconds[0], 6);
    // Three steps with two of three drafted tokens; those beyond the end count.
    deepEqual(speculation, { drafts: 3, draftedTokens: 6, acceptedTokens: 6 });
  }
});

Deno.test("refused tokens are computed as well, and entries are read once for all of a sequence's", () => {
  const totals = run([[0, 1, 2]], 2, 0).totals.at(0);
  // Prompt: 1 token, 1 pair, 1 sample. Then 3 tokens with 2 entries each, 3 samples.
  equal(totals.flops, (10 + 1 + 5) + (30 + 6 + 15));
  equal(totals.bytes, 2 * 100 + 2 * (1 + 2));
  equal(totals.outputTokens, 2);
});

Deno.test("a draft that reads hidden states computes the last cached block again", () => {
  const prefix = prefixIdentity({
    blockTokens: 4,
    offsets: Uint32Array.of(0, 3, 6),
    hashes: Float64Array.of(1, 2, 3, 1, 2, 3),
  }, 4);
  const rows: HandMadeRequest[] = [[0, 12, 2], [9, 12, 2]];
  equal(run(rows, 1, 0, { engine: { prefix } }).columns.cachedTokens[1], 8);
  const reading = { readsHiddenStates: true, engine: { prefix } };
  equal(run(rows, 1, 0, reading).columns.cachedTokens[1], 4);
});

Deno.test("an engine that has served all has no tokens inside and all blocks free", () => {
  const rows: HandMadeRequest[] = [[0, 5, 7], [0, 9, 12], [0, 3, 1]];
  const { requests, functions: [{ engine: parts }] } = smallCluster(rows, {
    engine: {
      speculation: speculate({
        mode: "expected",
        law: acceptanceLaw({ acceptance: [0.8] }, 4),
        draftTokens: 4,
        hasKvEntries: true,
      }),
    },
  });
  const clock = new Clock();
  const engine = new Engine(0, parts, {
    clock,
    columns: requestColumns(requests),
    generated: new Int32Array(rows.length),
    outputLimit: requests.outputTokens.slice(),
    waitedFor: undefined,
    gaps: new GapSketch(),
  });
  rows.forEach((_, request) => engine.enqueue(request));
  while (engine.needsPlan) {
    engine.begin();
    clock.now = engine.endAtSeconds;
    engine.finish();
  }
  equal(engine.ledger.outstanding, 0);
  equal(engine.outstandingTokens(clock.now), 0);
  equal(engine.readings.usedBlocks(clock.now), 0);
});
