/**
 * Writes what is made from the schema of the configuration: its reference in docs/ and its type.
 *
 * @module
 */
import { renderConfigurationReference } from "../config/reference.ts";
import { renderLimitsPage } from "../config/limits_page.ts";
import { renderConfigurationType } from "../config/type_text.ts";
import { replaceFile } from "../results/replace_file.ts";

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  const path = (name: string) => decodeURIComponent(new URL(name, root).pathname);
  replaceFile(path("docs/configuration.md"), renderConfigurationReference());
  replaceFile(path("docs/limits.md"), renderLimitsPage());
  replaceFile(path("lib/config/configuration.ts"), renderConfigurationType());
}
