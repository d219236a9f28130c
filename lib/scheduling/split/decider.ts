import type { Policy } from "../../settings/policy.ts";

/** Decides which requests are prefilled and decoded apart. */
export interface SplitDecider {
  /** Name in configurations, such as "always". */
  readonly name: string;
  /**
   * Whether a request goes to the prefill group first; otherwise the decode group does both.
   *
   * @param signals What is known as it arrives.
   */
  goesApart(signals: {
    /** Length of its prompt, tokens. */
    readonly promptTokens: number;
    /** Requests at the prefill group without a first token, waiting ones included. */
    readonly prefillRequests: number;
    /** Its instances that are there or on their way; 1 if there are none, since one would start. */
    readonly prefillInstances: number;
    /** Leading tokens of the prompt that an instance of the decode group has cached, at most. */
    cachedTokens(): number;
  }): boolean;
}

/** A decider as its table has it. */
export type SplitEntry<Name extends string, Options> = Policy<
  Name,
  Options,
  Record<never, never>,
  SplitDecider
>;
