/**
 * Writes what is made from declarations: the reference of the configuration and its type, the page of
 * limits, and the tables of columns in the page of metrics.
 *
 * @module
 */
import { renderConfigurationReference } from "../config/reference.ts";
import { renderLimitsPage } from "../config/limits_page.ts";
import { renderConfigurationType } from "../config/type_text.ts";
import { withColumnTables } from "../results/metrics_page.ts";
import { replaceFile } from "../results/replace_file.ts";

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  const path = (name: string) => decodeURIComponent(new URL(name, root).pathname);
  replaceFile(path("docs/configuration.md"), renderConfigurationReference());
  replaceFile(path("docs/limits.md"), renderLimitsPage());
  const metrics = path("docs/metrics.md");
  replaceFile(metrics, withColumnTables(Deno.readTextFileSync(metrics)));
  replaceFile(path("lib/config/configuration.ts"), renderConfigurationType());
}
