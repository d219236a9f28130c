import { deepEqual, equal, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { pairedInterval } from "../stats/intervals.ts";
import { figureDifferences, settingDifferences, welchInterval } from "./differences.ts";
import { whatIf } from "./what_if.ts";

Deno.test("Welch's interval is the textbook's, and that of equal variances where they are", () => {
  // Variances 2.5 and 10, five each: (2.5 + 10) / 5 = 1.5811^2, 5.882 degrees of freedom.
  const { estimate, halfWidth } = welchInterval([1, 2, 3, 4, 5], [2, 4, 6, 8, 10]);
  equal(estimate, 3);
  ok(Math.abs(halfWidth - 2.4589 * 1.58114) < 2e-3, String(halfWidth));
  equal(welchInterval([1], [2]).halfWidth, Infinity);
  equal(welchInterval([1, 1], [2, 2]).halfWidth, 0);
});

Deno.test("pairs are narrower than independent runs where both see the same chance", () => {
  const before = { x: [1, 5, 9, 3], y: [1, null, 2, 3] };
  const after = { x: [2, 6.1, 10, 4], y: [1, 2, 2, 3] };
  const [paired] = figureDifferences(before, after, { paths: ["x", "y", "z"], isPaired: true });
  const all = figureDifferences(before, after, { paths: ["x", "y"], isPaired: false });
  deepEqual(paired.difference, pairedInterval(before.x, after.x));
  equal(all.length, 1);
  ok(paired.difference.halfWidth < all[0].difference.halfWidth / 20);
});

Deno.test("settings that differ are found by path", () => {
  const [one, other] = [loadConfig(), loadConfig("scheduler: { max_num_seqs: 7 }")];
  deepEqual(settingDifferences(one, other).map(({ path, after }) => [path, after]), [
    ["scheduler.max_num_seqs", 7],
  ]);
  deepEqual(settingDifferences(one, one), []);
});

Deno.test("a what-if runs both on the same seeds; twice the rate of any workload is one setting", async () => {
  const store = await Deno.makeTempDir();
  try {
    const config = loadConfig(`
execution: { source: constant, step_seconds: 10 ms }
scaling: { enabled: false }
scheduler: { max_num_seqs: 2 }
workload: { type: poisson, arrival_rate: 5, num_requests: 100,
  decode_length: { distribution: constant, mean: 5 } }
`);
    const ask = (set: readonly string[]) => whatIf({ config, set, seeds: 3, store, workers: 1 });
    const { settings, figures, seeds } = await ask(["workload.rate_scale=2"]);
    deepEqual(settings.map(({ path, after }) => [path, after]), [["workload.arrival_rate", 10]]);
    equal(seeds.length, 3);
    const rate = figures.find(({ path }) => path === "throughput_rps")!;
    // The same arrivals in half the time, but for the service of the last one.
    ok(rate.isPaired && Math.abs(rate.after / rate.before - 2) < 0.02, JSON.stringify(rate));
    const none = await ask(["workload.rate_scale=1"]);
    ok(none.figures.every(({ difference }) => difference.halfWidth === 0));
    await rejects(() => ask(["workload.rate_scale=0"]), /factor above 0/);
    await rejects(() => ask(["workload.arival_rate=1"]), /did you mean/);
  } finally {
    await Deno.remove(store, { recursive: true });
  }
});
