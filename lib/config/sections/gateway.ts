import { FAIR_ORDERS, GATEWAY_ORDERS } from "../../scheduling/admission/gateway_orders.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { is, when } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { sectionOf } from "../section.ts";
import { choice, count, flag, quantity } from "../../settings/quantities.ts";
import { rateLimit } from "./rate_limit.ts";

const orders = policySettings({
  table: GATEWAY_ORDERS,
  path: "gateway",
  nameKey: "fairness",
  ...chosenBy("gateway.fairness"),
});

/** With one class and one tenant a fair order is that of arrival. */
const SEVERAL_OR_OFF = when(
  "there are several classes or tenants",
  "there is one class and one tenant",
  ({ gateway, workload }, { trace }) =>
    !FAIR_ORDERS.includes(gateway.fairness) || workload.classes.length > 1 ||
    workload.tenants.count > 1 ||
    trace?.namesClasses === true || trace?.namesTenants === true,
);

/** A wait has a limit. */
const HAS_TIMEOUT = when(
  "gateway.timeout or gateway.timeout_starts is set",
  "neither gateway.timeout nor gateway.timeout_starts is set",
  ({ gateway }) => gateway.timeout !== null || gateway.timeout_starts !== null,
);

const limited = count({
  min: 0,
  default: null,
  aliases: [
    "container_concurrency",
    "containerConcurrency",
    "scaling.knative_kpa.container_concurrency",
    "scaling.knative_kpa.containerConcurrency",
  ],
  describe: "Most requests given to an instance at once, Knative's `containerConcurrency`; 0 or " +
    "null: no limit.",
});

const concurrencyPerInstance: typeof limited = {
  ...limited,
  read(input) {
    const value = limited.read(input);
    return value === 0 ? null : value;
  },
};

/** What happens to a request before an instance takes it. */
export const gateway = sectionOf<Configuration["gateway"]>({
  on_no_capacity: choice(["queue", "reject", "buffer"], {
    wanted: "a way to treat requests that no instance can take",
    default: "queue",
    describe: "Queue without bound, reject, or queue within `limit` and `timeout` (`buffer`).",
  }),
  limit: count({
    min: 0,
    default: null,
    appliesWhen: is("gateway.on_no_capacity", "buffer"),
    describe: "Most requests that wait under `buffer`; null: no limit.",
    aliases: ["queue_limit"],
  }),
  timeout: quantity("seconds", {
    above: 0,
    default: null,
    appliesWhen: is("gateway.on_no_capacity", "buffer"),
    describe: "Longest wait under `buffer`, seconds; null: no limit.",
  }),
  timeout_starts: quantity("number", {
    above: 0,
    default: null,
    appliesWhen: is("gateway.on_no_capacity", "buffer"),
    describe:
      "A wait under `buffer` may be as long as so many starts (the mean of the function's " +
      "starts so far, an estimate before the first) where that is longer than `timeout`.",
  }),
  after_timeout: choice(["time-out", "reject"], {
    wanted: "what becomes of a request that has waited as long as it may",
    default: "time-out",
    appliesWhen: HAS_TIMEOUT,
    describe:
      "What a request that has waited as long as it may is: timed out (outcome `timed_out`), " +
      "or turned away by the platform, as with 429 (`rejected_wait_limit`).",
  }),
  execution_limit: quantity("seconds", {
    above: 0,
    default: null,
    aliases: ["execution_timeout"],
    describe: "Longest time that a request is in an instance, seconds; then it is cut off at the " +
      "end of the step in progress (outcome `execution_limit`). null: no limit.",
  }),
  concurrency_per_instance: concurrencyPerInstance,
  rate_limit: rateLimit("Limit on the rate of requests of all classes together."),
  fairness: {
    ...policyChoice(GATEWAY_ORDERS, {
      default: "fcfs",
      describe: "By arrival, or weighted fair queueing between classes and tenants.",
    }),
    appliesWhen: SEVERAL_OR_OFF,
  },
  ...orders.beside,
  early_rejection: flag({
    default: false,
    isCommon: true,
    describe: "Reject a request whose predicted TTFT misses its limit.",
  }),
  ...orders.sections,
}, { describe: "What happens to a request before an instance takes it." });
