import { configurationSchema } from "./schema.ts";
import { nodeInfo, type SectionInfo, type SettingInfo } from "./setting.ts";

/** A setting of the configuration and where it stands. */
export interface PathedSetting {
  /** Path from the root, such as "workload.burst.period". Lists of sections are left out. */
  readonly path: string;
  readonly info: SettingInfo;
  /** Value when nothing is given, in the base unit. */
  readonly defaultValue: unknown;
}

/** Every setting outside lists, in the order of the schema. */
export function configurationSettings(
  section: SectionInfo = nodeInfo(configurationSchema) as SectionInfo,
  path = "",
): PathedSetting[] {
  return Object.entries(section.shape).flatMap(([key, schema]) => {
    const here = path === "" ? key : `${path}.${key}`;
    const info = nodeInfo(schema);
    if (info.kind === "section") return configurationSettings(info, here);
    if (info.kind === "list") return [];
    return [{ path: here, info, defaultValue: section.fill?.[key] ?? info.defaultValue }];
  });
}
