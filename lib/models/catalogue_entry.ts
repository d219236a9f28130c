import type { TransformerShape } from "./transformer.ts";

/** A published number and where it stands. */
export interface PublishedParameters {
  readonly parameters: number;
  readonly source: string;
}

/** A model in the catalogue. */
export interface ModelEntry {
  readonly name: string;
  /** Other names: Hugging Face ids and the spellings of other simulators. */
  readonly aliases: readonly string[];
  /** Where the shape comes from. */
  readonly source: string;
  readonly shape: TransformerShape;
  readonly published: PublishedParameters;
  /** Parameters that one token uses, where they are published. */
  readonly active?: PublishedParameters;
}
