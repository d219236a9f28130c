/** Globals whose answers differ from run to run, by object and property; "*" bans all but `allow`. */
const UNREPEATABLE: Readonly<
  Record<string, { ban: readonly string[]; allow?: readonly string[] }>
> = {
  Math: { ban: ["random"] },
  Date: { ban: ["now"] },
  performance: { ban: ["now", "timeOrigin", "mark", "measure"] },
  crypto: { ban: ["*"], allow: ["subtle"] },
};

/**
 * Functions of Math in which engines differ. Powers, which IEEE 754 leaves to them as well, agree in
 * Deno and Chromium; the browser's test would tell when they no longer did.
 */
const OF_THE_ENGINE = [
  ...["exp", "expm1", "log", "log10", "log1p", "log2"],
  ...["sin", "cos", "tan", "asin", "acos", "atan", "atan2"],
  ...["sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
];

/** Infinity stands for "never" and is no rounded sum. */
function isNever(node: Deno.lint.Expression | Deno.lint.PrivateIdentifier): boolean {
  if (node.type === "UnaryExpression") return isNever(node.argument);
  return node.type === "Identifier" && node.name === "Infinity";
}

/**
 * lib/ without lib/cli, what is shown in notebooks, tests and benchmarks, which may look at the clock:
 * somebody waits there, and is told for how long.
 */
function isSimulatorSource(filename: string): boolean {
  const path = filename.replaceAll("\\", "/");
  const inside = /(?:^|\/)lib\/(.*)$/.exec(path)?.[1];
  return inside !== undefined && !inside.startsWith("cli/") &&
    !inside.startsWith("report/notebook/progress") && !/_(?:test|bench)\.tsx?$/.test(inside);
}

/** Rooms whose arithmetic ends up in results. */
const CALCULATING =
  /^(?:stats|sim|network|models|hardware|execution|workload|scheduling|serverless|metrics|engine|cluster|config)\//;

/** Simulator sources that calculate; not the helpers of tests, which compare with the engine. */
function isCalculation(filename: string): boolean {
  const inside = /(?:^|\/)lib\/(.*)$/.exec(filename.replaceAll("\\", "/"))?.[1];
  return inside !== undefined && isSimulatorSource(filename) && CALCULATING.test(inside) &&
    !/(?:^|\/)testing_[^/]*$/.test(inside);
}

/** The name of `object.name`, `object["name"]`; undefined when it is computed. */
function propertyName(node: Deno.lint.MemberExpression): string | undefined {
  if (!node.computed && node.property.type === "Identifier") return node.property.name;
  if (node.property.type === "Literal") return String(node.property.value);
  return undefined;
}

/** The global that an expression names, directly or through globalThis. */
function globalName(node: Deno.lint.Expression): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression") return undefined;
  return globalName(node.object) === "globalThis" ? propertyName(node) : undefined;
}

function isInstant(node: Deno.lint.Expression | Deno.lint.PrivateIdentifier): boolean {
  if (node.type === "Identifier") return /(?:^at|At)Seconds$/.test(node.name);
  if (node.type !== "MemberExpression") return false;
  // A column's element is an instant as well: arrivalAtSeconds[i]. Its length is not.
  if (node.computed && node.property.type !== "Literal") return isInstant(node.object);
  return /(?:^at|At)Seconds$/.test(propertyName(node) ?? "") ||
    (node.computed && isInstant(node.object));
}

/**
 * Rules of this repository for `deno lint`, declared in deno.json under "lint.plugins".
 *
 * - house/repeatable: no clock and no hidden randomness under lib/ outside lib/cli. The same
 *   configuration and seed must give the same bytes.
 * - house/same-everywhere: in the rooms that calculate no function of Math that engines may round as
 *   they wish: lib/stats/elementary has the same ones for every engine. A browser gives equal digests.
 * - house/no-clock-in-tests: a test that reads the clock fails on a busy machine. Speed belongs to
 *   benchmarks, or is a law about counts; what must not hang has a timer.
 * - house/no-instant-equality: instants (`...AtSeconds`) are floating-point sums and must not be
 *   compared with === or !==, unless with Infinity ("never") or with themselves (a test for NaN).
 *   Tests, which know what an instant must be, may.
 */
const plugin: Deno.lint.Plugin = {
  name: "house",
  rules: {
    repeatable: {
      create(context) {
        if (!isSimulatorSource(context.filename)) return {};
        return {
          MemberExpression(node) {
            const object = globalName(node.object);
            const property = propertyName(node);
            if (object === undefined || !Object.hasOwn(UNREPEATABLE, object)) return;
            const { ban, allow = [] } = UNREPEATABLE[object];
            if (property !== undefined && allow.includes(property)) return;
            if (!ban.includes("*") && (property === undefined || !ban.includes(property))) return;
            context.report({
              node,
              message: `${object}.${property ?? "[...]"} differs from run to run`,
              hint: "Take a RandomStream, or the instant, as an argument",
            });
          },
          VariableDeclarator(node) {
            if (node.id.type !== "ObjectPattern" || !node.init) return;
            const object = globalName(node.init);
            if (object === undefined || !Object.hasOwn(UNREPEATABLE, object)) return;
            const { ban, allow = [] } = UNREPEATABLE[object];
            for (const property of node.id.properties) {
              if (property.type !== "Property" || property.key.type !== "Identifier") continue;
              const name = property.key.name;
              if (allow.includes(name) || !(ban.includes("*") || ban.includes(name))) continue;
              context.report({
                node: property,
                message: `${object}.${name} differs from run to run`,
              });
            }
          },
          NewExpression(node) {
            if (globalName(node.callee) !== "Date" || node.arguments.length > 0) return;
            context.report({
              node,
              message: "new Date() reads the clock",
              hint: "Take the date as an argument",
            });
          },
          CallExpression(node) {
            if (globalName(node.callee) !== "Date") return;
            context.report({ node, message: "Date() reads the clock" });
          },
        };
      },
    },
    "same-everywhere": {
      create(context) {
        if (!isCalculation(context.filename)) return {};
        const report = (node: Deno.lint.Node, name: string) => {
          if (!OF_THE_ENGINE.includes(name)) return;
          context.report({
            node,
            message: `Math.${name} differs from engine to engine in the last bit`,
            hint: "Take exp, expm1, log, log1p or cos of lib/stats/elementary",
          });
        };
        return {
          MemberExpression(node) {
            if (globalName(node.object) === "Math") report(node, propertyName(node) ?? "");
          },
          VariableDeclarator(node) {
            if (node.id.type !== "ObjectPattern" || !node.init) return;
            if (globalName(node.init) !== "Math") return;
            for (const property of node.id.properties) {
              if (property.type !== "Property" || property.key.type !== "Identifier") continue;
              report(property, property.key.name);
            }
          },
        };
      },
    },
    "no-clock-in-tests": {
      create(context) {
        if (!/_test\.tsx?$/.test(context.filename)) return {};
        return {
          MemberExpression(node) {
            const clock = `${globalName(node.object)}.${propertyName(node)}`;
            if (!["performance.now", "Date.now"].includes(clock)) return;
            context.report({
              node,
              message: `A test reads ${clock}`,
              hint: "Count steps, events or calls; put speed into a _bench.ts file",
            });
          },
        };
      },
    },
    "no-instant-equality": {
      create(context) {
        if (/_test\.tsx?$/.test(context.filename)) return {};
        return {
          BinaryExpression(node) {
            if (!["===", "!==", "==", "!="].includes(node.operator)) return;
            if (!isInstant(node.left) && !isInstant(node.right)) return;
            if (isNever(node.left) || isNever(node.right)) return;
            const text = (part: { range: [number, number] }) =>
              context.sourceCode.text.slice(...part.range);
            if (text(node.left) === text(node.right)) return;
            context.report({
              node,
              message: `An instant is compared with ${node.operator}`,
              hint: "Compare with <, <= or a tolerance: instants are rounded sums",
            });
          },
        };
      },
    },
  },
};

export default plugin;
