/** What a command line left behind. */
export interface CommandLineRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode runCommandLine}. */
export interface CommandLineOptions {
  /** Working directory. */
  readonly directory: string;
  /** Interrupts the command (Ctrl-C) when it first says something on standard error: how far it is. */
  readonly interruptsAtWord?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** What the command reads on standard input; none unless given. */
  readonly stdin?: string;
}

/** Runs the program in a process of its own, as a user does. */
export async function runCommandLine(
  args: readonly string[],
  options: CommandLineOptions,
): Promise<CommandLineRun> {
  const [config, lock] = ["deno.json", "deno.lock"].map((name) =>
    decodeURIComponent(new URL(`../../${name}`, import.meta.url).pathname)
  );
  const main = new URL("./main.ts", import.meta.url);
  const child = new Deno.Command(Deno.execPath(), {
    // Quiet about the packages that Deno downloads the first time a command needs them.
    args: [
      ...["run", "--quiet", "-A", "--config", config, "--lock", lock],
      ...[main.href, ...args],
    ],
    cwd: options.directory,
    env: { INIT_CWD: options.directory, NO_COLOR: "1", ...options.env },
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const [stdout, stderr, { code }] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr, options.interruptsAtWord ? () => child.kill("SIGINT") : undefined),
    child.status,
  ]);
  return { code, stdout, stderr };
}

/** What a stream brings; `onFirst` is called at its first bytes. */
async function textOf(stream: ReadableStream<Uint8Array>, onFirst?: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of stream) {
    if (text === "") onFirst?.();
    text += decoder.decode(bytes, { stream: true });
  }
  return text + decoder.decode();
}

/** Calls `use` with a directory that holds these files, and removes it afterwards. */
export async function withFiles(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "simfaas-cli-" });
  try {
    for (const [name, content] of Object.entries(files)) {
      const slash = name.lastIndexOf("/");
      if (slash > 0) await Deno.mkdir(`${directory}/${name.slice(0, slash)}`, { recursive: true });
      await Deno.writeTextFile(`${directory}/${name}`, content);
    }
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Paths below a directory, sorted; directories end in "/". */
export function filesBelow(directory: string, prefix = ""): string[] {
  return Array.from(Deno.readDirSync(`${directory}/${prefix}`))
    .flatMap(({ name, isDirectory }) =>
      isDirectory
        ? [`${prefix}${name}/`, ...filesBelow(directory, `${prefix}${name}/`)]
        : [`${prefix}${name}`]
    ).sort();
}
