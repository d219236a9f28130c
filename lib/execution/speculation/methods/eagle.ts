import type { DenseFeedForward, Layer, TransformerShape } from "../../../models/transformer.ts";
import { count } from "../../../settings/quantities.ts";
import {
  checkDraftTime,
  DRAFT_TIME,
  draftOf,
  type DraftTimeSettings,
  PASS_SECONDS,
  type SpeculationMethod,
} from "./method.ts";

/** Settings of `eagle`. */
export type EagleSettings = DraftTimeSettings & {
  readonly draftVocabSize: number | null;
  readonly passSeconds: number;
};

/** `eagle` as files name it. */
export const eagleMethod: SpeculationMethod<"eagle", EagleSettings> = {
  name: "eagle",
  aliases: ["eagle3"],
  describe: "One layer on the target's hidden states proposes tokens, one pass each (EAGLE).",
  section: "draft",
  spansStages: true,
  settings: {
    draftVocabSize: count({
      min: 1,
      default: null,
      describe:
        "Tokens that the draft's head knows (EAGLE-3 heads know 32,000); null: as many as " +
        "the target's.",
    }),
    ...DRAFT_TIME,
    passSeconds: PASS_SECONDS,
  },
  check: checkDraftTime,
  create(options, needs) {
    const { target } = needs;
    const shape = { ...eagleShape(target), vocabSize: options.draftVocabSize ?? target.vocabSize };
    const model = { shape, sharesTables: true, hasTargetFormats: false };
    return {
      ...draftOf(model, options, needs),
      readsHiddenStates: true,
      foundShare: 1,
    };
  },
};

/**
 * One dense layer as wide as the target's: its attention, a feed-forward as wide as what a token
 * passes, and in front a projection of the hidden state and the token's embedding.
 */
export function eagleShape(target: TransformerShape): TransformerShape {
  const attended = target.layers.findLast(({ mixer }) =>
    mixer !== undefined && mixer.kind !== "recurrent"
  );
  const last = attended ?? target.layers[target.layers.length - 1];
  const { hiddenSize } = target;
  const layer: Layer = {
    ...(last.mixer && { mixer: last.mixer }),
    feedForward: denseWidth(last, hiddenSize),
    // The projection of two hidden states to one stands beside the layer.
    besideExperts: { kind: "dense", width: hiddenSize, isGated: false, hasBias: false },
    normParameters: last.normParameters,
  };
  return { ...target, name: `${target.name}-eagle`, layers: [layer], positionParameters: 0 };
}

function denseWidth({ feedForward }: Layer, hiddenSize: number): DenseFeedForward {
  if (feedForward?.kind === "dense") return feedForward;
  const width = feedForward === undefined
    ? 4 * hiddenSize
    : feedForward.perToken * feedForward.width + feedForward.sharedWidth;
  return { kind: "dense", width, isGated: feedForward?.isGated ?? true, hasBias: false };
}
