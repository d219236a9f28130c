import type { SummaryWithoutDigest } from "./summary.ts";
import type { LatencySummary } from "./run_tables.ts";

/** Figures of a summary that are null, and why. */
export interface UndefinedFigures {
  /** Their paths; "functions[].ttft_s" stands for any of the functions and all its parts. */
  readonly figures: readonly string[];
  /** Why no number could stand there. */
  readonly why: string;
  /** Whether they belong to what the configuration does not use, rather than to what happened. */
  readonly isUnused: boolean;
}

/** What the summary does not tell by itself. */
export interface UndefinedFacts {
  /** Whether any request could have limits. */
  readonly isLimited: boolean;
  /** Whether some function's price of a GPU is unknown. */
  readonly lacksPrice: boolean;
}

/** The summary before what is undefined in it has been explained. */
type Unexplained = Omit<SummaryWithoutDigest, "undefined_figures">;

const LATENCIES = ["ttft_s", "e2e_s", "normalized_latency_s", "scheduling_delay_s"] as const;

/** Collects figures by reason, in the order of first appearance. */
class Reasons {
  readonly #figures = new Map<
    string,
    { readonly figures: Set<string>; readonly isUnused: boolean }
  >();

  add(figure: string, value: unknown, why: string, isUnused = false): void {
    if (value !== null) return;
    const found = this.#figures.get(why);
    if (found) found.figures.add(figure);
    else this.#figures.set(why, { figures: new Set([figure]), isUnused });
  }

  /** A latency, which is null as a whole. */
  latency(figure: string, latency: LatencySummary, why: string): void {
    this.add(figure, latency.mean, why);
  }

  list(): UndefinedFigures[] {
    return [...this.#figures].map(([why, { figures, isUnused }]) => ({
      figures: [...figures],
      why,
      isUnused,
    }));
  }
}

/** Why figures of a summary are null. */
export function undefinedFigures(summary: Unexplained, facts: UndefinedFacts): UndefinedFigures[] {
  const reasons = new Reasons();
  latencies(reasons, summary);
  limits(reasons, summary, facts);
  costs(reasons, summary, facts);
  parts(reasons, summary);
  return reasons.list();
}

function latencies(reasons: Reasons, summary: Unexplained): void {
  const none = "no request that arrived after the warm-up completed";
  for (const key of LATENCIES) reasons.latency(key, summary[key], none);
  const isEmpty = summary.e2e_s.mean === null;
  const single = "no request that completed after the warm-up has two output tokens";
  reasons.latency("tpot_s", summary.tpot_s, isEmpty ? none : single);
  reasons.latency("tbt_s", summary.tbt_s, "no output token followed another after the warm-up");
  for (const { ttft_s, tpot_s, e2e_s } of summary.classes) {
    const ofClass = "no request of a class that arrived after the warm-up completed";
    reasons.latency("classes[].ttft_s", ttft_s, ofClass);
    reasons.latency("classes[].e2e_s", e2e_s, ofClass);
    reasons.latency("classes[].tpot_s", tpot_s, e2e_s.mean === null ? ofClass : single);
  }
  for (const { ttft_s } of summary.functions) {
    const ofFunction = "no request of a function that arrived after the warm-up completed";
    reasons.latency("functions[].ttft_s", ttft_s, ofFunction);
  }
}

function limits(reasons: Reasons, summary: Unexplained, { isLimited }: UndefinedFacts): void {
  const unlimited = "no limits are set in the section slo";
  const why = isLimited ? "no request arrived after the warm-up" : unlimited;
  reasons.add("slo_attainment", summary.slo_attainment, why, !isLimited);
  reasons.add("goodput_rps", summary.goodput_rps, why, !isLimited);
  for (const row of summary.classes) {
    const isEmpty = row.arrived === 0;
    const own = isEmpty
      ? "no request of a class arrived after the warm-up"
      : "a class has no limits";
    reasons.add("classes[].slo_attainment", row.slo_attainment, own, !isEmpty);
  }
  for (const row of summary.functions) {
    const isEmpty = row.arrived === 0;
    const own = isEmpty
      ? "no request of a function arrived after the warm-up"
      : "a function has no limits";
    reasons.add("functions[].slo_attainment", row.slo_attainment, own, !isEmpty);
  }
}

function costs(reasons: Reasons, summary: Unexplained, facts: UndefinedFacts): void {
  const { cost, requests } = summary;
  const unpriced = "no price of a GPU in use is known: set cost.gpu_cost_per_hour";
  for (const [key, value] of Object.entries(cost)) {
    const isShare = key.endsWith("_share");
    const isRented = key === "always_on_usd" || key === "break_even_utilization";
    const isGood = key === "per_slo_good_request_usd";
    const isUnused = isGood && !facts.isLimited;
    const why = isUnused
      ? "no limits are set in the section slo"
      : isRented
      ? rentedWhy(summary)
      : facts.lacksPrice
      ? unpriced
      : isShare
      ? "nothing was paid"
      : isGood
      ? "no request met every limit"
      : requests.completed === 0
      ? "no request completed"
      : "nothing was paid";
    reasons.add(`cost.${key}`, value, why, isUnused);
  }
  for (const row of summary.functions) reasons.add("functions[].cost_usd", row.cost_usd, unpriced);
  reasons.add("qps_per_usd", summary.qps_per_usd, facts.lacksPrice ? unpriced : "nothing was paid");
}

/** Why there is nothing to rent in place of instances. */
function rentedWhy({ cost, instance_seconds }: Unexplained): string {
  if (cost.always_on_usd !== null) return "instances cost nothing";
  return instance_seconds === 0
    ? "there was no instance"
    : "no on-demand price of a GPU in use is known in data/prices";
}

function parts(reasons: Reasons, summary: Unexplained): void {
  const { kv, prefix_cache: prefix, weight_cache: weights, sleep, faults } = summary;
  reasons.add("kv.fragmentation", kv.fragmentation, "no sequence ran at a sample");
  reasons.add("prefix_cache", prefix, "no prompts share anything that is cached", true);
  if (prefix !== null) {
    const none = "no request was scheduled";
    reasons.add("prefix_cache.hit_rate_tokens", prefix.hit_rate_tokens, none);
    reasons.add("prefix_cache.hit_rate_blocks", prefix.hit_rate_blocks, none);
  }
  reasons.add("weight_cache", weights, "no machines keep weights", true);
  if (weights !== null) {
    const none = "no start looked for weights";
    reasons.add("weight_cache.dram_hit_rate", weights.dram_hit_rate, none);
    reasons.add("weight_cache.ssd_hit_rate", weights.ssd_hit_rate, none);
  }
  reasons.add("sleep", sleep, "no instance sleeps in place of stopping", true);
  reasons.add("faults", faults, "nothing fails", true);
  if (faults !== null) {
    const without = "without cluster.nodes there are no machines";
    reasons.add("faults.availability", faults.availability, without, true);
    reasons.add("faults.recovery_s", faults.recovery_s, "no function came back from a fault");
  }
  for (const { hit_rate } of summary.prewarmed_pools) {
    reasons.add("prewarmed_pools[].hit_rate", hit_rate, "no start could take from a pool");
  }
}

/** Sentences on what is null because of what happened; what is not in use needs none. */
export function undefinedNotices(undefinedFigures: readonly UndefinedFigures[]): string[] {
  return undefinedFigures.filter(({ isUnused }) => !isUnused).map(({ figures, why }) =>
    `${figures.join(", ")} ${figures.length === 1 ? "is" : "are"} null: ${why}`
  );
}
