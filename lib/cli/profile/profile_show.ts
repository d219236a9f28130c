import { LONGEST_MESSAGE, shownName } from "../../std/safe_text.ts";
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
