import { attentionEntries, attentionPairs } from "../attention_pairs.ts";
import type { StepShape } from "../execution_time_model.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import { hostLayers } from "./layer_seconds.ts";
import { prefillAttention } from "./prefill_attention.ts";
import { scanSeconds, stateSecondsPerSequence } from "./recurrent_seconds.ts";
import { lookUp, tokenTable } from "./token_table.ts";

/**
 * Seconds of what prompts' chunks from `first` to before `last` take beside their linear parts, all
 * layers, when they are spread over `parallel` equal parts: attention and recurrent scans.
 *
 * @param tokens Tokens of the step, decodes included, on all parts.
 */
export type PrefillSeconds = (
  step: StepShape,
  first: number,
  last: number,
  parallel: number,
  tokens: number,
) => number;

/** The time of prompts as a function of a step's chunks. */
export function prefillSecondsOf(parts: AnalyticalParts, maxTokensPerStep: number): PrefillSeconds {
  const stateSeconds = stateSecondsPerSequence(parts);
  const prefills = parts.attention.map((reads) => ({
    seconds: prefillAttention(parts, reads),
    windowTokens: reads.windowTokens,
    isHostBound: reads.kind === "sparse" || reads.kind === "index",
  }));
  const scan = scanSeconds(parts);
  const host = hostLayers(parts);
  const projections = host && tokenTable(host.projections, maxTokensPerStep);
  return (step, first, last, parallel, tokens) => {
    let seconds = stateSeconds * share(last - first, parallel);
    let launched = 0;
    for (let kind = 0; kind < prefills.length; kind++) {
      const layers = prefills[kind];
      let pairs = 0;
      let queries = 0;
      let entries = 0;
      for (let i = first; i < last; i++) {
        const chunk = step.chunkTokens[i];
        const past = step.chunkPastTokens[i];
        pairs += attentionPairs(chunk, past, layers.windowTokens);
        entries += attentionEntries(chunk, past, layers.windowTokens);
        queries += chunk;
      }
      const own = layers.seconds(
        share(pairs, parallel),
        share(queries, parallel),
        share(entries, parallel),
      );
      seconds += own;
      if (layers.isHostBound) launched += own;
    }
    if (scan !== undefined) seconds += share(scan(step, first, last), parallel);
    if (host === undefined) return seconds;
    const linear = lookUp(projections!, Math.ceil(share(tokens, parallel)));
    return seconds + Math.max(0, host.layers * (host.leastSeconds - linear) - launched);
  };
}

/** What falls to one of `parallel` parts. Most engines have one, and dividing is slow. */
function share(whole: number, parallel: number): number {
  return parallel === 1 ? whole : whole / parallel;
}
