import { log } from "./elementary/mod.ts";

/** Steady-state means of a queue. */
export interface QueueMeans {
  /** Share of time that a server is busy, 0..1. */
  readonly utilization: number;
  /** Mean time before service begins, seconds. */
  readonly waitSeconds: number;
  /** Mean time from arrival to departure, seconds. */
  readonly responseSeconds: number;
  /** Mean number of requests waiting. */
  readonly queueLength: number;
  /** Mean number of requests waiting or in service. */
  readonly inSystem: number;
  /** Probability that an arrival has to wait. */
  readonly waitProbability: number;
}

/**
 * Little's law: the mean number inside a system is the arrival rate times the mean time inside.
 *
 * @param arrivalsPerSecond mean rate of those that enter, 1/s.
 * @param meanSeconds mean time inside, seconds.
 * @source Little 1961, "A proof for the queuing formula L = lambda W", Operations Research 9(3)
 *
 * @example
 * ```ts
 * import { littlesLaw } from "./queueing_theory.ts";
 *
 * console.log(littlesLaw(2, 5)); // 10 requests
 * ```
 */
export function littlesLaw(arrivalsPerSecond: number, meanSeconds: number): number {
  return arrivalsPerSecond * meanSeconds;
}

/**
 * Poisson arrivals, exponential service, one server.
 *
 * @param arrivalsPerSecond >= 0 and below the service rate.
 * @param serviceSeconds mean service time, > 0.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 3.2
 *
 * @example
 * ```ts
 * import { mm1 } from "./queueing_theory.ts";
 *
 * console.log(mm1(0.8, 1).waitSeconds); // 4
 * ```
 */
export function mm1(arrivalsPerSecond: number, serviceSeconds: number): QueueMeans {
  return mg1(arrivalsPerSecond, serviceSeconds, 1);
}

/**
 * Poisson arrivals, constant service, one server: half the wait of M/M/1.
 *
 * @param arrivalsPerSecond >= 0 and below the service rate.
 * @param serviceSeconds service time, > 0.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 5.6
 *
 * @example
 * ```ts
 * import { md1 } from "./queueing_theory.ts";
 *
 * console.log(md1(0.8, 1).waitSeconds); // 2
 * ```
 */
export function md1(arrivalsPerSecond: number, serviceSeconds: number): QueueMeans {
  return mg1(arrivalsPerSecond, serviceSeconds, 0);
}

/**
 * Poisson arrivals, any service times, one server, first come first served
 * (Pollaczek and Khinchine).
 *
 * @param arrivalsPerSecond >= 0 and below the service rate.
 * @param serviceSeconds mean service time, > 0.
 * @param squaredCv variance of the service time over its mean squared, >= 0: 0 constant,
 *   1 exponential.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 5.6
 *
 * @example
 * ```ts
 * import { mg1 } from "./queueing_theory.ts";
 *
 * console.log(mg1(0.5, 1, 4).waitSeconds); // 2.5
 * ```
 */
export function mg1(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  squaredCv: number,
): QueueMeans {
  const load = requireStable(arrivalsPerSecond, serviceSeconds, 1);
  if (!(squaredCv >= 0)) {
    throw new RangeError(
      `Cannot solve M/G/1 as with a squared coefficient of variation >= 0: ` +
        `current value is ${squaredCv}`,
    );
  }
  const wait = load * serviceSeconds * (1 + squaredCv) / (2 * (1 - load));
  return meansFrom(arrivalsPerSecond, serviceSeconds, 1, wait, load);
}

/**
 * Poisson arrivals, exponential service, `servers` servers with one queue.
 *
 * @param arrivalsPerSecond >= 0 and below servers / serviceSeconds.
 * @param serviceSeconds mean service time, > 0.
 * @param servers an integer >= 1.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 3.5
 *
 * @example
 * ```ts
 * import { mmc } from "./queueing_theory.ts";
 *
 * console.log(mmc(2, 1, 3).waitProbability); // 4/9
 * ```
 */
export function mmc(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  servers: number,
): QueueMeans {
  const load = requireStable(arrivalsPerSecond, serviceSeconds, servers);
  const waits = erlangC(servers, load);
  const wait = waits * serviceSeconds / (servers - load);
  return meansFrom(arrivalsPerSecond, serviceSeconds, servers, wait, waits);
}

/**
 * Quantile of the waiting time in M/M/c: 0 up to the share that need not wait, exponential above.
 *
 * @param arrivalsPerSecond >= 0 and below servers / serviceSeconds.
 * @param serviceSeconds mean service time, > 0.
 * @param servers an integer >= 1.
 * @param q 0 up to, not including, 1.
 * @returns seconds.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 3.5 and problem 5.10
 *
 * @example
 * ```ts
 * import { mmcWaitQuantile } from "./queueing_theory.ts";
 *
 * console.log(mmcWaitQuantile(0.8, 1, 1, 0.99)); // ln(0.8 / 0.01) / 0.2 = 21.9
 * ```
 */
export function mmcWaitQuantile(
  arrivalsPerSecond: number,
  serviceSeconds: number,
  servers: number,
  q: number,
): number {
  if (!(q >= 0 && q < 1)) {
    throw new RangeError(`Cannot take a waiting time as a share in [0, 1): current value is ${q}`);
  }
  const load = requireStable(arrivalsPerSecond, serviceSeconds, servers);
  const waits = erlangC(servers, load);
  if (waits <= 1 - q) return 0;
  return log(waits / (1 - q)) * serviceSeconds / (servers - load);
}

/**
 * Erlang's loss formula: the probability that all servers are busy when arrivals that find no
 * server are lost. Holds for any service times with that mean.
 *
 * @param servers an integer >= 0.
 * @param offeredErlangs arrival rate times mean service time, >= 0.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 3.6, by the usual recursion
 *
 * @example
 * ```ts
 * import { erlangB } from "./queueing_theory.ts";
 *
 * console.log(erlangB(3, 2)); // 4/19
 * ```
 */
export function erlangB(servers: number, offeredErlangs: number): number {
  if (!(Number.isInteger(servers) && servers >= 0 && offeredErlangs >= 0)) {
    throw new RangeError(
      `Cannot evaluate Erlang's formula as whole servers and a load >= 0: ` +
        `current value is ${servers} servers, ${offeredErlangs} erlangs`,
    );
  }
  let blocked = 1;
  for (let c = 1; c <= servers; c++) {
    blocked = offeredErlangs * blocked / (c + offeredErlangs * blocked);
  }
  return blocked;
}

/**
 * Erlang's delay formula: the probability that an arrival has to wait in M/M/c.
 *
 * @param servers an integer >= 1.
 * @param offeredErlangs arrival rate times mean service time, >= 0 and below `servers`.
 * @source Kleinrock 1975, "Queueing systems", volume 1, section 3.5
 *
 * @example
 * ```ts
 * import { erlangC } from "./queueing_theory.ts";
 *
 * console.log(erlangC(2, 1)); // 1/3
 * ```
 */
export function erlangC(servers: number, offeredErlangs: number): number {
  const blocked = erlangB(servers, offeredErlangs);
  if (!(offeredErlangs < servers)) {
    throw new RangeError(
      `Cannot evaluate Erlang's delay formula as a load below the servers: ` +
        `current value is ${offeredErlangs} erlangs on ${servers}`,
    );
  }
  return servers * blocked / (servers - offeredErlangs * (1 - blocked));
}

/** The offered load in erlangs, after checking that the queue has a steady state. */
function requireStable(rate: number, serviceSeconds: number, servers: number): number {
  const load = rate * serviceSeconds;
  const sound = rate >= 0 && serviceSeconds > 0 && Number.isInteger(servers) && servers >= 1;
  if (sound && load < servers) return load;
  throw new RangeError(
    `Cannot solve a queue as one with load below its servers: ` +
      `current value is ${rate} arrivals/s of ${serviceSeconds} s on ${servers}`,
  );
}

function meansFrom(
  rate: number,
  serviceSeconds: number,
  servers: number,
  waitSeconds: number,
  waitProbability: number,
): QueueMeans {
  const responseSeconds = waitSeconds + serviceSeconds;
  return {
    utilization: rate * serviceSeconds / servers,
    waitSeconds,
    responseSeconds,
    queueLength: littlesLaw(rate, waitSeconds),
    inSystem: littlesLaw(rate, responseSeconds),
    waitProbability,
  };
}
