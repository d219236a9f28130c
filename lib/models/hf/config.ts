import { suggest } from "../../std/suggest.ts";
import { showValue } from "../../std/show_value.ts";
import { type Layer, requireLayers, sharedLayers, type TransformerShape } from "../transformer.ts";
import type { WeightFormats } from "../weight_format.ts";
import { blockLayers } from "./block_configs.ts";
import { ASSUMED_FAMILY, FAMILIES } from "./families.ts";
import type { Family } from "./family.ts";
import { denseOf, expertsOf } from "./feed_forwards.ts";
import { keysNotUnderstood, keysOfOthers, shownKey } from "./keys.ts";
import { expertLayers, type LayerType, mixerTypes, patternLayers } from "./layer_types.ts";
import { attentionOf, latentOf, residualWidth } from "./mixers.ts";
import { longestSequence } from "./positions.ts";
import { type KvFormat, quantizationOf } from "./quantization.ts";
import { recurrentOf } from "./recurrent.ts";
import { flag, type Json, list, number, optional, part, text, tracked } from "./values.ts";

/** What a `config.json` says of a model. */
export interface HfModel {
  /** Its architecture. */
  readonly shape: TransformerShape;
  /** Formats of a quantised checkpoint; absent: 16 bits. */
  readonly formats?: WeightFormats;
  /** Format of the KV cache, where the checkpoint has scales for one. */
  readonly kvFormat?: KvFormat;
  /** What was assumed or left out, a sentence each. */
  readonly notices: readonly string[];
}

/** How a file is read. */
export interface HfOptions {
  /** Name of the shape; absent: what the file calls it, or what it is called. */
  readonly name?: string;
  /** Path of the file, for a name where the file has none. */
  readonly file?: string;
  /** The formats are set elsewhere: one that is not known is no mistake. */
  readonly hasOwnFormat?: boolean;
  /** Reads an unknown family, and keys that are not understood, as a Llama's. */
  readonly assumeLlama?: boolean;
}

const NESTED = ["text_config", "llm_config", "language_config", "thinker_config"];

/** The part of the file that is the text model. */
function textPart(whole: Json): Json {
  for (const key of NESTED) {
    const inner = part(whole, key);
    if (inner !== undefined) return textPart(inner);
  }
  return whole;
}

function named(config: unknown): Json {
  if (typeof config === "object" && config !== null && !Array.isArray(config)) {
    return config as Json;
  }
  throw new SyntaxError(
    `Cannot read a model's config.json as an object: current value is ${
      Array.isArray(config) ? "a list" : config === null ? "null" : `a ${typeof config}`
    }`,
  );
}

/** The name of the family: `model_type`, else what stands in `architectures`. */
function familyName(json: Json, whole: Json): string {
  const type = text(json, "model_type") ?? text(whole, "model_type");
  if (type !== undefined && type !== "") return type;
  const [architecture] = list(json, "architectures") ?? list(whole, "architectures") ?? [];
  const stem = String(architecture ?? "").replace(/For[A-Z].*$/, "").toLowerCase();
  const found = Object.keys(FAMILIES).find((name) => name.replaceAll("_", "") === stem);
  if (found !== undefined) return found;
  if (stem !== "") return stem;
  throw new TypeError(
    `Cannot read a model's config.json as one that names its family in "model_type": current value ` +
      `is ${Object.keys(whole).length === 0 ? "an empty object" : "an object without that key"}`,
  );
}

/** What an architecture's class is called without its task: "qwen2" of "Qwen2ForCausalLM". */
function stemOf(architecture: unknown): string {
  return String(architecture ?? "").replace(/(For[A-Z]|LMHeadModel$|Model$).*$/, "").toLowerCase();
}

/** Families whose names other classes borrow. */
const BORROWED = new Set(["llama", "mistral", "qwen2"]);

/**
 * Says so where `architectures` names another class than `model_type`: transformers builds the one,
 * vLLM the other.
 */
function otherClass(type: string, json: Json, whole: Json): string | undefined {
  const [architecture] = list(json, "architectures") ?? list(whole, "architectures") ?? [];
  const stem = stemOf(architecture);
  const plain = (name: string) => name.replaceAll(/[_-]/g, "");
  if (stem === "" || !Object.hasOwn(FAMILIES, type) || plain(stem) === plain(type)) {
    return undefined;
  }
  const other = Object.keys(FAMILIES).find((name) => plain(name) === plain(stem));
  const differs = other === undefined ? BORROWED.has(type) : FAMILIES[other] !== FAMILIES[type];
  if (!differs) return undefined;
  return `"architectures" names ${showValue(architecture)} and "model_type" ${showValue(type)}, ` +
    `by whose rules it is read`;
}

function familyOf(name: string, json: Json, assumeLlama: boolean): Family {
  if (Object.hasOwn(FAMILIES, name)) return FAMILIES[name];
  if (assumeLlama) return ASSUMED_FAMILY;
  const near = suggest(name, Object.keys(FAMILIES)) ?? mostAlike(json);
  throw new RangeError(
    `Cannot read a model's config.json as one of a known family: current value is model_type ` +
      `${showValue(name)} (the nearest known one is ${near}); ` +
      `"model.assume: llama" reads it as a Llama`,
  );
}

/** The family whose keys are most of those of a file, the first of several. */
function mostAlike(json: Json): string {
  let nearest = "llama", most = -1;
  for (const [name, { defaults = {} }] of Object.entries(FAMILIES)) {
    const keys = Object.keys(defaults);
    // Keys that the file lacks count against a family, or the one with most keys would be near to all.
    const alike = keys.filter((key) => json[key] !== undefined).length * 2 - keys.length;
    if (alike > most) [nearest, most] = [name, alike];
  }
  return nearest;
}

/**
 * The keys that are read: the class's defaults, the file's own, and those under other names.
 *
 * @param read Takes the names of the keys that rules have asked for.
 */
function withDefaults(json: Json, family: Family, read: Set<string>): Json {
  const filled = Object.assign(Object.create(null), family.defaults, json) as Json;
  return tracked(Object.assign(filled, family.adapt?.(tracked(filled, read))), read);
}

/** Widths of a norm: gain, or gain and offset. */
const NORM_VECTORS = { gain: 1, offset: 2, none: 0 };

function layersOf(json: Json, family: Family): Layer[] {
  const blocks = blockLayers(json, family);
  if (blocks !== undefined) return blocks;
  const pattern = family.isPattern ? patternLayers(json) : undefined;
  const count = pattern?.length ??
    number(json, "num_hidden_layers", "n_layer", "n_layers", "num_layers");
  requireLayers(count);
  const hasExperts = expertsOf(json, family) === undefined
    ? () => false
    : expertLayers(json, count);
  const types: readonly LayerType[] = pattern ??
    mixerTypes(json, family, count).map((mixer) => ({ mixer, feedForward: "byKeys" }));
  const norm = NORM_VECTORS[family.norm ?? "gain"] * residualWidth(json);
  return types.map(({ mixer, feedForward }, i) => {
    const isSparse = feedForward === "experts" || (feedForward === "byKeys" && hasExperts(i));
    const dense = feedForward === "none" ? undefined : denseOf(json, family);
    const experts = isSparse ? expertsOf(json, family) : undefined;
    const isBeside = experts !== undefined && flag(json, "enable_moe_block") === true;
    const follows = experts ?? dense;
    const norms = pattern !== undefined
      ? 1
      : (optional(json, "norms_per_layer") ?? family.norms ?? 2) + (isBeside ? 3 : 0);
    return {
      ...(mixer !== "none" && { mixer: mixerOf(json, family, mixer, i) }),
      ...(follows && { feedForward: follows }),
      ...(isBeside && dense && { besideExperts: dense }),
      normParameters: norms * norm,
    };
  });
}

function mixerOf(
  json: Json,
  family: Family,
  type: Exclude<LayerType["mixer"], "none">,
  layer: number,
): Layer["mixer"] {
  if (type === "recurrent") return recurrentOf(json, family);
  return family.isLatent ? latentOf(json, layer) : attentionOf(json, family, type, layer);
}

/** What the model is called: its own name, its file's or its folder's, or its class's. */
function nameOf(whole: Json, json: Json, family: string, file: string | undefined): string {
  const own = (text(whole, "_name_or_path") ?? text(json, "_name_or_path") ?? "").replace(
    /\/+$/,
    "",
  );
  if (own !== "") return own.startsWith("/") ? own.slice(own.lastIndexOf("/") + 1) : own;
  const [base = "", folder = ""] = (file ?? "").split(/[\\/]/).reverse();
  const stem = base.replace(/\.json$/i, "").replace(/[_-]?config$/i, "");
  if (stem !== "" && stem !== "-") return stem;
  if (folder !== "" && folder !== "." && folder !== "..") return folder;
  const [architecture] = list(whole, "architectures") ?? [];
  return typeof architecture === "string" ? architecture : family;
}

function shapeOf(json: Json, whole: Json, family: Family, name: string): TransformerShape {
  const hiddenSize = residualWidth(json);
  const vocabSize = number(json, "vocab_size", "padded_vocab_size");
  const maxPositions = longestSequence(json);
  const norm = NORM_VECTORS[family.norm ?? "gain"] * hiddenSize;
  const headBias = typeof family.headBias === "string"
    ? flag(json, family.headBias) === true
    : family.headBias === true;
  const { learnedPositions } = family;
  const nextTokenLayers =
    optional(json, "num_nextn_predict_layers", "mtp_num_hidden_layers", "num_mtp_modules") ?? 0;
  return {
    name,
    hiddenSize,
    vocabSize,
    maxPositions,
    tiedEmbeddings: flag(json, "tie_word_embeddings") ?? flag(whole, "tie_word_embeddings") ??
      family.isTied ?? false,
    positionParameters: learnedPositions === undefined
      ? 0
      : (number(json, "max_position_embeddings", "n_positions", "n_ctx") + learnedPositions) *
        hiddenSize,
    ...(family.hasWideRotary === true && { rotaryBytesPerElement: 4 }),
    finalNormParameters: norm + (family.otherNorms ?? 0) * hiddenSize + (headBias ? vocabSize : 0),
    layers: sharedLayers(layersOf(json, family)),
    ...(nextTokenLayers > 0 && { nextTokenLayers }),
  };
}

/**
 * What a model's Hugging Face `config.json` says (already parsed). Each family is read by its class's
 * rules and defaults; the text model alone where the file nests it.
 *
 * @throws TypeError if a key is missing or of the wrong type, SyntaxError if it is not an object,
 * RangeError if the family is not known, a key that changes the model's size is not understood, or the
 * heads do not divide.
 */
export function modelFromHfConfig(config: unknown, options: HfOptions = {}): HfModel {
  const { file, assumeLlama = false } = options;
  const whole = named(config);
  const given = textPart(whole);
  const type = assumeLlama && given.model_type === undefined ? "llama" : familyName(given, whole);
  const family = familyOf(type, given, assumeLlama);
  const read = new Set<string>();
  const json = withDefaults(given, family, read);
  for (const key of ["torch_dtype", "dtype"]) text(json, key);
  const notices: string[] = [];
  const name = options.name ?? nameOf(whole, given, type, file);
  if (!Object.hasOwn(FAMILIES, type)) {
    notices.push(`${name}: the family "${type}" is not known and is read as llama (model.assume)`);
  }
  const other = assumeLlama ? undefined : otherClass(type, given, whole);
  if (other !== undefined) notices.push(`${name}: ${other}`);
  const leaveOut = (keys: readonly string[], why: string) => {
    if (keys.length > 0 && !assumeLlama) throw notRead(json, keys, type, why);
    for (const key of keys) {
      notices.push(`${name}: ${shownKey(json, key)} is ${why} and left out (model.assume)`);
    }
  };
  leaveOut([...keysNotUnderstood(given), ...unsupported(json)], "not understood");
  const shape = shapeOf(json, whole, family, name);
  leaveOut(keysOfOthers(given, read, family.defaults ?? {}), "one that other families alone read");
  const quantization = quantizationOf(whole, given, file ?? name, options.hasOwnFormat);
  const parts = Object.keys(whole).filter((key) =>
    /^(vision|audio|talker|code2wav)/.test(key) &&
    typeof whole[key] === "object" && whole[key] !== null
  );
  if (parts.length > 0) {
    notices.push(
      `${name}: the text model alone is read; weights of ${parts.join(", ")} are left out`,
    );
  }
  return { shape, ...quantization, notices: [...notices, ...quantization.notices] };
}

/** The first of these keys, which the family does not read, and how many more there are. */
function notRead(json: Json, keys: readonly string[], type: string, why: string): RangeError {
  const more = keys.length === 1 ? "" : ` (and so ${keys.length === 2 ? "is" : "are"} ` +
    `${keys.slice(1, 6).map((key) => `"${key}"`).join(", ")})`;
  return new RangeError(
    `Cannot read ${shownKey(json, keys[0])} of a model's config.json as a key of the family ` +
      `${type}, whose size it may change: current value is ${why}${more}; ` +
      `"model.assume: llama" leaves it out`,
  );
}

/** Keys that are known and that no rule builds yet. */
function unsupported(json: Json): string[] {
  const keys = ["hidden_size_per_layer_input", "num_kv_shared_layers"].filter((key) =>
    (optional(json, key) ?? 0) > 0
  );
  if (flag(json, "is_encoder_decoder") === true) keys.push("is_encoder_decoder");
  const projected = optional(json, "word_embed_proj_dim");
  if (projected !== undefined && projected !== residualWidth(json)) {
    keys.push("word_embed_proj_dim");
  }
  return keys;
}

/**
 * Shape of a model from the contents of its Hugging Face `config.json` (already parsed):
 * {@link modelFromHfConfig} without formats and notices.
 *
 * @param name Name of the shape; by default the config's own.
 *
 * @example
 * ```ts
 * import { transformerFromHfConfig } from "simfaasinfer/models";
 * const config = { model_type: "llama", hidden_size: 64, num_hidden_layers: 2, vocab_size: 100,
 *   num_attention_heads: 4, intermediate_size: 128, max_position_embeddings: 512 };
 * console.log(transformerFromHfConfig(config, "tiny").layers.length); // 2
 * ```
 */
export function transformerFromHfConfig(config: unknown, name?: string): TransformerShape {
  return modelFromHfConfig(config, name === undefined ? {} : { name }).shape;
}
