import { deepEqual } from "#assert";
import { simulate } from "./simulate.ts";
import { loadConfig } from "../config/load.ts";

/** Notices on requests that were turned away. */
async function notices(settings: string, prompt: number): Promise<string[]> {
  const { engine } = await simulate(loadConfig([
    `{ workload: { num_requests: 20, type: poisson, arrival_rate: 5,
       prompt_length: { distribution: constant, value: ${prompt} },
       decode_length: { distribution: constant, value: 10 } } }`,
    settings,
  ]));
  return engine.notices.filter((notice) => notice.includes("turned away"));
}

Deno.test("requests beyond a limit that was set come with the setting that admits them", async () => {
  const settings = "model: { max_model_len: 1000 }";
  deepEqual(await notices(settings, 2000), [
    "20 requests of up to 2010 tokens were turned away: the limit is 1000 tokens; " +
    "set model.max_model_len: 2010",
  ]);
  deepEqual(await notices("model: { max_model_len: 2010 }", 2000), []);
});

Deno.test("requests beyond the model's own limit say so", async () => {
  deepEqual(await notices("model: { name: llama-2-7b }", 5000), [
    "20 requests of up to 5010 tokens were turned away: the model's own limit is 4096 tokens; " +
    "only a model with a longer window can serve them",
  ]);
});
