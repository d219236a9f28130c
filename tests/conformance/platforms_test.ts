import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import {
  parsePlatformPreset,
  platformPreset,
  PLATFORMS,
} from "../../lib/serverless/platforms/platform_preset.ts";

for (const name of PLATFORMS) {
  Deno.test(`${name} is a configuration, with sources and a date`, () => {
    const preset = platformPreset(name);
    strictEqual(preset.id, name);
    ok(preset.sources.length > 0 && preset.asOf >= "2026");
    const config = loadConfig(preset.configuration);
    strictEqual(config.scaling.min_instances, 0, "every platform here scales to zero");
    // On SageMaker an alarm starts the first instance, elsewhere the first request does.
    const starts = name === "sagemaker-like" ? "none" : "first";
    strictEqual(config.scaling.activation, starts);
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
  const cloudRun = load("cloud-run-like");
  strictEqual(cloudRun.scaling.keep_alive.seconds, 900);
  strictEqual(cloudRun.scaling.max_instances, 100);
  strictEqual(cloudRun.cost.billing.granularity, 0.1);
});

Deno.test("a user's file wins over the platform's", () => {
  const { configuration } = platformPreset("knative");
  const config = loadConfig([configuration, "scaling: { knative_kpa: { target: 8 } }"]);
  strictEqual(config.scaling.knative_kpa.target, 8);
  strictEqual(config.scaling.knative_kpa.target_utilization, 0.7);
});

Deno.test("platform: goes below whatever a configuration says, wherever it stands", () => {
  const own = "scaling: { keep_alive: { seconds: 30s } }";
  const config = loadConfig([own, "platform: modal_like"]);
  strictEqual(config.platform, "modal-like");
  strictEqual(config.scaling.keep_alive.seconds, 30);
  for (const name of PLATFORMS) {
    const { platform, ...rest } = loadConfig(`platform: ${name}`);
    strictEqual(platform, name);
    const { platform: none, ...merged } = loadConfig(platformPreset(name).configuration);
    strictEqual(none, null);
    deepStrictEqual(rest, merged);
  }
});

Deno.test("a complete configuration with its platform reads as itself", () => {
  const config = loadConfig(["platform: runpod-like", "scaling: { max_instances: 7 }"]);
  deepStrictEqual(loadConfig(JSON.stringify(config)), config);
});

Deno.test("platform: names the platforms in the place of one that is not there", () => {
  throws(() => loadConfig("platform: modal"), {
    name: "ConfigError",
    message: /^Cannot read "platform" as a platform: current value is "modal" \(allowed: knative, /,
  });
});

Deno.test("parsePlatformPreset() reads the form of data/platforms alone, in one line", () => {
  const read = (text: string) => () => parsePlatformPreset(text, "mine.yaml");
  const head = "{ id: mine, summary: s, as_of: 2026-11, sources: [own], assumed: [], ";
  const preset = parsePlatformPreset(`${head}configuration: { scaling: { period: 7s } } }`, "m");
  strictEqual(loadConfig(preset.configuration).scaling.period, 7);
  throws(read("scaling: { period: 7s }"), {
    name: "SyntaxError",
    message: /^Cannot read mine.yaml as a platform at id as text: current value is missing$/,
  });
  throws(read(`${head}configuration: { workload: {} } }`), { message: /at configuration/ });
  throws(read("a: [1"), {
    name: "SyntaxError",
    message: /^Cannot read mine.yaml:\d+:\d+ as YAML \([^\n]*\): current value is text$/,
  });
});

Deno.test("platformPreset() names the platforms", () => {
  throws(() => platformPreset("lambda"), {
    name: "RangeError",
    message: /^Cannot find a platform as one of knative, .*: current value is lambda$/,
  });
});
