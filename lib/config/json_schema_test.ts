import { deepEqual, equal, ok } from "#assert";
import { parse } from "@std/yaml";
import { appliesSentence } from "./applies.ts";
import { configurationSettings } from "./configuration_settings.ts";
import { configurationJsonSchema, type JsonSchema } from "./json_schema.ts";
import { loadConfig } from "./load.ts";

const SCHEMA = configurationJsonSchema();

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return typeof value;
}

/** Whether a value meets a schema: the keywords that ours uses, as the specification has them. */
function isValid(schema: JsonSchema, value: unknown): boolean {
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const isType = (type: unknown) =>
    type === typeOf(value) || (type === "integer" && Number.isInteger(value));
  if (types.length > 0 && !types.some(isType)) return false;
  if (Array.isArray(schema.anyOf) && !schema.anyOf.some((part) => isValid(part, value))) {
    return false;
  }
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) return false;
  if (typeof value === "number") {
    if (value < (schema.minimum as number ?? -Infinity)) return false;
    if (value <= (schema.exclusiveMinimum as number ?? -Infinity)) return false;
    if (value > (schema.maximum as number ?? Infinity)) return false;
  }
  if (typeof value === "string") {
    if (value.length < (schema.minLength as number ?? 0)) return false;
    if (schema.pattern !== undefined && !new RegExp(schema.pattern as string).test(value)) {
      return false;
    }
  }
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems as number ?? 0)) return false;
    return value.every((item) => isValid((schema.items ?? {}) as JsonSchema, item));
  }
  if (typeOf(value) !== "object") return true;
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  return Object.entries(value as Record<string, unknown>).every(([key, part]) => {
    if (Object.hasOwn(properties, key)) return isValid(properties[key], part);
    return schema.additionalProperties !== false &&
      isValid((schema.additionalProperties ?? {}) as JsonSchema, part);
  });
}

function propertyAt(path: string): JsonSchema {
  return path.split(".").reduce(
    (schema, key) => (schema.properties as Record<string, JsonSchema>)[key],
    SCHEMA,
  );
}

Deno.test("configurationJsonSchema() is JSON and names its dialect", () => {
  deepEqual(JSON.parse(JSON.stringify(SCHEMA)), SCHEMA);
  equal(SCHEMA.$schema, "https://json-schema.org/draft/2020-12/schema");
});

Deno.test("configurationJsonSchema() describes every setting and alias, with the default", () => {
  for (const { path, info } of configurationSettings()) {
    const property = propertyAt(path);
    equal(property.description, info.description + appliesSentence(info.appliesWhen), path);
    deepEqual(property.default, info.defaultValue, path);
    for (const alias of info.aliases) {
      const section = path.slice(0, path.lastIndexOf("."));
      const aliased = propertyAt(alias.includes(".") ? alias : `${section}.${alias}`);
      deepEqual(aliased.anyOf ?? aliased.type, property.anyOf ?? property.type, alias);
    }
  }
});

Deno.test("configurationJsonSchema() accepts what loadConfig() accepts", () => {
  ok(isValid(SCHEMA, loadConfig()));
  for (
    const text of [
      "scheduler: { max_batch_size: 64, block_size: 32 }",
      "simulation: { duration: 30 min, warmup: 10s }",
      "scaling:",
      "cost: { gpu_cost_per_hour: { H100: 2.5 USD/h, A100: 3 } }",
      "workload: { num_requests: null, classes: [{ name: a, slo: { ttft_s: 1s } }] }",
      "workload: { prompt_length: { distribution: constant, value: 100 } }",
      "memory: { kv_cache_dtype: float16 }",
    ]
  ) {
    loadConfig(text);
    ok(isValid(SCHEMA, parse(text)), text);
  }
});

Deno.test("configurationJsonSchema() refuses unknown keys, wrong types and values out of range", () => {
  for (
    const text of [
      "schedular: {}",
      "scheduler: { max_batch_sise: 64 }",
      "simulation: { duration: 0 }",
      "simulation: { duration: fast }",
      "scaling: { min_instances: 1.5 }",
      "scaling: { enabled: 3 }",
      "scheduler: { type: vlm }",
      "workload: { classes: [{ nmae: a }] }",
      "workload: { classes: { name: a } }",
      "metrics: { percentiles: [101] }",
      "cost: { gpu_cost_per_hour: { H100: -1 } }",
      "simulation: { random_seed: null }",
    ]
  ) {
    ok(!isValid(SCHEMA, parse(text)), text);
  }
});
