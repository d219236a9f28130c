import { MOST_LISTED } from "../std/safe_text.ts";
import { removedKey } from "./removed_settings.ts";
import { nodeInfo, type SectionInfo } from "./setting.ts";
import { showValue } from "./show_value.ts";
import { suggest } from "../std/suggest.ts";

/** A mapping of a configuration text. Has no prototype, so that every key is a plain key. */
export type Mapping = { [key: string]: unknown };

/** One text's settings under their internal names. */
export interface Layer {
  readonly settings: Mapping;
  /** Path that the user wrote, by internal path. */
  readonly writtenPaths: ReadonlyMap<string, string>;
  /** One line per unknown key, and per setting that stands under two names with different values. */
  readonly problems: readonly string[];
}

/** Whether a value of a text is a mapping. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An empty mapping without a prototype. */
export function emptyMapping(): Mapping {
  return Object.create(null);
}

const namesBySection = new WeakMap<SectionInfo, ReadonlyMap<string, string>>();

/** Internal names of a section's keys and of their aliases. Aliases with dots are not among them. */
function namesOf(section: SectionInfo): ReadonlyMap<string, string> {
  const known = namesBySection.get(section);
  if (known !== undefined) return known;
  const names = new Map<string, string>();
  for (const [key, schema] of Object.entries(section.shape)) {
    names.set(key, key);
    const info = nodeInfo(schema);
    if (info.kind !== "setting") continue;
    for (const alias of info.aliases) if (!alias.includes(".")) names.set(alias, key);
  }
  namesBySection.set(section, names);
  return names;
}

const movedByRoot = new WeakMap<SectionInfo, ReadonlyMap<string, string>>();

/** Internal paths of the aliases that are paths from the root. */
export function movedPaths(root: SectionInfo): ReadonlyMap<string, string> {
  const known = movedByRoot.get(root);
  if (known !== undefined) return known;
  const moved = new Map<string, string>();
  collectMoved(root, "", moved);
  movedByRoot.set(root, moved);
  return moved;
}

function collectMoved(section: SectionInfo, path: string, moved: Map<string, string>): void {
  for (const [key, schema] of Object.entries(section.shape)) {
    const info = nodeInfo(schema);
    const here = path === "" ? key : `${path}.${key}`;
    if (info.kind === "section") collectMoved(info, here, moved);
    if (info.kind !== "setting") continue;
    for (const alias of info.aliases) if (alias.includes(".")) moved.set(alias, here);
  }
}

/** Every path of the schema with its aliases, for suggestions across sections. */
function allPaths(section: SectionInfo, path = ""): string[] {
  return [...namesOf(section)].flatMap(([name, key]) => {
    const here = path === "" ? name : `${path}.${name}`;
    const info = nodeInfo(section.shape[key]);
    return info.kind === "section" ? [here, ...allPaths(info, here)] : [here];
  });
}

/** Keys of a text that are looked at to tell whether it is a configuration. */
const MOST_LOOKED_AT = 1000;

/**
 * Whether a text may be a configuration: one of its keys is a section or a setting, or near one. What
 * is none may hold anything, secrets too, and is not quoted.
 */
export function isConfiguration(root: SectionInfo, input: Mapping): boolean {
  const keys = Object.keys(input).slice(0, MOST_LOOKED_AT);
  if (keys.length === 0 || keys.some((key) => Object.hasOwn(root.shape, key))) return true;
  const names = [...namesOf(root).keys(), ...[...movedPaths(root).keys()].map(firstName)];
  const settings = new Set(allPaths(root).map((path) => path.split(".").at(-1)));
  return keys.some((key) => settings.has(key) || suggest(key, names) !== undefined);
}

function firstName(path: string): string {
  return path.split(".")[0];
}

/**
 * Brings one text's settings under their internal names: aliases are resolved, sections that are
 * null become empty, unknown keys are reported with the nearest valid one and left out.
 */
export function normalize(root: SectionInfo, input: Mapping): Layer {
  const problems: string[] = [];
  const writtenPaths = new Map<string, string>();
  const moved = movedPaths(root);
  const toMove: { readonly path: string; readonly to: string; readonly value: unknown }[] = [];

  function assign(target: Mapping, key: string, path: string, written: string, value: unknown) {
    if (key in target) {
      const first = writtenPaths.get(path) ?? path;
      if (JSON.stringify(target[key]) !== JSON.stringify(value)) {
        problems.push(
          `Cannot read configuration: "${first}" and "${written}" are names of one setting and ` +
            `have different values`,
        );
      }
      return;
    }
    target[key] = value;
    writtenPaths.set(path, written);
  }

  function walk(section: SectionInfo, mapping: Mapping, path: string, written: string): Mapping {
    const result = emptyMapping();
    const names = namesOf(section);
    const join = (base: string, key: string) => base === "" ? key : `${base}.${key}`;
    for (const name of Object.keys(mapping)) {
      const value = mapping[name];
      const writtenHere = join(written, name);
      const key = names.get(name);
      const to = key === undefined ? moved.get(join(path, name)) : undefined;
      if (to !== undefined) {
        toMove.push({ path: writtenHere, to, value });
        continue;
      }
      if (key === undefined && isMapping(value) && movedNames(join(path, name)).length > 0) {
        moveAll(value, join(path, name), writtenHere);
        continue;
      }
      if (key === undefined) {
        const near = [...names.keys(), ...movedNames(path)];
        const removed = removedKey(join(path, name), writtenHere);
        problems.push(
          removed !== undefined
            ? removed
            // Looking for what was meant takes a while, and only the first lines are shown.
            : problems.length < MOST_LISTED
            ? unknownKey(root, near, writtenHere, name)
            : `Cannot read configuration: unknown key ${showValue(writtenHere)}`,
        );
        continue;
      }
      const here = join(path, key);
      const info = nodeInfo(section.shape[key]);
      if (info.kind === "section" && value === null) {
        assign(result, key, here, writtenHere, emptyMapping());
      } else if (info.kind === "section" && isMapping(value)) {
        assign(result, key, here, writtenHere, walk(info, value, here, writtenHere));
      } else if (info.kind === "list" && Array.isArray(value)) {
        const items = value.map((item, i) =>
          isMapping(item) ? walk(info.item, item, `${here}[${i}]`, `${writtenHere}[${i}]`) : item
        );
        assign(result, key, here, writtenHere, items);
      } else {
        assign(result, key, here, writtenHere, value);
      }
    }
    return result;
  }

  /** The entries of a section that stands elsewhere in others' files. */
  function moveAll(mapping: Mapping, path: string, written: string) {
    for (const name of Object.keys(mapping)) {
      const to = moved.get(`${path}.${name}`);
      const writtenHere = `${written}.${name}`;
      if (to === undefined) problems.push(unknownKey(root, movedNames(path), writtenHere, name));
      else toMove.push({ path: writtenHere, to, value: mapping[name] });
    }
  }

  function movedNames(path: string): string[] {
    const prefix = `${path}.`;
    return [...moved.keys()].filter((alias) => alias.startsWith(prefix)).map((alias) =>
      alias.slice(prefix.length)
    );
  }

  const settings = walk(root, input, "", "");
  for (const { path, to, value } of toMove) {
    const keys = to.split(".");
    const last = keys.pop()!;
    let target = settings;
    for (const key of keys) {
      if (!isMapping(target[key])) target[key] = emptyMapping();
      target = target[key] as Mapping;
    }
    assign(target, last, to, path, value);
  }
  return { settings, writtenPaths, problems };
}

/** The line for an unknown key: the nearest key of its section, or the same key elsewhere. */
function unknownKey(
  root: SectionInfo,
  names: readonly string[],
  path: string,
  name: string,
): string {
  const line = `Cannot read configuration: unknown key ${showValue(path)}`;
  const near = suggest(name, names);
  if (near !== undefined) return `${line}; did you mean "${near}"?`;
  const elsewhere = allPaths(root).find((other) => other.split(".").at(-1) === name);
  if (elsewhere !== undefined) return `${line}; did you mean "${elsewhere}"?`;
  return `${line} (allowed: ${names.join(", ")})`;
}
