import type { TransformerShape } from "../models/transformer.ts";
import { isBefore, type VllmVersionName } from "../scheduling/batching/vllm_versions.ts";
import type { Configuration } from "../config/configuration.ts";

/** Whose way of measuring memory holds. */
export function reserveRuleOf(
  { memory, scheduler }: Configuration,
  shape: TransformerShape,
): string {
  if (memory.reserve_rule !== null) return memory.reserve_rule;
  // Latent attention is served by SGLang as a rule, and its servers are what is known of it.
  if (shape.layers.every(({ mixer }) => mixer?.kind === "latent")) return "sglang";
  if (scheduler.type === "sglang") return "sglang";
  const engine = scheduler.engine.startsWith("vllm@") ? scheduler.engine as VllmVersionName : null;
  return engine !== null && isBefore(engine, "vllm@0.17") ? engine : "vllm@0.11";
}

/** Says whose way of measuring memory holds where that is not as the engine has it. */
export function assumedRule(
  { scheduler }: Configuration,
  name: string,
  rule: string | null,
): string[] {
  const isOwn = scheduler.type === "sglang";
  if (rule === "sglang") {
    const why = isOwn
      ? `${scheduler.engine} does`
      : "SGLang does, as a model with latent attention is served as a rule";
    return [
      `${name}: memory is shared out as ${why}: memory.gpu_memory_utilization is its ` +
      `mem_fraction_static (memory.reserve_rule)`,
    ];
  }
  if (rule === null || scheduler.type !== "trt-llm") return [];
  return [
    `${name}: memory for activations is left free as ${rule} measures it: how ${scheduler.engine} does is ` +
    `not known here (memory.reserve_rule, memory.num_gpu_blocks)`,
  ];
}

/** How much more blocks the configured version must leave to be worth a word. */
export const LATER_COUNTS = 1.1;

/**
 * What an instance holds under a rule, and how many times as many blocks the configured version of the
 * engine would leave where its own rule has to be asked for; 1 where it has not.
 *
 * @throws {RangeError} If the model does not fit; the message says whether it would under that version.
 */
export function withLater<T extends { readonly blocks: number }>(
  { memory, scheduler }: Configuration,
  rule: string | null,
  layOut: (rule: string | null) => T,
): { readonly capacity: T; readonly later: number } {
  const isAssumed = scheduler.type === "vllm" && memory.reserve_rule === null && rule !== null &&
    rule !== "sglang" &&
    rule !== scheduler.engine;
  if (!isAssumed) return { capacity: layOut(rule), later: 1 };
  const own = attempt(() => layOut(scheduler.engine));
  try {
    const capacity = layOut(rule);
    return { capacity, later: (own?.blocks ?? 0) / capacity.blocks };
  } catch (error) {
    if (own === undefined || !(error instanceof RangeError)) throw error;
    throw new RangeError(
      `${error.message}; it fits as ${scheduler.engine} measures its memory (memory.reserve_rule)`,
    );
  }
}

/** What a function returns; undefined where it refuses its input. */
function attempt<T>(of: () => T): T | undefined {
  try {
    return of();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Says how much more the KV cache would hold. */
export const moreRoom = (name: string, rule: string, { scheduler }: Configuration, times: number) =>
  `${name}: memory for activations is left free as ${rule} measures it; as ${scheduler.engine} does, the ` +
  `KV cache would hold ${times.toFixed(2)} times as much (memory.reserve_rule)`;
