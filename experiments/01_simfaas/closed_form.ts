/** Share of cold requests and mean number of instances. */
export interface ExpirationFigures {
  readonly coldShare: number;
  readonly instances: number;
}

/** Instances beyond which nothing is counted: at the load of the experiment the rest is below 1e-12. */
const MOST_INSTANCES = 25;

/**
 * Exponential services on as many instances as are wanted, each kept for a time after its last use.
 *
 * Relabel the instances so that the busy ones are always those of the lowest rank; which one serves
 * does not change how many there are. Then instance k is there exactly if k were busy at some instant
 * of the last `expirySeconds`. The number of busy ones is that of M/M/infinity, whose first passage
 * to k gives the mean number of instances and, run backwards in time, the cold starts. A cold request
 * is taken to last as long as a warm one.
 */
export function closedForm(
  ratePerSecond: number,
  serviceSeconds: number,
  expirySeconds: number,
): ExpirationFigures {
  const load = ratePerSecond * serviceSeconds;
  let coldShare = 0;
  let instances = 0;
  // Probability that n are busy: Poisson.
  const busy = [Math.exp(-load)];
  for (let n = 1; n < MOST_INSTANCES; n++) busy.push(busy[n - 1] * load / n);
  for (let k = 1; k <= MOST_INSTANCES; k++) {
    const without = notReached(k, ratePerSecond, 1 / serviceSeconds, expirySeconds);
    coldShare += busy[k - 1] * without[k - 1];
    instances += 1 - without.reduce((sum, probability, n) => sum + busy[n] * probability, 0);
  }
  return { coldShare, instances };
}

/** Probability from each n < k busy ones that k are not reached within a time, by uniformization. */
function notReached(k: number, up: number, down: number, seconds: number): number[] {
  const fastest = up + k * down;
  // In pieces: the weights of a long one would vanish.
  const pieces = Math.max(1, Math.ceil(fastest * seconds / 20));
  const jumps = fastest * seconds / pieces;
  let state = new Array<number>(k).fill(1);
  for (let piece = 0; piece < pieces; piece++) {
    const result = new Array<number>(k).fill(0);
    let term = state;
    let weight = Math.exp(-jumps);
    for (let n = 0; n <= jumps || weight > 1e-16; n++) {
      term.forEach((value, i) => result[i] += weight * value);
      weight *= jumps / (n + 1);
      const last = term;
      term = last.map((value, i) =>
        (up * (last[i + 1] ?? 0) + (i > 0 ? i * down * last[i - 1] : 0) +
          (fastest - up - i * down) * value) / fastest
      );
    }
    state = result;
  }
  return state;
}
