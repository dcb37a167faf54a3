/* The page: the self-test first, then pictures one at a time. After a failed self-test no picture is taken. */

import { load, read } from "./browser.js";
import { selftest } from "./selftest.js";

const element = (id) => document.getElementById(id);
let classifier;
let latest = 0;

async function start() {
  const log = element("selftest");
  try {
    classifier = await load();
    const differs = await selftest(classifier, read, (line) => log.append(`${line}\n`));
    log.dataset.state = differs === null ? "passed" : "failed";
  } catch (error) {
    log.append(`FAILED: ${error.message}\n`);
    log.dataset.state = "failed";
  }
  element("picture").disabled = log.dataset.state === "failed";
}

async function show(file) {
  const turn = ++latest;
  const [heading, table, image] = [element("verdict"), element("scores"), element("shown")];
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(file);
  [image.hidden, table.hidden, heading.textContent] = [false, true, "…"];
  delete heading.dataset.verdict;
  let result;
  try {
    result = await classifier.classify(new Uint8Array(await file.arrayBuffer()));
  } catch (error) {
    result = { scores: {}, verdicts: {}, verdict: "review", problem: error.message };
  }
  if (turn !== latest) return; // another picture came meanwhile
  const rows = Object.entries(result.scores).map(([label, score]) => row([label, score, result.verdicts[label]]));
  table.tBodies[0].replaceChildren(...rows);
  table.hidden = rows.length === 0;
  image.hidden = result.problem !== undefined;
  heading.textContent = result.problem ? `${result.verdict}: ${result.problem}` : result.verdict;
  heading.dataset.verdict = result.verdict;
}

function row([label, score, verdict]) {
  const made = document.createElement("tr");
  for (const text of [label, Number.isNaN(score) ? "not a number" : score.toFixed(4), verdict]) {
    made.insertCell().textContent = text;
  }
  made.cells[1].dataset.score = score;
  return made;
}

function take(files) {
  if (files.length > 0 && !element("picture").disabled) show(files[0]);
}

element("picture").addEventListener("change", (event) => take(event.target.files));
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  element("drop").classList.add("over");
});
document.addEventListener("dragleave", () => element("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  element("drop").classList.remove("over");
  take(event.dataTransfer.files);
});
await start();
