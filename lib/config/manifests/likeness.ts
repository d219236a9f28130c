import { isMapping, type Mapping } from "../normalize.ts";

/**
 * How documents are told that do not say what they are. Kept by itself: whoever reads a configuration
 * asks it too, and needs nothing else of this folder.
 *
 * @module
 */

const RUNPOD = [
  "workersMin",
  "workersMax",
  "scalerType",
  "scalerValue",
  "idleTimeout",
  "gpuIds",
  "gpuTypeIds",
  "flashboot",
  "executionTimeoutMs",
];

const MODAL = [
  "min_containers",
  "max_containers",
  "buffer_containers",
  "scaledown_window",
  "max_inputs",
  "target_inputs",
  "keep_warm",
  "concurrency_limit",
  "container_idle_timeout",
  "allow_concurrent_inputs",
];

/** A name with an underscore before what were capitals. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Settings of an endpoint of RunPod: two of its own names, in either spelling. */
export function isRunpod(content: Mapping): boolean {
  return RUNPOD.filter((name) => name in content || snakeCase(name) in content).length >= 2;
}

/** Settings of a function of Modal: one of its own names. */
export function isModal(content: Mapping): boolean {
  return MODAL.some((name) => name in content);
}

/** Values of llm-d's chart "modelservice". */
export function isLlmD({ modelArtifacts, decode, prefill }: Mapping): boolean {
  return isMapping(modelArtifacts) && (isMapping(decode) || isMapping(prefill));
}

/** What a document is that is imported and is no configuration; undefined for others. */
export function manifestName(content: Mapping): string | undefined {
  if (typeof content.kind === "string" && typeof content.apiVersion === "string") {
    return "a manifest of Kubernetes";
  }
  if (isRunpod(content)) return "an endpoint of RunPod";
  if (isModal(content)) return "a function of Modal";
  return isLlmD(content) ? "values of llm-d's chart" : undefined;
}
