/** How likely drafted tokens are to be accepted. */
export interface AcceptanceLaw {
  /**
   * Probability that at least i + 1 drafted tokens are accepted, i = 0 .. most drafted - 1; does not
   * rise. A request's draft ends at the first token that is refused.
   */
  readonly survival: readonly number[];
}

/** What acceptance is made from: exactly one of these. */
export interface AcceptanceOptions {
  /** Probability of each drafted token, given that all before it were accepted; the last one goes on. */
  readonly acceptance?: readonly number[];
  /** Probability of each drafted token and all before it (vLLM's `synthetic_acceptance_rates`). */
  readonly rates?: readonly number[];
  /** Mean tokens of a step, the target's own one included (vLLM's `synthetic_acceptance_length`). */
  readonly length?: number;
}

/**
 * The law of a draft of `draftTokens` tokens.
 *
 * A mean length is met by the schedule of least variance, as vLLM's synthetic acceptance does: the
 * first tokens always, the next one at times, those behind it never.
 *
 * @throws {RangeError} If a probability is not in 0..1, rates rise, or the length is beyond what the
 * draft can give.
 *
 * @source vLLM 0.20, vllm/config/speculative.py (meaning of the synthetic settings)
 *
 * @example
 * ```ts
 * import { acceptanceLaw, meanTokens } from "simfaasinfer/speculation";
 * const law = acceptanceLaw({ acceptance: [0.8, 0.6, 0.4] }, 3);
 * console.log(meanTokens(law, 3)); // 1 + 0.8 + 0.48 + 0.192 = 2.472
 * ```
 */
export function acceptanceLaw(options: AcceptanceOptions, draftTokens: number): AcceptanceLaw {
  const { acceptance, rates, length } = options;
  if ([acceptance, rates, length].filter((given) => given !== undefined).length !== 1) {
    throw new RangeError(
      `Cannot use acceptance as one of acceptance, rates and length: current value is ` +
        `${JSON.stringify(options)}`,
    );
  }
  if (length !== undefined) return { survival: leastVariance(length, draftTokens) };
  const given = acceptance ?? rates!;
  if (given.length === 0 || given.some((value) => !(value >= 0 && value <= 1))) {
    throw new RangeError(
      `Cannot use acceptance as probabilities by position: current value is ${
        JSON.stringify(given)
      }`,
    );
  }
  if (rates !== undefined) {
    if (rates.some((value, i) => i > 0 && value > rates[i - 1]) || rates.length < draftTokens) {
      throw new RangeError(
        `Cannot use acceptance rates as ${draftTokens} that do not rise: current value is ` +
          JSON.stringify(rates),
      );
    }
    return { survival: rates.slice(0, draftTokens) };
  }
  let all = 1;
  return {
    survival: Array.from(
      { length: draftTokens },
      (_, i) => all *= given[Math.min(i, given.length - 1)],
    ),
  };
}

function leastVariance(length: number, draftTokens: number): number[] {
  if (!(length >= 1 && length <= draftTokens + 1)) {
    throw new RangeError(
      `Cannot use an acceptance length as tokens in 1..${
        draftTokens + 1
      }: current value is ${length}`,
    );
  }
  const accepted = length - 1;
  return Array.from({ length: draftTokens }, (_, i) => Math.min(1, Math.max(0, accepted - i)));
}

/** Mean tokens of a step that drafts so many: the target's own one and those accepted. */
export function meanTokens({ survival }: AcceptanceLaw, draftTokens: number): number {
  let tokens = 1;
  for (let i = 0; i < draftTokens && i < survival.length; i++) tokens += survival[i];
  return tokens;
}
