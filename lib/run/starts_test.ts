import { ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

/** Far between: most requests find no instance and start one. */
const SCALE_TO_ZERO = `
workload:
  type: uniform
  arrival_rate: 0.01
  num_requests: 40
  prompt_length: { distribution: constant, value: 100 }
  decode_length: { distribution: constant, value: 10 }
scaling: { min_instances: 0, max_instances: 1, keep_alive: { seconds: 1 } }
cold_start: { preset: own.yaml }
`;

/** A start that leaves something on its machine that makes the next start there shorter. */
const PRESET = `
id: own
summary: unpacks an image on its machine
stages:
  - stage: image_pull
    seconds: 20
    artifact: { name: image, scope: node, key: [image], hit: { seconds: 1 } }
`;

Deno.test("every start on a machine of its own begins with nothing, however many came before", async () => {
  const files = new Map([["own.yaml", PRESET]]);
  const { instances } = await simulate(loadConfig(SCALE_TO_ZERO), { files });
  let starts = 0;
  for (let i = 0; i < instances.count; i++) {
    if (instances.phaseNames[instances.phase[i]] !== "starting") continue;
    const seconds = instances.endAtSeconds[i] - instances.startAtSeconds[i];
    ok(Math.abs(seconds - 20) < 1e-6, `start ${i} takes ${seconds} s`);
    starts++;
  }
  ok(starts > 30, `${starts} starts`);
});
