import fc from "fast-check";
import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import { constantStepEngine } from "../../lib/experiment/studies/constant_step_engine.ts";
import { leastLoaded } from "../../lib/scheduling/routing/mod.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import { concurrency } from "../../lib/serverless/scaling/concurrency.ts";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import { ScalingDecider } from "../../lib/serverless/scaling/scaling_decider.ts";
import { type PiecewiseTime, piecewiseTime } from "./piecewise_time.ts";

/** The scaling policy `concurrency` and what bounds it. Times are seconds. */
export interface NaiveScaling {
  readonly target: number;
  readonly period: number;
  /** Idle time of the function before one surplus instance goes. */
  readonly surplusSeconds: number;
  readonly downWindow: number;
  readonly keepsLast: boolean;
  readonly maxStepUp: number;
  readonly maxStepDown: number;
  readonly upCooldown: number;
  readonly downCooldown: number;
  readonly scrapeDelay: number;
  readonly actuationDelay: number;
}

/** A cluster that the naive simulator understands, as plain data. Times are seconds. */
export interface NaiveCluster {
  /** In order of arrival. */
  readonly requests: readonly {
    readonly arrival: number;
    readonly prompt: number;
    readonly output: number;
  }[];
  readonly time: PiecewiseTime;
  readonly maxSequences: number;
  readonly maxTokensPerStep: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly maxModelTokens: number;
  readonly concurrency: number;
  readonly action: "queue" | "reject";
  readonly limit: number;
  readonly timeout: number;
  readonly activation: "none" | "first" | "each" | "join";
  readonly reservesStarts: boolean;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  readonly startSeconds: number;
  /** Time that an idle instance is kept. */
  readonly keepAlive: number;
  /** Absent: no policy. */
  readonly scaling?: NaiveScaling;
  readonly horizon: number;
  readonly stopAt: number;
}

/** Durations of which many events coincide to the bit, and others of which none do. */
const TICKED = { grid: 0.125, base: [0.125, 0.0625], slope: [0, 2 ** -16], unit: 0.25 };
const LOOSE = { grid: 0, base: [0.0137, 0.1], slope: [0, 7.7e-6, 1e-4], unit: 0.31 };

function clusters({ grid, base, slope, unit }: typeof TICKED): fc.Arbitrary<NaiveCluster> {
  const few = (...factors: number[]) => fc.constantFrom(...factors.map((factor) => factor * unit));
  const short = fc.double({ min: 0, max: 0.5, noNaN: true });
  const gaps = fc.oneof(fc.constant(0), short, short, few(4, 20));
  return fc.record({
    requests: fc.array(
      fc.record({
        gap: gaps,
        prompt: fc.integer({ min: 1, max: 85 }),
        output: fc.oneof(fc.constantFrom(1, 2), fc.integer({ min: 1, max: 50 })),
      }),
      { minLength: 1, maxLength: 25, size: "max" },
    ).map((rows) => {
      let now = 0;
      return rows.map(({ gap, ...lengths }) => {
        now += grid > 0 ? Math.round(gap / grid) * grid : gap;
        return { arrival: now, ...lengths };
      });
    }),
    time: fc.record({
      base: fc.constantFrom(...base),
      perPrefillToken: fc.constantFrom(...slope),
      perSequence: fc.constantFrom(...slope),
      perContextToken: fc.constantFrom(...slope),
      kneeTokens: fc.constantFrom(Infinity, 128),
      offersLine: fc.constantFrom(true, true, true, false),
    }),
    maxSequences: fc.constantFrom(1, 2, 4, 8),
    maxTokensPerStep: fc.constantFrom(8, 24, 64, 256),
    kvBlocks: fc.constantFrom(15, 20, 26, 80),
    blockTokens: fc.constantFrom(4, 5, 8),
    maxModelTokens: fc.constantFrom(80, 150, 150),
    concurrency: fc.constantFrom(Infinity, 1, 1, 2, 5),
    action: fc.constantFrom("queue", "queue", "queue", "reject"),
    limit: fc.constantFrom(Infinity, Infinity, 0, 3),
    timeout: fc.oneof(fc.constant(Infinity), few(0, 2, 8)),
    activation: fc.constantFrom("none", "first", "each", "join"),
    reservesStarts: fc.boolean(),
    initial: fc.constantFrom(0, 0, 1, 2),
    min: fc.constantFrom(0, 0, 1),
    max: fc.integer({ min: 1, max: 4 }),
    startSeconds: few(0, 2, 4, 10),
    keepAlive: fc.oneof(fc.constant(Infinity), few(0, 2, 9)),
    scaling: fc.option(
      fc.record({
        target: fc.constantFrom(1, 2, 3.5),
        period: few(1, 3, 4),
        surplusSeconds: few(0, 0, 4, 9),
        downWindow: few(0, 0, 6),
        keepsLast: fc.boolean(),
        maxStepUp: fc.constantFrom(Infinity, 1),
        maxStepDown: fc.constantFrom(Infinity, 1),
        upCooldown: few(0, 0, 5),
        downCooldown: few(0, 0, 5),
        scrapeDelay: few(0, 0, 2),
        actuationDelay: few(0, 0, 1, 5),
      }),
      { nil: undefined, freq: 2 },
    ),
    horizon: few(0, 0, 60),
    stopAt: fc.oneof(fc.constant(Infinity), fc.constant(Infinity), few(13, 40)),
  });
}

/** Random clusters; in half of them most instants coincide. */
export const naiveClusters = fc.oneof(clusters(TICKED), clusters(LOOSE));

/** The same cluster for the simulator; `sees` gets what its scaling policy is told. */
export function realParts(
  cluster: NaiveCluster,
  sees: (signals: ScalingSignals) => void,
): ClusterParts {
  const { requests, scaling, min, max } = cluster;
  const inner = scaling && new ScalingDecider(
    concurrency({
      target: scaling.target,
      keepAliveSeconds: scaling.surplusSeconds,
      scaleDownWindowSeconds: scaling.downWindow,
      keepsLast: scaling.keepsLast,
      periodSeconds: scaling.period,
    }),
    {
      minInstances: min,
      maxInstances: max,
      maxStepUp: scaling.maxStepUp,
      maxStepDown: scaling.maxStepDown,
      upCooldownSeconds: scaling.upCooldown,
      downCooldownSeconds: scaling.downCooldown,
      scrapeDelaySeconds: scaling.scrapeDelay,
      actuationDelaySeconds: scaling.actuationDelay,
    },
  );
  const decider = inner && new ScalingDecider({
    periodSeconds: inner.periodSeconds,
    desired(signals) {
      sees({ ...signals });
      return inner.decide(signals);
    },
  }, { actuationDelaySeconds: inner.actuationDelaySeconds });
  return {
    requests: {
      count: requests.length,
      arrivalAtSeconds: Float64Array.from(requests, ({ arrival }) => arrival),
      promptTokens: Int32Array.from(requests, ({ prompt }) => prompt),
      outputTokens: Int32Array.from(requests, ({ output }) => output),
    },
    functions: [{
      name: "f",
      engine: {
        ...constantStepEngine({
          stepSeconds: 1,
          longestTokens: cluster.maxModelTokens,
          sequences: cluster.maxSequences,
        }),
        execution: piecewiseTime(cluster.time),
        maxTokensPerStep: cluster.maxTokensPerStep,
        kvBlocks: cluster.kvBlocks,
        blockTokens: cluster.blockTokens,
      },
      routing: leastLoaded(),
      scaling: {
        ...(decider && { decider }),
        minInstances: min,
        maxInstances: max,
        initialInstances: cluster.initial,
        activation: cluster.activation,
        reservesStarts: cluster.reservesStarts,
        keepAliveSeconds: cluster.keepAlive,
      },
      noCapacity: {
        action: cluster.action,
        limit: cluster.limit,
        timeoutSeconds: cluster.timeout,
      },
      concurrencyPerInstance: cluster.concurrency,
    }],
    starts: sequentialStarts(() => [{ stage: "all", seconds: cluster.startSeconds }]),
    horizonSeconds: cluster.horizon,
    stopAtSeconds: cluster.stopAt,
    sampleSeconds: 0.7,
  };
}
