import { findModel, modelShape } from "../models/catalogue.ts";
import { weightBytes } from "../models/weight_format.ts";

/** What a cold start needs to know of a model. */
export interface ModelSize {
  readonly name: string;
  /** Weights, bytes. */
  readonly weightBytes: number;
  /** Decoder layers; null when not said. */
  readonly layers: number | null;
}

/** Checkpoints that are not quantised are published with 2 bytes per weight. */
const BYTES_PER_WEIGHT = 2;

/**
 * Size of a model: what the caller says about it, the rest from the catalogue. A name with weights
 * need not be in the catalogue.
 *
 * @throws {RangeError} If the weights are not said and the catalogue has no such model.
 */
export function modelSize(
  name: string,
  given: { readonly weightBytes: number | null; readonly layers: number | null },
): ModelSize {
  const entry = findModel(name);
  const known = entry?.shape;
  if (given.weightBytes !== null) {
    const layers = given.layers ?? known?.layers.length ?? null;
    return { name, weightBytes: given.weightBytes, layers };
  }
  const shape = known ?? modelShape(name);
  return {
    name: shape.name,
    weightBytes: weightBytes(shape, entry?.formats ?? BYTES_PER_WEIGHT),
    layers: given.layers ?? shape.layers.length,
  };
}
