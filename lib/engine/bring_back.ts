import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import type { ReturningRequests } from "./returning_requests.ts";
import type { StepChunks } from "./step_chunks.ts";

/** What sequences are brought back with. */
export interface BringingBack {
  readonly parts: EngineParts;
  readonly run: RunColumns;
  readonly returning: ReturningRequests;
  readonly chunks: StepChunks;
}

/**
 * Adds the sequence of a request whose first `tokens` entries are here; it decodes from now on.
 *
 * @param reserved Blocks that it keeps whatever its length; 0: as many as it fills.
 * @param begin Gives it its blocks.
 */
export function joinWithEntries(
  batch: BatchBuilder,
  { clock, columns }: RunColumns,
  request: number,
  tokens: number,
  reserved: number,
  begin: (slot: number) => void,
): void {
  const slot = batch.sequences.add(request, tokens, tokens, reserved);
  begin(slot);
  batch.account?.decodesAgain(request, clock.now);
  batch.join(slot, tokens, columns.completedAtSeconds[request]);
}

/** Brings requests back whose KV entries exist: see the strategy's interface. */
export function bringBack(
  batch: BatchBuilder,
  { parts, run, returning, chunks }: BringingBack,
  keepFreeBlocks: number,
): number {
  const { sequences, pool, growth, expected } = batch;
  let count = expected.here > 0 ? expected.join(batch) : 0;
  while (returning.size > 0 && sequences.count < batch.maxSequences) {
    const { first: request, firstTokens: tokens } = returning;
    const reserved = batch.blocks.reservedFor(run.columns.promptTokens[request]);
    const blocks = reserved > 0 ? reserved : pool.blocksFor(tokens);
    const keep = sequences.count > 0 ? keepFreeBlocks : 0;
    const nextBlocks = growth.next(tokens, blocks, reserved > 0);
    if (blocks + nextBlocks + keep > pool.free - growth.lacking) break;
    const hostBlocks = returning.shift();
    const begin = (slot: number) => batch.blocks.begin(slot, blocks);
    joinWithEntries(batch, run, request, tokens, reserved, begin);
    if (hostBlocks > 0) batch.swapSeconds += hostBlocks * parts.swap!.secondsPerBlock;
    count++;
  }
  if (returning.size === 0) expected.takeBlocks(batch, keepFreeBlocks);
  if (count === 0) return 0;
  batch.isUnsettled = true;
  batch.speculation?.plan(sequences.decoding, batch.maxTokensPerStep - chunks.tokens);
  return count;
}
