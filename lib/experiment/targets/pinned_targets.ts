import { parse } from "../../std/yaml.ts";
import { boundRow, relativeRow, type TargetRow } from "./target.ts";

/** Published numbers beside headlines of an experiment, as a file of data/targets has them. */
export interface PinnedTargets {
  /** Name of the group. */
  readonly id: string;
  /** The experiment whose headlines are ours. */
  readonly experiment: string;
  /** Citation. */
  readonly source: string;
  /** Published numbers with the relative error that is allowed. */
  readonly targets?: readonly {
    readonly id: string;
    readonly headline: string;
    readonly paper: number;
    readonly tolerance: number;
    /** Why it is missed, where that is known: it stays a miss. */
    readonly missed?: string;
  }[];
  /** Headlines of ours that have to stay at or below a value. */
  readonly bars?: readonly {
    readonly id: string;
    readonly headline: string;
    readonly most: number;
    readonly missed?: string;
  }[];
}

/** Reads the targets of an experiment from the text of their file. */
export function readPinnedTargets(text: string): PinnedTargets {
  return parse(text) as PinnedTargets;
}

/**
 * The rows of an experiment's targets.
 *
 * @param headlines The experiment's headline numbers.
 * @throws {RangeError} If a headline is missing.
 */
export function pinnedTargetRows(
  { id, source, targets = [], bars = [] }: PinnedTargets,
  headlines: Readonly<Record<string, number>>,
): TargetRow[] {
  const ours = (name: string) => {
    if (Object.hasOwn(headlines, name)) return headlines[name];
    throw new RangeError(
      `Cannot compare the headline ${name} of ${id} with what is published: there is none`,
    );
  };
  const shown = (row: TargetRow, missed: string | undefined): TargetRow =>
    row.pass === false && missed !== undefined ? { ...row, known: missed } : row;
  return [
    ...targets.map(({ id: own, headline, paper, tolerance, missed }) =>
      shown({
        ...relativeRow(`${id}/${own}`, source, paper, ours(headline), tolerance),
        unit: "count",
      }, missed)
    ),
    ...bars.map(({ id: own, headline, most, missed }) =>
      shown(boundRow(`${id}/${own}`, source, ours(headline), most, "count"), missed)
    ),
  ];
}
