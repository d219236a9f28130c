import { deepEqual, match } from "#assert";
import { call, DEPLOYMENT, importing } from "./testing_import.ts";

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
    /^a\.yaml: document 1, Deployment chat: Cannot place llama-3\.1-70b on l40s .*tensor-parallel degree/,
  ],
  "a step smaller than its sequences": [
    flags("--max-num-seqs", '"512"', "--max-num-batched-tokens", '"256"'),
    /^a\.yaml: document 1, Knative Service x: .*max_num_batched_tokens.*current value is 256/,
  ],
  "a mistake of the second of two functions": [
    `${DEPLOYMENT}---\n${flags("--max-num-seqs", '"512"', "--max-num-batched-tokens", '"256"')}`,
    /^a\.yaml: document 2, Knative Service x: functions\[1\]: .*max_num_batched_tokens/,
  ],
  "a workload without a server": [
    DEPLOYMENT.replace("vllm/vllm-openai:v0.19.0", "nginx:1.27")
      .replace(/args: .*/, "args: [--verbose]"),
    /^a\.yaml: document 1, Deployment chat: .*without a container that starts vLLM or SGLang; .*--model/,
  ],
  "a group of pods without a server": [
    `apiVersion: leaderworkerset.x-k8s.io/v1\nkind: LeaderWorkerSet\nmetadata: { name: g }\n` +
    `spec: { leaderWorkerTemplate: { size: 2, workerTemplate: { spec: { containers: [{ image: a }] } } } }`,
    /^a\.yaml: document 1, LeaderWorkerSet g: .*without a container that starts/,
  ],
  "a service without a server": [
    SERVICE("{ containers: [{ image: example/web }] }"),
    /^a\.yaml: document 1, Knative Service x: .*without a container that starts/,
  ],
  "a server without a model": [
    DEPLOYMENT.replace("[Qwen/Qwen2.5-7B-Instruct, ", "["),
    /^a\.yaml: document 1, Deployment chat: .*vLLM without one .*--model NAME/,
  ],
  "a model of another kind of server": [
    `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: { name: iris }\n` +
    `spec: { predictor: { model: { modelFormat: { name: sklearn }, storageUri: "gs://a/iris" } } }`,
    /^a\.yaml: document 1, KServe InferenceService iris: .*format "sklearn", which neither vLLM/,
  ],
  "a model server of KServe without a model": [
    `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: { name: llm }\n` +
    `spec: { predictor: { model: { modelFormat: { name: huggingface } } } }`,
    /^a\.yaml: document 1, KServe InferenceService llm: .*vLLM without one/,
  ],
  "a model of KServe without a format": [
    `apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: { name: llm }\n` +
    `spec: { predictor: { model: { storageUri: "hf://Qwen/Qwen3-8B" } } }`,
    /^a\.yaml: document 1, KServe InferenceService llm: .*model\.modelFormat as .*: current value is nothing$/,
  ],
  "a quote that is not closed": [
    SERVICE(`{ containers: [{ command: [sh, -c, "vllm serve 'Qwen/Qwen3-14B"] }] }`),
    /^a\.yaml: document 1, .*quotes are closed: current value is an open '$/,
  ],
  "a window shorter than Knative allows": [annotated("window", "5s"), /window\] as .*6 s.*"5s"$/],
  "a window longer than Knative allows": [annotated("window", "61m"), /window\] as .*3600 s/],
  "a window with parts of a second": [annotated("window", "6.5s"), /whole seconds: .*"6\.5s"$/],
  "a panic window below 1 %": [
    annotated("panic-window-percentage", '"0.5"'),
    /percentage from 1 to 100: .*"0\.5"$/,
  ],
  "a panic threshold below 110 %": [
    annotated("panic-threshold-percentage", '"109"'),
    /percentage from 110 to 1000: .*"109"$/,
  ],
  "a target below a hundredth": [annotated("target", '"0.001"'), /a number from 0\.01 on/],
  "more requests in a pod than Knative allows": [
    SERVICE(`{ containerConcurrency: 1001, ${SERVER} }`),
    /containerConcurrency as a whole number from 0 to 1000 .*: current value is 1001$/,
  ],
  "more instances at the start than there may be": [
    SERVICE(
      `{ ${SERVER} }`,
      `{ autoscaling.knative.dev/initial-scale: "5", autoscaling.knative.dev/max-scale: "2" }`,
    ),
    /^a\.yaml: document 1, .*initial_scale" .*current value is 5 .*max_instances, which is 2/,
  ],
};

for (const [name, [text, says]] of Object.entries(MISTAKES)) {
  Deno.test(`import ends with one line about ${name}, and nothing on standard output`, async () => {
    const { code, out, err } = await importing({ "a.yaml": text });
    deepEqual([code, out, err.length], [2, "", 1], err.join("\n"));
    match(err[0], says);
  });
}

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
    [
      ["--vllm", "vllm serve gpt2", "--gpu", "H900"],
      /^Cannot read --gpu .*"H900"; did you mean H100\?$/,
    ],
  ];
  for (const [args, says] of cases) {
    const { code, out, err } = await call("import", ...args);
    deepEqual([code, out, err.length], [2, "", 1], String(err));
    match(err[0], says);
  }
});
