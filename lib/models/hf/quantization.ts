import { showValue } from "../../std/show_value.ts";
import type { LayerMatrix } from "../layer_matrices.ts";
import { SIXTEEN_BITS, type WeightFormat, type WeightFormats } from "../weight_format.ts";
import { moduleNames, patternOf } from "./module_names.ts";
import { flag, type Json, list, optional, part, text } from "./values.ts";

/** Formats of the KV cache that a checkpoint may ask for. */
export type KvFormat = "fp8";

/** What a file says of formats. */
export interface Quantization {
  readonly formats?: WeightFormats;
  readonly kvFormat?: KvFormat;
  readonly notices: readonly string[];
}

const PER_TENSOR = { scaleInputs: Infinity, scaleOutputs: Infinity, zeroPointBits: 0 };

function grouped(
  name: string,
  bits: number,
  group: number,
  scaleBytes: number,
  zeroPointBits = 0,
): WeightFormat {
  return {
    name: `${name} in groups of ${group}`,
    bits,
    activations: "bf16",
    scaleInputs: group,
    scaleOutputs: 1,
    scaleBytes,
    zeroPointBits,
  };
}

/** @source OCP Microscaling Formats 1.0: 4 bits, one scale of 8 bits for 32 */
const MXFP4: WeightFormat = { ...grouped("mxfp4", 4, 32, 1), name: "mxfp4" };
/** @source NVIDIA, Introducing NVFP4 (2025): 4 bits, one fp8 scale for 16 and one scale per tensor */
const NVFP4: WeightFormat = { ...grouped("nvfp4", 4, 16, 1), name: "nvfp4", activations: "fp4" };

function fp8(json: Json): WeightFormat {
  const block = list(json, "weight_block_size");
  const dynamic = text(json, "activation_scheme") !== "none";
  const activations = dynamic ? "fp8" : "bf16";
  if (block === undefined) {
    return { name: "fp8", bits: 8, activations, ...PER_TENSOR, scaleBytes: 4 };
  }
  const [scaleOutputs, scaleInputs] = blockOf("weight_block_size", block);
  return {
    name: `fp8 in blocks of ${scaleOutputs} x ${scaleInputs}`,
    bits: 8,
    activations,
    scaleInputs,
    scaleOutputs,
    // Powers of two take a byte, others are 32 bits.
    scaleBytes: text(json, "scale_fmt") === "ue8m0" ? 1 : 4,
    zeroPointBits: 0,
  };
}

function refuse(key: string, value: unknown): never {
  throw new RangeError(
    `Cannot read "quantization_config.${key}" of a model's config.json as a known format: current ` +
      `value is ${showValue(value)}; model.weight_dtype sets one`,
  );
}

/** Most weights of a row that have a scale of their own. */
const MOST_IN_GROUP = 65_536;

/** Rows and columns of a block. */
function blockOf(key: string, block: readonly unknown[]): number[] {
  const sizes = block.map(Number);
  return sizes.length === 2 && sizes.every(isGroup) ? sizes : refuse(key, block);
}

function isGroup(size: number): boolean {
  return Number.isInteger(size) && size >= 1 && size <= MOST_IN_GROUP;
}

/** Bits of a weight of this key: 1 to 16. */
function bitsOf(json: Json, key: string): number | undefined {
  const bits = optional(json, key);
  return bits === undefined || (bits >= 1 && bits <= 16) ? bits : refuse(key, bits);
}

/** Formats with a group size: AWQ and GPTQ. */
function integerGroups(json: Json, method: string): WeightFormat {
  const bits = bitsOf(json, "bits") ?? bitsOf(json, "w_bit") ?? 4;
  // GPTQ writes -1 for one group over the whole row.
  const given = json.group_size ?? json.q_group_size ?? 128;
  const group = given === -1 ? Infinity : Number(given);
  if (group !== Infinity && !isGroup(group)) refuse("group_size", given);
  // AutoGPTQ stores zero points for symmetric weights, too.
  const hasZeros = method === "gptq" || flag(json, "zero_point") !== false;
  return {
    ...grouped(`${method} int${bits}`, bits, group, 2, hasZeros ? bits : 0),
    name: `${method} int${bits} in groups of ${given === -1 ? "a row" : group}`,
  };
}

function bitsAndBytes(json: Json): WeightFormat {
  if (flag(json, "load_in_8bit") === true) {
    // One 32-bit scale for each row; products in int8.
    return {
      name: "bitsandbytes int8",
      bits: 8,
      activations: "int8",
      scaleInputs: Infinity,
      scaleOutputs: 1,
      scaleBytes: 4,
      zeroPointBits: 0,
    };
  }
  // Double quantisation keeps scales of 64 weights in 8 bits, and 32 bits for 256 of these.
  const isDouble = flag(json, "bnb_4bit_use_double_quant") === true;
  const name = `bitsandbytes ${text(json, "bnb_4bit_quant_type") ?? "fp4"}`;
  return grouped(name, 4, 64, isDouble ? 1 + 4 / 256 : 4);
}

/** A scheme of compressed-tensors or ModelOpt: `weights` and `input_activations`. */
function scheme(group: Json): WeightFormat {
  const weights = part(group, "weights");
  if (weights === undefined) return refuse("config_groups", group);
  const bits = bitsOf(weights, "num_bits") ?? refuse("config_groups.weights.num_bits", null);
  const type = text(weights, "type") ?? "int";
  const strategy = text(weights, "strategy");
  const size = optional(weights, "group_size");
  if (size !== undefined && size > 0 && !isGroup(size)) {
    return refuse("config_groups.weights.group_size", size);
  }
  const format = String(group.format ?? "");
  if (bits === 4 && type === "float") {
    const isMx = format.startsWith("mxfp4") || size === 32;
    const base = isMx ? MXFP4 : NVFP4;
    return part(group, "input_activations") === undefined ? { ...base, activations: "bf16" } : base;
  }
  const hasZeros = flag(weights, "symmetric") === false;
  const name = `${type === "float" ? "fp" : "int"}${bits}`;
  const scaleBytes = bits === 8 ? 4 : 2;
  const activations = activationsOf(part(group, "input_activations"));
  const common = { bits, activations, scaleBytes, zeroPointBits: hasZeros ? bits : 0 };
  const block = list(weights, "block_structure");
  if (strategy === "block" && block !== undefined) {
    const [scaleOutputs, scaleInputs] = blockOf("config_groups.weights.block_structure", block);
    return { ...common, name: `${name} in blocks`, scaleInputs, scaleOutputs };
  }
  if (size !== undefined && size > 0) {
    return { ...common, name: `${name} in groups of ${size}`, scaleInputs: size, scaleOutputs: 1 };
  }
  return {
    ...common,
    name,
    scaleInputs: Infinity,
    scaleOutputs: strategy === "channel" ? 1 : Infinity,
  };
}

function activationsOf(inputs: Json | undefined): WeightFormat["activations"] {
  if (inputs === undefined) return "bf16";
  const bits = optional(inputs, "num_bits") ?? 16;
  if (bits > 8) return "bf16";
  return text(inputs, "type") === "int" ? "int8" : bits === 4 ? "fp4" : "fp8";
}

/** Formats of ModelOpt by name. */
function modelOpt(json: Json): WeightFormat {
  const name = String(json.quant_algo ?? "").toUpperCase();
  if (name === "FP8") {
    return { name: "fp8", bits: 8, activations: "fp8", ...PER_TENSOR, scaleBytes: 4 };
  }
  if (name === "NVFP4") return NVFP4;
  if (name === "W4A16_AWQ") return grouped("int4", 4, optional(json, "group_size") ?? 128, 2);
  if (name.startsWith("FP8_PB")) {
    return {
      name: "fp8 in blocks of 128 x 128",
      bits: 8,
      activations: "fp8",
      scaleInputs: 128,
      scaleOutputs: 128,
      scaleBytes: 4,
      zeroPointBits: 0,
    };
  }
  return refuse("quant_algo", json.quant_algo);
}

/** A format and the matrices that have it. */
interface Rule {
  readonly format: WeightFormat;
  /** Whether a module of one of these names has it. */
  readonly takes: (names: readonly string[]) => boolean;
}

/** Formats by matrix, the first rule that takes a module first. */
function rulesOf(json: Json): Rule[] {
  const method = methodOf(json);
  const all = () => true;
  switch (method) {
    case "fp8":
      return [...layersOf(json), { format: fp8(json), takes: all }];
    case "fbgemm_fp8":
      return [{
        format: {
          name: "fp8",
          bits: 8,
          activations: "fp8",
          scaleInputs: Infinity,
          scaleOutputs: 1,
          scaleBytes: 4,
          zeroPointBits: 0,
        },
        takes: all,
      }];
    case "mxfp4":
      // The experts alone, whatever else the file does not list.
      return [{
        format: MXFP4,
        takes: (names) => names.some((name) => name.includes(".experts.")),
      }];
    case "awq":
    case "gptq":
    case "auto-round":
      return [{ format: integerGroups(json, method), takes: all }];
    case "bitsandbytes":
      return [{ format: bitsAndBytes(json), takes: all }];
    case "compressed-tensors":
    case "modelopt":
    case "modelopt_fp4":
      return [...layersOf(json), ...groupsOf(json)];
    default:
      return refuse("quant_method", json.quant_method ?? null);
  }
}

function methodOf(json: Json): string {
  const method = text(json, "quant_method");
  if (method !== undefined) return method.toLowerCase().replace("gptq_marlin", "gptq");
  if (json.quant_algo !== undefined || json.config_groups !== undefined) return "modelopt";
  return "none";
}

/** Formats that ModelOpt gives layer by layer. */
function layersOf(json: Json): Rule[] {
  const layers = part(json, "quantized_layers");
  if (layers === undefined) return [];
  return Object.keys(layers).map((prefix) => {
    const format = modelOpt(part(layers, prefix) ?? {});
    return { format, takes: (names) => names.some((name) => name.startsWith(prefix)) };
  });
}

function groupsOf(json: Json): Rule[] {
  const groups = part(json, "config_groups");
  if (groups === undefined) {
    return [{ format: modelOpt(part(json, "quantization") ?? json), takes: () => true }];
  }
  if (Object.keys(groups).length === 0) return refuse("config_groups", groups);
  return Object.keys(groups).map((key) => {
    const group = Object.assign({ format: json.format }, part(groups, key)) as Json;
    const targets = (list(group, "targets") ?? ["Linear"]).map(String);
    const isAll = targets.some((target) => /^(Linear|FusedMoE|MoEGMM)$/.test(target));
    const patterns = targets.map(patternOf);
    return {
      format: scheme(group),
      takes: (names) => isAll || names.some((name) => patterns.some((takes) => takes(name))),
    };
  });
}

/** Modules that keep 16 bits. */
function keptOf(json: Json): (names: readonly string[]) => boolean {
  const patterns = [
    "modules_to_not_convert",
    "ignore",
    "ignored_layers",
    "exclude_modules",
    "llm_int8_skip_modules",
  ]
    .flatMap((key) => list(json, key) ?? []).map((name) => patternOf(String(name)));
  return (names) => names.some((name) => patterns.some((takes) => takes(name)));
}

/**
 * Formats of the weights and the KV cache that a file asks for.
 *
 * @param file Name of the file, which may speak of a format that stands elsewhere.
 * @param hasOwnFormat Another format is set: one that is not known is no mistake.
 * @throws RangeError if a format is not known.
 */
export function quantizationOf(
  whole: Json,
  json: Json,
  file: string,
  hasOwnFormat = false,
): Quantization {
  const config = part(whole, "quantization_config") ?? part(json, "quantization_config") ??
    part(whole, "compression_config");
  if (config === undefined || methodOf(config) === "none" && Object.keys(config).length === 0) {
    return { notices: unquantisedNotices(file) };
  }
  const rules = knownRules(config, hasOwnFormat);
  if (rules === undefined) return { notices: [] };
  const isKept = keptOf(config);
  const quantisesHead = flag(config, "lm_head") === true;
  const of = (names: readonly string[]) =>
    isKept(names) ? SIXTEEN_BITS : rules.find(({ takes }) => takes(names))?.format ?? SIXTEEN_BITS;
  // Layers in the thousands of modules are asked again and again: by parameters, bytes, kernels.
  const known = new Map<string, WeightFormat>();
  const formatOf = (layer: number, matrix: LayerMatrix) => {
    if (matrix.part === "router") return SIXTEEN_BITS;
    const key = `${layer} ${matrix.name}`;
    if (!known.has(key)) known.set(key, of(moduleNames(layer, matrix)));
    return known.get(key)!;
  };
  const kvFormat = kvFormatOf(config);
  const experts = whole.expert_dtype ?? json.expert_dtype;
  const names = [...new Set(rules.map(({ format }) => format.name))].join(" and ");
  return {
    formats: {
      name: names,
      bits: rules[rules.length - 1].format.bits,
      of: experts === "fp4"
        ? (layer, matrix) => matrix.part === "expert" ? MXFP4 : formatOf(layer, matrix)
        : formatOf,
      head: quantisesHead ? rules[0].format : SIXTEEN_BITS,
    },
    ...(kvFormat && { kvFormat }),
    notices: [],
  };
}

/** Undefined for a format that is not known where another is set anyway. */
function knownRules(config: Json, hasOwnFormat: boolean): Rule[] | undefined {
  try {
    return rulesOf(config);
  } catch (error) {
    if (hasOwnFormat && error instanceof RangeError) return undefined;
    throw error;
  }
}

function kvFormatOf(config: Json): KvFormat | undefined {
  const scheme = config.kv_cache_scheme ?? config.kv_cache_quant_algo;
  if (typeof scheme === "string") return scheme.toUpperCase() === "FP8" ? "fp8" : undefined;
  if (typeof scheme !== "object" || scheme === null) return undefined;
  const { num_bits, type } = scheme as Readonly<Record<string, unknown>>;
  return num_bits === 8 && type === "float" ? "fp8" : undefined;
}

/** A checkpoint may have its formats in another file than this. */
function unquantisedNotices(file: string): string[] {
  const spoken = /(NVFP4|MXFP4|FP8|INT4|INT8|AWQ|GPTQ|W4A16|W8A8)(?![A-Za-z0-9])/i.exec(file)?.[1];
  return spoken === undefined ? [] : [
    `${
      file.slice(Math.max(0, file.lastIndexOf("/") + 1))
    }: the name speaks of ${spoken}, but there ` +
    `is no quantization_config: weights are taken as 16 bits; a config.json with it, or model.weight_dtype (fp8, int8, int4), says more`,
  ];
}
