import { emptyMapping, isMapping, type Mapping } from "./normalize.ts";
import { nodeInfo, type SectionInfo } from "./setting.ts";

/**
 * Merges a later text's settings over an earlier one's: sections key by key, maps by name, lists and
 * values as a whole. Where a section's selector changes (another model, another distribution), earlier
 * values that do not apply to the new choice are dropped.
 */
export function merge(section: SectionInfo, earlier: Mapping, later: Mapping): Mapping {
  const result = emptyMapping();
  const { selector } = section;
  const isReselected = selector !== undefined && selector.key in later &&
    later[selector.key] !== (earlier[selector.key] ?? section.fill?.[selector.key]);
  const kept = isReselected ? selector.keeps(later[selector.key]) : Object.keys(section.shape);
  for (const key of Object.keys(section.shape)) {
    const isEarlier = key in earlier && kept.includes(key);
    if (!(key in later)) {
      if (isEarlier) result[key] = earlier[key];
      continue;
    }
    const value = later[key];
    const before = isEarlier ? earlier[key] : undefined;
    if (!isMapping(value) || !isMapping(before)) {
      result[key] = value;
      continue;
    }
    const info = nodeInfo(section.shape[key]);
    result[key] = info.kind === "section"
      ? merge(info, before, value)
      : Object.assign(emptyMapping(), before, value);
  }
  return result;
}

/** Puts the fill of each section (defaults that hang together) under the settings given. */
export function fillSections(section: SectionInfo, settings: Mapping): Mapping {
  const base = section.fill === undefined
    ? settings
    : merge(section, Object.assign(emptyMapping(), section.fill), settings);
  const result = Object.assign(emptyMapping(), base);
  for (const key of Object.keys(result)) {
    const info = nodeInfo(section.shape[key]);
    const value = result[key];
    if (info.kind === "section" && isMapping(value)) result[key] = fillSections(info, value);
  }
  return result;
}
