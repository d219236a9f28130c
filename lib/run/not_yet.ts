import { ConfigError } from "../config/config_error.ts";

/** The error for a choice that the schema knows and this version cannot simulate. */
export function notYet(path: string, value: unknown, allowed: string): ConfigError {
  return new ConfigError([
    `Cannot simulate "${path}" in this version: current value is ${value} (allowed: ${allowed})`,
  ]);
}
