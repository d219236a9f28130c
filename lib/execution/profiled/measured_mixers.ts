import { log } from "../../stats/elementary/mod.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import type { LatentAttention, Layer, Recurrent } from "../../models/transformer.ts";
import { oneLayer } from "../../models/one_layer.ts";
import { uniformFormats } from "../../models/weight_format.ts";
import { type MixerTimes, mixerTimes } from "../analytical/mixer_times.ts";
import type { StepShape } from "../execution_time_model.ts";
import { measuredRatio } from "./measured_ratio.ts";
import { findTables, type OperatorProfile, type ProfileDtype } from "./operator_profile.ts";
import type { OperatorTable } from "./operator_table.ts";

/** What mixes tokens in layers that are alike, on one GPU of an attention rank. */
export interface MeasuredMixer {
  /** Seconds of the projections of one layer, by tokens. */
  projections(tokens: number): number;
  /** Seconds that decoding sequences add in one layer, by their number and the context of each. */
  decode(sequences: number, contextTokens: number): number;
  /** Seconds that the chunks of a step add in one layer. */
  prompt(step: StepShape, first: number, last: number): number;
  /** Tables were found; else all of it is what the analytical source takes. */
  readonly isMeasured: boolean;
}

/** Where a mixer runs. */
export interface MixerPlace {
  readonly profile: OperatorProfile;
  readonly gpu: Gpu;
  readonly hiddenSize: number;
  /** GPUs of an attention rank. */
  readonly ranks: number;
  readonly weightDtype: ProfileDtype;
  readonly kvDtype: ProfileDtype;
}

/** Sizes of the layers that were measured. @source config.json of DeepSeek-V3 and V3.2 */
const MEASURED_LATENT: Omit<LatentAttention, "heads"> = {
  kind: "latent",
  queryRank: 1536,
  kvRank: 512,
  nopeSize: 128,
  ropeSize: 64,
  valueSize: 128,
};
const MEASURED_HIDDEN = 7168;
/** Share of a layer that its projections take at most. */
const MOST_PROJECTIONS = 0.95;
const MEASURED_INDEXER = {
  heads: 64,
  headSize: 128,
  topTokens: 2048,
  keyBytes: 132,
  parameters: 1536 * 64 * 128 + MEASURED_HIDDEN * (64 + 128),
};

/** The analytical times of a mixer. */
export function lawOf(
  { gpu, ranks, weightDtype, kvDtype }: MixerPlace,
  mixer: Layer["mixer"],
  hiddenSize: number,
  tensorParallel = ranks,
): MixerTimes {
  return mixerTimes({
    shape: oneLayer(mixer, hiddenSize),
    gpu,
    tensorParallel,
    weights: uniformFormats(weightDtype === "fp8" ? 1 : 2),
    kvBytesPerElement: kvDtype === "fp8" ? 1 : 2,
    maxTokensPerStep: 8192,
  });
}

/** A step of equal chunks, as tables measure it, and part of another step. */
const equalChunks = (count: number, tokens: number): StepShape => ({
  decodeSequences: 0,
  decodeContextTokens: 0,
  chunkCount: count,
  chunkTokens: new Int32Array(count).fill(tokens),
  chunkPastTokens: new Int32Array(count),
  sampledSequences: 0,
});

/** Chunks of a step as a step of their own; its arrays are views. */
function chunksOf(step: StepShape, first: number, last: number): StepShape {
  return {
    ...step,
    chunkCount: last - first,
    chunkTokens: step.chunkTokens.subarray(first, last),
    chunkPastTokens: step.chunkPastTokens.subarray(first, last),
  };
}

function tokensOf(step: StepShape, first: number, last: number): number {
  let tokens = 0;
  for (let i = first; i < last; i++) tokens += step.chunkTokens[i];
  return tokens;
}

/** The row of a table whose first coordinate is nearest to a wanted one. */
function nearestRow(table: OperatorTable, wanted: number): number {
  const points = table.axes[0].points;
  let best = 0;
  for (let i = 1; i < points.length; i++) {
    if (Math.abs(log(points[i][0] / wanted)) < Math.abs(log(points[best][0] / wanted))) best = i;
  }
  return best;
}

function tableOf(
  { profile, weightDtype, kvDtype }: MixerPlace,
  operator: "latent_decode" | "latent_prompt",
  part: string,
): OperatorTable | undefined {
  const [table] = findTables(profile, operator, { part, weightDtype, kvDtype });
  return table ?? findTables(profile, operator, { part, weightDtype: "bf16", kvDtype })[0];
}

/** The law alone: nothing like this layer was measured. */
export function unmeasuredMixer(place: MixerPlace, mixer: Layer["mixer"]): MeasuredMixer {
  const law = lawOf(place, mixer, place.hiddenSize);
  return {
    projections: law.projections,
    decode: (sequences, context) =>
      Math.max(0, law.decode(sequences, sequences * context) - law.projections(sequences)),
    prompt(step, first, last) {
      const part = chunksOf(step, first, last);
      return Math.max(0, law.prompt(part) - law.projections(tokensOf(step, first, last)));
    },
    isMeasured: false,
  };
}

/**
 * A latent layer, with or without an indexer: the analytical times of this layer times what the
 * measured layer of DeepSeek-V3 or V3.2 with the nearest heads takes over its own analytical times.
 */
export function latentMixer(place: MixerPlace, mixer: LatentAttention): MeasuredMixer {
  const isSparse = mixer.indexer !== undefined;
  const part = isSparse ? "sparse layer" : "layer";
  const kernels = isSparse ? undefined : tableOf(place, "latent_decode", "kernel");
  const decodes = tableOf(place, "latent_decode", part) ?? kernels;
  const prompts = tableOf(place, "latent_prompt", part) ??
    (isSparse ? undefined : tableOf(place, "latent_prompt", "kernel"));
  if (decodes === undefined || prompts === undefined) return unmeasuredMixer(place, mixer);
  const heads = mixer.heads / place.ranks;
  const ofLayer = decodes.attributes.part !== "kernel";
  const measured = (table: OperatorTable) => {
    const row = nearestRow(table, heads);
    const whole = { ...MEASURED_LATENT, heads: table.axes[0].points[row][0] };
    const law = lawOf(
      place,
      isSparse ? { ...whole, indexer: MEASURED_INDEXER } : whole,
      MEASURED_HIDDEN,
      1,
    );
    return { row, law };
  };
  const [atDecode, atPrompt] = [measured(decodes), measured(prompts)];
  const decodeRatio = measuredRatio(
    decodes,
    atDecode.row,
    (batch, context) =>
      ofLayer
        ? atDecode.law.decode(batch, batch * context)
        : atDecode.law.decodeKernels(batch, batch * context),
  );
  const promptRatio = measuredRatio(prompts, atPrompt.row, (batch, tokens) => {
    const step = equalChunks(batch, tokens);
    return ofLayer ? atPrompt.law.prompt(step) : atPrompt.law.promptKernels(step);
  });
  const law = lawOf(place, mixer, place.hiddenSize);
  // Whatever their law says, projections are no more than most of the shortest measured layer.
  const projections = (tokens: number) =>
    ofLayer
      ? Math.min(
        law.projections(tokens),
        MOST_PROJECTIONS * law.decode(tokens, tokens) * decodeRatio(tokens, 1),
      )
      : law.projections(tokens);
  return {
    projections,
    decode(sequences, context) {
      const total = sequences * context;
      const whole = law.decode(sequences, total), own = projections(sequences);
      const ratio = decodeRatio(sequences, context);
      if (ofLayer) return Math.max(0, whole * ratio - own);
      return whole - own + (ratio - 1) * law.decodeKernels(sequences, total);
    },
    prompt(step, first, last) {
      const chunks = chunksOf(step, first, last), tokens = tokensOf(step, first, last);
      const whole = law.prompt(chunks), own = projections(tokens);
      const ratio = promptRatio(last - first, tokens / (last - first));
      if (ofLayer) return Math.max(0, whole * ratio - own);
      return whole - own + (ratio - 1) * law.promptKernels(chunks);
    },
    isMeasured: true,
  };
}

/** A layer with the gated delta rule; its projections are apart. */
export function deltaMixer(
  place: MixerPlace,
  mixer: Recurrent,
  projections: (tokens: number) => number,
): MeasuredMixer {
  const [decodes] = findTables(place.profile, "delta_decode", {});
  const [prompts] = findTables(place.profile, "delta_prompt", {});
  const law = lawOf(place, mixer, place.hiddenSize);
  const isMeasured = mixer.scan?.kind === "delta" && decodes !== undefined && prompts !== undefined;
  if (!isMeasured) return { ...unmeasuredMixer(place, mixer), projections };
  const heads = mixer.scan!.heads / place.ranks;
  const measured = (table: OperatorTable) => {
    const row = nearestRow(table, heads);
    const [valueHeads, keyHeads] = table.axes[0].points[row];
    const channels = (2 * keyHeads + valueHeads) * 128;
    return {
      row,
      law: lawOf(
        place,
        {
          kind: "recurrent",
          name: "gated-delta",
          matrices: [],
          smallParameters: 0,
          stateElements: valueHeads * 128 * 128,
          stateBytesPerElement: 4,
          convolutionElements: 3 * channels,
          scan: { kind: "delta", heads: valueHeads, keySize: 128, valueSize: 128, channels },
        },
        1024,
        1,
      ),
    };
  };
  const [atDecode, atPrompt] = [measured(decodes), measured(prompts)];
  const decodeRatio = measuredRatio(
    decodes,
    atDecode.row,
    (batch) => atDecode.law.decodeKernels(batch, 0),
  );
  const promptRatio = measuredRatio(
    prompts,
    atPrompt.row,
    (batch, tokens) => atPrompt.law.promptKernels(equalChunks(batch, tokens)),
  );
  return {
    projections,
    decode: (sequences) => law.decodeKernels(sequences, 0) * decodeRatio(sequences, 1),
    prompt(step, first, last) {
      const mean = tokensOf(step, first, last) / (last - first);
      return law.promptKernels(chunksOf(step, first, last)) * promptRatio(last - first, mean);
    },
    isMeasured: true,
  };
}
