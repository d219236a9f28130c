/** A published number beside ours. */
export interface TargetRow {
  /** Group and quantity, `group/what/which`. */
  readonly id: string;
  /** Citation of the published number. */
  readonly source: string;
  /** Unit of `paper` and `ours`: seconds, a share (also an error), or a count. */
  readonly unit: "s" | "share" | "count";
  /** Published value; null for a bar that is ours alone (a mean error), and where a range is published. */
  readonly paper: number | null;
  /** Published range, least and most: the error is the distance from it, 0 within. */
  readonly range?: readonly [least: number, most: number];
  /** Our value. */
  readonly ours: number;
  /** Relative error (ours / paper - 1), signed; for a bar, the value that has to stay below the tolerance. */
  readonly error: number;
  /** Largest allowed |error|; null when the row counts only as part of a mean. */
  readonly tolerance: number | null;
  /** Whether the error is within the tolerance; null without one. */
  readonly pass: boolean | null;
  /** Why it is missed, where that is known: a miss as well, on which `reproduce` does not fail. */
  readonly known?: string;
}

/** A group of targets from one publication. */
export interface TargetGroup {
  /** Name of the group. */
  readonly id: string;
  /** Computes our numbers. Pure and deterministic. */
  rows(): TargetRow[];
}

/** A row that compares one number, relative. */
export function relativeRow(
  id: string,
  source: string,
  paper: number,
  ours: number,
  tolerance: number | null = null,
): TargetRow {
  const error = ours / paper - 1;
  const pass = tolerance === null ? null : Math.abs(error) <= tolerance;
  return { id, source, unit: "s", paper, ours, error, tolerance, pass };
}

/** A row for a value of ours that has to stay at or below `tolerance`. */
export function boundRow(
  id: string,
  source: string,
  ours: number,
  tolerance: number,
  unit: TargetRow["unit"] = "share",
): TargetRow {
  return {
    id,
    source,
    unit,
    paper: null,
    ours,
    error: ours,
    tolerance,
    pass: ours <= tolerance,
  };
}

/** A row beside a published range, whose error is the distance from it. */
export function rangeRow(
  id: string,
  source: string,
  [least, most]: readonly [least: number, most: number],
  ours: number,
  tolerance: number | null,
): TargetRow {
  const error = ours < least ? ours - least : ours > most ? ours - most : 0;
  const pass = tolerance === null ? null : Math.abs(error) <= tolerance;
  const range = [least, most] as const;
  return { id, source, unit: "share", paper: null, range, ours, error, tolerance, pass };
}

/** What is published as text, of a range both ends, each by `shown`. */
export function paperText(
  { paper, range }: TargetRow,
  shown: (value: number | null) => string,
): string {
  return range === undefined ? shown(paper) : `${shown(range[0])} to ${shown(range[1])}`;
}

/** The error as text by `shown`; what is within a published range has none. */
export function errorText({ error, range }: TargetRow, shown: (value: number) => string): string {
  return range !== undefined && error === 0 ? "within" : shown(error);
}

/** Mean of |error| of some rows. */
export function meanError(rows: readonly TargetRow[]): number {
  return rows.reduce((sum, row) => sum + Math.abs(row.error), 0) / rows.length;
}
