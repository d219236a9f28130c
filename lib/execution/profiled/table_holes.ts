import { forEachCell } from "./for_each_cell.ts";
import type { OperatorName, OperatorTable } from "./operator_table.ts";

/** A point of a grid without a time, between points that have one. */
export interface TableHole {
  /** Such as "heads/kvHeads 32/8, batch 4, context 2048". */
  readonly point: string;
}

/**
 * Axes on which a grid is full by its nature, by number. Matrices, heads and experts are whatever a model
 * has; experts that are activated depend on the tokens.
 */
const DENSE_AXES: Readonly<Record<OperatorName, readonly number[]>> = {
  gemm: [2],
  context_attention: [2],
  generation_attention: [1, 2],
  chunk_attention: [1, 2],
  elementwise: [1],
  sampling: [1],
  all_reduce: [1],
  send_receive: [0],
  experts: [1],
  layer: [0],
  sampled_layer: [0],
  mixed_attention: [0, 1, 2, 3],
  activated_experts: [1],
  latent_decode: [1, 2],
  latent_prompt: [1, 2],
  delta_decode: [1],
  delta_prompt: [1, 2],
  all_to_all: [1],
};

/**
 * The points that were not measured although there are measured ones on both sides along some axis: step
 * times interpolate them. Points beyond the measured ones are no holes.
 */
export function tableHoles(table: OperatorTable): TableHole[] {
  const sizes = table.axes.map(({ points }) => points.length);
  const strides = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((a, b) => a * b, 1));
  const isMeasured = (cell: number) => !Number.isNaN(table.seconds[cell]);
  const isBetween = (cell: number, axis: number) => {
    const [stride, size] = [strides[axis], sizes[axis]];
    const index = Math.floor(cell / stride) % size;
    let below = false, above = false;
    for (let i = 0; i < index && !below; i++) below = isMeasured(cell + (i - index) * stride);
    for (let i = index + 1; i < size && !above; i++) {
      above = isMeasured(cell + (i - index) * stride);
    }
    return below && above;
  };
  const holes: TableHole[] = [];
  forEachCell(table, (cell, at) => {
    if (isMeasured(cell)) return;
    if (!DENSE_AXES[table.operator].some((axis) => isBetween(cell, axis))) return;
    const point = at.map((numbers, axis) =>
      `${table.axes[axis].names.join("/")} ${numbers.join("/")}`
    ).join(", ");
    holes.push({ point });
  });
  return holes;
}

/** Most points of one table that are named. */
const MOST_NAMED = 3;

/** The holes of tables, a sentence for each table that has any. */
export function holeNotes(tables: readonly OperatorTable[]): string[] {
  return tables.flatMap((table) => {
    const holes = tableHoles(table);
    if (holes.length === 0) return [];
    const named = holes.slice(0, MOST_NAMED).map(({ point }) => `(${point})`).join(", ");
    const name = [table.operator, ...Object.values(table.attributes)].join(" ");
    const more = holes.length > MOST_NAMED ? ` and ${holes.length - MOST_NAMED} more` : "";
    return [`${name}: no time at ${named}${more}: interpolated`];
  });
}
