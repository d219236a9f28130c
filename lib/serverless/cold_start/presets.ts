import hydraserveSingle from "../../../data/cold_start/hydraserve-single.yaml" with {
  type: "text",
};
import medusa from "../../../data/cold_start/medusa.yaml" with { type: "text" };
import safetensors from "../../../data/cold_start/safetensors.yaml" with { type: "text" };
import serverlessVllm from "../../../data/cold_start/serverless-vllm.yaml" with { type: "text" };
import serverlessllm from "../../../data/cold_start/serverlessllm.yaml" with { type: "text" };
import simfaasinfer from "../../../data/cold_start/simfaasinfer.yaml" with { type: "text" };
import simple from "../../../data/cold_start/simple.yaml" with { type: "text" };
import vllmAsync from "../../../data/cold_start/vllm-async.yaml" with { type: "text" };
import vllmH200Measured from "../../../data/cold_start/vllm-h200-measured.yaml" with {
  type: "text",
};
import vllmTuned from "../../../data/cold_start/vllm-tuned.yaml" with { type: "text" };
import vllmV1 from "../../../data/cold_start/vllm-v1.yaml" with { type: "text" };
import { suggest } from "../../std/suggest.ts";
import { type ColdStartPreset, parseColdStartPreset } from "./parse_preset.ts";

/** Name of a preset in data/cold_start. */
export type ColdStartPresetName =
  | "vllm-v1"
  | "simple"
  | "simfaasinfer"
  | "vllm-h200-measured"
  | "vllm-tuned"
  | "vllm-async"
  | "medusa"
  | "serverless-vllm"
  | "serverlessllm"
  | "safetensors"
  | "hydraserve-single";

const TEXTS = {
  "vllm-v1": vllmV1,
  simple,
  simfaasinfer,
  "vllm-h200-measured": vllmH200Measured,
  "vllm-tuned": vllmTuned,
  "vllm-async": vllmAsync,
  medusa,
  "serverless-vllm": serverlessVllm,
  serverlessllm,
  safetensors,
  "hydraserve-single": hydraserveSingle,
} as const satisfies Record<ColdStartPresetName, string>;

/** Presets in data/cold_start, the default first. */
export const COLD_START_PRESETS = Object.keys(TEXTS) as readonly ColdStartPresetName[];

const parsed = new Map<string, ColdStartPreset>();

/**
 * A preset by name.
 *
 * @throws {RangeError} If there is none of that name.
 *
 * @example
 * ```ts
 * import { coldStartPreset, oneStart } from "simfaasinfer/cold-start";
 * const plan = coldStartPreset("medusa").plan();
 * const [start] = oneStart({ plan, weightBytes: 13.5e9, weightsIn: "ssd", artifacts: true, features: { layers: 32 } });
 * console.log(start.readyAtSeconds.toFixed(1)); // 2.5
 * ```
 */
export function coldStartPreset(name: string): ColdStartPreset {
  const known = parsed.get(name);
  if (known !== undefined) return known;
  if (!Object.hasOwn(TEXTS, name)) {
    const near = suggest(name, COLD_START_PRESETS);
    throw new RangeError(
      `Cannot find a cold-start preset as one of ${COLD_START_PRESETS.join(", ")}` +
        `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is ${name}`,
    );
  }
  const preset = parseColdStartPreset(
    TEXTS[name as ColdStartPresetName],
    `data/cold_start/${name}.yaml`,
  );
  parsed.set(name, preset);
  return preset;
}
