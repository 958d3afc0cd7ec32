// Puts together what the console's pages load, out of node_modules and this folder, into
// build/assets/VERSION, and writes VERSION (what is in the files, in short) into build/assets/current.
//   node build.mjs OUT
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
const dsfr = join(here, "node_modules/@gouvfr/dsfr/dist");
// Only the components that the pages use, in the order in which the whole stylesheet has them.
const COMPONENTS = [
  "link", "badge", "button", "form", "input", "checkbox", "select", "upload", "pagination", "skiplink",
  "alert", "modal", "navigation", "footer", "header",
];
const SCRIPTS = {
  "dsfr.js": join(dsfr, "dsfr.module.min.js"),
  "htmx.js": join(here, "node_modules/htmx.org/dist/htmx.min.js"),
  "uplot.js": join(here, "node_modules/uplot/dist/uPlot.iife.min.js"),
  "charts.js": join(here, "charts.js"),
};

const files = new Map();
const css = ["core/core", ...COMPONENTS.map((one) => `component/${one}/${one}`)]
  .map((one) => readFileSync(join(dsfr, `${one}.main.min.css`), "utf-8"))
  .join("\n")
  .replace(/\/\*# sourceMappingURL=.*?\*\//g, "")
  // Marianne as every browser since 2014 reads it; fonts and icons lie beside the stylesheet.
  .replace(/,url\([^)]*\.woff\) format\("woff"\)/g, "")
  .replace(/url\(["']?((?:\.\.\/)+(fonts|icons)\/[^)"']+)["']?\)/g, (whole, path, folder) => {
    const name = `${folder}/${basename(path)}`;
    files.set(name, readFileSync(join(dsfr, path.replace(/^(\.\.\/)+/, ""))));
    return `url(${name})`;
  });
files.set("dsfr.css", Buffer.from(css));
files.set("console.css", readFileSync(join(here, "console.css")));
files.set("uplot.css", readFileSync(join(here, "node_modules/uplot/dist/uPlot.min.css")));
for (const [name, path] of Object.entries(SCRIPTS)) {
  const script = readFileSync(path, "utf-8").replace(/^\/\/# sourceMappingURL=.*$/m, "");
  files.set(name, Buffer.from(script));
}

const hash = createHash("sha256");
for (const name of [...files.keys()].sort()) hash.update(name).update(files.get(name));
const version = hash.digest("hex").slice(0, 12);
const folder = join(out, version);
rmSync(out, { recursive: true, force: true });
for (const [name, content] of files) {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), content);
}
for (const [name, from] of [["LICENSE-dsfr.md", "@gouvfr/dsfr/LICENSE.md"], ["LICENSE-htmx", "htmx.org/LICENSE"], ["LICENSE-uplot", "uplot/LICENSE"]]) {
  cpSync(join(here, "node_modules", from), join(folder, name));
}
writeFileSync(join(out, "current.new"), `${version}\n`);
renameSync(join(out, "current.new"), join(out, "current"));
console.log(`${files.size} files for the console in ${folder}`);
