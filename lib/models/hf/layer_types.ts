import { showValue } from "../../std/show_value.ts";
import type { Family } from "./family.ts";
import { longestSequence } from "./positions.ts";
import { flag, type Json, list, optional } from "./values.ts";

/** What mixes tokens in a layer. */
export type MixerType = "full" | "window" | "chunk" | "recurrent" | "none";

/** What a layer is made of. */
export interface LayerType {
  readonly mixer: MixerType;
  /** What follows: as the other keys say, or as the pattern says. */
  readonly feedForward: "byKeys" | "dense" | "experts" | "none";
}

const MIXERS: Readonly<Record<string, MixerType>> = {
  full_attention: "full",
  attention: "full",
  sliding_attention: "window",
  chunked_attention: "chunk",
  linear_attention: "recurrent",
  mamba: "recurrent",
  mamba2: "recurrent",
  conv: "recurrent",
};

/** Letters and words of Nemotron-H's pattern. */
const PATTERN: Readonly<Record<string, LayerType>> = {
  M: { mixer: "recurrent", feedForward: "none" },
  mamba: { mixer: "recurrent", feedForward: "none" },
  "*": { mixer: "full", feedForward: "none" },
  attention: { mixer: "full", feedForward: "none" },
  "-": { mixer: "none", feedForward: "dense" },
  mlp: { mixer: "none", feedForward: "dense" },
  E: { mixer: "none", feedForward: "experts" },
  moe: { mixer: "none", feedForward: "experts" },
};

function refuse(key: string, wanted: string, value: unknown): never {
  throw new RangeError(
    `Cannot read "${key}" of a model's config.json as ${wanted}: current value is ${
      showValue(value)
    }`,
  );
}

function refuseKind(value: unknown): never {
  return refuse("layer_types", "kinds of layers that its family has", value);
}

/** Layers of a model by its pattern; undefined where it has none. */
export function patternLayers(json: Json): LayerType[] | undefined {
  const words = list(json, "layers_block_type");
  const pattern = words ?? [...String(json.hybrid_override_pattern ?? "")];
  if (pattern.length === 0) return undefined;
  return pattern.map((letter) =>
    Object.hasOwn(PATTERN, String(letter)) ? PATTERN[String(letter)] : refuse(
      words === undefined ? "hybrid_override_pattern" : "layers_block_type",
      "a pattern of M, *, - and E",
      letter,
    )
  );
}

/** What mixes tokens in each of so many layers. */
export function mixerTypes(json: Json, family: Family, layers: number): MixerType[] {
  const types = json.layer_types ?? json.layers_block_type;
  const hasWindow = windowSize(json) > 0;
  const hasChunks = (optional(json, "attention_chunk_size") ?? 0) > 0;
  if (typeof types === "string") return Array(layers).fill(MIXERS[types] ?? refuseKind(types));
  if (Array.isArray(types) && types.length > 0) {
    return exactly(types, layers, "layer_types").map((name) => {
      if (!Object.hasOwn(MIXERS, String(name))) {
        refuse("layer_types", `one of ${Object.keys(MIXERS).join(", ")}`, name);
      }
      const type = MIXERS[String(name)];
      if (type === "recurrent" && family.recurrent === undefined) refuseKind(name);
      if (type === "chunk" && !hasChunks) refuseWidth(json, "attention_chunk_size", name);
      if (type !== "window" || hasWindow) return type;
      // A window that is switched off, or that holds every sequence, is none.
      const isNone = flag(json, "use_sliding_window") === false || (windowGiven(json) ?? 0) > 0;
      return isNone ? "full" : refuseWidth(json, "sliding_window", name);
    });
  }
  const numbered = list(json, "attn_type_list");
  if (numbered !== undefined) {
    // MiniMax: 1 for attention, 0 for what the family has beside it.
    const each = exactly(numbered, layers, "attn_type_list");
    if (family.recurrent === undefined && each.includes(0)) {
      refuse("attn_type_list", "a list of attention layers", numbered);
    }
    return each.map((kind) => kind === 1 ? "full" : "recurrent");
  }
  const every = (has: (i: number) => boolean, others: MixerType) =>
    Array.from({ length: layers }, (_, i): MixerType => has(i) ? "full" : others);
  if (family.recurrent !== undefined) return every(attentionOfHybrid(json), "recurrent");
  return windowTypes(json, family, layers, every);
}

/** The window as the file has it, whether it is used or not. */
function windowGiven(json: Json): number | undefined {
  return optional(json, "sliding_window");
}

function refuseWidth(json: Json, key: string, kind: unknown): never {
  return refuse(key, `the width of layers of the kind "${kind}" in layer_types`, json[key]);
}

/** Tokens of the window; 0 where there is none, it is switched off, or it holds every sequence. */
function windowSize(json: Json): number {
  if (flag(json, "use_sliding_window") === false) return 0;
  const tokens = windowGiven(json) ?? 0;
  return tokens < longestSequence(json) ? tokens : 0;
}

/** A list that may be longer than the layers: those of multi-token prediction stand at its end. */
function exactly(items: readonly unknown[], layers: number, key: string): readonly unknown[] {
  return items.length >= layers
    ? items.slice(0, layers)
    : refuse(key, `a list with an entry for each of ${layers} layers`, items);
}

/** Which layers of a model with recurrent ones have attention. */
function attentionOfHybrid(json: Json): (layer: number) => boolean {
  const interval = optional(json, "full_attention_interval");
  if (interval !== undefined && interval > 0) return (i) => (i + 1) % interval === 0;
  const period = optional(json, "attn_layer_period");
  const offset = optional(json, "attn_layer_offset") ?? 0;
  if (period !== undefined && period > 0) return (i) => i % period === offset;
  const numbered = list(json, "full_attn_layers");
  if (numbered !== undefined) return (i) => numbered.includes(i + 1);
  const indices = list(json, "attn_layer_indices") ?? list(json, "full_attn_idxs");
  if (indices !== undefined) return (i) => indices.includes(i);
  return refuse("layer_types", "a list that says which layers have attention", undefined);
}

function windowTypes(
  json: Json,
  family: Family,
  layers: number,
  every: (has: (layer: number) => boolean, others: MixerType) => MixerType[],
): MixerType[] {
  const chunk = optional(json, "attention_chunk_size") ?? 0;
  const sliding = windowSize(json);
  if (sliding === 0 && chunk === 0) return every(() => true, "full");
  const others: MixerType = sliding > 0 ? "window" : "chunk";
  const hybrid = list(json, "hybrid_layer_pattern");
  if (hybrid !== undefined) {
    const each = exactly(hybrid, layers, "hybrid_layer_pattern");
    return every((i) => each[i] === 0, others);
  }
  const rope = list(json, "no_rope_layers");
  if (rope !== undefined && rope.length > 0) {
    const each = exactly(rope, layers, "no_rope_layers");
    return every((i) => each[i] === 0, others);
  }
  const letters = json.sliding_window_pattern;
  if (typeof letters === "string" && /^[LG]+$/.test(letters)) {
    return every((i) => letters[i % letters.length] === "G" || i === layers - 1, others);
  }
  const period = optional(
    json,
    "sliding_window_pattern",
    "_sliding_window_pattern",
    "layer_switch",
    "no_rope_layer_interval",
  ) ?? family.windowPattern;
  if (period !== undefined && period > 0) return every((i) => (i + 1) % period === 0, others);
  if (flag(json, "use_sliding_window") === true) {
    const full = optional(json, "max_window_layers") ?? 0;
    return every((i) => i < full, others);
  }
  return every(() => false, others);
}

/** Which layers have experts, where the model has any. */
export function expertLayers(json: Json, layers: number): (layer: number) => boolean {
  const kinds = list(json, "mlp_layer_types");
  if (kinds !== undefined) {
    const each = exactly(kinds, layers, "mlp_layer_types");
    return (i) => each[i] === "sparse";
  }
  if (Array.isArray(json.moe_layer_freq)) {
    const each = exactly(json.moe_layer_freq, layers, "moe_layer_freq");
    return (i) => each[i] === 1;
  }
  const listedLayers = list(json, "moe_layers");
  if (listedLayers !== undefined && listedLayers.length > 0) return (i) => listedLayers.includes(i);
  const interleave = optional(json, "interleave_moe_layer_step");
  if (interleave !== undefined) return (i) => interleave > 0 && (i + 1) % interleave === 0;
  const step = optional(json, "decoder_sparse_step");
  if (step !== undefined) {
    const dense = list(json, "mlp_only_layers") ?? [];
    return (i) => step > 0 && (i + 1) % step === 0 && !dense.includes(i);
  }
  const period = optional(json, "expert_layer_period");
  const offset = optional(json, "expert_layer_offset") ?? 0;
  if (period !== undefined) return (i) => period > 0 && i % period === offset;
  const start = optional(json, "moe_layer_start_index");
  if (start !== undefined) return ernieLayers(json, start);
  const first = optional(json, "first_k_dense_replace") ?? 0;
  const each = optional(json, "moe_layer_freq") ?? 1;
  return (i) => i >= first && each > 0 && i % each === 0;
}

function ernieLayers(json: Json, start: number): (layer: number) => boolean {
  const interval = optional(json, "moe_layer_interval") ?? 1;
  const end = typeof json.moe_layer_end_index === "number" && json.moe_layer_end_index >= 0
    ? json.moe_layer_end_index
    : Infinity;
  return (i) => (i + 1) % interval === 0 && i >= start && i <= end;
}
