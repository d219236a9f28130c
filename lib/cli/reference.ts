/**
 * Writes what is made from declarations: the reference of the configuration and its type, the pages of
 * limits, of traces and of platforms, the tables of columns and figures in the page of metrics, and the types of
 * a summary and of the columns.
 *
 * @module
 */
import { renderConfigurationReference } from "../config/reference.ts";
import { renderImportPage } from "../config/manifests/page.ts";
import { renderLimitsPage } from "../config/limits_page.ts";
import { renderPlatformsPage } from "../config/platforms_page.ts";
import { renderTracesPage } from "../config/traces_page.ts";
import { renderConfigurationType } from "../config/type_text.ts";
import { withDeclaredTables } from "../results/metrics_page.ts";
import { renderColumnTypes } from "../results/column_types.ts";
import { renderSummaryType } from "../results/summary_type.ts";
import { replaceFile } from "../results/replace_file.ts";

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  const path = (name: string) => decodeURIComponent(new URL(name, root).pathname);
  replaceFile(path("docs/configuration.md"), renderConfigurationReference());
  replaceFile(path("docs/limits.md"), renderLimitsPage());
  replaceFile(path("docs/platforms.md"), renderPlatformsPage());
  replaceFile(path("docs/traces.md"), renderTracesPage());
  replaceFile(path("docs/import.md"), renderImportPage());
  const metrics = path("docs/metrics.md");
  replaceFile(metrics, withDeclaredTables(Deno.readTextFileSync(metrics)));
  replaceFile(path("lib/config/configuration.ts"), renderConfigurationType());
  replaceFile(path("lib/metrics/run_columns.ts"), renderColumnTypes());
  replaceFile(path("lib/metrics/run_summary.ts"), renderSummaryType());
}
