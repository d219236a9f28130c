/**
 * Configuration: one schema, YAML in, a typed and checked {@linkcode Configuration} out.
 * Read configuration.ts first, made from schema.ts and sections/, then load.ts.
 *
 * @module
 */
export { chooseGpu, type GpuVariant } from "./choose_gpu.ts";
export { ConfigError } from "./config_error.ts";
export type { Configuration } from "./configuration.ts";
export { configurationJsonSchema, type JsonSchema } from "./json_schema.ts";
export { loadConfig, type LoadOptions } from "./load.ts";
export type { Overrides } from "./overrides.ts";
export { renderConfigurationReference } from "./reference.ts";
export { configurationSchema } from "./schema.ts";
