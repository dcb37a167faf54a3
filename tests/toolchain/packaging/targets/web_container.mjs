/* Prints a line for each picture: "fine", or why it is refused. */

import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

const [client, ...pictures] = process.argv.slice(2);
const { checkContainer } = await import(pathToFileURL(join(dirname(client), "container.js")).href);
for (const path of pictures) {
  try {
    checkContainer(new Uint8Array(await readFile(path)));
    console.log("fine");
  } catch (error) {
    console.log(error.message);
  }
}
