import { ok } from "@std/assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";

/** Long ago and far between: every request finds no instance and starts one. */
const SCALE_TO_ZERO = `
simulation: { random_seed: 3 }
workload:
  type: uniform
  arrival_rate: 0.01
  num_requests: 40
  prompt_length: { distribution: constant, value: 100 }
  decode_length: { distribution: constant, value: 10 }
scaling: { min_instances: 0, max_instances: 1, keep_alive: { seconds: 1 } }
cold_start: { preset: vllm-v1 }
`;

Deno.test("every start on a machine of its own begins with nothing, however many came before", async () => {
  const { instances } = await simulate(loadConfig(SCALE_TO_ZERO));
  const starts: number[] = [];
  for (let i = 0; i < instances.count; i++) {
    if (instances.phaseNames[instances.phase[i]] !== "starting") continue;
    starts.push(instances.endAtSeconds[i] - instances.startAtSeconds[i]);
  }
  ok(starts.length > 30, `${starts.length} starts`);
  // The first one also fills what the cluster shares. The others are alike: none finds what another
  // has left on its machine.
  const [first, second, ...others] = starts;
  ok(first > second && second > 1, `${first} s, then ${second} s`);
  for (const seconds of others) ok(Math.abs(seconds - second) < 1e-6, starts.join(" "));
});
