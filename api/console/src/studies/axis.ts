/** Round marks of an axis between two values. */
export function marks(from: number, to: number, count = 6): number[] {
  const raw = (to - from || 1) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= raw) ?? raw;
  const found: number[] = [];
  for (let mark = Math.ceil(from / step) * step; mark <= to + step * 1e-9; mark += step) found.push(Math.abs(mark) < step * 1e-9 ? 0 : mark);
  return found;
}

/** Told apart by everybody (Okabe and Ito); lines differ in their dashes as well. */
export const COLOURS = ["#0072b2", "#d55e00", "#00795a", "#a3457f", "#8a5a00", "#2f6d8f", "#6b6b6b", "#000000"];
export const DASHES = ["", "7 3", "2 3", "9 3 2 3", "4 2", "1 2", "12 4", "6 2 1 2"];
