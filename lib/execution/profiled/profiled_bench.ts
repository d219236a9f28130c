import { modelShape } from "../../models/catalogue.ts";
import { PROFILED_GPUS, shippedProfile } from "./catalogue.ts";
import { profiled } from "./profiled.ts";

/** What a simulation waits for before its first step: at most 150 ms in all. */
const shape = modelShape("llama-3.1-8b");

for (const gpu of PROFILED_GPUS) {
  Deno.bench(`read the profile of ${gpu}`, { group: "read" }, () => {
    shippedProfile(gpu);
  });
  const profile = shippedProfile(gpu);
  Deno.bench(`compose the lookup arrays of Llama-3.1-8B on ${gpu}`, { group: "compose" }, () => {
    profiled({ profile, shape });
  });
}
