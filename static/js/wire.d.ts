// What the server says, as in the contract; types only, never loaded by the browser.

export interface Problem {
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  request_id?: string;
  /** Which fields are wrong; `message` is a code. */
  errors?: { path: string; message: string }[];
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
  /** What the conversation is about. */
  transaction?: { id: string; reference: string } | null;
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
  actions?: Action[];
  confirmations?: Confirm[];
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
  state: ActionState;
  summary: string;
  record?: { kind: string; id: string; reference: string };
  changes?: Change[];
  undoable?: true;
}

export type ActionState = "running" | "succeeded" | "failed" | "unknown" | "undone";

/** A value before and after, for people to read; `before` is null for what is new. */
export interface Change {
  name: string;
  label: string;
  before: string | null;
  after: string;
}

/** Léa asks before she writes. */
export interface Confirm {
  id: string;
  name: string;
  arguments: Record<string, unknown>;
  summary: string;
  expires_at: string;
  facts: Change[];
  state: ConfirmState;
  /** Where it was asked, told to those who do not know. */
  thread_id?: string;
}

export type ConfirmState = "asked" | "approved" | "rejected" | "expired";

/** A JSON schema, as far as fields are made of it. */
export interface Schema {
  type?: string;
  title?: string;
  enum?: string[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
}

/** Something Léa can do. */
export interface Ability {
  name: string;
  title: string;
  changes: string | null;
  arguments: Schema;
}

export interface Decision {
  id: string;
  state: ConfirmState;
  thread_id: string;
  turn_id: string;
  action: Action | null;
}

export interface Done {
  done: true;
  session_id: string;
  turn_id: string;
  message_id: string | null;
  finish_reason: FinishReason;
  provider: string | null;
  /** Another than the configured model answered. */
  degraded?: true;
}

/** Told to every tab of a person. */
export interface Notice {
  turn?: { id: string; thread_id: string; state: "began" | "ended"; finish_reason?: FinishReason };
  thread?: { id: string; state: "renamed" | "deleted" };
  breaker?: { name: string; state: BreakerState; since: string };
  confirm?: Confirm;
  action?: Action;
  transaction?: { id: string; reference: string; state: "created" | "changed" | "removed" };
  quota?: Quota;
  costs?: { changed: true };
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

export interface Spread {
  p50: number;
  p95: number;
  p99: number;
  max: number;
}

export interface LockLevel {
  count: number;
  wait_ms: Spread;
  held_ms: Spread;
}

export interface LockHolder {
  user_id: string;
  thread_id: string;
  turn_id: string | null;
  held_s: number;
  waiting: number;
}

export interface Locks {
  levels: Record<string, LockLevel>;
  held: number;
  waiting: number;
  holders: LockHolder[];
}

/** Milliseconds since the turn began; below 0 what came before it. */
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

export type Kind = "sale" | "purchase" | "rental";
export type DealStage = "prospect" | "mandate" | "offer" | "preliminary_agreement" | "deed" | "closed";
export type Role = "buyer" | "seller" | "agent" | "tenant" | "landlord";
export type Template = "mandate" | "offer" | "visit_sheet";

export interface Party {
  id: string;
  role: Role;
  name: string;
  email: string | null;
  phone: string | null;
}

export interface Transaction {
  id: string;
  reference: string;
  kind: Kind;
  stage: DealStage;
  address: string;
  /** Two decimals. */
  price: string | null;
  currency: string | null;
  mandate_on: string | null;
  offer_on: string | null;
  agreement_on: string | null;
  deed_on: string | null;
  coordinates: { latitude: number; longitude: number } | null;
  version: number;
  created_at: string;
  updated_at: string;
  parties: Party[];
}

export interface Note {
  id: string;
  text: string;
  author: string;
  created_at: string;
}

/** A form that was made; `missing` names the roles and fields it has blanks for. */
export interface MadeForm {
  id: string;
  template: Template;
  language: string;
  missing: string[];
  created_at: string;
}

export interface WholeTransaction extends Transaction {
  notes: Note[];
  forms: MadeForm[];
  receipts?: Receipt[];
}

/** An action in the history of a record. */
export interface Receipt extends Action {
  at?: string;
  by?: string | { name?: string | null } | null;
}

export interface TransactionPage {
  transactions: Transaction[];
  total: number;
  next_cursor: string | null;
}

export interface Quota {
  state: "ok" | "soft" | "hard";
  remaining_usd: number | null;
  of: "user" | "company";
}

export interface Spent {
  usd: number;
  prompt_tokens: number;
  completion_tokens: number;
  calls: number;
}

/** Of the company's a member is told no more than what is left. */
export interface Budget {
  spent_usd: number | null;
  soft_usd: number | null;
  hard_usd: number | null;
  remaining_usd: number | null;
}

/** Money by day, person, model and purpose. */
export interface Costs {
  days: number;
  total: Spent & { cached_tokens: number; unpriced_calls: number };
  by_day: (Spent & { day: string })[];
  by_user: (Spent & { user_id: string; name: string | null })[];
  by_model: (Spent & { provider: string; model: string | null })[];
  by_purpose: (Spent & { purpose: string })[];
  budget: { month: string; company: Budget; user: Budget };
}

export interface UserBudget {
  user_id: string;
  name: string | null;
  email: string;
  soft_usd: number | null;
  hard_usd: number | null;
  spent_usd: number;
}

export interface Budgets {
  company: { soft_usd: number | null; hard_usd: number | null };
  users: UserBudget[];
}

export interface TurnEvent {
  status?: Stage;
  session_id?: string;
  turn_id?: string;
  position?: number;
  action?: Action;
  confirm?: Confirm;
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
  degraded?: true;
}
