import type { FleetMetric } from "../../../serverless/scaling/fleet_readings.ts";
import { showValue } from "../../../std/show_value.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { type KeyTable, leaves, quietly, readKeys } from "../keys.ts";
import { isMeanName, metricOf } from "../metric_of.ts";
import { type QueryMeaning, queryMeaning } from "../promql/query_meaning.ts";
import { notNegative, oneOf, positive } from "../readers.ts";
import type { Reading } from "../reading.ts";

/** Where a trigger's target and its threshold of activation stand, and what its value is. */
interface TriggerKind {
  readonly target: string;
  readonly activation: string;
  /** `query`: of Prometheus; `place`: a name in an answer; `queue`: the length of a queue. */
  readonly value: "query" | "place" | "queue";
}

const queue = (target: string, activation: string): TriggerKind => ({
  target,
  activation,
  value: "queue",
});

const TRIGGERS: Readonly<Record<string, TriggerKind>> = {
  prometheus: { target: "threshold", activation: "activationThreshold", value: "query" },
  "metrics-api": { target: "targetValue", activation: "activationTargetValue", value: "place" },
  kafka: queue("lagThreshold", "activationLagThreshold"),
  rabbitmq: queue("value", "activationValue"),
  redis: queue("listLength", "activationListLength"),
  "redis-streams": queue("pendingEntriesCount", "activationLagCount"),
  "aws-sqs-queue": queue("queueLength", "activationQueueLength"),
  "azure-servicebus": queue("messageCount", "activationMessageCount"),
  "gcp-pubsub": queue("value", "activationValue"),
};

/** What a trigger has beside its target: where the value is fetched, and by whose leave. */
const METADATA: KeyTable = {
  ...quietly(
    "serverAddress metricName query queryParameters namespace customHeaders unsafeSsl timeout " +
      "authModes authMode awsRegion identityOwner cortexOrgID url valueLocation format method mode " +
      "host hostFromEnv protocol vhostName queueName queueURL queueURLFromEnv topic consumerGroup " +
      "bootstrapServers address addressFromEnv addresses hosts ports listName stream " +
      "subscriptionName topicName subscriptionSize connectionFromEnv databaseIndex " +
      "enableTLS tls username password passwordFromEnv usernameFromEnv",
  ),
  ignoreNullValues: leaves("a metric without a value counts as KEDA's default has it"),
};

/** The keys of a trigger that say nothing of what it aims at. */
const TRIGGER: KeyTable = {
  ...quietly("type metadata metricType name authenticationRef"),
  useCachedMetrics: leaves("metrics are read at every look"),
};

/** Reads a ScaledObject's list of triggers. */
export function readTriggers(value: unknown, key: string, reading: Reading): void {
  if (!Array.isArray(value)) return reading.refuse(key, "a list", showValue(value));
  const triggers = value.flatMap((trigger, i) => {
    const here = `${key}[${i}]`;
    if (!isMapping(trigger)) {
      reading.refuse(here, "a mapping", showValue(trigger));
      return [];
    }
    return readTrigger(trigger, here, reading) ?? [];
  });
  if (triggers.length > 0) reading.settings.set("scaling.keda.triggers", triggers);
  else reading.note("strangeMetrics", key, key);
}

const METRIC_TYPE = oneOf({ AverageValue: "average-value", Value: "value" } as const);

/** One trigger as a setting; undefined for one that is not taken over. */
function readTrigger(trigger: Mapping, key: string, reading: Reading): Mapping | undefined {
  const { type, metadata, metricType } = trigger;
  const kind = typeof type === "string" && Object.hasOwn(TRIGGERS, type)
    ? TRIGGERS[type]
    : undefined;
  if (kind === undefined || !isMapping(metadata)) {
    reading.leave(key, `triggers of the type ${showValue(type)} are not simulated`);
    return undefined;
  }
  const path = `${key}.metadata`;
  const meaning = meaningOf(kind, metadata, path, reading);
  const { [kind.target]: aimed, [kind.activation]: activated, ...others } = metadata;
  const aim = reading.read(`${path}.${kind.target}`, aimed, positive);
  const least = activated === undefined
    ? undefined
    : reading.read(`${path}.${kind.activation}`, activated, notNegative);
  const metric_type = metricType === undefined
    ? undefined
    : reading.read(`${key}.metricType`, metricType, METRIC_TYPE);
  if (meaning === undefined || aim === undefined) return undefined;
  if ("left" in meaning) {
    reading.leave(key, meaning.left);
    return undefined;
  }
  readKeys(TRIGGER, trigger, reading, key);
  readKeys(METADATA, others, reading, path);
  const { metric, factor, notes } = meaning;
  const aggregate = aggregateOf(meaning, metric_type ?? "average-value");
  const setting = {
    metric,
    ...(metric_type !== undefined && { metric_type }),
    ...(aggregate !== undefined && { aggregate }),
    target: divided(aim, factor),
    ...(least !== undefined && { activation_threshold: divided(least, factor) }),
  };
  const said = factor === 1 ? notes : [`the query is ${rounded(factor)} times it`, ...notes];
  reading.tell(
    key,
    `scaling.keda.triggers: ${showValue(setting)}${
      said.length === 0 ? "" : ` (${said.join("; ")})`
    }`,
  );
  if (meaning.over === "each") {
    const way = isShare(metric) ? "mean" : "sum";
    reading.assume(`${key}: KEDA takes one series: the ${way} over instances is read for it`);
  }
  return setting;
}

/** A threshold of `factor` times a metric, as one of the metric. */
function divided(threshold: number, factor: number): number {
  return rounded(threshold / factor);
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

const isShare = (metric: FleetMetric) => metric === "kv_utilization";

/** How instances become one value, where that is not what the setting's type has anyway. */
function aggregateOf(
  { metric, over }: Pick<QueryMeaning, "metric" | "over">,
  type: "average-value" | "value",
): "sum" | "mean" | undefined {
  const isIntensive = isShare(metric) || metric === "ttft";
  const wanted = over === "each" ? isIntensive ? "mean" : "sum" : over === "sum" ? "sum" : "mean";
  const usual = type === "value" && isIntensive ? "mean" : "sum";
  return wanted === usual ? undefined : wanted;
}

/** What a trigger's value is; undefined where a mistake was noted. */
function meaningOf(
  { value }: TriggerKind,
  metadata: Mapping,
  path: string,
  reading: Reading,
): QueryMeaning | { readonly left: string } | undefined {
  if (value === "query") {
    const { query } = metadata;
    if (typeof query === "string") return queryMeaning(query);
    reading.refuse(`${path}.query`, "a query of Prometheus", showValue(query));
    return undefined;
  }
  if (value === "place") return placeMeaning(metadata.valueLocation);
  const mode = String(metadata.mode ?? "QueueLength");
  const isRate = mode === "MessageRate";
  if (!isRate && mode !== "QueueLength" && mode !== "SubscriptionSize") {
    return { left: `its mode ${showValue(mode)} is not simulated` };
  }
  const notes = [
    isRate
      ? "messages per second are taken as requests that arrive"
      : "messages in the queue are taken as requests that wait",
  ];
  return { metric: isRate ? "rps" : "waiting", over: "sum", factor: 1, notes };
}

/** A value in an answer of some service, which its name alone tells. */
function placeMeaning(location: unknown): QueryMeaning | { readonly left: string } {
  const [name] = String(location).split(/[./]/).slice(-1);
  const metric = metricOf(name);
  if (metric === undefined) {
    return { left: `what ${showValue(location)} in the answer counts is not simulated` };
  }
  const over = metric === "ttft" ? "whole" : isMeanName(name) || isShare(metric) ? "mean" : "sum";
  return { metric, over, factor: 1, notes: [`by the name ${showValue(name)} in the answer`] };
}
