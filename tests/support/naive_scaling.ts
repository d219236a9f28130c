import type { NaiveScaling } from "./naive_cases.ts";
import type { NaiveRun } from "./naive_simulator.ts";
import type { NaiveRequest } from "./naive_state.ts";

/** The sum of some numbers. */
export const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);

/** What a scaling policy is told. */
export type NaiveSignals = ReturnType<typeof naiveSignals>;

/**
 * The policy `concurrency` within its bounds and delays, once more, from what the page on elastic
 * fleets and the reference say of it: given all signals so far, the last being the present ones, how
 * many instances there are to be, and whether that is a change.
 */
export function naivePolicy(
  scaling: NaiveScaling,
  { min, max }: { readonly min: number; readonly max: number },
): (signals: readonly NaiveSignals[]) => { desired: number; isChange: boolean } {
  const { target, period, surplusSeconds, downWindow, keepsLast } = scaling;
  const { maxStepUp, maxStepDown, upCooldown, downCooldown } = scaling;
  const { scrapeDelay, actuationDelay } = scaling;
  const needs: { at: number; count: number }[] = [];
  let idleSeconds = 0;
  let changedAt = -Infinity;
  let decided = NaN;

  /** One instance more while requests need it, one fewer after an idle time. */
  function wish(
    { queued, inFlight, arrivals }: NaiveSignals,
    now: number,
    current: number,
  ): number {
    const asked = Math.ceil((queued + inFlight) / target);
    needs.push({ at: now, count: asked });
    const recent = needs.filter(({ at }) => at > now - downWindow - 1e-9);
    const greatest = Math.max(...recent.map(({ count }) => count));
    const needed = Math.max(asked, Math.min(current, greatest));
    if (arrivals > 0) idleSeconds = 0;
    if (needed > current) return current + 1;
    if (needed === current || (keepsLast && current === 1)) return current;
    const goes = idleSeconds >= surplusSeconds;
    idleSeconds = goes ? 0 : idleSeconds + period;
    return goes ? current - 1 : current;
  }

  return (signals) => {
    const { nowSeconds: now, ready, starting } = signals[signals.length - 1];
    const isOldEnough = ({ nowSeconds }: NaiveSignals) => nowSeconds <= now - scrapeDelay + 1e-9;
    const seen = signals.findLast(isOldEnough);
    const current = now <= changedAt + actuationDelay ? decided : ready + starting;
    let desired = current;
    if (seen !== undefined) {
      desired = wish(seen, now, ready + starting);
      desired = Math.min(current + maxStepUp, Math.max(current - maxStepDown, desired));
      if (desired > current && now - changedAt < upCooldown) desired = current;
      if (desired < current && now - changedAt < downCooldown) desired = current;
    }
    desired = Math.min(max, Math.max(min, desired));
    const isChange = desired !== current;
    if (isChange) [changedAt, decided] = [now, desired];
    return { desired, isChange };
  };
}

/** What the policy is told now, of the time since the last evaluation. */
export function naiveSignals(run: NaiveRun, last: number) {
  const { now, requests, waiting } = run;
  const isNew = (at: number) => at <= now && (at > last || last === 0);
  const isCounted = ({ outcome, arrival }: NaiveRequest) =>
    !outcome.startsWith("rejected") && arrival <= now;
  const counted = requests.filter(isCounted).filter((one) =>
    one.outcome !== "unfinished" || one.instance >= 0 ||
    waiting.some(({ request }) => request === one)
  );
  const present = counted.filter(({ endedAt }) => endedAt > now);
  const ready = run.inState("ready");
  const ttfts = requests.filter(({ tokens }) => isNew(tokens[0]))
    .map(({ tokens, arrival }) => tokens[0] - arrival).sort((a, b) => a - b);
  const completed = requests.filter(({ outcome, endedAt }) =>
    outcome === "completed" && isNew(endedAt)
  );
  const gaps = sum(completed.map(({ limit }) => limit - 1));
  const overlap = (from: number, to: number, since: number) =>
    Math.max(0, Math.min(to, now) - Math.max(from, since));
  const up = sum(ready.map((one) => overlap(one.ready, now, last)));
  const busy = sum(
    ready.flatMap(({ steps }) => steps.map(({ from, to }) => overlap(from, to, last))),
  );
  return {
    nowSeconds: now,
    ready: ready.length,
    starting: run.inState("starting").length,
    queued: waiting.length,
    inFlight: sum(run.inState("ready", "draining").map((one) => run.inside(one))),
    waiting: sum(ready.map(({ queue }) => queue.length)),
    oldestWaitSeconds: Math.max(0, ...waiting.map(({ request }) => now - request.arrival)),
    concurrency: sum(counted.map((one) => overlap(one.arrival, one.endedAt, last))) /
      (now - last),
    arrivals: requests.filter(({ arrival }) => isNew(arrival)).length,
    completions: completed.length,
    busyFraction: up > 0 ? Math.min(1, busy / up) : 0,
    kvUtilization: ready.length > 0
      ? sum(ready.map((one) => run.usedBlocks(one))) / ready.length / run.cluster.kvBlocks
      : 0,
    ttftP95Seconds: ttfts.length > 0 ? ttfts[Math.ceil(0.95 * ttfts.length) - 1] : 0,
    tbtMeanSeconds: gaps > 0
      ? sum(completed.map(({ tokens }) => tokens[tokens.length - 1] - tokens[0])) / gaps
      : 0,
    promptTokensMean: sum(completed.map(({ prompt }) => prompt)) / Math.max(1, completed.length),
    outputTokensMean: sum(completed.map(({ limit }) => limit)) / Math.max(1, completed.length),
    idleSeconds: present.length > 0 ? 0 : now - Math.max(0, ...counted.map((one) => one.endedAt)),
  };
}
