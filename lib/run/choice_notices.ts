import type { Configuration } from "../config/configuration.ts";
import { hpaPolicy } from "../serverless/scaling/hpa.ts";
import type { RequestTable } from "../workload/mod.ts";
import type { ServiceClass } from "./classes.ts";

/** What decides whether a policy can tell requests apart. */
interface Workload {
  readonly table: RequestTable;
  readonly classes: readonly ServiceClass[];
}

/**
 * Policies that were chosen and that, as the workload is, have nothing to go by: one sentence each.
 *
 * @param configs The configuration of each function.
 */
export function choiceNotices(configs: readonly Configuration[], workload: Workload): string[] {
  return [...new Set(configs.flatMap((config) => ofFunction(config, workload)))];
}

function ofFunction(config: Configuration, { table, classes }: Workload): string[] {
  const { scheduler, cluster: { routing }, gateway } = config;
  const areAlike = (of: (one: ServiceClass) => number) => new Set(classes.map(of)).size <= 1;
  const order = scheduler.scheduling_policy;
  const notices = autoscalerNotices(config);
  if (order === "priority" && areAlike(({ priority }) => priority)) {
    notices.push("scheduler.scheduling_policy priority is fcfs: all requests have one priority");
  }
  if (order === "edf" && areAlike(({ slo }) => slo.ttftSeconds)) {
    notices.push(
      "scheduler.scheduling_policy edf is fcfs: all requests have one limit of the TTFT",
    );
  }
  if (routing.policy === "session" && table.sessionId === undefined) {
    notices.push("cluster.routing.policy session has nothing to go by: there are no sessions");
  }
  if (routing.policy === "prefix-affinity") {
    const why = table.prefix === undefined
      ? "no prompts share anything"
      : scheduler.prefix_caching
      ? undefined
      : "scheduler.prefix_caching is false";
    if (why !== undefined) {
      notices.push(`cluster.routing.policy prefix-affinity has nothing to go by: ${why}`);
    }
  }
  if (
    gateway.on_no_capacity === "buffer" && gateway.limit === null && gateway.timeout === null &&
    gateway.timeout_starts === null
  ) {
    notices.push(
      "gateway.on_no_capacity buffer is queue: neither gateway.limit nor gateway.timeout is set",
    );
  }
  return notices;
}

/** Settings of autoscalers that others of theirs take the place of, or that nothing calls for. */
function autoscalerNotices({ scaling: { enabled, policy, hpa, keda } }: Configuration): string[] {
  const notices: string[] = [];
  if (!enabled) return notices;
  const { stabilization_window: window } = hpa.behavior.scale_down;
  const { defaultValue } = hpaPolicy.settings.scaleDownStabilizationSeconds;
  if (policy === "hpa" && window !== null && hpa.scale_down_stabilization !== defaultValue) {
    notices.push(
      "scaling.hpa.scale_down_stabilization has no effect: " +
        "scaling.hpa.behavior.scale_down.stabilization_window is set",
    );
  }
  if (policy === "keda" && (keda.idle_replica_count ?? 0) > 0) {
    notices.push(
      `scaling.keda.idle_replica_count ${keda.idle_replica_count}: KEDA supports 0 alone, since ` +
        "Kubernetes' autoscaler would bring back scaling.min_instances; here the number lasts until " +
        "a trigger is active",
    );
  }
  if (policy === "keda" && keda.fallback.replicas !== null && keda.outages.length === 0) {
    notices.push(
      "scaling.keda.fallback has nothing to stand for: scaling.keda.outages has no time without metrics",
    );
  }
  return notices;
}
