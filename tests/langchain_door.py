"""LangChain's ChatOpenAI against a running Léa: BASE_URL and API_KEY say where and who. Prints what it got."""

import json
import os
import sys

from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

TALK = [SystemMessage("Sois brève."), HumanMessage("Que penses-tu de la philosophie de Kant ?")]


@tool
def weather(city: str) -> str:
    """The weather in a city."""
    return f"Il pleut à {city}."


def main() -> None:
    lea = ChatOpenAI(
        model="lea",
        base_url=os.environ["BASE_URL"],
        api_key=os.environ["API_KEY"],
        max_retries=0,
        stream_usage=True,
        use_responses_api=False,
    )
    whole = lea.invoke(TALK)
    chunks = list(lea.stream(TALK))
    streamed = chunks[0]
    for chunk in chunks[1:]:
        streamed += chunk
    able = lea.bind_tools([weather])
    wanted = able.invoke(TALK)
    results = [ToolMessage(weather.invoke(call["args"]), tool_call_id=call["id"]) for call in wanted.tool_calls]
    told = {
        "whole": [whole.content, whole.response_metadata["finish_reason"], whole.usage_metadata["total_tokens"]],
        "streamed": [streamed.content, streamed.usage_metadata["total_tokens"]],
        "wanted": [[call["name"], call["args"]] for call in wanted.tool_calls],
        "answer": able.invoke([*TALK, wanted, *results]).content,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
