"""English as requests are made in it: classes of expressions, for the templates.

See `grammar.py` for the notation.
"""

from collections.abc import Mapping
from typing import Final

CLASSES: Final[Mapping[str, str]] = {
    "GREETING": (
        "hello|hi|hey|hi there|hello there|hey there|good morning|good afternoon|good evening|lea|ok|okay|thanks|"
        "please|right|so|morning"
    ),
    "MANNERS": (
        "please|thanks|thank you|thanks a lot|many thanks|thank you very much|cheers|thanks lea|thanks in advance|thx|"
        "have a nice day|for me|pls|if you would"
    ),
    "ASKING": (
        "can you|could you|would you|will you|can you please|could you please|would you please|will you please|"
        "would you mind|can you kindly|could you kindly|do you mind|would you be able to|would you be so kind as to|"
        "can i ask you to|could i ask you to|might you"
    ),
    "WISHING": (
        "please|kindly|i'd like you to|i would like you to|i need you to|i want you to|i'd like to|i would like to|"
        "i want to|go ahead and|just|please can you|please could you|pls|please just|"
        "i'll need you to"
    ),
    "ME": "me|us",
    "A": "a|an|the|this|another",
    "UN": "a|an|another",
    "THE": "the|a|an|its|this",
    "NEW": "new|brand new|following",
    "NOUN": "transaction|file|deal|case|record|transaction file",
    "CREATE": (
        "create|creating|add|adding|set up|setting up|register|registering|enter|entering|start|starting|record|"
        "recording"
    ),
    "NEED": "i need|we need|i'd like|i want|i would like",
    "OPEN": "open|opening|open up|opening up",
    "WEHAVE": "we have|i have|we've got|i've got|there's|there is",
    "ENTER": "to enter|to create|to set up|to register|to open|coming in|to add",
    "OF": "of|for|on|in|at|of the|for the|on the",
    "FOR": "of|for|on|for the|of the|on the",
    "ON": "to|on|for|in|onto|about|under|into",
    "CHANGE": (
        "mark|marking|convert|converting|change|changing|set|setting|update|updating|correct|correcting|modify|"
        "modifying|edit|editing|fix|fixing|amend|amending|make|making|put|putting|move|moving|lower|lowering|raise|"
        "raising|drop|dropping|reduce|reducing|increase|increasing|adjust|adjusting|bring|bringing|switch|switching|"
        "turn|turning|record|recording|enter|entering|revise|revising|cut|cutting"
    ),
    "BECOMES": (
        "to|to the|is|is now|should be|it should be|should read|becomes|goes to|as|at|changes to|must be|down to|"
        "drops to|rises to|goes up to|goes down to|on|is on|needs to be|to be|has to be|is actually|moves to|it's|"
        "it is|now|it's now"
    ),
    "WITH": "with|to have",
    "REPLACE": "replace|replacing",
    "BY": "with|by",
    "AS": "as|as the|as a|as an|as its",
    "INTO": "to|into|to a|into a|as a|as|is a|is actually a|becomes a|a|it's a|is now a",
    "MOVE": (
        "move|moving|set|setting|put|putting|advance|advancing|push|pushing|bring|bringing|switch|switching|take|"
        "taking|change|changing|update|updating|shift|shifting|progress|progressing|transition|mark|marking|send|"
        "sending|move on|revert|return|place|placing"
    ),
    "TO": (
        "to|to the|into|into the|to stage|to the stage|as|at|to the stage of|in|in the|at the|under|on|back to|"
        "forward to|on to|onto|up to|back to the|on to the|over to|back in|back into|to status|along to"
    ),
    "STAGE": "stage|step|phase|status",
    "CLOSE": "close|closing|close out|close off|closing out|close down|mark as closed",
    "STEP": "stage|step|status|phase",
    "ADD": (
        "add|adding|put|putting|register|registering|record|recording|enter|entering|attach|attaching|include|"
        "including|list|listing|set|link|put down|note|put in"
    ),
    "NOTE": "note|a note|the note|this note|a comment|the following note|this comment|a quick note|a new note",
    "WRITE": (
        "add|adding|put|putting|write|writing|make|making|leave|leaving|record|recording|create|creating|save|saving|"
        "attach|attaching|enter|entering|log|logging|take|taking|jot down|write down|put down|drop|post"
    ),
    "JOT": "write|note|noting|note down|write down|jot down|make a note|record|take note",
    "SAYING": "that|saying|saying that|to say|to say that|which says|reading|stating that|stating|that says",
    "MAKE": (
        "make|making|prepare|preparing|generate|generating|create|creating|produce|producing|print|printing|draw up|"
        "drawing up|draft|drafting|i need|we need|give|giving|i'd like|fill in|filling in|fill out|get|write up|"
        "can i have|could i have|may i have|export|download|do|pull|i want|issue|build|send"
    ),
    "SHOW": (
        "show|showing|display|displaying|see|view|viewing|open|opening|open up|where are we on|where are we with|"
        "where do we stand on|where do we stand with|what's the status of|what is the status of|what's the state of|"
        "what stage is|what's up with|pull up|bring up|let me see|give|look up|status of|where is|where's|"
        "i'd like to see|i want to see|can i see|could i see|may i see|how is|how's|what about|go to|check|"
        "let me look at|look at|take me to|get|what is|what's|how are we doing on|what stage are we at on|"
        "tell me about|how far along is|what's happening with|what is happening with|any news on|update me on|"
        "what's new on|where are we at with|where are we at on|i need to see"
    ),
    "DOING": "doing|going|at|coming along",
    "ABOUT": (
        "details of|details on|details for|details|the details of|the details on|the details for|the status of|"
        "the state of|the summary of|the record for|info on|information on|status of|the info on|a summary of|"
        "summary of|everything on|everything about|all about|the details about|more on|status|the record of|"
        "the latest on"
    ),
    "FIND": (
        "find|finding|search|searching|search for|searching for|look for|looking for|look up|i'm looking for|locate|"
        "filter|i am looking for|hunt for|search through"
    ),
    "LIST": (
        "list|listing|show|showing|display|which|which are|what|what are|see|view|give|let me see|which of|pull up|get|"
        "do we have|have we got|do i have|what do we have for|bring up"
    ),
    "FILES": "files|transactions|file|transaction|deals|cases|deal",
    "SOME": "the|all the|all|my|our|a|any|any of the|of the|all of the|all our|all my|every",
    "ABOUTWHOM": (
        "for|of|about|with|in|on|at|by|involving|belonging to|concerning|from|matching|related to|named|for the|"
        "that mention|mentioning|where the seller is|where the buyer is|linked to"
    ),
    "INSTAGE": (
        "at|in|at the|in the|under|that are at|that are in|which are at|which are in|are at|are in|are at the|"
        "are in the|are|that are|at stage|in stage|which are|at the stage|is at|are under|with stage|are currently at|"
        "are currently in|that are at the|that are in the|to|with status|on"
    ),
    "UNDO": "undo|undoing|revert|reverting|cancel|reverse|reversing|take back|roll back|cancelling",
    "LASTACT": (
        "the last change|the last action|my last change|my last action|that|it|the last one|your last change|"
        "your last action|last change|last action|the previous change|the previous action|the last thing|the last edit|"
        "the last modification|the last thing you did|what you just did|what i just did|the last operation|that change|"
        "the latest change|that last change|the most recent change|this change|my previous action|that last action|"
        "the last update|that last one|the change you just made|the last step"
    ),
    "UNDOALONE": "undo|undo please|revert|ctrl z|roll back",
    "LATEST": (
        "my latest transaction|my last transaction|my latest file|my last file|my most recent transaction|"
        "my most recent file|the latest transaction|the last transaction|the latest file|the last file|"
        "the most recent transaction|the most recent file|our latest transaction|our latest file|latest transaction|"
        "last transaction|latest file|last file|our last transaction|our last file|our most recent transaction|"
        "my newest transaction|my newest file|the newest file|the newest transaction|my latest deal|my last deal|"
        "our most recent file|most recent transaction|most recent file"
    ),
    "WHICH": (
        "what is|what's|show|display|open|see|which is|which was|what was|view|give|find|where is|let me see|pull up|"
        "bring up|where are we on|i'd like to see|get|where are we with|remind me of"
    ),
}
