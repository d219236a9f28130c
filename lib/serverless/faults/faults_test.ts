import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import { randomStreams } from "../../sim/random_streams.ts";
import { availability, failures, failuresAt } from "./failures.ts";
import { retryBackoff, startFails } from "./retry.ts";
import { spotPreemptions } from "./spot.ts";

const stream = (name = "failures", seed = 1) => randomStreams(seed).take(name);

for (const [shape, cv] of [[1, 1], [2, Math.sqrt(4 / Math.PI - 1)]] as const) {
  Deno.test(`failures() of shape ${shape} have their mean and coefficient of variation`, () => {
    const process = failures({ mtbfSeconds: 1000, shape });
    const draws = stream();
    let sum = 0, squares = 0, at = 0;
    const count = 40_000;
    for (let i = 0; i < count; i++) {
      const next = process.next(draws, at);
      ok(next > at);
      sum += next - at;
      squares += (next - at) ** 2;
      at = next;
    }
    const mean = sum / count;
    // Standard error 1000 cv / 200; five of them.
    ok(Math.abs(mean - 1000) < 25 * cv, `${mean}`);
    ok(Math.abs(Math.sqrt(squares / count - mean * mean) / mean - cv) < 0.02);
  });
}

Deno.test("a node that fails and is repaired by turns is up for its availability", () => {
  const process = failures({ mtbfSeconds: 900 });
  const draws = stream();
  let now = 0, up = 0;
  while (now < 3e7) {
    const fails = process.next(draws, now);
    up += fails - now;
    now = fails + 100;
  }
  ok(Math.abs(up / now - availability(900, 100)) < 0.005);
  strictEqual(availability(900, 100), 0.9);
  strictEqual(availability(Infinity, 100), 1);
});

Deno.test("failures() never come without a rate, and are reproducible", () => {
  strictEqual(failures({ mtbfSeconds: Infinity }).next(stream(), 5), Infinity);
  const process = failures({ mtbfSeconds: 50 });
  strictEqual(process.next(stream(), 7), process.next(stream(), 7));
});

Deno.test("failuresAt() replays a log", () => {
  const process = failuresAt([10, 20, 20, 45]);
  deepStrictEqual([0, 10, 19.9, 20, 45].map((from) => process.next(stream(), from)), [
    10,
    20,
    20,
    45,
    Infinity,
  ]);
  throws(() => failuresAt([5, 4]), {
    message: "Cannot use failures as ascending instants >= 0: current value is 4 at row 1",
  });
});

Deno.test("spotPreemptions() warn before the node goes, at once when it is too soon", () => {
  const preempt = spotPreemptions({ process: failuresAt([100, 300]) });
  deepStrictEqual(preempt(stream(), 0), { noticeAtSeconds: 70, goneAtSeconds: 100 });
  deepStrictEqual(preempt(stream(), 290), { noticeAtSeconds: 290, goneAtSeconds: 300 });
  strictEqual(preempt(stream(), 300).noticeAtSeconds, Infinity);
  throws(() => spotPreemptions({ process: failuresAt([]), noticeSeconds: -1 }), RangeError);
});

Deno.test("retryBackoff() doubles up to its longest wait and gives up", () => {
  const policy = retryBackoff({ maxAttempts: 8 });
  const draws = stream();
  deepStrictEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((failed) => policy.waitSeconds(failed, draws)),
    [10, 20, 40, 80, 160, 300, 300, Infinity],
  );
});

Deno.test("retryBackoff() without a first wait never waits, however often a start fails", () => {
  const policy = retryBackoff({ initialSeconds: 0 });
  for (const failed of [1, 2, 1100, 1e6]) strictEqual(policy.waitSeconds(failed, stream()), 0);
});

Deno.test("retryBackoff() draws its jitter below the wait", () => {
  const policy = retryBackoff({ jitter: 0.5 });
  const draws = stream();
  let sum = 0;
  for (let i = 0; i < 4000; i++) {
    const wait = policy.waitSeconds(2, draws);
    ok(wait > 10 && wait <= 20);
    sum += wait;
  }
  ok(Math.abs(sum / 4000 - 15) < 0.25);
  throws(() => retryBackoff({ factor: 0.5 }), {
    name: "RangeError",
    message: "Cannot use factor as a factor >= 1: current value is 0.5",
  });
});

Deno.test("starts fail with their probability", () => {
  const draws = stream();
  let failed = 0;
  for (let i = 0; i < 10_000; i++) if (startFails(0.2, draws)) failed++;
  ok(Math.abs(failed - 2000) < 200, `${failed}`);
  strictEqual(startFails(0, draws), false);
  strictEqual(startFails(1, draws), true);
});
