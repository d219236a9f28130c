import { deepStrictEqual, ok, rejects, strictEqual } from "#assert";
import type { RunResult } from "../metrics/run_tables.ts";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

const DEPLOYMENT = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: A100, gpu_memory_gb: 80, num_replicas: 1 }
scaling: { enabled: false }
simulation: { duration: 60, warmup_duration: 0 }
workload:
  type: poisson
  arrival_rate: 20
  prompt_length: { distribution: constant, mean: 400 }
  decode_length: { distribution: constant, mean: 20 }
`;

/** Runs a small deployment that `yaml` changes. */
function run(yaml: string, traceText?: string): Promise<RunResult> {
  return simulate(loadConfig([DEPLOYMENT, yaml]), traceText === undefined ? {} : { traceText });
}

/** More work than the instance can do. */
const OVERLOAD = `
workload: { arrival_rate: 60, prompt_length: { mean: 4000 } }
`;

Deno.test("gateway.rate_limit lets through its rate and its burst, whatever arrives", async () => {
  const { summary } = await run("gateway: { rate_limit: { requests_per_second: 5, burst: 10 } }");
  const { arrived, completed, reasons } = summary.requests;
  ok(Math.abs(completed - 310) <= 6, `${completed} of ${arrived}`);
  strictEqual(reasons.rejected_rate_limit, arrived - completed);
});

Deno.test("a class's rate limit holds for that class alone", async () => {
  const { summary, requests } = await run(`
workload:
  classes:
    - { name: free, share: 0.5, rate_limit: { requests_per_second: 2, burst: 5 } }
    - { name: paid, share: 0.5 }
`);
  const rejected = (classId: number) =>
    requests.outcome.reduce(
      (n, outcome, i) => n + (outcome !== 1 && requests.classId[i] === classId ? 1 : 0),
      0,
    );
  strictEqual(rejected(1), 0);
  deepStrictEqual(summary.classes.map(({ name }) => name), ["free", "paid"]);
  ok(Math.abs(summary.classes[0].arrived - rejected(0) - 125) <= 5, `${rejected(0)}`);
});

Deno.test("early rejection keeps those it lets in near their limit under overload", async () => {
  const limits = `${OVERLOAD}slo: { ttft_s: 2 }\n`;
  const without = await run(limits);
  const early = await run(`${limits}gateway: { early_rejection: true }`);
  ok(without.summary.slo_attainment! < 0.1, `${without.summary.slo_attainment}`);
  ok(early.summary.slo_attainment! > 2.5 * without.summary.slo_attainment!);
  const { requests, slo_attainment: share } = early.summary;
  strictEqual(requests.reasons.rejected_slo, requests.arrived - requests.completed);
  // Those let in wait at the very limit, so some end just beyond it; nobody waits long in vain.
  ok(share! * requests.arrived > 0.5 * requests.completed);
  ok(early.summary.ttft_s.max! < 1.2 * 2, `${early.summary.ttft_s.max}`);
});

Deno.test("early rejection lets everybody in while there is time", async () => {
  const { summary } = await run("slo: { ttft_s: 5 }\ngateway: { early_rejection: true }");
  strictEqual(summary.requests.completed, summary.requests.arrived);
  strictEqual(summary.slo_attainment, 1);
});

Deno.test("weighted fairness keeps a modest class fast beside a flooding one", async () => {
  const yaml = (fairness: string) => `
workload:
  arrival_rate: 60
  prompt_length: { mean: 4000 }
  classes: [{ name: flood, share: 0.95 }, { name: modest, share: 0.05 }]
gateway: { fairness: ${fairness}, concurrency_per_instance: 8 }
`;
  const [fcfs, weighted] = [await run(yaml("fcfs")), await run(yaml("weighted"))];
  const median = (result: RunResult, id: number) => result.summary.classes[id].ttft_s.p50!;
  ok(median(fcfs, 1) > 10, `${median(fcfs, 1)}`);
  ok(median(weighted, 1) < 0.1 * median(fcfs, 1), `${median(weighted, 1)}`);
  strictEqual(weighted.summary.requests.completed, fcfs.summary.requests.completed);
});

Deno.test("weights share the service of flooding classes", async () => {
  const { requests } = await run(`
simulation: { duration: 40, drain: false }
workload:
  arrival_rate: 60
  prompt_length: { mean: 4000 }
  classes: [{ name: a, share: 0.5, weight: 3 }, { name: b, share: 0.5 }]
gateway: { fairness: weighted, concurrency_per_instance: 8 }
`);
  const completed = [0, 0];
  requests.outcome.forEach((outcome, i) => {
    if (outcome === 1) completed[requests.classId[i]]++;
  });
  const ratio = completed[0] / completed[1];
  ok(ratio > 2.7 && ratio < 3.3, `${completed}`);
});

Deno.test("a buffer turns away beyond its limit and lets go after its timeout", async () => {
  const { summary, requests } = await run(`
workload: { arrival_rate: 60, prompt_length: { mean: 4000 } }
gateway: { on_no_capacity: buffer, limit: 50, timeout: 1, concurrency_per_instance: 4 }
`);
  const { reasons, timed_out } = summary.requests;
  ok(reasons.rejected_queue_full > 0 && timed_out > 0);
  for (let i = 0; i < requests.count; i++) {
    const scheduled = requests.scheduledAtSeconds[i];
    ok(!(scheduled - requests.arrivalAtSeconds[i] > 1.5), "the buffer's second and one step");
  }
});

Deno.test("stale loads make least-loaded send herds", async () => {
  const yaml = (staleness: number) => `
cluster: { num_replicas: 4, routing: { policy: least-loaded, staleness: ${staleness} } }
workload: { arrival_rate: 60 }
`;
  const [live, stale] = [await run(yaml(0)), await run(yaml(2))];
  ok(stale.summary.ttft_s.p99! > 1.5 * live.summary.ttft_s.p99!);
  // Between two reports everybody goes to the one that was reported least loaded.
  const changes = ({ requests: { instanceId } }: RunResult) =>
    instanceId.reduce((n, id, i) => n + (i > 0 && id !== instanceId[i - 1] ? 1 : 0), 0);
  ok(changes(stale) <= 31 && changes(live) > 500, `${changes(stale)}, ${changes(live)}`);
});

const TRACE = "arrival_s,prompt_tokens,output_tokens,class\n" +
  ["0,900,30,batch", "0.001,800,30,batch", "0.002,100,30,chat", "0.003,700,30,batch"].join("\n");
const TRACE_WORKLOAD = (classes: string) => `
workload: { type: trace, trace: { path: t.csv, format: csv }, classes: ${classes} }
`;

Deno.test("classes of a trace are matched by name, or named by the trace", async () => {
  const configured = await run(
    TRACE_WORKLOAD("[{ name: chat, slo: { ttft_s: 1 } }, { name: batch }, { name: other }]"),
    TRACE,
  );
  deepStrictEqual([...configured.requests.classId], [1, 1, 0, 1]);
  deepStrictEqual(
    configured.summary.classes.map(({ name, arrived, slo_attainment }) => [
      name,
      arrived,
      slo_attainment,
    ]),
    [["chat", 1, 1], ["batch", 3, null], ["other", 0, null]],
  );
  const named = await run(TRACE_WORKLOAD("[]"), TRACE);
  deepStrictEqual(named.summary.classes.map(({ name }) => name), ["batch", "chat"]);
  await rejects(() => run(TRACE_WORKLOAD("[{ name: chat }, { name: bulk }]"), TRACE), {
    message: "Cannot use a class of the trace as one of workload.classes: current value is " +
      '"batch" (allowed: chat, bulk)',
  });
});

Deno.test("a trace without classes is shared out, and classes without shares are refused", async () => {
  const trace = TRACE.replaceAll(/,(class|batch|chat)/g, "");
  const yaml = (a: string, b: string) => TRACE_WORKLOAD(`[{ name: a${a} }, { name: b${b} }]`);
  const { summary } = await run(yaml(", share: 0.5", ", share: 0.5"), trace);
  strictEqual(summary.classes[0].arrived + summary.classes[1].arrived, 4);
  await rejects(() => run(yaml("", ""), trace), { message: /2 classes without shares/ });
});

Deno.test("priority and edf serve a late urgent request before those that wait", async () => {
  const yaml = (order: string) =>
    TRACE_WORKLOAD(
      "[{ name: chat, priority: 0, slo: { ttft_s: 1 } }, " +
        "{ name: batch, priority: 1, slo: { ttft_s: 100 } }]",
    ) +
    `scheduler: { scheduling_policy: ${order}, max_num_seqs: 1 }`;
  const order = async (name: string) => {
    const { requests } = await run(yaml(name), TRACE);
    return [0, 1, 2, 3].sort((a, b) =>
      requests.scheduledAtSeconds[a] - requests.scheduledAtSeconds[b]
    );
  };
  deepStrictEqual(await order("fcfs"), [0, 1, 2, 3]);
  deepStrictEqual(await order("priority"), [0, 2, 1, 3]);
  deepStrictEqual(await order("edf"), [0, 2, 1, 3]);
  deepStrictEqual(await order("shortest-prompt"), [0, 2, 3, 1]);
});

Deno.test("settings without effect are noticed", async () => {
  const { engine } = await run("gateway: { fairness: weighted, early_rejection: true }");
  strictEqual(engine.notices.filter((notice) => notice.startsWith("gateway.")).length, 2);
});
