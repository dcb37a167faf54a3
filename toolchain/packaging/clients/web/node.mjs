/* In Node.js, on onnxruntime-node and sharp.

   node node.mjs cat.jpg dog.png        a line of JSON each

   import { load } from "./node.mjs";
   const classifier = await load();     // the package that this file is in
   await classifier.classify(await readFile("cat.jpg")) */

import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";

import ort from "onnxruntime-node";

import { Classifier } from "./classifier.js";
import { checkSize } from "./container.js";

export const read = (path) => readFile(new URL(path, import.meta.url));

export const load = () => Classifier.load(ort, read, decode);

/* JPEG, PNG, WebP, GIF and TIFF; colour profiles are not applied. sharp is loaded with the first picture. */
export async function decode(encoded, { exif_rotation }) {
  const { default: sharp } = await import("sharp");
  const options = { failOn: "error", limitInputPixels: false, ignoreIcc: true, autoOrient: exif_rotation };
  const source = sharp(encoded, options);
  const { width, height, space } = await source.metadata();
  checkSize(width, height);
  if (space === "cmyk") throw new Error("picture: CMYK is not read here. Convert it to RGB.");
  const { data, info } = await source.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, pixels: data };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const pictures = process.argv.slice(2);
  if (pictures.length === 0) {
    console.error("usage: node node.mjs PICTURE...");
    process.exit(2);
  }
  const classifier = await load();
  for (const file of pictures) {
    try {
      console.log(JSON.stringify({ file, ...(await classifier.classify(await readFile(file))) }));
    } catch (error) {
      console.error(`${file}: ${error.message} Give it to a person.`);
      process.exitCode = 1;
    }
  }
}
