import a100 from "../../../data/profiles/a100-sxm-80gb.json" with { type: "text" };
import b200 from "../../../data/profiles/b200-sxm.json" with { type: "text" };
import h100 from "../../../data/profiles/h100-sxm.json" with { type: "text" };
import h200 from "../../../data/profiles/h200-sxm.json" with { type: "text" };
import l40s from "../../../data/profiles/l40s.json" with { type: "text" };
import rtx4090 from "../../../data/profiles/rtx-4090.json" with { type: "text" };
import rtxPro6000 from "../../../data/profiles/rtx-pro-6000.json" with { type: "text" };
import a100Layers from "../../../data/profiles/a100-sxm-80gb-layers.json" with { type: "text" };
import b200Layers from "../../../data/profiles/b200-sxm-layers.json" with { type: "text" };
import h100Layers from "../../../data/profiles/h100-sxm-layers.json" with { type: "text" };
import h200Torch from "../../../data/profiles/h200-sxm-torch.json" with { type: "text" };
import h200Layers from "../../../data/profiles/h200-sxm-layers.json" with { type: "text" };
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

/** Texts of the shipped tables of latent, sparse and recurrent layers and all-to-all. */
const LAYER_TEXTS: Readonly<Record<string, string>> = {
  "a100-sxm-80gb": a100Layers,
  "b200-sxm": b200Layers,
  "h100-sxm": h100Layers,
  "h200-sxm": h200Layers,
};

/** Texts of further profiles of a GPU, by their own names. */
const FURTHER_TEXTS: Readonly<Record<string, string>> = { "h200-sxm-torch": h200Torch };

/** GPUs that a profile ships for. */
export const PROFILED_GPUS: readonly string[] = Object.keys(TEXTS);

/** Names of all shipped profiles: those of {@link PROFILED_GPUS}, and further ones of the same GPUs. */
export const PROFILE_NAMES: readonly string[] = [...PROFILED_GPUS, ...Object.keys(FURTHER_TEXTS)];

/**
 * The shipped profile of a GPU, or of a name of its own. Each call parses it anew (some 15 ms).
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
  const text = (TEXTS as Record<string, string>)[gpu] ?? FURTHER_TEXTS[gpu];
  if (text === undefined) {
    throw new RangeError(
      `Cannot find the profile of a GPU as one of ${
        PROFILE_NAMES.join(", ")
      }: current value is ${gpu}`,
    );
  }
  return parseProfile(text);
}

/**
 * A shipped profile with the tables of layers beyond plain attention, where some ship for its GPU:
 * models that have none of them need not wait for these.
 */
export function withLayerTables(profile: OperatorProfile): OperatorProfile {
  const text = LAYER_TEXTS[profile.gpu];
  if (text === undefined) return profile;
  return { ...profile, tables: [...profile.tables, ...parseProfile(text).tables] };
}
