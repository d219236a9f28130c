import type { ClusterParts } from "../../lib/cluster/cluster_parts.ts";
import { OUTCOMES } from "../../lib/metrics/run_tables.ts";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { servedUntilSeconds } from "../../lib/serverless/life_phases.ts";
import type { ScalingSignals } from "../../lib/serverless/scaling/policy.ts";
import type { Happening } from "./scaled_fleet.ts";

/** Bounds of a signal; equal ones where what is known of the run leaves one value. */
export type Bounds = readonly [least: number, most: number];
/** Signals worked out anew, as far as what is known of the run says. */
export type NaiveSignals = Partial<Record<keyof ScalingSignals, Bounds>>;

const exactly = (value: number): Bounds => [value, value];
const mean = (values: readonly number[]) =>
  values.length > 0 ? values.reduce((all, one) => all + one, 0) / values.length : 0;
const ANYTHING: Bounds = [0, Infinity];

/** One request as the tables and the happenings show it. */
interface NaiveRequest {
  readonly id: number;
  readonly arrivalAtSeconds: number;
  /** Instant at which it left the function, one way or another, seconds. */
  readonly endAtSeconds: number;
  readonly isTurnedAway: boolean;
  /** Places in the log at which it was sent to an instance, and which one. */
  readonly stays: readonly { readonly place: number; readonly instanceId: number }[];
}

/** Where a request is at an evaluation. */
interface Whereabouts {
  readonly request: NaiveRequest;
  /** Its instance; -1 while it waits for one. */
  readonly instanceId: number;
  /** Instant since which it waits, seconds. */
  readonly sinceSeconds: number;
}

/**
 * Works out what a scaling policy ought to see, from the tables that a run leaves behind and from what
 * its router and its starts were told, without any running totals: everything is counted anew for
 * each evaluation.
 */
export class NaiveSignalOracle {
  readonly #run: RunRecord;
  readonly #log: readonly Happening[];
  readonly #requests: readonly NaiveRequest[];
  readonly #hidesPending: boolean;
  /** Whether requests have begun anew, so that their columns hold another first token. */
  readonly #restarts: boolean;
  /** Whether requests were given starts of their own that came to nothing, and wait anew since then. */
  readonly #losesReserved: boolean;

  /**
   * Whether it can be told where each request was: the tables do not say which start a request had of
   * its own that lost its instance later, nor when one whose start was lost began to wait like others.
   */
  readonly knowsWhereabouts: boolean;

  constructor(run: RunRecord, parts: ClusterParts, log: readonly Happening[]) {
    this.#run = run;
    this.#log = log;
    this.#restarts = parts.faults?.inFlight === "restart" && (run.faults?.requestsHit ?? 0) > 0;
    const reserves = parts.functions.some(({ scaling }) => scaling.reservesStarts);
    const failsStarts = (run.faults?.failedStarts ?? 0) > 0;
    this.#hidesPending = parts.placement !== undefined || failsStarts;
    this.#losesReserved = reserves &&
      (failsStarts || log.some((one) => one.kind === "cancel" && one.instanceId >= 0));
    const gaveUp = run.columns.outcome.some((code) => OUTCOMES[code] === "timed_out");
    this.knowsWhereabouts = !reserves ||
      ((run.faults?.requestsHit ?? 0) === 0 && !(this.#losesReserved && gaveUp));
    this.#requests = Array.from(
      { length: run.columns.count },
      (_, id) => this.#request(id, parts.functions[run.columns.functionId[id]].noCapacity),
    );
  }

  #request(id: number, { timeoutSeconds }: { readonly timeoutSeconds: number }): NaiveRequest {
    const { columns } = this.#run;
    const arrivalAtSeconds = columns.arrivalAtSeconds[id];
    const stays = this.#log.flatMap((one, place) =>
      one.kind === "route" && one.request === id ? [{ place, instanceId: one.instanceId }] : []
    );
    const reserved = columns.instanceId[id];
    if (reserved >= 0 && stays.every(({ instanceId }) => instanceId !== reserved)) {
      // Nobody chose this instance: the request had started it, and was given to it once it was ready.
      const place = this.#log.findIndex((one) =>
        one.kind === "over" && one.instanceId === reserved
      );
      stays.push({ place, instanceId: reserved });
    }
    const outcome = OUTCOMES[columns.outcome[id]];
    let heldSince = arrivalAtSeconds;
    for (const { instanceId } of stays) heldSince = this.#goneAt(instanceId);
    const endAtSeconds = outcome === "completed"
      ? columns.completedAtSeconds[id]
      : outcome === "failed"
      ? heldSince
      : outcome === "timed_out"
      ? heldSince + timeoutSeconds
      : Infinity;
    const isTurnedAway = outcome.startsWith("rejected");
    return { id, arrivalAtSeconds, endAtSeconds, isTurnedAway, stays };
  }

  #goneAt(instanceId: number): number {
    return servedUntilSeconds(this.#run.lives[instanceId]);
  }

  /** The requests inside a function at the evaluation at a place of the log. */
  #inside(functionId: number, place: number, now: number): Whereabouts[] {
    return this.#requests.filter((request) =>
      this.#run.columns.functionId[request.id] === functionId && !request.isTurnedAway &&
      request.arrivalAtSeconds <= now && request.endAtSeconds > now
    ).map((request) => {
      const stay = request.stays.filter((one) => one.place < place).at(-1);
      if (stay === undefined) {
        return { request, instanceId: -1, sinceSeconds: request.arrivalAtSeconds };
      }
      const goneAt = this.#goneAt(stay.instanceId);
      return goneAt <= now
        ? { request, instanceId: -1, sinceSeconds: goneAt }
        : { request, instanceId: stay.instanceId, sinceSeconds: NaN };
    });
  }

  /** Requests that have come by an instant and have not gone, waiting ones included. */
  requestsAt(now: number): number {
    return this.#requests.filter(({ arrivalAtSeconds, endAtSeconds, isTurnedAway }) =>
      !isTurnedAway && arrivalAtSeconds <= now && endAtSeconds > now
    ).length;
  }

  /** Integral of the requests that have come and not gone over an interval, request-seconds. */
  requestSeconds(before: number, now: number): number {
    return this.#requests.filter(({ isTurnedAway }) => !isTurnedAway).reduce(
      (sum, { arrivalAtSeconds, endAtSeconds }) =>
        sum + Math.max(0, Math.min(now, endAtSeconds) - Math.max(before, arrivalAtSeconds)),
      0,
    );
  }

  /** Times in which a function had no request between two of its requests, in their order, seconds. */
  idleTimes(functionId: number): number[] {
    const own = this.#requests.filter(({ id, isTurnedAway }) =>
      this.#run.columns.functionId[id] === functionId && !isTurnedAway
    ).sort((a, b) => a.arrivalAtSeconds - b.arrivalAtSeconds);
    const times: number[] = [];
    let lastEnd = Infinity;
    for (const { arrivalAtSeconds, endAtSeconds } of own) {
      // What ends at an instant ends before what comes then.
      if (arrivalAtSeconds >= lastEnd) times.push(arrivalAtSeconds - lastEnd);
      lastEnd = Math.max(lastEnd === Infinity ? 0 : lastEnd, endAtSeconds);
    }
    return times;
  }

  /** What the policy ought to have seen at a place of the log. */
  at(place: number): NaiveSignals {
    const one = this.#log[place];
    if (one.kind !== "evaluation") throw new RangeError(`Not an evaluation: ${one.kind}`);
    const { functionId, signals: { nowSeconds: now } } = one;
    let before = 0;
    for (const earlier of this.#log.slice(0, place)) {
      if (earlier.kind !== "evaluation" || earlier.functionId !== functionId) continue;
      before = earlier.signals.nowSeconds;
    }
    return {
      ...this.#counts(functionId, before, now),
      ...this.#instances(functionId, place, before, now),
      ...(this.knowsWhereabouts && this.#whereabouts(functionId, place, before, now)),
    };
  }

  /** Counts and latencies over (before, now], which need no whereabouts. */
  #counts(functionId: number, before: number, now: number): NaiveSignals {
    const { columns } = this.#run;
    const own = this.#requests.filter(({ id }) => columns.functionId[id] === functionId);
    const within = (at: number) => (at > before || before === 0) && at <= now;
    const done = own.filter(({ id }) => within(columns.completedAtSeconds[id]))
      .filter(({ id }) => OUTCOMES[columns.outcome[id]] === "completed").map(({ id }) => id);
    const ttfts = own.filter(({ id }) => within(columns.firstTokenAtSeconds[id]))
      .map(({ id }) => columns.firstTokenAtSeconds[id] - columns.arrivalAtSeconds[id]);
    // The p95 is the least value that 95 % of all values do not exceed.
    const p95 = Math.min(
      ...ttfts.filter((value) => ttfts.filter((v) => v <= value).length >= 0.95 * ttfts.length),
    );
    const gaps = done.reduce((sum, id) => sum + columns.outputTokens[id] - 1, 0);
    const gapSeconds = done.reduce(
      (sum, id) => sum + columns.completedAtSeconds[id] - columns.firstTokenAtSeconds[id],
      0,
    );
    return {
      arrivals: exactly(own.filter((request) => within(request.arrivalAtSeconds)).length),
      completions: exactly(done.length),
      // Who begins anew elsewhere has had a first token that the columns do not know any more.
      ...(!this.#restarts && { ttftP95Seconds: exactly(ttfts.length === 0 ? 0 : p95) }),
      tbtMeanSeconds: exactly(gaps === 0 ? 0 : gapSeconds / gaps),
      promptTokensMean: exactly(mean(done.map((id) => columns.promptTokens[id]))),
      outputTokensMean: exactly(mean(done.map((id) => columns.outputTokens[id]))),
    };
  }

  /** Instances that are ready, and those whose stop at this very instant may be before or after. */
  #readyAt(functionId: number, now: number) {
    const up = this.#run.lives.filter((life) =>
      life.functionId === functionId && life.readyAtSeconds <= now
    );
    const leavesAt = (life: RunRecord["lives"][number]) =>
      Number.isNaN(life.drainingAtSeconds) ? servedUntilSeconds(life) : life.drainingAtSeconds;
    return {
      ready: up.filter((life) => leavesAt(life) > now),
      unclear: up.filter((life) => leavesAt(life) === now),
    };
  }

  #instances(functionId: number, place: number, before: number, now: number): NaiveSignals {
    const { ready, unclear } = this.#readyAt(functionId, now);
    let starting = 0;
    for (const one of this.#log.slice(0, place)) {
      if (one.kind !== "begin" && one.kind !== "cancel" && one.kind !== "over") continue;
      if (one.instanceId < 0) continue;
      if (this.#run.lives[one.instanceId].functionId !== functionId) continue;
      starting += one.kind === "begin" ? 1 : -1;
    }
    return {
      ready: [ready.length, ready.length + unclear.length],
      // Instances that wait for GPUs, or for the next attempt at a start, are in no table.
      starting: this.#hidesPending ? [starting, Infinity] : exactly(starting),
      busyFraction: unclear.length > 0 ? [0, 1] : this.#busyFraction(ready, before, now),
      kvUtilization: [0, 1],
    };
  }

  /** Whether the columns have lost a request's first step: they hold those of its last stay. */
  #isBlurred({ id, stays }: NaiveRequest): boolean {
    const outcome = OUTCOMES[this.#run.columns.outcome[id]];
    return stays.length > 1 || (stays.length === 1 && outcome === "timed_out");
  }

  /** An engine is in a step from the first step of a request that finds it empty to the last end. */
  #busyFraction(ready: RunRecord["lives"], before: number, now: number): Bounds {
    const { columns } = this.#run;
    let up = 0, busy = 0;
    for (const { instanceId, readyAtSeconds } of ready) {
      const from = Math.max(before, readyAtSeconds);
      up += now - from;
      const inside = this.#requests.filter(({ stays }) =>
        stays.some((stay) => stay.instanceId === instanceId)
      );
      if (!this.knowsWhereabouts || inside.some((request) => this.#isBlurred(request))) {
        return [0, 1];
      }
      const spans = inside.map(({ id, endAtSeconds }) => [
        Math.max(from, columns.scheduledAtSeconds[id]),
        Math.min(now, endAtSeconds),
      ]).filter(([start, end]) => start < end).sort((a, b) => a[0] - b[0]);
      let until = from;
      for (const [start, end] of spans) {
        busy += Math.max(0, end - Math.max(start, until));
        until = Math.max(until, end);
      }
    }
    return exactly(up > 0 ? busy / up : 0);
  }

  /** What depends on where requests are. */
  #whereabouts(functionId: number, place: number, before: number, now: number): NaiveSignals {
    const all = this.#inside(functionId, place, now);
    const held = all.filter(({ instanceId }) => instanceId < 0);
    const since = held.map(({ sinceSeconds }) => sinceSeconds);
    const own = this.#requests.filter(({ id, isTurnedAway }) =>
      this.#run.columns.functionId[id] === functionId && !isTurnedAway
    );
    let requestSeconds = 0, lastEnd = 0;
    for (const { arrivalAtSeconds, endAtSeconds } of own) {
      if (!(arrivalAtSeconds <= now)) continue;
      const overlap = Math.min(now, endAtSeconds) - Math.max(before, arrivalAtSeconds);
      requestSeconds += Math.max(0, overlap);
      if (endAtSeconds <= now) lastEnd = Math.max(lastEnd, endAtSeconds);
    }
    return {
      queued: exactly(held.length),
      inFlight: exactly(all.length - held.length),
      oldestWaitSeconds: this.#losesReserved
        ? [0, now - Math.min(now, ...since)]
        : exactly(now - Math.min(now, ...since)),
      concurrency: exactly(requestSeconds / (now - before)),
      idleSeconds: exactly(all.length > 0 ? 0 : now - lastEnd),
      waiting: this.#waiting(functionId, all, now),
    };
  }

  #waiting(functionId: number, all: readonly Whereabouts[], now: number): Bounds {
    const { columns } = this.#run;
    const { ready, unclear } = this.#readyAt(functionId, now);
    const inReady = all.filter(({ instanceId }) =>
      ready.some((life) => life.instanceId === instanceId)
    );
    // A preempted request waits again, which no table shows.
    const blurs = inReady.some(({ request }) =>
      columns.preemptions[request.id] > 0 || this.#isBlurred(request)
    );
    if (unclear.length > 0 || blurs) return ANYTHING;
    // A step that begins at this instant begins after the evaluation.
    return exactly(
      inReady.filter(({ request }) => !(columns.scheduledAtSeconds[request.id] < now)).length,
    );
  }
}
