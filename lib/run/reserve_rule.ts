import type { TransformerShape } from "../models/transformer.ts";
import { isBefore } from "../scheduling/batching/vllm_versions.ts";
import type { Configuration } from "../config/configuration.ts";

/** Whose way of measuring memory holds. */
export function reserveRuleOf(
  { memory, scheduler }: Configuration,
  shape: TransformerShape,
): string {
  if (memory.reserve_rule !== null) return memory.reserve_rule;
  // Latent attention is served by SGLang as a rule, and its servers are what is known of it.
  if (shape.layers.every(({ mixer }) => mixer?.kind === "latent")) return "sglang";
  return isBefore(scheduler.engine, "vllm@0.17") ? scheduler.engine : "vllm@0.11";
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
