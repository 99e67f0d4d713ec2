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
  /** For administrators whose company has it. */
  whatsapp: boolean;
}

export interface Thread {
  id: string;
  title: string;
  created_at: string;
  updated_at: string;
  live_turn_id: string | null;
  pinned: boolean;
  archived: boolean;
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
  /** Its versions in order, itself among them; none where it is the only one. */
  siblings: string[];
  turn_id: string | null;
  role: "user" | "assistant";
  content: string;
  created_at: string;
  finish_reason: FinishReason | null;
  provider: string | null;
  error: MessageError | null;
  actions?: Action[];
  confirmations?: Confirm[];
  citations?: Citation[];
  feedback?: Feedback | null;
  attachments?: Attachment[];
}

/** A file one asks about; `characters` and `lines` are of its text, `cut` if the file says more. */
export interface Attachment {
  id: string;
  name: string;
  media: string;
  bytes: number;
  characters: number;
  lines: number;
  cut: boolean;
  /** Of a file that was just brought in. */
  created_at?: string;
}

export interface KeptAttachment extends Attachment {
  excerpt: string;
  created_at: string;
}

/** A record an answer names. */
export interface Citation {
  kind: "transaction" | "article";
  id: string;
  reference: string;
  label: string;
}

/** What somebody said of an answer; only a `down` has a reason. */
export interface Feedback {
  rating: "up" | "down";
  reason: "wrong" | "incomplete" | "not_done" | "unclear" | "other" | null;
  comment: string | null;
  created_at: string;
  updated_at: string;
}

/** As administrators read it. */
export interface FeedbackEntry extends Feedback {
  message_id: string;
  turn_id: string;
  provider: string | null;
  user_id: string;
  name: string;
  email: string;
}

export interface FeedbackPage {
  feedback: FeedbackEntry[];
  next_cursor: string | null;
}

export type FinishReason = "stop" | "length" | "action" | "stopped" | "error" | "interrupted";

export interface ThreadDetail extends Thread {
  messages: Message[];
}

export interface LlmStatus {
  provider: "offline" | "openai";
  configured: boolean;
  model: string | null;
  /** null: nobody listens. */
  voice: { max_seconds: number; max_bytes: number } | null;
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
  citations?: Citation[];
}

/** Told to every tab of a person. */
export interface Notice {
  turn?: { id: string; thread_id: string; state: "began" | "ended"; finish_reason?: FinishReason };
  rated?: { thread_id: string; message_id: string; feedback: Feedback | null };
  thread?: { id: string; state: "renamed" | "changed" | "deleted" | "restored" | "branched" };
  breaker?: { name: string; state: BreakerState; since: string };
  confirm?: Confirm;
  action?: Action;
  transaction?: { id: string; reference: string; state: "created" | "changed" | "removed" };
  run?: RunNotice;
  quota?: Quota;
  costs?: { changed: true };
  kpis?: { changed: true };
  job?: { id: string; department: string; state: string };
  schedule?: { id: string; state: string; result: string | null };
  webhook?: { id: string; state: "disabled"; reason: "gone" | "failing" };
  whatsapp?: { changed: true };
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

/** A department's job; `version` and `details` are null where it is another system's, which alone changes it. */
export interface DepartmentJob {
  id: string;
  department: string;
  state: string;
  title: string;
  source: string;
  amount_cents: number | null;
  currency: string | null;
  due_at: string | null;
  details: Record<string, unknown> | null;
  created_at: string;
  updated_at: string;
  version: number | null;
}

export interface DepartmentJobPage {
  jobs: DepartmentJob[];
  total: number;
  next_cursor: string | null;
}

export interface JobsSource {
  name: string;
  status: "ok" | "stale" | "down";
  as_of: string | null;
  error: string | null;
}

export interface JobsMetrics {
  departments: Record<string, Record<string, number>>;
  total: number;
  sources: JobsSource[];
}

/** What a company's work comes to. */
export interface Kpis {
  days: number;
  turns: {
    total: number;
    completed: number;
    failed: number;
    stopped: number;
    interrupted: number;
    by_day: { day: string; turns: number; failed: number }[];
  };
  first_token_ms: { p50: number; p95: number } | null;
  actions: { done: number; undone: number; failed: number };
  runs: { total: number; completed: number; failed: number; cancelled: number; items: number };
  transactions: { open: number; by_stage: Record<string, number>; created: number };
  jobs: { open: number; departments: Record<string, Record<string, number>> };
  catalog: { items: number; enriched: number };
  cost_usd: number;
  cost_of: "company" | "user";
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

export type RunState = "planning" | "running" | "completed" | "failed" | "cancelled";
export type JobState = "waiting" | "running" | "completed" | "failed" | "cancelled";

/** How far a run is, told to every tab of the company. */
export interface RunNotice {
  id: string;
  pipeline: string;
  state: RunState;
  jobs_total: number;
  jobs_completed: number;
  jobs_failed: number;
}

export interface Run extends RunNotice {
  /** Why there was no plan. */
  error: string | null;
  arguments: Record<string, unknown>;
  user_id: string;
  user_name: string | null;
  /** In order; those of a pipeline that is not installed any more are not known. */
  steps: string[];
  jobs_cancelled: number;
  cost_usd: number;
  cancelling: boolean;
  started_at: string;
  ended_at: string | null;
  updated_at: string;
}

/** What is asked at set times. */
export interface Schedule {
  id: string;
  text: string;
  every: "day" | "weekdays" | "week" | "month" | "once";
  time: string;
  time_zone: string;
  days: string[];
  day_of_month: number | null;
  date: string | null;
  /** The rule in words. */
  when: string;
  next: string[];
  language: string;
  thread_id: string;
  state: "active" | "paused" | "ended";
  last: {
    due_at: string;
    ended_at: string | null;
    result: "running" | "answered" | "stopped" | "failed" | "missed" | "disabled";
    error: string | null;
    detail: string;
    late_s: number;
    run_id: string | null;
    turn_id: string | null;
  } | null;
  created_at: string;
  updated_at: string;
}

export interface ScheduleList {
  schedules: Schedule[];
  time_zone: string;
  most: number;
}

/** Messages to begin a conversation with. */
export interface Suggestions {
  suggestions: { text: string }[];
}

export interface RunPage {
  runs: Run[];
  next_cursor: string | null;
}

/** One piece of a run's work; `error` is a code. */
export interface Job {
  id: string;
  key: string;
  title: string;
  step: string;
  state: JobState;
  attempts: number;
  summary: string;
  error: string | null;
  cost_usd: number;
  started_at: string | null;
  ended_at: string | null;
}

/** A product of the preview as it will be saved, or why it will not be. */
export interface Sampled {
  line: number | null;
  reference?: string;
  name?: string;
  price?: string | null;
  currency?: string | null;
  category?: string | null;
  dimensions?: string | null;
  code?: string;
  message?: string;
  detail?: string;
}

export interface ImportSummary {
  import_id: string;
  name: string;
  bytes: number;
  created_at: string;
}

/** A file that was kept, and what would be made of it; `mapping` is from field to column. */
export interface Import extends ImportSummary {
  columns: string[];
  mapping: Record<string, string>;
  confidence: number;
  left: string[];
  rows_seen: number;
  sample: Sampled[];
}

export interface User {
  id: string;
  email: string;
  name: string;
  role: "member" | "admin";
  language: "fr" | "en";
  created_at: string;
  disabled_at: string | null;
  /** Has not chosen a password yet. */
  invited: boolean;
  last_seen: string | null;
  keys: number;
}

export interface UserPage {
  users: User[];
  next_cursor: string | null;
}

export interface ApiKey {
  id: string;
  /** How the key itself begins. */
  begins: string;
  user_id: string;
  name: string;
  email: string;
  label: string;
  created_at: string;
  revoked_at: string | null;
}

export interface ApiKeyPage {
  keys: ApiKey[];
  next_cursor: string | null;
}

export type WebhookEvent = "turn.done" | "run.done" | "transaction.changed";

export interface Webhook {
  id: string;
  url: string;
  description: string;
  events: WebhookEvent[];
  enabled: boolean;
  /** Null where a person switched it off. */
  disabled_why: "gone" | "failing" | null;
  failing_since: string | null;
  old_secret_until: string | null;
  created_at: string;
  updated_at: string;
}

export interface WebhookAttempt {
  at: string;
  ms: number;
  status: number | null;
  /** Why there was no answer. */
  reason: "timeout" | "unreachable" | "dns" | "tls" | "address" | "broken" | null;
  answer: string;
}

export interface WebhookDelivery {
  id: string;
  event_id: string;
  type: WebhookEvent | "ping";
  state: "waiting" | "delivered" | "failed";
  payload: Record<string, unknown>;
  attempts: number;
  tried: WebhookAttempt[];
  due_at: string | null;
  created_at: string;
  ended_at: string | null;
}

export interface WebhookDeliveryPage {
  deliveries: WebhookDelivery[];
  next_cursor: string | null;
}

export interface DrillScenario {
  name: string;
  result: "passed" | "failed" | "skipped" | "not_run";
  why: string | null;
  first_byte_s: number | null;
  first_token_s: number | null;
  total_s: number | null;
  lost: number;
  ended: string[];
  told: string[];
  said: string | null;
  failures: string[];
}

export interface DrillReport {
  id: string;
  by: string;
  began_at: string;
  seconds: number;
  ok: boolean;
  passed: number;
  failed: number;
  skipped: number;
  scenarios: DrillScenario[];
}

export interface Item {
  id: string;
  reference: string;
  name: string;
  price: string | null;
  currency: string | null;
  dimensions: string | null;
  material: string | null;
  colour: string | null;
  category: string | null;
  supplier_text: string | null;
  description: string | null;
  attributes: { name: string; value: string }[] | null;
  confidence: number | null;
  /** "rules", or provider and model. */
  enriched_by: string | null;
  line: number | null;
  version: number;
  updated_at: string;
}

export interface ItemPage {
  items: Item[];
  total: number;
  next_cursor: string | null;
}

export interface Reject {
  line: number | null;
  code: string;
  message: string;
  detail: string;
  raw: Record<string, string> | null;
}

export interface RejectPage {
  rejects: Reject[];
  next_cursor: string | null;
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
  citations?: Citation[];
  degraded?: true;
}

/** `window_until` is until when the person may be written to; `held_by` who answers instead of Léa. */
export interface WhatsAppNumber {
  number: string;
  user_id: string | null;
  name: string;
  linked_at: string | null;
  wrote_at: string | null;
  window_until: string | null;
  held_at: string | null;
  held_by: string | null;
}

export interface WhatsAppConversation extends WhatsAppNumber {
  at: string;
  /** How many messages wait for a person. */
  waiting: number;
  last: Pick<WhatsAppMessage, "direction" | "kind" | "text" | "file" | "state"> | null;
}

export interface WhatsAppConversationPage {
  conversations: WhatsAppConversation[];
  next_cursor: string | null;
}

/** `log` is what `by` did with the conversation; of what goes out `by` is who wrote it, null for Léa. */
export interface WhatsAppMessage {
  id: string;
  direction: "in" | "out" | "log";
  number: string;
  kind: string;
  text: string;
  file: string | null;
  state: string;
  error: string | null;
  attempts: number;
  said_at: string | null;
  created_at: string;
  turn_id: string | null;
  by: string | null;
}

export interface WhatsAppMessagePage {
  messages: WhatsAppMessage[];
  next_cursor: string | null;
}

export interface WhatsAppProfile {
  about: string;
  description: string;
}
