/** A place of one machine that bytes can come to. */
export type NodePlace =
  | { readonly kind: "host"; readonly node: number }
  | { readonly kind: "disk"; readonly node: number }
  | { readonly kind: "gpu"; readonly node: number; readonly gpu: number };

/**
 * Where bytes can be: the registry of images, the store of weights, or on a machine in its host
 * memory, on its disk or in one of its GPUs (numbered from 0).
 */
export type Place = { readonly kind: "registry" } | { readonly kind: "store" } | NodePlace;

/** Where bytes can be sent: a place of a machine, or the store. */
export type TargetPlace = { readonly kind: "store" } | NodePlace;

/** The registry of container images. */
export const REGISTRY: Place = { kind: "registry" };
/** The store of weights. */
export const STORE: Extract<TargetPlace, { kind: "store" }> = { kind: "store" };

/** Most GPUs of a machine: {@link placeKey} tells so many apart. */
const GPUS = 1024;
const KINDS = ["registry", "store", "disk", "host", "gpu"] as const;

/** Machine of a place; -1 for the registry and the store. */
export function nodeOf(place: Place): number {
  return place.kind === "registry" || place.kind === "store" ? -1 : place.node;
}

/** Number of a place, different for different places. */
export function placeKey(place: Place): number {
  const gpu = place.kind === "gpu" ? place.gpu : 0;
  return ((nodeOf(place) + 1) * KINDS.length + KINDS.indexOf(place.kind)) * GPUS + gpu;
}

/** A place in words, for errors. */
export function placeName(place: Place): string {
  switch (place.kind) {
    case "registry":
      return "the registry";
    case "store":
      return "the store";
    case "disk":
      return `the disk of node ${place.node}`;
    case "host":
      return `the memory of node ${place.node}`;
    case "gpu":
      return `GPU ${place.gpu} of node ${place.node}`;
  }
}
