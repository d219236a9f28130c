import type { Attention, Layer, TransformerShape } from "./transformer.ts";

/** A model of attention layers of which all but so many see a window alone; 0 tokens: none does. */
export function windowed(
  shape: TransformerShape,
  windowTokens: number,
  fullLayers = 0,
): TransformerShape {
  const of = (layer: Layer, tokens: number): Layer => ({
    ...layer,
    mixer: { ...layer.mixer as Attention, windowTokens: tokens },
  });
  const [first] = shape.layers;
  const full = of(first, 0), limited = of(first, windowTokens);
  return { ...shape, layers: shape.layers.map((_, i) => i < fullLayers ? full : limited) };
}

/** The attention of a model's first layer. */
export function attentionOfShape({ layers }: TransformerShape): Attention {
  const { mixer } = layers[0];
  if (mixer?.kind !== "attention") throw new TypeError("the model has no attention of that kind");
  return mixer;
}
