import { ok, strictEqual } from "#assert";
import * as fc from "fast-check";
import type {
  DecodeLine,
  ExecutionTimeModel,
  StepShape,
} from "../../lib/execution/execution_time_model.ts";
import { stepWork } from "../../lib/execution/step_work.ts";
import type { Gpu } from "../../lib/hardware/gpu.ts";
import { gpuNamed } from "../../lib/hardware/gpu_catalogue.ts";
import { modelShape } from "../../lib/models/catalogue.ts";
import { layerFlopsPerPair } from "../../lib/models/flops.ts";
import {
  layerKvBytesPerToken,
  layerStateBytes,
  layerWindowTokens,
} from "../../lib/models/kv_bytes_per_token.ts";
import { parameterGroups } from "../../lib/models/parameter_groups.ts";
import { type Layer, layerGroups, type TransformerShape } from "../../lib/models/transformer.ts";

/** The laws of execution times, by name. */
export type ExecutionLaw =
  | "positive"
  | "repeatable"
  | "more prompt tokens"
  | "more past tokens"
  | "more sequences"
  | "more context"
  | "decode line"
  | "verification"
  | "roofline"
  | "speed-up"
  | "compute shrinks"
  | "memory-bound decode";

/** A model on the GPUs of one instance. */
export interface ExecutionSetting {
  readonly shape: TransformerShape;
  readonly gpu: Gpu;
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly expertParallel: number;
  /** Attention ranks with requests of their own; absent: one. */
  readonly dataParallelAttention?: number;
  readonly weightBytesPerElement: number;
  readonly kvBytesPerElement: number;
}

/** What `runExecutionLaws` needs to know of a source of execution times. */
export interface ExecutionLawsOptions {
  /** Name for the tests. */
  readonly name: string;
  /** A new model. Sources that know no GPU ignore the setting. */
  readonly create: (setting: ExecutionSetting) => ExecutionTimeModel;
  /** Settings to try; default: dense and sparse models on one and on several GPUs. */
  readonly settings?: readonly ExecutionSetting[];
  /**
   * Share by which more work may take less, default 1e-12: measured times of neighbouring shapes are
   * those of different kernels.
   */
  readonly tolerance?: number;
  /** Laws that do not hold for this source, each with its reason. */
  readonly skip?: readonly { readonly law: ExecutionLaw; readonly reason: string }[];
}

/** A model by its catalogue name, or as its file gives it. */
type NamedShape = string | TransformerShape;

/** A setting by catalogue names; default one GPU, 16 bits for weights and KV entries. */
export function executionSetting(
  model: NamedShape,
  gpu: string,
  changes: Partial<Omit<ExecutionSetting, "shape" | "gpu">> = {},
): ExecutionSetting {
  return {
    shape: typeof model === "string" ? modelShape(model) : model,
    gpu: gpuNamed(gpu),
    tensorParallel: 1,
    pipelineParallel: 1,
    expertParallel: 1,
    weightBytesPerElement: 2,
    kvBytesPerElement: 2,
    ...changes,
  };
}

/** A step of decodes with a total context, and of prefill chunks given as [tokens, past]. */
export function stepOf(
  decodeSequences: number,
  decodeContextTokens: number,
  chunks: readonly (readonly [number, number])[] = [],
  sampledSequences = decodeSequences + chunks.length,
): StepShape {
  return {
    decodeSequences,
    decodeContextTokens,
    chunkCount: chunks.length,
    // Rooms beyond the count hold rubbish on purpose: the engine's arrays are larger than the step.
    chunkTokens: Int32Array.from([...chunks.map(([tokens]) => tokens), 1e6, -7]),
    chunkPastTokens: Int32Array.from([...chunks.map(([, past]) => past), 1e6, -7]),
    sampledSequences,
  };
}

/** (query, entry) pairs and entries of a step in layers that see so many tokens. */
function attended(step: StepShape, window: number): { pairs: number; entries: number } {
  let pairs = step.decodeSequences === 0
    ? 0
    : Math.min(step.decodeContextTokens, step.decodeSequences * window);
  let entries = pairs;
  for (let i = 0; i < step.chunkCount; i++) {
    entries += Math.min(step.chunkPastTokens[i], window);
    for (let t = 1; t <= step.chunkTokens[i]; t++) {
      pairs += Math.min(step.chunkPastTokens[i] + t, window);
    }
  }
  return { pairs, entries };
}

/** FLOPs and bytes of what mixes tokens in one layer, projections apart, all ranks together. */
function mixerWork(layer: Layer, step: StepShape, kvBytesPerElement: number) {
  const { mixer } = layer;
  if (mixer === undefined) return { flops: 0, bytes: 0 };
  if (mixer.kind === "recurrent") {
    return { flops: 0, bytes: 2 * step.decodeSequences * layerStateBytes(layer) };
  }
  const all = attended(step, Infinity);
  const { indexer } = mixer;
  const window = indexer?.topTokens ?? (layerWindowTokens(layer) || Infinity);
  const seen = attended(step, window);
  const keyBytes = indexer?.keyBytes ?? 0;
  const scores = keyBytes > 0 ? 2 * indexer!.heads * indexer!.headSize : 0;
  return {
    flops: seen.pairs * (layerFlopsPerPair(layer) - scores) + all.pairs * scores,
    bytes: seen.entries * (layerKvBytesPerToken(layer, kvBytesPerElement) - keyBytes) +
      all.entries * keyBytes,
  };
}

/** Least seconds of a step: all FLOPs at the peak, or all bytes at the bandwidth, of all GPUs. */
export function rooflineSeconds(setting: ExecutionSetting, step: StepShape): number {
  const { shape, gpu, kvBytesPerElement } = setting;
  const work = stepWork(shape, setting);
  let tokens = step.decodeSequences;
  for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
  let flops = tokens * work.flopsPerToken + step.sampledSequences * work.flopsPerSample;
  const unread = step.sampledSequences > 0 ? 0 : parameterGroups(shape).head;
  let bytes = work.weightBytes(tokens) - unread * setting.weightBytesPerElement;
  for (const { layer, count } of layerGroups(shape.layers)) {
    const mixed = mixerWork(layer, step, kvBytesPerElement);
    flops += count * mixed.flops;
    bytes += count * mixed.bytes;
  }
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  const peak = setting.weightBytesPerElement < 2 ? fp8 : bf16;
  const gpus = setting.tensorParallel * setting.pipelineParallel;
  return Math.max(flops / peak, bytes / gpu.memoryBytesPerSecond) / gpus;
}

const ONE_GPU = {
  tensorParallel: 1,
  pipelineParallel: 1,
  expertParallel: 1,
  dataParallelAttention: 1,
};

const chunk = fc.tuple(fc.integer({ min: 1, max: 4096 }), fc.integer({ min: 0, max: 32768 }));
const decodes = fc.tuple(fc.integer({ min: 1, max: 1024 }), fc.integer({ min: 1, max: 8192 }))
  .map(([sequences, context]) => [sequences, sequences * context] as const);
const steps = fc.tuple(
  fc.oneof(fc.constant([0, 0] as const), decodes),
  fc.array(chunk, { maxLength: 5 }),
).filter(([[sequences], chunks]) => sequences + chunks.length > 0);

/**
 * Declares a test for each law of an `ExecutionTimeModel`: times are positive and depend on the step
 * alone; more of anything never takes less; a line of decode steps is what the steps take; no step
 * beats its GPUs' roofline; n GPUs are at most n times as fast as one, and no slower but for their
 * all-reduces; long decodes take the time of reading their KV entries, within 20 %.
 *
 * @example
 * ```ts ignore
 * runExecutionLaws({ name: "analytical()", create: analytical });
 * ```
 */
export function runExecutionLaws(options: ExecutionLawsOptions): void {
  const { name, create, skip = [], tolerance = 1e-12 } = options;
  const settings = options.settings ?? [
    executionSetting("llama-3.1-8b", "H100"),
    executionSetting("llama-3.1-70b", "H100", { tensorParallel: 4 }),
    executionSetting("llama-3.1-8b", "L40S", {
      tensorParallel: 2,
      weightBytesPerElement: 1,
      kvBytesPerElement: 1,
    }),
    executionSetting("qwen3-30b-a3b", "H200", { tensorParallel: 2 }),
    executionSetting("qwen3-30b-a3b", "H100", { tensorParallel: 4, expertParallel: 2 }),
    executionSetting("mistral-7b", "B200"),
  ];
  const made = settings.map((setting) => ({ setting, model: create(setting) }));
  const law = (wanted: ExecutionLaw, says: string, body: () => void) => {
    const skipped = skip.find((entry) => entry.law === wanted);
    const reason = skipped === undefined ? "" : ` (does not hold: ${skipped.reason})`;
    Deno.test(`${name} ${wanted}: ${says}${reason}`, { ignore: skipped !== undefined }, body);
  };
  const forAll = (
    check: (
      model: ExecutionTimeModel,
      decode: readonly [number, number],
      chunks: [number, number][],
      setting: ExecutionSetting,
    ) => void,
  ) => {
    const property = fc.property(
      fc.constantFrom(...made),
      steps,
      ({ model, setting }, [decode, chunks]) => check(model, decode, chunks, setting),
    );
    fc.assert(property, { seed: 1, numRuns: 150 });
  };
  const noLess = (more: number, less: number) =>
    ok(more >= less * (1 - tolerance), `more work takes ${more} s, less work ${less} s`);

  law("positive", "every step takes finite time above 0", () => {
    forAll((model, [b, context], chunks) => {
      const seconds = model.stepSeconds(stepOf(b, context, chunks));
      ok(seconds > 0 && seconds < Infinity, `${seconds} s`);
    });
  });

  law("repeatable", "time depends on the step alone", () => {
    forAll((model, [b, context], chunks, setting) => {
      const step = stepOf(b, context, chunks);
      const seconds = model.stepSeconds(step);
      model.stepSeconds(stepOf(b + 3, context + 70_000, [[17, 400]]));
      strictEqual(model.stepSeconds(step), seconds);
      if (chunks.length === 5) strictEqual(create(setting).stepSeconds(step), seconds);
    });
  });

  law("more prompt tokens", "a longer chunk never takes less", () => {
    forAll((model, [b, context], chunks) => {
      const before = model.stepSeconds(stepOf(b, context, chunks));
      if (chunks.length === 0) return;
      const [[tokens, past], ...others] = chunks;
      for (const added of [1, 16, 999]) {
        noLess(model.stepSeconds(stepOf(b, context, [[tokens + added, past], ...others])), before);
      }
    });
  });

  law("more past tokens", "a chunk after more KV entries never takes less", () => {
    forAll((model, [b, context], chunks) => {
      if (chunks.length === 0) return;
      const [[tokens, past], ...others] = chunks;
      const before = model.stepSeconds(stepOf(b, context, chunks));
      noLess(model.stepSeconds(stepOf(b, context, [[tokens, past + 513], ...others])), before);
    });
  });

  law("more sequences", "another decode, chunk or sample never takes less", () => {
    forAll((model, [b, context], chunks) => {
      const before = model.stepSeconds(stepOf(b, context, chunks, b));
      noLess(model.stepSeconds(stepOf(b, context, chunks, b + 1)), before);
      noLess(model.stepSeconds(stepOf(b, context, [...chunks, [64, 0]], b)), before);
      noLess(model.stepSeconds(stepOf(b + 1, context + 1, chunks)), before);
      noLess(model.stepSeconds(stepOf(2 * b + 1, 2 * context + 1, chunks)), before);
    });
  });

  law("more context", "longer contexts never take less", () => {
    forAll((model, [b, context], chunks) => {
      if (b === 0) return;
      const before = model.stepSeconds(stepOf(b, context, chunks));
      for (const added of [1, b, 10_000]) {
        noLess(model.stepSeconds(stepOf(b, context + added, chunks)), before);
      }
    });
  });

  law("decode line", "a line of decode steps agrees with each of them", () => {
    const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
    forAll((model, [b, context]) => {
      if (b === 0 || !model.decodeLine(b, context, line)) return;
      const { baseSeconds, slopeSecondsPerToken, contextEndTokens } = line;
      ok(slopeSecondsPerToken >= 0, `slope ${slopeSecondsPerToken}`);
      ok(contextEndTokens >= context, `line from ${context} ends at ${contextEndTokens}`);
      const end = Math.min(contextEndTokens, context + 1e7);
      for (const at of [context, Math.floor((context + end) / 2), Math.floor(end)]) {
        const onLine = baseSeconds + slopeSecondsPerToken * at;
        const stepped = model.stepSeconds(stepOf(b, at));
        const off = Math.abs(onLine - stepped) / stepped;
        ok(off <= 1e-12, `${b} sequences, ${at} tokens: ${onLine} on the line, step ${stepped}`);
      }
    });
  });

  law("verification", "w tokens per sequence take no less than one, and less than w steps", () => {
    const line: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };
    forAll((model, [b, context], chunks) => {
      if (b === 0) return;
      const one = model.stepSeconds(stepOf(b, context, chunks));
      for (const perSequence of [1, 1.5, 2, 5, 9]) {
        const decodeTokens = Math.round(b * perSequence);
        const width = { decodeTokens, sampledSequences: decodeTokens, draftTokens: 0 };
        const wide = model.stepSeconds({ ...stepOf(b, context, chunks), ...width });
        // Decode attention of each width is made of lines of its own, within 0.2 % of the curve.
        noLess(wide * 1.004, one);
        noLess(one * Math.ceil(perSequence) * 1.004, wide);
        if (!model.decodeLine(b, context, line, undefined, width)) continue;
        const { baseSeconds, slopeSecondsPerToken, contextEndTokens } = line;
        ok(contextEndTokens >= context, `line from ${context} ends at ${contextEndTokens}`);
        const end = Math.min(contextEndTokens, context + 1e7);
        for (const at of [context, context + 0.375 * (end - context), Math.floor(end)]) {
          const onLine = baseSeconds + slopeSecondsPerToken * at;
          const stepped = model.stepSeconds({ ...stepOf(b, at), ...width });
          ok(Math.abs(onLine - stepped) / stepped <= 1e-12, `${b}, ${at}: ${onLine}, ${stepped}`);
        }
      }
    });
  });

  law("roofline", "no step is faster than the GPUs' peak FLOP/s and bandwidth", () => {
    forAll((model, [b, context], chunks, setting) => {
      for (const sampled of [b, b + chunks.length]) {
        const step = stepOf(b, context, chunks, sampled);
        const [seconds, least] = [model.stepSeconds(step), rooflineSeconds(setting, step)];
        ok(seconds >= least, `${seconds} s where ${least} s are the least`);
      }
    });
  });

  law("speed-up", "n GPUs are at most n times as fast as one", () => {
    for (const { setting, model } of made) {
      const { tensorParallel, pipelineParallel } = setting;
      const gpus = tensorParallel * pipelineParallel;
      const alone = create({ ...setting, ...ONE_GPU });
      for (const step of [stepOf(1, 100), stepOf(256, 256e3), stepOf(0, 0, [[4096, 0]])]) {
        const ratio = alone.stepSeconds(step) / model.stepSeconds(step);
        ok(ratio <= gpus, `${gpus} GPUs: ${ratio} times`);
      }
      if (tensorParallel === 1 || setting.gpu.link.kind === "pcie") continue;
      const long = stepOf(0, 0, [[8192, 0]]);
      const ratio = alone.stepSeconds(long) / model.stepSeconds(long);
      ok(ratio >= 1, `long prompt on ${gpus} GPUs: ${ratio} times`);
    }
  });

  law(
    "compute shrinks",
    "on links of any speed, GPUs add all-reduce latency and nothing else",
    () => {
      for (const { setting } of made) {
        const gpu = { ...setting.gpu, link: { kind: "nvlink", bytesPerSecond: 1e18 } } as Gpu;
        // Two all-reduces in a layer, one of the embedding, one gather; none of more than 50 us.
        const latencySeconds = (2 * setting.shape.layers.length + 2) * 50e-6;
        const [one, two, four] = [1, 2, 4].map((tensorParallel) =>
          create({ ...setting, ...ONE_GPU, gpu, tensorParallel })
        );
        for (const step of [stepOf(1, 100), stepOf(256, 256e3), stepOf(0, 0, [[4096, 0]])]) {
          const [alone, pair, quartet] = [one, two, four].map((model) => model.stepSeconds(step));
          ok(pair <= alone + latencySeconds, `2 GPUs take ${pair} s, one ${alone} s`);
          ok(quartet <= pair * (1 + tolerance), `4 GPUs take ${quartet} s, 2 take ${pair} s`);
        }
      }
    },
  );

  law(
    "memory-bound decode",
    "long contexts cost their KV bytes over the bandwidth, +- 20 %",
    () => {
      for (const { setting, model } of made) {
        const { shape, gpu, tensorParallel, pipelineParallel } = setting;
        // A window bounds the bytes: no line through long contexts. A latent is whole on every rank.
        const isPlain = shape.layers.every(({ mixer }) =>
          mixer?.kind === "attention" && mixer.windowTokens === 0
        );
        if (!isPlain) continue;
        const [b, context] = [64, 64 * 16384];
        const seconds = model.stepSeconds(stepOf(b, 2 * context)) -
          model.stepSeconds(stepOf(b, context));
        const bytes = context * stepWork(shape, setting).kvBytesPerToken /
          (tensorParallel * pipelineParallel);
        const ratio = seconds / (bytes / gpu.memoryBytesPerSecond);
        ok(ratio >= 1 && ratio <= 1.2, `${gpu.name}: ${ratio} times bytes / bandwidth`);
      }
    },
  );
}
