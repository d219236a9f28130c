/** The fitted times of SpecDecode-Bench, and speed-ups in closed form. */

/**
 * Seconds of a step of Llama-3.1-8B on an H100 under vLLM.
 *
 * @source SpecDecode-Bench/simulator, commit 2fdccbd6 (arXiv 2601.11580): fitted constants
 */
export const FITTED = {
  target: {
    perContextTokenSeconds: 3.92645679e-8,
    perTokenSeconds: 2.10103129e-5,
    passSeconds: 5.88590713e-3,
    overheadSeconds: 1.20683946e-3,
  },
  eagle3: {
    baseSeconds: 2.13526175e-3,
    perTokenSeconds: 8.41429603e-7,
    perContextTokenSeconds: 2.37768493e-9,
    shareOfTarget: 0,
  },
  ngram: {
    baseSeconds: 0,
    perTokenSeconds: 0,
    perContextTokenSeconds: 0,
    shareOfTarget: 0.005875,
  },
};

/** Probability that an n-gram is found where none of what follows would be accepted, by data set. */
export const FOUND_SHARES: Readonly<Record<string, number>> = {
  sharegpt: 0.2,
  cnn: 0.4,
  gsm8k: 0.2,
  instructcoder: 0.8,
};

/** A batch of equal requests that speculates. */
export interface SpeculationCell {
  readonly proposer: "eagle3" | "ngram";
  readonly batch: number;
  /** Tokens drafted, or exactly those that will be accepted. */
  readonly drafted: number | "oracle";
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Probability that no drafted token is accepted. */
  readonly noneAccepted: number;
  readonly foundShare: number;
}

/** Requests that accept alike: mean tokens of a step, and their share of all. */
export interface RequestKind {
  readonly tokensPerStep: number;
  readonly share: number;
}

/**
 * Three kinds of requests that stand for all: accepted tokens are log-normal around their mean, whose
 * first five moments in the logarithm these have (Gauss and Hermite's nodes).
 *
 * @param spread Standard deviation of the accepted tokens over their mean, >= 0.
 */
export function requestKinds(tokensPerStep: number, spread: number): RequestKind[] {
  if (spread === 0) return [{ tokensPerStep, share: 1 }];
  const deviation = Math.sqrt(Math.log(1 + spread ** 2));
  const mean = Math.log(tokensPerStep - 1) - deviation ** 2 / 2;
  return [[-Math.sqrt(3), 1 / 6], [0, 2 / 3], [Math.sqrt(3), 1 / 6]].map(([node, share]) => ({
    tokensPerStep: 1 + Math.exp(mean + deviation * node),
    share,
  }));
}

/** Mean over the kinds of requests, each of which fills a batch of its own. */
export function overKinds(kinds: readonly RequestKind[], of: (tokens: number) => number): number {
  return kinds.reduce((sum, { tokensPerStep, share }) => sum + share * of(tokensPerStep), 0);
}

/** Mean tokens that a sequence verifies in a step, its own one included. */
export function verifiedPerStep(cell: SpeculationCell, tokensPerStep: number): number {
  if (cell.drafted === "oracle") return tokensPerStep;
  const lacking = cell.proposer === "ngram" ? cell.noneAccepted * (1 - cell.foundShare) : 0;
  return 1 + cell.drafted * (1 - lacking);
}

/** Throughput over that of plain decoding, by the source's own rules: one prompt pass, then steps. */
export function closedSpeedUp(cell: SpeculationCell, tokensPerStep: number): number {
  const { batch, promptTokens, outputTokens, proposer } = cell;
  const { passSeconds, perTokenSeconds, perContextTokenSeconds, overheadSeconds } = FITTED.target;
  const context = batch * (promptTokens + outputTokens / 2);
  const pass = (tokens: number, entries: number) =>
    passSeconds + perTokenSeconds * tokens + perContextTokenSeconds * entries;
  const prompts = pass(batch * promptTokens, 0) + overheadSeconds;
  const plain = outputTokens * (pass(batch, context) + overheadSeconds);
  const tokens = batch * verifiedPerStep(cell, tokensPerStep);
  const verify = pass(tokens, context);
  const draft = FITTED[proposer];
  const step = verify + overheadSeconds + draft.baseSeconds + draft.perTokenSeconds * tokens +
    draft.perContextTokenSeconds * context + draft.shareOfTarget * verify;
  return (prompts + plain) / (prompts + outputTokens / tokensPerStep * step);
}
