import text from "../../data/models/catalogue.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";
import { parseEntries } from "../std/yaml_entries.ts";
import type { ModelEntry } from "./catalogue_entry.ts";
import type { ExpertShape, TransformerShape } from "./transformer.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type WrittenShape = Partial<Mutable<Omit<TransformerShape, "experts">>> & {
  experts?: Partial<ExpertShape>;
};

type WrittenEntry = Omit<ModelEntry, "shape"> & { shape: WrittenShape };

let entries: readonly ModelEntry[] | undefined;
const found = new Map<string, ModelEntry | undefined>();

/** All models of the catalogue in its order. */
export function modelEntries(): readonly ModelEntry[] {
  entries ??= (parse(text) as WrittenEntry[]).map(completeEntry);
  return entries;
}

function completeEntry({ shape, ...entry }: WrittenEntry): ModelEntry {
  return { ...entry, shape: completeShape(entry.name, shape) };
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
 * console.log(modelShape("meta-llama/Llama-3.1-8B").layers); // 32
 * ```
 */
export function modelShape(name: string): TransformerShape {
  const entry = findModel(name);
  if (entry === undefined) {
    throw new RangeError(
      `Cannot find a model as one of ${modelNames().join(", ")}: current value is ${name}`,
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
  const shape = {
    name,
    kvHeads: heads,
    headSize: given.hiddenSize! / heads,
    gatedFeedForward: true,
    tiedEmbeddings: false,
    learnedPositions: false,
    bias: "none",
    slidingWindowTokens: 0,
    ...given,
  } as TransformerShape;
  if (experts === undefined) return shape;
  return {
    ...shape,
    experts: { sharedIntermediateSize: 0, everyNthLayer: 1, ...experts } as ExpertShape,
  };
}
