import { type Layer, layerGroups, type TransformerShape } from "./transformer.ts";
import { layerKvBytesPerToken, layerStateBytes, layerWindowTokens } from "./kv_bytes_per_token.ts";

/** Copies of a layer's entries that are sent: a rank has one KV head at least. */
function copies({ mixer }: Layer, ranks: number): number {
  return mixer?.kind === "attention" ? Math.max(1, ranks / mixer.kvHeads) : 1;
}

/**
 * Bytes that are sent for the KV entries of a sequence's tokens `from` (included) to `until`: each KV
 * head as often as the receiving ranks hold it, a latent once, of layers with a window what is within
 * it, and the state of recurrent layers, which is all of the sequence's.
 *
 * @param bytesPerElement 2 for bf16 and fp16, 1 for fp8.
 * @param ranks Tensor ranks that receive them, >= 1.
 */
export function kvWireBytes(
  shape: TransformerShape,
  bytesPerElement: number,
  ranks: number,
): (from: number, until: number) => number {
  let whole = 0, state = 0;
  const windows: { readonly tokens: number; readonly bytes: number }[] = [];
  for (const { layer, count } of layerGroups(shape.layers)) {
    const bytes = count * layerKvBytesPerToken(layer, bytesPerElement) * copies(layer, ranks);
    const tokens = layerWindowTokens(layer);
    if (tokens === 0) whole += bytes;
    else windows.push({ tokens, bytes });
    state += count * layerStateBytes(layer);
  }
  return (from, until) => {
    let bytes = whole * (until - from) + state;
    for (const window of windows) {
      bytes += window.bytes * Math.max(0, until - Math.max(from, until - window.tokens));
    }
    return bytes;
  };
}
