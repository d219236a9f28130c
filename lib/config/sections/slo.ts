import { section } from "../section.ts";
import { quantity } from "../../settings/quantities.ts";

/** The limits that a request has to keep. */
export function sloSection(describe: string) {
  return section({
    ttft_s: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Longest time to first token, seconds; null: no limit.",
    }),
    tpot_s: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Longest mean time per output token after the first, seconds; null: no limit.",
    }),
    e2e_s: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Longest end-to-end latency, seconds; null: no limit.",
    }),
  }, { describe });
}

/** The limits of all requests that belong to no class with limits of its own. */
export const slo = sloSection(
  "Service-level objectives; attainment is the share of arrived requests that keep all of them.",
);
