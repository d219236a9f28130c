import { ok } from "#assert";
import { platformPreset, PLATFORMS } from "../serverless/platforms/platform_preset.ts";
import { renderPlatformsPage } from "./platforms_page.ts";

const PAGE = new URL("../../docs/platforms.md", import.meta.url);

Deno.test("renderPlatformsPage() is docs/platforms.md, with all that is said of each platform", async () => {
  const page = await Deno.readTextFile(PAGE);
  ok(page === renderPlatformsPage(), "docs/platforms.md is out of date: run `deno task reference`");
  for (const name of PLATFORMS) {
    const { sources, assumed, behaviours, asOf } = platformPreset(name);
    // Lines may break anywhere.
    const section = page.slice(page.indexOf(`## ${name}\n`)).replaceAll(/\s+/g, " ");
    const said = [...sources, ...assumed, asOf].concat(behaviours.map(({ says }) => says));
    for (const text of said) ok(section.includes(text), `${name}: ${text}`);
  }
});
