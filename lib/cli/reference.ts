/**
 * Writes what is made from the schema of the configuration: its reference in docs/ and its type.
 *
 * @module
 */
import { renderConfigurationReference } from "../config/reference.ts";
import { renderLimitsPage } from "../config/limits_page.ts";
import { renderConfigurationType } from "../config/type_text.ts";

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  await Deno.writeTextFile(new URL("docs/configuration.md", root), renderConfigurationReference());
  await Deno.writeTextFile(new URL("docs/limits.md", root), renderLimitsPage());
  await Deno.writeTextFile(
    new URL("lib/config/configuration.ts", root),
    renderConfigurationType(),
  );
}
