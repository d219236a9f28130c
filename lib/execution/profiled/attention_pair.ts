import { log } from "../../stats/elementary/mod.ts";
import type { OperatorTable } from "./operator_table.ts";

/** A configuration of heads in a table that stands for a wanted one. */
export interface AttentionPair {
  /** Row of the table's first axis. */
  readonly index: number;
  readonly heads: number;
  readonly kvHeads: number;
  /** Sequences of the table per wanted sequence, where KV heads are treated as more sequences. */
  readonly batchFactor: number;
}

/**
 * Finds the configuration of a table that is nearest to the wanted heads per GPU. More KV heads than
 * the table has count as more sequences: 4 sequences of 32/32 heads do the work of 16 of 8/8.
 */
export function nearestPair(table: OperatorTable, heads: number, kvHeads: number): AttentionPair {
  const pairs = table.axes[0].points;
  const most = Math.max(...pairs.map((pair) => pair[1]));
  let batchFactor = 1;
  let wanted = { heads, kvHeads };
  const exact = pairs.some((pair) => pair[0] === heads && pair[1] === kvHeads);
  if (!exact && kvHeads > 8) {
    const target = Math.min(8, most);
    batchFactor = kvHeads / target;
    wanted = { heads: heads / batchFactor, kvHeads: target };
  }
  let best = 0;
  let bestDistance = Infinity;
  for (let i = 0; i < pairs.length; i++) {
    const distance = Math.abs(log(pairs[i][0] / wanted.heads)) +
      2 * Math.abs(log(pairs[i][1] / wanted.kvHeads));
    if (distance < bestDistance) {
      best = i;
      bestDistance = distance;
    }
  }
  return { index: best, heads: pairs[best][0], kvHeads: pairs[best][1], batchFactor };
}
