"""What the rules understand of English: expressions by what they mean.

Expressions stand without accents and apostrophes, separated by `|`. See `lexicon.py` for what is left out.
"""

from collections.abc import Mapping
from typing import Final

ENGLISH: Final[Mapping[str, str]] = {
    "filler": (
        "lea|please|kindly|can you|could you|would you|will you|can you please|could you please|ok|okay|great|"
        "perfect|cool|very good|the|of|in|at|for|for me|and|or|is|are|there|any|all|all of|all the|stage|stages|"
        "step|right now|now|currently|at the moment|have|has|been|does|that are|that have|so far|would you please|"
        "will you please|to me|still|every|each|as of now|possible to|is it possible to|on|then|so|also|both|"
        "these|those|here|remind me of|i m looking for|i am looking for"
    ),
    "greeting": (
        "hello|hi|hey|hi there|hello there|hey there|good morning|good afternoon|good evening|how are you|"
        "how are you doing|how is it going|how s it going|greetings|hiya|yo|good day|nice to meet you|howdy|"
        "hi again|hello again|how do you do|what s up"
    ),
    "thanks": (
        "thanks|thank you|thanks a lot|thank you very much|thank you so much|many thanks|thx|no thanks|"
        "no thank you|much appreciated|cheers|thanks for your help|thank you for your help|thanks for the help|"
        "thanks so much|thanks very much|thank you kindly|ty|that s helpful thanks|that s very kind"
    ),
    "bye": (
        "bye|bye bye|goodbye|good bye|see you|see you later|see you soon|see you tomorrow|good night|"
        "have a nice day|have a good day|have a nice evening|have a good evening|have a nice weekend|take care|"
        "ciao|cya|farewell|so long|talk to you later|talk later|until next time|have a great day|"
        "have a great weekend|have a good one|have a good weekend|see ya|catch you later|good bye for now|"
        "bye for now"
    ),
    "help": (
        "help|help me|i need help|i need some help|need help|what can you do|what can you do for me|"
        "what do you do|what do you know|what are you able to do|how can you help me|how can you help|"
        "can you help me|could you help me|can you help|how does this work|how does it work|how do you work|"
        "who are you|what are you|what can i ask you|what can i ask|what can i do here|"
        "what questions can i ask you|what are you capable of|what can you help me with|what can you help with|"
        "give me some help|some help|i could use some help|how do i use this|how do i use you|how to use this|"
        "how can i use this|how can i use you|what are your capabilities|what are your features|what do you offer|"
        "what else can you do|show me what you can do|tell me what you can do|introduce yourself|"
        "what questions can you answer|which questions can you answer|what kind of questions can you answer|"
        "what kind of questions can i ask|what should i ask|how do i start|how do i get started|what can lea do|"
        "what do you know how to do|what s your job|what is your purpose|what are you for|instructions|"
        "list your features|show me your features|give me a hand|what can i do with you"
    ),
    "whoami": (
        "who am i|who i am|do you know who i am|tell me who i am|my name|what am i called|my profile|my email|"
        "my e mail|my email address|my e mail address|my role|my account|my company|which company am i in|"
        "what company am i in|which company do i work for|what company do i work for|my details|"
        "what user am i logged in as|who am i logged in as|which user am i|which account am i using|"
        "which account am i logged in with|what account am i logged in with|what account is this|my identity|"
        "my user|my username|my user name|my information|my personal details|where do i work|"
        "the name of my company|who do you think i am|my company s name|my user profile|my account details|"
        "what do you know about me|what company do i belong to|which company do i belong to"
    ),
    "show": (
        "show|show me|see|list|list me|display|give me|tell me|view|a list of|the list of|give me a list of|"
        "i would like to see|i d like to see|i want to see|i would like to know|i d like to know|i want to know|"
        "let me see|can i see|may i see|could i see|help me see|open my|open the|open our|open file|"
        "open transaction|are there|is there|find|find me|look at|have a look at|take a look at|look up|check|"
        "get me|bring up|pull up|open up|fetch|give me an overview of|an overview of|overview of|i wish to see|"
        "would like to see|want to see|to see|i need to see|i need to know|to look at|to view|to check|the list|"
        "list of|do you see|browse|read me|go through|what s the list of|let me look at|let me know|what are all|"
        "i have a look at|could i have a look at|can i have a look at|may i have a look at"
    ),
    "det": (
        "my|our|do i have|do we have|do you have|we have|i have|we ve got|have we got|have i had|i ve had|i had|"
        "i ve got|have i got|have i|have we|are we handling|are we working on|am i working on|we are working on|"
        "i am working on|i m working on|i want my|i want the|i want our|i need my|i need the|i need our|"
        "i would like my|i would like the|i d like my|i d like the"
    ),
    "what": "what|what is|what are|what s|what has",
    "which": "which|which of",
    "howmany": (
        "how many|the number of|number of|in total|count|counts|the count of|a count of|what s the number of|"
        "the total number of|total number of|altogether|how many of"
    ),
    "latest": "latest|last|recent|newest|most recent|the latest|the last|the most recent|the newest",
    "by": (
        "by|per|statistics|stats|breakdown|a breakdown|a breakdown of|the breakdown of|grouped by|split by|"
        "figures|counters|metrics|dashboard|sorted by"
    ),
    "team": "department|departments|team|teams",
    "status": (
        "status|state|states|where is|where are|where s|situation|progress|how far along|how far along is|"
        "update on|an update on|any update on|any news on|the latest on|statuses"
    ),
    "field": (
        "price|address|amount|info|information|info on|details|detail|details on|details about|info about|"
        "information on|information about|tell me about|what about|more about|tell me more about|how is|how s|"
        "doing|going|up to|how much is|what price|which address|whereabouts|record|the record|everything about|"
        "summary of|a summary of|what stage|which stage"
    ),
    "threads": (
        "conversations|threads|chats|discussions|chat history|conversation history|my chat history|"
        "past conversations|previous conversations|earlier conversations|previous chats|past chats|old chats|"
        "old conversations|previous discussions|past discussions|history of conversations|"
        "history of my conversations|conversation list|thread list|chat list|chat logs|chats with you|"
        "conversations with you|history of our conversations|message history|message threads|conversation threads|"
        "chat threads|chat sessions|past threads|previous threads|older conversations"
    ),
    "file": "file|transaction",
    "files": (
        "files|transactions|deals|every transaction|each transaction|every file|each file|file list|"
        "transaction list|list of files|case files|property files|every deal|files and transactions"
    ),
    "jobs": (
        "jobs|tasks|job counts|job count|task count|the jobs|job statistics|job stats|job metrics|job numbers|"
        "task statistics|job status|task status|job list|task list|job overview|every job|every task|"
        "department jobs|department tasks|job breakdown|job figures|job queue|task numbers|job totals|task counts"
    ),
    "kind:sale": "sale|for sale",
    "kind:purchase": "purchase",
    "kind:rental": "rental|to let|for rent|lease",
    "kinds:sale": "sales",
    "kinds:purchase": "purchases",
    "kinds:rental": "rentals|lettings",
    "stage:prospect": "prospect",
    "stage:mandate": "mandate",
    "stage:offer": "offer|under offer",
    "stage:preliminary_agreement": "preliminary agreement|under agreement",
    "stage:deed": "deed",
    "stages:prospect": "prospects",
    "stages:mandate": "mandates",
    "stages:offer": "offers",
    "stages:preliminary_agreement": "preliminary agreements",
    "stages:deed": "deeds",
    "closed": "closed",
    "finished": "finished|completed",
    "ongoing": "in progress|ongoing|under way|underway",
    "open": "open|active|remaining|remain|left|outstanding|still open",
    "state:to_process": (
        "to process|to do|to be processed|to be done|left to process|left to do|waiting to be processed|"
        "still to process|still to do|still to be processed|yet to be processed|awaiting processing|"
        "need processing|needing processing|remaining to process|left to be done|left to be processed"
    ),
    "state:in_process": "in process|being processed|being worked on|in processing|being handled",
    "state:pending": "pending|waiting|on hold",
    "state:done": "done|processed",
    "state:failed": "failed|failing|in error|errored|in failure|with errors|in an error state|with an error",
    "department:apbookkeeper": (
        "apbookkeeper|ap bookkeeper|bookkeeping|bookkeeper|accounting|accounts payable|"
        "accounts payable department|ap bookkeeping|book keeping"
    ),
    "department:router": "router|routing",
    "department:bank": "bank|banking",
    "obligation": "have to|i have to|we have to|do i have to|need to|want to|has to",
    "company": (
        "the company s|our company s|my company s|the agency s|of the company|of our company|of my company|"
        "in the company|in our company|our agency s|our agency has|the agency has|the company has|our company has|"
        "does the agency have|does the company have|does our agency have|does our company have|"
        "does my company have|of the agency|of our agency|in our agency"
    ),
}
