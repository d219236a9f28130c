import { ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { mdc, mgc, mgcWaitAtLeast, mgcWaitQuantile } from "./multiserver_waits.ts";
import { mg1, mmc, mmcWaitQuantile } from "./queueing_theory.ts";
import { testingRandom } from "./testing_random.ts";

function near(got: number, wanted: number, tolerance: number, what = ""): void {
  ok(Math.abs(got - wanted) <= tolerance * Math.abs(wanted), `${what} ${got} is not ${wanted}`);
}

/**
 * Mean wait of M/D/c with service 1, by Crommelin's argument: who is in service now is gone a service
 * later, so that the numbers in the system at such distances are a Markov chain, iterated to its limit.
 */
function exactMdcWait(rate: number, servers: number): number {
  const most = Math.ceil(servers + 30 + 12 / (1 - rate / servers));
  const arrivals = [Math.exp(-rate)];
  while (arrivals.length < rate || arrivals[arrivals.length - 1] > 1e-15) {
    arrivals.push(arrivals[arrivals.length - 1] * rate / arrivals.length);
  }
  let states = new Float64Array(most + 1);
  states[0] = 1;
  for (let round = 0, change = 1; round < 20_000 && change > 1e-13; round++) {
    const next = new Float64Array(most + 1);
    for (let n = 0; n <= most; n++) {
      if (states[n] === 0) continue;
      const left = Math.max(0, n - servers);
      for (let k = 0; k < arrivals.length; k++) {
        next[Math.min(most, left + k)] += states[n] * arrivals[k];
      }
    }
    change = 0;
    for (let n = 0; n <= most; n++) change = Math.max(change, Math.abs(next[n] - states[n]));
    states = next;
  }
  return states.reduce((all, one, n) => all + Math.max(0, n - servers) * one, 0) / rate;
}

Deno.test("mdc() and mgc() of constant service are near the exact wait, where it is worth a word", () => {
  for (const servers of [1, 2, 5, 10, 20]) {
    for (const load of [0.5, 0.7, 0.9]) {
      const exact = exactMdcWait(load * servers, servers);
      const { waitSeconds } = mdc(load * servers, 1, servers);
      near(waitSeconds, exact, exact < 0.02 ? 0.35 : 0.02, `${servers} at ${load}:`);
      near(mgc(load * servers, 1, servers, 0).waitSeconds, waitSeconds, 1e-12);
    }
  }
});

Deno.test("mgc() is exact for one server and for exponential service", () => {
  const load = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const cv = fc.double({ min: 0, max: 9, noNaN: true });
  fc.assert(fc.property(load, cv, fc.integer({ min: 1, max: 60 }), (rho, squaredCv, servers) => {
    near(mgc(rho, 1, 1, squaredCv).waitSeconds, mg1(rho, 1, squaredCv).waitSeconds, 1e-9);
    const { waitSeconds } = mmc(rho * servers, 1, servers);
    near(mgc(rho * servers, 1, servers, 1).waitSeconds, waitSeconds, 1e-9);
    // More variable service never shortens the wait.
    ok(
      mgc(rho * servers, 1, servers, squaredCv).waitSeconds <=
        mgc(rho * servers, 1, servers, squaredCv + 0.1).waitSeconds * (1 + 1e-12),
    );
    near(
      mgcWaitQuantile(rho * servers, 1, servers, 1, 0.99),
      mmcWaitQuantile(rho * servers, 1, servers, 0.99),
      1e-9,
    );
  }));
});

/** Mean wait and 0.95 quantile of a queue with these services, by the recursion of Kiefer and Wolfowitz. */
function simulated(rate: number, servers: number, service: () => number, seed: number) {
  const random = testingRandom(seed);
  const freeAt = new Float64Array(servers);
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 200_000; i++) {
    now += random.exponential() / rate;
    let first = 0;
    for (let k = 1; k < servers; k++) if (freeAt[k] < freeAt[first]) first = k;
    const start = Math.max(now, freeAt[first]);
    freeAt[first] = start + service();
    if (i >= 5000) waits.push(start - now);
  }
  const sorted = Float64Array.from(waits).sort();
  return {
    mean: waits.reduce((all, one) => all + one, 0) / waits.length,
    q95: sorted[Math.floor(0.95 * sorted.length)],
  };
}

Deno.test("mgc() and its quantile are as near to simulated queues as they say", () => {
  const random = testingRandom(5);
  const erlang2 = () => (random.exponential() + random.exponential()) / 2;
  // Balanced means: squaredCv 4.
  const p = (1 + Math.sqrt(3 / 5)) / 2;
  const hyper = () => random.exponential() / (random.uniform() < p ? 2 * p : 2 * (1 - p));
  const { mean: constant } = simulated(3.2, 4, () => 1, 3);
  near(constant, exactMdcWait(3.2, 4), 0.05, "constant service:");
  near(exactMdcWait(0.8, 1), 2, 1e-5, "one server:");
  for (const [service, squaredCv, tolerance] of [[erlang2, 0.5, 0.07], [hyper, 4, 0.2]] as const) {
    const { mean, q95 } = simulated(3.2, 4, service, 3);
    near(mgc(3.2, 1, 4, squaredCv).waitSeconds, mean, tolerance, `squaredCv ${squaredCv}:`);
    near(mgcWaitQuantile(3.2, 1, 4, squaredCv, 0.95), q95, 0.25, `quantile of ${squaredCv}:`);
    ok(mgcWaitAtLeast(3.2, 1, 4, squaredCv) <= mean);
  }
});

Deno.test("Brumelle's bound lies below every wait that is known, and is exact for one server", () => {
  for (const servers of [1, 2, 5, 10, 20]) {
    for (const load of [0.5, 0.9, 0.98]) {
      const rate = load * servers;
      ok(mgcWaitAtLeast(rate, 1, servers, 1) <= mmc(rate, 1, servers).waitSeconds + 1e-12);
      if (load < 0.95) {
        ok(mgcWaitAtLeast(rate, 1, servers, 0) <= exactMdcWait(rate, servers) * 1.0001);
      }
    }
  }
  near(mgcWaitAtLeast(0.8, 1, 1, 4), mg1(0.8, 1, 4).waitSeconds, 1e-12);
  ok(mgcWaitAtLeast(9.8, 1, 10, 1) > 0, "it says something in heavy traffic");
  strictEqual(mgcWaitAtLeast(1, 1, 10, 1), 0);
});

Deno.test("what no M/G/c queue is, is refused", () => {
  throws(() => mgc(1, 1, 2, -1), /squared coefficient of variation >= 0/);
  throws(() => mgc(3, 1, 2, 1), /load below its servers/);
  throws(() => mgcWaitQuantile(1, 1, 2, 1, 1), /a share in \[0, 1\)/);
  strictEqual(mgc(0, 1, 4, 2).waitSeconds, 0);
});
