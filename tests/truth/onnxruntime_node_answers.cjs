// Run by Node.js: what onnxruntime-node makes of a bundle, with nothing of ours but its manifest.
//
//     node onnxruntime_node_answers.cjs FOLDER BUNDLE PICTURES COUNT HEIGHT WIDTH
//
// FOLDER has onnxruntime-node in its node_modules; PICTURES is COUNT x HEIGHT x WIDTH x 3 bytes. Prints JSON: the
// runtime's version and, for each picture, the scores by category.

const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

async function main([folder, bundle, pictures, ...sides]) {
  const ort = createRequire(path.resolve(folder, "index.js"))("onnxruntime-node");
  const manifest = JSON.parse(fs.readFileSync(path.join(bundle, "manifest.json"), "utf8"));
  const [image, scores] = [manifest.inputs[0].name, manifest.outputs[0].name];
  const session = await ort.InferenceSession.create(path.join(bundle, manifest.model));
  const bytes = new Uint8Array(fs.readFileSync(pictures));
  const found = await session.run({ [image]: new ort.Tensor("uint8", bytes, [...sides.map(Number), 3]) }, [scores]);
  const [count, categories] = found[scores].dims;
  const labels = manifest.spec.categories.map((category) => category.name);
  const answers = Array.from({ length: count }, (_, row) =>
    Object.fromEntries(labels.map((label, column) => [label, found[scores].data[row * categories + column]])),
  );
  console.log(JSON.stringify({ version: ort.env.versions.node, answers }));
}

main(process.argv.slice(2));
