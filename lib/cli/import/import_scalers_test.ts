import { deepEqual, equal, match, ok } from "#assert";
import { loadConfig } from "../../config/load.ts";
import { DEPLOYMENT, importing } from "./testing_import.ts";

const triggered = (...triggers: string[]) => `
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: chat }
spec:
  scaleTargetRef: { name: chat }
  maxReplicaCount: 9
  triggers: [${triggers.join(", ")}]
`;
const query = (text: string, more = "") =>
  `{ type: prometheus, ${more} metadata: { query: '${text}', threshold: "12" } }`;

async function imported(...triggers: string[]) {
  const files = { "a.yaml": DEPLOYMENT, "b.yaml": triggered(...triggers) };
  const { code, out, err } = await importing(files);
  equal(code, 0, String(err));
  return { ...loadConfig(out), err };
}

Deno.test("import of triggers none of which is simulated leaves the fleet as it is", async () => {
  const both = "sum(vllm:num_requests_running) + sum(vllm:num_requests_waiting)";
  const { scaling, cluster, err } = await imported(query(both), "{ type: cron, metadata: {} }");
  deepEqual([scaling.enabled, scaling.policy, cluster.num_replicas], [false, null, 2]);
  for (const reason of [/triggers\[0\]: its query adds up several/, /triggers\[1\]: triggers of/]) {
    ok(err.some((line) => reason.test(line)), String(reason));
  }
  ok(err.some((line) => line.includes("a fleet of fixed size: 2 (none of the metrics")));
});

/** Autoscalers that go by the use of processors. */
const ON_PROCESSORS: Readonly<Record<string, string>> = {
  "an HPA of version 1": `
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
spec:
  scaleTargetRef: { name: chat }
  minReplicas: 3
  maxReplicas: 9
  targetCPUUtilizationPercentage: 70
`,
  "an HPA without metrics": `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
spec: { scaleTargetRef: { name: chat }, minReplicas: 3, maxReplicas: 9 }
`,
};

for (const [name, text] of Object.entries(ON_PROCESSORS)) {
  Deno.test(`import of ${name} leaves the fleet as it is, with the reason`, async () => {
    const { code, out, err } = await importing({ "a.yaml": DEPLOYMENT, "b.yaml": text });
    equal(code, 0, String(err));
    const { scaling, cluster } = loadConfig(out);
    deepEqual([scaling.enabled, scaling.policy, cluster.num_replicas], [false, null, 3]);
    ok(err.some((line) => line.includes("a fleet of fixed size: 3 (none of the metrics")));
    ok(err.some((line) => /spec\.maxReplicas: none of the metrics/.test(line)));
  });
}

Deno.test("import of a KServe HPA on processors leaves the fleet as it is", async () => {
  const text = `
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: chat
  annotations:
    serving.kserve.io/deploymentMode: RawDeployment
    serving.kserve.io/autoscalerClass: hpa
    serving.kserve.io/metric: cpu
spec:
  predictor:
    minReplicas: 2
    maxReplicas: 4
    scaleTarget: 80
    scaleMetric: cpu
    model: { modelFormat: { name: huggingface }, storageUri: "hf://Qwen/Qwen2.5-7B-Instruct" }
`;
  const { code, out, err } = await importing({ "a.yaml": text });
  equal(code, 0, String(err));
  const { scaling, cluster } = loadConfig(out);
  deepEqual([scaling.enabled, cluster.num_replicas], [false, 2]);
});

Deno.test("import keeps the triggers that it reads beside those that it does not", async () => {
  const { scaling } = await imported(
    query("max(vllm:num_requests_waiting)"),
    query("sum(vllm:num_requests_waiting) / 4"),
  );
  const own = scaling.keda.triggers.map(({ metric, target }) => [metric, target]);
  deepEqual(own, [["waiting", 48]]);
});

Deno.test("import gives each type of target of a share of the KV cache its own meaning", async () => {
  const [mean, sum] = ["avg(vllm:kv_cache_usage_perc)", "sum(vllm:kv_cache_usage_perc)"];
  const { scaling } = await imported(
    query(mean, "metricType: Value,"),
    query(mean, "metricType: AverageValue,"),
    query(sum, "metricType: Value,"),
    query(sum),
  );
  deepEqual(
    scaling.keda.triggers.map(({ metric_type, aggregate }) => [metric_type, aggregate]),
    [["value", null], ["average-value", "mean"], ["value", "sum"], ["average-value", null]],
  );
});

Deno.test("import refuses a trigger of Prometheus without a query", async () => {
  const text = triggered(`{ type: prometheus, metadata: { threshold: "1" } }`);
  const { code, out, err } = await importing({ "a.yaml": DEPLOYMENT, "b.yaml": text });
  deepEqual([code, out, err.length], [2, "", 1]);
  match(err[0], /^b\.yaml: document 1, .*triggers\[0\]\.metadata\.query as a query of Prometheus/);
});

Deno.test("import reads queues' modes, and says what messages are taken as", async () => {
  const rabbit = (mode: string) =>
    `{ type: rabbitmq, metadata: { mode: ${mode}, value: "7", activationValue: "2" } }`;
  const { scaling, err } = await imported(rabbit("MessageRate"), rabbit("Pigeon"));
  deepEqual(scaling.keda.triggers.map(({ metric }) => metric), ["rps"]);
  ok(err.some((line) => /triggers\[0\] .*messages per second are taken as requests/.test(line)));
  ok(err.some((line) => /triggers\[1\]: its mode "Pigeon" is not simulated/.test(line)));
});

Deno.test("import takes no trigger over that is a term of a formula", async () => {
  const formula = `advanced: { scalingModifiers: { formula: "a + b", target: "4" } }`;
  const text = triggered(query("sum(vllm:num_requests_waiting)")).replace(
    "maxReplicaCount: 9",
    `maxReplicaCount: 9\n  ${formula}`,
  );
  const { code, out, err } = await importing({ "a.yaml": DEPLOYMENT, "b.yaml": text });
  equal(code, 0, String(err));
  equal(loadConfig(out).scaling.enabled, false);
  ok(err.some((line) => line.includes("triggers[0]: a formula makes one metric of the triggers")));
});

Deno.test("import of an HPA says what of a metric its name does not", async () => {
  const hpa = `apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: chat }
spec:
  scaleTargetRef: { kind: Deployment, name: chat }
  maxReplicas: 4
  metrics:
    - type: External
      external:
        metric: { name: http_requests_total, selector: { matchLabels: { app: chat } } }
        target: { type: AverageValue, averageValue: "3" }
    - type: Object
      object:
        metric: { name: inference_pool_average_queue_size }
        describedObject: { kind: Service, name: chat }
        target: { type: AverageValue, averageValue: "5" }
    - type: Pods
      pods:
        metric: { name: vllm:request_queue_time_seconds }
        target: { type: AverageValue, averageValue: "5" }
`;
  const { out, err } = await importing({ "a.yaml": DEPLOYMENT, "b.yaml": hpa });
  deepEqual(
    loadConfig(out).scaling.hpa.metrics.map(({ metric, aggregate }) => [metric, aggregate]),
    [["rps", null], ["waiting", "mean"]],
  );
  ok(err.some((line) => /serve a rate; its selector is taken/.test(line)));
  ok(err.some((line) => /metrics\[2\] .*: what it counts is not simulated/.test(line)));
});

Deno.test("import names the document of a scaler that asks for more than its bounds", async () => {
  const text = triggered(query("sum(vllm:num_requests_waiting)")).replace(
    "maxReplicaCount: 9",
    "maxReplicaCount: 9\n  fallback: { failureThreshold: 3, replicas: 300 }",
  );
  const { code, out, err } = await importing({ "a.yaml": DEPLOYMENT, "b.yaml": text });
  deepEqual([code, out, err.length], [2, "", 1]);
  match(
    err[0],
    /^b\.yaml: document 1, KEDA ScaledObject chat: .*is 300 .*max_instances, which is 9/,
  );
});
