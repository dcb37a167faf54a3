/* node web_resize.mjs CLASSIFIER.js CASES.json: resizes each case with the client and answers with the pixels. */

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

const [module, cases] = process.argv.slice(2);
const { Classifier } = await import(pathToFileURL(module).href);
for (const { rule, width, height, pixels } of JSON.parse(await readFile(cases, "utf8"))) {
  const manifest = { spec: { preprocessing: rule }, inputs: [{ shape: [null, rule.height, rule.width, 3] }] };
  const classifier = new Classifier(null, null, null, manifest);
  const resized = classifier.resize({ width, height, pixels: Uint8Array.from(Buffer.from(pixels, "base64")) });
  console.log(Buffer.from(resized.pixels).toString("base64"));
}
