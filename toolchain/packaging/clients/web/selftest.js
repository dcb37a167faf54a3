/* Goes through golden/ stage by stage, each from the golden input of that stage; the same in a browser and in Node.js.

   await selftest(classifier, read, console.log)     // the first stage that differs, or null */

const STAGES = ["decoded", "resized", "bundle_score", "resized_score", "file_score"];

export async function selftest(classifier, read, say) {
  const golden = JSON.parse(new TextDecoder().decode(await read("golden/golden.json")));
  if (golden.schema_version !== "rct.golden/1") throw new Error(`golden.json: unknown (got ${golden.schema_version}).`);
  const stages = STAGES.filter((stage) => stage in golden.tolerance); // bundle_score is not in every package
  const worst = Object.fromEntries(stages.map((stage) => [stage, 0]));
  for (const entry of golden.pictures) {
    const [encoded, decoded, resized] = await Promise.all(
      [entry.file, entry.decoded, entry.resized].map((name) => read(`golden/${name}`)),
    );
    const ours = await classifier.decode(encoded);
    const scores = await classifier.score(ppm(resized));
    const found = {
      decoded: difference(ours, ppm(decoded)),
      resized: difference(classifier.resize(ppm(decoded)), ppm(resized)),
      bundle_score: furthest(scores, entry.bundle_scores ?? entry.scores),
      resized_score: furthest(scores, entry.scores),
      file_score: furthest(await classifier.score(classifier.resize(ours)), entry.scores),
    };
    for (const stage of stages) worst[stage] = Math.max(worst[stage], found[stage]); // NaN stays
  }
  const wrong = stages.filter((stage) => !(worst[stage] <= golden.tolerance[stage]));
  for (const stage of stages) {
    const word = wrong.includes(stage) ? "DIFFERS" : "ok";
    const off = Number(worst[stage].toPrecision(3));
    say(`${stage.padEnd(14)} ${word.padEnd(8)} ${off}, at most ${Number(golden.tolerance[stage].toPrecision(3))}`);
  }
  say(wrong.length ? `FAILED: ${wrong[0]} is the first stage that differs.` : "passed.");
  return wrong[0] ?? null;
}

/* A binary PPM of 8 bits, as this package has them. */
export function ppm(bytes) {
  const header = /^P6\n(\d+) (\d+)\n255\n/.exec(new TextDecoder("latin1").decode(bytes.subarray(0, 40)));
  if (!header) throw new Error("golden: not a PPM file that this client reads.");
  return { width: Number(header[1]), height: Number(header[2]), pixels: bytes.subarray(header[0].length) };
}

function difference(ours, theirs) {
  const same = ours.width === theirs.width && ours.height === theirs.height;
  return same ? furthest(ours.pixels, theirs.pixels) : Infinity;
}

function furthest(ours, theirs) {
  if (ours.length !== theirs.length) return Infinity;
  return theirs.reduce((worst, value, i) => Math.max(worst, Math.abs(ours[i] - value)), 0);
}
