import { constantHtml, embeddedJson, html } from "../page/html.ts";
import type { PageBase } from "./messages.ts";

/**
 * What the page may do: run its own programs, and ask nobody but its own server. A page from a disk has
 * its simulator as a text, which becomes a program as a blob.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * Starts the page's program: main.js and worker.js as modules, and from a disk, where browsers load no
 * modules, the two as one script.
 */
export const START_PROGRAM = `(() => {
  const script = document.createElement("script");
  const isFromDisk = location.protocol === "file:";
  if (!isFromDisk) script.type = "module";
  script.src = isFromDisk ? "offline.js" : "main.js";
  document.body.append(script);
})();
`;

/** The page itself, whose programs are start.js and what that loads beside it. */
export function indexText(base: PageBase, title: string): string {
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="SimFaaSInfer explore">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <link rel="stylesheet" href="page.css">
      </head>
      <body>
        <h1>${title}</h1>
        <p id="waiting">This page is a program: it needs JavaScript.</p>
        <main>
          <form aria-label="What is simulated">
            <div id="knobs"></div>
            <p><button type="button" id="keep">Keep as B</button> <button type="button" id="drop">Drop B</button></p>
            <p><button type="button" id="link">Copy link</button> <button type="button" id="yaml">Copy YAML</button>
        <button type="button" id="notebook">Open in notebook</button></p>
            <p id="done" role="status"></p>
            <ul class="notices" id="replaced"></ul>
          </form>
          <div>
            <div id="verdict" role="status" aria-live="polite"></div>
            <p id="said" role="alert"></p>
            <div class="charts">
              <section>
                <h2>Latency by percentile</h2>
                <div class="chart" id="percentiles"></div>
              </section>
              <section>
                <h2>Instances</h2>
                <div class="chart" id="fleet"></div>
              </section>
              <section>
                <h2>Figures</h2>
                <table id="figures"></table>
              </section>
              <section>
                <h2>The bill</h2>
                <div class="chart" id="bill"></div>
              </section>
            </div>
            <ul class="notices" id="notices"></ul>
            <p>Digest of the run: <code id="digest"></code></p>
            <pre id="text" tabindex="0" aria-label="What was copied"></pre>
          </div>
        </main>
        <script type="application/json" id="base">${constantHtml(embeddedJson(base))}</script>
        <script src="start.js"></script>
      </body>
    </html>
  `.html;
}
