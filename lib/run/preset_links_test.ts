import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { gpuNamed, nodeWith } from "../hardware/mod.ts";
import { coldStartPreset, oneStart } from "../serverless/cold_start/mod.ts";
import { simulate } from "./simulate.ts";

/** Llama-3.1-8B in bf16, bytes: 8,030,261,248 parameters. */
const WEIGHT_BYTES = 2 * 8_030_261_248;

/** A store that sends 1.25 GB/s in all, and nothing else takes time. */
const STORE = `
id: store
summary: Weights from a store that sends 1.25 GB/s in all, and nothing else
sources: ["made up"]
links: { storage_bytes_per_s: 1.25e+9 }
stages:
  - stage: weights_fetch
    after: []
    transfer: { what: weights, from: { remote: { links: [storage, nic] } }, keep_in: [ssd, dram] }
`;

/** Starts of a run with one request, or with a fleet of four where a list of machines is given. */
async function run(preset: string, settings = "", fleet = "", machine = "") {
  const config = loadConfig(`
model: { name: llama-3.1-8b }
workload: { type: uniform, arrival_rate: 0.01, num_requests: 1 }
cluster: { gpu_type: H100${
    fleet && ", nodes: [{ count: 4, gpus: 1, gpu_type: H100" + machine + " }]"
  } }
scaling: { min_instances: 0, max_instances: 8${fleet}, keep_alive: { policy: always } }
cold_start: { preset: ${preset}${settings} }
`);
  const files = new Map([["store.yaml", STORE]]);
  const { instances, engine: { notices } } = await simulate(config, { files });
  const seconds: number[] = [];
  for (let i = 0; i < instances.count; i++) {
    if (instances.phaseNames[instances.phase[i]] !== "starting") continue;
    seconds.push(instances.endAtSeconds[i] - instances.startAtSeconds[i]);
  }
  return { seconds, notices };
}

const FOUR = ", policy: schedule, schedule: { entries: [{ from: 0s, instances: 4 }] }";

/** The first chunk goes on over the H100's PCIe, 64 GB/s, when the card has brought it. */
const FILL_SECONDS = 2 ** 25 / 64e9;

function near(actual: number, expected: number, what: string): void {
  ok(Math.abs(actual - expected) < 1e-6 * expected, `${what}: ${actual} s, not ${expected} s`);
}

Deno.test("machines that share a store wait for its bytes: one alone, or four of them at once", async () => {
  const alone = await run("store.yaml");
  equal(alone.seconds.length, 1);
  near(alone.seconds[0], WEIGHT_BYTES / 1.25e9, "alone");
  const { seconds } = await run("store.yaml", "", FOUR);
  equal(seconds.length, 4);
  for (const each of seconds) near(each, 4 * WEIGHT_BYTES / 1.25e9, "four");
});

Deno.test("a preset's start is as long in a run as by itself on a machine with its links", async () => {
  const node = nodeWith(gpuNamed("H100"));
  for (const id of ["serverless-vllm", "hydraserve-single", "medusa", "vllm-v1", "simple"]) {
    const preset = coldStartPreset(id);
    for (const platform of preset.platforms) {
      const plan = preset.plan(platform);
      const [own] = oneStart({
        plan,
        weightBytes: WEIGHT_BYTES,
        features: { layers: 32 },
        node: { ...node, ...plan.links },
      });
      const { seconds } = await run(id, `, platform: ${platform}`);
      near(seconds[0], own.readyAtSeconds, `${id} on ${platform}`);
    }
  }
});

Deno.test("HydraServe's starts of an 8B take what its figures' links give", async () => {
  const fetch = WEIGHT_BYTES / 2e9;
  const [vllm] = (await run("serverless-vllm")).seconds;
  near(vllm, 5.95 + fetch + WEIGHT_BYTES / 3.45e9, "serverless-vllm");
  const [hydraserve] = (await run("hydraserve-single")).seconds;
  near(
    hydraserve,
    1.7 + fetch + FILL_SECONDS,
    "hydraserve-single, whose load hides behind the fetch",
  );
});

Deno.test("store, registry, image and platform are settings of a run", async () => {
  const [stored] = (await run("store.yaml", ", store: 2.5GB/s")).seconds;
  near(stored, WEIGHT_BYTES / 2.5e9, "a store of its own");
  const base = (await run("vllm-v1")).seconds[0];
  const pulled = (await run("vllm-v1", ", image_size: 10GB, registry: 1GB/s")).seconds[0];
  near(pulled, base + 10, "an image of 10 GB at 1 GB/s");
  const four = (await run("vllm-v1", ", image_size: 10GB, registry: 1GB/s", FOUR)).seconds;
  const fourWithout = (await run("vllm-v1", "", FOUR)).seconds;
  four.forEach((each, i) => near(each, fourWithout[i] + 40, "four pull from one registry"));
  let says = "";
  await run("serverless-vllm", ", platform: h100").catch((error) => says = error.message);
  ok(
    /"cold_start.platform" .* current value is "h100" \(allowed: ecs-a10, ecs-v100\)/.test(says),
    says,
  );
});

Deno.test("a run says which settings its preset does not use, and whose links its machines have", async () => {
  const { notices } = await run("store.yaml", ", image_size: 1GB, registry: 1GB/s");
  ok(
    notices.includes(
      "cold_start.image_size and registry have no effect: no stage of the preset store moves such " +
        "bytes",
    ),
    notices.join("\n"),
  );
  equal((await run("simple")).notices.filter((each) => each.includes("preset")).length, 0);
});

Deno.test("what is set closest to a machine wins: its named type, then the preset, then the default", async () => {
  const unnamed = await run("hydraserve-single", "", FOUR);
  for (const each of unnamed.seconds) {
    near(each, 1.7 + WEIGHT_BYTES / 2e9 + FILL_SECONDS, "unnamed");
  }
  const said = (run: { notices: readonly string[] }) =>
    run.notices.filter((each) => each.startsWith("starts use"));
  deepEqual(said(unnamed), [
    "starts use the network card of the preset hydraserve-single: cluster.nodes names no type of machine",
  ]);
  const generic = await run("hydraserve-single", "", FOUR, ", type: generic");
  // Container and libraries take 3 s, the card of 12.5 GB/s brings the weights in 1.3 s.
  for (const each of generic.seconds) near(each, 3 + 1.7, "generic, by name");
  deepEqual(said(generic), [
    "starts use the network card of generic, as cluster.nodes says, not of the preset hydraserve-single",
  ]);
  // The same card as the preset's: nothing to say.
  const same = await run("hydraserve-single", "", FOUR, ", type: ecs-a10");
  deepEqual(said(same), []);
  // The machine has no disk: the preset's is what there is.
  const [eager] =
    (await run("vllm-v1", ", platform: a6000-eager", FOUR, ", type: ecs-a10")).seconds;
  const [bare] = (await run("vllm-v1", ", platform: a6000-eager")).seconds;
  near(eager, bare, "host memory, which only the preset says");
});

Deno.test("functions that say different rates of the store that they share are told whose holds", async () => {
  const config = loadConfig(`
model: { name: llama-3.1-8b }
cluster: { gpu_type: H100 }
scaling: { min_instances: 0, keep_alive: { policy: always } }
workload: { type: uniform, arrival_rate: 0.01, num_requests: 1 }
cold_start: { preset: vllm-v1 }
functions:
  - name: near
    cold_start: { store: 4GB/s }
  - name: far
    cold_start: { store: 2GB/s }
`);
  const { engine: { notices } } = await simulate(config);
  ok(
    notices.includes(
      "functions say different rates of the store that they share: the slowest holds for all",
    ),
    notices.join("\n"),
  );
});
