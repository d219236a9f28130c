import { deepEqual, equal, ok, throws } from "#assert";
import fc from "fast-check";
import { piecewiseTime } from "../../tests/support/piecewise_time.ts";
import { smallCluster } from "../../tests/support/small_cluster.ts";
import { requestColumns } from "../metrics/recorder.ts";
import { orca } from "../scheduling/batching/orca.ts";
import { sarathi } from "../scheduling/batching/sarathi.ts";
import { vllm } from "../scheduling/batching/vllm.ts";
import { vllmV0 } from "../scheduling/batching/vllm_v0.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import { Clock } from "./clock.ts";
import { Engine } from "./engine.ts";
import type { EngineParts, Stepping } from "./engine_parts.ts";

const STRATEGIES = {
  vllm: () => vllm(),
  "vllm, first chunk": () => vllm({ reservesWholePrompt: false, longPrefillTokens: 7 }),
  "vllm-v0": () => vllmV0({ preemption: "recompute", watermarkBlocks: 1 }),
  "vllm-v0, swap": () => vllmV0({ preemption: "swap", watermarkBlocks: 1 }),
  sarathi: () => sarathi({ chunkSize: 24 }),
  orca: () => orca(),
};

const TIME = { base: 0.0137, perPrefillToken: 1e-4, perSequence: 1e-3, perContextToken: 1e-5 };

const cases = fc.record({
  requests: fc.array(
    fc.record({
      gap: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.3, noNaN: true })),
      prompt: fc.integer({ min: 1, max: 60 }),
      output: fc.integer({ min: 1, max: 50 }),
    }),
    { minLength: 1, maxLength: 25 },
  ),
  strategy: fc.constantFrom(...Object.keys(STRATEGIES) as (keyof typeof STRATEGIES)[]),
  asyncScheduling: fc.boolean(),
  kvBlocks: fc.integer({ min: 32, max: 90 }),
  /** When something is done with the engine, and what a random number decides of it. */
  moves: fc.array(
    fc.record({ gap: fc.double({ min: 0.01, max: 0.5, noNaN: true }), pick: fc.nat(999) }),
    { minLength: 1, maxLength: 12 },
  ),
});
type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

/** Engines that share a clock, and the events between their steps. */
class Bench {
  readonly clock = new Clock();
  readonly engines: Engine[];
  readonly columns;
  readonly gaps = new GapSketch();
  readonly generated: Int32Array;
  readonly #events: { at: number; act: () => void }[] = [];
  readonly pulls = {
    blocksTaken: (instance: number, request: number) => this.onTaken(instance, request),
  };
  onTaken: (instance: number, request: number) => void = () => {};
  /** Ends of steps and runs, by engine. */
  readonly ends: number[][];

  constructor(readonly test: Case, stepping: Stepping, count: number, handsOff = false) {
    let at = 0;
    const rows = test.requests.map(({ gap, prompt, output }) => {
      at += gap;
      return [at, prompt, output] as const;
    });
    const { requests, functions: [{ engine }] } = smallCluster(rows, {
      engine: {
        execution: piecewiseTime({ ...TIME, kneeTokens: 300, offersLine: true }),
        strategy: STRATEGIES[test.strategy](),
        stepping,
        maxSequences: 6,
        maxTokensPerStep: 40,
        kvBlocks: test.kvBlocks,
        maxModelTokens: 120,
        maxOutputTokens: 50,
        asyncScheduling: test.asyncScheduling,
        swap: { blocks: 40, secondsPerBlock: 1e-4 },
      },
    });
    this.columns = requestColumns(requests);
    this.generated = new Int32Array(rows.length);
    const run = {
      pulls: this.pulls,
      clock: this.clock,
      columns: this.columns,
      generated: this.generated,
      outputLimit: requests.outputTokens,
      waitedFor: undefined,
      gaps: this.gaps,
    };
    this.engines = Array.from(
      { length: count },
      (_, id) => new Engine(id, { ...engine as EngineParts, handsOff: handsOff && id === 0 }, run),
    );
    this.ends = this.engines.map(() => []);
    rows.forEach(([arrival], request) => this.at(arrival, () => this.engines[0].enqueue(request)));
  }

  at(at: number, act: () => void): void {
    const place = this.#events.findIndex((event) => event.at > at);
    this.#events.splice(place < 0 ? this.#events.length : place, 0, { at, act });
  }

  /** Runs until nothing is left to do; `between` is called after each step or run that ends. */
  run(between: (engine: number) => void = () => {}): this {
    for (;;) {
      const next = Math.min(
        this.#events[0]?.at ?? Infinity,
        ...this.engines.map((e) => e.endAtSeconds),
      );
      if (next === Infinity) return this;
      this.clock.now = next;
      const due = this.engines.findIndex((engine) => engine.endAtSeconds <= next);
      if (due >= 0) {
        this.engines[due].finish();
        this.ends[due].push(next);
        between(due);
      } else {
        this.#events.shift()!.act();
      }
      const isOver = (this.#events[0]?.at ?? Infinity) > next &&
        this.engines.every((engine) => engine.endAtSeconds > next);
      if (isOver) { for (const engine of this.engines) if (engine.needsPlan) engine.begin(); }
    }
  }

  /** The moves of the case: their instants, seconds, and what decides of them. */
  moves(): { at: number; pick: number }[] {
    let at = 0;
    return this.test.moves.map(({ gap, pick }) => ({ at: at += gap, pick }));
  }

  /** Every request has all its tokens, and nothing is left in any engine. */
  checkEnd(): void {
    const { columns: { outputTokens, completedAtSeconds, firstTokenAtSeconds } } = this;
    outputTokens.forEach((_, request) => {
      ok(completedAtSeconds[request] >= firstTokenAtSeconds[request], `request ${request}`);
    });
    for (const engine of this.engines) {
      equal(engine.ledger.outstanding, 0);
      equal(engine.ledger.tokensInside, 0);
      equal(engine.ledger.promptTokensAhead, 0);
      equal(engine.readings.usedBlocks(this.clock.now), 0);
    }
    equal(this.gaps.count, outputTokens.reduce((sum, tokens) => sum + tokens - 1, 0));
  }
}

/** Both stepping modes do the same, to the bit. */
function compareModes(play: (stepping: Stepping) => Bench): Record<Stepping, Bench> {
  const benches = { leap: play("leap"), step: play("step") };
  deepEqual(benches.leap.columns, benches.step.columns);
  for (const bench of [benches.leap, benches.step]) bench.checkEnd();
  return benches;
}

const PARAMETERS = { seed: 11, numRuns: 300 };

Deno.test("Engine.limit() ends a leap with the first step that ends at the instant or later, and nothing else", () => {
  fc.assert(
    fc.property(cases, (test) => {
      const { leap, step } = compareModes((stepping) => {
        const bench = new Bench(test, stepping, 1);
        for (const { at, pick } of bench.moves()) {
          bench.at(at, () => bench.engines[0].limit(at + pick / 1e4));
        }
        return bench.run();
      });
      const plain = new Set(step.ends[0]);
      ok(leap.ends[0].every((end) => plain.has(end)), "a leap ends where a step ends");
      for (const { at, pick } of leap.moves()) {
        const limit = at + pick / 1e4;
        // Another limit may have taken the place of this one.
        if (leap.moves().some((other) => other.at > at && other.at <= limit)) continue;
        const first = (ends: readonly number[]) => ends.find((end) => end >= limit);
        equal(first(leap.ends[0]), first(step.ends[0]));
      }
    }),
    PARAMETERS,
  );
});

Deno.test("requests that move between engines with their KV entries end with all their tokens, and no block is lost", () => {
  let moved = 0;
  fc.assert(
    fc.property(cases, (test) => {
      compareModes((stepping) => {
        const bench = new Bench(test, stepping, 2);
        const due: { at: number; pick: number; from: number }[] = [];
        for (const { at, pick } of bench.moves()) {
          const from = pick % 2;
          bench.at(at, () => {
            due.push({ at, pick, from });
            bench.engines[from].limit(at);
          });
        }
        return bench.run((id) => {
          const engine = bench.engines[id];
          for (const one of due.filter(({ from }) => from === id)) {
            due.splice(due.indexOf(one), 1);
            const request = one.pick % test.requests.length;
            let tokens: number;
            try {
              tokens = engine.detach(request);
            } catch (error) {
              ok(error instanceof RangeError && /does not run here/.test(error.message));
              continue;
            }
            // A prefill that is not over has no token to go on from: it is computed anew.
            const isDecoding = bench.generated[request] > 0 &&
              tokens === bench.columns.promptTokens[request] + bench.generated[request] - 1;
            bench.at(bench.clock.now + one.pick / 5000, () => {
              engine.letGo(request);
              const other = bench.engines[1 - id];
              if (isDecoding) other.receive(request, tokens);
              else other.enqueue(request);
            });
            moved++;
          }
        });
      });
    }),
    PARAMETERS,
  );
  ok(moved > 500, `${moved} requests moved`);
});

Deno.test("requests whose entries come later take blocks, in order, before they are sent, and decode when they are there", () => {
  let moved = 0, waited = 0;
  fc.assert(
    fc.property(cases, fc.integer({ min: 1, max: 400 }), (test, pace) => {
      const play = (stepping: Stepping) => {
        const bench = new Bench(test, stepping, 2, true);
        const [source, target] = bench.engines;
        const [order, tokensOf] = [[] as number[], new Map<number, number>()];
        bench.onTaken = (instance, request) => {
          deepEqual([instance, request], [1, order.shift()], "in the order of the announcements");
          bench.at(bench.clock.now + tokensOf.get(request)! * pace / 1e5, () => {
            source.letGo(request);
            target.arrive(request);
          });
        };
        return bench.run((id) => {
          if (id !== 0) return;
          for (const request of [...source.ledger.prefilled]) {
            const tokens = source.detach(request);
            equal(tokens, test.requests[request].prompt);
            tokensOf.set(request, tokens);
            if (order.push(request) > 1) waited++;
            target.expect(request, tokens);
            moved++;
          }
        });
      };
      compareModes(play);
    }),
    PARAMETERS,
  );
  ok(moved > 500 && waited > 100, `${moved} requests moved, ${waited} behind others`);
});

Deno.test("requests that are withdrawn leave nothing behind, and both modes go on alike", () => {
  let withdrawn = 0, later = 0;
  fc.assert(
    fc.property(cases, (test) => {
      const play = (stepping: Stepping) => {
        const bench = new Bench(test, stepping, 1);
        const [engine] = bench.engines;
        const gone = new Set<number>();
        const due: number[] = [];
        let arrived = 0;
        test.requests.reduce((at, { gap }) => {
          bench.at(at + gap, () => void arrived++);
          return at + gap;
        }, 0);
        const isInside = (request: number) =>
          request < arrived && !gone.has(request) &&
          !(bench.generated[request] >= bench.columns.outputTokens[request]) &&
          !ended.has(request);
        const ended = new Set<number>();
        for (const { at, pick } of bench.moves()) {
          bench.at(at, () => {
            const request = pick % test.requests.length;
            if (!isInside(request) || due.includes(request)) return;
            if (engine.withdraw(request)) gone.add(request);
            else {
              due.push(request);
              engine.limit(at);
              later++;
            }
            withdrawn++;
          });
        }
        bench.run(() => {
          const { finished, finishedCount } = engine.ledger;
          for (let i = 0; i < finishedCount; i++) ended.add(finished[i]);
          for (const request of due.splice(0)) {
            if (ended.has(request)) continue;
            ok(engine.withdraw(request), "between two steps everybody can leave");
            gone.add(request);
          }
        });
        equal(engine.ledger.outstanding, 0);
        equal(engine.ledger.tokensInside, 0);
        equal(engine.ledger.promptTokensAhead, 0);
        equal(engine.readings.usedBlocks(bench.clock.now), 0);
        equal(ended.size + gone.size, test.requests.length);
        return { columns: bench.columns, gone: [...gone], now: bench.clock.now };
      };
      deepEqual(play("leap"), play("step"));
    }),
    PARAMETERS,
  );
  ok(withdrawn > 500 && later > 100 && withdrawn > later, `${withdrawn}, ${later} later`);
});

Deno.test("Engine.become() changes step times and KV blocks from the next step on", () => {
  fc.assert(
    fc.property(cases, (test) => {
      compareModes((stepping) => {
        const bench = new Bench(test, stepping, 1);
        const [engine] = bench.engines;
        // The longest sequence has to fit.
        const sizes = (pick: number) => 32 + pick % 60;
        for (const { at, pick } of bench.moves()) {
          const base = pick % 3 === 0 ? TIME.base : 2 * TIME.base;
          const execution = piecewiseTime({ ...TIME, base, kneeTokens: 300, offersLine: true });
          bench.at(at, () => engine.become({ execution, kvBlocks: sizes(pick) }));
        }
        return bench.run(() => {
          const { readings } = engine;
          ok(readings.usedBlocks(bench.clock.now) <= readings.kvBlocks);
        });
      });
    }),
    PARAMETERS,
  );
});

Deno.test("Engine.become() holds for the step after the one in progress", () => {
  const test: Case = {
    requests: [{ gap: 0, prompt: 4, output: 9 }],
    strategy: "vllm",
    asyncScheduling: false,
    kvBlocks: 40,
    moves: [],
  };
  const slow = piecewiseTime({
    base: 1,
    perPrefillToken: 0,
    perSequence: 0,
    perContextToken: 0,
    kneeTokens: Infinity,
    offersLine: true,
  });
  for (const stepping of ["leap", "step"] as const) {
    const bench = new Bench(test, stepping, 1);
    const [engine] = bench.engines;
    let change = 0;
    bench.at(0.05, () => {
      engine.become({ execution: slow, kvBlocks: 50 });
      change = engine.endAtSeconds;
    });
    bench.run();
    ok(change > 0.05 && change < 0.07, `the step in progress ends at ${change}`);
    const left = 9 - bench.ends[0].filter((end) => end <= change).length;
    if (stepping === "step") {
      ok(Math.abs(bench.columns.completedAtSeconds[0] - change - left) < 1e-6);
    }
    equal(engine.readings.kvBlocks, 50);
  }
});

Deno.test("an engine refuses a move that cannot be", () => {
  const bench = new Bench(
    {
      requests: [{ gap: 0, prompt: 4, output: 9 }, { gap: 0, prompt: 4, output: 9 }],
      strategy: "vllm",
      asyncScheduling: false,
      kvBlocks: 40,
      moves: [],
    },
    "leap",
    2,
  );
  const [engine, other] = bench.engines;
  bench.at(0.001, () => {
    throws(() => engine.detach(0), /^RangeError: Cannot detach a request .*step is in progress/);
    throws(() => other.detach(0), /^RangeError: Cannot detach a request .*does not run here/);
    throws(() => engine.letGo(0), /^RangeError: Cannot let blocks go/);
    throws(() => other.receive(0, 4), /^RangeError: Cannot receive request 0 of 4 known tokens/);
  });
  bench.run().checkEnd();
});
