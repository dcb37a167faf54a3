/* node selftest.mjs          every stage against golden/; exit code 1 if one differs */

import { load, read } from "./node.mjs";
import { selftest } from "./selftest.js";

process.exitCode = (await selftest(await load(), read, console.log)) === null ? 0 : 1;
