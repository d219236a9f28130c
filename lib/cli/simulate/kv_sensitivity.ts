import type { Configuration } from "../../config/configuration.ts";
import type { RunInputs } from "../../run/cluster.ts";
import type { RunResult } from "../../metrics/run_tables.ts";
import { simulateWithKvShare } from "../../run/simulate.ts";
import { duration } from "../readable_numbers.ts";

/** How many more and fewer KV blocks are tried. */
const SHARE = 0.03;
/** A change of the p99 of TTFT by more than this factor is told. */
const FACTOR = 2;
/** An instance that never had so great a share of its blocks in use would not miss 3 % of them. */
const NEARLY_FULL = 0.9;
/** Most requests of a run that is run twice more. */
export const MOST_REQUESTS = 20_000;

/** Whether a few per cent of KV blocks can matter to a run: some ran out, or nearly. */
export function mayHangOnBlocks({ summary }: Pick<RunResult, "summary">): boolean {
  return summary.preemptions > 0 || summary.kv.peak_utilization >= NEARLY_FULL;
}

/**
 * What a user should know where KV blocks decide a run's tail: the p99 of TTFT with 3 % fewer and 3 %
 * more of them, if that makes a difference of more than 2x. Undefined: it does not, or blocks were ample.
 * Runs the simulation twice more, unless it has too many requests for that, which is said.
 */
export async function kvSensitivity(
  config: Configuration,
  texts: RunInputs,
  result: RunResult,
): Promise<string | undefined> {
  const { p99 } = result.summary.ttft_s as { p99?: number | null };
  if (p99 === undefined || p99 === null || !(p99 > 0) || !mayHangOnBlocks(result)) return undefined;
  const { count } = result.requests;
  if (count > MOST_REQUESTS) {
    return `KV blocks ran out or nearly so: the p99 of TTFT may hang on a few per cent of them, which is ` +
      `tried in runs of up to ${MOST_REQUESTS.toLocaleString("en-US")} requests only`;
  }
  const [fewer, more] = [await tailWith(1 - SHARE), await tailWith(1 + SHARE)];
  const known = [p99, fewer, more].filter((seconds) => seconds !== undefined);
  if (Math.max(...known) <= FACTOR * Math.min(...known)) return undefined;
  const shown = (seconds: number | undefined) =>
    seconds === undefined ? "no request that fits" : duration(seconds);
  return `KV blocks decide the tail: with 3 % fewer of them the p99 of TTFT is ${shown(fewer)}, ` +
    `with 3 % more ${shown(more)}, and ${duration(p99)} with those that there are`;

  async function tailWith(share: number): Promise<number | undefined> {
    try {
      const { summary } = await simulateWithKvShare(config, texts, share);
      return (summary.ttft_s as { p99?: number | null }).p99 ?? undefined;
    } catch (error) {
      // A request that filled all blocks does not fit into fewer.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}
