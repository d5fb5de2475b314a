import type { Why } from "../live";
import { reason } from "../texts";

/** Why something does not go on, in words. */
export function Reasons({ reasons }: { reasons: readonly Why[] }) {
  if (!reasons.length) return null;
  return (
    <ul class="reasons">
      {reasons.map((why, i) => (
        <li key={i}>{reason(why.code, why.params)}</li>
      ))}
    </ul>
  );
}
