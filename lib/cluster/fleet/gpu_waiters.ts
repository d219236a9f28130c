import type { NodePool } from "../machines/node_pool.ts";

/** The instances that are wanted and wait for free GPUs, by their functions, first come first. */
export class GpuWaiters {
  readonly #nodes: NodePool | undefined;
  #waiting: number[] = [];
  /** Whether GPUs have become free, or instances idle, since the waiting ones were looked at. */
  #roomChanged = false;
  #isRetrying = false;

  /** @param nodes The machines; undefined where nobody ever waits. */
  constructor(nodes: NodePool | undefined) {
    this.#nodes = nodes;
  }

  /** Whether an instance of the function has to let one go first that waits already. */
  mustWait(functionId: number): boolean {
    return this.#waiting.some((other) => this.#nodes!.mustFollow(functionId, other));
  }

  /** Whether a member of a function's pool may take GPUs: not while an instance waits for them. */
  mayWarm(functionId: number): boolean {
    return !this.#isRetrying && !this.mustWait(functionId);
  }

  /** An instance of the function waits from now on. */
  add(functionId: number): void {
    this.#waiting.push(functionId);
  }

  /** The instance of the function that came last is not wanted any more. */
  removeLast(functionId: number): void {
    this.#waiting.splice(this.#waiting.lastIndexOf(functionId), 1);
  }

  /** GPUs have become free, or an instance idle that could go. */
  roomChanges(): void {
    this.#roomChanged = true;
  }

  /** Whether somebody waits who may find room now. */
  get mayFindRoom(): boolean {
    return this.#roomChanged && this.#waiting.length > 0;
  }

  /** Has `start` start an instance of each function that waits; those that find no room wait on. */
  retry(start: (functionId: number) => boolean): void {
    const waiting = this.#waiting;
    const failed: number[] = [];
    this.#waiting = [];
    this.#isRetrying = true;
    for (const functionId of waiting) {
      const mustWait = failed.some((other) => this.#nodes!.mustFollow(functionId, other));
      if (!mustWait && start(functionId)) continue;
      if (!mustWait) failed.push(functionId);
      this.#waiting.push(functionId);
    }
    this.#isRetrying = false;
    this.#roomChanged = false;
  }
}
