import { deepEqual, equal, ok, rejects } from "#assert";
import { createHash } from "node:crypto";
import { loadConfig } from "../config/load.ts";
import { memoryPages } from "../metrics/rows/page_store.ts";
import type { StreamedResult } from "../metrics/rows/request_rows.ts";
import type { RunResult } from "../metrics/run_tables.ts";
import { coldStartWaitTable, requestTable } from "../results/result_tables.ts";
import { writeCsv } from "../results/text_formats.ts";
import { simulate, simulateStreamed } from "./simulate.ts";

const newSha256 = () => {
  const hash = createHash("sha256");
  return {
    update: (bytes: Uint8Array) => void hash.update(bytes),
    digest: () => new Uint8Array(hash.digest()),
  };
};

const TRACE = "arrival_s,prompt_tokens,output_tokens\n" +
  Array.from({ length: 90 }, (_, i) => `${Math.floor(i / 5)},${40 + i % 7},${3 + i % 11}`)
    .join("\n");

/** Requests that come five at a time and are alike: only their rows tell them apart. */
const ALIKE = "arrival_s,prompt_tokens,output_tokens\n" +
  Array.from({ length: 120 }, (_, i) => `${Math.floor(i / 5)},64,${3 + (i * 37) % 41}`).join("\n");

/** Configurations of every kind that can be streamed: what is drawn, who waits, who is turned away. */
const CONFIGS: Readonly<Record<string, string>> = {
  plain: `{ workload: { type: poisson, arrival_rate: 5, num_requests: 150 },
    scaling: { enabled: false } }`,
  "one instance by need": "workload: { type: poisson, arrival_rate: 5, num_requests: 150 }",
  duration: "{ workload: { type: gamma, arrival_rate: 4 }, simulation: { duration: 30s } }",
  "cut off": `{ workload: { type: poisson, arrival_rate: 40 },
    simulation: { duration: 5s, drain: false } }`,
  "too long": `{ workload: { type: poisson, arrival_rate: 5, num_requests: 120,
    prompt_length: { distribution: exponential, mean: 1500, min: 1, max: 9000 } },
    model: { name: Llama-3.1-8B, max_model_len: 2048 } }`,
  "scale to zero": `{ workload: { type: poisson, arrival_rate: 0.05, num_requests: 60 },
    scaling: { enabled: true, min_instances: 0, policy: knative-kpa },
    cold_start: { enabled: true }, slo: { ttft_s: 20s } }`,
  functions: `{ workload: { type: poisson, arrival_rate: 6, num_requests: 150,
    functions: { count: 5, zipf: 1 } }, scaling: { enabled: true, min_instances: 0 },
    cold_start: { enabled: true }, slo: { e2e_s: 9s }, gateway: { on_no_capacity: buffer, timeout: 8s }, metrics: { per_function: true } }`,
  classes: `{ workload: { type: poisson, arrival_rate: 30, num_requests: 150, classes: [
    { name: a, share: 0.3, priority: 1, slo: { ttft_s: 0.2s } },
    { name: b, share: 0.7, priority: 0, slo: { e2e_s: 3s } }] },
    scheduler: { scheduling_policy: priority, max_num_seqs: 4 }, scaling: { enabled: false } }`,
  deadlines: `{ workload: { type: poisson, arrival_rate: 30, num_requests: 150, classes: [
    { name: a, share: 0.5, slo: { ttft_s: 0.2s } }, { name: b, share: 0.5, slo: { ttft_s: 3s } }],
    closed_loop: { concurrency: 20, think_time: 0.3s } },
    scheduler: { scheduling_policy: edf, max_num_seqs: 4 }, scaling: { enabled: false } }`,
  fairness: `{ workload: { type: poisson, arrival_rate: 30, num_requests: 150,
    tenants: { count: 6, zipf: 1 } }, cluster: { num_replicas: 2 },
    gateway: { fairness: weighted, concurrency_per_instance: 2 }, scaling: { enabled: false } }`,
  speculation: `{ workload: { type: poisson, arrival_rate: 5, num_requests: 80 },
    speculative: { method: ngram, num_speculative_tokens: 3, mode: sampled, acceptance: [0.6, 0.5, 0.4] }, scaling: { enabled: false } }`,
  "client deadlines": `{ workload: { type: poisson, arrival_rate: 60, num_requests: 150,
    client_deadline: 2s }, scheduler: { max_num_seqs: 8 }, scaling: { enabled: false } }`,
  "patient clients": `{ workload: { type: poisson, arrival_rate: 20, num_requests: 150,
    decode_length: { distribution: constant, mean: 40 }, client_deadline: 1s },
    scaling: { enabled: false } }`,
  "warm-up": `{ workload: { type: poisson, arrival_rate: 5, num_requests: 120 },
    simulation: { warmup_duration: 5s }, scaling: { enabled: false } }`,
  "warm-up longer than the run": `{ workload: { type: poisson, arrival_rate: 5, num_requests: 9 },
    simulation: { warmup_duration: 500s }, scaling: { enabled: false } }`,
  "closed loop":
    `{ workload: { num_requests: 90, closed_loop: { concurrency: 7 } }, scaling: { enabled: false } }`,
  embedded: `{ workload: { type: embedded }, simulation: { duration: 20s },
    scaling: { enabled: false } }`,
  trace: "{ workload: { type: trace, trace: { path: t.csv } }, scaling: { enabled: false } }",
  "alike trace": `{ workload: { type: trace, trace: { path: t.csv } },
    scheduler: { scheduling_policy: shortest-prompt, max_num_seqs: 2 }, scaling: { enabled: false } }`,
  "rated trace": "workload: { type: trace, trace: { path: t.csv, rate_scale: 2.5 } }",
};

/** A result but for its requests. */
function others(run: RunResult) {
  const { requests: _q, rows: _r, latencyParts: _l, engine, ...rest } = run as StreamedResult;
  // What is told of runs that are streamed holds for those alone.
  const notices = engine.notices.filter((notice) => !notice.includes("with --stream"));
  return { ...rest, engine: { ...engine, notices } };
}

function csv(table: ReturnType<typeof requestTable>): string {
  let text = "";
  writeCsv(table, (piece) => text += piece);
  return text;
}

Deno.test("a run that is streamed has the summary, the digest and the tables of the one that is not", async () => {
  for (const [name, yaml] of Object.entries(CONFIGS)) {
    const config = loadConfig(yaml);
    const traceText = name.startsWith("alike") ? ALIKE : TRACE;
    const texts = name.endsWith("trace") ? { traceText } : {};
    const whole = await simulate(config, texts);
    const target = {
      store: memoryPages(),
      newSha256,
      pageRows: 64,
      pagesInMemory: 1,
      pieceRows: 37,
    };
    const stream = await simulateStreamed(config, texts, target);
    deepEqual(others(stream), others(whole), name);
    const told = stream.engine.notices.length - whole.engine.notices.length;
    equal(told, name.endsWith("trace") ? 2 : 1, name);
    ok(whole.summary.requests.arrived > 8, `${name} says something`);
    equal(csv(coldStartWaitTable(stream)), csv(coldStartWaitTable(whole)), name);
    // Slices of tables lie in one page.
    const rows = { store: memoryPages(), newSha256, pageRows: 8192 };
    const tabled = await simulateStreamed(config, texts, rows);
    equal(csv(requestTable(tabled)), csv(requestTable(whole)), name);
  }
});

Deno.test("files of several pages have the rows of the run", async () => {
  const config = loadConfig(`{ workload: { type: poisson, arrival_rate: 50, num_requests: 20000,
    prompt_length: { distribution: constant, mean: 10 },
    decode_length: { distribution: constant, mean: 2 } }, cluster: { num_replicas: 2 } }`);
  const target = { store: memoryPages(), newSha256, pageRows: 8192 };
  const stream = await simulateStreamed(config, {}, target);
  equal(csv(requestTable(stream)), csv(requestTable(await simulate(config))));
  equal(target.store.size, 3);
});

Deno.test("what needs all requests at once is refused, by the setting that asks for it", async () => {
  const refused: Readonly<Record<string, string>> = {
    "simulation.replications": "simulation: { replications: 3 }",
    "simulation.warmup_duration": "simulation: { warmup_duration: mser5 }",
    "simulation.warmup_requests": "simulation: { warmup_requests: 10 }",
    "workload.sessions.mean_turns": "workload: { num_requests: 9, sessions: { mean_turns: 3 } }",
    "workload.prefix_groups.groups":
      "workload: { num_requests: 9, prefix_groups: { groups: 2, tokens: 64 } }",
  };
  for (const [path, yaml] of Object.entries(refused)) {
    const target = { store: memoryPages(), newSha256 };
    await rejects(
      () => simulateStreamed(loadConfig(yaml), {}, target),
      (error) => String(error).includes(`Cannot read "${path}" as that of a run that is streamed`),
    );
  }
});

Deno.test("a store that fails ends the run", async () => {
  const config = loadConfig("workload: { type: poisson, arrival_rate: 5, num_requests: 150 }");
  const full = () => {
    throw new Error("no space left");
  };
  const store = { write: full, read: full };
  await rejects(
    () => simulateStreamed(config, {}, { store, newSha256, pageRows: 8 }),
    /no space left/,
  );
});

Deno.test("more requests inside than there may be end the run, and the line says what to do", async () => {
  const config = loadConfig("workload: { num_requests: 90, closed_loop: { concurrency: 7 } }");
  const target = { store: memoryPages(), newSha256, capacity: 6 };
  await rejects(
    () => simulateStreamed(config, {}, target),
    /as one with at most 6 requests that have arrived and not ended: .*without --stream/,
  );
});
