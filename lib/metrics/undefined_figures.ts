/** Figures of a summary that are null, and why. */
export interface UndefinedFigures {
  /** Their paths; "functions[].ttft_s" stands for any of the functions and all its parts. */
  readonly figures: readonly string[];
  /** Why no number could stand there. */
  readonly why: string;
  /** Whether they belong to what the configuration does not use, rather than to what happened. */
  readonly isUnused: boolean;
}

/** Sentences on what is null because of what happened; what is not in use needs none. */
export function undefinedNotices(undefinedFigures: readonly UndefinedFigures[]): string[] {
  return undefinedFigures.filter(({ isUnused }) => !isUnused).map(({ figures, why }) =>
    `${figures.join(", ")} ${figures.length === 1 ? "is" : "are"} null: ${why}`
  );
}
