import { deepEqual, equal, ok } from "#assert";
import type { InstanceLife } from "../../serverless/lifecycle.ts";
import { readLambdaExperiments } from "./lambda_experiment.ts";
import { scalePerRequest } from "./scale_per_request.ts";

/** Instances that live from one instant to another, seconds. */
function lives(...spans: [number, number][]): InstanceLife[] {
  return spans.map(([createdAtSeconds, stoppedAtSeconds], instanceId) => ({
    instanceId,
    functionId: 0,
    createdAtSeconds,
    readyAtSeconds: createdAtSeconds,
    drainingAtSeconds: stoppedAtSeconds,
    stoppedAtSeconds,
  }));
}

/** A request a second: ten parts of four, of which the second and the third request count. */
const EVERY_SECOND = Float64Array.from({ length: 80 }, (_, i) => i);
const OPTIONS = { lengthSeconds: 40, idleSeconds: 5, countedIdleSeconds: 3 };

Deno.test("an experiment is read in ten parts without their first quarter and last request", () => {
  const spans: [number, number][] = [[0, 8], [1, 30], [7, 40], [46, 80]];
  const readings = readLambdaExperiments(
    { arrivalAtSeconds: EVERY_SECOND, lives: lives(...spans) },
    OPTIONS,
  );
  deepEqual(readings.map(({ coldShare }) => coldShare), [0.05, 0.05]);
  // From second 10 on, each until two seconds before its end: 18 + 28; from second 50 on: 28.
  deepEqual(readings.map(({ instances }) => instances), [46 / 30, 28 / 30]);
});

Deno.test("a log that ends early gives as many experiments as have requests", () => {
  const log = { arrivalAtSeconds: EVERY_SECOND.subarray(0, 60), lives: lives([0, 80]) };
  equal(readLambdaExperiments(log, OPTIONS).length, 2);
});

Deno.test("few requests read as more cold starts than there are, many do not", () => {
  const bias = (ratePerSecond: number, experiments: number) => {
    const lengthSeconds = 100_800;
    const log = scalePerRequest({
      ratePerSecond,
      services: "constant",
      warmSeconds: 1.955,
      coldSeconds: 2.563,
      idleSeconds: 600,
      durationSeconds: experiments * lengthSeconds,
      maxInstances: 1000,
      seed: 1,
    });
    const readings = readLambdaExperiments(log, {
      lengthSeconds,
      idleSeconds: 600,
      countedIdleSeconds: 600,
    });
    const mean = readings.reduce((sum, { coldShare }) => sum + coldShare, 0) / readings.length;
    return mean / log.coldShare - 1;
  };
  const few = bias(0.00186, 200), many = bias(0.03, 30);
  ok(few > 0.05 && few < 0.12, `${few}`);
  ok(Math.abs(many) < 0.05, `${many}`);
});
