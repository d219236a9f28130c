import { contentKind } from "../../std/content_kind.ts";
import { shownFile } from "../../std/input_error.ts";
import { stringify } from "../../std/yaml.ts";
import { ConfigError } from "../config_error.ts";
import { isMapping, type Mapping } from "../normalize.ts";
import { assemble } from "./assemble.ts";
import { checkChoices, unusedChoices } from "./choices.ts";
import { findLaunchInLine } from "./command/launch.ts";
import { type ManifestDocument, type ManifestFile, readDocuments } from "./documents.ts";
import { joinParts } from "./join.ts";
import type { Part } from "./kind.ts";
import { type DocumentParts, hasNoKind, readDocument } from "./parts.ts";
import { readLaunch } from "./pod.ts";
import { type EngineName, Reading, type Remark } from "./reading.ts";
import { checkResult, withdrawSettings } from "./result.ts";
import { settle } from "./settle.ts";
import type { ImportChoices } from "./settling.ts";
import { showValue } from "../../std/show_value.ts";

/** A server's command as a line of text. */
export interface CommandLine {
  /** Where it was given, for messages: "--vllm". */
  readonly place: string;
  readonly text: string;
  /** Whose flags it has, where the line itself does not tell. */
  readonly engine: EngineName;
}

/** What to import. */
export interface ImportInput {
  readonly files: readonly ManifestFile[];
  readonly lines?: readonly CommandLine[];
  readonly choices?: ImportChoices;
}

/** A configuration made of manifests, and what became of each thing in them. */
export interface Imported {
  /** As it would be written: sections and settings in the order of the reference. */
  readonly configuration: Mapping;
  /** The same in YAML. */
  readonly yaml: string;
  readonly remarks: readonly Remark[];
  /** The document of each function, for messages: "ksvc.yaml: document 1, Knative Service chat". */
  readonly places: readonly string[];
}

/**
 * Makes a configuration of manifests of Kubernetes and its serving platforms, of settings of RunPod and
 * Modal, and of servers' commands. What belongs together is joined by name.
 *
 * @throws {ConfigError} One line per mistake: what is no YAML, no known kind, a value that is not what
 * its key takes, a model that the catalogue does not have, and what contradicts itself.
 *
 * @example
 * ```ts
 * import { importManifests } from "./import_manifests.ts";
 * import { deepEqual } from "#assert";
 * const line = { place: "--vllm", text: "vllm serve Qwen/Qwen3-32B -tp 2", engine: "vllm" } as const;
 * const { configuration } = importManifests({ files: [], lines: [line] });
 * deepEqual(configuration.parallelization, { tensor_parallel_size: 2 });
 * ```
 */
export function importManifests({ files, lines = [], choices = {} }: ImportInput): Imported {
  checkChoices(choices);
  const documents = readDocuments(files);
  const read = documents.map((document) => ({ document, ...readDocument(document) }));
  const commands = lines.map(readLine);
  const parts = [...commands, ...read.flatMap((one) => one.parts)];
  const anonymous = read.filter(({ document }) => hasNoKind(document));
  const unknown = read.flatMap((one) => one.unknown ?? []);
  if (anonymous.length > 0) throw new ConfigError(anonymous.flatMap((one) => one.unknown ?? []));
  if (parts.length === 0) throw new ConfigError(unknown.length > 0 ? unknown : [nothing(files)]);
  const readings = [
    ...commands.map(({ reading }) => reading),
    ...read.flatMap((one) => one.readings),
  ];
  refuse([...readings.flatMap(({ problems }) => problems), ...givenTwice(read)]);
  const settled = joinParts(parts).map((deployment) => settle(deployment, choices));
  refuse(settled.flatMap(({ problems }) => problems));
  if (settled.length === 0) throw new ConfigError([nothing(files)]);
  const configuration = assemble(settled);
  const yaml = stringify(configuration, { lineWidth: 100 });
  checkResult(yaml, settled);
  withdrawSettings(settled);
  const remarks = distinct(readings.flatMap(({ remarks }) => remarks));
  return {
    configuration,
    yaml,
    remarks: [...remarks, ...unusedChoices(settled, choices), WORKLOAD],
    places: settled.map(({ deployment }) => deployment.main.place),
  };
}

/** Workloads that stand in two documents: which of them counts nobody can say. */
function givenTwice(
  read: readonly (DocumentParts & { readonly document: ManifestDocument })[],
): string[] {
  const seen = new Map<string, string>();
  return read.flatMap(({ document: { place, content }, parts, readings }) => {
    const { apiVersion, kind, metadata } = content;
    const { name, namespace } = isMapping(metadata) ? metadata : {} as Mapping;
    const isWorkload = parts.some((part) => part.kind.role === "workload");
    if (!isWorkload || typeof kind !== "string" || typeof name !== "string") return [];
    const whose = JSON.stringify([String(apiVersion).replace(/\/.*/, ""), kind, namespace, name]);
    const first = seen.get(whose);
    if (first === undefined) seen.set(whose, place);
    return first === undefined ? [] : [
      `${readings[0].place}: Cannot import the document as a workload of its own: current value ` +
      `is the kind, namespace and name of ${first}; give it once`,
    ];
  });
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigError([...new Set(problems)]);
}

function nothing(files: readonly ManifestFile[]): string {
  const names = files.map(({ name }) => shownFile(name)).join(", ") || "no file";
  const kind = files.length === 1 ? contentKind(files[0].text) : "text";
  const current = kind === "text" ? "nothing that is one" : kind;
  return `${names}: Cannot import document 1 as a manifest: current value is ${current}`;
}

/** What no manifest has. */
const WORKLOAD: Remark = {
  place: "requests",
  key: "",
  outcome: "assumed",
  text: "they are those of the default workload, since no manifest says what comes: set workload",
};

/** A line of text as a workload without a name. */
function readLine({ place, text, engine }: CommandLine): Part {
  const reading = new Reading(place);
  const found = findLaunchInLine(text);
  const kind = { name: "a command", role: "workload", keys: {} } as const;
  if (found === undefined) {
    reading.refuse(
      "the line",
      engine === "vllm" ? `"vllm serve MODEL ..."` : `"python -m sglang.launch_server ..."`,
      showValue(text),
    );
  } else readLaunch(found, reading);
  return { kind, reading };
}

/** A document that several functions go by makes its remarks once. */
function distinct(remarks: readonly Remark[]): Remark[] {
  const seen = new Set<string>();
  return remarks.filter((remark) => {
    const text = JSON.stringify(remark);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}
