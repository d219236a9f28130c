import type { RankPlace } from "../../serverless/cold_start/start_request.ts";
import type { IdlePart } from "../../serverless/placement/choose_victims.ts";
import type { HeldPart } from "./node_pool.ts";

/** What idle instances hold, machine by machine: kept as they fall idle and are called or gone. */
export class IdleParts {
  /** By machine, the longest idle first, of equals the lowest number. */
  readonly #onNode: IdlePart[][];

  /** @param nodes Machines. */
  constructor(nodes: number) {
    this.#onNode = Array.from({ length: nodes }, () => []);
  }

  /** What idle instances hold of a machine, the longest idle first. */
  on(node: number): readonly IdlePart[] {
    return this.#onNode[node];
  }

  /** An instance is idle since an instant, seconds, not before that of any other. */
  add(
    instanceId: number,
    functionId: number,
    parts: readonly HeldPart[],
    idleSinceSeconds: number,
  ): void {
    for (const { node, gpus, dramBytes } of parts) {
      const list = this.#onNode[node];
      let place = list.length;
      while (
        place > 0 && list[place - 1].idleSinceSeconds >= idleSinceSeconds &&
        list[place - 1].instanceId > instanceId
      ) place--;
      list.splice(place, 0, { instanceId, functionId, gpus, dramBytes, idleSinceSeconds });
    }
  }

  /** An instance is not idle any more. */
  remove(instanceId: number, ranks: readonly RankPlace[]): void {
    let before = -1;
    for (const { node } of ranks) {
      if (node === before) continue;
      before = node;
      const list = this.#onNode[node];
      const place = list.findIndex((part) => part.instanceId === instanceId);
      if (place >= 0) list.splice(place, 1);
    }
  }
}
