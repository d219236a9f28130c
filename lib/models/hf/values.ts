import { showValue } from "../../std/show_value.ts";

/** Path of a part within the file, such as "text_config."; absent at the top. */
const PATH = Symbol("path");

/** Contents of a Hugging Face `config.json`, or of a part of one. */
export type Json = Readonly<Record<string, unknown>> & { readonly [PATH]?: string };

/** Largest size of anything in a model; products of two are exact. */
const MOST = 2 ** 31 - 1;

function refuse(json: Json, key: string, wanted: string): never {
  throw new TypeError(
    `Cannot read "${json[PATH] ?? ""}${key}" of a model's config.json as ${wanted}: ` +
      `current value is ${showValue(json[key])}`,
  );
}

/** A part of the file under a key; undefined where there is none. @throws TypeError if it is no object. */
export function part(json: Json, key: string): Json | undefined {
  const value = json[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "object" || Array.isArray(value)) return refuse(json, key, "an object");
  return Object.assign(Object.create(null), value, { [PATH]: `${json[PATH] ?? ""}${key}.` });
}

/**
 * First of the keys that holds a whole number, >= 0.
 *
 * @throws TypeError if the first that is there holds something else.
 */
export function optional(json: Json, ...keys: string[]): number | undefined {
  // All of them count as read: those behind the first are other names of it.
  const values = keys.map((key) => json[key]);
  for (const [i, key] of keys.entries()) {
    const value = values[i];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > MOST) {
      return refuse(json, key, `a whole number from 0 to ${MOST}`);
    }
    return value;
  }
  return undefined;
}

/** As {@link optional}, and >= 1. @throws TypeError if none is there. */
export function number(json: Json, ...keys: string[]): number {
  const value = optional(json, ...keys);
  if (value !== undefined && value >= 1) return value;
  const given = keys.find((key) => json[key] !== undefined && json[key] !== null) ?? keys[0];
  return refuse(json, given, `a whole number from 1 to ${MOST}`);
}

/** A key that holds true or false. @throws TypeError if it holds something else. */
export function flag(json: Json, key: string): boolean | undefined {
  const value = json[key];
  if (value === undefined || value === null || typeof value === "boolean") {
    return value ?? undefined;
  }
  return refuse(json, key, "true or false");
}

/** A key that holds a text. @throws TypeError if it holds something else. */
export function text(json: Json, key: string): string | undefined {
  const value = json[key];
  if (value === undefined || value === null || typeof value === "string") {
    return value ?? undefined;
  }
  return refuse(json, key, "text");
}

/** A key that holds a list. @throws TypeError if it holds something else. */
export function list(json: Json, key: string): readonly unknown[] | undefined {
  const value = json[key];
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value : refuse(json, key, "a list");
}

/** The same contents; the names of the keys that are read go into a set. */
export function tracked(json: Json, read: Set<string>): Json {
  return new Proxy(json, {
    get(target, key) {
      if (typeof key === "string") read.add(key);
      return Reflect.get(target, key);
    },
  });
}
