import type { LayerMatrix } from "../layer_matrices.ts";

/** Where layers stand in the files of families. */
const PREFIXES = [
  "model.layers",
  "model.language_model.layers",
  "language_model.model.layers",
  "backbone.layers",
  "transformer.h",
  "layers",
];

/** Other names of the parts, as checkpoints of other families have them. */
const OTHER_NAMES: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^self_attn\./, ["attention.", "attn.", "mixer."]],
  [/^mlp\.experts\.0\./, [
    "mlp.experts.",
    "block_sparse_moe.experts.0.",
    "ffn.experts.0.",
    "ffn.experts.",
    "mixer.experts.0.",
    "feed_forward.experts.",
  ]],
  [/^mlp\.shared_experts\./, [
    "mlp.shared_expert.",
    "ffn.shared_experts.",
    "mixer.shared_experts.",
    "feed_forward.shared_expert.",
    "share_expert.",
  ]],
  [/^mlp\.(?=(gate|up|down)_proj)/, ["ffn.", "mixer.", "feed_forward."]],
  [/^mamba\./, ["mixer."]],
  [/^mlp\.fc/, ["mixer.fc"]],
];

/** Names under which a quantised checkpoint may speak of a matrix of a layer, the usual one first. */
export function moduleNames(layer: number, { name }: Pick<LayerMatrix, "name">): string[] {
  const names = [name];
  for (const [pattern, others] of OTHER_NAMES) {
    if (pattern.test(name)) names.push(...others.map((other) => name.replace(pattern, other)));
  }
  return PREFIXES.flatMap((prefix) => names.map((own) => `${prefix}.${layer}.${own}`));
}

/**
 * Whether a name is meant by an entry of a list of modules: `re:` before a regular expression, `*` for
 * anything, else a module, a part of it, or everything beneath it.
 */
export function patternOf(entry: string): (name: string) => boolean {
  if (entry.startsWith("re:")) {
    const expression = expressionOf(entry.slice(3));
    return (name) => expression.test(name);
  }
  if (entry.includes("*")) {
    const escaped = entry.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
    const expression = new RegExp(`^(${escaped})(\\.|$)`);
    return (name) => expression.test(name);
  }
  // "gate" is the module mlp.gate and no gate_proj; "mlp.experts" is all beneath it.
  return (name) => `.${name}.`.includes(`.${entry}.`);
}

/** @throws RangeError if it is no regular expression. */
function expressionOf(text: string): RegExp {
  try {
    return new RegExp(`^(?:${text})`);
  } catch {
    throw new RangeError(
      `Cannot read a module of "quantization_config" as a regular expression: current value is ` +
        JSON.stringify(text.slice(0, 80)),
    );
  }
}
