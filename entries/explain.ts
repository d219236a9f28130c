/**
 * Why requests are slow: the parts of each request's time to first token and end-to-end latency.
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
export type { RequestColumns } from "../lib/metrics/run_tables.ts";
