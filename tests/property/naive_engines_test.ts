import { equal, ok } from "#assert";
import fc from "fast-check";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { sglang } from "../../lib/scheduling/batching/sglang.ts";
import { trtLlm } from "../../lib/scheduling/batching/trt_llm.ts";
import type { BatchingStrategy } from "../../lib/scheduling/batching/strategy.ts";
import { prefixIdentity } from "../../lib/scheduling/kv_cache/prefix_identity.ts";
import { type NaiveEngineCase, NaiveServed, NaiveSglang } from "../support/naive_sglang.ts";
import { NaiveTrtLlm } from "../support/naive_trt_llm.ts";
import { type PiecewiseTime, piecewiseTime } from "../support/piecewise_time.ts";
import { smallCluster } from "../support/small_cluster.ts";

/** Cases per run of the suite, and where they begin; `deno task test:soak` sets more. */
const CASES = Number(Deno.env.get("SIMFAAS_SOAK_CASES") ?? 120);
const SEED = Number(Deno.env.get("SIMFAAS_SOAK_SEED") ?? 20261130);

interface Case {
  readonly requests: readonly {
    readonly gap: number;
    readonly prompt: number;
    readonly output: number;
    readonly group: number;
  }[];
  readonly time: PiecewiseTime;
  readonly maxSequences: number;
  readonly budget: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly ahead: boolean;
  readonly caches: boolean;
  readonly shared: number;
  readonly maxPrefill: number;
  readonly conservativeness: number;
  readonly clip: number;
  readonly chunks: boolean;
  readonly keepsRoom: boolean;
}

const MODEL_TOKENS = 120;
const OUTPUT_TOKENS = 45;

const cases: fc.Arbitrary<Case> = fc.record({
  requests: fc.array(
    fc.record({
      // On a grid, since an instant within the clock's tick of a step's end is before or after it.
      gap: fc.oneof(fc.constant(0), fc.constantFrom(128, 512), fc.nat(700))
        .map((parts) => parts / 1024),
      prompt: fc.integer({ min: 1, max: 75 }),
      output: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 45 })),
      group: fc.integer({ min: 0, max: 3 }),
    }),
    { minLength: 1, maxLength: 25, size: "max" },
  ),
  time: fc.record({
    base: fc.constantFrom(0.125, 0.0137),
    perPrefillToken: fc.constantFrom(0, 2 ** -10),
    perSequence: fc.constantFrom(0, 1e-3),
    perContextToken: fc.constantFrom(0, 2 ** -16),
    kneeTokens: fc.constantFrom(Infinity, 128),
    offersLine: fc.constantFrom(true, true, false),
  }),
  maxSequences: fc.constantFrom(1, 2, 4, 8),
  budget: fc.constantFrom(9, 24, 64, 256),
  kvBlocks: fc.constantFrom(0, 20, 60, 300),
  blockTokens: fc.constantFrom(1, 1, 4),
  ahead: fc.boolean(),
  caches: fc.boolean(),
  shared: fc.constantFrom(8, 32, 60),
  maxPrefill: fc.constantFrom(30, 1000),
  conservativeness: fc.constantFrom(1, 0.3, 0),
  clip: fc.constantFrom(4096, 3),
  chunks: fc.boolean(),
  keepsRoom: fc.boolean(),
});

/** The tokens of each prompt: those of a group begin alike. */
function promptsOf({ requests, shared }: Case): number[][] {
  return requests.map(({ prompt, group }, id) =>
    Array.from({ length: prompt }, (_, i) => (i < shared ? group + 1 : (id + 10) * 1000) * 1000 + i)
  );
}

function naiveCase(test: Case): NaiveEngineCase {
  const prompts = promptsOf(test);
  let arrival = 0;
  return {
    ...test,
    requests: test.requests.map(({ gap, prompt, output }, id) => ({
      arrival: arrival += gap,
      prompt,
      output,
      tokens: prompts[id],
    })),
    maxTokensPerStep: Math.max(test.budget, test.maxSequences),
    kvBlocks: blocksOf(test),
    maxModelTokens: MODEL_TOKENS,
    maxOutputTokens: OUTPUT_TOKENS,
    seconds(decodes, context, chunks) {
      const { base, perSequence, perContextToken, perPrefillToken, kneeTokens } = test.time;
      const prompt = chunks.reduce((sum, { tokens, past }) => sum + tokens * (1 + past / 1e4), 0);
      return base + perSequence * decodes + perPrefillToken * prompt +
        perContextToken * (context + Math.max(0, context - kneeTokens));
    },
  };
}

/** Enough for the longest sequence alone. */
function blocksOf({ kvBlocks, blockTokens }: Case): number {
  return Math.ceil((MODEL_TOKENS + 1) / blockTokens) + kvBlocks;
}

function simulated(test: Case, strategy: BatchingStrategy): RunRecord {
  const { requests, maxSequences, maxTokensPerStep } = naiveCase(test);
  const { blockTokens } = test;
  const offsets = new Uint32Array(requests.length + 1);
  const hashes: number[] = [];
  const ids = new Map<string, number>();
  requests.forEach(({ tokens }, i) => {
    for (let end = blockTokens; end <= tokens.length; end += blockTokens) {
      const key = tokens.slice(0, end).join();
      ids.set(key, ids.get(key) ?? ids.size);
      hashes.push(ids.get(key)!);
    }
    offsets[i + 1] = hashes.length;
  });
  const prefix = { blockTokens, offsets, hashes: Float64Array.from(hashes) };
  const rows = requests.map(({ arrival, prompt, output }) => [arrival, prompt, output] as const);
  return simulateCluster(smallCluster(rows, {
    engine: {
      execution: piecewiseTime(test.time),
      strategy,
      maxSequences,
      maxTokensPerStep,
      kvBlocks: blocksOf(test),
      blockTokens,
      maxModelTokens: MODEL_TOKENS,
      maxOutputTokens: OUTPUT_TOKENS,
      asyncScheduling: test.ahead,
      ...(test.caches && { prefix: prefixIdentity(prefix, blockTokens) }),
    },
    scaling: { initialInstances: 1 },
  }));
}

function near(found: number, expected: number, what: string): void {
  const isSame = Number.isNaN(expected) ? Number.isNaN(found) : Math.abs(found - expected) <= 1e-8;
  ok(isSame, `${what}: ${found}, naively ${expected}`);
}

function compare({ columns }: RunRecord, served: readonly NaiveServed[]): void {
  for (const { id, scheduled, first, completed, cached, preemptions } of served) {
    near(columns.scheduledAtSeconds[id], scheduled, `first step of request ${id}`);
    near(columns.firstTokenAtSeconds[id], first, `first token of request ${id}`);
    near(columns.completedAtSeconds[id], completed, `last token of request ${id}`);
    near(columns.cachedTokens[id], cached, `cached tokens of request ${id}`);
    equal(columns.preemptions[id], preemptions, `retractions of request ${id}`);
  }
}

Deno.test("sglang does what a naive scheduler with a naive radix tree does, token by token", () => {
  const seen = { retracted: 0, cached: 0, cut: 0 };
  fc.assert(
    fc.property(cases, (test) => {
      const { maxPrefill, conservativeness, clip } = test;
      const naive = new NaiveSglang(naiveCase(test), { maxPrefill, conservativeness, clip });
      naive.run();
      const run = simulated(
        test,
        sglang({
          maxPrefillTokens: maxPrefill,
          scheduleConservativeness: conservativeness,
          clipMaxNewTokens: clip,
        }),
      );
      compare(run, naive.all);
      for (const { preemptions, cached } of naive.all) {
        seen.retracted += preemptions;
        seen.cached += cached;
      }
      seen.cut += Number(test.budget < 60);
    }),
    { numRuns: CASES, seed: SEED },
  );
  for (const [what, count] of Object.entries(seen)) ok(count > 0, `nothing was ${what}`);
});

Deno.test("trt-llm does what a naive scheduler with naive blocks does, token by token", () => {
  const seen = { paused: 0, cached: 0, "passed over": 0 };
  fc.assert(
    fc.property(cases, (test) => {
      const { chunks, keepsRoom } = test;
      const naive = new NaiveTrtLlm(naiveCase(test), { chunks, keepsRoom });
      naive.run();
      const run = simulated(
        test,
        trtLlm({
          chunkedPrefill: chunks,
          capacityPolicy: keepsRoom ? "guaranteed-no-evict" : "max-utilization",
        }),
      );
      compare(run, naive.all);
      for (const { preemptions, cached } of naive.all) {
        if (keepsRoom) equal(preemptions, 0, "nobody is paused who has room to the end");
        seen.paused += preemptions;
        seen.cached += cached;
      }
      seen["passed over"] += naive.passedOver;
    }),
    { numRuns: CASES, seed: SEED },
  );
  for (const [what, count] of Object.entries(seen)) ok(count > 0, `nothing was ${what}`);
});
