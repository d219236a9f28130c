/**
 * What becomes of the blocks that a sequence frees: they are taken by who needs them last of all
 * ("keep"), or first, their identity lost ("drop"); absent: in the order in which they were freed.
 */
export type FreedBlocks = "keep" | "drop";

/** Is told of blocks `from` (included) to `to` (excluded) of a run that are cached no more. */
export type ForgetBlocks = (run: number, from: number, to: number) => void;

/** Blocks in a list of lengths. */
export function heldBlocks(held: readonly number[]): number {
  let blocks = 0;
  for (let i = 0; i < held.length; i++) blocks += Math.abs(held[i]);
  return blocks;
}

/** Adds blocks of one kind to the end of a list of lengths. */
export function extend(held: number[], blocks: number): void {
  const last = held.length - 1;
  if (last >= 0 && held[last] > 0 === blocks > 0) held[last] += blocks;
  else held.push(blocks);
}
