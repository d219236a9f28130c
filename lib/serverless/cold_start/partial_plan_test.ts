import { deepEqual, equal, ok, throws } from "#assert";
import { oneStart } from "./one_start.ts";
import { POOLED_THINGS, reloadPlan, splitPlan } from "./partial_plan.ts";
import { COLD_START_PRESETS, coldStartPreset } from "./presets.ts";
import type { StartPlan } from "./stages.ts";

const LINKS = {
  nicBytesPerSecond: 3e9,
  ssdReadBytesPerSecond: 6e9,
  hostBytesPerSecond: 50e9,
  pcieBytesPerSecond: 25e9,
};

/** Length of a start, seconds; every preset's features are given. */
function seconds(plan: StartPlan, weightsIn: "remote" | "dram" = "remote"): number {
  if (plan.stages.length === 0) return 0;
  const features = { layers: 32 };
  const [start] = oneStart({ plan, weightBytes: 16e9, weightsIn, features, node: LINKS });
  return start.readyAtSeconds;
}

const names = (plan: StartPlan) => plan.stages.map(({ name }) => name);

/** What can be pooled of each preset. */
const SPLITS = COLD_START_PRESETS.flatMap((id) => {
  const plan = coldStartPreset(id).plan();
  return POOLED_THINGS.flatMap((of) => {
    try {
      return [{ id, of, plan, ...splitPlan(plan, of) }];
    } catch {
      return [];
    }
  });
});

Deno.test("splitPlan() leaves each stage to one part, in order, and waits to its own part", () => {
  ok(SPLITS.length > 10);
  for (const { id, plan, ahead, rest } of SPLITS) {
    deepEqual([...names(ahead), ...names(rest)].sort(), names(plan).sort(), id);
    for (const part of [ahead, rest]) {
      part.stages.forEach(({ after }, i) => ok(after.every((other) => other >= 0 && other < i)));
    }
    ok(!names(ahead).some((name) => name.startsWith("weights_")), id);
  }
});

Deno.test("what a pool leaves to do is shorter than a start, and both parts are at least one", () => {
  for (const { id, of, plan, ahead, rest } of SPLITS) {
    const whole = seconds(plan);
    // A controller that looks now and then counts from the beginning of each part.
    const poll = Math.max(...plan.stages.map(({ pollSeconds }) => pollSeconds));
    ok(seconds(rest) <= whole + 1e-9, `${id}, ${of}`);
    ok(seconds(ahead) + seconds(rest) >= whole - poll - 1e-9, `${id}, ${of}`);
  }
});

Deno.test("an engine has more stages behind it than a container", () => {
  const plan = coldStartPreset("vllm-v1").plan("h100");
  deepEqual(names(splitPlan(plan, "container").ahead), [
    "image_pull",
    "container_create",
    "runtime_import",
  ]);
  deepEqual(names(splitPlan(plan, "engine").ahead).at(-1), "collective_init");
});

Deno.test("splitPlan() refuses what the plan does not have", () => {
  throws(() => splitPlan(coldStartPreset("simple").plan(), "node"), /node_provision/);
  throws(() => splitPlan(coldStartPreset("safetensors").plan(), "engine"), RangeError);
});

Deno.test("reloadPlan() keeps the weights' stages, which still wait for each other", () => {
  const plan = reloadPlan(coldStartPreset("simple").plan());
  deepEqual(names(plan), ["weights_fetch", "weights_load"]);
  deepEqual(plan.stages.map(({ after }) => after), [[], [0]]);
  // 16 GB at 3 GB/s, then at 6 GB/s from the disk that the fetch has filled, or from memory at 20.
  ok(Math.abs(seconds(plan) - (16 / 3 + 16 / 20)) < 1e-9, `${seconds(plan)}`);
});

Deno.test("waking is faster than loading again, and that than a start", () => {
  for (const id of COLD_START_PRESETS) {
    const preset = coldStartPreset(id);
    const wake = preset.wakePlan();
    const whole = seconds(preset.plan());
    const reload = seconds(reloadPlan(preset.plan()));
    ok(reload <= whole + 1e-9, `${id}: ${reload} of ${whole}`);
    if (wake !== null) ok(seconds(wake, "dram") < reload, id);
  }
});

Deno.test("without weights a plan cannot load them again", () => {
  const { ahead } = splitPlan(coldStartPreset("simple").plan(), "container");
  throws(() => reloadPlan(ahead), /image_pull, container_create/);
  equal(ahead.id, "simple");
});
