import { contentKind } from "../../std/content_kind.ts";
import { shownFile } from "../../std/input_error.ts";
import { parseAll, YamlSyntaxError } from "../../std/yaml.ts";
import { showValue } from "../../std/show_value.ts";
import { ConfigError } from "../config_error.ts";
import { isMapping, type Mapping } from "../normalize.ts";
import { isModalProgram, modalFunctions, MOST_PROGRAM } from "./python.ts";

/** A file of manifests: its name as messages show it, and its text. */
export interface ManifestFile {
  readonly name: string;
  readonly text: string;
}

/** One document of a file, or one item of a list in it. */
export interface ManifestDocument {
  /** Where it stands, for messages: "ksvc.yaml: document 2". */
  readonly place: string;
  readonly content: Mapping;
  /** It is of a program of Modal's, whatever it holds. */
  readonly isProgram?: true;
}

/** Most documents of all files together: a cluster's whole list is read one namespace at a time. */
const MOST_DOCUMENTS = 1000;

/**
 * The documents of all files in their order; empty ones are passed over, and the items of a `kind:
 * List`, as kubectl prints it, are documents of their own.
 *
 * @throws {ConfigError} With file and number of a document that is no YAML or no mapping.
 */
export function readDocuments(files: readonly ManifestFile[]): ManifestDocument[] {
  const documents = files.flatMap(documentsOf);
  if (documents.length > MOST_DOCUMENTS) {
    throw new ConfigError([
      `Cannot import manifests of more than ${MOST_DOCUMENTS} documents at once: current value is ` +
      `${documents.length}`,
    ]);
  }
  return documents;
}

function documentsOf({ name, text }: ManifestFile): ManifestDocument[] {
  const file = shownFile(name);
  if (isModalProgram(text)) {
    if (text.length > MOST_PROGRAM) {
      throw new ConfigError([
        `${file}: Cannot import a program of more than ${MOST_PROGRAM} characters: current value is ` +
        `${text.length}`,
      ]);
    }
    return modalFunctions(text).map((content, i) => ({
      place: `${file}: document ${i + 1}`,
      content,
      isProgram: true,
    }));
  }
  const contents = contentsOf(file, text.replace(/^\ufeff/, ""));
  return contents.flatMap((content, i) => {
    if (content === null || content === undefined) return [];
    const place = `${file}: document ${i + 1}`;
    if (!isMapping(content)) throw new ConfigError([noMapping(place, content, text)]);
    return [{ place, content }].flatMap(itemsOf);
  });
}

function contentsOf(file: string, text: string): readonly unknown[] {
  try {
    return parseAll(text);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    throw new ConfigError([syntaxProblem(file, text, error)]);
  }
}

function syntaxProblem(file: string, text: string, error: YamlSyntaxError): string {
  const { number, line, column, reason } = firstMistake(text) ?? { number: 1, ...error };
  const place = line > 0 ? `:${line}:${column}` : "";
  const current = text.includes("{{")
    ? `a template: render it first, as "helm template" does`
    : contentKind(text);
  return `${file}${place}: Cannot read document ${number} as YAML (${reason}): current value is ` +
    current;
}

/** The first document that is no YAML by itself; undefined where each is. */
function firstMistake(text: string) {
  let [number, before] = [0, 0];
  for (const part of text.split(/^(?=---(?:\s|$))/m)) {
    // Comments before the first mark are no document.
    const isBegun = number > 0 || /^(?!---)\s*[^\s#]/m.test(part.replace(/^---/, ""));
    if (isBegun || part.startsWith("---")) number++;
    try {
      parseAll(part);
    } catch (error) {
      if (!(error instanceof YamlSyntaxError)) throw error;
      const { line, column, reason } = error;
      return { number: Math.max(1, number), line: line > 0 ? before + line : 0, column, reason };
    }
    before += part.split("\n").length - 1;
  }
  return undefined;
}

function noMapping(place: string, content: unknown, text: string): string {
  const kind = contentKind(text);
  const current = Array.isArray(content)
    ? "a list"
    : kind === "text"
    ? `${typeof content === "string" ? "a text" : showValue(content)}`
    : kind;
  return `${place}: Cannot read the document as a manifest: current value is ${current}`;
}

/** The items of a list of the Kubernetes API; any other document is itself. */
function itemsOf({ place, content }: ManifestDocument): ManifestDocument[] {
  const { kind, items } = content;
  if (typeof kind !== "string" || !/^(\w+)?List$/.test(kind) || !Array.isArray(items)) {
    return [{ place, content }];
  }
  return items.map((item, i) => {
    const here = `${place}, item ${i + 1}`;
    if (!isMapping(item)) throw new ConfigError([noMapping(here, item, "text")]);
    // Items of a typed list leave out what the list says for all of them.
    const typed = item.kind === undefined && kind !== "List"
      ? { apiVersion: content.apiVersion, kind: kind.slice(0, -"List".length), ...item }
      : item;
    return { place: here, content: typed };
  });
}
