import { custom, leaves, notes, takes } from "../keys.ts";
import { anyText, share, tokenCount, whole, yesOrNo } from "../readers.ts";
import {
  DTYPE,
  jsonLeft,
  KV_DTYPE,
  onlyOff,
  onlyOn,
  QUANTIZATION,
  switches,
  WHY,
  words,
} from "./flag_rules.ts";
import { byName, type Flag, listed, switched, valued } from "./flags.ts";

/**
 * The flags of `vllm serve` and of its older entry points, by vLLM 0.19's own names and those that
 * earlier versions had. A new setting here is a line.
 */
export const VLLM_FLAGS: readonly Flag[] = [
  // What is served.
  valued("--model --model-id", notes("model", anyText, ["model.name"])),
  valued("--model-dir", notes("modelAddress", anyText, ["model.name"])),
  valued("--max-model-len", takes("model.max_model_len", tokenCount)),
  valued("--dtype", DTYPE),
  valued("--quantization -q", QUANTIZATION),
  valued(
    "--hf-overrides --hf-config-path",
    custom([], (value, key, reading) => {
      const isJson = String(value).trimStart().startsWith("{");
      const why = "the model's own config.json counts: change it and pass it (--hf-config)";
      if (isJson) jsonLeft(why).apply(value, key, reading);
      else reading.leave(key, why);
    }),
  ),
  valued("--rope-scaling --rope-theta", leaves("the longest sequence is --max-model-len")),
  // How it is spread over GPUs.
  valued(
    "--tensor-parallel-size -tp",
    notes("tensorParallel", whole(1), ["parallelization.tensor_parallel_size"]),
  ),
  valued(
    "--pipeline-parallel-size -pp",
    notes("pipelineParallel", whole(1), ["parallelization.pipeline_parallel_size"]),
  ),
  valued(
    "--data-parallel-size -dp",
    notes("dataParallel", whole(1), ["parallelization.data_parallel_attention"]),
  ),
  switched(
    "--enable-expert-parallel -ep",
    notes("expertParallel", yesOrNo, ["parallelization.expert_parallel_size"]),
  ),
  valued(
    "--all2all-backend",
    words(
      "parallelization.all_to_all",
      {
        deepep_low_latency: "low-latency",
        deepep_high_throughput: "normal",
      },
      {},
      "tokens reach experts as by DeepEP's kernels here",
    ),
  ),
  valued(
    "--data-parallel-size-local -dpl --data-parallel-address -dpa --data-parallel-rpc-port -dpp " +
      "--data-parallel-start-rank -dpr --data-parallel-rank --data-parallel-backend -dpb " +
      "--api-server-count -asc --nnodes --node-rank --master-addr --master-port " +
      "--distributed-executor-backend --max-parallel-loading-workers",
    leaves(WHY.group),
  ),
  switched(
    "--headless --data-parallel-hybrid-lb --data-parallel-external-lb",
    leaves(WHY.group),
  ),
  valued(
    "--decode-context-parallel-size -dcp --prefill-context-parallel-size -pcp",
    leaves(WHY.context),
  ),
  switched("--enable-eplb --enable-dbo", leaves("experts' load is parallelization.expert_skew")),
  valued(
    "--eplb-config --num-redundant-experts",
    leaves("experts' load is parallelization.expert_skew"),
  ),
  // Memory.
  valued("--gpu-memory-utilization", takes("memory.gpu_memory_utilization", share)),
  valued("--kv-cache-dtype", KV_DTYPE),
  valued("--block-size", takes("memory.block_size", whole(1))),
  valued("--num-gpu-blocks-override", takes("memory.num_gpu_blocks", whole(1))),
  valued("--kv-cache-memory-bytes", leaves("memory.num_gpu_blocks counts blocks, not bytes")),
  valued("--swap-space", leaves("vLLM V1 recomputes what it preempts")),
  valued(
    "--cpu-offload-gb --kv-offloading-size --kv-offloading-backend",
    leaves(WHY.offload),
  ),
  valued("--kv-transfer-config --kv-events-config --ec-transfer-config", jsonLeft(WHY.transfer)),
  // Steps.
  valued("--max-num-seqs", takes("scheduler.max_num_seqs", whole(1))),
  valued("--max-num-batched-tokens", takes("scheduler.max_num_batched_tokens", tokenCount)),
  valued(
    "--long-prefill-token-threshold",
    takes("scheduler.long_prefill_token_threshold", whole(0)),
  ),
  valued(
    "--max-num-partial-prefills --max-long-partial-prefills",
    leaves("vLLM V1 has no limit on prompts in progress but the budget of a step"),
  ),
  switched("--enable-prefix-caching", switches("scheduler.prefix_caching")),
  switched(
    "--enable-chunked-prefill",
    onlyOn("on, as vLLM V1 has it here", "vLLM V1 computes prompts in chunks here"),
  ),
  valued(
    "--scheduling-policy",
    words("scheduler.scheduling_policy", { fcfs: "fcfs", priority: "priority" }, {}),
  ),
  switched("--async-scheduling", switches("scheduler.async_scheduling")),
  switched("--scheduler-reserve-full-isl", switches("scheduler.scheduler_reserve_full_isl")),
  valued(
    "--num-scheduler-steps --scheduler-delay-factor --preemption-mode --num-lookahead-slots",
    leaves("vLLM V1 does not have it"),
  ),
  switched(
    "--use-v2-block-manager --multi-step-stream-outputs",
    leaves("vLLM V1 does not have it"),
  ),
  valued("--scheduler-cls --stream-interval", leaves("steps are those of vLLM's own scheduler")),
  valued("--prefix-caching-hash-algo", leaves("all hashes find the same blocks")),
  switched("--disable-hybrid-kv-cache-manager", leaves("KV blocks are held by groups of layers")),
  valued("--speculative-config -sc", jsonLeft(WHY.speculation)),
  valued("--speculative-model --num-speculative-tokens", leaves(WHY.speculation)),
  // Kernels.
  switched("--enforce-eager", onlyOff(WHY.eager)),
  valued(
    "--compilation-config -cc",
    custom([], (value, key, reading) => {
      if (/^\d$/.test(String(value))) reading.leave(key, WHY.kernels);
      else jsonLeft(WHY.kernels).apply(value, key, reading);
    }),
  ),
  switched("-O0 -O1 -O2 -O3", leaves(WHY.kernels)),
  valued("--optimization-level -O --attention-backend --mamba-backend", leaves(WHY.kernels)),
  valued(
    "--attention-config --kernel-config --max-cudagraph-capture-size " +
      "--max-seq-len-to-capture --mamba-cache-dtype --mamba-ssm-cache-dtype --mamba-block-size " +
      "--device",
    leaves(WHY.kernels),
  ),
  listed("--cudagraph-capture-sizes --device-ids", leaves(WHY.kernels)),
  switched("--disable-custom-all-reduce --disable-cascade-attn", leaves(WHY.kernels)),
  // Weights.
  valued(
    "--load-format --download-dir --ignore-patterns --safetensors-load-strategy --pt-load-map-location",
    leaves(WHY.load),
  ),
  valued("--model-loader-extra-config", leaves(WHY.load)),
  switched("--use-tqdm-on-load", leaves(WHY.load)),
  switched("--enable-sleep-mode", leaves("sleep is scaling.keep_alive.sleep.level")),
  // What is not simulated.
  switched("--enable-lora --fully-sharded-loras --enable-lora-bias", onlyOff(WHY.lora)),
  listed("--lora-modules --default-mm-loras --prompt-adapters", leaves(WHY.lora)),
  valued(
    "--max-loras --max-lora-rank --max-cpu-loras --lora-dtype --lora-extra-vocab-size ",
    leaves(WHY.lora),
  ),
  valued(
    "--limit-mm-per-prompt --mm-processor-kwargs --media-io-kwargs --mm-processor-cache-gb " +
      "--mm-encoder-tp-mode --mm-encoder-attn-backend --allowed-local-media-path",
    leaves(WHY.media),
  ),
  switched(
    "--skip-mm-profiling --language-model-only --enable-mm-embeds --disable-mm-preprocessor-cache",
    leaves(WHY.media),
  ),
  // What takes no time.
  listed("--served-model-name --middleware", leaves(WHY.network)),
  valued(
    "--host --port --uds --api-key --root-path --allowed-origins " +
      "--allowed-methods --allowed-headers --ssl-keyfile --ssl-certfile --ssl-ca-certs " +
      "--ssl-cert-reqs --uvicorn-log-level --max-log-len --otlp-traces-endpoint " +
      "--collect-detailed-traces --log-config-file --h11-max-incomplete-event-size " +
      "--h11-max-header-count --hf-token --model-name --http-port --grpc-port --max-buffer-size",
    leaves(WHY.network),
  ),
  switched(
    "--allow-credentials --disable-log-requests --enable-log-requests --disable-log-stats " +
      "--disable-uvicorn-access-log --disable-fastapi-docs --enable-ssl-refresh --use-v2 " +
      "--enable-request-id-headers --disable-frontend-multiprocessing --enable-log-outputs " +
      "--enable-server-load-tracking --enable-force-include-usage --enable-prompt-tokens-details " +
      "--show-hidden-metrics --enable-offline-docs --enable-tokenizer-info-endpoint",
    leaves(WHY.network),
  ),
  valued("--show-hidden-metrics-for-version", leaves(WHY.network)),
  valued("--config", leaves("a file inside of the container: write its settings as flags")),
  valued(
    "--tokenizer --tokenizer-mode --tokenizer-revision --revision --code-revision --chat-template " +
      "--chat-template-content-format --response-role --tool-call-parser --tool-parser-plugin " +
      "--reasoning-parser --reasoning-config --guided-decoding-backend --structured-outputs-config " +
      "--config-format --runner --task --convert --model-impl --tokenizer-pool-size " +
      "--tokenizer-pool-type --pooler-config --tool-server --io-processor-plugin " +
      "--renderer-num-workers --default-chat-template-kwargs",
    leaves(WHY.text),
  ),
  switched(
    "--trust-remote-code --enable-auto-tool-choice --enable-reasoning --skip-tokenizer-init " +
      "--return-tokens-as-token-ids --trust-request-chat-template --exclude-tools-when-tool-choice-none",
    leaves(WHY.text),
  ),
  valued(
    "--seed --generation-config --override-generation-config --max-logprobs --logprobs-mode " +
      "--logits-processor-pattern --logits-processors --allowed-token-ids",
    leaves(WHY.sampling),
  ),
  // Those that Dynamo's workers have beside vLLM's own.
  valued(
    "--disaggregation-mode",
    custom([], (value, key, reading) => {
      const role = String(value);
      if (role === "prefill" || role === "decode") reading.note("role", key, role);
      else reading.leave(key, "prompts and outputs are computed by the same instances");
    }),
  ),
  switched(
    "--is-prefill-worker",
    custom([], (_, key, reading) => reading.note("role", key, "prefill")),
  ),
  switched(
    "--is-decode-worker",
    custom([], (_, key, reading) => reading.note("role", key, "decode")),
  ),
  valued("--connector --migration-limit --endpoint", leaves(WHY.transfer)),
];

/** The same by name. */
export const VLLM_FLAG_TABLE: ReadonlyMap<string, Flag> = byName(VLLM_FLAGS);
