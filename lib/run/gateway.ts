import type { FunctionParts, NoCapacityRule } from "../cluster/cluster_parts.ts";
import type { AdmissionRules, RateLimit } from "../scheduling/admission/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import { buildFairShares, type BuiltClasses, rateLimitOf } from "./classes.ts";

/** What the configuration says of the gateway. */
export interface BuiltGateway {
  /** Rules for all functions together; undefined when nobody is turned away. */
  readonly admission: AdmissionRules | undefined;
  /** What is the same for each function. */
  readonly perFunction: Pick<
    FunctionParts,
    "noCapacity" | "concurrencyPerInstance" | "routingStalenessSeconds" | "fairShares"
  >;
  /** What a user should know. */
  readonly notices: readonly string[];
}

/** The gateway: who is let in, who waits how long, and in which order. */
export function buildGateway(config: Configuration, built: BuiltClasses): BuiltGateway {
  const { gateway, cluster } = config;
  const isFair = gateway.fairness === "weighted";
  const admission = admissionRules(gateway, built);
  const notices: string[] = [];
  if (isFair && gateway.concurrency_per_instance === null) {
    notices.push(
      "gateway.fairness orders the gateway's queue, and without gateway.concurrency_per_instance " +
        "requests wait there only while no instance is ready",
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
      routingStalenessSeconds: cluster.routing.staleness,
      ...(isFair && { fairShares: buildFairShares(built.table, built.classes) }),
    },
    notices,
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
    timeoutSeconds: gateway.timeout ?? Infinity,
  };
}
