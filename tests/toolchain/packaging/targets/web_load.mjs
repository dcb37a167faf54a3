/* node web_load.mjs CLASSIFIER.js FOLDER QUESTIONS.json: loads the folder with a runtime that answers nothing; prints
   the error, or the verdicts on the scores and limits of each question ("NaN" is not a number). */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [module, folder, questions] = process.argv.slice(2);
const { Classifier } = await import(pathToFileURL(module).href);
const runtime = { InferenceSession: { create: async () => ({}) } };
try {
  const classifier = await Classifier.load(runtime, (path) => readFile(join(folder, path)), null);
  for (const scores of JSON.parse(await readFile(questions, "utf8"))) {
    console.log(JSON.stringify(classifier.judge(scores.map(Number))));
  }
} catch (error) {
  console.log(error.message);
}
