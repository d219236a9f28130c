import assert from "#assert";
import { withJitter, withLoadLimit, withStageSeconds } from "./adjust_plan.ts";
import { oneStart, stageSeconds } from "./one_start.ts";
import { coldStartPreset } from "./presets.ts";

const plan = coldStartPreset("simple").plan();
const start = (changed = plan, noise?: { next(): number }) =>
  oneStart({ plan: changed, weightBytes: 20e9, weightsIn: "dram", noise })[0];

Deno.test("withStageSeconds() changes that stage alone", () => {
  const changed = start(withStageSeconds(plan, "container_create", 7));
  for (const { stage } of plan.stages.map((it) => ({ stage: it.name }))) {
    const expected = stage === "container_create" ? 7 : stageSeconds(start(), stage);
    assert.ok(Math.abs(stageSeconds(changed, stage) - expected) < 1e-9, stage);
  }
  assert.throws(() => withStageSeconds(plan, "compile", 1), /one of image_pull/);
});

Deno.test("withLoadLimit() slows a load down and never speeds it up", () => {
  assert.ok(Math.abs(stageSeconds(start(withLoadLimit(plan, 2e9)), "weights_load") - 10) < 1e-9);
  assert.equal(
    stageSeconds(start(withLoadLimit(plan, 1e15)), "weights_load"),
    stageSeconds(start(), "weights_load"),
  );
});

Deno.test("withJitter() keeps the mean and has the variation asked for", () => {
  let state = 3;
  const noise = { next: () => (state = (state * 48271) % 2147483647) / 2147483647 };
  const jittered = withJitter(plan, 0.3);
  const seconds = Array.from(
    { length: 4000 },
    () => stageSeconds(start(jittered, noise), "model_init"),
  );
  const mean = seconds.reduce((sum, s) => sum + s, 0) / seconds.length;
  const sd = Math.sqrt(seconds.reduce((sum, s) => sum + (s - mean) ** 2, 0) / seconds.length);
  assert.ok(Math.abs(mean / 0.83 - 1) < 0.02, `mean ${mean}`);
  assert.ok(Math.abs(sd / mean / 0.3 - 1) < 0.05, `variation ${sd / mean}`);
});
