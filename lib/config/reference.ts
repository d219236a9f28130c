import { appliesSentence } from "./applies.ts";
import { configurationSchema } from "./schema.ts";
import { type ListInfo, nodeInfo, type SectionInfo, type SettingInfo } from "./setting.ts";

const INTRODUCTION = `# Configuration reference

A configuration is YAML: sections of settings, as below. Every key may be left out; the defaults are
the demo. Several files are merged in order, later ones over earlier ones, and \`--set path=value\`
wins over all of them (\`--set scaling.max_instances=4\`; the value is YAML). Lists and values are
replaced, sections and maps are merged. Another \`model.name\` or another \`distribution\` drops earlier
settings that belong to the old one. What a \`platform\` sets stands below all of them.

Plain numbers are in the unit named. Texts may carry another unit of the same kind: \`30s\`, \`5 min\`,
\`50ms\`; \`80GiB\`, \`2 GB\` (1 GB is 10^9 bytes, 1 GiB is 2^30); \`25GB/s\`, \`16 Gbps\`; \`10 req/s\`,
\`600 req/min\`; \`90%\`; \`3.06 USD/h\`. A unit of another kind is an error, and so are unknown keys.
\`null\` means "not set". In names of choices, hyphens and underscores are the same.

A setting has one name and perhaps others that other tools use ("also"). Giving one setting two
different values under two names is an error. No value lies beyond what can be meant, and no run
beyond what can be held: [limits](limits.md). A setting that is given where it does not apply
changes nothing, and a notice of the run says so. This page is made from the schema
(\`lib/config/sections\`); \`deno task schema\` writes the same as a JSON Schema for editors.
`;

const HEAD = ["Key", "Value", "Default", "Meaning"] as const;

/** A value as it would stand in YAML. */
function showDefault(value: unknown): string {
  if (value === null) return "not set";
  if (typeof value === "string") return `\`${value}\``;
  return `\`${JSON.stringify(value).replaceAll(",", ", ")}\``;
}

function showValues(info: SettingInfo): string {
  const isChoice = Array.isArray(info.jsonSchema.enum);
  if (isChoice) return info.allowed.split(", ").map(code).join(", ");
  if (info.jsonSchema.type === "boolean") return "`true`, `false`";
  if (info.jsonSchema.type === "string") return "text";
  if (info.jsonSchema.type === "array" || info.jsonSchema.type === "object") return info.allowed;
  return `${info.wanted.replace(/^an? /, "")}, ${info.allowed.replace("whole, ", "")}`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function showMeaning(info: SettingInfo): string {
  let meaning = info.description + appliesSentence(info.appliesWhen);
  if (info.aliases.length > 0) meaning += ` Also ${info.aliases.map(code).join(", ")}.`;
  for (const [other, value] of Object.entries(info.otherValues)) {
    meaning += ` ${code(other)} is ${code(value)}.`;
  }
  return meaning;
}

/** A Markdown table whose columns are as wide as their widest cell, as formatters want it. */
export function renderTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const lines = cells.map((row) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(" | ")} |`
  );
  lines.splice(1, 0, `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`);
  return lines.join("\n");
}

/** Prose in lines of at most 100 characters. */
function wrap(prose: string): string {
  const lines = [""];
  for (const word of prose.split(" ")) {
    const line = lines[lines.length - 1];
    if (line === "") lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= 100) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines.join("\n");
}

function renderSection(section: SectionInfo, path: string): string {
  const rows: string[][] = [];
  const parts: string[] = [];
  for (const [key, schema] of Object.entries(section.shape)) {
    const info = nodeInfo(schema);
    if (info.kind === "setting") {
      const value = section.fill?.[key] ?? info.defaultValue;
      rows.push([`\`${key}\``, showValues(info), showDefault(value), showMeaning(info)]);
    } else {
      parts.push(
        info.kind === "section"
          ? renderSection(info, `${path}.${key}`)
          : renderList(info, `${path}.${key}`),
      );
    }
  }
  const level = path.includes(".") ? "###" : "##";
  const { description, appliesWhen, switchedBy } = section;
  const switched = switchedBy === undefined
    ? ""
    : ` The other settings apply when \`${switchedBy}\` is \`true\`.`;
  const about = `${description}${appliesSentence(appliesWhen)}${switched}`;
  const head = `${level} ${path}\n\n${wrap(about)}\n`;
  return [head, ...(rows.length > 0 ? [`${renderTable(HEAD, rows)}\n`] : []), ...parts].join("\n");
}

function renderList(list: ListInfo, path: string): string {
  const description = `${list.description} A list; each item has these settings.`;
  return renderSection({ ...list.item, description }, `${path}[]`);
}

/**
 * The configuration reference in Markdown: a table per section with key, values and unit, default and
 * meaning. docs/configuration.md is this text.
 */
export function renderConfigurationReference(): string {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  const sections = Object.entries(root.shape).map(([key, schema]) => {
    const info = nodeInfo(schema);
    if (info.kind === "list") return renderList(info, key);
    if (info.kind === "section") return renderSection(info, key);
    const description = `A setting of its own: \`${key}: ...\` stands beside the sections.`;
    return renderSection({ kind: "section", description, shape: { [key]: schema } }, key);
  });
  return [INTRODUCTION, ...sections].join("\n");
}
