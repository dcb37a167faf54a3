/* In a browser, on onnxruntime-web: its WebAssembly build, from this server and with one thread.

   import { load } from "./browser.js";
   const classifier = await load();                                   // the package that this file is in
   await classifier.classify(new Uint8Array(await file.arrayBuffer()))  // nothing leaves the device

   Several threads need a page that is cross-origin isolated (headers COOP and COEP): see README.md. */

import * as ort from "./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs";

import { Classifier } from "./classifier.js";
import { checkSize } from "./container.js";

ort.env.wasm.numThreads = 1;

export async function read(path) {
  const answer = await fetch(new URL(path, import.meta.url));
  if (!answer.ok) throw new Error(`${path}: the server answered ${answer.status}.`);
  return new Uint8Array(await answer.arrayBuffer());
}

export async function load() {
  const classifier = await Classifier.load(ort, read, decode);
  if (classifier.spec.preprocessing.exif_rotation) return classifier;
  throw new Error("manifest.json: a browser always turns pictures by EXIF (got exif_rotation false).");
}

/* What the browser can show. The canvas is opaque and has the background on it: a transparent picture is laid on it by
   the browser, within a grey level. "none" leaves colour profiles alone, as the original did. */
export async function decode(encoded, { background }) {
  const options = { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const bitmap = await createImageBitmap(new Blob([encoded]), options).catch(() => {
    throw new Error("picture: damaged, or of a format that this browser does not read.");
  });
  try {
    const { width, height } = bitmap;
    checkSize(width, height);
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { alpha: false, colorSpace: "srgb", willReadFrequently: true });
    context.fillStyle = `rgb(${background.join(" ")})`;
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    return { width, height, channels: 4, pixels: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}
