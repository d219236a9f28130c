/** Measured on engines without collectives, bytes. */
const ENGINE_BYTES = 1.24e9;
/** What collectives add, bytes. */
const COLLECTIVE_BYTES = 0.48e9;

/**
 * Bytes of a GPU that a serving engine takes for neither weights nor KV cache: CUDA context,
 * activations of the largest step, graphs, and buffers of collectives. A default for
 * `kvCapacity({ reserveBytes })`; steps far beyond 2,048 tokens or vocabularies of another order need
 * more.
 *
 * @param ranks GPUs of one instance, >= 1.
 * @source What vLLM left beside weights and KV blocks (memory x 0.9 - weights - blocks, with the
 * catalogue's memory sizes): 1.24 GB on RTX 4090 with Llama-3.1-8B (LLMServingSim, vLLM 0.19) and on
 * H100 with Llama-2-7B, 1.72 GB on each of 4 H100 with Llama-2-70B (inference-sim/training, vLLM
 * 0.15.1); steps of 2,048 tokens.
 */
export function engineReserveBytes(ranks: number): number {
  if (!(Number.isInteger(ranks) && ranks >= 1)) {
    throw new RangeError(`Cannot use ranks as a whole number >= 1: current value is ${ranks}`);
  }
  return ENGINE_BYTES + (ranks > 1 ? COLLECTIVE_BYTES : 0);
}
