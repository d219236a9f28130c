/**
 * Source text of TypeScript types that are made from declarations.
 *
 * @module
 */

/** Characters of a line at most, as `deno fmt` has them. */
const WIDTH = 100;

/** A doc comment in lines of at most 100 characters. */
export function docComment(text: string, indent: string): string {
  const line = `${indent}/** ${text} */`;
  if (line.length <= WIDTH) return line;
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = `${lines[lines.length - 1]} ${word}`;
    if (indent.length + 2 + longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(` ${word}`);
  }
  return [`${indent}/**`, ...lines.map((part) => `${indent} *${part}`), `${indent} */`].join("\n");
}

/** A read-only property with the alternatives of its type. */
export function propertyText(key: string, types: readonly string[], indent: string): string {
  const line = `${indent}readonly ${key}: ${types.join(" | ")};`;
  if (line.length <= WIDTH) return line;
  return `${indent}readonly ${key}:\n${types.map((type) => `${indent}  | ${type}`).join("\n")};`;
}
