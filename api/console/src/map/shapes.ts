/** Alarm priorities by shape, colour and number, so that none of the three has to be seen alone. */
import type { Spot } from "./layout";

export type Pen = CanvasRenderingContext2D;

export const PRIORITY_COLOUR: Record<number, string> = { 1: "#c4281a", 2: "#b45f06", 3: "#5b6670" };

/** Paint the mark of an alarm above a spot: 1 a red square, 2 an amber triangle, 3 a grey circle. */
export function paintPriority(pen: Pen, [x, y]: Spot, priority: number): void {
  const [cx, cy] = [x - 12, y - 12];
  pen.fillStyle = PRIORITY_COLOUR[priority] ?? PRIORITY_COLOUR[3]!;
  pen.beginPath();
  if (priority === 1) pen.rect(cx - 8, cy - 8, 16, 16);
  else if (priority === 2) {
    pen.moveTo(cx, cy - 10);
    pen.lineTo(cx + 10, cy + 8);
    pen.lineTo(cx - 10, cy + 8);
  } else pen.arc(cx, cy, 8, 0, 7);
  pen.fill();
  pen.fillStyle = "#fff";
  pen.textAlign = "center";
  pen.fillText(String(priority), cx, cy + 1.5);
}
