/** What a cold start needs to know of a model. */
export interface ModelSize {
  readonly name: string;
  /** Weights, bytes. */
  readonly weightBytes: number;
  /** Decoder layers; null when not said. */
  readonly layers: number | null;
}

/**
 * Size of a model, with what the caller says about it.
 *
 * @throws {RangeError} If its weights are not said.
 */
export function modelSize(
  name: string,
  given: { readonly weightBytes: number | null; readonly layers: number | null },
): ModelSize {
  if (given.weightBytes === null) {
    throw new RangeError(`Cannot size a model as one with --weights: current value is ${name}`);
  }
  return { name, weightBytes: given.weightBytes, layers: given.layers };
}
