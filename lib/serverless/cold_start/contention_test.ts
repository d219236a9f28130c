import assert from "#assert";
import { oneStart, stageSeconds } from "./one_start.ts";
import { coldStartPreset } from "./presets.ts";

// The worked example of docs/cold-start.md: preset `simple`, 16 GB of weights, a node with a
// 25 Gbit/s card, a 6 GB/s disk and 25 GB/s to each GPU (limit of the loader: 20 GB/s).
const options = {
  plan: coldStartPreset("simple").plan(),
  weightBytes: 16e9,
  node: { nicBytesPerSecond: 3.125e9, ssdReadBytesPerSecond: 6e9, pcieBytesPerSecond: 25e9 },
};

/** Transfers on the busiest link of the bytes that a stage waited for. */
const sharers = (start: ReturnType<typeof oneStart>[number], name: string) =>
  start.stages.find(({ stage }) => stage === name)!.sharers!;

function near(actual: number, expected: number) {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

Deno.test("one start alone takes 8.52 s: 1 + 5.12 + 0.8 + 0.6 + 1", () => {
  const [start] = oneStart(options);
  near(stageSeconds(start, "weights_fetch"), 16 / 3.125);
  near(start.readyAtSeconds, 8.52);
});

Deno.test("eight starts of eight models share the card: 1 + 40.96 + 0.8 + 0.6 + 1", () => {
  for (const start of oneStart({ ...options, instances: 8 })) {
    near(stageSeconds(start, "weights_fetch"), 8 * 16 / 3.125);
    near(sharers(start, "weights_fetch"), 8);
    near(sharers(start, "weights_load"), 1);
    near(start.readyAtSeconds, 44.36);
  }
});

Deno.test("eight starts of one model fetch it once and take what one takes", () => {
  for (const start of oneStart({ ...options, instances: 8, sameModel: true })) {
    near(sharers(start, "weights_fetch"), 1);
    assert.ok(Number.isNaN(sharers(start, "graph_capture")), "nothing moves");
    near(start.readyAtSeconds, 8.52);
  }
});

Deno.test("eight starts from the disk share its 6 GB/s: 2.48 + 21.33 + 1.6", () => {
  for (const start of oneStart({ ...options, instances: 8, weightsIn: "ssd" })) {
    near(start.readyAtSeconds, 2.48 + 128 / 6 + 1.6);
  }
});

Deno.test("eight starts from memory behind four switches load at half the speed of a link", () => {
  const node = { ...options.node, gpusPerPcieSwitch: 2 };
  for (const start of oneStart({ ...options, node, instances: 8, weightsIn: "dram" })) {
    near(stageSeconds(start, "weights_load"), 16 / 12.5);
    // Two GPUs behind a switch.
    near(sharers(start, "weights_load"), 2);
  }
});
