/** The newest frames on the serial lines of a bench, the newest first. */
import { useSignal } from "@preact/signals";
import { number, t } from "../texts";
import type { FrameShown } from "./shown";

export function Frames({ bench, frames }: { bench: string; frames: FrameShown[] }) {
  const held = useSignal<FrameShown[] | null>(null);
  const only = useSignal(0);
  const shown = [...(held.value ?? frames)].reverse().filter((one) => !only.value || one.position === only.value);
  return (
    <section aria-labelledby="frames" class="spaced">
      <h2 id="frames">{t("bench.frames")}</h2>
      <div class="form">
        <label>
          {t("bench.only_position")}
          <input type="number" min={0} max={200} value={only.value || ""} onInput={(event) => (only.value = Number(event.currentTarget.value))} />
        </label>
        <button type="button" aria-pressed={held.value !== null} onClick={() => (held.value = held.value ? null : frames)}>{t("bench.hold")}</button>
      </div>
      {shown.length ? null : <p class="quiet">{t("bench.no_frames")}</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label={t("bench.frames")}>
        <table data-frames={bench}>
          <thead>
            <tr>
              <th scope="col" class="n">{t("frame.at")}</th>
              <th scope="col" class="n">{t("bench.number")}</th>
              <th scope="col">{t("frame.direction")}</th>
              <th scope="col">{t("frame.raw")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((one, i) => (
              <tr key={`${one.at_s}-${i}`}>
                <td class="n">{`${number(Number(one.at_s.toFixed(2)))} s`}</td>
                <td class="n">{one.position}</td>
                <td>{one.direction === "out" ? `→ ${t("frame.out")}` : `← ${t("frame.in")}`}</td>
                <td class="hex">{spaced(one.raw)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function spaced(hex: string): string {
  return hex.toUpperCase().replace(/(..)(?=.)/g, "$1 ");
}
