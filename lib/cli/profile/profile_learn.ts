import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import { comparePredictors } from "../../experiment/learned/mod.ts";
import { randomStreams } from "../../sim/random_streams.ts";
import { textTable } from "../text_table.ts";
import { UsageError } from "../usage_error.ts";

/**
 * Prints how well a random forest that learns from a profile predicts what it has not seen, beside
 * interpolation of the same measurements.
 *
 * @throws {UsageError} If the profile has no operator to learn.
 */
export function learnProfile(
  profile: OperatorProfile,
  seed: number,
  print: (line: string) => void,
): void {
  const scores = comparePredictors(
    profile,
    randomStreams(seed, 0),
    () => performance.now() / 1000,
  );
  const rows: string[][] = [];
  for (const score of scores) {
    console.error(`learning: ${score.operator} ${score.attributes}, ${score.predictor}`);
    rows.push([
      score.operator,
      score.attributes,
      score.predictor,
      String(score.seen),
      String(score.heldOut),
      (100 * score.error).toFixed(2),
      score.trainSeconds.toFixed(2),
      (1e6 * score.predictSeconds).toPrecision(2),
    ]);
  }
  if (rows.length === 0) {
    throw new UsageError(
      `Cannot learn from ${profile.gpu} as a profile with matrix products or attention of any shape: ` +
        `it holds layers of single models`,
    );
  }
  const head = [
    "operator",
    "table",
    "predictor",
    "seen",
    "held out",
    "error %",
    "made in s",
    "us each",
  ];
  for (const line of textTable([head, ...rows], [0, 1, 2])) print(line);
}
