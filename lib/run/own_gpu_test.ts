import assert from "#assert";
import { engineSettings } from "../config/engine_settings.ts";
import { loadConfig } from "../config/load.ts";
import { parseProfile, shippedProfile, writeProfile } from "../execution/profiled/mod.ts";
import { NO_FACTS } from "../execution/profiled/profile_facts.ts";
import { gpuNamed } from "../hardware/mod.ts";
import { simulate } from "./simulate.ts";

const PROFILE = shippedProfile("h200-sxm-torch");
const DEVICE = { ...gpuNamed("h200-sxm"), name: "my-gpu", aliases: [] };
/** The shipped profile as one of a GPU that no catalogue has. */
const OWN = writeProfile({ ...PROFILE, gpu: "my-gpu", facts: { ...NO_FACTS, device: DEVICE } });

function yaml(gpu: string, more = ""): string {
  return `cluster: {gpu_type: ${gpu}${more}}\nmodel: {name: llama-3.1-8b}\n` +
    "execution: {source: profiled, profile: own.json}\n" +
    "workload: {type: poisson, num_requests: 40, arrival_rate: 8}\ncold_start: {enabled: false}\n";
}

const run = (text: string, profile = OWN) =>
  simulate(loadConfig(text), { files: new Map([["own.json", profile]]) });

Deno.test("a GPU that a profile alone describes is simulated as the same one of the catalogue", async () => {
  const own = await run(yaml("my-gpu"));
  // The catalogue's entry with the same tables: every request takes the same time.
  const known = await run(yaml("H200"), writeProfile(PROFILE));
  assert.equal(own.summary.requests.completed, 40);
  assert.deepEqual(own.summary.e2e_s, known.summary.e2e_s);
  assert.deepEqual(own.summary.ttft_s, known.summary.ttft_s);
  // Names are compared as the catalogue's are.
  assert.deepEqual((await run(yaml("My GPU"))).summary.e2e_s, own.summary.e2e_s);
});

Deno.test("sizes of steps and KV blocks are those of the profile's GPU", async () => {
  const small = writeProfile({
    ...PROFILE,
    gpu: "my-gpu",
    facts: { ...NO_FACTS, device: { ...DEVICE, memoryBytes: 30e9 } },
  });
  const [large, less] = [await run(yaml("my-gpu")), await run(yaml("my-gpu"), small)];
  assert.ok(less.summary.kv_utilization > large.summary.kv_utilization);
  // Before the file is read nobody knows: the smaller sizes of vLLM's.
  const config = loadConfig(yaml("my-gpu"));
  assert.equal(engineSettings(config).maxTokensPerStep, 2048);
  assert.equal(engineSettings(config, DEVICE).maxTokensPerStep, 8192);
});

Deno.test("a GPU that neither catalogue nor profile has is a mistake that names what there is", async () => {
  await assert.rejects(
    run(yaml("my-gpo")),
    /"my-gpo" \(allowed: my-gpu, a100.*did you mean "my-gpu"/,
  );
  await assert.rejects(run(yaml("my-gpu", ", gpu_memory_gb: 80")), /80 \(allowed: 150\.1/);
  await run(yaml("my-gpu", ", gpu_memory_gb: 141"));
  await assert.rejects(run(yaml("my-gpu"), writeProfile(PROFILE)), /"my-gpu" \(allowed: a100/);
  assert.throws(
    () => loadConfig(yaml("my-gpu").replace("profiled, profile: own.json", "analytical")),
    /gpu_type.*my-gpu/,
  );
  assert.equal(parseProfile(OWN).facts!.device!.name, "my-gpu");
});
