import { deepEqual, equal, match, ok, rejects } from "#assert";
import { loadConfig } from "../config/load.ts";
import { gpuNamed, nodeWith } from "../hardware/mod.ts";
import { coldStartPreset, oneStart } from "../serverless/cold_start/mod.ts";
import { simulate } from "./simulate.ts";

/** Llama-3.1-8B in bf16, bytes. */
const WEIGHT_BYTES = 2 * 8_030_261_248;

/** One instance on each listed machine at once, or one alone; seconds of the starts by instance. */
async function run(coldStart: string, machines: readonly string[] = []) {
  const nodes = machines.map((entry) => `{ gpus: 1${entry} }`).join(", ");
  const from = `schedule: { entries: [{ from: 0s, instances: ${Math.max(machines.length, 1)} }] }`;
  const { instances, engine: { notices } } = await simulate(loadConfig(`
model: { name: llama-3.1-8b }
workload: { type: uniform, arrival_rate: 0.01, num_requests: 1 }
cluster: { gpu_type: H100, nodes: [${nodes}] }
scaling: { min_instances: 0, max_instances: 8, policy: schedule, ${from}, keep_alive: { policy: always } }
cold_start: { ${coldStart} }
`));
  const seconds: number[] = [];
  for (let i = 0; i < instances.count; i++) {
    if (instances.phaseNames[instances.phase[i]] !== "starting") continue;
    seconds[instances.instanceId[i]] = instances.endAtSeconds[i] - instances.startAtSeconds[i];
  }
  return { seconds, notices };
}

/** The start by itself on the default machine. */
function alone(
  preset: string,
  there: Pick<Parameters<typeof oneStart>[0], "artifacts" | "weightsIn"> = {},
): number {
  const plan = coldStartPreset(preset).plan();
  const node = { ...nodeWith(gpuNamed("H100")), ...plan.links };
  const features = { layers: 32 };
  return oneStart({ plan, weightBytes: WEIGHT_BYTES, features, node, ...there })[0].readyAtSeconds;
}

function near(actual: number, expected: number): void {
  ok(Math.abs(actual - expected) < 1e-6, `${actual} s, not ${expected} s`);
}

Deno.test("what is there everywhere shortens every start as in coldstart", async () => {
  const cases = [
    ["vllm-v1", "[compile]", { artifacts: ["compile"] }],
    ["vllm-v1", "[weights_dram]", { weightsIn: "dram" }],
    ["vllm-v1", "[weights_ssd, compile]", { weightsIn: "ssd", artifacts: ["compile"] }],
    ["vllm-v1", "[weights_ssd, weights_dram]", { weightsIn: "dram" }],
    ["medusa", "[graphs]", { artifacts: ["graphs"] }],
    ["medusa", "[graphs, weights_ssd]", { weightsIn: "ssd", artifacts: ["graphs"] }],
  ] as const;
  for (const [preset, present, there] of cases) {
    const expected = alone(preset, there);
    ok(expected < alone(preset) - 0.05, "it shortens a start");
    for (const machines of [[], [""], ["", ", type: generic"]]) {
      const { seconds } = await run(`preset: ${preset}, present: ${present}`, machines);
      equal(seconds.length, Math.max(1, machines.length));
      for (const each of seconds) near(each, expected);
    }
  }
});

Deno.test("an image that is there is not pulled, on each machine for itself", async () => {
  const image = "preset: vllm-v1, image_size: 10GB, registry: 1GB/s";
  const base = alone("vllm-v1");
  near((await run(image)).seconds[0], base + 10);
  near((await run(`${image}, present: [image]`)).seconds[0], base);
  const { seconds } = await run(image, [", present: [image]", ""]);
  // The machine that pulls has the registry for itself.
  near(seconds[0], base);
  near(seconds[1], base + 10);
});

Deno.test("machines have what their entry says, and weights as far as they fit", async () => {
  const { seconds } = await run("preset: vllm-v1", [
    ", present: [weights_dram]",
    ", present: [weights_ssd, compile]",
    "",
  ]);
  near(seconds[0], alone("vllm-v1", { weightsIn: "dram" }));
  near(seconds[1], alone("vllm-v1", { weightsIn: "ssd", artifacts: ["compile"] }));
  near(seconds[2], alone("vllm-v1"));
  // The machine has no disk: what cannot be there is fetched, and a notice says so.
  const none = await run("preset: vllm-v1, present: [weights_ssd]", [
    "",
    ", type: ecs-a10, gpu_type: H100",
  ]);
  near(none.seconds[0], alone("vllm-v1", { weightsIn: "ssd" }));
  near(none.seconds[1], alone("vllm-v1"));
  ok(none.notices.some((each) => each.includes("do not fit on 1 of 2 machines")));
});

Deno.test("a compile cache on one machine serves it alone until a start has filled the cluster's", async () => {
  const { instances } = await simulate(loadConfig(`
model: { name: llama-3.1-8b }
workload: { type: uniform, arrival_rate: 0.001, num_requests: 3 }
cluster: { gpu_type: H100, nodes: [{ gpus: 1 }, { gpus: 1, present: [compile] }] }
cold_start: { preset: vllm-v1, present: [weights_dram] }
scaling: { policy: schedule, min_instances: 0, max_instances: 2, keep_alive: { policy: always },
  schedule: { entries: [{ from: 0s, instances: 2 }, { from: 300s, instances: 0 }, { from: 600s, instances: 1 }] } }
`));
  const seconds: number[] = [];
  for (let i = 0; i < instances.count; i++) {
    if (instances.phaseNames[instances.phase[i]] !== "starting") continue;
    seconds[instances.instanceId[i]] = instances.endAtSeconds[i] - instances.startAtSeconds[i];
  }
  const [cold, cached] = [[], ["compile"]].map((artifacts) =>
    alone("vllm-v1", { weightsIn: "dram", artifacts })
  );
  near(seconds[0], cold);
  near(seconds[1], cached);
  near(seconds[2], cached);
});

Deno.test("names of what is there are checked, and those that no start uses are told", async () => {
  await rejects(
    () => run("preset: vllm-v1, present: [complie]"),
    /"cold_start.present" as names of what starts leave: current value is "complie" \(allowed: image, compile,/,
  );
  await rejects(() => run("preset: vllm-v1", [", present: [ssd]"]), /"cluster.nodes\[\].present"/);
  const { notices } = await run("preset: simple, present: [compile, graphs, image]");
  const [said, ...others] = notices.filter((each) => each.startsWith("cold_start.present"));
  match(
    said,
    /^cold_start.present: compile and graphs have no effect: no stage of the preset simple leaves/,
  );
  deepEqual(others, []);
});

Deno.test("the example of docs/cold-start.md runs: what is there is neither pulled nor compiled", async () => {
  const page = Deno.readTextFileSync(new URL("../../docs/cold-start.md", import.meta.url));
  const example = /```yaml\n(cluster:[\s\S]*?)```/.exec(page)![1];
  const { instances, engine: { notices } } = await simulate(loadConfig([
    `
model: { name: llama-3.1-8b }
workload: { type: uniform, arrival_rate: 0.01, num_requests: 1 }
scaling: { min_instances: 0, keep_alive: { policy: always } }
`,
    example,
  ].join("\n")));
  const expected = alone("vllm-v1", { weightsIn: "ssd", artifacts: ["compile"] });
  near(instances.endAtSeconds[0] - instances.startAtSeconds[0], expected);
  deepEqual(notices.filter((each) => each.includes("present")), []);
});
