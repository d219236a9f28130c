import { loadConfig, simulate } from "simfaasinfer";
import { defineExperiment, pinnedTargetRows, readPinnedTargets } from "simfaasinfer/experiment";
import { bandedCurves } from "simfaasinfer/plot";
import { meanInterval } from "simfaasinfer/stats";
import targetsText from "../../data/targets/llumnix.yaml" with { type: "text" };

const TARGETS = readPinnedTargets(targetsText);

/** Lengths of figure 10, tokens. */
const LENGTHS = [256, 512, 1024, 2048, 4096, 8192] as const;
const METHODS = ["live", "blocking", "recompute"] as const;
const SYSTEMS = ["round-robin", "infaas", "llumnix"] as const;

/** Models of figure 10. Rate and set-up are fitted to blocking copies of up to 2,048 tokens. */
const MODELS = {
  "7b": {
    model: "{ name: llama-2-7b, dtype: fp16, max_model_len: 16384, assume_long: true }",
    gpus: 1,
    rate: "2.453GB/s",
    setup: "13.3ms",
  },
  "30b": {
    model: `{ name: llama-30b, dtype: fp16, num_layers: 60, hidden_size: 6656,
      intermediate_size: 17920, num_attention_heads: 52, vocab_size: 32000,
      max_position_embeddings: 16384 }`,
    gpus: 4,
    rate: "4.61GB/s",
    setup: "34.3ms",
  },
} as const;

/** Means of the lengths of figure 11 and the Zipf exponents that give them with at most 6,144 tokens. */
const EXPONENTS = { 128: 0, 256: 0, 512: 0 } as const;

/** Rows of figure 11: mean lengths and rates, requests per second. */
const ROWS = {
  "S-S": { mean: 128, rates: [32, 34, 36] },
  "M-M": { mean: 256, rates: [7.4, 7.6, 7.8] },
  "L-L": { mean: 512, rates: [2.6, 2.8, 3] },
} as const;
