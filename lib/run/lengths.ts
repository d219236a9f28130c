import type { Distribution } from "../sim/distributions/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import {
  embeddedWorkload,
  independentLengths,
  LENGTH_LAWS,
  type LengthModel,
} from "../workload/mod.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";

/** The law of one length: whole tokens, at least one. */
function lengthLaw(
  section: Configuration["workload"]["prompt_length"],
  path: string,
): Distribution {
  const { distribution } = section;
  if (distribution === "joint") {
    throw new TypeError(`Cannot draw ${path} alone: current value is "joint"`);
  }
  try {
    return fromConfiguration(LENGTH_LAWS, distribution, section, {});
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
