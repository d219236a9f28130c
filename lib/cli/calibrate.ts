import { stringify } from "../std/yaml.ts";
import type { CalibrationEntry } from "../execution/calibrated/mod.ts";
import { calibrate, ServerRunner } from "../experiment/validation/mod.ts";
import { readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { checkOwnFile, type OwnFile, writeOwnFile } from "./own_file.ts";
import { referenceMeasurements } from "./validate/reference_measurements.ts";

const DEFAULT_FILE = "data/profiles/calibration.yaml";

const OPTIONS = [
  { name: "out", value: "FILE", describe: `Where to write them; default ${DEFAULT_FILE}` },
] as const;

const HELP = `Fits the overhead constants of serving frameworks on measured load.

Usage: deno task calibrate [--out FILE]

  --out FILE  Where to write them; default ${DEFAULT_FILE}

Constants per framework version and family of GPUs: seconds per step, per sequence, per collective, and
per request between client and engine. Needs the data sets vllm-load-points and vllm-concurrency-points.
Takes a few minutes: every combination of a grid is simulated.`;

const HEADER =
  `# Overhead constants of serving frameworks, in seconds: what a step costs beyond its kernels, and a
# request beyond the engine. Made by "deno task calibrate", which tries every combination of a grid and
# keeps the one with the least mean error over the measured points; nothing is fitted per row or model.
# errors and untuned: mean absolute relative errors of the points as shares. leaveOneModelOut: errors of
# a model's points under the constants that the others give.
# vllm-load-points: github.com/inference-sim/training and github.com/inference-sim/sim-to-real-accuracy-validation,
# vLLM 0.15.1. vllm-concurrency-points: github.com/ai-dynamo/aiconfigurator (Apache-2.0), vLLM 0.12.0.
`;

/** What this command writes; its first line tells. */
const CALIBRATION: OwnFile = {
  option: "--out",
  what: "overhead constants",
  isSuch: (text) => text.startsWith(HEADER.slice(0, HEADER.indexOf(","))),
};

/** Text of data/profiles/calibration.yaml. */
export function calibrationText(entries: readonly CalibrationEntry[]): string {
  return HEADER + stringify({ entries }, { lineWidth: 100, noRefs: true } as object);
}

/** The command as `lib/cli/main.ts` lists it. */
export const calibrateCommand: Command = {
  name: "calibrate",
  summary: "Fit overhead constants on measured load",
  help: HELP,
  run(args, print) {
    const out = readArguments("calibrate", args, OPTIONS, 0).value("out") ?? DEFAULT_FILE;
    checkOwnFile(out, CALIBRATION);
    const data = referenceMeasurements();
    const entries = calibrate(new ServerRunner(), data, (fits) => {
      console.error(`calibrating: ${fits} sets of constants`);
    });
    writeOwnFile(out, calibrationText(entries), CALIBRATION);
    for (const { version, family, overhead, requestSeconds, points, errors } of entries) {
      const micro = (seconds: number) => `${Math.round(seconds * 1e7) / 10} us`;
      print(
        `vllm ${version} ${family}: step ${micro(overhead.stepSeconds)}, sequence ${
          micro(overhead.sequenceSeconds)
        }, collective ${micro(overhead.collectiveSeconds)}, request ${micro(requestSeconds)}; ` +
          `${points} points, TPOT ${(100 * errors.tpot).toFixed(1)} %, TTFT ${
            (100 * errors.ttft).toFixed(1)
          } %`,
      );
    }
    print(`Wrote ${out}`);
    return 0;
  },
};
