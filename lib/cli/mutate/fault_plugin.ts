/**
 * A plugin of `deno lint` that reports each place of a source where a fault can be planted: the linter
 * has a parser, so that no other is needed. What is of types alone, and the texts and conditions of
 * errors' messages, are left out.
 *
 * @module
 */
import { faultsOf } from "./fault_kinds.ts";

/** Kinds of nodes that hold types and vanish when the program runs. */
const STAYS = ["TSAsExpression", "TSNonNullExpression", "TSSatisfiesExpression"];

/** Whether a node is of a type, an import, or of a message of an error. */
function isOutside(node: Deno.lint.Node): boolean {
  for (
    let at: Deno.lint.Node | undefined = node;
    at;
    at = (at as { parent?: Deno.lint.Node }).parent
  ) {
    if (at.type.startsWith("TS") && !STAYS.includes(at.type)) return true;
    if (at.type === "ImportDeclaration" || at.type === "ThrowStatement") return true;
    if (at.type.startsWith("Export") && at.type !== "ExportNamedDeclaration") return true;
  }
  return false;
}

/** A finder: reports kind, place and replacement as JSON. */
function report(context: Deno.lint.RuleContext, node: Deno.lint.Node): void {
  const { text } = context.sourceCode;
  const found = faultsOf(node, text);
  if (found.length === 0 || isOutside(node)) return;
  for (const fault of found) {
    context.report({ node, message: JSON.stringify(fault) });
  }
}

const NODES = [
  "AssignmentExpression",
  "BinaryExpression",
  "CallExpression",
  "ConditionalExpression",
  "ExpressionStatement",
  "IfStatement",
  "Literal",
  "LogicalExpression",
  "MemberExpression",
  "UnaryExpression",
  "UpdateExpression",
] as const;

const plugin: Deno.lint.Plugin = {
  name: "mutate",
  rules: {
    fault: {
      create: (context) =>
        Object.fromEntries(
          NODES.map((type) => [type, (node: Deno.lint.Node) => report(context, node)]),
        ),
    },
  },
};

export default plugin;
