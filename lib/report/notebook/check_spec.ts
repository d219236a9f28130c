import { showValue } from "../../std/show_value.ts";
import { suggest } from "../../std/suggest.ts";

type Part = Readonly<Record<string, unknown>>;

/** What makes a view of a specification. */
const VIEWS = ["mark", "layer", "hconcat", "vconcat", "concat", "facet", "repeat"];
/** Lists of views. */
const LISTS = ["layer", "hconcat", "vconcat", "concat"];
/** Other properties of a view. */
const PROPERTIES = [
  ...VIEWS,
  ...["$schema", "data", "datasets", "encoding", "transform", "config", "params", "spec"],
  ...["width", "height", "title", "name", "description", "background", "padding", "autosize"],
  ...["resolve", "spacing", "columns", "align", "bounds", "center", "projection", "view"],
  ...["usermeta"],
];
const MARKS = [
  ...["arc", "area", "bar", "image", "line", "point", "rect", "rule", "square", "circle"],
  ...["text", "tick", "trail", "geoshape", "boxplot", "errorband", "errorbar"],
];
const CHANNELS = [
  ...["x", "y", "x2", "y2", "xOffset", "yOffset", "xError", "xError2", "yError", "yError2"],
  ...["theta", "theta2", "radius", "radius2", "color", "fill", "stroke", "opacity"],
  ...["fillOpacity", "strokeOpacity", "strokeWidth", "strokeDash", "size", "angle", "shape"],
  ...["text", "tooltip", "href", "url", "description", "key", "detail", "order", "facet"],
  ...["row", "column", "latitude", "longitude", "latitude2", "longitude2", "time"],
];
const TYPES = ["quantitative", "nominal", "ordinal", "temporal", "geojson"];

/**
 * Checks a Vega-Lite specification: its properties, marks, channels, types, and that the fields which it
 * names are columns of its data, where these are in it.
 *
 * @throws {RangeError} That names the place of the first mistake, and the nearest name that is right.
 * @throws {TypeError} If it is no specification at all.
 */
export function checkSpec(spec: unknown): void {
  if (!isPart(spec)) {
    throw new TypeError(
      `Cannot draw a figure of what is no specification: current value is ${showValue(spec)}`,
    );
  }
  if (isOfVega(spec)) return;
  checkView(spec, "", undefined);
}

/** Whether a specification is one of Vega itself, which has other properties. */
export function isOfVega(spec: Part): boolean {
  return typeof spec.$schema === "string" && /\/vega\/v\d/.test(spec.$schema);
}

function checkView(view: Part, path: string, above: ReadonlySet<string> | undefined): void {
  for (const name of Object.keys(view)) oneOf(name, PROPERTIES, path, "a property of a view");
  if (!VIEWS.some((name) => name in view)) {
    throw new RangeError(
      `Cannot draw "${path || "the specification"}" as a view with one of ${VIEWS.join(", ")}: ` +
        `current value has ${Object.keys(view).join(", ") || "nothing"}`,
    );
  }
  const columns = columnsOf(view, above);
  const at = (name: string) => path === "" ? name : `${path}.${name}`;
  if ("mark" in view) {
    const type = isPart(view.mark) ? view.mark.type : view.mark;
    oneOf(type, MARKS, at(isPart(view.mark) ? "mark.type" : "mark"), "a mark");
  }
  if (isPart(view.encoding)) checkEncoding(view.encoding, at("encoding"), columns);
  if (isPart(view.facet)) checkFields(view.facet, at("facet"), columns);
  for (const name of LISTS) {
    const list = view[name];
    if (list === undefined) continue;
    if (!Array.isArray(list)) {
      throw new RangeError(
        `Cannot draw "${at(name)}" as a list of views: current value is ${showValue(list)}`,
      );
    }
    list.forEach((one, i) => checkInner(one, `${at(name)}[${i}]`, columns));
  }
  if ("spec" in view) checkInner(view.spec, at("spec"), columns);
}

function checkInner(view: unknown, path: string, columns: ReadonlySet<string> | undefined): void {
  if (isPart(view)) return checkView(view, path, columns);
  throw new RangeError(`Cannot draw "${path}" as a view: current value is ${showValue(view)}`);
}

function checkEncoding(
  encoding: Part,
  path: string,
  columns: ReadonlySet<string> | undefined,
): void {
  for (const [channel, given] of Object.entries(encoding)) {
    oneOf(channel, CHANNELS, path, "a channel");
    for (const one of [given].flat()) {
      if (isPart(one)) checkFields(one, `${path}.${channel}`, columns);
    }
  }
}

/** The field and the type of a channel, or of each row and column of panels. */
function checkFields(given: Part, path: string, columns: ReadonlySet<string> | undefined): void {
  for (const name of ["row", "column"]) {
    const inner = given[name];
    if (isPart(inner)) checkFields(inner, `${path}.${name}`, columns);
  }
  if (given.type !== undefined) oneOf(given.type, TYPES, `${path}.type`, "a type");
  const { field, condition } = given;
  for (const one of [condition].flat()) {
    if (isPart(one)) checkFields(one, `${path}.condition`, columns);
  }
  if (typeof field !== "string" || columns === undefined) return;
  const name = fieldName(field);
  if (columns.has(name)) return;
  const near = suggest(name, [...columns]);
  throw new RangeError(
    `Cannot draw "${path}.field" as a column of the data (${[...columns].join(", ")})${
      near === undefined ? "" : `; did you mean "${near}"?`
    }: current value is "${field}"`,
  );
}

/** The first name of a path into a row, such as `a` of `a.b`; dots that are escaped belong to it. */
function fieldName(field: string): string {
  return /^((?:\\.|[^.[\\])+)/.exec(field)?.[1].replaceAll("\\", "") ?? field;
}

/**
 * Columns that the data of a view have; undefined where nobody can tell: they come by address, or a
 * transform makes columns of values.
 */
function columnsOf(
  { data, transform }: Part,
  above: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  const own = data === undefined ? above : isPart(data) ? columnsIn(data.values) : undefined;
  if (own === undefined || !Array.isArray(transform) || transform.length === 0) return own;
  const made: string[] = [];
  for (const step of transform) {
    if (!isPart(step) || "pivot" in step || "lookup" in step || "flatten" in step) return undefined;
    if ("fold" in step) made.push("key", "value");
    if ("density" in step) made.push("value", "density");
    made.push(...namesMade(step));
  }
  return new Set([...own, ...made]);
}

/** Names of the columns that a transform makes. */
function namesMade(step: Part): string[] {
  const own = [step.as].flat().filter((name) => typeof name === "string");
  const inner = ["aggregate", "joinaggregate", "window"].flatMap((name) =>
    [step[name] ?? []].flat()
  );
  return [
    ...own,
    ...inner.flatMap((one) => isPart(one) && typeof one.as === "string" ? [one.as] : []),
  ];
}

function columnsIn(values: unknown): ReadonlySet<string> | undefined {
  if (!Array.isArray(values) || values.length === 0) return undefined;
  if (!values.every(isPart)) return new Set(["data"]);
  return new Set(values.flatMap((row) => Object.keys(row)));
}

function oneOf(value: unknown, known: readonly string[], path: string, what: string): void {
  if (typeof value === "string" && known.includes(value)) return;
  const near = typeof value === "string" ? suggest(value, [...known]) : undefined;
  throw new RangeError(
    `Cannot draw ${path === "" ? "the specification" : `"${path}"`} with ${what} of Vega-Lite${
      near === undefined ? ` (${known.join(", ")})` : `; did you mean "${near}"?`
    }: current value is ${showValue(value)}`,
  );
}

function isPart(value: unknown): value is Part {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
