import type { ManifestKind } from "../kind.ts";
import { DYNAMO_COMPONENT, DYNAMO_GRAPH } from "./dynamo.ts";
import { HORIZONTAL_POD_AUTOSCALER } from "./hpa.ts";
import { SCALED_OBJECT } from "./keda.ts";
import { CONFIG_AUTOSCALER, CONFIG_DEFAULTS, KNATIVE_SERVICE } from "./knative.ts";
import { INFERENCE_SERVICE, LLM_INFERENCE_SERVICE, SERVING_RUNTIME } from "./kserve.ts";
import { LLM_D_VALUES, VARIANT_AUTOSCALING } from "./llm_d.ts";
import { MODAL_FUNCTION } from "./modal.ts";
import { RUNPOD_ENDPOINT } from "./runpod.ts";
import { DEPLOYMENT, LEADER_WORKER_SET } from "./workloads.ts";

/** Every kind of document that is read. A new kind is a file and a line here. */
export const MANIFEST_KINDS: readonly ManifestKind[] = [
  KNATIVE_SERVICE,
  CONFIG_AUTOSCALER,
  CONFIG_DEFAULTS,
  INFERENCE_SERVICE,
  SERVING_RUNTIME,
  LLM_INFERENCE_SERVICE,
  DEPLOYMENT,
  LEADER_WORKER_SET,
  HORIZONTAL_POD_AUTOSCALER,
  SCALED_OBJECT,
  VARIANT_AUTOSCALING,
  LLM_D_VALUES,
  DYNAMO_GRAPH,
  DYNAMO_COMPONENT,
  RUNPOD_ENDPOINT,
  MODAL_FUNCTION,
];

const ADDRESSES = "addresses and routes take no time here";
const RIGHTS = "rights and secrets take no time here";
const STORAGE = "where weights lie is cluster.weight_cache and cold_start";
const WATCHED = "what is measured is the section metrics";

/** Kinds that stand beside workloads and say nothing of load, time or cost, with the reason. */
export const BYSTANDERS: Readonly<Record<string, string>> = {
  Service: ADDRESSES,
  Ingress: ADDRESSES,
  Route: ADDRESSES,
  HTTPRoute: ADDRESSES,
  Gateway: ADDRESSES,
  GatewayClass: ADDRESSES,
  VirtualService: ADDRESSES,
  DestinationRule: ADDRESSES,
  NetworkPolicy: ADDRESSES,
  DomainMapping: ADDRESSES,
  InferencePool: "routing is cluster.routing.policy",
  InferenceModel: "classes of requests are workload.classes",
  InferenceObjective: "classes of requests are workload.classes",
  Namespace: ADDRESSES,
  Secret: RIGHTS,
  ServiceAccount: RIGHTS,
  Role: RIGHTS,
  RoleBinding: RIGHTS,
  ClusterRole: RIGHTS,
  ClusterRoleBinding: RIGHTS,
  TriggerAuthentication: RIGHTS,
  ClusterTriggerAuthentication: RIGHTS,
  ConfigMap: "of these, config-autoscaler and config-defaults are read",
  PersistentVolumeClaim: STORAGE,
  PersistentVolume: STORAGE,
  StorageClass: STORAGE,
  LocalModelCache: STORAGE,
  PodMonitor: WATCHED,
  ServiceMonitor: WATCHED,
  PrometheusRule: WATCHED,
  PodDisruptionBudget: "what takes instances away is the section faults",
  Job: "it serves no requests",
  CronJob: "it serves no requests",
  DaemonSet: "it serves no requests",
  CustomResourceDefinition: "it describes others",
};
