import { LONGEST_MESSAGE, shownName } from "../../std/safe_text.ts";
import { percentiles } from "../../stats/quantiles.ts";
import { duration } from "../readable_numbers.ts";
import type { OperatorProfile } from "../../execution/profiled/operator_profile.ts";
import { profileCoverage } from "../../execution/profiled/profile_coverage.ts";

/** Prints what a profile covers, table by table. */
export function showProfile(profile: OperatorProfile, printLine: (line: string) => void): void {
  const print = (line: string) => printLine(shownName(line, LONGEST_MESSAGE));
  const { gpu, source, peaks } = profile;
  print(`${gpu}: ${source.framework} kernels from ${source.repository} (${source.licence})`);
  print(`  ${source.description}`);
  print(
    `  data sheet: ${peaks.bf16FlopsPerSecond / 1e12} TFLOP/s bf16, ` +
      `${peaks.fp8FlopsPerSecond / 1e12} fp8, ${peaks.memoryBytesPerSecond / 1e9} GB/s`,
  );
  for (const line of factLines(profile)) print(`  ${line}`);
  for (const table of profileCoverage(profile)) {
    const range = `${(table.leastSeconds * 1e6).toPrecision(3)} to ` +
      `${(table.greatestSeconds * 1e6).toPrecision(3)} us`;
    const fit = table.referenceError === null
      ? ""
      : `; smooth fit off by ${(100 * table.referenceError).toFixed(1)} %`;
    print(`  ${table.operator} ${table.attributes}: ${table.cells} times, ${range}${fit}`);
    print(`    ${table.axes.join("; ")}`);
  }
}

/** What a profile says beside its tables, a line for each kind. */
function factLines({ facts }: OperatorProfile): string[] {
  if (facts === undefined) return [];
  const { device, launches, graphs, captures, prepares, pieces, power, clocks, coldStart } = facts;
  const median = (list: readonly { readonly seconds: number }[]) => {
    const seconds = Float64Array.from(list, (one) => one.seconds);
    return duration(percentiles(seconds, [50])[0]);
  };
  const lists: (readonly [string, readonly string[]])[] = [
    ["launches by the host", launches.map((one) => `${one.name} ${duration(one.seconds)}`)],
    ["launch of a graph", graphs.length === 0 ? [] : [median(graphs)]],
    ["capture of a graph", captures.length === 0 ? [] : [median(captures)]],
    ["inputs of a step", prepares.map((one) => `${one.sequences}: ${duration(one.seconds)}`)],
    ["step in pieces", pieces.length === 0 ? [] : [median(pieces)]],
    ["power", power.map((one) => `${one.phase} ${one.watts.toFixed(0)} W`)],
    [
      "sustained over burst",
      clocks.map((one) =>
        `${one.name} ${one.rows}: ${(one.sustainedSeconds / one.burstSeconds).toFixed(2)}`
      ),
    ],
    ["start", coldStart.map((one) => `${one.stage} ${duration(one.seconds)}`)],
  ];
  const own = device === undefined ? [] : [
    `GPU: ${
      (device.memoryBytes / 1e9).toFixed(1)
    } GB, kernels of ${device.generation} where none was measured`,
  ];
  return [
    ...own,
    ...lists.filter(([, items]) => items.length > 0).map(([name, items]) =>
      `${name}: ${items.join(", ")}`
    ),
  ];
}
