import { shownName } from "../../std/safe_text.ts";
import type { Part } from "./kind.ts";
import type { Reading } from "./reading.ts";

/** One function to be, and all that says something of it, later ones over earlier ones. */
export interface Deployment {
  readonly name?: string;
  readonly namespace?: string;
  readonly platform?: string;
  readonly readings: readonly Reading[];
  /** The reading of the workload itself, or of what stands for it. */
  readonly main: Reading;
  /** `server`: it has to start one; `settings`: those of a platform; `scaler`: what stands alone. */
  readonly is?: "server" | "settings" | "scaler";
  /** Whether Knative's webhooks see it. */
  readonly isKnative?: boolean;
  /** Whether several deployments go by a document. */
  readonly isShared?: (reading: Reading) => boolean;
}

/** Joins what belongs together: runtimes, workloads, what scales them, defaults of Knative. */
export function joinParts(parts: readonly Part[]): Deployment[] {
  const ofRole = (role: Part["kind"]["role"]) => parts.filter(({ kind }) => kind.role === role);
  const workloads = serving(withoutPrefill(ofRole("workload")));
  const defaults = ofRole("defaults");
  const scalers = ofRole("scaler");
  const runtimes = ofRole("runtime");
  const scaled = new Map<Part, Part[]>();
  for (const scaler of scalers) {
    const target = targetOf(scaler, workloads);
    if (target !== undefined) scaled.set(target, [...scaled.get(target) ?? [], scaler]);
    else if (workloads.length > 0) scaler.reading.leave("", noTarget(scaler));
  }
  const free = workloads.length > 0 ? [] : scalers.length > 0 ? scalers : defaults.slice(0, 1);
  for (const scaler of free.filter(({ kind }) => kind.role === "scaler")) {
    scaler.reading.assume(`${noTarget(scaler)}: its bounds and targets stand alone`);
  }
  const used = new Set<Part>();
  const deployments = [...workloads, ...free].map((workload) => {
    const before = [
      ...isOnKnative(workload) ? defaults : [],
      ...runtimes.filter((runtime) => isRuntimeOf(runtime, workload)),
    ].filter((part) => part !== workload);
    const after = oneOwner(scaled.get(workload) ?? []);
    for (const part of [...before, ...after]) used.add(part);
    return deploymentOf(workload, [...before, workload, ...after]);
  });
  for (const part of [...defaults, ...runtimes]) {
    if (!used.has(part) && !free.includes(part)) {
      part.reading.leave("", "no workload of these documents goes by it");
    }
  }
  const counts = new Map<Reading, number>();
  for (const reading of deployments.flatMap(({ readings }) => readings)) {
    counts.set(reading, (counts.get(reading) ?? 0) + 1);
  }
  const isShared = (reading: Reading) => (counts.get(reading) ?? 0) > 1;
  return deployments.map((deployment) => ({ ...deployment, isShared }));
}

function deploymentOf(
  { name, namespace, kind, reading }: Part,
  parts: readonly Part[],
): Deployment {
  const policy = parts.findLast(({ reading }) => reading.settings.has("scaling.policy"))
    ?.reading.settings.get("scaling.policy");
  const isElsewhere = kind.platform === "knative" && policy !== undefined &&
    policy !== "knative-kpa";
  return {
    readings: parts.map(({ reading }) => reading),
    main: reading,
    isKnative: kind.platform === "knative" && (kind.name.startsWith("Knative") || !isElsewhere),
    is: kind.role !== "workload" ? "scaler" : hasOwnServer(kind) ? "settings" : "server",
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(kind.platform !== undefined && !isElsewhere && { platform: kind.platform }),
  };
}

/** Half of the work is not simulated apart: those that decode do all of it. */
function withoutPrefill(workloads: readonly Part[]): Part[] {
  const isPrefill = ({ reading }: Part) => reading.facts.role?.value === "prefill";
  const others = workloads.filter((part) => !isPrefill(part));
  if (others.length === 0) return [...workloads];
  for (const { reading } of workloads.filter(isPrefill)) {
    reading.leave("", "prompts are computed where outputs are: these pods are not in the fleet");
  }
  for (const { reading } of others) {
    const { role } = reading.facts;
    if (role?.value === "decode") {
      reading.assume("instances that decode compute their prompts too, on the same GPUs");
    }
  }
  return others;
}

/** Platforms whose settings may say nothing of the server that runs there. */
function hasOwnServer({ platform }: Part["kind"]): boolean {
  return platform === "runpod-like" || platform === "modal-like";
}

/** Workloads that serve a model, where there are such; a lone one counts whatever it says. */
function serving(workloads: readonly Part[]): Part[] {
  const serves = ({ reading: { facts }, kind, runtime }: Part) =>
    facts.model !== undefined || facts.engine !== undefined ||
    (facts.modelAddress !== undefined &&
      (runtime !== undefined || facts.formatName === undefined)) ||
    kind.platform === "runpod-like" ||
    (kind.platform === "modal-like" && facts.gpusPerPod !== undefined);
  if (!workloads.some(serves)) return [...workloads];
  for (const part of workloads) {
    if (!serves(part)) part.reading.leave("", "it serves no model");
  }
  return workloads.filter(serves);
}

function targetOf(scaler: Part, workloads: readonly Part[]): Part | undefined {
  const { target, namespace } = scaler;
  if (target === undefined) return undefined;
  const found = workloads.find((workload) =>
    workload.name === target.name &&
    (target.kind === undefined || target.kind === workload.ownKind) &&
    (namespace === undefined || workload.namespace === undefined ||
      namespace === workload.namespace)
  );
  // A line of text has no name: it is what all else speaks of.
  const [only] = workloads;
  return found ?? (workloads.length === 1 && only.name === undefined ? only : undefined);
}

function noTarget({ target }: Part): string {
  return target === undefined
    ? "it names nothing that it scales"
    : `${target.kind ?? "what"} ${shownName(target.name)}, which it scales, is in no document`;
}

function isOnKnative({ kind, reading }: Part): boolean {
  const policy = reading.settings.get("scaling.policy") ?? "knative-kpa";
  return kind.platform === "knative" && policy === "knative-kpa";
}

function isRuntimeOf(runtime: Part, workload: Part): boolean {
  if (workload.runtime === undefined || workload.runtime !== runtime.name) return false;
  return runtime.namespace === undefined || workload.namespace === undefined ||
    runtime.namespace === workload.namespace;
}

/** Of several scalers of one workload the first counts, and llm-d's where there is one. */
function oneOwner(scalers: readonly Part[]): Part[] {
  const helpers = scalers.filter(({ kind }) => kind.kinds?.includes("VariantAutoscaling"));
  const [owner, ...others] = scalers.filter((part) => !helpers.includes(part));
  for (const { reading } of others) reading.leave("", "another document scales the same workload");
  if (owner === undefined) return helpers;
  if (helpers.length === 0) return [owner];
  // What carries out the decisions of another has bounds alone.
  owner.reading.leave("", "llm-d's autoscaler decides, and this one follows it within its bounds");
  for (const path of [...owner.reading.settings.keys()]) {
    if (path.startsWith("scaling.")) owner.reading.settings.delete(path);
  }
  return [owner, ...helpers];
}
