import admin from "./en-admin.js";
import answers from "./en-answers.js";
import attachments from "./en-attachments.js";
import costs from "./en-costs.js";
import jobs from "./en-jobs.js";
import people from "./en-people.js";
import records from "./en-records.js";
import runs from "./en-runs.js";
import schedules from "./en-schedules.js";
import settings from "./en-settings.js";
import threads from "./en-threads.js";
import voice from "./en-voice.js";
import webhooks from "./en-webhooks.js";
import whatsapp from "./en-whatsapp.js";

/** @type {Record<keyof typeof import("./fr-rest.js").default, string>} */
export default {
  ...admin,
  ...answers,
  ...attachments,
  ...costs,
  ...jobs,
  ...people,
  ...records,
  ...runs,
  ...schedules,
  ...settings,
  ...threads,
  ...voice,
  ...webhooks,
  ...whatsapp,
};
