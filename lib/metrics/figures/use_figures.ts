import { rowsOf } from "../rows/request_rows.ts";
import { coldStartStages } from "../cold_start_stages.ts";
import { type PrefixCacheUse, prefixCacheUse } from "../prefix_cache_use.ts";
import { orNull } from "../latency_summary.ts";
import {
  because,
  count,
  type Figures,
  group,
  number,
  partOrNull,
  record,
  share,
  shareOrNull,
  unused,
} from "./figure.ts";
import { ratio, type SummaryParts } from "./summary_parts.ts";

const NONE_SCHEDULED = because("no request was scheduled");

const PREFIX_CACHE_FIGURES: Figures<PrefixCacheUse> = {
  hit_rate_tokens: shareOrNull({
    doc:
      "`cached_tokens` over `prompt_tokens` of the requests that were scheduled. A request counts as it is scheduled first, so a preempted one that finds its own blocks again is no hit (vLLM V1)",
    isNull: NONE_SCHEDULED,
    printed: { line: "prefixCache", words: "{} of prompt tokens", otherwise: null },
  }, ({ tokenShare }) => orNull(tokenShare)),
  hit_rate_blocks: shareOrNull({
    doc:
      "The same in blocks: `cached_tokens / block_size` over the blocks of the prompts, a last partial one included",
    isNull: NONE_SCHEDULED,
    printed: { line: "prefixCache", words: "{} of blocks found", otherwise: null },
  }, ({ blockShare }) => orNull(blockShare)),
  cached_tokens: number(
    "tokens",
    { doc: "Prompt tokens served from prefix caches" },
    ({ cachedTokens }) => cachedTokens,
  ),
};

/** How well GPUs, their memory and caches are used. */
export const USE_FIGURES: Figures<SummaryParts> = {
  mfu: share({
    doc:
      "FLOPs done over the dense peak of the instances' GPUs at their number format, while up (ready, busy or draining)",
    printed: { line: "utilisation", words: "MFU {}" },
  }, ({ use }) => ratio(use.flops, use.peakFlops)),
  mbu: share({
    doc: "Bytes of weights and KV entries read over the GPUs' peak memory bandwidth, while up",
    printed: { line: "utilisation", words: "MBU {}" },
  }, ({ use }) => ratio(use.bytes, use.peakBytes)),
  busy_fraction: share({
    doc:
      "Time in steps over time up, all instances. Not the same as `mfu`: a step may use little of the GPU",
    printed: { line: "utilisation", words: "busy {}", place: -1 },
  }, ({ use }) => ratio(use.busySeconds, use.upSeconds)),
  memory_utilization: share({
    doc:
      "GPU memory in use (weights, reserve and used KV blocks) over GPU memory, mean over time up",
    printed: { line: "utilisation", words: "GPU memory {}" },
  }, ({ use }) => ratio(use.memoryShareSeconds, use.upSeconds)),
  kv_utilization: share({
    doc: "KV blocks in use over KV blocks, mean over time up",
    printed: { line: "utilisation", words: "KV cache {}" },
  }, ({ use }) => ratio(use.blockSeconds, use.blockCapacitySeconds)),
  kv: group({ doc: "The KV cache of all instances" }, {
    peak_utilization: share({
      doc:
        "High-water mark: the greatest share of its KV blocks that an instance had in use at any instant",
    }, ({ run }) => run.peakKvUtilization),
    fragmentation: shareOrNull({
      doc:
        "Room in the blocks of running sequences that holds no token, over that room, both summed over the samples of the time series: partly filled last blocks, blocks taken ahead of a prefill, reservations for the longest output, padding of ended members of a static batch. A shared block counts for each of its sequences. null when nothing ran at a sample",
      isNull: because("no sequence ran at a sample"),
    }, ({ run: { kvTokens } }) => kvTokens.room > 0 ? 1 - kvTokens.tokens / kvTokens.room : null),
  }),
  prefix_cache: partOrNull(
    {
      doc:
        "What the prefix caches served; null when the cache is off or the workload shares nothing",
      isNull: unused("no prompts share anything that is cached"),
    },
    ({ run, options }) => {
      const blockTokens = options.functions.map((facts) => facts.prefixBlockTokens ?? 0);
      return blockTokens.every((tokens) => tokens === 0)
        ? null
        : prefixCacheUse(rowsOf(run), blockTokens);
    },
    PREFIX_CACHE_FIGURES,
  ),
  cold_starts: count({
    doc: "Starts of instances begun during the run; wakings are in `sleep.wakes`",
    printed: { line: "coldStarts" },
  }, ({ run }) => run.coldStarts),
  cold_start_rate: share({
    doc: "Requests with a `cold_start_wait_s` above 0 (a start or a waking) over arrived ones",
    printed: { line: "coldStarts", words: "{} of requests waited for one" },
  }, ({ run, counts }) => ratio(counts.waitedForStart, run.arrived)),
  cold_start_stages_s: record({
    unit: "s",
    doc:
      "Mean wait for a start by stage of its critical path, over the requests that waited; `before_start` is the time until the start began (decision, free GPUs). The parts add up to the mean of `cold_start_wait_s` above 0",
  }, ({ waits }) => coldStartStages(waits)),
};
