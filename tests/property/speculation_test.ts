import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { Clock } from "../../lib/engine/clock.ts";
import { Engine } from "../../lib/engine/engine.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { speculate, type SpeculateOptions } from "../../lib/engine/speculate.ts";
import type { ExecutionTimeModel, StepShape } from "../../lib/execution/execution_time_model.ts";
import { linearTime } from "../../lib/execution/linear_time.ts";
import {
  acceptanceDraws,
  acceptanceLaw,
  meanTokens,
  plainDraft,
  withDraft,
} from "../../lib/execution/speculation/mod.ts";
import { requestColumns } from "../../lib/metrics/recorder.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { GapSketch } from "../../lib/stats/gap_sketch.ts";
import { meanInterval } from "../../lib/stats/intervals.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";
import { runSmall } from "../support/small_cluster.ts";

/** Cases per property. */
const CASES = 250;

/** A cluster that speculates. */
interface Case {
  readonly cluster: ClusterCase;
  readonly mode: "expected" | "sampled";
  readonly acceptance: readonly number[];
  /** Drafted tokens of batches of up to 2, 4 and more sequences. */
  readonly drafted: readonly [number, number, number];
  readonly foundShare: number;
  readonly hasKvEntries: boolean;
  readonly readsHiddenStates: boolean;
}

const probability = fc.constantFrom(0, 0.3, 0.5, 0.77, 0.9, 1);

const cases: fc.Arbitrary<Case> = fc.record({
  cluster: clusterCases.map((cluster): ClusterCase => {
    const { strategy } = cluster;
    const speculates = /^(vllm|sarathi)/.test(strategy);
    return speculates ? cluster : { ...cluster, strategy: "vllm" };
  }),
  mode: fc.constantFrom("expected", "sampled"),
  acceptance: fc.array(probability, { minLength: 1, maxLength: 4 }),
  drafted: fc.tuple(fc.nat(6), fc.nat(4), fc.nat(3)),
  foundShare: fc.constantFrom(1, 1, 0.4),
  hasKvEntries: fc.boolean(),
  readsHiddenStates: fc.boolean(),
});

/** Parts of a case; new ones for every run. */
function partsOf(test: Case, stepping: Stepping): ClusterParts {
  const parts = caseParts(test.cluster, stepping);
  const [small, middle, large] = test.drafted;
  const law = acceptanceLaw({ acceptance: test.acceptance }, 6);
  const draft = plainDraft({
    baseSeconds: 1e-3,
    perTokenSeconds: 1e-5,
    perContextTokenSeconds: 1e-7,
    shareOfTarget: 0.01,
  });
  return {
    ...parts,
    functions: parts.functions.map((fn) => ({
      ...fn,
      engine: {
        ...fn.engine,
        execution: withDraft(fn.engine.execution, draft),
        speculation: speculate({
          mode: test.mode,
          law,
          draftTokens: (sequences) => sequences <= 2 ? small : sequences <= 4 ? middle : large,
          stream: randomStreams(5).take("acceptance"),
          foundShare: test.foundShare,
          hasKvEntries: test.hasKvEntries,
          readsHiddenStates: test.readsHiddenStates,
        }),
      },
    })),
  };
}

function close(actual: number, expected: number, what: string, tolerance = 1e-9): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  const off = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  ok(off <= tolerance, `${what}: leap ${actual}, step ${expected}`);
}

function compare(leap: RunRecord, step: RunRecord): void {
  deepEqual(leap.columns, step.columns);
  equal(leap.peakBlocks, step.peakBlocks);
  equal(leap.stepsLeapt + leap.stepsSingle, step.stepsLeapt + step.stepsSingle);
  equal(leap.gaps.count, step.gaps.count);
  close(leap.gaps.mean, step.gaps.mean, "mean gap");
  close(leap.gaps.max, step.gaps.max, "longest gap");
  leap.totals.list().forEach((totals, id) => {
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
      close(totals[key], step.totals.at(id)[key], `${key} of instance ${id}`);
    }
  });
  for (const key of ["running", "kvUtilization", "outputTokensPerSecond"] as const) {
    leap.timeSeries[key].forEach((value, row) => {
      const { timeSeconds } = step.timeSeries;
      const length = timeSeconds[row] - (row > 0 ? timeSeconds[row - 1] : 0);
      const tolerance = Math.max(1e-6, 1e-10 / length);
      close(value, step.timeSeries[key][row], `${key} in interval ${row}`, tolerance);
    });
  }
}

Deno.test("speculating, leaps equal steps on random clusters in both modes", () => {
  let leapt = 0, single = 0;
  const property = fc.property(cases, (test) => {
    const leap = simulateCluster(partsOf(test, "leap"));
    compare(leap, simulateCluster(partsOf(test, "step")));
    leapt += leap.stepsLeapt;
    single += leap.stepsSingle;
  });
  fc.assert(property, { numRuns: CASES, seed: 1 });
  ok(leapt > 0.2 * (leapt + single), `only ${leapt} of ${leapt + single} steps were leapt`);
});

/** A case whose requests all complete, however long it takes. */
const unbounded = cases.map((test): Case => ({
  ...test,
  cluster: {
    ...test.cluster,
    stopAt: Infinity,
    ttftLimit: Infinity,
    rates: [Infinity, Infinity],
    noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
  },
}));

/** A model that counts the steps whose tokens are more than the budget, or not whole. */
function budgeted(model: ExecutionTimeModel, budget: number, broken: { steps: number }) {
  const count = (tokens: number) => {
    if (!(tokens <= budget) || !Number.isInteger(tokens)) broken.steps++;
  };
  return {
    ...model,
    stepSeconds(step: StepShape) {
      const { decodeTokens = step.decodeSequences, chunkCount, chunkTokens } = step;
      let tokens = decodeTokens;
      for (let i = 0; i < chunkCount; i++) tokens += chunkTokens[i];
      count(tokens);
      ok(decodeTokens >= step.decodeSequences, `${decodeTokens} of ${step.decodeSequences}`);
      return model.stepSeconds(step);
    },
  };
}

Deno.test("speculating, no step computes more tokens than its budget", () => {
  const broken = { steps: 0 };
  const property = fc.property(cases, fc.constantFrom<Stepping>("leap", "step"), (test, by) => {
    const parts = partsOf(test, by);
    // Prompts are not cut by the first scheduler: a budget below them is no budget of its steps.
    if (test.cluster.strategy.startsWith("vllm-v0")) return;
    simulateCluster({
      ...parts,
      functions: parts.functions.map(({ engine, ...fn }) => ({
        ...fn,
        engine: {
          ...engine,
          execution: budgeted(engine.execution, engine.maxTokensPerStep, broken),
        },
      })),
    });
    equal(broken.steps, 0);
  });
  fc.assert(property, { numRuns: 2 * CASES, seed: 9 });
});

/** Output tokens of the requests that completed, cut by the model's limit. */
function outputsOf({ requests, functions }: ClusterParts, { columns }: RunRecord): number[] {
  const { maxModelTokens } = functions[0].engine;
  return Array.from(
    requests.outputTokens,
    (tokens, i) =>
      Number.isNaN(columns.completedAtSeconds[i])
        ? 0
        : Math.min(tokens, maxModelTokens - requests.promptTokens[i]),
  ).filter((tokens) => tokens > 0);
}

Deno.test("speculating, tokens and KV blocks are conserved: no token beyond an output's end", () => {
  const property = fc.property(unbounded, (test) => {
    const parts = partsOf(test, "leap");
    const run = simulateCluster(parts);
    const outputs = outputsOf(parts, run);
    const tokens = outputs.reduce((sum, output) => sum + output, 0);
    const produced = run.totals.list().reduce((sum, { outputTokens }) => sum + outputTokens, 0);
    // A request that is recomputed samples a token of its own at the end of its prompt.
    close(produced, tokens, "output tokens");
    equal(run.gaps.count + run.warmupGaps.count, tokens - outputs.length);
    ok(run.peakKvUtilization <= 1);
    if (run.lives.length === 0) return;
    const { drafts, draftedTokens, acceptedTokens } = run.speculation!;
    ok(acceptedTokens <= draftedTokens * (1 + 1e-9) && draftedTokens <= 6 * drafts + 1e-9);
  });
  fc.assert(property, { numRuns: CASES, seed: 2 });
});

Deno.test("speculating, an engine that has served all has every KV block back and no token inside", () => {
  let preemptions = 0;
  const property = fc.property(cases, fc.constantFrom<Stepping>("leap", "step"), (test, by) => {
    const { requests, functions: [{ engine: parts }] } = partsOf(test, by);
    const clock = new Clock();
    const columns = requestColumns(requests);
    const longest = parts.maxModelTokens;
    const engine = new Engine(0, parts, {
      clock,
      columns,
      generated: new Int32Array(requests.count),
      outputLimit: requests.outputTokens.map((tokens, i) =>
        Math.max(1, Math.min(tokens, longest - requests.promptTokens[i]))
      ),
      waitedFor: undefined,
      gaps: new GapSketch(),
    });
    for (let request = 0; request < requests.count; request++) {
      if (requests.promptTokens[request] < longest) engine.enqueue(request);
    }
    while (engine.needsPlan) {
      engine.begin();
      if (engine.endAtSeconds === Infinity) break;
      clock.now = engine.endAtSeconds;
      engine.finish();
      ok(engine.readings.usedBlocks(clock.now) <= parts.kvBlocks);
    }
    equal(engine.ledger.outstanding, 0);
    equal(engine.outstandingTokens(clock.now), 0);
    equal(engine.readings.usedBlocks(clock.now), 0);
    for (const count of columns.preemptions) preemptions += count;
  });
  fc.assert(property, { numRuns: CASES, seed: 10 });
  ok(preemptions > CASES / 10, `only ${preemptions} preemptions`);
});

Deno.test("drafting nothing is not speculating, to the byte", () => {
  const property = fc.property(
    cases,
    fc.constantFrom<Stepping>("leap", "step"),
    (test, stepping) => {
      // A draft that reads hidden states has the last cached block computed again, whatever it drafts.
      const nothing = { ...test, drafted: [0, 0, 0], readsHiddenStates: false } as const;
      const drafted = simulateCluster(partsOf(nothing, stepping));
      const { speculation, ...run } = drafted;
      const none = { drafts: 0, draftedTokens: 0, acceptedTokens: 0 };
      if (run.lives.length > 0) deepEqual(speculation, none);
      const plain = simulateCluster(caseParts(test.cluster, stepping));
      deepEqual(run.columns, plain.columns);
      equal(run.peakBlocks, plain.peakBlocks);
      equal(run.gaps.count, plain.gaps.count);
      run.totals.list().forEach((totals, id) => {
        for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
          close(totals[key], plain.totals.at(id)[key], key);
        }
      });
    },
  );
  fc.assert(property, { numRuns: CASES, seed: 3 });
});

/** Requests one after the other on an instance of steps of one second, which drafts. */
function alone(rows: readonly (readonly [number, number, number])[], options: SpeculateOptions) {
  return runSmall(rows, { engine: { speculation: speculate(options) } });
}

Deno.test("a share a of drafted tokens accepted alike gives (1 - a^(k+1)) / (1 - a) tokens a step", () => {
  const property = fc.property(
    fc.double({ min: 0, max: 0.99, noNaN: true }),
    fc.integer({ min: 0, max: 12 }),
    (a, k) => {
      const law = acceptanceLaw({ acceptance: [a] }, k);
      close(meanTokens(law, k), (1 - a ** (k + 1)) / (1 - a), "mean tokens");
    },
  );
  fc.assert(property, { numRuns: 300, seed: 4 });
});

Deno.test("where all is accepted a step gives k + 1 tokens, where nothing is, one", () => {
  for (const mode of ["expected", "sampled"] as const) {
    for (const k of [1, 2, 5]) {
      const stream = () => randomStreams(1).take("acceptance");
      const all = acceptanceLaw({ acceptance: [1] }, k);
      const none = acceptanceLaw({ acceptance: [0] }, k);
      for (const output of [1, 2, 7, 30]) {
        // The prompt's step gives the first token, and each of the others k + 1, the last one fewer.
        const [fast] = alone([[0, 5, output]], { mode, law: all, draftTokens: k, stream: stream() })
          .columns.completedAtSeconds;
        equal(fast, 1 + Math.ceil((output - 1) / (k + 1)), `${mode}, ${k}, ${output}`);
        const [slow] =
          alone([[0, 5, output]], { mode, law: none, draftTokens: k, stream: stream() })
            .columns.completedAtSeconds;
        equal(slow, output);
      }
    }
  }
});

Deno.test("tokens of a step arrive together: gaps of zero between them", () => {
  const law = acceptanceLaw({ acceptance: [1] }, 3);
  const { gaps, columns } = alone([[0, 5, 13]], { mode: "expected", law, draftTokens: 3 });
  equal(gaps.count, 12);
  equal(gaps.min, 0);
  equal(gaps.max, 1);
  equal(gaps.mean, 3 / 12);
  equal(columns.maxTbtSeconds[0], 1);
});

Deno.test("mean acceptance is met to the fraction: 1,000 tokens at 2.5 a step take 400 steps", () => {
  const law = acceptanceLaw({ length: 2.5 }, 3);
  const { columns } = alone([[0, 5, 401]], { mode: "expected", law, draftTokens: 3 });
  equal(columns.completedAtSeconds[0], 1 + 400 / 2.5);
});

Deno.test("drawn acceptance agrees with the law that it is drawn from", () => {
  const law = acceptanceLaw({ acceptance: [0.8, 0.6, 0.4] }, 3);
  const means = Array.from({ length: 20 }, (_, seed) => {
    const stream = randomStreams(seed).take("acceptance");
    const rows = Array.from({ length: 40 }, (_, i) => [0.1 * i, 5, 300] as const);
    const { speculation } = alone(rows, { mode: "sampled", law, draftTokens: 3, stream });
    return 1 + speculation!.acceptedTokens / speculation!.drafts;
  });
  const { estimate, lower: low, upper: high } = meanInterval(means, 0.999);
  ok(low <= 2.472 && 2.472 <= high, `${low} to ${high} around ${estimate}`);
  ok(high - low < 0.03);
});

Deno.test("a longer draft accepts at least as much of the same request, and draws know no order", () => {
  const law = acceptanceLaw({ acceptance: [0.7] }, 8);
  const draws = acceptanceDraws(law, randomStreams(9).take("acceptance"));
  const property = fc.property(fc.nat(1e6), fc.nat(1e5), fc.nat(7), (request, position, k) => {
    const shorter = draws.accepted(request, position, k);
    const longer = draws.accepted(request, position, k + 1);
    equal(shorter, Math.min(longer, k));
    equal(draws.accepted(request, position, k), shorter);
  });
  fc.assert(property, { numRuns: 500, seed: 6 });
});

/** Drafts by the naive simulator below: tokens accepted at each of a request's places. */
type Accepted = (request: number, position: number, draftTokens: number) => number;

/**
 * Instants at which requests end on one instance without memory pressure, by the rules of the page and
 * nothing else: plain objects, one step after the other.
 */
function naiveEnds(
  rows: readonly (readonly [number, number, number])[],
  seconds: (verified: number, context: number, prompt: number) => number,
  draftTokens: (sequences: number) => number,
  accepted: Accepted,
): number[] {
  const requests = rows.map(([arrival, prompt, output], id) => ({
    id,
    arrival,
    prompt,
    output,
    tokens: 0,
    end: NaN,
  }));
  let now = 0;
  while (requests.some(({ end }) => Number.isNaN(end))) {
    const inside = requests.filter(({ arrival, end }) => arrival <= now && Number.isNaN(end));
    if (inside.length === 0) {
      now = Math.min(...requests.filter(({ arrival }) => arrival > now).map((r) => r.arrival));
      continue;
    }
    const decoding = inside.filter(({ tokens }) => tokens > 0);
    const coming = inside.filter(({ tokens }) => tokens === 0);
    const k = draftTokens(Math.max(1, decoding.length));
    const drafts = decoding.map(({ id, tokens }) => accepted(id, tokens, k));
    const verified = drafts.reduce((sum, draft) => sum + 1 + (draft < 0 ? 0 : k), 0);
    const context = decoding.reduce((sum, { prompt, tokens }) => sum + prompt + tokens, 0);
    const prompts = coming.reduce((sum, { prompt }) => sum + prompt, 0);
    now += seconds(verified, context, prompts);
    decoding.forEach((request, i) => {
      request.tokens = Math.min(request.output, request.tokens + 1 + Math.max(0, drafts[i]));
    });
    for (const request of coming) request.tokens = 1;
    for (const request of inside) if (request.tokens >= request.output) request.end = now;
  }
  return requests.map(({ end }) => end);
}

Deno.test("drawn acceptance gives the instants of a naive simulator", () => {
  const times = {
    baseSeconds: 0.02,
    perPrefillTokenSeconds: 1e-4,
    perDecodeSequenceSeconds: 7e-4,
    perContextTokenSeconds: 1e-6,
  };
  const row = fc.tuple(
    fc.integer({ min: 0, max: 2000 }).map((milliseconds) => milliseconds / 1000),
    fc.integer({ min: 1, max: 80 }),
    fc.integer({ min: 1, max: 70 }),
  );
  const property = fc.property(
    fc.array(row, { minLength: 1, maxLength: 20 }),
    fc.tuple(fc.nat(5), fc.nat(4)),
    fc.constantFrom(1, 0.3),
    (unsorted, [few, many], foundShare) => {
      const rows = unsorted.toSorted(([a], [b]) => a - b);
      const draftTokens = (sequences: number) => sequences <= 3 ? few : many;
      const speculation = speculate({
        mode: "sampled",
        law: acceptanceLaw({ acceptance: [0.8, 0.5] }, 5),
        draftTokens,
        foundShare,
        stream: randomStreams(2).take("acceptance"),
      });
      const { columns } = runSmall(rows, {
        engine: {
          execution: linearTime(times),
          speculation,
          maxSequences: 20,
          maxTokensPerStep: 10_000,
          kvBlocks: 1e5,
        },
        startSeconds: 0,
      });
      const seconds = (verified: number, context: number, prompt: number) =>
        times.baseSeconds + times.perPrefillTokenSeconds * prompt +
        times.perDecodeSequenceSeconds * verified + times.perContextTokenSeconds * context;
      naiveEnds(rows, seconds, draftTokens, speculation.accepted).forEach((end, i) =>
        close(columns.completedAtSeconds[i], end, `request ${i}`, 1e-8)
      );
    },
  );
  fc.assert(property, { numRuns: 100, seed: 8 });
});
