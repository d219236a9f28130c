import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { runCommandLine, withFiles } from "../testing_command_line.ts";
import { call, DEPLOYMENT, importCommand, importing } from "./testing_import.ts";

Deno.test("import prints a configuration that simulate takes, and remarks on standard error", async () => {
  await withFiles({ "chat.yaml": DEPLOYMENT }, async (directory) => {
    const made = await runCommandLine(["import", "chat.yaml"], { directory });
    equal(made.code, 0, made.stderr);
    match(made.stdout, /^# Imported from chat\.yaml\nmodel:\n {2}name: qwen2\.5-7b\n/);
    match(made.stderr, /^Taken over\n {2}chat\.yaml: document 1, Deployment chat\n/);
    for (const part of ["\nNot taken over\n", "\nAssumed\n", "--quick-mode: no setting is known"]) {
      ok(made.stderr.includes(part), part);
    }
    ok(!`${made.stdout}${made.stderr}`.includes("top-secret"), "values may be secrets");
    await Deno.writeTextFile(`${directory}/config.yaml`, made.stdout);
    const short = ["--set", "simulation.duration=20", "--quiet"];
    const ran = await runCommandLine(["simulate", "config.yaml", ...short], { directory });
    equal(ran.code, 0, ran.stderr);
    match(ran.stdout, /requests +\d+ arrived/);
  });
});

Deno.test("import reads standard input", async () => {
  await withFiles({}, async (directory) => {
    const made = await runCommandLine(["import", "-"], { directory, stdin: DEPLOYMENT });
    equal(made.code, 0, made.stderr);
    match(made.stdout, /^# Imported from standard input\n/);
  });
});

Deno.test("import --vllm takes a command as one types it", async () => {
  const line = "HF_TOKEN=x vllm serve Qwen/Qwen3-32B --tensor-parallel-size 2 " +
    "--max-model-len 32K --max_num_seqs=128 --no-enable-prefix-caching";
  const { code, out, err } = await call("import", "--vllm", line, "--gpu", "H200");
  equal(code, 0, String(err));
  const { model, cluster, parallelization, scheduler, scaling } = loadConfig(out);
  deepEqual([model.name, model.max_model_len], ["qwen3-32b", 32768]);
  deepEqual([cluster.gpu_type, cluster.num_replicas, scaling.enabled], ["H200", 1, false]);
  equal(parallelization.tensor_parallel_size, 2);
  deepEqual([scheduler.max_num_seqs, scheduler.prefix_caching], [128, false]);
});

Deno.test("import --sglang likewise, and a line joins with what scales it", async () => {
  const line =
    "python3 -m sglang.launch_server --model-path Qwen/Qwen3-14B --mem-fraction-static .8";
  const hpa = `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
spec:
  scaleTargetRef: { kind: Deployment, name: any }
  minReplicas: 1
  maxReplicas: 3
  metrics:
    - type: Pods
      pods: { metric: { name: num_requests_waiting }, target: { averageValue: "2" } }
`;
  const { code, out, err } = await importing({ "hpa.yaml": hpa }, "--sglang", line);
  equal(code, 0, String(err));
  const { memory, scaling } = loadConfig(out);
  deepEqual([memory.gpu_memory_utilization, memory.reserve_rule], [0.8, "sglang"]);
  deepEqual([scaling.policy, scaling.min_instances, scaling.max_instances], ["hpa", 1, 3]);
});

Deno.test("import --json prints configuration and remarks, and nothing on standard error", async () => {
  const { code, out, err } = await importing({ "chat.yaml": DEPLOYMENT }, "--json");
  equal(code, 0);
  deepEqual(err, []);
  const { configuration, taken, not_taken, assumed } = JSON.parse(out);
  equal(configuration.cluster.num_replicas, 2);
  ok(taken.some(({ key }: { key: string }) => key === "spec.replicas"));
  ok(not_taken.some(({ key }: { key: string }) => key === "--api-key"));
  equal(assumed.length, 1);
});

const UNKNOWN_MODEL = DEPLOYMENT.replaceAll("Qwen/Qwen2.5-7B-Instruct", "acme/house-model");

Deno.test("import of a model that is not known asks for --model, and takes it", async () => {
  const refused = await importing({ "a.yaml": UNKNOWN_MODEL });
  deepEqual([refused.code, refused.out, refused.err.length], [2, "", 1]);
  match(
    refused.err[0],
    /^a\.yaml: document 1, .*"acme\/house-model"; pass .*--model NAME.*FILE\.json/,
  );
  for (const choice of ["qwen3-14b", "acme/house-model=Qwen/Qwen3-14B"]) {
    const { code, out, err } = await importing({ "a.yaml": UNKNOWN_MODEL }, "--model", choice);
    equal(code, 0, String(err));
    equal(loadConfig(out).model.name, "qwen3-14b");
  }
  const wrong = await importing({ "a.yaml": UNKNOWN_MODEL }, "--model", "qwen9");
  deepEqual([wrong.code, wrong.out], [2, ""]);
  match(wrong.err[0], /^Cannot read --model .*"qwen9"$/);
});

const SHAPE = JSON.stringify({
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
  max_position_embeddings: 8192,
  tie_word_embeddings: true,
});

Deno.test("import --model FILE.json takes the model's own config.json", async () => {
  const files = { "a.yaml": UNKNOWN_MODEL, "config.json": SHAPE };
  const { code, out, err } = await importing(files, "--model", "DIR/config.json");
  equal(code, 0, String(err));
  match(out, /name: house-model\n {2}hf_config: config\.json/);
  const absent = await importing({ "a.yaml": UNKNOWN_MODEL }, "--model", "DIR/none.json");
  deepEqual([absent.code, absent.out, absent.err.length], [2, "", 1]);
});

Deno.test("import reads merged keys, and brackets in the column of their key, as kubectl does", async () => {
  const text = `
apiVersion: apps/v1
kind: Deployment
spec:
  replicas: 2
  template:
    spec:
      nodeSelector: &first { accelerator: L40S }
      containers:
      - &server
        image: vllm/vllm-openai:v0.19.0
        args: [
          Qwen/Qwen2.5-7B-Instruct,
        ]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: b }
spec:
  replicas: 3
  template: { spec: { containers: [{ <<: &other { image: "vllm/vllm-openai:v0.18.0", args: [gpt2] }, args: [Qwen/Qwen3-14B] }] } }
`;
  const { code, out, err } = await importing({ "a.yaml": text });
  equal(code, 0, String(err));
  const { functions } = loadConfig(out);
  deepEqual(functions.map(({ model }) => model!.name), ["qwen2.5-7b", "qwen3-14b"]);
  deepEqual(functions.map(({ scheduler }) => scheduler!.engine), ["vllm@0.19", "vllm@0.18"]);
});

Deno.test("the help of import fits a terminal and names its options", () => {
  for (const line of importCommand.help.split("\n")) ok(line.length <= 100, line);
  for (const option of ["--vllm", "--sglang", "--model", "--gpu", "--json"]) {
    ok(importCommand.help.includes(option), option);
  }
});

Deno.test("import leaves workers of Dynamo as they are whose autoscaler goes by processors", async () => {
  const text = `
apiVersion: nvidia.com/v1alpha1
kind: DynamoGraphDeployment
metadata: { name: g }
spec:
  services:
    Worker:
      autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 }
      resources: { limits: { gpu: "1" } }
      extraPodSpec: { mainContainer: { command: [python3, -m, dynamo.vllm, --model, gpt2] } }
`;
  const { code, out, err } = await importing({ "a.yaml": text });
  equal(code, 0, String(err));
  const { scaling, cluster } = loadConfig(out);
  deepEqual([scaling.enabled, cluster.num_replicas], [false, 2]);
});

Deno.test("import names what it cannot place: a GPU, an annotation, a part of a GPU", async () => {
  const text = `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { annotations: { autoscaling.knative.dev/min-scale: "2" } }
spec:
  template:
    metadata:
      annotations: { autoscaling.knative.dev/maxscale: "9", example.com/note: hello }
    spec:
      nodeSelector: { nvidia.com/gpu.product: NVIDIA-XYZ }
      containers:
        - image: vllm/vllm-openai:v0.19.0
          args: [Qwen/Qwen2.5-7B-Instruct]
          resources: { limits: { nvidia.com/mig-3g.40gb: 1, google.com/tpu: 4 } }
`;
  const { code, err } = await importing({ "a.yaml": text });
  equal(code, 0, String(err));
  const shown = err.join("\n");
  for (
    const part of [
      'gpu.product]: no "NVIDIA-XYZ" is in data/hardware: pass a GPU with --gpu',
      "/maxscale]: no setting is known for it; is autoscaling.knative.dev/max-scale meant?",
      "metadata.annotations[autoscaling.knative.dev/min-scale]: what autoscalers read stands at spec",
      "mig-3g.40gb]: a share of a GPU is not simulated",
      "[google.com/tpu]: it is no GPU",
      'cluster.gpu_type: "h100-sxm" (no document names a whole GPU that is known: --gpu)',
    ]
  ) ok(shown.includes(part), part);
  ok(!shown.includes("example.com"));
});

Deno.test("import joins by kind, name and namespace, and says what it cannot join", async () => {
  const scaler = (name: string, target: string, namespace: string) => `
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: ${name}, namespace: ${namespace} }
spec: { scaleTargetRef: ${target}, maxReplicaCount: 7, triggers: [{ type: redis, metadata: { listLength: "3" } }] }
`;
  const deployment = DEPLOYMENT.replace("{ name: chat }", "{ name: chat, namespace: a }");
  const joined = await importing({
    "a.yaml": deployment,
    "b.yaml": scaler("other", "{ name: chat }", "b") +
      scaler("kind", "{ kind: StatefulSet, name: chat }", "a") +
      scaler("right", "{ name: chat }", "a") + scaler("second", "{ name: chat }", "a"),
  });
  equal(joined.code, 0, String(joined.err));
  equal(loadConfig(joined.out).scaling.max_instances, 7);
  const shown = joined.err.join("\n");
  ok(shown.includes("other\n    Deployment chat, which it scales, is in no document"));
  ok(shown.includes("kind\n    StatefulSet chat, which it scales, is in no document"));
  ok(shown.includes("second\n    another document scales the same workload"));
});

Deno.test("import names documents that it passes over, and quotes nothing that a terminal obeys", async () => {
  const text = `${DEPLOYMENT}
---
apiVersion: v1
kind: Secret
data: { key: c2VjcmV0 }
---
apiVersion: example.com/v1
kind: "Po\\u001bny"
`;
  const { code, err } = await importing({ "a.yaml": text });
  equal(code, 0);
  const shown = err.join("\n");
  ok(shown.includes("a.yaml: document 2, Secret\n    rights and secrets take no time here"));
  ok(shown.includes("document 3, Po\\u001bny\n    documents of this kind are not read"));
  ok(!shown.includes("c2VjcmV0") && !shown.includes("\u001b"));
});

Deno.test("simulate and capacity of a manifest say to import it", async () => {
  const texts = [DEPLOYMENT, `${DEPLOYMENT}---${DEPLOYMENT}`, "{ workersMax: 3, idleTimeout: 5 }"];
  for (const text of [...texts, "{ gpu: H100, scaledown_window: 60 }"]) {
    await withFiles({ "ksvc.yaml": text }, async (directory) => {
      for (const command of ["simulate", "capacity"]) {
        const { code, out, err } = await call(command, `${directory}/ksvc.yaml`);
        deepEqual([code, out, err.length], [2, "", 1]);
        match(
          err[0],
          /"deno task import \S*ksvc\.yaml > config\.yaml" makes a configuration of it$/,
        );
      }
    });
  }
});

Deno.test("import gives each of several functions what its platform sets", async () => {
  const knative = `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: chat }
spec:
  template:
    spec:
      nodeSelector: { nvidia.com/gpu.product: NVIDIA-L40S }
      containers:
        - image: vllm/vllm-openai:v0.15.0
          args: [Qwen/Qwen2.5-7B-Instruct]
          resources: { limits: { nvidia.com/gpu: 1 } }
---
# A front end: it has no GPU and no server of a model.
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: web }
spec: { template: { spec: { containers: [{ image: "nginx:1.27" }] } } }
`;
  const runpod = `
name: batch
gpuIds: AMPERE_80
workersMin: 0
workersMax: 2
idleTimeout: 30
env: { MODEL_NAME: Qwen/Qwen2.5-14B-Instruct, QUANTIZATION: gptq }
`;
  const { code, out, err } = await importing({ "knative.yaml": knative, "runpod.yaml": runpod });
  equal(code, 0, String(err));
  const [chat, batch, ...others] = loadConfig(out).functions;
  deepEqual([chat.name, batch.name, others], ["chat", "batch", []]);
  const of = (platform: string) => loadConfig(`platform: ${platform}`);
  deepEqual([chat.scaling!.policy, batch.scaling!.policy], [
    of("knative").scaling.policy,
    of("runpod-like").scaling.policy,
  ]);
  deepEqual([chat.gpu_type, batch.gpu_type], ["l40s", "a100-sxm-80gb"]);
  deepEqual([batch.cost!.provider, batch.scaling!.max_instances], ["runpod", 2]);
  ok(err.some((line) => line.includes("document 2, Knative Service web")));
});

Deno.test("import takes defaults of a source that its document does not say", async () => {
  const keda = `
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
spec: { scaleTargetRef: { name: chat }, triggers: [{ type: kafka, metadata: { lagThreshold: "9" } }] }
---
`;
  const { code, out, err } = await importing({ "a.yaml": DEPLOYMENT + keda });
  equal(code, 0, String(err));
  const { scaling, cold_start } = loadConfig(out);
  deepEqual([scaling.policy, scaling.min_instances, scaling.max_instances], ["keda", 0, 100]);
  equal(cold_start.initial_instances, 2);
  ok(err.some((line) => line.includes("maxReplicas is not set: the default of KEDA")));
});

Deno.test("import replaces variables in arguments as Kubernetes does, and says which it cannot", async () => {
  const text = DEPLOYMENT.replace(
    "[{ name: API_KEY",
    "[{ name: LEN, value: '4096' }, { name: API_KEY",
  )
    .replace("--quick-mode", "--max-model-len, $(LEN), --max-num-seqs, $(SEQS), --quick-mode");
  const { code, out, err } = await importing({ "a.yaml": text });
  equal(code, 0, String(err));
  equal(loadConfig(out).model.max_model_len, 4096);
  ok(err.some((line) => line.includes("--max-num-seqs: its value is not in the manifest")));
});

Deno.test("import shows what there is one of", async () => {
  const { code, err } = await call("import", "--vllm", "vllm serve gpt2 --enforce-eager");
  equal(code, 0);
  const heads = err.filter((line) => !line.startsWith(" "));
  deepEqual(heads, ["Taken over", "Not taken over", "Assumed"]);
});

Deno.test("import says what of the command line was of no use", async () => {
  const line = "vllm serve gpt2";
  const { code, err } = await call("import", "--vllm", line, "--gpu", "H100", "--model", "gpt-2");
  equal(code, 0);
  ok(err.some((text) => text.includes("--model: every document names a model that is known")));
  const named = DEPLOYMENT;
  const other = await importing({ "a.yaml": named }, "--gpu", "H100");
  ok(other.err.some((text) => text.includes("--gpu: every document names a GPU that is known")));
});

Deno.test("import takes a workload of an unknown server as vLLM where --model says what it serves", async () => {
  const text = DEPLOYMENT.replace("vllm/vllm-openai:v0.19.0", "example/server:1")
    .replace(/args: .*/, "args: [--verbose]");
  const { code, out, err } = await importing({ "a.yaml": text }, "--model", "qwen3-8b");
  equal(code, 0, String(err));
  equal(loadConfig(out).model.name, "qwen3-8b");
  ok(err.some((line) => line.includes("its server is taken as vLLM")));
});

Deno.test("import takes the limits of a cluster from its own configuration", async () => {
  const service = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: x }
spec: { template: { spec: { containerConcurrency: 1500,
  containers: [{ command: [vllm, serve, Qwen/Qwen3-14B] }] } } }`;
  const defaults = `apiVersion: v1
kind: ConfigMap
metadata: { name: config-defaults }
data: { container-concurrency-max-limit: "2000" }`;
  const { code, out, err } = await importing({ "a.yaml": service, "b.yaml": defaults });
  equal(code, 0, String(err));
  equal(loadConfig(out).gateway.concurrency_per_instance, 1500);
});
