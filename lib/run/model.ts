import {
  findModel,
  type HfModel,
  modelFromHfConfig,
  modelShape,
  type PartFormats,
  partFormats,
  transformerFromSimfaasinfer,
  uniformFormats,
  type WeightFormats,
} from "../models/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { DEFAULT_MODEL } from "../config/sections/model.ts";
import { parseInput } from "../std/input_error.ts";
import { parseJson } from "../std/json.ts";
import { BYTES_PER_ELEMENT, type Dtype } from "./dtypes.ts";

/** The model that a configuration names or describes, and the formats of its numbers. */
export interface ConfiguredModel extends Pick<HfModel, "shape" | "notices"> {
  /** Formats of a quantised checkpoint; absent: all matrices are of `weightBytesPerElement`. */
  readonly weights?: WeightFormats;
  /** Bytes of a weight where no checkpoint says more. */
  readonly weightBytesPerElement: number;
  /** Bytes of an element of the KV cache. */
  readonly kvBytesPerElement: number;
  /** Formats as kernels see them. */
  readonly parts: PartFormats;
  /** Names the format of the weights among others of the same model. */
  readonly weightFormat: string;
}

/** The model: a config.json before a shape in the configuration before the catalogue. */
function sourceOf(
  model: Configuration["model"],
  files: ReadonlyMap<string, string> | undefined,
): HfModel {
  const { hf_config: file, name } = model;
  if (file !== null) {
    const text = files?.get(file);
    if (text === undefined) {
      throw new ConfigError([
        `Cannot use "model.hf_config" without the text of that file: current value is ` +
        `"${file}" (allowed: one of the files handed in)`,
      ]);
    }
    const options = {
      file,
      assumeLlama: model.assume === "llama",
      hasOwnFormat: model.weight_dtype !== null,
      // Not the catalogue's default: the file is another model.
      ...(name !== DEFAULT_MODEL && { name }),
    };
    return parseInput(
      { file, what: "a model's config.json" },
      text,
      () => modelFromHfConfig(parseJson(text), options),
    );
  }
  if (model.num_layers !== null) return { shape: transformerFromSimfaasinfer(model), notices: [] };
  const entry = findModel(name);
  if (entry === undefined) return { shape: modelShape(name), notices: [] };
  const { shape, formats, kvFormat } = entry;
  return { shape, ...(formats && { formats }), ...(kvFormat && { kvFormat }), notices: [] };
}

/**
 * The model of a configuration.
 *
 * @param files Texts of the files that the configuration names.
 * @throws {RangeError} If the model is unknown or its file is not understood.
 * @throws {ConfigError} If the text of a file is missing.
 */
export function configuredModel(
  { model, memory }: Pick<Configuration, "model" | "memory">,
  files?: ReadonlyMap<string, string>,
): ConfiguredModel {
  const { shape, formats, kvFormat, notices } = sourceOf(model, files);
  // A format that the checkpoint has anyway comes with its scales and exceptions.
  const isOwn = model.weight_dtype === null ||
    (formats !== undefined && 8 * BYTES_PER_ELEMENT[model.weight_dtype] === formats.bits);
  const weights = isOwn ? formats : undefined;
  const kvDtype: Dtype = memory.kv_cache_dtype !== "auto"
    ? memory.kv_cache_dtype
    : kvFormat ?? model.dtype;
  const weightDtype = model.weight_dtype ?? model.dtype;
  const weightBytesPerElement = weights === undefined ? BYTES_PER_ELEMENT[weightDtype] : 2;
  const own = [...notices];
  if (weights !== undefined) {
    own.push(
      `${shape.name}: weights in the formats of its checkpoint (${weights.name}); routers, norms and ` +
        `embedding${weights.head.bits === 16 ? ", and the head," : ""} at 16 bits`,
    );
  } else if (formats !== undefined) {
    own.push(
      `${shape.name}: model.weight_dtype ${weightDtype} in place of the checkpoint's own formats ` +
        `(${formats.name})`,
    );
  }
  if (kvFormat !== undefined && memory.kv_cache_dtype === "auto") {
    own.push(`${shape.name}: the KV cache is ${kvFormat}, as the checkpoint has it`);
  }
  return {
    shape,
    ...(weights && { weights }),
    weightBytesPerElement,
    kvBytesPerElement: BYTES_PER_ELEMENT[kvDtype],
    parts: weights === undefined
      ? uniformFormats(weightBytesPerElement)
      : partFormats(shape, weights),
    weightFormat: weights?.name ?? weightDtype,
    notices: own,
  };
}
