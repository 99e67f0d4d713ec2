"""How requests are put in English: the templates of each action, in the notation of `grammar.py`."""

from collections.abc import Mapping
from typing import Final

COMMANDS: Final[Mapping[str, str]] = {
    "create_transaction": """
        CREATE ME? A? NEW? NOUN
        CREATE ME? UN NEW? <kind>
        CREATE ME? A? NEW? NOUN MANNERS? :? <parts>
        CREATE ME? A? NEW? <kind> NOUN? :? <parts>
        CREATE ME? A? NEW? <kind> NOUN
        OPEN ME? UN? NEW? NOUN :? <parts>
        OPEN ME? UN? NEW? <kind> NOUN? :? <parts>
        OPEN ME? UN NEW? NOUN
        OPEN ME? UN NEW? <kind> NOUN
        NEED UN NEW NOUN OF <parts>
        NEED UN NEW <kind> NOUN OF <parts>
        NEW NOUN
        NEW <kind> NOUN
        NEW NOUN MANNERS? :? <parts>
        NEW <kind> NOUN? :? <parts>
        for <price> , CREATE A? NEW? NOUN :? <parts>
        for <price> , CREATE A? NEW? <kind> NOUN? :? <parts>
        at <price> , CREATE A? NEW? <kind> NOUN? :? <parts>
        WEHAVE A? NEW? <kind> ENTER? , CREATE A? NEW? NOUN MANNERS? :? <parts>
    """,
    "latest_transaction": """
        LATEST
        WHICH ME? LATEST
    """,
    "show_transaction": """
        SHOW ME? ABOUT? <file>
        SHOW ME? <reference> STEP
        SHOW <reference> DOING
        ABOUT <file>
        <reference> STEP
        FIND ME? <reference>
        <reference>
    """,
    "find_transactions": """
        FIND ME? SOME? FILES ABOUTWHOM <query>
        LIST ME? SOME FILES ABOUTWHOM <query>
        LIST ME? FILES ABOUTWHOM <query>
        SOME? FILES ABOUTWHOM <query>
        FIND ME? SOME? <kind> FILES? ABOUTWHOM <query>
        LIST ME? SOME? <kind> FILES? ABOUTWHOM <query>
        FIND ME? SOME? FILES INSTAGE <stage> STEP?
        LIST ME? SOME? FILES INSTAGE <stage> STEP?
        FIND ME? SOME? <stage> FILES
        LIST ME? SOME? <stage> FILES
        FIND ME? SOME? <kind> FILES? INSTAGE <stage> STEP?
        LIST ME? SOME? <kind> FILES? INSTAGE <stage> STEP?
        FIND ME? <query> 's FILES
        LIST ME? <query> 's FILES
        FIND ME? the? <query> FILES
        FIND ME? <query>
    """,
    "change_transaction": """
        CHANGE? THE? NEW? <field> OF <file> BECOMES <value>
        CHANGE? THE? NEW? <field> OF <file> : <value>
        REPLACE THE? <field> OF <file> BY <value>
        CHANGE THE? <field> OF <file> , <sets>
        CHANGE THE? <field> OF <file> , BECOMES <value>
        CHANGE? <file> 's NEW? <field> BECOMES <value>
        CHANGE? <file> 's NEW? <field> : <value>
        CHANGE? <reference> NEW? <field> BECOMES <value>
        CHANGE? THE? NEW? <field> <reference> : <value>
        CHANGE <file> : <sets>
        CHANGE <file> , <sets>
        CHANGE <file> WITH <sets>
        <file> : <sets>
        <file> , <sets>
        <reference> <sets>
        ON <file> ,? CHANGE <sets>
        ON <file> , <sets>
        ON <file> : <sets>
        CHANGE <file> INTO <kind>
        <reference> INTO <kind>
        CHANGE <file> 's? <field> INTO <kind>
        CHANGE <file> BECOMES <priced>
        CHANGE <value> AS THE? NEW? <field> ON <file>
        CHANGE <value> AS THE? NEW? <field> OF <file>
        CHANGE THE? NEW? <field> BECOMES <value> ON <file>
    """,
    "move_transaction": """
        MOVE ME? <file> TO <stage> STEP?
        MOVE <file> : <stage> STEP?
        <reference> TO <stage> STEP?
        <reference> : TO <stage> STEP?
        <reference> -> TO? <stage> STEP?
        ON <file> , MOVE TO <stage> STEP?
        CHANGE? THE? STEP OF <file> BECOMES <stage>
        CHANGE? THE? STEP OF <file> : <stage>
        CHANGE? <file> 's STEP BECOMES <stage>
        CHANGE? <reference> STEP BECOMES <stage>
        <file> : STEP :? <stage>
        <file> , STEP <stage>
        <reference> , MOVE TO <stage>
        <reference> STEP :? <stage>
        CLOSE <file> => stage=closed
        mark <reference> closed => stage=closed
    """,
    "add_party": """
        ADD THE? NEW? <role> :? <party> ON <file>
        ADD <party> AS THE? NEW? <role> ON <file>
        ADD <party> AS THE? NEW? <role> OF <file>
        ADD <party> ON <file> AS THE? NEW? <role>
        ADD THE? NEW? <role> ON <file> : <party>
        ADD THE? NEW? <role> ON <file> , <party>
        ADD ON <file> THE? NEW? <role> :? <party>
        ADD ON <file> :? THE? NEW? <role> :? <party>
        ON <file> ,? ADD THE? NEW? <role> :? <party>
        ON <file> ,? ADD <party> AS THE? NEW? <role>
        <file> :? ADD THE? NEW? <role> :? <party>
        <file> : ADD? THE? NEW? <role> :? <party>
        <file> , ADD? THE? NEW? <role> :? <party>
        <file> :? ADD <party> AS THE? <role>
        ADD <party> <role> ON <file>
        ADD <party> ( <role> ) ON <file>
        <reference> THE? NEW? <role> :? <party>
        NEW <role> ON <file> : <party>
        NEW <role> ON <file> , <party>
    """,
    "add_note": """
        NOTE ON <file> : <text>
        NOTE <file> : <text>
        NOTE ON <file> SAYING <text>
        WRITE ME? NOTE ON <file> : <text>
        WRITE ME? NOTE ON <file> SAYING <text>
        WRITE ME? NOTE <reference> : <text>
        WRITE ON <file> NOTE : <text>
        <file> NOTE :? <text>
        <file> 's NOTE : <text>
        <file> , NOTE : <text>
        <file> : NOTE : <text>
        ON <file> ,? WRITE NOTE : <text>
        ON <file> ,? WRITE NOTE SAYING <text>
        JOT ON <file> : <text>
        JOT ON <file> SAYING <text>
        ON <file> ,? JOT SAYING <text>
        ON <file> ,? JOT : <text>
        <reference> : JOT SAYING <text>
        JOT SAYING <text> ON <reference>
    """,
    "make_form": """
        MAKE ME? THE? NEW? <form> FOR <file>
        MAKE ME? <file> 's <form>
        MAKE ME? THE? <reference> <form>
        MAKE ME? THE? NEW? <form> <reference>
        THE? visit sheet for <file> => form=visit_sheet
        visit sheet <reference> => form=visit_sheet
        FOR <file> ,? MAKE ME? THE? <form>
    """,
    "undo": """
        UNDO LASTACT
        UNDOALONE
    """,
}
