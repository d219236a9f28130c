import { dealsEvenly } from "../models/tensor_degree.ts";
import type { TransformerShape } from "../models/transformer.ts";
import { ConfigError } from "../config/config_error.ts";

/** Largest degree that is tried for the message. */
const MOST_TRIED = 128;

/**
 * Refuses a tensor degree that engines refuse.
 *
 * @throws {ConfigError} If it does not deal heads and embedding evenly; the message has those that do.
 */
export function checkTensorDegree(shape: TransformerShape, degree: number): void {
  if (dealsEvenly(shape, degree)) return;
  const works = Array.from({ length: MOST_TRIED }, (_, i) => i + 1).filter((d) =>
    dealsEvenly(shape, d)
  );
  throw new ConfigError([
    `Cannot read "parallelization.tensor_parallel_size" as GPUs among which the heads of ${shape.name} ` +
    `are dealt evenly: current value is ${degree} (allowed: ${works.join(", ")})`,
  ]);
}
