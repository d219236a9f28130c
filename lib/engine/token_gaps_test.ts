import { equal, ok } from "#assert";
import fc from "fast-check";
import { requestColumns } from "../metrics/recorder.ts";
import { GapSketch } from "../stats/gap_sketch.ts";
import { Leap, toTick } from "./leap.ts";
import { Sequences } from "./sequences.ts";
import { TokenGaps } from "./token_gaps.ts";

const SLOTS = 5;
const REQUESTS = 80;

const operations = fc.array(
  fc.oneof(
    fc.constant({ kind: "join" as const }),
    fc.record({
      kind: fc.constant("leap" as const),
      first: fc.double({ min: 0.01, max: 0.2, noNaN: true }),
      increment: fc.constantFrom(0, 1e-4),
      steps: fc.integer({ min: 1, max: 30 }),
    }),
    // Prompts are computed and nobody decodes.
    fc.record({
      kind: fc.constant("stall" as const),
      seconds: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
    fc.record({ kind: fc.constant("preempt" as const), pick: fc.nat() }),
    fc.constant({ kind: "resume" as const }),
    fc.record({ kind: fc.constant("leave" as const), pick: fc.nat() }),
  ),
  { maxLength: REQUESTS },
);

Deno.test("TokenGaps counts every gap of every sequence, and knows the longest of each", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const sketch = new GapSketch();
      const sequences = new Sequences(SLOTS, 16);
      const zeros = new Int32Array(REQUESTS);
      const columns = requestColumns({
        count: REQUESTS,
        arrivalAtSeconds: new Float64Array(REQUESTS),
        promptTokens: zeros,
        outputTokens: zeros,
      });
      const gaps = new TokenGaps(sketch, sequences, columns);
      /** Instants of the tokens of each request: the plain truth. */
      const tokens: number[][] = [];
      const running: number[] = [];
      const preempted: number[] = [];
      let now = 0;
      const enter = (request: number) => {
        const slot = sequences.add(request, 10, 10, 0);
        // A recomputed request's next token comes of its prefill.
        if (tokens[request].length > 0) {
          gaps.addSingle(slot, now - columns.completedAtSeconds[request]);
        }
        tokens[request].push(now);
        sequences.lastTokenAtSeconds[slot] = now;
        sequences.join(slot, 10, 1e6);
        gaps.join(slot);
        running.push(slot);
      };
      const longestOf = (request: number) =>
        Math.max(0, ...tokens[request].slice(1).map((at, i) => at - tokens[request][i]));
      const leave = (slot: number) => {
        sequences.remove(slot);
        running.splice(running.indexOf(slot), 1);
        if (sequences.decoding === 0) gaps.clear();
      };
      for (const step of steps) {
        if (step.kind === "join" && running.length < SLOTS) {
          enter(tokens.push([]) - 1);
        } else if (step.kind === "leap" && running.length > 0) {
          const leap = new Leap();
          leap.begin(now, step.first, step.increment, step.steps);
          for (let k = 1; k <= step.steps; k++) {
            for (const slot of running) tokens[sequences.request[slot]].push(leap.endAtSeconds(k));
          }
          now = leap.endAtSeconds(step.steps);
          gaps.addLeap(leap);
          sequences.advance(step.steps);
        } else if (step.kind === "stall") {
          now = toTick(now + step.seconds);
        } else if (step.kind === "preempt" && running.length > 0) {
          const slot = running[step.pick % running.length];
          preempted.push(sequences.request[slot]);
          gaps.suspend(slot);
          leave(slot);
        } else if (step.kind === "resume" && preempted.length > 0 && running.length < SLOTS) {
          enter(preempted.shift()!);
        } else if (step.kind === "leave" && running.length > 0) {
          // Nobody ends before its first decode step.
          const slot = running[step.pick % running.length];
          if (sequences.stepsSinceJoin(slot) > 0) leave(slot);
        }
        for (const slot of running) {
          const found = gaps.longest(slot) || 0;
          const expected = longestOf(sequences.request[slot]);
          ok(Math.abs(found - expected) < 1e-9, `longest ${found}, expected ${expected}`);
        }
      }
      const all = tokens.flatMap((one) => one.slice(1).map((at, i) => at - one[i]));
      equal(sketch.count, all.length);
      if (all.length === 0) return;
      const sum = all.reduce((total, gap) => total + gap, 0);
      ok(Math.abs(sketch.sum - sum) < 1e-9 * (1 + sum), `sum ${sketch.sum}, expected ${sum}`);
      ok(Math.abs(sketch.max - Math.max(...all)) < 1e-9);
    }),
    { seed: 1, numRuns: 500 },
  );
});
