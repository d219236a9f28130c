import assert from "#assert";
import { ArtifactCache } from "./artifact_cache.ts";
import { FlowNetwork } from "../../network/flow_network.ts";
import { Topology } from "../../network/topology.ts";
import { parseColdStartPreset } from "./parse_preset.ts";
import { StartExecutor } from "./start_executor.ts";

Deno.test("ArtifactCache misses another node, another key, and too few starts", () => {
  const cache = new ArtifactCache();
  cache.record("snapshot", 3, "llama|h100");
  assert.equal(cache.has("snapshot", 3, "llama|h100", 1), true);
  assert.equal(cache.has("snapshot", 3, "llama|h100", 2), false);
  assert.equal(cache.has("snapshot", 4, "llama|h100", 1), false);
  assert.equal(cache.has("snapshot", 3, "llama|a100", 1), false);
  assert.equal(cache.has("compile", 3, "llama|h100", 1), false);
  assert.deepEqual(cache.counts(), { lookups: 5, hits: 1 });
});

Deno.test("ArtifactCache forgets one node and keeps the cluster's", () => {
  const cache = new ArtifactCache();
  cache.record("image", 1, "engine");
  cache.record("image", 11, "engine");
  cache.record("compile", -1, "llama");
  cache.forgetNode(1);
  assert.equal(cache.has("image", 1, "engine", 1), false);
  assert.equal(cache.has("image", 11, "engine", 1), true);
  assert.equal(cache.has("compile", -1, "llama", 1), true);
});

Deno.test("a snapshot serves once enough starts have left it, and pulls a lazy image in part", () => {
  const plan = parseColdStartPreset(`
id: snapshot
summary: an engine snapshot after two cold starts, over a lazily pulled image
stages:
  - stage: image_pull
    transfer:
      what: image
      fraction: 0.25
      from: { remote: { links: [registry] } }
    artifact: { name: image, scope: node, key: [image] }
  - stage: model_init
    seconds: 20
    artifact:
      name: snapshot
      scope: cluster
      key: [model]
      ready_after_starts: 2
      hit:
        transfer: { what: snapshot, from: { remote: { links: [registry] } } }
`).plan();
  const network = new FlowNetwork();
  const topology = new Topology(network, { registryBytesPerSecond: 1e9 });
  topology.addNode({ gpus: 1 });
  const executor = new StartExecutor({ topology });
  const seconds: number[] = [];
  let now = 0;
  for (let instance = 0; instance < 4; instance++) {
    executor.begin({
      instance,
      plan,
      weightsKey: "llama",
      weightBytes: 1e9,
      ranks: [{ node: 0, gpu: 0 }],
      imageBytes: 8e9,
      snapshotBytes: 3e9,
      identities: { image: "engine" },
    }, now);
    while (executor.activeStarts > 0) {
      for (const start of executor.advance(executor.nextEventSeconds())) {
        seconds.push(start.readyAtSeconds - now);
      }
    }
    now += 100;
  }
  // 2 of 8 GB and 20 s; the image is there; then the snapshot's 3 GB instead of the 20 s.
  assert.deepEqual(seconds.map((value) => Number(value.toFixed(9))), [22, 20, 3, 3]);
});
