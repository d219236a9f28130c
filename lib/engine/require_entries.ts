import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import type { RunColumns } from "./engine_parts.ts";

/**
 * Refuses a request that cannot be taken over with so many KV entries.
 *
 * @throws {RangeError} If they are not those of all its known tokens but the last one, which the next
 *   step computes, or the batches let nobody in.
 */
export function requireEntries(
  { columns, generated }: RunColumns,
  { name, holdsFinished }: BatchingStrategy,
  request: number,
  kvTokens: number,
): void {
  const known = columns.promptTokens[request] + generated[request];
  if (generated[request] >= 1 && kvTokens === known - 1 && !holdsFinished) return;
  throw new RangeError(
    `Cannot receive request ${request} of ${known} known tokens into ${name} batching: ` +
      `current value of its KV entries is ${kvTokens}`,
  );
}
