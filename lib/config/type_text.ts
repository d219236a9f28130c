import { docComment, propertyText } from "../std/type_text.ts";
import { configurationSchema } from "./schema.ts";
import { nodeInfo, type SectionInfo, type SettingInfo } from "./setting.ts";

const HEAD =
  `// Written by \`deno task reference\` from the schema in sections/; not to be edited by hand.

/**
 * A complete, checked configuration: every key is present, numbers are in the unit named, null stands
 * for "not set". The keys are those of the YAML files.
 */
export interface Configuration {
`;

/** Alternatives of a setting's type. */
function alternatives(
  { jsonSchema, allowed, nullable, typeText }: SettingInfo,
): string[] {
  const values = typeText ?? plainAlternatives(jsonSchema, allowed);
  return [...values, ...(nullable ? ["null"] : [])];
}

function plainAlternatives(schema: Readonly<Record<string, unknown>>, allowed: string): string[] {
  if (schema.enum !== undefined) return allowed.split(", ").map((name) => `"${name}"`);
  if (schema.type === "array") {
    const items = schema.items as { readonly enum?: readonly string[]; readonly type?: string };
    if (items.enum === undefined) return [`readonly ${items.type}[]`];
    return [`readonly (${items.enum.map((name) => `"${name}"`).join(" | ")})[]`];
  }
  if (schema.type === "object" && schema.additionalProperties === true) {
    return ["Readonly<Record<string, unknown>>"];
  }
  if (schema.type === "object") {
    const isText = (schema.additionalProperties as { readonly type?: string }).type === "string";
    return [`Readonly<Record<string, ${isText ? "string" : "number"}>>`];
  }
  if (schema.type === "boolean" || schema.type === "string") return [schema.type];
  return ["number"];
}

function properties(section: SectionInfo, indent: string): string {
  return Object.entries(section.shape).map(([key, schema]) => {
    const info = nodeInfo(schema);
    const head = docComment(info.description, indent);
    if (info.kind === "setting") return `${head}\n${propertyText(key, alternatives(info), indent)}`;
    const [before, inner, after] = info.kind === "list"
      ? ["readonly ", info.item, "[]"]
      : ["", info, ""];
    const body = properties(inner, `${indent}  `);
    return `${head}\n${indent}readonly ${key}: ${before}{\n${body}\n${indent}}${after};`;
  }).join("\n");
}

/** The text of configuration.ts: the type of a configuration, with each setting's description. */
export function renderConfigurationType(): string {
  const root = nodeInfo(configurationSchema) as SectionInfo;
  return `${HEAD}${properties(root, "  ")}\n}\n`;
}
