/** Formats of weights, activations and KV entries. bf16 and fp16 cost the same. */
export const NUMBER_FORMATS = ["fp32", "bf16", "fp16", "fp8", "int8", "int4", "fp4"] as const;

/** Format of a weight, an activation or a KV entry. */
export type NumberFormat = typeof NUMBER_FORMATS[number];

const BYTES: Readonly<Record<NumberFormat, number>> = {
  fp32: 4,
  bf16: 2,
  fp16: 2,
  fp8: 1,
  int8: 1,
  int4: 0.5,
  fp4: 0.5,
};

/**
 * Bytes of one number. Scales of quantised groups are apart: see `WeightFormat`.
 *
 * @throws RangeError if the format is none of `NUMBER_FORMATS`.
 */
export function bytesPerElement(format: NumberFormat): number {
  const bytes = BYTES[format];
  if (bytes === undefined) {
    throw new RangeError(
      `Cannot size a number format as one of ${
        NUMBER_FORMATS.join(", ")
      }: current value is ${format}`,
    );
  }
  return bytes;
}
