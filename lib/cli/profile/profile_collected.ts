import {
  type CollectedProfile,
  hostOverheads,
  importCollected,
  parseCollectedRows,
  type ReadRows,
} from "../../execution/profiled/collected/mod.ts";
import { findGpu } from "../../hardware/gpu_catalogue.ts";
import type { CommandArguments } from "../arguments.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";
import { checkGpuName, dataSheetOf, refuseSheet } from "./profile_gpu.ts";

/** Most broken lines that are shown one by one. */
const MOST_SHOWN = 5;

/**
 * Makes a profile of the lines that the collector wrote, and says what was skipped, assumed and left out.
 *
 * @throws {UsageError} If the file holds no such line, or the name of the GPU is none.
 */
export function importCollectedFile(
  path: string,
  name: string,
  given: CommandArguments,
  print: (line: string) => void,
): CollectedProfile["profile"] {
  checkGpuName(name);
  const sheet = dataSheetOf(given);
  const known = findGpu(name);
  if (known !== undefined) refuseSheet(sheet, known);
  const read = parseCollectedRows(readInput(path, "lines of the collector", "measurements"));
  const [decode, prompt] = [given.value("decode-kernel"), given.value("prompt-kernel")];
  const counted = Object.entries(read.rows).filter(([, rows]) => rows.length > 0);
  if (counted.length === 0) {
    throw new UsageError(
      `Cannot read ${path} as lines of the collector: none of its lines is one (\`deno task profile ` +
        "collect --print-script` prints the script that writes them)",
    );
  }
  const { profile, notes } = importCollected(read.rows, {
    gpu: known?.name ?? name,
    ...(known !== undefined && { known }),
    sheet,
    kernels: {
      ...(decode !== undefined && { decode }),
      ...(prompt !== undefined && { prompt }),
    },
  });
  print(`${path}: ${counted.map(([op, rows]) => `${rows.length} ${op}`).join(", ")}`);
  for (const line of skipped(read)) print(`  skipped: ${line}`);
  const tests = new Map(read.rows.self_test.map((test) => [test.name, test]));
  for (const { name: test, ok, detail } of tests.values()) {
    if (!ok) print(`  self-test of the collector failed: ${test}${detail ? `: ${detail}` : ""}`);
  }
  const missed = [...new Map(read.rows.skipped.map(({ what, reason }) => [what, reason]))];
  for (const [what, reason] of missed.slice(0, MOST_SHOWN)) {
    print(`  not measured: ${what} (${reason})`);
  }
  if (missed.length > MOST_SHOWN) print(`  ${missed.length} were not measured in all`);
  for (const note of notes) print(`  ${note}`);
  const host = profile.facts === undefined ? undefined : hostOverheads(profile.facts);
  if (host !== undefined) {
    const digits = (seconds: number) => Number(seconds.toPrecision(3));
    print(
      "  the host, where a step is prepared after the one before: execution: {overheads: {step_seconds: " +
        `${digits(host.stepSeconds)}, sequence_seconds: ${digits(host.sequenceSeconds)}}}`,
    );
  }
  return profile;
}

/** What was skipped, a line each. */
function skipped({ broken, unknown }: ReadRows): string[] {
  const lines = broken.slice(0, MOST_SHOWN).map(({ line, reason }) => `line ${line}, ${reason}`);
  if (broken.length > MOST_SHOWN) {
    lines.push(`${broken.length - MOST_SHOWN} more, ${broken.length} broken lines in all`);
  }
  for (const [op, count] of unknown) lines.push(`${count} lines of an unknown kind, "${op}"`);
  return lines;
}
