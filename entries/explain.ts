/**
 * Why requests are slow: the parts of each request's time to first token and end-to-end latency, as
 * columns, as stories, and as means between percentiles.
 *
 * @module
 */
export {
  LATENCY_PART_NAMES,
  type LatencyPart,
  latencyPart,
  type LatencyParts,
  type LatencyPartsOf,
  TTFT_PART_NAMES,
  type TtftPart,
} from "../lib/metrics/latency_parts.ts";
export type * from "../lib/metrics/run_tables.ts";
export type { UndefinedFigures } from "../lib/metrics/undefined_figures.ts";
export type { LatencyBand } from "../lib/report/explain/bands.ts";
export { explain, type ExplainOptions, type Explanation } from "../lib/report/explain/explain.ts";
export type { PromptAhead } from "../lib/report/explain/prompts_ahead.ts";
export type { RequestStory, StoryStage } from "../lib/report/explain/story.ts";
