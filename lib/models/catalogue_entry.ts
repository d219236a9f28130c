import type { KvFormat } from "./hf/quantization.ts";
import type { TransformerShape } from "./transformer.ts";
import type { WeightFormats } from "./weight_format.ts";

/** A published number and where it stands. */
export interface PublishedParameters {
  /** Parameters, as published. */
  readonly parameters: number;
  /** Where it is published. */
  readonly source: string;
}

/** A model in the catalogue. */
export interface ModelEntry {
  /** Catalogue name, such as "llama-3.1-8b". */
  readonly name: string;
  /** Other names: Hugging Face ids and the spellings of other simulators. */
  readonly aliases: readonly string[];
  /** Where the shape comes from. */
  readonly source: string;
  /** Its architecture. */
  readonly shape: TransformerShape;
  /** Formats of its checkpoint where it is quantised. */
  readonly formats?: WeightFormats;
  /** Format of the KV cache that the checkpoint asks for. */
  readonly kvFormat?: KvFormat;
  /** Parameters that the shape must reproduce within 1 %. */
  readonly published: PublishedParameters;
  /** Parameters that one token uses, where they are published. */
  readonly active?: PublishedParameters;
}
