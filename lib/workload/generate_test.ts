import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { constant, exponential, uniform } from "../sim/distributions/mod.ts";
import { randomStreams } from "../sim/random_streams.ts";
import {
  embeddedWorkload,
  generateWorkload,
  independentLengths,
  lengthsFromTable,
  poisson,
  rateCurve,
  type RequestTable,
  uniformArrivals,
  withArrivals,
  type WorkloadSpec,
} from "./mod.ts";

const arrivals = poisson({ ratePerSecond: 10 });
const lengths = independentLengths({
  promptTokens: exponential({ mean: 60, min: 1, max: 500, integer: true }),
  outputTokens: exponential({ mean: 30, min: 1, max: 300, integer: true }),
});
const sessions = {
  turns: exponential({ mean: 3, min: 1, integer: true }),
  thinkSeconds: exponential({ mean: 8 }),
};

function generate(spec: Partial<WorkloadSpec>, seed = 1): RequestTable {
  return generateWorkload({ arrivals, lengths, ...spec }, randomStreams(seed));
}

/** Prefix identities of one row. */
function identities({ prefix }: RequestTable, row: number): number[] {
  return [...prefix!.hashes.subarray(prefix!.offsets[row], prefix!.offsets[row + 1])];
}

/** Blocks from the first on in which two rows agree. */
function sharedBlocks(table: RequestTable, a: number, b: number): number {
  const [x, y] = [identities(table, a), identities(table, b)];
  let k = 0;
  while (k < Math.min(x.length, y.length) && x[k] === y[k]) k++;
  // Prefix identities never meet again once they have parted.
  ok(!x.slice(k).some((id) => y.includes(id)));
  return k;
}

Deno.test("generateWorkload() stops at the number of requests or at the duration, whichever is first", () => {
  strictEqual(generate({ requests: 1000 }).count, 1000);
  const long = generate({ requests: 5000 }).arrivalAtSeconds;
  for (const durationSeconds of [3, 40, 400]) {
    const { count, arrivalAtSeconds, promptTokens } = generate({ durationSeconds, requests: 5000 });
    const expected = long.filter((at) => at <= durationSeconds);
    deepStrictEqual(arrivalAtSeconds, expected);
    strictEqual(count, expected.length);
    strictEqual(promptTokens.length, count);
  }
  // Without a number of requests the chunks of a long duration join seamlessly.
  const chunks = generate({ durationSeconds: 3000 }).arrivalAtSeconds;
  deepStrictEqual(chunks, generate({ requests: chunks.length }).arrivalAtSeconds);
  ok(chunks.length > 25_000);
});

Deno.test("generateWorkload() ends with a curve that ends", () => {
  const curve = rateCurve({ ratesPerSecond: [5], pieceSeconds: 10, repeat: false });
  const { arrivalAtSeconds, count } = generate({ arrivals: curve, requests: 10_000 });
  ok(count > 20 && count < 100);
  ok(arrivalAtSeconds[count - 1] < 10);
});

Deno.test("generateWorkload() is the same for the same seed and another for another", () => {
  const spec = { requests: 300, sessions, functions: { count: 5, zipf: 1 } };
  deepStrictEqual(generate(spec, 3), generate(spec, 3));
  ok(generate(spec, 3).promptTokens.join() !== generate(spec, 4).promptTokens.join());
});

Deno.test("a change of one law leaves every other column unchanged", () => {
  const full: Partial<WorkloadSpec> = {
    requests: 500,
    functions: { count: 4, zipf: 1 },
    classes: { weights: [3, 1] },
    tenants: { weights: [1, 1, 1] },
  };
  const base = generate(full);
  const longer = independentLengths({
    promptTokens: exponential({ mean: 60, min: 1, max: 500, integer: true }),
    outputTokens: uniform({ min: 1, max: 900, integer: true }),
  });
  const changes: [Partial<WorkloadSpec>, keyof RequestTable][] = [
    [{ arrivals: uniformArrivals({ ratePerSecond: 3 }) }, "arrivalAtSeconds"],
    [{ lengths: longer }, "outputTokens"],
    [{ functions: { count: 9, zipf: 0 } }, "functionId"],
    [{ classes: { weights: [1, 3] } }, "classId"],
    [{ tenants: { count: 7, zipf: 2 } }, "tenantId"],
  ];
  for (const [change, column] of changes) {
    const { [column]: changed, ...others } = generate({ ...full, ...change });
    const { [column]: original, ...expected } = base;
    deepStrictEqual(others, expected);
    ok(String(changed) !== String(original), column);
  }
});

Deno.test("functions, classes and tenants get their shares; a single one needs no column", () => {
  const { functionId, classId, tenantId } = generate({
    requests: 40_000,
    functions: { count: 3, zipf: 1 },
    classes: { weights: [0.7, 0.3] },
    tenants: { count: 1, zipf: 1 },
  });
  const share = (column: ArrayLike<number>, id: number) =>
    Array.from(column).filter((x) => x === id).length / column.length;
  for (const [id, expected] of [6 / 11, 3 / 11, 2 / 11].entries()) {
    ok(Math.abs(share(functionId!, id) - expected) < 0.012);
  }
  ok(Math.abs(share(classId!, 1) - 0.3) < 0.012);
  strictEqual(tenantId, undefined);
  const plain = generate({ requests: 5 });
  deepStrictEqual(Object.keys(plain), [
    "count",
    "arrivalAtSeconds",
    "promptTokens",
    "outputTokens",
  ]);
});

Deno.test("cyclePrompts repeats lengths and shares whole prompts, and nothing else", () => {
  const table = generate({ requests: 95, cyclePrompts: 20 });
  for (let i = 0; i < 95; i++) {
    strictEqual(table.promptTokens[i], table.promptTokens[i % 20]);
    strictEqual(table.outputTokens[i], table.outputTokens[i % 20]);
    const blocks = Math.floor(table.promptTokens[i] / 16);
    strictEqual(identities(table, i).length, blocks);
    for (let j = 0; j < i; j++) {
      strictEqual(sharedBlocks(table, i, j), i % 20 === j % 20 ? blocks : 0);
    }
  }
});

Deno.test("cyclePrompts with a trace's lengths replays the trace over and over", () => {
  const trace = generate({ requests: 7 }, 9);
  const table = generate({ lengths: lengthsFromTable(trace), requests: 20, cyclePrompts: 7 });
  for (let i = 0; i < 20; i++) strictEqual(table.promptTokens[i], trace.promptTokens[i % 7]);
});

Deno.test("prefixGroups put a shared prefix in front of prompts; members share its full blocks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 100 }),
      fc.integer({ min: 1, max: 40 }),
      fc.nat(),
      (groups, tokensPerGroup, blockTokens, seed) => {
        const prefixGroups = { groups, tokensPerGroup, zipf: 0.5 };
        const table = generate({ requests: 30, prefixGroups, blockTokens }, seed);
        const plain = generate({ requests: 30 }, seed);
        const shared = Math.floor(tokensPerGroup / blockTokens);
        const seen = new Set<number>();
        for (let i = 0; i < 30; i++) {
          strictEqual(table.promptTokens[i], plain.promptTokens[i] + tokensPerGroup);
          strictEqual(
            identities(table, i).length,
            Math.floor(table.promptTokens[i] / blockTokens),
          );
          if (shared > 0) seen.add(identities(table, i)[0]);
          for (let j = 0; j < i; j++) ok([0, shared].includes(sharedBlocks(table, i, j)));
        }
        ok(seen.size <= groups);
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("the turns of a session follow each other, and each shares its whole history", () => {
  const prefixGroups = { groups: 2, tokensPerGroup: 40, zipf: 0 };
  const classes = { weights: [1, 1] };
  const table = generate({ requests: 200, sessions, prefixGroups, classes });
  strictEqual(table.count, 200);
  const { sessionId, afterRequest, thinkSeconds, promptTokens, outputTokens } = table;
  let turns = 0;
  for (let i = 0; i < table.count; i++) {
    const blocks = Math.floor((promptTokens[i] + outputTokens[i]) / 16);
    strictEqual(identities(table, i).length, blocks);
    if (i === 0 || sessionId![i] !== sessionId![i - 1]) {
      strictEqual(afterRequest![i], -1);
      strictEqual(thinkSeconds![i], 0);
      if (i > 0) ok(sharedBlocks(table, i, i - 1) <= 2);
      continue;
    }
    turns++;
    strictEqual(afterRequest![i], i - 1);
    ok(thinkSeconds![i] > 0);
    const history = promptTokens[i - 1] + outputTokens[i - 1];
    ok(promptTokens[i] > history);
    strictEqual(sharedBlocks(table, i, i - 1), Math.floor(history / 16));
    strictEqual(table.classId![i], table.classId![i - 1]);
    strictEqual(table.arrivalAtSeconds[i], table.arrivalAtSeconds[i - 1]);
  }
  ok(turns > 80 && turns < 180, `${turns}`);
});

Deno.test("sessions have the mean number of turns and think time that was asked for", () => {
  const { count, sessionId, thinkSeconds } = generate({ durationSeconds: 2000, sessions });
  const started = sessionId![count - 1] + 1;
  ok(Math.abs(count / started - 3) < 0.08, `${count / started}`);
  const think = thinkSeconds!.reduce((a, b) => a + b, 0) / (count - started);
  ok(Math.abs(think - 8) < 0.2, `${think}`);
});

Deno.test("a session ends before a prompt longer than maxPromptTokens", () => {
  const turns = constant({ value: 50, integer: true });
  const maxPromptTokens = 400;
  const table = generate({ requests: 500, sessions: { ...sessions, turns, maxPromptTokens } });
  for (let i = 0; i < table.count; i++) {
    if (table.afterRequest![i] >= 0) ok(table.promptTokens[i] <= maxPromptTokens);
  }
  ok(new Set(table.sessionId).size > 50);
});

Deno.test("a closed loop starts at once or along a ramp", () => {
  const closedLoop = { concurrency: 8, thinkSeconds: 0.5 };
  const once = generate({ arrivals: undefined, closedLoop, requests: 100 });
  deepStrictEqual(once.closedLoop, closedLoop);
  ok(once.arrivalAtSeconds.every((at) => at === 0));
  const ramp = generate({ closedLoop, requests: 100 }).arrivalAtSeconds;
  deepStrictEqual(ramp.slice(0, 8), generate({ requests: 8 }).arrivalAtSeconds);
  ok(ramp.subarray(8).every((at) => at === ramp[7]));
});

Deno.test("generateWorkload() refuses settings out of range and those that exclude each other", () => {
  throws(() => generate({}), /durationSeconds or requests .*: current value is undefined$/);
  throws(() => generate({ durationSeconds: -5 }), /durationSeconds .* > 0: current value is -5$/);
  throws(() => generate({ durationSeconds: Infinity }), RangeError);
  throws(() => generate({ requests: 1.5 }), /requests as a whole .*: current value is 1.5$/);
  throws(() => generate({ requests: 5, arrivals: undefined }), /arrivals/);
  throws(() => generate({ requests: 5, cyclePrompts: 0 }), /cyclePrompts .* value is 0$/);
  const closedLoop = { concurrency: 2, thinkSeconds: 0 };
  throws(() => generate({ durationSeconds: 5, closedLoop }), /length of a closed loop/);
  throws(() => generate({ requests: 5, closedLoop, sessions }), /together with closedLoop$/);
  throws(() => generate({ requests: 5, cyclePrompts: 2, sessions }), /together with cyclePrompts$/);
  const prefixGroups = { groups: 0, tokensPerGroup: 9, zipf: 1 };
  throws(() => generate({ requests: 5, prefixGroups }), /prefixGroups.groups .* value is 0$/);
  throws(
    () => generate({ requests: 5, classes: { count: 300, zipf: 0 } }),
    /classes as at most 256: current value is 300$/,
  );
  const turns = uniform({ min: 0, max: 2, integer: true });
  throws(() => generate({ requests: 99, sessions: { ...sessions, turns } }), /at least 1/);
});

Deno.test("withArrivals() gives lengths the instants of a process", () => {
  const table = generate({ requests: 10 });
  const moved = withArrivals(
    table,
    uniformArrivals({ ratePerSecond: 4 }),
    randomStreams(1).take("arrivals"),
  );
  strictEqual(moved.promptTokens, table.promptTokens);
  deepStrictEqual([...moved.arrivalAtSeconds.subarray(0, 3)], [0.25, 0.5, 0.75]);
  const short = rateCurve({ ratesPerSecond: [1], pieceSeconds: 2, repeat: false });
  throws(() => withArrivals(table, short, randomStreams(1).take("arrivals")), /10 requests, /);
});

Deno.test("embeddedWorkload() follows its rate curve, scaled where asked", () => {
  const { arrivals, lengths, licence } = embeddedWorkload("azure-conversation");
  strictEqual(licence, "CC-BY-4.0");
  const hour = generate({ arrivals, lengths, durationSeconds: 3600 });
  ok(Math.abs(hour.count / (3600 * arrivals.meanRatePerSecond) - 1) < 0.03);
  const double = embeddedWorkload("azure-conversation", { rateScale: 2 }).arrivals;
  strictEqual(double.meanRatePerSecond, 2 * arrivals.meanRatePerSecond);
  throws(() => embeddedWorkload("azure" as "azure-conversation"), /azure-conversation.*"azure"$/);
  throws(() => embeddedWorkload("azure-conversation", { rateScale: 0 }), /current value is 0$/);
});
