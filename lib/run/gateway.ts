import type { FunctionParts, GatewayOrder, NoCapacityRule } from "../cluster/cluster_parts.ts";
import {
  type AdmissionRules,
  FAIR_ORDERS,
  GATEWAY_ORDERS,
  type RateLimit,
} from "../scheduling/admission/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import type { Configuration } from "../config/configuration.ts";
import { buildFlows, type BuiltClasses, type BuiltWorkload, rateLimitOf } from "./classes.ts";

/** What the configuration says of the gateway. */
export interface BuiltGateway {
  /** Rules for all functions together; undefined when nobody is turned away. */
  readonly admission: AdmissionRules | undefined;
  /** What is the same for each function. */
  readonly perFunction: Pick<
    FunctionParts,
    | "noCapacity"
    | "concurrencyPerInstance"
    | "executionLimitSeconds"
    | "routingStalenessSeconds"
    | "gatewayOrder"
  >;
  /** What a user should know. */
  readonly notices: readonly string[];
}

/** The gateway: who is let in, who waits how long, and in which order. */
export function buildGateway(config: Configuration, built: BuiltWorkload): BuiltGateway {
  const { gateway, cluster } = config;
  const readsFlows = FAIR_ORDERS.includes(gateway.fairness);
  const admission = admissionRules(gateway, built);
  const notices: string[] = [];
  const areSeveral = built.classes.length > 1 || built.table.tenantId !== undefined;
  if (readsFlows && areSeveral && gateway.concurrency_per_instance === null) {
    notices.push(
      "gateway.fairness orders the gateway's queue, and without gateway.concurrency_per_instance " +
        "requests wait there only while no instance is ready",
    );
  }
  const { policy, fill_first: { full_at: fullAt } } = cluster.routing;
  if (policy === "fill-first" && fullAt === null && gateway.concurrency_per_instance === null) {
    notices.push(
      "cluster.routing.policy fill-first sends all requests to one instance: neither " +
        "cluster.routing.fill_first.full_at nor gateway.concurrency_per_instance sets a limit",
    );
  }
  if (gateway.early_rejection && admission?.ttftLimitSeconds === undefined) {
    notices.push("gateway.early_rejection turns nobody away without a limit slo.ttft_s");
  }
  return {
    admission,
    perFunction: {
      noCapacity: noCapacityRule(gateway),
      concurrencyPerInstance: gateway.concurrency_per_instance ?? Infinity,
      ...(gateway.execution_limit !== null && { executionLimitSeconds: gateway.execution_limit }),
      routingStalenessSeconds: cluster.routing.staleness,
      gatewayOrder: gatewayOrder(gateway, built, readsFlows),
    },
    notices,
  };
}

const ONE_FLOW = { flowOf: () => 0, weightOf: () => 1 };

/** What makes the queue of each function. */
function gatewayOrder(
  gateway: Configuration["gateway"],
  built: BuiltWorkload,
  chargesFlows: boolean,
): GatewayOrder {
  const flows = chargesFlows ? buildFlows(built) : ONE_FLOW;
  return {
    chargesFlows,
    queue: (promptTokensOf) =>
      fromConfiguration(GATEWAY_ORDERS, gateway.fairness, gateway, { ...flows, promptTokensOf }),
  };
}

function admissionRules(
  gateway: Configuration["gateway"],
  { classes }: BuiltClasses,
): AdmissionRules | undefined {
  const rateLimit = rateLimitOf(gateway.rate_limit);
  const rateLimits = new Map<number, RateLimit>();
  const ttftLimits = new Map<number, number>();
  classes.forEach((one, id) => {
    if (one.rateLimit) rateLimits.set(id, one.rateLimit);
    if (gateway.early_rejection && one.slo.ttftSeconds < Infinity) {
      ttftLimits.set(id, one.slo.ttftSeconds);
    }
  });
  if (rateLimit === undefined && rateLimits.size === 0 && ttftLimits.size === 0) return undefined;
  return {
    ...(rateLimit && { rateLimit }),
    ...(rateLimits.size > 0 && { rateLimits }),
    ...(ttftLimits.size > 0 && { ttftLimitSeconds: ttftLimits }),
  };
}

function noCapacityRule(gateway: Configuration["gateway"]): NoCapacityRule {
  return {
    action: gateway.on_no_capacity === "reject" ? "reject" : "queue",
    limit: gateway.limit ?? Infinity,
    timeoutSeconds: gateway.timeout ?? (gateway.timeout_starts === null ? Infinity : 0),
    ...(gateway.timeout_starts !== null && { timeoutStarts: gateway.timeout_starts }),
    ...(gateway.after_timeout === "reject" && { afterTimeout: gateway.after_timeout }),
  };
}
