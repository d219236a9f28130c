import type { StepWork } from "../execution/execution_time_model.ts";
import { acceptanceDraws, type AcceptanceLaw, meanTokens } from "../execution/speculation/mod.ts";
import type { RandomStream } from "../sim/random_streams.ts";
import type { SpeculationParts } from "./speculation.ts";

/** What {@link speculate} is made from. */
export interface SpeculateOptions {
  /** Mean tokens per step, or tokens drawn for each sequence. */
  readonly mode: "expected" | "sampled";
  /** How likely drafted tokens are to be accepted. */
  readonly law: AcceptanceLaw;
  /** Tokens drafted per sequence, >= 0, or a function of the decoding sequences. */
  readonly draftTokens: number | ((sequences: number) => number);
  /** What acceptance is drawn from; `sampled` needs one. */
  readonly stream?: RandomStream;
  /**
   * Probability that there is a draft where none of its tokens would be accepted (n-grams are not
   * found at times), 0..1; default 1.
   */
  readonly foundShare?: number;
  /** Whether the draft keeps KV entries of its own, for which a sequence holds slots ahead. */
  readonly hasKvEntries?: boolean;
  /** Whether it reads the target's hidden states, of which a cached prefix has none. */
  readonly readsHiddenStates?: boolean;
  /** Work of one pass of the draft. */
  readonly work?: StepWork;
}

/**
 * Speculation of one function's engines.
 *
 * @throws {RangeError} If `sampled` lacks its stream, or the share is not in 0..1.
 */
export function speculate(options: SpeculateOptions): SpeculationParts {
  const { mode, law, draftTokens, stream, foundShare = 1, work } = options;
  if (!(foundShare >= 0 && foundShare <= 1)) {
    throw new RangeError(
      `Cannot use foundShare as a share in 0..1: current value is ${foundShare}`,
    );
  }
  if (mode === "sampled" && stream === undefined) {
    throw new RangeError("Cannot sample acceptance as drawn from a stream: current value is none");
  }
  const draws = stream && acceptanceDraws(law, stream);
  const noneAccepted = 1 - (law.survival[0] ?? 0);
  return {
    mode,
    draftTokens: typeof draftTokens === "number" ? () => draftTokens : draftTokens,
    meanTokens: (drafted) => meanTokens(law, drafted),
    meanDrafted: (drafted) => drafted * (1 - noneAccepted * (1 - foundShare)),
    accepted(request, position, drafted) {
      const accepted = draws!.accepted(request, position, drafted);
      if (accepted > 0 || foundShare === 1) return accepted;
      return draws!.isFound(request, position, foundShare) ? 0 : -1;
    },
    mayLackDrafts: foundShare < 1,
    lookaheadTokens: (drafted) => options.hasKvEntries === true ? drafted : 0,
    recomputesLastBlock: options.readsHiddenStates === true,
    ...(work && { work }),
  };
}
