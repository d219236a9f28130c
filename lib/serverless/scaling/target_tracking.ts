import { withDefaults } from "../../settings/from_table.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `target-tracking`. */
export type TargetTrackingSettings = {
  readonly metric: "concurrency" | "invocations";
  readonly target: number;
  readonly outDatapoints: number;
  readonly outPeriods: number;
  readonly inDatapoints: number;
  readonly inPeriods: number;
  readonly inBelow: number;
  readonly outCooldownSeconds: number;
  readonly inCooldownSeconds: number;
  readonly fromZeroCooldownSeconds: number;
};

/** `target-tracking` as files name it. */
export const targetTrackingPolicy: ScalingEntry<"target-tracking", TargetTrackingSettings> = {
  name: "target-tracking",
  describe: "A metric per instance is held at a target by two alarms, as on SageMaker.",
  periodSeconds: 60,
  keepsReplicas: true,
  settings: {
    metric: choice(["concurrency", "invocations"], {
      wanted: "a metric of instances",
      default: "concurrency",
      describe:
        "Mean requests in flight per ready instance, or arrivals a minute per ready instance.",
    }),
    target: quantity("number", {
      above: 0,
      default: 5,
      describe: "Value of the metric that is aimed at.",
    }),
    outDatapoints: count({
      min: 1,
      default: 3,
      describe: "Readings above the target, of the last `out_periods`, that raise the alarm.",
    }),
    outPeriods: count({
      min: 1,
      default: 3,
      describe: "Readings that the alarm for more instances looks at.",
    }),
    inDatapoints: count({
      min: 1,
      default: 15,
      describe:
        "Readings below `in_below` of the target, of the last `in_periods`, that raise the alarm.",
    }),
    inPeriods: count({
      min: 1,
      default: 15,
      describe: "Readings that the alarm for fewer instances looks at.",
    }),
    inBelow: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.9,
      describe: "Share of the target below which a reading asks for fewer instances.",
    }),
    outCooldownSeconds: quantity("seconds", {
      min: 0,
      default: 300,
      describe:
        "Time after a scale-out in which what starts counts as part of the next one, seconds.",
    }),
    inCooldownSeconds: quantity("seconds", {
      min: 0,
      default: 300,
      describe: "Time after any change without a scale-in, seconds.",
    }),
    fromZeroCooldownSeconds: quantity("seconds", {
      key: "from_zero_cooldown",
      min: 0,
      default: 60,
      describe: "Time after a start from no instance without another, seconds.",
    }),
  },
  check: ({ outDatapoints, outPeriods, inDatapoints, inPeriods }) => [
    ...wrong("outDatapoints", outDatapoints, "out_periods", outPeriods),
    ...wrong("inDatapoints", inDatapoints, "in_periods", inPeriods),
  ],
  create: (settings, { periodSeconds }) => targetTracking({ ...settings, periodSeconds }),
};

function wrong(
  option: "outDatapoints" | "inDatapoints",
  datapoints: number,
  key: string,
  periods: number,
) {
  return datapoints <= periods
    ? []
    : [{ option, wanted: "a number of readings", allowed: `<= ${key}, which is ${periods}` }];
}

/** What `target-tracking` takes beyond its settings. */
export interface TargetTrackingOptions extends Partial<TargetTrackingSettings> {
  /** Seconds between two readings; default 60. */
  readonly periodSeconds?: number;
}

/**
 * Target tracking of Application Auto Scaling with CloudWatch alarms, and the step policy that brings
 * an endpoint back from no instance. Each period gives one reading of the metric; without a ready
 * instance there is none, which counts for neither alarm.
 * - Out: `outDatapoints` of the last `outPeriods` readings above the target: ceil(instances x reading
 *   / target). Instances that start count as ready ones within the cooldown of the scale-out that has
 *   begun them, and multiply like them after it.
 * - In: `inDatapoints` of the last `inPeriods` below `inBelow` of the target, and the cooldown since
 *   any change is over: down to the same number.
 * - From none: a period with a request brings one instance.
 *
 * @source Application Auto Scaling documentation, "Target tracking scaling policies" and
 *   TargetTrackingScalingPolicyConfiguration (cooldowns of 300 s for SageMaker); Amazon CloudWatch,
 *   alarms "M out of N"; Amazon SageMaker documentation, "Scale an endpoint to zero instances"
 *   (NoCapacityInvocationFailures, one period of 60 s, one copy, cooldown of 60 s)
 */
export function targetTracking(options: TargetTrackingOptions = {}): ScalingPolicy {
  const settings = withDefaults(targetTrackingPolicy.settings, options);
  const { metric, target, outDatapoints, outPeriods, inDatapoints, inPeriods, inBelow } = settings;
  const { outCooldownSeconds, inCooldownSeconds, fromZeroCooldownSeconds } = settings;
  const { periodSeconds = targetTrackingPolicy.periodSeconds } = options;
  checkNumber(outDatapoints, "outDatapoints", { max: outPeriods });
  checkNumber(inDatapoints, "inDatapoints", { max: inPeriods });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const longest = Math.max(outPeriods, inPeriods);
  const readings: number[] = [];
  let outAtSeconds = -Infinity;
  let inAtSeconds = -Infinity;
  let fromZeroAtSeconds = -Infinity;

  /** Whether so many of the last readings breach. */
  const breaches = (periods: number, most: number, breach: (reading: number) => boolean) =>
    readings.slice(-periods).filter(breach).length >= most;

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    remembers: longest,
    settlesWithinSeconds: inCooldownSeconds + inPeriods * periodSeconds,
    desired(signals) {
      const { nowSeconds, ready, concurrency, arrivals } = signals;
      const current = wantedInstances(signals);
      const perMinute = arrivals * 60 / periodSeconds;
      const reading = ready > 0
        ? (metric === "concurrency" ? concurrency : perMinute) / ready
        : NaN;
      readings.push(reading);
      if (readings.length > longest) readings.shift();
      if (current === 0) {
        const mayStart = nowSeconds - fromZeroAtSeconds >= fromZeroCooldownSeconds;
        if (arrivals === 0 || !mayStart) return 0;
        fromZeroAtSeconds = nowSeconds;
        outAtSeconds = nowSeconds;
        return 1;
      }
      if (ready === 0) return current;
      const of = (instances: number) => Math.max(0, Math.ceil(instances * reading / target - 1e-9));
      if (breaches(outPeriods, outDatapoints, (one) => one > target)) {
        const isCooling = nowSeconds - outAtSeconds < outCooldownSeconds;
        const wanted = of(isCooling ? ready : current);
        if (wanted <= current) return current;
        outAtSeconds = nowSeconds;
        return wanted;
      }
      const isStill = nowSeconds - Math.max(outAtSeconds, inAtSeconds) >= inCooldownSeconds;
      if (!isStill || !breaches(inPeriods, inDatapoints, (one) => one < inBelow * target)) {
        return current;
      }
      const wanted = of(current);
      if (wanted < current) inAtSeconds = nowSeconds;
      return Math.min(current, wanted);
    },
  };
}
