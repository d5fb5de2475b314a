/** Files that people choose: as text, in the encodings that spreadsheets write, and as rows of a CSV. */

/** The text of a file: UTF-8, with or without its mark, else as Chinese spreadsheets save it. */
export async function readText(file: Blob): Promise<string> {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** Rows of a CSV by the names in its first line; quotes as RFC 4180 has them. Empty lines are left out. */
export function readCsv(text: string): Record<string, string>[] {
  const [head, ...rest] = split(text).filter((row) => row.some((cell) => cell.trim()));
  const names = (head ?? []).map((name) => name.trim());
  return rest.map((row) => Object.fromEntries(names.map((name, i) => [name, (row[i] ?? "").trim()])));
}

function split(text: string): string[][] {
  const rows: string[][] = [[]];
  let [cell, quoted] = ["", false];
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quoted && c === '"' && text[i + 1] === '"') [cell, i] = [cell + c, i + 1];
    else if (c === '"') quoted = !quoted;
    else if (quoted || (c !== "," && c !== "\n" && c !== "\r")) cell += c;
    else if (c !== "\r") {
      rows.at(-1)!.push(cell);
      cell = "";
      if (c === "\n") rows.push([]);
    }
  }
  rows.at(-1)!.push(cell);
  return rows;
}
