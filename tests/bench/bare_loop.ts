/**
 * The yardstick of docs/performance.md: a bare event loop of N requests on I instances at R requests per
 * second, with continuous batching, KV blocks counted by request, least-loaded routing, decode steps
 * taken in leaps and token gaps in a logarithmic histogram, and nothing else of a simulator. It tells
 * what one core of a machine can do, so that speeds can be told in multiples of it.
 *
 * Usage: deno run tests/bench/bare_loop.ts [N] [I] [R]
 */
const [N = 1e6, I = 4, R = 32] = Deno.args.map(Number);
const BLOCK_TOKENS = 16, BLOCKS = 30_000, MOST_SEQUENCES = 256, MOST_TOKENS = 8192;
const PER_CONTEXT_TOKEN_SECONDS = 6.5e-8, PER_PROMPT_TOKEN_SECONDS = 3.9e-5;

/** A linear congruential generator: uniform in [0, 1). */
let seed = 12345;
function uniform(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296;
}

const exponential = (mean: number) => -Math.log(1 - uniform()) * mean;
const arrivalAt = new Float64Array(N), firstAt = new Float64Array(N), endAt = new Float64Array(N);
const prompt = new Int32Array(N), output = new Int32Array(N);
for (let i = 0, at = 0; i < N; i++) {
  arrivalAt[i] = at += exponential(1 / R);
  prompt[i] = 1 + Math.floor(exponential(512));
  output[i] = 2 + Math.floor(exponential(200));
}
/** Seconds of a decode step by sequences in the batch, without what the context costs. */
const stepSeconds = Float64Array.from(
  { length: MOST_SEQUENCES + 1 },
  (_, count) => 0.008 + 4e-5 * count,
);
const gaps = new Float64Array(4096);
const PER_BUCKET = 1 / Math.log(1.01);
function addGaps(steps: number, first: number, increment: number, weight: number): void {
  for (let k = 0; k < steps; k++) {
    gaps[(Math.log((first + increment * k) * 1e6) * PER_BUCKET) | 0] += weight;
  }
}

const IDLE = 0, PREFILL = 1, DECODE = 2;
class Instance {
  doing = IDLE;
  busyUntil = Infinity;
  outstanding = 0;
  queue = new Int32Array(1024);
  head = 0;
  tail = 0;
  /** Running requests by the step of their end, as a heap. */
  count = 0;
  ends = new Float64Array(MOST_SEQUENCES + 1);
  requests = new Int32Array(MOST_SEQUENCES + 1);
  context = 0;
  blocks = 0;
  step = 0;
  admitted: number[] = [];
  leapAt = 0;
  leapSteps = 0;
  first = 0;
  increment = 0;

  enqueue(request: number): void {
    const size = this.queue.length;
    if (this.tail - this.head === size) {
      const grown = new Int32Array(2 * size);
      for (let i = this.head; i < this.tail; i++) {
        grown[i & (2 * size - 1)] = this.queue[i & (size - 1)];
      }
      this.queue = grown;
    }
    this.queue[this.tail++ & (this.queue.length - 1)] = request;
    this.outstanding++;
  }

  push(end: number, request: number): void {
    let hole = this.count++;
    for (; hole > 0; hole = (hole - 1) >> 1) {
      const parent = (hole - 1) >> 1;
      if (this.ends[parent] <= end) break;
      this.ends[hole] = this.ends[parent];
      this.requests[hole] = this.requests[parent];
    }
    this.ends[hole] = end;
    this.requests[hole] = request;
  }

  pop(): number {
    const top = this.requests[0];
    const end = this.ends[--this.count];
    const request = this.requests[this.count];
    let hole = 0;
    for (let child = 1; child < this.count; child = 2 * hole + 1) {
      if (child + 1 < this.count && this.ends[child + 1] < this.ends[child]) child++;
      if (this.ends[child] >= end) break;
      this.ends[hole] = this.ends[child];
      this.requests[hole] = this.requests[child];
      hole = child;
    }
    this.ends[hole] = end;
    this.requests[hole] = request;
    return top;
  }

  begin(now: number): void {
    let tokens = 0;
    this.admitted.length = 0;
    while (this.head < this.tail && this.count + this.admitted.length < MOST_SEQUENCES) {
      const request = this.queue[this.head & (this.queue.length - 1)];
      const blocks = Math.ceil((prompt[request] + output[request]) / BLOCK_TOKENS);
      if (this.blocks + blocks > BLOCKS) break;
      if (tokens > 0 && tokens + prompt[request] > MOST_TOKENS) break;
      this.head++;
      tokens += prompt[request];
      this.blocks += blocks;
      this.admitted.push(request);
    }
    if (tokens > 0) {
      this.doing = PREFILL;
      this.busyUntil = now + stepSeconds[this.count] + PER_PROMPT_TOKEN_SECONDS * tokens;
    } else if (this.count > 0) {
      this.doing = DECODE;
      this.leapAt = now;
      this.leapSteps = this.ends[0] - this.step;
      this.first = stepSeconds[this.count] + PER_CONTEXT_TOKEN_SECONDS * this.context;
      this.increment = PER_CONTEXT_TOKEN_SECONDS * this.count;
      this.busyUntil = this.endOf(this.leapSteps);
    } else {
      this.doing = IDLE;
      this.busyUntil = Infinity;
    }
  }

  endOf(steps: number): number {
    return this.leapAt + steps * this.first + this.increment * (steps * (steps - 1) / 2);
  }

  /** Cuts the leap to the step in progress. */
  cut(now: number): void {
    if (this.doing !== DECODE || this.leapSteps < 2) return;
    const half = this.increment / 2, linear = this.first - half;
    const root = Math.sqrt(linear * linear + 4 * half * (now - this.leapAt));
    const steps = Math.floor((root - linear) / (2 * half)) + 1;
    if (steps >= this.leapSteps) return;
    this.leapSteps = steps;
    this.busyUntil = this.endOf(steps);
  }

  finish(now: number): number {
    let done = 0;
    if (this.doing === PREFILL) {
      for (const request of this.admitted) {
        firstAt[request] = now;
        this.context += prompt[request] + 1;
        this.push(this.step + output[request] - 1, request);
      }
    } else {
      addGaps(this.leapSteps, this.first, this.increment, this.count);
      this.step += this.leapSteps;
      this.context += this.leapSteps * this.count;
      while (this.count > 0 && this.ends[0] <= this.step) {
        const request = this.pop();
        endAt[request] = now;
        this.context -= prompt[request] + output[request];
        this.blocks -= Math.ceil((prompt[request] + output[request]) / BLOCK_TOKENS);
        this.outstanding--;
        done++;
      }
    }
    this.begin(now);
    return done;
  }
}

const instances = Array.from({ length: I }, () => new Instance());
for (let done = 0, next = 0; done < N;) {
  let first = instances[0], least = instances[0];
  for (let i = 1; i < I; i++) {
    if (instances[i].busyUntil < first.busyUntil) first = instances[i];
    if (instances[i].outstanding < least.outstanding) least = instances[i];
  }
  if (next < N && arrivalAt[next] <= first.busyUntil) {
    const now = arrivalAt[next];
    least.enqueue(next++);
    if (least.doing === IDLE) least.begin(now);
    else least.cut(now);
  } else {
    done += first.finish(first.busyUntil);
  }
}
let seconds = 0;
for (let i = 0; i < N; i++) seconds += endAt[i] - arrivalAt[i];
console.log(`${N} requests, ${(seconds / N).toFixed(3)} s each on average`);
