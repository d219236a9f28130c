/**
 * Manifests of Kubernetes, its serving platforms, RunPod and Modal as input: a table of keys for each
 * kind, a table of flags for each engine, and what makes a configuration of them. Read
 * import_manifests.ts first, then keys.ts and a kind in kinds/.
 *
 * @module
 */
export {
  type CommandLine,
  type Imported,
  type ImportInput,
  importManifests,
} from "./import_manifests.ts";
export type { ManifestFile } from "./documents.ts";
export type { Remark } from "./reading.ts";
export type { ImportChoices } from "./settling.ts";
