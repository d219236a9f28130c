import { configurationJsonSchema } from "../config/json_schema.ts";
import { type CommandOption, describeOptions, readArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { type OwnFile, writeOwnFile } from "./own_file.ts";
import { readableReason } from "./read_input.ts";
import { UsageError } from "./usage_error.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "out", value: "FILE", describe: "Write to this file instead of the terminal" },
];

/** The schema as this or an earlier version wrote it. */
const SCHEMA: OwnFile = {
  option: "--out",
  what: "the schema",
  isSuch: (text) => /^\{\s*"\$schema": "[^"]*",\s*"title": "SimFaaSInfer /.test(text),
};

/** The command "schema". */
export const schemaCommand: Command = {
  name: "schema",
  summary: "Write the JSON Schema of the configuration for editors",
  help: `Writes the JSON Schema of the configuration, for completion and checks in editors.

Usage: deno task schema [--out FILE]

${describeOptions(OPTIONS)}

An editor with a YAML language server reads it from the first line of a configuration:
  # yaml-language-server: $schema=./schema.json`,
  run(args, print) {
    const out = readArguments("schema", args, OPTIONS, 0).value("out");
    const text = JSON.stringify(configurationJsonSchema(), null, 2);
    if (out === undefined) {
      print(text);
      return 0;
    }
    try {
      writeOwnFile(out, text + "\n", SCHEMA);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      throw new UsageError(
        `Cannot write the schema to a file (${readableReason(error)}): current value is "${out}"`,
      );
    }
    print(`Wrote ${out}`);
    return 0;
  },
};
