import { effect, untracked } from "@preact/signals";
import { breakerChanged, webhookNews } from "./admin.js";
import { Refused, SignedOut } from "./api.js";
import { backoff } from "./backoff.js";
import { hearConfirm, loadConfirmations } from "./confirmations.js";
import { readShownItems } from "./catalog.js";
import { changed, conversationOf, deletedElsewhere, restoredElsewhere } from "./conversations.js";
import { costsChanged, quota as quotaTold } from "./costs.js";
import { rated as showRated } from "./feedback.js";
import { jobChanged, readShownJobs } from "./jobs.js";
import { kpisChanged, readFigures } from "./kpis.js";
import { receipts } from "./receipts.js";
import { hearRun, readShownRuns } from "./runs.js";
import { readStream } from "./sse.js";
import { current, me, scheduleNews, threads, threadsState } from "./store.js";
import { beganElsewhere, ended, findThread, loadThreads, removed } from "./threads.js";
import { readShown, transactionChanged } from "./transactions.js";
import { readShownTalks, whatsappChanged } from "./whatsapp.js";

/** @import { Notice } from "./wire" */

/** @type {AbortController | null} */
let open = null;
/** @type {string | null} */
let cursor = null;
let listened = false;

/**
 * What happens outside the conversation that is shown: one stream as long as the tab can be seen and someone is
 * signed in.
 */
export function followEvents() {
  effect(() => {
    if (me.value) return untracked(begin);
    cursor = null;
    listened = false;
    leave();
  });
  document.addEventListener("visibilitychange", () => (document.hidden ? leave() : begin()));
}

function begin() {
  // What a tab that was opened hidden shows gets old, as if it had listened once.
  if (document.hidden) listened = true;
  if (open || document.hidden || !me.peek()) return;
  open = new AbortController();
  void follow(open.signal);
}

function leave() {
  open?.abort();
  open = null;
}

/** @param {AbortSignal} cut */
async function follow(cut) {
  for (let attempt = 0; !cut.aborted; attempt++) {
    try {
      await readStream({
        path: "/v1/lea/events",
        after: cursor,
        signal: cut,
        onOpen: () => {
          attempt = 0;
          if (!listened) void compareShown(readLists());
          // Without a cursor only what comes is told, so what was read before may be old.
          else if (cursor === null) resync();
          listened = true;
        },
        onEvent: hear,
      });
    } catch (error) {
      if (cut.aborted || error instanceof SignedOut) return;
      if (threadsState.value === "loading") void loadThreads();
      if (error instanceof Refused && error.status === 404) return;
    }
    if (!cut.aborted) await backoff(attempt, cut);
  }
}

/**
 * @param {Notice} notice
 * @param {string} [id]
 */
function hear({ turn, thread, resync: missed, ...records }, id) {
  if (id) cursor = id;
  if (missed) resync();
  if (turn?.state === "began") {
    if (!beganElsewhere(turn.thread_id)) void findThread(turn.thread_id);
    conversationOf(turn.thread_id)?.elsewhere.began(turn.id);
  }
  if (turn?.state === "ended") {
    ended(turn.thread_id);
    void loadThreads();
    conversationOf(turn.thread_id)?.elsewhere.ended(turn.id);
  }
  if (thread?.state === "renamed" || thread?.state === "changed") void loadThreads();
  if (thread?.state === "branched") conversationOf(thread.id)?.elsewhere.changed();
  if (thread?.state === "deleted") {
    removed(thread.id);
    deletedElsewhere(thread.id);
  }
  if (thread?.state === "restored") {
    void loadThreads();
    restoredElsewhere(thread.id);
  }
  hearRecords(records);
}

/** @param {Notice} notice what is not about a conversation alone */
function hearRecords({ rated, breaker, webhook, confirm, action, transaction, run, quota, costs, kpis, job, schedule, whatsapp }) {
  if (rated) hearRated(rated);
  if (breaker) breakerChanged();
  if (webhook) webhookNews.value++;
  if (confirm) hearConfirm(confirm);
  if (action) receipts.hear(action);
  if (transaction) transactionChanged(transaction);
  if (run) hearRun(run);
  if (quota) quotaTold.value = quota;
  if (quota || costs) costsChanged();
  if (kpis) kpisChanged();
  if (job) jobChanged();
  if (schedule) scheduleNews.value++;
  if (whatsapp) whatsappChanged();
}

/** @param {NonNullable<Notice["rated"]>} rated */
function hearRated({ thread_id, message_id, feedback }) {
  const conversation = conversationOf(thread_id);
  if (conversation) showRated(conversation, message_id, feedback);
}

function readLists() {
  void loadConfirmations();
  readShownRuns();
  return loadThreads();
}

/**
 * Of what happened between the reading of the conversation and the opening of the stream, only the list tells.
 * @param {Promise<void>} listed
 */
async function compareShown(listed) {
  await listed;
  const conversation = current.value;
  await conversation?.compare(threads.value.find(({ id }) => id === conversation.id));
}

function resync() {
  void readLists();
  changed();
  readShown();
  readShownItems();
  readFigures();
  readShownJobs();
  scheduleNews.value++;
  readShownTalks();
}
