import type { TransformerShape } from "../../../models/transformer.ts";
import {
  checkDraftTime,
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
  needsNextTokenLayers: true,
  draftsWith: "layers of the model itself",
  settings: { ...DRAFT_TIME, passSeconds: PASS_SECONDS },
  check: checkDraftTime,
  create(options, needs) {
    const model = {
      shape: mtpShape(needs.target),
      copies: needs.target.nextTokenLayers ?? 1,
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

/**
 * One layer like the target's last one, experts included, with a projection of two states to one; where
 * layers have a mixer or a feed-forward, the last of each.
 */
export function mtpShape({ layers, ...target }: TransformerShape): TransformerShape {
  const attends = layers.findLast(({ mixer }) => mixer !== undefined && mixer.kind !== "recurrent");
  const feeds = layers.findLast(({ feedForward }) => feedForward !== undefined);
  const last = layers[layers.length - 1];
  const mixer = attends?.mixer ?? last.mixer;
  return {
    ...target,
    name: `${target.name}-mtp`,
    layers: [{
      ...(mixer && { mixer }),
      ...(feeds?.feedForward && { feedForward: feeds.feedForward }),
      // The projection of two hidden states to one stands beside the layer.
      besideExperts: { kind: "dense", width: target.hiddenSize, isGated: false, hasBias: false },
      normParameters: last.normParameters,
    }],
    positionParameters: 0,
  };
}
