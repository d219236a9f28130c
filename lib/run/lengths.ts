import { createDistribution, type Distribution } from "../sim/distributions/mod.ts";
import { embeddedWorkload, independentLengths, type LengthModel } from "../workload/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";

/** What is not null, in the same shape. */
type Present<T> = { [K in keyof T]?: NonNullable<T[K]> };

function present<T extends object>(settings: T): Present<T> {
  return Object.fromEntries(
    Object.entries(settings).filter(([, value]) => value !== null),
  ) as Present<T>;
}

/** The law of one length: whole tokens, at least one. */
function lengthLaw(
  section: Configuration["workload"]["prompt_length"],
  path: string,
): Distribution {
  const { distribution, mean, std, min, max, exponent, quantiles, probabilities } = section;
  if (distribution === "joint") {
    throw new TypeError(`Cannot draw ${path} alone: current value is "joint"`);
  }
  try {
    return createDistribution({
      distribution,
      ...present({ mean, std, max, exponent, values: quantiles, probabilities }),
      min: min ?? 1,
      integer: true,
    });
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError([`${path}: ${error.message}`]);
    throw error;
  }
}

/** Prompt and output lengths of a generated workload. */
export function buildLengths(workload: Configuration["workload"]): LengthModel {
  const { type, prompt_length, decode_length, embedded } = workload;
  if (type === "embedded" || prompt_length.distribution === "joint") {
    return embeddedWorkload(embedded.name as "azure-conversation").lengths;
  }
  return independentLengths({
    promptTokens: lengthLaw(prompt_length, "workload.prompt_length"),
    outputTokens: lengthLaw(decode_length, "workload.decode_length"),
  });
}
