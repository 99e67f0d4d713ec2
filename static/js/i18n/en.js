import admin from "./en-admin.js";
import answers from "./en-answers.js";
import attachments from "./en-attachments.js";
import costs from "./en-costs.js";
import jobs from "./en-jobs.js";
import people from "./en-people.js";
import records from "./en-records.js";
import runs from "./en-runs.js";
import settings from "./en-settings.js";
import threads from "./en-threads.js";

/** @type {Record<import("../i18n.js").Key, string>} */
export default {
  "page.title": "Léa",
  "page.starting": "Loading…",
  "page.unreachable": "Léa does not answer at the moment. Check that she is started.",
  "page.skip": "Skip to the message",
  "room.failed": "This page could not be loaded. Check the connection.",

  "action.retry": "Retry",
  "action.again": "Regenerate",
  "action.continue": "Continue",
  "action.cancel": "Cancel",
  "action.close": "Close",
  "action.save": "Save",
  "action.copy": "Copy",
  "action.copied": "Copied",
  "action.wait": "One moment…",

  "settings.language": "Language",
  "settings.theme": "Theme",
  "theme.auto": "Auto",
  "theme.light": "Light",
  "theme.dark": "Dark",

  "login.title": "Hello",
  "login.lead": "Sign in to find your conversations again.",
  "login.expired": "Session expired. Please sign in again.",
  "login.email": "E-mail address",
  "login.password": "Password",
  "login.submit": "Sign in",

  "setup.title": "Welcome",
  "setup.lead": "Create the first account. It will be the administrator’s.",
  "setup.where":
    "Léa is waiting for her first account. Open the one-time link shown in the terminal where she was started; it looks like this:",
  "setup.name": "Your name",
  "setup.company": "Your company",
  "setup.password": "At least 10 characters.",
  "setup.sample": "Load the sample company",
  "setup.sample.why": "Made-up files and jobs, to try things at once.",
  "setup.submit": "Create the account",

  "side.label": "Conversations and settings",
  "side.open": "Open the conversations",
  "side.new": "New conversation",
  "side.search": "Search",
  "side.threads": "Conversations",
  "side.empty": "Your conversations will appear here.",
  "side.nothing": "Nothing found.",
  "side.failed": "The list could not be read.",
  "side.older": "Older",
  "side.logout": "Sign out",

  "day.today": "Today",
  "day.yesterday": "Yesterday",
  "day.week": "Last seven days",
  "day.before": "Before",

  "thread.untitled": "New conversation",
  "thread.live": "Léa is answering",
  "thread.menu": "Actions on “{title}”",
  "thread.rename": "Rename",
  "thread.name": "Title",
  "thread.export.md": "Export as Markdown",
  "thread.export.json": "Export as JSON",
  "thread.delete": "Delete",

  "chat.label": "Conversation",
  "chat.you": "You",
  "chat.new": "new",
  "chat.end": "Go to the end",
  "chat.earlier": "Earlier messages",
  "chat.missing": "This conversation does not exist, or no longer.",
  "chat.failed": "The conversation could not be read.",
  "chat.unsent": "Not sent.",
  "chat.again": "Take the text up again",

  "greeting.named": "Hello {name},",
  "greeting.plain": "Hello,",
  "greeting.lead": "What can I do for you?",
  "greeting.suggestions": "Suggestions",
  "suggest.create": "Create a new file",
  "suggest.who": "Who am I?",
  "suggest.files": "My files",
  "suggest.jobs": "How many jobs are pending?",

  "composer.label": "Your message",
  "composer.placeholder": "Write to Léa…",
  "composer.hint": "Enter sends, Shift + Enter begins a new line.",
  "composer.excess": "{n} character too many | {n} characters too many",
  "composer.send": "Send",
  "composer.stop": "Stop the answer",

  "llm.none": "No model is configured: Léa answers with her built-in engine.",
  "llm.check": "Léa can be wrong: check what matters.",

  "wait.sending": "Sending…",
  "wait.thinking": "Connected, Léa is thinking…",
  "wait.lost": "Connection lost, taking it up again…",
  "wait.restarting": "Léa is restarting, the answer goes on by itself…",
  "stage.connecting": "connecting",
  "stage.queued": "waiting, {n} message before yours | waiting, {n} messages before yours",
  "stage.loading": "reading your files",
  "stage.acting": "acting",
  "stage.thinking": "thinking",

  "answer.stand": "A stand-in answered: the usual model could not.",
  "finish.stopped": "Answer stopped.",
  "finish.length": "Answer cut: it was too long.",
  "finish.interrupted": "Answer interrupted by a restart.",

  "fail.silence": "Timed out. Please retry.",
  "fail.limit": "Too many requests, retry in a moment.",
  "fail.seconds": "({n} s)",
  "fail.generic": "Léa could not answer.",

  "notice.failed": "That did not work. Retry in a moment.",
  "announce.thinking": "Message received, Léa is thinking.",
  "announce.done": "Léa has answered.",

  ...admin,
  ...answers,
  ...attachments,
  ...costs,
  ...jobs,
  ...people,
  ...records,
  ...runs,
  ...settings,
  ...threads,
};
