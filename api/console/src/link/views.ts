/** What the API tells of the link to marketing. */
import type { Why } from "../live";

export interface ReceiverView {
  name: string;
  profile: string;
  url: string;
  enabled: boolean;
  online: boolean;
  since_ms: number;
  last_ok_ms: number;
  last_error: string;
  waiting: number;
  dead: number;
  done: number;
  oldest_ms: number;
}
export interface LetterView {
  number: number;
  receiver: string;
  kind: string;
  key: string;
  task: string;
  subject: string;
  state: string;
  attempts: number;
  answer: string;
  stands_for: number;
  why: Why | null;
}
export interface LetterBody extends LetterView {
  body: Record<string, unknown>;
  bars: string[];
}
export interface ReceivedView {
  number: number;
  sender: string;
  kind: string;
  key: string;
  task: string;
  answer: Record<string, unknown>;
}
