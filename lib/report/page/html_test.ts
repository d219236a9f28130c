import { equal, match, ok } from "#assert";
import fc from "fast-check";
import { embeddedJson, escapeHtml, html } from "./html.ts";

Deno.test("html`` escapes every text and number that stands in it, and no piece of HTML", () => {
  const inner = html`<b>${"<i> & \"quotes\" 'too'"}</b>`;
  equal(
    html`<p title="${'"><script>'}">${inner}${3}${[inner, inner]}</p>`.html,
    '<p title="&quot;&gt;&lt;script&gt;"><b>&lt;i&gt; &amp; &quot;quotes&quot; &#39;too&#39;</b>3' +
      "<b>&lt;i&gt; &amp; &quot;quotes&quot; &#39;too&#39;</b>".repeat(2) + "</p>",
  );
});

Deno.test("an escaped text has no letter that could end an element or an attribute", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    ok(!/[<>"']/.test(escapeHtml(text)));
  }));
});

Deno.test("embeddedJson() reads back as it was and cannot end its element", () => {
  const value = { "</script><script>": ["<!--", "\u2028\u2029", "a<b"] };
  const text = embeddedJson(value);
  ok(!text.includes("<"));
  match(text, /\\u003c/);
  equal(JSON.stringify(JSON.parse(text)), JSON.stringify(value));
});
