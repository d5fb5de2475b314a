/** Buttons that move an entry of a list up or down, or take it away. */
import { t } from "../texts";

interface OrderProps {
  name: string;
  index: number;
  count: number;
  move: (to: number) => void;
  remove: () => void;
}

export function Order({ name, index, count, move, remove }: OrderProps) {
  return (
    <span class="order">
      <button type="button" disabled={index === 0} aria-label={t("scheme.up", { name })} onClick={() => move(index - 1)}>↑</button>
      <button type="button" disabled={index === count - 1} aria-label={t("scheme.down", { name })} onClick={() => move(index + 1)}>↓</button>
      <button type="button" aria-label={t("scheme.remove", { name })} onClick={remove}>✕</button>
    </span>
  );
}
