import { exponential, gamma } from "../sim/distributions/mod.ts";
import { randomStreams } from "../sim/random_streams.ts";
import { embeddedWorkload, generateWorkload, independentLengths, poisson } from "./mod.ts";

const REQUESTS = 1_000_000;
const arrivals = poisson({ ratePerSecond: 32 });

Deno.bench("a million requests: Poisson 32/s, exponential lengths (the standard workload)", () => {
  const lengths = independentLengths({
    promptTokens: exponential({ mean: 512, min: 1, max: 8192, integer: true }),
    outputTokens: exponential({ mean: 200, min: 2, max: 2048, integer: true }),
  });
  generateWorkload({ arrivals, lengths, requests: REQUESTS }, randomStreams(42));
});

Deno.bench("a million requests: Poisson 32/s, gamma lengths", () => {
  const lengths = independentLengths({
    promptTokens: gamma({ mean: 512, std: 256, min: 1, max: 4096, integer: true }),
    outputTokens: gamma({ mean: 128, std: 64, min: 1, max: 2048, integer: true }),
  });
  generateWorkload({ arrivals, lengths, requests: REQUESTS }, randomStreams(42));
});

Deno.bench("a million requests: embedded conversation workload", () => {
  const workload = embeddedWorkload("azure-conversation");
  generateWorkload({ ...workload, requests: REQUESTS }, randomStreams(42));
});
