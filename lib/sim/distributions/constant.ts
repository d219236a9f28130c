import { checkPositive } from "./check.ts";
import type { Distribution } from "./distribution.ts";
import { withFill } from "./with_fill.ts";

/**
 * Always `value`. Draws nothing from the stream.
 *
 * @throws {RangeError} If `value` is not a finite number >= 0, or not whole where `integer` is set.
 */
export function constant(options: { value: number; integer?: boolean }): Distribution {
  const { value, integer = false } = options;
  if (value !== 0) checkPositive(value, "constant", "value");
  if (integer && !Number.isInteger(value)) {
    throw new RangeError(
      `Cannot use value of a constant distribution as a whole number: current value is ${value}`,
    );
  }
  return withFill(value, () => value);
}
