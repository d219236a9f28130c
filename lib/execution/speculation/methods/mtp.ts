import type { TransformerShape } from "../../../models/transformer.ts";
import {
  DRAFT_TIME,
  draftOf,
  type DraftTimeSettings,
  PASS_SECONDS,
  type SpeculationMethod,
} from "./method.ts";

/** Settings of `mtp`. */
export type MtpSettings = DraftTimeSettings & { readonly passSeconds: number };

/** `mtp` as files name it. */
export const mtpMethod: SpeculationMethod<"mtp", MtpSettings> = {
  name: "mtp",
  aliases: ["deepseek-mtp"],
  describe: "The model's own layer for multi-token prediction proposes tokens, one pass each.",
  section: "draft",
  settings: { ...DRAFT_TIME, passSeconds: PASS_SECONDS },
  create(options, needs) {
    const model = {
      shape: mtpShape(needs.target),
      sharesTables: true,
      hasTargetFormats: true,
    };
    return {
      ...draftOf(model, options, needs),
      readsHiddenStates: true,
      foundShare: 1,
    };
  },
};

/** One layer like the target's last one, experts included, with a projection of two states to one. */
export function mtpShape(target: TransformerShape): TransformerShape {
  const last = target.layers[target.layers.length - 1];
  return {
    ...target,
    name: `${target.name}-mtp`,
    layers: [{
      ...last,
      besideExperts: last.besideExperts ??
        { kind: "dense", width: target.hiddenSize, isGated: false, hasBias: false },
    }],
    positionParameters: 0,
  };
}
