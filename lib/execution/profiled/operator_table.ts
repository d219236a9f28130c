import { exp, log } from "../../stats/elementary/mod.ts";
import type { ReferenceTime } from "./reference_time.ts";

/** Names of the operators a profile can hold. */
export type OperatorName =
  /** Matrix product of m x k by k x n; axes n, k, m. */
  | "gemm"
  /** Causal attention of whole prompts; axes heads/kvHeads, batch, tokens. */
  | "context_attention"
  /** Attention of one new token per sequence; axes heads/kvHeads, batch, context. */
  | "generation_attention"
  /** Causal attention of a chunk after KV entries, one sequence; axes heads/kvHeads, chunk, past. */
  | "chunk_attention"
  /** Norm, activation, rotary embedding or embedding by its name; axes width, tokens. */
  | "elementwise"
  /** Choice of the next token by its method; axes vocabulary, places. */
  | "sampling"
  /** Sum over ranks; axes ranks, bytes. */
  | "all_reduce"
  /** Copy between neighbouring pipeline stages; axes bytes. */
  | "send_receive"
  /** Routed experts of one layer; axes of the configuration, tokens. */
  | "experts"
  /** One named layer of one model; axes tokens. */
  | "layer"
  /** One named layer that works per sampled sequence; axes sequences. */
  | "sampled_layer"
  /** Attention of a mixed batch of one model; axes prefill chunk and past, decodes, decode context. */
  | "mixed_attention"
  /** Routed experts of one model; axes tokens, activated experts. */
  | "activated_experts"
  /** Layer or kernel of latent attention for decoding sequences; axes heads, batch, context. */
  | "latent_decode"
  /** The same for whole prompts; axes heads, batch, tokens. */
  | "latent_prompt"
  /** Convolution and delta rule of a token per sequence; axes valueHeads/keyHeads, batch. */
  | "delta_decode"
  /** The same for whole prompts; axes valueHeads/keyHeads, batch, tokens. */
  | "delta_prompt"
  /** Dispatch or combine among experts on eight GPUs; axes hiddenSize/perToken/experts, tokens. */
  | "all_to_all";

/** One axis of a table. A point has one number per name, so that pairs such as 32/8 heads are one axis. */
export interface TableAxis {
  /** Names of the numbers of a point, such as ["heads", "kvHeads"]. */
  readonly names: readonly string[];
  /** Points in ascending order, first name first. */
  readonly points: readonly (readonly number[])[];
}

/** Measured times of one operator on a grid. */
export interface OperatorTable {
  /** What was timed. */
  readonly operator: OperatorName;
  /** What is fixed in this table, such as `dtype`, `headSize` or `model`. */
  readonly attributes: Readonly<Record<string, string | number>>;
  /** Axes of the grid, slowest first. */
  readonly axes: readonly TableAxis[];
  /** Seconds, row-major (last axis fastest); NaN where nothing was measured. */
  readonly seconds: Float64Array;
  /** Smooth time fitted to the table, for the operators that have one. */
  readonly reference?: ReferenceTime;
}

/** One measured row: a coordinate per axis and its time. */
export interface OperatorRow {
  /** One coordinate per axis, each with one number per name. */
  readonly at: readonly (readonly number[])[];
  /** Measured time, seconds. */
  readonly seconds: number;
}

/**
 * Puts measured rows on a grid whose axes are the sorted distinct coordinates.
 * Rows with equal coordinates become their geometric mean.
 *
 * @throws RangeError if there are no rows or a time is not finite and positive.
 */
export function tableOfRows(
  operator: OperatorName,
  attributes: OperatorTable["attributes"],
  axisNames: readonly (readonly string[])[],
  rows: readonly OperatorRow[],
): OperatorTable {
  if (rows.length === 0) {
    throw new RangeError(`Cannot build a table of ${operator} from no rows`);
  }
  const axes = axisNames.map((names, axis) =>
    distinctPoints(names, rows.map((row) => row.at[axis]))
  );
  const indices = axes.map((axis) => new Map(axis.points.map((point, i) => [point.join("/"), i])));
  const size = axes.reduce((product, axis) => product * axis.points.length, 1);
  const logSum = new Float64Array(size);
  const count = new Int32Array(size);
  for (const row of rows) {
    if (!(row.seconds > 0 && row.seconds < Infinity)) {
      throw new RangeError(
        `Cannot use a time of ${operator} as positive seconds: current value is ${row.seconds}`,
      );
    }
    let cell = 0;
    for (let axis = 0; axis < axes.length; axis++) {
      cell = cell * axes[axis].points.length + indices[axis].get(row.at[axis].join("/"))!;
    }
    logSum[cell] += log(row.seconds);
    count[cell]++;
  }
  const seconds = logSum.map((sum, cell) => count[cell] === 0 ? NaN : exp(sum / count[cell]));
  return { operator, attributes, axes, seconds };
}

/** The scalar coordinates of an axis with one name. */
export function axisValues(table: OperatorTable, axis: number): number[] {
  return table.axes[axis].points.map((point) => point[0]);
}

function distinctPoints(names: readonly string[], points: (readonly number[])[]): TableAxis {
  const distinct = new Map(points.map((point) => [point.join("/"), point]));
  const sorted = [...distinct.values()].sort((a, b) => {
    for (let i = 0; i < names.length; i++) if (a[i] !== b[i]) return a[i] - b[i];
    return 0;
  });
  return { names, points: sorted };
}
