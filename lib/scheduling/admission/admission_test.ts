import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import * as fc from "fast-check";
import { Admission, AdmissionControl, type AdmissionSignals } from "./admission.ts";
import { withDefaults } from "../../settings/from_table.ts";
import { fairQueue } from "./fair_queue.ts";
import { fcfsQueue } from "./fcfs_queue.ts";
import { GATEWAY_ORDERS } from "./gateway_orders.ts";
import type { GatewayOrderEntry, GatewayQueue } from "./gateway_queue.ts";
import { TokenBucket } from "./token_bucket.ts";
import { TtftPredictor } from "./ttft_predictor.ts";

Deno.test("TokenBucket never lets through more than burst + rate x time from any instant", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 80 }),
    (gaps) => {
      const bucket = new TokenBucket({ perSecond: 3, burst: 4 });
      const taken: number[] = [];
      let now = 0;
      for (const gap of gaps) if (bucket.take(now += gap)) taken.push(now);
      taken.forEach((from, i) => {
        taken.slice(i).forEach((to, j) => ok(j + 1 <= 4 + 3 * (to - from) + 1e-6));
      });
    },
  ));
});

Deno.test("TokenBucket sustains its rate under a greater demand and refuses none below it", () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 1 });
  let passed = 0;
  for (let i = 1; i <= 100_000; i++) if (bucket.take(i / 1000)) passed++;
  ok(Math.abs(passed - 1000) <= 1, `${passed}`);
  const slow = new TokenBucket({ perSecond: 10, burst: 1 });
  for (let i = 1; i <= 1000; i++) ok(slow.take(i / 10), `${i}`);
});

Deno.test("AdmissionControl: reasons in order, and a refusal costs no rate", () => {
  const control = new AdmissionControl({
    rateLimits: new Map([[1, { perSecond: 1, burst: 1 }]]),
    ttftLimitSeconds: new Map([[1, 5]]),
  });
  const decide = (s: Partial<AdmissionSignals>, ttft = 1) =>
    control.decide({
      nowSeconds: 0,
      classId: 1,
      promptTokens: 10,
      predictedTtftSeconds: () => ttft,
      ...s,
    });
  strictEqual(decide({}, 6), Admission.sloUnreachable);
  strictEqual(decide({}, 5), Admission.admitted, "the limit itself is kept, and the rate is whole");
  strictEqual(decide({}), Admission.rateLimited);
  strictEqual(decide({ classId: 0 }, 99), Admission.admitted, "no rules for class 0");
  strictEqual(decide({ nowSeconds: 1 }), Admission.admitted);
});

Deno.test("AdmissionControl: the common limit holds for all, and neither limit charges the other", () => {
  const control = new AdmissionControl({
    rateLimit: { perSecond: 1, burst: 3 },
    rateLimits: new Map([[1, { perSecond: 1, burst: 1 }]]),
  });
  const decide = (classId: number, nowSeconds = 0) =>
    control.decide({ nowSeconds, classId, promptTokens: 1, predictedTtftSeconds: () => 0 });
  const { admitted, rateLimited } = Admission;
  // Class 1 is over its own limit twice and takes nothing of the common one for it.
  deepStrictEqual([decide(1), decide(1), decide(1)], [admitted, rateLimited, rateLimited]);
  deepStrictEqual([decide(0), decide(0), decide(0)], [admitted, admitted, rateLimited]);
  // The common limit turns class 1 away, and its own token of this second is still there.
  deepStrictEqual([decide(0, 1), decide(1, 1), decide(1, 2)], [admitted, rateLimited, admitted]);
});

Deno.test("AdmissionControl counts prompt tokens when asked to", () => {
  const control = new AdmissionControl({
    rateLimits: new Map([[0, { perSecond: 100, burst: 1000 }]]),
    rateUnit: "prompt-tokens",
  });
  const decide = (nowSeconds: number, promptTokens: number) =>
    control.decide({
      nowSeconds,
      classId: 0,
      promptTokens,
      predictedTtftSeconds: () => 0,
    });
  deepStrictEqual(
    [decide(0, 900), decide(0, 200), decide(1, 200), decide(1, 1)],
    [Admission.admitted, Admission.rateLimited, Admission.admitted, Admission.rateLimited],
  );
});

Deno.test("TtftPredictor learns a line and follows a change", () => {
  const predictor = new TtftPredictor({ secondsPerToken: 0.001, memory: 50 });
  strictEqual(predictor.predict(500), 0.5);
  predictor.observe(1000, 0.3);
  ok(Math.abs(predictor.predict(2000) - 0.6) < 1e-9, "one observation: in proportion");
  for (let i = 0; i < 300; i++) {
    predictor.observe(100 + 37 * (i % 11), 0.2 + 0.0005 * (100 + 37 * (i % 11)));
  }
  ok(Math.abs(predictor.predict(1000) - 0.7) < 0.01);
  for (let i = 0; i < 600; i++) {
    predictor.observe(100 + 37 * (i % 11), 0.1 + 0.002 * (100 + 37 * (i % 11)));
  }
  ok(Math.abs(predictor.predict(1000) - 2.1) < 0.01);
});

const flows = 4;
/** Random pushes, pops and removals; every third request id is removed sooner or later. */
const operations = fc.array(
  fc.record({
    kind: fc.constantFrom("push", "push", "push", "pop", "remove"),
    flow: fc.integer({ min: 0, max: flows - 1 }),
    tokens: fc.integer({ min: 1, max: 100 }),
  }),
  { maxLength: 200 },
);

/** Runs operations on a queue and, beside it, on a plain list in push order. */
function play(
  queueOf: (flow: number[], tokens: number[]) => GatewayQueue,
  list: readonly { kind: string; flow: number; tokens: number }[],
  onPop: (request: number, waiting: readonly number[], flow: readonly number[]) => void,
) {
  const flow: number[] = [];
  const tokens: number[] = [];
  const pushedAt: number[] = [];
  const waiting: number[] = [];
  const queue = queueOf(flow, tokens);
  list.forEach((operation, now) => {
    if (operation.kind === "push") {
      const request = flow.push(operation.flow) - 1;
      tokens.push(operation.tokens);
      pushedAt.push(now);
      queue.push(request, now);
      waiting.push(request);
    } else if (operation.kind === "pop") {
      const next = queue.peek();
      const request = queue.pop();
      strictEqual(request, next);
      ok(waiting.length === 0 ? request === -1 : waiting.includes(request));
      if (request >= 0) {
        onPop(request, waiting, flow);
        waiting.splice(waiting.indexOf(request), 1);
      }
    } else if (waiting.length > 0) {
      const [request] = waiting.splice(operation.tokens % waiting.length, 1);
      ok(queue.remove(request));
      ok(!queue.remove(request));
    }
    strictEqual(queue.size, waiting.length);
    strictEqual(queue.oldestSinceSeconds, waiting.length > 0 ? pushedAt[waiting[0]] : Infinity);
  });
}

/** Laws of a gateway's queue beyond what is asked of any: each looks at one request that is taken. */
const ORDER_LAWS: Readonly<
  Record<string, (request: number, waiting: readonly number[], flow: readonly number[]) => boolean>
> = {
  "first come in a flow": (request, waiting, flow) =>
    request === waiting.find((other) => flow[other] === flow[request]),
};

for (const entry of GATEWAY_ORDERS.entries as readonly GatewayOrderEntry<string, object>[]) {
  const create = (flow: readonly number[], tokens: readonly number[]) =>
    entry.create(withDefaults(entry.settings, entry.laws?.options ?? {}), {
      flowOf: (request) => flow[request],
      weightOf: (id) => 1 + id,
      promptTokensOf: (request) => tokens[request],
    });

  Deno.test(`${entry.name} gateway order: conserves requests, knows its size and its oldest one`, () => {
    fc.assert(fc.property(operations, (list) => play(create, list, () => {})));
  });

  for (const [law, holds] of Object.entries(ORDER_LAWS)) {
    const skip = entry.laws?.skip?.find((one) => one.law === law);
    Deno.test({
      name: `${entry.name} gateway order: ${law}${skip === undefined ? "" : ` (${skip.reason})`}`,
      ignore: skip !== undefined,
      fn: () =>
        fc.assert(
          fc.property(operations, (list) => play(create, list, (...taken) => ok(holds(...taken)))),
        ),
    });
  }
}

Deno.test("fcfsQueue, and a fair queue with one flow, serve in order of arrival", () => {
  fc.assert(fc.property(operations, (list) => {
    const inOrder = (request: number, waiting: readonly number[]) =>
      strictEqual(request, waiting[0]);
    play(() => fcfsQueue(), list, inOrder);
    play(
      (_, tokens) => fairQueue({ flowOf: () => 3, promptTokensOf: (r) => tokens[r] }),
      list,
      inOrder,
    );
  }));
});

Deno.test("fairQueue: backlogged flows get service by weight, within one request of each other", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 300, maxLength: 300 }),
    fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    (tokens, weights) => {
      const queue = fairQueue({
        flowOf: (request) => request % 2,
        promptTokensOf: (request) => tokens[request],
        weightOf: (flow) => weights[flow],
      });
      for (let request = 0; request < 300; request++) queue.push(request, 0);
      const served = [0, 0];
      const left = [150, 150];
      while (left[0] > 0 && left[1] > 0) {
        const request = queue.pop();
        served[request % 2] += tokens[request] / weights[request % 2];
        left[request % 2]--;
        ok(Math.abs(served[0] - served[1]) <= 500 / Math.min(...weights) + 1e-9);
      }
    },
  ));
});

Deno.test("fairQueue: output tokens count double, and absence saves nothing up", () => {
  const queue = fairQueue({ flowOf: (request) => request % 2, promptTokensOf: () => 10 });
  queue.push(0, 0);
  queue.push(2, 0);
  strictEqual(queue.pop(), 0);
  queue.charge(0, 50);
  // Flow 0 is at 110; flow 1 comes for the first time and is lifted to it: the tie goes to flow 0.
  queue.push(1, 1);
  queue.push(3, 1);
  deepStrictEqual([queue.pop(), queue.pop(), queue.pop(), queue.pop()], [2, 1, 3, -1]);
  const both = fairQueue({ flowOf: (request) => request % 2, promptTokensOf: () => 10 });
  for (const request of [0, 2, 4, 1, 3, 5]) both.push(request, 0);
  strictEqual(both.pop(), 0);
  both.charge(0, 8);
  // Flow 0 at 26, flow 1 at 0, 10, 20, 30.
  deepStrictEqual([both.pop(), both.pop(), both.pop(), both.pop()], [1, 3, 5, 2]);
});

Deno.test("fairQueue: a flooding tenant does not delay a modest one", () => {
  const wait = (queue: GatewayQueue) => {
    for (let i = 0; i < 1000; i++) queue.push(2 * i, 0);
    queue.push(1, 0);
    let place = 0;
    while (queue.pop() !== 1) place++;
    return place;
  };
  const options = { flowOf: (request: number) => request % 2, promptTokensOf: () => 100 };
  ok(wait(fairQueue(options)) <= 1);
  strictEqual(wait(fcfsQueue()), 1000);
});

Deno.test("fairQueue: a request may come back after it was taken", () => {
  const queue = fcfsQueue();
  queue.push(7, 0);
  queue.push(8, 1);
  strictEqual(queue.remove(7), true);
  queue.push(7, 2);
  strictEqual(queue.oldestSinceSeconds, 1);
  deepStrictEqual([queue.pop(), queue.pop()], [8, 7]);
  queue.push(9, 3);
  throws(() => queue.push(9, 4), {
    name: "RangeError",
    message: "Cannot queue a request as one that does not wait yet: current value is 9",
  });
});

Deno.test("fairQueue: a hundred thousand requests of a thousand flows in well under a second", () => {
  const queue = fairQueue({ flowOf: (r) => r % 1000, promptTokensOf: (r) => 1 + r % 97 });
  let sum = 0;
  for (let r = 0; r < 100_000; r++) {
    queue.push(r, r);
    if (r % 4 !== 0) sum += queue.pop();
  }
  while (queue.size > 0) sum += queue.pop();
  strictEqual(sum, 100_000 * 99_999 / 2);
});

Deno.test("admission refuses impossible limits", () => {
  throws(() => new TokenBucket({ perSecond: 0, burst: 1 }), {
    message: "Cannot use a rate limit as tokens per second > 0: current value is 0",
  });
  throws(() => new AdmissionControl({ rateLimit: { perSecond: 1, burst: 0 } }), RangeError);
  throws(() => new AdmissionControl({ ttftLimitSeconds: new Map([[2, 0]]) }), {
    message: "Cannot use the TTFT limit of class 2 as seconds > 0: current value is 0",
  });
  throws(() => new TtftPredictor({ secondsPerToken: -1 }), RangeError);
  throws(
    () => fairQueue({ flowOf: () => 0, promptTokensOf: () => 1, outputTokenCost: -1 }),
    RangeError,
  );
});
