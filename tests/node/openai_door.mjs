// The official JavaScript client against a running Léa: BASE_URL and API_KEY say where and who. Prints what it got.
import OpenAI from "openai";

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.API_KEY, maxRetries: 0 });
const messages = [{ role: "user", content: "Que penses-tu de la philosophie de Kant ?" }];
const weather = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
const told = { models: [], text: "", tools: {}, errors: {} };

for await (const model of client.models.list()) told.models.push(model.id);

const stream = await client.chat.completions.create({
  model: "lea",
  messages,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of stream) {
  told.text += chunk.choices[0]?.delta.content ?? "";
  told.usage = chunk.usage?.total_tokens;
}

const whole = await client.chat.completions.create({ model: "lea", messages, user: "node" });
told.whole = [whole.choices[0].message.content, whole.choices[0].finish_reason, whole.lea.thread_id.slice(0, 3)];

const runner = client.chat.completions.stream({ model: "lea", messages, tools: [weather] });
const answer = await runner.finalChatCompletion();
told.tools = [answer.choices[0].finish_reason, answer.choices[0].message.tool_calls[0].function.arguments];

for (const [name, more] of Object.entries({ model: { model: "gpt-5" }, n: { n: 2 }, failing: {}, streaming: { stream: true } })) {
  try {
    const failed = await client.chat.completions.create({ model: "lea", messages, ...more });
    if (more.stream) for await (const _ of failed);
  } catch (error) {
    told.errors[name] = [error.constructor.name, error.status ?? null, error.code];
  }
}

console.log(JSON.stringify(told));
