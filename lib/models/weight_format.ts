import { layerMatrices, type LayerMatrix, matrixParameters } from "./layer_matrices.ts";
import { expertParameters, parameterGroups } from "./parameter_groups.ts";
import { parameterCount } from "./parameter_count.ts";
import type { TransformerShape } from "./transformer.ts";

/** What kernels multiply weights with. */
export type ActivationFormat = "bf16" | "fp8" | "int8" | "fp4";

/** How the numbers of a matrix are stored. */
export interface WeightFormat {
  /** Name for messages, such as "fp8 in blocks of 128 x 128". */
  readonly name: string;
  /** Bits of one weight. */
  readonly bits: number;
  /** What it is multiplied with; 16 bits where weights alone are quantised. */
  readonly activations: ActivationFormat;
  /** Weights of a row that share a scale; Infinity for all of the row. */
  readonly scaleInputs: number;
  /** Rows that share a scale; Infinity for all rows. */
  readonly scaleOutputs: number;
  /** Bytes of a scale; 0 for none. */
  readonly scaleBytes: number;
  /** Bits of the zero point beside each scale; 0 for none. */
  readonly zeroPointBits: number;
}

/** Plain 16-bit numbers. */
export const SIXTEEN_BITS: WeightFormat = {
  name: "bf16",
  bits: 16,
  activations: "bf16",
  scaleInputs: Infinity,
  scaleOutputs: Infinity,
  scaleBytes: 0,
  zeroPointBits: 0,
};

/** Formats of a quantised checkpoint, by matrix. Norms, other vectors and embedding keep 16 bits. */
export interface WeightFormats {
  /** In words, for notices. */
  readonly name: string;
  /** Bits of most of the quantised weights. */
  readonly bits: number;
  /** Format of a matrix of a layer. */
  of(layer: number, matrix: LayerMatrix): WeightFormat;
  /** Format of the LM head where it has weights of its own. */
  readonly head: WeightFormat;
}

/** Bytes of one copy of a matrix with its scales and zero points; its bias keeps 16 bits. */
export function matrixBytes(
  { outputs, inputs, bias = 0 }: Pick<LayerMatrix, "outputs" | "inputs" | "bias">,
  format: WeightFormat,
): number {
  const { bits, scaleInputs, scaleOutputs, scaleBytes, zeroPointBits } = format;
  const scales = Math.ceil(outputs / Math.min(scaleOutputs, outputs)) *
    Math.ceil(inputs / Math.min(scaleInputs, inputs));
  return outputs * inputs * bits / 8 + scales * (scaleBytes + zeroPointBits / 8) + 2 * bias;
}

/**
 * Bytes of a model's weights. A number is the bytes of each weight of the linear layers, scales not
 * counted: embedding, norms and LM head then keep 2 bytes where it is less, as in published fp8 and int4
 * checkpoints. The formats of a checkpoint are counted matrix by matrix with their scales.
 *
 * @param weights 2 for bf16 and fp16, 1 for fp8 and int8, 0.5 for int4; or a checkpoint's formats.
 * @throws RangeError if the number is not positive.
 */
export function weightBytes(shape: TransformerShape, weights: number | WeightFormats): number {
  const groups = parameterGroups(shape);
  if (typeof weights === "number") {
    if (!(weights > 0)) {
      throw new RangeError(
        `Cannot size weights as a positive number of bytes each: current value is ${weights}`,
      );
    }
    const linear = groups.everyToken + expertParameters(groups);
    return linear * weights + (parameterCount(shape) - linear) * Math.max(2, weights);
  }
  const head = { outputs: shape.vocabSize, inputs: shape.hiddenSize };
  let bytes = 2 * (groups.embedding + groups.norms);
  if (!shape.tiedEmbeddings) bytes += matrixBytes(head, weights.head);
  shape.layers.forEach((layer, i) => {
    for (const matrix of layerMatrices(layer, shape.hiddenSize)) {
      bytes += matrix.copies * matrixBytes(matrix, weights.of(i, matrix));
    }
  });
  return bytes;
}

/** What kernels see of the weights of one part of the layers: bytes of a weight, and activations. */
export interface PartFormat {
  /** Mean bytes of a weight, scales included. */
  readonly bytesPerElement: number;
  /** What most of its weights are multiplied with. */
  readonly activations: ActivationFormat;
  /** Most of its weights have a scale per block of rows and columns. */
  readonly hasBlockScales?: boolean;
}

/** Parts of the layers that have kernels of their own. */
export const FORMAT_PARTS = ["attention", "recurrent", "dense", "shared", "expert"] as const;

/** One of these parts. */
export type FormatPart = typeof FORMAT_PARTS[number];

/** Formats of all parts. */
export type PartFormats = Readonly<Record<FormatPart, PartFormat>>;

/** The formats of a checkpoint by part: the mean size, and the activations of most weights. */
export function partFormats(shape: TransformerShape, formats: WeightFormats): PartFormats {
  const entries = FORMAT_PARTS.map((part): [string, PartFormat] => {
    let bytes = 0, weights = 0, inBlocks = 0;
    const by = new Map<ActivationFormat, number>();
    shape.layers.forEach((layer, i) => {
      for (const matrix of layerMatrices(layer, shape.hiddenSize)) {
        if (matrix.part !== part) continue;
        const format = formats.of(i, matrix);
        const count = matrixParameters(matrix);
        bytes += matrix.copies * matrixBytes(matrix, format);
        weights += count;
        if (format.scaleOutputs > 1 && format.scaleOutputs < Infinity) inBlocks += count;
        by.set(format.activations, (by.get(format.activations) ?? 0) + count);
      }
    });
    if (weights === 0) return [part, { bytesPerElement: 2, activations: "bf16" }];
    const [activations] = [...by].reduce((most, one) => one[1] > most[1] ? one : most);
    const hasBlockScales = 2 * inBlocks > weights;
    const bytesPerElement = bytes / weights;
    return [part, { bytesPerElement, activations, ...(hasBlockScales && { hasBlockScales }) }];
  });
  return Object.fromEntries(entries) as PartFormats;
}

/** One format for all parts: 1 byte is fp8 with activations quantised on the way, as GPUs with fp8 do. */
export function uniformFormats(bytesPerElement: number): PartFormats {
  const format: PartFormat = {
    bytesPerElement,
    activations: bytesPerElement === 1 ? "fp8" : "bf16",
  };
  return { attention: format, recurrent: format, dense: format, shared: format, expert: format };
}
