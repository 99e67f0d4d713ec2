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
  breaker?: { name: string; state: BreakerState; since: string };
  resync?: true;
}

export type BreakerState = "closed" | "half_open" | "open";

export interface Breaker {
  name: string;
  state: BreakerState;
  since: string;
  calls: number;
  failures: number;
  slow: number;
  failure_rate: number;
  last_error: string | null;
  next_probe_s: number | null;
}

export type HealthStatus = "ok" | "degraded" | "down";

export interface Health {
  status: HealthStatus;
  version: string;
  uptime_s: number;
  storage_backend: string;
  dependencies: Record<string, { status: HealthStatus; latency_ms: number; detail: string }>;
}

export interface SessionSums {
  threads_live: number;
  threads_quiet: number;
  live_turns: number;
  memory_bytes: number;
  cpu_s: number;
}

export interface Session extends SessionSums {
  user_id: string;
  name: string | null;
  email: string | null;
  age_s: number;
  idle_s: number;
}

export interface SessionPage {
  sessions: Session[];
  totals: SessionSums & { sessions: number };
  next_cursor: string | null;
}

export interface Span {
  name: string;
  start_ms: number;
  end_ms: number | null;
  kind: "wait" | "load" | "model" | "store";
}

/** Where the time of a turn went. */
export interface TurnView {
  turn_id: string;
  thread_id: string;
  user_id: string;
  state: string;
  live: boolean;
  provider: string | null;
  model: string | null;
  usage: { prompt_tokens: number; completion_tokens: number; cached_tokens: number; estimated: boolean } | null;
  cost: { usd: number; estimated: boolean } | null;
  finish_reason: FinishReason | null;
  error: MessageError | null;
  started_at: string;
  ended_at: string | null;
  duration_ms: number | null;
  spans: Span[];
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
