import type { Configuration } from "../../config/configuration.ts";
import { loadConfig } from "../../config/load.ts";
import type { MediaBundle } from "../../std/display.ts";
import { joinBundles, textBundle } from "./draw_summary.ts";
import { tableBundle } from "./table_view.ts";

/** What differs in a configuration from the defaults, or from those of its platform. */
export function drawConfiguration(config: Configuration): MediaBundle {
  const { platform } = config;
  const basis = loadConfig(platform === null ? "" : `platform: ${platform}`);
  const [own, defaults] = [settingsOf(config), settingsOf(basis)];
  const paths = [...new Set([...own.keys(), ...defaults.keys()])].filter((path) =>
    path !== "platform" &&
    JSON.stringify(own.get(path)) !== JSON.stringify(defaults.get(path))
  );
  const of = platform === null ? "the defaults" : `the platform ${platform}`;
  if (paths.length === 0) return textBundle(`configuration: ${of}, nothing else`, []);
  return joinBundles([tableBundle({
    title: `configuration: what differs from ${of}`,
    count: paths.length,
    columns: [
      { name: "setting", values: paths },
      { name: "value", values: paths.map((path) => own.get(path)) },
      { name: platform === null ? "default" : platform, values: paths.map((p) => defaults.get(p)) },
    ],
  })]);
}

/** The settings of a configuration by path; lists are one value. */
function settingsOf(section: object, path = ""): Map<string, unknown> {
  const settings = new Map<string, unknown>();
  for (const [key, value] of Object.entries(section)) {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [below, setting] of settingsOf(value, here)) settings.set(below, setting);
    } else {
      settings.set(here, value);
    }
  }
  return settings;
}
