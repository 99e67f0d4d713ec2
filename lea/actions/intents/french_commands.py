"""How requests are put in French: the templates of each action, in the notation of `grammar.py`."""

from collections.abc import Mapping
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "create_transaction": """
        CREATE MOI? A? NEW? NOUN
        CREATE MOI? UN NEW? <kind>
        CREATE MOI? A? NEW? NOUN MANNERS? :? <parts>
        CREATE MOI? A? NEW? <kind> :? <parts>
        OPEN MOI? UN? NEW? NOUN :? <parts>
        OPEN MOI? UN NEW? NOUN
        OPEN MOI? UN? NEW? <kind> :? <parts>
        NEW NOUN MANNERS? :? <parts>
        NEED UN? NEW? NOUN OF <parts>
        NEW NOUN
        NEW <kind> :? <parts>
        pour <price> , CREATE MOI? A? NEW? NOUN :? <parts>
        pour <price> , CREATE MOI? A? NEW? <kind> :? <parts>
        WEHAVE UN NEW? <kind> ENTER? , CREATE MOI? A? NEW? NOUN MANNERS? :? <parts>
    """,
    "latest_transaction": """
        LATEST
        WHICH MOI? LATEST
    """,
    "show_transaction": """
        SHOW MOI? ABOUT? <file>
        SHOW MOI? OF <file>
        ABOUT <file>
        FIND MOI? <reference>
        <reference>
    """,
    "find_transactions": """
        FIND MOI? SOME? FILES ABOUTWHOM <query>
        FIND MOI? SOME? FILES <query>
        SOME? FILES ABOUTWHOM <query>
        LIST MOI? SOME FILES ABOUTWHOM <query>
        FIND MOI? SOME? <kind> ABOUTWHOM <query>
        LIST MOI? SOME <kind> ABOUTWHOM <query>
        FIND MOI? SOME? FILES INSTAGE <stage>
        LIST MOI? SOME? FILES INSTAGE? <stage>
        FIND MOI? SOME? <kind> INSTAGE <stage>
        LIST MOI? SOME? <kind> INSTAGE <stage>
        FIND MOI? SOME? FILES FOR <kind>
        LIST MOI? SOME? FILES FOR <kind>
        FIND MOI? <query>
    """,
    "change_transaction": """
        CHANGE? THE? NEW? <field> OF <file> BECOMES <value>
        CHANGE? THE? NEW? <field> OF <file> : <value>
        REPLACE THE? <field> OF <file> BY <value>
        CHANGE THE? <field> OF <file> , BECOMES <value>
        CHANGE THE? <field> OF <file> , <sets>
        CHANGE? THE? NEW? <field> <reference> : <value>
        CHANGE <file> : <sets>
        CHANGE <file> , <sets>
        CHANGE <file> WITH <sets>
        <file> : <sets>
        <file> , <sets>
        <reference> <sets>
        ON <file> , CHANGE? <sets>
        ON <file> : <sets>
        ON <reference> CHANGE <sets>
        CHANGE <file> INTO <kind>
        <reference> INTO <kind>
        CHANGE <file> A <priced>
        CHANGE <file> a <priced>
        CHANGE <value> AS <field> ON <file>
        CHANGE THE? <field> BECOMES <value> ON <file>
    """,
    "move_transaction": """
        MOVE MOI? <file> TO <stage>
        MOVE <file> : <stage>
        <reference> TO <stage>
        <reference> : TO <stage>
        <reference> -> TO? <stage>
        ON <file> , MOVE TO <stage>
        CHANGE? THE? STEP OF <file> BECOMES <stage>
        CHANGE? THE? STEP OF <file> TO <stage>
        CHANGE? THE? STEP OF <file> : <stage>
        <file> , STEP <stage>
        <file> : STEP :? <stage>
        <reference> , MOVE TO <stage>
        <reference> STEP :? <stage>
        CLOSE MOI? <file> => stage=closed
    """,
    "add_party": """
        ADD MOI? THE? NEW? <role> :? <party> ON <file>
        ADD MOI? <party> AS THE? NEW? <role> ON <file>
        ADD MOI? <party> ON <file> AS THE? NEW? <role>
        ADD MOI? THE? NEW? <role> ON <file> : <party>
        ADD MOI? THE? NEW? <role> ON <file> , <party>
        ADD MOI? ON <file> THE? NEW? <role> :? <party>
        ADD MOI? ON <file> , THE? NEW? <role> :? <party>
        ADD MOI? ON <file> <party> AS THE? NEW? <role>
        ADD MOI? ON <file> : THE? NEW? <role> :? <party>
        ON <file> ,? ADD MOI? THE? NEW? <role> :? <party>
        ON <file> ,? ADD MOI? <party> AS THE? NEW? <role>
        <file> :? ADD THE? NEW? <role> :? <party>
        <file> : ADD? THE? NEW? <role> :? <party>
        <file> , ADD? THE? NEW? <role> :? <party>
        ADD MOI? <party> <role> ON <file>
        ADD MOI? <party> ( <role> ) ON <file>
        <reference> THE? NEW? <role> :? <party>
        NEW <role> ON <file> : <party>
        NEW <role> ON <file> , <party>
    """,
    "add_note": """
        NOTE ON <file> : <text>
        NOTE <file> : <text>
        WRITE MOI? NOTE ON <file> : <text>
        WRITE MOI? NOTE ON <file> SAYING <text>
        WRITE MOI? NOTE <reference> : <text>
        WRITE ON <file> NOTE : <text>
        <file> NOTE :? <text>
        <file> , NOTE : <text>
        <file> : NOTE : <text>
        ON <file> ,? WRITE MOI? NOTE : <text>
        JOT ON <file> : <text>
        JOT ON <file> SAYING <text>
        JOT dans <file> SAYING? <text>
        ON <file> ,? JOT SAYING <text>
        ON <file> ,? JOT : <text>
        <reference> : JOT SAYING <text>
        JOT SAYING <text> ON <reference>
    """,
    "make_form": """
        MAKE MOI? THE? NEW? <form> FOR <file>
        MAKE MOI? THE? NEW? <form> <reference>
        THE? fiche de visite FOR <file> => form=visit_sheet
        fiche de visite <reference> => form=visit_sheet
        FOR <file> ,? MAKE MOI? THE? <form>
        ON <file> ,? MAKE MOI? THE? <form>
    """,
    "undo": """
        UNDO LASTACT
        UNDOALONE
    """,
}
