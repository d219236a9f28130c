/** Predicts the seconds of an operator at a point of its table: one coordinate per axis. */
export type CellSeconds = (at: readonly (readonly number[])[]) => number;
