import type { KeepAlivePolicy } from "./policy.ts";

/** A policy with one constant decision. */
function constant(name: string, keepAliveSeconds: number): KeepAlivePolicy {
  const decision = { prewarmAfterSeconds: 0, keepAliveSeconds };
  return { name, observeIdle: () => {}, decide: () => decision };
}

/**
 * An idle instance is kept for a fixed time after its last request.
 *
 * @param options.seconds Time, seconds, >= 0; default 60.
 */
export function fixedKeepAlive(
  { seconds = 60 }: { readonly seconds?: number } = {},
): KeepAlivePolicy {
  if (!(seconds >= 0)) {
    throw new RangeError(`Cannot use a keep-alive as seconds >= 0: current value is ${seconds}`);
  }
  return constant("fixed", seconds);
}

/** An instance stops as soon as it is idle. */
export function noKeepAlive(): KeepAlivePolicy {
  return constant("none", 0);
}

/** An idle instance is kept until the scaling policy takes it away. */
export function alwaysKeepAlive(): KeepAlivePolicy {
  return constant("always", Infinity);
}
