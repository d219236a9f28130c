/**
 * Speed-ups of speculation against SpecDecode-Bench, cell by cell, through the engine: with its fitted
 * step times, and with our own of an H100.
 * @module
 */
import { parse } from "@std/yaml";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { loadConfig } from "../../lib/config/load.ts";
import type { EngineParts } from "../../lib/engine/engine_parts.ts";
import { speculate } from "../../lib/engine/speculate.ts";
import type { SpeculationParts } from "../../lib/engine/speculation.ts";
import type { ExecutionTimeModel } from "../../lib/execution/execution_time_model.ts";
import { linearTime } from "../../lib/execution/linear_time.ts";
import { plainDraft, withDraft } from "../../lib/execution/speculation/mod.ts";
import { buildCluster } from "../../lib/run/cluster.ts";
import { smallCluster } from "./small_cluster.ts";
import {
  FITTED,
  FOUND_SHARES,
  overKinds,
  type RequestKind,
  requestKinds,
  type SpeculationCell,
  verifiedPerStep,
} from "./speculation_formulas.ts";

/** Acceptance of one data set and proposer. */
export interface Acceptance {
  readonly prompt_tokens: number;
  readonly output_tokens: number;
  readonly survival: readonly number[];
  /** Mean tokens of a step that drafts 1, 3, 5. */
  readonly walked: readonly number[];
  /** The same of the mean request, and of drafts of exactly what is accepted. */
  readonly request: readonly number[];
  /** How unequal requests are in what they accept of drafts of exactly that, see requestKinds(). */
  readonly spread: number;
}

/** Drafted lengths in the order of the table. */
const DRAFTED = [1, 3, 5, "oracle"] as const;

/** The derived table. */
export const ACCEPTANCE = (parse(
  Deno.readTextFileSync(new URL("../../data/speculation/specdecode.yaml", import.meta.url)),
) as { readonly acceptance: Readonly<Record<string, Acceptance>> }).acceptance;

/** Which mean of the table counts. */
export type AcceptanceOf = "walked" | "request";

/** A cell of the table, and its mean tokens of a step; undefined where the table has none. */
export function cellOf(
  dataset: string,
  proposer: "eagle3" | "ngram",
  batch: number,
  drafted: number | "oracle",
  of: AcceptanceOf,
): { readonly cell: SpeculationCell; readonly kinds: readonly RequestKind[] } | undefined {
  const row = ACCEPTANCE[`${dataset}/${proposer}`];
  const tokensPerStep = row[of][DRAFTED.indexOf(drafted as 1)];
  if (tokensPerStep === undefined) return undefined;
  return {
    kinds: requestKinds(tokensPerStep, drafted === "oracle" ? row.spread : 0),
    cell: {
      proposer,
      batch,
      drafted,
      promptTokens: Math.round(row.prompt_tokens),
      outputTokens: Math.round(row.output_tokens),
      noneAccepted: 2 - row[of][0],
      foundShare: proposer === "ngram" ? FOUND_SHARES[dataset] : 1,
    },
  };
}

/** Rates by position with the table's mean: the first as where one is drafted, the others in its shape. */
export function ratesOf(dataset: string, proposer: string, drafted: number, of: AcceptanceOf) {
  const { survival, [of]: means } = ACCEPTANCE[`${dataset}/${proposer}`];
  const first = means[0] - 1;
  const rest = means[DRAFTED.indexOf(drafted as 1)] - means[0];
  const shape = survival.slice(1, drafted);
  const sum = shape.reduce((a, b) => a + b, 0);
  return [first, ...shape.map((rate) => Math.min(first, rate * rest / sum))];
}

/** Output tokens per second of a batch of equal requests that come at once. */
function throughput(cell: SpeculationCell, engine: Partial<EngineParts>): number {
  const { batch, promptTokens, outputTokens } = cell;
  const parts = smallCluster(
    Array.from({ length: batch }, () => [0, promptTokens, outputTokens] as const),
    {
      engine: {
        maxSequences: batch,
        maxTokensPerStep: 2 ** 20,
        kvBlocks: 1e6,
        blockTokens: 16,
        maxModelTokens: 131_072,
        ...engine,
      },
      startSeconds: 0,
    },
  );
  const { columns } = simulateCluster(parts);
  return batch * outputTokens / Math.max(...columns.completedAtSeconds);
}

/** What the mean step of a cell brings and verifies. */
function meanSpeculation(cell: SpeculationCell, tokensPerStep: number): SpeculationParts {
  const drafted = cell.drafted === "oracle" ? 1 : cell.drafted;
  return {
    ...speculate({ mode: "expected", law: { survival: [] }, draftTokens: drafted }),
    meanTokens: () => tokensPerStep,
    meanDrafted: () => verifiedPerStep(cell, tokensPerStep) - 1,
  };
}

/** Speed-up with the source's fitted step times. */
export function fittedSpeedUp(cell: SpeculationCell, kinds: readonly RequestKind[]): number {
  const { target } = FITTED;
  const execution: ExecutionTimeModel = linearTime({
    baseSeconds: target.passSeconds + target.overheadSeconds,
    perPrefillTokenSeconds: target.perTokenSeconds,
    perDecodeSequenceSeconds: target.perTokenSeconds,
    perContextTokenSeconds: target.perContextTokenSeconds,
  });
  const draft = plainDraft(FITTED[cell.proposer]);
  const drafting = withDraft(execution, draft);
  const speculating = (tokensPerStep: number) =>
    throughput(cell, {
      execution: drafting,
      speculation: meanSpeculation(cell, tokensPerStep),
    });
  return overKinds(kinds, speculating) / throughput(cell, { execution });
}

const OWN: Readonly<Record<"eagle3" | "ngram", string>> = {
  eagle3: "draft: { draft_vocab_size: 32000 }",
  ngram: "",
};

/**
 * Speed-ups with our own step times of an H100; no step is
 * formed ahead, as drafts of n-grams have it.
 */
export async function ownSpeedUps(source: "profiled" | "analytical" | "calibrated"): Promise<
  (cell: SpeculationCell, kinds: readonly RequestKind[]) => number
> {
  const base = `
cluster: { gpu_type: H100 }
model: { name: llama-3.1-8b }
execution: { source: ${source} }
scheduler: { async_scheduling: false }
`;
  const times = new Map<string, ExecutionTimeModel>();
  for (const proposer of ["none", "eagle3", "ngram"] as const) {
    const section = proposer === "none"
      ? ""
      : `speculative: { method: ${proposer}, ${OWN[proposer]}${
        OWN[proposer] === "" ? "" : ","
      } num_speculative_tokens: 5, acceptance: [0.5] }`;
    const { parts } = await buildCluster(loadConfig([base, section]));
    times.set(proposer, parts.functions[0].engine.execution);
  }
  return (cell, kinds) => {
    const execution = times.get(cell.proposer)!;
    const speculating = (tokensPerStep: number) =>
      throughput(cell, { execution, speculation: meanSpeculation(cell, tokensPerStep) });
    return overKinds(kinds, speculating) /
      throughput(cell, { execution: times.get("none")! });
  };
}
