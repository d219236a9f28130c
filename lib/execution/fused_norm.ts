/**
 * All-reduces of up to `limitBytes` that are one kernel with the norm after them: the norm is not
 * launched by itself and does not read again what the sum has just brought, so that half of its bytes
 * are left. What is subtracted here is what a step adds for the norm elsewhere.
 *
 * @param allReduce Seconds of an all-reduce by bytes; 0 on one GPU.
 * @param elementwise Seconds of an elementwise kernel by the bytes that it moves.
 * @source vLLM, vllm/compilation (fuse_allreduce_rms, fi_allreduce_fusion_max_size_mb: larger messages
 * take the ordinary all-reduce)
 */
export function withFusedNorm(
  allReduce: (bytes: number) => number,
  elementwise: (bytes: number) => number,
  limitBytes = 0,
): (bytes: number) => number {
  if (limitBytes === 0) return allReduce;
  const launch = elementwise(0);
  return (bytes) => {
    const seconds = allReduce(bytes);
    if (bytes > limitBytes || seconds === 0) return seconds;
    return Math.max(0, seconds - launch - (elementwise(4 * bytes) - elementwise(2 * bytes)));
  };
}
