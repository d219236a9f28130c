import { plainView } from "../../execution/profiled/plain_view.ts";
import type { TransformerShape } from "../../models/transformer.ts";
import base from "./collector/base.py" with { type: "text" };
import engine from "./collector/engine.py" with { type: "text" };
import kernels from "./collector/kernels.py" with { type: "text" };
import main from "./collector/main.py" with { type: "text" };
import operators from "./collector/operators.py" with { type: "text" };

/** A model's part on one GPU as the script measures it. */
interface CollectedShape {
  readonly name: string;
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hidden: number;
  /** Columns of queries, keys and values together. */
  readonly columns: number;
  readonly heads: number;
  readonly kv_heads: number;
  readonly head_size: number;
  /** Width of the feed-forward; that of an expert where all layers have experts. */
  readonly inner: number;
  /** 2: gated, 1: plain. */
  readonly gates: number;
  /** Rows of the output head. */
  readonly vocab: number;
  /** Columns and rows of every matrix. */
  readonly matrices: readonly (readonly [number, number])[];
  readonly experts?: {
    readonly count: number;
    readonly per_token: number;
    /** Width of one on this GPU. */
    readonly inner: number;
    readonly tensor_parallel: number;
  };
}

/**
 * A model's part on one of `tensorParallel` GPUs.
 *
 * @throws {RangeError} If its layers are not of plain attention and feed-forward, or cannot be divided.
 */
export function collectedShape(shape: TransformerShape, tensorParallel: number): CollectedShape {
  const { hiddenSize: hidden, name, layers } = shape;
  const { attention, dense, experts } = plainView(shape);
  const { heads: allHeads, kvHeads: allKvHeads, headSize } = attention;
  if (allHeads % tensorParallel !== 0 || shape.vocabSize % tensorParallel !== 0) {
    throw new RangeError(
      `Cannot divide ${name} by a tensor-parallel degree of ${allHeads} heads: current value is ` +
        tensorParallel,
    );
  }
  const heads = allHeads / tensorParallel;
  const kvHeads = Math.max(1, allKvHeads / tensorParallel);
  const columns = (heads + 2 * kvHeads) * headSize;
  const feedForward = dense ?? experts!;
  const inner = feedForward.width / (dense === undefined ? 1 : tensorParallel);
  const gates = feedForward.isGated ? 2 : 1;
  const vocab = shape.vocabSize / tensorParallel;
  const width = dense === undefined ? 0 : inner;
  const shared = (experts?.sharedWidth ?? 0) / tensorParallel;
  const matrices: [number, number][] = [
    [columns, hidden],
    [hidden, heads * headSize],
    ...[width, shared].filter((own) => own > 0).flatMap((own): [number, number][] => [
      [gates * own, hidden],
      [hidden, own],
    ]),
    ...(experts === undefined ? [] : [[experts.count, hidden] as [number, number]]),
    [vocab, hidden],
  ];
  return {
    name,
    layers: layers.length,
    hidden,
    columns,
    heads,
    kv_heads: kvHeads,
    head_size: headSize,
    inner,
    gates,
    vocab,
    matrices,
    ...(experts !== undefined && {
      experts: {
        count: experts.count,
        per_token: experts.perToken,
        inner: experts.width / tensorParallel,
        tensor_parallel: tensorParallel,
      },
    }),
  };
}

/**
 * The script that measures the shapes of some models, each on one of so many GPUs.
 *
 * @param minutes Time that it may use unless it is told otherwise.
 */
export function collectorScript(shapes: readonly CollectedShape[], minutes = 5): string {
  const spec = JSON.stringify({ minutes, shapes });
  return [base, kernels, operators, engine, main].join("").replace("@SPEC@", () => spec);
}
