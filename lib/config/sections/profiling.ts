import { type Condition, is, isNot, never } from "../applies.ts";
import { textMap } from "../../settings/collections.ts";
import { LIMITS } from "../../sim/limits.ts";
import { section } from "../section.ts";
import { quantity } from "../../settings/quantities.ts";

/** SimFaaSInfer's files of models have the section inside `model`. */
const inModel = (key: string) => [`model.profiling.${key}`];

const coefficient = (key: string, describe: string, appliesWhen?: Condition) =>
  quantity("number", {
    aliases: inModel(key),
    min: 0,
    max: LIMITS.coefficient.value,
    default: null,
    describe: `${describe}.`,
    appliesWhen,
  });

/** Coefficients in SimFaaSInfer's files. */
export const profiling = section({
  attention_prefill_time_per_token_sq: coefficient(
    "attention_prefill_time_per_token_sq",
    "Prefill attention, milliseconds per squared token",
  ),
  attention_decode_time_per_token: coefficient(
    "attention_decode_time_per_token",
    "Decode attention, milliseconds per token of context",
  ),
  mlp_time_per_token: coefficient(
    "mlp_time_per_token",
    "Feed-forward layer, milliseconds per token",
  ),
  layernorm_time_per_token: coefficient(
    "layernorm_time_per_token",
    "Normalisation, milliseconds per token",
  ),
  embedding_time_per_token: coefficient(
    "embedding_time_per_token",
    "Embedding, milliseconds per token",
  ),
  allreduce_time_per_gb: coefficient(
    "allreduce_time_per_gb",
    "All-reduce, milliseconds per gigabyte",
    isNot("parallelization.tensor_parallel_size", 1),
  ),
  allgather_time_per_gb: coefficient(
    "allgather_time_per_gb",
    "All-gather, milliseconds per gigabyte",
    never("all-reduces and copies between stages are what a step waits for"),
  ),
  send_recv_time_per_gb: coefficient(
    "send_recv_time_per_gb",
    "Send and receive, milliseconds per gigabyte",
    isNot("parallelization.pipeline_parallel_size", 1),
  ),
  model_memory_gb: coefficient(
    "model_memory_gb",
    "Weights, gigabytes",
    never("sizes come from the model's shape"),
  ),
  kv_cache_memory_per_token_mb: coefficient(
    "kv_cache_memory_per_token_mb",
    "KV cache, megabytes per token and layer",
    never("sizes come from the model's shape"),
  ),
  predictors: textMap({
    aliases: inModel("predictors"),
    default: {},
    appliesWhen: never("no predictor is read from a file"),
    describe: "Files of trained predictors, by phase.",
  }),
}, {
  appliesWhen: is("execution.source", "simfaasinfer"),
  describe:
    "Coefficients of SimFaaSInfer's files: what the execution source `simfaasinfer` makes step times " +
    "of. Times per token and squared token count for each layer, of the embedding once.",
});
