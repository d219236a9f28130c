import { stripTypeScriptTypes } from "node:module";
import columns from "./client/columns.ts" with { type: "text" };
import conditions from "./client/conditions.ts" with { type: "text" };
import figureText from "./client/figure_text.ts" with { type: "text" };
import keys from "./client/keys.ts" with { type: "text" };
import order from "./client/order.ts" with { type: "text" };
import percentiles from "./client/percentiles.ts" with { type: "text" };
import start from "./client/start.ts" with { type: "text" };
import table from "./client/table.ts" with { type: "text" };
import tellStory from "./client/tell_story.ts" with { type: "text" };

/** The modules of the folder client, each after those that it imports. */
const MODULES = [
  columns,
  conditions,
  figureText,
  keys,
  order,
  percentiles,
  tellStory,
  table,
  start,
];

/**
 * The page's own program: the modules of the folder client without types, one after the other. They
 * import each other alone, and no two declare one name, so that nothing has to be bundled.
 */
export function pageProgram(): string {
  const texts = MODULES.map((text) =>
    stripTypeScriptTypes(text)
      .replace(/^import\s[^;]*;$/gm, "")
      .replace(/^export (?=async |function |class |const )/gm, "")
      .replace(/^\/\/\/.*$/gm, "")
      .replace(/^\/\*\*[^]*?\*\/\n/gm, "")
      .replace(/^[ \t]*\n/gm, "")
  );
  return `(() => {\n"use strict";\n${texts.join("")}startPage();\n})();\n`;
}
