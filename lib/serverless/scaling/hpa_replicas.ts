/** The pods that a horizontal pod autoscaler counts. */
export interface HpaPods {
  /** Pods that report the metric. */
  readonly ready: number;
  /** Pods that are not ready yet, those that wait for a machine included. */
  readonly starting: number;
  /** Those of them that wait for a machine; default 0. */
  readonly pending?: number;
  /** Replicas that there are to be; default: as many as there are pods. */
  readonly replicas?: number;
}

/** What the autoscaler compares the metric with. */
export interface HpaTarget {
  readonly target: number;
  /** No change while the ratio of metric to target is this near to 1. */
  readonly tolerance: number;
}

/** 3.0000000000000004 asks for 3 instances, not 4. */
const roundNoise = (value: number) => Math.round(value * 1e9) / 1e9;

const isNear = (ratio: number, tolerance: number) => Math.abs(1 - ratio) <= tolerance + 1e-12;

/**
 * What a horizontal pod autoscaler recommends for a metric of its pods. Pods that do not report it
 * count as at the target when fewer are asked for and as 0 when more are, which dampens both; pods that
 * wait for a machine count as 0 when more are asked for, and not at all when fewer are.
 *
 * @param total Sum of the metric over the ready pods.
 * @returns Replicas; undefined without a ready pod, since then there is no metric.
 * @source Kubernetes, pkg/controller/podautoscaler/replica_calculator.go (calcPlainMetricReplicas,
 *   groupPods: pending pods are ignored, pods without metrics missing)
 */
export function replicasForPods(
  total: number,
  { ready, starting, pending = 0, replicas = ready + starting }: HpaPods,
  { target, tolerance }: HpaTarget,
): number | undefined {
  if (ready === 0) return undefined;
  const ratio = total / ready / target;
  const missing = starting - pending;
  const isUp = ratio > 1;
  if (missing === 0 && !(isUp && pending > 0)) {
    return isNear(ratio, tolerance) ? replicas : Math.ceil(roundNoise(ratio * ready));
  }
  // A pod at the target adds it to the sum; one at 0 adds nothing, but is divided by.
  const sum = total + (ratio < 1 ? missing * target : 0);
  const pods = ready + missing + (isUp ? pending : 0);
  const dampened = sum / pods / target;
  const reverses = (ratio < 1 && dampened > 1) || (isUp && dampened < 1);
  if (isNear(dampened, tolerance) || reverses) return replicas;
  const asked = Math.ceil(roundNoise(dampened * pods));
  const isOtherWay = dampened < 1 ? asked > replicas : asked < replicas;
  return isOtherWay ? replicas : asked;
}

/**
 * What it recommends for a metric of the whole, with a target per replica.
 *
 * @source Kubernetes, replica_calculator.go (GetExternalPerPodMetricReplicas, GetObjectPerPodMetricReplicas)
 */
export function replicasForAverage(
  total: number,
  { ready, starting, replicas = ready + starting }: HpaPods,
  { target, tolerance }: HpaTarget,
): number {
  const pods = ready + starting;
  const isEnough = pods > 0 && isNear(total / target / pods, tolerance);
  return isEnough ? replicas : Math.ceil(roundNoise(total / target));
}

/**
 * What it recommends for a value that is to be at a target however many replicas there are.
 *
 * @source Kubernetes, replica_calculator.go (GetExternalMetricReplicas, getUsageRatioReplicaCount)
 */
export function replicasForValue(
  value: number,
  { ready, starting, replicas = ready + starting }: HpaPods,
  { target, tolerance }: HpaTarget,
): number {
  const ratio = value / target;
  if (replicas === 0) return Math.ceil(roundNoise(ratio));
  return isNear(ratio, tolerance) ? replicas : Math.ceil(roundNoise(ratio * ready));
}

/**
 * What it recommends for several metrics: the most. Where one has no value, it recommends nothing
 * unless another asks for as many replicas as there are, or more.
 *
 * @param asked What each metric asks for; undefined: it has no value.
 * @source Kubernetes, pkg/controller/podautoscaler/horizontal.go (computeReplicasForMetrics)
 */
export function replicasForAll(
  asked: readonly (number | undefined)[],
  replicas: number,
): number | undefined {
  const counts = asked.filter((count) => count !== undefined);
  if (counts.length === 0) return undefined;
  const most = Math.max(...counts);
  return counts.length < asked.length && most < replicas ? undefined : most;
}
