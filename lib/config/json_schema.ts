import * as z from "../std/zod.ts";
import { appliesSentence } from "./applies.ts";
import { movedPaths } from "./normalize.ts";
import { configurationSchema } from "./schema.ts";
import { findNodeInfo, nodeInfo, type SectionInfo, type SettingInfo } from "./setting.ts";

/** A JSON Schema as plain data. */
export type JsonSchema = Record<string, unknown>;

function settingSchema(info: SettingInfo): JsonSchema {
  const { jsonSchema, nullable, defaultValue } = info;
  const description = info.description + appliesSentence(info.appliesWhen);
  const accepted = nullable
    ? { anyOf: [...alternatives(jsonSchema), { type: "null" }] }
    : jsonSchema;
  return { description, ...accepted, default: defaultValue };
}

/** A schema's alternatives, so that adding one does not nest. */
function alternatives(schema: Readonly<JsonSchema>): readonly unknown[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}

/** Adds the aliases of a section's settings beside their internal names. */
function addAliases(section: SectionInfo, properties: JsonSchema) {
  for (const [key, schema] of Object.entries(section.shape)) {
    const info = nodeInfo(schema);
    if (info.kind !== "setting") continue;
    for (const alias of info.aliases) {
      if (alias.includes(".")) continue;
      properties[alias] = aliasSchema(properties[key] as JsonSchema, key);
    }
  }
}

function aliasSchema(schema: JsonSchema, path: string): JsonSchema {
  const { default: _, ...rest } = schema;
  return { ...rest, description: `Same as \`${path}\`. ${schema.description}` };
}

/** The part of the schema at a path such as "memory.block_size". */
function propertyAt(schema: JsonSchema, path: string): JsonSchema {
  return path.split(".").reduce(
    (part, key) => (part.properties as Record<string, JsonSchema>)[key],
    schema,
  );
}

/**
 * The JSON Schema (draft 2020-12) of what {@linkcode loadConfig} accepts, for editors: every key with
 * its aliases, description, range, units as text and default; no other keys.
 */
export function configurationJsonSchema(): JsonSchema {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const schema = z.toJSONSchema(configurationSchema, {
    io: "input",
    unrepresentable: "any",
    reused: "inline",
    override({ zodSchema, jsonSchema }) {
      const info = findNodeInfo(zodSchema);
      if (info === undefined) return;
      const target = jsonSchema as JsonSchema;
      if (info.kind === "setting") {
        for (const key of Object.keys(target)) delete target[key];
        Object.assign(target, settingSchema(info));
        return;
      }
      target.description = info.kind === "section"
        ? info.description + appliesSentence(info.appliesWhen)
        : info.description;
      delete target.default;
      // A section without settings ("scaling:") is null in YAML.
      if (info.kind === "section" && info !== root) {
        target.type = ["object", "null"];
      }
      if (info.kind === "section") addAliases(info, target.properties as JsonSchema);
    },
  }) as JsonSchema;
  for (const [alias, path] of movedPaths(root)) {
    const keys = alias.split(".");
    const name = keys.pop()!;
    const section = movedSection(schema, keys);
    section[name] = aliasSchema(propertyAt(schema, path), path);
  }
  return { $schema: schema.$schema, title: "SimFaaSInfer configuration", ...schema };
}

/** The properties of a section that settings have been moved from; others' files may alone have it. */
function movedSection(schema: JsonSchema, keys: readonly string[]): JsonSchema {
  let properties = schema.properties as JsonSchema;
  for (const key of keys) {
    properties[key] ??= { type: ["object", "null"], properties: {}, additionalProperties: false };
    properties = (properties[key] as JsonSchema).properties as JsonSchema;
  }
  return properties;
}
