/** What shows questions and answers, with the libraries that takes: one may begin to write before it has come. */
export { Answer } from "./answer.js";
export { Question } from "./question.js";
