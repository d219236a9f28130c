import { engineOfStrategy } from "../../scheduling/batching/engine_versions.ts";
import { VLLM_VERSIONS } from "../../scheduling/batching/vllm_versions.ts";
import { findGpu } from "../../hardware/gpu_catalogue.ts";
import { gpuOf, SHARE } from "./gpu_of.ts";
import type { Deployment } from "./join.ts";
import { hasExperts, type NamedModel } from "./model_of.ts";
import type { Facts, Reading } from "./reading.ts";
import { settleFleet, settleRequests } from "./settle_fleet.ts";
import { settleModel, settleServer } from "./settle_model.ts";
import { type ImportChoices, Settling } from "./settling.ts";

/** A function as its settings, by path. */
export interface Settled {
  readonly deployment: Deployment;
  readonly settings: ReadonlyMap<string, unknown>;
  /** Instances of a fleet of fixed size. */
  readonly fixed?: number;
  /** Pods of an instance that spans several, and the GPUs of each. */
  readonly group?: { readonly pods: number; readonly gpus: number };
  readonly problems: readonly string[];
  /** Settings of its documents that came to nothing, and why. */
  readonly withdrawn: ReadonlyMap<Reading, ReadonlyMap<string, string>>;
  /** Models and addresses as its documents have them. */
  readonly modelNames: readonly string[];
  /** What of the caller's choices was of use. */
  readonly used: ReadonlySet<string>;
  /** The document that a setting comes from. */
  readonly placeOf: (path: string) => string;
}

/** The newest version of vLLM that is known. */
const NEWEST = VLLM_VERSIONS.at(-1)!.name;
/** The caller's GPU, among what was of use. */
export const GPU_CHOICE = "--gpu";

/** The GPU where nobody says which. */
const DEFAULT_GPU = "h100-sxm";

/** Settles one deployment. */
export function settle(deployment: Deployment, choices: ImportChoices): Settled {
  const one = new Settling(deployment, choices);
  const model = settleServer(one) ? settleModel(one) : undefined;
  settleEngine(one);
  settleGpu(one);
  const engines = settleParallelism(one, model);
  const group = settlePods(one, engines);
  settleRequests(one);
  const fixed = settleFleet(one, engines);
  settleRest(one);
  const { settings, problems, withdrawn, used } = one;
  return {
    deployment,
    settings,
    problems,
    withdrawn,
    used,
    modelNames: [one.facts.model, one.facts.modelAddress].flatMap((fact) => fact?.value ?? []),
    placeOf: (path) => one.placeOf(path),
    ...(fixed !== undefined && { fixed }),
    ...(group !== undefined && { group }),
  };
}

/** Why a fact that came to nothing was not taken over. */
const UNUSED: { readonly [Name in keyof Facts]?: string } = {
  model: "another key names the model",
  modelAddress: "another key names the model",
  gpu: "another document names the GPU",
  provider: "the platform has prices of its own",
  gpusPerPod: "another document has the GPUs",
  drainSeconds: "nothing here stops an instance",
  engineVersion: "it is not a version of vLLM",
  replicas: "another document bounds it",
  minReplicas: "another document bounds it",
  maxReplicas: "another document bounds it",
  podConcurrency: "another document bounds it",
  concurrencyTarget: "the autoscaler does not go by requests in flight",
  defaultConcurrencyTarget: "another document has the target",
  defaultRateTarget: "the metric is another",
  metric: "the autoscaler of these documents has a metric of its own",
  tensorParallel: "another key says it",
  pipelineParallel: "another key says it",
  dataParallel: "another key says it",
  attentionRanks: "there is one rank",
  podsPerInstance: "an instance has one pod",
};

/** Facts of which nothing was said yet are left out with a reason: none goes without a word. */
function settleRest(one: Settling): void {
  for (const reading of one.deployment.readings) {
    for (const [name, fact] of Object.entries(reading.facts)) {
      const why = UNUSED[name as keyof Facts];
      if (why === undefined || fact.reading !== reading || one.isTold(fact)) continue;
      const isOne = fact.value === 1 && /Parallel|PerInstance/.test(name);
      const isOff = isOne || fact.value === false || fact.value === "concurrency";
      if (!isOff) one.leave(fact, overridden(one, name as keyof Facts, reading) ?? why);
    }
  }
}

/** The same fact where another document says it. */
function overridden(one: Settling, name: keyof Facts, reading: Reading): string | undefined {
  const ownTarget = name === "defaultConcurrencyTarget" || name === "defaultRateTarget"
    ? one.facts.concurrencyTarget ??
      (name === "defaultConcurrencyTarget" ? one.facts.podConcurrency : undefined)
    : undefined;
  const winner = ownTarget ?? one.facts[name];
  if (winner === undefined || winner.reading === reading || winner.defaultOf !== undefined) {
    return undefined;
  }
  return `overridden by ${winner.key} of ${winner.reading.place}`;
}

function settleEngine(one: Settling): void {
  const { engine, engineVersion } = one.facts;
  if (engine?.value === "vllm" && engineVersion === undefined) {
    one.main.assume(`scheduler.engine has its default, ${NEWEST}: no image names a version`);
  }
  if (engine?.value === "sglang") {
    one.assume("memory.reserve_rule", "sglang", "the engine is SGLang");
    const { name } = engineOfStrategy("sglang")!;
    one.assume("scheduler.engine", name, "the engine is SGLang, in the version that is known");
    settleChunk(one);
  } else if (engineVersion !== undefined) {
    const name = `vllm@${engineVersion.value}`;
    const known = VLLM_VERSIONS.map((version) => version.name as string);
    if (known.includes(name)) one.take(engineVersion, "scheduler.engine", name);
    else {
      const range = `${known[0]} to ${known.at(-1)}`;
      one.leave(
        engineVersion,
        `vLLM ${engineVersion.value} is not among ${range}: the newest counts`,
      );
    }
  }
}

/** A chunk of SGLang's is for prompts alone; here it has a place for each sequence, too. */
function settleChunk(one: Settling): void {
  const path = "scheduler.max_num_batched_tokens";
  const chunk = one.settings.get(path);
  const sequences = one.settings.get("scheduler.max_num_seqs");
  if (chunk === undefined || sequences === undefined || Number(chunk) >= Number(sequences)) return;
  one.settings.delete(path);
  one.main.assume(
    `${path} has its default: a chunk of ${chunk} has no token for each of ${sequences} sequences`,
  );
}

function settleGpu(one: Settling): void {
  const { gpu, gpuShare, provider } = one.facts;
  // A platform has prices of its own.
  if (provider !== undefined && one.platformProvider === undefined) {
    one.take(provider, "cost.provider", provider.value);
  }
  if (gpu !== undefined && gpuShare === undefined) {
    return one.take(gpu, "cluster.gpu_type", gpu.value);
  }
  if (gpu !== undefined) one.leave(gpu, `${SHARE} (${gpuShare!.key})`);
  const { gpu: chosen } = one.choices;
  if (chosen === undefined) {
    const why = gpuShare === undefined
      ? "no document names a GPU that is known"
      : "no document names a whole GPU that is known";
    one.assume("cluster.gpu_type", DEFAULT_GPU, `${why}: --gpu`);
  } else {
    one.used.add(GPU_CHOICE);
    const own = findGpu(chosen) === undefined ? gpuOf(chosen)!.name : chosen;
    one.assume("cluster.gpu_type", own, "by --gpu");
  }
}

/** The parallel degrees. @returns Engines of a pod, or of a group of pods, that are apart. */
function settleParallelism(one: Settling, model: NamedModel | undefined): number {
  const { tensorParallel, pipelineParallel, dataParallel, attentionRanks, engine } = one.facts;
  const tensor = tensorParallel?.value ?? allGpus(one) ?? 1;
  const ranks = dataParallel?.value ?? 1;
  const isExpert = model === undefined
    ? one.facts.expertParallel?.value === true
    : hasExperts(model.entry);
  const isSglang = engine?.value === "sglang";
  const isAttention = ranks > 1 && (isSglang ? attentionRanks?.value === true : isExpert);
  const degree = isAttention && !isSglang ? tensor * ranks : tensor;
  const fact = tensorParallel ?? (isAttention ? dataParallel : undefined);
  if (fact !== undefined) {
    const note = degree === tensor ? undefined : `${tensor} x ${ranks} attention ranks`;
    one.take(fact, "parallelization.tensor_parallel_size", degree, note);
  }
  if (pipelineParallel !== undefined) {
    one.take(
      pipelineParallel,
      "parallelization.pipeline_parallel_size",
      pipelineParallel.value,
    );
  }
  if (isAttention) {
    one.take(dataParallel!, "parallelization.data_parallel_attention", ranks);
    if (attentionRanks !== undefined) one.tell(attentionRanks, `${ranks} attention ranks`);
  } else if (ranks > 1) one.tell(dataParallel!, `${ranks} engines, each with GPUs of its own`);
  settleExperts(one, { degree, isExpert, isAttention });
  return isAttention ? 1 : ranks;
}

/** The GPUs of a pod, where nothing says how its engine uses them and it uses all by itself. */
function allGpus(one: Settling): number | undefined {
  const { gpusPerPod, dataParallel, pipelineParallel, engine } = one.facts;
  const isOpen = engine === undefined || one.deployment.platform === "runpod-like";
  const isSaid = dataParallel !== undefined || pipelineParallel !== undefined;
  if (gpusPerPod === undefined || gpusPerPod.value === 1 || isSaid || !isOpen) return undefined;
  const why = "nothing says how the engine uses the GPUs of a pod";
  one.assume("parallelization.tensor_parallel_size", gpusPerPod.value, why);
  return gpusPerPod.value;
}

function settleExperts(
  one: Settling,
  { degree, isExpert, isAttention }: {
    readonly degree: number;
    readonly isExpert: boolean;
    readonly isAttention: boolean;
  },
): void {
  const { expertParallel } = one.facts;
  if (expertParallel?.value !== true) return;
  if (!isExpert) one.leave(expertParallel, "the model has no experts");
  else if (isAttention) {
    one.leave(expertParallel, "attention ranks spread experts over all GPUs");
  } else one.take(expertParallel, "parallelization.expert_parallel_size", degree);
}

/** The GPUs of pods against those that the engine uses. @returns A group that spans several pods. */
function settlePods(one: Settling, engines: number): Settled["group"] {
  const { gpusPerPod, podsPerInstance } = one.facts;
  const number = (path: string) => Number(one.settings.get(`parallelization.${path}`) ?? 1);
  const used = number("tensor_parallel_size") * number("pipeline_parallel_size");
  const pods = podsPerInstance?.value ?? 1;
  if (gpusPerPod !== undefined) {
    const { value } = gpusPerPod;
    const there = value * pods;
    if (there === used * engines) {
      if (engines === 1) one.take(gpusPerPod, "cluster.num_gpus_per_replica", used);
      else one.tell(gpusPerPod, `they are those of ${engines} engines`);
    } else {
      const how = there > used * engines
        ? "the others are neither used nor paid for here"
        : "the manifest has too few";
      one.leave(gpusPerPod, `the engine uses ${used * engines} of ${there} GPUs: ${how}`);
    }
  }
  if (podsPerInstance === undefined || pods === 1) return undefined;
  const gpus = used % pods === 0 ? used / pods : undefined;
  if (gpus === undefined) {
    const why = `${used} GPUs are not so many pods' equal shares`;
    one.leave(podsPerInstance, why);
    return undefined;
  }
  if (number("tensor_parallel_size") > gpus) {
    const why = "the GPUs of a tensor degree are linked as in one machine here, not by a network";
    one.leave(podsPerInstance, why);
    return undefined;
  }
  one.tell(podsPerInstance, `cluster.nodes: each instance is on ${pods} machines of ${gpus} GPUs`);
  return { pods, gpus };
}
