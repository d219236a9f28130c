import { parseArgs } from "../std/cli.ts";
import { suggest } from "../std/suggest.ts";
import { UsageError } from "./usage_error.ts";

/** An option of a command. */
export interface CommandOption {
  readonly name: string;
  /** Placeholder of its value, such as "DIR"; absent for a flag. */
  readonly value?: string;
  /** Whether it may stand several times. */
  readonly repeats?: boolean;
  /** What it does, for the help; may have several lines. */
  readonly describe: string;
}

/** Arguments of a command: positional ones, and the values of options by name. */
export interface CommandArguments {
  readonly positional: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
  values(name: string): readonly string[];
}

/**
 * Reads the arguments of a command.
 *
 * @throws {UsageError} For an option that the command does not have (with the nearest one that it
 * has), a missing value, or more than `mostPositional` positional arguments.
 */
export function readArguments(
  command: string,
  args: readonly string[],
  options: readonly CommandOption[],
  mostPositional = Infinity,
): CommandArguments {
  const names = options.map((option) => option.name);
  const withValue = options.filter((option) => option.value !== undefined);
  const parsed = parseArgs(args, {
    boolean: ["help", ...options.filter((o) => o.value === undefined).map((o) => o.name)],
    string: ["_", ...withValue.map((option) => option.name)],
    collect: withValue.map((option) => option.name),
    alias: { h: "help" },
    unknown: (argument) => {
      const near = suggest(argument.replace(/^-+/, ""), [...names, "help"]);
      throw new UsageError(
        `Cannot read ${argument} as an option of ${command}` +
          (near === undefined ? "" : ` (did you mean --${near}?)`) +
          `: "${command} --help" lists them`,
      );
    },
  }) as unknown as Record<string, unknown>;
  const positional = (parsed._ as unknown[]).map(String);
  if (positional.length > mostPositional) {
    throw new UsageError(
      `Cannot read the arguments of ${command} as ${mostPositional} at most: current value is ` +
        `"${positional.join(" ")}"`,
    );
  }
  for (const { name, value, repeats } of withValue) {
    const given = parsed[name] as readonly unknown[];
    if (given.some((text) => typeof text !== "string" || text === "")) {
      throw new UsageError(`Cannot read --${name} without a value: write --${name} ${value}`);
    }
    if (given.length > 1 && !repeats) {
      throw new UsageError(
        `Cannot read --${name} as one value: current value is ${JSON.stringify(given.join(" "))}`,
      );
    }
  }
  return {
    positional,
    flag: (name) => parsed[name] === true,
    value: (name) => (parsed[name] as readonly string[])[0],
    values: (name) => parsed[name] as readonly string[],
  };
}

/** The help of options, aligned. */
export function describeOptions(options: readonly CommandOption[]): string {
  const left = options.map(({ name, value }) =>
    `--${name}${value === undefined ? "" : ` ${value}`}`
  );
  // A longer name has a line of its own, so that it does not push all texts to the right.
  const width = Math.max(...left.map((text) => text.length).filter((one) => one <= MOST_NAME));
  return options.map(({ describe }, i) => {
    const lines = describe.split("\n").map((line) => `  ${" ".repeat(width)}  ${line}`);
    if (left[i].length > width) return [`  ${left[i]}`, ...lines].join("\n");
    return [`  ${left[i].padEnd(width)}  ${lines[0].trimStart()}`, ...lines.slice(1)].join("\n");
  }).join("\n");
}

/** Longest name of an option, with its value, that has its text beside it. */
const MOST_NAME = 24;
