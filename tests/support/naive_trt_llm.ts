import { type NaiveEngineCase, NaiveServed } from "./naive_sglang.ts";

interface NaiveBlock {
  key: string | undefined;
  users: number;
}

/** KV blocks one by one; free ones keep their tokens until they are taken, those freed first first. */
class NaiveBlocks {
  readonly free: NaiveBlock[];
  readonly byKey = new Map<string, NaiveBlock>();

  constructor(count: number) {
    this.free = Array.from({ length: count }, () => ({ key: undefined, users: 0 }));
  }

  take(): NaiveBlock {
    const block = this.free.shift();
    if (block === undefined) throw new Error("no block is free");
    if (block.key !== undefined) this.byKey.delete(block.key);
    block.key = undefined;
    block.users = 1;
    return block;
  }

  use(block: NaiveBlock): NaiveBlock {
    if (block.users++ === 0) this.free.splice(this.free.indexOf(block), 1);
    return block;
  }

  give(blocks: readonly NaiveBlock[]): void {
    for (const block of [...blocks].reverse()) if (--block.users === 0) this.free.push(block);
  }
}

interface NaiveStep {
  readonly prompts: { readonly one: NaiveServed; readonly tokens: number }[];
  readonly decodes: NaiveServed[];
}

/** TensorRT-LLM's in-flight batching on one engine, a request, a block and a token at a time. */
export class NaiveTrtLlm {
  readonly all: NaiveServed[];
  readonly blocks: NaiveBlocks;
  readonly held = new Map<NaiveServed, NaiveBlock[]>();
  now = 0;
  #arrived = 0;
  passedOver = 0;

  constructor(
    readonly one: NaiveEngineCase,
    readonly settings: { readonly keepsRoom: boolean; readonly chunks: boolean },
  ) {
    this.all = one.requests.map(({ arrival, prompt, output, tokens }, id) =>
      new NaiveServed(id, arrival, prompt, Math.min(output, one.maxModelTokens - prompt), tokens)
    );
    this.blocks = new NaiveBlocks(one.kvBlocks);
  }

  run(): void {
    let pending: NaiveStep | undefined;
    let knownUntil = Infinity;
    for (;;) {
      this.receive(Math.min(this.now, knownUntil));
      let step = this.plan();
      if (pending && this.one.ahead) this.process(pending);
      pending = undefined;
      if (step === undefined) {
        this.receive(this.now);
        step = this.plan();
      }
      if (step === undefined) {
        if (this.started.length + this.waiting.length > 0) throw new Error("nothing can go on");
        const arrival = this.all[this.#arrived]?.arrival;
        if (arrival === undefined) return;
        this.now = Math.max(this.now, arrival);
        knownUntil = Infinity;
        continue;
      }
      knownUntil = this.one.ahead ? this.now : Infinity;
      this.compute(step);
      const isIdle = this.all.every((one) => one.arrival >= this.now || one.isOver);
      if (this.one.ahead && !isIdle) pending = step;
      else this.process(step);
      if (isIdle) knownUntil = Infinity;
    }
  }

  receive(until: number): void {
    while (this.#arrived < this.all.length && this.all[this.#arrived].arrival <= until) {
      this.#arrived++;
    }
  }

  get active(): NaiveServed[] {
    return this.all.slice(0, this.#arrived).filter(({ isOver }) => !isOver);
  }

  get started(): NaiveServed[] {
    return this.active.filter((one) => this.held.has(one));
  }

  get waiting(): NaiveServed[] {
    return this.active.filter((one) => !this.held.has(one));
  }

  target(one: NaiveServed): number {
    return one.isDecoding ? one.done : one.prompt + one.out;
  }

  keys(one: NaiveServed): string[] {
    const { blockTokens, caches } = this.one;
    const count = caches ? Math.floor(one.prompt / blockTokens) : 0;
    return Array.from(
      { length: count },
      (_, i) => one.tokens.slice(0, (i + 1) * blockTokens).join(),
    );
  }

  /** Cached blocks of the first tokens but the last one. */
  matched(one: NaiveServed): number {
    const keys = this.keys(one);
    const most = Math.floor((one.prompt + one.out - 1) / this.one.blockTokens);
    let count = 0;
    while (count < Math.min(most, keys.length) && this.blocks.byKey.has(keys[count])) count++;
    return count;
  }

  newBlock(one: NaiveServed): string | undefined {
    const count = this.matched(one);
    const most = Math.floor((one.prompt + one.out - 1) / this.one.blockTokens);
    return count < most ? this.keys(one)[count] : undefined;
  }

  toTheEnd(one: NaiveServed): number {
    const { maxOutputTokens, maxModelTokens, blockTokens, kvBlocks } = this.one;
    const tokens = one.prompt + Math.min(maxOutputTokens, maxModelTokens - one.prompt);
    return Math.min(kvBlocks, Math.ceil(tokens / blockTokens));
  }

  plan(): NaiveStep | undefined {
    const { blockTokens, maxTokensPerStep, maxSequences } = this.one;
    const isPaused = !this.settings.keepsRoom && this.pause();
    let free = this.blocks.free.length;
    if (this.settings.keepsRoom) {
      for (const [one, { length }] of this.held) free -= Math.max(0, this.toTheEnd(one) - length);
    }
    const decodes = this.started.filter(({ isDecoding }) => isDecoding);
    for (const one of decodes) {
      const blocks = this.held.get(one)!;
      if (one.done + 1 > blocks.length * blockTokens) {
        blocks.push(this.blocks.take());
        if (!this.settings.keepsRoom) free--;
      }
    }
    let left = maxTokensPerStep - decodes.length;
    const prompts: NaiveStep["prompts"] = [];
    const coming = new Set<string>();
    const cut = (tokens: number) => {
      if (tokens <= left) return tokens;
      const whole = Math.floor(left / blockTokens) * blockTokens;
      return whole === 0 && prompts.length === 0 ? Math.max(0, left) : whole;
    };
    for (const one of this.started.filter(({ isDecoding }) => !isDecoding)) {
      const key = this.newBlock(one);
      if (key !== undefined) coming.add(key);
      const tokens = cut(this.target(one) - one.done);
      if (tokens <= 0) continue;
      prompts.push({ one, tokens });
      left -= tokens;
    }
    let seen = this.started.length;
    for (const one of isPaused ? [] : this.waiting) {
      if (seen >= maxSequences || this.held.size >= maxSequences || left <= 0) break;
      const key = this.newBlock(one);
      if (key !== undefined && coming.has(key)) {
        this.passedOver++;
        continue;
      }
      const target = one.prompt + one.out;
      const prompt = Math.ceil(target / blockTokens);
      const needed = this.settings.keepsRoom ? Math.max(prompt, this.toTheEnd(one)) : prompt;
      if (needed > free) break;
      const isAlone = prompts.length + decodes.length === 0;
      const fits = target <= left || isAlone;
      if (!this.settings.chunks && !fits) break;
      seen++;
      const tokens = this.settings.chunks ? cut(target) : target;
      if (tokens <= 0) continue;
      free -= needed;
      if (key !== undefined) coming.add(key);
      const shared = this.keys(one).slice(0, this.matched(one))
        .map((name) => this.blocks.use(this.blocks.byKey.get(name)!));
      const own = Array.from({ length: prompt - shared.length }, () => this.blocks.take());
      this.held.set(one, [...shared, ...own]);
      one.done = shared.length * blockTokens;
      one.tried = shared.length;
      if (Number.isNaN(one.scheduled)) {
        one.scheduled = this.now;
        one.cached = one.done;
      }
      let end = Math.min(target, one.done + tokens);
      if (end < target) {
        const page = Math.floor(end / blockTokens) * blockTokens;
        if (page > one.done) end = page;
      }
      prompts.push({ one, tokens: end - one.done });
      left -= tokens;
    }
    return prompts.length + decodes.length > 0 ? { prompts, decodes } : undefined;
  }

  /** Pauses whoever came last until the others have a block for their next token. */
  pause(): boolean {
    const { blockTokens } = this.one;
    const lacking = () =>
      this.started.filter((one) =>
        one.isDecoding && one.done + 1 > this.held.get(one)!.length * blockTokens
      ).length;
    let isPaused = false;
    while (lacking() > this.blocks.free.length) {
      const last = this.started.at(-1)!;
      last.preemptions++;
      this.keep(last);
      this.blocks.give(this.held.get(last)!);
      this.held.delete(last);
      last.isDecoding = false;
      last.done = 0;
      isPaused = true;
    }
    return isPaused;
  }

  /** The full blocks of its prompt that are computed can be found. */
  keep(one: NaiveServed): void {
    const blocks = this.held.get(one)!;
    this.keys(one).forEach((key, i) => {
      const isComputed = (i + 1) * this.one.blockTokens <= one.done;
      // A copy of a block that was there once is not tried again.
      if (!isComputed || i < one.tried) return;
      one.tried = i + 1;
      if (this.blocks.byKey.has(key)) return;
      blocks[i].key = key;
      this.blocks.byKey.set(key, blocks[i]);
    });
  }

  compute({ prompts, decodes }: NaiveStep): void {
    const context = decodes.reduce((sum, { done }) => sum + done + 1, 0);
    const chunks = prompts.map(({ one, tokens }) => ({ tokens, past: one.done }));
    this.now += this.one.seconds(decodes.length, context, chunks);
    for (const one of decodes) {
      one.done++;
      this.token(one);
    }
    for (const { one, tokens } of prompts) {
      one.done += tokens;
      if (one.done < one.prompt + one.out) continue;
      one.isDecoding = true;
      this.token(one);
    }
  }

  token(one: NaiveServed): void {
    one.out++;
    if (one.out === 1) one.first = this.now;
    if (one.isOver) one.completed = this.now;
  }

  process({ prompts, decodes }: NaiveStep): void {
    const all = [...decodes, ...prompts.map(({ one }) => one)];
    for (const one of all) if (one.isDecoding && this.held.has(one)) this.keep(one);
    const over = all.filter((one) => one.isOver && this.held.has(one));
    for (const one of over.sort((a, b) => this.entered(a) - this.entered(b))) {
      this.blocks.give(this.held.get(one)!);
      this.held.delete(one);
    }
  }

  /** Place in the order in which those inside have come in. */
  entered(one: NaiveServed): number {
    return [...this.held.keys()].indexOf(one);
  }
}
