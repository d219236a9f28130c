/** A notebook for the Deno kernel that runs a configuration and shows what came of it. */
export function notebookText(yaml: string): string {
  const cell = (source: string) => ({
    cell_type: "code",
    id: `cell-${source.length}`,
    execution_count: null,
    metadata: {},
    outputs: [],
    source: source.split("\n").map((line, i, all) => i + 1 < all.length ? `${line}\n` : line),
  });
  // A template of the language: what the text has of its signs is escaped.
  const text = yaml.replace(/[\\`$]/g, (sign) => `\\${sign}`);
  const cells = [
    cell(
      `import { loadConfig, simulate } from "simfaasinfer";\n\n` +
        `const config = loadConfig(\`\n${text}\`);\nconst run = await simulate(config);\nrun.summary`,
    ),
  ];
  const metadata = {
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    language_info: { file_extension: ".ts", mimetype: "text/x.typescript", name: "typescript" },
  };
  return JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, null, 1) + "\n";
}
