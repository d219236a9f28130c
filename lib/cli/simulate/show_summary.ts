import type { LatencySummary, RunResult, Summary } from "../../metrics/run_tables.ts";
import { LONGEST_MESSAGE, shownName } from "../../std/safe_text.ts";
import { digits, dollars, duration, grouped, percent } from "../readable_numbers.ts";

const LATENCIES = [
  ["ttft_s", "TTFT"],
  ["tbt_s", "TBT"],
  ["tpot_s", "TPOT"],
  ["e2e_s", "E2E"],
  ["normalized_latency_s", "E2E per token"],
  ["scheduling_delay_s", "scheduling delay"],
] as const;

/** Why requests did not complete, in words. */
const REASONS: Readonly<Record<string, string>> = {
  rejected_length: "longer than the model's limit",
  rejected_capacity: "larger than the KV cache",
  rejected_queue_full: "found the queue full",
  rejected_rate_limit: "over the rate limit",
  rejected_slo: "could not meet their SLO",
  rejected_no_instance: "found no instance",
};

/** What the run costs, by use and per request and token. */
function costFacts({ cost }: Summary): [string, string][] {
  return [
    [
      "cost",
      `${dollars(cost.total_usd)} (${
        ([
          [cost.busy_usd, "busy"],
          [cost.idle_usd, "idle"],
          [cost.cold_start_usd, "cold starts"],
          ...((cost.asleep_usd ?? 0) > 0 ? [[cost.asleep_usd, "asleep"]] : []),
          ...((cost.pooled_usd ?? 0) > 0 ? [[cost.pooled_usd, "pools"]] : []),
          ...((cost.rounding_usd ?? 0) > 0 ? [[cost.rounding_usd, "rounding"]] : []),
          ...(cost.storage_usd > 0 ? [[cost.storage_usd, "storage"]] : []),
        ] as [number | null, string][]).map(([usd, use]) => `${use} ${dollars(usd)}`).join(", ")
      })`,
    ],
    [
      "",
      [
        [cost.per_request_usd, "per request"],
        [cost.per_million_output_tokens_usd, "per million output tokens"],
      ].map(([usd, what]) => `${dollars(usd as number | null)} ${what}`).join(", "),
    ],
  ];
}

/** The summary of a run as lines of tables for a terminal of 100 columns, and its notices. */
export function showSummary(
  { summary, engine }: Pick<RunResult, "summary" | "engine">,
): string[] {
  const { requests, prefix_cache } = summary;
  const count = (value: number) => grouped(Math.round(value));
  const ended = (["completed", "rejected", "timed_out", "failed", "unfinished"] as const)
    .filter((key) => key === "completed" || requests[key] > 0)
    .map((key) => `${count(requests[key])} ${key.replace("_", " ")}`);
  // The others are named in the line before.
  const reasons = Object.entries(requests.reasons)
    .filter(([reason]) => reason.startsWith("rejected"))
    .map(([reason, n]) => `${count(n)} ${REASONS[reason] ?? reason.replaceAll("_", " ")}`);
  const facts: [string, string][] = [
    ["requests", [`${count(requests.arrived)} arrived`, ...ended].join(", ")],
    ...(reasons.length > 0 ? [["", reasons.join(", ")] as [string, string]] : []),
    [
      "throughput",
      `${digits(summary.throughput_rps)} requests/s, ${
        digits(summary.output_tokens_per_s)
      } output tokens/s, ${digits(summary.total_tokens_per_s)} tokens/s in all`,
    ],
    ...attainmentFacts(summary),
    ...(prefix_cache === null || prefix_cache.hit_rate_tokens === null ? [] : [[
      "prefix cache",
      `${percent(prefix_cache.hit_rate_tokens)} of prompt tokens, ${
        percent(prefix_cache.hit_rate_blocks!)
      } of blocks found`,
    ] as [string, string]]),
    [
      "utilisation",
      `busy ${percent(summary.busy_fraction)}, MFU ${percent(summary.mfu)}, MBU ${
        percent(summary.mbu)
      }, GPU memory ${percent(summary.memory_utilization)}, KV cache ${
        percent(summary.kv_utilization)
      }`,
    ],
    [
      "instances",
      `${digits(summary.gpu_hours)} GPU hours, ${count(summary.instance_seconds)} instance-seconds`,
    ],
    [
      "cold starts",
      `${count(summary.cold_starts)} (${
        percent(summary.cold_start_rate)
      } of requests waited for one)`,
    ],
    ...elasticFacts(summary),
    ["preemptions", count(summary.preemptions)],
    ...costFacts(summary),
    ["digest", summary.digest],
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  return [
    ...latencyTable(summary),
    "",
    ...facts.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...(engine.kvCache?.length
      ? ["", ...engine.kvCache.map((line) => shownName(line, LONGEST_MESSAGE))]
      : []),
    ...(engine.notices.length > 0 ? [""] : []),
    ...engine.notices.map((notice) => `Note: ${shownName(notice, LONGEST_MESSAGE)}`),
  ];
}

/** Attainment of all requests, then of each class that has limits; nothing without limits. */
function attainmentFacts({ slo_attainment, goodput_rps, classes }: Summary): [string, string][] {
  if (slo_attainment === null) return [];
  return [
    [
      "SLO attainment",
      `${percent(slo_attainment)} of arrived requests, goodput ${digits(goodput_rps!)} requests/s`,
    ],
    ...classes.filter((row) => row.slo_attainment !== null).map((row): [string, string] => [
      "",
      `${shownName(row.name)}: ${percent(row.slo_attainment!)} of ${
        grouped(row.arrived)
      }, p50 TTFT ${duration(row.ttft_s.p50 ?? row.ttft_s.mean)}`,
    ]),
  ];
}

/** What sleep, pools, machines, kept weights and faults add; nothing without them. */
function elasticFacts(
  { sleep, prewarmed_pools: pools, weight_cache: cache, faults }: Summary,
): [string, string][] {
  const facts: [string, string][] = [];
  if (sleep !== null) {
    facts.push([
      "sleep",
      `${grouped(sleep.sleeps)} fell asleep, ${grouped(sleep.wakes)} woke, ${
        grouped(Math.round(sleep.instance_seconds))
      } instance-seconds asleep, ${digits(sleep.memory_gb_hours)} GB hours of host memory`,
    ]);
  }
  for (const pool of pools) {
    const hits = pool.hit_rate === null
      ? "no starts"
      : `${percent(pool.hit_rate)} of ${grouped(pool.starts)} starts served`;
    facts.push([`${pool.of} pool`, `${hits}, ${digits(pool.mean_size)} members ready on average`]);
  }
  if (cache !== null && cache.lookups > 0) {
    facts.push([
      "weight cache",
      `${percent(cache.dram_hit_rate!)} found in host memory, ${
        percent(cache.ssd_hit_rate!)
      } on disk, of ${grouped(cache.lookups)}`,
    ]);
  }
  if (faults !== null) {
    const up = faults.availability === null ? "" : `, machines up ${percent(faults.availability)}`;
    facts.push([
      "faults",
      `${grouped(faults.failures + faults.preemptions)} faults hit ${
        grouped(faults.requests_hit)
      } requests, ${grouped(faults.failed_starts)} starts failed${up}`,
    ]);
  }
  return facts;
}

function latencyTable(summary: Summary): string[] {
  const percentiles = Object.keys(summary.ttft_s).filter((key) => /^p[\d.]+$/.test(key));
  const keys = ["mean", ...percentiles, "max"] as (keyof LatencySummary)[];
  const rows = [
    ["latency", ...keys],
    ...LATENCIES.map(([key, name]) => [name, ...keys.map((k) => duration(summary[key][k]))]),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i] + 1)).join(" ")
  );
}
