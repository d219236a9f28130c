import { cos, exp, log } from "../../stats/elementary/mod.ts";
import type { RandomStream } from "../../sim/random_streams.ts";
import { fitReference } from "./fit_reference.ts";
import { forEachCell } from "./for_each_cell.ts";
import type { GpuPeaks, OperatorProfile, ProfileDtype } from "./operator_profile.ts";
import type { OperatorName, OperatorTable, TableAxis } from "./operator_table.ts";
import type { ReferenceTime } from "./reference_time.ts";
import { dtypeBytes, referenceSeconds, rooflineOfCell, workOfCell } from "./reference_times.ts";

/** What to synthesise. */
export interface SyntheticProfileOptions {
  /** Catalogue name of the GPU, such as "h100-sxm". */
  readonly gpu: string;
  /** Its data sheet. */
  readonly peaks: GpuPeaks;
  /** Standard deviation of the logarithm of each time, >= 0; default 0.03. */
  readonly noise?: number;
  /** Efficiencies and least time of every operator; default typical of recent GPUs. */
  readonly reference?: ReferenceTime;
  /** Head sizes of attention; default 128. */
  readonly headSizes?: readonly number[];
  /** Formats; default bf16 alone. */
  readonly dtypes?: readonly ProfileDtype[];
}

const TYPICAL: ReferenceTime = {
  computeEfficiency: 0.7,
  memoryEfficiency: 0.8,
  sharpness: 2,
  constantSeconds: 6e-6,
};

const axis = (name: string, values: readonly number[]): TableAxis => ({
  names: [name],
  points: values.map((value) => [value]),
});
const powers = (from: number, to: number) => {
  const values: number[] = [];
  for (let value = from; value <= to; value *= 2) values.push(value);
  return values;
};

/**
 * A profile in the form of a measured one, made of roofline times with log-normal noise: for tests, and
 * for training predictors. No time is below the roofline. The same stream gives the same profile.
 *
 * @example
 * ```ts
 * import { profileCoverage, shippedProfile, synthesizeProfile } from "simfaasinfer/profiles";
 * import { randomStreams } from "simfaasinfer/workload";
 * const { gpu, peaks } = shippedProfile("h100-sxm");
 * const profile = synthesizeProfile({ gpu, peaks }, randomStreams(1, 0).take("profile"));
 * console.log(profileCoverage(profile)[0].operator); // gemm
 * ```
 */
export function synthesizeProfile(
  options: SyntheticProfileOptions,
  stream: RandomStream,
): OperatorProfile {
  const { gpu, peaks, noise = 0.03, reference = TYPICAL, headSizes = [128], dtypes = ["bf16"] } =
    options;
  const normal = () => Math.sqrt(-2 * log(1 - stream.next())) * cos(2 * Math.PI * stream.next());
  const fill = (
    operator: OperatorName,
    attributes: OperatorTable["attributes"],
    axes: readonly TableAxis[],
    smoothSeconds: (at: readonly (readonly number[])[], table: OperatorTable) => number,
    leastSeconds: (at: readonly (readonly number[])[], table: OperatorTable) => number,
  ): OperatorTable => {
    const size = axes.reduce((product, { points }) => product * points.length, 1);
    const table = { operator, attributes, axes, seconds: new Float64Array(size) };
    forEachCell(table, (cell, at) => {
      const seconds = smoothSeconds(at, table) * exp(noise * normal());
      table.seconds[cell] = Math.max(seconds, leastSeconds(at, table));
    });
    return table;
  };
  const smooth = (at: readonly (readonly number[])[], table: OperatorTable) => {
    const { flops, bytes } = workOfCell(table, at);
    const peak = table.attributes.dtype === "fp8"
      ? peaks.fp8FlopsPerSecond
      : peaks.bf16FlopsPerSecond;
    return referenceSeconds(reference, flops, bytes, peak, peaks.memoryBytesPerSecond);
  };
  const least = (at: readonly (readonly number[])[], table: OperatorTable) =>
    rooflineOfCell(table, at, peaks);
  const widths = powers(256, 65536);
  const pairs = {
    names: ["heads", "kvHeads"],
    points: [
      [1, 1],
      [2, 1],
      [4, 1],
      [4, 4],
      [8, 1],
      [8, 2],
      [8, 8],
      [16, 2],
      [16, 4],
      [32, 4],
      [
        32,
        8,
      ],
      [32, 32],
      [64, 8],
    ],
  };
  const tables: OperatorTable[] = [];
  for (const dtype of dtypes) {
    const axes = [axis("n", widths), axis("k", widths), axis("m", powers(1, 16384))];
    tables.push(fill("gemm", { dtype }, axes, smooth, least));
  }
  for (const headSize of headSizes) {
    for (const kvDtype of dtypes) {
      const attributes = { headSize, kvDtype };
      const prompts = [pairs, axis("batch", powers(1, 64)), axis("tokens", powers(1, 16384))];
      tables.push(fill("context_attention", attributes, prompts, smooth, least));
      const decodes = [pairs, axis("batch", powers(1, 1024)), axis("context", powers(2, 131072))];
      tables.push(fill("generation_attention", attributes, decodes, smooth, least));
    }
  }
  const { linkBytesPerSecond, linkLatencySeconds } = peaks;
  const ring = ([[ranks], [bytes]]: readonly (readonly number[])[]) =>
    2 * (ranks - 1) / ranks * bytes / linkBytesPerSecond;
  tables.push(fill(
    "all_reduce",
    {},
    [axis("ranks", [2, 4, 8]), axis("bytes", powers(256, 2 ** 28))],
    (at) => linkLatencySeconds + ring(at) / reference.memoryEfficiency,
    ring,
  ));
  for (const dtype of dtypes) tables.push(expertTable(dtype));

  function expertTable(dtype: ProfileDtype): OperatorTable {
    const configurations = {
      names: [
        "hiddenSize",
        "intermediateSize",
        "perToken",
        "count",
        "tensorParallel",
        "expertParallel",
      ],
      points: [[2048, 768, 8, 128, 1, 1], [4096, 14336, 2, 8, 1, 1], [4096, 14336, 2, 8, 2, 1]],
    };
    const work = (at: readonly (readonly number[])[]) => {
      const [[hidden, width, perToken, count, tensorParallel], [tokens]] = at;
      const elements = 3 * hidden * width / tensorParallel;
      const active = count * (1 - (1 - perToken / count) ** tokens);
      return {
        flops: 2 * tokens * perToken * elements,
        bytes: active * elements * dtypeBytes(dtype),
      };
    };
    const peak = dtype === "fp8" ? peaks.fp8FlopsPerSecond : peaks.bf16FlopsPerSecond;
    return fill(
      "experts",
      { dtype, routing: "balanced" },
      [configurations, axis("tokens", powers(1, 16384))],
      (at) => {
        const { flops, bytes } = work(at);
        return referenceSeconds(reference, flops, bytes, peak, peaks.memoryBytesPerSecond);
      },
      (at) => Math.max(work(at).flops / peak, work(at).bytes / peaks.memoryBytesPerSecond),
    );
  }

  return {
    gpu,
    peaks,
    source: {
      repository: "none",
      commit: "none",
      licence: "none",
      framework: "none",
      description: `Synthetic: roofline times with log-normal noise of ${noise}`,
      command: "deno task profile synthesize",
    },
    tables: tables.map((table) =>
      ["gemm", "context_attention", "generation_attention"].includes(table.operator)
        ? { ...table, reference: fitReference(table, peaks) }
        : table
    ),
  };
}
