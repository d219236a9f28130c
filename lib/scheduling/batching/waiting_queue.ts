/**
 * Requests that wait for a place in a batch. Ties of the order go to the earlier arrival, then to the
 * lower request id.
 */
export interface WaitingQueue {
  /** Waiting requests. */
  readonly size: number;
  /** Whether nobody who joins later can come before those who wait. */
  readonly isFirstComeFirstServed: boolean;
  /** Adds a request. */
  push(request: number): void;
  /** Gives a preempted request its place back: before all others without keys. */
  pushBack(request: number): void;
  /** The request to be served next; -1 when empty. */
  peek(): number;
  /** Takes the request to be served next; -1 when empty. */
  pop(): number;
  /** Takes a request out, wherever it stands; false if it does not wait here. */
  remove(request: number): boolean;
  /** Whether the order serves one of two requests before the other, wherever they are. */
  isBefore(one: number, other: number): boolean;
  /** Visits every request, in no particular order. */
  forEach(visit: (request: number) => void): void;
}

/** When each request came, by request, seconds; NaN before. */
type Arrivals = ArrayLike<number>;

/** Rows of requests that have numbers of their own; absent: a request's number is its row. */
type Rows = Int32Array | undefined;

/** Whether a request came before another. */
function cameBefore(arrivals: Arrivals, rows: Rows, one: number, other: number): boolean {
  return arrivals[one] < arrivals[other] ||
    (arrivals[one] <= arrivals[other] &&
      (rows === undefined ? one < other : rows[one] < rows[other]));
}

/** First come, first served: a growing ring of request ids. */
class RingQueue implements WaitingQueue {
  readonly isFirstComeFirstServed = true;
  readonly #arrivals: Arrivals;
  readonly #rows: Rows;
  #ring = new Int32Array(16);
  #head = 0;
  #size = 0;

  constructor(arrivals: Arrivals, rows: Rows) {
    this.#arrivals = arrivals;
    this.#rows = rows;
  }

  get size(): number {
    return this.#size;
  }

  isBefore(one: number, other: number): boolean {
    return cameBefore(this.#arrivals, this.#rows, one, other);
  }

  push(request: number): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#ring[(this.#head + this.#size++) & (this.#ring.length - 1)] = request;
  }

  pushBack(request: number): void {
    if (this.#size === this.#ring.length) this.#grow();
    this.#head = (this.#head - 1) & (this.#ring.length - 1);
    this.#ring[this.#head] = request;
    this.#size++;
  }

  peek(): number {
    return this.#size > 0 ? this.#ring[this.#head] : -1;
  }

  pop(): number {
    if (this.#size === 0) return -1;
    const request = this.#ring[this.#head];
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.#size--;
    return request;
  }

  remove(request: number): boolean {
    const ring = this.#ring;
    const mask = ring.length - 1;
    let place = 0;
    while (place < this.#size && ring[(this.#head + place) & mask] !== request) place++;
    if (place === this.#size) return false;
    for (this.#size--; place < this.#size; place++) {
      ring[(this.#head + place) & mask] = ring[(this.#head + place + 1) & mask];
    }
    return true;
  }

  forEach(visit: (request: number) => void): void {
    for (let i = 0; i < this.#size; i++) {
      visit(this.#ring[(this.#head + i) & (this.#ring.length - 1)]);
    }
  }

  #grow(): void {
    const ring = new Int32Array(this.#ring.length * 2);
    for (let i = 0; i < this.#size; i++) {
      ring[i] = this.#ring[(this.#head + i) & (this.#ring.length - 1)];
    }
    this.#ring = ring;
    this.#head = 0;
  }
}

/** Smallest key first: a binary heap over request ids whose keys stand in a column. */
class KeyedQueue implements WaitingQueue {
  readonly isFirstComeFirstServed = false;
  readonly #keys: ArrayLike<number>;
  readonly #arrivals: Arrivals;
  readonly #rows: Rows;
  readonly #heap: number[] = [];

  constructor(keys: ArrayLike<number>, arrivals: Arrivals, rows: Rows) {
    this.#keys = keys;
    this.#arrivals = arrivals;
    this.#rows = rows;
  }

  get size(): number {
    return this.#heap.length;
  }

  push(request: number): void {
    let hole = this.#heap.length;
    this.#heap.push(request);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.isBefore(request, this.#heap[parent])) break;
      this.#heap[hole] = this.#heap[parent];
      hole = parent;
    }
    this.#heap[hole] = request;
  }

  pushBack(request: number): void {
    this.push(request);
  }

  peek(): number {
    return this.#heap.length > 0 ? this.#heap[0] : -1;
  }

  pop(): number {
    if (this.#heap.length === 0) return -1;
    const first = this.#heap[0];
    const moved = this.#heap.pop()!;
    const size = this.#heap.length;
    if (size > 0) {
      let hole = 0;
      for (;;) {
        let child = 2 * hole + 1;
        if (child >= size) break;
        if (child + 1 < size && this.isBefore(this.#heap[child + 1], this.#heap[child])) child++;
        if (!this.isBefore(this.#heap[child], moved)) break;
        this.#heap[hole] = this.#heap[child];
        hole = child;
      }
      this.#heap[hole] = moved;
    }
    return first;
  }

  remove(request: number): boolean {
    if (!this.#heap.includes(request)) return false;
    // The others are put in anew: their order is total, so that no pop is another for it.
    const others = this.#heap.filter((one) => one !== request);
    this.#heap.length = 0;
    for (const one of others) this.push(one);
    return true;
  }

  isBefore(one: number, other: number): boolean {
    const keys = this.#keys;
    return keys[one] < keys[other] ||
      (keys[one] <= keys[other] && cameBefore(this.#arrivals, this.#rows, one, other));
  }

  forEach(visit: (request: number) => void): void {
    for (const request of this.#heap) visit(request);
  }
}

/**
 * Makes a waiting queue.
 *
 * @param arrivalAtSeconds When each request came, by request; read when requests are compared.
 * @param keys What an order compares, one entry per request, such as priorities: the least goes first.
 * Default first come, first served.
 * @param rows Rows of the workload by request, where they are not the same.
 */
export function waitingQueue(
  arrivalAtSeconds: ArrayLike<number>,
  keys?: ArrayLike<number>,
  rows?: Int32Array,
): WaitingQueue {
  return keys === undefined
    ? new RingQueue(arrivalAtSeconds, rows)
    : new KeyedQueue(keys, arrivalAtSeconds, rows);
}
