import { appliesSentence } from "./applies.ts";
import { movedPaths } from "./normalize.ts";
import { configurationSchema } from "./schema.ts";
import { type ListInfo, nodeInfo, type SectionInfo, type SettingInfo } from "./setting.ts";

/** A JSON Schema as plain data. */
export type JsonSchema = Record<string, unknown>;

function settingSchema(info: SettingInfo): JsonSchema {
  const { jsonSchema, nullable, defaultValue } = info;
  const description = info.description + appliesSentence(info.appliesWhen);
  const accepted = nullable ? orNull(jsonSchema) : jsonSchema;
  return { description, ...accepted, default: defaultValue };
}

/** What a schema takes, and null. */
function orNull(schema: Readonly<JsonSchema>): JsonSchema {
  const isBareType = Object.keys(schema).length === 1 && typeof schema.type === "string";
  return isBareType
    ? { type: [schema.type, "null"] }
    : { anyOf: [...alternatives(schema), { type: "null" }] };
}

/** A schema's alternatives, so that adding one does not nest. */
function alternatives(schema: Readonly<JsonSchema>): readonly unknown[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}

function sectionSchema(section: SectionInfo): JsonSchema {
  const properties: JsonSchema = {};
  for (const [key, schema] of Object.entries(section.shape)) {
    const info = nodeInfo(schema);
    if (info.kind === "setting") properties[key] = settingSchema(info);
    else if (info.kind === "list") properties[key] = listSchema(info);
    // A section without settings ("scaling:") is null in YAML.
    else properties[key] = { ...sectionSchema(info), type: ["object", "null"] };
  }
  addAliases(section, properties);
  return {
    type: "object",
    properties,
    additionalProperties: false,
    description: section.description + appliesSentence(section.appliesWhen),
  };
}

function listSchema({ description, item }: ListInfo): JsonSchema {
  return { type: "array", items: sectionSchema(item), description };
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
  const schema = sectionSchema(root);
  for (const [alias, path] of movedPaths(root)) {
    const keys = alias.split(".");
    const name = keys.pop()!;
    const section = movedSection(schema, keys);
    section[name] = aliasSchema(propertyAt(schema, path), path);
  }
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "SimFaaSInfer configuration",
    ...schema,
  };
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
