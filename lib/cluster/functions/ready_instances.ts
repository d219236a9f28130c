import { grown } from "../../sim/grown.ts";

/** The ready instances of a function in ascending order of their numbers: what routing chooses from. */
export class ReadyInstances {
  /** Numbers of the ready instances; those from `count` on mean nothing. */
  ids = new Int32Array(4);
  count = 0;

  /** Puts an instance in its place. */
  add(id: number): void {
    if (this.count === this.ids.length) this.ids = grown(this.ids);
    let place = this.count++;
    while (place > 0 && this.ids[place - 1] > id) {
      this.ids[place] = this.ids[place - 1];
      place--;
    }
    this.ids[place] = id;
  }

  /** Takes an instance out; false when it is not there. */
  remove(id: number): boolean {
    const place = this.ids.subarray(0, this.count).indexOf(id);
    if (place < 0) return false;
    this.ids.copyWithin(place, place + 1, this.count--);
    return true;
  }
}
