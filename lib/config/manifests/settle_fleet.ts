import type { Fact } from "./reading.ts";
import type { Settling } from "./settling.ts";

/** Most instances where the source has no limit. */
const NO_LIMIT = 10000;

/** How many requests an instance takes at once, and what the autoscaler aims at. */
export function settleRequests(one: Settling): void {
  const { podConcurrency, concurrencyTarget, metric } = one.facts;
  const { defaultConcurrencyTarget, defaultRateTarget } = one.facts;
  const limit = podConcurrency?.value ?? 0;
  checkKnativeLimits(one);
  if (podConcurrency !== undefined) {
    if (limit > 0) one.take(podConcurrency, "gateway.concurrency_per_instance", limit);
    else one.leave(podConcurrency, "0 is no limit, as here");
  }
  if (one.policy === "request-count") {
    const fact = concurrencyTarget ?? podConcurrency;
    if (fact !== undefined && fact.value > 0) {
      one.take(fact, "scaling.request_count.requests", fact.value);
    }
    return;
  }
  if (one.policy !== "knative-kpa") {
    if (concurrencyTarget !== undefined) {
      const why = `it is of Knative's autoscaler, and this is ${one.policy ?? "no autoscaler"}`;
      one.leave(concurrencyTarget, why);
    }
    return;
  }
  const isRate = metric?.value === "rps";
  if (metric !== undefined) {
    if (isRate || metric.value === "concurrency") {
      one.take(metric, "scaling.knative_kpa.metric", metric.value);
    } else {
      one.leave(metric, "this class of Knative's autoscaler does not have it");
      if (concurrencyTarget !== undefined) {
        one.leave(concurrencyTarget, "its metric is not taken over");
      }
      return;
    }
  }
  // Without an annotation a revision's own limit counts, and the cluster's default after it.
  const otherwise = isRate ? defaultRateTarget : limit > 0 ? undefined : defaultConcurrencyTarget;
  const aim = concurrencyTarget ?? otherwise;
  if (aim !== undefined) one.take(aim, "scaling.knative_kpa.target", aim.value);
}

/** Most requests that Knative lets a pod take at once, where the cluster does not say otherwise. */
const MOST_POD_CONCURRENCY = 1000;

/** What Knative refuses by what its cluster says. */
function checkKnativeLimits(one: Settling): void {
  if (one.deployment.isKnative !== true) return;
  const { podConcurrency, mostPodConcurrency, allowsZeroInitialScale } = one.facts;
  const most = mostPodConcurrency?.value ?? MOST_POD_CONCURRENCY;
  if (podConcurrency !== undefined && podConcurrency.value > most) {
    const { reading, key, value } = podConcurrency;
    const whose = mostPodConcurrency === undefined
      ? "Knative's limit unless container-concurrency-max-limit of config-defaults is higher"
      : `${mostPodConcurrency.key} of config-defaults`;
    one.problems.push(
      `${reading.place}: Cannot read ${key} as a whole number from 0 to ${most} (${whose}): ` +
        `current value is ${value}`,
    );
  }
  const initial = "scaling.knative_kpa.initial_scale";
  if (one.settings.get(initial) !== 0 || allowsZeroInitialScale?.value === true) return;
  if (allowsZeroInitialScale === undefined) {
    one.main.assume(`${initial}: 0 is allowed by the cluster (allow-zero-initial-scale)`);
  } else {
    one.problems.push(
      `${one.placeOf(initial)}: Cannot read initial-scale as a whole number from 1 on, since ` +
        `${allowsZeroInitialScale.key} is false: current value is 0`,
    );
  }
}

/** The number of instances. @returns That of a fleet of fixed size. */
export function settleFleet(one: Settling, engines: number): number | undefined {
  const { replicas, minReplicas, maxReplicas } = one.facts;
  if (one.policy === undefined || one.policy === "none") {
    return settleFixed(one, engines, replicas ?? minReplicas);
  }
  if (hasNoMetric(one)) return settleUnscaled(one, engines);
  if (engines > 1) {
    one.main.leave(
      one.facts.dataParallel!.key,
      `an instance is one engine: the ${engines} of a pod do not come and go together here`,
    );
  }
  const { drainSeconds } = one.facts;
  if (drainSeconds !== undefined) one.take(drainSeconds, "scaling.drain_limit", drainSeconds.value);
  if (one.facts.engine !== undefined) {
    one.assume("cold_start.preset", "vllm-v1", "how an instance starts is in no manifest");
  }
  const least = settleLeast(one);
  const most = settleMost(one, maxReplicas);
  checkBounds(one, least, most);
  settleInitial(one, least, most);
  return undefined;
}

function checkBounds(one: Settling, least: number, most: number): void {
  if (least <= most) return;
  const { minReplicas, maxReplicas } = one.facts;
  const { key, reading } = minReplicas ?? maxReplicas!;
  one.problems.push(
    `${reading.place}: Cannot read ${key} as replicas of which there are ${most} at most: ` +
      `current value is ${least}`,
  );
}

/** Where the targets of scaling policies stand. */
const TARGETS: Readonly<Record<string, readonly [target: string, list: string]>> = {
  hpa: ["scaling.hpa.target", "scaling.hpa.metrics"],
  keda: ["scaling.keda.target", "scaling.keda.triggers"],
};

/**
 * Whether none of the metrics that the autoscaler goes by is simulated, those that it has where the
 * documents name none (Kubernetes' is the use of processors) too.
 */
function hasNoMetric(one: Settling): boolean {
  const paths = TARGETS[String(one.policy)];
  return paths !== undefined && !paths.some((path) => one.settings.has(path));
}

const NO_METRIC = "none of the metrics that it scales by is simulated: give scaling.policy";

/** A fleet whose autoscaler goes by what is not simulated stays as it is, and goes by nothing else. */
function settleUnscaled(one: Settling, engines: number): number {
  one.drop("scaling", NO_METRIC);
  const { replicas, minReplicas, maxReplicas, drainSeconds } = one.facts;
  checkBounds(one, minReplicas?.value ?? 0, maxReplicas?.value || NO_LIMIT);
  const count = Math.max(1, replicas?.value ?? 0, minReplicas?.value ?? 0) * engines;
  one.main.assume(`a fleet of fixed size: ${count} (${NO_METRIC})`);
  for (const fact of [replicas, minReplicas, maxReplicas, drainSeconds]) {
    if (fact !== undefined) one.leave(fact, NO_METRIC);
  }
  return count;
}

function settleFixed(
  one: Settling,
  engines: number,
  replicas: Fact<number> | undefined,
): number {
  one.settings.delete("scaling.policy");
  const pods = replicas?.value ?? 1;
  if (pods === 0) {
    one.problems.push(
      `${replicas!.reading.place}: Cannot read ${replicas!.key} as instances of a fleet of fixed ` +
        `size: current value is 0, and nothing scales it`,
    );
  }
  const count = Math.max(1, pods) * engines;
  const note = engines === 1 ? undefined : `${pods} x ${engines} engines`;
  if (replicas !== undefined) {
    one.tell(replicas, `a fleet of fixed size: ${count}${note === undefined ? "" : ` (${note})`}`);
  } else one.main.assume(`a fleet of fixed size: ${count} (nothing says how many there are)`);
  const { maxReplicas } = one.facts;
  if (maxReplicas !== undefined) {
    one.leave(maxReplicas, "nothing here scales it");
  }
  return count;
}

function settleLeast(one: Settling): number {
  const { minReplicas } = one.facts;
  if (minReplicas === undefined) return 0;
  one.take(minReplicas, "scaling.min_instances", minReplicas.value);
  return minReplicas.value;
}

function settleMost(one: Settling, maxReplicas: Fact<number> | undefined): number {
  if (maxReplicas !== undefined && maxReplicas.value > 0) {
    one.take(maxReplicas, "scaling.max_instances", maxReplicas.value);
    return maxReplicas.value;
  }
  if (maxReplicas !== undefined) one.tell(maxReplicas, "0 is no limit");
  // RunPod's own default is that of its platform.
  if (one.deployment.platform === "runpod-like") return NO_LIMIT;
  one.assume("scaling.max_instances", NO_LIMIT, "the source has no limit");
  return NO_LIMIT;
}

function settleInitial(one: Settling, least: number, most: number): void {
  const { replicas: fact } = one.facts;
  if (fact === undefined) return;
  const count = Math.min(most, Math.max(least, fact.value));
  const note = count === fact.value ? undefined : "within the bounds";
  one.take(fact, "cold_start.initial_instances", count, note);
}
