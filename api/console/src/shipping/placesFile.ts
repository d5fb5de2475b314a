/** A file of places: JSON as the command line takes it, or a CSV whose columns tell what it lists. */
import { readCsv, readText } from "../parts/rows";
import { FIELDS, KINDS, rowOf, type Kind, type Row } from "./fields";

export interface PlacesFile {
  said: Record<string, unknown>;
  bad: string[];
  rows: number;
}
const FIRST: Record<Kind, string> = { districts: "district", vehicles: "plate", distances: "metres" };

export async function readPlaces(file: File): Promise<PlacesFile> {
  const text = (await readText(file)).replace(/^\ufeff/, "");
  return /^\s*\{/.test(text) ? ofJson(text) : ofCsv(text);
}

function ofJson(text: string): PlacesFile {
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    return { said: {}, bad: [error instanceof Error ? error.message : "1"], rows: 0 };
  }
  const rows = KINDS.reduce((sum, kind) => sum + (Array.isArray(said[kind]) ? said[kind].length : 0), 0);
  return { said, bad: [], rows: rows + (said["depot"] ? 1 : 0) };
}

function ofCsv(text: string): PlacesFile {
  const rows = readCsv(text);
  const kind = KINDS.find((one) => rows[0] !== undefined && FIRST[one] in rows[0]);
  if (!kind) return { said: {}, bad: ["1"], rows: 0 };
  const read = rows.map((row) => rowOf(FIELDS[kind], row));
  const bad = read.flatMap((one, i) => (one.bad.length ? [`${i + 2} (${one.bad.join(", ")})`] : []));
  const taken: Row[] = read.map((one) => one.row);
  return { said: { [kind]: taken }, bad, rows: taken.length };
}
