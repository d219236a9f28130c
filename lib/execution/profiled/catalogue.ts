import a100 from "../../../data/profiles/a100-sxm-80gb.json" with { type: "text" };
import b200 from "../../../data/profiles/b200-sxm.json" with { type: "text" };
import h100 from "../../../data/profiles/h100-sxm.json" with { type: "text" };
import h200 from "../../../data/profiles/h200-sxm.json" with { type: "text" };
import l40s from "../../../data/profiles/l40s.json" with { type: "text" };
import rtx4090 from "../../../data/profiles/rtx-4090.json" with { type: "text" };
import rtxPro6000 from "../../../data/profiles/rtx-pro-6000.json" with { type: "text" };
import type { OperatorProfile } from "./operator_profile.ts";
import { parseProfile } from "./profile_text.ts";

/** Texts of the shipped profiles by the catalogue name of the GPU. */
const TEXTS = {
  "a100-sxm-80gb": a100,
  "b200-sxm": b200,
  "h100-sxm": h100,
  "h200-sxm": h200,
  "l40s": l40s,
  "rtx-4090": rtx4090,
  "rtx-pro-6000": rtxPro6000,
} as const satisfies Record<string, string>;

/** GPUs that a profile ships for. */
export const PROFILED_GPUS: readonly string[] = Object.keys(TEXTS);

/**
 * The shipped profile of a GPU. Each call parses it anew (some 15 ms).
 *
 * @throws RangeError if none ships for it.
 *
 * @example
 * ```ts
 * import { shippedProfile } from "simfaasinfer/profiles";
 * console.log(shippedProfile("h100-sxm").source.framework); // vllm 0.24.0
 * ```
 */
export function shippedProfile(gpu: string): OperatorProfile {
  const text = (TEXTS as Record<string, string>)[gpu];
  if (text === undefined) {
    throw new RangeError(
      `Cannot find the profile of a GPU as one of ${
        PROFILED_GPUS.join(", ")
      }: current value is ${gpu}`,
    );
  }
  return parseProfile(text);
}
