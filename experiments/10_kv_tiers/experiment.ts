import { loadConfig, type RunResult, simulate } from "simfaasinfer";
import { defineExperiment, pinnedTargetRows, readPinnedTargets } from "simfaasinfer/experiment";
import { bandedCurves, barPanels } from "simfaasinfer/plot";
import targetsText from "../../data/targets/kv-tiers.yaml" with { type: "text" };
import {
  CLIENTS_OF,
  CONVERSATIONS,
  factorOf,
  IN_FLIGHT,
  oncePerPrompt,
  PROMPTS,
  repeatedPrompt,
  type Study,
  TIERS,
  turnOf,
  TURNS_OF_A_FLEET,
  TURNS_OF_CLIENTS,
  turnsTrace,
} from "./studies.ts";

const TARGETS = readPinnedTargets(targetsText);

const STUDIES = ["conversations", "in flight", "turns", "fleet", "prompt"] as const;
const KINDS = ["none", "host", "host and disk", "store"] as const;

interface Row {
  readonly study: string;
  readonly tiers: string;
  readonly size: string;
  readonly tokens: number;
  readonly ttft_s: number;
  readonly ttft_p99_s: number;
  readonly tpot_s: number | null;
  readonly gpu_share: number;
  readonly tier_share: number;
  readonly tokens_per_s: number;
  readonly read_gb: number;
  readonly turn7_share: number | null;
  readonly turn7_ttft_s: number | null;
  readonly first_ttft_s: number;
  readonly last_ttft_s: number;
}

/** What cache tiers behind the prefix cache bring: hits by their size, and published gains. */
export default defineExperiment({
  id: "10_kv_tiers",
  version: 2,
  seed: 2026,
  replications: 1,
  question: "What do KV blocks in host memory, on disk and in a store bring, by their room?",
  factors: { study: STUDIES, tiers: KINDS, size: TIERS, tokens: [0, ...PROMPTS] },
  inputs: { trace: { dataset: "mooncake-fast25", path: "conversation_trace.jsonl" } },
  design: {
    cells: [
      ...(["conversations", "in flight", "turns", "fleet"] as const).map((study) =>
        ({ study, tiers: "none", size: "none", tokens: 0 }) as const
      ),
      ...(["host", "store"] as const).flatMap((tiers) =>
        (["1x", "4x", "16x"] as const).map((size) =>
          ({ study: "conversations", tiers, size, tokens: 0 }) as const
        )
      ),
      { study: "in flight", tiers: "host", size: "4x", tokens: 0 },
      { study: "turns", tiers: "host", size: "4x", tokens: 0 },
      { study: "turns", tiers: "host and disk", size: "4x", tokens: 0 },
      { study: "fleet", tiers: "store", size: "16x", tokens: 0 },
      ...PROMPTS.map((tokens) =>
        ({ study: "prompt", tiers: "host", size: "16x", tokens }) as const
      ),
    ],
  },
  async run({ cell, seed, inputs }) {
    const { study, tiers, size, tokens } = cell;
    const { config, cacheBytes, kvBlocks } = studyOf(study, tokens);
    const loaded = loadConfig(`simulation: { random_seed: ${seed} }
scaling: { enabled: false }
cold_start: { enabled: false }
scheduler: { type: vllm, prefix_caching: true }
memory: { num_gpu_blocks: ${kvBlocks ?? null}, kv_tiers: [${
      tiersOf(study, tiers, factorOf(size) * cacheBytes)
    }] }
metrics: { explain: false }
${config}`);
    const run = await simulate(loaded, { traceText: traceOf(study, tokens, inputs.trace) });
    const { summary, requests } = run;
    const clients = study === "turns" || study === "fleet" ? CLIENTS_OF[study] : 0;
    const ttftOf = (row: number) =>
      requests.firstTokenAtSeconds[row] - requests.arrivalAtSeconds[row];
    const prompts = requests.promptTokens.reduce((sum, one) => sum + one, 0);
    const parts = Object.values(summary.kv_tiers ?? {}).filter((part) => part !== null);
    return {
      ttft_s: summary.ttft_s.mean!,
      ttft_p99_s: summary.ttft_s.p99!,
      tpot_s: summary.tpot_s.mean,
      gpu_share: requests.cachedTokens.reduce((sum, one) => sum + one, 0) / prompts,
      tier_share: parts.reduce((sum, { hit_tokens }) => sum + hit_tokens, 0) / prompts,
      tokens_per_s: prompts / endOf(run),
      read_gb: parts.reduce((sum, { loaded_bytes }) => sum + loaded_bytes, 0) / 1e9,
      ...(clients > 0 ? turn7(run, clients) : { turn7_share: null, turn7_ttft_s: null }),
      first_ttft_s: ttftOf(0),
      last_ttft_s: ttftOf(requests.count - 1),
      digest: summary.digest,
    };
  },
  targets: (rows) => pinnedTargetRows(TARGETS, headlinesOf(rows)),
  headlines: (rows) => headlinesOf(rows),
  figures: {
    conversations: (rows, { column }) => hitShares(rows, column),
    latency: (rows, { column }) =>
      bandedCurves(
        (["host", "store"] as const).flatMap((tiers) =>
          TIERS.map((size) => ({
            series: tiers === "host" ? "memory of each instance" : "store of all",
            ...point(factorOf(size), conversations(rows, tiers, size).ttft_s),
          }))
        ),
        { xTitle: "Room of the tier (times the GPUs' cache)", yTitle: "Mean TTFT (s)", column },
      ),
    prompts: (rows, { column }) =>
      bandedCurves(
        PROMPTS.map((tokens) => ({ series: "host", ...point(tokens, gainOf(rows, tokens)) })),
        { xTitle: "Prompt (tokens)", yTitle: "TTFT, computed over loaded", xLog: true, column },
      ),
  },
});

function studyOf(study: (typeof STUDIES)[number], tokens: number): Study {
  switch (study) {
    case "conversations":
      return CONVERSATIONS;
    case "in flight":
      return IN_FLIGHT;
    case "turns":
      return TURNS_OF_CLIENTS;
    case "fleet":
      return TURNS_OF_A_FLEET;
    case "prompt":
      return oncePerPrompt(tokens);
  }
}

/** The tiers of a cell; a store has as much room as the memory of all instances together. */
function tiersOf(study: string, tiers: string, bytes: number): string {
  const instances = study === "conversations" || study === "fleet" ? 4 : 1;
  const host = `{ tier: host, capacity: ${Math.round(bytes)} }`;
  switch (tiers) {
    case "host":
      return host;
    case "host and disk":
      return `${host}, { tier: disk, capacity: 1TB, rate: 10GB/s, setup: 100us }`;
    case "store":
      return `{ tier: store, capacity: ${Math.round(instances * bytes)} }`;
    default:
      return "";
  }
}

function traceOf(study: string, tokens: number, trace: string): string {
  if (study === "prompt") return repeatedPrompt(tokens);
  if (study === "turns" || study === "fleet") return turnsTrace(CLIENTS_OF[study]);
  return trace;
}

/** End of the last request, seconds. */
function endOf({ requests: { completedAtSeconds } }: RunResult): number {
  return completedAtSeconds.reduce((end, at) => at > end ? at : end, 0);
}

/** Share of the seventh turn's prompts that was not computed, and its mean time to first token. */
function turn7({ requests, kvTiers = [] }: RunResult, clients: number) {
  let prompts = 0, found = 0, seconds = 0, count = 0;
  for (let row = 0; row < requests.count; row++) {
    if (turnOf(row, clients) !== 7) continue;
    count++;
    prompts += requests.promptTokens[row];
    found += requests.cachedTokens[row];
    for (const { hitTokens } of kvTiers) found += hitTokens[row];
    seconds += requests.firstTokenAtSeconds[row] - requests.arrivalAtSeconds[row];
  }
  return { turn7_share: found / prompts, turn7_ttft_s: seconds / count };
}

function cellOf(
  rows: readonly Row[],
  study: string,
  tiers: string,
  tokens = 0,
  size?: string,
): Row {
  return rows.find((row) =>
    row.study === study && row.tiers === tiers && row.tokens === tokens &&
    (size === undefined || row.size === size)
  )!;
}

function conversations(rows: readonly Row[], tiers: "host" | "store", size: string): Row {
  return size === "none"
    ? cellOf(rows, "conversations", "none")
    : cellOf(rows, "conversations", tiers, 0, size);
}

/** How much sooner the first token comes where the prompt is loaded. */
function gainOf(rows: readonly Row[], tokens: number): number {
  const { first_ttft_s, last_ttft_s } = cellOf(rows, "prompt", "host", tokens);
  return first_ttft_s / last_ttft_s;
}

function headlinesOf(rows: readonly Row[]): Record<string, number> {
  const headlines: Record<string, number> = {};
  for (const tiers of ["host", "store"] as const) {
    for (const size of TIERS) {
      const { gpu_share, tier_share, ttft_s } = conversations(rows, tiers, size);
      const name = size === "none" ? "conversations_none" : `conversations_${tiers}_${size}`;
      headlines[`${name}_share`] = gpu_share + tier_share;
      headlines[`${name}_ttft_s`] = ttft_s;
    }
  }
  const misses = (size: string) => 1 - headlines[`conversations_store_${size}_share`];
  headlines.conversations_store_misses_4x_over_1x = misses("4x") / misses("1x");
  headlines.conversations_store_misses_16x_over_4x = misses("16x") / misses("4x");
  const inFlight = [cellOf(rows, "in flight", "none"), cellOf(rows, "in flight", "host")];
  headlines.in_flight_ttft_ratio = inFlight[1].ttft_s / inFlight[0].ttft_s;
  const gpu = cellOf(rows, "turns", "none");
  const host = cellOf(rows, "turns", "host");
  const disk = cellOf(rows, "turns", "host and disk");
  headlines.turns_disk_over_gpu_ttft = disk.ttft_s / gpu.ttft_s;
  headlines.turns_disk_over_host_ttft = disk.ttft_s / host.ttft_s;
  headlines.turns_host_turn7_share = host.turn7_share!;
  headlines.turns_disk_turn7_share = disk.turn7_share!;
  headlines.turns_disk_turn7_miss_share = 1 - disk.turn7_share!;
  headlines.turns_disk_over_host_turn7_ttft = disk.turn7_ttft_s! / host.turn7_ttft_s!;
  const alone = cellOf(rows, "fleet", "none");
  const store = cellOf(rows, "fleet", "store");
  headlines.fleet_none_share = alone.gpu_share;
  headlines.fleet_store_share = store.gpu_share + store.tier_share;
  headlines.fleet_misses_with_over_without = (1 - headlines.fleet_store_share) /
    (1 - headlines.fleet_none_share);
  headlines.fleet_throughput_ratio = store.tokens_per_s / alone.tokens_per_s;
  headlines.fleet_time_ratio = alone.tokens_per_s / store.tokens_per_s;
  for (const tokens of PROMPTS) headlines[`prompt_${tokens}_gain`] = gainOf(rows, tokens);
  headlines.prompt_least_loss = 1 / Math.min(...PROMPTS.map((tokens) => gainOf(rows, tokens)));
  headlines.prompt_largest_gain = Math.max(...PROMPTS.map((tokens) => gainOf(rows, tokens)));
  return headlines;
}

/** A value without an interval. */
const point = (x: number, y: number) => ({ x, y, lower: y, upper: y });

/** Prompt tokens by where they come from, by the room of the tier. */
function hitShares(rows: readonly Row[], column: 1 | 2 | undefined) {
  return barPanels(
    (["host", "store"] as const).flatMap((tiers) =>
      TIERS.filter((size) => tiers === "host" || size !== "none").flatMap((size) => {
        const { gpu_share, tier_share } = conversations(rows, tiers, size);
        const label = size === "none" ? size : `${tiers} ${size}`;
        return [
          { panel: "Found in the GPU (%)", label, value: 100 * gpu_share },
          { panel: "Loaded from the tier (%)", label, value: 100 * tier_share },
        ];
      })
    ),
    { column },
  );
}
