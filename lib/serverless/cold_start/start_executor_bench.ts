import { FlowNetwork } from "../../network/flow_network.ts";
import { Topology } from "../../network/topology.ts";
import { parseColdStartPreset } from "./parse_preset.ts";
import { StartExecutor } from "./start_executor.ts";
import { WeightCache } from "./weight_cache.ts";

const plan = parseColdStartPreset(`
id: bench
summary: every stage, with an image and weights from shared stores
stages:
  - stage: node_provision
    seconds: 2
  - stage: image_pull
    transfer: { what: image, from: { remote: { links: [registry, nic] } }, once_per_node: true }
    artifact: { name: image, scope: node, key: [image] }
  - stage: container_create
    seconds: 1
  - stage: runtime_import
    seconds: 5
  - stage: weights_fetch
    after: [container_create]
    transfer: { what: weights, from: { remote: { links: [storage, nic] } }, keep_in: [dram], once_per_node: true }
  - stage: weights_load
    after: [runtime_import, weights_fetch]
    transfer: { what: weights, from: { dram: { links: [host, pcie] } } }
  - stage: compile
    seconds: 10
    artifact: { name: compile, scope: cluster, key: [model, gpu], hit: { seconds: 2 } }
  - stage: kv_profile
    seconds: 1
  - stage: graph_capture
    seconds: 3
  - stage: warmup
    seconds: 0.5
  - stage: register
    poll_seconds: 1
`).plan();

/** Starts 10,000 instances of 50 models within 200 s on 1,000 nodes of 8 GPUs; returns the last instant. */
function tenThousandStarts(): number {
  const nodes = 1000;
  const network = new FlowNetwork();
  const topology = new Topology(network, {
    registryBytesPerSecond: 100e9,
    storageBytesPerSecond: 400e9,
  });
  const weights = new WeightCache();
  for (let i = 0; i < nodes; i++) {
    topology.addNode({
      gpus: 8,
      nicBytesPerSecond: 12.5e9,
      hostBytesPerSecond: 100e9,
      pcieBytesPerSecond: 25e9,
      gpusPerPcieSwitch: 2,
    });
    weights.addNode({ dramBytes: 256e9, ssdBytes: 0 });
  }
  const executor = new StartExecutor({ topology, weights });
  let state = 12345;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  let last = 0;
  for (let i = 0; i < 10_000; i++) {
    const now = i * 0.02;
    for (const start of executor.advance(now)) last = start.readyAtSeconds;
    const model = Math.floor(50 * next() ** 2);
    executor.begin({
      instance: i,
      plan,
      weightsKey: `model-${model}`,
      weightBytes: (8 + model) * 1e9,
      imageBytes: 8e9,
      ranks: [{ node: Math.floor(nodes * next()), gpu: i % 8 }],
      identities: { image: "engine", gpu: "h100" },
    }, now);
  }
  while (executor.nextEventSeconds() < Infinity) {
    for (const start of executor.advance(executor.nextEventSeconds())) last = start.readyAtSeconds;
  }
  return last;
}

Deno.bench("10,000 starts on 1,000 nodes with shared links", () => {
  tenThousandStarts();
});
