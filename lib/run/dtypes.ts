/** Bytes of one number in each format. */
export const BYTES_PER_ELEMENT = { bf16: 2, fp16: 2, fp8: 1, int8: 1, int4: 0.5 } as const;

/** A number format of weights or KV entries. */
export type Dtype = keyof typeof BYTES_PER_ELEMENT;
