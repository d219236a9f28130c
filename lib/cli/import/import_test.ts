import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { main } from "../main.ts";
import { importCommand } from "./import.ts";
import { runCommandLine, withFiles } from "../testing_command_line.ts";

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: chat }
spec:
  replicas: 2
  template:
    spec:
      nodeSelector: { nvidia.com/gpu.product: NVIDIA-L40S }
      containers:
        - name: server
          image: vllm/vllm-openai:v0.19.0
          env: [{ name: API_KEY, value: top-secret }]
          args: [Qwen/Qwen2.5-7B-Instruct, --api-key, top-secret, --quick-mode, top-secret]
`;

/** Exit code, standard output and lines of standard error of a call in this process. */
async function call(...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const { error } = console;
  console.error = (line: string) => void err.push(line);
  try {
    const code = await main(args, (line) => void out.push(line), (line) => void err.push(line));
    return { code, out: out.join("\n"), err };
  } finally {
    console.error = error;
  }
}

/** Calls "import" with files of these texts, in their order. */
async function importing(files: Readonly<Record<string, string>>, ...args: string[]) {
  let ended: Awaited<ReturnType<typeof call>>;
  await withFiles(files, async (directory) => {
    const paths = Object.keys(files).filter((name) => !name.endsWith("config.json"))
      .map((name) => `${directory}/${name}`);
    ended = await call("import", ...paths, ...args.map((arg) => arg.replace("DIR", directory)));
    ended = {
      ...ended,
      out: ended.out.replaceAll(`${directory}/`, ""),
      err: ended.err.map((line) => line.replaceAll(`${directory}/`, "")),
    };
  });
  return ended!;
}

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
spec: { scaleTargetRef: { kind: Deployment, name: any }, minReplicas: 1, maxReplicas: 3 }
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

const SERVICE = (spec: string, annotations = "{}") => `
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: x }
spec: { template: { metadata: { annotations: ${annotations} }, spec: ${spec} } }
`;
const SERVER = `containers: [{ command: [vllm, serve, Qwen/Qwen3-14B] }]`;
const annotated = (name: string, value: string) =>
  SERVICE(`{ ${SERVER} }`, `{ autoscaling.knative.dev/${name}: ${value} }`);
const flags = (...words: string[]) =>
  SERVICE(`{ containers: [{ command: [vllm, serve, Qwen/Qwen3-14B, ${words.join(", ")}] }] }`);
const scaled = (text: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
spec: { scaleTargetRef: { name: x }, ${text} }
`;
/** Ten times ten times ... the same list. */
const BOMB = "abcdefgh".split("").map((name, i) =>
  `${name}: &${name} [${Array(10).fill(i === 0 ? "1" : `*${"abcdefgh"[i - 1]}`).join(", ")}]\n`
).join("");

/** A mistake: the text of the file, and what the only line has to say. */
const MISTAKES: Readonly<Record<string, readonly [text: string, says: RegExp]>> = {
  "an HTML page": ["<!DOCTYPE html>\n<html></html>", /^a\.yaml: .*document 1 as|an HTML page$/],
  "an empty file": ["", /^a\.yaml: .*document 1 .*an empty file$/],
  "a text": ["hello", /^a\.yaml: document 1: .*a text$/],
  "a list": ["- a", /^a\.yaml: document 1: .*a list$/],
  "no YAML": ["a: [", /^a\.yaml:\d+:\d+: Cannot read document 1 as YAML/],
  "no YAML in the third document": [
    `# first\n---\n${annotated("min-scale", '"1"')}---\na: b\n---\n{ c: ]\n`,
    /^a\.yaml:\d+:\d+: Cannot read document 3 as YAML/,
  ],
  "a template": [
    `${annotated("min-scale", '"1"')}---\nmetadata: { name: {{ .Values.name }} }\n`,
    /document 2 .*a template: render it first/,
  ],
  "aliases of aliases": [BOMB, /document 1 as YAML \(aliases stand for more than/],
  "a kind that is not known": [
    "apiVersion: v9\nkind: Pony\n",
    /^a\.yaml: document 1: .*Knative Service.*kind "Pony" of "v9"$/,
  ],
  "an unknown kind beside broken values": [
    `${annotated("max-scale", "lots")}---\napiVersion: v9\nkind: Pony\n`,
    /max-scale\] as a whole .*"lots"$/,
  ],
  "a kind of another API": ["apiVersion: apps/v1\nkind: InferenceService\n", /of "apps\/v1"$/],
  "no kind, beside one that is known": [
    `${annotated("min-scale", '"1"')}---\nhello: world\n`,
    /^a\.yaml: document 2: .*a mapping without a kind$/,
  ],
  "a configuration": ["model: { name: qwen3-14b }", /simulate" takes as it is$/],
  "an item of a list that is none": [
    "apiVersion: v1\nkind: List\nitems: [3]\n",
    /^a\.yaml: document 1, item 1: /,
  ],
  "a secret alone": ["apiVersion: v1\nkind: Secret\n", /kind "Secret" of "v1"$/],
  "a class of autoscaler that does not exist": [
    annotated("class", "quick.example.com"),
    /class\] as one of kpa\.autoscaling\.knative\.dev, .*"quick\.example\.com"$/,
  ],
  "a number that is none": [annotated("max-scale", "lots"), /max-scale\] as a whole .*"lots"$/],
  "a negative number": [annotated("min-scale", '"-1"'), /min-scale\] as .*"-1"$/],
  "a window without a unit": [annotated("window", '"60"'), /window\] as a time with a unit.*"60"$/],
  "a percentage beyond 100": [
    annotated("target-utilization-percentage", '"170"'),
    /percentage\] as a percentage .*"170"$/,
  ],
  "a text for a number": [
    SERVICE(`{ containerConcurrency: ten, ${SERVER} }`),
    /containerConcurrency as a whole number .*"ten"$/,
  ],
  "a list for a mapping": [SERVICE("[1]"), /spec\.template\.spec as a mapping: .*a list$/],
  "a mapping for a list": [
    SERVICE("{ containers: { name: a } }"),
    /spec\.template\.spec\.containers as a list/,
  ],
  "a number for a container": [
    SERVICE("{ containers: [3] }"),
    /containers\[0\] as a mapping: .*3$/,
  ],
  "a unit that Kubernetes does not have": [
    SERVICE(
      `{ containers: [{ resources: { limits: { memory: 2GB } }, command: [vllm, serve, gpt2] }] }`,
    ),
    /limits\.memory as a quantity of Kubernetes, .*"2GB"$/,
  ],
  "a part of a GPU": [
    SERVICE(
      `{ containers: [{ resources: { limits: { nvidia.com/gpu: 500m } }, command: [vllm, serve, gpt2] }] }`,
    ),
    /nvidia\.com\/gpu\] as a whole number of devices: .*"500m"$/,
  ],
  "a flag without its value": [flags("--max-num-seqs"), /--max-num-seqs as a flag with a value/],
  "a flag's value that is none": [flags("--max-num-seqs", "many"), /--max-num-seqs as .*"many"$/],
  "JSON that is none": [
    flags("--speculative-config", "'{method: ngram'"),
    /--speculative-config as a JSON object: .*method: ngram"$/,
  ],
  "a command that is no list": [
    SERVICE("{ containers: [{ command: { a: b } }] }"),
    /containers\[0\]\.command as a list of texts/,
  ],
  "bounds the wrong way round": [
    scaled("minReplicas: 4, maxReplicas: 2"),
    /minReplicas as .*2 at most: .*4$/,
  ],
  "no upper bound": [scaled("minReplicas: 4"), /spec\.maxReplicas as a whole number: .*nothing$/],
  "metrics without a target": [
    scaled("maxReplicas: 4, metrics: [{ type: Pods, pods: { metric: { name: a } } }]"),
    /metrics\[0\] as a metric with a name and a target/,
  ],
  "no instance and no scaler": [
    DEPLOYMENT.replace("replicas: 2", "replicas: 0"),
    /spec\.replicas as instances of a fleet of fixed size: .*0, and nothing scales it$/,
  ],
  "a scaler of RunPod that does not exist": [
    "{ workersMax: 3, scalerType: FAST, idleTimeout: 5 }",
    /scalerType as one of QUEUE_DELAY, REQUEST_COUNT: .*"FAST"$/,
  ],
  "a GPU of Modal that is none": ["{ max_containers: 3, gpu: [[1]] }", /gpu as a GPU such as/],
  "a model that does not fit": [
    DEPLOYMENT.replace("Qwen/Qwen2.5-7B-Instruct", "meta-llama/Llama-3.1-70B"),
    /^Cannot place llama-3\.1-70b on l40s .*tensor-parallel degree/,
  ],
  "a step smaller than its sequences": [
    flags("--max-num-seqs", '"512"', "--max-num-batched-tokens", '"256"'),
    /max_num_batched_tokens.*current value is 256/,
  ],
};

for (const [name, [text, says]] of Object.entries(MISTAKES)) {
  Deno.test(`import ends with one line about ${name}, and nothing on standard output`, async () => {
    const { code, out, err } = await importing({ "a.yaml": text });
    deepEqual([code, out, err.length], [2, "", 1], err.join("\n"));
    match(err[0], says);
  });
}

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

Deno.test("import shows each mistake of a document", async () => {
  const text = annotated("window", '"60"').replace(
    "{ containers",
    "{ containerConcurrency: -3, containers",
  );
  const { code, err } = await importing({ "a.yaml": text });
  deepEqual([code, err.length], [2, 2]);
});

Deno.test("import says in one line what is wrong with its arguments", async () => {
  const cases: [string[], RegExp][] = [
    [[], /^Cannot import nothing: write import FILE/],
    [
      ["--vllm", "echo hello"],
      /^--vllm: Cannot read the line as "vllm serve MODEL \.\.\.": .*"echo hello"$/,
    ],
    [["--vlm", "a"], /did you mean --vllm\?/],
    [["absent.yaml"], /absent\.yaml"$/],
    [["--vllm", "vllm serve gpt2", "--gpu", "H900"], /"cluster\.gpu_type" .*"H900"/],
  ];
  for (const [args, says] of cases) {
    const { code, out, err } = await call("import", ...args);
    deepEqual([code, out, err.length], [2, "", 1], String(err));
    match(err[0], says);
  }
});

Deno.test("the help of import fits a terminal and names its options", () => {
  for (const line of importCommand.help.split("\n")) ok(line.length <= 100, line);
  for (const option of ["--vllm", "--sglang", "--model", "--gpu", "--json"]) {
    ok(importCommand.help.includes(option), option);
  }
});

Deno.test("import scales workers of Dynamo that have an autoscaler of their own", async () => {
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
  const { scaling } = loadConfig(out);
  deepEqual([scaling.policy, scaling.min_instances, scaling.max_instances], ["hpa", 2, 5]);
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
      "mig-3g.40gb]: parts of a GPU are not simulated",
      "[google.com/tpu]: it is no GPU",
      'cluster.gpu_type: "h100-sxm", since no document names a GPU that is known (--gpu)',
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
