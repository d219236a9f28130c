import { WinnerTree } from "../sim/winner_tree.ts";
import type { Instance } from "./fleet/instance.ts";

/** When the steps of all engines end, and which engines form one at the end of this instant. */
export class EngineSteps {
  /** End of the step in progress by instance. */
  readonly ends = new WinnerTree(4);
  readonly #forming: number[] = [];

  /** Whether an engine is to form a step at the end of this instant. */
  get isAnyForming(): boolean {
    return this.#forming.length > 0;
  }

  /** Has an engine form a step at the end of this instant. */
  formLater(id: number): void {
    if (!this.#forming.includes(id)) this.#forming.push(id);
  }

  /** The end of an engine's step in progress has changed. */
  endChanges({ id, engine }: Instance): void {
    // A key as an argument would be boxed at every call.
    this.ends.keyOf[id] = engine.endAtSeconds;
    this.ends.update(id);
  }

  /** An engine takes no further step. */
  forget(id: number): void {
    this.ends.delete(id);
    const place = this.#forming.indexOf(id);
    if (place >= 0) this.#forming.splice(place, 1);
  }

  /** The end of the instant: the engines that have something to do form their next steps, by id. */
  form(instances: readonly Instance[]): void {
    const ids = this.#forming;
    if (ids.length > 1) ids.sort((one, other) => one - other);
    for (const id of ids) {
      const { engine } = instances[id];
      engine.begin();
      this.ends.set(id, engine.endAtSeconds);
    }
    ids.length = 0;
  }
}
