/** A first-in-first-out queue of whole numbers on a growing ring. */
export class Ring {
  #items = new Int32Array(16);
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(item: number): void {
    if (this.#size === this.#items.length) {
      const grown = new Int32Array(2 * this.#size);
      for (let i = 0; i < this.#size; i++) {
        grown[i] = this.#items[(this.#head + i) & (this.#items.length - 1)];
      }
      this.#items = grown;
      this.#head = 0;
    }
    this.#items[(this.#head + this.#size++) & (this.#items.length - 1)] = item;
  }

  /** The first item; undefined behaviour when empty. */
  peek(): number {
    return this.#items[this.#head];
  }

  /** The item after the first; undefined behaviour when there is none. */
  peekSecond(): number {
    return this.#items[(this.#head + 1) & (this.#items.length - 1)];
  }

  /** Takes the first item; undefined behaviour when empty. */
  pop(): number {
    const item = this.#items[this.#head];
    this.#head = (this.#head + 1) & (this.#items.length - 1);
    this.#size--;
    return item;
  }
}
