import { findModel, modelEntries } from "../../models/catalogue.ts";
import type { ModelEntry } from "../../models/catalogue_entry.ts";

/** A model of the catalogue that a name means. */
export interface NamedModel {
  readonly entry: ModelEntry;
  /** Format of the weights that the name tells, where the catalogue's entry is another. */
  readonly weightDtype?: "fp8" | "int8" | "int4";
  /** What was read out of the name; absent where the catalogue has this very name. */
  readonly how?: string;
}

/** Endings of the names of quantised checkpoints. */
const FORMATS: readonly (readonly [ending: RegExp, format: "fp8" | "int8" | "int4"])[] = [
  [/[-_.](fp8|fp8[-_]dynamic|fp8[-_]block|quantized\.w8a8[-_]fp8|fp8[-_]kv)$/i, "fp8"],
  [/[-_.](gptq[-_]int8|int8|w8a8|w8a16|quantized\.w8a8|quantized\.w8a16)$/i, "int8"],
  [/[-_.](awq|gptq|gptq[-_]int4|awq[-_]int4|int4|w4a16|quantized\.w4a16|bnb[-_]4bit)$/i, "int4"],
];

/** Endings of tuned checkpoints, whose shape is that of the model they were made from. */
const TUNED = /[-_.](instruct|chat|it|hf|base|pt)$/i;

/**
 * The catalogue's model that a name means: a name or an alias of the catalogue (Hugging Face ids);
 * else, without its organisation or folder, such a name with an ending that tells a quantised or a
 * tuned checkpoint ("RedHatAI/Meta-Llama-3.1-8B-Instruct-FP8", "/models/Qwen3-32B-AWQ").
 */
export function modelOf(name: string): NamedModel | undefined {
  const address = plainAddress(name);
  const exact = findModel(address);
  if (exact !== undefined) return { entry: exact };
  const [last] = address.split("/").slice(-1);
  let base = last;
  let format: NamedModel["weightDtype"];
  for (const [ending, its] of FORMATS) {
    if (!ending.test(base)) continue;
    base = base.replace(ending, "");
    format = its;
    break;
  }
  const candidates = [base, base.replace(TUNED, "")];
  for (const candidate of candidates) {
    const entry = byLastPart(candidate);
    if (entry === undefined) continue;
    const weightDtype = format === undefined || entry.formats !== undefined ? undefined : format;
    return { entry, ...(weightDtype && { weightDtype }), how: `read as ${entry.name} by its name` };
  }
  return undefined;
}

/** A name without a scheme and without the folders of Hugging Face's cache. */
function plainAddress(name: string): string {
  const address = name.replace(/^[a-z0-9+.-]+:\/\//i, "").replace(/\/+$/, "");
  const cached = /(?:^|\/)models--([^/]+?)--([^/]+)/.exec(address);
  return cached === null ? address : `${cached[1]}/${cached[2]}`;
}

function byLastPart(name: string): ModelEntry | undefined {
  const wanted = name.toLowerCase();
  if (wanted === "") return undefined;
  return findModel(wanted) ??
    modelEntries().find(({ aliases }) =>
      aliases.some((alias) => alias.toLowerCase().split("/").at(-1) === wanted)
    );
}

/** Whether a model has layers of experts. */
export function hasExperts({ shape }: Pick<ModelEntry, "shape">): boolean {
  return shape.layers.some(({ feedForward }) => feedForward?.kind === "experts");
}
