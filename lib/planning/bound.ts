import type { StepShape } from "../execution/execution_time_model.ts";
import type { Deployment } from "../run/deployment.ts";
import { plainBlocks } from "../run/instance_size.ts";
import { isUpperLimit, type Objective } from "./objectives.ts";
import type { Load } from "./load.ts";

/**
 * Share of the work that the bound claims. The mixes of a step are tried on a grid, and the mean
 * context of what runs at once is not that over all decodes: a tenth to spare covers both.
 */
const CLAIMED = 0.9;
/** Sizes of a step's parts that are tried, the largest included. */
const SIZES = 9;

/** What one instance is, as far as the bound needs to know. */
export interface BoundInstance {
  readonly deployment: Deployment;
  /** Token budget of a step. */
  readonly maxTokensPerStep: number;
  /** Tokens of a KV block. */
  readonly blockTokens: number;
  /** Whether a prefix cache may serve shared prompts. */
  readonly cachesPrefixes: boolean;
}

/**
 * Least time of an instance that a request takes on the average, seconds. Steps are mixes of decodes
 * and prompt tokens within the token budget, the number of sequences and the KV cache, timed by the
 * execution model of the simulator itself: the cheapest blend of mixes that does the prompts and the
 * decodes of the load (a linear programme of two constraints). Nothing waits, no step is half empty,
 * no prompt is longer than the mean and no block is lost.
 */
export function leastSecondsPerRequest(instance: BoundInstance, load: Load): number {
  const { deployment } = instance;
  const prompt = instance.cachesPrefixes && load.sharesPrefixes
    ? 1
    : Math.max(1, load.promptTokens);
  const budget = Math.max(1, instance.maxTokensPerStep);
  const most = Math.min(deployment.maxSequences, heldSequences(instance, load));
  // Of a layer with a window, the mean over contexts is less than that of the mean context.
  const context = deployment.kv.groups.length > 1 ? 1 : Math.max(1, load.contextTokens);
  const mixes: Mix[] = [];
  for (const decodes of [0, ...sizesUpTo(Math.min(most, budget))]) {
    for (const tokens of [0, ...sizesUpTo(budget - decodes)]) {
      if (decodes + tokens === 0) continue;
      const seconds = deployment.execution.stepSeconds(mixedStep(decodes, context, tokens, prompt));
      mixes.push({ decodes, tokens, seconds });
    }
  }
  return CLAIMED * cheapestBlend(mixes, prompt, load.decodeTokens);
}

/** A step: so many decodes, so many prompt tokens, its time. */
interface Mix {
  readonly decodes: number;
  readonly tokens: number;
  readonly seconds: number;
}

/** Sequences that the KV cache holds while they decode, at a context a fifth below the mean. */
export function heldSequences(
  { deployment, blockTokens, cachesPrefixes }: BoundInstance,
  load: Load,
): number {
  if (load.sharesPrefixes && cachesPrefixes) return Infinity;
  if (deployment.work.kvBytesPerToken === 0) return Infinity;
  const mean = load.promptTokens + load.outputTokens;
  const tokens = plainBlocks(deployment.kv, mean) * blockTokens;
  return Math.max(1, tokens / Math.max(1, 0.8 * load.contextTokens));
}

/** Numbers up to a largest one, by even ratios. */
function sizesUpTo(largest: number): number[] {
  const most = Math.floor(largest);
  if (most < 1) return [];
  const sizes = Array.from(
    { length: SIZES },
    (_, i) => Math.max(1, Math.round(most ** ((i + 1) / SIZES))),
  );
  return [...new Set(sizes)];
}

/** A step of so many decodes, and prompt tokens of prompts of equal lengths. */
export function mixedStep(
  decodes: number,
  context: number,
  tokens: number,
  prompt: number,
): StepShape {
  // Prompts of equal lengths attend to the least pairs for their sum.
  const chunks = tokens === 0 ? 0 : Math.ceil(tokens / prompt);
  const each = chunks === 0 ? 0 : Math.max(1, Math.floor(tokens / chunks));
  return {
    decodeSequences: decodes,
    decodeContextTokens: Math.floor(decodes * context),
    decodeLongestContextTokens: Math.floor(context),
    chunkCount: chunks,
    chunkTokens: new Int32Array(chunks).fill(each),
    chunkPastTokens: new Int32Array(chunks),
    sampledSequences: decodes + Math.floor(tokens / prompt),
  };
}

/** Least time of a blend of mixes with so many prompt tokens and so many decodes. */
function cheapestBlend(mixes: readonly Mix[], tokens: number, decodes: number): number {
  let best = Infinity;
  for (const [i, one] of mixes.entries()) {
    const alone = Math.max(
      one.tokens > 0 ? tokens / one.tokens : Infinity,
      decodes === 0 ? 0 : one.decodes > 0 ? decodes / one.decodes : Infinity,
    );
    best = Math.min(best, alone * one.seconds);
    for (const other of mixes.slice(i + 1)) {
      const determinant = one.tokens * other.decodes - other.tokens * one.decodes;
      if (determinant === 0) continue;
      const ofOne = (tokens * other.decodes - decodes * other.tokens) / determinant;
      const ofOther = (one.tokens * decodes - one.decodes * tokens) / determinant;
      if (ofOne < 0 || ofOther < 0) continue;
      best = Math.min(best, ofOne * one.seconds + ofOther * other.seconds);
    }
  }
  return best;
}

/**
 * Fewest instances that can keep the objectives under a load; 0 where nothing is known. What is late
 * may be what an objective lets be late, and what the instances still hold at the last arrival.
 *
 * @param seconds {@link leastSecondsPerRequest}.
 */
export function fewestInstances(
  { deployment }: BoundInstance,
  load: Load,
  seconds: number,
  objectives: readonly Objective[],
): number {
  if (!load.isOpen || load.count < 2) return 0;
  const work = load.count * seconds;
  return Math.max(
    0,
    ...objectives.map((objective) => {
      const { path, limit, percentile } = objective;
      if (!isUpperLimit(objective) || percentile === undefined) return 0;
      const isFirst = path.startsWith("ttft_s.");
      if (!isFirst && !path.startsWith("e2e_s.")) return 0;
      const slack = limit + (isFirst ? deployment.maxSequences * seconds : 0);
      return Math.ceil(work * percentile / 100 / (load.spanSeconds + slack));
    }),
  );
}

/**
 * Why no number of instances keeps the objectives: a single step takes longer than a limit on the time
 * between tokens, or an empty instance's prefill of a prompt longer than one on the first token.
 *
 * @returns Undefined where neither is so.
 */
export function impossible(
  instance: BoundInstance,
  load: Load,
  objectives: readonly Objective[],
): string | undefined {
  const { execution } = instance.deployment;
  for (const objective of objectives) {
    const { path, name, limit, percentile } = objective;
    if (!isUpperLimit(objective)) continue;
    if ((path.startsWith("tpot_s.") || path.startsWith("tbt_s.")) && load.decodeTokens > 0) {
      const least = execution.stepSeconds(mixedStep(1, 1, 0, 1));
      if (least > limit) return tooSlow(`a decode alone takes ${milliseconds(least)}`, name, limit);
    }
    if (path.startsWith("ttft_s.") && percentile !== undefined && !instance.cachesPrefixes) {
      const { sortedPrompts, count } = load;
      if (count === 0) continue;
      const prompt = sortedPrompts[Math.floor(percentile / 100 * (count - 1))];
      const least = CLAIMED * prefillSeconds(instance, Math.max(1, prompt));
      if (least > limit) {
        return tooSlow(
          `the prefill of a prompt of ${prompt} tokens takes ${milliseconds(least)} at least`,
          name,
          limit,
        );
      }
    }
  }
  return undefined;
}

/** Time of a prompt's steps on an instance that has nothing else to do, seconds. */
function prefillSeconds({ deployment, maxTokensPerStep }: BoundInstance, prompt: number): number {
  const budget = Math.max(1, maxTokensPerStep);
  const length = Math.min(prompt, deployment.maxModelTokens);
  let seconds = 0;
  for (let past = 0; past < length; past += budget) {
    const tokens = Math.min(budget, length - past);
    seconds += deployment.execution.stepSeconds({
      decodeSequences: 0,
      decodeContextTokens: 0,
      chunkCount: 1,
      chunkTokens: Int32Array.of(tokens),
      chunkPastTokens: Int32Array.of(past),
      sampledSequences: past + tokens >= length ? 1 : 0,
    });
  }
  return seconds;
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toPrecision(3)} ms`;
}

function tooSlow(what: string, name: string, limit: number): string {
  return `${what}, ${name} may be ${milliseconds(limit)}`;
}
