import { text } from "../../../settings/quantities.ts";
import {
  checkDraftTime,
  DRAFT_TIME,
  draftOf,
  type DraftTimeSettings,
  PASS_SECONDS,
  type SpeculationMethod,
} from "./method.ts";

/** Settings of `draft-model`. */
export type DraftModelSettings = DraftTimeSettings & {
  readonly model: string | null;
  readonly hfConfig: string | null;
  readonly passSeconds: number;
};

/** `draft-model` as files name it. */
export const draftModelMethod: SpeculationMethod<"draft-model", DraftModelSettings> = {
  name: "draft-model",
  describe: "A smaller model of the same vocabulary proposes tokens, one pass each.",
  section: "draft",
  needsModel: true,
  settings: {
    model: text({ default: null, describe: "The model that drafts, a name in data/models." }),
    hfConfig: text({
      default: null,
      describe: "A Hugging Face `config.json` of the model that drafts, in place of `model`.",
    }),
    ...DRAFT_TIME,
    passSeconds: PASS_SECONDS,
  },
  check: checkDraftTime,
  create(options, needs) {
    const model = { shape: needs.model!, sharesTables: false, hasTargetFormats: false };
    return {
      ...draftOf(model, options, needs),
      readsHiddenStates: false,
      foundShare: 1,
    };
  },
};
