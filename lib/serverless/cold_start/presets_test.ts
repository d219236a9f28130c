import assert from "#assert";
import { oneStart, stageSeconds } from "./one_start.ts";
import { parseColdStartPreset } from "./parse_preset.ts";
import { COLD_START_PRESETS, coldStartPreset } from "./presets.ts";

function near(actual: number, expected: number, tolerance = 1e-9) {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} is not ${expected}`,
  );
}

Deno.test("every preset names its sources and starts on each of its platforms", () => {
  for (const name of COLD_START_PRESETS) {
    const preset = coldStartPreset(name);
    assert.equal(preset.id, name);
    assert.ok(preset.sources.length > 0, name);
    for (const platform of preset.platforms) {
      for (const weightsIn of ["remote", "ssd", "dram"] as const) {
        const [start] = oneStart({
          plan: preset.plan(platform),
          weightBytes: 16e9,
          weightsIn,
          features: { layers: 32 },
        });
        assert.ok(start.readyAtSeconds > 0 && start.readyAtSeconds < Infinity);
      }
    }
  }
});

Deno.test("a start is never faster for having its weights further away", () => {
  for (const name of COLD_START_PRESETS) {
    const preset = coldStartPreset(name);
    for (const platform of preset.platforms) {
      const seconds = (["dram", "ssd", "remote"] as const).map((weightsIn) =>
        oneStart({
          plan: preset.plan(platform),
          weightBytes: 16e9,
          weightsIn,
          features: { layers: 32 },
          node: { nicBytesPerSecond: 2e9 },
        })[0].readyAtSeconds
      );
      assert.ok(seconds[0] <= seconds[2] + 1e-9, `${name} on ${platform}: ${seconds}`);
    }
  }
});

Deno.test("simfaasinfer takes model_load_time for 14 GB and half of it for 7 GB", () => {
  const preset = coldStartPreset("simfaasinfer");
  const seconds = (weightBytes: number, modelLoadTime: number) =>
    oneStart({
      plan: preset.plan(undefined, { load_s_per_gb: modelLoadTime / 14 }),
      weightBytes,
    })[0]
      .readyAtSeconds;
  near(seconds(14e9, 30), 30);
  near(seconds(7e9, 30), 15);
  near(seconds(14e9, 12), 12);
});

Deno.test("simfaasinfer's noise stays within 10 % and fills that range", () => {
  let state = 7;
  const noise = { next: () => (state = (state * 48271) % 2147483647) / 2147483647 };
  const plan = coldStartPreset("simfaasinfer").plan();
  const seconds = Array.from(
    { length: 500 },
    () => oneStart({ plan, weightBytes: 14e9, noise })[0].readyAtSeconds,
  );
  assert.ok(Math.min(...seconds) >= 27 && Math.min(...seconds) < 27.3);
  assert.ok(Math.max(...seconds) <= 33 && Math.max(...seconds) > 32.7);
});

Deno.test("a sleeping instance wakes in the time that its weights take over PCIe", () => {
  const plan = coldStartPreset("vllm-v1").wakePlan("h100")!;
  const [start] = oneStart({
    plan,
    weightBytes: 50e9,
    weightsIn: "dram",
    node: { pcieBytesPerSecond: 25e9 },
  });
  near(start.readyAtSeconds, 2);
});

Deno.test("medusa's first start captures graphs, the next one restores them", () => {
  const options = {
    plan: coldStartPreset("medusa").plan(),
    weightBytes: 13.5e9,
    weightsIn: "ssd" as const,
    features: { layers: 32 },
  };
  const [first] = oneStart(options);
  const [next] = oneStart({ ...options, artifacts: true });
  near(stageSeconds(next, "graph_capture"), 0.173139);
  assert.ok(stageSeconds(first, "graph_capture") > 0.9);
});

Deno.test("parseColdStartPreset() sorts stages and lets one follow the one above it", () => {
  const plan = parseColdStartPreset(`
id: order
summary: order
stages:
  - { stage: last, after: [first, middle] }
  - { stage: first, after: [] }
  - { stage: middle }
`).plan();
  assert.deepEqual(plan.stages.map((stage) => [stage.name, stage.after]), [
    ["first", []],
    ["middle", [0]],
    ["last", [0, 1]],
  ]);
});

Deno.test("parseColdStartPreset() names the path of what is wrong", () => {
  const wrong = (stages: string, error: RegExp, more = "") =>
    assert.throws(
      () => parseColdStartPreset(`id: w\nsummary: w\n${more}\nstages: ${stages}`, "w.yaml"),
      error,
    );
  wrong("[{ stage: a, secnds: 1 }]", /w\.yaml at stages\[0\] as known keys: .* secnds/);
  wrong("[{ stage: a, seconds: -1 }]", /stages\[0\]\.seconds .*current value is -1/);
  wrong("[{ stage: a, seconds: $b }]", /stages\[0\]\.seconds as a parameter .* \$b/);
  wrong("[{ stage: a, after: [b] }]", /stages\[0\]\.after .* b$/);
  wrong("[{ stage: a, after: [b] }, { stage: b, after: [a] }]", /without a circle.* a, b/);
  wrong("[{ stage: a }, { stage: a }]", /distinct stages.* a twice/);
  wrong(
    "[{ stage: a, transfer: { what: weights, from: { remote: { links: [wifi] } } } }]",
    /stages\[0\]\.transfer\.from\.remote\.links\[0\].*"wifi"/,
  );
  wrong(
    "[]",
    /parameter of w\.yaml for p as one of .*current value is x/,
    "platforms: { p: { parameters: { x: 1 } } }",
  );
  assert.throws(() => parseColdStartPreset("a: [", "w.yaml"), SyntaxError);
  assert.throws(() => parseColdStartPreset("[]", "w.yaml"), TypeError);
});

Deno.test("coldStartPreset() lists the presets when it does not know one", () => {
  assert.throws(() => coldStartPreset("vllm"), /vllm-tuned.*current value is vllm$/);
  assert.throws(() => coldStartPreset("medusa").plan("h100"), /default: current value is h100/);
});

Deno.test("the platform described in docs/cold-start.md loads and starts", () => {
  const text = Deno.readTextFileSync(new URL("../../../docs/cold-start.md", import.meta.url));
  const preset = parseColdStartPreset(/```yaml\n((?:#.*\n)*id:[\s\S]*?)```/.exec(text)![1], "docs");
  assert.deepEqual(preset.platforms, ["small", "large"]);
  const seconds = (platform: string) =>
    oneStart({
      plan: preset.plan(platform),
      weightBytes: 16e9,
      imageBytes: 10e9,
      features: { layers: 32 },
    })[0]
      .readyAtSeconds;
  assert.ok(seconds("large") < seconds("small"));
  assert.ok(preset.wakePlan("small") !== null);
});
