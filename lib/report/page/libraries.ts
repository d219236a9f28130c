import { readFile } from "node:fs/promises";

/**
 * The programs that draw the figures of a page, as texts in the order in which they have to run: Vega,
 * Vega-Lite, and vega-embed with its interpreter of expressions. The imports make the runtime fetch the
 * packages; the texts are files beside the modules that these imports mean.
 */
export async function drawingPrograms(): Promise<readonly string[]> {
  await Promise.all([
    import("npm:/vega@6.4.0"),
    import("npm:/vega-lite@6.5.0"),
    import("npm:/vega-embed@7.3.0"),
  ]);
  const places = [
    [import.meta.resolve("npm:/vega@6.4.0"), "vega.min.js"],
    [import.meta.resolve("npm:/vega-lite@6.5.0"), "vega-lite.min.js"],
    [import.meta.resolve("npm:/vega-embed@7.3.0"), "vega-embed.min.js"],
  ];
  return await Promise.all(places.map(async ([module, name]) => {
    const text = await readFile(new URL(name, module), "utf8");
    // Neither a map that is not there, nor what would end the element of the page.
    return text.replace(/^\/\/# sourceMappingURL=.*$/m, "").replaceAll("</script", "<\\/script");
  }));
}
