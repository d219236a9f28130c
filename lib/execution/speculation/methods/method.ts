import { quantity } from "../../../settings/quantities.ts";
import type { CheckFacts, Contradiction, Policy } from "../../../settings/policy.ts";
import type { TransformerShape } from "../../../models/transformer.ts";
import type { ExecutionTimeModel } from "../../execution_time_model.ts";
import { type DraftTime, modelDraft, plainDraft } from "../draft_time.ts";

/** What proposes drafts. */
export interface Draft {
  /** How long proposing takes. */
  readonly time: DraftTime;
  /** The model that proposes, with KV entries of its own; absent: none does. */
  readonly model?: DraftModel;
  /** Whether it reads the target's hidden states, of which a cached prefix has none. */
  readonly readsHiddenStates: boolean;
  /** Probability that there is a draft where none of its tokens would be accepted, 0..1. */
  readonly foundShare: number;
  /** What was assumed, a sentence each. */
  readonly notices: readonly string[];
}

/** A model that drafts, on the GPUs of its target. */
export interface DraftModel {
  readonly shape: TransformerShape;
  /** Models of this shape that take turns, each with weights and KV entries of its own; default 1. */
  readonly copies?: number;
  /** Whether embedding and head are those of the target, which has their weights already. */
  readonly sharesTables: boolean;
  /** Whether its layers have the formats of the target's; else all weights are of 16 bits. */
  readonly hasTargetFormats: boolean;
}

/** What a method is told beyond its settings. */
export interface DraftNeeds {
  /** The model that verifies. */
  readonly target: TransformerShape;
  /** The draft of the settings, where the method needs a model of its own. */
  readonly model?: TransformerShape;
  /** Step times of a model that drafts; called only where no plain numbers are given. */
  timeOf(model: DraftModel): ExecutionTimeModel;
}

/** What a method needs, and what it goes with. */
export interface MethodFacts {
  /** Whether it needs a model of its own in the settings. */
  readonly needsModel?: boolean;
  /** What it drafts with in place of a model of its own, for messages; absent: it may have one. */
  readonly draftsWith?: string;
  /** Whether it needs layers of the target that predict further tokens. */
  readonly needsNextTokenLayers?: boolean;
  /** Whether drafts come from the last pipeline stage, so that it goes with several. */
  readonly spansStages?: boolean;
  /** Whether it needs the tokens of a step on the host, so that none is formed while one runs. */
  readonly needsTokensOnHost?: boolean;
}

/** A way to speculate as its table has it. */
export interface SpeculationMethod<Name extends string, Options>
  extends Policy<Name, Options, DraftNeeds, Draft>, MethodFacts {}

/** Plain numbers in place of what a draft is worked out to take. */
export type DraftTimeSettings = {
  readonly baseSeconds: number | null;
  readonly perTokenSeconds: number | null;
  readonly perContextTokenSeconds: number | null;
  readonly shareOfTarget: number | null;
};

const number = (key: string, describe: string) =>
  quantity("seconds", { min: 0, default: null, key, describe });

/** Settings that all methods share. */
export const DRAFT_TIME: {
  readonly [Name in keyof DraftTimeSettings]: ReturnType<typeof number>;
} = {
  baseSeconds: number(
    "base_seconds",
    "Time to draft per step, seconds. With one of these four given, drafts take these plain " +
      "numbers; null: 0, and where all four are null, what the method works out.",
  ),
  perTokenSeconds: number(
    "per_token_seconds",
    "Time to draft per token that the step computes, seconds; see `base_seconds`.",
  ),
  perContextTokenSeconds: number(
    "per_context_token_seconds",
    "Time to draft per token of context of the decoding sequences, seconds; see `base_seconds`.",
  ),
  shareOfTarget: quantity("number", {
    min: 0,
    max: 1000,
    default: null,
    describe: "Time to draft as a share of the step's pass through the target; see `base_seconds`.",
  }),
};

/** Time of a pass of a model beside what its step time counts. */
export const PASS_SECONDS = quantity("seconds", {
  min: 0,
  default: 0,
  key: "pass_seconds",
  describe: "Time of each pass of a draft model outside the GPU, seconds.",
});

/** Whether plain numbers say what drafts take. */
function isGiven(settings: DraftTimeSettings): boolean {
  const { baseSeconds, perTokenSeconds, perContextTokenSeconds, shareOfTarget } = settings;
  return [baseSeconds, perTokenSeconds, perContextTokenSeconds, shareOfTarget]
    .some((value) => value !== null);
}

/** What is wrong with a time of passes: plain numbers leave it without effect. */
export function checkDraftTime(
  settings: DraftTimeSettings & { readonly passSeconds: number },
  { isChosen }: CheckFacts,
): Contradiction[] {
  return isChosen && settings.passSeconds > 0 && isGiven(settings)
    ? [{
      option: "passSeconds",
      wanted: "the time of a pass outside the GPU",
      allowed: "0 where base_seconds and the like say all that drafts take",
    }]
    : [];
}

/** The draft of plain numbers, where some are given. */
export function givenDraft(settings: DraftTimeSettings): DraftTime | undefined {
  const { baseSeconds, perTokenSeconds, perContextTokenSeconds, shareOfTarget } = settings;
  if (!isGiven(settings)) return undefined;
  return plainDraft({
    baseSeconds: baseSeconds ?? 0,
    perTokenSeconds: perTokenSeconds ?? 0,
    perContextTokenSeconds: perContextTokenSeconds ?? 0,
    shareOfTarget: shareOfTarget ?? 0,
  });
}

/** The draft of a model: plain numbers, or its step times. */
export function draftOf(
  model: DraftModel,
  settings: DraftTimeSettings & { readonly passSeconds: number },
  needs: DraftNeeds,
): Pick<Draft, "time" | "model" | "notices"> {
  const given = givenDraft(settings);
  const isFree = given === undefined && settings.passSeconds === 0;
  return {
    time: given ?? modelDraft(needs.timeOf(model), settings.passSeconds),
    model,
    notices: isFree
      ? [
        `passes of ${model.shape.name} take no time outside the GPU: ` +
        `speculative.draft.pass_seconds says how much they do`,
      ]
      : [],
  };
}
