import { log } from "./elementary/mod.ts";
import { mg1, mmc, type QueueMeans } from "./queueing_theory.ts";

/** By how much more than half the wait of exponential service that of constant service is at most. */
const MOST_MORE = 0.24;

/**
 * Poisson arrivals, constant service, `servers` servers with one queue: Cosmetatos's approximation, with
 * Whitt's limit in light traffic.
 *
 * Exact for one server. Up to 50 servers its mean wait is within 2 % where that is more than a fiftieth
 * of the service; where it is less, it is up to a third too low.
 *
 * @param arrivalsPerSecond >= 0 and below servers / serviceSeconds.
 * @param serviceSeconds service time, > 0.
 * @param servers an integer >= 1.
 * @source G. P. Cosmetatos 1975, "Approximate explicit formulae for the average queueing time in the
 *   processes (M/D/r) and (D/M/r)", INFOR 13(3); W. Whitt 1993, "Approximations for the GI/G/m queue",
 *   Production and Operations Management 2(2)
 *
 * @example
 * ```ts
 * import { mdc } from "./multiserver_waits.ts";
 *
 * console.log(mdc(1.6, 1, 2).waitSeconds); // 0.90; by the exact method 0.902
 * ```
 */
export function mdc(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  servers: number,
): QueueMeans {
  const exponential = mmc(arrivalsPerSecond, serviceSeconds, servers);
  const { utilization: load, waitSeconds } = exponential;
  if (load === 0) return exponential;
  const more = Math.min(
    MOST_MORE,
    (1 - load) * (servers - 1) * (Math.sqrt(4 + 5 * servers) - 2) / (16 * load * servers),
  );
  return withWait(exponential, arrivalsPerSecond, serviceSeconds, waitSeconds / 2 * (1 + more));
}

/**
 * Poisson arrivals, any service times, `servers` servers with one queue. Between constant and exponential
 * service Kimura's interpolation of both; above, the formula of Lee and Longton (also of Allen and
 * Cunneen), (1 + squaredCv) / 2 times the wait of exponential service.
 *
 * Exact for one server and for exponential service. Elsewhere an approximation on either side of the
 * truth, and no bound: for constant service as good as {@link mdc}, for Erlang's within 7 % and for
 * hyperexponential service of squaredCv 4 within 20 % of a simulated queue of four servers at a load of
 * 0.8. Above exponential service two moments do not tell the wait.
 *
 * @param arrivalsPerSecond >= 0 and below servers / serviceSeconds.
 * @param serviceSeconds mean service time, > 0.
 * @param servers an integer >= 1.
 * @param squaredCv variance of the service time over its mean squared, >= 0.
 * @source A. M. Lee and P. A. Longton 1959, Operational Research Quarterly 10(1); T. Kimura 1986,
 *   "A two-moment approximation for the mean waiting time in the GI/G/s queue", Management Science 32(6)
 *
 * @example
 * ```ts
 * import { mgc } from "./multiserver_waits.ts";
 *
 * console.log(mgc(2, 1, 3, 1).waitSeconds); // 4/9, as mmc() has it
 * ```
 */
export function mgc(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  servers: number,
  squaredCv: number,
): QueueMeans {
  requireCv(squaredCv);
  const exponential = mmc(arrivalsPerSecond, serviceSeconds, servers);
  const { waitSeconds } = exponential;
  if (waitSeconds === 0) return exponential;
  const constant = mdc(arrivalsPerSecond, serviceSeconds, servers).waitSeconds;
  const wait = squaredCv >= 1
    ? (1 + squaredCv) / 2 * waitSeconds
    : (1 + squaredCv) / (2 * squaredCv / waitSeconds + (1 - squaredCv) / constant);
  return withWait(exponential, arrivalsPerSecond, serviceSeconds, wait);
}

/**
 * Quantile of the waiting time in M/G/c: an arrival waits with Erlang's probability, and then for an
 * exponential time whose mean fits that of {@link mgc}. As good as these, and best in heavy traffic.
 *
 * @param q 0 up to, not including, 1.
 * @returns seconds.
 * @source T. Kimura 1994, "Approximations for multi-server queues: system interpolations", Queueing
 *   Systems 17
 *
 * @example
 * ```ts
 * import { mgcWaitQuantile } from "./multiserver_waits.ts";
 *
 * console.log(mgcWaitQuantile(0.8, 1, 1, 1, 0.99)); // 21.9, as mmcWaitQuantile() has it
 * ```
 */
export function mgcWaitQuantile(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  servers: number,
  squaredCv: number,
  q: number,
): number {
  if (!(q >= 0 && q < 1)) {
    throw new RangeError(`Cannot take a waiting time as a share in [0, 1): current value is ${q}`);
  }
  const { waitSeconds, waitProbability } = mgc(
    arrivalsPerSecond,
    serviceSeconds,
    servers,
    squaredCv,
  );
  if (waitProbability <= 1 - q) return 0;
  return log(waitProbability / (1 - q)) * waitSeconds / waitProbability;
}

/**
 * A mean wait that no M/G/c queue, first come first served, stays below: that of one server as fast as
 * all of them, less what the others may still be busy with.
 *
 * @returns seconds, 0 where nothing is known.
 * @source S. L. Brumelle 1971, "Some inequalities for parallel-server queues", Operations Research 19(2)
 *
 * @example
 * ```ts
 * import { mgcWaitAtLeast } from "./multiserver_waits.ts";
 *
 * console.log(mgcWaitAtLeast(1.8, 1, 2, 0)); // 2; mdc() says 2.26
 * ```
 */
export function mgcWaitAtLeast(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  servers: number,
  squaredCv: number,
): number {
  requireCv(squaredCv);
  const { waitSeconds } = mg1(arrivalsPerSecond, serviceSeconds / servers, squaredCv);
  const residual = serviceSeconds * (1 + squaredCv) / 2;
  return Math.max(0, waitSeconds - (servers - 1) / servers * residual);
}

function withWait(
  means: QueueMeans,
  rate: number,
  serviceSeconds: number,
  waitSeconds: number,
): QueueMeans {
  const responseSeconds = waitSeconds + serviceSeconds;
  return {
    ...means,
    waitSeconds,
    responseSeconds,
    queueLength: rate * waitSeconds,
    inSystem: rate * responseSeconds,
  };
}

function requireCv(squaredCv: number): void {
  if (squaredCv >= 0 && squaredCv < Infinity) return;
  throw new RangeError(
    `Cannot solve M/G/c as with a squared coefficient of variation >= 0: ` +
      `current value is ${squaredCv}`,
  );
}
