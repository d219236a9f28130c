/** A continuous piecewise-linear function of the total context. */
export interface ContextPieces {
  /** Value at zero and slope per token of each piece. */
  readonly base: Float64Array;
  readonly slope: Float64Array;
  /** Last context of each piece, tokens; Infinity for the last. */
  readonly end: Float64Array;
  /** Piece by cell, see `cellOf`. */
  readonly pieceOfCell: Uint8Array;
}

/** Cells per octave of context. */
const CELLS = 8;
const LOG_CELLS = 3;
const LAST_CELL = (31 - LOG_CELLS) * CELLS + CELLS - 1;

/** Cell of a context: one per token below 8, then 8 per octave. Contexts from 2^31 are in the last. */
export function cellOf(contextTokens: number): number {
  if (contextTokens >= 2147483648) return LAST_CELL;
  const context = contextTokens | 0;
  if (context < CELLS) return context;
  const shift = 31 - LOG_CELLS - Math.clz32(context);
  return (shift << LOG_CELLS) + (context >> shift);
}

/** First context of a cell. */
function startOf(cell: number): number {
  if (cell < CELLS) return cell;
  const shift = (cell >> LOG_CELLS) - 1;
  return (cell - (shift << LOG_CELLS)) * 2 ** shift;
}

/**
 * Approximates an increasing function by few lines between points of a geometric grid, each as long
 * as the relative error stays within `tolerance` at the grid points it passes.
 */
export function contextPieces(
  value: (contextTokens: number) => number,
  tolerance = 2e-3,
): ContextPieces {
  const knots = Array.from({ length: LAST_CELL + 2 }, (_, cell) => startOf(cell));
  const values = knots.map(value);
  const base: number[] = [];
  const slope: number[] = [];
  const end: number[] = [];
  const pieceOfCell = new Uint8Array(LAST_CELL + 1);
  let from = 0;
  while (from <= LAST_CELL) {
    let to = from + 1;
    while (to <= LAST_CELL && withinTolerance(knots, values, from, to + 1, tolerance)) to++;
    const rise = (values[to] - values[from]) / (knots[to] - knots[from]);
    pieceOfCell.fill(base.length, from, to);
    base.push(values[from] - rise * knots[from]);
    slope.push(rise);
    end.push(to > LAST_CELL ? Infinity : knots[to]);
    from = to;
  }
  return {
    base: Float64Array.from(base),
    slope: Float64Array.from(slope),
    end: Float64Array.from(end),
    pieceOfCell,
  };
}

function withinTolerance(
  knots: readonly number[],
  values: readonly number[],
  from: number,
  to: number,
  tolerance: number,
): boolean {
  const rise = (values[to] - values[from]) / (knots[to] - knots[from]);
  for (let i = from + 1; i < to; i++) {
    const line = values[from] + rise * (knots[i] - knots[from]);
    if (Math.abs(line - values[i]) > tolerance * values[i]) return false;
  }
  return true;
}
