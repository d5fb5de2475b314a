/** What the API says of returns from districts. */
export interface ReturnedBox {
  box: string;
  pallet: string;
  opened: boolean;
  outcome: string;
  why: string;
  scanned_by: string;
  scanned_ms: number;
}
export interface Claim {
  number: number;
  note: number;
  bar_code: string;
  finding: string;
  box: string;
  raised_ms: number;
  settled_by: string;
  settled_ms: number;
  answer: string;
}
export interface Note {
  number: number;
  district: string;
  kind: string;
  state: string;
  empties: number;
  empties_found: number;
  created_ms: number;
  closed_ms: number;
  closed_by: string;
  listed: number;
  found: number;
  boxes: ReturnedBox[];
  claims: Claim[];
}
export interface ListedMeter {
  bar_code: string;
  listed: string;
  found: string;
}
export const KINDS = ["sent_back", "refused", "dismantled"] as const;
