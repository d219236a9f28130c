import type {
  Attention,
  DenseFeedForward,
  ExpertFeedForward,
  LatentAttention,
  Layer,
  Matrix,
} from "./transformer.ts";

/** What a matrix is part of; formats and execution go by it. */
export type MatrixPart = "attention" | "recurrent" | "dense" | "shared" | "expert" | "router";

/** A matrix of a layer, and how it is held. */
export interface LayerMatrix extends Matrix {
  /** What it is part of. */
  readonly part: MatrixPart;
  /** Equal matrices in the layer: as many as experts. */
  readonly copies: number;
  /** Heads that tensor parallelism deals it by, at least one to a rank; Infinity: it divides evenly. */
  readonly heads: number;
}

/** Matrices that every tensor rank holds whole. */
const WHOLE = 1;

type Written = Matrix & { readonly heads?: number; readonly copies?: number };

function listed(part: MatrixPart, matrices: readonly Written[]): LayerMatrix[] {
  return matrices.map((matrix) => ({ copies: 1, heads: Infinity, ...matrix, part }));
}

function attentionMatrices(attention: Attention, hidden: number): LayerMatrix[] {
  const { heads, kvHeads, headSize, valueSize = headSize, bias, indexer } = attention;
  const has = (kind: boolean, width: number) => kind ? { bias: width } : {};
  const queries = heads * headSize + (attention.hasOutputGate ? heads * valueSize : 0);
  const keys = kvHeads * headSize, values = kvHeads * valueSize;
  const linear = bias !== "none";
  return listed("attention", [
    { name: "self_attn.q_proj", outputs: queries, inputs: hidden, ...has(linear, queries) },
    {
      name: "self_attn.k_proj",
      outputs: keys,
      inputs: hidden,
      heads: kvHeads,
      ...has(linear, keys),
    },
    ...(attention.valuesAreKeys ? [] : [{
      name: "self_attn.v_proj",
      outputs: values,
      inputs: hidden,
      heads: kvHeads,
      ...has(linear, values),
    }]),
    {
      name: "self_attn.o_proj",
      outputs: hidden,
      inputs: heads * valueSize,
      ...has(bias === "all", hidden),
    },
    ...indexerMatrices(indexer, hidden),
  ]);
}

function indexerMatrices(indexer: LatentAttention["indexer"], hidden: number): Written[] {
  if (indexer === undefined || indexer.parameters === 0) return [];
  const outputs = indexer.parameters / hidden;
  return [{ name: "self_attn.indexer", outputs, inputs: hidden, heads: WHOLE }];
}

function latentMatrices(latent: LatentAttention, hidden: number): LayerMatrix[] {
  const { heads, queryRank, kvRank, nopeSize, ropeSize, valueSize } = latent;
  const queries = heads * (nopeSize + ropeSize);
  const query: Written[] = queryRank === 0
    ? [{ name: "self_attn.q_proj", outputs: queries, inputs: hidden }]
    : [
      { name: "self_attn.q_a_proj", outputs: queryRank, inputs: hidden, heads: WHOLE },
      { name: "self_attn.q_b_proj", outputs: queries, inputs: queryRank },
    ];
  return listed("attention", [
    ...query,
    {
      name: "self_attn.kv_a_proj_with_mqa",
      outputs: kvRank + ropeSize,
      inputs: hidden,
      heads: WHOLE,
    },
    { name: "self_attn.kv_b_proj", outputs: heads * (nopeSize + valueSize), inputs: kvRank },
    ...(latent.hasOutputGate
      ? [{ name: "self_attn.g_proj", outputs: heads * valueSize, inputs: hidden }]
      : []),
    { name: "self_attn.o_proj", outputs: hidden, inputs: heads * valueSize },
    ...indexerMatrices(latent.indexer, hidden),
  ]);
}

function feedForwardMatrices(
  prefix: string,
  { width, isGated, hasBias }: Pick<DenseFeedForward, "width" | "isGated" | "hasBias">,
  hidden: number,
): Written[] {
  const up = { outputs: width, inputs: hidden, ...(hasBias && { bias: width }) };
  return [
    // A gate brings no bias of its own in models that are read by their plain keys.
    ...(isGated ? [{ ...up, name: `${prefix}.gate_proj` }] : []),
    { ...up, name: `${prefix}.up_proj` },
    {
      name: `${prefix}.down_proj`,
      outputs: hidden,
      inputs: width,
      ...(hasBias && { bias: hidden }),
    },
  ];
}

function expertMatrices(experts: ExpertFeedForward, hidden: number): LayerMatrix[] {
  const { count, sharedWidth, hasBias, isGated, latentSize } = experts;
  const inner = latentSize ?? hidden;
  const routed = feedForwardMatrices("mlp.experts.0", experts, inner);
  const shared = feedForwardMatrices(
    "mlp.shared_experts",
    { width: sharedWidth, isGated, hasBias },
    hidden,
  );
  return [
    ...listed("router", [{
      name: "mlp.gate",
      outputs: count,
      inputs: hidden,
      heads: WHOLE,
      ...(hasBias && { bias: count }),
    }]),
    ...listed("expert", routed.map((matrix) => ({ ...matrix, copies: count }))),
    ...(sharedWidth > 0 ? listed("shared", shared) : []),
    ...(latentSize === undefined ? [] : listed("shared", [
      { name: "mlp.fc1_latent_proj", outputs: latentSize, inputs: hidden, heads: WHOLE },
      { name: "mlp.fc2_latent_proj", outputs: hidden, inputs: latentSize, heads: WHOLE },
    ])),
  ];
}

/**
 * All matrices of a layer with their names, sizes and division among tensor ranks. Parameters, bytes,
 * FLOPs and formats are sums over this list; norms and other vectors are apart: {@link smallParameters}.
 */
export function layerMatrices(layer: Layer, hiddenSize: number): LayerMatrix[] {
  return [...mixerMatrices(layer.mixer, hiddenSize), ...feedForwardOf(layer, hiddenSize)];
}

/** Those of what mixes tokens. */
export function mixerMatrices(mixer: Layer["mixer"], hiddenSize: number): LayerMatrix[] {
  switch (mixer?.kind) {
    case undefined:
      return [];
    case "attention":
      return attentionMatrices(mixer, hiddenSize);
    case "latent":
      return latentMatrices(mixer, hiddenSize);
    case "recurrent":
      return listed("recurrent", mixer.matrices);
  }
}

function feedForwardOf({ feedForward, besideExperts }: Layer, hiddenSize: number): LayerMatrix[] {
  const beside = besideExperts === undefined
    ? []
    : listed("dense", feedForwardMatrices("mlp", besideExperts, hiddenSize));
  if (feedForward === undefined) return beside;
  const own = feedForward.kind === "dense"
    ? listed("dense", feedForwardMatrices("mlp", feedForward, hiddenSize))
    : expertMatrices(feedForward, hiddenSize);
  return [...own, ...beside];
}

/** Weights of a layer that are no matrix: norms, sinks, convolutions, the bias of a router. */
export function smallParameters({ mixer, feedForward, normParameters }: Layer): number {
  let count = normParameters;
  if (mixer?.kind === "latent") count += mixer.queryRank + mixer.kvRank;
  else count += mixer?.smallParameters ?? 0;
  if (feedForward?.kind === "experts") count += feedForward.smallParameters ?? 0;
  return count;
}

/** Weights of a matrix, bias included, all copies. */
export function matrixParameters({ outputs, inputs, bias = 0, copies }: LayerMatrix): number {
  return copies * (outputs * inputs + bias);
}

/** Share of a matrix that one of `ranks` tensor ranks holds: heads are dealt whole. */
export function rankShare({ heads }: Pick<LayerMatrix, "heads">, ranks: number): number {
  return heads >= ranks ? 1 / ranks : 1 / heads;
}
