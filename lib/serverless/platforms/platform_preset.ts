import { parse, stringify, YamlSyntaxError } from "../../std/yaml.ts";
import { contentKind } from "../../std/content_kind.ts";
import {
  anything,
  list,
  mapping,
  number,
  optional,
  readShape,
  record,
  text,
} from "../../std/shape.ts";
import { PLATFORM_TEXTS, type PlatformName, PLATFORMS } from "./platform_texts.ts";

export { type PlatformName, PLATFORMS } from "./platform_texts.ts";

/** What a platform's documentation says that it does. */
export interface PlatformBehaviour {
  /** The behaviour, in a sentence. */
  readonly says: string;
  /** Which of the preset's sources says so, from 1. */
  readonly source: number;
  /** Name of the test that shows that the preset does so. Absent: it does not. */
  readonly test?: string;
  /** Why it is left out, or which setting has it. Absent: it is not. */
  readonly leftOut?: string;
}

/** How a serverless platform scales, keeps alive, queues and bills. */
export interface PlatformPreset {
  /** Name of the preset. */
  readonly id: string;
  /** What it describes, in a sentence. */
  readonly summary: string;
  /** Date of the facts: year-month. */
  readonly asOf: string;
  /** Where the facts stand. */
  readonly sources: readonly string[];
  /** What no source says. */
  readonly assumed: readonly string[];
  /** What the platform is said to do, and whether the preset does it. */
  readonly behaviours: readonly PlatformBehaviour[];
  /** A partial configuration file as YAML, to be merged below the user's. */
  readonly configuration: string;
}

const shape = mapping({
  id: text(),
  summary: text(),
  as_of: text(/^\d{4}-\d{2}$/, "a date: year-month"),
  sources: list(text(), { least: 1 }),
  assumed: list(text()),
  behaviours: optional(list(mapping({
    says: text(),
    source: number({ min: 1, whole: true }),
    test: optional(text()),
    left_out: optional(text()),
  }))),
  configuration: record(anything, ["scaling", "gateway", "cost"]),
});

/**
 * Reads a text in the form of the files in data/platforms.
 *
 * @param where Name of the text, for errors.
 * @throws {SyntaxError} If it has another form.
 */
export function parsePlatformPreset(content: string, where: string): PlatformPreset {
  const document = readYaml(content, where);
  const read = readShape(shape, document);
  if (read.wrong !== undefined) {
    const { path, text } = read.wrong;
    throw new SyntaxError(`Cannot read ${where} as a platform at ${path} ${text}`);
  }
  const { id, summary, as_of: asOf, sources, assumed, configuration } = read.data;
  const behaviours = (read.data.behaviours ?? []).map(({ left_out: leftOut, ...one }) => ({
    ...one,
    ...(leftOut !== undefined && { leftOut }),
  }));
  return {
    id,
    summary,
    asOf,
    sources,
    assumed,
    behaviours,
    configuration: stringify(configuration),
  };
}

function readYaml(content: string, where: string): unknown {
  try {
    return parse(content);
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error;
    const { line, column, reason } = error;
    const place = line > 0 ? `:${line}:${column}` : "";
    throw new SyntaxError(
      `Cannot read ${where}${place} as YAML (${reason}): current value is ${contentKind(content)}`,
      { cause: error },
    );
  }
}

/**
 * A platform preset by name. Its configuration is a text like any configuration file: give it to the
 * loader before the user's own, or name it there (`platform: runpod-like`).
 *
 * @throws {RangeError} If there is none of that name.
 *
 * @example
 * ```ts
 * import { loadConfig } from "../../config/mod.ts";
 * import { platformPreset } from "./mod.ts";
 * const config = loadConfig([platformPreset("runpod-like").configuration, "scaling: { max_instances: 5 }"]);
 * console.log(config.scaling.policy, config.scaling.max_instances); // queue-delay 5
 * ```
 */
export function platformPreset(name: string): PlatformPreset {
  if (!Object.hasOwn(PLATFORM_TEXTS, name)) {
    throw new RangeError(
      `Cannot find a platform as one of ${PLATFORMS.join(", ")}: current value is ${name}`,
    );
  }
  return parsePlatformPreset(PLATFORM_TEXTS[name as PlatformName], `data/platforms/${name}.yaml`);
}
