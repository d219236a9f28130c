import { equal, ok } from "#assert";
import { log } from "../stats/elementary/mod.ts";
import { testingRandom } from "../stats/testing_random.ts";
import type { RequestColumns } from "./run_tables.ts";
import { wholeRows } from "./rows/request_rows.ts";
import { saturation as saturationOf } from "./saturation.ts";

function saturation(requests: RequestColumns, warmupSeconds: number) {
  return saturationOf(wholeRows(requests), warmupSeconds);
}

/** Requests of a queue with `servers` servers, first come first served. */
function queue(
  seed: number,
  { servers, load, count, serviceSeconds = exponential, arrivalGap = exponential }: {
    readonly servers: number;
    readonly load: number;
    readonly count: number;
    readonly serviceSeconds?: (random: () => number) => number;
    readonly arrivalGap?: (random: () => number) => number;
  },
): RequestColumns {
  const random = testingRandom(seed);
  const uniform = () => random.uniform();
  const arrivals = new Float64Array(count);
  const starts = new Float64Array(count);
  const ends = new Float64Array(count);
  const freeAt = new Float64Array(servers);
  let now = 0;
  for (let i = 0; i < count; i++) {
    now += arrivalGap(uniform) / (load * servers);
    const server = freeAt.indexOf(Math.min(...freeAt));
    arrivals[i] = now;
    starts[i] = Math.max(now, freeAt[server]);
    ends[i] = starts[i] + serviceSeconds(uniform);
    freeAt[server] = ends[i];
  }
  return {
    count,
    arrivalAtSeconds: arrivals,
    scheduledAtSeconds: starts,
    completedAtSeconds: ends,
    coldStartWaitSeconds: new Float64Array(count),
    outcome: new Uint8Array(count).fill(1),
  } as unknown as RequestColumns;
}

function exponential(random: () => number): number {
  return -log(1 - random());
}

function alarms(runs: number, of: (seed: number) => RequestColumns): number {
  let count = 0;
  for (let seed = 0; seed < runs; seed++) {
    const requests = of(seed);
    if (saturation(requests, requests.arrivalAtSeconds.at(-1)! * 0.1) !== undefined) count++;
  }
  return count / runs;
}

Deno.test("at most 1 % of stable M/M/c runs at 90 % load are called saturated", () => {
  for (const servers of [1, 4, 32]) {
    for (const count of [100, 1000, 3000]) {
      const share = alarms(200, (seed) => queue(seed, { servers, load: 0.9, count }));
      ok(share <= 0.01, `${servers} servers, ${count} requests: ${share}`);
    }
  }
});

Deno.test("runs of an overloaded queue are called saturated", () => {
  for (const servers of [1, 4, 32]) {
    const share = (load: number, count: number) =>
      alarms(100, (seed) => queue(seed, { servers, load, count }));
    for (const called of [share(1.2, 4000), share(1.5, 1000)]) {
      ok(called > 0.9, `${servers} servers: ${called}`);
    }
  }
});

Deno.test("a saturated run says how much arrives and how much is served", () => {
  // Four servers of 0.25 s each, and six requests per second for 400 s.
  const requests = queue(1, {
    servers: 1,
    load: 6,
    count: 2400,
    serviceSeconds: () => 0.25,
    arrivalGap: () => 1,
  });
  const { arrivalsPerSecond, servedPerSecond } = saturation(requests, 0)!;
  ok(Math.abs(arrivalsPerSecond - 6) < 0.05 && Math.abs(servedPerSecond - 4) < 0.05);
});

Deno.test("requests that fill the engine until the first ones leave are no backlog", () => {
  // Each takes 60 s, and the run has 100 s: 20 s in which some leave, none of which wait.
  const long = queue(2, { servers: 1000, load: 0.01, count: 1000, serviceSeconds: () => 60 });
  equal(saturation(long, 0), undefined);
});

Deno.test("waits for a start and requests that were turned away are no backlog", () => {
  const count = 400;
  const arrivals = Float64Array.from({ length: count }, (_, i) => i / 10);
  const wait = arrivals.map((at) => 50 - at);
  const cold = {
    count,
    arrivalAtSeconds: arrivals,
    coldStartWaitSeconds: wait,
    scheduledAtSeconds: arrivals.map((at, i) => at + wait[i]),
    completedAtSeconds: arrivals.map((_, i) => 51 + i / 100),
    outcome: new Uint8Array(count).fill(1),
  } as unknown as RequestColumns;
  equal(saturation({ ...cold, completedAtSeconds: arrivals.map((at) => at + 60) }, 0), undefined);
  const none = new Float64Array(count).fill(NaN);
  const ends = { ...cold, scheduledAtSeconds: none, completedAtSeconds: none };
  ok(
    saturation({
      ...ends,
      coldStartWaitSeconds: wait.map(() => 0),
      outcome: new Uint8Array(count),
    }, 0),
  );
  equal(saturation({ ...ends, outcome: new Uint8Array(count).fill(4) }, 0), undefined);
});

/** The same where the first instance is ready at an instant: whoever came before waited for its start. */
function fromZero(requests: RequestColumns, readyAtSeconds: number): RequestColumns {
  const { arrivalAtSeconds: arrivals, scheduledAtSeconds: starts, completedAtSeconds: ends } =
    requests;
  const waits = arrivals.map((at) => Math.max(0, readyAtSeconds - at));
  return {
    ...requests,
    coldStartWaitSeconds: waits,
    scheduledAtSeconds: starts.map((at, i) => Math.max(at, arrivals[i] + waits[i])),
    completedAtSeconds: ends.map((at, i) => Math.max(at, arrivals[i] + waits[i] + at - starts[i])),
  };
}

Deno.test("a start that takes longer than requests arrive for is no lack of capacity", () => {
  for (const readyAtSeconds of [20, 80, 300]) {
    const share = alarms(300, (seed) => {
      // 32 servers, 0.8 of them busy: 100 requests arrive in 4 s, 2,000 in 80 s.
      const requests = queue(seed, { servers: 32, load: 0.8, count: seed % 2 === 0 ? 100 : 2000 });
      return fromZero(requests, readyAtSeconds);
    });
    ok(share <= 0.01, `ready at ${readyAtSeconds} s: ${share}`);
  }
});
