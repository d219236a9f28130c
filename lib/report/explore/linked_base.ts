/**
 * Configurations that links bring and that are not the page's own with other values of its knobs. They
 * are checked as those of files are, by a program that the page does not load before it needs it.
 *
 * @module
 */
import { loadConfig } from "../../config/mod.ts";
import type { PageBase } from "./messages.ts";
import { pageBase } from "./page_base.ts";
import type { Settings } from "./settings.ts";

/**
 * What the page is made with for a configuration that differs so from the default one.
 *
 * @throws {ConfigError} If it is none, or none that the page can show.
 */
export function linkedBase(settings: Settings): PageBase {
  return pageBase(loadConfig(JSON.stringify(settings)));
}
