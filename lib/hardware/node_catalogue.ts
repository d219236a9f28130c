import text from "../../data/hardware/nodes.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";
import { findByName } from "./catalogue_name.ts";
import { gpuNamed } from "./gpu_catalogue.ts";
import type { Gpu } from "./gpu.ts";
import type { NodeType } from "./node.ts";

/** Machine that instances run on where nothing names one. */
export const DEFAULT_NODE = "generic";

let nodes: readonly NodeType[] | undefined;
const found = new Map<string, NodeType | undefined>();

/** All node types of the catalogue in its order. */
export function nodeEntries(): readonly NodeType[] {
  nodes ??= (parse(text) as NodeType[]).map(withPcie);
  return nodes;
}

/** Without a PCIe rate of its own, a node has that of its GPUs. */
function withPcie(node: NodeType): NodeType {
  return node.gpu === undefined
    ? node
    : { pcieBytesPerSecond: gpuNamed(node.gpu).pcieBytesPerSecond, ...node };
}

/**
 * The node type of a name or alias.
 *
 * @throws RangeError if there is none.
 *
 * @example
 * ```ts
 * import { nodeNamed } from "simfaasinfer/hardware";
 * console.log(nodeNamed("p4d.24xlarge").gpus); // 8
 * ```
 */
export function nodeNamed(name: string): NodeType {
  if (!found.has(name)) {
    const entry = findByName<NodeType>(text, name);
    found.set(name, entry && withPcie(entry));
  }
  const node = found.get(name);
  if (node === undefined) {
    const known = nodeEntries().map((entry) => entry.name).join(", ");
    throw new RangeError(`Cannot find a node type as one of ${known}: current value is ${name}`);
  }
  return node;
}

/**
 * A machine of a type with GPUs of a kind: host to GPU it moves what the GPU does, unless the type has
 * a rate of its own.
 *
 * @throws RangeError if there is no such type.
 */
export function nodeWith(gpu: Gpu, name: string = DEFAULT_NODE): NodeType {
  return { pcieBytesPerSecond: gpu.pcieBytesPerSecond, ...nodeNamed(name) };
}
