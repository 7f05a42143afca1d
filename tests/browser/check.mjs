// Opens every page of an evidence report in a browser and fails on what a reader would stumble over:
//   node check.mjs REPORT_FOLDER [--pictures FOLDER]
// The browser is BILLPROOF_BROWSER, else what playwright-core has installed for itself.
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const NARROW = { width: 360, height: 740 };
const WIDE = { width: 1280, height: 900 };

const folder = resolve(process.argv[2] ?? "");
const at = process.argv.indexOf("--pictures");
const pictures = at > 0 ? resolve(process.argv[at + 1]) : undefined;
if (!existsSync(join(folder, "index.html"))) throw new Error(`${folder} holds no report`);
const pages = readdirSync(folder).filter((name) => name.endsWith(".html")).sort();

const faults = [];
const fault = (page, what) => faults.push(`${page}: ${what}`);
const expect = (is, page, what) => is || fault(page, what);

const browser = await chromium.launch({
  executablePath: process.env.BILLPROOF_BROWSER || undefined,
  // The browser's own sandbox cannot be had as root, as in most containers.
  chromiumSandbox: process.getuid?.() !== 0,
  args: ["--disable-background-networking", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run"],
});

const open = async (name, options = {}) => {
  const context = await browser.newContext({ viewport: WIDE, ...options });
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && fault(name, `console: ${message.text()}`));
  page.on("pageerror", (error) => fault(name, `script: ${error}`));
  page.on("request", (request) => request.url().startsWith("file:") || fault(name, `asks the network for ${request.url()}`));
  page.on("requestfailed", (request) => fault(name, `cannot load ${request.url()}`));
  await page.goto(pathToFileURL(join(folder, name)).href);
  return { page, close: () => context.close() };
};

const isAccessible = async (page, name) => {
  await page.evaluate(axeSource);
  const { violations, passes } = await page.evaluate((values) => axe.run(document, { runOnly: { type: "tag", values } }), RULES);
  expect(passes.length > 10, name, "axe-core looked at nothing");
  for (const { id, help, nodes } of violations) fault(name, `${id}: ${help}: ${nodes.slice(0, 3).map((n) => n.html).join(" | ")}`);
};

const linksLead = async (page, name) => {
  const links = await page.$$eval("a[href]", (all) => all.map((a) => a.href));
  expect(links.length > 0, name, "no links");
  for (const link of links) {
    const url = new URL(link);
    const path = decodeURIComponent(url.pathname);
    if (url.protocol !== "file:" || !path.startsWith(folder) || !existsSync(path)) fault(name, `link leads nowhere: ${link}`);
    else if (url.hash && path === join(folder, name) && !(await page.$(`[id="${url.hash.slice(1)}"]`))) fault(name, `no ${url.hash}`);
  }
};

const picturesShow = async (page, name) => {
  const odd = await page.$$eval("img", async (all) => {
    const out = [];
    for (const img of all) {
      img.loading = "eager";
      await img.decode().catch(() => out.push(`${img.src} does not show`));
      if (img.naturalWidth !== Number(img.getAttribute("width"))) out.push(`${img.src} is not as wide as stated`);
      if (img.alt.length < 10) out.push(`${img.src} has no words`);
    }
    return out;
  });
  odd.forEach((what) => fault(name, what));
};

const fitsNarrow = async (page, name) => {
  await page.setViewportSize(NARROW);
  const [needs, has] = await page.evaluate(() => [document.scrollingElement.scrollWidth, innerWidth]);
  expect(needs <= has, name, `is ${needs} pixels wide on a screen of ${has}`);
};

const photograph = async (page, name, kind) => {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name.replace(/\.html$/, "")}-${kind}.png`), fullPage: true });
};

for (const name of pages) {
  for (const colorScheme of ["light", "dark"]) {
    const { page, close } = await open(name, { colorScheme });
    await isAccessible(page, name);
    if (colorScheme === "light") {
      await linksLead(page, name);
      await picturesShow(page, name);
      await photograph(page, name, "wide");
      await page.keyboard.press("Tab");
      expect(await page.evaluate(() => document.activeElement.matches(".skip")), name, "the first stop is not the skip link");
      await fitsNarrow(page, name);
      await photograph(page, name, "narrow");
      await page.emulateMedia({ media: "print" });
      expect(!(await page.isVisible(".filter")), name, "the filter is printed");
      expect((await page.pdf({ format: "Letter" })).length > 1000, name, "does not print");
    } else {
      await photograph(page, name, "dark");
    }
    await close();
  }
}

// The table of all cases, by keyboard alone.
{
  const name = "index.html";
  const { page, close } = await open(name);
  const rows = () => page.$$eval("#table tbody tr", (all) => all.filter((r) => !r.hidden).map((r) => Array.from(r.cells, (c) => c.textContent.trim())));
  const press = async (key, times = 1) => {
    for (let i = 0; i < times; i++) await page.keyboard.press(key);
  };
  const reach = async (selector, text) => {
    for (let i = 0; i < 60; i++) {
      await press("Tab");
      if (await page.evaluate(([s, t]) => document.activeElement.matches(s) && (!t || document.activeElement.textContent === t), [selector, text])) return;
    }
    fault(name, `the keyboard does not reach ${selector} ${text ?? ""}`);
  };
  const all = await rows();
  const heads = await page.$$eval("#table thead th", (ths) => ths.map((th) => th.textContent.trim()));
  const column = async (text) => (await rows()).map((r) => r[heads.indexOf(text)]);
  const isSorted = (values, compare) => values.every((v, i) => i === 0 || compare(values[i - 1], v) <= 0);
  const dollars = (text) => Number(text.replace(/[$,]/g, ""));
  expect(isSorted(await column("In dispute"), (a, b) => dollars(b) - dollars(a)), name, "not sorted by what is in dispute");
  await reach("th button", "Patient");
  await press("Enter");
  expect(isSorted(await column("Patient"), (a, b) => a.localeCompare(b, "en")), name, "Enter does not sort by patient");
  const sort = () => page.$$eval("#table th[aria-sort]", (ths) => ths.map((th) => `${th.textContent} ${th.getAttribute("aria-sort")}`));
  expect((await sort()).join() === "Patient ascending", name, `aria-sort says ${await sort()}`);
  await press("Space");
  expect(isSorted(await column("Patient"), (a, b) => b.localeCompare(a, "en")), name, "Space does not turn the order");
  await reach("th button", "Billed");
  await press("Enter");
  expect(isSorted(await column("Billed"), (a, b) => dollars(b) - dollars(a)), name, "not sorted by number");
  await page.reload();
  await reach("#words");
  const wanted = all[all.length - 1][heads.indexOf("Patient")];
  await page.keyboard.type(wanted.toLowerCase());
  const left = await rows();
  expect(left.length >= 1 && left.length < all.length && left.every((r) => r.join(" ").includes(wanted)), name, "the filter does not work");
  expect((await page.textContent("#shown")) === `${left.length} of ${all.length} cases shown`, name, "the filter does not say how many");
  await page.fill("#words", "");
  await reach("#step");
  await press("ArrowDown");
  const step = await page.inputValue("#step");
  expect(step && (await column("Next step")).every((s) => s === step), name, "the filter by step does not work");
  await close();
}

// Without scripts it is a plain table.
{
  const name = "index.html";
  const { page, close } = await open(name, { javaScriptEnabled: false });
  expect(!(await page.isVisible("#filter")), name, "an idle filter shows without scripts");
  expect(await page.isVisible("#table tbody tr:last-child a"), name, "the table needs scripts");
  await close();
}

await browser.close();
if (faults.length > 0) {
  console.error([...new Set(faults)].join("\n"));
  process.exit(1);
}
console.log(`${pages.length} pages looked at: no faults`);
