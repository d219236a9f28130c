import text from "../../data/models/catalogue.yaml" with { type: "text" };
import { suggest } from "../std/suggest.ts";
import { parse } from "../std/yaml.ts";
import { parseEntries } from "../std/yaml_entries.ts";
import type { ModelEntry } from "./catalogue_entry.ts";
import { type HfModel, modelFromHfConfig } from "./hf/config.ts";
import { type PlainExperts, type PlainShape, plainTransformer } from "./plain_shape.ts";
import type { TransformerShape } from "./transformer.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type WrittenShape = Partial<Mutable<Omit<PlainShape, "experts">>> & {
  experts?: Partial<PlainExperts>;
};

/** An entry gives its layers in our words, or the keys of its config.json. */
type WrittenEntry =
  & Omit<ModelEntry, "shape" | "formats" | "kvFormat">
  & ({ shape: WrittenShape } | { config: Readonly<Record<string, unknown>> });

let entries: readonly ModelEntry[] | undefined;
const found = new Map<string, ModelEntry | undefined>();

/** All models of the catalogue in its order. */
export function modelEntries(): readonly ModelEntry[] {
  entries ??= (parse(text) as WrittenEntry[]).map(completeEntry);
  return entries;
}

function completeEntry(written: WrittenEntry): ModelEntry {
  if ("shape" in written) {
    const { shape, ...entry } = written;
    return { ...entry, shape: completeShape(entry.name, shape) };
  }
  const { config, ...entry } = written;
  const { shape, formats, kvFormat }: HfModel = modelFromHfConfig(config, { name: entry.name });
  return { ...entry, shape, ...(formats && { formats }), ...(kvFormat && { kvFormat }) };
}

/** Names of all models in the catalogue. */
export function modelNames(): string[] {
  return modelEntries().map((entry) => entry.name);
}

/** The catalogue entry of a name or alias; capitals do not matter. Undefined if there is none. */
export function findModel(name: string): ModelEntry | undefined {
  const wanted = name.toLowerCase();
  if (!found.has(wanted)) {
    // Most runs need one model: the whole catalogue would take them longer than all the rest.
    const candidates = parseEntries(text, (entry) => entry.toLowerCase().includes(wanted));
    const entry = (candidates as WrittenEntry[]).find(({ name, aliases }) =>
      [name, ...aliases].some((alias) => alias.toLowerCase() === wanted)
    );
    found.set(wanted, entry && completeEntry(entry));
  }
  return found.get(wanted);
}

/**
 * Shape of a model of the catalogue by name, Hugging Face id or alias.
 *
 * @throws RangeError if there is no such model.
 *
 * @example
 * ```ts
 * import { modelShape } from "simfaasinfer/models";
 * console.log(modelShape("meta-llama/Llama-3.1-8B").layers.length); // 32
 * ```
 */
export function modelShape(name: string): TransformerShape {
  const entry = findModel(name);
  if (entry === undefined) {
    const near = suggest(
      name,
      modelEntries().flatMap((one) => [one.name, ...one.aliases]),
    );
    throw new RangeError(
      `Cannot find a model as one of ${modelNames().join(", ")}: current value is ${name}` +
        (near === undefined ? "" : `; did you mean ${near}?`),
    );
  }
  return entry.shape;
}

function completeShape(name: string, written: WrittenShape): TransformerShape {
  const { experts, ...given } = written;
  const required = ["layers", "hiddenSize", "intermediateSize", "heads", "vocabSize"] as const;
  for (const key of [...required, "maxPositions"] as const) {
    if (given[key] === undefined) {
      throw new TypeError(`Cannot read the shape of ${name} as one with ${key}: it is missing`);
    }
  }
  const heads = given.heads!;
  return plainTransformer({
    name,
    kvHeads: heads,
    headSize: given.hiddenSize! / heads,
    gatedFeedForward: true,
    tiedEmbeddings: false,
    learnedPositions: false,
    bias: "none",
    slidingWindowTokens: 0,
    ...given,
    ...(experts && { experts: { sharedIntermediateSize: 0, everyNthLayer: 1, ...experts } }),
  } as PlainShape);
}
