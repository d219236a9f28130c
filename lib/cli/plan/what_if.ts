import { loadConfig } from "../../config/load.ts";
import { whatIf } from "../../planning/what_if.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import { configurationIn } from "../compare/read_result.ts";
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
  if (given.flag("json")) {
    print(JSON.stringify(found, null, 2));
    return 0;
  }
  for (const line of settingLines(found.settings)) print(line);
  print("");
  for (const line of figureLines(found.figures)) print(line);
  print("");
  print(
    `${found.seeds.length} pairs of runs on the same random numbers; * the interval excludes 0`,
  );
  return 0;
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new UsageError(
    `Cannot read ${name} as a whole number from 1 to 9999: current value is "${text}"`,
  );
}
