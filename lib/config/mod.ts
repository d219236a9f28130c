/**
 * Configuration: one schema, YAML in, a typed and checked {@linkcode Configuration} out.
 * Read schema.ts first, then load.ts.
 *
 * @module
 */
export { ConfigError } from "./config_error.ts";
export { loadConfig, type LoadOptions } from "./load.ts";
export type { Overrides } from "./overrides.ts";
export { type Configuration, configurationSchema } from "./schema.ts";
export type { LengthConfiguration, LengthDistribution } from "./sections/length_distribution.ts";
