/**
 * A simulator of prefill and decode apart, obviously right and slow: plain objects, one token at a
 * time, shares of links by filling them up little by little. It shares no code with the simulator.
 * Batches are Orca's, whose blocks are those of the longest sequence, so that nobody is preempted.
 * @module
 */

/** A split as plain data. */
export interface NaiveSplit {
  readonly requests: readonly {
    readonly gap: number;
    readonly prompt: number;
    readonly output: number;
  }[];
  readonly prefills: number;
  readonly decodes: number;
  readonly prefillSequences: number;
  readonly decodeSequences: number;
  readonly prefillBlocks: number;
  readonly decodeBlocks: number;
  readonly blockTokens: number;
  readonly budget: number;
  readonly maxOutput: number;
  readonly base: number;
  readonly perPrefillToken: number;
  readonly perSequence: number;
  readonly perContextToken: number;
  readonly tokenBytes: number;
  readonly rate: number;
  readonly setup: number;
  readonly efficiency: number;
}

/** What became of a request. */
export interface NaiveHandedRequest {
  readonly id: number;
  readonly prompt: number;
  readonly output: number;
  /** Instants of its tokens, seconds. */
  readonly tokens: number[];
  /** Instances that prefilled and finished it. */
  prefilledBy: number;
  finishedBy: number;
  /** When its entries were asked for, and there, seconds. */
  asked: number;
  there: number;
}

interface Flow {
  readonly request: NaiveHandedRequest;
  readonly from: Box;
  readonly to: Box;
  left: number;
  rate: number;
}

/** One engine. */
class Box {
  /** Who waits for a first step here, or for blocks for entries to come. */
  readonly queue: NaiveHandedRequest[] = [];
  readonly running: NaiveHandedRequest[] = [];
  /** Who has blocks and waits for entries, or for a place. */
  readonly held: NaiveHandedRequest[] = [];
  /** Who has left and whose entries are still here. */
  readonly kept: NaiveHandedRequest[] = [];
  stepEnd = Infinity;
  /** Those whose prompts are in the step. */
  chunk: NaiveHandedRequest[] = [];

  constructor(readonly id: number, readonly blocks: number, readonly sequences: number) {}
}

const toTick = (seconds: number) => Math.round(seconds * 2 ** 36) / 2 ** 36;

/** Runs it. */
export function simulateSplitNaively(split: NaiveSplit): readonly NaiveHandedRequest[] {
  const { prefills, decodes, blockTokens } = split;
  let arrival = 0;
  const arrivals = split.requests.map(({ gap }) => arrival += gap);
  const requests = split.requests.map(({ prompt, output }, id): NaiveHandedRequest => ({
    ...{ id, prompt, output, tokens: [], prefilledBy: -1, finishedBy: -1, asked: NaN, there: NaN },
  }));
  const first = Array.from(
    { length: prefills },
    (_, i) => new Box(i, split.prefillBlocks, split.prefillSequences),
  );
  const second = Array.from(
    { length: decodes },
    (_, i) => new Box(prefills + i, split.decodeBlocks, split.decodeSequences),
  );
  const setups: { at: number; flow: Flow }[] = [];
  const flows: Flow[] = [];
  let now = 0, arrived = 0, nextFirst = 0, nextSecond = 0;

  const reserved = ({ prompt }: NaiveHandedRequest) =>
    Math.ceil((prompt + split.maxOutput) / blockTokens);
  const free = (box: Box) =>
    [...box.running, ...box.held, ...box.kept].reduce(
      (left, one) => left - reserved(one),
      box.blocks,
    );

  /** Fills all links at one pace; who is at the end of one stays at its rate. */
  function share(): void {
    const open = new Set(flows);
    for (const flow of flows) flow.rate = 0;
    const ends = [...first, ...second].flatMap((box) => [
      flows.filter(({ from }) => from === box),
      flows.filter(({ to }) => to === box),
    ]);
    while (open.size > 0) {
      const room = (link: Flow[]) =>
        (split.rate - link.reduce((sum, { rate }) => sum + rate, 0)) /
        link.filter((flow) => open.has(flow)).length;
      const links = ends.filter((link) => link.some((flow) => open.has(flow)));
      const least = Math.min(...links.map(room));
      const full = links.filter((link) => room(link) <= least * (1 + 1e-12));
      for (const flow of open) flow.rate += least;
      for (const link of full) for (const flow of link) open.delete(flow);
    }
  }

  function formPrefill(box: Box): void {
    let budget = split.budget;
    box.chunk = [];
    while (box.queue.length > 0) {
      const [request] = box.queue;
      if (request.prompt > budget && box.chunk.length > 0) break;
      if (box.running.length >= box.sequences || reserved(request) > free(box)) break;
      box.running.push(box.queue.shift()!);
      box.chunk.push(request);
      budget -= request.prompt;
    }
    const tokens = box.chunk.reduce((sum, { prompt }) => sum + prompt, 0);
    if (tokens > 0) box.stepEnd = toTick(now + split.base + split.perPrefillToken * tokens);
  }

  function formDecode(box: Box): void {
    for (const request of [...box.held]) {
      if (Number.isNaN(request.there) || box.running.length >= box.sequences) continue;
      box.held.splice(box.held.indexOf(request), 1);
      box.running.push(request);
    }
    while (box.queue.length > 0 && box.running.length < box.sequences) {
      const [request] = box.queue;
      if (reserved(request) > free(box)) break;
      box.held.push(box.queue.shift()!);
      request.asked = now;
      const from = first[request.prefilledBy];
      const left = split.tokenBytes * request.prompt / split.efficiency;
      setups.push({ at: now + split.setup, flow: { request, from, to: box, left, rate: 0 } });
    }
    if (box.running.length === 0) return;
    const context = box.running.reduce(
      (sum, { prompt, tokens }) => sum + prompt + tokens.length,
      0,
    );
    box.stepEnd = toTick(
      now + split.base + split.perSequence * box.running.length + split.perContextToken * context,
    );
  }

  function endStep(box: Box): void {
    box.stepEnd = Infinity;
    const isFirst = first.includes(box);
    for (const request of isFirst ? box.chunk : [...box.running]) {
      request.tokens.push(now);
      const isOver = request.tokens.length === request.output;
      if (isFirst) request.prefilledBy = box.id;
      if (isOver) request.finishedBy = box.id;
      if (!isFirst && !isOver) continue;
      box.running.splice(box.running.indexOf(request), 1);
      if (isOver) continue;
      box.kept.push(request);
      second[nextSecond++ % decodes].queue.push(request);
    }
  }

  for (;;) {
    const end = (flow: Flow) => now + flow.left / flow.rate;
    const next = Math.min(
      arrivals[arrived] ?? Infinity,
      ...[...first, ...second].map(({ stepEnd }) => stepEnd),
      ...setups.map(({ at }) => at),
      ...flows.map(end),
    );
    if (next === Infinity) return requests;
    const over = flows.filter((flow) => end(flow) <= next);
    for (const flow of flows) flow.left -= flow.rate * (next - now);
    now = next;
    for (const box of [...first, ...second]) if (box.stepEnd <= now) endStep(box);
    while (arrivals[arrived] <= now) first[nextFirst++ % prefills].queue.push(requests[arrived++]);
    for (const setup of setups.filter(({ at }) => at <= now)) {
      setups.splice(setups.indexOf(setup), 1);
      flows.push(setup.flow);
    }
    for (const flow of over) {
      flows.splice(flows.indexOf(flow), 1);
      flow.request.there = now;
      flow.from.kept.splice(flow.from.kept.indexOf(flow.request), 1);
    }
    share();
    for (const box of first) if (box.stepEnd === Infinity) formPrefill(box);
    for (const box of second) if (box.stepEnd === Infinity) formDecode(box);
  }
}
