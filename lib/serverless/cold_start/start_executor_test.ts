import assert from "#assert";
import fc from "fast-check";
import { ArtifactCache } from "./artifact_cache.ts";
import { billedSeconds, splitByStage } from "./critical_path.ts";
import { FlowNetwork } from "../../network/flow_network.ts";
import { type NodeLinks, Topology } from "../../network/topology.ts";
import { parseColdStartPreset } from "./parse_preset.ts";
import { StartExecutor } from "./start_executor.ts";
import type { FinishedStart, StartRequest } from "./start_request.ts";
import { WeightCache } from "./weight_cache.ts";

const node: NodeLinks = {
  gpus: 8,
  nicBytesPerSecond: 2e9,
  ssdReadBytesPerSecond: 4e9,
  pcieBytesPerSecond: 20e9,
};

/** A start with a fetch beside the container, then a load, then a warm-up. */
const preset = parseColdStartPreset(`
id: test
summary: a start with two branches
stages:
  - stage: container_create
    seconds: 3
    billed: false
  - stage: runtime_import
    seconds: 2
  - stage: weights_fetch
    after: []
    transfer:
      what: weights
      from: { remote: { links: [storage, nic] } }
      keep_in: [dram]
      once_per_node: true
  - stage: weights_load
    after: [runtime_import, weights_fetch]
    transfer:
      what: weights
      from: { dram: { links: [pcie] }, ssd: { links: [ssd, pcie] } }
  - stage: compile
    seconds: 10
    artifact: { name: compile, scope: cluster, key: [model, gpu], hit: { seconds: 1 } }
  - stage: warmup
    seconds: 0.5
`);
const plan = preset.plan();

function cluster(nodes = 1, weights: WeightCache | null = null, links: NodeLinks = node) {
  const network = new FlowNetwork();
  const topology = new Topology(network);
  for (let i = 0; i < nodes; i++) {
    topology.addNode(links);
    weights?.addNode({ dramBytes: 100e9, ssdBytes: 0 });
  }
  const artifacts = new ArtifactCache();
  return {
    executor: new StartExecutor({ topology, weights, artifacts }),
    network,
    artifacts,
  };
}

function request(instance: number, fields: Partial<StartRequest> = {}): StartRequest {
  return {
    instance,
    plan,
    weightsKey: `model-${instance}`,
    weightBytes: 20e9,
    ranks: [{ node: 0, gpu: instance % 8 }],
    ...fields,
  };
}

function drain(executor: StartExecutor): FinishedStart[] {
  const finished: FinishedStart[] = [];
  while (executor.nextEventSeconds() < Infinity) {
    finished.push(...executor.advance(executor.nextEventSeconds()));
  }
  return finished;
}

function near(actual: number, expected: number, tolerance = 1e-9) {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

Deno.test("StartExecutor takes the longer branch, then what follows", () => {
  // Fetch 20 GB at 2 GB/s = 10 s beside 3 + 2 s; load 20 GB at 20 GB/s = 1 s; 10 s; 0.5 s.
  const { executor } = cluster();
  executor.begin(request(0), 5);
  const [start] = drain(executor);
  near(start.readyAtSeconds, 5 + 21.5);
  assert.deepEqual(
    start.stages.filter((stage) => stage.critical).map((stage) => stage.stage),
    ["weights_fetch", "weights_load", "compile", "warmup"],
  );
  near(billedSeconds(start), 21.5);
});

Deno.test("StartExecutor splits the wait of a request by stage", () => {
  const { executor } = cluster();
  executor.begin(request(0), 0);
  const [start] = drain(executor);
  const parts = splitByStage(start, 8, start.readyAtSeconds);
  assert.deepEqual(parts.map((part) => part.stage), [
    "weights_fetch",
    "weights_load",
    "compile",
    "warmup",
  ]);
  near(parts[0].seconds, 2);
  near(parts.reduce((sum, part) => sum + part.seconds, 0), 13.5);
});

Deno.test("StartExecutor makes eight starts on one node share its network card", () => {
  const { executor } = cluster();
  for (let i = 0; i < 8; i++) executor.begin(request(i), 0);
  const starts = drain(executor);
  // 8 x 20 GB at 2 GB/s = 80 s for all; the loads have a link each.
  assert.deepEqual(starts.map((start) => start.instance), [0, 1, 2, 3, 4, 5, 6, 7]);
  for (const start of starts) near(start.readyAtSeconds, 80 + 1 + 10.5);
});

Deno.test("StartExecutor fetches one model once for starts on the same node", () => {
  const { executor, network } = cluster(1, new WeightCache());
  for (let i = 0; i < 8; i++) executor.begin(request(i, { weightsKey: "same" }), i * 0.5);
  assert.equal(network.activeFlows, 1);
  const starts = drain(executor);
  // One fetch of 10 s serves all: they load at the same time, whenever they began.
  for (const start of starts) near(start.readyAtSeconds, 21.5);
  assert.equal(starts.reduce((sum, start) => sum + start.stages[2].bytes, 0), 20e9);
});

Deno.test("StartExecutor loads from memory what the node still holds, and knows the artifact", () => {
  const weights = new WeightCache();
  const { executor } = cluster(1, weights);
  executor.begin(request(0, { weightsKey: "same" }), 0);
  drain(executor);
  executor.begin(request(1, { weightsKey: "same" }), 100);
  const [start] = drain(executor);
  near(start.readyAtSeconds - 100, 5 + 1 + 1 + 0.5);
  assert.deepEqual(
    start.stages.filter((stage) => stage.cached).map((stage) => stage.stage),
    ["weights_fetch", "compile"],
  );
  assert.deepEqual([weights.counts().lookups, weights.counts().dramHits], [2, 1]);
});

Deno.test("StartExecutor misses an artifact of another key", () => {
  const { executor, artifacts } = cluster();
  artifacts.record("compile", -1, "model-0|h100");
  executor.begin(request(0, { identities: { gpu: "h100" } }), 0);
  executor.begin(request(0, { identities: { gpu: "a100" }, ranks: [{ node: 0, gpu: 1 }] }), 0);
  const seconds = drain(executor).map((start) =>
    start.stages.find((stage) => stage.stage === "compile")!
  ).map((stage) => stage.endAtSeconds - stage.startAtSeconds);
  near(seconds[0], 1);
  near(seconds[1], 10);
});

Deno.test("StartExecutor sends each rank its part over its own link", () => {
  const { executor } = cluster();
  executor.begin(request(0, { ranks: [0, 1, 2, 3].map((gpu) => ({ node: 0, gpu })) }), 0);
  const [start] = drain(executor);
  const load = start.stages.find((stage) => stage.stage === "weights_load")!;
  near(load.endAtSeconds - load.startAtSeconds, 0.25);
});

Deno.test("StartExecutor makes GPUs behind one switch share its uplink", () => {
  const { executor } = cluster(1, null, { ...node, gpusPerPcieSwitch: 2 });
  executor.begin(request(0, { ranks: [0, 1, 2, 3].map((gpu) => ({ node: 0, gpu })) }), 0);
  const [start] = drain(executor);
  const load = start.stages.find((stage) => stage.stage === "weights_load")!;
  near(load.endAtSeconds - load.startAtSeconds, 0.5);
});

Deno.test("StartExecutor fetches the parts of a pipeline over each node's own card", () => {
  const { executor } = cluster(4);
  executor.begin(request(0, { ranks: [0, 1, 2, 3].map((id) => ({ node: id, gpu: 0 })) }), 0);
  const [start] = drain(executor);
  const fetch = start.stages.find((stage) => stage.stage === "weights_fetch")!;
  near(fetch.endAtSeconds - fetch.startAtSeconds, 2.5);
});

Deno.test("StartExecutor hands the links of a cancelled start to the others", () => {
  const { executor } = cluster();
  const first = executor.begin(request(0), 0);
  executor.begin(request(1), 0);
  executor.advance(4);
  const given = executor.cancel(first, 4);
  assert.deepEqual(given?.stages.map((stage) => [stage.stage, stage.endAtSeconds]), [
    ["container_create", 3],
    ["runtime_import", 4],
    ["weights_fetch", 4],
  ]);
  // The other one had 4 GB of 20 at 1 GB/s, and has the card for itself from then on: 8 s more.
  const [start] = drain(executor);
  near(start.readyAtSeconds, 12 + 11.5);
  assert.equal(executor.cancel(first, 50), null);
});

Deno.test("StartExecutor goes on with a shared fetch whose first start is cancelled", () => {
  const weights = new WeightCache();
  const { executor } = cluster(1, weights);
  const first = executor.begin(request(0, { weightsKey: "same" }), 0);
  executor.begin(request(1, { weightsKey: "same" }), 2);
  executor.advance(4);
  executor.cancel(first, 4);
  const [start] = drain(executor);
  near(start.readyAtSeconds, 10 + 11.5);
  assert.equal(weights.tier(0, "same"), "dram");
});

Deno.test("StartExecutor leaves no room taken by a cancelled fetch", () => {
  const weights = new WeightCache();
  const { executor, network } = cluster(1, weights);
  const only = executor.begin(request(0), 0);
  assert.equal(weights.usedBytes(0, "dram"), 20e9);
  executor.cancel(only, 1);
  assert.equal(weights.usedBytes(0, "dram"), 0);
  assert.equal(network.activeFlows, 0);
  drain(executor);
  assert.equal(executor.activeStarts, 0);
});

Deno.test("StartExecutor ends a start without time at the next advance", () => {
  const { executor } = cluster();
  const empty = parseColdStartPreset("id: e\nsummary: nothing\nstages: []").plan();
  executor.begin(request(3, { plan: empty }), 7);
  assert.equal(executor.nextEventSeconds(), 7);
  assert.deepEqual(executor.advance(7).map((start) => [start.instance, start.readyAtSeconds]), [
    [3, 7],
  ]);
  assert.equal(executor.nextEventSeconds(), Infinity);
});

Deno.test("StartExecutor adds one chunk per further link to a pipelined transfer", () => {
  const piped = parseColdStartPreset(`
id: piped
summary: remote to GPU in chunks
stages:
  - stage: weights_load
    transfer:
      what: weights
      from: { remote: { links: [nic, ssd, pcie] } }
      chunk_bytes: 1000000000
`).plan();
  const { executor } = cluster();
  executor.begin(request(0, { plan: piped }), 0);
  // 20 GB at the card's 2 GB/s, and 1 GB on the disk (0.25 s) and on PCIe (0.05 s).
  near(drain(executor)[0].readyAtSeconds, 10 + 0.25 + 0.05);
});

Deno.test("StartExecutor draws noise with mean 1, the same for the same stream", () => {
  const noisy = parseColdStartPreset(
    "id: n\nsummary: noise\nstages: [{ stage: warmup, seconds: 4, noise_sigma: 0.2 }]",
  ).plan();
  const stream = (seed: number) => {
    let state = seed;
    return { next: () => (state = (state * 48271) % 2147483647) / 2147483647 };
  };
  const run = (seed: number) => {
    const { executor } = cluster();
    const noise = stream(seed);
    const count = 4000;
    for (let i = 0; i < count; i++) executor.begin(request(i, { plan: noisy, noise }), 0);
    return drain(executor).map((start) => start.readyAtSeconds);
  };
  const seconds = run(1);
  near(seconds.reduce((sum, s) => sum + s, 0) / seconds.length, 4, 0.02);
  const logs = seconds.map((s) => Math.log(s / 4));
  const mean = logs.reduce((sum, s) => sum + s, 0) / logs.length;
  const sd = Math.sqrt(logs.reduce((sum, s) => sum + (s - mean) ** 2, 0) / logs.length);
  near(sd, 0.2, 0.02);
  assert.deepEqual(run(1), seconds);
  assert.notDeepEqual(run(2), seconds);
});

Deno.test("StartExecutor ends on a poll tick", () => {
  const polled = parseColdStartPreset(
    "id: p\nsummary: poll\nstages: [{ stage: register, seconds: 2.3, poll_seconds: 1 }]",
  ).plan();
  const { executor } = cluster();
  executor.begin(request(0, { plan: polled }), 10.5);
  near(drain(executor)[0].readyAtSeconds, 13.5);
});

Deno.test("StartExecutor names the feature that a plan lacks", () => {
  const { executor } = cluster();
  const needy = parseColdStartPreset(
    "id: f\nsummary: f\nstages: [{ stage: compile, seconds_per: { layers: 1 } }]",
  ).plan();
  assert.throws(() => executor.begin(request(0, { plan: needy }), 0), /"layers"/);
});

Deno.test("StartExecutor gives each start contiguous stages and a path that adds up", () => {
  const arbitrary = fc.array(
    fc.record({
      gap: fc.double({ min: 0, max: 4, noNaN: true }),
      node: fc.nat(1),
      gpu: fc.nat(7),
      model: fc.nat(2),
      cancel: fc.boolean(),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(fc.property(arbitrary, (rows) => {
    const weights = new WeightCache();
    const { executor, network } = cluster(2, weights);
    const ids: number[] = [];
    let now = 0;
    const finished: FinishedStart[] = [];
    let cancelled = 0;
    rows.forEach((row, i) => {
      now += row.gap;
      finished.push(...executor.advance(now));
      const { node, gpu } = row;
      ids.push(
        executor.begin(
          request(i, { weightsKey: `m${row.model}`, ranks: [{ node, gpu }] }),
          now,
        ),
      );
      if (row.cancel && executor.cancel(ids[i >> 1], now) !== null) cancelled++;
    });
    finished.push(...drain(executor));
    assert.equal(finished.length + cancelled, rows.length, "every start ends once");
    assert.equal(network.activeFlows, 0);
    let last = 0;
    for (const start of finished) {
      assert.ok(start.readyAtSeconds >= last, "starts come out in order of their end");
      last = start.readyAtSeconds;
      start.stages.forEach((stage, i) => {
        const { after } = plan.stages[i];
        const begin = Math.max(
          start.beginAtSeconds,
          ...after.map((other) => start.stages[other].endAtSeconds),
        );
        assert.equal(stage.startAtSeconds, begin);
        assert.ok(stage.endAtSeconds >= stage.startAtSeconds);
      });
      const sum = start.stages.filter((stage) => stage.critical)
        .reduce((total, stage) => total + stage.endAtSeconds - stage.startAtSeconds, 0);
      near(sum, start.readyAtSeconds - start.beginAtSeconds);
    }
    // Nothing is left pinned: everything can be given up.
    for (const place of [0, 1]) {
      for (const model of ["m0", "m1", "m2"]) weights.drop(place, "dram", model, last);
      assert.equal(weights.usedBytes(place, "dram"), 0);
    }
  }));
});

Deno.test("StartExecutor moves the parts of a shared transfer that a plan moves side by side", () => {
  const parts = parseColdStartPreset(`
id: parts
summary: weights fetched in two parts side by side
stages:
  - stage: weights_fetch
    after: []
    transfer: &part
      what: weights
      fraction: 0.5
      from: { remote: { links: [nic] } }
      once_per_node: true
  - stage: weights_load
    after: []
    transfer: *part
`).plan();
  const { executor } = cluster();
  // Two starts of one model: each part crosses the card once, and both starts wait for both parts.
  executor.begin(request(0, { plan: parts, weightsKey: "same" }), 0);
  executor.begin(request(1, { plan: parts, weightsKey: "same" }), 0);
  const finished = drain(executor);
  for (const start of finished) near(start.readyAtSeconds, 10);
  const moved = finished.flatMap(({ stages }) => stages.map(({ bytes }) => bytes));
  near(moved.reduce((sum, bytes) => sum + bytes, 0), 20e9);
});
