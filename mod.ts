/**
 * SimFaaSInfer: a discrete-event simulator of serverless LLM inference. Everything a program or a
 * notebook needs, re-exported from the rooms under lib/.
 *
 * @module
 */
export {
  ConfigError,
  type Configuration,
  loadConfig,
  type LoadOptions,
  type Overrides,
} from "./lib/config/mod.ts";
