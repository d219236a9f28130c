import { QUEUE_ORDERS } from "../../scheduling/batching/orders/orders.ts";
import { BATCHING_STRATEGIES } from "../../scheduling/batching/strategies.ts";
import type { BatchingEntry } from "../../scheduling/batching/strategy.ts";
import { CUDA_GRAPHS } from "../../execution/host_bound.ts";
import { MACHINE_SOURCES } from "../../execution/sources/sources.ts";
import {
  ENGINE_ALIASES,
  ENGINE_STRATEGIES,
  ENGINE_VERSIONS,
} from "../../scheduling/batching/engine_versions.ts";
import { DEFAULT_VLLM } from "../../scheduling/batching/vllm_versions.ts";
import { policyChoice } from "../../settings/from_table.ts";
import { choice, count, flag, tokens } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { is, isNot, when } from "../applies.ts";
import type { Configuration } from "../configuration.ts";
import { chosenBy, policySettings } from "../policy_settings.ts";
import { sectionOf } from "../section.ts";

/** What is switched off is off, whether or not there would be anything to keep. */
const SHARED_OR_OFF = when(
  "prompts begin alike",
  "no prompts begin alike",
  ({ scheduler }, { sharesPrompts }) => sharesPrompts || !scheduler.prefix_caching,
);

/** What is not captured has no size. */
const CAPTURED = when(
  "graphs are captured",
  "no step is captured as a graph",
  ({ scheduler, execution }) =>
    MACHINE_SOURCES.includes(execution.source) &&
    (scheduler.cuda_graphs ?? (execution.source === "calibrated" ? "full" : "off")) !== "off",
);

const strategies = policySettings({
  table: BATCHING_STRATEGIES,
  path: "scheduler",
  nameKey: "type",
  ...chosenBy("scheduler.type"),
});

/** Strategies that do not look at the token budget. */
const WITHOUT_BUDGET = (BATCHING_STRATEGIES.entries as readonly BatchingEntry<string, unknown>[])
  .filter(({ ignoresBudget }) => ignoresBudget).map(({ name }) => name);

/** How an instance forms its steps. */
export const scheduler = sectionOf<Configuration["scheduler"]>({
  type: policyChoice(BATCHING_STRATEGIES, {
    default: "vllm",
    describe: "Batching strategy.",
  }),
  engine: choice(ENGINE_VERSIONS.map(({ name }) => name), {
    wanted: "a version of an engine",
    default: DEFAULT_VLLM.name,
    otherNames: ENGINE_ALIASES,
    appliesWhen: is("scheduler.type", ...ENGINE_STRATEGIES),
    describe:
      "Version of the engine whose defaults hold where a setting of this section is null: " +
      "`scheduler.type`, overlap of steps (vLLM from 0.14, SGLang, TensorRT-LLM), admission by the " +
      "whole prompt (vLLM from 0.19), step sizes, `memory.block_size`; `execution.source: " +
      "calibrated` takes its constants.",
  }),
  max_num_seqs: count({
    min: 1,
    max: LIMITS.sequences.value,
    default: null,
    describe:
      "Most sequences that run at once; null: as the `engine` has it (vLLM: 1024 on GPUs of " +
      "70 GiB and more but the A100, else 256; SGLang and TensorRT-LLM 2048), 256 under other types.",
    aliases: ["max_batch_size"],
  }),
  max_num_batched_tokens: tokens({
    min: 1,
    max: LIMITS.stepTokens.value,
    default: null,
    appliesWhen: isNot("scheduler.type", ...WITHOUT_BUDGET),
    describe:
      "Token budget of one step; at least `max_num_seqs`; null: as the `engine` has it (vLLM: " +
      "8192 on GPUs of 70 GiB and more but the A100, else 2048; SGLang, whose chunks of prompts it " +
      "bounds, 2048 to 16384 by memory; TensorRT-LLM 8192), 8192 under other types.",
    aliases: ["max_tokens_per_batch"],
  }),
  ...strategies.beside,
  scheduling_policy: policyChoice(QUEUE_ORDERS, {
    default: "fcfs",
    describe: "Order of waiting requests: arrival, class, prompt length or deadline.",
  }),
  preemption_mode: choice(["recompute", "swap"], {
    wanted: "a preemption mode",
    default: "recompute",
    describe: "What happens to the KV blocks of a preempted request; `swap` under `vllm-v0` only.",
  }),
  prefix_caching: flag({
    default: true,
    appliesWhen: SHARED_OR_OFF,
    describe: "Keep the KV blocks of ended requests for prompts that begin alike.",
    aliases: ["enable_prefix_caching"],
  }),
  async_scheduling: flag({
    default: null,
    describe:
      "Form each step while the one before runs: arrivals and ends are known one step later, " +
      "and less of the framework's own time shows; null: as the `engine` has it, false under other " +
      "types.",
  }),
  cuda_graphs: choice(CUDA_GRAPHS, {
    wanted: "what an engine captures as graphs",
    default: null,
    appliesWhen: is("execution.source", ...MACHINE_SOURCES),
    describe: "What is captured as CUDA graphs: decode-only steps whole and others in pieces " +
      "between attention layers (`full`), all in pieces (`piecewise`), nothing (`off`). Steps are " +
      "padded to captured sizes and take as long as the host needs to launch them " +
      "(data/hardware/host_times.yaml); null: as the `engine` has it under `source: calibrated`, else " +
      "launches take no time.",
  }),
  max_cudagraph_capture_size: tokens({
    min: 1,
    max: LIMITS.stepTokens.value,
    default: null,
    appliesWhen: CAPTURED,
    describe:
      "Most tokens of a step that a graph is captured for; sizes are 1, 2, 4, multiples of 8 up " +
      "to 256 and of 16 beyond; null: twice the tokens of a full decode batch, at most 512.",
  }),
  scheduler_reserve_full_isl: flag({
    default: null,
    appliesWhen: is("scheduler.type", "vllm"),
    describe:
      "Let a request in only when the KV blocks for its whole prompt are free; if not, those of " +
      "its first chunk are enough; null: as the `engine` has it.",
  }),
  ...strategies.sections,
}, { describe: "How an instance forms its steps." });
