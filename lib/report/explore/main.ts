/// <reference lib="dom" />
/**
 * The page: knobs at the left, what a simulation says at the right, again after each move.
 *
 * @module
 */
import type { Answer } from "./answer.ts";
import { type Knob, knobs as knobsOf, type KnobValue, type KnobValues } from "./knobs.ts";
import type { PageBase, Told } from "./messages.ts";
import { notebookText } from "./notebook_text.ts";
import { withKnobs, withRequests } from "./set_knobs.ts";
import { yamlText } from "./yaml_text.ts";
import { type Html, html } from "../page/html.ts";
import { servedAnswers } from "../page/served_answers.ts";
import { secondsText } from "../page/client/figure_text.ts";
import { billChart, fleetChart, key, percentileChart } from "./charts.ts";
import { linkText, readLink } from "./link.ts";

/** Requests of the first answer, and of the one that refines it. */
const REQUESTS = [1000, 10_000] as const;

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

const base = JSON.parse(at("base").textContent!) as PageBase;
const knobs = knobsOf(base.gpus, base.presets);
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });

let values: KnobValues = {};
/** What the answers are compared with; `isDone`: no better answer of it follows. */
let kept: { readonly values: KnobValues; answer?: Answer; isDone: boolean } | undefined;
/** The last answer, and whether no better one to the same question follows. */
let last: { readonly answer: Answer; readonly isLast: boolean } | undefined;
let asked = 0;
/** Number of the question about what is kept. */
let askedForKept = 0;

function question(of: KnobValues): number {
  worker.postMessage({
    id: ++asked,
    config: withKnobs(base.config, knobs, of),
    requests: REQUESTS,
  });
  return asked;
}

/** Asks about the knobs, once what is kept beside them is known. */
function ask(): void {
  document.body.dataset.state = "asked";
  last = undefined;
  if (kept === undefined || kept.isDone) question(values);
}

function askForKept(of: KnobValues): void {
  kept = { values: of, isDone: false };
  askedForKept = question(of);
}

function change(name: string, value: KnobValue): void {
  values = { ...values, [name]: value };
  showKnob(knobs.find((knob) => knob.name === name)!);
  saveLink();
  ask();
}

function saveLink(): void {
  history.replaceState(null, "", `#${linkText({ a: values, ...(kept && { b: kept.values }) })}`);
}

worker.onmessage = ({ data }: MessageEvent<Told>) => {
  if (kept !== undefined && !kept.isDone && data.id === askedForKept) return hearOfKept(data);
  if (data.id !== asked) return;
  if ("mistake" in data) {
    // What is shown is not of these knobs any more.
    at("said").textContent = data.mistake;
    for (const id of SHOWN) at(id).replaceChildren();
    document.body.dataset.state = "mistake";
    return;
  }
  last = data;
  at("said").textContent = "";
  show(data.answer);
  document.body.dataset.state = data.isLast ? "refined" : "first";
};

/** Takes an answer about what is kept; after the last one the knobs have their turn. */
function hearOfKept(told: Told): void {
  if ("mistake" in told) at("done").textContent = `B: ${told.mistake}`;
  else kept!.answer = told.answer;
  kept!.isDone = "mistake" in told || told.isLast;
  if (kept!.isDone) ask();
}

/** Places of what is shown of an answer. */
const SHOWN = ["verdict", "percentiles", "fleet", "bill", "figures", "notices", "digest"];

function put(id: string, { html: text }: Html): void {
  at(id).innerHTML = text;
}

function show(answer: Answer): void {
  const other = kept?.answer;
  const verdict = servedAnswers(answer.requests, answer.completed, answer.saturation);
  put("verdict", html`${verdict.map(([kind, text]) => html`<p class="${kind}">${text}</p>`)}`);
  put("percentiles", html`${percentileChart(answer, other)}${key("latencies")}`);
  put("fleet", html`${fleetChart(answer)}${key("states")}`);
  put(
    "bill",
    html`${billChart([["A", answer], ...(other ? [["B", other] as const] : [])])}${key("bill")}`,
  );
  put("figures", figuresTable(answer, other));
  put("notices", html`${answer.notices.map((text) => html`<li>${text}</li>`)}`);
  at("digest").textContent = answer.digest;
}

function figuresTable(answer: Answer, other: Answer | undefined): Html {
  const rows = Object.entries(answer.figures).map(([name, value]) => {
    const beside = other?.figures[name] ?? null;
    const change = value === null || beside === null || beside === 0
      ? ""
      : `${value >= beside ? "+" : ""}${(100 * (value / beside - 1)).toFixed(1)} %`;
    return html`<tr><th scope="row">${name}</th><td>${figureText(name, value)}</td>${
      other === undefined ? html`` : html`
        <td>${figureText(name, beside)}</td>
        <td>${change}</td>
      `
    }</tr>`;
  });
  return html`
    <thead>
      <tr><td></td><th scope="col">A</th>${other === undefined ? html`` : html`
        <th scope="col">B</th>
        <th scope="col">A over B</th>
      `}</tr>
    </thead>
    <tbody>${rows}</tbody>
  `;
}

function figureText(name: string, value: number | null): string {
  if (value === null) return "–";
  if (/ p\d+$/.test(name)) return secondsText(value);
  return name.startsWith("USD") ? `$${figure(value)}` : `${figure(100 * value)} %`;
}

function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** The place of a slider whose value is nearest. */
function placeOf({ values: possible }: Knob, value: KnobValue): number {
  let best = 0;
  possible.forEach((_, i) => {
    const apart = (place: number) => Math.abs(Number(possible[place]) - Number(value));
    if (apart(i) < apart(best)) best = i;
  });
  return best;
}

function valueOf(knob: Knob): KnobValue {
  return values[knob.name] ?? knob.read(base.config);
}

function showKnob(knob: Knob): void {
  const value = valueOf(knob);
  const field = at<HTMLInputElement>(`knob-${knob.name}`);
  if (knob.kind === "switch") field.checked = value === true;
  else if (knob.kind === "choice") field.value = String(value);
  else {
    field.value = String(placeOf(knob, value));
    const text = knob.name === "price" && value === 0
      ? "as listed"
      : `${value} ${knob.unit}`.trim();
    field.setAttribute("aria-valuetext", text);
    at(`value-${knob.name}`).textContent = text;
  }
}

function knobField({ name, label, kind, values: possible }: Knob): Html {
  const id = `knob-${name}`;
  const field = kind === "switch"
    ? html`<input type="checkbox" id="${id}">`
    : kind === "choice"
    ? html`<select id="${id}">${
      possible.map((value) => html`<option value="${value}">${value}</option>`)
    }</select>`
    : html`<input type="range" id="${id}" min="0" max="${possible.length - 1}" step="1">`;
  return html`<p><label for="${id}">${label} <output id="value-${name}" for="${id}"></output></label>${field}</p>`;
}

function listen(knob: Knob): void {
  const field = at<HTMLInputElement>(`knob-${knob.name}`);
  const isText = knob.values.some((value) => typeof value === "string");
  field.addEventListener("input", () =>
    change(
      knob.name,
      knob.kind === "switch"
        ? field.checked
        : knob.kind === "choice" || isText
        ? field.value
        : knob.values[Number(field.value)],
    ));
}

/** The configuration of the refined answer, as a file. */
function yaml(): string {
  const config = withRequests(withKnobs(base.config, knobs, values), REQUESTS[1]);
  return yamlText(base.usual, config);
}

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    at("done").textContent = `${what} is in the clipboard`;
  } catch {
    at("done").textContent = `${what} is below: the browser gives no clipboard`;
  }
  at("text").textContent = text;
}

function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  at("done").textContent = `${name}: open it in Jupyter with the Deno kernel`;
}

function startPage(): void {
  at("waiting").remove();
  put("knobs", html`${knobs.map(knobField)}`);
  for (const knob of knobs) listen(knob);
  at("keep").addEventListener("click", () => {
    if (last?.isLast) kept = { values, answer: last.answer, isDone: true };
    else askForKept(values);
    saveLink();
    if (last) show(last.answer);
  });
  at("drop").addEventListener("click", () => {
    const wasAwaited = kept !== undefined && !kept.isDone;
    kept = undefined;
    saveLink();
    if (wasAwaited) ask();
    else if (last) show(last.answer);
  });
  at("link").addEventListener("click", () => copy(location.href, "The link"));
  at("yaml").addEventListener("click", () => copy(yaml(), "The configuration"));
  at("notebook").addEventListener("click", () => download("explore.ipynb", notebookText(yaml())));
  put("replaced", html`${base.notices.map((text) => html`<li>${text}</li>`)}`);
  addEventListener("hashchange", followLink);
  followLink();
}

/** Sets the knobs as the address says. */
function followLink(): void {
  const linked = readLink(location.hash.slice(1), knobs);
  values = linked.a;
  kept = undefined;
  at("done").textContent = linked.isPart
    ? "The link has something that these knobs cannot have: it was left out"
    : "";
  for (const knob of knobs) showKnob(knob);
  if (linked.b !== undefined) askForKept(linked.b);
  ask();
}

startPage();
