import { suggest } from "../../std/suggest.ts";
import { parsePlatformPreset, PLATFORMS } from "../../serverless/platforms/platform_preset.ts";
import { parseInput, shownFile } from "../../std/input_error.ts";
import { showValue } from "../../std/show_value.ts";
import { readInput, STANDARD_INPUT } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";

/** What the option `--platform` stands for. */
export interface PlatformInput {
  /** A partial configuration to go below all others; absent for a platform by name. */
  readonly configuration?: string;
  /** The file that it was read from, for the manifest. */
  readonly file?: { readonly name: string; readonly content: string };
  /** Settings as those of `--set`. */
  readonly set: readonly string[];
}

/**
 * Reads `--platform`: one of data/platforms by name, or a file in the form of those.
 *
 * @param value Absent: nothing is set.
 * @throws {UsageError} If there is neither a platform of that name nor a file.
 * @throws {SyntaxError} If the file has another form.
 */
export function platformInput(value: string | undefined): PlatformInput {
  if (value === undefined) return { set: [] };
  const named = PLATFORMS.find((name) => name === value.toLowerCase().replaceAll("_", "-"));
  if (named !== undefined) return { set: [`platform=${named}`] };
  if (value !== STANDARD_INPUT && !/\.ya?ml$/i.test(value)) {
    const near = PLATFORMS.find((name) => name.startsWith(value)) ?? suggest(value, PLATFORMS);
    throw new UsageError(
      `Cannot read --platform as one of ${PLATFORMS.join(", ")} or a YAML file` +
        `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is ${
          showValue(value)
        }`,
    );
  }
  const content = readInput(value, "a platform");
  const name = shownFile(value);
  const { configuration } = parseInput(
    { file: name, what: "a platform" },
    content,
    (text) => parsePlatformPreset(text, name),
  );
  // A platform that a configuration names must not come in between.
  return { configuration, file: { name, content }, set: ["platform=null"] };
}
