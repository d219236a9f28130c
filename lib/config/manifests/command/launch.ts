import type { EngineName } from "../reading.ts";
import { openQuote, shellCommands, UNKNOWN, type Variables } from "./shell_words.ts";

/** A server's command: which engine, and what it is told. */
export interface Launch {
  readonly engine: EngineName;
  readonly args: readonly string[];
  /** The launcher is one of a kind whose first argument is the model ("vllm serve MODEL"). */
  readonly takesModel: boolean;
  /** What its script opens and does not close, such as a quote: no shell would start it. */
  readonly open?: string;
}

/** Modules of Python that start a server, and whose flags they take. */
const MODULES: Readonly<Record<string, EngineName>> = {
  "vllm.entrypoints.openai.api_server": "vllm",
  "vllm.entrypoints.api_server": "vllm",
  "vllm.entrypoints.cli.main": "vllm",
  "huggingfaceserver": "vllm",
  "dynamo.vllm": "vllm",
  "sglang.launch_server": "sglang",
  "sglang_router.launch_server": "sglang",
  "dynamo.sglang": "sglang",
};

/** Images whose entry point is a server, so that a container's arguments are its flags. */
const IMAGES: readonly (readonly [RegExp, EngineName])[] = [
  [/(^|\/)worker-(v1-)?vllm\b/, "vllm"],
  [/vllm/, "vllm"],
  [/huggingfaceserver/, "vllm"],
  [/llm-d-(cuda|aws|gke|dev)/, "vllm"],
  [/sglang/, "sglang"],
];

/** Shells, whose option `-c` is followed by a script. */
const SHELL = /(^|\/)(ba|da|z|k)?sh$/;

/** Shells inside shells that are looked into. */
const MOST_SHELLS = 4;

/** The engine that an image is of, by its name. */
export function engineOfImage(image: string): EngineName | undefined {
  const name = image.replace(/[@:][^/]*$/, "").toLowerCase();
  return IMAGES.find(([pattern]) => pattern.test(name))?.[1];
}

/** The version of vLLM that an image's tag names, such as "0.11"; undefined if it names none. */
export function versionOfImage(image: string): string | undefined {
  const name = image.replace(/@[^/]*$/, "");
  if (!/vllm-openai/.test(name)) return undefined;
  const match = /:v?(\d+)\.(\d+)(?:[.-]|$)/.exec(name);
  return match === null ? undefined : `${match[1]}.${match[2]}`;
}

/**
 * The server that a command starts, wherever in a script it stands; undefined if it starts none that is
 * known.
 *
 * @param words The command's words; a shell among them is looked into.
 * @param variables What the environment sets; the script's own assignments are added.
 */
export function findLaunch(words: readonly string[], variables: Variables): Launch | undefined {
  return inCommand(words, variables, 0);
}

/** As {@linkcode findLaunch}, of a line as one would type it. */
export function findLaunchInLine(line: string, variables: Variables = new Map()) {
  return inCommands(line, variables, 0);
}

function inCommands(script: string, variables: Variables, depth: number): Launch | undefined {
  for (const words of shellCommands(script, variables)) {
    const launch = inCommand(words, variables, depth);
    if (launch === undefined) continue;
    const open = launch.open ?? openQuote(script);
    return open === undefined ? launch : { ...launch, open };
  }
  return undefined;
}

function inCommand(
  words: readonly string[],
  variables: Variables,
  depth: number,
): Launch | undefined {
  const shell = words.findIndex((word) => SHELL.test(word));
  if (shell !== -1 && depth < MOST_SHELLS) {
    const option = words.findIndex((word, i) => i > shell && /^-[a-z]*c$/.test(word));
    const script = option === -1 ? undefined : words[option + 1];
    if (script !== undefined) return inCommands(script, variables, depth + 1);
  }
  for (const [i, word] of words.entries()) {
    const next = words[i + 1];
    const program = word.split("/").at(-1)!;
    if (program === "vllm" && next === "serve") return launch("vllm", words.slice(i + 2), true);
    if (program === "sglang" && next === "serve") return launch("sglang", words.slice(i + 2), true);
    if (word === "-m" && next !== undefined && Object.hasOwn(MODULES, next)) {
      const isServe = next.endsWith("cli.main") && words[i + 2] === "serve";
      return launch(MODULES[next], words.slice(i + (isServe ? 3 : 2)), isServe);
    }
    if (program === "docker" || program === "podman") return ofDocker(words.slice(i + 1));
  }
  return undefined;
}

/** `docker run ... IMAGE FLAGS`: what follows the image goes to its entry point. */
function ofDocker(words: readonly string[]): Launch | undefined {
  const image = words.findIndex((word) =>
    !word.startsWith("-") && /[/:]/.test(word) && !word.includes(UNKNOWN) &&
    /^[\w.-]+(\/[\w.-]+)+(:[\w.-]+)?$/.test(word) && engineOfImage(word) !== undefined
  );
  if (image === -1) return undefined;
  const after = words.slice(image + 1);
  return findLaunch(after, new Map()) ?? launch(engineOfImage(words[image])!, after, true);
}

function launch(engine: EngineName, args: readonly string[], takesModel: boolean): Launch {
  return { engine, args, takesModel };
}
