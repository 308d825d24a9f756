// What bpmn-moddle has to say of BPMN files: node bpmn_moddle_warnings.mjs MODULE FOLDER
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [module, folder] = process.argv.slice(2);
const { BpmnModdle } = await import(pathToFileURL(module).href);
const files = readdirSync(folder).sort();
const said = [];

for (const name of files) {
  const { warnings } = await new BpmnModdle().fromXML(readFileSync(join(folder, name), "utf8"));
  said.push(...warnings.map((warning) => `${name}: ${warning.message}`));
}
console.log(JSON.stringify({ files: files.length, warnings: said.length, said: said.slice(0, 5) }));
