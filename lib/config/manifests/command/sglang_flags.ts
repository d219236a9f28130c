import { custom, leaves, notes, takes } from "../keys.ts";
import { anyText, notNegative, share, tokenCount, whole, yesOrNo } from "../readers.ts";
import { DTYPE, jsonLeft, KV_DTYPE, onlyOff, QUANTIZATION, WHY, words } from "./flag_rules.ts";
import { byName, type Flag, listed, switched, valued } from "./flags.ts";

const OWN_ORDER = "an order of SGLang's own; requests wait first come, first served here";

/** The flags of SGLang's server, by its own names. A new setting here is a line. */
export const SGLANG_FLAGS: readonly Flag[] = [
  valued("--model-path --model", notes("model", anyText, ["model.name"])),
  valued("--context-length", takes("model.max_model_len", tokenCount)),
  valued("--dtype", DTYPE),
  valued("--quantization", QUANTIZATION),
  valued("--json-model-override-args", jsonLeft("pass the model's config.json (--hf-config)")),
  valued(
    "--tensor-parallel-size --tp-size --tp",
    notes("tensorParallel", whole(1), ["parallelization.tensor_parallel_size"]),
  ),
  valued(
    "--pipeline-parallel-size --pp-size --pp",
    notes("pipelineParallel", whole(1), ["parallelization.pipeline_parallel_size"]),
  ),
  valued(
    "--data-parallel-size --dp-size --dp",
    notes("dataParallel", whole(1), ["parallelization.data_parallel_attention"]),
  ),
  switched(
    "--enable-dp-attention",
    notes("attentionRanks", yesOrNo, ["parallelization.data_parallel_attention"]),
  ),
  valued(
    "--expert-parallel-size --ep-size --ep",
    custom(["parallelization.expert_parallel_size"], (value, key, reading) => {
      const size = reading.read(key, value, whole(1));
      if (size !== undefined) reading.note("expertParallel", key, size > 1);
    }),
  ),
  valued(
    "--deepep-mode",
    words("parallelization.all_to_all", {
      auto: "auto",
      normal: "normal",
      low_latency: "low-latency",
    }, {}),
  ),
  valued(
    "--moe-a2a-backend --moe-runner-backend --moe-dense-tp-size --ep-num-redundant-experts " +
      "--init-expert-location --eplb-algorithm --eplb-rebalance-num-iterations",
    leaves(
      "tokens reach experts as by DeepEP's kernels; their load is parallelization.expert_skew",
    ),
  ),
  switched(
    "--enable-deepep-moe --enable-eplb --enable-ep-moe",
    leaves(
      "tokens reach experts as by DeepEP's kernels; their load is parallelization.expert_skew",
    ),
  ),
  valued(
    "--nnodes --node-rank --dist-init-addr --nccl-port --load-balance-method --dist-timeout",
    leaves(WHY.group),
  ),
  valued("--mem-fraction-static", takes("memory.gpu_memory_utilization", share)),
  valued("--kv-cache-dtype", KV_DTYPE),
  valued("--page-size", takes("memory.block_size", whole(1))),
  valued("--max-total-tokens", leaves("memory.num_gpu_blocks counts blocks, not tokens")),
  valued("--max-running-requests", takes("scheduler.max_num_seqs", whole(1))),
  valued(
    "--chunked-prefill-size",
    custom(["scheduler.max_num_batched_tokens"], (value, key, reading) => {
      const tokens = reading.read(key, value, tokenCount);
      if (tokens === "auto") reading.leave(key, "prompts are computed in chunks here");
      else if (tokens !== undefined) {
        reading.take(key, "scheduler.max_num_batched_tokens", tokens);
      }
    }),
  ),
  valued("--max-prefill-tokens", takes("scheduler.max_prefill_tokens", whole(1))),
  valued("--prefill-max-requests", leaves("a step takes as many prompts as its tokens let in")),
  valued("--max-queued-requests", leaves("gateway.limit is of the gateway, not of an instance")),
  valued(
    "--schedule-policy",
    words("scheduler.scheduling_policy", { fcfs: "fcfs" }, {
      lpm: OWN_ORDER,
      "dfs-weight": OWN_ORDER,
      random: OWN_ORDER,
      lof: OWN_ORDER,
    }),
  ),
  switched(
    "--enable-priority-scheduling",
    custom(["scheduler.scheduling_policy"], (value, key, reading) => {
      if (reading.read(key, value, yesOrNo)) {
        reading.take(key, "scheduler.scheduling_policy", "priority");
      }
    }),
  ),
  valued(
    "--schedule-conservativeness",
    takes("scheduler.schedule_conservativeness", notNegative),
  ),
  valued(
    "--num-continuous-decode-steps --stream-interval",
    leaves("tokens come one by one, and prompts are looked for before each step"),
  ),
  switched(
    "--enable-mixed-chunk",
    onlyOff("prompts and decodes are in steps of their own"),
  ),
  switched(
    "--disable-overlap-schedule",
    custom(["scheduler.async_scheduling"], (value, key, reading) => {
      const isOff = reading.read(key, value, yesOrNo);
      if (isOff !== undefined) reading.take(key, "scheduler.async_scheduling", !isOff);
    }),
  ),
  switched(
    "--disable-radix-cache",
    custom(["scheduler.prefix_caching"], (value, key, reading) => {
      const isOff = reading.read(key, value, yesOrNo);
      if (isOff !== undefined) reading.take(key, "scheduler.prefix_caching", !isOff);
    }),
  ),
  switched("--enable-hierarchical-cache", onlyOff(WHY.offload)),
  valued(
    "--hicache-ratio --hicache-size --hicache-write-policy --hicache-storage-backend --cpu-offload-gb",
    leaves(WHY.offload),
  ),
  switched("--disable-cuda-graph", onlyOff(WHY.eager)),
  listed("--cuda-graph-bs", leaves(WHY.kernels)),
  valued(
    "--cuda-graph-max-bs --attention-backend --prefill-attention-backend " +
      "--decode-attention-backend --sampling-backend --torch-compile-max-bs --mm-attention-backend " +
      "--fp8-gemm-backend --mamba-ssm-dtype --device --base-gpu-id --gpu-id-step",
    leaves(WHY.kernels),
  ),
  switched(
    "--enable-torch-compile --disable-custom-all-reduce --enable-flashinfer-allreduce-fusion " +
      "--enable-two-batch-overlap --enable-single-batch-overlap --enable-nccl-nvls " +
      "--disable-cuda-graph-padding --enable-p2p-check --triton-attention-reduce-in-fp32 " +
      "--enable-piecewise-cuda-graph",
    leaves(WHY.kernels),
  ),
  valued(
    "--speculative-algorithm --speculative-algo --speculative-draft-model-path " +
      "--speculative-draft-model --speculative-num-steps --speculative-eagle-topk " +
      "--speculative-num-draft-tokens --speculative-token-map --speculative-attention-mode",
    leaves(WHY.speculation),
  ),
  valued(
    "--disaggregation-mode",
    custom([], (value, key, reading) => {
      const role = String(value);
      if (role === "prefill" || role === "decode") reading.note("role", key, role);
      else reading.leave(key, "prompts and outputs are computed by the same instances");
    }),
  ),
  valued(
    "--disaggregation-transfer-backend --disaggregation-bootstrap-port --disaggregation-ib-device",
    leaves(WHY.transfer),
  ),
  valued(
    "--load-format --download-dir --model-loader-extra-config --weight-loader-prefetch",
    leaves(
      WHY.load,
    ),
  ),
  switched("--enable-memory-saver", leaves("sleep is scaling.keep_alive.sleep.level")),
  listed("--lora-paths", leaves(WHY.lora)),
  valued("--max-loras-per-batch --lora-backend --max-lora-rank", leaves(WHY.lora)),
  switched("--enable-lora", onlyOff(WHY.lora)),
  switched("--enable-multimodal", onlyOff(WHY.media)),
  listed(
    "--bucket-time-to-first-token --bucket-inter-token-latency --tokenizer-metrics-allowed-custom-labels",
    leaves(WHY.network),
  ),
  valued(
    "--host --port --api-key --served-model-name --log-level --log-level-http --file-storage-path " +
      "--watchdog-timeout --tokenizer-worker-num --metrics-labels " +
      "--log-requests-level --decode-log-interval --warmups",
    leaves(WHY.network),
  ),
  switched(
    "--enable-metrics --log-requests --show-time-cost --skip-server-warmup --enable-cache-report " +
      "--enable-metrics-for-all-schedulers --enable-request-time-stats-logging --skip-tokenizer-init",
    leaves(WHY.network),
  ),
  valued(
    "--tokenizer-path --tokenizer-mode --chat-template --completion-template --tool-call-parser " +
      "--reasoning-parser --grammar-backend --revision --model-impl --tool-server",
    leaves(WHY.text),
  ),
  switched("--trust-remote-code --is-embedding", leaves(WHY.text)),
  valued("--random-seed --sampling-defaults --preferred-sampling-params", leaves(WHY.sampling)),
];

/** The same by name. */
export const SGLANG_FLAG_TABLE: ReadonlyMap<string, Flag> = byName(SGLANG_FLAGS);
