"""How many tokens a text is worth, where nobody counted them."""

from lea.messages import Message, User

BYTES_A_TOKEN = 4


def estimate(text: str) -> int:
    """About the tokens of `text`: one for every four bytes of UTF-8, begun ones counted.

    The usual rule of thumb is four characters of English a token; counting bytes instead gives accents and other
    scripts, of which fewer characters fit a token, their higher price.
    """
    return -(-len(text.encode("utf-8", "surrogatepass")) // BYTES_A_TOKEN)


def weight(message: Message) -> int:
    """About the tokens of a message, with what is shown of its files."""
    return estimate(message.whole if isinstance(message, User) else message.text)
