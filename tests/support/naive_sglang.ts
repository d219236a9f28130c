import { type NaiveNode, NaiveRadix } from "./naive_radix.ts";

/** What a naive engine runs on, and what it is to serve. */
export interface NaiveEngineCase {
  readonly requests: readonly {
    readonly arrival: number;
    readonly prompt: number;
    readonly output: number;
    /** Tokens of the prompt, which tell what prompts have in common. */
    readonly tokens: readonly number[];
  }[];
  readonly maxSequences: number;
  readonly maxTokensPerStep: number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly maxModelTokens: number;
  readonly maxOutputTokens: number;
  readonly ahead: boolean;
  readonly caches: boolean;
  /** Seconds of a step of decodes and chunks, each given by its tokens and those before. */
  seconds(
    decodes: number,
    context: number,
    chunks: readonly { readonly tokens: number; readonly past: number }[],
  ): number;
}

/** One request, and what became of it. */
export class NaiveServed {
  scheduled = NaN;
  cached = 0;
  first = NaN;
  completed = NaN;
  preemptions = 0;
  /** Output tokens that exist, and those that the scheduler knows of. */
  out = 0;
  known = 0;
  isKnownOver = false;
  isGone = false;
  isDecoding = false;
  /** Full blocks that others may find, or that are copies of such. */
  tried = 0;
  /** Tokens that it has room for, pages as a whole, and those of them that are the tree's. */
  room = 0;
  shared = 0;
  node: NaiveNode | undefined;
  /** Computed tokens. */
  done = 0;
  /** Tokens to be computed in the step. */
  extend = 0;

  constructor(
    readonly id: number,
    readonly arrival: number,
    readonly prompt: number,
    readonly limit: number,
    readonly tokens: readonly number[],
  ) {}

  get isOver(): boolean {
    return this.out >= this.limit;
  }

  /** Its tokens from the first on: the prompt's, and outputs that are nobody else's. */
  all(count: number): number[] {
    return Array.from(
      { length: count },
      (_, i) => i < this.prompt ? this.tokens[i] : -(this.id * 1e6 + i) - 1,
    );
  }
}

interface NaiveBatch {
  readonly prompts: NaiveServed[];
  readonly decodes: NaiveServed[];
  /** The prompt of the batch that is cut. */
  readonly cut: NaiveServed | undefined;
}

/** SGLang's scheduler on one engine, a request and a token at a time. */
export class NaiveSglang {
  readonly all: NaiveServed[];
  readonly tree: NaiveRadix;
  now = 0;
  waiting: NaiveServed[] = [];
  running: NaiveServed[] = [];
  chunked: NaiveServed | undefined;
  last: NaiveBatch | undefined;
  isFull = false;
  ratio: number;
  #arrived = 0;

  constructor(
    readonly one: NaiveEngineCase,
    readonly settings: { maxPrefill: number; conservativeness: number; clip: number },
  ) {
    this.all = one.requests.map(({ arrival, prompt, output, tokens }, id) =>
      new NaiveServed(id, arrival, prompt, Math.min(output, one.maxModelTokens - prompt), tokens)
    );
    this.tree = new NaiveRadix(one.blockTokens);
    this.ratio = this.firstRatio;
  }

  get firstRatio(): number {
    return Math.min(1, 0.7 * this.settings.conservativeness);
  }

  get capacity(): number {
    return this.one.kvBlocks * this.one.blockTokens;
  }

  paged(tokens: number): number {
    return Math.ceil(tokens / this.one.blockTokens) * this.one.blockTokens;
  }

  get empty(): number {
    const own = this.all.reduce((sum, { room, shared }) => sum + room - shared, 0);
    return this.capacity - this.tree.tokens - own;
  }

  makeRoom(tokens: number): void {
    if (this.empty < tokens) this.tree.evict(tokens);
  }

  run(): void {
    let pending: NaiveBatch | undefined;
    let knownUntil = Infinity;
    for (;;) {
      this.receive(Math.min(this.now, knownUntil));
      let batch = this.next();
      if (pending && this.one.ahead) this.process(pending);
      pending = undefined;
      if (batch === undefined) {
        this.receive(this.now);
        // A batch that was found full, or ended, is looked at again.
        for (let tries = 0; batch === undefined && tries < 3; tries++) batch = this.next();
      }
      if (batch === undefined) {
        if (this.waiting.length + this.running.length > 0) throw new Error("nothing can go on");
        const arrival = this.all[this.#arrived]?.arrival;
        if (arrival === undefined) return;
        this.now = Math.max(this.now, arrival);
        knownUntil = Infinity;
        continue;
      }
      knownUntil = this.one.ahead ? this.now : Infinity;
      this.compute(batch);
      if (this.one.ahead) pending = batch;
      else this.process(batch);
      const isInside = (one: NaiveServed) => one.arrival < this.now && !one.isOver;
      if (this.all.some(isInside)) continue;
      this.process(batch);
      pending = undefined;
      knownUntil = Infinity;
      this.beIdle();
    }
  }

  beIdle(): void {
    this.ratio = this.firstRatio;
    this.isFull = false;
    this.running = [];
    this.last = undefined;
  }

  receive(until: number): void {
    while (this.#arrived < this.all.length && this.all[this.#arrived].arrival <= until) {
      this.waiting.push(this.all[this.#arrived++]);
    }
  }

  next(): NaiveBatch | undefined {
    // What is cut goes into the tree before the next step is formed.
    if (this.chunked !== undefined) this.keep(this.chunked, this.chunked.done);
    if (this.last !== undefined && this.last.prompts.length > 0) {
      const whole = this.last.prompts.filter((one) => one !== this.last!.cut && !one.isKnownOver);
      if (whole.length < this.last.prompts.length) this.isFull = false;
      this.running.push(...whole);
    }
    this.last = undefined;
    const batch = this.prompts() ?? this.decodes();
    this.last = batch;
    return batch;
  }

  stated(one: NaiveServed): number {
    const { maxOutputTokens, maxModelTokens } = this.one;
    return Math.min(
      maxOutputTokens,
      maxModelTokens - one.prompt,
      this.capacity - one.prompt - 1,
    );
  }

  prompts(): NaiveBatch | undefined {
    if ((this.isFull || this.waiting.length === 0) && this.chunked === undefined) return undefined;
    const { clip } = this.settings;
    let total = 0;
    for (const one of this.running) {
      // Those that have ended and are in the batch still are not reckoned with.
      if (one.isKnownOver || one.isGone) continue;
      total += Math.max(0, Math.min(this.stated(one) - one.known, clip)) * this.ratio;
    }
    const left = { input: this.settings.maxPrefill, chunk: this.one.maxTokensPerStep };
    const prompts: NaiveServed[] = [];
    let cut: NaiveServed | undefined;
    const remaining = () => this.empty + this.tree.evictable - total;
    const spend = (tokens: number, output: number) => {
      total += this.paged(tokens) + output;
      left.input -= this.paged(tokens);
      left.chunk -= this.paged(tokens);
    };
    if (this.chunked !== undefined) {
      const one = this.chunked;
      let most = Math.min(left.chunk, Math.floor(remaining()));
      if (most <= 0) most = left.chunk;
      const rest = one.prompt + one.out - one.done;
      one.extend = Math.min(rest, most);
      prompts.push(one);
      if (one.extend < rest) cut = one;
      spend(one.extend, cut ? 0 : Math.min(this.stated(one), clip));
    }
    while (this.waiting.length > 0) {
      if (this.isFull) break;
      if (prompts.length >= this.one.maxSequences - this.running.length) {
        this.isFull = true;
        break;
      }
      const [one] = this.waiting;
      const target = one.prompt + one.out;
      const found = this.one.caches
        ? this.tree.match(one.all(target - 1))
        : { length: 0, node: this.tree.root };
      const tokens = target - found.length;
      const needed = tokens + Math.min(Math.max(0, this.stated(one) - one.out), clip);
      const isAlone = prompts.length === 0 && this.running.every(({ isGone }) => isGone) &&
        this.chunked === undefined;
      if (needed >= remaining() && !isAlone) {
        this.isFull = true;
        break;
      }
      if (this.paged(tokens) >= left.input && prompts.length > 0) break;
      this.tree.lock(found.node, 1);
      if (needed >= remaining() && !isAlone) {
        this.tree.lock(found.node, -1);
        this.isFull = true;
        break;
      }
      const isWhole = this.paged(tokens) <= left.chunk;
      const page = this.one.blockTokens;
      let extend = isWhole ? tokens : Math.floor(left.chunk / page) * page;
      if (extend <= 0 && prompts.length === 0) extend = Math.min(tokens, this.one.maxTokensPerStep);
      if (extend <= 0) {
        this.tree.lock(found.node, -1);
        break;
      }
      this.waiting.shift();
      one.extend = extend;
      one.node = found.node;
      one.done = one.shared = one.room = found.length;
      if (Number.isNaN(one.scheduled)) {
        one.scheduled = this.now;
        one.cached = found.length;
      }
      prompts.push(one);
      if (!isWhole) cut = one;
      spend(extend, isWhole ? Math.min(this.stated(one), clip) : 0);
      if (remaining() <= 0) this.isFull = true;
      if (remaining() <= 0 || left.input <= 0 || left.chunk <= 0) break;
    }
    if (prompts.length === 0) return undefined;
    this.chunked = cut;
    this.makeRoom(prompts.reduce((sum, { extend }) => sum + this.paged(extend), 0));
    for (const one of prompts) {
      const room = this.paged(one.done + one.extend);
      this.makeRoom(room - one.room);
      one.room = room;
    }
    return { prompts, decodes: [], cut };
  }

  decodes(): NaiveBatch | undefined {
    const before = this.running.length;
    this.running = this.running.filter(({ isKnownOver, isGone }) => !isKnownOver && !isGone);
    const needs = () =>
      this.running.filter((one) => one.prompt + one.out > one.room).length * this.one.blockTokens;
    const lacks = () => needs() > this.empty + this.tree.evictable;
    if (this.running.length > 0 && lacks()) this.retract(lacks);
    else if (this.running.some(({ isOver }) => !isOver)) {
      const least = Math.min(1, this.firstRatio * 0.14);
      this.ratio = Math.max(least, this.ratio - (this.firstRatio - least) / 600);
    }
    if (this.running.length < before) this.isFull = false;
    if (this.running.length === 0) {
      // The loop takes an empty batch of a scheduler that knows all results for idleness.
      if (before > 0 && !this.one.ahead && this.waiting.length > 0) this.ratio = this.firstRatio;
      return undefined;
    }
    this.makeRoom(needs());
    // The token more that would be computed for those whose end is not known is left out.
    const decodes = this.running.filter(({ isOver }) => !isOver);
    for (const one of decodes) one.room = Math.max(one.room, this.paged(one.prompt + one.out));
    return decodes.length > 0 ? { prompts: [], decodes, cut: undefined } : undefined;
  }

  retract(lacks: () => boolean): void {
    while (this.running.length > 1 && lacks()) {
      let victim = this.running[0];
      for (const one of this.running) {
        const isFewer = one.known < victim.known;
        const isLonger = one.known === victim.known && one.prompt >= victim.prompt;
        if (isFewer || isLonger) victim = one;
      }
      this.running = this.running.filter((one) => one !== victim);
      victim.preemptions++;
      victim.known = victim.out;
      this.free(victim);
      if (victim.isOver) victim.isGone = true;
      else this.waiting.push(victim);
      this.makeRoom(this.paged(this.running.length * 20));
    }
    const known = this.running.reduce((sum, one) => sum + one.known, 0);
    const stated = this.running.reduce((sum, one) => sum + this.stated(one), 0);
    this.ratio = Math.min(1, (known + 20 * this.running.length) / (stated + 1));
  }

  free(one: NaiveServed): void {
    this.tree.lock(one.node, -1);
    one.node = undefined;
    one.room = one.shared = one.done = 0;
  }

  /** Puts the first `count` tokens into the tree; copies of what is there go. */
  keep(one: NaiveServed, count: number): void {
    if (!this.one.caches) return;
    const tokens = one.all(count);
    this.tree.insert(tokens);
    const { length, node } = this.tree.match(tokens);
    this.tree.lock(node, 1);
    this.tree.lock(one.node, -1);
    one.node = node;
    one.shared = length;
  }

  compute({ prompts, decodes }: NaiveBatch): void {
    const context = decodes.reduce((sum, { prompt, out }) => sum + prompt + out, 0);
    const chunks = prompts.map(({ extend, done }) => ({ tokens: extend, past: done }));
    this.now += this.one.seconds(decodes.length, context, chunks);
    for (const one of prompts) {
      one.done += one.extend;
      if (one.done < one.prompt + one.out) continue;
      this.token(one);
    }
    for (const one of decodes) {
      one.done++;
      this.token(one);
    }
  }

  token(one: NaiveServed): void {
    one.out++;
    if (one.out === 1) one.first = this.now;
    if (one.isOver) one.completed = this.now;
  }

  /** The scheduler sees what a step has brought. */
  process({ prompts, decodes, cut }: NaiveBatch): void {
    for (const one of [...prompts, ...decodes]) {
      if (one === cut || one.node === undefined || one.isKnownOver || one.isGone) continue;
      one.known = one.out;
      if (one.isOver) {
        one.isKnownOver = true;
        this.keep(one, one.prompt + one.out - 1);
        this.free(one);
      } else if (prompts.includes(one)) this.keep(one, one.prompt + one.out - 1);
    }
  }
}
