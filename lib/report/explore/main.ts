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
let kept: { readonly values: KnobValues; answer?: Answer } | undefined;
let last: Answer | undefined;
let asked = 0;
/** Number of the question about what is kept, which a link has brought. */
let askedForKept = 0;

function ask(of: KnobValues): number {
  worker.postMessage({
    id: ++asked,
    config: withKnobs(base.config, knobs, of),
    requests: REQUESTS,
  });
  return asked;
}

function change(name: string, value: KnobValue): void {
  values = { ...values, [name]: value };
  showKnob(knobs.find((knob) => knob.name === name)!);
  saveLink();
  ask(values);
}

function saveLink(): void {
  history.replaceState(null, "", `#${linkText({ a: values, ...(kept && { b: kept.values }) })}`);
}

worker.onmessage = ({ data }: MessageEvent<Told>) => {
  const isOfKept = data.id === askedForKept;
  if (data.id !== asked && !isOfKept) return;
  if ("mistake" in data) {
    at("said").textContent = data.mistake;
    document.body.dataset.state = "mistake";
    return;
  }
  const { answer } = data;
  if (isOfKept && kept !== undefined) {
    kept.answer = answer;
    if (answer.requests === REQUESTS[1]) ask(values);
    return;
  }
  last = answer;
  at("said").textContent = "";
  show(answer);
  document.body.dataset.state = answer.requests === REQUESTS[0] ? "first" : "refined";
};

function put(id: string, { html: text }: Html): void {
  at(id).innerHTML = text;
}

function show(answer: Answer): void {
  const other = kept?.answer;
  put(
    "verdict",
    html`<p class="${answer.saturation === null ? "good" : "bad"}">${
      answer.saturation === null
        ? `As much is served as arrives: ${answer.completed} requests completed.`
        : `Saturated: ${figure(answer.saturation.arrivals_rps)} requests/s arrive, ` +
          `${figure(answer.saturation.served_rps)} are served.`
    }</p>`,
  );
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
  put("knobs", html`${knobs.map(knobField)}`);
  for (const knob of knobs) listen(knob);
  const linked = readLink(location.hash.slice(1), knobs);
  values = linked.a;
  for (const knob of knobs) showKnob(knob);
  at("keep").addEventListener("click", () => {
    kept = { values, ...(last && { answer: last }) };
    saveLink();
    if (last) show(last);
  });
  at("drop").addEventListener("click", () => {
    kept = undefined;
    saveLink();
    if (last) show(last);
  });
  at("link").addEventListener("click", () => copy(location.href, "The link"));
  at("yaml").addEventListener("click", () => copy(yaml(), "The configuration"));
  at("notebook").addEventListener("click", () => download("explore.ipynb", notebookText(yaml())));
  put("replaced", html`${base.notices.map((text) => html`<li>${text}</li>`)}`);
  if (linked.b === undefined) ask(values);
  else {
    kept = { values: linked.b };
    askedForKept = ask(linked.b);
  }
}

startPage();
