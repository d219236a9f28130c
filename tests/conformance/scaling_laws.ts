import { deepStrictEqual, ok } from "#assert";
import * as fc from "fast-check";
import type {
  InstanceFacts,
  InstanceLoad,
  ScalingEntry,
  ScalingNeeds,
  ScalingPolicy,
  ScalingSignals,
} from "../../lib/serverless/scaling/policy.ts";
import {
  ScalingDecider,
  type ScalingLimits,
} from "../../lib/serverless/scaling/scaling_decider.ts";
import { withDefaults } from "../../lib/settings/from_table.ts";
import { skipsOf } from "./skips.ts";

const LAWS = ["whole", "reproducible", "bounded", "settles", "grows", "shrinks"] as const;

/** The laws of scaling policies, by name. */
export type ScalingLaw = (typeof LAWS)[number];

/** What `runScalingLaws` needs to know of a policy. */
export interface ScalingLawsOptions {
  /** Name for the tests. */
  readonly name: string;
  /** A new policy that wants about one instance per 10 requests in flight. */
  readonly create: () => ScalingPolicy;
  /** Laws that do not hold for this policy, each with its reason. */
  readonly skip?: readonly { readonly law: ScalingLaw; readonly reason: string }[];
}

/** Prompt and output of each request of the toy fleet, and the KV entries that it has on average, tokens. */
const TOY_PROMPT = 100, TOY_OUTPUT = 500, TOY_CONTEXT = TOY_PROMPT + TOY_OUTPUT / 2;

/** An instance of the toy fleet: 20 requests fit, and ten are served in 10 s each. */
export const TOY_INSTANCE: InstanceFacts = {
  gpus: 1,
  maxSequences: 20,
  maxTokensPerStep: 2048,
  kvCapacityTokens: 20 * TOY_CONTEXT,
  maxModelTokens: 4096,
  stepSeconds: (prefillTokens, _decodeSequences, decodeContextTokens) =>
    0.01 + 1e-4 * prefillTokens + 0.001 / TOY_CONTEXT * decodeContextTokens,
};

/** What policies are told of the toy fleet of `followLoad`, whose load goes on for an hour. */
export const TOY_NEEDS: Omit<ScalingNeeds, "periodSeconds"> = {
  hasKeepAlive: false,
  instance: TOY_INSTANCE,
  instanceConcurrency: 1,
  minInstances: 0,
  maxInstances: Infinity,
  initialInstances: 0,
  ttftSeconds: 1.5,
  tpotSeconds: 0.05,
  arrivalAtSeconds: () => Float64Array.from({ length: 36_000 }, (_, i) => i / 8.8),
  holdSeconds: () => 10,
  startSeconds: () => 20,
};

/**
 * Registers the laws for a policy of the table, with the options and without the laws that it says.
 *
 * @param create In place of the table's, where a law needs more than options.
 */
export function runEntryLaws<Options extends object>(
  entry: ScalingEntry<string, Options>,
  create: () => ScalingPolicy = () =>
    entry.create(withDefaults(entry.settings, entry.laws?.options ?? {}), {
      ...TOY_NEEDS,
      periodSeconds: entry.periodSeconds,
    }),
): void {
  runScalingLaws({ name: entry.name, create, skip: skipsOf<ScalingLaw>(entry, LAWS) });
}

/** Signals of a quiet, empty function; the tests say what differs. */
export function signalsOf(differences: Partial<ScalingSignals>): ScalingSignals {
  return Object.freeze({
    nowSeconds: 0,
    ready: 0,
    starting: 0,
    queued: 0,
    inFlight: 0,
    oldestWaitSeconds: 0,
    concurrency: 0,
    arrivals: 0,
    completions: 0,
    busyFraction: 0,
    kvUtilization: 0,
    ttftP95Seconds: 0,
    tbtMeanSeconds: 0,
    promptTokensMean: 0,
    outputTokensMean: 0,
    idleSeconds: 0,
    ...differences,
  });
}

/** What an instance of the toy fleet works on: requests that run, and that wait. */
export function toyLoad(running: number, waiting: number, instanceId = 0): InstanceLoad {
  const requests = running + waiting;
  const decodeContextTokens = running * TOY_CONTEXT;
  const prefillTokens = running * TOY_PROMPT / TOY_OUTPUT;
  return {
    instanceId,
    running,
    waiting,
    waitingPromptTokens: waiting * TOY_PROMPT,
    waitingDecodeTokens: 0,
    kvTokens: requests * TOY_CONTEXT,
    kvCapacityTokens: TOY_INSTANCE.kvCapacityTokens,
    step: {
      seconds: requests > 0
        ? TOY_INSTANCE.stepSeconds(prefillTokens, running, decodeContextTokens)
        : 0,
      prefillSequences: running / TOY_OUTPUT,
      prefillTokens,
      decodeSequences: running,
      decodeContextTokens,
    },
  };
}

/** A decision of `followLoad`, with the instances at that time. */
export interface Decision {
  readonly atSeconds: number;
  readonly current: number;
  readonly desired: number;
}

/**
 * A toy fleet without randomness: `load(t)` requests want to be in flight, each instance takes 20 of
 * them and is best with 10, starts take `startSeconds`. Returns every decision.
 */
export function followLoad(
  policy: ScalingPolicy,
  load: (atSeconds: number) => number,
  { untilSeconds, limits = {}, initial = 1, startSeconds = 20 }: {
    readonly untilSeconds: number;
    readonly limits?: ScalingLimits;
    readonly initial?: number;
    readonly startSeconds?: number;
  },
): Decision[] {
  const decider = new ScalingDecider(policy, limits);
  const decisions: Decision[] = [];
  let ready = initial;
  let starts: number[] = [];
  let waitSeconds = 0;
  let idleSeconds = 0;
  const period = decider.periodSeconds;
  for (let tick = 1; tick * period <= untilSeconds; tick++) {
    const now = tick * period;
    ready += starts.filter((at) => at <= now).length;
    starts = starts.filter((at) => at > now);
    const requests = load(now);
    const inFlight = Math.min(requests, ready * 20);
    const queued = requests - inFlight;
    const perInstance = ready > 0 ? inFlight / ready : 0;
    waitSeconds = queued > 0 ? waitSeconds + period : 0;
    idleSeconds = requests > 0 ? 0 : idleSeconds + period;
    const current = ready + starts.length;
    const desired = decider.decide(signalsOf({
      nowSeconds: now,
      ready,
      starting: starts.length,
      queued,
      inFlight,
      waiting: Math.max(0, inFlight - ready * 10),
      oldestWaitSeconds: waitSeconds,
      concurrency: requests,
      arrivals: requests * period / 10,
      completions: inFlight * period / 10,
      busyFraction: Math.min(1, perInstance / 12),
      kvUtilization: perInstance / 20,
      ttftP95Seconds: perInstance > 0 ? 0.1 * perInstance + waitSeconds : 0,
      tbtMeanSeconds: perInstance > 0 ? 0.01 + 0.001 * perInstance : 0,
      promptTokensMean: inFlight > 0 ? TOY_PROMPT : 0,
      outputTokensMean: inFlight > 0 ? TOY_OUTPUT : 0,
      instances: Array.from(
        { length: ready },
        (_, id) => toyLoad(Math.min(perInstance, 10), Math.max(0, perInstance - 10), id),
      ),
      idleSeconds,
    }));
    decisions.push({ atSeconds: now, current, desired });
    for (let i = current; i < desired; i++) starts.push(now + startSeconds);
    for (let i = current; i > desired; i--) starts.length > 0 ? starts.pop() : ready--;
  }
  return decisions;
}

/**
 * Registers one test for each law: decisions are whole numbers >= 0; equal signals give equal
 * decisions; within limits every decision is inside the bounds and steps; under a constant load the
 * count changes at most once more after it has settled; more load than the fleet can take brings
 * instances; no load takes them away.
 */
export function runScalingLaws(options: ScalingLawsOptions): void {
  const { name, create, skip = [] } = options;
  const law = (key: ScalingLaw, sentence: string, run: () => void) => {
    const reason = skip.find((s) => s.law === key)?.reason;
    const note = reason === undefined ? "" : ` (does not hold: ${reason})`;
    Deno.test({
      name: `${name} scaling: ${sentence}${note}`,
      ignore: reason !== undefined,
      fn: run,
    });
  };
  const loads = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 12 });
  /** The load as steps of 60 s. */
  const steps = (values: readonly number[]) => (at: number) =>
    values[Math.min(values.length - 1, Math.floor(at / 60))];
  const follow = (values: readonly number[], limits: ScalingLimits = {}) =>
    followLoad(create(), steps(values), { untilSeconds: values.length * 60, limits });

  law("whole", "decisions are whole numbers >= 0", () => {
    fc.assert(
      fc.property(loads, (values) => {
        for (const { desired } of follow(values)) ok(Number.isInteger(desired) && desired >= 0);
      }),
      { numRuns: 40 },
    );
  });

  law("reproducible", "a new policy decides the same on the same signals", () => {
    fc.assert(
      fc.property(loads, (values) => {
        deepStrictEqual(follow(values), follow(values));
      }),
      { numRuns: 20 },
    );
  });

  law("bounded", "limits hold: never above the most, below the fewest, or beyond a step", () => {
    const limits = { minInstances: 1, maxInstances: 6, maxStepUp: 2, maxStepDown: 1 };
    fc.assert(
      fc.property(loads, (values) => {
        for (const { current, desired } of follow(values, limits)) {
          ok(desired >= 1 && desired <= 6, `${desired}`);
          ok(desired <= current + 2 && desired >= current - 1, `${current} -> ${desired}`);
        }
      }),
      { numRuns: 40 },
    );
  });

  law("settles", "under a constant load the count changes at most once after settling", () => {
    for (const load of [5, 37, 100]) {
      const decisions = followLoad(create(), () => load, {
        untilSeconds: 3600,
        limits: { maxInstances: 50 },
      });
      const late = decisions.filter(({ atSeconds }) => atSeconds > 900);
      const changes = late.filter(({ current, desired }) => current !== desired).length;
      ok(changes <= 1, `${changes} changes at a load of ${load}`);
    }
  });

  law("grows", "more load than the fleet can take brings instances", () => {
    const decisions = followLoad(create(), () => 90, { untilSeconds: 900 });
    // 90 requests need 5 instances to be in flight at all.
    ok(decisions[decisions.length - 1].desired >= 5);
  });

  law("shrinks", "without any load the fleet shrinks to its least", () => {
    const decisions = followLoad(create(), (at) => at < 300 ? 90 : 0, {
      untilSeconds: 3600,
      limits: { minInstances: 1 },
    });
    deepStrictEqual(decisions[decisions.length - 1].desired, 1);
  });
}
