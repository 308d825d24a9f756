// The peer: bpmn-moddle reading BPMN files in one process that stays alive.
// Each line on standard input is a round; the answer is the milliseconds that all files took, and how many were read.
// usage: node bpmn_moddle.mjs MODULE FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [module, folder] = process.argv.slice(2);
const { BpmnModdle } = await import(pathToFileURL(module).href);
const files = readdirSync(folder).sort().map((name) => join(folder, name));

for await (const _ of createInterface({ input: process.stdin })) {
  const begun = performance.now();
  let read = 0;
  for (const file of files) {
    const { rootElement } = await new BpmnModdle().fromXML(readFileSync(file, "utf8"));
    read += rootElement.rootElements.some((element) => element.$type === "bpmn:Process") ? 1 : 0;
  }
  console.log(JSON.stringify({ milliseconds: performance.now() - begun, read }));
}
