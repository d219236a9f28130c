import type { Gpu } from "../hardware/gpu.ts";
import { speculate } from "../engine/speculate.ts";
import type { SpeculationParts } from "../engine/speculation.ts";
import {
  type AcceptanceLaw,
  acceptanceLaw,
  type Draft,
  meanTokens,
  methodFacts,
} from "../execution/speculation/mod.ts";
import type { RandomStream } from "../sim/random_streams.ts";
import type { Configuration } from "../config/configuration.ts";
import { draftTokensByBatch, draftTokensOf } from "../config/draft_tokens.ts";
import { engineSettings } from "../config/engine_settings.ts";
import type { ConfiguredDraft } from "./draft.ts";

/** How likely drafted tokens are to be accepted. */
function configuredLaw({ speculative }: Configuration): AcceptanceLaw {
  const { acceptance, synthetic_acceptance_rates: rates } = speculative;
  const { synthetic_acceptance_length: length } = speculative;
  return acceptanceLaw({
    ...(acceptance !== null && { acceptance }),
    ...(rates !== null && { rates }),
    ...(length !== null && { length }),
  }, draftTokensOf(speculative)!);
}

/** How the engines of a function speculate. */
export function buildSpeculation(
  config: Configuration,
  draft: ConfiguredDraft,
  stream: RandomStream,
): SpeculationParts {
  return speculate({
    mode: config.speculative.mode,
    law: configuredLaw(config),
    draftTokens: draftTokensByBatch(config.speculative),
    stream,
    foundShare: draft.foundShare,
    hasKvEntries: draft.model !== undefined,
    readsHiddenStates: draft.readsHiddenStates,
    ...(draft.work && { work: draft.work }),
  });
}

/** What speculation assumes or changes, a sentence each. */
export function speculationNotices(config: Configuration, draft: Draft, gpu: Gpu): string[] {
  const { speculative, scheduler } = config;
  const isSettled = scheduler.async_scheduling === null && scheduler.type === "vllm" &&
    methodFacts(speculative.method)?.needsTokensOnHost === true &&
    engineSettings({ ...config, speculative: { ...speculative, method: "none" } }, gpu)
      .asyncScheduling;
  const { maxSequences, maxTokensPerStep } = engineSettings(config, gpu);
  const byBatch = draftTokensByBatch(speculative);
  const atMost = typeof byBatch === "number" ? byBatch : byBatch(maxSequences);
  const width = 1 + atMost;
  const most = Math.floor(maxTokensPerStep / width);
  const fully = draftTokensOf(speculative)!;
  const mean = meanTokens(configuredLaw(config), fully);
  return [
    `speculative decoding (${speculative.method}): up to ${fully} tokens drafted per sequence and ` +
    `step, ${mean.toFixed(3)} tokens of a step on average by the acceptance given`,
    ...(most < maxSequences
      ? [
        `speculative decoding: a step of ${maxTokensPerStep} tokens holds ${width} of ${most} ` +
        `sequences, fewer than scheduler.max_num_seqs ${maxSequences}: larger batches draft less`,
      ]
      : []),
    ...(isSettled
      ? [
        `speculative decoding (${speculative.method}): ${scheduler.engine} forms no step while another ` +
        `one runs, since drafts are made on the host`,
      ]
      : []),
    ...draft.notices,
  ];
}
