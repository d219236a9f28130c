import { loadConfig } from "../../config/load.ts";
import { type WhatIf, whatIf } from "../../planning/what_if.ts";
import { type InputFile, sha256 } from "../../results/mod.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import { configurationIn } from "../compare/read_result.ts";
import { manifestOf } from "../compare/result_kind.ts";
import { figureLines, settingLines } from "../compare/show_differences.ts";
import { readNamedFiles } from "../simulate/named_files.ts";
import { UsageError } from "../usage_error.ts";
import { planProgress } from "./plan_progress.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "set",
    value: "PATH=VALUE",
    repeats: true,
    describe: "What is changed; workload.rate_scale=2 doubles the rate of any workload",
  },
  { name: "seeds", value: "N", describe: "Pairs of runs (5)" },
  { name: "json", describe: "The same as JSON" },
  { name: "store", value: "DIR", describe: "Where finished runs are kept (results/sweeps)" },
  { name: "workers", value: "N", describe: "Runs at once (as many as cores)" },
  { name: "quiet", describe: "No progress" },
];

/** What `plan whatif --help` prints. */
export const WHAT_IF_HELP = `Usage: deno task plan whatif RESULT --set PATH=VALUE... [OPTION...]

RESULT is a directory of "simulate --out" or "plan --out": its configuration is run as it is and
changed, on the same seeds.

${describeOptions(OPTIONS)}`;

/** Prints what a change of settings does to a result, with paired intervals. */
export async function runWhatIf(
  args: readonly string[],
  print: (line: string) => void,
): Promise<number> {
  const given = readArguments("plan whatif", args, OPTIONS, 1);
  const [folder] = given.positional;
  const set = given.values("set");
  if (folder === undefined || set.length === 0) {
    throw new UsageError(
      "Cannot ask what if without a result and a change: write " +
        "deno task plan whatif RESULT --set workload.rate_scale=2",
    );
  }
  const config = loadConfig(JSON.stringify(configurationIn(folder)));
  const { inputs, ...texts } = await readNamedFiles(config, {
    fileNames: [],
    overridden: new Set(),
  });
  const known = await checkDigests(folder, inputs);
  const traceSha256 = inputs.flatMap((input) => "sha256" in input ? input.sha256 : []).at(0);
  const progress = planProgress(given.flag("quiet"));
  const found = await whatIf({
    config,
    set,
    seeds: wholeNumber("--seeds", given.value("seeds"), 5),
    store: given.value("store") ?? "results/sweeps",
    workers: wholeNumber("--workers", given.value("workers"), navigator.hardwareConcurrency),
    texts,
    ...(traceSha256 !== undefined && { traceSha256 }),
    onProgress: progress.update,
  }).finally(progress.stop);
  const notices = [...found.notices, ...known];
  if (given.flag("json")) {
    print(JSON.stringify({ ...found, notices }, null, 2));
    return 0;
  }
  for (const line of whatIfLines({ ...found, notices })) print(line);
  return 0;
}

/** What a change does, as lines. */
function whatIfLines({ settings, figures, seeds, saturated, isOneRun, notices }: WhatIf): string[] {
  const isSaturated = saturated.before + saturated.after > 0;
  const marks = [
    ...(isOneRun ? [] : ["* the interval excludes 0"]),
    ...(isSaturated ? ["s: of runs that were saturated, which a longer workload changes"] : []),
  ];
  const pairs = isOneRun
    ? "1 run of either"
    : `${seeds.length} pairs of runs on the same random numbers`;
  return [
    ...settingLines(settings),
    "",
    ...figureLines(figures, isSaturated ? "s" : ""),
    "",
    [pairs, ...marks].join("; "),
    ...notices.map((notice) => `Note: ${notice}`),
  ];
}

/**
 * Compares the files that a result's configuration names with those that it was made of.
 *
 * @returns What cannot be compared.
 * @throws {UsageError} If one is another.
 */
async function checkDigests(folder: string, inputs: readonly InputFile[]): Promise<string[]> {
  const { inputs: made } = manifestOf(folder) as { readonly inputs?: unknown };
  const all: readonly unknown[] = Array.isArray(made) ? made : [];
  const notices: string[] = [];
  for (const input of inputs) {
    const own = "content" in input ? await sha256(input.content) : input.sha256;
    const digests = all.flatMap((one) => {
      const { name, sha256: digest } = (one ?? {}) as Record<string, unknown>;
      return name === input.name && typeof digest === "string" ? digest : [];
    });
    if (digests.length === 0) {
      notices.push(
        `the manifest of ${folder} has no digest of ${input.name}: it is taken to be the same file`,
      );
    } else if (!digests.includes(own)) {
      throw new UsageError(
        `Cannot ask what if of ${input.name} as the file that "${folder}" was made of: current ` +
          `value has SHA-256 ${own.slice(0, 12)}, the manifest ${digests[0].slice(0, 12)}; put ` +
          `that file back, or make the result anew`,
      );
    }
  }
  return notices;
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot read ${name} as a whole number from 1 to 9999: current value is "${text}"`,
  );
}
