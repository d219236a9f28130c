import { deepStrictEqual, ok, strictEqual } from "#assert";
import * as fc from "fast-check";
import type { EngineParts, Stepping } from "../../lib/engine/engine_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import type { ExecutionTimeModel } from "../../lib/execution/execution_time_model.ts";
import { OUTCOME_CODE } from "../../lib/metrics/recorder.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import type {
  BatchingEntry,
  BatchingNeeds,
  BatchingStrategy,
} from "../../lib/scheduling/batching/strategy.ts";
import { withDefaults } from "../../lib/settings/from_table.ts";
import { prefixIdentity } from "../../lib/scheduling/kv_cache/prefix_identity.ts";
import { skipsOf } from "./skips.ts";
import { caseParts, type ClusterCase, clusterCases } from "../support/random_cluster.ts";

const LAWS = [
  "conservation",
  "sequences",
  "budget",
  "work-conserving",
  "prompt",
  "first come, first served",
  "queue order",
  "stall-free",
  "static batch",
  "shared prefix",
  "no sharing",
  "preemption",
  "modes",
] as const;

/** The laws of batching strategies, by name. */
export type BatchingLaw = (typeof LAWS)[number];

/**
 * Registers the laws for a strategy of the table, without those that it says.
 *
 * @param needs What differs from 100 KV blocks and recomputing.
 * @param name For the tests; the strategy's unless given.
 */
export function runEntryLaws<Options extends object>(
  entry: BatchingEntry<string, Options>,
  needs: Partial<BatchingNeeds> = {},
  name: string = entry.name,
): void {
  runBatchingLaws({
    name,
    create: ({ chunk }) =>
      entry.create(
        withDefaults(entry.settings, {
          ...entry.laws?.options,
          // Those that have a budget of their own are to keep the one that the laws look at.
          ...("chunkSize" in entry.settings && { chunkSize: chunk }),
        } as Partial<Options>),
        { kvBlocks: 100, preemption: "recompute", ...needs },
      ),
    skip: skipsOf<BatchingLaw>(entry, LAWS),
  });
}

/** What `runBatchingLaws` needs to know of a strategy. */
export interface BatchingLawsOptions {
  /** Name for the tests. */
  readonly name: string;
  /** A strategy; `chunk` is the most tokens that it may put into a step. */
  readonly create: (options: { readonly chunk: number }) => BatchingStrategy;
  /** Laws that do not hold for this strategy, each with its reason. */
  readonly skip?: readonly { readonly law: BatchingLaw; readonly reason: string }[];
  /** Random cases per law and mode; default 40. */
  readonly cases?: number;
}

/** A step as the execution model saw it. */
interface SeenStep {
  readonly decodes: number;
  readonly chunks: readonly number[];
  readonly seconds: number;
}

/** One run with everything that its engine did. */
interface SeenRun extends RunRecord {
  readonly steps: readonly SeenStep[];
  /** Most sequences in the batch after any plan. */
  readonly mostRunning: number;
  /** Plans that left sequences waiting for their next token. */
  readonly stalls: number;
}

/** Notes every step whose duration is asked for; leaps have decodes only. */
function seeSteps(inner: ExecutionTimeModel, steps: SeenStep[]): ExecutionTimeModel {
  return {
    ...inner,
    stepSeconds(shape) {
      const seconds = inner.stepSeconds(shape);
      const chunks = [...shape.chunkTokens.subarray(0, shape.chunkCount)];
      steps.push({ decodes: shape.decodeSequences, chunks, seconds });
      return seconds;
    },
    decodeLine(...call) {
      const [sequences, context, line] = call;
      const found = inner.decodeLine(...call);
      if (found) {
        const seconds = line.baseSeconds + line.slopeSecondsPerToken * context;
        steps.push({ decodes: sequences, chunks: [], seconds });
      }
      return found;
    },
  };
}

/** One instance that serves the requests of a case with nothing but an engine in their way. */
function oneInstance(test: ClusterCase): ClusterCase {
  return {
    ...test,
    instances: 1,
    desired: [],
    concurrency: Infinity,
    closedLoop: 0,
    staleness: 0,
    sessions: false,
    asyncScheduling: false,
    noCapacity: { action: "queue", limit: Infinity, timeoutSeconds: Infinity },
    rates: [Infinity, Infinity],
    ttftLimit: Infinity,
    stopAt: Infinity,
  };
}

/**
 * Registers one test per law and stepping mode, on random workloads of one instance under memory
 * pressure:
 *
 * - every request ends with all its tokens, all blocks are free again and never more are used than
 *   there are;
 * - no more sequences run than allowed; no step has more tokens than allowed, unless it is one prompt
 *   that is longer by itself;
 * - the engine works whenever a request is inside, and nobody waits longer than a step for a place
 *   when there is room for everybody;
 * - under "fcfs" no request starts before an earlier one; under the other orders none starts before
 *   one that goes first and is there;
 * - running sequences get a token in every step, and no step is longer than one of its token budget;
 * - a static batch takes nobody in and returns as a whole;
 * - a prompt that shares k full blocks with a cached one computes that many tokens fewer; with the
 *   cache off, or nothing shared, nothing changes;
 * - preempted requests end with the same tokens as if they had not been;
 * - both stepping modes do the same.
 */
export function runBatchingLaws(options: BatchingLawsOptions): void {
  const { name, create, skip = [], cases = 40 } = options;

  function see(
    test: ClusterCase,
    stepping: Stepping,
    changes: Partial<EngineParts> = {},
  ): SeenRun {
    const parts = caseParts(oneInstance(test), stepping);
    const [fn] = parts.functions;
    const made = create({ chunk: test.chunk });
    const inner = made.forEngine?.() ?? made;
    const steps: SeenStep[] = [];
    let mostRunning = 0, stalls = 0;
    const strategy: BatchingStrategy = {
      ...inner,
      forEngine: undefined,
      plan(step) {
        const before = step.decoding;
        let decoded = false;
        // Own accessors for what is counted, the builder's for the rest.
        const seen = new Proxy(step, {
          get(target, key) {
            const value = Reflect.get(target, key, target);
            if (typeof value !== "function") return value;
            if (key === "decodeAll" || key === "scheduleRunning") decoded = true;
            return value.bind(target);
          },
        });
        inner.plan(seen);
        mostRunning = Math.max(mostRunning, step.running);
        if (before > 0 && !decoded) stalls++;
      },
    };
    const engine = { ...fn.engine, ...changes, strategy };
    const execution = seeSteps(engine.execution, steps);
    const record = simulateCluster({
      ...parts,
      functions: [{ ...fn, engine: { ...engine, execution } }],
    });
    return { ...record, steps, mostRunning, stalls };
  }

  const law = (
    key: BatchingLaw,
    sentence: string,
    check: (test: ClusterCase, stepping: Stepping) => void,
    after: () => void = () => {},
  ) => {
    const reason = skip.find((s) => s.law === key)?.reason;
    const note = reason === undefined ? "" : ` (does not hold: ${reason})`;
    for (const stepping of key === "modes" ? ["leap"] as const : ["leap", "step"] as const) {
      Deno.test({
        name: `${name} batching, ${stepping} mode: ${sentence}${note}`,
        ignore: reason !== undefined,
        fn() {
          fc.assert(
            fc.property(clusterCases.map(oneInstance), (test) => check(test, stepping)),
            // That both modes are one is a property of its own, over far more cases.
            { numRuns: stepping === "step" ? Math.ceil(cases / 3) : cases, seed: 7 },
          );
          after();
        },
      });
    }
  };

  law("conservation", "every request gets its tokens and every block comes back", (test, mode) => {
    // The run itself ends with an error where blocks are held by nobody.
    const { columns, totals, peakBlocks } = see(test, mode);
    ok(
      columns.outcome.every((outcome) =>
        outcome === OUTCOME_CODE.completed || outcome === OUTCOME_CODE.rejected_capacity
      ),
    );
    ok(peakBlocks <= caseParts(test, mode).functions[0].engine.kvBlocks);
    const { outputTokens, promptTokens } = totals.at(0);
    ok(outputTokens >= sumOf(columns.outputTokens, columns.outcome));
    const cached = sumOf(columns.cachedTokens, columns.outcome);
    ok(promptTokens >= sumOf(columns.promptTokens, columns.outcome) - cached);
  });

  law("sequences", "no more sequences run than allowed", (test, mode) => {
    const { mostRunning, steps } = see(test, mode);
    ok(mostRunning <= test.maxSequences);
    for (const { decodes, chunks } of steps) ok(decodes + chunks.length <= test.maxSequences);
  });

  law("budget", "no step is over its token budget, but for one long prompt", (test, mode) => {
    const { maxTokensPerStep } = caseParts(test, mode).functions[0].engine;
    for (const { decodes, chunks } of see(test, mode).steps) {
      if (decodes === 0 && chunks.length === 1) continue;
      ok(decodes + total(chunks) <= maxTokensPerStep, `${decodes} + ${chunks}`);
    }
  });

  law("work-conserving", "the engine works whenever a request is inside", (test, mode) => {
    const { columns, totals } = see(test, mode);
    let insideSeconds = 0, until = 0;
    for (let i = 0; i < columns.count; i++) {
      const end = columns.completedAtSeconds[i];
      if (!(end > until)) continue;
      insideSeconds += end - Math.max(until, columns.arrivalAtSeconds[i]);
      until = end;
    }
    ok(Math.abs(totals.at(0).busySeconds - insideSeconds) <= 1e-9 * (1 + insideSeconds));
  });

  law("prompt", "with room for everybody nobody waits longer than a step", (test, mode) => {
    const roomy = { maxSequences: 100, maxTokensPerStep: 10_000, kvBlocks: 100_000 };
    const { columns, steps } = see({ ...test, chunk: 10_000 }, mode, roomy);
    const longest = steps.reduce((most, { seconds }) => Math.max(most, seconds), 0);
    for (let i = 0; i < columns.count; i++) {
      const wait = columns.scheduledAtSeconds[i] - columns.arrivalAtSeconds[i];
      ok(wait <= longest * (1 + 1e-9), `${wait} > ${longest}`);
    }
  });

  law("first come, first served", "nobody starts before an earlier request", (test, mode) => {
    const { columns } = see({ ...test, order: "fcfs" }, mode);
    let latest = 0;
    for (let i = 0; i < columns.count; i++) {
      const scheduled = columns.scheduledAtSeconds[i];
      if (Number.isNaN(scheduled)) continue;
      ok(scheduled >= latest, `request ${i} at ${scheduled}, an earlier one at ${latest}`);
      latest = scheduled;
    }
  });

  law("queue order", "nobody starts before one who goes first and is there", (test, mode) => {
    for (const order of ["priority", "shortest-prompt", "edf"] as const) {
      const { columns } = see({ ...test, order }, mode);
      const { queueKeys: keys } = caseParts(oneInstance({ ...test, order }), mode)
        .functions[0].engine;
      const { arrivalAtSeconds, scheduledAtSeconds } = columns;
      const first = (a: number, b: number) =>
        keys![a] < keys![b] || (keys![a] <= keys![b] && a < b);
      for (let i = 0; i < columns.count; i++) {
        for (let other = 0; other < columns.count; other++) {
          const wasThere = arrivalAtSeconds[other] <= scheduledAtSeconds[i];
          const wasPassed = scheduledAtSeconds[other] > scheduledAtSeconds[i];
          ok(!(wasThere && wasPassed && first(other, i)), `${order}: ${i} before ${other}`);
        }
      }
    }
  });

  law("stall-free", "decodes never wait for more than one budget of tokens", (test, mode) => {
    const { columns, steps, stalls } = see(test, mode);
    strictEqual(stalls, 0);
    const limit = Math.max(test.chunk, test.maxSequences);
    let longest = 0;
    for (const { decodes, chunks, seconds } of steps) {
      ok(decodes + total(chunks) <= limit, `${decodes} + ${chunks} > ${limit}`);
      longest = Math.max(longest, seconds);
    }
    // In leap mode only the first step of a leap is seen; later ones are longer.
    if (mode === "leap") return;
    for (let i = 0; i < columns.count; i++) {
      if (columns.preemptions[i] > 0) continue;
      ok(!(columns.maxTbtSeconds[i] > longest * (1 + 1e-9)), `${columns.maxTbtSeconds[i]}`);
    }
  });

  law("static batch", "a batch takes nobody in and returns as a whole", (test, mode) => {
    const { columns } = see(test, mode);
    const rows = Array.from({ length: columns.count }, (_, i) => i)
      .filter((i) => columns.outcome[i] === OUTCOME_CODE.completed)
      .map((i) => ({
        from: columns.scheduledAtSeconds[i],
        first: columns.firstTokenAtSeconds[i],
        to: columns.completedAtSeconds[i],
      }));
    for (const a of rows) {
      ok(a.first >= a.to);
      for (const b of rows) {
        const isSame = Math.abs(a.from - b.from) < 1e-12 && Math.abs(a.to - b.to) < 1e-12;
        ok(isSame || a.to <= b.from || b.to <= a.from, "batches do not overlap");
      }
    }
  });

  law("shared prefix", "k cached blocks are so many tokens fewer to compute", (test, mode) => {
    const [a, b] = [test.requests[0], test.requests[test.requests.length - 1]];
    // The second comes long after the first has ended; their group's first 48 tokens are shared.
    const pair = [{ ...a, gap: 0, group: 1 }, { ...b, gap: 300, group: 1 }];
    const { columns, totals } = see({ ...test, grid: 0, prefix: true, requests: pair }, mode);
    if (columns.outcome.some((outcome) => outcome !== OUTCOME_CODE.completed)) return;
    ok(columns.completedAtSeconds[0] < 300, "the first is over");
    const shared = Math.floor(Math.min(a.prompt, b.prompt - 1, 48) / test.blockTokens);
    strictEqual(columns.cachedTokens[0], 0);
    strictEqual(columns.cachedTokens[1], shared * test.blockTokens);
    strictEqual(totals.at(0).promptTokens, a.prompt + b.prompt - shared * test.blockTokens);
  });

  law("no sharing", "a cache without hits, and hits without a cache, change nothing", (
    test,
    mode,
  ) => {
    // Without pressure: a preempted request finds its own blocks again in the cache.
    const roomy = { kvBlocks: 100_000 };
    const alike = { ...test, requests: test.requests.map((r) => ({ ...r, group: 1 })) };
    const off = see({ ...test, prefix: false }, mode, roomy);
    const unique = uniquePrefixes(test.requests.length, test.blockTokens);
    same(see({ ...test, prefix: false }, mode, { ...roomy, prefix: unique }), off);
    same(see({ ...alike, prefix: false }, mode, roomy), off);
  });

  let preemptions = 0;
  law("preemption", "preempted requests end with the same tokens", (test, mode) => {
    const tight = { ...test, kvBlocks: 0, maxSequences: Math.max(4, test.maxSequences) };
    const { columns, totals } = see(tight, mode);
    strictEqual(totals.at(0).outputTokens, sumOf(columns.outputTokens, columns.outcome));
    const roomy = see(tight, mode, { kvBlocks: 100_000 });
    ok(roomy.columns.preemptions.every((count) => count === 0));
    strictEqual(roomy.totals.at(0).outputTokens, totals.at(0).outputTokens);
    preemptions += columns.preemptions.reduce((sum, count) => sum + count, 0);
  }, () => ok(preemptions > 0, "no case preempts"));

  law("modes", "leaps and single steps do the same", (test) => {
    const [leap, step] = [see(test, "leap"), see(test, "step")];
    deepStrictEqual(leap.columns.outcome, step.columns.outcome);
    deepStrictEqual(leap.columns.preemptions, step.columns.preemptions);
    strictEqual(leap.peakBlocks, step.peakBlocks);
    for (let i = 0; i < leap.columns.count; i++) {
      const [a, b] = [leap.columns.completedAtSeconds[i], step.columns.completedAtSeconds[i]];
      ok(!(Math.abs(a - b) > 1e-9 * b), `request ${i}: ${a}, ${b}`);
    }
  });
}

/** Identities of a hundred blocks per request, none of which occurs twice. */
function uniquePrefixes(count: number, blockTokens: number) {
  const offsets = Uint32Array.from({ length: count + 1 }, (_, i) => i * 100);
  const hashes = Float64Array.from({ length: count * 100 }, (_, i) => i);
  return prefixIdentity({ blockTokens, offsets, hashes }, blockTokens);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Sum over the completed requests. */
function sumOf(column: Int32Array, outcome: Uint8Array): number {
  return column.reduce(
    (sum, value, i) => outcome[i] === OUTCOME_CODE.completed ? sum + value : sum,
    0,
  );
}

function same({ columns: a }: RunRecord, { columns: b }: RunRecord): void {
  deepStrictEqual(a.scheduledAtSeconds, b.scheduledAtSeconds);
  deepStrictEqual(a.firstTokenAtSeconds, b.firstTokenAtSeconds);
  deepStrictEqual(a.completedAtSeconds, b.completedAtSeconds);
  deepStrictEqual(a.preemptions, b.preemptions);
}
