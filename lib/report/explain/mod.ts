/**
 * Why requests were slow: the parts of their latencies, as stories and as means between percentiles.
 * Read story.ts first.
 *
 * @module
 */
export {
  allBands,
  bandRows,
  type BandSource,
  groupedParts,
  type LatencyBand,
  latencyBands,
  PART_GROUPS,
  type SplitLatency,
} from "./bands.ts";
export { explain, type ExplainOptions, type Explanation } from "./explain.ts";
export { type ExplainSource, explainSource, type StageWaitRows } from "./explain_source.ts";
export type { PromptAhead } from "./prompts_ahead.ts";
export { checkExplains, readExplainSource } from "./read_explain_source.ts";
export type { StageSpan } from "./start_stages.ts";
export { type RequestStory, type StoryStage, Storyteller } from "./story.ts";
export { requestsWhere, SLOW_BY, slowest, WHERE_COLUMNS, whereCondition } from "./where.ts";
