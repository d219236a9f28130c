import { grown } from "../../sim/grown.ts";
import type { StatePower } from "../../serverless/energy/state_power.ts";
import { InstanceState } from "../../serverless/lifecycle.ts";
import type { FunctionParts } from "../cluster_parts.ts";
import type { Instance } from "./instance.ts";

/** Resting instances whose engines are as large. */
export interface RestingKind {
  /** FLOP per second that one could do at most, and its KV blocks. */
  readonly peakFlops: number;
  readonly kvBlocks: number;
  /** What one draws; absent: nobody asks. */
  readonly power: StatePower | undefined;
  /** How many rest. */
  count: number;
}

/**
 * Which instances may have done something since the last look at all of them, and which rest: those
 * that were idle then and have had no request since. What looks at instances time and again (samples,
 * the laws of conservation) looks at those that move and counts those that rest.
 */
export class MovingInstances {
  /** Those that move, those of them included that have stopped since the last look. */
  readonly list: Instance[] = [];
  /** Those that rest, by size. */
  readonly kinds: readonly RestingKind[];
  /** Those that rest, by function. */
  readonly restingOf: Int32Array;
  readonly #kindOf: readonly RestingKind[];
  /** By instance: whether it rests. */
  #rests = new Uint8Array(16);

  constructor(functions: readonly { readonly parts: FunctionParts }[]) {
    const kinds = new Map<string, RestingKind>();
    this.#kindOf = functions.map(({ parts: { engine: { peakFlops, kvBlocks }, power } }) => {
      const key = `${peakFlops} ${kvBlocks} ${power?.idleWatts} ${power?.hostWatts}`;
      const kind = kinds.get(key) ?? { peakFlops, kvBlocks, power, count: 0 };
      kinds.set(key, kind);
      return kind;
    });
    this.kinds = [...kinds.values()];
    this.restingOf = new Int32Array(functions.length);
  }

  /** Whether an instance rests. */
  rests(id: number): boolean {
    return this.#rests[id] === 1;
  }

  /** A new instance; their numbers ascend. */
  add(instance: Instance): void {
    if (instance.id === this.#rests.length) this.#rests = grown(this.#rests);
    this.list.push(instance);
  }

  /** Something is about to happen to an instance. */
  moves(instance: Instance): void {
    if (this.#rests[instance.id] === 0) return;
    this.#rests[instance.id] = 0;
    this.restingOf[instance.functionId]--;
    this.#kindOf[instance.functionId].count--;
    this.list.push(instance);
  }

  /** A look is over: those that are idle rest from now on, those that have stopped are forgotten. */
  settle(): void {
    const { list } = this;
    let kept = 0;
    for (const instance of list) {
      if (instance.state === InstanceState.stopped) continue;
      if (instance.state !== InstanceState.idle) {
        list[kept++] = instance;
        continue;
      }
      this.#rests[instance.id] = 1;
      this.restingOf[instance.functionId]++;
      this.#kindOf[instance.functionId].count++;
    }
    list.length = kept;
  }
}
