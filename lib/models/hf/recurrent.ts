import type { Matrix, Recurrent } from "../transformer.ts";
import type { Family } from "./family.ts";
import { flag, type Json, number, optional } from "./values.ts";
import { queryHeads, residualWidth } from "./mixers.ts";

/** Bytes of a number of the state: 4 where the file asks for 32 bits, else as the model's. */
function stateBytes(json: Json): number {
  const format = json.mamba_ssm_cache_dtype ?? json.mamba_ssm_dtype;
  return format === "float32" ? 4 : 2;
}

function projection(name: string, outputs: number, inputs: number, hasBias = false): Matrix {
  return { name, outputs, inputs, ...(hasBias && { bias: outputs }) };
}

/** The layer of a family that keeps a state per sequence. */
export function recurrentOf(json: Json, family: Family): Recurrent {
  const kinds = {
    mamba,
    mamba2,
    "gated-delta": gatedDelta,
    kda: deltaByChannel,
    lightning,
    "short-conv": shortConvolution,
  };
  return kinds[family.recurrent!](json);
}

/** @source Gu & Dao, Mamba (2023), and transformers' MambaMixer and JambaMambaMixer */
function mamba(json: Json): Recurrent {
  const hidden = residualWidth(json);
  const inner = (optional(json, "expand", "mamba_expand") ?? 2) * hidden;
  const state = number(json, "state_size", "mamba_d_state");
  const kernel = number(json, "conv_kernel", "mamba_d_conv");
  const rank = optional(json, "time_step_rank", "mamba_dt_rank") ?? Math.ceil(hidden / 16);
  const bias = flag(json, "use_bias") ?? flag(json, "mamba_proj_bias") ?? false;
  const convolutionBias = flag(json, "use_conv_bias") ?? flag(json, "mamba_conv_bias") ?? true;
  // Jamba has norms of the time step and of what goes in and out of the state.
  const norms = json.attn_layer_period === undefined ? 0 : rank + 2 * state;
  return {
    kind: "recurrent",
    name: "mamba",
    matrices: [
      projection("mamba.in_proj", 2 * inner, hidden, bias),
      projection("mamba.x_proj", rank + 2 * state, inner),
      projection("mamba.dt_proj", inner, rank, true),
      projection("mamba.out_proj", hidden, inner, bias),
    ],
    // Convolution, decay of each number of the state, and the way past it.
    smallParameters: inner * (kernel + (convolutionBias ? 1 : 0) + state + 1) + norms,
    stateElements: inner * state,
    stateBytesPerElement: stateBytes(json),
    convolutionElements: inner * (kernel - 1),
    scan: { kind: "selective", heads: inner, keySize: state, valueSize: 1, channels: inner },
  };
}

/** @source Dao & Gu, Mamba-2 (2024), and transformers' Mamba2Mixer and NemotronHMamba2Mixer */
function mamba2(json: Json): Recurrent {
  const hidden = residualWidth(json);
  const heads = number(json, "mamba_num_heads", "mamba_n_heads");
  const inner = heads *
    (mambaHeadSize(json) ?? (optional(json, "mamba_expand", "expand") ?? 2) * hidden / heads);
  const state = number(json, "ssm_state_size", "mamba_d_state", "state_size");
  const groups = optional(json, "mamba_n_groups", "n_groups") ?? 1;
  const kernel = number(json, "conv_kernel", "mamba_d_conv");
  const bias = flag(json, "mamba_proj_bias") ?? flag(json, "use_bias") ?? false;
  const convolutionBias = flag(json, "use_conv_bias") ?? flag(json, "mamba_conv_bias") ?? true;
  const channels = inner + 2 * groups * state;
  return {
    kind: "recurrent",
    name: "mamba2",
    matrices: [
      projection("mamba.in_proj", inner + channels + heads, hidden, bias),
      projection("mamba.out_proj", hidden, inner, bias),
    ],
    // Convolution; decay, time step and way past of each head; gated norm.
    smallParameters: channels * (kernel + (convolutionBias ? 1 : 0)) + 3 * heads + inner,
    stateElements: inner * state,
    stateBytesPerElement: stateBytes(json),
    convolutionElements: channels * (kernel - 1),
    scan: { kind: "chunked", heads, keySize: state, valueSize: inner / heads, channels },
  };
}

/** The head's width; the files of some families say "auto". */
function mambaHeadSize(json: Json): number | undefined {
  return json.mamba_d_head === "auto"
    ? undefined
    : optional(json, "mamba_head_dim", "mamba_d_head");
}

/** @source transformers' Qwen3NextGatedDeltaNet */
function gatedDelta(json: Json): Recurrent {
  const hidden = residualWidth(json);
  const keyHeads = number(json, "linear_num_key_heads");
  const valueHeads = number(json, "linear_num_value_heads");
  const keySize = number(json, "linear_key_head_dim");
  const valueSize = number(json, "linear_value_head_dim");
  const kernel = number(json, "linear_conv_kernel_dim");
  const keys = keyHeads * keySize, values = valueHeads * valueSize;
  const channels = 2 * keys + values;
  return {
    kind: "recurrent",
    name: "gated-delta",
    matrices: [
      projection("linear_attn.in_proj_qkvz", channels + values, hidden),
      projection("linear_attn.in_proj_ba", 2 * valueHeads, hidden),
      projection("linear_attn.out_proj", hidden, values),
    ],
    smallParameters: channels * kernel + 2 * valueHeads + valueSize,
    stateElements: valueHeads * keySize * valueSize,
    stateBytesPerElement: stateBytes(json),
    convolutionElements: channels * (kernel - 1),
    scan: { kind: "delta", heads: valueHeads, keySize, valueSize, channels },
  };
}

/** Gated delta with a decay per channel. @source Kimi Linear (2025), KimiDeltaAttention */
function deltaByChannel(json: Json): Recurrent {
  const hidden = residualWidth(json);
  const heads = number(json, "linear_num_value_heads");
  const size = number(json, "linear_value_head_dim");
  const kernel = number(json, "linear_conv_kernel_dim");
  const width = heads * size;
  return {
    kind: "recurrent",
    name: "kda",
    matrices: [
      ...["q", "k", "v"].map((name) => projection(`self_attn.${name}_proj`, width, hidden)),
      projection("self_attn.f_a_proj", size, hidden),
      projection("self_attn.f_b_proj", width, size),
      projection("self_attn.b_proj", heads, hidden),
      projection("self_attn.g_a_proj", size, hidden),
      projection("self_attn.g_b_proj", width, size),
      projection("self_attn.o_proj", hidden, width),
    ],
    smallParameters: 3 * width * kernel + heads + width + size,
    stateElements: heads * size * size,
    // fla's kernels keep it at 32 bits.
    stateBytesPerElement: 4,
    convolutionElements: 3 * width * (kernel - 1),
    scan: { kind: "delta", heads, keySize: size, valueSize: size, channels: 3 * width },
  };
}

/** Linear attention with a fixed decay. @source MiniMax-01 (2025), MiniMaxLightningAttention */
function lightning(json: Json): Recurrent {
  const hidden = residualWidth(json);
  const heads = queryHeads(json);
  const size = optional(json, "head_dim") ?? hidden / heads;
  const width = heads * size;
  return {
    kind: "recurrent",
    name: "lightning",
    matrices: [
      projection("self_attn.qkv_proj", 3 * width, hidden),
      projection("self_attn.output_gate", width, hidden),
      projection("self_attn.out_proj", hidden, width),
    ],
    smallParameters: width,
    stateElements: heads * size * size,
    stateBytesPerElement: 4,
    convolutionElements: 0,
    scan: { kind: "delta", heads, keySize: size, valueSize: size, channels: 0 },
  };
}

/** A gated convolution over a few tokens. @source transformers' Lfm2ShortConv */
function shortConvolution(json: Json): Recurrent {
  const hidden = residualWidth(json);
  const kernel = number(json, "conv_L_cache");
  const bias = flag(json, "conv_bias") === true;
  return {
    kind: "recurrent",
    name: "short-conv",
    matrices: [
      projection("conv.in_proj", 3 * hidden, hidden, bias),
      projection("conv.out_proj", hidden, hidden, bias),
    ],
    smallParameters: hidden * (kernel + (bias ? 1 : 0)),
    stateElements: 0,
    stateBytesPerElement: 2,
    convolutionElements: hidden * kernel,
  };
}
