import { shownName } from "../../std/safe_text.ts";
import { showValue } from "../../std/show_value.ts";
import { isMapping, type Mapping } from "../normalize.ts";
import { configurationSchema } from "../schema.ts";
import { nodeInfo, type SectionInfo } from "../setting.ts";
import type { ManifestDocument } from "./documents.ts";
import { readKeys } from "./keys.ts";
import type { ManifestKind, Part, SplitPart } from "./kind.ts";
import { BYSTANDERS, MANIFEST_KINDS } from "./kinds/kinds.ts";
import { MODAL_FUNCTION } from "./kinds/modal.ts";
import { Reading } from "./reading.ts";

/** What was read of a document. */
export interface DocumentParts {
  /** What takes part in the configuration. */
  readonly parts: readonly Part[];
  /** All that was read, with the remarks on it, in the order of the document. */
  readonly readings: readonly Reading[];
  /** Why nothing was read, for a kind that is not known. */
  readonly unknown?: string;
}

/** Reads one document by its kind. */
export function readDocument({ place, content, isProgram }: ManifestDocument): DocumentParts {
  const kind = isProgram ? MODAL_FUNCTION : kindOf(content);
  if (kind === undefined) return unknownDocument(place, content);
  const { name, namespace } = identityOf(content);
  const isNamed = name === undefined || kind.name.endsWith(name);
  const title = `${place}, ${kind.name}${isNamed ? "" : ` ${shownName(name)}`}`;
  const reading = new Reading(title);
  readKeys(kind.keys, content, reading);
  kind.finish?.(reading, content);
  const runtime = kind.runtimeOf?.(content);
  const target = kind.targetOf?.(content);
  const own: Part = {
    kind,
    reading,
    ...(typeof content.kind === "string" && { ownKind: content.kind }),
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(runtime !== undefined && { runtime }),
    ...(target !== undefined && { target }),
  };
  const split = (kind.split?.(content) ?? []).map((part) => ({
    part: splitPart(own, part),
    isBystander: part.isBystander === true,
  }));
  const parts = split.filter(({ isBystander }) => !isBystander).map(({ part }) => part);
  return {
    parts: kind.isHolder ? parts : [own, ...parts],
    readings: [reading, ...split.map(({ part }) => part.reading)],
  };
}

/** A workload inside of a document: it begins with what the document says of all. */
function splitPart(owner: Part, { name, keys, content, path, finish }: SplitPart): Part {
  const reading = new Reading(`${owner.reading.place}, ${shownName(name)}`);
  Object.assign(reading.facts, owner.kind.isHolder ? owner.reading.facts : {});
  readKeys(keys, content, reading, path);
  finish?.(reading);
  const full = owner.name === undefined ? name : `${owner.name}-${name.toLowerCase()}`;
  return { ...owner, reading, name: full };
}

/** The group of an API version: "apps" of "apps/v1", "" of "v1". */
function groupOf(apiVersion: unknown): string {
  const text = typeof apiVersion === "string" ? apiVersion : "";
  const slash = text.indexOf("/");
  return slash === -1 ? "" : text.slice(0, slash);
}

function kindOf(content: Mapping): ManifestKind | undefined {
  const group = groupOf(content.apiVersion);
  return MANIFEST_KINDS.find((kind) => {
    if (kind.kinds === undefined) return content.kind === undefined && kind.isLike!(content);
    return kind.kinds.includes(String(content.kind)) && kind.group!.test(group) &&
      kind.isLike?.(content) !== false;
  });
}

function identityOf({ metadata, name }: Mapping): { name?: string; namespace?: string } {
  const own = isMapping(metadata) ? metadata : { name };
  return {
    ...(typeof own.name === "string" && { name: own.name }),
    ...(typeof own.namespace === "string" && { namespace: own.namespace }),
  };
}

function unknownDocument(place: string, content: Mapping): DocumentParts {
  const { kind } = content;
  const reading = new Reading(
    `${place}, ${typeof kind === "string" ? shownName(kind) : "no kind"}`,
  );
  const known = typeof kind === "string" && Object.hasOwn(BYSTANDERS, kind);
  if (known) reading.leave("", BYSTANDERS[kind]);
  else if (typeof kind === "string") reading.leave("", "documents of this kind are not read");
  return { parts: [], readings: [reading], unknown: `${place}: ${unknownText(content)}` };
}

function unknownText(content: Mapping): string {
  const { apiVersion, kind } = content;
  const { shape } = nodeInfo(configurationSchema) as SectionInfo;
  const current = typeof kind === "string"
    ? `kind ${showValue(kind)} of ${showValue(apiVersion)}`
    : Object.keys(content).some((key) => Object.hasOwn(shape, key))
    ? `a configuration, which "deno task simulate" takes as it is`
    : "a mapping without a kind";
  const names = MANIFEST_KINDS.map(({ name }) => name).join(", ");
  return `Cannot import the document as one of ${names}: current value is ${current}`;
}

/** Whether a document has no kind at all: it may be anything, and is a mistake. */
export function hasNoKind({ content, isProgram }: ManifestDocument): boolean {
  return !isProgram && kindOf(content) === undefined && typeof content.kind !== "string";
}
