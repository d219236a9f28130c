import { ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import {
  erlangB,
  erlangC,
  littlesLaw,
  md1,
  mg1,
  mm1,
  mmc,
  mmcWaitQuantile,
} from "./queueing_theory.ts";
import { testingRandom } from "./testing_random.ts";

function near(got: number, want: number, relative = 1e-12): void {
  ok(Math.abs(got - want) <= relative * Math.abs(want), `${got} is not ${want}`);
}

Deno.test("mm1() at 80 % load: 4 in system, 3.2 waiting, wait of four services", () => {
  const queue = mm1(0.8, 1);
  near(queue.utilization, 0.8);
  near(queue.inSystem, 4);
  near(queue.queueLength, 3.2);
  near(queue.waitSeconds, 4);
  near(queue.responseSeconds, 5);
  near(queue.waitProbability, 0.8);
});

Deno.test("md1() waits half as long as mm1()", () => {
  const load = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(fc.property(load, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (rho, service) => {
    near(md1(rho / service, service).waitSeconds, mm1(rho / service, service).waitSeconds / 2);
  }));
});

Deno.test("mmc() gives the textbook values", () => {
  // Two servers at half load: Erlang C = 1/3. Three servers, two erlangs: C = 4/9, Lq = 8/9.
  near(erlangC(2, 1), 1 / 3);
  const queue = mmc(2, 1, 3);
  near(queue.waitProbability, 4 / 9);
  near(queue.queueLength, 8 / 9);
  near(queue.inSystem, 26 / 9);
  near(queue.waitSeconds, 4 / 9);
});

Deno.test("mmc() with one server is mm1(), and pooling never lengthens the wait", () => {
  const load = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  fc.assert(fc.property(load, fc.integer({ min: 1, max: 50 }), (rho, servers) => {
    near(mmc(rho, 1, 1).waitSeconds, mm1(rho, 1).waitSeconds, 1e-11);
    ok(
      mmc(rho * (servers + 1), 1, servers + 1).waitSeconds <=
        mmc(rho * servers, 1, servers).waitSeconds,
    );
  }));
});

Deno.test("erlangB() gives the tabulated blocking and its limits", () => {
  near(erlangB(3, 2), 4 / 19);
  near(erlangB(10, 10), 0.2145823, 1e-6);
  near(erlangB(1, 1), 0.5);
  strictEqual(erlangB(0, 5), 1);
  strictEqual(erlangB(4, 0), 0);
  // A large group does not overflow: with as many servers as erlangs about sqrt(2 / (pi c)).
  near(erlangB(100_000, 100_000), Math.sqrt(2 / (Math.PI * 100_000)), 0.01);
});

Deno.test("erlangB() equals its sum of powers over factorials", () => {
  const load = fc.double({ min: 0.1, max: 30, noNaN: true });
  fc.assert(fc.property(load, fc.integer({ min: 1, max: 40 }), (erlangs, servers) => {
    let term = 1;
    let sum = 1;
    for (let k = 1; k <= servers; k++) sum += term *= erlangs / k;
    near(erlangB(servers, erlangs), term / sum);
  }));
});

Deno.test("mg1() interpolates between constant and exponential service", () => {
  near(mg1(0.5, 1, 0).waitSeconds, 0.5);
  near(mg1(0.5, 1, 1).waitSeconds, 1);
  near(mg1(0.5, 1, 4).waitSeconds, 2.5);
});

Deno.test("mg1() agrees with Lindley's recursion on hyperexponential service", () => {
  const random = testingRandom(10);
  // Half the services have mean 0.5, half 1.5: mean 1, E[S^2] = (0.5 + 4.5) / 2 = 2.5.
  let wait = 0;
  let total = 0;
  const customers = 2_000_000;
  for (let i = 0; i < customers; i++) {
    total += wait;
    const service = (random.uniform() < 0.5 ? 0.5 : 1.5) * random.exponential();
    wait = Math.max(0, wait + service - random.exponential() / 0.5);
  }
  near(total / customers, mg1(0.5, 1, 1.5).waitSeconds, 0.02);
});

Deno.test("mmcWaitQuantile() inverts the tail of the waiting time", () => {
  const { waitProbability } = mmc(2, 1, 3);
  strictEqual(mmcWaitQuantile(2, 1, 3, 0.5), 0);
  for (const q of [0.6, 0.9, 0.99]) {
    const seconds = mmcWaitQuantile(2, 1, 3, q);
    near(waitProbability * Math.exp(-(3 - 2) * seconds), 1 - q);
  }
});

Deno.test("littlesLaw() is the rate times the time", () => {
  strictEqual(littlesLaw(2, 5), 10);
});

Deno.test("queues without a steady state are refused with the caller's values", () => {
  throws(() => mm1(1, 1), /current value is 1 arrivals\/s of 1 s on 1/);
  throws(() => mmc(5, 1, 4), RangeError);
  throws(() => mmc(1, 1, 2.5), RangeError);
  throws(() => erlangC(2, 2), RangeError);
  throws(() => erlangB(-1, 2), RangeError);
  throws(() => mg1(0.5, 1, -1), RangeError);
  throws(() => mmcWaitQuantile(0.5, 1, 1, 1), RangeError);
});
