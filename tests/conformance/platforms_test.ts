import { ok, strictEqual, throws } from "@std/assert";
import { loadConfig } from "../../lib/config/load.ts";
import { platformPreset, PLATFORMS } from "../../lib/serverless/platforms/platform_preset.ts";

for (const name of PLATFORMS) {
  Deno.test(`${name} is a configuration, with sources and a date`, () => {
    const preset = platformPreset(name);
    strictEqual(preset.id, name);
    ok(preset.sources.length > 0 && preset.asOf >= "2026");
    const config = loadConfig(preset.configuration);
    strictEqual(config.scaling.min_instances, 0, "every platform here scales to zero");
    strictEqual(config.scaling.activation, "first");
  });
}

Deno.test("platforms say what their documentation says", () => {
  const load = (name: string) => loadConfig(platformPreset(name).configuration);
  const runpod = load("runpod-like");
  strictEqual(runpod.scaling.keep_alive.seconds, 5);
  strictEqual(runpod.scaling.queue_delay.threshold, 4);
  strictEqual(runpod.scaling.max_instances, 3);
  strictEqual(load("modal-like").scaling.keep_alive.seconds, 60);
  strictEqual(load("sagemaker-like").gateway.on_no_capacity, "reject");
  strictEqual(load("azure-container-apps-like").scaling.max_instances, 10);
  strictEqual(load("cloud-run-like").scaling.keep_alive.seconds, 900);
});

Deno.test("a user's file wins over the platform's", () => {
  const { configuration } = platformPreset("knative");
  const config = loadConfig([configuration, "scaling: { knative_kpa: { target: 8 } }"]);
  strictEqual(config.scaling.knative_kpa.target, 8);
  strictEqual(config.scaling.knative_kpa.target_utilization, 0.7);
});

Deno.test("platformPreset() names the platforms", () => {
  throws(() => platformPreset("lambda"), {
    name: "RangeError",
    message: /^Cannot find a platform as one of knative, .*: current value is lambda$/,
  });
});
