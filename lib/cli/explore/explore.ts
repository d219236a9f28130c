import { loadConfig } from "../../config/mod.ts";
import { pageBase } from "../../report/explore/mod.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";
import { readInput } from "../read_input.ts";
import { UsageError } from "../usage_error.ts";
import { buildSite, type SiteFiles } from "./build_site.ts";
import { writeSite } from "./write_site.ts";

const OPTIONS: readonly CommandOption[] = [
  {
    name: "port",
    value: "N",
    describe: "Port of this machine that the page is served on (any free one)",
  },
  {
    name: "build",
    value: "DIR",
    describe: "Write the page there as files, and serve nothing: for any web server, or to open\n" +
      "index.html from the disk; a folder that holds something else is not touched",
  },
  {
    name: "set",
    value: "PATH=VALUE",
    repeats: true,
    describe: "Set one setting of the configuration",
  },
];

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

/** The command "explore". */
export const exploreCommand: Command = {
  name: "explore",
  summary: "Serve a page that answers while you move its knobs",
  help:
    `Serves a page in which the simulator itself runs: rate, burstiness, lengths, GPU, instances, scale to
zero, keep-alive, start and price as knobs; latencies, instances and the bill after each move.

Usage: deno task explore [CONFIG.yaml] [OPTION...]

Without a configuration it begins with the default deployment. The page is served to this machine alone,
until Ctrl-C; with --build it is written as files, which any web server can serve and any browser can
open. A link holds the whole configuration.

${describeOptions(OPTIONS)}

Exit codes: 0 done, 2 a mistake in the input (one line says which), 130 interrupted.`,
  async run(args, print) {
    const given = readArguments("explore", args, OPTIONS, 1);
    const [file] = given.positional;
    const port = portOf(given.value("port"));
    const config = loadConfig(file === undefined ? "" : readInput(file, "a configuration"), {
      set: given.values("set"),
      ...(file !== undefined && { fileNames: [file] }),
    });
    const title = file === undefined ? "The default deployment" : file.replace(/^.*\//, "");
    const base = pageBase(config);
    const folder = given.value("build");
    console.error("Bundling the page...");
    const files = await buildSite(base, title, { offline: folder !== undefined });
    if (folder !== undefined) {
      writeSite(folder, files);
      print(`The page is ${folder}/index.html: open it, or serve that folder with any web server`);
      return 0;
    }
    const server = serve(files, port);
    print(`The page is http://127.0.0.1:${server.addr.port}/ (Ctrl-C ends it)`);
    await server.finished;
    return 0;
  },
};

function portOf(text: string | undefined): number {
  const port = Number(text ?? 0);
  if (Number.isInteger(port) && port >= 0 && port < 65536 && text !== "") return port;
  throw new UsageError(
    `Cannot serve on a port from 0 to 65535: current value of --port is ${text}`,
  );
}

/** Serves files to this machine. @throws {UsageError} If the port is taken. */
function serve(files: SiteFiles, port: number): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
      const name = new URL(request.url).pathname.slice(1) || "index.html";
      const text = files.get(name);
      if (text === undefined) return new Response("There is no such file", { status: 404 });
      return new Response(text, {
        headers: {
          "content-type": TYPES[name.replace(/^.*\./, "")] ?? "text/plain",
          "cache-control": "no-store",
        },
      });
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    throw new UsageError(
      `Cannot serve on a port that is taken: current value of --port is ${port}`,
    );
  }
}
