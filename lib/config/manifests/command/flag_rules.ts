import { showValue } from "../../../std/show_value.ts";
import { shownNames } from "../../../std/safe_text.ts";
import { isMapping, type Mapping } from "../../normalize.ts";
import { custom, type KeyRule, takes } from "../keys.ts";
import { oneOf, yesOrNo } from "../readers.ts";

/** A switch that is a setting. */
export function switches(setting: string): KeyRule {
  return takes(setting, yesOrNo);
}

/** A switch that changes nothing when it is on, as it is here, and is not simulated when it is off. */
export function onlyOn(on: string, off: string): KeyRule {
  return {
    why: off,
    apply: (value, key, reading) => {
      const is = reading.read(key, value, yesOrNo);
      if (is !== undefined) reading.leave(key, is ? on : off);
    },
  };
}

/** A switch that is not simulated when it is on, and changes nothing when it is off. */
export function onlyOff(why: string): KeyRule {
  return {
    why,
    apply: (value, key, reading) => {
      const is = reading.read(key, value, yesOrNo);
      if (is === true) reading.leave(key, why);
      if (is === false) reading.leave(key, "off, as it is here");
    },
  };
}

/**
 * A flag with a word of a list: those that are settings are taken over, of others the reason is said.
 *
 * @param words What each word means: a value of the setting, or why it is none.
 */
export function words(
  setting: string,
  taken: Readonly<Record<string, string>>,
  left: Readonly<Record<string, string>>,
  otherwise?: string,
): KeyRule {
  const known = oneOf({ ...taken, ...left });
  return custom([setting], (value, key, reading) => {
    const word = String(value).toLowerCase();
    if (Object.hasOwn(taken, word)) reading.take(key, setting, taken[word]);
    else if (Object.hasOwn(left, word)) reading.leave(key, left[word]);
    else if (otherwise !== undefined) reading.leave(key, otherwise);
    else reading.refuse(key, known.wanted, showValue(value));
  });
}

/** A flag with a JSON mapping, of which nothing is taken over. */
export function jsonLeft(why: string): KeyRule {
  return {
    why,
    apply: (value, key, reading) => {
      const mapping = jsonMapping(value);
      if (mapping === undefined) reading.refuse(key, "a JSON object", showValue(value));
      else {
        const names = Object.keys(mapping);
        reading.leave(key, names.length === 0 ? why : `${why} (${shownNames(names)})`);
      }
    },
  };
}

/** The mapping of a JSON text; undefined for any other. */
export function jsonMapping(value: unknown): Mapping | undefined {
  if (typeof value !== "string") return undefined;
  try {
    const parsed: unknown = JSON.parse(value);
    return isMapping(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Number formats of activations by the names that engines have for them. */
export const DTYPE: KeyRule = words("model.dtype", {
  bfloat16: "bf16",
  float16: "fp16",
  half: "fp16",
}, {
  auto: "as the checkpoint has it, as here",
  float32: "32-bit numbers are not simulated",
  float: "32-bit numbers are not simulated",
});

const CHECKPOINT = "the checkpoint says how it is quantised: pass its config.json (--hf-config)";

/** Formats of weights by the names that engines have for ways of quantising. */
export const QUANTIZATION: KeyRule = words("model.weight_dtype", {
  fp8: "fp8",
  ptpc_fp8: "fp8",
  fbgemm_fp8: "fp8",
  w8a8_fp8: "fp8",
  w8a8_int8: "int8",
  awq: "int4",
  awq_marlin: "int4",
  gptq: "int4",
  gptq_marlin: "int4",
  bitsandbytes: "int4",
}, {
  auto: CHECKPOINT,
  none: "none, as here",
  "compressed-tensors": CHECKPOINT,
  modelopt: CHECKPOINT,
  modelopt_fp4: CHECKPOINT,
  mxfp4: CHECKPOINT,
  gguf: CHECKPOINT,
  torchao: CHECKPOINT,
  quark: CHECKPOINT,
}, CHECKPOINT);

/** Formats of KV entries. */
export const KV_DTYPE: KeyRule = words("memory.kv_cache_dtype", {
  auto: "auto",
  bfloat16: "bf16",
  bf16: "bf16",
  float16: "fp16",
  fp8: "fp8",
  fp8_e4m3: "fp8",
  fp8_e5m2: "fp8",
}, {
  fp8_inc: "not a format of KV entries here",
  fp4_e2m1: "4-bit KV entries are not simulated",
  nvfp4: "4-bit KV entries are not simulated",
});

/** Reasons that several flags share. */
export const WHY = {
  network: "names, addresses and logs take no time here",
  text: "how text is made of tokens takes no time here",
  sampling: "sampling takes the same time whatever it draws",
  lora: "adapters are not simulated",
  media: "pictures and sound are not simulated",
  load: "how weights are read is a matter of cold_start.preset",
  kernels: "step times are those of the kernels that execution.source knows",
  eager: "step times are with CUDA graphs; without them steps take longer",
  group: "the pods of a group are counted by its size",
  speculation: "speculative decoding is not simulated",
  offload: "weights and KV entries in host memory are not simulated",
  transfer: "KV entries that move between instances are not simulated",
  context: "context parallelism is not simulated",
} as const;
