import { quantity } from "../../settings/quantities.ts";
import { linearTime } from "../linear_time.ts";
import { BLIND_LAWS, type ExecutionEntry } from "./source.ts";

/** Settings of `linear`. */
export type LinearSettings = {
  readonly baseSeconds: number;
  readonly perPrefillTokenSeconds: number;
  readonly perDecodeSequenceSeconds: number;
  readonly perContextTokenSeconds: number;
};

/** `linear` as files name it. */
export const linearSource: ExecutionEntry<"linear", LinearSettings> = {
  name: "linear",
  describe: "Coefficients of a line, blind to the GPU.",
  section: "coefficients",
  settings: {
    baseSeconds: quantity("seconds", {
      key: "base_seconds",
      min: 0,
      default: 0.005,
      describe: "Time of a step, seconds.",
    }),
    perPrefillTokenSeconds: quantity("seconds", {
      key: "per_prefill_token_seconds",
      min: 0,
      default: 5e-5,
      describe: "Time per prompt token computed, seconds.",
    }),
    perDecodeSequenceSeconds: quantity("seconds", {
      key: "per_decode_sequence_seconds",
      min: 0,
      default: 5e-5,
      describe: "Time per decoding sequence, seconds.",
    }),
    perContextTokenSeconds: quantity("seconds", {
      key: "per_context_token_seconds",
      min: 0,
      default: 5e-8,
      describe: "Time per token of context of the decoding sequences, seconds.",
    }),
  },
  laws: { skip: BLIND_LAWS },
  create: linearTime,
};
