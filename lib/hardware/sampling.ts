import text from "../../data/hardware/sampling.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";
import { elementwiseEfficiency } from "./efficiency.ts";

/** How an engine chooses tokens from logits; see data/hardware/sampling.yaml. */
export type SamplingMethod = "greedy" | "random" | "top-k" | "top-p";

/** The ways to choose tokens whose cost is known. */
export const SAMPLING_METHODS: readonly SamplingMethod[] = ["greedy", "random", "top-k", "top-p"];

interface SamplingTimes {
  readonly bytesPerLogit: number;
  readonly logits: readonly number[];
  readonly seconds: readonly number[];
}

/** Bytes of a logit that is turned from 16 to 32 bits: read and written once. */
const TURNED_BYTES = 6;

let methods: Readonly<Record<SamplingMethod, SamplingTimes>> | undefined;

/**
 * Seconds in which a GPU chooses tokens, as a function of the logits of a step: sequences x vocabulary.
 * Linear between the measured numbers of logits, constant below and in proportion beyond; never faster
 * than the GPU's memory allows. Non-decreasing.
 *
 * @param memoryBytesPerSecond Bandwidth of the GPU's memory.
 * @source data/hardware/sampling.yaml
 */
export function samplingSecondsOf(
  method: SamplingMethod,
  memoryBytesPerSecond: number,
): (logits: number) => number {
  methods ??= (parse(text) as { methods: Record<SamplingMethod, SamplingTimes> }).methods;
  const { bytesPerLogit, logits: knots, seconds } = methods[method];
  const rate = elementwiseEfficiency().memory * memoryBytesPerSecond;
  const last = knots.length - 1;
  const measured = (logits: number) => {
    if (logits >= knots[last]) return seconds[last] * logits / knots[last];
    const next = knots.findIndex((knot) => knot > logits);
    if (next === 0) return seconds[0];
    const share = (logits - knots[next - 1]) / (knots[next] - knots[next - 1]);
    return seconds[next - 1] + share * (seconds[next] - seconds[next - 1]);
  };
  return (logits) =>
    logits <= 0
      ? 0
      : Math.max(measured(logits), logits * bytesPerLogit / rate) + logits * TURNED_BYTES / rate;
}
