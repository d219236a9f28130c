import assert from "#assert";
import fc from "fast-check";
import type { ExecutionTimeModel } from "../../../execution/execution_time_model.ts";
import { hostTimeOf, predictedSeconds, stepErrors } from "./step_errors.ts";
import { type LoggedStep, readStepLog } from "./step_log.ts";

/** 1 ms, 10 us per prompt token, 1 us per KV entry of a decode. */
const MODEL: ExecutionTimeModel = {
  name: "line",
  stepSeconds({ decodeContextTokens, chunkCount, chunkTokens }) {
    let seconds = 1e-3 + 1e-6 * decodeContextTokens;
    for (let i = 0; i < chunkCount; i++) seconds += 1e-5 * chunkTokens[i];
    return seconds;
  },
  decodeLine: () => false,
};

const line = (
  prompts: number,
  promptTokens: number,
  decodes: number,
  ms: number,
  rest = "",
) =>
  `(EngineCore_DP0 pid=7) INFO 11-30 10:00:00 [core.py:359] Iteration(3): ${prompts} context requests, ` +
  `${promptTokens} context tokens, ${decodes} generation requests, ${decodes} generation tokens, ` +
  `iteration elapsed time: ${ms} ms${rest}`;

Deno.test("vLLM's log is read as it writes it, in both of its forms", () => {
  const { steps, broken, dummies, format } = readStepLog([
    "INFO [kv_cache_utils.py:1319] GPU KV cache size: 100,000 tokens",
    line(2, 1001, 0, 25),
    line(0, 0, 2, 5.25),
    line(1, 90, 40, 9.5, ", GPU KV cache usage: 7.1%"),
    line(0, 0, 0, 5, " (dummy)"),
    line(1, 90, 40, 9.5).slice(0, 120),
    "INFO something else",
  ].join("\n"));
  assert.equal(format, "vLLM's log");
  assert.deepEqual([broken, dummies], [1, 1]);
  assert.deepEqual(steps, [
    { decodes: 0, chunks: [[500, 0], [501, 0]], seconds: 0.025 },
    { decodes: 2, chunks: [], seconds: 0.00525 },
    // 7.1 % of 100,000 entries, without the prompt's own.
    { decodes: 40, contextTokens: 7010, chunks: [[90, 0]], seconds: 0.0095 },
  ]);
  assert.throws(() => readStepLog("hello\nthere"), /as steps of an engine .* without any/);
  assert.throws(() => readStepLog("Iteration(1): 3 cont"), /current value is 1 broken lines/);
});

Deno.test("serving steps and lines of the collector are read with contexts and host times", () => {
  const csv = readStepLog(
    "t,t_launch,t_end,how,decodes,context,longest,chunks,padded,sampled,gpu_ms,host_ms\n" +
      "0,0,1,pieces,1,223,223,363+0 12+2036,384,1,10,8\n" +
      "0,0,1,graph,2,590,365,,2,2,4.5,0.2\n",
  );
  assert.deepEqual(csv.steps[0], {
    how: "pieces",
    decodes: 1,
    contextTokens: 223,
    longestTokens: 223,
    chunks: [[363, 0], [12, 2036]],
    seconds: 0.01,
    hostSeconds: 0.008,
  });
  assert.deepEqual(csv.steps[1].chunks, []);
  const step = '{"op":"step","how":"eager","decodes":0,"context":0,"chunks":[[64,32]],"ms":2}';
  const collected = readStepLog(`${step}\n{"op":"st`);
  assert.deepEqual(collected.steps, [
    { how: "eager", decodes: 0, chunks: [[64, 32]], seconds: 0.002 },
  ]);
  assert.equal(collected.broken, 1);
});

Deno.test("what an engine takes beyond a right prediction is found again, per step and per sequence", () => {
  fc.assert(fc.property(
    fc.double({ min: 0, max: 1e-3, noNaN: true }),
    fc.double({ min: 0, max: 1e-5, noNaN: true }),
    fc.uniqueArray(fc.integer({ min: 1, max: 256 }), { minLength: 4, maxLength: 40 }),
    (stepSeconds, sequenceSeconds, batches) => {
      const steps = batches.map((decodes): LoggedStep => ({
        decodes,
        contextTokens: 100 * decodes,
        chunks: [],
        seconds: 1e-3 + 1e-4 * decodes + stepSeconds + sequenceSeconds * decodes,
      }));
      const prompt: LoggedStep = { decodes: 0, chunks: [[100, 0]], seconds: 1 };
      const all = [...steps, prompt];
      const host = hostTimeOf(all, predictedSeconds(MODEL, all, undefined))!;
      assert.ok(Math.abs(host.stepSeconds - stepSeconds) < 1e-9, `${host.stepSeconds}`);
      assert.ok(Math.abs(host.sequenceSeconds - sequenceSeconds) < 1e-9);
    },
  ));
  // A source that is too slow leaves nothing for the host, and no negative time.
  const slow: LoggedStep[] = [1, 2, 3].map((decodes) => ({
    decodes,
    contextTokens: 0,
    chunks: [],
    seconds: 1e-4,
  }));
  const none = hostTimeOf(slow, predictedSeconds(MODEL, slow, undefined));
  assert.deepEqual(none, { stepSeconds: 0, sequenceSeconds: 0 });
  assert.equal(
    hostTimeOf([{ decodes: 0, chunks: [[1, 0]], seconds: 1 }], Float64Array.of(1)),
    undefined,
  );
});

Deno.test("errors are told apart by what a step computes and how it was launched", () => {
  const steps: LoggedStep[] = [
    { decodes: 1, contextTokens: 0, chunks: [], seconds: 2e-3, how: "graph" },
    { decodes: 1, contextTokens: 1000, chunks: [], seconds: 2e-3, how: "graph" },
    { decodes: 1, contextTokens: 0, chunks: [[100, 0]], seconds: 1e-3, hostSeconds: 5e-3 },
  ];
  const [graphs, mixed] = stepErrors(steps, predictedSeconds(MODEL, steps, undefined));
  assert.equal(graphs.kind, "decodes, graph");
  assert.ok(Math.abs(graphs.median + 0.25) < 1e-12 && Math.abs(graphs.total + 0.25) < 1e-12);
  assert.equal(graphs.hostSeconds, null);
  assert.equal(mixed.kind, "mixed");
  assert.ok(Math.abs(mixed.median - 1) < 1e-12);
  assert.equal(mixed.hostSeconds, 5e-3);
  // Contexts that the log does not say are as many as the caller says.
  const [seconds] = predictedSeconds(MODEL, [{ decodes: 4, chunks: [], seconds: 1 }], 250);
  assert.ok(Math.abs(seconds - 2e-3) < 1e-12);
});
