import { RandomForestRegression } from "npm:ml-random-forest@2.1.0";
import { forEachCell } from "../../execution/profiled/for_each_cell.ts";
import type { GpuPeaks } from "../../execution/profiled/operator_profile.ts";
import type { OperatorTable } from "../../execution/profiled/operator_table.ts";
import {
  referenceSeconds,
  rooflineOfCell,
  workOfCell,
} from "../../execution/profiled/reference_times.ts";
import type { RandomStream } from "../../sim/random_streams.ts";
import type { CellSeconds } from "./cell_seconds.ts";

/** How a forest is grown. */
export interface ForestOptions {
  /** Trees, >= 1; default 10. */
  readonly trees?: number;
  /** Measurements that each tree sees, drawn anew for each; default 2,000. Time grows with its square. */
  readonly rowsPerTree?: number;
  /**
   * What is learned: the logarithm of the time over the fitted smooth one ("ratio", default), or of the
   * time itself ("seconds"), as who knows no physics would.
   */
  readonly target?: "ratio" | "seconds";
}

/**
 * Trains a random forest on the measurements of a table. Features are the logarithms of coordinates,
 * FLOPs and bytes. Predictions are kept above the roofline, as all are.
 *
 * @param stream Draws the rows of each tree; the same stream gives the same forest.
 * @source Breiman, Random Forests, Machine Learning 45 (2001); Vidur (Agrawal et al., MLSys 2024)
 * predicts operators so.
 */
export function forest(
  table: OperatorTable,
  peaks: GpuPeaks,
  stream: RandomStream,
  options: ForestOptions = {},
): CellSeconds {
  const { trees = 10, rowsPerTree = 2000, target = "ratio" } = options;
  const peak = table.attributes.dtype === "fp8"
    ? peaks.fp8FlopsPerSecond
    : peaks.bf16FlopsPerSecond;
  const scaleSeconds: CellSeconds = (at) => {
    if (target === "seconds") return 1;
    const { flops, bytes } = workOfCell(table, at);
    return referenceSeconds(table.reference!, flops, bytes, peak, peaks.memoryBytesPerSecond);
  };
  const features = (at: readonly (readonly number[])[]) => {
    const { flops, bytes } = workOfCell(table, at);
    return [...at.flat(), flops, bytes].map(Math.log);
  };
  const rows: { readonly features: number[]; readonly logRatio: number }[] = [];
  forEachCell(table, (cell, at) => {
    const seconds = table.seconds[cell];
    if (Number.isNaN(seconds)) return;
    rows.push({ features: features(at), logRatio: Math.log(seconds / scaleSeconds(at)) });
  });
  const forests = Array.from({ length: trees }, () => {
    const seen = sample(rows, rowsPerTree, stream);
    const tree = new RandomForestRegression({
      seed: 1,
      nEstimators: 1,
      maxFeatures: 1.0,
      replacement: false,
      useSampleBagging: false,
      noOOB: true,
      treeOptions: { minNumSamples: 2 },
    });
    tree.train(seen.map((row) => row.features), seen.map((row) => row.logRatio));
    return tree;
  });
  return (at) => {
    const input = [features(at)];
    let sum = 0;
    for (const tree of forests) sum += tree.predict(input)[0];
    return Math.max(
      scaleSeconds(at) * Math.exp(sum / trees),
      rooflineOfCell(table, at, peaks),
    );
  };
}

/** Draws without replacement; all rows where there are no more. */
function sample<T>(rows: readonly T[], count: number, stream: RandomStream): T[] {
  const drawn = [...rows];
  const size = Math.min(count, drawn.length);
  for (let i = 0; i < size; i++) {
    const j = i + Math.floor(stream.next() * (drawn.length - i));
    [drawn[i], drawn[j]] = [drawn[j], drawn[i]];
  }
  return drawn.slice(0, size);
}
