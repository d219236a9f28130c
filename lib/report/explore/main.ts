/// <reference lib="dom" />
/**
 * The page: knobs at the left, what a simulation says at the right, again after each move.
 *
 * @module
 */
import type { Configuration } from "../../config/configuration.ts";
import type { Answer } from "./answer.ts";
import type { Knob, KnobValue } from "./knobs.ts";
import type { PageBase, Told } from "./messages.ts";
import { notebookText } from "./notebook_text.ts";
import { configOf, type PageState, stateByKnobs, stateOf } from "./page_state.ts";
import { withRequests } from "./set_knobs.ts";
import { changedSettings, type Settings } from "./settings.ts";
import { yamlText } from "./yaml_text.ts";
import { type Html, html } from "../page/html.ts";
import { servedAnswers } from "../page/served_answers.ts";
import { secondsText } from "../page/client/figure_text.ts";
import { billChart, fleetChart, key, percentileChart } from "./charts.ts";
import { linkText, readLink } from "./link.ts";

/** Requests of the first answer, and of the one that refines it. */
const REQUESTS = [1000, 10_000] as const;

const at = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** The page as it was made: what it shows where no link says otherwise. */
const own = stateOf(JSON.parse(at("base").textContent!) as PageBase);
const { usual } = own.base;
const worker = startWorker();

let state = own;
/** What the answers are compared with; `isDone`: no better answer of it follows. */
let kept: { readonly config: Configuration; answer?: Answer; isDone: boolean } | undefined;
/** The last answer, and whether no better one to the same question follows. */
let last: { readonly answer: Answer; readonly isLast: boolean } | undefined;
let asked = 0;
/** Number of the question about what is kept. */
let askedForKept = 0;
/** How often a link was followed. */
let followed = 0;

/** Starts the simulator: a module beside the page, or its text where the page comes from a disk. */
function startWorker(): Worker {
  const { exploreWorker: text } = globalThis as { exploreWorker?: string };
  return text === undefined
    ? new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
    : new Worker(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}

function question(config: Configuration): number {
  worker.postMessage({ id: ++asked, config, requests: REQUESTS });
  return asked;
}

/** Asks about the knobs, once what is kept beside them is known. */
function ask(): void {
  document.body.dataset.state = "asked";
  last = undefined;
  if (kept === undefined || kept.isDone) question(configOf(state));
}

function askForKept(config: Configuration): void {
  kept = { config, isDone: false };
  askedForKept = question(config);
}

function change(name: string, value: KnobValue): void {
  state = { ...state, values: { ...state.values, [name]: value } };
  showKnob(state.knobs.find((knob) => knob.name === name)!);
  ask();
}

/** Has the address hold what is shown: the configurations, as far as they differ from the defaults. */
async function saveLink(): Promise<void> {
  const isOwn = state.base === own.base && Object.keys(state.values).length === 0 && !kept;
  const before = [state, kept];
  const text = isOwn ? "" : await linkText({
    a: changedSettings(usual, configOf(state)),
    ...(kept && { b: changedSettings(usual, kept.config) }),
  });
  // Whoever moved a knob in between is shown again, and saved then.
  if (before[0] !== state || before[1] !== kept) return;
  history.replaceState(null, "", isOwn ? location.href.replace(/#.*$/, "") : `#${text}`);
}

worker.onmessage = async ({ data }: MessageEvent<Told>) => {
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
  document.body.dataset.state = "first";
  if (!data.isLast) return;
  await saveLink();
  if (data.id === asked) document.body.dataset.state = "refined";
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
  return state.values[knob.name] ?? knob.read(state.base.config);
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
  return yamlText(usual, withRequests(configOf(state), REQUESTS[1]));
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

/** Shows the knobs of the state, and what of its configuration the page has replaced. */
function showState(): void {
  const { knobs, base: { notices } } = state;
  put("knobs", html`${knobs.map(knobField)}`);
  for (const knob of knobs) {
    listen(knob);
    showKnob(knob);
  }
  put("replaced", html`${notices.map((text) => html`<li>${text}</li>`)}`);
}

function startPage(): void {
  at("waiting").remove();
  at("keep").addEventListener("click", async () => {
    if (last?.isLast) kept = { config: configOf(state), answer: last.answer, isDone: true };
    else askForKept(configOf(state));
    if (last) show(last.answer);
    await saveLink();
  });
  at("drop").addEventListener("click", async () => {
    const wasAwaited = kept !== undefined && !kept.isDone;
    kept = undefined;
    if (wasAwaited) ask();
    else if (last) show(last.answer);
    await saveLink();
  });
  at("link").addEventListener("click", async () => {
    await saveLink();
    await copy(location.href, "The link");
  });
  at("yaml").addEventListener("click", () => copy(yaml(), "The configuration"));
  at("notebook").addEventListener("click", () => download("explore.ipynb", notebookText(yaml())));
  addEventListener("hashchange", followLink);
  followLink();
}

/** Shows the configurations that the address holds; says what of them cannot be read. */
async function followLink(): Promise<void> {
  const mine = ++followed;
  const text = location.hash.slice(1);
  const linked = text === "" ? undefined : await readLink(text);
  const wrong: string[] = [];
  if (text !== "" && linked === undefined) {
    wrong.push("The link cannot be read: it is cut short, or none of this page");
  }
  const opened = async (name: string, settings: Settings | undefined) => {
    try {
      return settings && await openSettings(settings);
    } catch (error) {
      wrong.push(`${name} of the link cannot be shown: ${(error as Error).message}`);
      return undefined;
    }
  };
  const [a, b] = [await opened("A", linked?.a), await opened("B", linked?.b)];
  if (mine !== followed) return;
  state = a ?? own;
  kept = undefined;
  showState();
  if (wrong.length > 0) {
    wrong.push("Shown is what can be read, and else what the page was made with");
  }
  at("done").textContent = wrong.join(". ");
  if (b !== undefined) askForKept(configOf(b));
  ask();
}

/** The state that settings of a link stand for: by the page's own knobs, else checked as a file is. */
async function openSettings(settings: Settings): Promise<PageState> {
  const known = stateByKnobs(own, settings);
  if (known !== undefined) return known;
  const { linkedBase } = await import("./linked_base.ts");
  return stateOf(linkedBase(settings));
}

startPage();
