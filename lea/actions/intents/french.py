"""French as requests are made in it: classes of expressions, for the templates.

Accents are left out; see `grammar.py` for the notation. Participles are spelled like imperatives once accents are
gone: `understand.py` tells them apart.
"""

from collections.abc import Mapping
from typing import Final

CLASSES: Final[Mapping[str, str]] = {
    "GREETING": (
        "bonjour|bonsoir|salut|coucou|hello|re bonjour|rebonjour|bjr|lea|ok|d'accord|alors|bon|merci|"
        "s'il te plait|s'il vous plait|stp|svp"
    ),
    "MANNERS": (
        "merci|merci beaucoup|merci bien|merci d'avance|merci lea|grand merci|s'il te plait|s'il vous plait|stp|svp|"
        "bonne journee|bonne soiree|par avance|a toi"
    ),
    "ASKING": (
        "peux tu|tu peux|pourrais tu|tu pourrais|pouvez vous|vous pouvez|pourriez vous|veux tu|veux tu bien|"
        "tu veux bien|voudrais tu|est ce que tu peux|est ce que tu pourrais|est ce que vous pouvez|"
        "est ce que vous pourriez|voulez vous|voulez vous bien|vous pourriez|serait il possible de|"
        "est il possible de me"
    ),
    "WISHING": (
        "je voudrais que tu|je voudrais que vous|j'aimerais que tu|j'aimerais que vous|je veux que tu|"
        "je souhaite que tu|je souhaiterais que tu|j'ai besoin que tu|il faudrait que tu|il faut que tu|merci de|"
        "merci d'|merci de bien vouloir|veuillez|priere de|je voudrais|j'aimerais|je souhaite|je souhaiterais|je veux|"
        "je te demande de|je vous demande de|je te prie de|j'ai besoin de|j'aurais besoin de"
    ),
    "ME": "m'|me|nous|moi",
    "MOI": "moi|nous|lui",
    "A": "un|une|la|le|l'|cette|ce",
    "UN": "un|une|une autre|un autre",
    "THE": "le|la|l'|les|son|sa|un|une|du|ce|cette",
    "NEW": "nouvelle|nouveau|nouvel",
    "NOUN": "transaction|dossier|transaction suivante|affaire|transaction immobiliere|dossier client",
    "CREATE": (
        "cree|crees|creer|creez|enregistre|enregistres|enregistrer|enregistrez|ajoute|ajouter|ajoutes|saisis|saisir|"
        "saisisses|rentre|rentrer|rentres|initie|initier|lance|lancer|demarre|demarrer"
    ),
    "NEED": "il me faut|il nous faut|j'ai besoin d'|j'aurais besoin d'",
    "OPEN": "ouvre|ouvres|ouvrir|ouvrez",
    "WEHAVE": "on a|j'ai|nous avons|il y a",
    "ENTER": "a rentrer|a creer|a enregistrer|a saisir|a ouvrir",
    "OF": "de la|de l'|du|de|d'|pour|pour la|pour le|sur|a|au|dans|concernant",
    "FOR": "pour|de|du|de la|de l'|d'|sur|a|au",
    "ON": "sur|sur le|dans|au|a|pour|concernant|au sujet de|a propos de",
    "CHANGE": (
        "transforme|transformer|bascule|basculer|change|changes|changer|changez|modifie|modifies|modifier|modifiez|"
        "mets|mettre|mettez|met|corrige|corriges|corriger|corrigez|passe|passes|passer|passez|fixe|fixer|fixes|fixez|"
        "actualise|actualiser|rectifie|rectifier|baisse|baisses|baisser|augmente|augmentes|augmenter|monte|monter|"
        "descends|descendre|note|noter|indique|indiquer|definis|definir|enregistre|enregistrer|renseigne|renseigner|"
        "ajuste|ajuster|fais passer|faire passer|inscris|inscrire|ramene|ramener|remonte|remonter|reporte|reporter|"
        "saisis|saisir|mets a jour|mettre a jour|met a jour|mettez a jour"
    ),
    "BECOMES": (
        "a|au|en|est|est de|est le|est a|est au|passe a|passe au|passe a la|passe en|devient|c'est|est fixe a|"
        "est fixee au|doit etre|doit passer a|a l'|est maintenant|est maintenant de|est desormais|est desormais de|"
        "est en fait"
    ),
    "WITH": "avec",
    "REPLACE": "remplace|remplaces|remplacer|remplacez",
    "BY": "par",
    "AS": "comme|en|en tant que|en tant qu'|en qualite de|en qualite d'",
    "INTO": "en|a la|a l'|a|au|comme|est|est une|est un|devient|devient une|devient un|en une|en un|c'est une|c'est un",
    "MOVE": (
        "passe|passes|passer|passez|fais passer|faire passer|fasses passer|mets|mettre|mettes|mettez|met|deplace|"
        "deplaces|deplacer|deplacez|bascule|bascules|basculer|basculez|avance|avances|avancer|avancez|remets|remettre|"
        "repasse|repasser|fais avancer|faire avancer|fais basculer|remettes|place|placer|amene|amener|ramene|ramener|"
        "fais evoluer|transfere|transferer|positionne|fais remonter|fais redescendre|reviens|recule|reculer"
    ),
    "TO": (
        "a|au|a la|a l'|en|vers|vers le|vers la|vers l'|sous|a l'etape|au stade|a l'etape de|au stade de|a l'etape du|"
        "a l'etape de l'|au stade de l'|a l'etape de la|au stade du|au stade de la|a l'etat|au statut|dans l'etape|"
        "en etape|en stade|en phase|en phase de|en phase d'|sur|jusqu'a|jusqu'au|jusqu'a l'|a l'etat de|au stade d'"
    ),
    "CLOSE": "cloture|clotures|cloturer|cloturez|clos|clore|ferme|fermes|fermer|fermez|termine|terminer|boucle|boucler",
    "STEP": "etape|stade|statut|phase|etat",
    "ADD": (
        "ajoute|ajoutes|ajouter|ajoutez|rajoute|rajoutes|rajouter|rajoutez|mets|mettre|mettez|inscris|inscrire|"
        "enregistre|enregistrer|associe|associer|renseigne|renseigner|rattache|rattacher|indique|indiquer|note|noter|"
        "declare"
    ),
    "NOTE": "note|une note|la note|cette note|en note|note suivante|la note suivante|un commentaire|commentaire",
    "WRITE": (
        "ajoute|ajoutes|ajouter|ajoutez|mets|mettre|mettez|ecris|ecrire|rajoute|rajouter|laisse|laisser|inscris|"
        "inscrire|note|noter|enregistre|enregistrer|cree|creer|saisis|saisir|prends|prendre|depose|deposer|consigne"
    ),
    "JOT": "note|notes|noter|notez|inscris|ecris",
    "SAYING": "disant que|qui dit que|indiquant que|comme quoi|pour dire que|precisant que|que|qu'",
    "MAKE": (
        "prepare|prepares|preparer|preparez|genere|generes|generer|generez|edite|edites|editer|editez|fais|faire|"
        "faites|fasses|sors|sortir|imprime|imprimer|produis|produire|cree|crees|creer|etablis|etablir|redige|rediger|"
        "remplis|remplir|il me faut|il nous faut|donne|donner|telecharge|telecharger|ecris|envoie|sortes|etablisses"
    ),
    "SHOW": (
        "affiche|affiches|afficher|affichez|montre|montres|montrer|montrez|voir|ouvre|ouvres|ouvrir|ouvrez|donne|"
        "donner|consulte|consulter|fais voir|faire voir|resume|presente|visualiser|je veux voir|j'aimerais voir|"
        "je peux voir|puis je voir|revoir|sors|va sur|va a|ou en est|ou en sommes nous sur|ou en est on sur|"
        "ou en est on avec|ou en est on de|ou on en est sur|ou en sommes nous avec|ou en sont|qu'en est il de|"
        "ou on en est avec|parle de|quel est l'etat|quel est l'etat d'avancement|quel est le statut|"
        "quel est l'avancement|dis moi ou en est|dites moi ou en est|a quelle etape est|a quel stade est|"
        "a quelle etape en est|a quel stade en est|c'est quoi|quoi de neuf sur|point sur|fais un point sur|"
        "fais le point sur|des nouvelles de|quelles nouvelles de|ou on en est de"
    ),
    "ABOUT": (
        "le detail de|les details de|details de|details du|le detail du|les details du|la fiche de|la fiche du|"
        "la fiche|fiche|l'etat de|le statut de|les infos de|les infos du|les informations de|les infos sur|"
        "les informations sur|l'etat du|le statut du|le contenu de|tout sur|infos|details|detail|les informations du|"
        "le resume de|un resume de|etat de"
    ),
    "FIND": (
        "cherche|cherches|chercher|cherchez|recherche|recherches|rechercher|recherchez|trouve|trouver|trouves|trouvez|"
        "retrouve|retrouver|retrouves|je cherche|filtre|filtrer"
    ),
    "LIST": (
        "liste|lister|listez|affiche|afficher|montre|montrer|donne|donner|voir|quels sont|quelles sont|sors|sortir|"
        "y a t il|on a|a t on|avons nous|as tu|quels|quelles"
    ),
    "FILES": "dossiers|transactions|dossier|transaction|affaires|la transaction|le dossier|affaire",
    "SOME": "les|le|la|l'|des|un|une|tous les|toutes les|nos|mes|tout les|notre",
    "ABOUTWHOM": (
        "de la|de l'|du|de|d'|des|a|au|a la|avec|pour|chez|concernant|sur|dans|dans la|rue|ou apparait|au nom de|"
        "qui concernent|qui concerne|lies a|impliquant|ou le vendeur est|ou l'acheteur est"
    ),
    "INSTAGE": (
        "a|au|a la|a l'|en|sous|au stade|a l'etape|au stade de l'|a l'etape de l'|au stade du|qui sont|qui sont a|"
        "qui sont au|qui sont en|sont|sont a|sont au|sont en|sont sous|sont a l'|qui sont a l'|en etape|en phase de|"
        "qui sont sous|au stade de|a l'etape du|est|sont au stade"
    ),
    "UNDO": ("annule|annules|annuler|annulez|defais|defaire|reviens sur|revenir sur|retire|reverts|revert|annuler"),
    "LASTACT": (
        "la derniere modification|la derniere action|la derniere operation|ca|cela|la derniere chose|"
        "ma derniere action|ta derniere action|la derniere|mon dernier changement|le dernier changement|"
        "ma derniere modification|ce que tu viens de faire|ce que je viens de faire|ta derniere modification|"
        "ma derniere operation|cette action|cette modification|la modification precedente|l'action precedente|"
        "l'operation precedente|la derniere etape|ce changement|la derniere commande|cette operation"
    ),
    "UNDOALONE": "annule|annulez|defais|defaire|reviens en arriere|retour en arriere|revenir en arriere|undo|ctrl z",
    "LATEST": (
        "ma derniere transaction|mon dernier dossier|la derniere transaction|le dernier dossier|notre dernier dossier|"
        "notre derniere transaction|mon dossier le plus recent|le dossier le plus recent|"
        "la transaction la plus recente|ma transaction la plus recente|mon dossier recent|derniere transaction|"
        "dernier dossier|ma toute derniere transaction|mon tout dernier dossier|la toute derniere transaction"
    ),
    "WHICH": (
        "quelle est|quel est|c'est quoi|c'etait quoi|affiche|afficher|montre|montrer|voir|ouvre|ouvrir|ou en est|donne|"
        "rappelle|retrouve|retrouver|quelle etait|quel etait|trouve"
    ),
}
