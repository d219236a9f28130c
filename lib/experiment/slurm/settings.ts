import { parse } from "../../std/yaml.ts";
import { suggest } from "../../std/suggest.ts";
import { parseQuantity } from "../../settings/units.ts";
import { parseInput } from "../../std/input_error.ts";
import { showValue } from "../../std/show_value.ts";
import { ownedOption } from "./sbatch_options.ts";

/** How cells run on Slurm, as an experiment or a site file says it. What is not given is the site's. */
export interface SlurmGiven {
  /** Partition, or several with commas between them. */
  readonly partition?: string;
  /** Account that is charged. */
  readonly account?: string;
  /** Quality of service. */
  readonly qos?: string;
  /** Time limit of an array task: seconds, "90min", or Slurm's "1-12:00:00". */
  readonly time?: number | string;
  /** Memory of an array task: bytes, "8GiB", or Slurm's "8G". */
  readonly memory?: number | string;
  /** Processors of an array task, which run as many of its cells at once, 1 to 1024; default 1. */
  readonly cpus?: number;
  /** Most tasks of an array, 1 to 1000000; default 1000. More cells than that share tasks. */
  readonly tasks?: number;
  /** Most tasks of an array that run at once, >= 1; default as many as the cluster lets. */
  readonly at_once?: number;
  /** How often a cell that failed or was lost is submitted again, 0 to 100; default 2. */
  readonly retries?: number;
  /** Words of the shell that start Deno; default the Deno that submits. */
  readonly deno?: string;
  /** Lines of the shell before that, such as "module load deno". */
  readonly setup?: readonly string[];
  /** Further options of sbatch, each a line "#SBATCH OPTION". */
  readonly sbatch?: readonly string[];
}

/** The same with defaults, in plain units. */
export interface SlurmSettings {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly timeSeconds?: number;
  readonly memoryBytes?: number;
  readonly cpus: number;
  readonly tasks: number;
  readonly atOnce?: number;
  readonly retries: number;
  readonly deno?: string;
  readonly setup: readonly string[];
  readonly sbatch: readonly string[];
}

/** A site file: settings for every experiment, and those for single ones, which come before. */
export interface SlurmSite extends SlurmGiven {
  readonly experiments?: Readonly<Record<string, SlurmGiven>>;
}

/** What is wrong with a value: what is wanted in its place; undefined when nothing is. */
type Check = (value: unknown) => string | undefined;

const word: Check = (value) =>
  typeof value === "string" && /^[\w.,@+-]+$/.test(value) ? undefined : "one word";

const wholeNumber = (least: number, most: number): Check => (value) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most
    ? undefined
    : `a whole number from ${least} to ${most}`;

const shellLine: Check = (value) =>
  typeof value === "string" && value.trim() !== "" && !/[\n\r\0]/.test(value)
    ? undefined
    : "one line of the shell";

const listOf = (check: Check): Check => (value) => {
  if (!Array.isArray(value)) return "a list";
  const wrong = value.map(check).find((wanted) => wanted !== undefined);
  return wrong === undefined ? undefined : `a list, each ${wrong}`;
};

/** An option as it may stand alone after "#SBATCH". */
const option: Check = (value) => {
  if (shellLine(value) !== undefined) return "one line";
  const text = (value as string).replace(/^#SBATCH\s+/, "").trim();
  if (!text.startsWith("-")) return 'an option of sbatch, such as "--constraint=avx2"';
  // Between two jobs sbatch puts a colon of its own: what follows would be another job.
  if (text.split(/\s+/).includes(":")) return "options of one job, without a colon of its own";
  const owned = ownedOption(text);
  return owned === undefined ? undefined : `options other than ${owned}`;
};

const CHECKS: Readonly<Record<keyof SlurmGiven, Check>> = {
  partition: word,
  account: word,
  qos: word,
  time: (value) =>
    secondsOf(value) > 0 ? undefined : 'a time, such as 3600, "90min" or "1-12:00:00"',
  memory: (value) => bytesOf(value) >= 2 ** 20 ? undefined : 'a size, such as "8GiB"',
  cpus: wholeNumber(1, 1024),
  tasks: wholeNumber(1, 1_000_000),
  at_once: wholeNumber(1, 1_000_000),
  retries: wholeNumber(0, 100),
  deno: shellLine,
  setup: listOf(shellLine),
  sbatch: listOf(option),
};

/** Names of the settings, in the order in which the documentation lists them. */
export const SLURM_SETTINGS = Object.keys(CHECKS) as readonly (keyof SlurmGiven)[];

/**
 * Reads a site file.
 *
 * @param text YAML: a mapping of settings, and `experiments` with more of them by id.
 * @param file Its name, for messages.
 * @throws {RangeError} For an unknown setting, with the nearest known one, or a value that is none.
 */
export function readSlurmSite(text: string, file: string): SlurmSite {
  return parseInput({ file, what: "settings of Slurm" }, text, (content) => {
    const parsed = parse(content) ?? {};
    checkSettings(parsed, "", ["experiments"]);
    const { experiments } = parsed as { experiments?: unknown };
    if (experiments === undefined || experiments === null) return parsed;
    if (!isMapping(experiments)) refuse("experiments", "settings by experiment", experiments);
    for (const [id, given] of Object.entries(experiments)) checkSettings(given, `${id}.`);
    return parsed;
  }) as SlurmSite;
}

/**
 * The settings of an experiment: of the site file what it says about this experiment, then what the
 * experiment says, then what the site file says about all.
 *
 * @param given What the experiment says.
 * @throws {RangeError} If the experiment says something that is none.
 */
export function slurmSettings(id: string, given: SlurmGiven, site: SlurmSite): SlurmSettings {
  checkSettings(given, `${id}.slurm.`);
  const { experiments, ...all } = site;
  const said = { ...all, ...given, ...experiments?.[id] };
  const { time, memory, at_once, cpus = 1, tasks = 1000, retries = 2, ...others } = said;
  return {
    ...others,
    ...(time !== undefined && { timeSeconds: secondsOf(time) }),
    ...(memory !== undefined && { memoryBytes: bytesOf(memory) }),
    ...(at_once !== undefined && { atOnce: at_once }),
    cpus,
    tasks,
    retries,
    setup: said.setup ?? [],
    sbatch: (said.sbatch ?? []).map((line) => line.replace(/^#SBATCH\s+/, "").trim()),
  };
}

function checkSettings(value: unknown, prefix: string, others: readonly string[] = []): void {
  if (!isMapping(value)) refuse(prefix.slice(0, -1) || "the file", "a mapping of settings", value);
  const known = [...SLURM_SETTINGS, ...others];
  for (const [name, setting] of Object.entries(value as Record<string, unknown>)) {
    if (others.includes(name)) continue;
    if (!Object.hasOwn(CHECKS, name)) {
      const near = suggest(name, known);
      throw new RangeError(
        `Cannot read ${prefix}${name} as a setting of Slurm, one of ${known.join(", ")}` +
          `${near === undefined ? "" : ` (did you mean ${near}?)`}: current value is ` +
          showValue(setting),
      );
    }
    const wanted = CHECKS[name as keyof SlurmGiven](setting);
    if (wanted !== undefined) refuse(prefix + name, wanted, setting);
  }
}

function refuse(what: string, wanted: string, value: unknown): never {
  throw new RangeError(`Cannot read ${what} as ${wanted}: current value is ${showValue(value)}`);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Seconds of a number, a text with a unit, or Slurm's [days-]hours:minutes:seconds; NaN for others. */
function secondsOf(value: unknown): number {
  const [, days, text] = /^(?:(\d+)-)?(\d+(?::\d+){0,2})$/.exec(String(value)) ?? [];
  if (typeof value !== "string" || text === undefined || (days === undefined && !/:/.test(text))) {
    return parseQuantity(value, "seconds");
  }
  const parts = text.split(":").map(Number);
  // After days hours come first; without days the last of them are seconds.
  const [hours, minutes = 0, seconds = 0] = days === undefined && parts.length === 2
    ? [0, ...parts]
    : parts;
  return Number(days ?? 0) * 86400 + hours * 3600 + minutes * 60 + seconds;
}

/** Bytes of a number, a text with a unit, or Slurm's K, M, G and T, which are binary. */
function bytesOf(value: unknown): number {
  const [, amount, unit] = /^(\d+)([KMGT])$/.exec(String(value)) ?? [];
  return unit === undefined
    ? parseQuantity(value, "bytes")
    : parseQuantity(`${amount}${unit}iB`, "bytes");
}
