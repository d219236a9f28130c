import type {
  CalibrationEntry,
  CalibrationErrors,
  HeldOutErrors,
} from "../../execution/calibrated/mod.ts";
import { gpuNamed } from "../../hardware/mod.ts";
import type { ConcurrencyPoint } from "./concurrency_points.ts";
import { UNTUNED } from "./constants.ts";
import { ConstantFitter, type ConstantGrid, type FitPoint } from "./fit_constants.ts";
import { AICONFIGURATOR, loadGeneratorOf } from "./load_generator.ts";
import type { LatencyErrors } from "./latencies.ts";
import { LOAD_POINTS_SAMPLING, LOAD_POINTS_VERSION, type LoadPoint } from "./load_points.ts";
import { replayConcurrencyPoint } from "./replay_concurrency_point.ts";
import { replayLoadPoint } from "./replay_load_point.ts";
import type { ServerRunner } from "./server.ts";

/** What is fitted on. */
export interface CalibrationPoints {
  /** Open-loop stages of asynchronously scheduling servers; overloaded ones are left out. */
  readonly load: readonly LoadPoint[];
  /** Closed-loop points; those of synchronously scheduling servers are fitted on. */
  readonly concurrency: readonly ConcurrencyPoint[];
}

/** Grid of a version that hides most of its work behind the GPU. */
const ASYNCHRONOUS: ConstantGrid = {
  stepSeconds: steps(0, 5e-5, 16),
  sequenceSeconds: steps(0, 2.5e-6, 4),
  collectiveSeconds: steps(0, 1e-6, 8),
  requestSeconds: steps(0, 5e-4, 20),
};

/**
 * Grid of a version that does its work between the GPU's steps. The time per request is given. All its
 * points but one are of one model on several GPUs, where as many collectives run in every step: what
 * they cost cannot be told from what a step costs.
 */
const SYNCHRONOUS: Omit<ConstantGrid, "requestSeconds"> = {
  stepSeconds: steps(0, 2.5e-4, 12),
  sequenceSeconds: steps(0, 1e-5, 6),
  collectiveSeconds: [0],
};

function steps(from: number, step: number, count: number): number[] {
  // Read from text, so that the values print as they are meant.
  return Array.from({ length: count + 1 }, (_, i) => Number((from + i * step).toPrecision(6)));
}

/** A point, and the family of its GPU. */
interface FamilyPoint extends FitPoint {
  readonly family: string;
}

/**
 * Fits the overhead constants: per framework version and family of GPUs, and of each version over all
 * families. TPOT and, on open-loop load, TTFT count. Closed-loop points of servers that schedule
 * asynchronously are left to check what the load points give.
 *
 * @param onProgress Called with the number of fits done.
 */
export function calibrate(
  runner: ServerRunner,
  points: CalibrationPoints,
  onProgress?: (fits: number) => void,
): CalibrationEntry[] {
  const entries: CalibrationEntry[] = [];
  const add = (
    fitter: ConstantFitter,
    of: readonly FamilyPoint[],
    facts: Pick<CalibrationEntry, "version" | "asyncScheduling" | "family" | "sampling" | "data">,
  ) => {
    const fitted = fitter.fit(of);
    const models = [...new Set(of.map((point) => point.model))];
    entries.push({
      framework: "vllm",
      ...facts,
      overhead: fitted.overhead,
      requestSeconds: fitted.requestSeconds,
      points: of.length,
      untuned: rounded(fitter.errors(of, UNTUNED)),
      errors: rounded(fitted.errors),
      leaveOneModelOut: models.length < 2 ? [] : models.map((model): HeldOutErrors => {
        const held = of.filter((point) => point.model === model);
        const constants = fitter.fit(of.filter((point) => point.model !== model));
        return { model, points: held.length, ...rounded(fitter.errors(held, constants)) };
      }),
    });
    onProgress?.(entries.length);
  };

  const load = points.load.filter((point) => !point.overloaded).map((point): FamilyPoint => ({
    model: point.server.model,
    family: familyOf(point.server.gpu),
    measured: point.measured,
    hasCollectives: point.server.tensorParallel > 1,
    predict: (overhead) =>
      replayLoadPoint(runner, point, { overhead, requestSeconds: 0 }).predicted,
  }));
  const loadFacts = {
    version: LOAD_POINTS_VERSION,
    asyncScheduling: true,
    sampling: LOAD_POINTS_SAMPLING,
    data: "vllm-load-points",
  };
  const fitter = new ConstantFitter(ASYNCHRONOUS, { ttft: 0.5, tpot: 1 });
  for (const family of new Set(load.map((point) => point.family))) {
    const of = load.filter((point) => point.family === family);
    add(fitter, of, { ...loadFacts, family });
  }
  add(fitter, load, { ...loadFacts, family: "any" });

  // The time between client and engine is that of the load points.
  const { requestSeconds } = entries[entries.length - 1];
  const synchronous = points.concurrency.filter((point) => !loadGeneratorOf(point).asyncScheduling);
  const concurrency = synchronous.map((point): FamilyPoint => ({
    model: point.model,
    family: familyOf(point.gpu),
    measured: point.measured,
    hasCollectives: point.tensorParallel > 1,
    predict(overhead) {
      const latencies = replayConcurrencyPoint(runner, point, { overhead, requestSeconds });
      return { ...latencies, ttftSeconds: latencies.ttftSeconds - requestSeconds };
    },
  }));
  if (concurrency.length > 0) {
    const grid = { ...SYNCHRONOUS, requestSeconds: [requestSeconds] };
    const closed = new ConstantFitter(grid, { ttft: 0, tpot: 1 });
    add(closed, concurrency, {
      version: "0.12.0",
      asyncScheduling: false,
      family: "any",
      sampling: AICONFIGURATOR.sampling,
      data: "vllm-concurrency-points",
    });
  }
  return entries;
}

function familyOf(gpu: string): string {
  return gpuNamed(gpu).generation.split("-")[0];
}

function rounded({ ttft, tpot, e2e }: LatencyErrors): CalibrationErrors {
  const digits = (share: number) => Math.round(share * 1e4) / 1e4;
  return {
    ttft: digits(ttft),
    tpot: digits(tpot),
    ...(!Number.isNaN(e2e) && { e2e: digits(e2e) }),
  };
}
