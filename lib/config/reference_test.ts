import { equal, ok } from "#assert";
import { configurationSettings } from "./configuration_settings.ts";
import { renderConfigurationReference } from "./reference.ts";
import { renderConfigurationType } from "./type_text.ts";

const PAGE = new URL("../../docs/configuration.md", import.meta.url);

Deno.test("renderConfigurationReference() is docs/configuration.md", async () => {
  equal(
    await Deno.readTextFile(PAGE),
    renderConfigurationReference(),
    "docs/configuration.md is out of date: run `deno task reference`",
  );
});

Deno.test("renderConfigurationType() is configuration.ts", async () => {
  equal(
    await Deno.readTextFile(new URL("configuration.ts", import.meta.url)),
    renderConfigurationType(),
    "lib/config/configuration.ts is out of date: run `deno task reference`",
  );
});

Deno.test("renderConfigurationReference() has a row for every setting, with its aliases", () => {
  const sections = new Map(
    renderConfigurationReference().split(/^##+ /m).slice(1).map((part) => {
      const [title, ...rest] = part.split("\n");
      return [title, rest.join("\n")];
    }),
  );
  for (const { path, info } of configurationSettings()) {
    const at = path.lastIndexOf(".");
    const found = sections.get(at < 0 ? path : path.slice(0, at))?.split("\n").find((line) =>
      line.startsWith(`| \`${path.slice(at + 1)}\` `)
    );
    ok(found !== undefined, path);
    const row = found ?? "";
    ok(row.includes(info.description), path);
    for (const alias of info.aliases) ok(row.includes(`\`${alias}\``), `${path}: ${alias}`);
  }
});

Deno.test("every setting that is measured in something says in what", () => {
  const words: Record<string, RegExp> = {
    "seconds": /second/,
    "gigabytes": /gigabyte/,
    "bytes per second": /bytes per second/,
    "requests per second": /requests per second/,
    "dollars per GPU-hour by name": /dollars/,
  };
  for (const { path, info } of configurationSettings()) {
    const word = words[info.wanted];
    if (word !== undefined) ok(word.test(info.description), `${path}: ${info.description}`);
  }
});
