import type { ScalePerRequestFigures } from "./scale_per_request.ts";

/** The part of a run that an experiment's log would hold. */
export type RequestLog = Pick<ScalePerRequestFigures, "arrivalAtSeconds" | "lives">;

/** How the experimenters look at a log. */
export interface LambdaExperiment {
  /** Length of an experiment, seconds. */
  readonly lengthSeconds: number;
  /** Idle time after which an instance goes, seconds. */
  readonly idleSeconds: number;
  /** Idle time that the analysis counts an instance for after its last request, seconds. */
  readonly countedIdleSeconds: number;
}

/** What an experiment reads. */
export interface LambdaReading {
  /** Share of cold starts: the mean of ten parts of the log. */
  readonly coldShare: number;
  /** Mean number of instances. */
  readonly instances: number;
}

const PARTS = 10;
/** Share of a log's time at its begin that is left out. */
const LEFT_OUT = 1 / 4;

/**
 * Cuts a long run into experiments and reads each as the authors of the Lambda measurements read
 * theirs. They cut the log into ten parts of as many requests, leave out the first quarter of each
 * part's time and take the mean of the ten shares of cold starts: for few requests that is more than
 * the true share, by 8 % at 190 requests. They leave out the first quarter of the log and count an
 * instance from its first request until 600 s after its last, however long it really was there.
 *
 * @source N. Mahmoudi, H. Khazaei, repository pacslab/serverless-performance-modeling:
 *   pacsltk/pacsltk/exp_parser.py, experiments/02-overall-plots.py
 */
export function readLambdaExperiments(log: RequestLog, options: LambdaExperiment): LambdaReading[] {
  const { arrivalAtSeconds: arrivals, lives } = log;
  const { lengthSeconds } = options;
  const isCold = new Uint8Array(arrivals.length);
  for (let i = 0, life = 0; life < lives.length && i < arrivals.length; i++) {
    if (lives[life].createdAtSeconds > arrivals[i]) continue;
    isCold[i] = 1;
    life++;
  }
  const readings: LambdaReading[] = [];
  for (let first = 0; first < arrivals.length;) {
    const untilSeconds = (readings.length + 1) * lengthSeconds;
    let end = first;
    while (end < arrivals.length && arrivals[end] < untilSeconds) end++;
    readings.push({
      coldShare: coldShare(arrivals.subarray(first, end), isCold.subarray(first, end)),
      instances: countInstances(lives, untilSeconds, options),
    });
    first = end;
  }
  return readings;
}

/** Mean over the parts that have requests after what is left out of them. */
function coldShare(arrivals: Float64Array, isCold: Uint8Array): number {
  const size = Math.floor(arrivals.length / PARTS);
  let shares = 0, parts = 0;
  for (let part = 0; part < PARTS; part++) {
    // Their slices end one request early.
    const from = part * size, to = from + size - 1;
    const beginSeconds = arrivals[from];
    const cutSeconds = beginSeconds + LEFT_OUT * (arrivals[to - 1] - beginSeconds);
    let requests = 0, cold = 0;
    for (let i = from; i < to; i++) {
      if (arrivals[i] <= cutSeconds) continue;
      requests++;
      cold += isCold[i];
    }
    if (requests === 0) continue;
    shares += cold / requests;
    parts++;
  }
  return shares / parts;
}

/** Mean number of instances in the experiment that ends at `untilSeconds`, as counted. */
function countInstances(
  lives: RequestLog["lives"],
  untilSeconds: number,
  { lengthSeconds, idleSeconds, countedIdleSeconds }: LambdaExperiment,
): number {
  const fromSeconds = untilSeconds - (1 - LEFT_OUT) * lengthSeconds;
  let seconds = 0;
  for (const { createdAtSeconds, stoppedAtSeconds } of lives) {
    if (createdAtSeconds >= untilSeconds) break;
    const goneSeconds = stoppedAtSeconds - idleSeconds + countedIdleSeconds;
    const counted = Math.min(goneSeconds, untilSeconds) - Math.max(createdAtSeconds, fromSeconds);
    seconds += Math.max(0, counted);
  }
  return seconds / (untilSeconds - fromSeconds);
}
