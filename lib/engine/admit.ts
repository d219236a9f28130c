import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";

/**
 * Moves the first waiting request into the batch: see the strategy's interface. Requests that have
 * loaded blocks from a cache tier come first; one of the queue whose blocks a tier has begins to load
 * them in place of being let in, and the next one is looked at, as in vLLM.
 */
export function admit(
  batch: BatchBuilder,
  parts: EngineParts,
  run: RunColumns,
  keepFreeBlocks: number,
  chunkTokens: number,
): number {
  const { sequences, pool, queue, loading } = batch;
  const { strategy } = parts;
  if (sequences.count >= batch.maxSequences) return -1;
  const ready = loading?.firstReady() ?? -1;
  if (ready >= 0) return admitLoaded(batch, parts, run, keepFreeBlocks, chunkTokens);
  const { columns, generated } = run;
  while (queue.size > 0) {
    const request = queue.peek();
    const target = columns.promptTokens[request] + generated[request];
    const matched = batch.blocks.matched(request, target);
    const done = matched * pool.blockTokens;
    let blocks = pool.blocksFor(target);
    let asked = blocks;
    let reserved = 0;
    if (strategy.reservation === "chunk") {
      if (target - done > chunkTokens) blocks = pool.blocksFor(done + chunkTokens);
      if (strategy.asksForWholePrompt !== true) asked = blocks;
    } else if (strategy.reservation === "maximum") {
      reserved = asked = blocks = batch.blocks.reservedFor(columns.promptTokens[request]);
    }
    // An empty engine may use its last blocks: nobody is there whose growth they would be kept for.
    const keep = sequences.count > 0 ? keepFreeBlocks : 0;
    const free = batch.blocks.freeBeside(request, matched);
    if (asked - matched + keep > free) {
      batch.lacksBlocks = true;
      return -1;
    }
    if (loading !== undefined && beginsLoad(batch, run, request, matched, matched + free - keep)) {
      if (loading.ready > 0) return admitLoaded(batch, parts, run, keepFreeBlocks, chunkTokens);
      continue;
    }
    queue.pop();
    const slot = sequences.add(request, target, done, reserved);
    batch.blocks.begin(slot, blocks, matched);
    isAdmitted(batch, run, request, done);
    return slot;
  }
  // All that waited load now.
  return -1;
}

/** A request is in the batch, of which `done` tokens need not be computed. */
export function isAdmitted(
  batch: BatchBuilder,
  run: RunColumns,
  request: number,
  done: number,
): void {
  const { columns, clock } = run;
  if (Number.isNaN(columns.scheduledAtSeconds[request])) {
    columns.scheduledAtSeconds[request] = clock.now;
    columns.cachedTokens[request] = done;
    batch.account?.isAdmitted(request);
  } else batch.account?.runsAgain(request);
  batch.tiers?.enters(request);
}

/**
 * Begins to load what the tiers have of a request, the first of the queue, beyond its `matched` cached
 * blocks, as far as there is room up to block `most`; false if they have nothing.
 *
 * Whether a request may load is asked as if it were let in without: else what happens in a tier would
 * decide who is let in, in the middle of steps that nobody looks into.
 */
function beginsLoad(
  batch: BatchBuilder,
  run: RunColumns,
  request: number,
  matched: number,
  most: number,
): boolean {
  const { pool, queue, loading, tiers, blocks } = batch;
  const until = Math.min(most, tiers!.reach(request, matched));
  const { columns, generated } = run;
  const target = columns.promptTokens[request] + generated[request];
  // At least one token is computed: its logits give the next one.
  const tokens = Math.min(until * pool.blockTokens, target - 1);
  if (tokens <= matched * pool.blockTokens) return false;
  queue.pop();
  blocks.holdForLoad(request, matched, until);
  loading!.push(request, tokens);
  if (Number.isNaN(columns.scheduledAtSeconds[request])) {
    columns.cachedTokens[request] = matched * pool.blockTokens;
    batch.account?.beginsLoad(request);
  }
  if (!tiers!.load(request, matched, until)) {
    loading!.come(request, -Infinity);
    knowLoaded(batch, -Infinity);
  }
  return true;
}

/** The scheduler learns of the loads that were over by an instant; returns how many there were. */
export function knowLoaded(batch: BatchBuilder, untilSeconds: number): number {
  let count = 0;
  batch.loading!.know(untilSeconds, (request, tokens) => {
    batch.blocks.loaded(request, tokens);
    batch.account?.hasLoaded(request);
    count++;
  });
  return count;
}

/** Lets the first request in that has loaded what it waited for; -1 if there is no room. */
function admitLoaded(
  batch: BatchBuilder,
  parts: EngineParts,
  { columns, generated, clock }: RunColumns,
  keepFreeBlocks: number,
  chunkTokens: number,
): number {
  const { sequences, pool, loading, blocks } = batch;
  const request = loading!.firstReady();
  const target = columns.promptTokens[request] + generated[request];
  const done = loading!.tokensOf(request);
  const held = blocks.heldFor(request);
  const whole = pool.blocksFor(target);
  const isChunked = parts.strategy.reservation === "chunk";
  const needed = isChunked ? pool.blocksFor(Math.min(target, done + chunkTokens)) : whole;
  const asked = isChunked && parts.strategy.asksForWholePrompt !== true ? needed : whole;
  const keep = sequences.count > 0 ? keepFreeBlocks : 0;
  if (asked - held + keep > pool.free) {
    batch.lacksBlocks = true;
    return -1;
  }
  loading!.remove(request);
  const slot = sequences.add(request, target, done, 0);
  blocks.beginHeld(slot, Math.min(0, held - needed));
  if (Number.isNaN(columns.scheduledAtSeconds[request])) {
    columns.scheduledAtSeconds[request] = clock.now;
    batch.account?.isAdmitted(request);
  } else batch.account?.runsAgain(request);
  batch.tiers!.enters(request);
  return slot;
}

/**
 * Takes a request out that loads or has loaded; its blocks are free now, or when the step in progress
 * ends. False if it does not.
 */
export function leaveLoading(batch: BatchBuilder, request: number, isStepping: boolean): boolean {
  if (batch.loading?.remove(request) !== true) return false;
  batch.tiers!.giveUp(request);
  batch.blocks.dropHeld(request, isStepping);
  return true;
}

/**
 * Where nobody can go on for want of blocks that others hold who have loaded them, the last of these
 * gives them up and waits as before; false if there is none.
 */
export function yieldLoaded(batch: BatchBuilder): boolean {
  const request = batch.loading?.lastReady() ?? -1;
  if (request < 0) return false;
  leaveLoading(batch, request, false);
  batch.queue.pushBack(request);
  return true;
}
