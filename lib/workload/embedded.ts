import { parse } from "../std/yaml.ts";
import azureConversation from "../../data/workloads/azure_conversation_2023.yaml" with {
  type: "text",
};
import { type ArrivalProcess, rateCurve } from "./arrivals/mod.ts";
import { jointQuantiles, type LengthModel } from "./lengths/mod.ts";

/** Names of the workloads that travel with the program. */
export type EmbeddedName = "azure-conversation";

/** The texts of data/workloads by name. A new one is one file and one line here. */
const TEXTS: Readonly<Record<EmbeddedName, string>> = { "azure-conversation": azureConversation };

/** A workload that travels with the program, ready to generate from. */
export interface EmbeddedWorkload {
  /** What it is, for people. */
  readonly description: string;
  /** Where the data come from. */
  readonly source: string;
  /** Licence of the data. */
  readonly licence: string;
  /** Poisson arrivals along its rate curve, which starts again after its end. */
  readonly arrivals: ArrivalProcess;
  /** Its prompt and output lengths. */
  readonly lengths: LengthModel;
}

/** Names of the embedded workloads. */
export function embeddedNames(): EmbeddedName[] {
  return Object.keys(TEXTS) as EmbeddedName[];
}

/**
 * A workload that travels with the program: "azure-conversation" has the requests per minute and
 * the joint quantiles of the lengths of an hour of conversation traffic.
 *
 * @param options `rateScale`, > 0, multiplies the arrival rate. Default 1.
 * @throws {RangeError} If there is no workload of that name or the scale is out of range.
 *
 * @example
 * ```ts
 * import { embeddedWorkload, generateWorkload } from "./mod.ts";
 * import { randomStreams } from "../sim/random_streams.ts";
 *
 * const { arrivals, lengths } = embeddedWorkload("azure-conversation");
 * const table = generateWorkload({ arrivals, lengths, durationSeconds: 600 }, randomStreams(1));
 * ```
 */
export function embeddedWorkload(
  name: EmbeddedName,
  options: { readonly rateScale?: number } = {},
): EmbeddedWorkload {
  const { rateScale = 1 } = options;
  if (!Object.hasOwn(TEXTS, name)) {
    throw new RangeError(
      `Cannot use embedded workload as one of ${
        embeddedNames().join(", ")
      }: current value is "${name}"`,
    );
  }
  if (!(rateScale > 0) || rateScale === Infinity) {
    throw new RangeError(`Cannot use rateScale as a number > 0: current value is ${rateScale}`);
  }
  const values = parse(TEXTS[name]) as Record<string, string>;
  const numbers = (text: string) => text.trim().split(/\s+/).map(Number);
  return {
    description: values.description,
    source: values.source,
    licence: values.licence,
    arrivals: rateCurve({
      ratesPerSecond: numbers(values.requests_per_minute).map((count) => count / 60 * rateScale),
      pieceSeconds: 60,
    }),
    lengths: jointQuantiles({
      promptProbabilities: numbers(values.prompt_probabilities),
      promptTokens: numbers(values.prompt_tokens),
      outputProbabilities: numbers(values.output_probabilities),
      outputTokens: values.output_tokens.trim().split("\n").map(numbers),
    }),
  };
}
