import { importLater } from "../import_later.ts";
import { type CommandOption, describeOptions, readArguments } from "../arguments.ts";
import type { Command } from "../command.ts";

const OPTIONS: readonly CommandOption[] = [
  { name: "out", value: "DIR", describe: "Where the package goes (results/package)" },
];

/** The command "package". */
export const packageCommand: Command = {
  name: "package",
  summary: "Build an npm package of the core: modules and types",
  help:
    `Builds an npm package of the core: modules and types, without tests, notebooks and data sets.

Usage: deno task package [--out DIR]

${describeOptions(OPTIONS)}

Node 20 or later runs it, and needs nothing but the package: "npm install DIR" in a project, or
"npm pack DIR". docs/entries.md tells what it has.`,
  async run(args, print) {
    const given = readArguments("package", args, OPTIONS, 0);
    const out = given.value("out") ?? "results/package";
    const { buildPackage } = await importLater<typeof import("./build_package.ts")>(
      import.meta.resolve("./build_package.ts"),
    );
    const { files, bytes } = await buildPackage(out);
    print(`Wrote ${files} files, ${(bytes / 1e6).toFixed(1)} MB, to ${out}`);
    return 0;
  },
};
