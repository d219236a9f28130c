import type { Layer } from "../transformer.ts";
import type { Family } from "./family.ts";
import { queryHeads, residualWidth } from "./mixers.ts";
import { flag, type Json, list, number, optional, part } from "./values.ts";

/** Widths are rounded up to a multiple of so many. @source DeciLM's configuration_decilm.py */
const WIDTH_MULTIPLE = 256;

/**
 * Layers that a search chose one by one: `block_configs` of Llama-Nemotron, each with or without
 * attention, each with its own width of feed-forward. Undefined where the file has none.
 */
export function blockLayers(json: Json, family: Family): Layer[] | undefined {
  const blocks = list(json, "block_configs");
  if (blocks === undefined) return undefined;
  const hidden = residualWidth(json);
  return blocks.map((_, i) => {
    const block = part({ block: blocks[i] }, "block") ?? {};
    const attention = part(block, "attention") ?? {};
    const ffn = part(block, "ffn") ?? {};
    return {
      ...attentionOfBlock(attention, json, hidden),
      ...feedForwardOfBlock(ffn, hidden, family),
      normParameters: hidden * (Number(!skips(attention)) + Number(!skips(ffn))),
    };
  });
}

function skips(part: Json): boolean {
  return flag(part, "no_op") === true;
}

function attentionOfBlock(block: Json, json: Json, hidden: number): Pick<Layer, "mixer"> {
  if (skips(block)) return {};
  if (flag(block, "replace_with_linear") === true) {
    const matrices = [{ name: "self_attn.linear_attn", outputs: hidden, inputs: hidden }];
    const none = { smallParameters: 0, stateElements: 0, convolutionElements: 0 };
    return {
      mixer: { kind: "recurrent", name: "linear", matrices, stateBytesPerElement: 2, ...none },
    };
  }
  const heads = queryHeads(json);
  const kvHeads = heads / number(block, "n_heads_in_group");
  const headSize = optional(json, "head_dim") ?? hidden / heads;
  const windowTokens = optional(block, "window_length") ?? 0;
  return { mixer: { kind: "attention", heads, kvHeads, headSize, windowTokens, bias: "none" } };
}

function feedForwardOfBlock(
  block: Json,
  hidden: number,
  family: Family,
): Pick<Layer, "feedForward"> {
  if (skips(block)) return {};
  if (flag(block, "replace_with_linear") === true) {
    return { feedForward: { kind: "dense", width: hidden / 2, isGated: false, hasBias: false } };
  }
  const multiplier = block.ffn_mult;
  const width = optional(block, "intermediate_size") ??
    (typeof multiplier === "number" && multiplier > 0
      ? WIDTH_MULTIPLE * Math.ceil(Math.floor(2 * multiplier * hidden / 3) / WIDTH_MULTIPLE)
      : number(block, "ffn_mult"));
  return {
    feedForward: { kind: "dense", width, isGated: family.isUngated !== true, hasBias: false },
  };
}
