/* Scores pictures with this package, in a browser or in Node.js; no dependency but the runtime that it is handed.

   const classifier = await Classifier.load(ort, read, decode);
   await classifier.classify(bytes)        // {scores: {adult: 0.01}, verdicts: {adult: "allow"}, verdict: "allow"}

   ort           onnxruntime-web or onnxruntime-node
   read(path)    a file of the package, as a promise of a Uint8Array
   decode(bytes, rule)    a picture, upright, as a promise of {width, height, channels, pixels}: 8 bits,
                 rows from the top, 1 to 4 channels (grey, grey and alpha, RGB, RGBA); rejects what it cannot read

   browser.js and node.mjs have both for their worlds. Pictures in here are {width, height, pixels}, RGB. */

import { checkContainer, checkSize } from "./container.js";

const VERSIONS = ["rct.bundle/1", "rct.bundle/2"];
const SEVERITY = ["allow", "review", "block"];
const FIXED_POINT = 2 ** 22; // weights are integers of this unit, as in Pillow
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const raised = (x) => Math.fround(0.54) + Math.fround(0.46) * Math.cos(Math.PI * x); // Pillow's two are floats

/* Pillow's filters: the weight at distance x, zero from `support` on; both in pixels of the smaller side. */
const FILTERS = {
  nearest: null,
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, weight: (x) => (Math.abs(x) < 1 ? sinc(x) * raised(x) : 0) },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x)) },
  lanczos: { support: 3, weight: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function cubic(x) {
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
}

export class Classifier {
  constructor(runtime, session, decoder, manifest) {
    const takesAnySize = manifest.inputs[0].shape[1] === null;
    Object.assign(this, { runtime, session, decoder, spec: manifest.spec, takesAnySize });
  }

  /* Check the model's digest and load it; an Error says what is wrong with the package. */
  static async load(runtime, read, decoder) {
    const manifest = JSON.parse(new TextDecoder().decode(await read("model/manifest.json")));
    const rule = manifest.spec?.preprocessing;
    demand(VERSIONS.includes(manifest.schema_version), "schema_version", manifest.schema_version);
    demand(manifest.format === "onnx", "format", manifest.format);
    demand(manifest.outputs[0].dtype === "float32", "type of the scores", manifest.outputs[0].dtype);
    demand(rule.resize.filter in FILTERS, "filter", rule.resize.filter);
    demand(["stretch", "cover", "contain"].includes(rule.resize.fit), "fit", rule.resize.fit);
    const model = await read(`model/${manifest.model}`);
    if (!globalThis.crypto?.subtle) throw new Error("no SHA-256 here: serve this by https, or from localhost.");
    const digest = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", model)));
    const entry = manifest.files[manifest.model];
    if (entry.sha256 !== digest.map((byte) => byte.toString(16).padStart(2, "0")).join("")) {
      throw new Error(`${manifest.model}: not what the manifest says. Copy the package again.`);
    }
    return new Classifier(runtime, await runtime.InferenceSession.create(model), decoder, manifest);
  }

  /* Scores and verdicts of a picture's bytes; rejects what cannot be read: give such a picture to a person. */
  async classify(encoded) {
    return this.judge(await this.score(this.resize(await this.decode(encoded))));
  }

  async decode(encoded) {
    checkContainer(encoded);
    const { width, height, channels, pixels } = await this.decoder(encoded, this.spec.preprocessing);
    checkSize(width, height);
    const colours = channels > 2 ? 3 : 1;
    const made = picture(width, height);
    for (let i = 0; i < width * height; i++) {
      const alpha = channels % 2 === 0 ? pixels[i * channels + colours] : 255;
      for (let c = 0; c < 3; c++) {
        const colour = pixels[i * channels + (c % colours)];
        const behind = this.spec.preprocessing.background[c];
        made.pixels[i * 3 + c] = Math.floor((alpha * colour + (255 - alpha) * behind) / 255 + 0.5);
      }
    }
    return made;
  }

  /* The network's input, by the rules of docs/bundle-format.md; every division is rounded down. */
  resize(source) {
    const { width, height, resize: size, background } = this.spec.preprocessing;
    let [columns, rows] = [size.width, size.height];
    if (size.fit === "cover") source = centre(source, ...largestInside(source.width, source.height, columns, rows));
    if (size.fit === "contain") [columns, rows] = largestInside(columns, rows, source.width, source.height);
    const resampled = resample(source, columns, rows, size.filter);
    return centre(layInCentre(resampled, size.width, size.height, background), width, height);
  }

  /* One score per category of what `resize` returned. */
  async score(resized) {
    const { width, height } = this.spec.preprocessing.resize;
    // A model of any size resizes and cuts by itself: in the middle of a picture of that size it does neither.
    const input = this.takesAnySize ? layInCentre(resized, width, height, [0, 0, 0]) : resized;
    const feed = new this.runtime.Tensor("uint8", input.pixels, [1, input.height, input.width, 3]);
    const answer = await this.session.run({ [this.session.inputNames[0]]: feed });
    return Array.from(answer[this.session.outputNames[0]].data);
  }

  /* Scores with their names, and verdicts; a score that is not a number is a case for a person. */
  judge(scores) {
    const labels = this.spec.categories.map((category) => category.name);
    const verdicts = labels.map((label, i) => verdict(scores[i], this.spec.thresholds[label]));
    const named = (values) => Object.fromEntries(labels.map((label, i) => [label, values[i]]));
    const severest = Math.max(...verdicts.map((each) => SEVERITY.indexOf(each)));
    return { scores: named(scores), verdicts: named(verdicts), verdict: SEVERITY[severest] };
  }
}

export function verdict(score, { review, block }) {
  if (score >= block) return "block";
  return score < review ? "allow" : "review"; // what is not a number is not less than anything
}

function demand(holds, what, got) {
  if (!holds) throw new Error(`manifest.json: this client does not know this ${what} (got ${got}).`);
}

function picture(width, height) {
  return { width, height, pixels: new Uint8Array(width * height * 3) };
}

function largestInside(width, height, across, down) {
  const inside = (side, other) => Math.max(1, Math.min(side, Math.floor(other)));
  return [inside(width, (height * across) / down), inside(height, (width * down) / across)];
}

function centre(source, width, height) {
  const [left, top] = [(source.width - width) >> 1, (source.height - height) >> 1];
  const made = picture(width, height);
  for (let y = 0; y < height; y++) {
    const start = ((top + y) * source.width + left) * 3;
    made.pixels.set(source.pixels.subarray(start, start + width * 3), y * width * 3);
  }
  return made;
}

function layInCentre(source, width, height, background) {
  const [left, top] = [(width - source.width) >> 1, (height - source.height) >> 1];
  const made = picture(width, height);
  made.pixels.forEach((_, i) => (made.pixels[i] = background[i % 3]));
  for (let y = 0; y < source.height; y++) {
    const row = source.pixels.subarray(y * source.width * 3, (y + 1) * source.width * 3);
    made.pixels.set(row, ((top + y) * width + left) * 3);
  }
  return made;
}

/* Pillow's Image.resize, which takes the rows of very tall pictures first. */
export function resample(source, width, height, filter) {
  const rowsFirst = source.height > height && source.height - height > 2 * (source.width - width);
  const columns = (from) => weigh(from, width, from.height, weights(from.width, width, filter), true);
  const rows = (from) => weigh(from, from.width, height, weights(from.height, height, filter), false);
  return rowsFirst ? columns(rows(source)) : rows(columns(source));
}

function weigh(source, width, height, table, alongRows) {
  const made = picture(width, height);
  const step = alongRows ? 3 : source.width * 3;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [first, factors] = table[alongRows ? x : y];
      const start = alongRows ? (y * source.width + first) * 3 : (first * source.width + x) * 3;
      for (let c = 0; c < 3; c++) {
        let sum = FIXED_POINT / 2;
        for (let k = 0; k < factors.length; k++) sum += source.pixels[start + k * step + c] * factors[k];
        made.pixels[at++] = Math.min(255, Math.max(0, Math.floor(sum / FIXED_POINT)));
      }
    }
  }
  return made;
}

/* Per pixel of the new side, the first pixel of the old one that counts and the weights from there on. */
function weights(from, to, filter) {
  const scale = from / to;
  if (filter === "nearest") {
    let at = -scale / 2; // added up, not multiplied: Pillow's roundings
    return Array.from({ length: to }, () => [Math.min(from - 1, Math.floor((at += scale))), [FIXED_POINT]]);
  }
  const { support, weight } = FILTERS[filter];
  const widening = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const middle = (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(middle - support * widening + 0.5));
    const end = Math.min(from, Math.floor(middle + support * widening + 0.5));
    const raw = Array.from({ length: end - first }, (_, k) => weight((first + k - middle + 0.5) / widening));
    const sum = raw.reduce((total, each) => total + each, 0);
    return [first, raw.map((each) => Math.sign(each) * Math.floor(Math.abs(each / sum) * FIXED_POINT + 0.5))];
  });
}
