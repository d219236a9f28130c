/** Contents of a Hugging Face `config.json`, or of a part of one. */
export type Json = Readonly<Record<string, unknown>>;

/**
 * First of the keys that holds a number.
 *
 * @throws TypeError if the first that is there holds something else.
 */
export function optional(json: Json, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const value = json[key];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number" || !(value >= 0)) {
      throw new TypeError(
        `Cannot read "${key}" of a model's config.json as a number: current value is ${
          JSON.stringify(value)
        }`,
      );
    }
    return value;
  }
  return undefined;
}

/** As {@link optional}. @throws TypeError if none is there. */
export function number(json: Json, ...keys: string[]): number {
  const value = optional(json, ...keys);
  if (value !== undefined) return value;
  throw new TypeError(
    `Cannot read a model's config.json as one with "${keys[0]}": current value is ${
      JSON.stringify(json[keys[0]])
    }`,
  );
}

/** A key that holds true or false. */
export function flag(json: Json, key: string): boolean | undefined {
  const value = json[key];
  return typeof value === "boolean" ? value : undefined;
}
