import admin from "./fr-admin.js";
import answers from "./fr-answers.js";
import attachments from "./fr-attachments.js";
import costs from "./fr-costs.js";
import jobs from "./fr-jobs.js";
import people from "./fr-people.js";
import records from "./fr-records.js";
import runs from "./fr-runs.js";
import schedules from "./fr-schedules.js";
import settings from "./fr-settings.js";
import threads from "./fr-threads.js";
import voice from "./fr-voice.js";
import webhooks from "./fr-webhooks.js";
import whatsapp from "./fr-whatsapp.js";

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
