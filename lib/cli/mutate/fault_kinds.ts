/** A fault at a node: its kind, its place in the text, and what stands there instead. */
export interface FoundFault {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
  readonly after: string;
}

type Node = Deno.lint.Node;
type Finder<Type extends Node["type"]> = (
  node: Extract<Node, { type: Type }>,
  text: string,
) => readonly FoundFault[];

const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "**": "*",
};
/** The boundary moved, and the condition turned round. */
const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
};
const CALLS: Readonly<Record<string, string>> = {
  min: "max",
  max: "min",
  ceil: "floor",
  floor: "ceil",
  round: "floor",
  some: "every",
  every: "some",
  push: "unshift",
  shift: "pop",
  pop: "shift",
};
/** Statements that leave a block early. */
const LEAVES = ["ReturnStatement", "ContinueStatement", "BreakStatement"];

const replace = (kind: string, node: Node, after: string): FoundFault => ({
  kind,
  start: node.range[0],
  end: node.range[1],
  after,
});
const source = (node: Node, text: string) => text.slice(...node.range);

/** A fault in the operator between two nodes. */
function operator(kind: string, left: Node, right: Node, text: string, from: string, to: string) {
  const start = text.indexOf(from, left.range[1]);
  return start < 0 || start >= right.range[0]
    ? []
    : [{ kind, start, end: start + from.length, after: to }];
}

/** Whether an expression is text, whose sum is no arithmetic. */
function isText(node: Node): boolean {
  return node.type === "TemplateLiteral" ||
    (node.type === "Literal" && typeof node.value === "string") ||
    (node.type === "BinaryExpression" && node.operator === "+" &&
      (isText(node.left) || isText(node.right)));
}

const parentOf = (node: Node) => (node as { parent?: Node }).parent;

/** Whether a number is the length of an array that grows as needed. */
function isCapacity(node: Node): boolean {
  const parent = parentOf(node);
  return parent?.type === "NewExpression" && parent.callee.type === "Identifier" &&
    /Array$/.test(parent.callee.name);
}

/** What the statement after a condition is when it does nothing but leave. */
function leaves(node: Node): boolean {
  if (node.type !== "BlockStatement") return LEAVES.includes(node.type);
  return node.body.length === 1 && LEAVES.includes(node.body[0].type);
}

const FINDERS: { readonly [Type in Node["type"]]?: Finder<Type> } = {
  BinaryExpression: ({ left, right, operator: sign }, text) => {
    if (Object.hasOwn(ARITHMETIC, sign) && !isText(left) && !isText(right)) {
      return operator("arithmetic", left, right, text, sign, ARITHMETIC[sign]);
    }
    return (Object.hasOwn(COMPARISONS, sign) ? COMPARISONS[sign] : [])
      .flatMap((to) => operator("comparison", left, right, text, sign, to));
  },
  LogicalExpression: (node, text) => {
    const { left, right, operator: sign } = node;
    if (sign === "??") {
      return [
        replace("default", node, source(right, text)),
        replace("default", node, `${source(left, text)}!`),
      ];
    }
    return operator("logic", left, right, text, sign, sign === "&&" ? "||" : "&&");
  },
  AssignmentExpression: ({ left, right, operator: sign }, text) => {
    const to: Readonly<Record<string, string>> = { "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=" };
    return Object.hasOwn(to, sign) ? operator("assignment", left, right, text, sign, to[sign]) : [];
  },
  UpdateExpression: (node, text) =>
    parentOf(node)?.type === "ForStatement" ? [] : [
      replace(
        "assignment",
        node,
        source(node, text).replace(node.operator, node.operator === "++" ? "--" : "++"),
      ),
    ],
  UnaryExpression: (node, text) =>
    node.operator === "!" || (node.operator === "-" && parentOf(node)?.type !== "MemberExpression")
      ? [replace("sign", node, source(node.argument, text))]
      : [],
  Literal: (node) => {
    const { value } = node;
    if (typeof value === "boolean") return [replace("boolean", node, String(!value))];
    if (typeof value !== "number" || isCapacity(node)) return [];
    const others = [
      value + 1,
      ...(value >= 1 ? [value - 1] : []),
      ...(value > 1 ? [value * 60] : []),
    ];
    return others.map((other) => replace("constant", node, String(other)));
  },
  MemberExpression: (node, text) => {
    const { computed, property } = node;
    if (!computed || property.type === "Literal" || isText(property)) return [];
    return ["+ 1", "- 1"].map((step) =>
      replace("index", property, `(${source(property, text)}) ${step}`)
    );
  },
  CallExpression: ({ callee, arguments: given }, text) => {
    if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
    const { name } = callee.property;
    if (name === "filter" && given.length === 1) {
      const end = text.indexOf(")", given[0].range[1]) + 1;
      return [{ kind: "call", start: callee.object.range[1], end, after: "" }];
    }
    return Object.hasOwn(CALLS, name) ? [replace("call", callee.property, CALLS[name])] : [];
  },
  ConditionalExpression: ({ test }, text) => [
    replace("condition", test, `!(${source(test, text)})`),
  ],
  IfStatement: (node, text) => [
    replace("condition", node.test, `!(${source(node.test, text)})`),
    ...(leaves(node.consequent) && !node.alternate
      ? [replace("early return", node.consequent, ";")]
      : []),
  ],
  ExpressionStatement: (node) => {
    const { type } = node.expression;
    const isSuper = node.expression.type === "CallExpression" &&
      node.expression.callee.type === "Super";
    return isSuper || !["CallExpression", "AssignmentExpression", "UpdateExpression"].includes(type)
      ? []
      : [replace("dropped", node, ";")];
  },
};

/** The faults that can be planted at a node. */
export function faultsOf(node: Node, text: string): readonly FoundFault[] {
  const find = FINDERS[node.type] as Finder<Node["type"]> | undefined;
  return find === undefined ? [] : find(node as never, text);
}
