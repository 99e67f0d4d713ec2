// What the server says, as in the contract; types only, never loaded by the browser.

export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  request_id?: string;
  errors?: { field?: string; detail?: string }[];
}

export interface Tokens {
  access_token: string;
  token_type: string;
  expires_in: number;
}

export interface Me {
  user_id: string;
  email: string;
  name: string;
  role: "member" | "admin";
  language: string | null;
  company: { id: string; name: string };
}

export interface Thread {
  id: string;
  title: string;
  created_at: string;
  updated_at: string;
  live_turn_id: string | null;
  excerpt?: string;
}

export interface MessageError {
  code: string;
  detail: string;
  retryable: boolean;
}

export interface Message {
  id: string;
  parent_id: string | null;
  turn_id: string | null;
  role: "user" | "assistant";
  content: string;
  created_at: string;
  finish_reason: FinishReason | null;
  provider: string | null;
  error: MessageError | null;
}

export type FinishReason = "stop" | "length" | "action" | "stopped" | "error" | "interrupted";

export interface ThreadDetail extends Thread {
  messages: Message[];
}

export interface LlmStatus {
  provider: "offline" | "openai";
  configured: boolean;
  model: string | null;
}

export type Stage = "connecting" | "queued" | "loading" | "acting" | "thinking" | "restarting";

export interface Action {
  id: string;
  name: string;
  state: string;
  summary: string;
}

export interface Done {
  done: true;
  session_id: string;
  turn_id: string;
  message_id: string | null;
  finish_reason: FinishReason;
  provider: string | null;
}

/** Told to every tab of a person. */
export interface Notice {
  turn?: { id: string; thread_id: string; state: "began" | "ended"; finish_reason?: FinishReason };
  thread?: { id: string; state: "renamed" | "deleted" };
  resync?: true;
}

export interface TurnEvent {
  status?: Stage;
  session_id?: string;
  turn_id?: string;
  position?: number;
  action?: Action;
  delta?: string;
  snapshot?: string;
  error?: string;
  code?: string;
  retryable?: boolean;
  retry_after_s?: number;
  done?: true;
  message_id?: string | null;
  finish_reason?: FinishReason;
  provider?: string | null;
}
