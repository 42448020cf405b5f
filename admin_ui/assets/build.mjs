// Builds the style sheet and the scripts of the admin UI into the folder given: hashed names,
// each also compressed, a manifest of the names, and the licences of what went into them.
//     node build.mjs FOLDER
import { build } from "esbuild";
import { compile } from "sass";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "../static/build"));

// A style sheet as esbuild takes it: Sass first, then fonts and images as files of our own.
const sass = {
  name: "sass",
  setup(plugin) {
    plugin.onLoad({ filter: /\.scss$/ }, ({ path: file }) => ({
      contents: compile(file, { loadPaths: [here], quietDeps: true, charset: false }).css,
      loader: "css",
      resolveDir: here,
    }));
  },
};

// Every script in js/ is a file of its own; what they share lies in js/parts/.
const scripts = fs.readdirSync(path.join(here, "js")).filter((name) => name.endsWith(".js"));

fs.mkdirSync(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: ["scss/bellgate.scss", ...scripts.map((name) => `js/${name}`)],
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  format: "iife",
  legalComments: "none", // they are in LICENSES.txt
  loader: { ".svg": "file", ".woff2": "file" },
  logLevel: "warning",
  metafile: true,
  minify: true,
  outdir: out,
  plugins: [sass],
  target: ["chrome100", "firefox100", "safari15"],
});

const made = Object.entries(result.metafile.outputs).map(([file, { entryPoint, inputs }]) => ({
  file: path.join(here, file),
  // What pages ask for: the name of the source, without the hash.
  name: path.basename(entryPoint ?? Object.keys(inputs)[0]).replace(/\.scss$/, ".css"),
}));

const manifest = {};
for (const { file, name } of made.sort((a, b) => a.name.localeCompare(b.name))) {
  manifest[name] = path.basename(file);
  if (file.endsWith(".woff2")) continue; // compressed already
  const text = fs.readFileSync(file);
  fs.writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_MODE]: 1 };
  fs.writeFileSync(`${file}.br`, brotliCompressSync(text, { params }));
}
fs.writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
fs.writeFileSync(path.join(out, "LICENSES.txt"), licences());

// What of node_modules was used, each with its licence as it was published.
function licences() {
  const used = new Set(["govuk-frontend", "@ministryofjustice/frontend"]); // by way of Sass
  for (const input of Object.keys(result.metafile.inputs)) {
    const found = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
    if (found) used.add(found[1]);
  }
  return [...used].sort().map(licence).join(`\n\n${"=".repeat(72)}\n\n`);
}

function licence(name) {
  const folder = path.join(here, "node_modules", name);
  const { version, license } = JSON.parse(fs.readFileSync(path.join(folder, "package.json")));
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  // MOJ Frontend's package says MIT and ships no text; govuk-frontend's has the same words.
  const text = file ? fs.readFileSync(path.join(folder, file), "utf8") : `Licence: ${license}`;
  return `${name} ${version}\n\n${text.trim()}\n`;
}
