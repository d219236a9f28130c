import { loadConfig } from "../../lib/config/load.ts";
import type { RunResult } from "../../lib/metrics/run_tables.ts";
import { simulate } from "../../lib/run/simulate.ts";

/** A preset "start.yaml" whose start is one stage of 10 s. */
const START = `id: start
summary: One stage
sources: ["made up"]
stages: [{ stage: container_create, after: [], seconds: 10 }]
`;

/** Runs requests of 10 prompt and 10 output tokens that arrive at these instants, seconds. */
export async function runWithStart(
  arrivals: readonly number[],
  ...settings: readonly string[]
): Promise<RunResult> {
  const rows = arrivals.map((at) => `${at},10,10`).join("\n");
  return await simulate(loadConfig(settings), {
    traceText: `arrival_s,prompt_tokens,output_tokens\n${rows}\n`,
    files: new Map([["start.yaml", START]]),
  });
}
