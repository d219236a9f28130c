import { deepEqual, equal, match, ok } from "#assert";
import type { LatencySummary, Summary } from "../../metrics/run_tables.ts";
import { madeUpBill, madeUpSummary } from "../../results/made_up_summary.ts";
import { showSummary } from "./show_summary.ts";

const latency = (mean: number | null): LatencySummary => ({
  mean,
  p50: mean,
  p99: mean === null ? null : 10 * mean,
  max: mean === null ? null : 20 * mean,
});

function summary(changes: Partial<Summary> = {}): Summary {
  return madeUpSummary({
    requests: {
      arrived: 12_345,
      completed: 12_000,
      rejected: 340,
      timed_out: 0,
      failed: 0,
      execution_limit: 0,
      drain_limit: 0,
      client_deadline: 0,
      unfinished: 5,
      reasons: { rejected_length: 300, rejected_queue_full: 40 },
    },
    ttft_s: latency(0.1234),
    tbt_s: latency(0.01),
    tpot_s: latency(0.0125),
    e2e_s: latency(3.5),
    normalized_latency_s: latency(0.02),
    scheduling_delay_s: latency(0),
    throughput_rps: 9.8765,
    slo_attainment: null,
    goodput_rps: null,
    output_tokens_per_s: 2000.4,
    total_tokens_per_s: 22_222.2,
    mfu: 0.2149,
    busy_fraction: 0.715,
    kv_utilization: 0.031,
    cold_start_rate: 0.013,
    preemptions: 1234,
    instance_seconds: 36_000,
    gpu_hours: 10,
    cost: madeUpBill({
      total_usd: 1234.5,
      busy_usd: 1000,
      idle_usd: 200,
      cold_start_usd: 34.5,
      rounding_usd: 0,
      per_request_usd: 0.00012345,
    }),
    qps_per_usd: 0.3,
    digest: "ab".repeat(32),
    ...changes,
  });
}

/** Lines of a summary of a run with these notices. */
function show(summary: Summary, notices: readonly string[] = []): string[] {
  const engine = { stepping: "leap", stepsLeapt: 1, stepsSingle: 0, notices } as const;
  return showSummary({ summary, engine });
}

/** The line of a name, as its words. */
function row(lines: readonly string[], name: string): string {
  const line = lines.find((text) => text.startsWith(`${name} `));
  ok(line !== undefined, `${name} in:\n${lines.join("\n")}`);
  return line!.slice(name.length).trim();
}

Deno.test("latencies stand in ms below a second and in s from there on, three digits", () => {
  const lines = show(summary());
  equal(row(lines, "TTFT").replaceAll(/ {2,}/g, "|"), "123 ms|123 ms|1.23 s|2.47 s");
  equal(row(lines, "TBT").replaceAll(/ {2,}/g, "|"), "10.0 ms|10.0 ms|100 ms|200 ms");
  equal(row(lines, "scheduling delay").replaceAll(/ {2,}/g, "|"), "0 ms|0 ms|0 ms|0 ms");
});

Deno.test("the columns of the latencies end at the same places, with the configured percentiles", () => {
  const lines = show(summary());
  const table = lines.slice(0, lines.indexOf(""));
  equal(table.length, 7);
  equal(new Set(table.map((line) => line.length)).size, 1);
  equal(table[0].trim().split(/ +/).join(" "), "latency mean p50 p99 max");
});

Deno.test("counts by how requests ended, reasons in words, nothing that did not occur", () => {
  const text = show(summary()).join("\n");
  match(text, /12,345 arrived, 12,000 completed, 340 rejected, 5 unfinished/);
  match(text, /300 longer than the model's limit, 40 found the queue full/);
  ok(!text.includes("timed out"));
});

Deno.test("rates, utilisation and cost are numbers a reader can take in", () => {
  const lines = show(summary());
  match(row(lines, "throughput"), /^9\.88 requests\/s, 2,000 output tokens\/s, 22,222 tokens\/s/);
  match(row(lines, "utilisation"), /busy 71\.5 %, MFU 21\.5 %.*KV cache 3\.10 %/);
  match(
    row(lines, "cost"),
    /^\$1,234\.50 \(busy \$1,000\.00, idle \$200\.00, cold starts \$34\.50\)/,
  );
  match(lines.join("\n"), /\$0\.000123 per request, \$1\.30 per million output tokens/);
  equal(row(lines, "digest"), "ab".repeat(32));
});

Deno.test("what is billed beyond the time used shows when there is some", () => {
  const cost = { ...summary().cost, total_usd: 1235, rounding_usd: 0.5 };
  const text = show(summary({ cost })).join("\n");
  match(text, /cold starts \$34\.50, rounding \$0\.50\)/);
});

Deno.test("attainment and hits of the prefix cache show when there are any", () => {
  const plain = show(summary()).join("\n");
  ok(!plain.includes("SLO attainment") && !plain.includes("prefix cache"));
  const one = { arrived: 1200, ttft_s: latency(0.5), tpot_s: latency(0.02), e2e_s: latency(3) };
  const lines = show(summary({
    slo_attainment: 0.9731,
    goodput_rps: 9.61,
    classes: [
      { ...one, name: "chat", attained: 900, slo_attainment: 0.75 },
      { ...one, name: "batch", attained: 1200, slo_attainment: null },
    ],
    prefix_cache: { hit_rate_tokens: 0.366, hit_rate_blocks: 0.35, cached_tokens: 1e6 },
  }));
  equal(row(lines, "SLO attainment"), "97.3 % of arrived requests, goodput 9.61 requests/s");
  match(lines.join("\n"), / chat: 75\.0 % of 1,200, p50 TTFT 500 ms\n/);
  ok(!lines.join("\n").includes("batch:"));
  equal(row(lines, "prefix cache"), "36.6 % of prompt tokens, 35.0 % of blocks found");
  for (const line of lines) ok(line.length <= 100, line);
});

Deno.test("notices stand below the tables", () => {
  const plain = show(summary());
  const lines = show(summary(), ["3 rows were left out", "made up"]);
  deepEqual(lines.slice(0, plain.length), plain);
  deepEqual(lines.slice(plain.length), ["", "Note: 3 rows were left out", "Note: made up"]);
});

Deno.test("what was not measured is a dash", () => {
  const nothing = summary({
    ttft_s: latency(null),
    cost: { ...summary().cost, per_request_usd: null, per_million_output_tokens_usd: null },
  });
  const lines = show(nothing);
  equal(row(lines, "TTFT").split(/ +/).join(" "), "- - - -");
  match(lines.join("\n"), / - per request, - per million output tokens/);
});

Deno.test("no line is wider than a terminal of 100 columns", () => {
  for (const line of show(summary())) ok(line.length <= 100, line);
});
